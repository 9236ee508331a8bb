"""TCP and UDP sockets through netlink's sock_diag family (sock_diag(7), <linux/inet_diag.h>).

The kernel answers several times faster than through /proc/net/tcp, in the same order of rows, and
does not walk the tables of states that were not asked for.
"""

from __future__ import annotations

from _operator import itemgetter
from _struct import Struct, pack

from ...errors import KernelRefused
from ...records.connections import Connections, TcpState
from ...records.family import IPV4, Family, IpProtocol
from ..netlink.channel import HEADER, as_found, uniform_length
from ..netlink.compiled import INET_DIAG, INET_DIAG_REQUEST, SOCK_DIAG_BY_FAMILY
from ..netlink.read_ahead import read_ahead

NO_IDENTITY = b"", b"", b"", b"", 0, 0
MESSAGE_BYTES = HEADER.size + INET_DIAG.size  # attributes may follow
# What `INET_DIAG` describes is unpacked by column: state, ports and addresses, which are in network
# order, with a Struct of many messages; the last four numbers as words of 4 bytes in native order.
IDENTITY = "17xBxxHH{0}s{1}x{0}s{1}x32x{2}x"
IDENTITY_FIELDS = 5
ROWS = 32  # a Struct has a multiple of them, so there are few
RECEIVE_QUEUE, SEND_QUEUE, USER_ID, INODE = range(MESSAGE_BYTES // 4 - 4, MESSAGE_BYTES // 4)
LISTENING = 1 << TcpState.LISTEN
ALL_STATES = 0xFFF
TCP_OF_BOTH = 18  # TCPDIAG_GETSOCK: asked without a family, it tells the sockets of both
REQUEST_OF_BOTH = Struct("=52xI4x")  # struct inet_diag_req: nothing but the states
KEPT_BYTES = 8 << 20

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..door import ChannelDoor
    from ..netlink.channel import Chunk

    Uniform = tuple[Chunk, int]
    """Messages of one length, and that length."""

    Kept = dict[int, list[Uniform]]
    """States -> the messages about IPv6's sockets that came with IPv4's, to be taken once."""


class _Identities(dict[tuple[int, int, int], Struct]):
    """(bytes of an address, bytes of a message, messages) -> the Struct of state, ports and addresses of each."""

    def __missing__(self, key: tuple[int, int, int]) -> Struct:
        address_bytes, length, count = key
        identity = IDENTITY.format(address_bytes, 16 - address_bytes, length - MESSAGE_BYTES)
        layout = self[key] = Struct("!" + identity * count)
        return layout


IDENTITIES = _Identities()


def read_sockets(channel: ChannelDoor, family: Family, ip_protocol: int, protocol: str,
                 states: int = ALL_STATES, kept: Kept | None = None) -> Iterator[Connections]:
    """The sockets of a table, as `Connections`, one a received chunk.

    `states` has bit 1 << state for each wanted `TcpState`.  No privilege needed.  Raises KernelRefused
    from this call where the kernel lacks the table (ENOENT).  The owner of a half-open connection
    (SYN_RECV) is given as 0; /proc knows it.

    The kernel walks all of its table of connections for an answer, however few there are.  Who reads IPv4's and then
    IPv6's hands `kept` to both, and for short tables of TCP there is one walk.
    """
    blocks = _blocks(channel, family, ip_protocol, protocol, states, kept)
    next(blocks)
    return blocks


def _blocks(channel: ChannelDoor, family: Family, ip_protocol: int, protocol: str,
            states: int, kept: Kept | None) -> Iterator[Connections]:
    """The first one is empty, and says that the kernel has answered."""
    answered = False
    listening = states & LISTENING if ip_protocol == IpProtocol.TCP else 0
    # Apart from the others: the kernel puts the backlog limit where others have their send queue.
    for part in (listening, states & ~listening):
        if not part:
            continue
        if kept is None or part == listening or ip_protocol != IpProtocol.TCP:
            found = _dump(channel, family, ip_protocol, protocol, part)
        elif family is IPV4:
            found = _ipv4_of_both(channel, protocol, part, kept)
        else:
            known = kept.pop(part, None)
            found = _dump(channel, family, ip_protocol, protocol, part) if known is None else iter(known)
        for messages, length in read_ahead(found):
            if not answered:
                answered = True
                yield Connections.of_rows([])
            yield _columns(messages, length, family.address_bytes, part == listening)
    if not answered:
        yield Connections.of_rows([])


def _dump(channel: ChannelDoor, family: Family, ip_protocol: int, protocol: str, states: int) -> Iterator[Uniform]:
    request = INET_DIAG_REQUEST.pack(family.af, ip_protocol, 0, states, *NO_IDENTITY)
    return map(uniform, as_found(channel.dump(SOCK_DIAG_BY_FAMILY, request, f"sock_diag {protocol}")))


def _ipv4_of_both(channel: ChannelDoor, protocol: str, states: int, kept: Kept) -> Iterator[Uniform]:
    """Messages about IPv4; `kept` has IPv6's in the end, unless there are too many to be kept."""
    chunks = as_found(channel.dump(TCP_OF_BOTH, REQUEST_OF_BOTH.pack(states), f"sock_diag {protocol}"))
    others: list[Uniform] = []
    room_bytes = KEPT_BYTES
    try:
        chunk = next(chunks, None)
    except KernelRefused:
        yield from _dump(channel, IPV4, IpProtocol.TCP, protocol, states)
        return
    while chunk is not None:
        length, of_ipv4, of_ipv6 = _by_version(chunk)
        room_bytes -= len(of_ipv6)
        if room_bytes < 0:
            others.clear()
        elif of_ipv6:
            others.append((of_ipv6, length))
        if of_ipv4:
            yield of_ipv4, length
        chunk = next(chunks, None)
    if room_bytes >= 0:
        kept[states] = others


def _by_version(chunk: Chunk) -> tuple[int, Chunk, Chunk]:
    """The length of each message, those about IPv4's sockets, and the others."""
    chunk, length = uniform(chunk)
    families = bytes(chunk[HEADER.size::length])
    ipv4_messages = families.count(IPV4.af)
    if not ipv4_messages or ipv4_messages == len(families):
        return (length, chunk, b"") if ipv4_messages else (length, b"", chunk)
    messages = [message for message, in Struct(f"{length}s").iter_unpack(chunk)]
    return (length, b"".join([message for message, family in zip(messages, families) if family == IPV4.af]),
            b"".join([message for message, family in zip(messages, families) if family != IPV4.af]))


def parse_chunk(chunk: Chunk, address_bytes: int, listening: bool = False) -> Connections:
    """The sockets of a chunk of inet_diag messages."""
    return _columns(*uniform(chunk), address_bytes, listening)


def _columns(messages: Chunk, length: int, address_bytes: int, listening: bool) -> Connections:
    """All columns are cut out at once."""
    words, step = memoryview(messages).cast("I"), length >> 2
    received = words[RECEIVE_QUEUE::step].tolist()
    count = len(received)
    to_send = [0] * count if listening else words[SEND_QUEUE::step].tolist()
    filling = -count % ROWS
    values = IDENTITIES[address_bytes, length, count + filling].unpack(b"".join((messages, bytes(filling * length))))
    end = count * IDENTITY_FIELDS
    identities = (values[start:end:IDENTITY_FIELDS] for start in range(IDENTITY_FIELDS))
    return Connections.of((*identities, received, to_send, words[USER_ID::step], words[INODE::step], [None] * count))


def uniform(chunk: Chunk) -> Uniform:
    """The messages of a chunk, all of one length; nothing from one on that is too short."""
    length = uniform_length(chunk)
    if length >= MESSAGE_BYTES:
        return chunk, length
    head = HEADER.pack(MESSAGE_BYTES, SOCK_DIAG_BY_FAMILY, 0, 0, 0)
    return head.join([b"", *(_split(chunk) or _walk(chunk))]), MESSAGE_BYTES


def _split(chunk: Chunk) -> list[bytes]:
    """What `INET_DIAG` describes of each message, where all are of one type, sequence and port; else nothing.

    The chunk is cut at these twelve bytes.  That is right if each length leads to where the next one was found.
    """
    data = bytes(chunk)
    if len(data) < MESSAGE_BYTES:
        return []
    pieces = (data + bytes(4)).split(data[4:HEADER.size])
    rests = pieces[1:]
    ends = b"".join(map(itemgetter(slice(-4, None)), pieces[:-1]))  # the length of the message that follows
    sizes = [len(rest) + HEADER.size - 4 for rest in rests]
    if len(pieces[0]) != 4 or ends != pack(f"={len(sizes)}I", *sizes):
        return []
    if any(size < MESSAGE_BYTES or size % 4 for size in set(sizes)):
        return []
    return list(map(itemgetter(slice(INET_DIAG.size)), rests))


def _walk(chunk: Chunk) -> list[bytes]:
    """The same of any chunk."""
    unpack = Struct(f"=I{HEADER.size - 4}x{INET_DIAG.size}s").unpack_from
    bodies, offset, size = [], 0, len(chunk)
    while offset + MESSAGE_BYTES <= size:
        length, body = unpack(chunk, offset)
        if length < MESSAGE_BYTES:
            break
        bodies.append(body)
        offset += (length + 3) & ~3
    return bodies
