"""The table of Internet sockets, as netstat of net-tools prints it.

Rows are `records.connections.Connection` or plain tuples in the order of its fields: a record is
such a tuple, so there is one renderer and the two cannot differ.  `hosts`, `ports` (with their
colon), `users`, `owners` and `contexts` are mappings from number to text.
"""

from __future__ import annotations

from itertools import repeat

from ..records.connections import TCP_STATE_NAMES, Connection, Timer
from ..records.record import Record

PLACE_CHARACTERS, HOST_AND_PORT, LONGEST_PORT = 23, 22, 18
OWNER_CHARACTERS = 19
TCP_TIMERS = ("off", "on", "keepalive", "timewait", "probe")
DATAGRAM_TIMERS = ("off", "on1", "on2")
USER, INODE, TIMER = (Connection.fields.index(name) for name in ("user_id", "inode", "timer"))


class Columns(Record):
    """The columns after the state: mappings from user id, inode and inode to text, or None for no column."""

    users: dict | None = None
    owners: dict | None = None
    contexts: dict | None = None
    timers: bool = False


class _States(dict):
    """State -> its name, padded; UNKNOWN for what has none (netstat reads past its table there)."""

    def __missing__(self, state: int) -> str:
        return "UNKNOWN    "


class _Numbers(dict):
    """State -> its number, padded."""

    def __missing__(self, state: int) -> str:
        return f"{state:<11}"


TCP_STATES = _States((number, f"{name:11}") for number, name in enumerate(TCP_STATE_NAMES))
STATES = {"tcp": TCP_STATES, "udp": _States({1: "ESTABLISHED", 7: " " * 11}), "raw": _Numbers()}
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


def render_shared_heading(columns: Columns) -> str:
    """The names of the columns that Unix sockets have too."""
    return ((f" {'PID/Program name':20}" if columns.owners is not None else "")
            + (f"{' Security Context':50}" if columns.contexts is not None else ""))


def render_sockets(rows: list, protocol: str, label: str, hosts, ports, columns: Columns, wide: bool) -> str:
    """The lines of some rows.

    `protocol` (tcp, udp, raw) says how states and timers are named, `label` is the first column;
    unless `wide`, addresses are cut to fit.
    """
    states = STATES[protocol]
    room = 1 << 30 if wide else PLACE_CHARACTERS
    idle = f"{label:5}      0      0"
    return "".join([
        f"{idle if not (received or to_send) else f'{label:5} {received:6} {to_send:6}'}"
        f" {place.ljust(23) if len(place := hosts[source] + ports[port]) <= room else _cut(place)}"
        f" {place.ljust(23) if len(place := hosts[target] + ports[target_port]) <= room else _cut(place)}"
        f" {states[state]}{tail}"
        for (_, state, port, target_port, source, target, received, to_send, _, _, _), tail
        in zip(rows, render_tails(rows, protocol, columns))])


def _cut(place: str) -> str:
    """A place that is too long for its column: at most 18 characters of the port, the host's tail is lost."""
    host, colon, port = place.rpartition(":")
    port = port[:LONGEST_PORT]
    return host[:HOST_AND_PORT - len(port)] + colon + port


def render_tails(rows: list, protocol: str, columns: Columns):
    """The end of each row's line: the columns that were asked for, and the newline."""
    parts = []
    if columns.users is not None:
        parts.append([f" {columns.users[row[USER]].ljust(10)} {row[INODE]:<10}" for row in rows])
    if columns.owners is not None or columns.contexts is not None:
        parts.append([render_owner(row[INODE], columns) for row in rows])
    if columns.timers:
        timers = {row[TIMER] for row in rows}  # most wait for nothing
        texts = {timer: " " + render_timer(timer, protocol) for timer in timers}
        parts.append([texts[row[TIMER]] for row in rows])
    if not parts:
        return repeat("\n")
    return map("".join, zip(*parts, repeat("\n")))


def render_owner(inode: int, columns: Columns) -> str:
    """The columns of the process that has a socket open."""
    return ((f" {columns.owners[inode]:20}" if columns.owners is not None else "")
            + (f" {columns.contexts[inode]:50}" if columns.contexts is not None else ""))


class OwnerTexts(dict):
    """Inode -> what the column shows; a dash where no process is known."""

    def __missing__(self, inode: int) -> str:
        return "-"


def owner_texts(by_inode: dict) -> OwnerTexts:
    """PID/Program of each `system.owners.Owner`, cut to the column."""
    return OwnerTexts((inode, f"{owner.process_id}/{owner.name}"[:OWNER_CHARACTERS])
                      for inode, owner in by_inode.items())


def context_texts(by_inode: dict) -> OwnerTexts:
    """The SELinux context of each `system.owners.Owner`."""
    return OwnerTexts((inode, owner.context or "-") for inode, owner in by_inode.items())


def render_timer(timer: Timer, protocol: str) -> str:
    """What a socket waits for: kind (seconds/retransmits/unanswered probes)."""
    names = TCP_TIMERS if protocol == "tcp" else DATAGRAM_TIMERS
    name = names[timer.kind] if timer.kind < len(names) else f"unkn-{timer.kind}"
    retransmits = timer.retransmits if protocol == "tcp" else 0
    return f"{name} ({timer.ticks / 100:.2f}/{retransmits}/{timer.probes})"
