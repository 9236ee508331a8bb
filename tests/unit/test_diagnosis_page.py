"""The page of a diagnosis: pure text; every sentence in it, nothing from elsewhere, whatever a host is called."""

from __future__ import annotations

import pytest
from html_pages import Reader

from netlite.engines.inquiries import Learned
from netlite.engines.why.causes import CAUSES
from netlite.engines.why.questions import STEPS
from netlite.records.diagnosis import Diagnosis, Doubt, Verdict
from netlite.records.facts import Connected, Device, EchoFact, Echoes, Gateway, Hop, Machine, Names, Path, Way
from netlite.records.questions import Connect, Echo, FindWay, LookAtMachine, LookUp, Trace
from netlite.teach.diagnosis_page import diagnosis_page
from netlite.teach.diagnosis_way import AT_PORT, BEHIND, ways

HOST = "198.18.4.2"
EVIL = """<script>alert("1")</script>'&amp;\x1b[31m\u202e\udcff\n""" + "x" * 300
SHOWN = """<script>alert("1")</script>'&amp;\\x1b[31m\\u202e\\xff\\x0a""" + "x" * 300


def verdict(cause: str, hop: int | None, **others) -> Verdict:
    return Verdict(cause, f"The sentence of {cause}.", hop, None, None, ("what was seen",), 85).replace(**others)


def learned(*hops: str | None, received: int = 0, device: str = "eth0", outcome: str = "silent", reached: bool = False):
    """What a diagnosis of port 80 behind these hops learns."""
    path = Path(tuple(Hop(number, hop) for number, hop in enumerate(hops, 1)), reached, "icmp")
    facts = ((LookAtMachine(), Machine((Device(device, True, True, 1500, ("198.18.1.1/24",)),), (Gateway(4, "198.18.1.2", device),))),
             (LookUp("server"), Names((HOST,), "files")), (FindWay(HOST), Way(None, device, "198.18.1.2", "198.18.1.1")),
             (Echo((HOST,)), EchoFact((Echoes(HOST, 3, received, (1_000_000,) * received, ttl=61 if received else None),))),
             (Connect(HOST, 80), Connected(outcome)), (Trace(HOST, "icmp"), path))
    return [("finding the way out", Learned(0, facts if hops else facts[:-1], 3))]


def found(*verdicts: Verdict, host: str = "server", notes: tuple[str, ...] = ()) -> Diagnosis:
    return Diagnosis(host, 80, (HOST,), verdicts, notes, 12, 1_500_000_000)


def boxes(steps, *verdicts: Verdict):
    [way] = ways(found(*verdicts), steps)
    return [(box.title, box.answers, box.at, box.behind) for box in way.boxes]


def test_a_box_a_place_and_the_fault_on_the_wire_behind_it():
    assert boxes(learned("198.18.1.2", None, "198.18.3.2"), verdict("lost-behind", 3)) == [
        ("this machine", True, (), ()), ("gateway", True, (), ()), ("hop 2", False, (), ()), ("hop 3", True, (), (1,)),
        ("…", False, (), ()), ("server", False, (), ()), ("port 80", False, (), ())]


def test_hops_that_nobody_asked_for_are_one_box_without_numbers():
    assert boxes(learned(received=3, outcome="refused"), verdict("loss", 0), verdict("port-refused", 4, place=HOST)) == [
        ("this machine", True, (), (1,)), ("gateway", True, (), ()), ("…", False, (), ()), ("server", True, (), ()),
        ("port 80", True, (2,), ())]


def test_a_circle_is_drawn_once():
    circle = ("198.18.1.2", *("198.18.2.2", "198.18.3.2") * 10)
    assert boxes(learned(*circle), verdict("loop", 2)) == [
        ("this machine", True, (), ()), ("gateway", True, (), ()), ("hop 2", True, (1,), ()), ("hop 3", True, (), ()),
        ("hop 4", True, (), ()), ("server", False, (), ()), ("port 80", False, (), ())]


def test_what_is_wrong_with_a_name_has_a_row_of_its_own():
    names, way = ways(found(verdict("name-server-silent", None)), learned(received=3))
    assert names.boxes[-1].at == (1,) and all(not box.at and not box.behind for box in way.boxes)


def test_without_an_address_there_is_this_machine():
    [way] = ways(found(verdict("interface-down", 0)), [])
    assert [(box.title, box.at) for box in way.boxes] == [("this machine", (1,))]


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_has_its_sentence_and_its_place(cause):
    hop = None if cause.startswith("name-") or cause in ("well", "cannot-tell") else 1
    read = Reader(diagnosis_page(found(verdict(cause, hop)), learned("198.18.1.2")))
    assert read.open == [] and f"The sentence of {cause}." in read.text
    assert len(read.all("a", "mark")) == (cause not in ("well", "cannot-tell"))


def test_the_causes_are_known():
    assert set(CAUSES) >= BEHIND | AT_PORT


def test_steps_that_are_called_alike_want_the_same():
    """The page knows a step by its words."""
    assert len({step.words for step in STEPS}) == len({(step.words, step.wants) for step in STEPS})


def test_all_that_a_verdict_says_is_there():
    told = verdict("lost-behind", 1, doubts=(Doubt("a filter", "ask otherwise"),), next_step="netlite traceroute server",
                   who="whoever runs it", version=4)
    read = Reader(diagnosis_page(found(told, notes=("Hop 2 is quiet.",)), learned("198.18.1.2")))
    for said in ("what was seen", "85 % (lost-behind, hop 1, IPv4)", "a filter: ask otherwise", "whoever runs it", "1 fault.",
                 "netlite traceroute server", "Hop 2 is quiet.", "12 packets, 1.5 s", "By icmp to 198.18.4.2: 198.18.1.2, then nobody.",
                 "Does this machine know a way there?"):
        assert said in read.text, said


def test_nothing_comes_from_elsewhere_and_links_lead_somewhere():
    text = diagnosis_page(found(verdict("lost-behind", 1)), learned("198.18.1.2"))
    read = Reader(text)
    names = [each["id"] for _, each in read.elements if "id" in each]
    assert len(names) == len(set(names))
    for tag, each in read.elements:
        assert tag not in ("script", "img", "link", "iframe", "object", "base", "form")
        assert not {"src", "action", "style"} & each.keys() and not [name for name in each if name.startswith("on")]
        assert each.get("href", "#" + names[0])[1:] in names and each.get("aria-labelledby", names[0]) in names
    assert "http:" not in text and "https:" not in text and "url(" not in text and "@import" not in text
    policy = next(each["content"] for each in read.all("meta") if each.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "script" not in policy
    assert "prefers-color-scheme: dark" in text and 'name="viewport"' in text


def test_all_text_is_escaped():
    told = Verdict("lost-behind", EVIL, 1, EVIL, 4, (EVIL, EVIL), 85, (Doubt(EVIL, EVIL),), EVIL, EVIL)
    text = diagnosis_page(found(told, host=EVIL, notes=(EVIL,)), learned("198.18.1.2", device=EVIL))
    read = Reader(text)
    assert read.open == [] and not read.all("script") and "<script" not in text
    assert {letter for letter in text if not letter.isprintable()} == {"\n"}
    assert read.text.count(SHOWN) >= 11
    text.encode()
