"""The C library's databases of this machine, which may know more than the files under /etc (nsswitch.conf(5)).

And the one name that Python cannot set.
"""

from __future__ import annotations


def service_port(name: str) -> int | None:
    """The port of a service of any protocol (getservbyname(3)); None where nobody knows it."""
    from _socket import getservbyname

    from ...name_sources import has_sources

    try:
        return getservbyname(name) if has_sources("services") else None
    except (OSError, ValueError):
        return None


def protocol_number(name: str) -> int | None:
    """The number of an IP protocol (getprotobyname(3)); None where nobody knows it."""
    from _socket import getprotobyname

    from ...name_sources import has_sources

    try:
        return getprotobyname(name) if has_sources("protocols") else None
    except (OSError, ValueError):
        return None


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
