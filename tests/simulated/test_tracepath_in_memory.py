"""tracepath on topologies in memory: every byte it writes, and how long it would have taken."""

import pytest

from netlite.engines.tracepath import Tracepath, TracepathConfig
from netlite.engines.transcript import read, replay
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.registry import execute
from netlite.programs.simulate import simulate

MILLISECOND_NS = 1_000_000
NARROW = Topology(
    [Node("client"), Node("r1", True), Node("r2", True), Node("server")],
    [Wire(("client", "r1"), 1500, MILLISECOND_NS), Wire(("r1", "r2"), 1400, 2 * MILLISECOND_NS),
     Wire(("r2", "server"), 1300, 4 * MILLISECOND_NS)])


def refusing(name: str) -> Topology:
    rule = Rule(Action.REJECT, codes=REJECT_CODES[name])
    return Topology([Node("client"), Node("r1", True, rules=(rule,)), Node("server")],
                    [Wire(("client", "r1")), Wire(("r1", "server"))])


def test_narrow_wires_ipv4():
    played = simulate("tracepath -4 -n server", NARROW)
    assert played.stdout == """\
 1?: [LOCALHOST]                      pmtu 1500
 1:  198.18.1.2                                            2.000ms 
 1:  198.18.1.2                                            2.000ms 
 2:  198.18.1.2                                            2.000ms pmtu 1400
 2:  198.18.2.2                                            6.000ms 
 3:  198.18.2.2                                            6.000ms pmtu 1300
 3:  198.18.3.2                                           14.000ms reached
     Resume: pmtu 1300 hops 3 back 3 
"""
    assert (played.stderr, played.status) == ("", 0)
    assert played.duration_ns == (2 + 2 + 2 + 6 + 6 + 14) * MILLISECOND_NS
    assert [len(packet) for packet in played.packets] == [1500, 1500, 1500, 1400, 1400, 1300]


def test_narrow_wires_ipv6():
    assert simulate("tracepath server", NARROW).stdout == """\
 1?: [LOCALHOST]                        0.000ms pmtu 1500
 1:  r1.lab                                                2.000ms 
 1:  r1.lab                                                2.000ms 
 2:  r1.lab                                                2.000ms pmtu 1400
 2:  r2.lab                                                6.000ms 
 3:  r2.lab                                                6.000ms pmtu 1300
 3:  server.lab                                           14.000ms reached
     Resume: pmtu 1300 hops 3 back 3 
"""


def test_silent_router_costs_three_seconds():
    topology = Topology([Node("client"), Node("r1", True, silent=True), Node("server")],
                        [Wire(("client", "r1")), Wire(("r1", "server"))])
    played = simulate("tracepath -n -l 100 server", topology)
    assert played.stdout == """\
 1:  no reply
 2:  2001:db8:2::2                                         0.000ms reached
     Resume: pmtu 100 hops 2 back 2 
"""
    assert played.duration_ns == 3_000_000_000


@pytest.mark.parametrize("code, verdict4, verdict6", [
    ("net-unreachable", "!N", "!N"), ("host-unreachable", "!H", "!H"), ("net-prohibited", "!N", "!A"),
    ("admin-prohibited", "!H", "!A"), ("port-unreachable", "reached", "reached")])
def test_refusals(code, verdict4, verdict6):
    for option, verdict in (("-4", verdict4), ("-6", verdict6)):
        lines = simulate(f"tracepath {option} -n -l 100 server", refusing(code)).stdout.splitlines()
        assert lines[1].endswith(verdict)


def test_protocol_unreachable_is_an_error_on_stderr():
    played = simulate("tracepath -4 -n -l 100 server", refusing("protocol-unreachable"))
    assert played.stderr == "tracepath: NET ERROR: Protocol not available\n"
    assert played.stdout.splitlines()[-1] == "     Resume: pmtu 100 "
    assert played.status == 0


def test_nobody_has_the_address():
    """The local MTU grants a fourth probe, so that the kernel's answer after three seconds is seen."""
    assert simulate("tracepath -4 -n 198.18.1.99", NARROW).stdout == """\
 1?: [LOCALHOST]                      pmtu 1500
 1:  198.18.1.1                                          3000.000ms !H
     Resume: pmtu 1500 
"""


def test_no_route():
    alone = Topology([Node("client")], [])
    assert simulate("tracepath 192.0.2.1", alone).stdout == " 1:  send failed\n     Resume: pmtu 65535 \n"


def test_a_loop_ends_with_too_many_hops():
    nodes = [Node("client"), Node("r1", True, routes=(StaticRoute("server", "r2"),)),
             Node("r2", True, routes=(StaticRoute("server", "r1"),)), Node("server")]
    topology = Topology(nodes, [Wire(("client", "r1")), Wire(("r1", "r2")), Wire(("r2", "server"))])
    assert simulate("tracepath -4 -n -m 4 -l 100 server", topology).stdout == """\
 1:  198.18.1.2                                            0.000ms 
 2:  198.18.2.2                                            0.000ms 
 3:  198.18.1.2                                            0.000ms asymm  1 
 4:  198.18.2.2                                            0.000ms asymm  2 
     Too many hops: pmtu 100
     Resume: pmtu 100 
"""


def test_lost_probes_are_repeated():
    played = simulate("tracepath -n -l 100 server", chain(1), losses={"client-r1": 0.5}, seed=2)
    assert played.stdout.endswith("     Resume: pmtu 100 hops 2 back 2 \n")
    assert len(played.packets) > 2


def test_dead_name_server_costs_ten_seconds_a_line_at_most():
    played = simulate("tracepath -l 100 server", chain(1), name_delay_ns=None)
    assert played.stdout.splitlines()[0].startswith(" 1:  2001:db8:1::2 ")
    assert played.duration_ns <= 20_000_000_000


def test_the_transcript_replays():
    played = simulate("tracepath -4 -l 1450 server", NARROW)
    entries = read(played.transcript)
    engine = Tracepath(TracepathConfig(1450))
    taken = replay(engine, entries)
    assert taken == [entry for entry in entries if type(entry).__module__ == "netlite.engines.actions"]


@pytest.mark.parametrize("words, status, text", [
    ("-4 -6 server", 2, "tracepath: Only one -4 or -6 option may be specified\n"),
    ("-l 28 -4 server", 1, "tracepath: pktlen must be within: 28 < value <= 2147483647\n"),
    ("nobody", 1, "tracepath: nobody: Name or service not known\n"),
    ("-4 ::1", 1, "tracepath: ::1: Address family for hostname not supported\n"),
    ("server/x", 1, "tracepath: invalid argument: 'x'\n")])
def test_refused_words(words, status, text):
    played = simulate(f"tracepath {words}", NARROW)
    assert (played.status, played.stderr, played.stdout) == (status, text, "")


@pytest.mark.parametrize("words", ("-V", "-n server"))
@pytest.mark.parametrize("errno, status, text", [(28, 1, "tracepath: write error\n"), (32, 0, "")])
def test_output_that_cannot_be_written(words, errno, status, text):
    environment = SimulatedEnvironment("tracepath", NARROW, "client")
    environment.out.errno = errno
    assert execute("tracepath", words.split(), environment) == status
    assert environment.err.text == text
