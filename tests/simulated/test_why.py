"""netlite why on the network in memory: every labelled fault named and placed, in time, with few packets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from html_pages import Reader
from json_schemas import document_problems, line_problems
from known_scenes import load, names_for
from labelled import try_in_memory

import netlite
from netlite.engines.why.causes import CAUSES
from netlite.engines.why.costs import limit_ns
from netlite.lab.matrix import Tried, totals
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.manners import Service
from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.lab.why import broken_in_memory
from netlite.programs.simulate import simulate

SECOND_NS = 1_000_000_000
LABELS = [pytest.param(load(name), label, id=f"{name}-{label.name}") for name in names_for("memory")
          for label in load(name).labels if "memory" in (label.backends or load(name).backends)]


@pytest.mark.parametrize("scene, label", LABELS)
def test_each_labelled_fault_is_named_and_placed(scene, label):
    found = try_in_memory(scene, label)
    assert label.placed(found), [(each.cause, each.hop) for each in found.verdicts]
    packets = label.packets or 200
    assert found.duration_ns <= (limit_ns(packets) if packets > 200 or not label.is_well else 3 * SECOND_NS)
    assert found.packets <= packets
    for verdict in found.verdicts:
        assert verdict.evidence and verdict.sentence and 0 < verdict.confidence <= 100
        assert "{" not in verdict.sentence + verdict.next_step + verdict.who


def test_the_scenes_hold_every_kind_of_fault():
    known = {each.cause for _, label in map(lambda param: param.values, LABELS) for wanted in label.finds for each in wanted}
    assert known <= set(CAUSES)
    elsewhere = {"policy-rule", "wrong-source", "backlog-full", "receive-queue-full", "send-queue-full",
                 "cannot-tell", "not-finished", "name-no-server", "name-no-address", "host-silent", "port-unsteady"}  # below, tests/unit/test_why_rules.py, tests/lab/test_why_lab.py
    assert set(CAUSES) - known <= elsewhere
    faults = [label for _, label in map(lambda param: param.values, LABELS) if not label.is_well]
    assert len(faults) >= 50 and sum(len(label.finds) > 1 for label in faults) >= 5


def test_the_matrix_counts_what_is_wrong():
    scene, label = LABELS[0].values
    well = try_in_memory(scene, label)
    broken = well.replace(verdicts=(well.verdict.replace(cause="loss", hop=1),))
    sums = totals([Tried("a", label, well, 1), Tried("a", label, broken, 1)])
    assert (sums.well, sums.called_broken, sums.holds) == (2, 1, False)


def broken(*rules: Rule, services: tuple[Service, ...] = ()) -> Topology:
    return Topology([Node("client"), Node("r1", True, rules=rules), Node("server", services=services)],
                    [Wire(("client", "r1")), Wire(("r1", "server"))])


def test_the_text_says_cause_evidence_and_next_step():
    played = simulate("why server", broken(Rule(Action.DROP, destination="server")))
    assert played.status == 1 and not played.stderr
    assert played.stdout.startswith("Packets to server get as far as 198.18.1.2 (hop 1); from behind it nothing comes back.\n"
                                    "  seen   hop 1: 198.18.1.2\n")
    assert "  sure   85 % (lost-behind, hop 1)\n" in played.stdout
    assert "  next   netlite traceroute server\n" in played.stdout


def test_all_is_well_says_by_what_it_knows():
    played = simulate("why server:80", broken(services=(Service(80),)))
    assert played.status == 0
    assert played.stdout.startswith("Nothing wrong was found with server.\n") and "198.18.2.2:80: connected, 19 bytes" in played.stdout


@pytest.mark.parametrize("line, words", [
    ("why a b c", "Usage"), ("why server:x", "is no port"), ("why server:80 80", "two ports"), ("why :80", "no host"),
    ("why -w x server", "is not a number"), ("why --nonsense", "unrecognized option"), ("why server 0", "is no port")])
def test_a_wrong_command_line_is_told(line, words):
    played = simulate(line, chain(1))
    assert played.status == 2 and words in played.stderr and not played.stdout


@pytest.mark.parametrize("line", ["why server", "why server:81", "why nobody", "why", "why -4 server 80", "why x:y"])
def test_json_is_as_its_schema_says(line):
    for topology in (chain(2), broken(Rule(Action.DROP))):
        whole = simulate(line.replace("why", "why --json"), topology)
        assert document_problems("why", whole.stdout) == [] and json.loads(whole.stdout)["status"] == whole.status
        assert line_problems("why", simulate(line.replace("why", "why --jsonl"), topology).stdout) == []


def test_a_port_has_the_name_of_its_service():
    assert simulate("why server:http", broken()).status == 1
    assert simulate("why server:http", broken(services=(Service(80),))).status == 0


class Bare(SimulatedEnvironment):
    """A machine that gives out no ICMP sockets and no raw ones."""

    def __init__(self, topology: Topology):
        super().__init__("why", topology, "client", echo_socket="none")


def test_without_icmp_sockets_udp_tells_the_same():
    from netlite.sockets.icmp import EchoKind

    for topology, cause, hop in ((chain(2), "well", None), (broken(Rule(Action.DROP, destination="server")), "lost-behind", 1)):
        world = Bare(topology)
        world.network.echo_kind = lambda family, raw_only=False: EchoKind("raw", 1)
        found = netlite.diagnose("server", world=world)
        assert (found.verdict.cause, found.verdict.hop) == (cause, hop)
        assert "gives out no ICMP sockets" in found.notes[0]


def test_without_ipv6_it_says_so_and_looks_at_ipv4():
    world = SimulatedEnvironment("why", chain(2), "client")
    for device in ("eth0",):
        simulate(f"ifconfig {device} del 2001:db8:1::1/64", chain(2), lab=world.lab)
        simulate("route -A inet6 del ::/0 metric 1024", chain(2), lab=world.lab)
    found = netlite.diagnose("server", world=world)
    assert found.is_well and "this machine has no IPv6" in found.notes[0]


def test_the_library_tells_its_steps_and_checks_its_arguments():
    steps: list[str] = []
    found = netlite.diagnose("server", 80, version=4, tell=steps.append, world=SimulatedEnvironment("why", chain(2), "client"))
    assert (found.verdict.cause, found.port, found.addresses) == ("port-refused", 80, ("198.18.3.2",))
    assert steps[0] == "looking at this machine" and "connecting" in steps
    for wrong in ({"port": 0}, {"port": 70000}, {"version": 5}, {"limit_s": -1}, {"max_packets": 10}):
        with pytest.raises(ValueError):
            netlite.diagnose("server", **wrong)
    with pytest.raises(TypeError):
        netlite.diagnose(7)


def test_a_short_limit_ends_early_and_says_what_is_known():
    topology = broken(Rule(Action.DROP))
    found = netlite.diagnose("server", limit_s=5, world=SimulatedEnvironment("why", topology, "client"))
    assert found.duration_ns <= 5 * SECOND_NS and not found.is_well


def test_explained_it_tells_each_question_and_its_answer():
    played = simulate("why --explain server", broken(Rule(Action.DROP, destination="server")))
    told = " ".join(played.stdout.partition("=== Explained ===")[2].split())
    assert played.status == 1
    assert "198.18.2.2 answered 0 of 3." in told and "By icmp to 198.18.2.2: 198.18.1.2, then nobody." in told
    assert "round-trip time" in simulate("why --explain=rtt", chain(1)).stdout.lower()
    assert simulate("why --explain=fields server", chain(1)).status == 2


NOWHERE = ("well", "cannot-tell", "retransmissions", "loss-unplaced", "no-host")


@pytest.mark.parametrize("scene, label", LABELS)
def test_every_diagnosis_can_be_explained_and_has_a_page(scene, label):
    lab, node = broken_in_memory(scene, label), next(iter(scene.topology.nodes))
    words = ["why", "--explain", "--html=/tmp/page", *([f"--packets={label.packets}"] if label.packets else []),
             *([label.ask] if label.ask else [])]
    played = simulate(words, lab.topology, node, lab=lab)
    assert "=== Explained ===" in played.stdout and not played.stderr and played.status in (0, 1)
    text = played.files["/tmp/page"].decode()
    read = Reader(text)
    assert read.open == [] and len(text) < 60_000
    assert played.stdout.partition("\n")[0] in read.text and len(read.all("article", "verdict")) >= len(label.finds)
    marked = {each["href"] for each in read.all("a", "mark")}
    for number, wanted in enumerate(label.finds, 1):
        assert f"#verdict-{number}" in marked or any(each.cause in NOWHERE for each in wanted)


def test_a_page_beside_json_and_in_a_lab(tmp_path):
    played = simulate("why --json --html /tmp/page server", chain(1))
    assert json.loads(played.stdout)["well"] and b"Nothing wrong was found with server." in played.files["/tmp/page"]
    path = tmp_path / "page.html"
    program = Path(__file__).resolve().parents[2] / "bin" / "netlite"
    done = subprocess.run([sys.executable, "-I", program, "lab", "run", "loop", "--backend", "memory", "--", "why", "server",
                           "--html", path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr == ""
    assert done.stdout.partition("\n")[0] in Reader(path.read_text(encoding="utf-8")).text


@pytest.mark.parametrize("line, words", [
    ("why server --html", "--html needs the name of a file"), ("why --html /none/x server", "/none/x: No such file"),
    ("ping --html /none/x server", "/none/x: No such file"), ("why --html /tmp/x --explain=fields server", "--explain=fields is for"),
    ("why --pcap x server", "--pcap is for programs with one run of probes"), ("why server --pcap=x", "--pcap is for")])
def test_a_page_that_cannot_be_written_is_told_before_anything_is_sent(line, words):
    played = simulate(line, chain(1))
    assert played.status == 2 and words in played.stderr and not played.stdout and not played.packets


def test_no_page_of_a_wrong_line():
    played = simulate("why --html /tmp/page a b c", chain(1))
    assert played.status == 2 and played.files["/tmp/page"] == b""


@pytest.mark.parametrize("line, cause", [("-6 198.18.3.2", "name-no-address"), ("-4 2001:db8:3::2", "name-no-address"),
                                         ("-6 server", "port-refused"), ("nobody", "name-no-server")])
def test_a_version_of_ip_that_there_is_not_is_told(line, cause):
    told = json.loads(simulate(f"why --json {line} 81", chain(2)).stdout)
    assert [each["cause"] for each in told["verdicts"]] == [cause]


@pytest.mark.parametrize("host", ["a..b", "x" * 300, "\udcff\udcfe", "-", "%", "1.2.3", "[::1]", "::ffff:1.2.3.4", "a b", "\x1b[31m"])
def test_any_word_gets_an_answer(host):
    for topology in (chain(1), load("faults-of-names").topology):
        played = simulate(["why", "-q", "--", host], topology)
        assert played.status in (0, 1, 2) and played.stdout + played.stderr
        assert "\x1b" not in played.stdout


def told_of_loss(share: float, packets: int, seeds: int = 12) -> list[tuple[str, int | None]]:
    """What is said of a wire behind r2 that loses a share of the packets each way, with so many seeds of chance."""
    found = []
    for seed in range(seeds):
        world = SimulatedEnvironment("why", chain(3), "client", seed=seed, losses={"r2-r3": share})
        diagnosis = netlite.diagnose("server", max_packets=packets, world=world)
        assert diagnosis.packets <= packets and diagnosis.duration_ns <= limit_ns(packets)
        found += [(each.cause, each.hop) for each in diagnosis.verdicts]
    return found


def test_a_host_behind_much_loss_is_placed_though_its_echoes_are_lost():
    found = []
    for seed in range(20):
        world = SimulatedEnvironment("why", chain(3), "client", seed=seed, losses={"r1-r2": 0.3})
        verdicts = netlite.diagnose("server", port=81, version=4, world=world).verdicts
        found += [each.hop for each in verdicts if each.cause == "port-refused"]
    assert set(found) == {4} and len(found) > 10


def test_a_small_loss_is_not_placed_with_few_packets_and_placed_with_many():
    few, many = told_of_loss(0.015, 200), told_of_loss(0.015, 1500)
    assert {cause for cause, _ in few} <= {"well", "loss-unplaced", "loss"} and ("loss-unplaced", None) in few
    assert few.count(("loss", 2)) < 3 and many.count(("loss", 2)) >= 10
    assert {hop for cause, hop in few + many if cause == "loss"} <= {2, 3}  # never before the wire that loses
    assert ("well", None) not in many


def test_without_loss_more_packets_find_none():
    assert set(told_of_loss(0.0, 1500, 3)) == {("well", None)}


def test_an_unplaced_loss_says_how_many_packets_would_place_it():
    world = SimulatedEnvironment("why", chain(3), "client", seed=0, losses={"r2-r3": 0.025})
    verdict = netlite.diagnose("198.18.4.2", max_packets=120, world=world).verdict
    assert verdict.cause == "loss-unplaced" and verdict.hop is None
    more = int(verdict.next_step.removeprefix("netlite why --packets ").partition(" ")[0])
    assert f"{more} packets in all" in verdict.evidence[-1] and more > 120
    world = SimulatedEnvironment("why", chain(3), "client", seed=0, losses={"r2-r3": 0.025})
    again = netlite.diagnose("198.18.4.2", max_packets=more, world=world).verdict
    assert (again.cause, again.hop) == ("loss", 2)


def test_all_is_well_says_how_small_a_loss_it_would_have_seen():
    assert "less than 12 % lost" in simulate("why server", chain(1)).stdout
    assert "less than 3 % lost" in simulate("why --packets 1000 server", chain(1)).stdout


@pytest.mark.parametrize("count", ["49", "10001", "x", "1.5", "-1", ""])
def test_a_wrong_number_of_packets_is_told(count):
    played = simulate(["why", "--packets", count, "server"], chain(1))
    assert played.status == 2 and "is not a number from 50 to 10000" in played.stderr and not played.packets
