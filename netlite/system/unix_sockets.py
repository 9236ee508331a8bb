"""Unix domain sockets, from /proc/net/unix (unix_diag knows no reference count)."""

from __future__ import annotations

from ..records.connections import UnixSocket
from .procfs import net_folder, read_lines


def parse_unix_socket(line: bytes) -> UnixSocket | None:
    """One row, or None where the line is not one.

    The kernel writes one blank before the path, so all that follows belongs to it, blanks included.

    >>> parse_unix_socket(b"0: 00000002 00000000 00010000 0001 01 4242 /run/a b.sock").path
    b'/run/a b.sock'
    """
    words = line.split(None, 6)
    try:
        inode, _, path = words[6].partition(b" ")
        return UnixSocket(int(words[1], 16), int(words[2], 16), int(words[3], 16), int(words[4], 16),
                          int(words[5], 16), int(inode), path)
    except (ValueError, IndexError):
        return None


def read_unix_sockets(proc: str, bogus):
    """Yield lists of `UnixSocket`, block by block; `bogus()` is called for a line that is no row.

    Opens the file at once: OSError where the kernel has no Unix sockets.  No privilege needed.
    """
    return _rows(read_lines(f"{net_folder(proc)}/unix"), bogus)


def _rows(blocks, bogus):
    first = 1  # the heading
    for lines in blocks:
        rows = []
        for line in lines[first:]:
            row = parse_unix_socket(line)
            if row is None:
                bogus()
            else:
                rows.append(row)
        first = 0
        yield rows
