"""Echo links on real sockets: both kinds, both families, replies and errors."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path
from struct import unpack_from

import pytest
from quick_lab import Lab

from netlite.lab.scene.topology import chain
from netlite.packets.checksum import checksum
from netlite.packets.templates import make_echo
from netlite.records.family import IPV4, IPV6
from netlite.records.echo_links import EchoLinkSettings, EchoProbe, EchoReply, KernelStamps
from netlite.records.links import MtuDiscovery
from netlite.records.replies import IcmpError, Origin

ROOT = Path(__file__).resolve().parents[2]
EHOSTUNREACH, EMSGSIZE = 113, 90
BOTH_KINDS = pytest.mark.parametrize("kind", ["raw", "datagram"])
BOTH_FAMILIES = pytest.mark.parametrize("family", [IPV4, IPV6], ids=["IPv4", "IPv6"])


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(chain(2, mtus={2: 1400})) as built:
        yield built


@pytest.fixture
def session(lab):
    """session(settings, probes, answers): what `echo_session` told, run in the client."""
    def run(settings, probes, answers=None):
        request = pickle.dumps((settings, probes, answers or [1] * len(probes))).hex()
        path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
        done = lab.run("client", [sys.executable, str(ROOT / "tests/lab/echo_session.py"), request],
                       env={"PYTHONPATH": path})
        assert done.returncode == 0, done.stderr
        return pickle.loads(bytes.fromhex(done.stdout))

    return run


def settings_for(lab, family, kind, **more):
    destination = lab.address("server", family.version)
    return EchoLinkSettings(family, destination, kind=kind, payload=bytes(range(56)), **more)


@BOTH_KINDS
@BOTH_FAMILIES
def test_replies_come_with_ttl_and_stamps(lab, session, family, kind):
    settings = settings_for(lab, family, kind)
    opened, identifier, sent, arrivals = session(settings, [EchoProbe(1, 1), EchoProbe(2, 2)])
    assert opened == kind
    for sequence, sent_ns, arrival in zip((1, 2), sent, arrivals, strict=True):
        reply = arrival.reply
        assert type(reply) is EchoReply
        assert (reply.source, reply.sequence) == (settings.destination, sequence)
        assert reply.identifier == identifier
        assert (reply.size_bytes, reply.ttl, reply.options) == (64, 62, b"")
        assert reply.payload[16:] == settings.payload[16:] and unpack_from("@ll", reply.payload)[0] > 0
        assert reply.checksum_ok is (True if kind == "raw" and family is IPV4 else None)
        assert sent_ns <= (arrival.sent_ns or sent_ns) < arrival.received_ns


@BOTH_KINDS
@BOTH_FAMILIES
@pytest.mark.parametrize("stamps", [KernelStamps.NONE, KernelStamps.RECEIVED])
def test_without_transmit_stamps(lab, session, family, kind, stamps):
    settings = settings_for(lab, family, kind, kernel_stamps=stamps)
    _, _, sent, [arrival] = session(settings, [EchoProbe(1, 70000)])
    assert arrival.sent_ns is None and sent[0] < arrival.received_ns
    assert arrival.reply.sequence == 70000 & 0xFFFF


@BOTH_KINDS
@BOTH_FAMILIES
def test_ttl_of_a_probe(lab, session, family, kind):
    probes = [EchoProbe(1, 1, ttl=1), EchoProbe(2, 2, ttl=2), EchoProbe(3, 3)]
    _, identifier, _, arrivals = session(settings_for(lab, family, kind), probes)
    errors = [arrival.reply for arrival in arrivals[:2]]
    for error, router, sequence in zip(errors, ("r1", "r2"), (1, 2), strict=True):
        assert type(error) is IcmpError and error.source in lab.addresses(router)
        assert (error.type, error.code, error.errno) == (11 if family is IPV4 else 3, 0, EHOSTUNREACH)
        assert (error.quote.sequence, error.quote.identifier) == (sequence, identifier)
        assert error.quote.destination == lab.address("server", family.version)
    assert type(arrivals[2].reply) is EchoReply


@BOTH_KINDS
@BOTH_FAMILIES
def test_packet_too_big_for_the_path_and_for_the_device(lab, session, family, kind):
    settings = settings_for(lab, family, kind, mtu_discovery=MtuDiscovery.PROBE)
    whole = 1500 - family.header_bytes - 8
    probes = [EchoProbe(1, 1, size_bytes=whole), EchoProbe(2, 2, size_bytes=whole + 1)]
    _, _, sent, arrivals = session(settings, probes)
    path, device = (arrival.reply for arrival in arrivals)
    assert (path.type, path.info, path.errno) == (3 if family is IPV4 else 2, 1400, EMSGSIZE)
    assert sent[1] == -EMSGSIZE
    assert (device.origin, device.source, device.info) == (Origin.LOCAL, None, 1500)


@BOTH_KINDS
@BOTH_FAMILIES
def test_an_error_on_its_way_does_not_eat_the_next_probe(lab, session, family, kind):
    probes = [EchoProbe(number, number, ttl=1) for number in range(1, 6)]
    _, _, sent, arrivals = session(settings_for(lab, family, kind), probes, [0, 0, 0, 0, 5])
    assert min(sent) > 0
    assert sorted(arrival.reply.quote.sequence for arrival in arrivals) == [1, 2, 3, 4, 5]


@BOTH_KINDS
@BOTH_FAMILIES
def test_identifier_asked_for(lab, session, family, kind):
    settings = settings_for(lab, family, kind, identifier=0x1234)
    _, identifier, _, [arrival] = session(settings, [EchoProbe(1, 1)])
    assert identifier == arrival.reply.identifier == 0x1234


@BOTH_FAMILIES
def test_identifier_zero_is_raw(lab, session, family):
    settings = settings_for(lab, family, None, identifier=0)
    opened, identifier, _, [arrival] = session(settings, [EchoProbe(1, 1)])
    assert (opened, identifier, arrival.reply.identifier) == ("raw", 0, 0)


@BOTH_KINDS
@BOTH_FAMILIES
def test_source_device_and_destination_of_a_probe(lab, session, family, kind):
    source, router = lab.address("client", family.version), lab.address("r1", family.version)
    code = "import socket; print(*(name for _, name in socket.if_nameindex() if name != 'lo'))"
    device = lab.run("client", [sys.executable, "-I", "-S", "-c", code]).stdout.split()[0]
    settings = settings_for(lab, family, kind, source=source, device=device, ttl=9, traffic_class=0xB8)
    _, _, _, arrivals = session(settings, [EchoProbe(1, 1), EchoProbe(2, 2, destination=router)])
    assert [arrival.reply.source for arrival in arrivals] == [settings.destination, router]


@pytest.mark.parametrize("kind, label", [("raw", 0x12345), ("datagram", 0x12346)])  # free after 6 s
def test_flow_label_is_leased(lab, session, kind, label):
    _, _, _, [arrival] = session(settings_for(lab, IPV6, kind, flow_label=label), [EchoProbe(1, 1)])
    assert type(arrival.reply) is EchoReply


@BOTH_KINDS
def test_record_route(lab, session, kind):
    settings = settings_for(lab, IPV4, kind, ip_options=bytes((1, 7, 39, 4)) + bytes(36))
    _, _, _, [arrival] = session(settings, [EchoProbe(1, 1)])
    assert arrival.reply.options[:3] == bytes((1, 7, 39)) or arrival.reply.options[:2] == bytes((7, 39))


@BOTH_FAMILIES
def test_replies_to_others_are_dropped(lab, session, family):
    """A raw socket sees all replies of the host; the second link's are not the first one's."""
    code = f"""
from select import select
from netlite.records.family import IPV4, IPV6
from netlite.records.echo_links import EchoLinkSettings
from netlite.records.probes import EchoProbe
from netlite.links.network import Network
to = {lab.address("server", family.version)!r}
family = IPV{family.version}
links = [Network().open_echo_link(EchoLinkSettings(family, to, kind="raw", identifier=number, payload=bytes(20)))
         for number in (5, 6)]
seen = []
for number in range(1, 9):
    for link in links:
        link.send(EchoProbe(number, number))
    for link in links:
        while select([link], [], [], 5)[0]:
            arrivals = link.receive()
            seen += [(link.identifier, arrival.reply.identifier) for arrival in arrivals]
            if arrivals:
                break
print(sorted(set(seen)), len(seen))
"""
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    done = lab.run("client", [sys.executable, "-c", code], env={"PYTHONPATH": path})
    assert done.stdout == "[(5, 5), (6, 6)] 16\n", done.stderr


LISTENER = """
import pickle, sys
from select import select
from netlite.links.network import Network
settings, expected = pickle.loads(bytes.fromhex(sys.argv[1]))
with Network().open_echo_link(settings) as link:
    print("open", flush=True)
    arrivals = []
    while len(arrivals) < expected and select([link], [], [], 5)[0]:
        arrivals += link.receive()
    print(pickle.dumps(arrivals).hex())
"""


def heard(lab, settings, messages: list[bytes], expected: int) -> list:
    """The replies of a link in the client that sends nothing; the server sends ICMP `messages` to it."""
    request = pickle.dumps((settings, expected)).hex()
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    with lab.popen("client", [sys.executable, "-c", LISTENER, request], env={"PYTHONPATH": path}, text=True,
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listener:
        assert listener.stdout.readline() == "open\n", listener.stderr.read()
        with lab.socket("server", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as server:
            for message in messages:
                server.sendto(message, (lab.address("client"), 0))
        out, err = listener.communicate(timeout=300)
    assert listener.returncode == 0, err
    return [arrival.reply for arrival in pickle.loads(bytes.fromhex(out))]


def error4(kind: int, code: int, rest: bytes, identifier: int) -> bytes:
    """An ICMP error about an echo request of the client's, sequence 3."""
    quote = bytes.fromhex("450000240000400040010000") + bytes((198, 18, 1, 1, 198, 18, 3, 2))
    body = rest + quote + make_echo(4, identifier, 3, bytes(8))
    whole = bytes((kind, code, 0, 0)) + body
    return whole[:2] + checksum(whole).to_bytes(2, "big") + body


def test_what_a_raw_socket_hears(lab):
    """Redirects and source quench about our probes, replies with a wrong checksum; nothing of others."""
    gateway = bytes((198, 18, 1, 77))
    wrong = bytearray(make_echo(4, 0x1234, 4, bytes(56), kind="reply"))
    wrong[20] ^= 1
    messages = [error4(5, 1, gateway, 0x9999), make_echo(4, 0x9999, 4, bytes(56), kind="reply"), b"\0\0\0\0",
                error4(5, 1, gateway, 0x1234), error4(4, 0, bytes(4), 0x1234), bytes(wrong),
                make_echo(4, 0x1234, 5, bytes(56), kind="reply")]
    settings = settings_for(lab, IPV4, "raw", identifier=0x1234, hints=True)
    redirect, quench, corrupted, good = heard(lab, settings, messages, 4)
    assert (redirect.type, redirect.code, redirect.gateway, redirect.errno) == (5, 1, "198.18.1.77", None)
    assert (quench.type, quench.quote.sequence, quench.source) == (4, 3, lab.address("server"))
    assert (corrupted.sequence, corrupted.checksum_ok) == (4, False)
    assert (good.sequence, good.checksum_ok) == (5, True)


def test_without_privileges_the_raw_socket_is_refused_and_the_datagram_one_works(lab):
    code = f"""
from netlite.records.family import IPV4
from netlite.records.echo_links import EchoLinkSettings
from netlite.records.probes import EchoProbe
from netlite.links.network import Network
from netlite.sockets.privileges import set_capabilities
set_capabilities(0, 0)
settings = EchoLinkSettings(IPV4, {lab.address("server")!r}, payload=bytes(56))
with Network().open_echo_link(settings) as link:
    print(link.kind, link.send(EchoProbe(1, 1)) > 0)
try:
    Network().open_echo_link(settings.replace(identifier=0))
except PermissionError as refusal:
    print(refusal.errno)
"""
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    done = lab.run("client", [sys.executable, "-c", code], env={"PYTHONPATH": path})
    assert done.stdout == "datagram True\n1\n", done.stderr
