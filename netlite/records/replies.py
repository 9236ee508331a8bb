"""What comes back: one record a kind of reply, decoded and length-checked at the door.

Errors are here; what answers probes of one kind stands beside the settings of the link that sends them, and can be
imported from here too.
"""

from __future__ import annotations

from .icmp import Icmp, Icmp6
from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .echo_links import EchoReply as EchoReply
    from .extensions import IcmpObject
    from .icmp_errors import Meaning
    from .raw_links import RawReply as RawReply
    from .raw_links import TcpReply as TcpReply
    from .udp_links import UdpReply as UdpReply


class Origin:
    """Who reported an error: the values of SO_EE_ORIGIN_* in <linux/errqueue.h>."""

    NONE = 0
    LOCAL = 1
    ICMP = 2
    ICMP6 = 3


IN_ICMP, IN_ICMP6, TOO_BIG6 = Origin.ICMP, Origin.ICMP6, Icmp6.TOO_BIG


def is_host(source: str | None, address: str) -> bool:
    """Whether a reply is from the host that has `address`, by what the kernel wrote of both; zones are left out."""
    return source is not None and source.partition("%")[0] == address.partition("%")[0]


class Quote(Record):
    """The start of our own packet, as an ICMP error quotes it (RFC 792, RFC 1812 4.3.2.3).

    Ports are set for UDP and TCP, `identifier` and `sequence` for ICMP echo; what the quote
    was too short to hold is None.  `header` is the quoted IP header as it came, where it is quoted;
    `checksum` that of a quoted UDP or ICMP header.
    """

    source: str | None
    destination: str | None
    protocol: int | None
    ttl: int | None = None
    size_bytes: int | None = None
    source_port: int | None = None
    destination_port: int | None = None
    identifier: int | None = None
    sequence: int | None = None
    payload: bytes = b""
    header: bytes = b""
    checksum: int | None = None


class IcmpError(Record):
    """An error about one of our packets, from a router, the target or our own kernel.

    `source` is who says so (None for the local kernel), `info` is the next-hop MTU, the
    parameter pointer or 0, `errno` the kernel's translation (None when read from a raw socket),
    `extensions` the objects of RFC 4884, `quote` what it quotes of our packet; `checksum_ok` None where it was not
    compared, or by the kernel.
    """

    origin: int
    source: str | None
    type: int
    code: int
    info: int = 0
    errno: int | None = None
    ttl: int | None = None
    quote: Quote | None = None
    extensions: tuple[IcmpObject, ...] = ()
    gateway: str | None = None
    checksum_ok: bool | None = None

    def says(self, *meanings: Meaning) -> bool:
        """Whether it is one of these (of `records.icmp_errors`) from a router or host; our own kernel says none."""
        origin, kind, code = self.origin, self.type, self.code
        if origin == IN_ICMP6 and kind == TOO_BIG6:
            code = 0  # receivers ignore it, RFC 4443 section 3.2
        for meaning in meanings if origin in (IN_ICMP, IN_ICMP6) else ():
            if (kind, code) == (meaning.icmp if origin == IN_ICMP else meaning.icmp6):
                return True
        return False

    @property
    def is_hint(self) -> bool:
        """A redirect or source quench (RFC 792, RFC 6633, RFC 4861 section 4.5): the packet went on all the same."""
        return self.origin == Origin.ICMP and self.type in Icmp.HINTS or \
            self.origin == Origin.ICMP6 and self.type == Icmp6.REDIRECT


class IcmpMessage(Record):
    """An ICMP message that is neither an echo reply nor an error about our packets; `checksum_ok` as of these."""

    source: str
    type: int
    code: int
    size_bytes: int
    payload: bytes = b""
    ttl: int | None = None
    checksum_ok: bool | None = None


if TYPE_CHECKING:
    Reply = EchoReply | IcmpError | IcmpMessage | UdpReply | TcpReply | RawReply
    """Everything that can come back in an IP packet; a NodeReply is an EchoReply."""
else:
    def __getattr__(name):  # who wants those of links finds them here too, and they are loaded at first use
        if name.endswith("Reply"):
            from . import echo_links, raw_links, udp_links

            for module in echo_links, udp_links, raw_links:
                if hasattr(module, name):
                    return getattr(module, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
