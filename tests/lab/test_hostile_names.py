"""Names from routers, interfaces, processes, sockets and hosts files that would steer a terminal, on a live kernel."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lab_processes import ROOT
from quick_lab import Lab

from netlite.programs.registry import netlite_argv
from netlite.lab.scene.parts import Node, StaticRoute, Wire
from netlite.lab.scene.topology import Topology

NETWORKS = ("198.51.100.0/24", "2001:db8:77::/64")
DEVICE, SHOWN_DEVICE = "e\x1b[31m\u202e", r"e\x1b[31m\u202e"
PROCESS, PATH = "caf\u00e9\x1b[31m\x9b", "p\x1b]0;\x07\u202e\x7f"
FURNITURE = f"""
import os, shutil, socket
server = socket.create_server(("127.0.0.1", 4000))
bound = socket.socket()
bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, {DEVICE!r}.encode())
bound.bind(("0.0.0.0", 4001))
bound.listen()
unix = socket.socket(socket.AF_UNIX)
unix.bind(b"\\0" + {PATH!r}.encode() + b"\\xff")
unix.listen()
for each in (server, bound, unix):
    each.set_inheritable(True)
print("ready", flush=True)
os.execv(shutil.which("sleep"), [{PROCESS!r}, "600"])
"""


@pytest.fixture(scope="module")
def lab(labs):
    """A node beside made-up routers, with an interface, a process and sockets of odd names."""
    topology = Topology([Node("h1", routes=tuple(StaticRoute(prefix, "r1") for prefix in NETWORKS)), Node("r1")],
                        [Wire(("h1", "r1"), ipv4="10.77.1.0/24", ipv6="fd77:1::/64")])
    script = (Path(__file__).parents[1] / "conformance" / "odd_routers.py").read_text("utf-8")
    with Lab(topology) as built:
        for words in (["add", DEVICE, "type", "veth", "peer", "name", "far"], ["set", "far", "up"], ["set", DEVICE, "up"]):
            done = built.run("h1", ["ip", "link", *words])
            assert done.returncode == 0, done.stderr
        for words in (["address", "add", "192.0.2.1/24", "dev", DEVICE],
                      ["neighbour", "add", "192.0.2.9", "lladdr", "02:00:00:00:00:01", "dev", DEVICE]):
            assert built.run("h1", ["ip", *words]).returncode == 0
        for node, code in (("h1", FURNITURE), ("r1", script)):
            process = built.popen(node, [sys.executable, "-I", "-S", "-c", code], stdout=subprocess.PIPE, cwd="/")
            assert process.stdout.readline() == b"ready\n"
        yield built


def output(lab: Lab, *words: str) -> str:
    """What a program of netlite writes, when all of it may go to a terminal."""
    program = [sys.executable, "-I", str(ROOT / "bin" / words[0]), *words[1:]] if words[0] in (
        "netstat", "ifconfig", "route", "arp") else netlite_argv(list(words))
    done = lab.run("h1", program, text=False, timeout=300)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode("utf-8")
    odd = {letter for letter in text if not letter.isprintable()} - {"\n"}
    assert not odd, ascii(text)
    return text


@pytest.mark.parametrize("version, target", [(4, "198.51.100.6"), (6, "2001:db8:77::6")])
def test_interface_names_of_routers(lab, version, target):
    text = output(lab, "traceroute", "--mda", f"-{version}", "-n", target)
    for shown in (r"\x1b]0;owned\x07", r"\x1b[31m\u009b2J", r"a\x0a 9  forged\x0d\x09", "\\u202e\\u2028\\x7f\ufffd"):
        assert f"<came in by {shown}>" in text
    assert "\n 9  forged" not in text


@pytest.mark.parametrize("command", ["traceroute --explain -n -q1", "traceroute --explain=fields -n -q1", "traceroute --paris -e",
                                     "traceroute --mda --explain", "tracepath --explain -n", "mtu --explain", "mtu --json"])
@pytest.mark.parametrize("target", ["198.51.100.6", "2001:db8:77::6"])
def test_explanations_of_what_routers_say(lab, command, target):
    program, *options = command.split()
    text = output(lab, program, *options, target)
    assert target in text
    if options[0] == "--explain" and program != "mtu":
        assert r"The router names one of its interfaces: \x1b]0;owned\x07." in " ".join(text.split())


@pytest.mark.parametrize("target", ["198.51.100.7", "2001:db8:77::7"])
def test_answers_from_made_up_addresses_end(lab, target):
    text = output(lab, "traceroute", "--mda", "-n", "-m", "4", target)
    assert text.count("too many answer here to look for more; some addresses may be made up") >= 3
    assert "probes in" in text.splitlines()[-1]


def test_tables_of_interfaces_routes_and_neighbours(lab):
    assert f"{SHOWN_DEVICE}: " in output(lab, "ifconfig", "-a", "--more")
    assert f"dev {SHOWN_DEVICE}" in output(lab, "route", "--more")
    assert f"goes out of {SHOWN_DEVICE}, directly" in output(lab, "route", "get", "192.0.2.7")
    assert SHOWN_DEVICE in output(lab, "arp", "--more")
    for words, key in ((("ifconfig", "-a", "--json"), "name"), (("route", "--json"), "iface"), (("netstat", "-i", "-a", "--json"), "iface"),
                       (("netstat", "-rn", "--json"), "iface"), (("arp", "-n", "--json"), "iface"), (("arp", "--more", "--json"), "device"),
                       (("ifconfig", "-a", "--more", "--json"), "name"), (("route", "--more", "--json"), None)):
        found = json.loads(output(lab, *words))
        assert DEVICE in ([row[key] for row in found] if key else [hop["device"] for row in found for hop in row["hops"]])
    assert json.loads(output(lab, "route", "get", "192.0.2.7", "--json"))["answer"]["device"] == DEVICE


def test_tables_of_sockets(lab):
    text = output(lab, "netstat", "--more", "-tlxn")
    assert "/caf\u00e9\\x1b[31m\\u009b" in text and r"@p\x1b]0;\x07\u202e\x7f\xff" in text and SHOWN_DEVICE in text
    rows = json.loads(output(lab, "netstat", "--json", "-tlxnap"))
    assert {row["device"] for row in rows if row["proto"] == "tcp"} >= {None, DEVICE}
    assert PROCESS in {owner["name"] for row in rows for owner in row["owners"]}
    assert (f"@{PATH}\ufffd", f"@{PATH}".encode().hex() + "ff") in {(row.get("path"), row.get("path_bytes")) for row in rows}
    classic = output(lab, "netstat", "-tlxnap")
    assert "/caf...[31m.. " in classic and "@p.]0;....\n" in classic


def test_names_of_a_hosts_file(lab, tmp_path):
    """Own displays show them as they may be shown; the classic ones as the originals."""
    name = "n\x1b[31m\u202e\x9b"
    hosts = tmp_path / "hosts"
    hosts.write_text("".join(f"10.99.{number}.1 {name}\n" for number in range(1, 5)), encoding="utf-8")
    before = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(hosts)]
    for words in ("traceroute --mda", "traceroute --paris", "mtu", "ping --multi -t 2"):
        program, *options = words.split()
        done = lab.run("h1", [*before, *netlite_argv([program, *options, "198.51.100.1"])], text=False, timeout=300)
        text = done.stdout.decode("utf-8")
        assert not done.stderr and not {letter for letter in text if not letter.isprintable()} - {"\n"}, ascii(text)
        assert program != "traceroute" or text.count(r"n\x1b[31m\u202e\u009b (10.99.") == 4
    classic = lab.run("h1", [*before, *netlite_argv(["traceroute", "198.51.100.1"])], text=False)
    assert f" 2  {name} (10.99.2.1) " in classic.stdout.decode("utf-8")


ODD = """
import ctypes, os, time
ctypes.CDLL(None).prctl(15, b"\\xff) Z (\\n", 0, 0, 0)
if os.fork():
    os._exit(0)
os.setsid()
print("ready", flush=True)
time.sleep(600)
"""


def test_a_process_of_any_name_ends_with_its_lab(labs):
    """It has left the one who started it; its end is that of its output."""
    reading, writing = os.pipe()
    with open(reading, "rb") as output:
        with Lab(Topology([Node("client"), Node("server")], [Wire(("client", "server"))], "odd")) as built:
            built.popen("client", [sys.executable, "-I", "-c", ODD], stdout=writing)
            os.close(writing)
            assert output.readline() == b"ready\n"
        assert output.read() == b""
