"""This host's tables as samples: sockets, listen queues, interfaces, routes, neighbours, protocol counters.

Sockets are counted by column, as netstat shows them, so that 100,000 of them need not become objects.
"""

from __future__ import annotations

from collections import Counter

from ... import api
from ...errors import KernelRefused, NetliteError
from ...records.connections import TCP_STATE_NAMES, TcpState
from ...records.family import FAMILIES
from ...system.routes.counts import count_routes
from ...system.sockets.internet import InternetSockets
from ...system.sockets.sock_diag import ALL_STATES
from ...system.sockets.unix import read_unix_sockets
from .samples import Samples

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ...records.family import Family
    from ...world import World

INTERNET = ("tcp", "udp", "udplite", "raw")
LISTENERS = 500                       # queues that are told, at most
NO_COUNTERS = {  # of the kernel's MIBs: what goes up and down, or never changes
    "Ip_Forwarding", "Ip_DefaultTTL", "Tcp_RtoAlgorithm", "Tcp_RtoMin", "Tcp_RtoMax", "Tcp_MaxConn", "Tcp_CurrEstab",
    "Sctp_SctpCurrEstab"}
RECEIVED = {"rx_bytes": "bytes", "rx_packets": "packets", "rx_errors": "errors", "rx_dropped": "dropped",
            "rx_fifo": "fifo", "rx_frame": "frame", "rx_compressed": "compressed", "rx_multicast": "multicast"}
SENT = {"tx_bytes": "bytes", "tx_packets": "packets", "tx_errors": "errors", "tx_dropped": "dropped", "tx_fifo": "fifo",
        "collisions": "collisions", "tx_carrier": "carrier", "tx_compressed": "compressed"}
SIGN = 1 << 63


def add_host(samples: Samples, world: World) -> None:
    """All tables; one that cannot be read is told as such."""
    for table, add in TABLES.items():
        part = Samples()
        try:
            add(part, world)
        except (OSError, NetliteError):
            samples.add("netlite_table_readable", 0, table=table)
            continue
        samples.add("netlite_table_readable", 1, table=table)
        samples.take(part)


def add_sockets(samples: Samples, world: World) -> None:
    """How many there are of each protocol, family and state."""
    tables = InternetSockets(world, lambda protocol: None)
    try:
        for protocol in INTERNET:
            for family in FAMILIES:
                states: Counter[int] = Counter()
                for block in _blocks(tables, protocol, family, ALL_STATES):
                    states.update(block.states)
                for state, count in sorted(states.items()):
                    name = TCP_STATE_NAMES[state] if state < len(TCP_STATE_NAMES) else str(state)
                    samples.add("netlite_sockets", count, protocol=protocol, family=f"ipv{family.version}",
                                state=name.lower() or "none")
    finally:
        tables.close()
    kinds: Counter[str] = Counter()
    for unix in _unix_blocks(world):
        for kind in unix.kinds:
            meaning = unix.meanings[kind]
            kinds["listen" if meaning.is_server else UNIX_STATES.get(meaning.state, "none")] += 1
    for word, count in sorted(kinds.items()):
        samples.add("netlite_sockets", count, protocol="unix", family="unix", state=word)


UNIX_STATES = {1: "unconnected", 2: "connecting", 3: "connected", 4: "disconnecting"}


def _blocks(tables: InternetSockets, protocol: str, family: Family, states: int) -> Iterator[Any]:
    """Nothing where the kernel is without the family or the protocol."""
    try:
        yield from tables.read(protocol, family, states)
    except FileNotFoundError:
        return


def _unix_blocks(world: World) -> Iterator[Any]:
    try:
        yield from read_unix_sockets(world, lambda: None)
    except FileNotFoundError:
        return


def add_queues(samples: Samples, world: World) -> None:
    """The accept queues of TCP, and their limits where the kernel tells them (sock_diag); `LISTENERS` at most."""
    tables, told = InternetSockets(world, lambda protocol: None, details=True), set[tuple[str, str]]()
    try:
        for family in FAMILIES:
            for block in _blocks(tables, "tcp", family, 1 << TcpState.LISTEN):
                for row in block.rows("tcp"):
                    where = _text(family, row.local_address), str(row.local_port)
                    if row.state != TcpState.LISTEN or where in told or len(told) >= LISTENERS:
                        continue  # several sockets may share a port (SO_REUSEPORT): the first one is told
                    told.add(where)
                    labels = {"address": where[0], "port": where[1]}
                    samples.add("netlite_listen_queue_connections", row.receive_queue_bytes, **labels)
                    limit = getattr(row, "backlog_limit", None)
                    if limit is not None:
                        samples.add("netlite_listen_queue_limit_connections", limit, **labels)
    finally:
        tables.close()


def _text(family: Family, packed: bytes) -> str:
    from _socket import inet_ntop

    return inet_ntop(family.af, packed)


def add_interfaces(samples: Samples, world: World) -> None:
    """State and MTU of each interface."""
    for each in api.interfaces(world=world):
        samples.add("netlite_interface_up", each.is_up, device=each.name)
        samples.add("netlite_interface_running", each.is_running, device=each.name)
        samples.add("netlite_interface_mtu_bytes", each.mtu_bytes, device=each.name)


def add_routes(samples: Samples, world: World) -> None:
    """How many there are of each table and type."""
    for family in FAMILIES:
        try:
            found = count_routes(world, family.af)
        except KernelRefused:  # no netlink: the main table, from /proc
            rows = api.routes(version=family.version, table=None, world=world)
            found = dict(Counter((row.table, row.kind) for row in rows))
        for (table, kind), count in sorted(found.items()):
            samples.add("netlite_routes", count, family=f"ipv{family.version}", table=table, type=kind)


def add_neighbours(samples: Samples, world: World) -> None:
    """How many there are of each device and state."""
    found = Counter((6 if ":" in row.address else 4, row.device, str(row.state)) for row in api.neighbours(world=world))
    for (version, device, state), count in sorted(found.items()):
        samples.add("netlite_neighbours", count, family=f"ipv{version}", device=device, state=state.lower())


def add_counters(samples: Samples, world: World) -> None:
    """Those of interfaces, and the MIBs of protocols."""
    found = api.counters(world=world)
    for device, each in found.interfaces.items():
        for way, columns in (("receive", RECEIVED), ("transmit", SENT)):
            for column, word in columns.items():
                samples.add(f"netlite_interface_{way}_{word}_total", getattr(each, column), device=device)
    for section, counters in found.protocols.items():
        for counter, value in counters.items():
            name = counter if counter.startswith(section) and section.endswith("6") else f"{section}_{counter}"
            if name in NO_COUNTERS:
                samples.add("netlite_mib_current", value - 2 * SIGN if value >= SIGN else value, name=name)
            else:
                samples.add("netlite_mib_total", value, name=name)


TABLES: dict[str, Callable[[Samples, World], None]] = {
    "sockets": add_sockets, "listen_queues": add_queues, "interfaces": add_interfaces, "routes": add_routes,
    "neighbours": add_neighbours, "counters": add_counters}
