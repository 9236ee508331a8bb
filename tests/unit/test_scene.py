"""Scene files: what they hold and what they complain about."""

from __future__ import annotations

import re

import pytest

from netlite.feature_errors import SceneError
from netlite.lab.play import check, draw, read_hops
from netlite.lab.scene import scene
from netlite.lab.scene.parts import REJECT_CODES, Action, Rule, StaticRoute
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.registry import netlite_argv

SMALL = """
title = "Small"
goal = "Nothing."
hosts = ["a", "b"]
routers = ["r"]
silent = ["r"]
[[wires]]
ends = ["a", "r"]
mtu_bytes = 1400
delay_ms = 2.5
[[wires]]
ends = ["r", "b"]
[[rules]]
node = "r"
action = "reject"
code = "host-prohibited"
protocol = "udp"
port = 53
destination = "b"
[[routes]]
node = "b"
destination = "192.0.2.0/24"
via = "r"
[[connections]]
client = "a"
server = "b"
port = 80
[[try]]
command = "ping b"
see = "It."
"""


@pytest.mark.parametrize("name", scene.names())
def test_the_scenes_that_come_along_are_right(name):
    loaded = scene.load(name)
    assert loaded.name == name == loaded.topology.name
    assert loaded.title and loaded.goal and loaded.experiments
    assert all(len(experiment.see) < 140 for experiment in loaded.experiments)


def test_a_topology_that_is_altered_is_as_one_that_is_new():
    """Its addresses are not laid again."""
    loaded = scene.load("faults-on-the-way")
    variants = [*loaded.variants(), *map(loaded.labelled, loaded.labels)]
    assert len(variants) > 10
    for altered in (*variants, *(each for name in ("firewall", "asymmetric", "nat", "dhcp-relay") for each in scene.load(name).variants())):
        new = Topology(altered.nodes.values(), altered.wires, altered.name)
        assert altered.nodes == new.nodes and altered.wires == new.wires
        for node in altered.nodes:
            assert altered.interfaces(node) == new.interfaces(node)
            assert [altered.table(node, version) for version in (4, 6)] == [new.table(node, version) for version in (4, 6)]
        assert altered.hosts_file() == new.hosts_file()


def test_the_scenes_of_today():
    assert set(scene.names()) >= {"asymmetric", "black-hole", "chain", "firewall", "loop", "loopback",
                                  "silent-router"}


def test_everything_in_a_file_arrives():
    small = scene.parse(SMALL, "small")
    router = small.topology.nodes["r"]
    assert router.silent and router.forwards and not router.black_hole
    assert router.rules == (Rule(Action.REJECT, 17, 53, "b", REJECT_CODES["host-prohibited"]),)
    assert small.topology.nodes["b"].routes == (StaticRoute("192.0.2.0/24", "r"),)
    assert small.topology.wires[0].mtu_bytes == 1400
    assert small.topology.wires[0].delay_ns == 2_500_000
    assert small.connections == (scene.Connection("a", "b", 80),)
    assert small.experiments == (scene.Experiment("a", "ping b", "It."),)


@pytest.mark.parametrize("before, after, words", [
    ('title = "Small"', "title = ", "scene small: not TOML"),
    ('title = "Small"\n', "", "the scene lacks 'title'"),
    ('title = "Small"', "title = 3", "'title' must be a text, not 3"),
    ('title = "Small"', 'titel = "Small"', "the scene lacks 'title'"),
    ('goal = "Nothing."', 'goal = "Nothing."\ncolour = 1', "unknown key 'colour'"),
    ('silent = ["r"]', 'silent = ["q"]', "there is no node 'q'; nodes: a, b, r"),
    ('silent = ["r"]', "silent = [1]", "'silent' must be a list of texts"),
    ('ends = ["r", "b"]', 'ends = ["r"]', r"\[\[wires\]\] number 2: a wire has two ends, not 1"),
    ('ends = ["r", "b"]', "ends = 5", "'ends' must be a list, not 5"),
    ("mtu_bytes = 1400", "mtu_bytes = true", "'mtu_bytes' must be a whole number, not True"),
    ("mtu_bytes = 1400", "mtu = 1400", r"\[\[wires\]\] number 1 has the unknown key 'mtu'"),
    ("delay_ms = 2.5", "delay_ms = -1", "the delay is negative"),
    ('action = "reject"', 'action = "eat"', "the action is one of drop, reject, not 'eat'"),
    ('code = "host-prohibited"', 'code = "no"', "the code is one of net-unreachable"),
    ('protocol = "udp"', 'protocol = "udq"', "the protocol is one of icmp, tcp, udp"),
    ('via = "r"', 'via = "a"', "route via 'a', which is not next to it"),
    ('server = "b"', 'server = "c"', r"\[\[connections\]\] number 1: there is no node 'c'"),
    ('see = "It."', 'see = "It."\nhops = ["x"]', "hop 'x' is neither a node nor"),
    ('see = "It."', 'see = "It."\nhops = [""]', "hop '' is neither a node nor"),
    ('see = "It."', 'see = "It."\nneeds = ["x"]', "a need is"),
    ("[[try]]\n", "[try]\n", "'try' must be a list"),
])
def test_a_wrong_file_is_told(before, after, words):
    assert before in SMALL
    with pytest.raises(SceneError, match=words):
        scene.parse(SMALL.replace(before, after), "small")


LARGE = "9" * 5000


@pytest.mark.parametrize("more, words", [
    (".".join(["a"] * 20_000) + " = 1", "a name of too many parts: a.a.a"),
    ("[" + ".".join(["a"] * 20_000) + "]", "a name of too many parts: a.a.a"),
    ("x = {" + ".".join(['"a"'] * 20_000) + " = 1}", "a name of too many parts: _._._"),
    (f"x = {LARGE}", "a number of too many digits"),
    ("x = " + "[" * 50_000 + "]" * 50_000, "too many brackets within each other"),
    (f'[[nodes]]\nname = "b"\nservices = ["{LARGE}"]', "a service is a port"),
    (f'[[why]]\nname = "w"\nask = "b:{LARGE}"\nfinds = ["well"]', "is not \"HOST\" or \"HOST:PORT\""),
    ('[[why]]\nname = "w"\nask = "b:http"\nfinds = ["well"]', "is not \"HOST\" or \"HOST:PORT\""),
    (f'[[why]]\nname = "w"\nask = "b"\nfinds = ["well {LARGE}"]', "is not a cause and a hop"),
], ids=lambda value: value[:30])
def test_what_costs_too_much_is_refused_in_words(more, words):
    """A gigabyte and minutes of tomllib's, or more digits than Python makes a number of."""
    head = 'title = "t"\ngoal = "1.2.3.4.5.6.7.8.9.10 is no name"\nhosts = ["a", "b"]\n'
    with pytest.raises(SceneError, match=re.escape(words)) as refusal:
        before, after = ("", more) if more.startswith("[") else (more, "")
        scene.parse(f'{head}{before}\n[[wires]]\nends = ["a", "b"]\n{after}\n', "odd")
    assert "set_int_max" not in str(refusal.value)


def test_a_file_that_is_too_large_is_not_read_as_toml():
    with pytest.raises(SceneError, match="more than 262144 bytes"):
        scene.load("./large.toml", lambda path: b" " * (1 << 20))


def test_an_unknown_scene_is_told():
    with pytest.raises(SceneError, match="there is no scene 'nowhere'; scenes: asymmetric"):
        scene.load("nowhere")


TRACEROUTE = """\
traceroute to server.lab (198.18.4.2), 30 hops max, 60 byte packets
 1  r1.lab (198.18.1.2)  0.046 ms
 2  *
 3  198.18.3.2  0.020 ms !X
 4  * r1.lab (198.18.1.2)  0.02 ms
 5  203.0.113.9 (203.0.113.9)  0.1 ms
"""


def test_hops_are_read_from_traceroute():
    assert read_hops(TRACEROUTE, chain(3)) == ("r1", "*", "r3 !X", "r1", "203.0.113.9")


def test_observations_are_checked_in_order():
    tried = scene.Experiment("a", "traceroute b", "", expect=("r1.lab", " 2  *"), hops=("r1", "*"), status=0)
    output = "\n".join(TRACEROUTE.splitlines()[:3])
    assert check(tried, output, 0, chain(3)) == []
    assert check(tried, output, 2, chain(3)) == ["the exit status is 2, 0 was expected"]
    assert check(tried.replace(expect=(" 2  *", "r1.lab")), output, 0, chain(3)) == ["'r1.lab' was expected"]
    assert check(tried.replace(hops=("r1",)), output, 0, chain(3)) == ["the path is r1, *, not r1"]


def test_a_topology_is_drawn_with_its_mtus():
    assert draw(chain(1, mtus={2: 1400})) == "    client --1500-- r1 --1400-- server\n"
    assert draw(scene.load("asymmetric").topology).splitlines()[1:] == [
        "    r3 --1500-- r5 --1500-- r4 --1500-- r1"]


def test_only_our_own_programs_are_replaced():
    assert netlite_argv(["ls", "-l"]) == ["ls", "-l"]
    assert netlite_argv(["ping", "-c1"])[-1] == "-c1"
