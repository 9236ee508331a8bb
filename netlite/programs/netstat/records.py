"""``netstat --json`` and ``netstat --more``: the same sockets as the classic tables, with all that is known."""

from __future__ import annotations

from ...render import connection_objects as objects
from ...render.connections import Columns
from ...render.json_tables import as_json
from ...render.visible import visible
from ...system.names import numbers as names
from .sockets import SocketView

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from ...environment import Environment
    from ...records.connections import Connections, SctpSocket, UnixSockets
    from ...records.owners import Owner
    from .sockets import Ports
    from .words import Choices


class RecordsView(SocketView):
    """Shows the sockets of `choices` as objects (--json: one array, a row a line) or as laid out tables."""

    def __init__(self, choices: Choices, env: Environment):
        super().__init__(choices, env)
        self._json = "--json" in choices.own
        self._interfaces = Interfaces(env.device_name)
        self._users: Mapping[int, str] = names.UserNumbers() if choices.numeric_users else names.UserNames(env)
        self._owners: dict[int, list[Owner]] | None = None
        self._between = "["
        self._rows: dict[tuple[str, ...], list[list[object]]] = {}

    def show(self) -> int:
        """Print all tables; returns the exit status."""
        self._interfaces = Interfaces(self._env.device_name)
        self._between, self._rows = "[", {objects.MORE_HEADERS: [], objects.UNIX_HEADERS: []}
        status = super().show()
        if self._json:
            self._write("[]\n" if self._between == "[" else "]\n")
        else:
            self._write("\n".join([self._laid_out(rows, headers) for headers, rows in self._rows.items() if rows]))
        return status

    @staticmethod
    def _laid_out(rows: list[list[object]], headers: tuple[str, ...]) -> str:
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

    def _begin_internet(self, columns: Columns) -> None:
        """No title."""

    def _begin_unix(self, columns: Columns) -> None:
        """No title."""

    def _show_block(self, sockets: Connections, kind: str, label: str, ports: Ports, columns: Columns) -> None:
        known = self._names(ports)
        if self._json:
            self._write_objects(objects.connection_object(row, label, kind, known) for row in sockets.rows(label))
        else:
            self._rows[objects.MORE_HEADERS] += [objects.more_row(row, label, kind, known)
                                                 for row in sockets.rows(label)]

    def _show_association(self, socket: SctpSocket, ports: Ports, columns: Columns) -> None:
        if self._json:
            self._write_objects([objects.association_object(socket, self._names(ports))])
        else:
            from ...render.sctp import render_sctp

            self._write(render_sctp(socket, VisibleNames(self._hosts), VisibleNames(ports),
                                    Columns(VisibleNames(self._users))))

    def _show_unix_block(self, sockets: UnixSockets, columns: Columns) -> None:
        known = self._names({})
        wanted = [(sockets.meanings[kind], inode, path)
                  for kind, inode, path in zip(sockets.kinds, sockets.inodes, sockets.paths)
                  if self._wants_unix(sockets.meanings[kind])]
        if self._json:
            self._write_objects(objects.unix_object(*row, known) for row in wanted)
        else:
            self._rows[objects.UNIX_HEADERS] += [objects.unix_more_row(*row, known) for row in wanted]

    def _names(self, ports: Ports) -> objects.Names:
        return objects.Names(self._hosts, ports, self._users, self._interfaces, self._owners)

    def _write_objects(self, rows: Iterable[dict[str, Any]]) -> None:
        """As they come; the rows of --more wait, for their columns are as wide as the widest."""
        for row in rows:
            self._write(self._between + as_json(row).rstrip())
            self._between = ",\n"


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
