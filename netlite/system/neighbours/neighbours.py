"""The IPv4 neighbour table: read over rtnetlink or from /proc/net/arp."""

from __future__ import annotations

from ...errors import KernelRefused
from ...records.neighbours import Neighbour
from ..files import net_file, read_blocks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ...records.neighbours import NeighbourRow
    from ..door import Door


def parse_arp(lines: Iterable[str]) -> list[Neighbour]:
    """The rows of /proc/net/arp below its heading, in the kernel's order.

    An interface without hardware addresses leaves that column empty, so a row of five words
    lacks it.  A malformed row ends the table, as it does for the original.
    """
    rows = []
    for line in lines:
        words = [word for word in line.split(" ") if word]  # a device's name may hold other blanks
        if len(words) == 5:
            words.insert(3, "")
        if len(words) != 6:
            break
        address, kind, flags, hardware, mask, device = words
        try:
            rows.append(Neighbour(address, int(kind, 16), int(flags, 16), hardware, mask, device))
        except ValueError:
            break
    return rows


def read_arp(world: Door) -> Iterator[Sequence[NeighbourRow]]:
    """The IPv4 neighbours of this network namespace, block by block: tuples in the order of `Neighbour`.

    Over rtnetlink, or from /proc/net/arp where that is refused.  Raises OSError from this call where there is neither;
    KernelRefused or OSError where the table breaks off later.
    """
    try:
        from .dump import dump_arp

        return _begun(dump_arp(world))
    except (OSError, KernelRefused):
        return _begun(_parsed(read_blocks(world.files, net_file(world, "arp"))))


def _begun(blocks: Iterator[Sequence[NeighbourRow]]) -> Iterator[Sequence[NeighbourRow]]:
    """The same blocks; the first is read now."""
    first = next(blocks, [])
    return (block for part in ([first], blocks) for block in part)


def _parsed(blocks: Iterable[bytes]) -> Iterator[list[Neighbour]]:
    first = 1  # the heading
    for block in blocks:
        lines = block.decode("utf-8", "surrogateescape").split("\n")[first:]
        rows = parse_arp(lines)
        yield rows
        if len(rows) < len(lines):
            break
        first = 0
