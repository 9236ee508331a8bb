"""The addresses others may reach this host at: what ``hostname -I`` lists."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, if_indextoname, inet_ntop

from ...records.interfaces import InterfaceFlags
from ..netlink import compiled
from ..netlink.channel import HEADER, ROUTE, attributes, split_messages
from . import ioctls
from .links import ADDRESS_ATTRIBUTES

REQUESTS = {AF_INET: compiled.ADDRESSES4_REQUEST, AF_INET6: compiled.ADDRESSES6_REQUEST}
WANTED = InterfaceFlags.UP


def read_own_addresses(environment) -> list[str]:
    """Addresses of all interfaces that are up and no loopback, without link-local IPv6 ones.

    IPv4 first, each family in the kernel's order (RTM_GETADDR).  Raises OSError, KernelRefused.
    """
    found = []
    flags: dict[int, int] = {}
    with environment.netlink(ROUTE) as channel:
        for af, request in REQUESTS.items():
            for chunk in channel.dump(compiled.RTM_GETADDR, request, "RTM_GETADDR"):
                for start, end in split_messages(chunk):
                    index = compiled.ADDRESS.unpack_from(chunk, start + HEADER.size)[4]
                    if index not in flags:
                        flags[index] = _flags(environment, index)
                    address = _address(af, chunk, start, end)
                    if flags[index] & WANTED and not flags[index] & InterfaceFlags.LOOPBACK and address:
                        found.append(address)
    return found


def _address(af: int, chunk, start: int, end: int) -> str | None:
    """The local address of a message; None for one that is only good on its link (fe80::/10)."""
    values = {kind: bytes(chunk[begin:stop])
              for kind, begin, stop in attributes(chunk, start + ADDRESS_ATTRIBUTES, end)}
    packed = values.get(compiled.IFA_LOCAL) or values[compiled.IFA_ADDRESS]
    link_local = af == AF_INET6 and packed[0] == 0xFE and packed[1] & 0xC0 == 0x80
    return None if link_local else inet_ntop(af, packed)


def _flags(environment, index: int) -> int:
    try:
        with environment.ioctls as control:
            return ioctls.FLAGS.unpack(control.get(ioctls.SIOCGIFFLAGS, if_indextoname(index)))[0]
    except OSError:
        return 0                      # gone since it was listed
