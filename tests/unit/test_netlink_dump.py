"""A dump of netlink: where it ends, and what is handed on of it."""

from __future__ import annotations

from sys import byteorder

from hypothesis import given
from hypothesis import strategies as st

from netlite.errors import KernelRefused
from netlite.system.netlink.channel import HEADER, NLM_F_DUMP_INTR, Channel, DumpInterrupted

SEQUENCE, ERROR, DONE, ROW = 7, 2, 3, 24


class Answered(Channel):
    """A channel that gives these chunks."""

    def __init__(self, *chunks: bytes):
        self._chunks = list(chunks)
        self._sequence = SEQUENCE

    def start(self, message_type: int, body: bytes, flags: int = 0) -> None:
        """It is answered already."""

    def receive(self) -> bytes:
        return self._chunks.pop(0)


def message(body_bytes: int, kind: int = ROW, flags: int = 2, sequence: int = SEQUENCE,
            is_short: bool = False) -> bytes:
    length = HEADER.size + body_bytes
    whole = HEADER.pack(12 if is_short else length, kind, flags, sequence, 0) + bytes(body_bytes)
    return whole + bytes(-len(whole) % 4)


def dumped(*chunks: bytes) -> tuple[bytes, bool]:
    """What is handed on, and whether the dump was interrupted."""
    found = []
    try:
        for chunk in Answered(*chunks, message(4, DONE)).dump(ROW, b""):
            found.append(bytes(chunk))
    except DumpInterrupted:
        return b"".join(found), True
    return b"".join(found), False


@given(st.lists(st.tuples(
    st.sampled_from([4, 5, 8, 36, 36, 36]), st.sampled_from([ROW, ROW, ROW, 20, DONE, ERROR]),
    st.sampled_from([2, 2, 2, 2 | NLM_F_DUMP_INTR]), st.sampled_from([SEQUENCE, SEQUENCE, SEQUENCE, 8]),
    st.sampled_from([False, False, False, False, True])), min_size=1, max_size=12))
def test_every_header_is_looked_at(listed):
    """Whatever stands before it: another length, the same type, flags of its own."""
    expected, changed = b"", False
    for body_bytes, kind, flags, sequence, is_short in listed:
        if sequence != SEQUENCE or is_short:
            break
        changed |= bool(flags & NLM_F_DUMP_INTR)
        if kind in (DONE, ERROR):
            break
        expected += message(body_bytes, kind, flags)
    assert dumped(b"".join([message(*each) for each in listed])) == (expected, changed)


def test_an_error_is_raised_behind_rows_of_any_length():
    refusal = bytearray(message(4, ERROR))
    refusal[HEADER.size:] = (-13).to_bytes(4, byteorder, signed=True)
    for rows in ([], [message(8)], [message(8), message(36)], [message(8), message(36), message(36)]):
        channel, found = Answered(b"".join([*rows, refusal])), []
        try:
            found.extend(channel.dump(ROW, b""))
        except KernelRefused as told:
            assert told.errno == 13
        else:
            raise AssertionError(rows)
