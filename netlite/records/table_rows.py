"""Rows of the kernel's tables as the library gives them: text, numbers and enumerations, no packed bytes.

Addresses are text that `ipaddress` takes, link-local ones with the device as their zone (``fe80::1%eth0``; but not the
destination of a route, which is a network); hardware addresses are hexadecimal bytes with colons.
"""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .interfaces import InterfaceCounters
    from .states import ChangeKind, NeighbourState, SocketState


class InterfaceRow(Record):
    """A network interface.  `addresses` are ``address/prefix length``, IPv4 first; `flags` the words of
    ifconfig."""

    name: str
    is_up: bool
    is_running: bool
    mtu_bytes: int
    hardware_address: str
    hardware_type: int
    flags: tuple[str, ...]
    addresses: tuple[str, ...]


class RouteRow(Record):
    """One way out of a routing table; a route with several next hops is as many rows.

    `kind` and `protocol` are iproute2's words (unicast, local, blackhole …; kernel, static …), `table` is
    ``main``, ``local`` or a number; `gateway` None: directly through `device`, which is None where packets go
    nowhere. `source` is the address it prefers, `weight` its share beside the other ways, `mtu_bytes` None:
    the device's.
    """

    version: int
    destination: str
    prefix_length: int
    gateway: str | None
    device: str | None
    metric: int = 0
    kind: str = "unicast"
    protocol: str | None = None
    table: str = "main"
    source: str | None = None
    mtu_bytes: int | None = None
    weight: int = 1

    @property
    def is_default(self) -> bool:
        """Whether it is for everything."""
        return self.prefix_length == 0 and self.kind == "unicast"


class WayRow(Record):
    """What the kernel does with a packet to `address`: out of `device`, to `gateway` (None: directly), from
    `source`."""

    address: str
    device: str
    gateway: str | None
    source: str | None
    kind: str
    mtu_bytes: int | None = None


class NeighbourRow(Record):
    """Which hardware address answers for an address; "" where it is not known.

    `is_proxy`: this host answers for it itself.  `used_s` and `confirmed_s` are seconds since it was used and heard of,
    None where the kernel did not tell.
    """

    address: str
    device: str
    hardware_address: str
    state: NeighbourState
    is_proxy: bool = False
    is_router: bool = False
    used_s: int | None = None
    confirmed_s: int | None = None


class SocketRow(Record):
    """One socket.

    `protocol` is tcp, udp, udplite, raw, sctp or unix, `version` the IP version of its table (0: unix).  An
    address that is none is "0.0.0.0" or "::", a port that is none 0; of a raw socket `local_port` is its IP
    protocol.  For a listening socket `receive_queue_bytes` counts connections not yet accepted.  `path` is a
    Unix socket's, "" where it has none; an abstract name begins with ``@``.  `process_id` and `program` (None:
    not asked for, not found, or not permitted) are those of the first process that has it open, `process_ids`
    all of them.
    """

    protocol: str
    version: int
    state: SocketState
    local_address: str
    local_port: int
    remote_address: str
    remote_port: int
    receive_queue_bytes: int = 0
    send_queue_bytes: int = 0
    user_id: int | None = None
    inode: int = 0
    path: str = ""
    process_id: int | None = None
    program: str | None = None
    process_ids: tuple[int, ...] = ()


class Counters(Record):
    """All counters: of interfaces by name, of protocols by section and name
    (``counters.protocols["Tcp"]["InSegs"]``)."""

    interfaces: dict[str, InterfaceCounters]
    protocols: dict[str, dict[str, int]]

    def as_dict(self) -> dict[str, Any]:
        """Plain dictionaries all the way down."""
        return {"interfaces": {name: each.as_dict() for name, each in self.interfaces.items()},
                "protocols": {name: dict(each) for name, each in self.protocols.items()}}


class Change(Record):
    """Something of the kernel's tables is new or otherwise (`removed` False), or gone (True).

    Of a link: `device`, `is_up`, `is_running`; of an address: `device`, `address`, `prefix_length`; of a route:
    `address` (its destination), `prefix_length`, `gateway`, `device`; of a neighbour: `address`, `device`,
    `hardware_address`.  What does not belong to the kind is None.
    """

    kind: ChangeKind
    removed: bool
    device: str | None = None
    address: str | None = None
    prefix_length: int | None = None
    gateway: str | None = None
    hardware_address: str | None = None
    is_up: bool | None = None
    is_running: bool | None = None
