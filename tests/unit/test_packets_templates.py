"""Packets made from templates are those scapy makes, and the compiled templates are up to date."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from netlite.packets import checksum, compiled, templates
from netlite.packets.templates import EchoPacket, make_echo
from netlite.packets.transport import make_tcp, make_udp

pytest.importorskip("scapy")

from netlite.packets import crafting, generate  # noqa: E402

WORDS = some.integers(0, 0xFFFF)
LONGS = some.integers(0, 0xFFFFFFFF)
VERSIONS = some.sampled_from((4, 6))
PAYLOADS = some.binary(max_size=80)
ADDRESSES = {4: ("192.0.2.1", "198.51.100.7"), 6: ("2001:db8::1", "2001:db8:ffff::7")}


def test_compiled_templates_are_up_to_date():
    assert Path(compiled.__file__).read_text() == generate.compiled_text()


@given(VERSIONS, WORDS, WORDS, PAYLOADS, some.sampled_from(("request", "reply")))
def test_template_echo_equals_scapy(version, identifier, sequence, payload, kind):
    arguments = (version, identifier, sequence, payload, *ADDRESSES[version], kind)
    assert make_echo(*arguments) == crafting.craft_echo(*arguments)


@given(VERSIONS, WORDS, WORDS, PAYLOADS)
def test_template_udp_equals_scapy(version, source_port, destination_port, payload):
    arguments = (version, *ADDRESSES[version], source_port, destination_port, payload)
    assert make_udp(*arguments) == crafting.craft_udp(*arguments)


@given(VERSIONS, some.tuples(WORDS, WORDS, LONGS, some.integers(0, 255), WORDS, some.none() | WORDS,
                             some.booleans(), some.none() | LONGS, some.none() | some.integers(0, 255),
                             LONGS))
def test_template_tcp_equals_scapy(version, fields):
    arguments = (version, *ADDRESSES[version], *fields)
    assert make_tcp(*arguments) == crafting.craft_tcp(*arguments)


@given(WORDS, WORDS, some.binary(max_size=40), some.booleans(), some.integers(0, 2**62))
def test_template_echo_renumbered_keeps_its_checksum(identifier, sequence, payload, stamped, wall_ns):
    packet = EchoPacket(4, identifier, payload, stamped, True)
    packet.number(sequence ^ 1, wall_ns // 2)
    data = bytes(packet.number(sequence, wall_ns))
    assert checksum.is_valid(data)
    assert data == make_echo(4, identifier, sequence, data[8:])
    if stamped and len(payload) >= 16:
        assert templates.TIMEVAL.unpack_from(data, 8) == (wall_ns // 10**9, wall_ns // 1000 % 10**6)


@given(some.binary(max_size=99))
def test_checksum_equals_scapy(data):
    from scapy.utils import checksum as scapy_checksum

    assert checksum.checksum(data) == scapy_checksum(data)


@given(some.binary(min_size=4, max_size=60).filter(lambda data: len(data) % 2 == 0), WORDS)
def test_checksum_updated_word_by_word(data, new):
    packet = b"\x45\0" + data  # a header is never all zeros
    changed = packet[:2] + new.to_bytes(2, "big") + packet[4:]
    old = int.from_bytes(packet[2:4], "big")
    assert checksum.updated(checksum.checksum(packet), old, new) == checksum.checksum(changed)
