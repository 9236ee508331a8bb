"""Rows of sockets from /proc and from sock_diag, and their one renderer."""

from __future__ import annotations

from _socket import inet_pton
from struct import pack
from sys import byteorder

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroute2.netlink.diag import inet_diag_msg

from netlite.records.connections import Connection, Connections, Timer
from netlite.render.connections import Columns, render_sockets, render_timer
from netlite.system.names.hosts import NumericHosts
from netlite.system.names.numbers import PortNumbers, UserNumbers
from netlite.system.netlink import channel as netlink
from netlite.system.netlink.compiled import INET_DIAG
from netlite.system.netlink.read_ahead import DIRECT_CHUNKS, read_ahead
from netlite.system.sockets import proc_tables as connections
from netlite.system.sockets import sock_diag
from python_calls import calls_of

HEADING = b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
LISTENING = b"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000002 00:00000000 00000000  1000        0 4242 1 0 100"
MAPPED = (b"   1: 0000000000000000FFFF00000100007F:0016 B80D0120000000000000000001000000:C000 01 00000005:00000007 "
          b"02:000AFC80 0000000F 65534        9 41002 1")

ports = st.integers(0, 0xFFFF)
numbers = st.integers(0, 0xFFFFFFFF)
sockets = st.tuples(st.integers(1, 13), ports, ports, st.binary(min_size=16, max_size=16),
                    st.binary(min_size=16, max_size=16), numbers, numbers, numbers, numbers)


def message(socket: tuple, attributes: bytes = b"", kind: int = 20, sequence: int = 1) -> bytes:
    state, port, remote_port, source, target, received, to_send, user, inode = socket
    body = (pack("=BBBB", 10, state, 0, 0) + pack("!HH", port, remote_port) + source + target
            + pack("=IQIIIII", 0, 0, 0, received, to_send, user, inode) + attributes)
    return pack("=IHHII", 16 + len(body), kind, 2, sequence, 0) + body


def test_parse_socket_ipv4():
    assert connections.parse_socket(LISTENING) == (
        10, 8080, 0, b"\x7f\0\0\1", bytes(4), 2, 0, 1000, 4242, Timer(0, 0, 0, 0))


def test_parse_socket_ipv6_and_timer():
    row = next(connections.parse_block([MAPPED], print).rows("tcp6"))
    assert row.local_address == inet_pton(10, "::ffff:127.0.0.1")
    assert row.remote_address == inet_pton(10, "2001:db8::1")
    assert (row.receive_queue_bytes, row.send_queue_bytes, row.user_id, row.inode) == (7, 5, 65534, 41002)
    assert row.timer == Timer(2, 720000, 15, 9)


@pytest.mark.parametrize("line", [b"", b"12: 0100007F:0050 00000000:0000 0A 00000000:00000000", b"x: y z",
                                  LISTENING.replace(b"0100007F", b"01000"), LISTENING.replace(b"0A", b"0G")])
def test_bogus_lines_are_reported_and_left_out(line):
    warned = []
    found = connections.parse_block([LISTENING, line], lambda: warned.append(line))
    assert list(found.rows("tcp")) == [Connection("tcp", *connections.parse_socket(LISTENING))]
    assert warned == [line]


@given(st.lists(st.tuples(sockets, st.sampled_from([b"", bytes(8), bytes(36)])), min_size=1, max_size=6))
def test_chunks_are_decoded_as_pyroute2_does(listed):
    chunk = b"".join(message(socket, attributes) for socket, attributes in listed)
    rows = list(sock_diag.parse_chunk(memoryview(chunk), 16).rows("tcp6"))
    assert len(rows) == len(listed)
    for row, (socket, _) in zip(rows, listed):
        found = inet_diag_msg(message(socket))
        found.decode()
        assert (row[1], row[2], row[3]) == (found["idiag_state"], found["idiag_sport"], found["idiag_dport"])
        assert (inet_pton(10, found["idiag_src"]), inet_pton(10, found["idiag_dst"])) == row[4:6]
        assert row[6:10] == (found["idiag_rqueue"], found["idiag_wqueue"], found["idiag_uid"],
                             found["idiag_inode"])


def one_by_one(chunk: bytes) -> list[tuple]:
    """State, ports, addresses, queues, user and inode of each message, up to one that is too short or broken off."""
    rows, at = [], 0
    while at + sock_diag.MESSAGE_BYTES <= len(chunk):
        length = int.from_bytes(chunk[at:at + 4], byteorder)
        if length < sock_diag.MESSAGE_BYTES:
            break
        (_, state, _, _, port, remote_port, local, remote, _, _, _, *numbers) = INET_DIAG.unpack_from(chunk, at + 16)
        rows.append((state, int.from_bytes(port, "big"), int.from_bytes(remote_port, "big"), local, remote, *numbers))
        at += (length + 3) // 4 * 4
    return rows


chunks = st.builds(
    lambda listed, rest: b"".join([*(message(*each).ljust(-len(each[1]) % 4) for each in listed), rest]),
    st.lists(st.tuples(sockets, st.sampled_from([b"", bytes(8), bytes(36)]), st.sampled_from([18, 20])), max_size=12),
    st.one_of(st.just(b""), st.binary(max_size=120), st.builds(
        lambda length, rest: length.to_bytes(4, byteorder) + rest,
        st.sampled_from([0, 4, 15, 16, 87, 88, 89, 96, 0xFFFFFFFF]), st.binary(max_size=200))))


@given(chunks)
def test_lengths_may_differ_in_any_order(chunk):
    for data in (chunk, memoryview(chunk)):
        assert [row[1:-1] for row in sock_diag.parse_chunk(data, 16).rows("tcp6")] == one_by_one(chunk)


@pytest.mark.parametrize("parse", [lambda chunk: sock_diag.parse_chunk(chunk, 4), sock_diag._by_version])
def test_no_function_is_called_for_a_message(parse):
    """Not where TIME_WAIT, whose messages are shorter, stands between others."""
    few = [message((1, 80, 81, bytes(16), bytes(16), 0, 0, 0, 7), attributes) for attributes in (bytes(36), bytes(8))]
    for times in (1, 100):
        parse(b"".join(few * times))
    assert calls_of(parse, b"".join(few * 100)) == calls_of(parse, b"".join(few))


@pytest.mark.parametrize("lie", [lambda inner: inner, lambda inner: inner[:16], lambda inner: b"\x58\0\0\0" * 20 + inner[4:16],
                                 lambda inner: bytes(4) + inner[4:16] * 3])
def test_what_looks_like_a_header_is_none_within_a_message(lie):
    few = [(1, port, 81, bytes(16), bytes(16), 0, 0, 0, port) for port in (1, 2, 3)]
    chunk = message(few[0], lie(message(few[1]))) + message(few[2])
    assert [row.local_port for row in sock_diag.parse_chunk(chunk, 16).rows("tcp6")] == [1, 3]
    assert [row[1:-1] for row in sock_diag.parse_chunk(chunk, 16).rows("tcp6")] == one_by_one(chunk)


def test_listening_sockets_have_no_send_queue():
    sockets = sock_diag.parse_chunk(message((10, 80, 0, bytes(16), bytes(16), 3, 4096, 0, 7)), 16, True)
    row, = sockets.rows("tcp6")
    assert (row.receive_queue_bytes, row.send_queue_bytes) == (3, 0)


@given(st.binary(max_size=200))
def test_any_bytes_give_rows_or_nothing(data):
    list(sock_diag.parse_chunk(data, 4).rows("tcp"))


@given(st.lists(st.tuples(sockets, st.sampled_from([b"", bytes(8)]), st.sampled_from([20, 21])), min_size=1,
                max_size=5))
def test_uniform_length_agrees_with_a_walk(listed):
    messages = [message(socket, attributes, kind) for socket, attributes, kind in listed]
    same = len({(len(one), one[4:8]) for one in messages}) == 1
    assert netlink.uniform_length(b"".join(messages)) == (len(messages[0]) if same else 0)


@given(st.binary(max_size=64))
def test_uniform_length_takes_any_bytes(data):
    length = netlink.uniform_length(data)
    assert length >= 0 and (not length or len(data) % length == 0)


def line4(number: int, port: int, queues: bytes, timer: bytes, user: int, probes: int, inode: int) -> bytes:
    """A row as `tcp4_seq_show` writes it."""
    return (b"%4d: 0100007F:%04X 0200007F:C000 01 %b %b %5d %8d %d 1 00000000532af1ae 20 0 0 10 -1"
            % (number, port, queues, timer, user, probes, inode)).ljust(149)


ROWS4 = [line4(1, 22, b"00000000:00000000", b"00:00000000 00000000", 0, 0, 4242),
         line4(2, 0, b"00000005:00000007", b"02:000AFC80 0000000F", 65534, 9, 41002),
         line4(3, 65535, b"00000000:00000000", b"00:00000000 00000000", 1000, 0, 0)]


def told(blocks: list[bytes]) -> tuple[list, int]:
    """The rows of /proc/net/tcp, as they come in blocks, and how many lines were none."""
    bogus: list[int] = []
    rows = [row for block in connections.parsed(blocks, lambda: bogus.append(1)) for row in block.rows("tcp")]
    return rows, len(bogus)


def test_rows_in_columns_are_read_as_one_by_one():
    found = connections.parse_columns(b"\n".join(ROWS4))
    assert list(found.rows("tcp")) == [Connection("tcp", *connections.parse_socket(row)) for row in ROWS4]


@pytest.mark.parametrize("odd", [
    line4(10000, 22, b"00000000:00000000", b"00:00000000 00000000", 0, 0, 7),  # its columns stand elsewhere
    line4(4, 22, b"00000000:00000000", b"00:00000000 00000000", 1234567, 0, 7), MAPPED, MAPPED.ljust(149)])
def test_rows_out_of_columns_are_rows(odd):
    rows, bogus = told([HEADING.ljust(149) + b"\n" + b"\n".join(ROWS4), b"\n".join([ROWS4[0], odd, ROWS4[1]])])
    assert rows == [Connection("tcp", *connections.parse_socket(row)) for row in [*ROWS4, ROWS4[0], odd, ROWS4[1]]]
    assert not bogus


@pytest.mark.parametrize("old, new", [
    (b"0100007F", b"01 0007F"), (b"0100007F", b"0100007G"), (b":0016", b":    "), (b":0016", b":00 6"), (b" 01 ", b" 0G "), (b"00000000:", b"0000000::"),
    (b" 4242 ", b" 4x42 "), (b" 4242 ", b"  x42 "), (b"    0        0", b"    x        0"), (b" 4242 1", b"       ")])
def test_lines_in_columns_that_are_no_rows(old, new):
    bad = ROWS4[0].replace(old, new, 1)
    assert len(bad) == 149 and bad != ROWS4[0]
    rows, bogus = told([HEADING.ljust(149) + b"\n" + b"\n".join([*ROWS4, bad, *ROWS4])])
    expected: list[int] = []
    assert rows == list(connections.parse_block([*ROWS4, bad, *ROWS4], lambda: expected.append(1)).rows("tcp"))
    assert bogus == len(expected)


@pytest.mark.parametrize("blocks", [[], [b""], [HEADING], [HEADING + b"\n"], [HEADING.ljust(149)]])
def test_tables_without_rows(blocks):
    assert told(blocks)[0] == []


def test_both_sources_give_the_same_text():
    """A row of /proc and one of sock_diag differ in nothing but the timer, which only /proc tells."""
    from_proc = connections.parse_block([MAPPED], print)
    from_diag = sock_diag.parse_chunk(message(
        (1, 22, 0xC000, inet_pton(10, "::ffff:127.0.0.1"), inet_pton(10, "2001:db8::1"), 7, 5, 65534, 41002)), 16)
    assert [list(column) for column in from_diag[:-1]] == [list(column) for column in from_proc[:-1]]
    columns = Columns(users=UserNumbers())
    texts = {render_sockets(sockets, "tcp", "tcp6", NumericHosts(), PortNumbers(), columns)
             for sockets in (from_proc, from_diag)}
    line = "tcp6       7      5 127.0.0.1:22            2001:db8::1:49152       ESTABLISHED 65534      41002     \n"
    assert texts == {line}


@pytest.mark.parametrize("protocol, timer, text", [
    ("tcp", Timer(2, 719912, 0, 0), "keepalive (7199.12/0/0)"), ("tcp", Timer(7, 250, 255, 1), "unkn-7 (2.50/255/1)"),
    ("tcp", Timer(-256, 0, 0, 0), "unkn--256 (0.00/0/0)"),
    ("udp", Timer(1, 100, 9, 0), "on1 (1.00/0/0)"), ("raw", Timer(4, 0, 0, 0), "unkn-4 (0.00/0/0)")])
def test_timers(protocol, timer, text):
    assert render_timer(timer, protocol) == text


def test_chosen_columns():
    rows = [(1, port, 7, b"", b"", port, 0, 0, port, None) for port in (1, 2, 3)]
    chosen = Connections.of_rows(rows).choose([True, False, True])
    assert [row[1:] for row in chosen.rows("tcp")] == [rows[0], rows[2]]
    assert list(Connections.of_rows([]).choose([]).rows("tcp")) == []


def test_queues_of_a_mixed_block():
    rows = [(1, 1, 2, bytes(4), bytes(4), received, to_send, 0, 0, None)
            for received, to_send in ((0, 0), (1, 0), (0, 1234567))]
    text = render_sockets(Connections.of_rows(rows), "tcp", "tcp", NumericHosts(), PortNumbers(), Columns())
    assert [line.split()[1:3] for line in text.splitlines()] == [["0", "0"], ["1", "0"], ["0", "1234567"]]


def test_wide_addresses_are_not_cut():
    address = bytes.fromhex("20010db8" + "ff" * 12)
    sockets = Connections.of_rows([(1, 22, 65535, address, address, 0, 0, 0, 0, None)])
    texts = [render_sockets(sockets, "tcp", "tcp6", NumericHosts(), PortNumbers(), Columns(), room)
             for room in (23, None)]
    assert texts[0].split()[3:5] == ["2001:db8:ffff:ffff:f:22", "2001:db8:ffff:fff:65535"]
    assert texts[1].split()[4] == "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff:65535"


@pytest.mark.parametrize("count", [0, 1, DIRECT_CHUNKS, DIRECT_CHUNKS + 1, 100])
def test_read_ahead_keeps_the_order(count):
    assert list(read_ahead(iter(range(count)))) == list(range(count))


@pytest.mark.parametrize("count", [3, DIRECT_CHUNKS, 30])
def test_read_ahead_raises_at_its_place(count):
    def failing():
        yield from range(count)
        raise netlink.DumpInterrupted("dump")

    seen = []
    with pytest.raises(netlink.DumpInterrupted):
        for chunk in read_ahead(failing()):
            seen += [chunk]
    assert seen == list(range(count))
