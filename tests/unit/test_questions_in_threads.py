"""Questions asked in threads: each is answered, whatever becomes of its thread."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from threading import get_ident

import pytest

from netlite.programs.ping import many
from netlite.programs.registry import is_refusal, said_of
from netlite.engines.events import NameFound
from netlite.sockets import name_lookups, resolver
from netlite.sockets.clock import Clock
from netlite.sockets.name_lookups import NameLookups, names_of, side_by_side
from netlite.sockets.resolver import Address, NameUnknown
from netlite.sockets.routing_registry import RegistryLookups
from netlite.system.netlink import read_ahead

ADDRESSES = [f"192.0.2.{number}" for number in range(40)]


class Names:
    """Knows the name of every address that does not end in 3, where it fails with `failure`."""

    def __init__(self, failure: BaseException | None = None):
        self.failure = failure or RecursionError("too deep")

    def look_up(self, address: str) -> tuple:
        if address.endswith("3"):
            raise self.failure
        return f"host-{address}", True

    def name(self, address: str) -> str:
        return self.look_up(address)[0]

    def addresses(self, host: str, af: int = 0, flags: int = 0) -> list:
        if host.endswith("3"):
            raise NameUnknown(-2, "Name or service not known")
        return [Address(2, "192.0.2.1", host)]


def threads(monkeypatch, most: int, exception=RuntimeError) -> list:
    """Let only so many threads start; returns the list of those that did."""
    started, start = [], resolver.start_new_thread

    def limited(work, arguments):
        if len(started) == most:
            raise exception("can't start new thread")
        started.append(start(work, arguments))

    for module in (name_lookups, resolver):
        monkeypatch.setattr(module, "start_new_thread", limited)
    monkeypatch.setattr("_thread.start_new_thread", limited)
    return started


def answers(lookups: NameLookups, addresses: list[str]) -> dict[str, NameFound]:
    """Ask for all, and wait for all."""
    found: dict[str, NameFound] = {}
    with lookups:
        for address in addresses:
            lookups.ask(address)
        end_ns = Clock.now_ns() + 120_000_000_000
        while len(found) < len(set(addresses)):
            Clock.wait([lookups], end_ns)
            assert Clock.now_ns() < end_ns, "a question stays without an answer"
            found.update({event.address: event for event in lookups.receive(7)})
    return found


@pytest.mark.parametrize("most", [0, 1, 3, 1000])
@pytest.mark.parametrize("exception", [RuntimeError, MemoryError])
def test_names_come_with_as_many_threads_as_there_are(most, exception, monkeypatch):
    started = threads(monkeypatch, most, exception)
    found = answers(NameLookups(Names()), ADDRESSES)
    assert [found[address].name for address in ADDRESSES] == [
        None if address.endswith("3") else f"host-{address}" for address in ADDRESSES]
    assert len(started) == min(most, len(ADDRESSES))


@pytest.mark.parametrize("failure", [MemoryError(), ValueError("embedded null byte"), RuntimeError(), SystemExit()])
def test_a_thread_that_fails_says_so(failure):
    event = answers(NameLookups(Names(failure)), ["192.0.2.3"])["192.0.2.3"]
    assert event == NameFound(7, "192.0.2.3", None, None, False)
    event = answers(RegistryLookups(Names(failure), "127.0.0.1", "43"), ["192.0.2.3"])["192.0.2.3"]
    assert (event.name, event.as_path) == (None, "!!")


def test_the_same_question_twice_is_two_answers():
    """Each answer makes room for the next question, also the second one to a question."""
    asked = ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"]
    assert set(answers(NameLookups(Names(), at_once=1), asked)) == {"192.0.2.1", "192.0.2.2"}
    assert set(answers(NameLookups(Names(), at_once=2), asked)) == {"192.0.2.1", "192.0.2.2"}


@pytest.mark.parametrize("most", [0, 1, 3, 1000])
def test_all_names_at_once(most, monkeypatch):
    threads(monkeypatch, most)
    assert names_of(Names(), ADDRESSES) == {
        address: None if address.endswith("3") else f"host-{address}" for address in ADDRESSES}
    assert names_of(Names(), ["192.0.2.3"]) == {"192.0.2.3": None}


@pytest.mark.parametrize("most", [0, 1, 1000])
def test_side_by_side_keeps_the_order_and_raises_in_the_end(most, monkeypatch):
    threads(monkeypatch, most)
    assert side_by_side(lambda number: number * 2, list(range(50)), 4) == list(range(0, 100, 2))
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda number: 1 // number, list(range(-5, 5)), 4)


@pytest.mark.parametrize("most", [0, 1, 1000])
def test_the_targets_of_ping_multi(most, monkeypatch):
    threads(monkeypatch, most)
    found = many.look_up([f"host{number}" for number in range(20)], None, Names())
    assert [type(each) for each in found].count(NameUnknown) == 2
    assert found[0] == "192.0.2.1" and found[13].text == "Name or service not known"


@pytest.mark.parametrize("most", [0, 1])
def test_a_dump_is_read_without_its_thread(most, monkeypatch):
    threads(monkeypatch, most)
    assert list(read_ahead.read_ahead(iter(range(100)))) == list(range(100))


@pytest.mark.parametrize("most", [0, 1])
@pytest.mark.parametrize("failure", [OSError(105, "No buffer space available"), MemoryError(), SystemExit(3)])
def test_a_dump_that_fails_fails_at_its_place(most, failure, monkeypatch):
    threads(monkeypatch, most)

    def chunks():
        yield from range(20)
        raise failure

    seen = []
    with pytest.raises(type(failure)):
        for chunk in read_ahead.read_ahead(chunks()):
            seen.append(chunk)
    assert seen == list(range(20))


START = "import sys; sys.path.insert(0, {root!r}); from netlite.__main__ import run; run({name!r}, {name!r}, sys.argv[1:])"


@pytest.mark.parametrize("command, seen", [
    ("traceroute -q1 -m1 127.0.0.1", " 1  "), ("tracepath -m1 127.0.0.1", "reached"),
    ("traceroute -q1 -m1 --mda 127.0.0.1", " probes in "), ("netstat -t", "Active Internet connections")])
def test_programs_where_no_thread_can_start(command, seen):
    """A stack larger than the address space is one that no new thread gets."""
    def no_threads() -> None:
        resource.setrlimit(resource.RLIMIT_STACK, (1 << 47, resource.RLIM_INFINITY))

    if resource.getrlimit(resource.RLIMIT_STACK)[1] != resource.RLIM_INFINITY:
        pytest.skip("the size of stacks is limited")
    name, *arguments = command.split()
    code = START.format(root=str(Path(__file__).resolve().parents[2]), name=name)
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, *arguments], capture_output=True, text=True, timeout=300,
                          preexec_fn=no_threads, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (0, "") and seen in done.stdout
    check = subprocess.run([sys.executable, "-c", "import _thread; _thread.start_new_thread(print, ())"], capture_output=True,
                           preexec_fn=no_threads)
    assert b"can't start new thread" in check.stderr


@pytest.mark.parametrize("failure", [MemoryError(), RuntimeError("can't allocate lock")])
def test_what_a_thread_lacks_memory_for_is_asked_here(failure):
    here, asked = get_ident(), []

    def ask(question: int) -> int:
        asked.append(question)
        if get_ident() != here:
            raise failure
        return 2 * question

    assert side_by_side(ask, range(5)) == [0, 2, 4, 6, 8]
    assert sorted(asked) == sorted([*range(5)] * 2)


def test_a_thread_that_dies_before_it_begins_is_not_awaited(monkeypatch):
    monkeypatch.setattr(name_lookups, "start_new_thread", lambda work, arguments: None)
    assert side_by_side(lambda question: -question, [1, 2, 3]) == [-1, -2, -3]


def test_chunks_that_a_dead_thread_fetched_are_no_end(monkeypatch):
    monkeypatch.setattr("_thread.start_new_thread", lambda work, arguments: None)
    monkeypatch.setattr("_thread._count", lambda: 0)
    monkeypatch.setattr(read_ahead, "PATIENCE_S", 0.01)
    with pytest.raises(MemoryError):
        list(read_ahead.read_ahead(iter(range(100))))


def test_a_lock_that_cannot_be_had_is_memory_that_there_is_not():
    lacking = RuntimeError("can't allocate lock")
    assert is_refusal(lacking) and said_of(lacking) == "Cannot allocate memory"
