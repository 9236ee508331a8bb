"""Addresses that are of no host, or of one on every link; each rule gives what it saw, or None."""

from __future__ import annotations

from ...records.family import BY_AF
from .facts import Found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .case import Case

NO_SUCH = 6, 19, 22, 99, 101          # ENXIO, ENODEV, EINVAL, EADDRNOTAVAIL, ENETUNREACH: of a zone that there is not
GROUPS = {4: (28, 0xE), 6: (120, 0xFF)}  # 224.0.0.0/4 (RFC 5771), ff00::/8 (RFC 4291 section 2.7)
BROADCAST, LINK_LOCAL = (1 << 32) - 1, 0xFE80 >> 6
TOLD = {"broadcast": "it stands for all hosts of a network", "multicast": "it stands for a group of hosts",
        "unspecified": "it stands for no host at all"}


def kind_of(case: Case) -> str:
    """What else than a host an address stands for, "" for a host."""
    value = number(case.address)
    if value >> GROUPS[case.version][0] == GROUPS[case.version][1]:
        return "multicast"
    if case.version == 4 and value == BROADCAST or case.way is not None and case.way.kind == "broadcast":
        return "broadcast"
    return "" if value or case.version == 4 else "unspecified"


def number(address: str) -> int:
    """An address without its zone, as a number."""
    from _socket import inet_pton

    family = next(each for each in BY_AF.values() if (each.version == 6) == (":" in address))
    return int.from_bytes(inet_pton(family.af, address.partition("%")[0]), "big")


def needs_zone(case: Case) -> bool:
    """Whether every link has such an address (RFC 4291 section 2.5.6; groups of a link)."""
    if case.version == 4:
        return False
    value = number(case.address)
    return value >> 118 == LINK_LOCAL or value >> 112 == 0xFF02


def wrong_zone(case: Case) -> Found | None:
    """An address of a link, and no device of that name, or none at all."""
    bare, _, zone = case.address.partition("%")
    if not needs_zone(case) or case.is_own or case.answers or case.waits_for(zone or case.is_silent):
        return None
    devices = [each.name for each in case.machine.devices]
    refused = {case.echo.errno if case.echo else None, case.way.errno if case.way else None}
    unsent = not refused.isdisjoint(NO_SUCH)
    if zone and zone not in devices and (unsent or not zone.isdecimal()):
        return Found((f"interfaces: {', '.join(devices)}",), place=bare, detail=f"there is no interface {zone}",
                     device=next(iter(devices), "eth0"))
    if zone:
        return None
    return Found((f"{case.address} without %DEVICE: no answer",), place=bare, device=next(iter(devices), "eth0"),
                 detail="every link has such addresses, and none was named")


def no_host(case: Case) -> Found | None:
    """A group or all of a network, which rightly do not answer."""
    kind = kind_of(case)
    if not kind or case.answers or case.is_own or not (case.is_silent or case.way is not None and case.way.errno):
        return None
    return Found((f"{case.address}: {kind}", "0 echo requests answered"), None, case.address, TOLD[kind])
