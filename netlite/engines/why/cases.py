"""The cases of a host, one an address, and which of them are tried."""

from __future__ import annotations

from ...records.facts import Machine
from ...records.questions import LookAtMachine
from .case import Case

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .facts import Facts

ANYWHERE = "192.0.2.1"               # for a machine without a gateway: nobody's address (RFC 5737)
LOOPBACK = "::1", "127.0.0.1"


def cases_of(facts: Facts) -> list[Case]:
    """One for each version of IP that the host has an address of; without a host, for each gateway."""
    if facts.config.host is None:
        first_look = facts.known.get(LookAtMachine())  # gateways may go meanwhile
        machine = first_look if isinstance(first_look, Machine) else facts.machine
        addresses = [each.address for each in machine.gateways if each.address] or [ANYWHERE]
    else:
        addresses = list(facts.names.addresses) if facts.names else []
    first: dict[int, str] = {}
    for address in addresses:
        first.setdefault(6 if ":" in address else 4, address)
    return [Case(facts, version, address) for version, address in sorted(first.items())]


def tried(facts: Facts) -> list[Case]:
    """The cases without those of a version of IP that this machine does not have, unless there is no other."""
    cases = cases_of(facts)
    usable = [case for case in cases if is_set_up(case)]
    return usable or cases


def is_set_up(case: Case) -> bool:
    """Whether this machine has the version of IP: an address, a gateway, or a device too narrow for it."""
    six = case.version == 6
    if case.address in LOOPBACK:
        return True
    return any((":" in each) == six and not each.startswith("fe80:") for device in case.machine.devices
               for each in device.addresses) or case.gateway is not None or case.is_own \
        or any(device.mtu_bytes < 1280 for device in case.machine.devices) or not six and not case.machine.devices
