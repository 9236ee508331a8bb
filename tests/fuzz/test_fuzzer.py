"""The fuzzer finds what is hidden from it, and makes it small."""

from __future__ import annotations

from random import Random

import players  # noqa: F401 - the search path
import tables
from known_differences import is_mended, why_known, why_known_probing
from make_fuzz import PROGRAMS
from mutation import Lines, mutate
from probing import Probing
from random_commands import CommandMaker
from random_nodes import random_node
from shrinking import shrink
from targets import Campaign, Target, all_targets

from netlite.packets import ip


def test_shrinking_leaves_what_counts():
    assert shrink(list(range(50)), lambda parts: {7, 31} <= set(parts)) == [7, 31]
    assert shrink([1, 2, 3], lambda parts: True) == []
    asked = []
    assert shrink(list(range(100)), lambda parts: asked.append(1) or False, tries=10) == list(range(100))
    assert len(asked) == 10


def test_a_hidden_fault_is_found():
    def reader(data: bytes) -> None:
        if data[:1] == b"\x45" and len(data) > 30 and data[9] == 0xFF:
            raise KeyError("hidden")

    campaign = Campaign(Target("hidden", reader, [bytes([0x45]) + bytes(40)]), 1)
    campaign.go(20_000)
    assert len(campaign.findings) == 1 and "KeyError" in campaign.told()[1]


def test_an_endless_input_is_told(monkeypatch):
    monkeypatch.setattr("targets.SECONDS_MOST", -1.0)
    assert "took" in Target("slow", len, [b"x"]).holds(b"x")


def test_new_lines_are_noticed_once():
    lines = Lines()
    assert lines.reached_new(lambda: ip.walk_extension_headers(bytes(40), 0, 0))
    assert not lines.reached_new(lambda: ip.walk_extension_headers(bytes(40), 0, 0))


def test_no_target_has_the_name_of_a_kind():
    assert not {"targets", *PROGRAMS} & set(all_targets())


def test_the_same_seed_makes_the_same():
    assert [mutate(Random(3), [b"abc" * 9]) for _ in range(2)] == [mutate(Random(3), [b"abc" * 9])] * 2
    one, other = (random_node(Random(5)) for _ in range(2))
    assert one.lines == other.lines and len(one.lines) > 10
    commands = [[CommandMaker(Random(9), node).change() for _ in range(50)] for node in (one, other)]
    assert commands[0] == commands[1]
    assert Probing(None).example(4) == Probing(None).example(4) != Probing(None).example(5)


class Differing:
    """A stage on which netlite is wrong when one line and one word come together."""

    def play(self, kind: str, lines: list[str], commands: list[list[bytes]]):
        wrong = [number for number, command in enumerate(commands) if b"-n" in command and "bad" in lines]
        if kind == "displays":
            return [(number, ("one\n", "", 0), ("two\n", "", 0)) for number in wrong], len(wrong)
        said = [("", "", number not in wrong) for number in range(len(commands))]
        return (([b"[]"], [("", "", True)] * len(commands), [b"[]"], "h", b""), ([b"[]"], said, [b"[]"], "h", b""))


def test_a_difference_is_made_small():
    command = [b"nobody", b"route", b"-e", b"-n", b"-v"]
    for kind in ("displays", "changes"):
        fuzzer = tables.Tables(kind, Differing())
        fuzzer.example = lambda seed: (["good", "bad", "good"], [[b"arp"], command])
        [text] = fuzzer.run(1)
        assert "Case('route -n', scene='alone', user='nobody', before=['bad'], packets='ignored')" in text
        assert fuzzer.tally.since_last == 0 and "1 unexplained differences" in fuzzer.tally.told()


def test_known_differences():
    rows = [("10.0.0.0  -2 d0\n", "10.0.0.0  4294967294 d0\n")]
    assert all(why_known([b"route"], (one, "", 0), (other, "", 0)) for one, other in rows)
    assert not why_known([b"route"], ("10.0.0.0  -2 d0\n", "", 0), ("10.0.0.0  4294967293 d0\n", "", 0))
    assert not why_known([b"arp"], ("-2\n", "", 0), ("4294967294\n", "", 0))
    assert why_known([b"route", b"-eee"], ("title\n", "", 0), ("title\nrow\n", "", 0))
    assert not why_known([b"route", b"-eee"], ("title\n", "", 0), ("title\nrow\n", "", 1))
    calling = "tcp        0      1 web:44504               web:*                   SYN_SENT   \n"
    assert why_known([b"netstat", b"-l"], (f"title\n{calling}", "", 0), ("title\n", "", 0))
    assert not why_known([b"netstat", b"-l"], (f"title\n{calling}row\n", "", 0), ("title\n", "", 0))
    assert is_mended([b"ifconfig", b"d0", b"add", b"10.0.0.1"]) and not is_mended([b"ifconfig", b"d0", b"add", b"fd00::1/64"])


def test_changes_that_are_mended():
    for line in ("arp -s 10.0.0.50 0", "arp -s 10.0.0.50 02:00", "arp -s 10.0.0.50 0200", "ifconfig d1 inet6 pointopoint tunnel fd00::5", "ifconfig d1 inet6 up fd00::5"):
        assert is_mended(line.encode().split()), line
    for line in ("arp -s 10.0.0.50 02:0:00:00:ee:00", "arp -s 10.0.0.50 02000000ee03", "arp -s 10.0.0.50 02:00:00:00:ee:0g", "arp -d 10.0.0.50 dev d0",
                 "ifconfig d1 inet6 pointopoint fd00::5", "ifconfig d1 inet6 add fd00::5/64", "ifconfig d1 inet6 hw ether 02:00:00:00:ee:01", "ifconfig d1:0 inet6 up"):
        assert not is_mended(line.encode().split()), line


def test_known_differences_of_probes():
    said, more = ("text\n", "", 0, "one\ntwo"), ("text\n", "", 0, "one\ntwo\nthree")
    assert why_known_probing([b"traceroute"], said, more) and why_known_probing([b"nobody", b"tracepath"], more, said)
    assert not why_known_probing([b"ping"], said, more)
    assert not why_known_probing([b"traceroute"], said, ("text\n", "", 0, "two\nthree\nfour"))
    assert why_known_probing([b"tracepath"], ("", "", -11, ""), ("1: x\n", "", 0, "one"))
    assert not why_known_probing([b"tracepath"], ("1: x\n", "", 0, "one"), ("", "", -11, ""))
    assert not why_known_probing([b"ping"], ("", "", -11, ""), ("1: x\n", "", 0, "one"))
    backwards = "ping: Warning: time of day goes back (-1us), taking countermeasures\n"
    assert why_known_probing([b"ping"], ("x\n", backwards, 0, ""), ("x\n", "", 0, ""))
    assert not why_known_probing([b"ping"], ("x\n", backwards, 0, ""), ("y\n", "", 0, ""))
    assert why_known_probing([b"ping"], ("8 bytes\nrtt min\n", "", 0, ""), ("8 bytes\n", "", 0, ""))
    assert not why_known_probing([b"ping"], ("8 bytes time=1 ms\nrtt min\n", "", 0, ""), ("8 bytes time=1 ms\n", "", 0, ""))


def test_an_original_that_waits_is_known_by_what_it_has_done():
    ours = ("PING h\n64 bytes time=# ms\n\n--- h\nrtt # ms\n", "", 1, "one\ntwo")
    for original in (("", "", None, "one\ntwo"), ("PING h\n64 bytes time=# ms\n", "", None, "one\ntwo"), ("", "", None, "one")):
        assert why_known_probing([b"ping"], original, ours)
    for original in (("PING other\n", "", None, "one\ntwo"), ("", "", None, "two"), ("", "", 1, "one\ntwo")):
        assert not why_known_probing([b"ping"], original, ours)
    assert not why_known_probing([b"ping"], ("", "", None, "one\ntwo"), ("PING h\n\n--- h\n", "", 1, "one\ntwo"))  # no answer that has a time
    assert not why_known_probing([b"traceroute"], ("", "", None, "one\ntwo"), ours)


def test_the_state_without_what_moves():
    first = [{"dst": "10.0.0.0/24", "flags": ["linkdown", "onlink"], "used": 3}, {"dst": "default", "flags": []}]
    assert tables.settled(first) == tables.settled(first[::-1]) == [{"dst": "10.0.0.0/24", "flags": ["onlink"]}, {"dst": "default", "flags": []}]
    probing = {"dst": "10.0.0.9", "lladdr": "02:00:00:00:00:09", "state": ["PROBE"]}
    assert tables.settled([probing]) == tables.settled([{"dst": "10.0.0.9", "state": ["FAILED"]}])
    assert tables.settled([probing | {"state": ["PERMANENT"]}]) == [{"dst": "10.0.0.9", "lladdr": "02:00:00:00:00:09"}]
    assert tables.entries(b'[{"ifname": "\xff"') == ['[{"ifname": "\udcff"']
