"""Sockets as /proc/net lists them: tcp, udp, udplite and raw, each in a file per IP version.

Here are the columns that sock_diag lacks: timers with their probes, the owner of a half-open
connection, raw and UDP-Lite sockets.  The format is that of `tcp4_seq_show` in net/ipv4/tcp_ipv4.c and
its sisters.
"""

from __future__ import annotations

from ..records.connections import Timer
from .procfs import net_folder, read_lines


class BogusRow(Exception):
    """A line of /proc/net that is not a row."""


def parse_socket(line: bytes, protocol: str) -> tuple:
    """One row as a tuple in the order of `records.connections.Connection`.  Raises BogusRow.

    >>> line = b"0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:00000000 00000000 1000 0 4242 1"
    >>> parse_socket(line, "tcp")[:6]
    ('tcp', 10, 8080, 0, b'\\x7f\\x00\\x00\\x01', b'\\x00\\x00\\x00\\x00')
    """
    words = line.split()
    try:
        local, local_port = words[1].split(b":")
        remote, remote_port = words[2].split(b":")
        send_queue, receive_queue = words[4].split(b":")
        kind, ticks = words[5].split(b":")
        timer = Timer(int(kind, 16), int(ticks, 16), int(words[6], 16),
                      int(words[8]) if len(words) > 8 else 0)
        return (protocol, int(words[3], 16), int(local_port, 16), int(remote_port, 16),
                _packed(local), _packed(remote), int(receive_queue, 16), int(send_queue, 16),
                int(words[7]) if len(words) > 7 else 0, int(words[9]) if len(words) > 9 else 0, timer)
    except (ValueError, IndexError):
        raise BogusRow(line) from None


def _packed(text: bytes) -> bytes:
    """An address from the kernel's %08X groups, each in the machine's byte order."""
    from sys import byteorder

    raw = bytes.fromhex(text.decode("ascii"))
    if len(raw) not in (4, 16):
        raise ValueError(text)
    if byteorder == "big":
        return raw
    return b"".join(raw[start:start + 4][::-1] for start in range(0, len(raw), 4))


def parse_block(lines, protocol: str, bogus) -> list[tuple]:
    """The rows of some lines; `bogus()` is called for each that is none."""
    rows = []
    for line in lines:
        try:
            rows.append(parse_socket(line, protocol))
        except BogusRow:
            bogus()
    return rows


def read_sockets(proc: str, protocol: str, bogus):
    """Yield lists of rows of /proc/net/PROTOCOL (``tcp6``, ``raw``…), block by block.

    Opens the file at once: OSError where the kernel has no such protocol.  No privilege needed.
    """
    return _rows(read_lines(f"{net_folder(proc)}/{protocol}"), protocol, bogus)


def _rows(blocks, protocol: str, bogus):
    first = 1  # the heading
    for lines in blocks:
        yield parse_block(lines[first:], protocol, bogus)
        first = 0
