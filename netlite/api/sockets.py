"""Sockets as rows, and who has them open."""

from __future__ import annotations

from _socket import inet_ntop

from ..errors import KernelRefused
from ..records.connection_details import ConnectionDetails
from ..records.connections import TCP_STATE_NAMES, Connection, TcpState
from ..records.family import FAMILIES, IPV4, IPV6, Family, on_device
from ..records.states import SocketState
from ..records.table_rows import SocketRow
from ..world import World
from .arguments import chosen_world, ip_version, one_of, yes_or_no
from .targets import Refusals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..records.unix_sockets import UnixKind
    from ..system.sockets.internet import InternetSockets

PROTOCOLS = ("tcp", "udp", "udplite", "raw", "sctp", "unix")
STATES = tuple(SocketState(name or "NONE") for name in TCP_STATE_NAMES)
UNIX_STATES = {1: SocketState.UNCONNECTED, 2: SocketState.CONNECTING, 3: SocketState.CONNECTED,
               4: SocketState.DISCONNECTING}


def connections(protocol: str | None = None, *, version: int | None = None, listening: bool | None = None,
                owners: bool = False, world: World | None = None) -> list[SocketRow]:
    """The sockets (`records.table_rows.SocketRow`) of one protocol, or of all, in the kernel's order.

    `protocol` "tcp", "udp", "udplite", "raw", "sctp" or "unix"; `version` 4 or 6, None for both; `listening`
    True for servers only (TCP, SCTP and Unix sockets that listen, UDP and raw sockets without a remote side),
    False for the others only; `owners` finds the processes, which takes a look at every descriptor of every
    process.

    Privileges: none; the owners of other users' sockets need root (CAP_SYS_PTRACE), and are None without.
    From the kernel: NETLINK_SOCK_DIAG (inet_diag), /proc/net/tcp and the like where netlink is refused,
    /proc/net/unix, /proc/net/sctp, /proc/PID/fd.  A table that the kernel does not have is empty.  Raises
    KernelRefused.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> connections("tcp", world=SimulatedEnvironment("example", chain(1), "client"))
    []
    """
    if protocol is not None:
        one_of("protocol", protocol, PROTOCOLS)
    wanted = ip_version(version)
    if listening is not None:
        yes_or_no("listening", listening)
    yes_or_no("owners", owners)
    world = chosen_world(world)
    rows: list[SocketRow] = []
    with Refusals("sockets"):
        for each in (protocol,) if protocol else PROTOCOLS:
            rows += _rows(world, each, wanted)
        if listening is not None:
            rows = [row for row in rows if _listens(row) == listening]
        return _with_owners(world, rows) if owners else rows


def _rows(world: World, protocol: str, version: int | None) -> Iterator[SocketRow]:
    if protocol == "unix":
        return _unix(world) if version is None else iter(())
    if protocol == "sctp":
        return _sctp(world, version)
    return _internet(world, protocol, version)


def _internet(world: World, protocol: str, version: int | None) -> Iterator[SocketRow]:
    from ..system.sockets.internet import InternetSockets
    from ..system.sockets.sock_diag import ALL_STATES

    for family in FAMILIES:
        if version not in (None, family.version):
            continue
        tables = InternetSockets(world, lambda protocol: None, details=family is IPV6)  # which have the zone
        try:
            yield from _table(world, tables, protocol, family, ALL_STATES)
        finally:
            tables.close()


def _table(world: World, tables: InternetSockets, protocol: str, family: Family, states: int) -> Iterator[SocketRow]:
    """The sockets of a family; none where the kernel is without it, or without the protocol."""
    try:
        for sockets in tables.read(protocol, family, states):
            for each in sockets.rows(protocol):
                yield _internet_row(world, each, family)
    except FileNotFoundError:
        return


def _internet_row(world: World, each: Connection, family: Family) -> SocketRow:
    state = STATES[each.state] if each.state < len(STATES) else SocketState.NONE
    local, remote = inet_ntop(family.af, each.local_address), inet_ntop(family.af, each.remote_address)
    if isinstance(each, ConnectionDetails) and each.interface_index:
        try:
            device = world.device_name(each.interface_index)
            local, remote = on_device(local, device), on_device(remote, device)
        except OSError:  # it is gone
            pass
    return SocketRow(each.protocol, family.version, state, local, each.local_port, remote, each.remote_port,
                     each.receive_queue_bytes, each.send_queue_bytes, each.user_id, each.inode)


def _sctp(world: World, version: int | None) -> Iterator[SocketRow]:
    from ..system.sockets.sctp import read_sctp

    for table in ("eps", "assocs"):
        try:
            found = read_sctp(world, table)
        except FileNotFoundError:  # the module is not loaded
            continue
        for each in found:
            local = each.local_addresses[0] if each.local_addresses else bytes(4)
            family = IPV4 if len(local) == 4 else FAMILIES[1]
            remote = each.remote_addresses[0] if each.remote_addresses else bytes(len(local))
            state = SocketState.LISTEN if each.listening else STATES[each.state] if each.state < len(STATES) \
                else SocketState.NONE
            if version in (None, family.version):
                yield SocketRow("sctp", family.version, state, inet_ntop(family.af, local), each.local_port,
                                _text(remote), each.remote_port, each.receive_queue_bytes, each.send_queue_bytes,
                                each.user_id, each.inode)


def _text(packed: bytes) -> str:
    return inet_ntop(IPV4.af if len(packed) == 4 else FAMILIES[1].af, packed)


def _unix(world: World) -> Iterator[SocketRow]:
    from ..system.sockets import unix, unix_diag

    try:
        for each in unix_diag.read_unix_sockets(world):
            yield _unix_row(each.kind, each.inode, each.path)
        return
    except (OSError, KernelRefused):
        pass
    try:
        blocks = unix.read_unix_sockets(world, lambda: None)
    except FileNotFoundError:
        return
    for block in blocks:
        for kind, inode, path in zip(block.kinds, block.inodes, block.paths):
            yield _unix_row(block.meanings[kind], int(inode), path)


def _unix_row(kind: UnixKind, inode: int, path: str) -> SocketRow:
    state = SocketState.LISTEN if kind.is_server else UNIX_STATES.get(kind.state, SocketState.NONE)
    return SocketRow("unix", 0, state, "", 0, "", 0, inode=inode, path=path)


def _listens(row: SocketRow) -> bool:
    if row.protocol in ("udp", "udplite", "raw"):
        return row.state == STATES[TcpState.CLOSE] and not row.remote_port
    return row.state == SocketState.LISTEN


def _with_owners(world: World, rows: list[SocketRow]) -> list[SocketRow]:
    from ..system.sockets.owners import read_all_owners

    by_inode = read_all_owners(world).by_inode
    told = []
    for row in rows:
        found = by_inode.get(row.inode, ()) if row.inode else ()
        if found:
            row = row.replace(process_id=found[0].process_id, program=found[0].name,
                              process_ids=tuple([each.process_id for each in found]))
        told.append(row)
    return told
