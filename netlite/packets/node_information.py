"""Node information queries and replies (RFC 4620), ICMPv6 types 139 and 140."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop
from _struct import Struct

from ..feature_errors import MalformedPacket
from ..records.icmp import Icmp6
from ..records.node_information import NodeCode, NodeQtype
from ..records.node_replies import NodeReply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..records.node_information import NodeQuery

HEADER = Struct("!BBHHH8s")  # type, code, checksum, qtype, flags, nonce
TTL_BYTES = 4
ADDRESSES = {NodeQtype.ADDRESSES6: (AF_INET6, 16), NodeQtype.ADDRESSES4: (AF_INET, 4)}
LABEL_BYTES, NAME_BYTES = 63, 255
STEPS = 10_000  # labels and pointers of a reply; one of 64 kB could lead through hundreds of millions
ESCAPED = b'".;\\()@$'


def make_query(query: NodeQuery, nonce: bytes) -> bytes:
    """The message for a query that is complete; the kernel fills in the checksum."""
    assert query.qtype is not None and query.subject is not None
    return HEADER.pack(Icmp6.NODE_QUERY, query.subject_kind, 0, query.qtype, query.flags, nonce) + query.subject


def read_reply(message: bytes, source: str, sequence: int, ttl: int | None = None) -> NodeReply:
    """A NodeReply from a message of type 140.  Raises MalformedPacket when the header is not whole."""
    if len(message) < HEADER.size:
        raise MalformedPacket(f"node information reply of {len(message)} bytes")
    _, code, _, qtype, flags, _ = HEADER.unpack_from(message)
    entries: tuple[str, ...] = ()
    problem = None
    if code == NodeCode.SUCCESS:
        entries, problem = _read_names(message) if qtype == NodeQtype.NAME else _read_addresses(qtype, message)
    return NodeReply(source, 0, sequence, len(message), b"", ttl, code=code, qtype=qtype, flags=flags,
                     entries=entries, problem=problem)


def read_nonce(message: bytes) -> bytes:
    """The eight bytes that tell which query a reply answers; empty when there are not as many."""
    return message[8:16] if len(message) >= HEADER.size else b""


def encode_name(name: str, qualified: bool) -> bytes:
    """A DNS name in wire form (RFC 1035 section 3.1); one that is not fully qualified ends in one more 0.

    A name of no label is the root's.

    >>> encode_name("a.bc", True), encode_name("h2", False)
    (b'\\x01a\\x02bc\\x00', b'\\x02h2\\x00\\x00')
    """
    wire, name = b"", name.lower().rstrip(".")
    labels = name.encode("idna" if not name.isascii() else "ascii").split(b".") if name else []
    for label in labels:
        if not 0 < len(label) <= LABEL_BYTES:
            raise ValueError(f"inappropriate subject name: {name}")
        wire += bytes([len(label)]) + label
    if len(wire) >= NAME_BYTES:
        raise ValueError(f"inappropriate subject name: {name}")
    return wire + (b"\0" if qualified else b"\0\0")


def _read_names(message: bytes) -> tuple[tuple[str, ...], str | None]:
    """Names, the fully qualified ones with a dot at the end (RFC 4620 section 6.3), and what is wrong."""
    body = message[HEADER.size:]
    if len(body) < TTL_BYTES:
        return (), "too short"
    names: list[str] = []
    place, steps = TTL_BYTES, iter(range(STEPS))
    while place < len(body):
        name, place = _expand(body, place, steps)
        if name is None:
            return tuple(names), "truncated"
        relative = place < len(body) and body[place] == 0
        names.append(name + "." * (not relative))
        place += relative
    return tuple(names), None


def _expand(body: bytes, place: int, steps: Iterator[int]) -> tuple[str | None, int]:
    """A possibly compressed name (RFC 1035 section 4.1.4) and the place behind it; None when it is broken, longer
    than a name may be (section 2.3.4), or when the iterator `steps` ends."""
    labels: list[str] = []
    behind, size_bytes = None, 1
    while place < len(body) and size_bytes <= NAME_BYTES and next(steps, None) is not None:
        length = body[place]
        if length == 0:
            return ".".join(labels), behind or place + 1
        if length >= 0xC0:
            if place + 1 >= len(body):
                break
            behind = behind or place + 2
            place = (length & 0x3F) << 8 | body[place + 1]
        elif length <= LABEL_BYTES and place + 1 + length < len(body):
            labels.append(_label(body[place + 1:place + 1 + length]))
            place += 1 + length
            size_bytes += 1 + length
        else:
            break
    return None, place


def _label(label: bytes) -> str:
    """As dn_expand writes it."""
    text = ""
    for byte in label:
        plain = chr(byte) if 0x20 < byte < 0x7F else f"\\{byte:03d}"
        text += "\\" + plain if byte in ESCAPED else plain
    return text


def _read_addresses(qtype: int, message: bytes) -> tuple[tuple[str, ...], str | None]:
    if qtype not in ADDRESSES:
        return (), None
    af, size = ADDRESSES[qtype]
    addresses: list[str] = []
    place = HEADER.size
    while place < len(message):
        if place + TTL_BYTES + size > len(message):
            return tuple(addresses), "truncated"
        addresses.append(inet_ntop(af, message[place + TTL_BYTES:place + TTL_BYTES + size]))
        place += TTL_BYTES + size
    return tuple(addresses), None
