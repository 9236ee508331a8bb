"""What --explain must not say: each kind of false sentence once as it was met, and where else it could be."""

from __future__ import annotations

import re

import pytest
from truth import Twists, items_of

from netlite.engines.actions import Report
from netlite.engines.events import TimePassed
from netlite.lab.scene import scene
from netlite.lab.scene.parts import REJECT_CODES, Action, Node, Rule, StaticRoute, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.packets.templates import make_echo
from netlite.packets.wire_format import icmp_error, ip_packet
from netlite.programs.simulate import simulate
from netlite.records.ping import Answer
from netlite.records.seen import SeenPacket
from netlite.teach.notes import Notes
from netlite.teach.report import explain

MARK = "\n=== Explained ===\n"


def story(command: str, topology: Topology, **circumstances) -> str:
    program, _, arguments = command.partition(" ")
    return " ".join(simulate(f"{program} --explain {arguments}", topology, **circumstances).stdout.partition(MARK)[2].split())


def refusing(node: str, code: str, protocol: int | None = None, routers: int = 3) -> Topology:
    made = chain(routers)
    rule = Rule(Action.REJECT, protocol, destination="server", codes=REJECT_CODES[code])
    return Topology([each.replace(rules=(rule,)) if each.name == node else each for each in made.nodes.values()], made.wires)


@pytest.mark.parametrize("command", ["traceroute -n -q1", "traceroute -n -I -q1", "traceroute -6 -n -q1", "tracepath -n"])
@pytest.mark.parametrize("node, code", [("r2", "admin-prohibited"), ("r3", "host-unreachable"), ("r2", "net-unreachable")])
def test_who_refuses_was_not_crossed(command, node, code):
    """No asymmetric way follows, and the refusal is not the end of the path."""
    told = story(f"{command} server", refusing(node, code))
    assert "asymmetric" not in told and "the end of the path" not in told and "says: no further" in told
    assert f"It is the router of hop {node[1]}: the probe got no further" in told
    assert "[4] " not in told


def test_a_redirect_is_no_end_and_names_the_better_router():
    from truth import Situation, play

    truth = play(Situation("redirect", chain(3), Twists(redirects=("r1", "198.18.1.9")), "traceroute -n -q1 --explain server"))
    assert truth.story.count("had better go to 198.18.1.9 at once.") == 1
    assert "[4] 198.18.4.2" in truth.story and "router 3, 198.18.3.2" in truth.story


@pytest.mark.parametrize("version, protocol", [(4, 1), (6, 1), (4, None)])
def test_ping_has_no_ports(version, protocol):
    told = story(f"ping -{version} -n -c1 server", refusing("r2", "port-unreachable", protocol))
    assert "An echo request has no port that could be closed: a rule (a filter) refuses it" in told
    assert "is there" not in told and "No program listens" not in told


def test_not_only_the_end_of_a_path_says_port_unreachable():
    told = story("traceroute -n -q1 -f4 server", refusing("r2", "port-unreachable"))
    assert "Only the end" not in told and "or a filter on the way." in told and "the end of the path" not in told
    assert "or a rule (a filter) says so in its place" in story("traceroute -n -q1 server", chain(1))
    assert "The host does not speak the protocol of the packet, or a rule says so." in \
        story("traceroute -n -q1 server", refusing("r2", "protocol-unreachable"))


@pytest.mark.parametrize("version", [4, 6])
def test_an_unreachable_host_may_be_a_rule(version):
    told = story(f"traceroute -{version} -n -q1 server", refusing("r2", "host-unreachable"))
    assert "It came at once, so it is a rule, a route that refuses, or somebody who had asked in vain just before." in told
    assert "or a rule" in told and "ARP requests" not in told


def test_waiting_for_a_neighbour_is_not_told_as_distance():
    for target in ("198.18.2.77", "2001:db8:2::77"):
        told = story(f"traceroute -n -q1 -w5 {target}", chain(1))
        assert "It came late" in told and "largest step" not in told
    assert "more quickly" not in story("traceroute -n -q1 -w5 -N1 198.18.2.77", chain(1))


def wired(delays_us: list[int], **more) -> Topology:
    made = chain(len(delays_us) - 1)
    return Topology(made.nodes.values(), [wire.replace(delay_ns=delay * 1000, **more)
                                          for wire, delay in zip(made.wires, delays_us)])


def test_differences_below_the_noise_are_not_explained():
    told = story("ping -4 -n -c5 -i0.01 server", wired([20, 10], jitter_ns=40_000))
    assert "differences as small as these say nothing of the way" in told and "queue" not in told
    told = story("traceroute -n -q1 server", wired([300, 20, 20], jitter_ns=200_000))
    assert "largest step" not in told and "more quickly" not in told
    told = story("ping -4 -n -c5 -i0.01 server", wired([20, 10], jitter_ns=20_000_000))
    assert "Which, cannot be told from here." in told


@pytest.mark.parametrize("version", [4, 6])
def test_times_are_those_that_the_program_printed(version):
    """A capture stamps packets at other moments."""
    here, there = ("192.0.2.1", "198.18.2.1") if version == 4 else ("2001:db8::1", "2001:db8::2")
    protocol = 1 if version == 4 else 58
    packets = [SeenPacket(0, 0, True, ip_packet(here, there, protocol, make_echo(version, 7, 1, b"abc"), 64), 1),
               SeenPacket(16_000, 16_000, False, ip_packet(there, here, protocol, make_echo(
                   version, 7, 1, b"abc", there, here, "reply"), 60), 1)]
    notes = Notes()
    notes.record(TimePassed(1), [Report(Answer(there, 1, 64, 60, 174_900))])
    told = explain(packets, notes)
    assert "after 0.174 ms" in told and "0.016" not in told
    assert "after 0.016 ms" in explain(packets, Notes())


def test_a_hole_for_large_packets_is_named_as_one():
    for command in ("tracepath -4 -n -m4 server", "tracepath -6 -n -m4 server", "ping -4 -n -c1 -W1 -M do -s1472 server"):
        told = story(command, scene.load("black-hole").topology)
        assert "All these probes were 1500 bytes large and may not be cut." in told and "netlite mtu" in told
    assert "large and may not" not in story("ping -4 -n -c1 -W1 -s100 server", refusing("r2", "net-unreachable"))


@pytest.mark.parametrize("version, first", [(4, 1500), (6, 1496)])
def test_fragments_are_told_and_kept(version, first, tmp_path):
    command = f"ping -{version} -n -c1 -s3000 --explain --pcap=run.pcapng server"
    played = simulate(command, chain(1))
    told = " ".join(played.stdout.split())
    assert f"{first} bytes with" in told and "your kernel cut it into 3 fragments" in told
    from scapy.utils import RawPcapNgReader

    file = tmp_path / "run.pcapng"
    file.write_bytes(played.files["run.pcapng"])
    with RawPcapNgReader(str(file)) as reader:
        found = [told for _, told in reader]
    assert [told.direction for told in found] == [2, 2, 2, 1, 1, 1]
    assert found[0].comments[0].decode().count("the first of 3 fragments") == 1


@pytest.mark.parametrize("target, version", [("ff02::1", 6), ("224.0.0.1", 4), ("198.18.1.255", 4), ("255.255.255.255", 4)])
def test_a_group_is_never_a_sender(target, version):
    from truth import Situation, play

    near = ("2001:db8:1::2", "2001:db8:1::3") if version == 6 else ("198.18.1.2", "198.18.1.3")
    own = () if target.endswith("255") else (("2001:db8:1::1" if version == 6 else "198.18.1.1"),)
    members = tuple((source, 1000 * place, 64) for place, source in enumerate((*own, *near), 1))
    zone = "%eth0" if version == 6 else ""
    broadcast = "-b " if target.endswith("255") else ""
    truth = play(Situation("group", chain(1), Twists(members={target: members}),
                           f"ping -{version} {broadcast}-n -c2 -i0.2 --explain {target}{zone}"))
    assert f"{target} stands for several hosts" in truth.story
    assert "itself" not in truth.story and "doubled" not in truth.story and "Every router" not in truth.story
    first = re.search(r"bytes from (\S+):", truth.text)[1]
    assert f"{first} answered probe 1 after" in truth.story
    assert ("is your own host" in truth.story) is bool(own)
    assert ("your own kernel" in truth.story, "the time the other host took" in truth.story) == (bool(own), not own)


@pytest.mark.parametrize("target", ["127.0.0.1", "::1", "client", "198.18.1.1", "127.8.8.8"])
@pytest.mark.parametrize("command", ["ping -n -c1", "traceroute -n -q1", "tracepath -n", "traceroute -n -q1 -T -p 81"])
def test_what_stays_here_crossed_nothing(command, target):
    if target == "127.8.8.8":
        target = "127.0.0.1"
    told = story(f"{command} {target}", chain(2))
    assert "is this host itself: the probe never left it." in told
    assert "or somebody in its place" not in told.partition("1. You sent")[0]
    assert "router" not in told.replace("no wire and no router", "") and "you --TTL" not in told and "--hop" not in told


def test_the_first_ttl_is_the_one_that_left():
    for first in (2, 3):
        told = story(f"traceroute -n -q1 -f{first} server", chain(3))
        assert f"you --TTL 3--> … --TTL {4 - first}--> [{first}]" in told
    assert "you --TTL 2--> [1]" in story("traceroute -n -q1 server", chain(2))


def test_a_report_that_contradicts_itself():
    here, there, router = "192.0.2.1", "198.18.2.1", "198.18.0.3"
    request = ip_packet(here, there, 1, make_echo(4, 7, 1, bytes(56)), 64)

    def told(info: int) -> str:
        packets = [SeenPacket(0, 0, True, request, 1),
                   SeenPacket(9, 9, False, icmp_error(router, here, 3, 4, request, info), 1)]
        return " ".join(explain(packets, Notes()).split())

    assert "84 bytes uncut, and that its next wire takes 1200. Both cannot be" in told(1200)
    assert "path MTU" not in told(1200) and "cannot be right" in told(20)
    assert "its next wire takes 80" in told(80)


def test_a_reset_may_be_somebody_elses():
    from truth import Situation, play

    truth = play(Situation("reset", chain(3), Twists(resets="r2"), "traceroute -n -T -q1 --explain server"))
    assert "or to somebody before it who answers in its place" in truth.story
    assert "the end of the path, or somebody in its place" in truth.story
    assert "or a filter says so in its place" in truth.story and "asymmetric" not in truth.story


def test_who_resets_may_begin_with_another_ttl_or_be_somebody_else():
    from truth import Situation, play

    twists = Twists(resets="r2", first_ttls={"r2": 62})
    truth = play(Situation("reset", chain(3), twists, "traceroute -n -T -q1 --explain server"))
    assert "either the way back is another one (asymmetric)" in truth.story
    assert "or somebody on the way answered in the place of the target" in truth.story


@pytest.mark.parametrize("command", ["ping -4 -n -c1", "traceroute -n -q1", "tracepath -4 -n"])
@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_no_story_is_told_below_json(command, form):
    import json

    program, _, rest = command.partition(" ")
    plain, played = (simulate(f"{program} {more}{form} {rest} server", chain(1)) for more in ("", "--explain "))
    assert played.stdout == plain.stdout != ""
    assert all(json.loads(line) for line in played.stdout.splitlines())


@pytest.mark.parametrize("version", [4, 6])
def test_sizes_that_were_tried_are_those_that_a_wire_refused(version):
    """Packets that are sent whole on purpose are not seen in pieces."""
    for told in (story(f"mtu -{version} -n server", scene.load("chain").topology),
                 story(f"tracepath -{version} -n server", scene.load("chain").topology)):
        size, mtu_bytes = map(int, re.search(r"could not pass on (\d+) bytes uncut: its next wire takes (\d+)\.", told).groups())
        assert size > mtu_bytes == 1400 and told.count("takes no more than 1400") == 1 and "fragments" not in told
    told = story(f"mtu -{version} -n server", scene.load("black-hole").topology)
    assert "all those of more than 1400 bytes, which may not be cut." in told and "limits" not in told
    assert "hop 64" not in told


def test_an_odd_first_ttl_is_not_believed():
    from truth import Situation, play

    for command in ("ping -4 -n -c1 --explain server", "traceroute -n -q1 --explain server"):
        truth = play(Situation("first TTLs", chain(2), Twists(first_ttls={"server": 200, "r1": 70}), command))
        assert "what it started with cannot be told" in truth.story
        assert "crossed 57 routers" not in truth.story


def test_a_loop_of_refusals_is_none():
    nodes = [Node("client"), Node("r1", True, routes=(StaticRoute("server", "r2"),)), Node("r2", True), Node("server")]
    wires = [Wire(("client", "r1")), Wire(("r1", "r2")), Wire(("r2", "server"))]
    rule = Rule(Action.REJECT, codes=REJECT_CODES["port-unreachable"], destination="server")
    nodes[2] = nodes[2].replace(rules=(rule,))
    assert "circle" not in story("traceroute -n -q1 server", Topology(nodes, wires))


def test_paragraphs_are_found():
    assert items_of("\n 1. One\n    more.\n10. Ten.\n") == ["One more.", "Ten."]


@pytest.mark.parametrize("target", ["198.18.1.255", "255.255.255.255"])
def test_a_broadcast_that_nobody_answers_is_not_told_as_a_far_host(target):
    told = story(f"ping -b -n -c 2 -i 0.2 -W 1 {target}", chain(1))
    assert f"{target} stands for several hosts" in told
    assert "traceroute" not in told and "Every router takes 1 off" not in told
    if target == "198.18.1.255":
        assert "all of 198.18.1.0/24, a network of this host (its broadcast address)" in told
        assert "icmp_echo_ignore_broadcasts" in told


def test_the_last_address_of_another_network_is_not_called_a_broadcast():
    told = story("ping -n -c 1 -W 1 198.18.2.255", chain(2))
    assert "stands for several hosts" not in told


@pytest.mark.parametrize("target, command", [("198.18.1.77", "arp -n"), ("2001:db8:1::77", "arp --inet6 -n")])
def test_a_silent_neighbour_is_not_told_as_a_far_host(target, command):
    told = story(f"ping -n -c 1 -W 1 {target}", chain(1))
    assert "is in a network of this host" in told and f"Next: {command} shows" in told and "Next: traceroute" not in told


def test_a_silent_host_behind_routers_is_looked_for_by_traceroute():
    told = story("ping -4 -n -c 1 -W 1 server", Topology(
        [Node("client"), Node("r1", True, rules=(Rule(Action.DROP, destination="server"),)), Node("server")],
        [Wire(("client", "r1")), Wire(("r1", "server"))]))
    assert "Next: traceroute -n 198.18.2.2 shows how far probes get." in told and "in a network of this host" not in told


def test_large_probes_that_later_hops_answered_are_not_told_as_swallowed():
    quiet = Topology([Node("client"), Node("r1", True), Node("r2", True, silent=True), Node("r3", True), Node("server")],
                     [Wire(pair) for pair in (("client", "r1"), ("r1", "r2"), ("r2", "r3"), ("r3", "server"))])
    told = story("tracepath -4 -n server", quiet)
    assert "Later hops did, so packets are passed on here" in told and "black hole" not in told
    swallowing = Topology([Node("client"), Node("r1", True, black_hole=True), Node("server")],
                          [Wire(("client", "r1")), Wire(("r1", "server"), mtu_bytes=1400)])
    assert "a black hole" in story("tracepath -4 -n -m 3 server", swallowing)



@pytest.mark.parametrize("options", ["-4", "-6", "-4 -N1", "-6 -N30 -q5", "-4 -I"])
@pytest.mark.parametrize("rights", [{}, {"may_capture": False, "echo_socket": "datagram"}])
def test_probes_of_one_flow_are_told_apart(options, rights):
    """All have the same ports, and what answers is told of the hop that it is."""
    if "-I" in options and rights:
        rights = {"may_capture": False}
    topology = wired([200, 4000, 10_000, 200])
    told = story(f"traceroute --paris {options} -n server", topology, **rights)
    hops = [topology.addresses(f"r{number}", 6 if "-6" in options else 4)[0] for number in (1, 2, 3)]
    assert all(f"[{number}] {address}" in told for number, address in enumerate(hops, 1)) and "nobody answered" not in told
    assert "got no answer" not in told and "[4]" in told and "[5]" not in told


@pytest.mark.parametrize("target", ["198.18.2.77", "2001:db8:2::77"])
def test_a_report_that_came_when_a_star_was_printed_is_told_so(target):
    told = story(f"traceroute -n -N1 -q1 -w1 -m6 {target}", chain(1))
    assert re.search(r"It came after 30\d\d ms, when the program did not wait any more", told) and "You knew after 30" not in told


def test_a_host_that_answered_some_is_not_said_not_to_be_there():
    told = story("ping -4 -n -c20 -i0.2 -W1 server", wired([20, 10], loss=0.2))
    assert "Others did: these or their answers were lost" in told and "nobody is there" not in told


def two_ways(longer: bool, back: tuple[StaticRoute, ...] = ()) -> Topology:
    nodes = [Node("client"), Node("r1", True, routes=(StaticRoute("server", "a"), StaticRoute("server", "b"))), Node("a", True),
             Node("b", True), *([Node("c", True)] if longer else []), Node("r2", True, routes=back), Node("server")]
    pairs = [("client", "r1"), ("r1", "a"), ("r1", "b"), *((("a", "c"), ("c", "r2")) if longer else (("a", "r2"),)), ("b", "r2"), ("r2", "server")]
    return Topology(nodes, [Wire(pair) for pair in pairs])


def test_probes_that_took_the_shorter_of_two_ways_were_not_passed_on_by_as_many_as_their_ttl():
    """The probe before took the longer one, and died at its last router."""
    told = [story("traceroute -4 -n -q2 -w1 -m8 server", two_ways(True), seed=seed) for seed in range(12)]
    assert any("TTL 5 got to the end of the path: at most 4 routers passed them on" in each for each in told)
    assert not any("TTL 5 got to the end of the path: 4 routers" in each and "crossed 3 routers on its way back" in each for each in told)
    one_flow = [story("traceroute -4 -n --paris -N1 -q1 -w1 -m8 server", two_ways(True), seed=seed) for seed in range(12)]
    assert not any("at most" in each for each in one_flow)


def test_reports_that_are_shared_out_have_two_addresses_of_one_router():
    told = [story("traceroute -4 -n -q2 -w1 -m8 server", two_ways(False, (StaticRoute("client", "a"), StaticRoute("client", "b"))), seed=seed)
            for seed in range(8)]
    assert any("2 addresses answered at hop 3" in each and "the probes or the reports were shared out" in each for each in told)
