"""All addresses of all interfaces from rtnetlink (RTM_GETADDR), secondary, temporary and tentative ones too."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_ntop
from sys import byteorder

from ...records.addresses import FLAGS, SCOPES, AddressDetails
from ..netlink import compiled
from ..netlink.channel import HEADER, as_found, attributes, decoded, open_route_channel
from .links import ADDRESS_ATTRIBUTES

REQUESTS = {AF_INET: compiled.ADDRESSES4_REQUEST, AF_INET6: compiled.ADDRESSES6_REQUEST}
FOR_EVER = 0xFFFFFFFF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..door import Door


def read_address_details(world: Door) -> list[AddressDetails]:
    """IPv4 first, each family in the kernel's order.  No privilege.  Raises KernelRefused."""
    found: list[AddressDetails] = []
    with open_route_channel(world) as channel:
        for af, request in REQUESTS.items():
            for chunk in as_found(channel.dump(compiled.RTM_GETADDR, request, "RTM_GETADDR")):
                found += _details(af, bytes(chunk), world)
    return found


def _details(af: int, chunk: bytes, world: Door) -> Iterator[AddressDetails]:
    return decoded(chunk, lambda start, end: decode_address(af, chunk[start:end], world.device_name))


def decode_address(af: int, message: bytes, device_name: Callable[[int], str]) -> AddressDetails:
    """One RTM_NEWADDR message, netlink header included; `device_name` is that of a world."""
    _, length, flags, scope, index = compiled.ADDRESS.unpack_from(message, HEADER.size)
    found = attributes(message, ADDRESS_ATTRIBUTES, len(message))
    flags = int.from_bytes(found.get(compiled.IFA_FLAGS) or bytes([flags]), byteorder)
    local = found.get(compiled.IFA_LOCAL) or found[compiled.IFA_ADDRESS]
    other = found.get(compiled.IFA_ADDRESS, local)
    broadcast, label = found.get(compiled.IFA_BROADCAST), found.get(compiled.IFA_LABEL)
    preferred, valid = (FOR_EVER, FOR_EVER) if compiled.IFA_CACHEINFO not in found else (
        compiled.ADDRESS_CACHE.unpack(found[compiled.IFA_CACHEINFO])[:2])
    words = ["temporary" if word == "secondary" and af == AF_INET6 else word for bit, word in FLAGS if flags & bit]
    try:
        device = device_name(index)
    except OSError:
        device = "*"                  # gone since it was listed
    return AddressDetails(
        device, inet_ntop(af, local), length, SCOPES.get(scope, str(scope)), tuple(words),
        inet_ntop(af, other) if other != local else None, inet_ntop(af, broadcast) if broadcast else None,
        label.rstrip(b"\0").decode("utf-8", "surrogateescape") if label else None,
        None if preferred == FOR_EVER else preferred, None if valid == FOR_EVER else valid)
