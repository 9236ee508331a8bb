"""--explain of what comes before the first packet: names, and what stops a program."""

from __future__ import annotations

from errno import EPERM

import pytest

from netlite.errors import EAI_AGAIN, EAI_FAIL, EAI_NODATA, EAI_NONAME
from netlite.lab.scene.topology import chain
from netlite.programs.beginnings import Beginning
from netlite.programs.simulate import simulate
from netlite.teach.beginnings import REFUSALS, Asked, tell_beginning, why_refused
from netlite.world import World

PATH = chain(1)


def story(command: str) -> str:
    program, _, arguments = command.partition(" ")
    return " ".join(simulate(f"{program} --explain {arguments}", PATH).stdout.partition("=== Explained ===")[2].split())


@pytest.mark.parametrize("command", ["ping -c1", "traceroute -q1", "tracepath", "ping -4 -c1", "ping -6 -c1"])
def test_a_name_becomes_an_address(command):
    told = story(f"{command} server")
    assert "1. server is a name, and packets carry addresses: it was found in /etc/hosts, without asking anybody." in told
    assert "is a name" not in story(f"{command} {'2001:db8:2::2' if '-6' in command else '198.18.2.2'}")


@pytest.mark.parametrize("command", ["ping -c1", "traceroute -q1", "tracepath", "mtu"])
def test_no_such_name(command):
    played = simulate(f"{command} --explain nosuchhost", PATH)
    told = " ".join(played.stdout.split())
    assert "There is no such name" in told and told.count("Next:") == 1 and "nothing to explain" not in told
    assert (played.stderr, played.status) == ((plain := simulate(f"{command} nosuchhost", PATH)).stderr, plain.status)


@pytest.mark.parametrize("command, why", [
    ("ping -c1 -I nodev 198.18.2.2", "there is no interface of that name. Next: ifconfig -a"),
    ("ping -c1 -I 192.0.2.7 198.18.2.2", "the source address that was asked for is none of this host. Next: hostname -I"),
    ("traceroute -s 192.0.2.7 198.18.2.2", "the source address that was asked for is none of this host")])
def test_what_the_kernel_refuses(command, why):
    told = story(command)
    assert why in told and "nothing to explain" not in told


def test_no_route():
    from netlite.lab.memory.lab import MemoryLab

    lab = MemoryLab(PATH)
    simulate("route del default", PATH, lab=lab)
    for command in ("ping -c1 --explain 203.0.113.9", "traceroute -n -q1 --explain 203.0.113.9", "tracepath --explain 203.0.113.9"):
        told = " ".join(simulate(command, PATH, lab=lab).stdout.split())
        assert "no row of its routing table fits" in told and "Next: route -n" in told, command


def told_of(code: int = 0, *addresses: str, took_ns: int = 0, hosts=(), servers=("192.0.2.53",)) -> str:
    return " ".join(tell_beginning([Asked("example.org", took_ns, addresses, code)], None, set(hosts), list(servers)))


def test_who_was_asked_and_what_was_said():
    text = told_of(0, "192.0.2.1", "192.0.2.2", took_ns=23_400_000)
    assert "not in /etc/hosts, so probably the name server 192.0.2.53 (/etc/resolv.conf) said it. That took 23.4 ms." in text
    assert "It stands for 192.0.2.1, 192.0.2.2: the first of them that can be used is taken." in text
    assert "without asking anybody. It stands for 192.0.2.1." in told_of(0, "192.0.2.1", hosts=["example.org"])
    assert "and 3 more" in told_of(0, *(f"192.0.2.{place}" for place in range(7)))


@pytest.mark.parametrize("code, why", [
    (EAI_NONAME, "There is no such name"), (EAI_AGAIN, "no name server answered (192.0.2.53). Next: ping -c1 192.0.2.53"),
    (EAI_NODATA, "no address of the kind asked for"), (-9, "no address of the kind asked for"), (EAI_FAIL, "could not answer"),
    (-11, "could not be looked up")])
def test_why_a_name_has_no_address(code, why):
    assert why in told_of(code) and told_of(code).count("Next:") == 1
    assert "names no name server" in told_of(EAI_AGAIN, servers=())


@pytest.mark.parametrize("code", [EAI_AGAIN, EAI_FAIL, -11])
def test_no_server_failed_where_none_is_asked(code):
    """Other sources than files and DNS fail, too."""
    told, = tell_beginning([Asked("example.org", 0, (), code)], None, set(), None)
    assert told.startswith("example.org could not be looked up. Next:") and "name server" not in told


@pytest.mark.parametrize("text, asked", [
    ("", True), ("hosts: files\n", False), ("hosts:files dns\n", True), ("passwd: files\nhosts : files mymachines [NOTFOUND=return] # dns\n", False),
    ("hosts: files resolve [!UNAVAIL=return] dns\n", True), ("networks: dns\nhosts: mdns4_minimal\n", False), ("#hosts: files\n", True)])
def test_no_server_is_blamed_that_is_not_asked(text, asked, tmp_path):
    (tmp_path / "nsswitch.conf").write_text(text)
    (tmp_path / "resolv.conf").write_text("nameserver 192.0.2.53\n")
    beginning = Beginning(World(etc=str(tmp_path)))
    beginning.asked.append(Asked("example.org", 0, (), EAI_NONAME))
    told, = beginning.told(sent=False)
    assert ("name server 192.0.2.53" in told, "no name server is asked here" in told) == (asked, not asked)
    assert told.count("Next:") == 1


@pytest.mark.parametrize("errno", REFUSALS)
def test_each_refusal_has_at_most_one_next_step(errno):
    text = " ".join(tell_beginning([], errno, set(), []))
    assert why_refused(errno) in text and text.count("Next:") <= 1 and text.endswith(".")


def test_who_found_no_name_was_not_stopped_by_the_kernel():
    """A raw socket that this user may not have (EPERM) is why another kind was taken, and not why nothing left."""
    told, = tell_beginning([Asked("example.org", 0, (), EAI_NONAME)], EPERM, set(), ["192.0.2.53"])
    assert "There is no such name" in told and "kernel refused" not in told
    _, refused = tell_beginning([Asked("example.org", 0, ("192.0.2.1",), 0)], EPERM, set(), ["192.0.2.53"])
    assert refused.startswith("Your own kernel refused")


def test_a_time_too_short_to_be_told_and_as_many_addresses_as_are_named():
    assert "That took" not in told_of(0, "192.0.2.1", took_ns=999) and "That took 0.001 ms" in told_of(0, "192.0.2.1", took_ns=1000)
    assert " more" not in told_of(0, *(f"192.0.2.{place}" for place in range(4)))


def test_names_are_made_visible():
    assert "\x1b" not in " ".join(tell_beginning([Asked("a\x1b[0m", 0, (), EAI_NONAME)], None, set(), ["\x1b"]))
