"""Routes of every table with all they hold, the rules that choose a table, and what a look-up finds."""

from __future__ import annotations

from .record import Record

TABLES = {253: "default", 254: "main", 255: "local"}


class NextHop(Record):
    """One way out: `gateway` is text or None, `device` a name or None; `weight` counts from 1.

    `marks` holds what the kernel says about it: "dead", "linkdown", "onlink", "pervasive"; `encap` is the kind of
    header that is put around packets ("mpls", "ip", "seg6" …), None for none.
    """

    gateway: str | None
    device: str | None
    weight: int = 1
    marks: tuple[str, ...] = ()
    encap: str | None = None


class TableRoute(Record):
    """A route of any table and type.

    `kind` and `protocol` are iproute2's words (unicast, local, blackhole, …; kernel, boot, static, …),
    `source` is the source address it prefers, `hops` are empty where packets go nowhere; `expires_s`
    is None for ever, `mtu_bytes` None where the device's counts.  `service` is the type of service it is for, 0
    for all; `origin` the prefix, in text, that packets must come from (IPv6), None for any.
    """

    table: int
    kind: str
    destination: str
    prefix_length: int
    metric: int
    protocol: str
    hops: tuple[NextHop, ...] = ()
    source: str | None = None
    mtu_bytes: int | None = None
    expires_s: int | None = None
    service: int = 0
    origin: str | None = None

    @property
    def table_name(self) -> str:
        return TABLES.get(self.table, str(self.table))


class Rule(Record):
    """A rule of the policy database (RTM_GETRULE).

    `action` is "table", "goto", "nop", "blackhole", "unreachable" or "prohibit"; prefixes are
    (address in text, length) or None; `input_device` and `output_device` names or ""; `conditional` says
    that it also looks at what a look-up for an address alone does not have: users, ports, protocols.
    """

    priority: int
    action: str
    table: int
    destination: tuple[str, int] | None = None
    source: tuple[str, int] | None = None
    input_device: str = ""
    output_device: str = ""
    mark: int = 0
    suppress_below: int | None = None
    conditional: bool = False


class Answer(Record):
    """What the kernel does with a packet to an address: the route it found and the way it takes.

    `errno` is 0, or why there is no way; then `kind` and `device` are "".
    """

    kind: str
    device: str
    gateway: str | None = None
    source: str | None = None
    mtu_bytes: int | None = None
    errno: int = 0


class Candidate(Record):
    """A route whose prefix holds the address, the rule that leads to its table, and what became of it."""

    rule: Rule
    route: TableRoute
    wins: bool
    reason: str


class Lookup(Record):
    """`route get`: candidates come in the order in which the kernel looks at them."""

    address: str
    answer: Answer
    candidates: tuple[Candidate, ...]
    skipped: int = 0                  # conditional rules that nothing could be said about
