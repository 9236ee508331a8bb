"""What a link for ICMP echo is opened with, what it sends, and what answers."""

from __future__ import annotations

from .links import LinkSettings
from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .node_information import NodeQuery

STAMP_BYTES = 16
"""Of a struct timeval: the time of sending, at the start of an echo's payload that has room for it."""


class KernelStamps:
    """Which of our times come from the kernel; BOTH costs one more system call a probe."""

    NONE = 0
    RECEIVED = 1
    BOTH = 2


class Proof:
    """What an ICMP message must show to be taken for an answer to a probe of an echo link.

    CLASSIC: the identifier, whoever answers, as ping has it: the process id on raw sockets, the kernel's choice
    on datagram sockets.  IDENTIFIER: one that is random, and that no other open link of this process has.
    TOKEN: that, the address the probe went to, and the rest of what `packets.asked` asks for.
    """

    CLASSIC = 0
    IDENTIFIER = 1
    TOKEN = 2


class EchoLinkSettings(LinkSettings):
    """How ICMP echo is sent.

    `identifier` None lets the link choose, as `proof` says (a value of `Proof`).  `payload` is sent as it
    is, but for the token of `proof`, and for the struct timeval of the wall clock that the link writes over
    its first STAMP_BYTES when `stamped` (and there are so many).  `kind` "raw" or "datagram" insists on one kind of
    socket; None tries datagram, then raw.  `kernel_stamps` is a value of `KernelStamps`.  `preload` is how
    many replies the receive buffer must hold at once; `connected` takes replies from the destination alone
    (a raw socket; a datagram socket does not mind); a raw socket of IPv4 hands over redirects and source quench about
    our probes with `hints`, and what answers nothing with `foreign`; `node_query` is sent instead of echo requests.
    `one_flow` keeps the checksum the same for all sequence numbers, by the first two bytes of the payload (not with
    `stamped`).
    """

    identifier: int | None = None
    payload: bytes = b""
    stamped: bool = True
    broadcast: bool = False
    multicast_loop: bool = True
    send_buffer_bytes: int | None = None
    ip_options: bytes = b""
    kernel_stamps: int = KernelStamps.BOTH
    kind: str | None = None
    preload: int = 1
    connected: bool = False
    hints: bool = False
    foreign: bool = False
    node_query: NodeQuery | None = None
    one_flow: bool = False
    proof: int = Proof.CLASSIC


class EchoProbe(Record):
    """An ICMP echo request (RFC 792, RFC 4443 section 4.1).

    `ttl` None means the kernel's or the link's default; `size_bytes` None the link's payload
    size; `destination` None the address the link was opened for.
    """

    number: int
    sequence: int
    ttl: int | None = None
    size_bytes: int | None = None
    destination: str | None = None


class EchoReply(Record):
    """An ICMP echo reply.

    `size_bytes` is the ICMP message as received (header and payload); `ttl` is None where the
    kernel did not tell it; `options` are the IPv4 header's option bytes; `checksum_ok` is None
    where the kernel checked it before us.
    """

    source: str
    identifier: int
    sequence: int
    size_bytes: int
    payload: bytes = b""
    ttl: int | None = None
    checksum_ok: bool | None = None
    options: bytes = b""
    destination: str | None = None
