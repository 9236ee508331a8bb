"""The IPv4 neighbour table: read over rtnetlink or from /proc/net/arp, changed by the arp(7) ioctls."""

from __future__ import annotations

from _socket import AF_INET, inet_aton
from itertools import chain

from ...errors import KernelRefused
from ...records.neighbours import Neighbour
from .. import ioctls
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
    return chain([next(blocks, [])], blocks)


def _parsed(blocks: Iterable[bytes]) -> Iterator[list[Neighbour]]:
    first = 1  # the heading
    for block in blocks:
        lines = block.decode("utf-8", "surrogateescape").split("\n")[first:]
        rows = parse_arp(lines)
        yield rows
        if len(rows) < len(lines):
            break
        first = 0


class ArpRequest:
    """A struct arpreq (<linux/if_arp.h>) under construction: 68 bytes of three sockaddrs."""

    def __init__(self, address: str, flags: int):
        self.address = address
        self.flags = flags
        self.hardware_type = 0
        self.hardware_address = b""
        self.netmask: str | None = None
        self.device = ""

    def to_wire(self) -> bytes:
        return ioctls.ARP.pack(_internet(self.address), self.hardware_type, self.hardware_address, self.flags,
                               _internet(self.netmask) if self.netmask else b"", ioctls.encoded_name(self.device))


def set_neighbour(world: Door, request: ArpRequest) -> None:
    """Add or replace an entry (SIOCSARP; CAP_NET_ADMIN).  Raises KernelRefused."""
    _change(world, ioctls.SIOCSARP, "SIOCSARP", request)


def delete_neighbour(world: Door, request: ArpRequest) -> None:
    """Remove an entry (SIOCDARP; CAP_NET_ADMIN).  Raises KernelRefused."""
    _change(world, ioctls.SIOCDARP, "SIOCDARP", request)


def read_device_address(world: Door, device: str) -> tuple[int, bytes]:
    """Hardware type and address of an interface (SIOCGIFHWADDR).  Raises OSError."""
    with world.ioctls as control:
        return ioctls.HARDWARE.unpack(ioctls.ask(control, ioctls.SIOCGIFHWADDR, device))


def _internet(address: str) -> bytes:
    return ioctls.INTERNET.pack(AF_INET, 0, inet_aton(address))


def _change(world: Door, number: int, what: str, request: ArpRequest) -> None:
    with world.ioctls as control:
        try:
            control.call(AF_INET, number, request.to_wire())
        except OSError as refusal:
            raise KernelRefused(refusal.errno, what) from None
