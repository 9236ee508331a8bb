"""traceroute on topologies in memory: every byte it writes, and how long it would have taken."""

import gc

import pytest
from worlds import MILLISECOND_NS, PATH, SECOND_NS

from netlite.engines.traceroute import TracerouteEngine
from netlite.engines.traceroute_settings import TracerouteSettings
from netlite.engines.actions import NAME_PATIENCE_NS
from netlite.engines.transcript import read, replay
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.simulate import simulate

SILENT = Topology([Node("client"), Node("r1", True), Node("r2", True, silent=True), Node("server")],
                  [Wire(("client", "r1")), Wire(("r1", "r2")), Wire(("r2", "server"))])


def refusing(name: str) -> Topology:
    rule = Rule(Action.REJECT, codes=REJECT_CODES[name])
    return Topology([Node("client"), Node("r1", True, rules=(rule,)), Node("server")],
                    [Wire(("client", "r1")), Wire(("r1", "server"))])


@pytest.mark.parametrize("method", ["", "-I", "-U", "-UL", "-M default"])
def test_ipv4(method):
    played = simulate(f"traceroute {method} -n server", PATH)
    assert played.stdout == """\
traceroute to server (198.18.3.2), 30 hops max, 60 byte packets
 1  198.18.1.2  2.000 ms  2.000 ms  2.000 ms
 2  198.18.2.2  6.000 ms  6.000 ms  6.000 ms
 3  198.18.3.2  14.000 ms  14.000 ms  14.000 ms
"""
    assert (played.stderr, played.status) == ("", 0)
    assert played.duration_ns == 14 * MILLISECOND_NS


def test_ipv6_with_names():
    played = simulate("traceroute6 server", PATH)
    assert played.stdout == """\
traceroute to server (2001:db8:3::2), 30 hops max, 80 byte packets
 1  r1.lab (2001:db8:1::2)  2.000 ms  2.000 ms  2.000 ms
 2  r2.lab (2001:db8:2::2)  6.000 ms  6.000 ms  6.000 ms
 3  server.lab (2001:db8:3::2)  14.000 ms  14.000 ms  14.000 ms
"""


def test_the_tcp_method_shows_what_answered():
    played = simulate("traceroute -T -O info -n -q1 server", PATH)
    assert played.stdout.splitlines()[-1] == " 3  198.18.3.2 <rst,ack>  14.000 ms"


def test_mtu_of_each_wire():
    played = simulate("traceroute --mtu -n -q1 server", PATH)
    assert played.stdout == """\
traceroute to server (198.18.3.2), 30 hops max, 65000 byte packets
 1  198.18.1.2  2.000 ms F=1500
 2  198.18.2.2  6.000 ms F=1400
 3  198.18.3.2  14.000 ms F=1300
"""


def test_too_big_for_the_first_wire():
    played = simulate("traceroute -F -n -q2 server 9000", PATH)
    assert played.stdout.splitlines()[1:] == [" 1  *  0.000 ms !F-1500 *  0.000 ms !F-1500"]
    assert played.packets == ()


def test_too_big_for_a_later_wire():
    played = simulate("traceroute -F -n -q2 server 1450", PATH)
    assert played.stdout.splitlines()[2] == " 2  198.18.1.2  2.000 ms !F-1400  2.000 ms !F-1400"


def test_a_silent_router_costs_ten_times_the_next_answer():
    played = simulate("traceroute -n server", SILENT)
    assert played.stdout.splitlines()[2:] == [" 2  * * *", " 3  198.18.3.2  0.000 ms  0.000 ms  0.000 ms"]
    assert played.duration_ns == 10 * MILLISECOND_NS
    assert simulate("traceroute -n -w 2 server", SILENT).duration_ns == 2 * SECOND_NS


def test_nobody_answers():
    topology = Topology([Node("client"), Node("r1", True, silent=True), Node("server", silent=True)],
                        [Wire(("client", "r1")), Wire(("r1", "server"))])
    played = simulate("traceroute -n -m 4 -q 4 server", topology)
    assert played.stdout.splitlines()[1:] == [f" {hop}  * * * *" for hop in range(1, 5)]
    assert played.duration_ns == 5 * SECOND_NS  # sixteen probes at once


@pytest.mark.parametrize("code, flag4, flag6", [
    ("net-unreachable", " !N", " !N"), ("host-unreachable", " !H", " !H"), ("admin-prohibited", " !X", " !X"),
    ("net-prohibited", " !X", " !X"), ("port-unreachable", "", "")])
def test_refusals(code, flag4, flag6):
    for option, flag in (("-4", flag4), ("-6", flag6)):
        played = simulate(f"traceroute {option} -n -f2 -q1 server", refusing(code))
        assert played.stdout.endswith(f" 0.000 ms{flag}\n"), played.stdout


def test_one_at_a_time():
    played = simulate("traceroute -n -N1 server", PATH)
    assert played.duration_ns == 3 * (2 + 6 + 14) * MILLISECOND_NS
    assert len(played.packets) == 9


def test_gap_between_probes():
    played = simulate("traceroute -n -q1 -z 50 server", PATH)
    assert played.duration_ns == (2 * 50 + 14) * MILLISECOND_NS
    assert len(played.packets) == 3


def test_a_slow_name_server_delays_no_probe():
    played = simulate("traceroute server", PATH, name_delay_ns=SECOND_NS)
    assert played.stdout.splitlines()[1] == " 1  r1.lab (198.18.1.2)  2.000 ms  2.000 ms  2.000 ms"
    assert played.duration_ns == SECOND_NS + 14 * MILLISECOND_NS


def test_a_dead_name_server_is_not_waited_for_forever():
    played = simulate("traceroute server", PATH, name_delay_ns=None)
    assert played.stdout.splitlines()[1] == " 1  198.18.1.2 (198.18.1.2)  2.000 ms  2.000 ms  2.000 ms"
    assert played.duration_ns == NAME_PATIENCE_NS + 14 * MILLISECOND_NS


def test_lost_replies_leave_stars_in_their_places():
    played = simulate("traceroute -n -q5 server", chain(2), losses={"r1-r2": 0.5}, seed=3)
    words = [line.split()[1:] for line in played.stdout.splitlines()[1:]]
    assert all(line.count("*") + line.count("ms") == 5 for line in words)


def test_the_transcript_tells_the_same_story_again():
    played = simulate("traceroute -n server", PATH)
    entries = read(played.transcript)
    engine = TracerouteEngine(TracerouteSettings("server", "198.18.3.2"))
    actions = [one for one in entries if type(one).__module__.endswith("actions")]
    assert replay(engine, entries) == actions


@pytest.mark.parametrize("command", ["traceroute -n server", "tracepath server", "ping -c2 server"])
def test_a_network_goes_with_its_run_without_a_search_for_garbage(command):
    simulate(command, PATH)
    gc.collect()
    gc.disable()
    try:
        simulate(command, PATH)
        assert gc.collect() == 0
    finally:
        gc.enable()
