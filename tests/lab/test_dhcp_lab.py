"""DHCP in namespaces: our client and server on real packet sockets, beside clients and messages of others."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from quick_lab import Lab

from netlite.lab.scene import scene
from netlite.packets.dhcp import read_message
from netlite.programs.registry import netlite_argv

ROOT = Path(__file__).resolve().parents[2]
BUSYBOX = shutil.which("busybox")
TOPOLOGY = scene.load("dhcp").topology
DISCOVER_BY_SCAPY = """
import sys
sys.path[:] = {path!r}
from scapy.all import BOOTP, DHCP, IP, UDP, Ether, conf, srp1
conf.checkIPaddr = False
conf.verb = 0
card = bytes.fromhex("020000000201")
said = srp1(Ether(dst="ff:ff:ff:ff:ff:ff", src=card) / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67)
            / BOOTP(chaddr=card, xid=0x1234) / DHCP(options=[("message-type", "discover"), "end"]), iface="eth0", timeout=20)
print(said[BOOTP].yiaddr, said[BOOTP].xid, dict(option for option in said[DHCP].options if len(option) == 2)["server_id"])
"""
ASK_BY_PYROUTE2 = """
import asyncio, sys
sys.path[:] = {path!r}
from pyroute2.dhcp.client import AsyncDHCPClient, ClientConfig
from pyroute2.dhcp.fsm import State
from pyroute2.dhcp.leases import JSONStdoutLease
async def ask():
    async with AsyncDHCPClient(ClientConfig(interface="eth0", lease_type=JSONStdoutLease, hooks=[])) as client:
        await client.bootstrap()
        await client.wait_for_state(State.BOUND, timeout=20)
        print("bound", client.lease.ip)
asyncio.run(ask())
"""


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(TOPOLOGY) as lab:
        yield lab


def dhcp(lab: Lab, words: str, node: str = "client", **more) -> subprocess.CompletedProcess:
    return lab.run(node, netlite_argv(["dhcp", *words.split()]), **more)


def test_the_kernel_has_what_was_given(lab):
    done = dhcp(lab, "eth0")
    assert (done.returncode, done.stderr) == (0, "") and "eth0 gets 198.18.1.100 for 600 s" in done.stdout
    assert "198.18.1.100" in lab.run("client", netlite_argv(["ifconfig", "eth0"])).stdout
    assert "198.18.1.1" in lab.run("client", netlite_argv(["route", "-n"])).stdout
    assert lab.run("client", ["cat", "/etc/resolv.conf"]).stdout == "nameserver 198.18.5.2\n"
    assert lab.run("client", netlite_argv(["ping", "-4", "-n", "-c1", "-W5", "198.18.4.2"])).returncode == 0
    done = dhcp(lab, "--release eth0")
    assert done.returncode == 0 and "RELEASE" in done.stdout
    assert "inet 198" not in lab.run("client", netlite_argv(["ifconfig", "eth0"])).stdout


def test_a_second_client_on_the_same_card_is_told(lab):
    with lab.popen("guest", netlite_argv(["dhcp", "--keep", "600", "eth0"]), stdout=subprocess.PIPE, text=True) as first:
        while "BOUND" not in first.stdout.readline():
            pass
        done = dhcp(lab, "eth0", "guest")
        assert (done.returncode, done.stderr) == (2, "dhcp: eth0: Address already in use\n")
        first.send_signal(signal.SIGINT)
        assert first.wait(60) == 0


@pytest.mark.skipif(BUSYBOX is None, reason="needs busybox")
def test_udhcpc_gets_an_address_renews_and_gives_it_back(lab, tmp_path):
    script = tmp_path / "script"
    script.write_text(f'#!/bin/sh\n[ "$1" != bound ] || {BUSYBOX} ifconfig $interface $ip netmask $subnet\n'
                      f'[ "$1" != deconfig ] || {BUSYBOX} ifconfig $interface 0.0.0.0\n')
    script.chmod(0o755)
    words = [BUSYBOX, "udhcpc", "-i", "eth0", "-s", str(script), "-n", "-T", "5", "-t", "4", "-R", "-f"]
    with lab.popen("client", words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        told = []

        def until(text: str) -> None:
            while not told or text not in told[-1]:
                told.append(process.stdout.readline())
                assert told[-1], told

        until("obtained from 198.18.1.1, lease time 600")
        process.send_signal(signal.SIGUSR1)  # renew now: unicast, from a UDP socket
        until("sending renew to server 198.18.1.1")
        until("obtained from 198.18.1.1, lease time 600")
        process.send_signal(signal.SIGTERM)
        until("unicasting a release of 198.18.1.")
        assert process.wait(60) == 0


@pytest.mark.skipif(BUSYBOX is None, reason="needs busybox")
def test_our_client_gets_an_address_from_udhcpd(labs, tmp_path):
    away = scene.parse('title = "t"\ngoal = "g"\nhosts = ["client", "server"]\n[[wires]]\nends = ["server", "client"]\ndhcp = ["client"]\n', "away")
    done = subprocess.run([BUSYBOX, "udhcpd", "--help"], capture_output=True, text=True)
    if "applet not found" in done.stderr:
        pytest.skip("this busybox has no udhcpd")
    (tmp_path / "leases").touch()
    (tmp_path / "conf").write_text(f"start 198.18.1.20\nend 198.18.1.29\ninterface eth0\nlease_file {tmp_path}/leases\npidfile {tmp_path}/pid\n"
                                   "option subnet 255.255.255.0\noption router 198.18.1.1\noption dns 198.18.1.1 198.18.1.9\noption lease 900\n")
    with Lab(away.topology) as lab:
        server = lab.popen("server", [BUSYBOX, "udhcpd", "-f", str(tmp_path / "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        done = dhcp(lab, "-t 5 eth0")
        assert done.returncode == 0 and " for 900 s" in done.stdout and "name server: 198.18.1.1, 198.18.1.9" in done.stdout, done.stdout
        assert "==> RELEASE" in dhcp(lab, "--release eth0").stdout
        server.kill()


def test_scapy_is_offered_an_address(lab):
    pytest.importorskip("scapy")
    done = lab.run("client", [sys.executable, "-I", "-c", DISCOVER_BY_SCAPY.format(path=sys.path)])
    assert done.stdout.split()[1:] == [str(0x1234), "198.18.1.1"] and done.stdout.startswith("198.18.1."), done.stderr[-500:]


def test_pyroute2_gets_an_address(lab):
    pytest.importorskip("pyroute2.dhcp.client")
    done = lab.run("guest", [sys.executable, "-I", "-c", ASK_BY_PYROUTE2.format(path=sys.path)], timeout=120)
    assert "bound 198.18.1." in done.stdout and '"rebinding_time": 525' in done.stdout, done.stderr[-500:]


def test_bytes_that_are_none_leave_the_server_at_work(lab):
    code = ("import socket\ns = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)\n"
            "s.bind(('eth0', 0x800))\n"
            "for data in (b'', b'\\x45', bytes(20), bytes.fromhex('4500001c000000004011000000000000ffffffff004400430008') + b'\\0\\0', bytes(1400)):\n"
            "    s.sendto(data, ('eth0', 0x800, 0, 0, b'\\xff' * 6))\n")
    assert lab.run("client", [sys.executable, "-I", "-S", "-c", code]).returncode == 0
    assert dhcp(lab, "eth0").returncode == 0
    dhcp(lab, "--release eth0")


def test_this_machine_is_left_alone():
    """In a network namespace of its own, so that even a mistake would change nothing."""
    if os.geteuid() or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare")
    done = subprocess.run(["unshare", "-n", *netlite_argv(["dhcp", "lo"])], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1 and "in a lab alone" in done.stderr


def servers_of(mark: str) -> list[int]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if mark.encode() in Path(f"/proc/{entry}/environ").read_bytes() and b"lab.kernel.dhcp" in Path(f"/proc/{entry}/cmdline").read_bytes():
                    found.append(int(entry))
            except OSError:
                pass
    return found


def test_the_server_ends_with_a_lab_that_is_killed(labs):
    mark = f"NETLITE_TEST_OF_DHCP={os.getpid()}"
    code = (f"import sys, time\nsys.path[:] = {sys.path!r}\nfrom netlite.lab.kernel.namespaces import Lab\nfrom netlite.lab.scene import scene\n"
            "lab = Lab(scene.load('dhcp').topology)\nprint('built', flush=True)\ntime.sleep(600)\n")
    name, value = mark.split("=")
    with subprocess.Popen([sys.executable, "-I", "-c", code], stdout=subprocess.PIPE, env={**os.environ, name: value}) as process:
        assert process.stdout.readline() == b"built\n"
        assert len(servers_of(mark)) == 1
        process.kill()
    until = time.monotonic() + 60
    while servers_of(mark) and time.monotonic() < until:
        time.sleep(0.05)
    assert servers_of(mark) == []


def test_a_relay_and_a_renewal_cross_routers(labs):
    with Lab(scene.load("dhcp-relay").topology) as lab:
        done = dhcp(lab, "eth0")
        assert done.returncode == 0 and "of server 198.18.3.2" in done.stdout and "eth0 gets 198.18.1.50" in done.stdout
        narrow = lab.topology.nodes["server"].dhcp[0].replace(lease_s=2)
        nodes = [node.replace(dhcp=(narrow,)) if node.dhcp else node for node in lab.topology.nodes.values()]
        lab.change(type(lab.topology)(nodes, lab.topology.wires))
        done = dhcp(lab, "--keep 1.5 --release eth0")
        assert done.returncode == 0 and "RENEWING    ==> REQUEST   198.18.1.50 > 198.18.3.2" in done.stdout
        assert "eth0 keeps 198.18.1.50" in done.stdout and "==> RELEASE   198.18.1.50 > 198.18.3.2" in done.stdout


def test_message_of_udhcpc_is_read():
    """A DISCOVER as busybox 1.35 sends it, recorded."""
    head = bytes.fromhex("01010600d4b2e87d0000000000000000000000000000000000000000" "020000000201") + bytes(202)
    options = bytes.fromhex("63825363350101" "3d0701020000000201" "39020240" "370a0103060c0f1c2a79" "f91c" "3c0c7564686370" "20312e33352e30" "ff")
    message = read_message(head + options)
    assert (message.name, message.hardware, message.wanted[:4]) == ("DISCOVER", "02:00:00:00:02:01", (1, 3, 6, 12))
