"""traceroute --paris and --mda against the kernel's own multipath routes."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from quick_lab import Lab

from netlite.lab.scene.topology import diamond
from netlite.programs.registry import netlite_argv

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def lab_of(labs):
    built = {}

    def lab(width: int) -> Lab:
        if width not in built:
            built[width] = Lab(diamond(width))
        return built[width]

    yield lab
    for each in built.values():
        each.close()


def output(lab: Lab, command: str, **options) -> list[str]:
    done = lab.run("client", netlite_argv(command.split()), **options)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.splitlines()


def middle(lab: Lab, version: int) -> set[str]:
    """The addresses that the routers side by side answer with."""
    nodes = lab.topology.nodes
    return {lab.topology.addresses(name, version)[0] for name in nodes if name.startswith("m")}


def mda_misses(lab: Lab, version: int, method: str = "") -> set[str]:
    text = output(lab, f"traceroute --mda {method} -{version} -n -w 2,0,0 server")
    assert text[-2].endswith(f" -> {lab.address('server', version)}")
    links = next(line for line in text[text.index("links"):] if line.startswith(" 2 "))
    assert not [line for line in text if line.startswith("note")]
    return middle(lab, version) ^ set(links.partition(" -> ")[2].split())


@pytest.mark.parametrize("version", (4, 6))
@pytest.mark.parametrize("width", (2, 4, 16))
def test_mda_finds_the_next_hops_of_the_kernel(lab_of, width, version):
    """At 95 % one run may miss one; three in a row miss it in 1 of 8000 cases."""
    assert any(not mda_misses(lab_of(width), version) for _ in range(3))


@pytest.mark.parametrize("version", (4, 6))
@pytest.mark.parametrize("width", (2, 4))
def test_mda_finds_them_with_tcp(lab_of, width, version):
    if lab_of(width).rootless:
        pytest.skip("what a rootless lab gives out as raw sockets is another matter")
    assert any(not mda_misses(lab_of(width), version, "-T") for _ in range(3))


@pytest.mark.parametrize("version", (4, 6))
def test_paris_is_straight_where_plain_traceroute_crosses(lab_of, version):
    lab = lab_of(16)
    routers = middle(lab, version)
    plain = output(lab, f"traceroute -{version} -n -q10 -w 2,0,0 server")
    assert len(routers & set(plain[2].split())) > 1  # ten flows take one way of sixteen in 1 of 10 ** 10 cases
    for _ in range(3):
        straight = output(lab, f"traceroute --paris -{version} -n -q10 -w 2,0,0 server")
        assert len(straight) == 5
        assert [line.split().count("ms") for line in straight[1:]] == [10] * 4
        assert all(len(line.split()) == 22 for line in straight[1:]), straight


@pytest.mark.parametrize("option, version", [("--paris", 4), ("--paris", 6), ("--mda", 4)])
def test_without_privileges_the_error_queue_tells(lab_of, option, version):
    lab = lab_of(4)
    if lab.rootless:
        pytest.skip("in a rootless lab every program has the privileges of its root")
    argv = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", "--"]
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    done = lab.run("client", [*argv, *netlite_argv(f"traceroute {option} -{version} -n -w 2,0,0 server".split())])
    assert (done.stderr, done.returncode) == ("", 0)
    answered = [line for line in done.stdout.splitlines() if line.startswith(" 4  ")]
    assert lab.address("server", version) in answered[0]


def test_a_rewritten_port_is_noticed(lab_of):
    """Rewriting without a memory, which no router turns back in its quotes."""
    if shutil.which("nft") is None:
        pytest.skip("nft is not installed")
    with Lab(diamond(1)) as lab:
        rules = ("add table ip rewriting; add chain ip rewriting forward { type filter hook forward priority 0; }; "
                 "add rule ip rewriting forward ip daddr 198.18.2.2 udp dport 33434 udp dport set 40000")
        done = lab.run("r1", ["nft", rules])
        if done.returncode:
            pytest.skip(f"nft: {done.stderr.strip()}")
        for option in ("--paris", "--mda"):
            text = output(lab, f"traceroute {option} -n -w 2,0,0 server")
            notes = [line for line in text if line.startswith("note")]
            assert notes == ["note: before hop 2 something rewrites packets: destination port 33434 arrives as 40000"]


def test_a_rewritten_source_is_noticed(lab_of):
    """As by a NAT on the way that does not turn the quotes back."""
    if shutil.which("nft") is None:
        pytest.skip("nft is not installed")
    with Lab(diamond(1)) as lab:
        assert not lab.run("client", ["sh", "-c", "ip addr add 198.18.1.77/24 dev $(ip -o addr show to 198.18.1.1 | cut -d' ' -f2)"]).returncode
        rules = ("add table ip rewriting; add chain ip rewriting forward { type filter hook forward priority 0; }; "
                 "add rule ip rewriting forward ip saddr 198.18.1.1 ip saddr set 198.18.1.77")
        done = lab.run("r1", ["nft", rules])
        if done.returncode:
            pytest.skip(f"nft: {done.stderr.strip()}")
        for option in ("--paris", "--paris -U", "--mda"):
            text = output(lab, f"traceroute {option} -n -w 2,0,0 server")
            notes = [line for line in text if line.startswith("note")]
            assert notes == ["note: before hop 2 something rewrites packets: source 198.18.1.1 arrives as 198.18.1.77"]


AMONG_OTHERS = """
import socket, struct
from netlite.links.flows import FlowLink
from netlite.packets.checksum import checksum
from netlite.records.family import IPV4, IPV6
from netlite.records.multipath import flow_checksum
from netlite.records.udp_links import UdpLinkSettings, UdpProbe

def error(kind, port, number=1):
    ports = struct.pack("!HHHH", port, 33434, 8, flow_checksum(number))
    if VERSION == 6:                                      # the kernel writes the checksum
        return struct.pack("!BBHIIHBB16s16s", kind, 0, 0, 0, 6 << 28, 8, 17, 1, HERE, HERE) + ports
    quoted = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 1, 17, 0, HERE, HERE) + ports
    text = struct.pack("!BBH4x", kind, 0, 0) + quoted
    return text[:2] + struct.pack("!H", checksum(text)) + text[4:]

family, address, expired, hint, bytes_ = {4: (IPV4, "127.0.0.1", 11, 5, 28), 6: (IPV6, "::1", 3, 137, 48)}[VERSION]
HERE = socket.inet_pton(family.af, address)
server = socket.socket(family.af, socket.SOCK_DGRAM)      # which says nothing
server.bind((address, 33434))
link = FlowLink(UdpLinkSettings(family, address, source_port=40000))
for port in 40000, 45000:                                 # a second range of ports
    link.send(UdpProbe(1 + port // 45000, 3, 33434, bytes_, port))
router = socket.socket(family.af, socket.SOCK_RAW, {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}[VERSION])
router.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
for _ in range(3000):
    router.sendto(error(expired, 39999), (address, 0))    # about others
    router.sendto(error(hint, 40000), (address, 0))       # a redirect ends no probe
for port, number in (45000, 2), (40000, 1):
    router.sendto(error(expired, port, number), (address, 0))
told = [(arrival.reply.type == expired, arrival.number) for arrival in link.receive()]
link.close()
print(told)
"""


@pytest.mark.parametrize("version", (4, 6))
def test_errors_about_others_leave_room_for_ours(lab_of, version):
    """Thousands of them, more than a socket holds."""
    done = lab_of(2).run("client", [sys.executable, "-c", f"VERSION = {version}\n{AMONG_OTHERS}"], env={"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])})
    assert (done.stderr, done.stdout, done.returncode) == ("", "[(True, 2), (True, 1)]\n", 0)
