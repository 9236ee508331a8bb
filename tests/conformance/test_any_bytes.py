"""Words of any bytes, empty ones, with newlines, and long ones, wherever a word is taken: the original's bytes and status."""

from __future__ import annotations

import difflib

import generations
import originals
import pytest
from kernel_tables import settled
from masks import masks_for
from number_places import RESET
from originals import ORIGINALS_PATH
from player import Step
from word_places import MENDED, OLDER, OWN, PLACES, WORDS

CHANGING = ("ifconfig", "route", "arp")
STATE = "links d0", "addresses d0", "neighbours"
FIRST = {place.split()[0]: place for place in reversed(PLACES + OWN)}
PROGRAMS = sorted({place.split()[0] for place in PLACES})


def steps_of(places) -> list[tuple[str, bytes, Step]]:
    """(place, word, step) for every word in every place."""
    return [(place, word, Step([part.encode().replace(b"{}", word) for part in place.split()],
                               *((RESET, STATE) if place.split()[0] in CHANGING else ()), by_script=place in FIRST.values()))
            for place in places for word in WORDS]


@pytest.mark.parametrize("program", PROGRAMS)
def test_words_of_any_bytes(program, pair, record_property):
    originals.need(program)
    steps = steps_of(place for place in PLACES if place.split()[0] == program)
    masked = masks_for(program, ("flow_label",))

    def seen(outcome) -> tuple:
        stdout, stderr, status, state = outcome
        return *(masked(text.decode("utf-8", "backslashreplace")) for text in (stdout, stderr)), status, settled(state)

    played = pair.play([step for _, _, step in steps])
    record_property("compared", (originals.generation(program), len(steps)))
    expected = MENDED | (OLDER if originals.generation(program) == generations.NEWER else {})
    wrong, mended = [], set()
    for (place, word, _), original, ours in zip(steps, *(map(seen, outcomes) for outcomes in played)):
        assert ours[2] != 70, (place, word, ours)
        original = *generations.in_our_words(program, *original[:2]), *original[2:]
        if original != ours and word in expected.get(place, ()):
            mended.add((place, word))
        elif original != ours:
            wrong.append(f"{place} {word[:9]!r}\n  original {original}\n  netlite  {ours}")
    assert not wrong, "\n".join(wrong)
    assert mended == {(place, word) for place, word, _ in steps if word in expected.get(place, ())}


HOSTS = "127.0.0.1 localhost\\n10.1.2.3 caf\\351 al\\n10.1.2.9 \\351t\\351 alias\\n::1 six\\351\\n"  # Latin-1, for printf
NAMED = ("arp", "arp -a", "arp $ODD", "arp -a alias", "arp -d $ODD", "arp -s $ODD 02:00:00:00:ee:09", "route", "route add -host $ODD dev d0",
         "route", "route del -host $ODD dev d0", "netstat -r", "ifconfig d0:1 $ODD", "ifconfig d0:1 down", "traceroute -q1 -m1 10.1.2.3",
         "traceroute -q1 -m1 al", "traceroute6 -q1 -m1 ::1", "tracepath al", "ping -c1 al", "ping -c1 $OWN", "ping -6 -c1 six$SIX",
         "route -6", "ping -c1 -W1 $ODD$ODD")


def test_names_of_any_bytes(pair, netlite_path, tmp_path, record_property):
    originals.need("arp", "route", "netstat", "ifconfig", "traceroute", "tracepath", "ping")
    script = "\n".join([
        f"printf '{HOSTS}' >{tmp_path}/hosts; mount --bind {tmp_path}/hosts /etc/hosts || exit 77",
        "ODD=$(printf '\\351t\\351'); OWN=$(printf 'caf\\351'); SIX=$(printf '\\351'); ip route flush table main proto boot",
        *RESET, "ip neigh replace 10.1.2.9 lladdr 02:00:00:00:ee:09 dev d0 nud permanent",
        *(f"echo '$' '{command}'; {command} 2>&1; echo [$?]" for command in NAMED)])
    ends = []
    for node, path in (("original", ORIGINALS_PATH), ("netlite", netlite_path("nobody"))):
        done = pair.lab.run(node, ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script], env={"PATH": path, "LC_ALL": "C"},
                        errors="backslashreplace")
        text = done.stdout
        for program in ("ping", "traceroute", "tracepath"):
            text = masks_for(program, ("route6_use",))(text)
        ends.append((text.splitlines(), done.returncode))
    if ends[0][1] == 77:
        pytest.skip("no mount namespace here")
    record_property("compared", (originals.generation("ping"), len(NAMED)))
    assert "\n".join(difflib.unified_diff(ends[0][0], ends[1][0], "original", "netlite", n=1, lineterm="")) == ""


def test_what_only_netlite_has_takes_any_bytes(pair):
    steps = steps_of(OWN)
    outcomes, = pair.play([step for _, _, step in steps], nodes=["netlite"])
    for (place, word, _), (_, stderr, status, _) in zip(steps, outcomes):
        assert status in (0, 1, 2, 3, 6, 7, 255), (place, word, stderr)
        assert b"internal error" not in stderr and b"Traceback" not in stderr, (place, word, stderr)
        assert status == 0 or stderr or "route get" in place, (place, word)  # which says it on stdout
