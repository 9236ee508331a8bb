"""Wires in namespaces that are more than a cable: what they do to packets is what they do in memory."""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import subprocess
import sys
from hashlib import sha256
from threading import Event, Thread

import pytest
from lab_processes import Networks, start_python, wait_for_end
from lab_sessions import Session
from quick_lab import Lab
from scene_plays import look_again

from netlite.feature_errors import LabRefused
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.scene import load
from netlite.lab.scene.topology import Topology
from netlite.programs.registry import netlite_argv
from netlite.programs.simulate import simulate

MS = 1_000_000
BOTH_VERSIONS = pytest.mark.parametrize("version", [4, 6])
ADDRESS = {4: "198.18.2.2", 6: "2001:db8:2::2"}  # of server
TIMES = re.compile(r" *\d+(\.\d+)? ?ms\b|time \d+ms|rtt min.*")
PYTHON = [sys.executable, "-I", "-S", "-c"]
LISTEN = """
import socket, hashlib, sys
with socket.create_server(("::", 5000), family=socket.AF_INET6, dualstack_ipv6=True) as listener:
    print("ready", flush=True)
    seen, size = hashlib.sha256(), 0
    with listener.accept()[0] as taken:
        while data := taken.recv(1 << 16):
            seen.update(data)
            size += len(data)
print(size, seen.hexdigest())
"""
SEND = """
import socket, sys
with socket.create_connection((sys.argv[1], 5000)) as sending:
    sending.sendall(sys.stdin.buffer.read())
"""


def wired(mtu_bytes: int = 1500, **manners) -> Topology:
    """client - r1 - server, and the second wire has these manners."""
    return Topology([Node("client"), Node("r1", True), Node("server")],
                    [Wire(("client", "r1"), mtu_bytes), Wire(("r1", "server"), mtu_bytes, **manners)])


def ping(lab: Lab, words: str) -> str:
    done = lab.run("client", netlite_argv(["ping", "-n", *shlex.split(words)]))
    return done.stdout + done.stderr


def round_trips_ms(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"time=([\d.]+) ms", text)]


@BOTH_VERSIONS
@pytest.mark.parametrize("manners", [{"loss": 0.3}, {"duplicates": 0.4}, {"loss": 0.2, "duplicates": 0.3},
                                     {"delay_ns": 4 * MS, "loss": 0.3}, {"loss": 1.0}, {"down": True, "delay_ns": MS}],
                         ids=lambda manners: "-".join(manners))
def test_the_same_packets_get_lost_and_arrive_twice_as_in_memory(labs, record_property, manners, version):
    """Chance has the same seed, so they are the same ones, as long as none is overtaken by the next."""
    command = f"ping -n -c 12 -i 0.1 -W 1 {ADDRESS[version]}"

    def look() -> list[str]:
        with Lab(wired(**manners)) as lab:
            real = lab.run("client", netlite_argv(shlex.split(command)))
        played = simulate(command, wired(**manners), "client")
        told = [TIMES.sub("", played.stdout), TIMES.sub("", real.stdout)]
        return [] if told[0] == told[1] and played.status == real.returncode else told

    assert look_again(look, record_property) == []


@BOTH_VERSIONS
@pytest.mark.parametrize("manners, least_ms", [({"delay_ns": 15 * MS}, 30), ({"delay_ns": 10 * MS, "jitter_ns": 5 * MS}, 20),
                                               ({"delay_ns": 5 * MS, "reordering": 1.0}, 30)])
def test_no_packet_is_early(labs, manners, least_ms, version):
    with Lab(wired(**manners)) as lab:
        text = ping(lab, f"-c 5 -i 0.05 -w 30 {ADDRESS[version]}")  # with a deadline, what is late is awaited
    assert len(round_trips_ms(text)) >= 5 and min(round_trips_ms(text)) >= least_ms


def test_what_takes_longer_comes_later(labs):
    with Lab(wired(delay_ns=40 * MS, reordering=0.5)) as lab:
        text = ping(lab, f"-c 40 -i 0.005 {ADDRESS[4]}")
    came = [int(each) for each in re.findall(r"icmp_seq=(\d+)", text)]
    assert sorted(came) == list(range(1, 41)) != came


def frames_of(lab: Lab, node: str, device: str) -> tuple[int, int]:
    """What the node's kernel counts of a device: received, sent."""
    rows = lab.run(node, ["cat", "/proc/net/dev"]).stdout.splitlines()
    numbers = next(row.partition(":")[2].split() for row in rows if row.split(":")[0].strip() == device)
    return int(numbers[1]), int(numbers[9])


def test_losses_are_counted_as_the_kernels_count(labs, record_property):
    def counts(lab: Lab) -> list[int]:
        """By the kernels: received and sent at each end; by the wire: the same."""
        there, back = lab.passed()
        return [*frames_of(lab, "server", "eth0"), *frames_of(lab, "r1", "eth1"), there.went, back.came, back.went, there.came]

    def look() -> list:
        with Lab(wired(loss=0.3, duplicates=0.1)) as lab:
            before = counts(lab)
            ping(lab, f"-q -c 200 -i 0.005 -W 1 {ADDRESS[4]}")
            passed = [after - was for was, after in zip(before, counts(lab))]
            ways = lab.passed()
        assert all(each.came + each.doubled == each.went + each.lost and not each.dropped for each in ways)
        assert 20 < ways[0].lost < 120 and 2 < ways[0].doubled < 60  # of 200
        return [] if passed[:4] == passed[4:] else passed

    assert look_again(look, record_property) == []  # a kernel may speak to its groups between two looks


@BOTH_VERSIONS
@pytest.mark.parametrize("mtu_bytes", [1500, 9000])
def test_tcp_arrives_whole(labs, mtu_bytes, version):
    data = bytes(number * number % 251 for number in range(1 << 20))
    with Lab(wired(mtu_bytes, delay_ns=2 * MS, jitter_ns=MS, loss=0.01, duplicates=0.01, reordering=0.01)) as lab:
        listening = lab.popen("server", [*PYTHON, LISTEN], stdout=subprocess.PIPE, text=True)
        assert listening.stdout.readline() == "ready\n"
        done = lab.run("client", [*PYTHON, SEND, ADDRESS[version]], input=data, text=False)
        assert (done.returncode, done.stderr) == (0, b"")
        assert listening.stdout.read().split() == [str(len(data)), sha256(data).hexdigest()]
        assert lab.passed()[0].came > len(data) // mtu_bytes


@BOTH_VERSIONS
@pytest.mark.parametrize("mtu_bytes", [1280, 1500, 9000])
def test_frames_up_to_the_mtu_pass(labs, mtu_bytes, version):
    room = mtu_bytes - (28 if version == 4 else 48)
    with Lab(wired(mtu_bytes, delay_ns=MS)) as lab:
        assert "1 received" in ping(lab, f"-c 1 -M do -s {room} {ADDRESS[version]}")
        assert re.search(f"mtu[=:] ?{mtu_bytes}\n", ping(lab, f"-c 1 -W 1 -M do -s {room + 1} {ADDRESS[version]}"))
        assert "1 received" in ping(lab, f"-c 1 -s {3 * mtu_bytes} {ADDRESS[version]}")


@BOTH_VERSIONS
def test_paths_are_found(labs, version):
    topology = Topology([Node("client"), Node("r1", True), Node("r2", True), Node("server")],
                        [Wire(("client", "r1"), delay_ns=MS), Wire(("r1", "r2"), 1400, delay_ns=8 * MS), Wire(("r2", "server"))])
    with Lab(topology) as lab:
        for command in (f"traceroute -{version} -n -q 2 server", f"tracepath -{version} -n server"):
            real = lab.run("client", netlite_argv(shlex.split(command)))
            assert TIMES.sub("", simulate(command, topology, "client").stdout) == TIMES.sub("", real.stdout)
        behind = lab.run("client", netlite_argv(["traceroute", f"-{version}", "-n", "-q1", "server"])).stdout.splitlines()[2:]
    assert all(float(each.split()[2]) >= 18 for each in behind) and len(behind) == 2


def test_wires_at_a_switch(labs):
    nodes = [Node("client"), Node("server"), Node("hub", switch=True)]
    with Lab(Topology(nodes, [Wire(("client", "hub"), delay_ns=3 * MS), Wire(("hub", "server"), delay_ns=4 * MS)])) as lab:
        text = ping(lab, f"-c 2 -i 0.1 {lab.address('server')}")
    assert len(round_trips_ms(text)) == 2 and min(round_trips_ms(text)) >= 14


def test_many_wires(labs):
    """More than 1024 descriptors, which is what select(2) and most limits take."""
    hosts = [Node(f"h{number}") for number in range(200)]
    wires = [Wire((host.name, "hub"), delay_ns=MS) for host in hosts]
    with Lab(Topology([*hosts, Node("hub", switch=True)], wires)) as lab:
        done = lab.run("h0", netlite_argv(["ping", "-n", "-c1", "-W10", lab.address("h199")]))
        assert "1 received" in done.stdout and round_trips_ms(done.stdout)[0] >= 4
        assert len(os.listdir(f"/proc/{lab.watched[0]}/fd")) > 1024


def test_a_lab_of_a_program_with_threads(labs):
    over = Event()
    thread = Thread(target=over.wait)
    thread.start()
    try:
        with Lab(wired(delay_ns=MS)) as lab:
            assert "1 received" in ping(lab, f"-c 1 -W 5 {ADDRESS[4]}")
    finally:
        over.set()
        thread.join()


def test_manners_come_and_go_while_it_runs(labs):
    plain, slow = wired(), wired(delay_ns=10 * MS)
    with Lab(plain, later=[slow]) as lab:
        lab.change(slow)
        assert min(round_trips_ms(ping(lab, f"-c 2 -i 0.1 {ADDRESS[4]}"))) >= 20
        lab.change(wired(loss=1.0))
        assert "0 received" in ping(lab, f"-c 1 -W 1 {ADDRESS[4]}")
        lost = lab.passed()[0].lost
        lab.change(wired(1400, down=True))
        assert "0 received" in ping(lab, f"-c 1 -W 1 {ADDRESS[4]}")
        assert 1 <= lost < lab.passed()[0].lost
        lab.change(wired(1400))
        assert "1 received" in ping(lab, f"-c 1 -W 5 -M do -s 1372 {ADDRESS[4]}")
        assert [each.source for each in lab.passed()] == ["r1", "server"]
        with pytest.raises(LabRefused, match="wire client-r1 was laid as a plain one"):
            lab.change(Topology(plain.nodes.values(), [plain.wires[0].replace(delay_ns=1), plain.wires[1]]))


def test_a_plain_wire_can_still_lose(labs):
    """By a filter of the kernel, and its chance."""
    with Lab(wired()) as lab:
        assert lab.passed() == [] and lab.watched == ()
        lab.change(wired(loss=1.0))
        assert "0 received" in ping(lab, f"-c 1 -W 1 {ADDRESS[4]}")



def follows(lab: Lab, node: str, device: str, carrier: bool) -> bool:
    """Wait until a device has a carrier, or none: what RUNNING of ifconfig says."""
    for _ in range(600):
        if ("RUNNING" in lab.run(node, netlite_argv(["ifconfig", device])).stdout) == carrier:
            return True
        select.select([], [], [], 0.05)
    return False


def test_who_takes_an_end_down_takes_the_carrier_from_the_other(labs):
    with Lab(wired(delay_ns=MS)) as lab:
        def turn(node: str, device: str, how: str) -> None:
            assert lab.run(node, netlite_argv(["ifconfig", device, how])).returncode == 0

        turn("server", "eth0", "down")
        assert follows(lab, "r1", "eth1", False)
        turn("r1", "eth1", "down")
        turn("server", "eth0", "up")
        assert follows(lab, "server", "eth0", False)
        turn("r1", "eth1", "up")
        assert follows(lab, "server", "eth0", True) and follows(lab, "r1", "eth1", True)
        assert "1 received" in lab.run("r1", netlite_argv(["ping", "-n", "-c1", "-W5", ADDRESS[4]])).stdout


def test_a_dead_player_is_noticed_and_said(labs):
    with Lab(wired(delay_ns=MS)) as lab:
        player, = lab.watched
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(player, number)
        assert "1 received" in ping(lab, f"-c 1 -W 5 {ADDRESS[4]}")
        os.kill(player, signal.SIGKILL)
        told = "the process that plays the wires has ended, and nothing passes any more: r1-server"
        with pytest.raises(LabRefused, match=told):
            lab.change(wired())
        with pytest.raises(LabRefused, match=told):
            lab.passed()
        with pytest.raises(LabRefused, match=told):
            lab.run("client", ["true"])
        assert lab.problem == told


def test_a_player_that_cannot_start_is_told(labs, monkeypatch):
    monkeypatch.setattr("netlite.lab.kernel.played_wires.START_WIRES", "raise SystemExit('it broke') # {path}")
    with pytest.raises(LabRefused, match="the process that plays the wires failed: it broke"):
        Lab(wired(delay_ns=MS))


HOLDER = """
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology
lab = Lab(Topology([Node("a"), Node("b")], [Wire(("a", "b"), delay_ns=5_000_000)]))
done = lab.run("a", ["cat", "/proc/net/dev"])
import socket
with lab.socket("b", socket.AF_INET, socket.SOCK_DGRAM) as far, lab.socket("a", socket.AF_INET, socket.SOCK_DGRAM) as near:
    far.bind((lab.address("b"), 7))
    near.sendto(b"over", (lab.address("b"), 7))
    assert far.recv(100) == b"over"
print(*lab.watched, flush=True)
import time; time.sleep(600)
"""


@pytest.mark.parametrize("ordinary", [False, True], ids=["root", "ordinary"])
def test_nothing_is_left_of_a_killed_lab(labs, request, ordinary):
    if ordinary:
        request.getfixturevalue("rootless_labs")
    with start_python(HOLDER, ordinary) as holder:
        told = holder.stdout.readline()
        assert told, holder.stderr.read()
        with Networks.held_by(holder.pid) as networks:
            holder.kill()
            wait_for_end(told.split())
            holder.wait()
            networks.wait_until_unused()


@pytest.mark.parametrize("ordinary", [False, True], ids=["root", "ordinary"])
def test_a_running_lab_tells_what_passed_and_what_broke(labs, request, ordinary):
    if ordinary:
        request.getfixturevalue("rootless_labs")
    session = Session(ordinary)
    with session.running("far", "--backend", "namespaces") as process:
        assert session.lab("exec", "client", "ping", "-n", "-c2", "-i0.2", "r1").returncode == 0
        shown = session.lab("map").stdout
        assert re.search(r"client to r1 +\d+ frames", shown) and "r1-r2                delay 40 ms, jitter 10 ms, loss 20%" in shown
        assert session.lab("break", "storm").stdout == "broken now: storm\n"
        children = subprocess.run(["ps", "-ww", "-o", "pid=,args=", "--ppid", str(process.pid)], capture_output=True, text=True).stdout
        player, = [int(line.split()[0]) for line in children.splitlines() if "kernel.wires" in line]
        os.kill(player, signal.SIGKILL)
        assert process.stderr.readline().startswith("netlite lab: the process that plays the wires has ended")
        for words in (["exec", "r1", "true"], ["map"], ["fix", "storm"]):
            said = session.lab(*words)
            assert said.returncode and "the process that plays the wires has ended" in said.stderr
        assert session.lab("down").returncode == 0


def test_faults_of_a_scene_are_laid_for(labs):
    loaded = load("link-down")
    variants = loaded.variants()
    assert len(variants) == 1 + len(loaded.faults) and variants[0] is loaded.topology
    with Lab(loaded.topology, later=variants) as lab:
        lab.change(loaded.broken(["cut"]))
        assert "0 received" in ping(lab, f"-c 1 -W 1 {lab.address('server')}")
        assert sum(each.lost for each in lab.passed()) >= 1
