"""The socket views of netstat: Internet sockets, multicast groups, Unix sockets."""

from __future__ import annotations

from errno import EACCES, ENOENT
from posix import strerror

from ...records.connections import TcpState
from ...records.family import IPV4, IPV6
from ...render import connections as render
from ...system.names import numbers as names
from ...system.names.hosts import HostNames, NumericHosts
from ...system.sockets.internet import InternetSockets
from .words import INTERNET, Choices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...environment import Environment
    from ...records.connections import Connections
    from ...records.family import Family
    from ...records.groups import GroupMembership
    from ...records.sctp import SctpSocket
    from ...records.unix_sockets import UnixKind, UnixSockets

LABELS = {"udplite": "udpl"}
WITH_OWNERS = (*INTERNET, "unix")
BOUND_INACTIVE = 1 << TcpState.BOUND_INACTIVE
OBSOLETE = {"ipx": "AF IPX", "ax25": "AF AX25", "x25": "AF X25", "netrom": "AF NETROM", "rose": "AF ROSE"}
SHOWN = {*INTERNET, "unix", *OBSOLETE}
"""Where no table is named."""
NO_BLUETOOTH = ("netstat: feature `AF BLUETOOTH' not supported.\n"
                "Please recompile `net-tools' with newer kernel source or full configuration.\n")


class Failed(Exception):
    """A table could not be read; `status` ends the program."""

    def __init__(self, status: int):
        self.status = status


class SocketView:
    """Shows the tables of `choices`, one after the other, each streamed block by block."""

    def __init__(self, choices: Choices, env: Environment):
        self._choices = choices
        self._env = env
        self._servers, self._all = "l" in choices.given, "a" in choices.given or choices.states is not None
        self._hosts: HostNames | NumericHosts = HostNames(self._look_up, env)
        self._ports: dict[str, names.PortNames] = {}
        inet, inet6 = choices.reads("inet"), choices.reads("inet6")
        self._versions = (IPV4,) * inet + (IPV6,) * inet6
        self._tables = InternetSockets(env, self._bogus, details=bool(choices.own), both=inet and inet6)
        self._users: Mapping[int, str] | None = None
        if "e" in choices.given:
            self._users = names.UserNumbers() if choices.numeric_users else names.UserNames(env)

    def show(self) -> int:
        """Print all tables; returns the exit status."""
        choices = self._choices
        shown = choices.tables or SHOWN
        if choices.numeric_hosts:
            self._hosts = NumericHosts()
        try:
            columns = self._columns()
            if shown.intersection(INTERNET):
                self._begin_internet(columns)
            for table in INTERNET:
                if table in shown:
                    self._show_internet(table, columns)
            if "igmp" in choices.tables:
                self._show_groups()
            if "unix" in shown:
                self._show_unix(columns)
            for table, name in OBSOLETE.items():
                if table in shown:
                    self._missing(name, lenient=False)
        except Failed as failed:
            return failed.status
        if choices.tables.intersection(("l2cap", "rfcomm")):
            self._env.err.write(NO_BLUETOOTH)
            return 1
        return 0

    def _begin_internet(self, columns: render.Columns) -> None:
        self._env.out.begin_table("Internet sockets", render.render_title(
            "Internet connections", self._servers, self._all) + render.render_heading(columns), render.titles(columns))

    def _write(self, text: str) -> None:
        self._env.out.write(text)

    def _warn(self, text: str) -> None:
        self._env.err.write(text)

    def _look_up(self, addresses: list[str]) -> dict[str, str | None]:
        from ...sockets.name_lookups import names_of

        return names_of(self._env.resolver, addresses)

    def _ports_of(self, protocol: str) -> names.PortNames:
        """The names of ports; sctp's are never named."""
        if self._choices.numeric_ports or protocol == "sctp":
            return self._ports.setdefault("numeric", names.PortNumbers())
        kind = "udp" if protocol == "udplite" else protocol
        if kind not in self._ports:
            self._ports[kind] = names.service_names(self._env, kind)
        return self._ports[kind]

    def _columns(self) -> render.Columns:
        """The columns asked for; -p and -Z look at every process, each round anew."""
        choices = self._choices
        owners = contexts = None
        wanted = not choices.tables or choices.tables.intersection(WITH_OWNERS)
        if wanted and ("p" in choices.given or "Z" in choices.given):
            from ...system.sockets.owners import read_owners

            found = read_owners(self._env, "Z" in choices.given)
            if found.denied:
                self._warn_denied(bool(found.by_inode))
            owners = render.owner_texts(found.by_inode) if "p" in choices.given else None
            contexts = render.context_texts(found.by_inode) if "Z" in choices.given else None
        return render.Columns(self._users, owners, contexts, "o" in choices.given)

    def _warn_denied(self, some: bool) -> None:
        if some:
            self._warn("(Not all processes could be identified, non-owned process info\n"
                       " will not be shown, you would have to be root to see it all.)\n")
        else:
            self._warn(f'(No info could be read for "-p": geteuid()={self._env.effective_user_id} '
                       "but you should be root.)\n")

    def _bogus(self, protocol: str) -> None:
        self._warn(f"warning, got bogus {protocol} line.\n")

    def _missing(self, name: str, lenient: bool = True) -> None:
        """A table this kernel has not: an error only where it was asked for by name.

        `lenient`: none either where a family was named and other tables follow from that.
        """
        choices = self._choices
        if lenient and choices.lenient:
            return
        if choices.tables or "v" in choices.given:
            self._warn(f"netstat: no support for `{name}' on this system.\n")
        if choices.tables:
            raise Failed(1)

    def _unreadable(self, refusal: OSError, path: str, name: str) -> None:
        if refusal.errno not in (ENOENT, EACCES):
            self._env.error(f"{path}: {strerror(refusal.errno or 0)}\n")
            raise Failed(255)
        self._missing(name)

    def _show_internet(self, protocol: str, columns: render.Columns) -> None:
        if protocol == "sctp":
            self._show_sctp(columns)
            return
        states = self._wanted_states(protocol)
        exactly, by_proc = self._choices.states is not None, self._needs_proc(protocol, states)
        for family in self._versions:
            try:
                blocks = self._tables.read(protocol, family, states, exactly, by_proc)
            except OSError as refusal:
                if family is IPV4:
                    self._unreadable(refusal, f"/proc/net/{protocol}", f"AF INET ({protocol})")
                continue
            if self._tables.refused and protocol == "tcp" and states & BOUND_INACTIVE:
                self._warn(f"netstat: --state bound-inactive: sock_diag: {strerror(self._tables.refused)}\n")
            self._show_blocks(blocks, protocol, family, columns)

    def _show_blocks(self, blocks: Iterable[Connections], protocol: str, family: Family,
                     columns: render.Columns) -> None:
        label = LABELS.get(protocol, protocol) + ("6" if family is IPV6 else "")
        kind = {"tcp": "tcp", "raw": "raw"}.get(protocol, "udp")
        ports = self._ports_of(protocol)
        for sockets in blocks:
            sockets = self._chosen(sockets, kind)
            self._hosts.learn(sockets.local_addresses, sockets.remote_addresses)
            self._env.out.tell_rows("Internet sockets", (sockets,), label)
            self._show_block(sockets, kind, label, ports, columns)

    def _show_block(self, sockets: Connections, kind: str, label: str, ports: names.PortNames,
                    columns: render.Columns) -> None:
        room = None if "W" in self._choices.given else render.PLACE_BYTES
        self._write(render.render_sockets(sockets, kind, label, self._hosts, ports, columns, room, self._fits(label)))

    def _fits(self, label: str) -> bool:
        """Whether no place can be too long for its column: IPv4 in numbers takes 21 characters."""
        return label[-1] != "6" and self._choices.numeric_hosts and self._choices.numeric_ports

    def _chosen(self, sockets: Connections, kind: str) -> Connections:
        """Servers or clients: of tcp by remote port, of others by remote address."""
        if self._all:
            return sockets
        has_remote = sockets.remote_ports if kind == "tcp" else list(map(any, sockets.remote_addresses))
        if not self._servers and all(has_remote):
            return sockets
        return sockets.choose([not remote for remote in has_remote] if self._servers else has_remote)

    def _needs_proc(self, protocol: str, states: int) -> bool:
        """Timers with their probes, and the owner of a half-open connection, are in /proc only."""
        if "e" not in self._choices.given or protocol != "tcp" or states & BOUND_INACTIVE:
            return "o" in self._choices.given
        return "o" in self._choices.given or bool(states & 1 << TcpState.SYN_RECV)

    def _wanted_states(self, protocol: str) -> int:
        """What sock_diag is asked for; of other protocols than tcp, servers are known by their addresses."""
        from ...system.sockets.sock_diag import ALL_STATES, LISTENING

        if self._choices.states is not None:
            return self._choices.states
        if protocol != "tcp" or self._all:
            return ALL_STATES
        return LISTENING if self._servers else ALL_STATES & ~LISTENING

    def _show_sctp(self, columns: render.Columns) -> None:
        """Endpoints are servers, associations are connections; both list IPv6 in the same file."""
        from ...system.sockets.sctp import read_sctp

        if not self._choices.reads("inet"):
            return
        ports = self._ports_of("sctp")
        tables = ("eps", "assocs") if self._all else ("eps",) if self._servers else ("assocs",)
        for table in tables:
            try:
                sockets = read_sctp(self._env, table)
            except OSError as refusal:
                self._unreadable(refusal, f"/proc/net/sctp/{table}", "AF INET (sctp)")
                continue
            for one in sockets:
                self._hosts.learn(one.local_addresses + one.remote_addresses)
                self._show_association(one, ports, columns)

    def _show_association(self, socket: SctpSocket, ports: names.PortNames, columns: render.Columns) -> None:
        from ...render.sctp import render_sctp

        self._write(render_sctp(socket, self._hosts, ports, columns))

    def _show_groups(self) -> None:
        from ...system.sockets.groups import read_groups

        self._begin_groups()
        failure = None
        for table, name in (("igmp", "inet"), ("igmp6", "inet6")):
            if not self._choices.reads(name):
                continue
            try:
                groups, bogus = read_groups(self._env, table)
            except OSError as refusal:
                failure = refusal if table == "igmp" else failure
                continue
            for number in bogus:
                self._warn(f"warning, got bogus {table} line {number}.\n")
            self._hosts.learn([group.address for group in groups])
            self._env.out.tell_rows("multicast groups", groups)
            self._show_memberships(groups)
        if failure:
            self._unreadable(failure, "/proc/net/igmp", "AF INET (igmp)")

    def _begin_groups(self) -> None:
        from ...render.groups import HEADING, TITLES

        self._env.out.begin_table("multicast groups", HEADING, TITLES)

    def _show_memberships(self, groups: list[GroupMembership]) -> None:
        from ...render.groups import render_group

        for group in groups:
            self._write(render_group(group, self._hosts))

    def _show_unix(self, columns: render.Columns) -> None:
        from ...system.sockets.unix import read_unix_sockets

        self._begin_unix(columns)
        try:
            blocks = read_unix_sockets(self._env, lambda: self._warn("warning, got bogus unix line.\n"))
        except OSError as refusal:
            self._unreadable(refusal, "/proc/net/unix", "AF UNIX")
            return
        for sockets in blocks:
            self._env.out.tell_rows("Unix sockets", (sockets,), "shown" if self._all else "")
            self._show_unix_block(sockets, columns)

    def _begin_unix(self, columns: render.Columns) -> None:
        from ...render.unix_sockets import render_heading, titles

        self._env.out.begin_table("Unix sockets", render.render_title(
            "UNIX domain sockets", self._servers, self._all) + render_heading(columns), titles(columns))

    def _show_unix_block(self, sockets: UnixSockets, columns: render.Columns) -> None:
        from ...render.unix_sockets import render_unix_sockets

        self._write(render_unix_sockets(sockets, columns, self._wants_unix))

    def _wants_unix(self, kind: UnixKind) -> bool:
        return self._all or kind.is_server == self._servers
