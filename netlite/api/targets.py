"""Hosts to addresses, and refusals of the operating system to exceptions of netlite."""

from __future__ import annotations

from errno import EACCES, EPERM

from ..errors import KernelRefused
from ..feature_errors import NotPermitted
from ..records.family import BY_AF, FAMILIES, Family
from ..world import World
from .arguments import chosen_world, host_text, ip_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sockets.resolver import Resolver
    from .arguments import Host

HOW_TO_PING = ('let the user\'s group open ICMP sockets (sysctl -w net.ipv4.ping_group_range="0 2147483647"), '
               "or give CAP_NET_RAW (setcap cap_net_raw+ep on the Python interpreter, "
               "--cap-add NET_RAW for a container)")
NO_WAY_OUT = "a firewall rule or a route of this host does not let the probe out"


def resolve(host: Host, *, version: int | None = None, world: World | None = None) -> list[str]:
    """The addresses of a host, the one to try first first (RFC 6724), as text that `ipaddress` takes.

    `host` is a name or an address (link-local ones with their zone, ``fe80::1%eth0``), `version` 4 or 6 (None:
    both).  Raises NameUnknown.  No privilege needed; waits for the name servers as long as the C library does.
    From the C library: getaddrinfo(3), which asks as /etc/nsswitch.conf says.

    >>> from netlite.lab.memory.environment import SimulatedEnvironment
    >>> from netlite.lab.scene.topology import chain
    >>> resolve("server", world=SimulatedEnvironment("example", chain(2), "client"))
    ['2001:db8:3::2', '198.18.3.2']
    """
    text, wanted = host_text(host), ip_version(version)
    resolver = chosen_world(world).resolver
    return list(dict.fromkeys(found for _, found in all_addresses(resolver, text, wanted)))


def all_addresses(resolver: Resolver, host: str, version: int | None) -> list[tuple[Family, str]]:
    """Family and text of each address of a host.  Raises NameUnknown."""
    from ..sockets.resolver import AI_IDN

    found = resolver.addresses(host, address_family(version), AI_IDN)
    return [(BY_AF[each.af], each.text) for each in found if each.af in BY_AF]


def first_address(resolver: Resolver, host: str, version: int | None) -> tuple[Family, str]:
    """The address to try first."""
    return all_addresses(resolver, host, version)[0]


def address_family(version: int | None) -> int:
    """AF_* of an IP version, 0 for any."""
    return {family.version: family.af for family in FAMILIES}[version] if version else 0


class Refusals:
    """What the operating system refuses inside, said by exceptions of netlite.

    OSError becomes NotPermitted, with `remedy`, where a right is missing, else KernelRefused with `what`.
    """

    def __init__(self, what: str, remedy: str = "it needs more rights"):
        self._what = what
        self._remedy = remedy

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, raised: BaseException | None, _trace: object) -> None:
        if isinstance(raised, (OSError, KernelRefused)) and not isinstance(raised, NotPermitted):
            if isinstance(raised, KernelRefused) and raised.what == "connect" and raised.errno in (EPERM, EACCES):
                raise NotPermitted(raised.errno, f"connect: {NO_WAY_OUT}") from None
            if raised.errno in (EPERM, EACCES):
                raise NotPermitted(raised.errno, f"{self._what}: {self._remedy}") from None
            if isinstance(raised, OSError):
                raise KernelRefused(raised.errno, self._what) from None
