"""Sockets as the objects of ``netstat --json`` and as the rows of ``netstat --more``.

The first keys of an object and their values are those that jc (https://github.com/kellyjonbrazil/jc) finds
in the classic text; what that cannot say is null.  Unlike the text nothing is cut.
"""

from __future__ import annotations

from ..records.connection_details import ConnectionDetails
from ..records.connections import Connection, Timer
from ..records.sctp import SctpSocket
from ..records.unix_sockets import UnixKind, UnixSocket
from .connections import STATES, TCP_TIMERS
from .unix_sockets import STATES as UNIX_STATES
from .unix_sockets import TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..records.owners import Owner

MORE_HEADERS = ("Proto", "Queues", "Local Address", "Foreign Address", "State", "User", "Inode", "Backlog", "Device",
                "IP", "Owners", "Cgroup")
UNIX_HEADERS = ("Proto", "RefCnt", "Flags", "Type", "State", "I-Node", "Path", "Owners", "Cgroup",
                "Peer")


class Names:
    """Mappings from numbers to text: `hosts`, `ports` (with their colon), `users`, `interfaces` (by index), and
    `owners`, which maps inodes to lists of `Owner` (None where nobody looked)."""

    def __init__(self, hosts: Mapping[bytes, str], ports: Mapping[int, str], users: Mapping[int, str],
                 interfaces: Mapping[int, str], owners: Mapping[int, list[Owner]] | None):
        self.hosts, self.ports, self.users, self.interfaces, self.owners = hosts, ports, users, interfaces, owners

    def owners_of(self, inode: int) -> list[Owner]:
        return self.owners.get(inode, []) if self.owners else []


def connection_object(socket: Connection, label: str, kind: str, names: Names) -> dict[str, Any]:
    """One Internet socket; `label` is its name in the first column, `kind` tcp, udp or raw."""
    timer, details = socket.timer, socket if isinstance(socket, ConnectionDetails) else None
    return {
        "proto": label, "recv_q": socket.receive_queue_bytes, "send_q": socket.send_queue_bytes,
        "local_address": names.hosts[socket.local_address], "foreign_address": names.hosts[socket.remote_address],
        "state": STATES[kind][socket.state].strip() or None, "user": names.users[socket.user_id],
        "inode": socket.inode, **_owner_columns(socket.inode, names), "kind": "network",
        "local_port": names.ports[socket.local_port][1:], "foreign_port": names.ports[socket.remote_port][1:],
        "transport_protocol": label.rstrip("6") if kind != "raw" else None,
        "network_protocol": "ipv6" if label.endswith("6") else "ipv4",
        "local_port_num": socket.local_port or None, "foreign_port_num": socket.remote_port or None,
        "timer": timer and _timer_object(timer),
        "backlog_limit": details and details.backlog_limit,
        "device": details and _device(details, names), "v6_only": details and details.v6_only,
        "cgroup_id": details and details.cgroup_id, "owners": _owner_objects(socket.inode, names)}


def association_object(socket: SctpSocket, names: Names) -> dict[str, Any]:
    """An SCTP endpoint or association, with all its addresses."""
    return {"proto": "sctp", "recv_q": socket.receive_queue_bytes, "send_q": socket.send_queue_bytes,
            "local_addresses": [names.hosts[address] for address in socket.local_addresses],
            "foreign_addresses": [names.hosts[address] for address in socket.remote_addresses],
            "state": STATES["tcp"][socket.state].strip(), "user": names.users[socket.user_id],
            "inode": socket.inode, **_owner_columns(socket.inode, names), "kind": "network",
            "transport_protocol": "sctp", "local_port_num": socket.local_port or None,
            "foreign_port_num": socket.remote_port or None, "owners": _owner_objects(socket.inode, names)}


def unix_object(socket: UnixSocket, names: Names) -> dict[str, Any]:
    """One Unix domain socket."""
    kind, number, path, abstract, peer = socket
    return {"proto": "??" if kind.protocol else "unix", "refcnt": kind.references,
            "flags": "ACC" if kind.flags & kind.ACCEPTS else None, "type": TYPES.get(kind.type, "UNKNOWN"),
            "state": _unix_state(kind), "inode": number, **_owner_columns(number, names),
            "path": path or None, "kind": "socket", "abstract": abstract if path else None, "peer_inode": peer,
            "owners": _owner_objects(number, names), "peer_owners": _owner_objects(peer, names) if peer else None}


def more_row(socket: Connection, label: str, kind: str, names: Names) -> list[object]:
    """The cells under MORE_HEADERS."""
    found = connection_object(socket, label, kind, names)
    device, owners, cgroups = found["device"], *_owner_cells(found)
    places = []
    for address, port, packed in ((found["local_address"], found["local_port"], socket.local_address),
                                  (found["foreign_address"], found["foreign_port"], socket.remote_address)):
        link_local = len(packed) == 16 and packed[0] == 0xFE and packed[1] & 0xC0 == 0x80
        places.append(f"{address}{f'%{device}' if link_local and device else ''}:{port}")
    return [label, f"{found['recv_q']}/{found['send_q']}", *places, found["state"], found["user"], found["inode"],
            found["backlog_limit"], device, _versions(found), owners, cgroups]


def unix_more_row(socket: UnixSocket, names: Names) -> list[object]:
    """The cells under UNIX_HEADERS."""
    found = unix_object(socket, names)
    return [found["proto"], found["refcnt"], found["flags"], found["type"], found["state"], found["inode"],
            socket.path or None, *_owner_cells(found), _peer_cell(found)]


def _peer_cell(found: dict[str, Any]) -> str | None:
    """The socket at the other end, and who has it open."""
    if not found["peer_inode"]:
        return None
    owners = [f"{owner['pid']}/{owner['name']}" for owner in found["peer_owners"] or []]
    return " ".join([str(found["peer_inode"]), *owners])


def _versions(found: dict[str, Any]) -> str:
    """Whom an IPv6 server answers: IPv6 alone, or IPv4 as well (RFC 3493 section 5.3)."""
    if found["v6_only"] is None:
        return "6" if found["network_protocol"] == "ipv6" else "4"
    return "6 only" if found["v6_only"] else "6 and 4"


def _unix_state(kind: UnixKind) -> str | None:
    if kind.state == kind.UNCONNECTED:
        return "LISTENING" if kind.flags & kind.ACCEPTS else None
    return UNIX_STATES.get(kind.state, "UNKNOWN")


def _timer_object(timer: Timer) -> dict[str, Any]:
    return {"kind": TCP_TIMERS[timer.kind] if timer.kind < len(TCP_TIMERS) else str(timer.kind),
            "seconds": timer.ticks / 100, "retransmits": timer.retransmits, "probes": timer.probes}


def _device(socket: ConnectionDetails, names: Names) -> str | None:
    return names.interfaces[socket.interface_index] if socket.interface_index else None


def _owner_columns(inode: int, names: Names) -> dict[str, Any]:
    """The first owner, where jc has it."""
    owners = names.owners_of(inode)
    return {"program_name": owners[0].name if owners else None, "pid": owners[0].process_id if owners else None}


def _owner_objects(inode: int, names: Names) -> list[dict[str, Any]] | None:
    if names.owners is None:
        return None
    return [{"pid": owner.process_id, "name": owner.name, "cgroup": owner.cgroup} for owner in names.owners_of(inode)]


def _owner_cells(found: dict[str, Any]) -> tuple[str | None, str | None]:
    """All owners, and their cgroups without repetition."""
    owners = found["owners"] or []
    cgroups = dict.fromkeys(owner["cgroup"] for owner in owners if owner["cgroup"])
    return (" ".join([f"{owner['pid']}/{owner['name']}" for owner in owners]) or None,
            " ".join(cgroups) or None)
