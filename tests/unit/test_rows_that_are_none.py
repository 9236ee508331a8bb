"""Lines of /proc and netlink messages that are not built as they should be: left out, and the others are read."""

from __future__ import annotations

import pytest

from netlite.engines import transcript
from netlite.system.interfaces.interfaces import parse_if_inet6, parse_net_dev
from netlite.system.netlink import compiled
from netlite.system.netlink.channel import HEADER, attribute, decoded
from netlite.system.neighbours.details import dump_neighbours
from netlite.system.neighbours.neighbours import parse_arp
from netlite.system.routes import all_tables, main_table, proc_tables, route_cache
from netlite.system.sockets import masquerade, unix
from netlite.system.sockets import proc_tables as sockets

ROUTE4 = b"eth0 00000A0A 00000000 0001 0 0 100 00FFFFFF 0 0 0"
ROUTE6 = b"20010db8000100000000000000000000 30 00000000000000000000000000000000 00 fd000010000000000000000000000009 400 4 0 3 eth0"
CACHED = b"eth0 01000A0A 00000000 0 0 0 0 02000A0A 0 0 0 0 0 0 01000A0A"
INET6 = "fe80000000000000000000fffe000a01 02 40 20 80 eth0\n"
DEVICE = "  eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"


@pytest.mark.parametrize("bad", [ROUTE4.replace(b"0001", b"00?1"), ROUTE4.replace(b"00000A0A", b"100000A0A"), ROUTE4.replace(b"00FFFFFF", b"100FFFFFF"), ROUTE4.replace(b" 100 ", b" x ")])
def test_routes4(bad):
    assert len(proc_tables.parse_routes4([ROUTE4, bad, ROUTE4])) == 2


@pytest.mark.parametrize("bad", [ROUTE6.replace(b"20010db8", b"20010db"), ROUTE6.replace(b"fd0000", b"fd00\xff0"), ROUTE6.replace(b" 400 ", b" -- ")])
def test_routes6(bad):
    assert len(proc_tables.parse_routes6([ROUTE6, bad, ROUTE6])) == 2


def test_route_cache():
    assert len(route_cache.parse_route_cache([CACHED, CACHED.replace(b"02000A0A", b"*"), CACHED])) == 2


@pytest.mark.parametrize("bad", ["fe8 02 40 20 80 eth0\n", INET6.replace("fe80", "xe80"), INET6.replace(" 40 ", " ?? "), INET6[2:]])
def test_addresses_of_interfaces(bad):
    assert len(parse_if_inet6(INET6 + bad + INET6)["eth0"]) == 2


def test_counters_of_interfaces():
    assert list(parse_net_dev("\n\n" + DEVICE.replace(" 3 ", " x ").replace("eth0", "bad0") + DEVICE)) == ["eth0"]


def test_a_neighbour_that_is_none_ends_the_table():
    row = "10.0.0.1 0x1 0x2 02:00:00:00:00:01 * eth0\n"
    assert len(parse_arp((row + row.replace("0x1", "one") + row).splitlines())) == 1


def message(kind: int, body: bytes, *attributes: bytes) -> bytes:
    """A netlink message."""
    data = body + b"".join(attributes)
    return HEADER.pack(HEADER.size + len(data), kind, 0, 1, 0) + data


TABLE = attribute(compiled.RTA_TABLE, (254).to_bytes(4, "little"))
DESTINATION = attribute(compiled.RTA_DST, bytes([10, 0, 0, 0]))
BODY = compiled.ROUTE.pack(2, 24, 0, 0, 254, 2, 253, 1, 0)
GOOD = message(compiled.RTM_NEWROUTE, BODY, TABLE, DESTINATION, attribute(compiled.RTA_OIF, (7).to_bytes(4, "little")))


class Answers:
    """A world and its channel: the kernel's answer to everything."""

    def __init__(self, chunk: bytes):
        self.netlink = lambda protocol: self
        self.dump = lambda *request: iter([memoryview(chunk)])
        self.device_name = lambda index: f"d{index}"
        self.close = lambda: None
        self.ioctls = self

    def call(self, *_):
        raise OSError(19, "No such device")

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("bad", [
    message(compiled.RTM_NEWROUTE, BODY, TABLE, DESTINATION, attribute(compiled.RTA_OIF, b"\1\0")),
    message(compiled.RTM_NEWROUTE, BODY, TABLE, DESTINATION, attribute(compiled.RTA_MULTIPATH, b"\x10")),
    message(compiled.RTM_NEWROUTE, compiled.ROUTE.pack(99, 24, 0, 0, 254, 2, 253, 1, 0), TABLE, DESTINATION)])
def test_route_messages(bad):
    chunk = GOOD + bad + GOOD
    assert len(all_tables.read_all_routes(Answers(chunk), 2)) in (2, 3)
    rows = [row for block in main_table.dump_routes4(Answers(chunk), lambda route: route, "d{}".format) for row in block]
    assert [route.interface for _, route in rows[:1] + rows[-1:]] == ["d7", "d7"]


def test_neighbour_messages():
    body = compiled.NEIGHBOUR.pack(2, 0, 0x80, 0, 1)
    good = message(compiled.RTM_NEWNEIGH, body, attribute(compiled.NDA_DST, bytes([10, 0, 0, 9])))
    without, short = message(compiled.RTM_NEWNEIGH, body), message(compiled.RTM_NEWNEIGH, body, attribute(compiled.NDA_DST, b"\n"))
    rows = dump_neighbours(Answers(good + without + short + good), 2)
    assert [row.address for row in rows] == ["10.0.0.9"] * 4  # neighbours and published ones


def test_only_what_cannot_be_read_is_left_out():
    def decode(start: int, end: int) -> int:
        if start:
            raise KeyError(start)
        return end

    assert list(decoded(GOOD * 3, decode)) == [len(GOOD)]
    with pytest.raises(ZeroDivisionError):
        list(decoded(GOOD, lambda start, end: 1 // 0))


@pytest.mark.parametrize("line", ["", "4", "[]", "{}", '{"event": "Started"}', '{"event": "Nothing", "at_ns": 1}', '{"action": "SendProbe", "probe": {"c": 1}}',
                                  '{"event": "Started", "at_ns": {"hex": 7}}', "{" * 9999, '{"action": ' * 9999])
def test_lines_of_a_transcript_that_are_none(line):
    with pytest.raises(ValueError):
        transcript.read([line])


SOCKET = b"0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:00000000 00000000 1000 0 4242 1"
UNIX = "0: 00000002 00000000 00010000 0001 01 4242 /run/a"
MASQUERADED = "UDP 0A000001 0035 0A000002 0035 F000 00000000 0 0 10000"
TOO_LARGE = "9" * 5000, "f" * 5000, "f" * 17, "-1", "-" + "f" * 20


@pytest.mark.parametrize("number", TOO_LARGE)
def test_numbers_of_more_than_64_bits_or_less_than_nothing(number):
    """Some cannot be shown, reckoned with, or looked up; a kernel has none, and what plays one may say anything."""
    bad = number.encode()
    for column in (b"1F90", b" 0A", b"00000001", b"00:00000000", b"00000000 1000", b"1000", b"4242"):
        row = SOCKET.replace(column, column.replace(column.split()[0].rpartition(b":")[2], bad))
        assert row != SOCKET and len(sockets.parse_block([SOCKET, row, SOCKET], lambda: None).states) == 2, row[:80]
    for column in ("00000002", "0001 01", "4242"):
        row = UNIX.replace(column, column.replace(column.split()[0], number))
        assert len(unix.parse_block([UNIX, row, UNIX], lambda: None).inodes) == 2, row[:80]
    for column in (b" 30 ", b" 400 ", b" 4 ", b" 3 "):
        assert len(proc_tables.parse_routes6([ROUTE6, ROUTE6.replace(column, b" " + bad + b" "), ROUTE6])) == 2, column
    assert masquerade.parse_masqueraded(MASQUERADED) and masquerade.parse_masqueraded(MASQUERADED.replace("F000", number)) is None


def test_digits_of_other_scripts_are_no_inode():
    assert unix.parse_block([UNIX, UNIX.replace("4242", "\u00b2"), UNIX], lambda: None).inodes == ("4242", "4242")
