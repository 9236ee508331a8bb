"""The search for the path MTU on topologies in memory."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netlite
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene import scene
from netlite.lab.scene.parts import Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.registry import execute
from netlite.programs.simulate import simulate
from netlite.records.path_mtu import Fate, HopTried, Narrowing, SizeTried

SECOND_NS = 1_000_000_000
BLACK_HOLE = scene.load("black-hole").topology
TWO = chain(3, "two", {2: 1450, 3: 1400})
LAST_HOP = {4: "198.18.{}.2", 6: "2001:db8:{}::2"}


def result(topology, version=4, losses=None, seed=0, **arguments):
    lab = SimulatedEnvironment("test", topology, "client", losses=losses, seed=seed)
    *tried, last = netlite.path_mtu("server", version=version, world=lab, **arguments)
    return last, tried


@pytest.mark.parametrize("method", ["icmp", "udp"])
@pytest.mark.parametrize("version", [4, 6])
def test_a_plain_path_takes_two_probes_and_the_question_to_the_own_kernel(version, method):
    found, tried = result(chain(3), version, method=method)
    assert (found.mtu_bytes, found.local_mtu_bytes, found.narrowings, found.black_hole) == (1500, 1500, (), False)
    assert found.probes == 3 and found.exact
    assert [each.size_bytes for each in tried[1:]] == [1280, 1500]


@pytest.mark.parametrize("method", ["icmp", "udp"])
@pytest.mark.parametrize("version", [4, 6])
def test_two_routers_narrow_the_path_and_say_so(version, method):
    found, _ = result(TWO, version, method=method)
    r1, r2 = (LAST_HOP[version].format(number) for number in (1, 2))
    assert found.mtu_bytes == 1400 and not found.black_hole
    assert found.narrowings == (Narrowing(1450, 1, 1, r1, True), Narrowing(1400, 2, 2, r2, True))


@pytest.mark.parametrize("method", ["icmp", "udp"])
@pytest.mark.parametrize("version", [4, 6])
def test_a_black_hole_is_found_and_named(version, method):
    found, tried = result(BLACK_HOLE, version, method=method)
    assert (found.mtu_bytes, found.black_hole, found.exact) == (1400, True, True)
    assert found.narrowings == (Narrowing(1400, 2, 2, LAST_HOP[version].format(2), False),)
    assert [each.tries for each in tried if type(each) is SizeTried and each.fate == Fate.LOST] == [3, 3]
    assert [each.seen for each in tried if type(each) is HopTried] == [True, True, False]


def test_the_whole_text():
    played = simulate("mtu -4 -W 0.5 server", BLACK_HOLE, "client")
    assert played.stdout == """\
path MTU to server (198.18.4.2) by ICMP echo
  1280  arrives  0.000 ms
  1500  lost, 3 tries
  1281  arrives  0.000 ms
  1400  arrives  0.000 ms
  1401  lost, 3 tries
  hop 1  r1.lab (198.18.1.2) sees 1401
  hop 2  r2.lab (198.18.2.2) sees 1401
  hop 3  r3.lab (198.18.3.2) does not see 1401
path MTU 1400; black hole behind hop 2, r2.lab (198.18.2.2): packets of more than 1400 vanish, and no report comes
"""
    assert (played.stderr, played.status) == ("", 3)
    assert played.duration_ns == 9 * SECOND_NS // 10  # nine probes lost, a fifth of the patience each


@given(st.integers(1280, 1500), st.integers(1280, 1500), st.sampled_from([4, 6]), st.booleans())
def test_any_size_is_found(first, second, version, silent):
    holes = [Node("r1", True, black_hole=silent), Node("r2", True, black_hole=silent)]
    wires = [Wire(("client", "r1")), Wire(("r1", "r2"), first), Wire(("r2", "server"), second)]
    found, _ = result(Topology([Node("client"), *holes, Node("server")], wires), version)
    assert found.mtu_bytes == min(first, second)
    assert found.exact and found.probes < 100
    assert found.black_hole == (silent and found.mtu_bytes < 1500)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("topology, size", [(chain(3), 1500), (TWO, 1400), (BLACK_HOLE, 1400)])
def test_single_losses_do_not_count(topology, size, seed):
    found, _ = result(topology, losses={"client-r1": 0.05, "r3-server": 0.05}, seed=seed)
    assert found.mtu_bytes == size
    assert found.black_hole == (topology is BLACK_HOLE)


def test_routers_that_never_answer_leave_the_place_open():
    nodes = [Node("client"), Node("r1", True), Node("r2", True, silent=True), Node("r3", True, silent=True),
             Node("r4", True), Node("server")]
    pairs = zip(nodes, nodes[1:])
    wires = [Wire((here.name, there.name), 1400 if there.name == "r4" else 1500) for here, there in pairs]
    found, tried = result(Topology(nodes, wires))
    assert found.narrowings == (Narrowing(1400, 1, 3, None, False),)
    assert [each.seen for each in tried if type(each) is HopTried] == [True, None, None, False]
    text = simulate("mtu -4 -n server", Topology(nodes, wires), "client").stdout
    assert text.endswith("black hole behind hop 1 to 3: packets of more than 1400 vanish, and no report comes\n")


def test_a_black_hole_before_a_router_that_reports():
    nodes = [Node("client"), Node("r1", True, black_hole=True), Node("r2", True), Node("server")]
    wires = [Wire(("client", "r1")), Wire(("r1", "r2"), 1450), Wire(("r2", "server"), 1300)]
    found, _ = result(Topology(nodes, wires))
    assert found.mtu_bytes == 1300 and found.black_hole
    hole, reporter = sorted(found.narrowings, key=lambda each: each.reported)
    assert (hole.first_hop, hole.last_hop, hole.reported) == (1, 1, False)
    assert (reporter.first_hop, reporter.mtu_bytes) == (2, 1300)


def test_echo_is_filtered_but_udp_answers():
    rule = Rule(Action.DROP, 1, destination="server")
    topology = Topology([Node("client"), Node("r1", True), Node("server", rules=(rule,))],
                        [Wire(("client", "r1")), Wire(("r1", "server"), 1400)])
    assert simulate("mtu -4 -q server", topology).status == 1
    played = simulate("mtu -4 -q -U server", topology)
    assert (played.stdout, played.status) == ("1400\n", 0)


def test_nobody_there():
    played = simulate("mtu -n 198.18.4.77", chain(3), "client")
    assert played.stdout.endswith("no path MTU: no probe of any size was answered\n") and played.status == 1


def test_the_deadline_ends_the_run():
    played = simulate("mtu -4 -n -W 5 -w 2.5 server", BLACK_HOLE, "client")
    assert played.stdout.splitlines()[-1].startswith("path MTU at least 1280")
    assert played.duration_ns == 5 * SECOND_NS // 2


def test_an_interrupt_tells_what_is_known():
    played = simulate("mtu -4 -n -W 5 server", BLACK_HOLE, "client", signals=[(SECOND_NS // 2, "SIGINT")])
    assert played.stdout.splitlines()[-1].startswith("path MTU at least 1280")
    assert played.duration_ns == SECOND_NS // 2


def test_one_json_object_a_line():
    lines = simulate("mtu -4 --jsonl server", TWO, "client").stdout.splitlines()
    result, end = map(json.loads, lines[-2:])
    assert result["type"] == "result" and result["mtu_bytes"] == 1400
    assert [each["last_hop"] for each in result["narrowings"]] == [1, 2]
    assert end == {"type": "end", "error": None, "status": 0}


@pytest.mark.parametrize("words", ["", "-W x server", "-m 0 server", "-x server", "server other", "nowhere"])
def test_what_cannot_be_done_ends_with_status_2(words):
    played = simulate(f"mtu {words}", chain(1), "client")
    assert played.status == 2 and played.stderr and not played.stdout


def two_ways(narrow: int) -> Topology:
    """r0 shares flows between m1, and m2 behind a wire of `narrow`; nobody says so."""
    routes = (StaticRoute("server", "m1"), StaticRoute("server", "m2"))
    nodes = [Node("client"), Node("r0", True, routes=routes, black_hole=True), Node("m1", True), Node("m2", True),
             Node("r9", True), Node("server")]
    wires = [Wire(("client", "r0")), Wire(("r0", "m1")), Wire(("r0", "m2"), mtu_bytes=narrow), Wire(("m1", "r9")),
             Wire(("m2", "r9")), Wire(("r9", "server"))]
    return Topology(nodes, wires, "two-ways")


@pytest.mark.parametrize("version", [4, 6])
def test_equal_ways_that_differ_are_not_mixed_up(version):
    """The MTU is that of one of the ways, and what other flows see is told; of 32 runs one has six flows on one way."""
    findings = [simulate(f"mtu -{version} -n -U -W 0.5 server", two_ways(1300), "client", seed=seed).stdout.splitlines()[-1]
                for seed in range(8)]
    assert {finding.partition(";")[0] for finding in findings} <= {"path MTU 1500", "path MTU 1300"}
    assert sum("ways differ:" in finding for finding in findings) >= 6
    assert not any("not known where" in finding for finding in findings)


@pytest.mark.parametrize("words", ("-n server", "-q -n server", "--json -n server", "-h"))
@pytest.mark.parametrize("errno, status, text", [(28, 2, "mtu: write error\n"), (32, 0, "")])
def test_output_that_cannot_be_written(words, errno, status, text):
    environment = SimulatedEnvironment("mtu", chain(1), "client")
    environment.out.errno = errno
    assert execute("mtu", words.split(), environment) == status
    assert environment.err.text == text


def test_ways_that_do_not_differ():
    assert "ways" not in simulate("mtu -4 -n -U server", two_ways(1500), "client").stdout
