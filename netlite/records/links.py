"""What a link is opened with: everything that stays the same for all probes of a run."""

from __future__ import annotations

from .family import Family, IpProtocol
from .record import Record


class MtuDiscovery:
    """Values of IP_MTU_DISCOVER and IPV6_MTU_DISCOVER, <linux/in.h>."""

    DONT = 0
    WANT = 1
    DO = 2
    PROBE = 3


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


STAMP_BYTES = 16
"""Of a struct timeval: the time of sending, at the start of an echo's payload that has room for it."""


class LinkSettings(Record):
    """Fields that every kind of link shares; None leaves the kernel's default.

    `destination` is an address in text (with %zone for link-local IPv6), `device` the interface
    to bind to, `source` the address to bind to, `mark` SO_MARK, `mtu_discovery` a value of
    `MtuDiscovery`, `traffic_class` the TOS or IPv6 traffic class byte, `flow_label` 20 bits.
    """

    family: Family
    destination: str
    source: str | None = None
    device: str | None = None
    ttl: int | None = None
    traffic_class: int | None = None
    flow_label: int | None = None
    mark: int | None = None
    mtu_discovery: int | None = None
    dont_route: bool = False
    debug: bool = False


class NodeQuery(Record):
    """A node information query (RFC 4620): what is asked (`qtype`, None: nothing), the flags in network
    order's value, and about whom: the code `subject_kind` and its bytes, None for the destination."""

    qtype: int | None = None
    flags: int = 0
    subject_kind: int = 0
    subject: bytes | None = None


class EchoLinkSettings(LinkSettings):
    """How ICMP echo is sent.

    `identifier` None lets the link choose, as `proof` says (a value of `Proof`).  `payload` is sent as it
    is, but for the token of `proof`, and for the struct timeval of the wall clock that the link writes over
    its first STAMP_BYTES when `stamped` (and there are so many).  `kind` "raw" or "datagram" insists on one kind of
    socket; None tries datagram, then raw.  `kernel_stamps` is a value of `KernelStamps`.  `preload` is how
    many replies the receive buffer must hold at once; `connected` takes replies from the destination alone
    (a raw socket; a datagram socket does not mind); `foreign` lets a raw socket of IPv4 hand over what answers
    nothing; `node_query` is sent instead of echo requests.  `one_flow` keeps the checksum the same for all
    sequence numbers, by the first two bytes of the payload (not with `stamped`).
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
    foreign: bool = False
    node_query: NodeQuery | None = None
    one_flow: bool = False
    proof: int = Proof.CLASSIC


class UdpLinkSettings(LinkSettings):
    """How UDP probes are sent and their errors read from the error queue (IP_RECVERR).

    `socket_per_probe`: each probe from a new, connected socket with a port of its own
    (traceroute); otherwise one unconnected socket for all (tracepath).  `pattern` is repeated to
    fill the payload; `stamped` writes the probe's TTL and send time over its start (`ProbeStamp`).
    `protocol` is UDP or UDPLITE of `IpProtocol` (RFC 3828: its checksum covers `coverage_bytes`);
    `ip_options` go into the IPv4 header or are the IPv6 routing header.  `strict`: of the one socket, datagrams that
    others send to it are no answers, and no send fails with the error of an earlier probe (for tracepath they
    are, and do).
    """

    source_port: int | None = None
    socket_per_probe: bool = False
    protocol: int = IpProtocol.UDP
    pattern: bytes = b"\0"
    stamped: bool = False
    coverage_bytes: int | None = None
    ip_options: bytes = b""
    strict: bool = False


class TcpLinkSettings(LinkSettings):
    """How TCP segments are sent as probes, from a raw socket (CAP_NET_RAW).

    `flags` are the eight bits of RFC 9293; the options are left out where None or False.  A SYN says
    its `mss_bytes`; None takes what the path MTU allows.  `timestamp` and `window_scale` are RFC 7323's.
    `reuse` lets the ports held for our probes be shared (SO_REUSEADDR).  `flows`: many probes from one port, that of
    the probe or the one which the link says is its identifier, told apart by their sequence numbers.
    """

    flags: int = 2
    mss_bytes: int | None = None
    sack: bool = False
    timestamp: int | None = None
    window_scale: int | None = None
    reuse: bool = False
    source_port: int | None = None
    ip_options: bytes = b""
    flows: bool = False


class RawLinkSettings(LinkSettings):
    """How packets of any IP protocol are sent as probes (CAP_NET_RAW); `pattern` fills them."""

    protocol: int = IpProtocol.EXPERIMENT
    pattern: bytes = b"\0"
    source_port: int | None = None
    ip_options: bytes = b""
