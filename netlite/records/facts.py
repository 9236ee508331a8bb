"""What `netlite why` has learned, a record a fact: the answers to `records.questions`.

All are plain values: addresses in text, times in nanoseconds, errors as the kernel's errno or ICMP's (type, code).
"""

from __future__ import annotations

from .record import Record


class Device(Record):
    """An interface but lo.

    `addresses` are ``address/length``; `duplicates` those of IPv6 that another host has too.
    """

    name: str
    is_up: bool
    has_carrier: bool
    mtu_bytes: int
    addresses: tuple[str, ...]
    duplicates: tuple[str, ...] = ()
    hardware: str = ""


class Gateway(Record):
    """A default route."""

    version: int
    address: str | None
    device: str | None


class Machine(Record):
    """This machine.  `icmp` is the kind of ICMP socket it gives out, None for none; `raw` whether raw sockets."""

    devices: tuple[Device, ...]
    gateways: tuple[Gateway, ...]
    name_servers: tuple[str, ...] = ()
    icmp: str | None = "raw"
    raw: bool = True
    netlink: bool = True


class ServerAnswer(Record):
    """What one name server said about the addresses of one version of IP.

    `code` is the RCODE of RFC 1035, None for silence; `errno` where the machine it runs on refused.  `is_cut`: it said
    that there is more than a datagram holds.
    """

    server: str
    version: int
    code: int | None
    addresses: tuple[str, ...] = ()
    took_ns: int = 0
    errno: int | None = None
    is_cut: bool = False


class Names(Record):
    """What a name stands for.

    `origin` is "number", "files", "servers", or "system" for what nsswitch.conf else says; `error` the C
    library's words where there is nothing.
    """

    addresses: tuple[str, ...]
    origin: str
    answers: tuple[ServerAnswer, ...] = ()
    took_ns: int = 0
    error: str | None = None


class Way(Record):
    """What the kernel does with a packet: by `device` to `gateway` (None: the host is on the wire) from `source`.

    `errno` where it refuses, `kind` is the route's, `prefix_length` how special it is.  `rule`: a policy rule
    other than the kernel's own three decided.  `source_device` has the source.
    """

    errno: int | None
    device: str | None = None
    gateway: str | None = None
    source: str | None = None
    kind: str = "unicast"
    prefix: str | None = None
    prefix_length: int | None = None
    rule: str | None = None
    source_device: str | None = None
    mtu_bytes: int | None = None


class Refusal(Record):
    """An ICMP error from `source` (None: our own kernel, with `errno`)."""

    source: str | None
    type: int
    code: int
    errno: int | None = None
    mtu_bytes: int | None = None


class Echoes(Record):
    """How the requests to one address fared.

    `neighbour` is the kernel's word about the next hop afterwards, None where it does not tell; `dropped` how
    many packets came to this machine meanwhile, and were not handed to any program.
    """

    address: str
    sent: int
    received: int
    rtts_ns: tuple[int, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    errno: int | None = None
    ttl: int | None = None
    neighbour: str | None = None
    dropped: int = 0
    duplicates: int = 0
    method: str = "icmp"

    @property
    def loss(self) -> float:
        """The part that got lost."""
        return 1 - self.received / self.sent if self.sent else 0.0


class EchoFact(Record):
    """An `Echoes` an address."""

    each: tuple[Echoes, ...]


class Holders(Record):
    """The hardware addresses of those who say that an address is theirs; `gateway` is that of the next hop, "" where it
    is not known.  `errno` where nobody could be asked."""

    hardware: tuple[str, ...] = ()
    gateway: str = ""
    errno: int | None = None


class Connected(Record):
    """How a connection fared: "open", "refused" (the host says no), "silent", "error" (`refusal`).

    `said`: bytes that the service sent, None where nobody waited for any.
    """

    outcome: str
    took_ns: int = 0
    refusal: Refusal | None = None
    errno: int | None = None
    said: int | None = None
    dropped: int = 0


class Hop(Record):
    """Who answered a probe of so many hops, None for nobody; `refusal` for another error than that its time
    was over."""

    number: int
    source: str | None
    rtt_ns: int | None = None
    refusal: Refusal | None = None
    reached: bool = False


class Path(Record):
    """The hops up to the last that answered; `reached` the host itself answered."""

    hops: tuple[Hop, ...]
    reached: bool
    method: str
    errno: int | None = None

    @property
    def last(self) -> Hop | None:
        """The last router that answered."""
        return next((hop for hop in reversed(self.hops) if hop.source is not None and not hop.reached
                     and hop.refusal is None), None)

    def hop_of(self, source: str | None) -> int | None:
        """The hop of a router, by its address."""
        return next((hop.number for hop in self.hops if source is not None and hop.source == source
                     and hop.refusal is None), None)


class Narrow(Record):
    """A place where the path narrows: `hop` is the last one big packets were seen at."""

    mtu_bytes: int
    hop: int | None
    source: str | None
    reported: bool


class MtuFact(Record):
    """The path MTU, None where nothing arrived."""

    mtu_bytes: int | None
    black_hole: bool
    narrows: tuple[Narrow, ...] = ()


class Flows(Record):
    """The source ports of flows that the host answered, of those that nobody did, and of those that somebody `refused`,
    by the ICMP errors `refusals`, one each; TCP to `port`, None for UDP."""

    well: tuple[int, ...]
    lost: tuple[int, ...]
    port: int | None = None
    refused: tuple[int, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.well) + len(self.lost) + len(self.refused)


class OwnSocket(Record):
    """A TCP socket here, connected to `remote`.

    Of a listening one `receive_queue` counts connections that wait, `send_queue` is how many may, -1 where the kernel
    does not tell.  `timer` is the kind that `records.connections.Timer` has, `retransmits` counts what was sent again.
    """

    state: str
    local_port: int
    remote_port: int
    receive_queue: int
    send_queue: int
    retransmits: int
    timer: int = 0
    remote: str = ""


class Sockets(Record):
    """This machine's own sockets that have to do with the host."""

    each: tuple[OwnSocket, ...] = ()


Fact = Machine | Names | Way | EchoFact | Holders | Connected | Path | MtuFact | Flows | Sockets
