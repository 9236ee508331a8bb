"""Unix domain sockets, from /proc/net/unix (unix_diag knows no reference count)."""

from __future__ import annotations

from _operator import itemgetter

from ...records.unix_sockets import UnixKind, UnixSockets
from ..files import net_file, read_blocks, unsigned

KIND_CHARACTERS = len("00000002 00000000 00010000 0001 01")
INODE_DIGITS = 20                     # of 64 bits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ..door import Door


def parse_block(lines: list[str], bogus: Callable[[], object]) -> UnixSockets:
    """The sockets of some lines; `bogus()` is called for a line that is none.

    The kernel writes one blank before the path, so all that follows belongs to it, blanks included.

    >>> parse_block(["0: 00000002 00000000 00010000 0001 01 4242 /run/a b.sock"], print).paths
    ('/run/a b.sock',)
    """
    start = lines[0].find(":") + 2 if lines else 0  # as wide as an address of this kernel
    middle = start + KIND_CHARACTERS
    kinds = list(map(itemgetter(slice(start, middle)), lines))
    inodes: Sequence[str] = list(map(itemgetter(slice(middle + 1, None)), lines))
    paths: Sequence[str] = [""] * len(lines)
    try:
        meanings = {kind: parse_kind(kind) for kind in set(kinds)}
        if not _are_numbers(inodes):
            inodes, _, paths = zip(*[rest.lstrip(" ").partition(" ") for rest in inodes])
            if not _are_numbers(inodes):
                raise ValueError
        if max(map(len, inodes), default=0) > INODE_DIGITS:
            raise ValueError
    except ValueError:
        return _parse_one_by_one(lines, bogus)
    return UnixSockets(meanings, kinds, inodes, paths)


def _are_numbers(texts: Sequence[str]) -> bool:
    digits = "".join(texts)
    return all(texts) and digits.isascii() and digits.encode().isdigit()


def parse_kind(columns: str) -> UnixKind:
    """What the hexadecimal columns of a row say.  Raises ValueError where they are none."""
    references, protocol, flags, kind, state = map(unsigned, columns.split())
    return UnixKind(references, protocol, flags, kind, state)


def _parse_one_by_one(lines: list[str], bogus: Callable[[], object]) -> UnixSockets:
    """For rows that do not stand in columns, or are none."""
    meanings, rows = {}, []
    for line in lines:
        try:
            _, *numbers, rest = line.split(None, 6)
            kind = " ".join(numbers)
            inode, _, path = rest.partition(" ")
            meanings[kind] = parse_kind(kind)
            rows.append((kind, str(unsigned(inode, 10)), path))
        except ValueError:
            bogus()
    return UnixSockets(meanings, *(zip(*rows) if rows else ((), (), ())))


def read_unix_sockets(world: Door, bogus: Callable[[], object]) -> Iterator[UnixSockets]:
    """Yield `UnixSockets`, block by block; `bogus()` is called for a line that is no row.

    Opens the file at once: OSError where the kernel has no Unix sockets.  No privilege needed.
    """
    return _parsed(read_blocks(world.files, net_file(world, "unix")), bogus)


def _parsed(blocks: Iterable[bytes], bogus: Callable[[], object]) -> Iterator[UnixSockets]:
    first = 1  # the heading
    for block in blocks:
        yield parse_block(block.decode("utf-8", "surrogateescape").split("\n")[first:], bogus)
        first = 0
