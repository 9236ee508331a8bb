"""ping -N: queries, replies and what is said of them (RFC 4620)."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from netlite.feature_errors import MalformedPacket
from netlite.packets.node_information import encode_name, make_query, read_nonce, read_reply
from netlite.records.family import IPV6
from netlite.records.node_information import NodeQuery
from netlite.records.node_replies import NodeReply
from netlite.records.ping import Answer
from netlite.render.ping import PingStyle
from netlite.render.ping_lines import render_record

NONCE = bytes(range(1, 9))


def reply(body: bytes, code=0, qtype=2, flags=0) -> NodeReply:
    message = bytes([140, code, 0, 0]) + qtype.to_bytes(2, "big") + flags.to_bytes(2, "big") + NONCE + body
    return read_reply(message, "fd77:4::2", 1, 63)


def line(answer: NodeReply) -> str:
    told = Answer(answer.source, answer.sequence, answer.size_bytes, answer.ttl, node=answer)
    return render_record(PingStyle(IPV6), told)[0]


def test_a_query_on_the_wire():
    query = NodeQuery(3, 0x22, 0, bytes(16))
    assert make_query(query, NONCE) == bytes([139, 0, 0, 0, 0, 3, 0, 0x22]) + NONCE + bytes(16)
    assert read_nonce(make_query(query, NONCE)) == NONCE


@pytest.mark.parametrize("arguments, text", [
    ((bytes(4) + b"\4test\3lab\0",), "30 bytes from fd77:4::2: test.lab.; seq=1; ttl=63\n"),
    ((bytes(4) + b"\2h2\0\0\3abc\0\0",), "31 bytes from fd77:4::2: h2, abc; seq=1; ttl=63\n"),
    ((bytes(4) + b"\2h2\0\0\1a\xc0\4",), "29 bytes from fd77:4::2: h2, a.h2.; seq=1; ttl=63\n"),
    ((b"",), "16 bytes from fd77:4::2: parse error (too short); seq=1; ttl=63\n"),
    ((bytes(4) + b"\2h2\0\0\x09ab",), "28 bytes from fd77:4::2: h2, parse error (truncated); seq=1; ttl=63\n"),
    ((bytes(4) + bytes((10, 77, 4, 2)), 0, 4), "24 bytes from fd77:4::2: 10.77.4.2; seq=1; ttl=63\n"),
    ((bytes(4) + bytes(15) + b"\1", 0, 3, 1), "36 bytes from fd77:4::2: ::1 (truncated); seq=1; ttl=63\n"),
    ((bytes(7), 0, 4), "23 bytes from fd77:4::2: parse error (truncated); seq=1; ttl=63\n"),
    ((b"", 1), "16 bytes from fd77:4::2: refused; seq=1; ttl=63\n"),
    ((b"", 2), "16 bytes from fd77:4::2: unknown; seq=1; ttl=63\n"),
    ((b"", 5), "16 bytes from fd77:4::2: unknown code(500); seq=1; ttl=63\n"),
    ((b"", 0, 9), "16 bytes from fd77:4::2: unknown qtype(0x09); seq=1; ttl=63\n"),
])
def test_replies(arguments, text):
    assert line(reply(*arguments)) == text


def test_names_that_cannot_be():
    for name in ("a..b", "x" * 64, ".a", ".".join(["y" * 60] * 5)):
        with pytest.raises(ValueError):
            encode_name(name, True)


@given(strategies.binary(max_size=60), strategies.integers(0, 5))
def test_any_bytes_are_a_line_or_malformed(data, qtype):
    assert line(reply(data, qtype=qtype)).endswith("seq=1; ttl=63\n")
    try:
        read_reply(data, "::1", 1)
    except MalformedPacket:
        assert len(data) < 16


@given(strategies.lists(strategies.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20), min_size=1, max_size=5),
       strategies.booleans())
def test_names_go_there_and_back(labels, qualified):
    name = ".".join(labels)
    answer = reply(bytes(4) + encode_name(name, qualified))
    assert answer.entries == (name + "." * qualified,)


@pytest.mark.parametrize("last, known", [(61, 1), (62, 0)])
def test_a_name_is_as_long_as_a_name_may_be(last, known):
    """255 bytes with the lengths of its labels and the root (RFC 1035 section 2.3.4)."""
    wire = b"".join(bytes([size]) + b"a" * size for size in (63, 63, 63, last)) + b"\0"
    assert len(wire) == 255 + (last - 61)
    assert len(reply(bytes(4) + wire).entries) == known


def pointer(place: int) -> bytes:
    return (0xC000 | place).to_bytes(2, "big")


@pytest.mark.parametrize("body", [
    b"\x01a" * 8000 + b"\0" + pointer(4) * 20_000,
    b"\x01a\0" + b"".join(pointer(4 + max(0, 2 * place + 1)) for place in range(8000)) + pointer(4 + 3 + 15_990) * 20_000,
    b"".join((b"\x3f" + b"." * 63) * 3 for _ in range(80)) + b"\0" + pointer(4 + 79 * 192) * 20_000,
], ids=["long names", "long chains", "long labels"])
def test_a_reply_that_leads_a_long_way_is_left_before_its_end(body):
    """64 kB of pointers may lead through hundreds of millions of labels."""
    told = reply(bytes(4) + body[:65_000])
    assert told.problem == "truncated" and sum(len(name) for name in told.entries) < 3_000_000
