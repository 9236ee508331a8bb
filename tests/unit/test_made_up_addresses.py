"""A storm of answers from addresses that are made up: what is kept of each is bounded, and every question is answered."""

from __future__ import annotations

from threading import Event

import pytest
from played_ping import MS, answer, plan

from netlite.engines import naming
from netlite.engines.actions import LookUpName, Report
from netlite.engines.events import NameFound, ProbeSent, ReplyArrived, Started
from netlite.engines.naming import NamedReports
from netlite.engines.ping import Ping
from netlite.records.ping_mishaps import ForeignMessage, NoAnswerYet
from netlite.sockets.name_lookups import NameLookups
from netlite.teach.notes import Notes

STORM = 30_000
TABLES = (dict, list, set, bytearray)


def made_up(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def held(thing) -> int:
    """How much the largest table of an object holds."""
    return max(len(value) for value in vars(thing).values() if hasattr(value, "__len__") and not isinstance(value, bytearray))


def test_reports_that_wait_for_names_that_never_come():
    reports = NamedReports(True)
    told = [action for number in range(STORM) for action in reports.add(NoAnswerYet(number), (made_up(number),), number)]
    assert sum(type(action) is LookUpName for action in told) == naming.MOST_ASKED
    assert held(reports) <= naming.MOST_WAITING + 1
    told += reports.release_all()
    assert [action.record.sequence for action in told if type(action) is Report] == list(range(STORM))


def test_names_that_are_found_are_forgotten_again():
    reports = NamedReports(True)
    for number in range(STORM):
        reports.add(ForeignMessage(None), (made_up(number),), number)
        reports.found(made_up(number), "name.example", True)
    assert held(reports) <= naming.MOST_KNOWN + 1
    reports.found("10.99.99.99", "nobody asked", True)
    assert reports.add(NoAnswerYet(1), ("10.99.99.99",), 0)[0] == LookUpName("10.99.99.99")


@pytest.mark.parametrize("found", [True, False])
def test_a_ping_that_anybody_answers(found):
    engine, told = Ping(plan(names=True, any_source=True)), 0
    engine.feed(Started(0))
    engine.feed(ProbeSent(0, 1, 0))
    for number in range(STORM):
        for action in engine.feed(ReplyArrived(MS + number, answer(1, made_up(number)), MS)):
            told += type(action) is Report
            if type(action) is LookUpName and found:
                told += sum(type(each) is Report for each in engine.feed(NameFound(MS + number, action.address, "name")))
    assert held(engine._reports) <= naming.MOST_WAITING + 1
    assert told == STORM if found else told >= STORM - naming.MOST_WAITING - 1


class Slow:
    """A resolver that answers nobody until it may."""

    def __init__(self, may: bool):
        self.may = Event()
        if may:
            self.may.set()

    def look_up(self, address):
        self.may.wait(30)
        return f"name-of-{address}", True


@pytest.mark.parametrize("prompt", [True, False])
def test_questions_are_bounded_and_all_answered(prompt, monkeypatch):
    monkeypatch.setattr(NameLookups, "most", 100)
    resolver = Slow(prompt)
    with NameLookups(resolver) as lookups:
        found, most = {}, 0
        for number in range(2000):
            lookups.ask(made_up(number))
            found.update((event.address, event.name) for event in lookups.receive(0))
            most = max(most, held(lookups))
        resolver.may.set()
        while len(found) < 2000:
            found.update((event.address, event.name) for event in lookups.receive(0))
        assert most <= 110
        assert all(name in (None, f"name-of-{address}") for address, name in found.items())
        assert sum(name is not None for name in found.values()) >= 100
        assert len(lookups._known) <= 100 and not lookups._asked


def test_names_for_an_explanation():
    notes = Notes()
    for number in range(STORM):
        notes.record(NameFound(0, made_up(number), "name.example"), ())
    assert held(notes) <= 10_000
