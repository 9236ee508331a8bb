"""The words that net-tools has for address families: its long options, and -A."""

from __future__ import annotations

from ..errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

FAMILY_OPTIONS = "ax25 ip ipx appletalk netrom inet inet6 ddp unix tcpip rose x25 bluetooth"
FAMILY_OF = {"ax25": "ax25", "ip": "inet", "ip6": "inet6", "ipx": "ipx", "appletalk": "ddp", "netrom": "netrom",
             "inet": "inet", "inet6": "inet6", "ddp": "ddp", "unix": "unix", "tcpip": "inet", "econet": "ec",
             "x25": "x25", "ash": "ash", "rose": "rose", "bluetooth": "bluetooth"}
AF_NAMES = ("unix", "inet", "inet6", "ax25", "netrom", "rose", "ipx", "ddp", "ec", "ash", "x25", "unspec")
"""The families of arp -A and of the word after ifconfig's interface."""
SEVERAL_FAMILIES = "Please don't supply more than one address family.\n"
ARGUMENT_BYTES = 255
TOO_MANY = "Too much address family arguments.\n"


def read_families(names: str, given: list[str], warn: Callable[[str], object]) -> list[str]:
    """The families that a value of -A names (``inet,inet6``), for those `given` before.

    What is too much for the original's buffer is left out, and told by `warn`.  Raises UsageError, status 1.
    """
    from .c_words import cut

    families: list[str] = []
    for name in cut(names, ARGUMENT_BYTES).split(","):
        if name not in FAMILY_OF:
            raise UsageError(f"Unknown address family `{name}'.\n", 1)
        family = FAMILY_OF[name]
        if len(family) + len(",".join(given + families)) + 1 > ARGUMENT_BYTES:
            warn(TOO_MANY)
            break
        families.append(family)
    return families
