"""``netstat --json`` and ``netstat --more``: the same sockets as the classic tables, with all that is known."""

from __future__ import annotations

from ...render import connection_objects as objects
from ...render.connections import Columns
from ...render.visible import visible
from ...system.names import numbers as names
from .sockets import SocketView


TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..documents import ArrayDocument


class RecordsView(SocketView):
    """Shows the sockets of `choices` as objects (--json: one array, a row a line) or as laid out tables."""

    def __init__(self, choices, env):
        super().__init__(choices, env)
        self._json = "--json" in choices.own
        self._interfaces = Interfaces(env.device_name)
        self._users = names.UserNumbers() if choices.numeric_users else names.UserNames(env)
        self._owners: dict | None = None
        self._document: ArrayDocument | None = None
        self._told = ""
        self._rows: dict[tuple, list] = {}

    def show(self) -> int:
        """Print all tables; returns the exit status."""
        self._interfaces = Interfaces(self._env.device_name)
        self._rows = {objects.MORE_HEADERS: [], objects.UNIX_HEADERS: []}
        if self._json:
            return self._show_document()
        status = super().show()
        self._write("\n".join([self._laid_out(rows, headers) for headers, rows in self._rows.items() if rows]))
        return status

    def _show_document(self) -> int:
        """One array; what went wrong is its last row."""
        from ..documents import ArrayDocument

        self._document, self._told = ArrayDocument(self._env, self._choices.has("c")), ""
        try:
            status = super().show()
            if status:
                self._document.add([{"error": self._told.strip(), "status": status}])
        except BaseException as failure:  # KeyboardInterrupt too: the array is to end
            self._document.add([{"error": "interrupted" if isinstance(failure, KeyboardInterrupt) else str(failure)}])
            raise
        finally:
            self._document.end()
        return status

    def _warn(self, text: str) -> None:
        self._told = text
        super()._warn(text)

    @staticmethod
    def _laid_out(rows: list, headers: tuple) -> str:
        from ...render.layout import lay_out

        return lay_out(rows, headers, "netstat --more")

    def _columns(self) -> Columns:
        """--more looks at every process, --json where -p asks for it."""
        if self._choices.has("p") or not self._json:
            from ...system.sockets.owners import read_all_owners

            found = read_all_owners(self._env)
            if found.denied:
                self._warn_denied(bool(found.by_inode))
            self._owners = found.by_inode
        return Columns()

    def _begin_internet(self, columns) -> None:
        """No title."""

    def _begin_unix(self, columns) -> None:
        """No title."""

    def _dump_reader(self):
        from ...system.sockets.details import read_details

        return read_details

    def _show_block(self, sockets, kind: str, label: str, ports, columns) -> None:
        known = self._names(ports)
        make = objects.connection_object if self._json else objects.more_row
        self._add(objects.MORE_HEADERS, [make(row, label, kind, known) for row in sockets.rows(label)])

    def _show_memberships(self, groups) -> None:
        from ...render.json_tables import group_object

        self._add((), [group_object(group, self._hosts) for group in groups])

    def _begin_groups(self) -> None:
        """No title."""

    def _show_association(self, socket, ports, columns) -> None:
        if self._json:
            self._add((), [objects.association_object(socket, self._names(ports))])
        else:
            from ...render.sctp import render_sctp

            hosts, ports, users = map(VisibleNames, (self._hosts, ports, self._users))
            self._write(render_sctp(socket, hosts, ports, Columns(users)))

    def _show_unix_block(self, sockets, columns) -> None:
        known = self._names({})
        make = objects.unix_object if self._json else objects.unix_more_row
        self._add(objects.UNIX_HEADERS, [
            make(sockets.meanings[kind], inode, path, known)
            for kind, inode, path in zip(sockets.kinds, sockets.inodes, sockets.paths)
            if self._wants_unix(sockets.meanings[kind])])

    def _names(self, ports) -> objects.Names:
        return objects.Names(self._hosts, ports, self._users, self._interfaces, self._owners)

    def _add(self, headers: tuple, rows: list) -> None:
        """Objects are written as they come; rows wait, for their columns are as wide as the widest."""
        if not self._json:
            self._rows[headers] += rows
            return
        self._document.add(rows)


class VisibleNames(dict):
    """The names of another mapping, made visible."""

    def __init__(self, names):
        super().__init__()
        self._names = names

    def __missing__(self, key) -> str:
        name = self[key] = visible(self._names[key])
        return name


class Interfaces(dict):
    """Interface index -> name, or the number where it has none (any more)."""

    def __init__(self, device_name):
        self._device_name = device_name

    def __missing__(self, index: int) -> str:
        try:
            name = self._device_name(index)
        except OSError:
            name = str(index)
        self[index] = name
        return name
