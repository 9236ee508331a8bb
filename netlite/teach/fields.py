"""One table of fields a header: what stands at which bit, how it is shown, what it means, where that is said.

`dissect` walks down a packet with these tables, into what an ICMP error quotes and the extensions behind
it.  Rows, hex maps and sentences all read its layers.
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop

from ..records.family import IpProtocol
from ..records.icmp import Icmp, Icmp6
from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PROTOCOLS = {
    IpProtocol.HOP_BY_HOP: "hop-by-hop options", IpProtocol.ICMP: "ICMP", IpProtocol.IGMP: "IGMP",
    IpProtocol.IPV4: "IPv4", IpProtocol.TCP: "TCP", IpProtocol.UDP: "UDP", IpProtocol.DCCP: "DCCP",
    IpProtocol.IPV6: "IPv6", IpProtocol.ROUTING: "routing header", IpProtocol.FRAGMENT: "fragment header",
    IpProtocol.GRE: "GRE", IpProtocol.ESP: "ESP", IpProtocol.AUTHENTICATION: "AH", IpProtocol.ICMP6: "ICMPv6",
    IpProtocol.NO_NEXT: "nothing", IpProtocol.DESTINATION_OPTIONS: "destination options", IpProtocol.OSPF: "OSPF",
    IpProtocol.SCTP: "SCTP", IpProtocol.UDPLITE: "UDP-Lite", IpProtocol.EXPERIMENT: "experiment",
    IpProtocol.EXPERIMENT2: "experiment",
}
TCP_FLAGS = ((128, "CWR"), (64, "ECE"), (32, "URG"), (16, "ACK"), (8, "PSH"), (4, "RST"), (2, "SYN"), (1, "FIN"))
CLASSES = {1: "MPLS label stack", 2: "interface information", 3: "interface identification"}


class Field(Record):
    """A field of a header: `bits` wide, `show(value)` its value as text, `rfc` where it is defined."""

    name: str
    bits: int
    show: Callable[[int], str]
    meaning: str
    rfc: str


def number(value: int) -> str:
    """As it is."""
    return str(value)


def hexadecimal(value: int) -> str:
    """In hexadecimal."""
    return f"0x{value:x}"


def words(value: int) -> str:
    """A count of 32-bit words."""
    return f"{value} ({value * 4} bytes)"


def eights(value: int) -> str:
    """A count of 8-byte units."""
    return f"{value} ({value * 8} bytes)"


def protocol(value: int) -> str:
    """An IP protocol number and its name."""
    return f"{value} {PROTOCOLS.get(value, '')}".rstrip()


def fragment_flags(value: int) -> str:
    """The three bits before an IPv4 fragment offset."""
    return " ".join(name for bit, name in ((4, "reserved"), (2, "DF"), (1, "MF")) if value & bit) or "-"


def tcp_flags(value: int) -> str:
    """The eight flags of TCP."""
    return " ".join(name for bit, name in TCP_FLAGS if value & bit) or "-"


def address4(value: int) -> str:
    """An IPv4 address."""
    return inet_ntop(AF_INET, value.to_bytes(4, "big"))


def address6(value: int) -> str:
    """An IPv6 address."""
    return inet_ntop(AF_INET6, value.to_bytes(16, "big"))


def object_class(value: int) -> str:
    """The class of an ICMP extension object."""
    return f"{value} {CLASSES.get(value, '')}".rstrip()


def bytes_count(value: int) -> str:
    """Nothing: the bytes themselves stand in the hex column."""
    return ""


IPV4 = (
    Field("version", 4, number, "4: this is IPv4", "RFC 791 3.1"),
    Field("ihl", 4, words, "how long this header is, in 32-bit words", "RFC 791 3.1"),
    Field("tos", 8, hexadecimal, "how urgent (DSCP, 6 bits) and whether the way is full (ECN, 2 bits)",
          "RFC 2474 3, RFC 3168 5"),
    Field("len", 16, number, "bytes of the whole packet, this header included", "RFC 791 3.1"),
    Field("id", 16, hexadecimal, "the same in all fragments of one packet", "RFC 6864 3"),
    Field("flags", 3, fragment_flags, "DF: never cut me into fragments; MF: more fragments follow",
          "RFC 791 3.1"),
    Field("frag", 13, eights, "where in the packet this fragment belongs, in 8-byte units", "RFC 791 3.1"),
    Field("ttl", 8, number, "how many hops it may still make; each router takes 1 off", "RFC 791 3.1"),
    Field("proto", 8, protocol, "what the next header is", "RFC 791 3.1"),
    Field("checksum", 16, hexadecimal, "of this header; each router mends it, as the TTL changes", "RFC 1071"),
    Field("src", 32, address4, "who sent it, and where answers go", "RFC 791 3.1"),
    Field("dst", 32, address4, "where it goes", "RFC 791 3.1"),
)
IPV6 = (
    Field("version", 4, number, "6: this is IPv6", "RFC 8200 3"),
    Field("class", 8, hexadecimal, "how urgent (DSCP, 6 bits) and whether the way is full (ECN, 2 bits)",
          "RFC 8200 7"),
    Field("flow", 20, hexadecimal, "packets with one label take one way", "RFC 6437 2"),
    Field("len", 16, number, "bytes that follow this header", "RFC 8200 3"),
    Field("next", 8, protocol, "what the next header is", "RFC 8200 3"),
    Field("hops", 8, number, "how many hops it may still make (TTL in IPv4); each router takes 1 off",
          "RFC 8200 3"),
    Field("src", 128, address6, "who sent it, and where answers go", "RFC 8200 3"),
    Field("dst", 128, address6, "where it goes", "RFC 8200 3"),
)
FRAGMENT6 = (
    Field("next", 8, protocol, "what the next header of the whole packet is", "RFC 8200 4.5"),
    Field("reserved", 8, number, "", "RFC 8200 4.5"),
    Field("frag", 13, eights, "where in the packet this fragment belongs, in 8-byte units", "RFC 8200 4.5"),
    Field("res", 2, number, "", "RFC 8200 4.5"),
    Field("more", 1, number, "1: more fragments follow", "RFC 8200 4.5"),
    Field("id", 32, hexadecimal, "the same in all fragments of one packet", "RFC 8200 4.5"),
)
EXTENSION6 = (
    Field("next", 8, protocol, "what the next header is", "RFC 8200 4"),
    Field("length", 8, eights, "how long this header is, in 8-byte units after the first 8 bytes",
          "RFC 8200 4"),
)
UDP = (
    Field("sport", 16, number, "the sender's port: answers come to it", "RFC 768"),
    Field("dport", 16, number, "which program at the other end it is for", "RFC 768"),
    Field("len", 16, number, "bytes of this header and the data", "RFC 768"),
    Field("checksum", 16, hexadecimal, "of addresses, header and data; a network card may fill it in late",
          "RFC 768"),
)
TCP = (
    Field("sport", 16, number, "the sender's port", "RFC 9293 3.1"),
    Field("dport", 16, number, "which program at the other end it is for", "RFC 9293 3.1"),
    Field("seq", 32, number, "the place of its first byte in the stream", "RFC 9293 3.1"),
    Field("ack", 32, number, "the next byte that the sender waits for, if ACK is set", "RFC 9293 3.1"),
    Field("offset", 4, words, "how long this header is, in 32-bit words", "RFC 9293 3.1"),
    Field("reserved", 4, number, "", "RFC 9293 3.1"),
    Field("flags", 8, tcp_flags, "SYN: begin; ACK: got it; FIN: done; RST: there is no such connection",
          "RFC 9293 3.1"),
    Field("window", 16, number, "how many bytes the sender can take", "RFC 9293 3.1"),
    Field("checksum", 16, hexadecimal, "of addresses, header and data; a network card may fill it in late",
          "RFC 9293 3.1"),
    Field("urgent", 16, number, "where urgent data ends, if URG is set", "RFC 9293 3.1"),
)


def icmp_fields(version: int, rest: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields of an ICMP header, the last four bytes of which depend on the type."""
    rfc = "RFC 792" if version == 4 else "RFC 4443 2.1"
    covered = "of header and data" if version == 4 else "of addresses, header and data"
    return (Field("type", 8, number, "what kind of message this is", rfc),
            Field("code", 8, number, "which one of that kind", rfc),
            Field("checksum", 16, hexadecimal, covered, rfc)) + rest


def _echo(rfc: str) -> tuple[Field, ...]:
    return (Field("id", 16, hexadecimal, "which ping this belongs to", rfc),
            Field("seq", 16, number, "which probe of that ping", rfc))


def _unused(bits: int, rfc: str) -> Field:
    return Field("unused", bits, number, "", rfc)


_LENGTH4 = Field("length", 8, words, "how long the quote is, if extensions follow it", "RFC 4884 4")
_LENGTH6 = Field("length", 8, eights, "how long the quote is, if extensions follow it", "RFC 4884 4")
REST = {  # IP version and type: the fields behind the checksum
    (4, Icmp.ECHO_REPLY): _echo("RFC 792"), (4, Icmp.ECHO_REQUEST): _echo("RFC 792"),
    (6, Icmp6.ECHO_REQUEST): _echo("RFC 4443 4.1"), (6, Icmp6.ECHO_REPLY): _echo("RFC 4443 4.2"),
    (4, Icmp.TIMESTAMP_REQUEST): _echo("RFC 792"), (4, Icmp.TIMESTAMP_REPLY): _echo("RFC 792"),
    (4, Icmp.UNREACHABLE): (
        _unused(8, "RFC 792"), _LENGTH4,
        Field("mtu", 16, number, "with code 4: the largest packet that would fit", "RFC 1191 4")),
    (4, Icmp.TIME_EXCEEDED): (_unused(8, "RFC 792"), _LENGTH4, _unused(16, "RFC 792")),
    (4, Icmp.PARAMETER_PROBLEM): (
        Field("pointer", 8, number, "the byte that is wrong", "RFC 792"), _LENGTH4, _unused(16, "RFC 792")),
    (4, Icmp.REDIRECT): (Field("gateway", 32, address4, "the better router", "RFC 792"),),
    (6, Icmp6.UNREACHABLE): (_LENGTH6, _unused(24, "RFC 4443 3.1")),
    (6, Icmp6.TOO_BIG): (Field("mtu", 32, number, "the largest packet that would fit", "RFC 4443 3.2"),),
    (6, Icmp6.TIME_EXCEEDED): (_LENGTH6, _unused(24, "RFC 4443 3.3")),
    (6, Icmp6.PARAMETER_PROBLEM): (Field("pointer", 32, number, "the byte that is wrong", "RFC 4443 3.4"),),
}
OTHER_REST = (Field("rest", 32, hexadecimal, "depends on the type", "RFC 792"),)
QUOTING = {4: Icmp.ERRORS, 6: Icmp6.ERRORS}
STRUCTURE = (
    Field("version", 4, number, "2: extensions to an ICMP error", "RFC 4884 7"),
    Field("reserved", 12, number, "", "RFC 4884 7"),
    Field("checksum", 16, hexadecimal, "of the extensions", "RFC 4884 7"),
)
OBJECT = (
    Field("length", 16, number, "bytes of this object", "RFC 4884 7.1"),
    Field("class", 8, object_class, "what it is about", "RFC 4884 7.1"),
    Field("ctype", 8, number, "which one of that class", "RFC 4884 7.1"),
)
LABEL = (
    Field("label", 20, number, "which tunnel the packet rode in", "RFC 3032 2.1, RFC 4950"),
    Field("tc", 3, number, "how urgent", "RFC 5462"),
    Field("s", 1, number, "1: the last label of the stack", "RFC 3032 2.1"),
    Field("ttl", 8, number, "the TTL inside the tunnel", "RFC 3032 2.1"),
)
TITLES = {IpProtocol.UDP: "UDP", IpProtocol.UDPLITE: "UDP-Lite"}
NEXT_TITLES = {IpProtocol.HOP_BY_HOP: "IPv6 hop-by-hop options", IpProtocol.ROUTING: "IPv6 routing header",
               IpProtocol.DESTINATION_OPTIONS: "IPv6 destination options"}
IP_OPTIONS = {0: "end of options", 1: "no operation", 7: "record route", 68: "timestamp", 130: "security",
              131: "loose source route", 137: "strict source route", 148: "router alert"}
TCP_OPTIONS = {0: "end of options", 1: "no operation", 2: "maximum segment size", 3: "window scale",
               4: "selective acknowledgement permitted", 5: "selective acknowledgement", 8: "timestamps",
               34: "fast open"}


def data_field(name: str, size_bytes: int, meaning: str, rfc: str = "") -> tuple[Field, ...]:
    """Bytes that are not looked into."""
    return (Field(name, size_bytes * 8, bytes_count, f"{size_bytes} bytes: {meaning}", rfc),)


def option_fields(names: dict[int, str], kind: int, size_bytes: int, rfc: str) -> tuple[Field, ...]:
    """An option of IPv4 or TCP: its kind and, but for the two of one byte, a length and data."""
    first = Field("option", 8, lambda value: f"{value} {names.get(value, '')}".rstrip(), "which option this is", rfc)
    if size_bytes < 2:
        return (first,)
    fields = first, Field("length", 8, number, "bytes of this option", rfc)
    return fields + (data_field("data", size_bytes - 2, "of the option", rfc) if size_bytes > 2 else ())
