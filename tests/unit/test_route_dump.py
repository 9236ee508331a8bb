"""IPv4 routes over rtnetlink: messages that pyroute2 makes, read as /proc/net/route shows them."""

import errno

import pytest

pytest.importorskip("pyroute2")

from pyroute2.netlink.rtnl.rtmsg import rtmsg

from netlite.environment import Environment
from netlite.errors import KernelRefused
from netlite.records.routes import RouteFlags
from netlite.system.netlink import compiled
from netlite.system.netlink.channel import HEADER, Channel
from netlite.system.routes.main_table import dump_routes4
from netlite.system.routes.proc_tables import parse_routes4, read_routes4

LOOPBACK = 1
DEVICES = {LOOPBACK: "lo"}


def device_name(index: int) -> str:
    return DEVICES[index]

DONE = HEADER.pack(20, 3, 2, 0, 0) + bytes(4)


class Recorded(Channel):
    """A channel that answers with these chunks."""

    def __init__(self, *chunks: bytes):
        self._chunks = list(chunks)
        self._sequence = 0

    def start(self, message_type: int, body: bytes) -> None:
        assert (message_type, body) == (compiled.RTM_GETROUTE, compiled.ROUTES4_REQUEST)

    def close(self) -> None:
        """Nothing is open."""

    def receive(self) -> bytes:
        return self._chunks.pop(0)


def message(destination: str, prefix_length: int, *attributes, route_type: int = 1, table: int = 254) -> bytes:
    made = rtmsg()
    made["header"]["type"], made["family"], made["dst_len"], made["type"] = 24, 2, prefix_length, route_type
    given = [("RTA_DST", destination)] if destination else []
    made["attrs"] = [["RTA_TABLE", table], *map(list, given), *map(list, attributes)]
    made.encode()
    return bytes(made.data)


def read(*chunks: bytes) -> list:
    return [(destination, route) for rows in dump_routes4(Recorded(*chunks), lambda route: route, device_name)
            for destination, route in rows]


def test_kinds_of_routes():
    rows = read(
        message("", 0, ("RTA_GATEWAY", "10.0.0.1"), ("RTA_OIF", LOOPBACK))
        + message("10.1.0.0", 16, ("RTA_PRIORITY", 4294967295), ("RTA_OIF", LOOPBACK))
        + message("10.2.0.1", 32, route_type=7) + message("10.3.0.0", 16, route_type=6),
        message("10.4.0.0", 16, ("RTA_OIF", LOOPBACK),
                ("RTA_METRICS", {"attrs": [["RTAX_ADVMSS", 1360], ["RTAX_WINDOW", 8192], ["RTAX_RTT", 800]]})) + DONE)
    assert [destination for destination, _ in rows] == [bytes(4), bytes([10, 1, 0, 0]), bytes([10, 2, 0, 1]),
                                                        bytes([10, 3, 0, 0]), bytes([10, 4, 0, 0])]
    default, metric, unreachable, blackhole, measured = (route for _, route in rows)
    up = RouteFlags.UP
    assert (default.gateway, default.flags, default.interface) == (bytes([10, 0, 0, 1]), up | RouteFlags.GATEWAY, "lo")
    assert (metric.metric, metric.flags) == (4294967295, up)
    assert (unreachable.flags, unreachable.interface) == (up | RouteFlags.REJECT | RouteFlags.HOST, "*")
    assert (blackhole.flags, blackhole.interface) == (up, "*")
    assert (measured.mss_bytes, measured.window_bytes, measured.irtt) == (1400, 8192, 100)


def test_a_kind_is_described_once_and_rows_keep_their_destination():
    asked = []

    def describe(route) -> int:
        asked.append(route)
        return len(asked)

    chunk = b"".join(message(f"10.9.{number}.0", 24, ("RTA_GATEWAY", f"10.0.0.{number % 2 + 1}"), ("RTA_OIF", LOOPBACK))
                     for number in range(6))
    rows = [row for rows in dump_routes4(Recorded(chunk + DONE), describe, device_name) for row in rows]
    assert rows == [(bytes([10, 9, number, 0]), number % 2 + 1) for number in range(6)]
    assert len(asked) == 2


THROUGH = ("RTA_GATEWAY", "10.0.0.1"), ("RTA_OIF", LOOPBACK)


@pytest.mark.parametrize("place", [0, 77, 199])
@pytest.mark.parametrize("other", [
    message("10.9.0.0", 24, *THROUGH), message("10.9.0.0", 25, *THROUGH), message("10.9.0.0", 24, ("RTA_GATEWAY", "10.0.0.2"), THROUGH[1]),
    message("10.9.0.0", 24, *THROUGH, ("RTA_PRIORITY", 7)), message("", 0, *THROUGH), message("", 0, route_type=7),
    message("10.9.0.0", 24, *THROUGH, table=255)],
    ids=["none", "prefix", "gateway", "longer", "without destination", "short", "another table"])
def test_long_chunks_are_read_as_short_ones(other, place):
    """Where all are of one kind, and where one is not."""
    listed = [message(f"10.8.{number}.0", 24, *THROUGH) for number in range(200)]
    listed[place] = other
    rows = read(b"".join(listed), DONE)
    assert rows == read(*listed, DONE) and len(rows) == 200 - (other == message("10.9.0.0", 24, *THROUGH, table=255))


def test_what_proc_leaves_out():
    local = message("10.0.0.1", 32, ("RTA_OIF", LOOPBACK), route_type=2, table=255)
    assert read(local + message("10.0.0.255", 32, ("RTA_OIF", LOOPBACK), route_type=3) + DONE) == []


def test_refusals():
    missing, refused = (HEADER.pack(20, 2, 0, 0, 0) + (-code).to_bytes(4, "little", signed=True)
                        for code in (errno.ENOENT, errno.EPERM))
    assert list(dump_routes4(Recorded(missing), None, device_name)) == []
    assert list(dump_routes4(Recorded(DONE), None, device_name)) == [[]]
    with pytest.raises(KernelRefused):
        dump_routes4(Recorded(refused), None, device_name)


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_a_cut_message_ends_the_table(cut):
    chunk = message("10.1.0.0", 16, ("RTA_OIF", LOOPBACK))
    assert len(list(dump_routes4(Recorded(chunk + chunk[:cut] + bytes(64), DONE), lambda route: route, device_name))[0]) >= 1


def test_proc_and_netlink_agree():
    environment = Environment("route")
    try:
        environment.netlink(0).close()
        with open("/proc/net/route", "rb") as file:
            expected = parse_routes4(file.read().split(b"\n")[1:])
    except OSError as refusal:
        pytest.skip(f"nothing to compare: {refusal}")
    found = [route.replace(destination=destination)
             for rows in read_routes4(environment, lambda route: route) for destination, route in rows]
    assert found == expected
