"""netlite.aio on a network in memory: the same records, and errors where they are awaited."""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
import subprocess
import sys
from pathlib import Path
from select import select
from threading import Event, get_ident

import pytest

import netlite
from netlite import aio
from netlite.aio import prober
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain, diamond
from netlite.sockets import bell


def world(topology=None):
    return SimulatedEnvironment("test", topology or chain(2), "client")


def both(name, *words, topology=None, **more):
    """What the two sisters of a function give, each in a world of its own."""
    here = list(getattr(netlite, name)(*words, **more, world=world(topology)))
    return here, asyncio.run(_all(getattr(aio, name), words, more, topology))


async def _all(function, words, more, topology):
    return await function(*words, **more, world=world(topology))


@pytest.mark.parametrize("version", [4, 6])
def test_both_sisters_give_the_same_records(version):
    for name, more in (("ping", {"count": 3}), ("ping", {"count": 2, "size_bytes": 1000, "ttl": 9}), ("traceroute", {"names": True}),
                       ("traceroute", {"method": "icmp"}), ("tracepath", {}), ("path_mtu", {"deadline_s": 60})):
        here, there = both(name, "server", version=version, **more)
        assert here == there and here, (name, more)


def test_tables_and_names():
    for name in ("interfaces", "addresses", "routes", "default_routes", "neighbours", "connections"):
        here, there = both(name)
        assert here == there
    here, there = both("resolve", "server")
    assert here == there == ["2001:db8:3::2", "198.18.3.2"]


def test_many_at_once_in_memory():
    here, there = both("ping_many", ["server", "r1", "nowhere", "198.18.3.77"], count=2, version=4)
    assert sorted(here) == sorted(there)
    assert {each.host: each.received for each in there} == {"server": 2, "r1": 2, "nowhere": 0, "198.18.3.77": 0}


def test_records_of_all_runs_are_json():
    for name, topology in (("path_mtu", chain(2, mtus={3: 1400})), ("tracepath", None), ("multipath", diamond(2)), ("traceroute", None)):
        for record in getattr(netlite, name)("server", version=4, world=world(topology)):
            told = json.loads(json.dumps(record.as_json()))
            assert list(told) == list(record._fields)


def test_an_unknown_name_is_raised_where_it_is_awaited():
    async def main():
        for run in (aio.ping("nowhere", world=world()), aio.traceroute("nowhere", world=world())):
            with pytest.raises(netlite.NameUnknown):
                await run
            assert [each async for each in run] == []  # it is over
        with pytest.raises(netlite.NameUnknown):
            await aio.resolve("nowhere", world=world())

    asyncio.run(main())


def test_only_one_may_await_the_records_of_a_run():
    async def main():
        run = aio.ping("198.18.3.77", count=None, world=world())
        first = asyncio.ensure_future(run.__anext__())
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="somebody else"):
            await run.__anext__()
        assert (await first).kind in ("lost", "error")  # which is none the worse for it
        run.close()

    asyncio.run(main())


def test_a_run_that_is_closed_gives_no_more_and_keeps_its_result():
    async def main():
        lab = world()
        async with aio.ping("server", count=None, interval_s=0.1, version=4, world=lab) as run:
            async for verdict in run:
                if verdict.sequence == 3:
                    break
        assert [each async for each in run] == []
        assert run.result.received >= 3 and run.result.lost == 0

    asyncio.run(main())


def test_a_prober_is_shared_and_closed():
    async def main():
        async with aio.Prober(world=world()) as prober:
            results = await asyncio.gather(*[prober.ping(host, count=2, version=4).finish() for host in ("server", "r1", "r2")])
            assert [each.received for each in results] == [2, 2, 2]
        with pytest.raises(RuntimeError, match="closed"):
            await prober.ping("server", version=4)

    asyncio.run(main())


def test_who_leaves_a_loop_leaves_nothing_behind():
    """A ping without end that nobody refers to any more sends nothing, and its socket is given back."""
    async def main():
        async for verdict in aio.ping("server", count=None, interval_s=0.001, world=world()):
            assert verdict.kind == "answer"
            break
        gc.collect()
        return list(prober._shared.values())

    assert asyncio.run(main()) == []


def test_a_diagnosis_is_the_same_and_is_told_in_the_loop():
    async def main():
        told = []
        found = await aio.diagnose("server", 80, tell=lambda step: told.append((step, get_ident())), world=world())
        return found, told, get_ident()

    found, told, loop = asyncio.run(main())
    steps = []
    assert found == netlite.diagnose("server", 80, tell=steps.append, world=world()) and not found.is_well
    assert told == [(step, loop) for step in steps] and steps


def test_a_diagnosis_takes_the_same_arguments_and_refuses_the_same():
    ours, theirs = (inspect.signature(each.diagnose).parameters for each in (aio, netlite))
    assert {name: each.default for name, each in ours.items()} == {name: each.default for name, each in theirs.items()}
    for wrong, error in (({"port": 0}, ValueError), ({"limit_s": "x"}, TypeError), ({"version": 5}, ValueError)):
        with pytest.raises(error, match=next(iter(wrong))):
            asyncio.run(aio.diagnose("server", **wrong, world=world()))


class Broken(SimulatedEnvironment):
    """A world that raises what nobody thought of."""

    @property
    def network(self):
        raise RuntimeError("no chance")


def test_what_a_diagnosis_raises_is_raised_where_it_is_awaited():
    with pytest.raises(RuntimeError, match="no chance"):
        asyncio.run(aio.diagnose("server", world=Broken("test", chain(2), "client")))


class Hung(SimulatedEnvironment):
    """A world where what is waited for never comes."""

    def __init__(self):
        super().__init__("test", chain(2), "client")
        self.waits, self.returned = Event(), Event()

    @property
    def clock(self):
        return HungClock(super().clock, self)


class HungClock:
    """Its `wait` returns for what has a descriptor alone."""

    def __init__(self, clock, of):
        self._of, self.now_ns, self.wall_ns = of, clock.now_ns, clock.wall_ns

    def wait(self, sources, until_ns):
        self._of.waits.set()
        select([each for each in sources if each.fileno() >= 0], (), ())
        self._of.returned.set()


def test_a_bell_without_a_descriptor_is_one_that_is_looked_at(monkeypatch):
    def refused():
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(bell, "socketpair", refused)
    ringing = bell.Bell()
    assert ringing.fileno() == -1 and not ringing.rung
    ringing.ring(), ringing.close()
    assert ringing.rung and asyncio.run(aio.diagnose("server", world=world())).is_well


def test_a_diagnosis_that_is_cancelled_waits_no_longer():
    async def main():
        hung, loop = Hung(), asyncio.get_running_loop()
        task = asyncio.create_task(aio.diagnose("server", world=hung))
        assert await loop.run_in_executor(None, hung.waits.wait, 60)
        assert not task.done() and not hung.returned.is_set()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await loop.run_in_executor(None, hung.returned.wait, 60)

    asyncio.run(main())


UNFINISHED = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from netlite import aio
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain

async def main():
    global runs
    lab = SimulatedEnvironment("test", chain(2), "client")
    runs = [aio.ping("server", count=None, world=lab), aio.ping("198.18.3.77", count=None, world=lab), aio.traceroute("server", world=lab)]
    for run in runs:
        await anext(run)

asyncio.run(main())
"""


def test_an_interpreter_ends_in_silence_with_runs_that_do_not():
    package = Path(netlite.__file__).parent.parent
    done = subprocess.run([sys.executable, "-I", "-c", UNFINISHED, str(package)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_prober_can_keep_its_sockets_and_tells_counts_at_any_time():
    async def main():
        told = []
        for lasting in (False, True):
            async with aio.Prober(lasting=lasting, world=world()) as shared:
                first = shared.ping("server", count=3, interval_s=0.1, version=4)
                assert tuple(first.tally) == (0, 0, 0, 0, 0, 0)
                await first.finish()
                kept = list(shared._sockets.values())
                second = shared.ping("198.18.3.77", count=2, interval_s=0.1, version=4)
                await second.finish()
                told.append((len(kept), kept == list(shared._sockets.values()), tuple(first.tally), second.tally.lost + second.tally.errors))
                endless = shared.ping("server", count=None, interval_s=0.1, version=4)
                async for _ in endless:
                    if endless.tally.received >= 3:
                        break
                assert endless.tally.sent - endless.tally.received in (0, 1) and endless.result.rtt_avg_ns is not None
                endless.close()
        return told

    (without, _, *first), (with_it, same, *second) = asyncio.run(main())
    assert (without, with_it, same) == (0, 1, True)
    assert first == second == [(3, 3, 0, 0, 0, 0), 2]


def test_a_lasting_socket_that_has_ended_is_opened_anew(monkeypatch):
    async def main():
        async with aio.Prober(lasting=True, world=world()) as shared:
            assert (await shared.ping("server", count=1, version=4).finish()).received == 1
            (first,) = shared._sockets.values()
            monkeypatch.setattr(prober.EchoSocket, "finished", property(lambda socket: socket is first))
            again = await shared.ping("server", count=1, version=4).finish()
            return again.received, first in shared._sockets.values()

    assert asyncio.run(main()) == (1, False)
