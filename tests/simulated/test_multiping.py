"""ping --multi as a whole program, in memory and in virtual time."""

from __future__ import annotations

import pytest

from netlite.lab.scene.topology import chain
from netlite.programs.simulate import simulate

TOPOLOGY = chain(2)


def test_all_up():
    played = simulate("ping --multi -c 2 -4 server r1 198.18.2.2", TOPOLOGY)
    lines = played.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines[:3]] == ["server (198.18.3.2)", "r1 (198.18.1.2)", "198.18.2.2"]
    assert all("2 sent, 2 received, 0% loss, rtt min/avg/max = " in line for line in lines[:3])
    assert lines[3].startswith("--- 3 targets: 3 up, 0 down; 6 sent, 6 received, time ")
    assert played.status == 0


def test_some_down_and_some_unknown():
    played = simulate("ping --multi server 198.18.3.77 nowhere", TOPOLOGY)
    assert played.status == 1
    assert played.stderr == "ping: nowhere: Name or service not known\n"
    assert "--- 3 targets: 1 up, 1 down, 1 without address;" in played.stdout


def test_a_target_without_address_has_its_line_at_its_place():
    played = simulate(["ping", "--multi", "-4", "nowhere", "server", "no\x1b[1mne", "r1", "2001:db8::1", "-q"][:-1], TOPOLOGY)
    assert [line.partition(" ")[0] for line in played.stdout.splitlines()] == [
        "nowhere:", "server", "no\\x1b[1mne:", "r1", "2001:db8::1:", "---"]
    assert "nowhere: no address: Name or service not known\n" in played.stdout
    assert "2001:db8::1: no address: Address family for hostname not supported\n" in played.stdout
    assert "--- 5 targets: 2 up, 0 down, 3 without address; 2 sent, 2 received" in played.stdout


@pytest.mark.parametrize("quiet, line", [("", "nowhere: no address: Name or service not known\n"), ("-q ", "")])
def test_no_target_has_an_address(quiet, line):
    played = simulate(f"ping --multi {quiet}nowhere", TOPOLOGY)
    assert played.status == 1
    assert played.stdout == f"{line}--- 1 targets: 0 up, 0 down, 1 without address; 0 sent, 0 received, time 0ms ---\n"


@pytest.mark.parametrize("words, reason", [
    ("-t 1 198.18.3.2", "from 198.18.1.2: Time to live exceeded"),
    ("-t 1 2001:db8:3::2", "from 2001:db8:1::2: Time exceeded: Hop limit")])
def test_who_said_why(words, reason):
    played = simulate(f"ping --multi -c 2 {words}", TOPOLOGY)
    assert played.stdout.splitlines()[0].endswith(f": 2 sent, 0 received, +2 errors, 100% loss, {reason}")


def test_an_answer_after_an_error_leaves_no_reason():
    assert "from" not in simulate("ping --multi -c 2 198.18.3.2", TOPOLOGY).stdout


@pytest.mark.parametrize("options, up, nameless", [
    ("-I 198.18.1.1", ["198.18.3.2"], ["2001:db8:3::2"]), ("-I 2001:db8:1::1", ["2001:db8:3::2"], ["198.18.3.2"]),
    ("-I 198.18.1.1 -I 2001:db8:1::1", ["198.18.3.2", "2001:db8:3::2"], []),
    ("-4 -I 2001:db8:1::1", ["198.18.3.2"], ["2001:db8:3::2"])])
def test_a_source_of_one_version_leaves_no_other(options, up, nameless):
    lines = simulate(f"ping --multi {options} 198.18.3.2 2001:db8:3::2", TOPOLOGY).stdout.splitlines()[:-1]
    assert [line.partition(": 1 sent, 1 received")[0] for line in lines if "1 received" in line] == up
    assert [line.partition(": no address: Address family")[0] for line in lines if "no address" in line] == nameless


def test_both_families_at_once():
    played = simulate("ping --multi 2001:db8:3::2 198.18.3.2 -q", TOPOLOGY)
    assert played.status == 0 and played.stdout.startswith("--- 2 targets: 2 up, 0 down; 2 sent, 2 received")


@pytest.mark.parametrize("name, circumstances", [
    ("/work/targets", {"given": {"/work/targets": b"# the servers\nserver  main\n\nr2\n"}}),
    ("-", {"typed": b"server\nr2"})])
def test_targets_from_a_file(name, circumstances):
    played = simulate(["ping", f"--targets={name}", "-4"], TOPOLOGY, **circumstances)
    assert played.status == 0 and "--- 2 targets: 2 up" in played.stdout


@pytest.mark.parametrize("text, complaint", [
    (b"\xef\xbb\xbfserver\r\nr2\r\n", ""),
    (b"server # the first\nr2#second\n", ""),
    (b"# none here\nserver r2\nr2 server\n", "ping: /targets: line 2: only the first word of a line is a target\n"),
    ("server\u2028other\n".encode(), "ping: server\\u2028other: Name or service not known\n")])
def test_what_a_line_of_targets_says(text, complaint):
    played = simulate("ping --targets /targets -4 -q", TOPOLOGY, given={"/targets": text})
    assert played.stderr == complaint
    assert f"--- {0 if 'u2028' in complaint else 2} targets" in played.stdout or "u2028" in complaint


@pytest.mark.parametrize("words, status, complaint", [
    ("ping --multi", 2, "ping: usage error: Destination address required\n"),
    ("ping --multi --targets /nonexistent", 2, "ping: /nonexistent: No such file or directory\n"),
    ("ping --multi -c 0 server", 2, "ping: invalid argument: '0': out of range: 1 <= value <= 1000\n"),
    ("ping --multi --rate x server", 2, "ping: invalid argument: 'x'\n"),
    ("ping --multi -W 1_0 server", 2, "ping: invalid argument: '1_0'\n"),
    ("ping --multi -i nan server", 2, "ping: invalid argument: 'nan'\n"),
    ("ping --multi -s 65508 server", 2, "ping: invalid argument: '65508': out of range: 0 <= value <= 65507\n"),
    ("ping --multi -I fe80::x server", 2, "ping: invalid source address: fe80::x\n"),
    (["ping", "--multi", "-I", "", "server"], 2, "ping: unknown iface: \n"),
])
def test_wrong_words(words, status, complaint):
    played = simulate(words, TOPOLOGY)
    assert (played.status, played.stdout, played.stderr) == (status, "", complaint)


def test_a_user_may_not_flood():
    assert simulate("ping --multi --rate 0 server", TOPOLOGY, user_id=1000).status == 2
    assert simulate("ping --multi --rate 500 server", TOPOLOGY, user_id=1000).status == 0


def test_interrupt_gives_the_totals():
    played = simulate("ping --multi -c 100 server", TOPOLOGY, signals=[(2_500_000_000, "SIGINT")])
    assert "3 sent, 3 received" in played.stdout and "--- 1 targets: 1 up" in played.stdout


def test_no_limit_to_the_wait_for_an_answer():
    played = simulate("ping --multi -W 0 -4 server", TOPOLOGY, losses={"client-r1": 1.0}, signals=[(900_000_000_000, "SIGINT")])
    assert played.duration_ns == 900_000_000_000 and "1 sent, 0 received" in played.stdout
    assert simulate("ping --multi -W 0 server", TOPOLOGY).status == 0
