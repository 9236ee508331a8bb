"""Arguments as they are given, checked: TypeError and ValueError name the one that is wrong."""

from __future__ import annotations

from _socket import inet_pton

from ..records.family import FAMILIES
from ..world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from ipaddress import IPv4Address, IPv6Address

    Host = str | IPv4Address | IPv6Address
    """What can be probed: a name or an address, as text or as `ipaddress` has it."""

    Hosts = Iterable[Host]

SECOND_NS = 1_000_000_000
LONGEST_S = 1e9
LARGEST = (1 << 31) - 1
MAX_PORT = 65535
LARGEST_PAYLOAD = 65507               # RFC 791: 65535 bytes less the headers of IP and ICMP


def host_text(value: Host, name: str = "host") -> str:
    """A name or address in text.

    >>> from ipaddress import ip_address
    >>> host_text(ip_address("192.0.2.1"))
    '192.0.2.1'
    """
    if not isinstance(value, str):
        if isinstance(value, type) or not hasattr(value, "packed") or not hasattr(value, "version"):
            raise TypeError(f"{name} is text or an address of ipaddress, not {type(value).__name__}")
        value = str(value)
    if not value or "\0" in value:
        raise ValueError(f"{name} is empty or holds a NUL")
    return value


def host_texts(values: Hosts, name: str = "hosts") -> list[str]:
    """Several of them; one text is none."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise TypeError(f"{name} is a list of hosts, not {type(values).__name__}")
    return [host_text(value, f"an item of {name}") for value in values]


def optional_text(name: str, value: Host | None) -> str | None:
    """Text, or None."""
    return None if value is None else host_text(value, name)


def whole(name: str, value: int, least: int, most: int = LARGEST) -> int:
    """A whole number from `least` to `most`; True and False are none."""
    if isinstance(value, (bool, type)) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} is a whole number, not {type(value).__name__}")
    number = value.__index__()
    if not least <= number <= most:
        raise ValueError(f"{name} is from {least} to {most}, not {number}")
    return number


def optional_whole(name: str, value: int | None, least: int, most: int = LARGEST) -> int | None:
    """The same, or None."""
    return None if value is None else whole(name, value, least, most)


def number(name: str, value: float, least: float = 0.0, *, above: bool = False) -> float:
    """A number that is not less than `least`, or greater (`above`), and finite."""
    if isinstance(value, (bool, str, bytes, type)) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} is a number, not {type(value).__name__}")
    number = float(value)
    if not (least < number if above else least <= number) or number > LONGEST_S:
        raise ValueError(f"{name} is {'above' if above else 'at least'} {least:g} and at most {LONGEST_S:g}, "
                         f"not {value!r}")
    return number


def duration_ns(name: str, value_s: float) -> int:
    """Seconds, more than none, as nanoseconds (one at least)."""
    return max(1, round(number(name, value_s, above=True) * SECOND_NS))


def interval_ns(name: str, value_s: float) -> int:
    """Seconds, none too, as nanoseconds."""
    return round(number(name, value_s) * SECOND_NS)


def ip_version(value: int | None, name: str = "version") -> int | None:
    """4, 6 or None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is 4, 6 or None, not {type(value).__name__}")
    if value not in [family.version for family in FAMILIES]:
        raise ValueError(f"{name} is 4, 6 or None, not {value}")
    return value


def source_address(source: Host | None, version: int | None) -> tuple[str | None, int | None]:
    """The address to send from, in text, and the IP version, which follows from it unless it is given.

    >>> source_address("fe80::1%eth0", None), source_address(None, 4)
    (('fe80::1%eth0', 6), (None, 4))
    """
    wanted = ip_version(version)
    if source is None:
        return None, wanted
    text = host_text(source, "source")
    own = address_version(text)
    if own is None:
        raise ValueError(f"source is an address, not {source!r}")
    if wanted not in (None, own):
        raise ValueError(f"source is an address of IPv{own}, and version is {wanted}")
    return text, own


def address_version(text: str) -> int | None:
    """4 or 6 where a text is an address (of IPv6 perhaps with a zone), else None."""
    for family, number in zip(FAMILIES, (text, text.partition("%")[0])):
        try:
            inet_pton(family.af, number)
        except (OSError, ValueError):
            continue
        return family.version
    return None


def chosen_world(world: World | None) -> World:
    """The network to work on: this machine's, unless there is another."""
    if world is None:
        return World()
    if isinstance(world, type) or not hasattr(world, "random_bytes"):
        raise TypeError(f"world is a netlite.World, not {type(world).__name__}")
    return world


def optional_function(name: str, value: Callable[[str], object] | None) -> Callable[[str], object] | None:
    """What can be called, or None."""
    if value is not None and not callable(value):
        raise TypeError(f"{name} is a function, not {type(value).__name__}")
    return value


def one_of(name: str, value: str, words: Sequence[str]) -> str:
    """One of a few words."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is text, not {type(value).__name__}")
    if value not in words:
        raise ValueError(f"{name} is one of {', '.join(words)}, not {value!r}")
    return value


def yes_or_no(name: str, value: bool) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} is True or False, not {type(value).__name__}")
    return value
