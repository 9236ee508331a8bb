"""SCTP endpoints and associations, from /proc/net/sctp/eps and assocs (net/sctp/proc.c)."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_pton

from ...records.sctp import SctpSocket
from ..files import net_file, read_lines

LISTENING = 10

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..door import Door


def parse_endpoint(line: str) -> SctpSocket | None:
    """A row of eps: ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS; None where it is not one."""
    words = line.split()
    try:
        return SctpSocket(True, int(words[3]), int(words[5]), 0, _addresses(words[8:]), (), 0, 0,
                          int(words[6]), int(words[7]))
    except (ValueError, IndexError, OSError):
        return None


def parse_association(line: str) -> SctpSocket | None:
    """A row of assocs: ASSOC SOCK STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT
    LADDRS <-> RADDRS HBINT…; the state of the socket (SST) is the one to show.

    The kernel ends the remote addresses with a tab; None where the line is not a row.
    """
    words = line.partition("\t")[0].split()
    try:
        middle = words.index("<->")
        return SctpSocket(False, int(words[3]), int(words[11]), int(words[12]),
                          _addresses(words[13:middle]), _addresses(words[middle + 1:]),
                          int(words[8]), int(words[7]), int(words[9]), int(words[10]))
    except (ValueError, IndexError, OSError):
        return None


def _addresses(words: list[str]) -> tuple[bytes, ...]:
    """Packed addresses; a star marks the primary one and is dropped.  Raises OSError, as inet_pton."""
    texts = (word.lstrip("*") for word in words)
    return tuple(inet_pton(AF_INET6 if ":" in text else AF_INET, text) for text in texts)


def read_sctp(world: Door, table: str) -> list[SctpSocket]:
    """The rows of ``eps`` or ``assocs``.  Raises OSError where the sctp module is not loaded."""
    parse = parse_endpoint if table == "eps" else parse_association
    lines = [line for block in read_lines(world.files, net_file(world, f"sctp/{table}")) for line in block]
    rows = (parse(line.decode("ascii", "replace")) for line in lines[1:])
    return [row for row in rows if row is not None]
