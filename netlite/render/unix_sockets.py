"""The table of Unix domain sockets, as netstat of net-tools prints it."""

from __future__ import annotations

from ..records.connections import UnixSocket
from .connections import Columns, render_owner, render_shared_heading

TYPES = {1: "STREAM", 2: "DGRAM", 3: "RAW", 4: "RDM", 5: "SEQPACKET"}
STATES = {0: "FREE", 2: "CONNECTING", 3: "CONNECTED", 4: "DISCONNECTING"}
ACCEPTS, WAITS_FOR_DATA, NO_SPACE = 0x10000, 0x20000, 0x40000
DOTS = {byte: ord(".") for byte in (*range(32), 127)}


def render_heading(columns: Columns) -> str:
    """The names of the columns."""
    return ("Proto RefCnt Flags       Type       State         I-Node  "
            f"{render_shared_heading(columns)} Path\n")


def render_unix_socket(socket: UnixSocket, columns: Columns) -> str:
    """One line.  Control characters in a path become dots, so that it cannot steer a terminal."""
    _, protocol, flags, kind, state, inode, path = socket
    shown = (f"[ {'ACC ' if flags & ACCEPTS else ''}{'W ' if flags & WAITS_FOR_DATA else ''}"
             f"{'N ' if flags & NO_SPACE else ''}]")
    if state == UnixSocket.UNCONNECTED:
        state_name = "LISTENING" if flags & ACCEPTS else ""
    else:
        state_name = STATES.get(state, "UNKNOWN")
    return (f"{'??' if protocol else 'unix':5} {socket.references:<6} {shown:11} "
            f"{TYPES.get(kind, 'UNKNOWN'):10} {state_name:13} {inode:<8}{render_owner(inode, columns)} "
            f"{path.decode('utf-8', 'surrogateescape').translate(DOTS)}\n")
