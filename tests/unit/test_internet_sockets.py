"""Sockets from sock_diag, or from /proc where the kernel refuses that from the start."""

from __future__ import annotations

from errno import ENOENT, EPERM, EPROTONOSUPPORT
from pathlib import Path
from sys import byteorder
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_connections_rows import HEADING, LISTENING, message

import netlite
from netlite.errors import KernelRefused
from netlite.records.connections import TcpState
from netlite.records.family import IPV4, IPV6
from netlite.system.sockets.internet import InternetSockets
from netlite.system.sockets.sock_diag import ALL_STATES, KEPT_BYTES, TCP_OF_BOTH
from netlite.system.sockets.sock_diag import LISTENING as LISTENING_STATE
from netlite.world import World

ESTABLISHED = LISTENING.replace(b" 0A ", b" 01 ")
ROW = (10, 80, 0, bytes(16), bytes(16), 0, 4096, 0, 7)


class Channel:
    """Answers each dump with the next of `answers`: a chunk, or the errno of a refusal."""

    def __init__(self, *answers: bytes | int):
        self.answers, self.asked, self.closed = list(answers), [], 0

    def dump(self, message_type, body, what=""):
        self.asked.append(message_type)
        answer = self.answers.pop(0)
        if isinstance(answer, int):
            raise KernelRefused(answer, what)
        yield memoryview(answer)

    def close(self):
        self.closed += 1


class Listed(World):
    """A world with that channel, or none, and the rows of /proc/net/tcp."""

    def __init__(self, folder, channel: Channel | None):
        super().__init__(proc=str(folder))
        (folder / "net").mkdir()
        (folder / "net" / "tcp").write_bytes(b"\n".join([HEADING, LISTENING, ESTABLISHED, b"bogus", b""]))
        self.channel = channel

    def netlink(self, protocol):
        if self.channel is None:
            raise OSError(EPROTONOSUPPORT, "Protocol not supported")
        return self.channel


@pytest.mark.parametrize("channel", [None, Channel(ENOENT), Channel(EPERM)], ids=["no channel", "no table", "refused"])
def test_what_is_refused_from_the_start_comes_from_proc(tmp_path, channel):
    bogus = []
    tables = InternetSockets(Listed(tmp_path, channel), bogus.append)
    [block] = tables.read("tcp", IPV4, ALL_STATES)
    assert list(block.states) == [TcpState.LISTEN, TcpState.ESTABLISHED] and bogus == ["tcp"]
    tables.close()
    assert channel is None or channel.closed == 1


def test_only_what_is_wanted_exactly_is_left_out(tmp_path):
    tables = InternetSockets(Listed(tmp_path, None), lambda protocol: None)
    for exactly, states in ((False, [10, 1]), (True, [1])):
        [block] = tables.read("tcp", IPV4, 1 << TcpState.ESTABLISHED, exactly)
        assert list(block.states) == states


def test_columns_of_proc_alone_ask_nobody(tmp_path):
    channel = Channel()
    [block] = InternetSockets(Listed(tmp_path, channel), lambda protocol: None).read("tcp", IPV4, ALL_STATES, by_proc=True)
    assert block.timers[0] is not None and channel.answers == []


def test_what_is_refused_later_is_told_and_nothing_comes_twice(tmp_path):
    """Listening sockets come first, from a dump of their own."""
    channel, seen = Channel(message(ROW), EPERM), []
    with pytest.raises(KernelRefused):
        for block in InternetSockets(Listed(tmp_path, channel), lambda protocol: None).read("tcp", IPV4, ALL_STATES):
            seen += block.local_ports
    assert seen == [80]
    channel = Channel(message(ROW), EPERM)
    (tmp_path / "again").mkdir()
    with pytest.raises(netlite.NotPermitted):
        netlite.connections("tcp", version=4, world=Listed(tmp_path / "again", channel))
    assert channel.closed == 1


def of_ipv4(row: tuple, attributes: bytes = b"") -> bytes:
    whole = bytearray(message(row, attributes))
    whole[16] = 2
    return bytes(whole)


CONNECTED = 1 << TcpState.ESTABLISHED
FOUR, SIX = (1, 80, 81, bytes(16), bytes(16), 0, 0, 0, 7), (1, 90, 91, bytes(16), bytes(16), 0, 0, 0, 8)


@pytest.mark.parametrize("chunk, ports", [
    (of_ipv4(FOUR) + message(SIX) + of_ipv4(FOUR), ([80, 80], [90])),
    (of_ipv4(FOUR, bytes(8)) + message(SIX), ([80], [90])), (of_ipv4(FOUR) * 2, ([80, 80], [])), (message(SIX), ([], [90])), (b"", ([], []))])
def test_both_versions_come_from_one_walk(tmp_path, chunk, ports):
    channel = Channel(chunk, chunk)
    tables = InternetSockets(Listed(tmp_path, channel), lambda protocol: None, both=True)
    for _ in range(2):  # again and again, as netstat -c
        found = [[port for block in tables.read("tcp", family, CONNECTED) for port in block.local_ports] for family in (IPV4, IPV6)]
        assert tuple(found) == ports
    assert channel.asked == [TCP_OF_BOTH] * 2


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 65535), st.sampled_from([b"", bytes(8), bytes(36)]))))
def test_versions_and_lengths_stand_in_any_order(listed):
    chunk = b"".join([(of_ipv4 if is_ipv4 else message)((1, port, 81, bytes(16), bytes(16), 0, 0, 0, 7), attributes)
                      for is_ipv4, port, attributes in listed])
    with TemporaryDirectory() as folder:
        tables = InternetSockets(Listed(Path(folder), Channel(chunk)), lambda protocol: None, both=True)
        for family in (IPV4, IPV6):
            found = [port for block in tables.read("tcp", family, CONNECTED) for port in block.local_ports]
            assert found == [port for is_ipv4, port, _ in listed if is_ipv4 == (family is IPV4)]


@pytest.mark.parametrize("last", [b"", message(FOUR)[:16], message(FOUR)[:40]])
def test_a_message_that_is_too_short_ends_a_chunk(tmp_path, last):
    short = len(last).to_bytes(4, byteorder) + last[4:] + message(SIX)
    tables = InternetSockets(Listed(tmp_path, Channel(of_ipv4(FOUR) + message(SIX) + short)), lambda protocol: None,
                             both=True)
    found = [[port for block in tables.read("tcp", family, CONNECTED) for port in block.local_ports] for family in (IPV4, IPV6)]
    assert found == [[80], [90]]


def test_listening_sockets_are_asked_for_by_themselves(tmp_path):
    channel = Channel(of_ipv4(ROW), of_ipv4(FOUR) + message(SIX), message(ROW))
    tables = InternetSockets(Listed(tmp_path, channel), lambda protocol: None, both=True)
    found = [[port for block in tables.read("tcp", family, CONNECTED | LISTENING_STATE) for port in block.local_ports] for family in (IPV4, IPV6)]
    assert found == [[80, 80], [80, 90]] and channel.asked == [20, TCP_OF_BOTH, 20]


def test_too_many_of_ipv6_are_asked_for_again(tmp_path):
    many = message(SIX) * (KEPT_BYTES // len(message(SIX)) + 1)
    channel = Channel(of_ipv4(FOUR) + many, message(SIX))
    tables = InternetSockets(Listed(tmp_path, channel), lambda protocol: None, both=True)
    found = [[port for block in tables.read("tcp", family, CONNECTED) for port in block.local_ports] for family in (IPV4, IPV6)]
    assert found == [[80], [90]] and channel.asked == [TCP_OF_BOTH, 20]


def test_a_kernel_that_tells_one_version_alone_is_asked_for_each(tmp_path):
    channel = Channel(ENOENT, of_ipv4(FOUR), message(SIX))
    tables = InternetSockets(Listed(tmp_path, channel), lambda protocol: None, both=True)
    found = [[port for block in tables.read("tcp", family, CONNECTED) for port in block.local_ports] for family in (IPV4, IPV6)]
    assert found == [[80], [90]] and channel.asked == [TCP_OF_BOTH, 20, 20]
