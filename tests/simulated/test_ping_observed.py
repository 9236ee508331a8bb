"""ping's own --stats, --until-up, --until-down, --graph and --svg; without them not a byte is another one."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from json_schemas import document_problems, line_problems
from worlds import PATH, SILENT

from netlite.engines.ping_figures import Figures
from netlite.environment import Environment
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.registry import execute
from netlite.programs.simulate import simulate
from netlite.programs.watch.export import export
from netlite.render.ping_figures import render_figures, render_graph, render_svg
from netlite.render.watch import Style


def test_stats_stand_below_the_classic_text():
    plain = simulate("ping -4 -c 4 server", PATH)
    with_figures = simulate("ping -4 -c 4 --stats server", PATH)
    assert with_figures.stdout == plain.stdout + (
        "rtt p50/p90/p99 = 14.000/14.000/14.000 ms\njitter avg/max/rfc3550 = 0.000/0.000/0.000 ms\nlosses: none\n")
    assert with_figures.status == plain.status == 0


@pytest.mark.parametrize("words", ["-4 -c 3 -q server", "-4 -c 5 -f server", "-4 -c 3 -O server", "-4 -c 3 -D server", "-4 -c 3 -A server",
                                   "-4 -c 3 -i 0.2 -W 1 server", "-4 -c 2 server -v"])
def test_the_classic_text_is_the_same_with_them(words):
    for topology in (PATH, SILENT):
        plain, looked_at = simulate(f"ping {words}", topology), simulate(f"ping --stats {words}", topology)
        assert looked_at.stdout.startswith(plain.stdout) and looked_at.stderr == plain.stderr
        assert looked_at.status == plain.status


def test_silence_is_one_run_of_losses():
    done = simulate("ping -4 -c 5 -W 1 --stats server", SILENT)
    assert done.stdout.endswith("losses: 5 in 1 run, the longest 5 (icmp_seq 1-5)\n") and done.status == 1


@pytest.mark.parametrize("words", ["-c 3 server", "-c 3 -q server", "-c 2 -W 1 --graph server"])
def test_json_is_as_its_schema_says(words):
    for topology in (PATH, SILENT):
        whole = simulate(f"ping --json --stats {words}", topology)
        assert document_problems("ping", whole.stdout) == []
        found = json.loads(whole.stdout)
        assert found["statistics"]["lost"] == found["packets_transmitted"] - found["packets_received"]
        assert line_problems("ping", simulate(f"ping --jsonl --stats {words}", topology).stdout) == []
        assert "statistics" not in json.loads(simulate(f"ping --json {words.replace('--graph', '')}", topology).stdout)


def test_until_up_ends_at_the_first_answer():
    done = simulate("ping -4 --until-up server", PATH)
    assert done.status == 0 and "1 packets transmitted, 1 received, 0% packet loss" in done.stdout


def test_until_up_is_bounded_by_w():
    done = simulate("ping -4 --until-up -w 5 server", SILENT)
    assert done.status == 1 and "0 received, 100% packet loss" in done.stdout


def test_until_down_ends_with_three_probes_in_a_row_without_an_answer():
    done = simulate("ping -4 --until-down -w 60 server", SILENT)
    assert done.status == 0 and "no answer yet" not in done.stdout
    sent = int(done.stdout.rpartition("statistics ---\n")[2].split()[0])
    assert sent in (3, 4)
    assert simulate("ping -4 --until-down -w 5 server", PATH).status == 1


def test_until_down_hears_refusals():
    refusing = Topology([Node("client"), Node("r1", True, rules=(Rule(Action.REJECT, destination="server"),)), Node("server")],
                        [Wire(("client", "r1")), Wire(("r1", "server"))])
    done = simulate("ping -4 --until-down -w 60 server", refusing)
    assert done.status == 0 and done.stdout.count("Unreachable") == 3
    waiting = simulate("ping -4 --until-up -w 10 server", refusing)  # errors are no answer, and no end
    assert waiting.status == 1 and waiting.stdout.count("Unreachable") > 8


def test_a_slow_host_is_not_down():
    slow = Topology([Node("client"), Node("server")], [Wire(("client", "server"), 1500, 400_000_000)])
    done = simulate("ping -4 -i 0.2 --until-down -w 20 server", slow)
    assert done.status == 1 and int(done.stdout.rpartition("statistics ---\n")[2].split()[3]) > 90


@pytest.mark.parametrize("words, said", [("--until-up --until-down server", "not both"), ("--svg", "requires an argument"),
                                         ("--svg /nosuch/x.svg server", "No such file"), ("--statz server", "invalid option")])
def test_wrong_words_are_one_line(words, said):
    done = simulate(f"ping {words}", chain(1))
    assert done.status == 2 and said in done.stderr and "internal error" not in done.stderr


def test_behind_two_dashes_it_is_a_host():
    done = simulate("ping -4 -c 1 -- --stats", chain(1))
    assert done.status == 2 and "--stats" in done.stderr


def test_a_picture_is_written_and_is_xml():
    environment = SimulatedEnvironment("ping", PATH, "client")
    assert execute("ping", "-4 -c 20 -i 0.2 --svg rtt.svg server".split(), environment) == 0
    picture = ElementTree.fromstring(environment.read_file("rtt.svg"))
    points = picture.find("{http://www.w3.org/2000/svg}polyline").get("points").split()
    assert len(points) == 20


def test_a_picture_takes_the_place_of_a_longer_file(tmp_path):
    file = tmp_path / "rtt.svg"
    file.write_bytes(b"x" * 100_000)
    done = simulate(["ping", "-4", "-c", "2", "-i", "0.2", "--svg", str(file), "server"], PATH, outside=Environment("ping"))
    assert (done.status, done.stderr) == (0, "")
    ElementTree.parse(file)


def test_what_is_exported_takes_the_place_of_a_longer_file(tmp_path):
    file = tmp_path / "paths.json"
    file.write_bytes(b"x" * 100_000)
    assert export(str(file), None, [], Style(), Environment("watch")) == f"written: {file}"
    assert json.loads(file.read_text()) == {"paths": []}


def figures_of(answers: dict[int, int], transmitted: int):
    figures = Figures()
    for number, rtt_ns in answers.items():
        figures.answered(number & 0xFFFF, rtt_ns)
    figures.finish(transmitted)
    return figures.series()


@given(st.integers(1, 400), st.sets(st.integers(1, 400)), st.randoms())
def test_runs_of_losses_are_those_that_there_are(transmitted, answered, chance):
    answered = [number for number in answered if number <= transmitted]
    chance.shuffle(answered)
    series = figures_of(dict.fromkeys(answered, 1000), transmitted)
    text = "".join("." if number in set(answered) else "x" for number in range(1, transmitted + 1))
    runs = [run for run in text.split(".") if run]
    assert [length for _, length in series.runs] == list(map(len, runs))
    assert series.figures.lost == text.count("x") and series.figures.longest_run == max(map(len, runs), default=0)
    assert render_figures(series).count("\n") in (1, 2, 3)


def test_numbers_go_on_behind_16_bits():
    series = figures_of({number: 5 for number in range(1, 200_001) if number % 1000}, 200_000)
    assert series.figures.lost == 200 and series.figures.longest_run == 1 and len(series.samples) == 65536


@given(st.dictionaries(st.integers(1, 300), st.integers(0, 10**10)), st.integers(1, 300), st.integers(1, 200))
def test_a_graph_fits_and_a_picture_is_xml(answers, transmitted, width):
    series = figures_of({number: rtt for number, rtt in answers.items() if number <= transmitted}, transmitted)
    lines = render_graph(series, width).splitlines()
    assert len(lines) in (8, 9) and all(line.isprintable() for line in lines)
    assert max(map(len, lines)) <= max(width, 10 + len("10000.000 ms") + 2)
    ElementTree.fromstring(render_svg(series, "<b>&\x1b\"'"))
