"""What is asked about every host: this machine, the name, the way out, whether it is there, and the port."""

from __future__ import annotations

from ...records.questions import Connect, Echo, FindWay, LookAtMachine, LookUp
from .cases import cases_of, tried
from .facts import FEW, Facts
from .machine_rules import is_refused
from .name_rules import split_addresses
from .rules import NAME_RULES, STOP_LOOK_UP, open_cases, reachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...records.questions import Question

ROOT = "."                            # the name that every name server can be asked for


def machine(facts: Facts) -> Iterator[Question]:
    """This machine, before all."""
    yield LookAtMachine()


def name(facts: Facts) -> Iterator[Question]:
    """Its addresses."""
    yield LookUp(ROOT if facts.config.host is None else facts.config.host, facts.config.version)


def way(facts: Facts) -> Iterator[Question]:
    """The way out to each."""
    if not any(rule.cause in STOP_LOOK_UP and rule.find(facts) and not cases_of(facts) for rule in NAME_RULES):
        yield from [FindWay(case.address) for case in tried(facts)]


def sockets(facts: Facts) -> Iterator[Question]:
    """What this machine knows by its own connections."""
    yield from dict.fromkeys([case.sockets_question(False) for case in open_cases(facts)])


def few(facts: Facts) -> Iterator[Question]:
    """Is it there at all?"""
    addresses = [case.address for case in reachable(facts)]
    if addresses:
        yield Echo(tuple(dict.fromkeys(addresses + split_addresses(facts))), FEW)
    yield from dict.fromkeys([case.holders_question for case in reachable(facts) if case.holders_question is not None])


def port(facts: Facts) -> Iterator[Question]:
    """Does the service answer?"""
    if facts.config.port:
        yield from [Connect(case.address, facts.config.port) for case in reachable(facts)]


def gateway(facts: Facts) -> Iterator[Question]:
    """Is at least the first router there?"""
    silent = [case.way.gateway for case in reachable(facts) if not case.is_there and case.way and case.way.gateway]
    if silent:
        yield Echo(tuple(silent), FEW - 1)


def look_again(facts: Facts) -> Iterator[Question]:
    """Carriers, neighbours and routes that are gone show late."""
    if any(case.is_silent and not case.is_there or is_refused(case) for case in open_cases(facts)) \
            or any(not each.has_carrier and each.is_up for each in facts.machine.devices):
        yield LookAtMachine(1)
