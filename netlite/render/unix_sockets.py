"""The table of Unix domain sockets, as netstat of net-tools prints it."""

from __future__ import annotations

from itertools import chain, repeat

from ..records.unix_sockets import UnixKind, UnixSockets
from .connections import Columns, render_owner, render_shared_heading, shared_titles
from .visible import dotted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TYPES = {1: "STREAM", 2: "DGRAM", 3: "RAW", 4: "RDM", 5: "SEQPACKET"}
STATES = {0: "FREE", 2: "CONNECTING", 3: "CONNECTED", 4: "DISCONNECTING"}
ACCEPTS, WAITS_FOR_DATA, NO_SPACE = 0x10000, 0x20000, 0x40000


def render_heading(columns: Columns) -> str:
    """The names of the columns."""
    return ("Proto RefCnt Flags       Type       State         I-Node  "
            f"{render_shared_heading(columns)} Path\n")


def titles(columns: Columns) -> tuple[str, ...]:
    """The names of the columns, each by itself."""
    return "Proto", "RefCnt", "Flags", "Type", "State", "I-Node", *shared_titles(columns), "Path"


def render_unix_sockets(sockets: UnixSockets, columns: Columns,
                        wanted: Callable[[UnixKind], bool]) -> str:
    """The lines of those sockets whose kind is `wanted`.

    What cannot be printed becomes dots (`dotted`).
    """
    texts = {kind: _render_kind(meaning) if wanted(meaning) else "" for kind, meaning in sockets.meanings.items()}
    ends: Iterable[str] = repeat(" \n")
    if any(sockets.paths):
        paths = sockets.paths if "".join(sockets.paths).isprintable() else map(dotted, sockets.paths)
        ends = [f" {path}\n" for path in paths]
    if columns.owners is not None or columns.contexts is not None:
        ends = [render_owner(int(inode), columns) + end for inode, end in zip(sockets.inodes, ends)]
    inodes = map(str.ljust, sockets.inodes, repeat(8))
    rows: Iterable[tuple[str, ...]] = zip(map(texts.__getitem__, sockets.kinds), inodes, ends)
    if "" in texts.values():
        rows = [row for row in rows if row[0]]
    return "".join(chain.from_iterable(rows))


def _render_kind(kind: UnixKind) -> str:
    """The columns before the inode."""
    references, protocol, flags, number, state = kind
    shown = (f"[ {'ACC ' if flags & ACCEPTS else ''}{'W ' if flags & WAITS_FOR_DATA else ''}"
             f"{'N ' if flags & NO_SPACE else ''}]")
    if state == UnixKind.UNCONNECTED:
        state_name = "LISTENING" if flags & ACCEPTS else ""
    else:
        state_name = STATES.get(state, "UNKNOWN")
    return (f"{'??' if protocol else 'unix':5} {references:<6} {shown:11} "
            f"{TYPES.get(number, 'UNKNOWN'):10} {state_name:13} ")
