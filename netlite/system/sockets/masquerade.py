"""Masqueraded connections, from /proc/net/ip_masquerade of Linux before 2.4."""

from __future__ import annotations

from ...records.masquerade import MasqueradedConnection
from ..files import net_file, read_lines, unsigned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..door import Door


def parse_masqueraded(line: str) -> MasqueradedConnection | None:
    """Protocol, source:port, destination:port, masqueraded port, initial sequence, delta, previous delta,
    ticks (1/100 s) until it expires; None where the line is not a row."""
    words = line.replace(":", " ").split()
    try:
        source, source_port, target, target_port, masqueraded = map(unsigned, words[1:6])
        return MasqueradedConnection(
            words[0].lower(), source.to_bytes(4, "big"), source_port, target.to_bytes(4, "big"), target_port,
            masqueraded, unsigned(words[6]), int(words[7]), int(words[8]), int(words[9]))
    except (ValueError, IndexError, OverflowError):
        return None


def read_masqueraded(world: Door) -> list[MasqueradedConnection]:
    """All rows.  Raises OSError (ENOENT) on every kernel of this century."""
    lines = [line for block in read_lines(world.files, net_file(world, "ip_masquerade")) for line in block]
    rows = (parse_masqueraded(line.decode("ascii", "replace")) for line in lines[1:])
    return [row for row in rows if row is not None]
