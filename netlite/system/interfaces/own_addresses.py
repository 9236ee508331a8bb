"""The addresses others may reach this host at: what ``hostname -I`` lists."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop

from ...errors import KernelRefused
from ...records.interfaces import InterfaceFlags
from .. import ioctls
from ..netlink import compiled
from ..netlink.channel import HEADER, ROUTE, attributes, decoded, dump_again
from .links import ADDRESS_ATTRIBUTES

REQUESTS = {AF_INET: compiled.ADDRESSES4_REQUEST, AF_INET6: compiled.ADDRESSES6_REQUEST}
LINK_LOCAL = 0x20  # scope in /proc/net/if_inet6

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..door import Door
    from ..netlink.channel import Chunk


def read_own_addresses(world: Door) -> list[str]:
    """Addresses of all interfaces that are up and no loopback, without link-local IPv6 ones.

    IPv4 first, each family in the kernel's order (RTM_GETADDR); where netlink is refused, as SIOCGIFCONF and
    /proc/net/if_inet6 list them.  Raises OSError where there is neither.
    """
    try:
        return _dumped_addresses(world)
    except (OSError, KernelRefused):
        return _listed_addresses(world)


def _dumped_addresses(world: Door) -> list[str]:
    found = []
    flags: dict[int, int] = {}
    with world.netlink(ROUTE) as channel:
        for af, request in REQUESTS.items():
            for chunk in dump_again(channel, compiled.RTM_GETADDR, request, "RTM_GETADDR"):
                for index, address in _addresses(af, chunk):
                    if index not in flags:
                        flags[index] = _flags_of(world, index)
                    if _is_reachable(flags[index]) and address:
                        found.append(address)
    return found


def _addresses(af: int, chunk: bytes | memoryview) -> Iterator[tuple[int, str | None]]:
    """(interface index, address) of each message."""
    return decoded(chunk, lambda start, end: (compiled.ADDRESS.unpack_from(chunk, start + HEADER.size)[4],
                                              _address(af, chunk, start, end)))


def _is_reachable(flags: int) -> bool:
    return bool(flags & InterfaceFlags.UP) and not flags & InterfaceFlags.LOOPBACK


def _address(af: int, chunk: Chunk, start: int, end: int) -> str | None:
    """The local address of a message; None for one that is only good on its link (fe80::/10)."""
    values = attributes(chunk, start + ADDRESS_ATTRIBUTES, end)
    packed = values.get(compiled.IFA_LOCAL) or values[compiled.IFA_ADDRESS]
    link_local = af == AF_INET6 and packed[0] == 0xFE and packed[1] & 0xC0 == 0x80
    return None if link_local else inet_ntop(af, packed)


def _flags_of(world: Door, index: int) -> int:
    try:
        return _flags(world, world.device_name(index))
    except OSError:
        return 0


def _flags(world: Door, name: str) -> int:
    try:
        with world.ioctls as control:
            flags: int = ioctls.FLAGS.unpack(ioctls.ask(control, ioctls.SIOCGIFFLAGS, name))[0]
    except OSError:
        return 0                      # gone since it was listed
    return flags


def _listed_addresses(world: Door) -> list[str]:
    """By ioctls and /proc."""
    from .interfaces import read_if_inet6

    with world.ioctls as control:
        rows = [(name.partition(":")[0], inet_ntop(AF_INET, packed)) for name, packed in control.addresses()]
    rows += [(name, address.address) for name, addresses in read_if_inet6(world).items() for address in addresses
             if address.scope != LINK_LOCAL]
    reachable = {name for name, _ in rows if _is_reachable(_flags(world, name))}
    return [address for name, address in rows if name in reachable]
