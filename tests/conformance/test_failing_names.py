"""Every way in which a look-up fails, in every program that looks names up, beside the originals."""

from __future__ import annotations

import pickle
from contextlib import suppress
from pathlib import Path
from signal import SIGSEGV

import generations
import originals
import player
import pytest
from masks import masks_for
from originals import ORIGINALS_PATH
from player import Step
from quick_lab import Lab

from netlite.errors import NetliteError
from netlite.lab.scene.parts import Node
from netlite.lab.scene.topology import Topology

AT_ONCE = 12  # most of them wait
ATTEMPTS = 3  # a name server here may answer too late for either program on a busy machine
HOSTS = "127.0.0.1 localhost\n10.9.8.1 known\n2001:db8::1 known6\n"
PLACES = (
    "ping -c1 -W1 {}", "ping -4 -c1 -W1 {}", "ping -6 -c1 -W1 {}", "ping -c1 -W1 {} 127.0.0.1", "ping -N subject-ipv4={} -c1 -W1 ::1",
    "ping -N subject-ipv6={} -c1 -W1 ::1",
    "tracepath {}", "tracepath -6 {}", "tracepath -4 -n {}", "traceroute -q1 -m1 {}", "traceroute -6 -q1 -m1 {}", "traceroute -q1 -m1 -s {} 127.0.0.1",
    "traceroute -q1 -m1 -g {} 127.0.0.1", "tcptraceroute -q1 -m1 {}",
    "arp {}", "arp -d {}", "arp -s {} 02:00:00:00:00:09", "arp -s 10.9.8.77 02:00:00:00:00:09 netmask {}",
    "arp -Ds {} d0", "ifconfig d1 {}", "ifconfig d1 {}/24", "ifconfig d1 {}/", "ifconfig d1 add {}/x", "ifconfig d1 del {}/33", "ifconfig d1 netmask {}",
    "ifconfig d1 inet6 {}", "ifconfig d1 inet6 add {}/64", "ifconfig d1 inet6 del {}", "ifconfig d1 add {}", "ifconfig d1 del {}", "ifconfig d1:1 {}",
    "route add {} dev d0", "route add -host {} dev d0", "route add -net {} dev d0", "route add -net 10.8.0.0/16 gw {}",
    "route add -net 10.8.0.0 netmask {} dev d0", "route del {}", "route -6 add {} dev d0", "route -6 add {}/64 dev d0")
REVERSE = ("arp", "arp -a", "arp -e", "route", "route -e", "netstat -r", "netstat -g", "hostname -A", "hostname -I",
           *(f"traceroute -q1 -m1 10.9.8.{last}" for last in (2, 3)), *(f"tracepath -m1 10.9.8.{last}" for last in (2, 3)),
           *(f"ping -c1 10.9.8.{last}" for last in (2, 3)))
NO_SERVER = {("no module alone", "tracepath -m1 10.9.8.2"), ("no module alone", "tracepath -m1 10.9.8.3"), ("dns", "tracepath -m1 10.9.8.2")}
CUT = {generations.OLDER: "-p ace.test", generations.NEWER: " sp ace.test \n"}
MENDED = {  # (kind, what): in the original's output; netlite shows the address, and takes a word for one word, which the script cuts
    **dict.fromkeys([(kind, f"{what} with ") for kind, what in NO_SERVER], "???"),
    ("files alone", "tcptraceroute -q1 -m1 {} with *"): "Running:",
    ("files alone", "ifconfig d1 inet6 {} with ::ffff:10.9.8.1"): "Don't know how to set addresses",
    ("dns", "tcptraceroute -q1 -m1 {} with -lead.test"): "Usage: /", ("dns", "tcptraceroute -q1 -m1 {} with sp ace.test"): CUT}
NAMES = {
    "dns": ("hosts: files dns", ("nxdomain.test", "servfail.test", "refused.test", "silent.test", "truncated.test", "nodata.test",
                                 "garbled.test", "v6only.test", "x" * 64 + ".test", "x" * 300, "a..test", "b\u00fccher.test", "-lead.test",
                                 "sp ace.test")),
    "no module": ("hosts: files nosuchmodule", ("nosuch", "known6", "x" * 300)),
    "no module first": ("hosts: nosuchmodule files", ("nosuch", "known6")),
    "no module alone": ("hosts: nosuchmodule", ("nosuch", "known6")),
    "no source": ("hosts:", ("nosuch", "known")),
    "an action alone": ("hosts: [NOTFOUND=return]", ("nosuch", "known6")),
    "files alone": ("hosts: files", ("nosuch", "known6", "a..b", "*", "::ffff:10.9.8.1", "localhost.")),
}
NOBODY_TO_ASK = ("no source", "an action alone")  # the original's words are those that lie behind the C library's empty list
FRESH = ("no module alone", *NOBODY_TO_ASK)  # what the C library says depends on what a process has loaded before
BY_DNS = "hosts: files dns\nnetworks: files"
ASKED_FOR = ("nxdomain", "servfail", "refused", "notimp", "silent", "truncated", "nodata", "garbled", "v6only", "v4only")
OWN = ("ping --multi -c1 -W1 {}", "ping --multi -c1 -W1 127.0.0.1 {}", "netlite mtu -n {}", "route get {}", "route -6 get {}", "arp --more {}",
       "arp --json {}", "arp --inet6 {}", "arp --inet6 --json {}", "traceroute --paris {}", "traceroute --mda {}", "ping --explain -c1 {}")


@pytest.fixture(scope="module")
def play(netlite_path, loaded):
    """play(path, nsswitch, steps): the outcomes on a machine that is made for them."""
    try:
        lab = Lab(Topology([Node("n")], []))
    except NetliteError as refusal:
        pytest.skip(f"no namespaces here: {refusal}")

    programs = loaded(netlite_path("nobody"))

    def played(path: str, nsswitch: str, steps: list[Step], questions: str = "/dev/null") -> list:
        process = player.start(lab, "n", programs, "scripted_names", path, nsswitch, HOSTS, questions)
        process.stdin.write(player.message(steps, AT_ONCE))
        process.stdin.flush()
        with suppress(EOFError):
            outcomes = pickle.load(process.stdout)
        said, status = player.end(process)
        if status:
            pytest.skip(f"no namespaces here: {said.decode(errors='replace').splitlines()[-1:]}")
        return outcomes

    with lab:
        yield played


def steps_of(places, names, by_script: bool = False) -> list[tuple[str, Step]]:
    return [(f"{place} with {name[:20]}", Step([part.replace("{}", name) for part in place.split()], by_script=by_script))
            for place in places for name in names]


def steps_of_host(names, by_script: bool) -> list[tuple[str, Step]]:
    return [(f"hostname {option} of {name[:20]}", Step(["hostname", option], by_script=by_script, host=name))
            for name in names for option in ("-f", "-i", "-d", "-a", "-s")]


@pytest.mark.parametrize("kind", NAMES)
def test_names_that_are_not_found(kind, play, netlite_path, record_property):
    originals.need("ping", "tracepath", "traceroute", "tcptraceroute", "arp", "ifconfig", "route", "netstat", "hostname")
    nsswitch, names = NAMES[kind]
    steps = steps_of(PLACES, names, kind in FRESH) + steps_of_host(names, kind in FRESH) + steps_of(REVERSE, ("",), kind in FRESH)
    record_property("compared", (originals.generation("ping"), len(steps)))
    for looks in range(ATTEMPTS):
        found = [play(path, nsswitch, [step for _, step in steps]) for path in (ORIGINALS_PATH, netlite_path("nobody"))]
        differ = [(step, ends) for step, *ends in zip(steps, *found) if wrong(kind, step[0], *ends)]
        if not differ:
            return
        record_property("differed", looks + 1)
        steps = [step for step, _ in differ]
    raise AssertionError("\n".join(f"{what}\n  original {original}\n  netlite  {ours}" for (what, _), (original, ours) in differ))


def wrong(kind: str, what: str, original: tuple, ours: tuple) -> bool:
    """Whether the ends of a step differ, but for what is mended, which must."""
    program = what.split()[0]
    masked = masks_for(program)
    ends = [(*(masked(text.decode("utf-8", "backslashreplace")) for text in outcome[:2]), outcome[2]) for outcome in (original, ours)]
    ends[0] = (*generations.in_our_words(program, *ends[0][:2]), ends[0][2])
    if program == "arp":              # whose table the kernel hashes anew in each namespace
        ends = [("".join(sorted(stdout.splitlines(True))), *rest) for stdout, *rest in ends]
    if kind in NOBODY_TO_ASK:
        if original[2] == -SIGSEGV:  # of hostname -A, in the C library of Debian 13
            return ours[2] != 0
        return ends[0][2] != ends[1][2] or b"" in (original[1], ours[1]) and original[1] != ours[1]
    if (kind, what) in MENDED:
        seen = MENDED[kind, what]
        assert (seen[originals.generation(program)] if seen is CUT else seen) in ends[0][0] + ends[0][1], what
        return ends[0] == ends[1]
    return ends[0] != ends[1]


@pytest.mark.parametrize("kind", NAMES)
def test_own_displays_say_it(kind, play, netlite_path):
    nsswitch, names = NAMES[kind]
    names = [name for name in names if name[0] not in "v-:" and "known" not in name]
    steps = steps_of(OWN, names, kind in FRESH)
    for (what, _), (stdout, stderr, status, _) in zip(steps, play(netlite_path("nobody"), nsswitch, [step for _, step in steps])):
        assert status in (1, 2, 6, 255), (what, stdout, stderr, status)
        assert stderr and b": internal error" not in stderr and b"Traceback" not in stderr, (what, stderr)


def asked(play, path: str, steps: list[Step], folder: Path) -> list[str]:
    """What the name server was asked, sorted."""
    written = folder / "questions"
    written.write_text("")
    written.chmod(0o666)
    play(path, BY_DNS, steps, str(written))
    return sorted(written.read_text().splitlines())


def questions_of(play, path: str, whats: list[tuple[str, str]], folder: Path) -> dict[str, list[str]]:
    """What each look-up asked; each has a name of its own, so that all can be made at once."""
    steps, names = [], {}
    for number, (place, way) in enumerate(whats):
        name = f"{way}.n{number}.test"
        names[f"n{number}"] = f"{place} with {way}"
        steps += [step for _, step in (steps_of([place], [name]) if "{}" in place else [("", Step(["hostname", place], host=name))])]
    found: dict[str, list[str]] = {what: [] for what in names.values()}
    for line in asked(play, path, steps, folder):
        number = line.split(".")[1]
        found[names[number]].append(line.replace(f".{number}", ""))
    return found


def test_as_many_questions_as_the_original_asks(play, netlite_path, tmp_path):
    originals.need("ping", "tracepath", "traceroute", "tcptraceroute", "arp", "ifconfig", "route", "hostname")
    whats = [(place, way) for place in (*PLACES, "-f", "-i", "-d", "-a") for way in ASKED_FOR]
    for _ in range(ATTEMPTS):
        found = [questions_of(play, path, whats, tmp_path) for path in (ORIGINALS_PATH, netlite_path("nobody"))]
        differ = {what: (of_original, found[1][what]) for what, of_original in found[0].items() if found[1][what] != of_original}
        if not differ:
            break
        whats = [tuple(what.rsplit(" with ", 1)) for what in differ]
    assert not differ, "\n".join(f"{what}\n  original {one}\n  netlite  {ours}" for what, (one, ours) in differ.items())
    assert any(found[0].values())


@pytest.mark.parametrize("command", REVERSE)
def test_as_many_names_of_addresses_as_the_original_asks_for(command, play, netlite_path, tmp_path):
    originals.need(command.split()[0])
    steps = [step for _, step in steps_of([command], [""], by_script=True)]
    for _ in range(ATTEMPTS):
        found = [asked(play, path, steps, tmp_path) for path in (ORIGINALS_PATH, netlite_path("nobody"))]
        if set(found[0]) == set(found[1]):
            break
    assert set(found[0]) == set(found[1])  # netlite asks once for each address, the original at every row of IPv6
