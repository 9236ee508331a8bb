"""The table of Internet sockets, as netstat of net-tools prints it.

Whole columns (`records.connections.Connections`) become text, one mapping after the other: `hosts`, `users`, `owners`
and `contexts` give the text of a number, `ports` puts its numbers behind hosts.
"""

from __future__ import annotations

from ..records.connections import TCP_STATE_NAMES, Connections, TcpState, Timer
from ..records.record import Record
from .byte_widths import padded, shortened, width
from .visible import ascii_dotted, dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Protocol

    from ..records.owners import Owner

    class Ports(Protocol):
        """What is asked of `system.names.numbers.PortNames`."""

        def behind(self, hosts: Iterable[str], ports: Iterable[int]) -> Iterable[str]: ...

PLACE_BYTES, HOST_AND_PORT, LONGEST_PORT = 23, 22, 18
OWNER_BYTES = 19
TCP_TIMERS = ("off", "on", "keepalive", "timewait", "probe")
DATAGRAM_TIMERS = ("off", "on1", "on2")


class Columns(Record):
    """The columns after the state: texts by user id, inode and inode, or None for no column."""

    users: Mapping[int, str] | None = None
    owners: OwnerTexts | None = None
    contexts: OwnerTexts | None = None
    timers: bool = False


class _States(dict[int, str]):
    """State -> its name, padded; UNKNOWN for what has none (netstat reads past its table there)."""

    def __missing__(self, state: int) -> str:
        return "UNKNOWN    "


class _Numbers(dict[int, str]):
    """State -> its number, padded."""

    def __missing__(self, state: int) -> str:
        return f"{state:<11}"


TCP_STATES = _States((number, f"{name:11}") for number, name in enumerate(TCP_STATE_NAMES))
STATES: dict[str, dict[int, str]] = {
    "tcp": TCP_STATES, "udp": _States({TcpState.ESTABLISHED: "ESTABLISHED", TcpState.CLOSE: " " * 11}),
    "raw": _Numbers()}
"""Of each protocol, which also names the services of its ports."""


def render_title(subject: str, servers: bool, everything: bool) -> str:
    """The line above a table of sockets."""
    kind = "servers and established" if everything else "only servers" if servers else "w/o servers"
    return f"Active {subject} ({kind})\n"


def render_heading(columns: Columns) -> str:
    """The names of the columns."""
    return ("Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
            + (" User       Inode     " if columns.users is not None else "")
            + render_shared_heading(columns) + (" Timer\n" if columns.timers else "\n"))


def titles(columns: Columns) -> tuple[str, ...]:
    """The names of the columns, each by itself."""
    users = ("User", "Inode") if columns.users is not None else ()
    return ("Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State", *users, *shared_titles(columns),
            *(("Timer",) if columns.timers else ()))


def shared_titles(columns: Columns) -> tuple[str, ...]:
    """Those that Unix sockets have too."""
    return ((("PID/Program name",) if columns.owners is not None else ())
            + (("Security Context",) if columns.contexts is not None else ()))


def render_shared_heading(columns: Columns) -> str:
    """The names of the columns that Unix sockets have too."""
    return ((f" {'PID/Program name':20}" if columns.owners is not None else "")
            + (f"{' Security Context':50}" if columns.contexts is not None else ""))


def render_sockets(sockets: Connections, protocol: str, label: str, hosts: Mapping[bytes, str], ports: Ports,
                   columns: Columns, room: int | None = PLACE_BYTES, fits: bool = False) -> str:
    """The lines of some sockets.

    `protocol` (tcp, udp, raw) says how states and timers are named, `label` is the first column;
    addresses with their port are cut to `room` bytes, None leaves them alone; `fits`: all are shorter.
    """
    further = _further_columns(sockets, protocol, columns)
    widths = [PLACE_BYTES + 1] * len(sockets.states)

    def joined(pad: Callable[[str, int], str]) -> str:
        local, remote = (map(pad, _places(addresses, numbers, hosts, ports, room, fits), widths)
                         for addresses, numbers in ((sockets.local_addresses, sockets.local_ports),
                                                    (sockets.remote_addresses, sockets.remote_ports)))
        states = map(STATES[protocol].__getitem__, sockets.states)
        rows = zip(_queues(sockets, label), local, remote, states, *further, ["\n"] * len(widths))
        return "".join(map("".join, rows))

    text = joined(str.ljust)
    return text if text.isascii() else joined(padded)


def _queues(sockets: Connections, label: str) -> Iterable[str]:
    """The first three columns; most sockets have nothing in their queues."""
    idle = f"{label:5}      0      0 "
    queues = sockets.receive_queues_bytes, sockets.send_queues_bytes
    if not any(map(any, queues)):
        return [idle] * len(sockets.states)
    return [f"{label:5} {received:6} {to_send:6} " if received or to_send else idle
            for received, to_send in zip(*queues)]


def _places(addresses: Iterable[bytes], numbers: Iterable[int], hosts: Mapping[bytes, str], ports: Ports,
            room: int | None, fits: bool) -> Iterable[str]:
    """Hosts with their ports; a blank follows what may be as long as its column."""
    places = ports.behind(map(hosts.__getitem__, addresses), numbers)
    if fits:
        return places
    if room is None:
        return [place + " " for place in places]
    return [place if len(place) <= room and place.isascii() else _cut(place, room) for place in places]


def _cut(place: str, room: int) -> str:
    """A place that may be too long for its column: at most 18 bytes of the port, the host's tail is lost."""
    if width(place) <= room:
        return place
    host, colon, port = place.rpartition(":")
    port = shortened(port, LONGEST_PORT)
    return shortened(host, HOST_AND_PORT - width(port)) + colon + port


def _further_columns(sockets: Connections, protocol: str, columns: Columns) -> list[list[str]]:
    """The columns that were asked for, one after the other."""
    found = []
    if columns.users is not None:
        found.append([f" {padded(columns.users[user], 10)} {inode:<10}"
                      for user, inode in zip(sockets.user_ids, sockets.inodes)])
    for texts in (columns.owners, columns.contexts):
        if texts is not None:
            found.append(texts.column(sockets.inodes))
    if columns.timers:
        timers: dict[Timer | None, str] = {timer: " " + render_timer(timer, protocol)
                                           for timer in set(sockets.timers) if timer is not None}
        found.append(list(map(timers.__getitem__, sockets.timers)))
    return found


def render_owner(inode: int, columns: Columns) -> str:
    """The columns of the process that has a socket open."""
    return "".join([texts[inode] for texts in (columns.owners, columns.contexts) if texts is not None])


class OwnerTexts:
    """Inode -> its column, a blank in front; a dash where no process is known."""

    def __init__(self, width: int, by_inode: Mapping[int, Owner], text_of: Callable[[Owner], str]):
        self._by_inode = by_inode
        self._texts: dict[Owner | None, str] = {owner: f" {padded(text_of(owner), width)}"
                                                for owner in set(by_inode.values())}
        self._texts[None] = f" {'-':{width}}"

    def __getitem__(self, inode: int) -> str:
        return self._texts[self._by_inode.get(inode)]

    def column(self, inodes: Iterable[int]) -> list[str]:
        """Those of some inodes."""
        return list(map(self._texts.__getitem__, map(self._by_inode.get, inodes)))


def owner_texts(by_inode: Mapping[int, Owner]) -> OwnerTexts:
    """PID/Program of each `Owner`, cut to the column."""
    return OwnerTexts(20, by_inode, lambda owner: f"{owner.process_id}/{ascii_dotted(owner.name)}"[:OWNER_BYTES])


def context_texts(by_inode: Mapping[int, Owner]) -> OwnerTexts:
    """The SELinux context of each `Owner`."""
    return OwnerTexts(50, by_inode, lambda owner: dotted(owner.context or "-"))


def render_timer(timer: Timer, protocol: str) -> str:
    """What a socket waits for: kind (seconds/retransmits/unanswered probes)."""
    names = TCP_TIMERS if protocol == "tcp" else DATAGRAM_TIMERS
    name = names[timer.kind] if 0 <= timer.kind < len(names) else f"unkn-{timer.kind}"
    retransmits = timer.retransmits if protocol == "tcp" else 0
    return f"{name} ({timer.ticks / 100:.2f}/{retransmits}/{timer.probes})"
