"""The page that replays a scene: pure text, so everything but what a browser does with it is checked here."""

from __future__ import annotations

from base64 import b64decode
from io import StringIO

import known_scenes
import pytest
from html_pages import Reader

from netlite.lab.play import play
from netlite.lab.stages import MemoryStage
from netlite.packets.capture_files import read_capture
from netlite.programs.lab.page import write_page
from netlite.programs.simulate import simulate
from netlite.records.passage import Passage
from netlite.teach.journeys import journeys
from netlite.teach.page import ALWAYS_TABLED, MOST_PROBES, PCAP, Replay, Run, page
from netlite.teach.page_drawing import Line, Place, layout

EVIL = """<script>alert("1")</script>'&amp;"""


def played(name: str):
    """(scene, passages of each command, the page) of a scene."""
    loaded = known_scenes.load(name)
    stage, file = MemoryStage(loaded, simulate, witnessed=True), StringIO()
    outcomes = play(loaded, stage, lambda text: None)
    write_page(file, loaded, outcomes, stage.passages)
    return loaded, stage.passages, file.getvalue()


@pytest.fixture(scope="module")
def chain():
    return played("chain")


@pytest.mark.parametrize("name", known_scenes.names_for("memory"))
def test_every_scene_makes_a_small_whole_page(name):
    loaded, passages, text = played(name)
    read = Reader(text)
    assert read.open == []
    assert len(text.encode()) < 400_000
    assert len(read.all("section", "run")) == len(passages)
    assert loaded.title in read.text and " ".join(loaded.goal.split()) in " ".join(read.text.split())


def test_every_packet_is_there_with_its_bytes(chain):
    _, passages, text = chain
    read = Reader(text)
    packets = {(number, each.journey): each.packet for number, passed in enumerate(passages) for each in passed[::-1]}
    assert len(read.all("article", "packet")) == len(packets)
    compact = "".join(read.text.split()).replace("|", "")
    assert all(packet[:16].hex() in compact for packet in packets.values())
    steps = sum(map(len, passages))
    assert len(read.all("ol", "way")) == len(packets)
    assert len([found for tag, found in read.elements if tag == "li" and found.get("data-to")]) \
        + len(read.all("li", "end")) == steps


def test_it_can_be_read_without_javascript(chain):
    _, _, text = chain
    read = Reader(text)
    assert len(read.all("details")) == len(read.all("summary"))
    for said in ("client TTL 2", "r1 TTL 1", "r2 the last 1 was taken off its TTL", "4: this is IPv4", "RFC 791 3.1",
                 "quoted UDP", "Without JavaScript nothing moves"):
        assert said in read.text, said
    assert [found for found in read.all("div") if "hidden" in found]  # the buttons, until the script shows them


def test_nothing_comes_from_elsewhere(chain):
    _, _, text = chain
    read = Reader(text)
    for tag, found in read.elements:
        assert tag not in ("img", "link", "iframe", "object", "base", "form")
        assert not {"src", "action", "style"} & found.keys()
        assert not [name for name in found if name.startswith("on")]
        assert tag != "a" or found["href"].startswith(("#run-", PCAP))
    assert "http:" not in text and "https:" not in text and "url(" not in text and "@import" not in text
    policy = next(found["content"] for found in read.all("meta") if found.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy


def test_links_and_labels_lead_somewhere(chain):
    read = Reader(chain[2])
    names = [found["id"] for _, found in read.elements if "id" in found]
    assert len(names) == len(set(names))
    for _, found in read.elements:
        for key in ("aria-labelledby", "aria-describedby"):
            assert found.get(key) is None or found[key] in names
        assert not found.get("href") or found["href"].startswith(PCAP) or found["href"][1:] in names


def test_all_text_is_escaped():
    place = Place("a", False, (EVIL,))
    run = Run(EVIL, EVIL, EVIL, EVIL, (Passage(1, 1, EVIL, None, 0, 0, b"\x00", EVIL),), (EVIL,), (EVIL,))
    text = page(Replay(EVIL, EVIL, (place,), (Line(("a", "a"), EVIL),), (run,), {}))
    read = Reader(text)
    assert len(read.all("script")) == 1
    assert read.open == []
    assert text.count("<script>alert") == 0 and read.text.count(EVIL) >= 9


def test_bytes_that_are_no_packet_are_shown_all_the_same():
    for data in (b"\x00", b"\x45" + bytes(19), b"\x60" + bytes(39), bytes(range(64, 104))):
        run = Run("a", "x", "", "", (Passage(1, 1, "a", None, 0, 0, data, "arrived"),))
        text = page(Replay("", "", (Place("a", False, ()),), (), (run,), {}))
        assert data[:8].hex(" ") in text.replace("|", " ")


def test_long_runs_are_cut(chain):
    _, passages, _ = chain
    many = tuple(each.replace(probe=number, journey=number * 10 + each.journey)
                 for number in range(MOST_PROBES + 3) for each in passages[1])
    text = page(Replay("", "", (Place("client", False, ()),), (), (Run("client", "x", "", "", many),), {}))
    assert text.count('<div class="probe">') == MOST_PROBES
    assert "3 more probes went out; not shown here." in text
    assert text.count("<th scope=col>byte") == 2 * ALWAYS_TABLED  # of a probe and its answer


def test_ways_of_packets():
    _, passages, _ = played("loop")
    (probe, error), = journeys(passages[1], {"198.18.2.2": "r2.lab"})
    assert probe.sentence.startswith("Probe 1: an ICMP echo request") and len(probe.passages) == 65
    assert [each.packet[8] for each in probe.passages[:3]] == [64, 63, 62]
    assert probe.passages[-1].end == "the last 1 was taken off its TTL"
    assert error.passages[-1].node == "client" and error.passages[-1].end == "arrived"
    assert "Answers probe 1" in error.sentence


@pytest.mark.parametrize("name, said", [
    ("silent-router", "the last 1 was taken off its TTL; nobody is told"), ("firewall", "dropped by a rule; nobody is told"),
    ("firewall", "rejected by a rule"), ("black-hole", "too big for the next wire; nobody is told"),
    ("link-down", "lost on the wire to r2"), ("link-down", "Broken here: The wire from r1 to r2 loses everything"),
    ("path-mtu", "too big for the next wire"), ("duplicates", "a wire doubled it.")])
def test_why_packets_end(name, said):
    assert said in Reader(played(name)[2]).text


def test_wires_do_not_cross_where_they_need_not():
    names = "a", "left", "right", "far-right", "far-left"
    lines = tuple(Line(ends) for ends in (("a", "left"), ("a", "right"), ("right", "far-right"), ("far-left", "left")))
    spots = layout(tuple(Place(name, True, ()) for name in names), lines)
    assert spots["left"][1] < spots["right"][1] and spots["far-left"][1] < spots["far-right"][1]
    assert spots["left"][0] == spots["right"][0] < spots["far-left"][0] == spots["far-right"][0]


def test_what_went_over_each_wire_can_be_saved(chain):
    loaded, passages, text = chain
    saved = {found["download"]: read_capture(b64decode(found["href"].removeprefix(PCAP))) for _, found in Reader(text).elements
             if "download" in found}
    assert list(saved) == [f"{wire.label}.pcap" for wire in loaded.topology.wires]
    for wire in loaded.topology.wires:
        crossed = [each.packet for passed in passages for each in passed if {each.node, each.to} == {*wire.ends}]
        frames = saved[f"{wire.label}.pcap"].frames
        assert sorted(frame.data for frame in frames) == sorted(crossed) and len(crossed) > 10
        assert [frame.wall_ns for frame in frames] == sorted(frame.wall_ns for frame in frames)


def test_nobody_to_draw():
    """Of very many nodes only those that packets reach are drawn: none, where none was sent."""
    assert layout((), ()) == {}
