"""A netlink socket that dumps tables (RFC 3549, <linux/netlink.h>).

Only the transport: message layouts come from `system.netlink.compiled`, which is generated from
pyroute2's message classes.
"""

from __future__ import annotations

import _socket
from _struct import Struct
from _struct import error as StructError  # type: ignore[attr-defined]
from errno import ENOBUFS
from sys import byteorder

from ...errors import KernelRefused

HEADER = Struct("=IHHII")  # struct nlmsghdr: length, type, flags, sequence, port
LENGTH_AND_MORE = Struct("=IQ")  # its length; type, flags and sequence, to be compared at once
ATTRIBUTE = Struct("=HH")  # struct nlattr: length with this header, type with two flag bits
AF_NETLINK = 16
ROUTE, SOCK_DIAG = 0, 4
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_DUMP_INTR, NLM_F_DUMP = 0x001, 0x010, 0x300
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NETLINK_GET_STRICT_CHK = 270, 1, 12
UNREADABLE = StructError, LookupError, ValueError, OSError  # raised at a message that is not built as it should be
ATTEMPTS = 5  # at a dump that changes interrupt
CHUNK_BYTES = 1 << 16  # the kernel fills at most 32 KiB; larger buffers cost a page fault a page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self, TypeVar

    from ..door import ChannelDoor, Door

    Row = TypeVar("Row")
    Part = TypeVar("Part", bytes, memoryview, bytes | memoryview)
    Chunk = bytes | memoryview
    """Whole messages, as they were received."""


class DumpInterrupted(Exception):
    """The table changed while it was dumped (NLM_F_DUMP_INTR): rows may be missing or double."""


class Channel:
    """One netlink socket.  `protocol` is ROUTE or SOCK_DIAG; needs no privilege to read.

    Raises OSError where the kernel refuses the socket, as some sandboxes do.
    """

    def __init__(self, protocol: int):
        self._socket = _socket.socket(AF_NETLINK, _socket.SOCK_RAW | _socket.SOCK_CLOEXEC, protocol)
        if _socket.getdefaulttimeout() is not None:  # of the process: `arrived` would wait for so long
            self._socket.setblocking(True)
        self._socket.setsockopt(_socket.SOL_SOCKET, _socket.SO_RCVBUF, 1 << 20)
        try:
            self._socket.setsockopt(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1)
        except OSError:
            pass  # before Linux 4.20
        self._sequence = 0

    def dump(self, message_type: int, body: bytes, what: str = "netlink dump") -> Iterator[memoryview]:
        """Ask for a table; yield memoryviews of whole messages, one a received chunk.

        Raises KernelRefused, and DumpInterrupted after the last chunk of an inconsistent dump.
        NLMSG_DONE may share the last data chunk; it is cut off here.
        """
        self.start(message_type, body)
        interrupted = False
        while True:
            chunk = memoryview(self.receive())
            end, done, changed = self._scan(chunk, what)
            interrupted |= changed
            if end:
                yield chunk[:end]
            if done:
                break
        if interrupted:
            raise DumpInterrupted(what)

    def start(self, message_type: int, body: bytes, flags: int = NLM_F_REQUEST | NLM_F_DUMP) -> None:
        """Send a request; `receive` then gives the chunks of its answer.  Raises KernelRefused."""
        self._sequence += 1
        try:
            self._socket.send(HEADER.pack(HEADER.size + len(body), message_type, flags, self._sequence, 0) + body)
        except OSError as refusal:    # a sandbox lets us have the socket, and no more
            raise KernelRefused(refusal.errno, "rtnetlink") from None

    def receive(self) -> bytes:
        """The next chunk as it is: for readers that look at every header anyway, and so see the end.

        Raises KernelRefused.
        """
        try:
            return self._socket.recv(CHUNK_BYTES)
        except OSError as refusal:
            raise KernelRefused(refusal.errno, "rtnetlink") from None

    def ask(self, message_type: int, body: bytes, what: str = "netlink request") -> memoryview:
        """Ask for one object; returns a memoryview of the one message that answers.

        Raises KernelRefused.
        """
        self.start(message_type, body, NLM_F_REQUEST)
        chunk = memoryview(self.receive())
        end, _, _ = self._scan(chunk, what)
        return chunk[:end]

    def arrived(self) -> Iterator[bytes]:
        """The chunks that are there, unasked; never waits.  Raises KernelRefused (ENOBUFS: some were dropped)."""
        while True:
            try:
                yield self._socket.recv(CHUNK_BYTES, _socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError as refusal:
                raise KernelRefused(refusal.errno, "rtnetlink") from None

    def fileno(self) -> int:
        """What can be waited on."""
        return self._socket.fileno()

    def _scan(self, chunk: Chunk, what: str) -> tuple[int, bool, bool]:
        """Where the data of a chunk ends, whether the dump is over, whether it was interrupted."""
        offset, size, changed = 0, len(chunk), False
        if uniform_length(chunk):
            _, kind, flags, sequence, _ = HEADER.unpack_from(chunk, 0)
            if kind > NLMSG_DONE and sequence == self._sequence:
                return size, False, bool(flags & NLM_F_DUMP_INTR)
        unpack, least, seen = LENGTH_AND_MORE.unpack_from, HEADER.size, None
        while offset + least <= size:
            length, more = unpack(chunk, offset)
            if more != seen or length < least:
                _, kind, flags, sequence, _ = HEADER.unpack_from(chunk, offset)
                if length < least or sequence != self._sequence:
                    return offset, True, changed
                changed |= bool(flags & NLM_F_DUMP_INTR)
                if kind == NLMSG_DONE or kind == NLMSG_ERROR:
                    end_of_dump(chunk, offset, what)
                    return offset, True, changed
                seen = more
            offset += (length + 3) & ~3
        return offset, False, changed

    def watch(self, *groups: int) -> None:
        """Be told of changes of some groups (RTNLGRP_* of <linux/rtnetlink.h>), once.  Raises OSError."""
        self._socket.bind((0, 0))     # nobody tells port 0 anything
        for group in groups:
            self._socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)

    def changed(self) -> bool:
        """Whether a change was told since the last call; more than there is room for are a change too."""
        told = False
        while True:
            try:
                self._socket.recv(CHUNK_BYTES, _socket.MSG_DONTWAIT)
            except BlockingIOError:
                return told
            except OSError as refusal:
                if refusal.errno != ENOBUFS:
                    return True
            told = True

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_route_channel(world: Door) -> ChannelDoor:
    """A channel for links, addresses, routes and neighbours where there is no other source.  Raises KernelRefused."""
    try:
        return world.netlink(ROUTE)
    except OSError as refusal:
        raise KernelRefused(refusal.errno, "rtnetlink") from None


def as_found(chunks: Iterable[Part]) -> Iterator[Part]:
    """The chunks of a dump; a table that changed meanwhile is shown as it was found, as /proc does."""
    try:
        yield from chunks
    except DumpInterrupted:
        pass


def dump_again(channel: ChannelDoor, message_type: int, request: bytes, what: str) -> list[bytes]:
    """The chunks of a dump, which is repeated if a change interrupts it; the last one is taken as it is."""
    chunks: list[bytes] = []
    for _ in range(ATTEMPTS):
        chunks.clear()
        try:
            for chunk in channel.dump(message_type, request, what):
                chunks.append(bytes(chunk))
            break
        except DumpInterrupted:
            continue
    return chunks


def end_of_dump(chunk: Chunk, offset: int, what: str) -> None:
    """NLMSG_DONE and NLMSG_ERROR may carry an error number.  Raises KernelRefused then."""
    code = int.from_bytes(chunk[offset + HEADER.size:offset + HEADER.size + 4], byteorder, signed=True)
    if code < 0:
        raise KernelRefused(-code, what)


def uniform_length(chunk: Chunk) -> int:
    """The length of each message where all have the same length, type and flags; else 0.

    Most chunks of a long dump are such, and their columns can then be cut out without a loop.  Each
    length found is where the next header stands, so that no row can be taken for a header.
    """
    if len(chunk) % 4 or len(chunk) < HEADER.size:
        return 0
    words = memoryview(chunk).cast("I")
    length = words[0]
    step = length >> 2
    if length % 4 or not step or len(words) % step:
        return 0
    rows = len(words) // step
    for column in (words[::step], words[1::step]):
        if column.tobytes() != column[:1].tobytes() * rows:
            return 0
    return length


def split_messages(chunk: Chunk) -> Iterator[tuple[int, int]]:
    """Where each message of a chunk starts and ends, header included: yields (start, end)."""
    offset, size = 0, len(chunk)
    while offset + HEADER.size <= size:
        length = HEADER.unpack_from(chunk, offset)[0]
        if length < HEADER.size or offset + length > size:
            return
        yield offset, offset + length
        offset += (length + 3) & ~3


def decoded(chunk: Chunk, decode: Callable[[int, int], Row]) -> Iterator[Row]:
    """What `decode(start, end)` makes of each message of a chunk.

    One that is not built as it should be is left out, as a line of /proc that is no row.
    """
    for start, end in split_messages(chunk):
        try:
            row = decode(start, end)
        except UNREADABLE:
            continue
        yield row


def attributes(message: Chunk, offset: int, end: int) -> dict[int, bytes]:
    """The attributes between two offsets: type -> payload, in their order; of two of a type the last one."""
    return {kind: bytes(message[start:stop]) for kind, start, stop in attribute_places(message, offset, end)}


def attribute_places(message: Chunk, offset: int, end: int) -> list[tuple[int, int, int]]:
    """The attributes between two offsets: (type, start, stop) of each payload."""
    unpack, found = ATTRIBUTE.unpack_from, []
    while offset + 4 <= end:
        length, kind = unpack(message, offset)
        if length < 4 or offset + length > end:
            break
        found.append((kind & 0x3FFF, offset + 4, offset + length))
        offset += (length + 3) & ~3
    return found


def attribute(kind: int, payload: bytes) -> bytes:
    """One attribute, padded to four bytes."""
    return (ATTRIBUTE.pack(4 + len(payload), kind) + payload).ljust((7 + len(payload)) & ~3, b"\0")
