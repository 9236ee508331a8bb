"""What was noticed and is no fault: it may explain what other programs show."""

from __future__ import annotations

from .cases import cases_of, tried
from .machine_rules import addresses_of, is_proxied
from .name_rules import split_addresses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .case import Case
    from .facts import Facts


def notes(facts: Facts) -> Iterator[str]:
    """Each a sentence."""
    cases = tried(facts)
    for case in cases_of(facts):
        if case.address not in [each.address for each in cases]:
            yield f"{case.address} was not tried: this machine has no IPv{case.version}."
    if facts.config.host is None:
        yield from _without_gateway(facts)
    if facts.machine.devices and not facts.machine.icmp:
        yield ("This machine gives out no ICMP sockets (ping_group_range, CAP_NET_RAW): UDP and TCP were sent instead. "
               "Root would also tell loss from filters.")
    elif facts.machine.devices and not facts.machine.raw:
        yield ("Without CAP_NET_RAW routers are known by the kernel's error queue alone; root would see odd answers, "
               "and whether another host has the same address.")
    if len(split_addresses(facts)) > 1:
        yield f"The name servers name different addresses: {', '.join(split_addresses(facts))}."
    for case in cases:
        yield from _of_case(case)


def _without_gateway(facts: Facts) -> Iterator[str]:
    """An address, and no default route: on purpose, or by mistake."""
    for version in (4, 6):
        here = any(addresses_of(device, version) for device in facts.machine.devices if device.is_up)
        if here and not any(each.version == version for each in facts.machine.gateways) and facts.machine.gateways:
            yield (f"This machine has an IPv{version} address and no IPv{version} default route: by IPv{version} it "
                   "reaches its own networks alone.")


def _of_case(case: Case) -> Iterator[str]:
    if case.is_silent and case.connected is not None and case.connected.outcome == "open":
        yield f"{case.address} does not answer echo requests, but connections: ping would call it dead."
    if case.full is not None and case.full.refusals:
        refusal = case.full.refusals[0]
        if refusal.mtu_bytes:
            yield (f"The path narrows to {refusal.mtu_bytes} bytes, which {refusal.source or 'this machine'} reports "
                   "as it should.")
    if case.echo is not None and any(each.duplicates for each in [case.echo]):
        yield f"Answers of {case.address} come more than once."
    names = case.facts.names
    if case.is_own and names is not None and names.origin == "servers":
        yield (f"{case.config.host} stands for {case.address}, this machine itself: some name servers say so to block "
               "a name.")
    if is_proxied(case) and case.answers and case.way is not None:
        yield (f"The gateway answers ARP for {case.way.source}, this machine's own address: it does so for all (proxy "
               "ARP), or has the same.")
    for path in case.paths("icmp", "udp"):
        if path.reached:
            mute = [str(hop.number) for hop in path.hops if hop.source is None]
            if mute:
                yield (f"Hop {', '.join(mute)} sends no errors, or not so many, or they got lost; what is behind it "
                       "answers, so it is no fault.")
