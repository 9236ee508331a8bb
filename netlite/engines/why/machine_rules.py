"""What can be wrong with this machine itself; each rule gives what it saw, or None."""

from __future__ import annotations

from errno import EACCES, EHOSTUNREACH, EINVAL, ENETUNREACH, EPERM

from .address_rules import needs_zone, number
from .facts import Found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...records.facts import Device
    from .case import Case

LEAST_MTU6 = 1280                     # RFC 8200 section 5
UNANSWERED = ("FAILED", "INCOMPLETE")
WORDS = {ENETUNREACH: "Network is unreachable", EHOSTUNREACH: "No route to host", EACCES: "Permission denied",
         EINVAL: "Invalid argument", EPERM: "Operation not permitted"}


def is_refused(case: Case) -> bool:
    """Whether this machine knows no way."""
    return case.way is not None and case.way.errno is not None


def suspects(case: Case) -> tuple[Device, ...]:
    """The devices that packets could leave by: that of the way, else of the default gateway, else all."""
    names = {case.way.device if case.way else None, case.gateway.device if case.gateway else None} - {None, "lo"}
    return tuple([each for each in case.machine.devices if each.name in names]) or case.machine.devices


def addresses_of(device: Device, version: int) -> list[str]:
    """Those of one version of IP that reach beyond the wire."""
    return [each for each in device.addresses if (":" in each) == (version == 6) and not each.startswith("fe80:")]


def holds(prefix: str, address: str) -> bool:
    """Whether ``address/length`` is in the network of another address.

    >>> holds("198.18.1.1/24", "198.18.1.9"), holds("2001:db8::1/64", "2001:db8:1::9")
    (True, False)
    """
    local, _, length = prefix.partition("/")
    return (number(local) ^ number(address)) >> ((128 if ":" in local else 32) - int(length)) == 0


def interface_down(case: Case) -> Found | None:
    """No way out, and a device that could be one is down; or the device of the way went down meanwhile."""
    down = [each for each in suspects(case) if not each.is_up]
    went = [each for each in down if case.way is not None and each.name == case.way.device]
    if went and not is_refused(case):
        return Found((f"{went[0].name}: not UP any more",), device=went[0].name)
    if not is_refused(case) or not down:
        return None
    others = [each for each in case.machine.devices if each.is_up and addresses_of(each, case.version)]
    return Found((f"{down[0].name}: not UP", _way_text(case)), device=down[0].name, less_sure=20 * bool(others))


def no_carrier(case: Case) -> Found | None:
    """The device is up, and hears nobody at the other end of its wire."""
    dead = [each for each in suspects(case) if each.is_up and not each.has_carrier]
    if case.waits_for(case.facts.looked_again or is_refused(case)):
        return None
    is_used = is_refused(case) or case.is_silent or case.way is not None and case.way.device == dead[0].name \
        if dead else False
    if case.is_own or not is_used:
        return None
    if is_refused(case) and any(each.has_carrier and addresses_of(each, case.version) for each in case.machine.devices):
        return None
    return Found((f"{dead[0].name}: UP, not RUNNING",), device=dead[0].name)


def duplicate_address(case: Case) -> Found | None:
    """Somebody else answered for the own address (RFC 5227 section 2.4); duplicate address detection failed (RFC 4862
    section 5.4.5)."""
    way, holders = case.way, case.holders
    if way is not None and holders.hardware and not (is_proxied(case) and case.answers):
        return Found((f"ARP: {way.source} is at {', '.join(holders.hardware)} too",), device=way.device or "",
                     detail=way.source or "", less_sure=20 * is_proxied(case))
    twice = [(each.name, address) for each in suspects(case) for address in each.duplicates]
    if case.version == 4 or case.answers or not twice:
        return None
    return Found((f"{twice[0][0]}: {twice[0][1]} dadfailed",), device=twice[0][0], detail=twice[0][1])


def is_proxied(case: Case) -> bool:
    """Whether it is the gateway that answers for the own address: it may do so for all addresses (RFC 1027)."""
    return bool(case.holders.gateway) and set(case.holders.hardware) == {case.holders.gateway}


def mtu_too_small(case: Case) -> Found | None:
    """A device that is too narrow for IPv6 has none."""
    small = [each for each in suspects(case) if each.is_up and each.mtu_bytes < LEAST_MTU6]
    if case.version != 6 or not is_refused(case) or not small:
        return None
    return Found((f"{small[0].name}: mtu {small[0].mtu_bytes}",), device=small[0].name, detail=str(small[0].mtu_bytes))


def no_address(case: Case) -> Found | None:
    """A device is up, and no device has an address of this version of IP."""
    bare = [each for each in suspects(case) if each.is_up and not addresses_of(each, case.version)]
    if not is_refused(case) or not bare or any(addresses_of(each, case.version) for each in case.machine.devices):
        return None
    return Found((f"{bare[0].name}: no inet{'6' * (case.version == 6)}", _way_text(case)), device=bare[0].name)


def wrong_address(case: Case) -> Found | None:
    """The gateway is in no network of the device that it is reached by."""
    way = case.way
    gateway = way.gateway if way is not None else None
    if way is None or gateway is None or case.answers or gateway.startswith("fe80:"):
        return None
    own = [address for each in case.machine.devices if each.name == way.device
           for address in addresses_of(each, case.version)]
    if not own or any(holds(each, gateway) for each in own):
        return None
    return Found((f"{way.device}: {own[0]}", f"gateway {gateway}"), device=way.device or "", detail=own[0],
                 gateway=gateway)


def no_route(case: Case) -> Found | None:
    """The kernel knows no route, and still does not when the devices were looked at once more: one may have gone down
    between the looks at it and at the route."""
    if case.way is None or case.way.errno != ENETUNREACH or case.way.rule or case.waits_for(case.facts.looked_again):
        return None
    return Found((_way_text(case), f"default gateway: {case.gateway.address if case.gateway else 'none'}"))


def policy_rule(case: Case) -> Found | None:
    """A rule of the policy database led to where it is now."""
    way = case.way
    if way is None or way.rule is None or not (way.errno is not None or case.is_silent):
        return None
    return Found((f"ip rule: {way.rule}", _way_text(case)), detail=way.rule)


def route_refuses(case: Case) -> Found | None:
    """A route says no."""
    way = case.way
    if way is None or way.errno in (None, ENETUNREACH, EPERM):
        return None
    return Found((f"{way.kind} {way.prefix or case.address}", _way_text(case)),
                 detail=f"{way.kind} {way.prefix or ''}".strip())


def local_firewall(case: Case) -> Found | None:
    """What leaves is refused with EPERM; what comes is counted by the kernel and handed to nobody."""
    echo, connected = case.echo, case.connected
    if EPERM in (echo.errno if echo else None, connected.errno if connected else None):
        return Found((f"sendto: {WORDS[EPERM]}",), detail=f"keeps packets to {case.address} from leaving")
    if any(path.errno == EPERM for path in case.paths("icmp", "udp", "tcp")):
        return Found((f"a probe: {WORDS[EPERM]}",), detail=f"keeps packets to {case.address} from leaving")
    dropped = echo.dropped if echo is not None else 0
    answered = case.answers or connected is not None and connected.outcome != "silent"
    if case.is_own or answered or echo is None or not echo.sent or dropped < echo.sent:
        return None
    return Found((f"{dropped} packets came and were given to no program (InReceives, InDelivers)",),
                 detail="drops what comes for it", less_sure=10)


def neighbour_failed(case: Case) -> Found | None:
    """Nobody took the packets off the first wire: so say the neighbour table, or errors of our own kernel."""
    way, echo = case.way, case.echo
    if way is None or echo is None or echo.received or case.is_own or case.waits_for(case.facts.looked_again):
        return None
    own = [None, *[each.partition("/")[0].partition("%")[0] for device in case.machine.devices
                   for each in device.addresses]]
    told = [each for each in case.refusals if (each.source and each.source.partition("%")[0]) in own
            and each.errno in (None, EHOSTUNREACH)]
    if echo.neighbour not in UNANSWERED and not told:
        return None
    evidence = f"{case.next_hop} on {way.device}: {echo.neighbour}" if echo.neighbour in UNANSWERED else \
        f"{case.next_hop}: Destination Host Unreachable, from this machine itself"
    return Found((evidence,), hop=1, place=case.next_hop, device=way.device or "")


def wrong_route(case: Case) -> Found | None:
    """The neighbour does not answer, and a more special route than the default one leads there."""
    failed = neighbour_failed(case)
    way, default = case.way, case.gateway
    if failed is None or way is None or default is None or not way.prefix_length or way.gateway == default.address:
        return None
    if needs_zone(case) or way.gateway is None and any(holds(address, case.address) for each in case.machine.devices
                                                       if each.name == way.device
                                                       for address in addresses_of(each, case.version)):
        return None  # on its own wire
    return failed.replace(evidence=(*failed.evidence, f"route {way.prefix} via {way.gateway or way.device}"), hop=0,
                          place=None, gateway=way.gateway or way.device or "")


def wrong_source(case: Case) -> Found | None:
    """The source is no address of the device, and nothing comes back; with one that is, the host answers."""
    way, source = case.way, case.other_source
    if way is None or source is None or not case.is_silent:
        return None
    other = case.echo_from(source)
    if other is None or not other.received:
        return None
    whose = f"of {way.source_device}, not of {way.device}" if way.source_device else f"not of {way.device}"
    return Found((f"source {way.source} is {whose}: no answer",
                  f"from {source}: {other.received} of {other.sent} echo requests answered"), detail=way.source or "",
                 device=way.device or "")


def _way_text(case: Case) -> str:
    errno = case.way.errno if case.way else None
    return f"route to {case.address}: {WORDS.get(errno or 0, f'errno {errno}')}"
