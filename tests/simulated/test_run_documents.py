"""--json and --jsonl of the programs that probe: what the text says, under jc's keys, and valid however the run ends."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlite.errors import KernelRefused
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.registry import execute
from netlite.programs.simulate import simulate

MS = 1_000_000
WAY = Topology([Node("client"), Node("r1", True), Node("r2", True), Node("server")],
               [Wire(("client", "r1"), 1500, MS), Wire(("r1", "r2"), 1400, 2 * MS), Wire(("r2", "server"), 1300, 21 * MS)])
SILENT = Topology([Node("client"), Node("r1", True, rules=(Rule(Action.DROP),)), Node("server")],
                  [Wire(("client", "r1")), Wire(("r1", "server"))])
LOSSY = Topology([Node("client"), Node("r1", True), Node("server")],
                 [Wire(("client", "r1"), loss=0.2, duplicates=0.3), Wire(("r1", "server"), 1500, 3 * MS)])
DOWN = Topology([Node("client"), Node("r1", True), Node("server")], [Wire(("client", "r1")), Wire(("r1", "server"), down=True)])

PINGS = ("ping -4 -n -c3 SERVER", "ping -4 -c2 server", "ping -6 -c2 -n server", "ping -4 -c3 -O -i 0.3 server", "ping -4 -c2 -D -n SERVER",
         "ping -4 -c2 -q server", "ping -4 -c2 -p ff00 server", "ping -4 -c9 -n -i 0.2 SERVER", "ping -4 -c2 -t1 server",
         "ping -4 -f -c30 server", "ping -4 -c1 -s 1472 -M do server", "ping -4 -c20 -i 0 server")
TRACES = ("traceroute -4 server", "traceroute -4 -n server", "traceroute -6 server", "traceroute -4 -q1 -I server",
          "traceroute -4 -T -n server", "traceroute -4 --paris server", "traceroute -4 -m1 server", "traceroute -4 -F server 1500")
PATHS = ("tracepath -4 server", "tracepath -4 -n server", "tracepath -6 server", "tracepath -4 -m1 server")
OTHERS = ("mtu -4 server", "mtu -4 -n server", "traceroute --mda -4 server", "ping --multi -c2 -i0.1 server r1 nosuch")
WORLDS = {"way": WAY, "silent": SILENT, "lossy": LOSSY, "down": DOWN}
WRONG = ("ping nosuch", "ping -c x server", "ping", "ping -zz", "ping -I nope0 server", "ping --multi", "ping --multi nosuch", "traceroute nosuch",
         "traceroute -q 0 server", "traceroute --nonsense", "tracepath nosuch", "tracepath -l 5 server", "tracepath",
         "tracepath -zz", "tcptraceroute nosuch", "mtu", "mtu nosuch", "mtu -m 0 server", "traceroute --mda nosuch")


def served(command: str, world: str) -> str:
    """jc reads answers without names where the destination is an address, too."""
    return command.replace("SERVER", "198.18.3.2" if world == "way" else "198.18.2.2")


def one_document(text: str) -> dict:
    """The document of --json: a single line."""
    assert text.endswith("\n") and text.count("\n") == 1
    return json.loads(text)


def lines_of(text: str) -> list[dict]:
    """The objects of --jsonl: the first says the schema, the last how it ended."""
    assert text.endswith("\n")
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines[0]["type"] == "start" and "/" in lines[0]["schema"]
    assert [line["type"] for line in lines].count("end") == 1 and lines[-1]["type"] == "end"
    return lines


def assert_same(parsed: object, ours: object, place: str = "") -> None:
    """All that jc found stands at the same place in ours."""
    if isinstance(parsed, dict):
        assert isinstance(ours, dict), place
        for key, value in parsed.items():
            assert key in ours, f"{place}.{key}"
            assert_same(value, ours[key], f"{place}.{key}")
    elif isinstance(parsed, list):
        assert len(parsed) == len(ours), place
        for number, (left, right) in enumerate(zip(parsed, ours)):
            assert_same(left, right, f"{place}[{number}]")
    else:
        assert parsed == ours, place


def text_and_document(command: str, world: str):
    """What the command told in text, and the document of the same, which must not change what it does."""
    text, document = simulate(command, WORLDS[world]), simulate(f"{command} --json", WORLDS[world])
    assert (document.status, document.stderr, document.packets) == (text.status, text.stderr, text.packets)
    return text, one_document(document.stdout)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("command", PINGS)
def test_ping_is_as_jc_reads_its_text(command, world):
    jc = pytest.importorskip("jc")
    command = served(command, world)
    text, ours = text_and_document(command, world)
    parsed = jc.parse("ping", text.stdout)
    kinds = {"reply", "timeout"}  # jc leaves out the lines of errors
    told = {**ours, "responses": [each for each in ours["responses"] if each["type"] in kinds]}
    parsed["responses"] = [each for each in parsed["responses"] if each["type"] in kinds]
    assert_same(parsed, told)
    assert ours["status"] == text.status and ours["error"] is None


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("command", TRACES)
def test_traceroute_is_as_jc_reads_its_text(command, world):
    """jc leaves probes without an answer out, and takes the note of --paris for a hop."""
    jc = pytest.importorskip("jc")
    text, ours = text_and_document(command, world)
    if text.status:
        assert ours["error"] and ours["error"] in text.stderr
        return
    parsed = jc.parse("traceroute", text.stdout)
    for found in (parsed, ours):
        for hop in found["hops"]:
            hop["probes"] = [probe for probe in hop["probes"] if probe["rtt"] is not None]
    assert_same(parsed, ours)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("command", PATHS)
def test_tracepath_is_as_jc_reads_its_text(command, world):
    jc = pytest.importorskip("jc")
    text, ours = text_and_document(command, world)
    if text.stdout:
        assert_same(jc.parse("tracepath", text.stdout), ours)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("command", PINGS + TRACES + PATHS + OTHERS)
def test_lines_and_document_say_the_same(command, world):
    """With the status and the complaints of the text."""
    command = served(command, world)
    text = simulate(command, WORLDS[world])
    document, lines = simulate(f"{command} --json", WORLDS[world]), simulate(f"{command} --jsonl", WORLDS[world])
    for played in (document, lines):
        assert (played.status, played.stderr) == (text.status, text.stderr)
    whole, told = one_document(document.stdout), lines_of(lines.stdout)
    assert whole["schema"] == told[0]["schema"]
    assert whole["messages"] == [line["text"] for line in told if line["type"] == "message"]
    assert {key: told[-1][key] for key in ("error", "status")} == {key: whole[key] for key in ("error", "status")}
    for line in told[:-1]:
        if line["type"] in ("start", "summary", "result", "done"):
            assert {key: whole[key] for key in line if key != "type"} == {key: line[key] for key in line if key != "type"}


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
@pytest.mark.parametrize("command", WRONG)
def test_what_is_wrong_is_data_too(command, form):
    program, *words = command.split()
    text, document = simulate(command, WAY), simulate([program, form, *words], WAY)
    assert text.status and (document.status, document.stderr) == (text.status, text.stderr)
    last = one_document(document.stdout) if form == "--json" else lines_of(document.stdout)[-1]
    assert last["status"] == text.status and last["error"]
    assert all(line in text.stderr for line in last["error"].splitlines())


@pytest.mark.parametrize("command", ["ping -V", "tracepath -V", "mtu -h", "ping --explain=ttl"])
def test_texts_that_are_asked_for_are_texts(command):
    assert simulate(f"{command} --json", WAY).stdout == simulate(command, WAY).stdout != ""


@pytest.mark.parametrize("command", ["traceroute", "traceroute --help", "traceroute -V"])
def test_a_text_on_stderr_leaves_a_document(command):
    played = simulate(f"{command} --json", WAY)
    assert (played.status, played.stderr) == (0, simulate(command, WAY).stderr)
    assert one_document(played.stdout) == {"schema": "traceroute/1", "messages": [played.stderr.strip()], "error": None, "status": 0}


def test_every_probe_is_accounted_for():
    """At any loss: each is answered, or named as unanswered."""
    for world in WORLDS.values():
        document = one_document(simulate("ping -4 -n -c9 -i0.2 -W1 --json server", world).stdout)
        answered = {each["icmp_seq"] for each in document["responses"] if each["type"] == "reply"}
        assert answered.isdisjoint(document["unanswered_icmp_seq"])
        assert len(answered | set(document["unanswered_icmp_seq"])) == document["packets_transmitted"] == 9


def test_all_is_lost():
    document = one_document(simulate("ping -4 -c2 -W1 --json server", SILENT).stdout)
    assert (document["packet_loss_percent"], document["status"], document["error"]) == (100, 1, None)
    assert document["unanswered_icmp_seq"] == [1, 2] and document["round_trip_ms_avg"] is None


def test_an_error_says_who_says_so():
    document = one_document(simulate("ping -4 -c1 -t1 --json server", WAY).stdout)
    error, = document["responses"]
    assert (error["type"], error["response_ip"], error["icmp_type"], error["reason"]) == \
        ("icmp_error", "198.18.1.2", 11, "Time to live exceeded")
    document = one_document(simulate("ping -4 -c1 -s 1400 -M do --json server", WAY).stdout)
    assert [(each["type"], each["info"]) for each in document["responses"]] == [("icmp_error", 1400)]


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
@pytest.mark.parametrize("command", ["ping -4 -i 0.3 server", "ping -4 -w 2 server", "mtu -4 server", "ping --multi -c 9 server r1"])
@pytest.mark.parametrize("at_ms", [0, 1, 30, 400, 1500])
def test_ends_when_it_is_asked_to(command, at_ms, form):
    text, document = (simulate(words, WAY, signals=[(at_ms * MS, "SIGINT")]) for words in (command, f"{command} {form}"))
    assert (document.status, document.stderr) == (text.status, text.stderr)
    last = one_document(document.stdout) if form == "--json" else lines_of(document.stdout)[-1]
    assert last["status"] == text.status and last["error"] is None


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
@pytest.mark.parametrize("errno, status", [(28, 1), (32, 0)])
@pytest.mark.parametrize("command", ["ping -c1 server", "traceroute server", "tracepath server"])
def test_output_that_cannot_be_written(command, errno, status, form):
    program, *words = command.split()
    environment = SimulatedEnvironment(program, chain(1), "client")
    environment.out.errno = errno
    assert execute(program, [*words, form], environment) == status
    assert environment.err.text == ("" if errno == 32 else f"{program}: write error\n")


@pytest.mark.parametrize("command", ["ping -c1 server", "traceroute server", "tracepath server", "mtu server"])
def test_documents_alone_beside_an_explanation(command):
    for words in ("--explain", "--explain=fields"):
        assert simulate(f"{command} --json {words}", WAY).stdout == simulate(f"{command} --json", WAY).stdout
        program, *rest = command.split()
        assert simulate([program, words, "--json", *rest, "-zz"], WAY).status
        one_document(simulate([program, words, "--json", *rest, "-zz"], WAY).stdout)


def test_a_double_dash_ends_the_options():
    assert "--json" in simulate("ping -- --json", WAY).stderr
    assert simulate("ping -- --json", WAY).stdout == ""


def test_both_forms_are_one_too_many():
    played = simulate("ping --json --jsonl server", WAY)
    assert (played.status, played.stderr) == (2, "ping: --json or --jsonl, not both\n") and lines_of(played.stdout)


class Refusing:
    """A network that opens no links."""

    def __init__(self, network):
        self._network = network

    def __getattr__(self, name):
        if not name.startswith("open_"):
            return getattr(self._network, name)

        def refuse(*_, **__):
            raise KernelRefused(1, "socket")
        return refuse


@pytest.mark.parametrize("form", ["--json", "--jsonl"])
@pytest.mark.parametrize("command", ["ping -4 server", "ping --multi server", "traceroute server", "traceroute --mda server", "tracepath server", "mtu server"])
def test_a_refused_socket_is_data(command, form):
    program, *words = command.split()
    ended = []
    for options in ([], [form]):
        environment = SimulatedEnvironment(program, WAY, "client")
        environment._network = Refusing(environment.network)
        ended.append((execute(program, [*options, *words], environment), environment.err.text, environment.out.text))
    (status, complaint, _), (same, heard, out) = ended
    assert status and (same, heard) == (status, complaint) and "ermitted" in complaint
    last = one_document(out) if form == "--json" else lines_of(out)[-1]
    assert last["status"] == status and last["error"] in complaint


VOCABULARY = {
    "ping": ("-4", "-6", "-n", "-q", "-O", "-D", "-v", "-f", "-A", "-a", "-b", "-R", "-U", "-t1", "-t0", "-s0", "-s 5000", "-M do", "-p ff", "-p xx", "-l3",
             "-i 0.2", "-i -1", "-W 1", "-I eth0", "-I nope", "-e 7", "-N name", "-T tsonly", "server", "r1", "nosuch", "::1", "127.0.0.1", "", "-h", "-V", "--multi", "--targets x"),
    "traceroute": ("-4", "-6", "-n", "-I", "-T", "-U", "-e", "-A", "-m2", "-m0", "-f3", "-q1", "-q 11", "-N1", "-w 1", "--mtu", "--back", "--paris", "--mda", "-F", "-s 1.2.3.4",
                   "-i nope", "--sport=5", "-z 1", "server", "r1", "nosuch", "::1", "40", "1500", "-g r1", "-D", "-P 99"),
    "tracepath": ("-4", "-6", "-n", "-b", "-m1", "-m 0", "-l 100", "-l 9", "-p 7", "server", "r1", "nosuch", "server/9", "::1", "-V", "-h"),
    "mtu": ("-4", "-6", "-n", "-q", "-U", "-m 2", "-m 0", "-W 0.1", "-w 1", "-I eth0", "-I nope", "server", "r1", "nosuch", "-h")}
BOUNDS = {"ping": ["-c2", "-w4"]}


@given(st.data())
@pytest.mark.parametrize("program", VOCABULARY)
def test_whatever_the_command_line(program, data):
    """The text, the status and the complaints stay; stdout is a document, or text that was asked for."""
    parts = data.draw(st.lists(st.sampled_from(VOCABULARY[program]), max_size=5))
    words = [word for part in parts for word in (part.split() or [part])] + BOUNDS.get(program, [])
    world = data.draw(st.sampled_from(sorted(WORLDS)))
    place = data.draw(st.integers(0, len(words)))
    text = simulate([program, *words], WORLDS[world])
    for form, read in (("--json", one_document), ("--jsonl", lines_of)):
        played = simulate([program, *words[:place], form, *words[place:]], WORLDS[world])
        assert (played.status, played.stderr) == (text.status, text.stderr)
        if played.stdout != text.stdout or not text.stdout:
            told = read(played.stdout)
            assert (told if form == "--json" else told[-1])["status"] == text.status
