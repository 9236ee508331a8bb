"""--html FILE of every program, and netlite explain: pages without a script that hold all that is said in the terminal."""

from __future__ import annotations

import pytest
from html_pages import Reader

from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene import scene
from netlite.lab.scene.topology import chain
from netlite.packets.capture_files import read_capture
from netlite.programs.about.manual import NAMES, manual_of
from netlite.programs.registry import OWN, PROBING, PROGRAMS, TABLES, execute, folder_of
from netlite.programs.simulate import simulate

RUNS = ("ping -n -c2 server", "ping -b -c1 198.18.1.255", "traceroute -q1 server", "tracepath -n server", "tcptraceroute -n server 80", "mtu server",
        "ping -c1 nosuchhost", "why server")
SHOWS = ("netstat -rn", "netstat -i", "netstat -tan", "ifconfig -a", "route -n", "arp -n", "hostname -I", "hostname")


def run(words: str, **more):
    name, *rest = words.split()
    environment = SimulatedEnvironment(name, scene.load("chain").topology, "client", given={"./here": b""}, **more)
    status = execute(folder_of(name), rest, environment)
    return status, environment


def page_of(command: str) -> tuple[str, Reader]:
    status, environment = run(f"{command} --html ./page.html")
    plain, without = run(command)
    assert (status, environment.out.text) == (plain, without.out.text)
    assert environment.err.text == without.err.text
    text = environment.created["./page.html"].decode()
    return without.out.text, Reader(text)


@pytest.mark.parametrize("command", RUNS + SHOWS)
def test_the_page_is_whole_and_the_program_says_what_it_says_without(command):
    printed, page = page_of(command)
    assert page.open == [] and page.all("h1")
    assert not [tag for tag, _ in page.elements if tag in ("script", "img", "link", "iframe", "form")]
    policy = next(found["content"] for found in page.all("meta") if found.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "script" not in policy
    if not command.startswith("why"):
        assert " ".join(printed.split()) in " ".join(page.text.split())
    names = [found["id"] for _, found in page.elements if "id" in found]
    assert len(names) == len(set(names))
    for _, found in page.elements:
        assert found.get("aria-labelledby") is None or found["aria-labelledby"] in names


@pytest.mark.parametrize("command", [each for each in RUNS if not each.startswith("why")])
def test_what_is_explained_stands_on_the_page(command):
    _, page = page_of(command)
    explained = simulate(f"{command} --explain", scene.load("chain").topology)
    shown = " ".join(page.text.split())
    story = explained.stdout.partition("=== Explained ===")[2]
    words = [sentence.strip() for sentence in " ".join(story.split()).split(". ") if len(sentence) > 60]
    assert words and sum(sentence.split(" ", 1)[1] in shown for sentence in words) >= len(words) * 3 // 4


def test_every_packet_is_on_the_page_with_its_fields():
    _, environment = run("ping -n -c2 server --html ./p.html --pcap ./p.pcapng")
    page = Reader(environment.created["./p.html"].decode())
    frames = read_capture(environment.created["./p.pcapng"]).frames
    assert len(page.all("li")) > len(frames) == 4
    compact = "".join(page.text.split()).replace("|", "")
    assert all(frame.data[:12].hex() in compact for frame in frames)


def test_columns_and_rows_are_on_the_page():
    _, page = page_of("route -n")
    assert "Every address" not in page.text or page.text
    for said in ("What the rows say", "The columns", "The same in other words", "RTA_", "Gateway"):
        assert said in page.text, said


@pytest.mark.parametrize("name", ["--html", "--html="])
def test_a_page_without_a_name_is_refused(name):
    status, environment = run(f"ping server {name}") if name == "--html" else run("netstat -i --html")
    assert status == 2 and "--html needs the name of a file" in environment.err.text


def test_a_file_that_cannot_be_made_is_told_before_anything_is_sent():
    status, environment = run("ping -c1 server --html /nosuch/p.html")
    assert status == 2 and environment.sent == [] and "/nosuch/p.html: No such file or directory" in environment.err.text


def test_json_stays_json_beside_a_page():
    status, environment = run("ping -n -c1 --json server --html ./p.html")
    plain, without = run("ping -n -c1 --json server")
    assert (status, environment.out.text) == (plain, without.out.text) and environment.created["./p.html"]
    status, environment = run("route -n --json --html ./p.html")
    assert (status, environment.created) == (2, {}) and "which --json leaves out" in environment.out.text


def test_every_program_lists_it():
    for name in NAMES:
        if folder_of(name) in (*PROBING, *TABLES, "lab", "explain") and name != "dhcp":  # which runs in scenes, and these have pages
            assert any("--html" in row.names for row in manual_of(name).rows), name
    assert set(PROGRAMS.values()) <= {*PROBING, *TABLES, *OWN.values()}


# netlite explain

def explain(words: list[str], **given: bytes):
    environment = SimulatedEnvironment("explain", chain(1), "client", given={f"./{name}": data for name, data in given.items()})
    status = execute("explain", words, environment)
    return status, environment.out.text, environment.err.text, environment.created


@pytest.fixture(scope="module")
def capture() -> bytes:
    return run("traceroute -q1 -n server --pcap ./p.pcapng")[1].created["./p.pcapng"]


def test_a_capture_is_explained_as_text_and_as_a_page(capture):
    status, text, err, _ = explain(["./c"], c=capture)
    assert (status, err) == (0, "") and "in a pcapng file" in text and "time to live exceeded in transit" in text
    status, fields, _, _ = explain(["./c", "--fields"], c=capture)
    assert status == 0 and "who sent it, and where answers" in fields
    status, said, _, made = explain(["./c", "--html", "./page"], c=capture)
    page = Reader(made["./page"].decode())
    assert (status, said) == (0, "") and page.open == [] and "time to live exceeded in transit" in page.text


def test_a_word_is_explained():
    assert explain(["TTL"])[1].startswith("ttl\n")
    assert explain(["time", "wait"])[1].startswith("time_wait\n")
    status, out, err, _ = explain(["nosuchword"])
    assert (status, out) == (2, "") and "no explanation of 'nosuchword'" in err


@pytest.mark.parametrize("words, said", [
    ([], "usage:"), (["./nosuch"], "./nosuch: No such file or directory"), (["x.pcap"], "x.pcap: No such file"), (["./c", "./d"], "one file"),
    (["--what"], "unknown option --what"), (["./c", "--html"], "needs the name"), (["ttl", "--fields"], "are for capture files"),
    (["./c", "--html", "/nosuch/p"], "No such file or directory"), (["./bad"], "./bad: neither pcap nor pcapng")])
def test_what_is_wrong_is_said_in_a_line(words, said, capture):
    status, out, err, _ = explain(words, c=capture, bad=b"\x1b[31m nothing")
    assert (status, out) == (2, "") and said in err and "\x1b" not in err


def test_a_file_that_ends_too_early_is_told_as_far_as_it_goes(capture):
    status, text, _, _ = explain(["./c"], c=capture[:-20])
    assert status == 1 and "makes no sense after that" in " ".join(text.split())
