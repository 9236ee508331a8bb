"""``netstat --json`` and ``netstat --more``: the same sockets as the classic tables, with all that is known."""

from __future__ import annotations

from errno import EPROTONOSUPPORT
from os import strerror

from ...errors import KernelRefused
from ...records.unix_sockets import UnixSocket
from ...render import connection_objects as objects
from ...render.connections import Columns
from ...render.visible import visible
from ...system.names import numbers as names
from .sockets import SocketView

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from ...environment import Environment
    from ...records.connections import Connections
    from ...records.groups import GroupMembership
    from ...records.owners import Owner
    from ...records.sctp import SctpSocket
    from ...records.unix_sockets import UnixSockets
    from ..documents import ArrayDocument
    from .words import Choices


class RecordsView(SocketView):
    """Shows the sockets of `choices` as objects (--json: one array, a row a line) or as laid out tables."""

    def __init__(self, choices: Choices, env: Environment):
        super().__init__(choices, env)
        self._json = "--json" in choices.own
        self._interfaces = Interfaces(env.device_name)
        self._users: Mapping[int, str] = names.UserNumbers() if choices.numeric_users else names.UserNames(env)
        self._owners: dict[int, list[Owner]] | None = None
        self._may_see, self._strangers = False, 0
        self._document: ArrayDocument | None = None
        self._told = ""
        self._rows: dict[tuple[str, ...], list[list[object]]] = {}

    def show(self) -> int:
        """Print all tables; returns the exit status."""
        self._interfaces = Interfaces(self._env.device_name)
        self._rows = {objects.MORE_HEADERS: [], objects.UNIX_HEADERS: []}
        if self._json:
            return self._show_document()
        status = super().show()
        self._tell_strangers()
        self._write("\n".join([self._laid_out(rows, headers) for headers, rows in self._rows.items() if rows]))
        return status

    def _show_document(self) -> int:
        """One array; what went wrong is its last row."""
        from ..documents import ArrayDocument

        self._told = ""
        with ArrayDocument(self._env, "c" in self._choices.given) as self._document:
            status = super().show()
            self._tell_strangers()
            if status:
                self._document.add([{"error": self._told.strip(), "status": status}])
        return status

    def _warn(self, text: str) -> None:
        self._told = text
        super()._warn(text)

    @staticmethod
    def _laid_out(rows: list[list[object]], headers: tuple[str, ...]) -> str:
        from ...render.layout import lay_out

        return lay_out(rows, headers, "netstat --more")

    def _columns(self) -> Columns:
        """--more looks at every process, --json where -p asks for it."""
        if "p" in self._choices.given or not self._json:
            from ...system.sockets.owners import read_all_owners

            found = read_all_owners(self._env)
            if found.denied:
                self._warn_denied(bool(found.by_inode))
            self._owners, self._may_see = found.by_inode, not found.denied
        return Columns()

    def _count_strangers(self, inodes: Iterable[int]) -> None:
        if self._owners is not None and self._may_see:
            self._strangers += sum(1 for inode in inodes if inode and inode not in self._owners)

    def _tell_strangers(self) -> None:
        """Sockets that no process here has open, where there are processes that cannot be seen from here."""
        if self._strangers and not self._sees_all_processes():
            self._env.err.write(f"netstat: no process of this PID namespace has {self._strangers} of these sockets "
                                "open; look from the namespace outside it\n")
        self._strangers = 0

    def _sees_all_processes(self) -> bool:
        """Whether this is the machine's own PID namespace, which has always the same inode (<linux/proc_ns.h>)."""
        try:
            return list(self._env.files.links(f"{self._env.proc}/self/ns", ["pid"])) == ["pid:[4026531836]"]
        except OSError:
            return True

    def _begin_internet(self, columns: Columns) -> None:
        """No title."""

    def _begin_unix(self, columns: Columns) -> None:
        """No title."""

    def _show_block(self, sockets: Connections, kind: str, label: str, ports: Mapping[int, str],
                    columns: Columns) -> None:
        known = self._names(ports)
        make: Callable[..., Any] = objects.connection_object if self._json else objects.more_row
        self._count_strangers(sockets.inodes)
        self._add(objects.MORE_HEADERS, [make(row, label, kind, known) for row in sockets.rows(label)])

    def _show_memberships(self, groups: list[GroupMembership]) -> None:
        from ...render.json_tables import group_object

        self._add((), [group_object(group, self._hosts) for group in groups])

    def _begin_groups(self) -> None:
        """No title."""

    def _show_association(self, socket: SctpSocket, ports: Mapping[int, str], columns: Columns) -> None:
        if self._json:
            self._add((), [objects.association_object(socket, self._names(ports))])
        else:
            from ...render.sctp import render_sctp

            self._write(render_sctp(socket, VisibleNames(self._hosts), VisibleNames(ports),
                                    Columns(VisibleNames(self._users))))

    def _show_unix(self, columns: Columns) -> None:
        """From unix_diag, where no name makes a row; from /proc, which is said, where that is refused."""
        from ...system.sockets.unix import read_unix_sockets as read_rows
        from ...system.sockets.unix_diag import read_unix_sockets, with_references

        try:
            sockets = read_unix_sockets(self._env)
        except (OSError, KernelRefused) as refusal:
            self._warn_forged(refusal)
            super()._show_unix(columns)
            return
        try:
            rows = [(int(inode), block.meanings[kind].references) for block in read_rows(self._env, lambda: None)
                    for kind, inode in zip(block.kinds, block.inodes)]
        except OSError:
            rows = []
        self._add_unix([socket for socket in with_references(sockets, rows) if self._wants_unix(socket.kind)])

    def _warn_forged(self, refusal: OSError | KernelRefused) -> None:
        if refusal.errno != EPROTONOSUPPORT:  # recorded tables, and those in memory, are all there is
            self._env.err.write(f"netstat: unix_diag: {strerror(refusal.errno or 0)}; the rows are those of "
                                "/proc/net/unix, where a name can pass for a row\n")

    def _show_unix_block(self, sockets: UnixSockets, columns: Columns) -> None:
        self._add_unix([UnixSocket(sockets.meanings[kind], int(inode), path)
                        for kind, inode, path in zip(sockets.kinds, sockets.inodes, sockets.paths)
                        if self._wants_unix(sockets.meanings[kind])])

    def _add_unix(self, sockets: list[UnixSocket]) -> None:
        known = self._names({})
        make: Callable[..., Any] = objects.unix_object if self._json else objects.unix_more_row
        self._count_strangers([socket.inode for socket in sockets])
        self._add(objects.UNIX_HEADERS, [make(socket, known) for socket in sockets])

    def _names(self, ports: Mapping[int, str]) -> objects.Names:
        return objects.Names(self._hosts, ports, self._users, self._interfaces, self._owners)

    def _add(self, headers: tuple[str, ...], rows: list[Any]) -> None:
        """Objects are written as they come; rows wait, for their columns are as wide as the widest."""
        if not self._json:
            self._rows[headers] += rows
            return
        if self._document is not None:
            self._document.add(rows)


class VisibleNames(dict["Any", str]):
    """The names of another mapping, made visible."""

    def __init__(self, known: Mapping[Any, str]):
        super().__init__()
        self._known = known

    def __missing__(self, key: object) -> str:
        name = self[key] = visible(self._known[key])
        return name


class Interfaces(dict[int, str]):
    """Interface index -> name, or the number where it has none (any more)."""

    def __init__(self, device_name: Callable[[int], str]):
        self._device_name = device_name

    def __missing__(self, index: int) -> str:
        try:
            name = self._device_name(index)
        except OSError:
            name = str(index)
        self[index] = name
        return name
