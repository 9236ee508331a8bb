"""What a packet socket shows of a run in the kernel is what the network in memory shows."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
from pathlib import Path

import pytest
from quick_lab import Lab

from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.registry import netlite_argv
from netlite.programs.simulate import simulate

ROOT = Path(__file__).resolve().parents[2]
TIMES = re.compile(r"\d+(?:\.\d+)? ms\b")
VARYING = re.compile(r"id 0x[0-9a-f]+|The largest step.*?the report\.(?: One probe.*?tells more\.)?"
                     r"|Hop \d+ answered more quickly.*?had to wait\.|It came (?:late|at once).*?\.|-+|\d+\.(?= )")
NARROW = chain(2, "explained", {2: 1400})


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(NARROW) as built:
        yield built


def told(text: str) -> str:
    """The explanation without times, which differ, and without how lines are broken."""
    line = " ".join(text.partition("=== Explained ===")[2].split())
    return " ".join(VARYING.sub(" ", TIMES.sub("T", line)).split())


@pytest.mark.parametrize("command", [
    "ping -4 -n -c1 --explain server", "ping -6 -n -c1 --explain server", "ping -4 -n -c1 -t1 --explain server",
    "ping -4 -n -c1 -M do -s1472 --explain server", "traceroute -n -q1 --explain server",
    "traceroute -6 -n -q1 --explain server", "traceroute -n -I -q1 --explain server",
    "traceroute -n -T -q1 --explain server"])
def test_the_story_is_the_same(lab, command):
    words = command.split()
    words[-1] = lab.address("server", 6 if "-6" in words else 4)
    with lab.popen("client", netlite_argv(words), stdout=-1, stderr=-1, text=True) as process:
        out, err = process.communicate(timeout=300)
    played = simulate(shlex.join(words), NARROW)
    assert err == "" and process.returncode == played.status
    assert "put together" not in out
    assert told(out) == told(played.stdout)


SILENT = Topology([Node("client"), Node("r1", True, rules=(Rule(Action.DROP),)), Node("server")],
                  [Wire(("client", "r1")), Wire(("r1", "server"))], "silent")


def test_an_interrupted_trace_is_explained_and_ends_by_the_signal(labs):
    with Lab(SILENT) as lab:
        words = ["traceroute", "-n", "-q1", "-m2", "-w60", "--explain", lab.address("server")]
        with lab.popen("client", netlite_argv(words), stdout=-1, stderr=-1, text=True) as process:
            assert process.stdout.readline().startswith("traceroute to")
            assert process.stdout.read(4) == " 1  "  # the rest of the line comes with hop 2
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=300)
    assert process.returncode == -signal.SIGINT
    assert "Hop 2: nobody answered 1 probe with TTL 2." in out and "Traceback" not in err


def test_probes_that_never_leave(lab):
    nobody = lab.address("client").rpartition(".")[0] + ".77"
    done = lab.run("client", netlite_argv(["ping", "-n", "-c1", "-W1", "--explain", nobody]))
    assert "1 probe never left this host. Probably your kernel could not find the hardware" in done.stdout


def test_a_packet_too_large_for_the_device(lab):
    done = lab.run("client", netlite_argv(["ping", "-n", "-c1", "-s3000", "--explain", lab.address("server")]))
    assert "your kernel cut it into 3 fragments" in " ".join(done.stdout.split())


@pytest.mark.parametrize("version, first", [(4, 1500), (6, 1496)])
def test_every_fragment_is_seen(lab, version, first, tmp_path):
    file = tmp_path / "run.pcapng"
    file.touch()
    done = lab.run("client", netlite_argv(["ping", f"-{version}", "-n", "-c1", "-s3000", "--explain", "--pcap", str(file),
                                           lab.address("r1", version)]))
    told = " ".join(done.stdout.split())
    assert f"{first} bytes with" in told and "your kernel cut it into 3 fragments" in told
    assert file.read_bytes().count(b"later fragment") == 4  # of the probe and of its answer


@pytest.mark.parametrize("target", ["ff02::1%eth0", "224.0.0.1"])
def test_a_group_answers_with_other_addresses(lab, target):
    done = lab.run("client", netlite_argv(["ping", "-n", "-c1", "-W1", "--explain", target]))
    told = " ".join(done.stdout.split())
    assert "stands for several hosts" in told and "itself" not in told
    first = re.search(r"bytes from ([^% ]+)(?:%eth0)?:", told)
    if first is not None:  # hosts need not answer an IPv4 group
        assert f"{first[1]} answered probe 1" in told.replace("%eth0", "")


WITHOUT_PRIVILEGES = (f"import os, sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
                      "from lab_processes import drop_capabilities; drop_capabilities(); "
                      "os.execv(sys.argv[1], sys.argv[1:])")


def test_an_ordinary_user_gets_rebuilt_packets(lab):
    words = ["traceroute", "-n", "-q1", "--explain", lab.address("server")]
    mine = lab.run("client", netlite_argv(words)).stdout
    done = lab.run("client", [sys.executable, "-c", WITHOUT_PRIVILEGES, *netlite_argv(words)]).stdout
    assert "The kernel shows whole packets to root alone." in done
    assert told(done).replace("The kernel shows whole packets to root alone. What follows was put together from what it "
                              "told this program; fields that it did not tell are not spoken of. ", "") == told(mine)


def test_ping_writes_its_capture_after_it_gave_up_its_privileges(lab, tmp_path):
    file = tmp_path / "run.pcapng"
    file.touch()
    done = lab.run("client", netlite_argv(["ping", "-n", "-c2", "-i0.2", "--pcap", str(file), lab.address("server")]))
    assert done.returncode == 0 and done.stderr == ""
    assert file.read_bytes()[:4] == b"\x0a\x0d\x0d\x0a" and file.read_bytes().count(b"sends the echo back") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["run.pcapng"]


BESIDE = """
import _socket
from netlite.links.network import Network
from netlite.links.recording import Recording
from netlite.links.recording_network import RecordingNetwork
from netlite.records.family import {family}
from netlite.records.echo_links import EchoLinkSettings
from netlite.records.udp_links import UdpLinkSettings
from netlite.records.probes import EchoProbe, UdpProbe
from netlite.sockets.clock import Clock

recording = Recording(Clock())
network = RecordingNetwork(Network(), recording)
{link}
capture = recording._capture
capture.receive()
read, receive = [], capture.receive
def note():
    packets = receive()
    read.extend(packets)
    return packets
capture.receive = note
there, others = (_socket.socket({af}, _socket.SOCK_DGRAM) for _ in range(2))
there.bind(({beside!r}, 9))
for _ in range(20000):
    others.sendto(b"others", ({beside!r}, 9))
link.send({probe})
print(len(read), [seen.data[-6:] == b"others" for seen in read].count(True), recording.unseen)
"""


@pytest.mark.parametrize("family, af, beside, link, probe", [
    ("IPV4", 2, "127.0.0.9", "network.open_echo_link(EchoLinkSettings(IPV4, '127.0.0.1', payload=bytes(20)))",
     "EchoProbe(1, 1)"),
    ("IPV4", 2, "127.0.0.9", "network.open_udp_link(UdpLinkSettings(IPV4, '127.0.0.5'))", "UdpProbe(1, 1, 33434, 40)"),
    ("IPV6", 10, "::1", "network.open_echo_link(EchoLinkSettings(IPV6, '::1', payload=bytes(20)))", "EchoProbe(1, 1)")])
def test_traffic_beside_is_dropped_in_the_kernel(lab, family, af, beside, link, probe):
    """20,000 datagrams are more than the buffer holds: the probe would be lost among them."""
    code = BESIDE.format(family=family, af=af, beside=beside, link="link = " + link, probe=probe)
    done = lab.run("client", [sys.executable, "-c", code],
                   env={"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])})
    assert done.stderr == ""
    read, others, unseen = done.stdout.split()
    assert (others, unseen) == ("0", "0") and int(read) > 0
