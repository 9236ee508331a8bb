"""Which addresses an interface of this host has."""

from __future__ import annotations

import _socket

SIOCGIFCONF = 0x8912
IFREQ_BYTES = 40
LIST_BYTES = 1 << 18
ADDRESS_AT = 20


def has_address(device: str, address: str) -> bool:
    """Whether `address` (text, a %zone is ignored) is one of `device`'s.  Raises OSError without the device.

    *From the kernel*: SIOCGIFCONF, netdevice(7), for IPv4, where an alias is a device of its own;
    /proc/thread-self/net/if_inet6 for IPv6.
    """
    _socket.if_nametoindex(device)
    if ":" not in address:
        return (device, address) in _addresses4()
    wanted = _socket.inet_pton(_socket.AF_INET6, address.partition("%")[0]).hex().encode()
    name = device.encode("utf-8", "surrogateescape")
    try:
        with open("/proc/thread-self/net/if_inet6", "rb") as table:
            return any(line[:32] == wanted and line.split()[5] == name for line in table)
    except OSError:
        return False


def _addresses4() -> list[tuple[str, str]]:
    from _struct import pack, unpack_from
    from array import array
    from fcntl import ioctl

    room = array("B", bytes(LIST_BYTES))
    asked = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC)
    try:
        request = ioctl(asked, SIOCGIFCONF, pack("iP", LIST_BYTES, room.buffer_info()[0]))
    finally:
        asked.close()
    data = room.tobytes()[:unpack_from("i", request)[0]]
    return [(data[place:place + 16].split(b"\0")[0].decode("utf-8", "surrogateescape"),
             _socket.inet_ntoa(data[place + ADDRESS_AT:place + ADDRESS_AT + 4]))
            for place in range(0, len(data), IFREQ_BYTES)]
