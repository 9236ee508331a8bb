"""netlite watch in namespaces: beside mtr on the same path, beside the packets on the wire, and interrupted."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import time

import pytest
from quick_lab import Lab

import netlite
from netlite.lab.scene.topology import chain, diamond
from netlite.programs.registry import netlite_argv

ETH_P_ALL, OUTGOING = 0x0003, 4
COUNT = 20
LOSSES = {  # a rule, where it stands: what it does to the loss of each hop, whatever program asks
    "target": ("server", "input", "icmp type echo-request numgen inc mod 4 3 drop", {1: 0.0, 2: 0.0, 3: 25.0}),
    "router": ("r2", "output", "icmp type time-exceeded numgen inc mod 2 1 drop", {1: 0.0, 2: 50.0, 3: 0.0}),
    "all of it": ("r1", "output", "icmp type time-exceeded drop", {1: 100.0, 2: 0.0, 3: 0.0}),
}


@pytest.fixture(scope="module")
def path(labs):
    with Lab(chain(2)) as lab:
        yield lab


def watched(lab: Lab, words: str, **options) -> subprocess.CompletedProcess:
    return lab.run("client", netlite_argv(["watch", *words.split()]), **options)


def document(lab: Lab, words: str) -> dict:
    done = watched(lab, f"--json {words}")
    assert done.stderr == "", done.stderr
    return json.loads(done.stdout)


def hops(found: dict, place: int = 0) -> list[dict]:
    return found["paths"][place]["hops"]


@pytest.fixture
def nft(path):
    """nft(node, chain, rule): a rule that lasts as long as the test, with a counter of its own from 0."""
    if shutil.which("nft") is None:
        pytest.skip("nft is not installed")
    used = []

    def add(node: str, chain_name: str, rule: str) -> None:
        used.append(node)
        text = f"table ip watched {{ chain c {{ type filter hook {chain_name} priority 0; }}; }}; add rule ip watched c {rule}"
        done = path.run(node, ["nft", f"add table ip watched; delete table ip watched; {text}"])
        if done.returncode:
            pytest.skip(f"nft: {done.stderr.strip()}")

    yield add
    for node in used:
        path.run(node, ["nft", "delete table ip watched"])


@pytest.mark.parametrize("version", (4, 6))
@pytest.mark.parametrize("method", ("", "-u", "-T"))
def test_each_method_finds_the_path(path, version, method):
    found = document(path, f"-{version} {method} -c 3 -i 0.1 server")
    routers = [path.address(node, version) for node in ("r1", "r2", "server")]
    assert [hop["source"] for hop in hops(found)] == routers
    assert [(hop["sent"], hop["received"], hop["lost"], hop["duplicates"]) for hop in hops(found)] == [(3, 3, 0, 0)] * 3
    assert found["paths"][0]["reached"] and found["status"] == 0


@pytest.mark.parametrize("case", LOSSES)
def test_a_loss_that_is_exact_is_told_exactly_and_as_mtr_tells_it(path, nft, case):
    node, chain_name, rule, expected = LOSSES[case]
    nft(node, chain_name, rule)
    found = document(path, f"-4 -n -c {COUNT} -i 0.05 -Z 1 server")
    assert {hop["hop"]: round(100 * hop["loss"], 1) for hop in hops(found)} == expected
    assert all(hop["sent"] == COUNT == hop["received"] + hop["lost"] and hop["late"] == 0 for hop in hops(found))
    report = watched(path, "-4 -n -r -c 4 -i 0.05 -Z 1 server").stdout
    assert [line.split()[0] for line in report.splitlines()[2:]] == ["1.|--", "2.|--", "3.|--"]
    if shutil.which("mtr") is None:
        pytest.skip("mtr is not installed")
    nft(node, chain_name, rule)  # counts from 0 again
    done = path.run("client", ["mtr", "-4", "-n", "-j", "-G", "1", "-c", str(COUNT), "-i", "0.1", "server"])
    told = json.loads(done.stdout)["report"]["hubs"]
    assert {hub["count"]: hub["Loss%"] for hub in told} == expected, done.stdout
    assert all(hub["Snt"] == COUNT for hub in told)


def test_the_report_has_the_lines_of_mtr(path):
    if shutil.which("mtr") is None:
        pytest.skip("mtr is not installed")
    for words in ("-4 -n -c 3 -i 0.1", "-4 -n -c 2 -i 0.1 -o LSDR", "-6 -n -c 2 -i 0.1 -f 2"):
        ours = watched(path, f"-r {words} server").stdout.splitlines()
        theirs = path.run("client", ["mtr", "-r", "-G", "1", *words.split(), "server"]).stdout.splitlines()
        assert [masked(line) for line in ours[1:]] == [masked(line) for line in theirs[1:]]


def masked(line: str) -> str:
    """A line of a report without its figures, each to the right edge of its column, however long it is."""
    return line[:33] + re.sub(r" *\d+(\.\d)?", lambda figure: "#".rjust(len(figure[0])), line[33:])


class Wire:
    """Echo requests that leave a node and replies that come, by TTL and sequence number."""

    def __init__(self, lab: Lab, node: str):
        self._socket = lab.socket(node, socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.setblocking(False)
        self.sent: list[tuple[int, int]] = []
        self.replies = self.errors = 0
        self.flows: set[bytes] = set()

    def read(self) -> None:
        while True:
            try:
                data, (_, protocol, kind, *_) = self._socket.recvfrom(4096)
            except BlockingIOError:
                return
            if protocol != 0x0800 or data[9] != 1:
                continue
            what = data[20]
            if kind == OUTGOING and what == 8:
                self.sent.append((data[8], struct.unpack_from("!H", data, 26)[0]))
                self.flows.add(data[20:26])
            elif kind != OUTGOING:
                self.replies += what == 0
                self.errors += what == 11

    def close(self) -> None:
        self._socket.close()


def test_all_counts_are_those_of_the_wire(path, nft):
    nft("server", "input", "icmp type echo-request numgen inc mod 5 2 drop")
    wire = Wire(path, "client")
    try:
        found = document(path, "-4 -n -c 25 -i 0.03 -Z 0.5 server")
        wire.read()
    finally:
        wire.close()
    assert found["paths"][0]["sent"] == len(wire.sent) == len(set(wire.sent)) >= 75
    for hop in hops(found):
        assert hop["sent"] == 25
    assert [hop["lost"] for hop in hops(found)] == [0, 0, 5]
    assert wire.replies == hops(found)[2]["received"] and wire.errors == sum(hop["received"] for hop in hops(found)[:2])
    assert len(wire.flows) == 1  # type, code, checksum, identifier: nothing that a router could tell apart


def test_another_program_that_pings_is_not_counted(path):
    noise = path.popen("client", netlite_argv(["ping", "-q", "-i", "0.01", "server"]), stdout=subprocess.DEVNULL)
    try:
        first = path.popen("client", netlite_argv("watch --json -n -4 -c 20 -i 0.05 server".split()), stdout=subprocess.PIPE, text=True)
        found = document(path, "-n -4 -c 20 -i 0.05 server")
        other = json.loads(first.communicate(timeout=120)[0])
    finally:
        noise.terminate()
        noise.wait()
    for each in (found, other):
        assert [(hop["received"], hop["lost"], hop["duplicates"]) for hop in hops(each)] == [(20, 0, 0)] * 3


def test_flows_take_the_ways_that_there_are(labs):
    with Lab(diamond(4)) as lab:
        found = document(lab, "-4 -u -n --flows 16 -c 3 -i 0.2 server")
        middle = [path["hops"][1] for path in found["paths"]]
        assert all(len(hop["sources"]) == 1 and hop["received"] == 3 for hop in middle)  # each flow goes one way
        assert len({hop["source"] for hop in middle}) > 1  # one way for all in 1 of 4 ** 15 runs
        assert not found["changes"]


def test_a_path_that_changes_is_noticed(labs):
    """The route of the client's router moves from one middle router to the other while it is watched."""
    with Lab(diamond(2)) as lab:
        ways = [lab.address(f"m{place}", 4) for place in (1, 2)]
        server = lab.address("server", 4)
        run = ["ip", "route", "replace", f"{server}/32", "proto", "static", "via"]
        if lab.run("r1", [*run, ways[0]]).returncode:
            pytest.skip("ip is not installed")
        process = lab.popen("client", netlite_argv("watch --jsonl -4 -n -c 400 -i 0.05 server".split()),
                            stdout=subprocess.PIPE, text=True)
        lines, moved, ended = [], False, False
        for line in process.stdout:
            lines.append(json.loads(line))
            if not moved and lines[-1]["type"] == "probe" and lines[-1]["hop"] == 2:
                assert lab.run("r1", [*run, ways[1]]).returncode == 0
                moved = True
            seen = {line["type"] if line["type"] == "change" else line.get("kind") for line in lines}
            if not ended and {"change", "reached"} <= seen:
                process.send_signal(signal.SIGINT)
                ended = True
        assert process.wait(timeout=60) == 0
        changed = [line for line in lines if line["type"] == "change"]
        assert (changed[0]["hop"], changed[0]["kind"], changed[0]["before"], changed[0]["after"]) == (2, "address", *ways)
        state = next(line for line in lines if line["type"] == "path")
        assert [each["source"] for each in state["hops"][1]["sources"]] == ways and state["reached"]


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM))
@pytest.mark.parametrize("form", ("--jsonl", "--json"))
def test_signals_at_any_moment_end_it(path, number, form):
    """From the moment on in which it sends; before that Python itself is what is interrupted."""
    chance = random.Random(number)
    for _ in range(5):
        wire = Wire(path, "client")
        process = path.popen("client", netlite_argv(f"watch {form} -4 -n -c 1500 -i 0.02 server".split()),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not wire.sent and process.poll() is None:
            wire.read()
            time.sleep(0.001)
        time.sleep(chance.random() * 0.3)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        wire.read()
        wire.close()
        assert err == ""
        lines = [json.loads(line) for line in out.splitlines()]  # whole ones
        if number == signal.SIGTERM:
            assert process.returncode == -number
            continue
        assert process.returncode in (0, 1) and lines[-1]["status"] == process.returncode
        state = lines[-1]["paths"][0] if form == "--json" else lines[-2]
        assert state["sent"] == len(wire.sent)  # told to the last probe


def test_without_rights_datagram_sockets_do_the_same(labs):
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    with Lab(chain(2), {"net/ipv4/ping_group_range": "0 2147483647"}) as lab:
        argv = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", "--"]
        for method in ("", "-u", "-T"):
            done = lab.run("client", [*argv, *netlite_argv(f"watch --json -4 -n {method} -c 3 -i 0.1 server".split())])
            found = json.loads(done.stdout)
            if method == "-T" and found["status"] == 2:
                assert "CAP_NET_RAW" in found["error"]
                continue
            assert [(hop["received"], hop["lost"]) for hop in hops(found)] == [(3, 0)] * 3, (method, found)


def test_the_library_counts_the_same(labs, run_python):
    code = """
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import chain
import netlite
lab = Lab(chain(2))
lab.enter("client")
run = netlite.watch(lab.address("server", 4), count=5, interval_s=0.05)
kinds = [each.kind for each in run]
print(kinds.count("router"), kinds.count("reached"), [(hop.sent, hop.received, hop.loss) for hop in run.paths[0].hops])
lab.close()
"""
    assert run_python(code).strip() == "10 5 [(5, 5, 0.0), (5, 5, 0.0), (5, 5, 0.0)]"
    assert netlite.watch.__doc__


def test_errors_come_with_the_kernels_stamp_of_when_their_probe_left(labs, run_python):
    """Also where the kernel tells the error of an earlier probe at the next send, which is then repeated."""
    code = """
import select
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import chain
from netlite.links.network import Network
from netlite.records.family import IPV4
from netlite.records.echo_links import EchoLinkSettings, Proof
from netlite.records.probes import EchoProbe
lab = Lab(chain(2))
lab.enter("client")
link = Network().open_echo_link(EchoLinkSettings(IPV4, lab.address("server", 4), payload=bytes(36), stamped=False, proof=Proof.TOKEN))
ours, found = {}, []
for number in range(1, 13):
    ours[number] = link.send(EchoProbe(number, number, 1 + number % 3))
    if number % 4:
        continue  # the errors of several are waited for together
    while len(found) < number:
        select.select([link], [], [], 1)
        found += link.receive()
sequences = [(each.reply.sequence if hasattr(each.reply, "sequence") else each.reply.quote.sequence) for each in found]
stamps = [each.sent_ns is not None and ours[number] <= each.sent_ns <= each.received_ns for number, each in zip(sequences, found)]
print(sorted(sequences) == list(range(1, 13)), all(stamps))
link.close()
lab.close()
"""
    assert run_python(code).strip() == "True True"
