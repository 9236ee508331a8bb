"""Words of any bytes, empty ones, with newlines, and long ones, wherever a word is taken: the original's bytes and status."""

from __future__ import annotations

import originals
import pytest
from masks import masks_for
from number_places import RESET, SET_UP
from originals import ORIGINALS_PATH
from player import Step, play
from word_places import MENDED, OWN, PLACES, WORDS

from netlite.errors import NetliteError
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import Node, Topology

PROGRAMS = sorted({place.split()[0] for place in PLACES})


@pytest.fixture(scope="module")
def pair():
    """Two equal nodes with a veth d0 that has addresses."""
    try:
        lab = Lab(Topology([Node("original"), Node("netlite")], []))
    except NetliteError as refusal:
        pytest.skip(f"no twin nodes here: {refusal}")
    with lab:
        if lab.rootless:
            pytest.skip("changes need root: an ioctl on behalf of nobody cannot be tested in a user namespace")
        for node in ("original", "netlite"):
            done = lab.run(node, ["sh", "-c", SET_UP], env={"PATH": ORIGINALS_PATH})
            assert (done.returncode, done.stderr) == (0, "")
        yield lab


def steps_of(places) -> list[tuple[str, bytes, Step]]:
    """(place, word, step) for every word in every place."""
    return [(place, word, Step([part.encode().replace(b"{}", word) for part in place.split()], [["sh", "-c", RESET]]))
            for place in places for word in WORDS]


@pytest.mark.parametrize("program", PROGRAMS)
def test_words_of_any_bytes(program, pair, netlite_path):
    originals.need(program)
    steps = steps_of(place for place in PLACES if place.split()[0] == program)
    masked = masks_for(program, ("flow_label",))

    def seen(outcome) -> tuple:
        stdout, stderr, status, _ = outcome
        return *(masked(text.decode("utf-8", "backslashreplace")) for text in (stdout, stderr)), status

    played = play(pair, {"original": ORIGINALS_PATH, "netlite": netlite_path("nobody")}, [step for _, _, step in steps])
    wrong, mended = [], set()
    for (place, word, _), original, ours in zip(steps, *(map(seen, outcomes) for outcomes in played)):
        assert ours[2] != 70, (place, word, ours)
        if original != ours and word in MENDED.get(place, ()):
            mended.add((place, word))
        elif original != ours:
            wrong.append(f"{place} {word[:9]!r}\n  original {original}\n  netlite  {ours}")
    assert not wrong, "\n".join(wrong)
    assert mended == {(place, word) for place, word, _ in steps if word in MENDED.get(place, ())}


def test_what_only_netlite_has_takes_any_bytes(pair, netlite_path):
    steps = steps_of(OWN)
    outcomes, = play(pair, {"netlite": netlite_path("nobody")}, [step for _, _, step in steps])
    for (place, word, _), (_, stderr, status, _) in zip(steps, outcomes):
        assert status in (0, 1, 2, 3, 6, 7, 255), (place, word, stderr)
        assert b"internal error" not in stderr and b"Traceback" not in stderr, (place, word, stderr)
        assert status == 0 or stderr or "route get" in place, (place, word)  # which says it on stdout
