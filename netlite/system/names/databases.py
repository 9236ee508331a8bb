"""The C library's databases of this machine, which may know more than the files under /etc (nsswitch.conf(5)).

And the one name that Python cannot set.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def service_port(name: str) -> int | None:
    """The port of a service of any protocol (getservbyname(3)); None where nobody knows it."""
    from _socket import getservbyname, ntohs

    def in_bytes() -> int | None:
        number = _number_in_bytes("getservbyname", name, None)
        return None if number is None else ntohs(number & 0xFFFF)

    return _known("services", lambda: getservbyname(name), in_bytes)


def protocol_number(name: str) -> int | None:
    """The number of an IP protocol (getprotobyname(3)); None where nobody knows it."""
    from _socket import getprotobyname

    return _known("protocols", lambda: getprotobyname(name), lambda: _number_in_bytes("getprotobyname", name))


def _known(database: str, ask: Callable[[], int], ask_in_bytes: Callable[[], int | None]) -> int | None:
    """What a database says; `ask_in_bytes` where the name is no UTF-8, which Python's own functions want."""
    from ...name_sources import has_sources

    if not has_sources(database):
        return None
    try:
        return ask()
    except UnicodeEncodeError:
        return ask_in_bytes()
    except (OSError, ValueError):
        return None


def _number_in_bytes(function: str, name: str, *more: None) -> int | None:
    """The number in the struct servent or protoent of <netdb.h> that a function of the C library has for a name."""
    try:
        from ctypes import CDLL, POINTER, Structure, c_char_p, c_int, c_void_p
    except ImportError:  # python3-minimal
        return None

    class Entry(Structure):
        """How both of them begin."""

        _fields_ = [("name", c_char_p), ("aliases", c_void_p), ("number", c_int)]

    ask = CDLL(None)[function]
    ask.restype = POINTER(Entry)
    found = ask(name.encode("utf-8", "surrogateescape"), *more)
    return int(found.contents.number) if found else None


def user_name(user_id: int) -> str | None:
    """The login name of a user (getpwuid(3)); None where nobody knows it."""
    from pwd import getpwuid

    from ...name_sources import has_sources

    try:
        return getpwuid(user_id).pw_name if has_sources("passwd") else None
    except (KeyError, OverflowError):
        return None


def set_domain(name: bytes) -> None:
    """setdomainname(2), which Python does not have; its file under /proc cuts names.  Raises OSError."""
    from ctypes import CDLL, get_errno

    if CDLL(None, use_errno=True).setdomainname(name, len(name)):
        raise OSError(get_errno(), "setdomainname")
