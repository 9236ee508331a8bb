"""Numbers on the command line: every place that reads one, written in some thirty ways, original beside netlite.

Output, errors, exit status and the kernel's state afterwards are equal, whatever the number looks like; where
netlite differs on purpose it must.
"""

from __future__ import annotations

import shutil

import generations
import originals
import pytest
from kernel_tables import settled
from masks import masks_for
from number_places import ALONE, CHANGES, PROBES, RESET, Place
from originals import ORIGINALS_PATH
from player import Step

ATTEMPTS = 2  # a difference counts when it shows each time: what the original does depends on how busy the machine is


def outcomes(place: Place, pair, at_once: int) -> list[tuple]:
    """(spelling, the original's outcome, netlite's) for each spelling of a place."""
    program = place.command.split()[0]
    originals.need(program)
    spellings = place.all_spellings()
    steps = [Step(place.words(spelling), place.before, place.state) for spelling in spellings]
    pair.play([Step(before=RESET)])
    masked = masks_for(program, ("flow_label",) if "-F" in place.command else ())

    def seen(outcome) -> tuple:
        stdout, stderr, status, state = outcome
        texts = (masked(text.decode("utf-8", "backslashreplace")) for text in (stdout, stderr))
        return *texts, status, settled(state)

    def original_seen(outcome) -> tuple:
        stdout, stderr, status, state = seen(outcome)
        return *generations.in_our_words(program, stdout, stderr), status, state

    return [(spelling, original_seen(original), seen(ours)) for spelling, original, ours in zip(spellings, *pair.play(steps, at_once))]


def check(place: Place, pair, at_once: int, record_property) -> None:
    """Compare all spellings of a place, twice where there is a difference; the end of the run tells where."""
    mended = set(place.mended)
    generation = originals.generation(place.command.split()[0])
    if generation == generations.NEWER:
        mended |= set(place.older)
    record_property("compared", (generation, len(place.all_spellings())))
    for looks in range(ATTEMPTS):
        if looks:
            record_property("differed", looks)
        differ = {spelling: (original, ours) for spelling, original, ours in outcomes(place, pair, at_once)
                  if original != ours}
        if set(differ) == mended:
            return
    wrong = set(differ) - mended
    assert not wrong, "\n".join(f"{place.command} {spelling!r}\n  original {differ[spelling][0]}\n  netlite  {differ[spelling][1]}"
                                for spelling in sorted(wrong))
    assert mended <= set(differ), f"no difference any more: {mended - set(differ)}"


@pytest.mark.parametrize("place", CHANGES, ids=lambda place: place.command)
def test_changes(place, pair, record_property):
    check(place, pair, at_once=1, record_property=record_property)


@pytest.mark.parametrize("place", PROBES, ids=lambda place: place.command)
def test_probes(place, pair, record_property):
    check(place, pair, at_once=6, record_property=record_property)


@pytest.mark.parametrize("place", ALONE, ids=lambda place: place.command)
def test_probes_one_after_the_other(place, pair, record_property):
    check(place, pair, at_once=1, record_property=record_property)


@pytest.mark.parametrize("word", ["keepalive", "outfill", "mem_start", "io_addr", "irq", "txqueuelen", "port"])
def test_what_no_device_here_takes_reaches_the_kernel_as_from_the_original(word, pair):
    originals.need("ifconfig")
    if not shutil.which("strace", path=ORIGINALS_PATH):
        pytest.skip("strace is not installed")
    place = Place(f"strace -qq -f --seccomp-bpf -e trace=ioctl ifconfig d0 {word} {{}}", mended=("", " ", "abc"))
    spellings = [spelling for spelling in place.all_spellings() if spelling.isascii() and spelling not in place.mended]
    for spelling, original, ours in zip(spellings, *pair.play([Step(place.words(spelling)) for spelling in spellings])):
        told = [[line.partition("ioctl(")[2].partition(", ")[2] for line in outcome[1].decode().splitlines() if "SIOCS" in line]
                for outcome in (original, ours)]
        assert told[0] == told[1], spelling
        assert told[0] or word == "port", spelling
