"""Neighbours over rtnetlink, read as /proc/net/arp shows them."""

from __future__ import annotations

from _socket import inet_aton

import pytest

from netlite.environment import Environment
from netlite.records.neighbours import NeighbourFlag as Flag
from netlite.records.neighbours import NeighbourState as State
from netlite.system.neighbours.dump import arp_rows, dump_arp
from netlite.system.neighbours.neighbours import parse_arp
from netlite.system.netlink import compiled
from netlite.system.netlink.channel import HEADER, attribute

DEVICES = {1: ("eth0", 1), 2: ("tun0", 65534), 3: ("ax0", 3), 4: ("ib0", 32)}
VALID = Flag.COMPLETE


def message(index: int, address: str, state: int, hardware: str = "02:00:00:00:00:01") -> bytes:
    body = compiled.NEIGHBOUR.pack(2, index, state, 0, 1) + attribute(compiled.NDA_DST, inet_aton(address))
    if hardware:
        body += attribute(compiled.NDA_LLADDR, bytes.fromhex(hardware.replace(":", "")))
    body += attribute(compiled.NDA_PROBES, bytes(4))
    return HEADER.pack(HEADER.size + len(body), compiled.RTM_NEWNEIGH, 2, 1, 0) + body


def read(*messages: bytes) -> list:
    return list(arp_rows(memoryview(b"".join(messages)), DEVICES))


def test_a_chunk_of_equal_messages():
    rows = read(*(message(1, f"10.0.0.{number}", state) for number, state in enumerate(
        (State.PERMANENT, State.REACHABLE, State.STALE, State.NOARP, State.NONE, State.PROBE))))
    assert rows == [
        ("10.0.0.0", 1, VALID | Flag.PERMANENT, "02:00:00:00:00:01", "*", "eth0"),
        *((f"10.0.0.{number}", 1, VALID, "02:00:00:00:00:01", "*", "eth0") for number in (1, 2, 5))]


def test_messages_without_and_with_other_hardware_addresses():
    rows = read(message(1, "10.0.0.1", State.STALE), message(1, "10.0.0.2", State.FAILED, ""),
                message(2, "10.0.0.3", State.STALE, ""), message(3, "10.0.0.4", State.STALE, "9c:94:6e:a0:40:40:02"),
                message(4, "10.0.0.5", State.STALE, ":".join(f"{byte:02x}" for byte in range(20))))
    assert [row[2:4] for row in rows] == [
        (VALID, "02:00:00:00:00:01"), (0, ""), (VALID, ""), (VALID, "NJ7P-1"),
        (VALID, ":".join(f"{byte:02x}" for byte in range(20)))]
    assert read(message(2, "10.0.0.3", State.STALE, "")) == [("10.0.0.3", 65534, VALID, "", "*", "tun0")]


def test_the_file_and_netlink_agree():
    environment = Environment("arp")
    try:
        with open("/proc/net/arp", encoding="ascii") as file:
            expected = parse_arp(file.read())
        found = dump_arp(environment)
    except OSError as refusal:
        pytest.skip(f"nothing to compare: {refusal}")
    shown = [(row.address, row.hardware_type, row.device) for row in expected]
    assert [(row[0], row[1], row[5]) for row in found] == shown
