"""netlite dhcp as a whole, on the network in memory: what it prints, sets, writes and refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import replay
from json_schemas import document_problems, line_problems

from netlite.lab.memory.lab import MemoryLab
from netlite.lab.memory.witness import WitnessedInternet
from netlite.lab.play import play
from netlite.lab.scene import scene
from netlite.lab.stages import MemoryStage
from netlite.packets.capture_files import read_capture
from netlite.packets.dhcp import read_datagram
from netlite.programs.lab.visit import _nodes as nodes_of
from netlite.programs.lab.workplace import plain_map
from netlite.programs.simulate import simulate
from netlite.render.dhcp import render_record
from netlite.records.dhcp import DhcpMessage, DhcpTold
from netlite.teach.capture_report import told_of
from netlite.teach.dhcp import FIELDS, explain_message, fields

TOPOLOGY = scene.load("dhcp").topology
PCAP = "/tmp/seen.pcap"


class Node:
    """A lab in memory, and its commands."""

    def __init__(self, topology=TOPOLOGY):
        self.topology, self.lab = topology, MemoryLab(topology)

    def __call__(self, command: str, node: str = "client", **more):
        return simulate(command, self.topology, node, lab=self.lab, **more)


def parsed(text: str) -> str:
    return json.loads(text)


@pytest.mark.parametrize("name", ["dhcp", "dhcp-two", "dhcp-relay"])
def test_scenes_show_what_they_say(name):
    loaded = scene.load(name)
    outcomes = play(loaded, MemoryStage(loaded, simulate), lambda text: None)
    assert len(outcomes) == len(loaded.experiments) and [each.problems for each in outcomes if each.problems] == []


def test_all_that_is_given_is_there_afterwards_and_gone_when_given_back():
    run = Node()
    before = [run(command).stdout for command in ("ifconfig eth0 --json", "route -n")]
    assert run("dhcp eth0").status == 0
    assert parsed(run("ifconfig eth0 --json").stdout)[0]["ipv4_addr"] == "198.18.1.100"
    assert run("ping -4 -n -c1 server.lab").status == 0 and run("ping -4 -c1 ns").status == 0
    assert run("dhcp --release eth0").status == 0
    after = [run(command).stdout for command in ("ifconfig eth0 --json", "route -n")]
    assert after[1] == before[1] and parsed(after[0])[0]["ipv4_addr"] is None is parsed(before[0])[0]["ipv4_addr"]
    assert "Temporary failure in name resolution" in run("ping -4 -c1 server.lab").stderr


def test_time_goes_on_from_one_command_to_the_next():
    narrow = scene.load("dhcp").broken(["full"])
    run = Node(narrow)
    assert run("dhcp eth0", "guest").status == 0
    assert run("dhcp -t 1 eth0").status == 1
    run("dhcp --keep 500 eth0", "guest")
    assert run("dhcp -t 1 eth0").status == 1
    assert run("dhcp --keep 3000 eth1").status == 1  # nobody is there; 28 s
    for _ in range(22):
        run("dhcp eth1")
    assert run("dhcp eth0").status == 0  # nobody renewed the lease of guest


def test_a_second_client_gets_another_address():
    run = Node()
    run("dhcp eth0")
    assert "guest" != "client" and "eth0 gets 198.18.1.101" in run("dhcp eth0", "guest").stdout
    assert run("ping -4 -n -c1 198.18.1.101").status == 0


@pytest.mark.parametrize("words, said", [
    ("", "Usage"), ("eth0 eth1", "Usage"), ("-x eth0", "invalid option"), ("-t 0 eth0", "'0' is not a number from 1 to 10"),
    ("-t x eth0", "is not a number"), ("-t 1.5 eth0", "is not a number"), ("--keep -1 eth0", "is not a number"),
    ("--keep 9999999999 eth0", "is not a number"), ("nope", "dhcp: nope: No such device"), ("lo", "Address family not supported"),
    ("--pcap eth0", "Usage"), ("--pcap /nowhere/x eth0", "No such file"), ("--explain=nosuch eth0", "no explanation of 'nosuch'"),
    ("--json --jsonl eth0", "not both")])
def test_what_is_wrong_is_said_in_a_line(words, said):
    done = simulate(f"dhcp {words}", TOPOLOGY)
    assert done.status == 2 and said in done.stderr and "Traceback" not in done.stderr


def test_help_and_words():
    assert "Usage" in simulate("dhcp -h", TOPOLOGY).stdout
    assert simulate("dhcp --explain=relay", TOPOLOGY).stdout.startswith("relay")


def test_who_may_not_change_anything_is_told():
    done = simulate("dhcp eth0", TOPOLOGY, user_id=1000)
    assert done.status == 2 and "Operation not permitted" in done.stderr
    done = simulate("dhcp eth0", TOPOLOGY, echo_socket="datagram")
    assert done.status == 2 and "Operation not permitted" in done.stderr


def test_a_machine_that_is_no_lab_is_left_alone(tmp_path):
    replay.unpack(str(replay_snapshot()), str(tmp_path))
    for words in (["dhcp", "eth0"], ["dhcp", "--release", "--keep", "9", "lo"]):
        out, err, status = replay.replay(str(tmp_path), words)
        assert (out, status) == (b"", 2) and err.count(b"\n") == 1 and b"in a lab alone" in err


def replay_snapshot():
    return next(iter(sorted((Path(__file__).resolve().parents[1] / "fixtures" / "nettools").glob("*.snapshot"))))


def test_a_device_that_is_down_is_set_up_and_routes_that_lead_nowhere_go():
    run = Node()
    run("ifconfig eth0 down")
    assert run("dhcp eth0").status == 0
    run("route del default")
    run("route add default gw 198.18.1.77")
    run("dhcp eth0")
    routes = run("route -n").stdout
    assert "198.18.1.77" not in routes and routes.count("198.18.1.1 ") == 1


def test_a_router_that_cannot_be_is_told_and_the_address_stays():
    away = scene.parse('title = "t"\ngoal = "g"\nhosts = ["client"]\nrouters = ["r1"]\n[[wires]]\nends = ["r1", "client"]\ndhcp = ["client"]\n'
                       '[[dhcp]]\nnode = "r1"\npool = ["198.18.1.9", "198.18.1.9"]\nrouter = "10.0.0.1"\n', "away").topology
    done = simulate("dhcp eth0", away, "client")
    assert done.status == 0 and "default route 10.0.0.1: Network is unreachable" in done.stderr and "inet 198.18.1.9" in done.stdout


@pytest.mark.parametrize("words", ["eth0", "--keep 700 --release eth0", "eth1", "nope", "-zz", "-h", "-t 1 --keep 5 eth0"])
def test_json_is_as_the_schema_says(words):
    whole, lines = simulate(f"dhcp --json {words}", TOPOLOGY), simulate(f"dhcp --jsonl {words}", TOPOLOGY)
    if words == "-h":
        assert whole.stdout.startswith("\nUsage")
        return
    assert not document_problems("dhcp", whole.stdout) and not line_problems("dhcp", lines.stdout)
    document = json.loads(whole.stdout)
    plain = simulate(f"dhcp {words}", TOPOLOGY)
    assert document["status"] == whole.status == lines.status == plain.status
    if "datagrams" in document:
        assert len(document["datagrams"]) == plain.stdout.count("==>") + plain.stdout.count("<==")


def test_hostile_words_of_a_server_are_shown_as_escapes():
    message = DhcpMessage(6, 7, "02:00:00:00:01:01", said="no\x1b[31m\r\n\u202e")
    told = DhcpTold(0, "REBOOTING", False, message, "10.0.0.1", "255.255.255.255", "taken")
    for text in (render_record(told, "eth0", 0), explain_message(told, False), explain_message(told, True)):
        assert not {"\x1b", "\r", "\u202e"} & set(text) and "\\x1b" in text


def seen(words: str = "--keep 400 --release eth0") -> bytes:
    return simulate(f"dhcp --pcap {PCAP} {words}", TOPOLOGY).files[PCAP]


def test_a_capture_holds_every_message_and_is_explained():
    frames = read_capture(seen()).frames
    kinds = [read_datagram(frame.data, 67 if frame.data[22:24] == b"\0\x43" else 68).message.name for frame in frames]
    assert kinds == ["DISCOVER", "OFFER", "REQUEST", "ACK", "REQUEST", "ACK", "RELEASE"]
    told = [each.sentence for each in told_of(read_capture(seen()))]
    assert all(f"DHCP {kind}" in sentence for kind, sentence in zip(kinds, told)), told
    assert "198.18.1.100" in told[1] and "T1" in told[4]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="needs tshark")
def test_tshark_sees_the_same_in_each_field(tmp_path):
    path = tmp_path / "seen.pcap"
    path.write_bytes(seen())
    names = [row.name for row in FIELDS]
    done = subprocess.run(["tshark", "-r", str(path), "-T", "fields", "-E", "separator=|", *[word for name in names for word in ("-e", name)]],
                          capture_output=True, text=True, check=True)
    rows = [dict(zip(names, row.split("|"))) for row in done.stdout.splitlines()]
    frames = read_capture(path.read_bytes()).frames
    assert len(rows) == len(frames) == 7
    compared = Counter()
    for row, frame in zip(rows, frames):
        ours = {name: value for name, value, _ in fields(read_datagram(frame.data, 67 if frame.data[22:24] == b"\0\x43" else 68).message)}
        assert {name for name, value in row.items() if value} == set(ours)
        for name, value in ours.items():
            theirs = row[name]
            assert value == theirs or value == {"True": "1", "False": "0"}.get(theirs) or int(value, 0) == int(theirs, 0), (name, value, theirs)
            compared[name] += 1
    assert len(compared) >= len(names) - 1  # all but the text of a NAK


def test_broadcasts_are_witnessed():
    passages = []

    def watched(*words):
        return WitnessedInternet(passages.append, *words)

    simulate("dhcp eth0", TOPOLOGY, internet=watched)
    crossed = [(each.node, each.to) for each in passages if each.to is not None]
    assert ("client", "r1") in crossed and ("client", "guest") in crossed and ("r1", "client") in crossed
    assert all(each.packet[9] == 17 for each in passages)


def test_servers_of_a_scene_are_checked():
    head = 'title = "t"\ngoal = "g"\nhosts = ["client"]\nrouters = ["r1"]\n[[wires]]\nends = ["r1", "client"]\ndhcp = ["client"]\n'
    for text, said in (
            ('[[dhcp]]\nnode = "r2"\npool = ["198.18.1.5", "198.18.1.9"]\n', "line 9: [[dhcp]] number 1: there is no node 'r2'"),
            ('[[dhcp]]\nnode = "r1"\n', "lacks 'pool'"), ('[[dhcp]]\nnode = "r1"\npool = ["198.18.1.5"]\n', "a first and a last address"),
            ('[[dhcp]]\nnode = "r1"\npool = ["198.18.1.x", "198.18.1.9"]\n', "line 10: [[dhcp]] number 1: '198.18.1.x' is no IPv4 address"),
            ('[[dhcp]]\nnode = "r1"\npool = ["198.18.1.9", "198.18.1.5"]\n', "no addresses, or too many"),
            ('[[dhcp]]\nnode = "r1"\npool = ["198.18.1.9", "198.18.2.5"]\n', "no wire has a prefix"),
            ('[[dhcp]]\nnode = "r1"\npool = ["10.0.0.1", "10.0.0.2"]\n', "no wire has a prefix"),
            ('[[dhcp]]\nnode = "r1"\npool = ["198.18.1.5", "198.18.1.9"]\nlease_s = 0\n', "a lease is from 1 to"),
            ('[[dhcp]]\nnode = "r1"\npool = ["198.18.1.5", "198.18.1.9"]\nrouter = "me"\n', "neither a node nor an IPv4 address"),
            ('[[dhcp]]\nnode = "r1"\npool = ["198.18.1.5", "198.18.1.9"]\nrouter = "client"\n', "client has no IPv4 address of its own"),
            ('[[nodes]]\nname = "r1"\nrelay = "client"\n', "client', which has no IPv4 address"), ('[[nodes]]\nname = "r1"\nrelay = "x"\n', "no node 'x'")):
        with pytest.raises(scene.SceneError) as caught:
            scene.parse(head + text, "mine")
        assert said in str(caught.value), text
    with pytest.raises(scene.SceneError, match="'r1' is no host at its end that could ask"):
        scene.parse(head.replace('dhcp = ["client"]', 'dhcp = ["r1"]'), "mine")


def test_maps_show_no_address_where_there_is_none():
    exercise = scene.load("no-address", folder=scene.EXERCISES)
    shown = plain_map(exercise.topology)
    assert "client     eth0  to sw         by DHCP " in shown and "198.18.1.2" not in shown and "198.18.1.1 " in shown
    assert "asks by DHCP" in nodes_of(TOPOLOGY) and "DHCP server" in nodes_of(TOPOLOGY)


def test_a_lease_without_a_router_leaves_routes_alone():
    text = ('title = "t"\ngoal = "g"\nhosts = ["client"]\nrouters = ["r1"]\n[[wires]]\nends = ["r1", "client"]\ndhcp = ["client"]\n'
            '[[dhcp]]\nnode = "r1"\npool = ["198.18.1.9", "198.18.1.9"]\nrouter = ""\n')
    run = Node(scene.parse(text, "bare").topology)
    assert "default route: none" in run("dhcp eth0").stdout.splitlines()[-1]
    run("route add default gw 198.18.1.1")
    assert "default route: 198.18.1.1" in run("dhcp eth0").stdout.splitlines()[-1]


def test_a_flood_of_messages_fills_neither_memory_nor_disk(monkeypatch):
    from netlite.programs.dhcp import main

    whole = read_capture(simulate(f"dhcp --pcap {PCAP} eth0", TOPOLOGY).files[PCAP]).frames
    monkeypatch.setattr(main, "MOST_PACKETS", 2)
    played = simulate(f"dhcp --pcap {PCAP} eth0", TOPOLOGY)
    assert len(whole) == 4 and len(read_capture(played.files[PCAP]).frames) == 2 and played.status == 0
    assert played.stdout.count("==>") + played.stdout.count("<==") == 4
