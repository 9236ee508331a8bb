"""Sockets as /proc/net lists them: tcp, udp, udplite and raw, each in a file per IP version.

Here are the columns that sock_diag lacks: timers with their probes, the owner of a half-open
connection, raw and UDP-Lite sockets.  The format is that of `tcp4_seq_show` in net/ipv4/tcp_ipv4.c and
its sisters.
"""

from __future__ import annotations

from _struct import Struct, unpack
from _struct import error as StructError  # type: ignore[attr-defined]
from sys import byteorder

from ...records.connections import Connections, Timer
from ..files import net_file, read_blocks, unsigned

NO_TIMER = Timer(0, 0, 0, 0)
# Rows of IPv4 have one width: the kernel fills them up.  Behind the colon of their number stand, each after a blank:
# address:port of both ends, the columns from the state to the probes, which many rows share, the inode and more.
IN_COLUMNS = "x8sx4sx8sx4sx56sx"
BETWEEN = {0: b" ", 9: b":", 14: b" ", 23: b":", 28: b" ", 85: b" "}
REST = 86
NO_COLUMNS = ValueError, LookupError, StructError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..door import Door

    Row = tuple[int, int, int, bytes, bytes, int, int, int, int, Timer]


class BogusRow(Exception):
    """A line of /proc/net that is not a row."""


def parse_socket(line: bytes) -> Row:
    """One row as a tuple in the order of `records.connections.Connections`.  Raises BogusRow.

    >>> line = b"0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:00000000 00000000 1000 0 4242 1"
    >>> parse_socket(line)[:5]
    (10, 8080, 0, b'\\x7f\\x00\\x00\\x01', b'\\x00\\x00\\x00\\x00')
    """
    try:
        _, local, remote, state, queues, timer, retransmits, user, probes, inode, *_ = line.split(None, 10)
        local, local_port = local.split(b":")
        remote, remote_port = remote.split(b":")
        send_queue, receive_queue = _pair(queues)
        return (unsigned(state), unsigned(local_port), unsigned(remote_port), PACKED[local],
                PACKED[remote], receive_queue, send_queue, unsigned(user, 10), unsigned(inode, 10),
                _timer(timer, retransmits, probes))
    except ValueError:
        raise BogusRow(line) from None


def _pair(text: bytes) -> tuple[int, int]:
    first, second = text.split(b":")
    return unsigned(first), unsigned(second)


def _timer(timer: bytes, retransmits: bytes, probes: bytes) -> Timer:
    """Most sockets wait for nothing; they share one record."""
    if timer == b"00:00000000" and retransmits == b"00000000" and probes == b"0":
        return NO_TIMER
    return Timer.of((*_pair(timer), unsigned(retransmits), unsigned(probes, 10)))


class _Packed(dict[bytes, bytes]):
    """The kernel's hexadecimal groups, each in the machine's byte order, -> packed address."""

    ROOM = 1 << 16

    def __missing__(self, text: bytes) -> bytes:
        raw = bytes.fromhex(text.decode("ascii"))
        if len(raw) not in (4, 16):
            raise ValueError(text)
        if byteorder == "little":
            raw = b"".join([raw[start:start + 4][::-1] for start in range(0, len(raw), 4)])
        if len(self) >= self.ROOM:
            self.clear()
        self[text] = raw
        return raw


PACKED = _Packed()


def parse_columns(block: bytes) -> Connections:
    """The sockets of some rows that stand in columns.  Raises one of NO_COLUMNS where they do not."""
    width = block.index(b"\n") + 1
    first = block.index(b":") + 1
    rows = (len(block) + 1) // width
    between = {first + place: blank for place, blank in BETWEEN.items()} | {width - 1: b"\n"}
    block += b"\n"
    if len(block) != rows * width or any([block[place::width] != blank * rows for place, blank in between.items()]):
        raise ValueError
    layout = Struct(f"{first}x{IN_COLUMNS}{width - first - REST}s")
    local, local_ports, remote, remote_ports, shared, rests = zip(*layout.iter_unpack(block))
    kinds = {columns: _parse_shared(columns) for columns in set(shared)}
    states, received, to_send, users, timers = zip(*map(kinds.__getitem__, shared))
    return Connections.of((states, _ports(local_ports), _ports(remote_ports), list(map(PACKED.__getitem__, local)),
                           list(map(PACKED.__getitem__, remote)), received, to_send, users,
                           [int(rest.split(None, 1)[0]) for rest in rests], timers))


def _parse_shared(columns: bytes) -> tuple[int, int, int, int, Timer]:
    state, queues, timer, retransmits, user, probes = columns.split()
    to_send, received = _pair(queues)
    return unsigned(state), received, to_send, unsigned(user, 10), _timer(timer, retransmits, probes)


def _ports(column: tuple[bytes, ...]) -> tuple[int, ...]:
    """Four hexadecimal digits each."""
    return unpack(f"!{len(column)}H", bytes.fromhex(b"".join(column).decode("ascii")))


def parse_block(lines: Iterable[bytes], bogus: Callable[[], object]) -> Connections:
    """The sockets of some lines; `bogus()` is called for each line that is none."""
    rows = []
    for line in lines:
        try:
            rows.append(parse_socket(line))
        except BogusRow:
            bogus()
    return Connections.of_rows(rows)


def read_sockets(world: Door, table: str, bogus: Callable[[], object]) -> Iterator[Connections]:
    """Yield the sockets of /proc/net/TABLE (``tcp6``, ``raw``…) as `Connections`, block by block.

    Opens the file at once: OSError where the kernel has no such protocol.  No privilege needed.
    """
    return parsed(read_blocks(world.files, net_file(world, table)), bogus)


def parsed(blocks: Iterable[bytes], bogus: Callable[[], object]) -> Iterator[Connections]:
    """The sockets of a file, of whole lines, block by block."""
    first = True
    for block in blocks:
        rows = block.partition(b"\n")[2] if first else block  # without the heading
        first = False
        try:
            sockets = parse_columns(rows)
        except NO_COLUMNS:
            sockets = parse_block(rows.split(b"\n") if rows else [], bogus)
        yield sockets
