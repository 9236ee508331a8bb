"""Neighbours over rtnetlink, read as /proc/net/arp shows them."""

from __future__ import annotations

from _socket import inet_aton

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import recorded

from netlite.environment import Environment
from netlite.errors import KernelRefused
from netlite.programs.registry import execute
from netlite.records.neighbours import NeighbourFlag as Flag
from netlite.records.neighbours import NeighbourState as State
from netlite.system.neighbours.dump import arp_rows, dump_arp
from netlite.system.neighbours.neighbours import parse_arp, read_arp
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
    return arp_rows(memoryview(b"".join(messages)), DEVICES)


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


@given(st.lists(st.builds(
    message, st.integers(1, 4), st.just("10.0.0.9"), st.sampled_from([State.NONE, State.FAILED, State.STALE, State.NOARP, State.PERMANENT]),
    st.sampled_from(["", "02:00:00:00:00:01", "02:00:00:00:00:02", "9c:94:6e:a0:40:40:02"])), max_size=8))
def test_messages_side_by_side_tell_what_each_tells_alone(messages):
    assert read(*messages) == [row for each in messages for row in read(each)]


def test_the_file_and_netlink_agree():
    environment = Environment("arp")
    try:
        with open("/proc/net/arp", encoding="ascii") as file:
            expected = parse_arp(file.read().splitlines()[1:])
        found = [row for rows in dump_arp(environment) for row in rows]
    except OSError as refusal:
        pytest.skip(f"nothing to compare: {refusal}")
    shown = [(row.address, row.hardware_type, row.device) for row in expected]
    assert [(row[0], row[1], row[5]) for row in found] == shown


FILE = "IP address HW type Flags HW address Mask Device\n10.0.0.99 0x1 0x2 02:00:00:00:00:99 * eth0\n"


class RefusingChannel:
    """So many chunks of one row each, then a refusal; `told` counts them."""

    def __init__(self, chunks: int):
        self.left, self.told = chunks, 0

    def dump(self, *_):
        while self.told < self.left:
            self.told += 1
            yield memoryview(message(0, f"10.0.0.{self.told}", State.STALE))
        raise KernelRefused(105, "rtnetlink")

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        """Nothing is open."""


def refusing(folder, chunks: int):
    (folder / "proc" / "net").mkdir(parents=True)
    (folder / "proc" / "net" / "arp").write_text(FILE)
    world, channel = recorded(folder, "arp"), RefusingChannel(chunks)
    world.netlink = lambda protocol: channel
    return world, channel


def test_rows_are_told_before_the_next_are_read(tmp_path):
    world, channel = refusing(tmp_path, 7)
    blocks = read_arp(world)
    for number in range(1, 8):
        assert [row[0] for row in next(blocks)] == [f"10.0.0.{number}"] and channel.told == number
    with pytest.raises(KernelRefused):
        next(blocks)


def test_a_refusal_before_the_first_row_is_made_good_by_the_file(tmp_path):
    world, _ = refusing(tmp_path, 0)
    assert [row[0] for rows in read_arp(world) for row in rows] == ["10.0.0.99"]


@pytest.mark.parametrize("words, told", [
    (["-n"], "10.0.0.3"), (["-an"], "? (10.0.0.3) at 02:00:00:00:00:01 [netrom]"), (["-n", "--json"], '"error": "rtnetlink: No buffer space available"}]')])
def test_a_later_refusal_is_said(tmp_path, words, told):
    world, _ = refusing(tmp_path, 3)
    assert execute("arp", words, world) == 2
    assert told in world.out.data.decode() and "10.0.0.99" not in world.out.data.decode()
    assert world.err.data == b"arp: rtnetlink: No buffer space available\n"
