"""The rules, to be read from top to bottom: the first that ends is the answer for an address.

What is nearer stands above what is farther, and what explains more above what explains less.
"""

from __future__ import annotations

from ...records.record import Record
from . import address_rules as address
from . import loss_rules as loss
from . import machine_rules as machine
from . import name_rules as name
from . import path_rules as path
from . import port_rules as port
from . import socket_rules as own
from .cases import tried
from .facts import Facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .case import Case
    from .facts import Found


class NameRule(Record):
    """A cause, what looks for it, and how sure it is (percent)."""

    cause: str
    find: Callable[[Facts], Found | None]
    sure: int


class Rule(Record):
    """The same for one address; one that does not `end` leaves room for further causes behind it."""

    cause: str
    find: Callable[[Case], Found | None]
    sure: int
    ends: bool = True


NAME_RULES = (
    NameRule("name-no-address", name.name_no_address, 95),
    NameRule("name-no-server", name.name_no_server, 95),
    NameRule("name-servers-silent", name.name_servers_silent, 95),
    NameRule("name-server-refuses", name.name_server_refuses, 95),
    NameRule("name-unknown", name.name_unknown, 95),
    NameRule("name-server-silent", name.name_server_silent, 95),
    NameRule("name-family-silent", name.name_family_silent, 90),
    NameRule("name-split", name.name_split, 80),
)
STOP_LOOK_UP = ("name-no-address", "name-no-server", "name-servers-silent", "name-server-refuses", "name-unknown")

RULES = (
    # this machine
    Rule("wrong-zone", address.wrong_zone, 95),
    Rule("no-host", address.no_host, 95),
    Rule("interface-down", machine.interface_down, 98),
    Rule("no-carrier", machine.no_carrier, 95),
    Rule("duplicate-address", machine.duplicate_address, 90),
    Rule("mtu-too-small", machine.mtu_too_small, 95),
    Rule("no-address", machine.no_address, 95),
    Rule("policy-rule", machine.policy_rule, 90),
    Rule("no-route", machine.no_route, 98),
    Rule("route-refuses", machine.route_refuses, 98),
    Rule("local-firewall", machine.local_firewall, 90),
    Rule("wrong-address", machine.wrong_address, 85),
    Rule("wrong-route", machine.wrong_route, 85),
    Rule("neighbour-failed", machine.neighbour_failed, 90),
    Rule("wrong-source", machine.wrong_source, 95),
    Rule("backlog-full", own.backlog_full, 95),
    Rule("receive-queue-full", own.receive_queue_full, 90, ends=False),
    # the way
    Rule("loop", path.loop, 95),
    Rule("prohibited", path.prohibited, 95),
    Rule("no-route-there", path.no_route_there, 85),
    Rule("host-unreachable", path.host_unreachable, 85),
    Rule("gateway-silent", path.gateway_silent, 80),
    Rule("host-silent", path.host_silent, 80),
    Rule("lost-behind", path.lost_behind, 85),
    Rule("loss", loss.loss, 90, ends=False),
    Rule("loss-unplaced", loss.loss_unplaced, 90, ends=False),
    Rule("delay", loss.delay, 80, ends=False),
    Rule("one-way-broken", path.one_way_broken, 85, ends=False),
    Rule("flows-refused", path.flows_refused, 90, ends=False),
    Rule("black-hole", path.black_hole, 95, ends=False),
    Rule("retransmissions", own.retransmissions, 80, ends=False),
    Rule("send-queue-full", own.send_queue_full, 90, ends=False),
    # the other end
    Rule("echo-filtered", port.echo_filtered, 85),
    Rule("port-refused", port.port_refused, 95),
    Rule("port-prohibited", port.port_prohibited, 95),
    Rule("local-firewall", port.kept_out, 85),
    Rule("local-firewall", port.kept_in, 85),
    Rule("port-filtered", port.port_filtered, 85),
    Rule("port-silent", port.port_silent, 70),
    Rule("port-unsteady", port.port_unsteady, 70),
    Rule("service-silent", port.service_silent, 85),
)


def found_for(case: Case) -> list[tuple[Rule, Found]]:
    """What the rules see for one address: those that leave room, and the first that ends."""
    found = []
    for rule in RULES:
        seen = rule.find(case)
        if seen is not None:
            found.append((rule, seen))
            if rule.ends:
                break
    return found


def is_settled(case: Case) -> bool:
    """Whether nothing more needs to be asked about an address."""
    return any(rule.ends for rule, _ in found_for(case))


def open_cases(facts: Facts) -> list[Case]:
    """Those that have no answer yet, of versions of IP that this machine has."""
    return [case for case in tried(facts) if not is_settled(case)]


def reachable(facts: Facts) -> list[Case]:
    """Those of them that this machine knows a way to."""
    return [case for case in open_cases(facts) if not machine.is_refused(case)]
