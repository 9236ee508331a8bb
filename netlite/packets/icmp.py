"""ICMP messages of both families (RFC 792, RFC 4443), from bytes to records of `records.replies`."""

from __future__ import annotations

from _socket import AF_INET, inet_ntop

from ..feature_errors import MalformedPacket
from ..records.echo_links import EchoReply
from ..records.family import IpProtocol
from ..records.icmp import Icmp, Icmp6
from ..records.record import Record
from ..records.replies import IcmpError, IcmpMessage, Origin
from .checksum import is_valid
from .extensions import split_by_length
from .ip import IpHeader, read_packet
from .quote import read_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..records.extensions import IcmpObject

HEADER_BYTES = 8
REDIRECT = Icmp.REDIRECT
PROTOCOLS = {4: IpProtocol.ICMP, 6: IpProtocol.ICMP6}


class IcmpTypes(Record):
    """The type numbers of one family, and where its header keeps what.

    `extended` are the types with RFC 4884 extensions, `length_at` the byte that tells the quote's
    length; `info` maps a type to the bytes of its MTU or pointer.
    """

    origin: int
    echo_request: int
    echo_reply: int
    errors: tuple[int, ...]
    extended: tuple[int, ...]
    length_at: int
    info: dict[int, slice]


TYPES = {
    4: IcmpTypes(Origin.ICMP, Icmp.ECHO_REQUEST, Icmp.ECHO_REPLY, Icmp.ERRORS, Icmp.EXTENDED, 5,
                 {Icmp.UNREACHABLE: slice(6, 8), Icmp.PARAMETER_PROBLEM: slice(4, 5)}),
    6: IcmpTypes(Origin.ICMP6, Icmp6.ECHO_REQUEST, Icmp6.ECHO_REPLY, Icmp6.ERRORS, Icmp6.EXTENDED, 4,
                 {Icmp6.TOO_BIG: slice(4, 8), Icmp6.PARAMETER_PROBLEM: slice(4, 8)}),
}


def read_icmp_packet(data: bytes) -> EchoReply | IcmpError | IcmpMessage:
    """An IP packet that holds an ICMP message; see `read_icmp`.

    An IPv4 message's own checksum is checked and told in `EchoReply.checksum_ok`.
    """
    header, message = read_packet(data)
    return read_icmp_behind(header, message, header.ttl)


def read_icmp_behind(header: IpHeader, message: bytes, ttl: int) -> EchoReply | IcmpError | IcmpMessage:
    """The same of a packet that was taken apart; `ttl` is the one it came with.  Raises MalformedPacket."""
    if header.protocol != PROTOCOLS[header.version]:
        raise MalformedPacket(f"IP protocol {header.protocol} where ICMP was expected")
    reply = read_icmp(header.version, message, header.source, ttl)
    if type(reply) is not EchoReply:
        return reply
    checksum_ok = is_valid(message) if header.version == 4 else None
    return reply.replace(checksum_ok=checksum_ok, options=header.options, destination=header.destination)


def read_icmp(version: int, message: bytes, source: str,
              ttl: int | None = None) -> EchoReply | IcmpError | IcmpMessage:
    """An ICMP message from `source` as EchoReply, IcmpError or IcmpMessage.

    `version` is 4 or 6.  Raises MalformedPacket when the header is not whole.
    """
    if len(message) < HEADER_BYTES:
        raise MalformedPacket(f"ICMP message of {len(message)} bytes")
    types = TYPES[version]
    kind, code = message[0], message[1]
    if kind == types.echo_reply:
        return EchoReply(source, int.from_bytes(message[4:6], "big"), int.from_bytes(message[6:8], "big"),
                         len(message), bytes(message[HEADER_BYTES:]), ttl)
    if kind in types.errors:
        return _read_error(version, types, message, source, ttl)
    return IcmpMessage(source, kind, code, len(message), bytes(message[4:]), ttl)


def _read_error(version: int, types: IcmpTypes, message: bytes, source: str, ttl: int | None) -> IcmpError:
    origin, _, _, _, extended, length_at, told = types
    kind, code = message[0], message[1]
    quoted = message[HEADER_BYTES:]
    extensions: tuple[IcmpObject, ...] = ()
    if kind in extended:
        quoted, extensions = split_by_length(version, message[length_at], quoted)
    info = int.from_bytes(message[told[kind]], "big") if kind in told else 0
    gateway = inet_ntop(AF_INET, message[4:8]) if kind == REDIRECT and version == 4 else None
    return IcmpError.of((origin, source, kind, code, info, None, ttl, read_quote(quoted), extensions, gateway, None))
