"""A session: waiting, stepping, interrupting and closing, from one thread and from several."""

from __future__ import annotations

import os
import signal
from select import select
from threading import Event, Thread

import pytest

from netlite.engines.actions import Finish, LookUpName, Report
from netlite.engines.engine import Engine
from netlite.engines.events import Interrupted, NameFound, ReplyArrived, Started
from netlite.environment import Environment
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain
from netlite.links.driver import TURNS
from netlite.links.link import Link
from netlite.session import Session
from netlite.world import World


class Pipe(Link):
    """A link that receives what is written into a pipe."""

    def __init__(self):
        self._read_fd, self.write_fd = os.pipe2(os.O_NONBLOCK)
        self.closed = 0

    def receive(self) -> list:
        try:
            return [(1, word, None, None, None) for word in os.read(self._read_fd, 1 << 16).decode().split()]
        except BlockingIOError:
            return []

    def fileno(self) -> int:
        return self._read_fd

    def close(self) -> None:
        if not self.closed:
            os.close(self._read_fd)
            os.close(self.write_fd)
        self.closed += 1


class Silent(Link):
    """Nothing comes."""

    def receive(self) -> list:
        return []


class Echoing(Engine):
    """Reports what arrives; ends at "end", and says so when it is interrupted."""

    def feed(self, event) -> list:
        if type(event) is Interrupted:
            return [Report("interrupted"), Finish()]
        if type(event) is ReplyArrived:
            return [Report(event.reply)] + [Finish()] * (event.reply == "end")
        return [Report("begun")] if type(event) is Started else []


@pytest.fixture
def link():
    return Pipe()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_it_waits_and_closes_at_the_end(link):
    os.write(link.write_fd, b"a b end")
    assert list(Session(Echoing(), link, World())) == ["begun", "a", "b", "end"]
    assert link.closed


def test_it_is_an_iterator(link):
    session = Session(Echoing(), link, World())
    assert next(session) == "begun"
    os.write(link.write_fd, b"end ")
    assert list(session) == ["end"] and list(session) == []


def test_steps_never_wait(link):
    with Session(Echoing(), link, World()) as session:
        assert session.deadline_ns == 0, "it has not begun"
        assert session.step() == ["begun"] and session.step() == []
        assert session.deadline_ns is None and not session.finished
        assert not select([session], (), (), 0)[0]
        os.write(link.write_fd, b"a")
        assert select([session], (), (), 10)[0]
        assert session.step() == ["a"]
        session.interrupt()
        assert select([session], (), (), 10)[0]
        assert session.step() == ["interrupted"] and session.finished and session.step() == []
    assert link.closed


def test_when_it_is_closed_nothing_happens_any_more(link):
    before = descriptors() - 2  # the pipe's
    session = Session(Echoing(), link, World())
    session.close()
    assert (session.step(), session.finished, session.fileno(), list(session)) == ([], True, -1, [])
    session.wait()
    session.interrupt()
    assert descriptors() == before


def test_who_iterates_may_close_it(link):
    session = Session(Echoing(), link, World())
    assert next(session) == "begun"
    os.write(link.write_fd, b"a end ")
    session.close()
    assert list(session) == [] and link.closed


def test_a_storm_does_not_keep_who_steps(link):
    class Busy(Link):
        def receive(self) -> list:
            return [(1, "word", None, None, None)]

    with Session(Echoing(), Busy(), World()) as session:
        assert 0 < len(session.step()) <= TURNS + 1
        assert session.deadline_ns == 0, "there is more"


@pytest.mark.parametrize("waiting", [False, True])
def test_another_thread_interrupts(link, waiting):
    session = Session(Echoing(), link, World())
    begun, records = Event(), []

    def work():
        for record in session:
            records.append(record)
            begun.set()

    thread = Thread(target=work)
    if not waiting:
        session.interrupt()
    thread.start()
    if waiting:
        assert begun.wait(30)
        session.interrupt()
    thread.join(30)
    assert not thread.is_alive() and records == ["begun", "interrupted"] and link.closed


def test_who_catches_signals_can_be_interrupted_too(link):
    before = signal.getsignal(signal.SIGINT)
    session = Session(Echoing(), link, Environment("test"), signals=True)
    assert session.step() == ["begun"]
    Thread(target=session.interrupt).start()
    assert select([session], (), (), 30)[0]
    assert session.step() == ["interrupted"] and session.finished
    session.close()
    session.interrupt()  # nothing any more
    assert signal.getsignal(signal.SIGINT) is before and link.closed


def test_so_can_one_in_memory():
    lab = SimulatedEnvironment("test", chain(1), "client")
    with Session(Echoing(), Silent(), lab, signals=True) as session:
        assert next(session) == "begun"
        session.interrupt()
        assert list(session) == ["interrupted"]


def test_another_thread_closes(link):
    session, begun, records = Session(Echoing(), link, World()), Event(), []

    def work():
        for record in session:
            records.append(record)
            begun.set()

    thread = Thread(target=work)
    thread.start()
    assert begun.wait(30)
    session.close()
    thread.join(30)
    assert not thread.is_alive() and records == ["begun"] and link.closed
    session.interrupt()
    session.close()


def test_nothing_stays_open():
    before = descriptors()
    for run in range(50):
        session = Session(Echoing(), Pipe(), World(), names=run % 2 == 0)
        if run % 5:
            next(session)
            session.fileno()
        session.close()
    assert descriptors() == before


def test_what_cannot_be_opened_closes_the_rest(link):
    class Refusing(World):
        def lookups(self):
            raise OSError(24, "Too many open files")

    before = descriptors()
    with pytest.raises(OSError):
        Session(Echoing(), link, Refusing(), names=True)
    assert link.closed and descriptors() == before - 2


def test_names_are_looked_up_beside_it(link):
    class Asking(Echoing):
        def feed(self, event) -> list:
            if type(event) is Started:
                return [LookUpName("127.0.0.1")]
            return [Report(event.address), Finish()] if type(event) is NameFound else []

    class Named(World):
        class resolver:
            @staticmethod
            def look_up(address):
                return "here", True

        def lookups(self):
            from netlite.sockets.name_lookups import NameLookups

            return NameLookups(self.resolver)

    assert list(Session(Asking(), link, Named(), names=True)) == ["127.0.0.1"]
