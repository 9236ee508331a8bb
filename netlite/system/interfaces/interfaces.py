"""The interfaces of a network namespace, under the names that ifconfig gives them.

From rtnetlink: links and IPv4 addresses.  From /proc/net/if_inet6: IPv6 addresses, because ifconfig
lists them in that file's order.  Where netlink is refused: /proc/net/dev and the ioctls of
netdevice(7).  No privilege is needed.
"""

from __future__ import annotations

from _socket import AF_INET6, inet_ntoa, inet_ntop
from errno import ENODEV

from ...errors import KernelRefused
from ...records.interfaces import HardwareMap, Interface, InterfaceAddress, InterfaceCounters
from .. import ioctls
from ..files import net_file, read_text

V4_MAPPED = bytes(10) + b"\xff\xff"
ADDRESS_REQUESTS = (ioctls.SIOCGIFADDR, ioctls.SIOCGIFDSTADDR, ioctls.SIOCGIFBRDADDR, ioctls.SIOCGIFNETMASK)
COLUMNS = len(InterfaceCounters.fields)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _struct import Struct
    from collections.abc import Callable

    from ..door import Door, IoctlDoor

    Addresses = dict[str, list[InterfaceAddress]]


def read_interfaces(world: Door, warn: Callable[[str], None]) -> list[Interface]:
    """Every interface, and every address label (``eth0:1``) as one more; in no particular order.

    `warn` is called with lines for the user.
    """
    addresses6 = read_if_inet6(world)
    try:
        from . import links

        return links.read_links(world, addresses6)
    except (OSError, KernelRefused):
        pass
    counters = read_net_dev(world, warn) or {}
    with world.ioctls as control:
        found = []
        for name in dict.fromkeys([*counters, *(name for name, _ in control.addresses())]):
            try:
                found.append(_ask_for(control, name, addresses6, counters))
            except OSError:
                continue  # gone since it was listed
        return found


def read_interface(world: Door, name: str, warn: Callable[[str], None]) -> Interface | None:
    """One interface, label or alternative name.  Raises OSError or KernelRefused (ENODEV).

    None where there is nothing to ask: neither netlink nor /proc/net/dev.
    """
    addresses6 = read_if_inet6(world)
    try:
        from ..netlink.channel import ROUTE
        from . import links

        with world.netlink(ROUTE) as channel:
            return links.read_link(channel, name, addresses6)
    except KernelRefused as refusal:
        if refusal.errno == ENODEV:
            raise
    except OSError:
        pass
    counters = read_net_dev(world, warn)
    if counters is None:
        return None
    with world.ioctls as control:
        return _ask_for(control, name, addresses6, counters)


def read_if_inet6(world: Door) -> dict[str, list[InterfaceAddress]]:
    """`parse_if_inet6` of /proc/net/if_inet6; empty where IPv6 is off."""
    try:
        return parse_if_inet6(read_text(world.files, net_file(world, "if_inet6")))
    except OSError:
        return {}


def parse_if_inet6(text: str) -> dict[str, list[InterfaceAddress]]:
    """Interface name -> its IPv6 addresses in the file's order (a hash table's)."""
    table: dict[str, list[InterfaceAddress]] = {}
    for line in text.split("\n"):
        words = [word for word in line.split(" ") if word]  # a name may hold other blanks
        if len(words) != 6:
            continue
        try:
            packed = bytes.fromhex(words[0])
            mapped = packed.startswith(V4_MAPPED)
            address = inet_ntoa(packed[12:]) if mapped else inet_ntop(AF_INET6, packed)
            row = InterfaceAddress(address, int(words[2], 16), int(words[3], 16))
        except (ValueError, OSError):
            continue
        table.setdefault(words[5], []).append(row)
    return table


def read_net_dev(world: Door, warn: Callable[[str], None]) -> dict[str, InterfaceCounters] | None:
    """`parse_net_dev` of /proc/net/dev; None and a warning where it cannot be read."""
    try:
        return parse_net_dev(read_text(world.files, net_file(world, "dev")))
    except OSError as refusal:
        warn(f"Warning: cannot open /proc/net/dev ({refusal.strerror}). Limited output.\n")
        return None


def parse_net_dev(text: str) -> dict[str, InterfaceCounters]:
    """Interface name -> the 16 columns of /proc/net/dev; two title lines come first."""
    table = {}
    for line in text.split("\n")[2:]:
        name, colon, columns = line.partition(":")  # a name cannot hold a colon
        if not colon:
            continue
        try:
            values = [int(word) for word in columns.split()[:COLUMNS]]
        except ValueError:
            continue
        table[name.strip(" ")] = InterfaceCounters(*values, *[0] * (COLUMNS - len(values)))
    return table


def _ask_for(control: IoctlDoor, name: str, addresses6: Addresses,
             counters: dict[str, InterfaceCounters]) -> Interface:
    """An interface or label as the ioctls describe it."""
    flags = ioctls.FLAGS.unpack(ioctls.ask(control, ioctls.SIOCGIFFLAGS, name))[0]
    kind, hardware = ioctls.HARDWARE.unpack(ioctls.ask(control, ioctls.SIOCGIFHWADDR, name))
    return Interface(
        name, kind, flags, ioctls.NUMBER.unpack(ioctls.ask(control, ioctls.SIOCGIFMTU, name))[0],
        _optional(control, ioctls.SIOCGIFTXQLEN, name, ioctls.NUMBER), hardware,
        _ipv4_of(control, name), tuple(addresses6.get(name, ())), counters.get(name), _map_of(control, name))


def _optional(control: IoctlDoor, request: int, name: str, layout: Struct) -> int | None:
    try:
        number: int = layout.unpack(ioctls.ask(control, request, name))[0]
    except OSError:
        return None
    return number


def _map_of(control: IoctlDoor, name: str) -> HardwareMap | None:
    try:
        answer = ioctls.ask(control, ioctls.SIOCGIFMAP, name)
    except OSError:
        return None
    return HardwareMap(*ioctls.MAP.unpack(answer)) if any(answer) else None


def _ipv4_of(control: IoctlDoor, name: str) -> tuple[InterfaceAddress, ...]:
    """The first IPv4 address with this label, which is all that the ioctls know."""
    try:
        address, peer, broadcast, mask = (
            ioctls.SOCKET_ADDRESS.unpack(ioctls.ask(control, request, name))[2] for request in ADDRESS_REQUESTS)
    except OSError:
        return ()
    prefix_length = int.from_bytes(mask, "big").bit_count()
    return (InterfaceAddress(inet_ntoa(address), prefix_length, 0, inet_ntoa(peer), inet_ntoa(broadcast)),)
