"""One scene, three executions: the originals on namespaces, netlite there, and netlite in memory.

That the first two agree checks the programs, that the last two agree checks the network in memory.
"""

from __future__ import annotations

import re
import shlex
from contextlib import contextmanager

import known_scenes
import originals
import pytest
from quick_lab import Lab
from scene_plays import look_again, play_as_said

from netlite.lab.play import play
from netlite.lab.stages import MemoryStage, ProgramStage
from netlite.programs.registry import netlite_argv
from netlite.programs.simulate import simulate

NAMES = [name for name in known_scenes.names_for("namespaces") if known_scenes.load(name).topology.wires]
OF_ORIGINALS = [name for name in NAMES if not any(each.command.startswith(("why ", "dhcp ")) for each in known_scenes.load(name).experiments)]
IN_BOTH = [name for name in NAMES if name in known_scenes.names_for("memory")]
MASKS = (
    (r" *\d+(\.\d+)?(/[\d.]+)* ?ms", " <time>"),
    (r":\d{5}\b *", ":<port>"),
    (r"packets \d+  bytes \d+ \([\d.]+ (Ki)?B\)", "<counters>"),
    (r"(?m)^ *\d+\.\d{3}  ", "<at>  "),
    (r"(?m)^(PING|---) [^ (]* ", r"\1 <name> "),  # with -4 the original may leave the name out
)


def masked(command: str, text: str) -> list[str]:
    """The lines of a program's output without what differs from run to run."""
    for pattern, name in MASKS:
        text = re.sub(pattern, name, text)
    # The kernel lists a device's IPv6 addresses by a hash, which each namespace salts.
    return sorted(text.splitlines()) if command.startswith("ifconfig") else text.splitlines()


@pytest.fixture(scope="module")
def kept():
    """The outcomes of the scenes played so far."""
    return {}


class Played:
    """The outcomes of scenes on namespaces, by name and by whose programs: "original" or "netlite"."""

    def __init__(self, kept: dict, record_property):
        self._kept, self._record = kept, record_property

    def outcomes(self, name: str, programs: str) -> list:
        if (name, programs) not in self._kept:
            loaded = known_scenes.load(name)

            @contextmanager
            def stage():
                with Lab(loaded.topology, later=loaded.variants()) as lab:
                    yield ProgramStage(lab, list if programs == "original" else netlite_argv)

            self._kept[name, programs] = play_as_said(loaded, stage, self._record)
        return self._kept[name, programs]

    def differing(self, name: str, compare) -> list:
        """What `compare(name)` finds, when it finds something in play after play."""
        def look() -> list:
            found = compare(name)
            for programs in ("original", "netlite") if found else ():
                self._kept.pop((name, programs), None)
            return found

        return look_again(look, self._record)


@pytest.fixture
def played(labs, kept, record_property):
    return Played(kept, record_property)


def need_originals(name: str) -> None:
    originals.need(*sorted({shlex.split(experiment.command)[0] for experiment in known_scenes.load(name).experiments}))


@pytest.mark.parametrize("programs,name", [("netlite", name) for name in NAMES] + [("original", name) for name in OF_ORIGINALS])
def test_a_scene_shows_what_it_says(played, name, programs):
    if programs == "original":
        need_originals(name)
    differing = [(outcome.experiment.command, outcome.problems, outcome.output)
                 for outcome in played.outcomes(name, programs) if outcome.problems]
    assert differing == []


@pytest.mark.parametrize("name", OF_ORIGINALS)
def test_netlite_says_what_the_originals_say(played, name):
    def compare(name: str) -> list:
        pairs = zip(played.outcomes(name, "original"), played.outcomes(name, "netlite"), strict=True)
        texts = [[masked(each.experiment.command, each.output) for each in pair]
                 for pair in pairs if not pair[0].experiment.varies]
        return [pair for pair in texts if pair[0] != pair[1]]

    need_originals(name)
    assert played.differing(name, compare) == []


@pytest.mark.parametrize("name", IN_BOTH)
def test_the_network_in_memory_is_as_the_kernel(played, name):
    loaded = known_scenes.load(name)

    def compare(name: str) -> list:
        in_memory = {outcome.experiment: outcome
                     for outcome in play(loaded, MemoryStage(loaded, simulate), lambda text: None)}
        differing = []
        for real in played.outcomes(name, "netlite"):
            if real.experiment in in_memory and not real.experiment.varies:
                told = [(masked(each.experiment.command, each.output), each.status)
                        for each in (in_memory[real.experiment], real)]
                differing += [told] if told[0] != told[1] else []
        return differing

    assert played.differing(name, compare) == []
