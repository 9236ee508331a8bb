"""Wrong arguments are refused before anything is opened, by the name of the argument, everywhere alike."""

from __future__ import annotations

import asyncio
import inspect
import math
from ipaddress import ip_address

import pytest
from rows import over

import netlite
from netlite.aio import Prober
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain
from netlite.world import World

PROBING = ("ping", "ping_many", "traceroute", "tracepath", "path_mtu", "multipath", "watch")
WITH_HOST = (*(name for name in PROBING if name != "ping_many"), "resolve", "route_to")
TABLES = ("interfaces", "addresses", "routes", "default_routes", "neighbours", "connections", "counters", "changes")
FUNCTIONS = (*PROBING, "resolve", "route_to", "diagnose", *TABLES)
WRONG = {  # argument: what it may not be, and what is raised then
    "host": [(b"127.0.0.1", TypeError), (3, TypeError), (None, TypeError), ("", ValueError), ("a\0b", ValueError)],
    "hosts": [("127.0.0.1", TypeError), (b"127.0.0.1", TypeError), (7, TypeError), ([b"x"], TypeError), ([""], ValueError)],
    "version": [(5, ValueError), (0, ValueError), ("4", TypeError), (4.0, TypeError), (True, TypeError)],
    "count": [(0, ValueError), (-1, ValueError), (1.5, TypeError), ("3", TypeError), (True, TypeError)],
    "size_bytes": [(-1, ValueError), (70000, ValueError), ("56", TypeError), (1.0, TypeError)],
    "timeout_s": [(0, ValueError), (-1, ValueError), (math.nan, ValueError), (math.inf, ValueError), ("1", TypeError), (True, TypeError)],
    "deadline_s": [(0, ValueError), (math.nan, ValueError), ("1", TypeError)],
    "interval_s": [(-0.1, ValueError), (math.nan, ValueError), (math.inf, ValueError), (b"1", TypeError)],
    "rate": [(-1, ValueError), (math.nan, ValueError), ("fast", TypeError)],
    "in_flight": [(0, ValueError), (70000, ValueError), (None, TypeError)],
    "ttl": [(0, ValueError), (256, ValueError), ("64", TypeError)],
    "first_hop": [(0, ValueError), (31, ValueError), (1.0, TypeError)],
    "max_hops": [(0, ValueError), (256, ValueError), ("30", TypeError)],
    "max_probes": [(0, ValueError), (None, TypeError)],
    "queries": [(0, ValueError), (11, ValueError), (3.0, TypeError)],
    "tries": [(0, ValueError), (11, ValueError)],
    "window": [(0, ValueError), (None, TypeError)],
    "port": [(0, ValueError), (65536, ValueError), ("http", TypeError)],
    "traffic_class": [(-1, ValueError), (256, ValueError), (1.0, TypeError)],
    "confidence_percent": [(49, ValueError), (100, ValueError), (95.0, TypeError)],
    "method": [("pigeon", ValueError), (None, TypeError), (1, TypeError)],
    "protocol": [("pigeon", ValueError), (6, TypeError)],
    "paris": [(1, TypeError), (None, TypeError)],
    "dont_fragment": [(1, TypeError)],
    "names": [(1, TypeError), ("yes", TypeError)],
    "owners": [(1, TypeError), (None, TypeError)],
    "listening": [(1, TypeError), ("yes", TypeError)],
    "source": [(b"127.0.0.1", TypeError), (1, TypeError), ("", ValueError), ("localhost", ValueError), ("127.1", ValueError), ("\udcff", ValueError),
               ("127.0.0.1%lo", ValueError), ("x" * 300, ValueError)],
    "device": [(b"lo", TypeError), (1, TypeError), ("", ValueError)],
    "table": [(254, TypeError), ("", ValueError)],
    "kinds": [("pigeon", ValueError), (1, TypeError)],
    "limit_s": [(0, ValueError), (-1, ValueError), (math.nan, ValueError), ("15", TypeError)],
    "flows": [(0, ValueError), (65, ValueError), ("1", TypeError), (None, TypeError)],
    "max_unknown": [(0, ValueError), (256, ValueError), (12.0, TypeError)],
    "lasting": [(1, TypeError), (None, TypeError)],
    "max_packets": [(49, ValueError), (10_001, ValueError), (100.0, TypeError), (None, TypeError)],
    "tell": [(1, TypeError), ("print", TypeError)],
    "world": [("server", TypeError), (1, TypeError), (0, TypeError), ("", TypeError), ({}, TypeError), (World, TypeError)],
}
NOTHING_TAKES = (object(), [object()], {1: 2}, 1j, b"\xff", SimulatedEnvironment)


def cases():
    for function in FUNCTIONS:
        for name in inspect.signature(getattr(netlite, function)).parameters:
            for value, error in WRONG.get(name, ()):
                if not (function == "diagnose" and name == "host" and value is None):
                    yield function, name, value, error


def start(module, function: str, name: str, value: object):
    """Call it with that argument, and a world that cannot be reached if it is wrong."""
    if name == "world":
        world = value
    else:
        world = Unreachable()
    given = {"host": "127.0.0.1"} if function in WITH_HOST else {"hosts": ["127.0.0.1"]} if function == "ping_many" else {}
    if name == "kinds":
        return getattr(module, function)(value)
    return getattr(module, function)(**{**given, name: value, "world": world})


class Unreachable:
    """A world that must not be asked for anything."""

    def __getattr__(self, name: str):
        raise AssertionError(f"asked for {name}")


class Unmoved(Unreachable):
    """One that is taken for a world."""

    random_bytes = None


@over("function, name, value, error", list(cases()))
def test_a_wrong_argument_is_named(function, name, value, error):
    with pytest.raises(error, match="hosts" if name == "hosts" else name):
        start(netlite, function, name, value)


def awaited(function):
    return function in ("resolve", "route_to", "diagnose") or function in TABLES and function != "changes"


@over("function, name, value, error", list(cases()))
def test_a_wrong_argument_is_named_by_its_asynchronous_sister_too(function, name, value, error):
    with pytest.raises(error, match="hosts" if name == "hosts" else name):
        waiting = start(netlite.aio, function, name, value)
        if awaited(function):
            waiting.send(None)


def test_every_argument_has_wrong_values():
    for function in FUNCTIONS:
        assert set(inspect.signature(getattr(netlite, function)).parameters) <= set(WRONG), function
    public = {name for name in netlite.__all__ if inspect.isfunction(getattr(netlite, name))}
    assert public == set(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_nothing_takes_is_refused_by_every_argument(function):
    for name in inspect.signature(getattr(netlite, function)).parameters:
        for value in NOTHING_TAKES if name != "tell" else NOTHING_TAKES[:-1]:
            with pytest.raises(TypeError, match="hosts" if name == "hosts" else name):
                start(netlite, function, name, value)


def test_a_prober_names_what_is_wrong():
    for name in inspect.signature(Prober).parameters:
        for value, error in [*WRONG[name], *[(each, TypeError) for each in NOTHING_TAKES]]:
            with pytest.raises(error, match=name):
                Prober(**{name: value})
    for name in inspect.signature(Prober.ping).parameters:
        for value, error in WRONG[name] if name != "self" else ():
            with pytest.raises(error, match=name):
                Prober(world=Unmoved()).ping(**{"host": "127.0.0.1", name: value})


def test_the_asynchronous_sisters_take_the_same_arguments():
    for function in FUNCTIONS:
        ours, theirs = (inspect.signature(getattr(module, function)).parameters for module in (netlite.aio, netlite))
        assert {name: each.default for name, each in ours.items()} == {name: each.default for name, each in theirs.items()}


@pytest.mark.parametrize("address", ["198.18.3.2", "2001:db8:3::2"])
def test_an_address_of_ipaddress_is_a_host(address):
    lab = SimulatedEnvironment("test", chain(2), "client")
    run = netlite.ping(ip_address(address), count=1, world=lab)
    assert [each.source for each in run] == [address] and run.result.host == address
    assert [each.host for each in netlite.ping_many([ip_address(address)], world=lab)] == [address]


def test_whole_numbers_of_other_kinds_are_numbers():
    class Three:
        def __index__(self):
            return 3

    lab = SimulatedEnvironment("test", chain(2), "client")
    assert len(list(netlite.ping("server", count=Three(), interval_s=0, world=lab))) == 3


@pytest.mark.parametrize("function", ("ping", "ping_many", "traceroute", "multipath"))
@pytest.mark.parametrize("module", (netlite, netlite.aio))
def test_the_version_is_that_of_the_source(module, function):
    """A name with addresses of both versions is asked for by one that the source can reach."""
    lab = SimulatedEnvironment("test", chain(2), "client")
    own = netlite.resolve("client", version=6, world=lab)[0]
    host = {"hosts": ["server"]} if function == "ping_many" else {"host": "server"}

    def asked(**ends) -> list[str]:
        run = getattr(module, function)(**host, **ends, world=lab)
        records = asyncio.run(gathered(run)) if module is netlite.aio else list(run)
        return sorted({text for each in records for text in (getattr(each, "address", None), getattr(each, "source", None)) if text})

    async def gathered(run) -> list:
        return [each async for each in run]

    assert asked(source=own) and all(":" in address for address in asked(source=own))
    with pytest.raises(ValueError, match="source.*version"):
        getattr(module, function)(**host, source=own, version=4, world=Unreachable())


@pytest.mark.parametrize("name", [name for name, values in WRONG.items() if any(isinstance(value, (int, float)) for value, _ in values) and name != "tell"])
def test_a_class_is_no_number(name):
    for function in FUNCTIONS:
        if name in inspect.signature(getattr(netlite, function)).parameters:
            with pytest.raises(TypeError, match="hosts" if name == "hosts" else name):
                start(netlite, function, name, int)
