"""What `netlite why` asks, a record a question.

A question is plain values, addresses in text; its answer is a fact (`records.facts`).
"""

from __future__ import annotations

from .record import Record


class LookAtMachine(Record):
    """Interfaces, addresses, default routes, rights; sends nothing.  `again`: for the first, the second time: a
    carrier that went may show a second late."""

    again: int = 0


class LookUp(Record):
    """The addresses of `host`, from its files and each of its name servers."""

    host: str
    version: int | None = None


class FindWay(Record):
    """Where this machine sends packets to `address`; sends nothing."""

    address: str


class Echo(Record):
    """`count` echo requests to each of `addresses`, from the own address `source` (None: the kernel's choice);
    `full`: as big as the first wire takes, not to be cut; `round`: asked once more."""

    addresses: tuple[str, ...]
    count: int = 3
    full: bool = False
    source: str | None = None
    round: int = 0


class WhoHas(Record):
    """Whether anybody else on the wire of `device` has `address`, an IPv4 address of our own; `gateway` is the next
    hop."""

    device: str
    address: str
    gateway: str | None = None


class Connect(Record):
    """A TCP connection to `port`, and whether the service behind it says something."""

    address: str
    port: int


class Trace(Record):
    """The routers on the way, by "icmp", "udp" or "tcp" to `port`, with `queries` probes a hop; `source_port` keeps to
    one flow of UDP or TCP."""

    address: str
    method: str
    port: int | None = None
    source_port: int | None = None
    max_hops: int = 30
    queries: int = 1


class SearchMtu(Record):
    """The largest packet that arrives, and where it narrows."""

    address: str


class TryFlows(Record):
    """`count` flows, which routers with several ways may send different ways: UDP, or TCP where `port` is
    given; what is not answered is sent `tries` times; `round`: other ones."""

    address: str
    port: int | None = None
    count: int = 6
    tries: int = 3
    round: int = 0


class LookAtSockets(Record):
    """This machine's own connections to `address`, and who listens here on `port`; without both those of all that
    have something waiting.  `again`: a second after the first look.  Sends nothing."""

    address: str | None
    port: int | None = None
    again: bool = False


Question = LookAtMachine | LookUp | FindWay | Echo | WhoHas | Connect | Trace | SearchMtu | TryFlows | LookAtSockets
