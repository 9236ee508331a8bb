"""What the C library knows of names and Python's own module for it does not tell; ctypes is loaded for it."""

from __future__ import annotations

import _socket

from ..errors import EAI_AGAIN, EAI_FAIL, EAI_NODATA, EAI_NONAME, HOST_NOT_FOUND, NameUnknown
from .addresses import zone_index

TRY_AGAIN, NO_RECOVERY, NO_ADDRESS = 2, 3, 4  # of h_errno, <netdb.h>


def aliases(host: str) -> list[str]:
    """The further names of a host with an IPv4 address (gethostbyname(3)).  Raises NameUnknown with its h_errno."""
    from ctypes import CDLL, POINTER, Structure, c_char_p

    class HostEntry(Structure):
        """The beginning of struct hostent of <netdb.h>."""

        _fields_ = [("name", c_char_p), ("aliases", POINTER(c_char_p))]

    ask = CDLL(None).gethostbyname
    ask.restype = POINTER(HostEntry)
    found = ask(host.encode("utf-8", "surrogateescape"))
    if not found:
        raise NameUnknown(EAI_NONAME, "Unknown host", h_errno_of(EAI_NONAME))
    others: list[str] = []
    while (alias := found.contents.aliases[len(others)]) is not None:
        others.append(alias.decode("utf-8", "surrogateescape"))
    return others


def canonical_in_bytes(name: bytes, af: int, flags: int) -> str | None:
    """The canonical name of a host where it is no UTF-8, which Python's own getaddrinfo wants."""
    try:
        from ctypes import CDLL, POINTER, Structure, byref, c_char_p, c_int, c_uint, c_void_p
    except ImportError:
        return None

    class AddrInfo(Structure):
        """struct addrinfo of <netdb.h>."""

        _fields_ = [("flags", c_int), ("family", c_int), ("socktype", c_int), ("protocol", c_int), ("addrlen", c_uint),
                    ("addr", c_void_p), ("canonname", c_char_p), ("next", c_void_p)]

    library, found = CDLL(None), POINTER(AddrInfo)()
    if library.getaddrinfo(name, None, byref(AddrInfo(flags, af, _socket.SOCK_DGRAM)), byref(found)):
        return None
    canonical = found.contents.canonname
    library.freeaddrinfo(found)
    return None if canonical is None else canonical.decode("utf-8", "surrogateescape")


def h_errno_of(code: int) -> int:
    """h_errno(3), which the C library's last look-up in this thread has left; without ctypes (python3-minimal) what the
    `code` of getaddrinfo says of it."""
    try:
        from ctypes import CDLL, POINTER, c_int
    except ImportError:
        return {EAI_AGAIN: TRY_AGAIN, EAI_FAIL: NO_RECOVERY, EAI_NODATA: NO_ADDRESS}.get(code, HOST_NOT_FOUND)

    library = CDLL(None)
    library.__h_errno_location.restype = POINTER(c_int)
    return int(library.__h_errno_location().contents.value)


def name_in_bytes(address: str) -> str | None:
    """The name of an address where it is no UTF-8, which Python's own getnameinfo wants."""
    from _struct import pack

    try:
        from ctypes import CDLL, create_string_buffer
    except ImportError:
        return None

    host, _, zone = address.partition("%")
    if ":" in host:
        packed = _socket.inet_pton(_socket.AF_INET6, host)
        place = pack("=HHI16sI", _socket.AF_INET6, 0, 0, packed, zone_index(zone) if zone else 0)
    else:
        place = pack("=HH4s8x", _socket.AF_INET, 0, _socket.inet_pton(_socket.AF_INET, host))
    name = create_string_buffer(_socket.NI_MAXHOST)
    failed = CDLL(None).getnameinfo(place, len(place), name, len(name), None, 0, _socket.NI_NAMEREQD)
    return None if failed else name.value.decode("utf-8", "surrogateescape")
