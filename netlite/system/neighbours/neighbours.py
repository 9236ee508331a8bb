"""The IPv4 neighbour table: read over rtnetlink or from /proc/net/arp, changed by the arp(7) ioctls."""

from __future__ import annotations

import _socket
from fcntl import ioctl
from struct import pack

from ...errors import KernelRefused
from ...records.neighbours import Neighbour
from ..interfaces.ioctls import SIOCGIFHWADDR
from ..procfs import net_folder, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...records.neighbours import NeighbourRow

SIOCSARP, SIOCDARP = 0x8955, 0x8953
AF_INET = 2


def parse_arp(text: str) -> list[Neighbour]:
    """The rows of /proc/net/arp, in the kernel's order.

    An interface without hardware addresses leaves that column empty, so a row of five words
    lacks it.  A malformed row ends the table, as it does for the original.
    """
    rows = []
    for line in text.split("\n")[1:]:
        words = [word for word in line.split(" ") if word]  # a device's name may hold other blanks
        if len(words) == 5:
            words.insert(3, "")
        if len(words) != 6:
            break
        address, kind, flags, hardware, mask, device = words
        rows.append(Neighbour(address, int(kind, 16), int(flags, 16), hardware, mask, device))
    return rows


def read_arp(environment) -> Sequence[NeighbourRow]:
    """The IPv4 neighbours of this network namespace: tuples in the order of `Neighbour`.

    Over rtnetlink, or from /proc/net/arp where that is refused.  Raises OSError where there is neither.
    """
    try:
        from .dump import dump_arp

        return dump_arp(environment)
    except (OSError, KernelRefused):
        return parse_arp(read_bytes(f"{net_folder(environment.proc)}/arp").decode("utf-8", "surrogateescape"))


class ArpRequest:
    """A struct arpreq (<linux/if_arp.h>) under construction: 68 bytes of three sockaddrs."""

    def __init__(self, address: str, flags: int):
        self.address = address
        self.flags = flags
        self.hardware_type = 0
        self.hardware_address = b""
        self.netmask = None
        self.device = ""

    def to_wire(self) -> bytes:
        hardware = pack("=H14s", self.hardware_type, self.hardware_address)
        netmask = _internet(self.netmask) if self.netmask else bytes(16)
        return (_internet(self.address) + hardware + pack("=I", self.flags) + netmask
                + self.device.encode("utf-8", "surrogateescape")[:15].ljust(16, b"\0"))


def set_neighbour(request: ArpRequest) -> None:
    """Add or replace an entry (SIOCSARP; CAP_NET_ADMIN).  Raises KernelRefused."""
    _change(SIOCSARP, "SIOCSARP", request)


def delete_neighbour(request: ArpRequest) -> None:
    """Remove an entry (SIOCDARP; CAP_NET_ADMIN).  Raises KernelRefused."""
    _change(SIOCDARP, "SIOCDARP", request)


def device_names() -> list[str]:
    """The names of all interfaces, by index."""
    return [name for _, name in _socket.if_nameindex()]


def read_device_address(device: str) -> tuple[int, bytes]:
    """Hardware type and address of an interface (SIOCGIFHWADDR).  Raises OSError."""
    name = device.encode("utf-8", "surrogateescape")[:15]
    answer = _on_a_socket(SIOCGIFHWADDR, pack("=16s24x", name))
    return int.from_bytes(answer[16:18], "little"), answer[18:32]


def _internet(address: str) -> bytes:
    return pack("=HH4s8x", AF_INET, 0, _socket.inet_aton(address))


def _change(number: int, what: str, request: ArpRequest) -> None:
    try:
        _on_a_socket(number, request.to_wire())
    except OSError as refusal:
        raise KernelRefused(refusal.errno, what) from None


def _on_a_socket(number: int, request: bytes) -> bytes:
    sock = _socket.socket(AF_INET, _socket.SOCK_DGRAM)
    try:
        return ioctl(sock, number, request)
    finally:
        sock.close()
