"""ARP probes: who has an address, as the kernel of another node says, and what is not taken for that."""

from __future__ import annotations

import sys
from errno import EAFNOSUPPORT, ENODEV, EPERM

import pytest
from quick_lab import Lab

from netlite.engines.events import Interrupted, ProbeSent, ReceiveFailed, ReplyArrived, SendFailed, Started, TimePassed
from netlite.engines.actions import Finish, Report, SendProbe
from netlite.engines.why.holders import APART_NS, PROBES, HoldersEngine
from netlite.feature_errors import MalformedPacket
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain
from netlite.links.arp import ArpLink
from netlite.packets.arp import make_probe, read_arp
from netlite.records.arp import ArpLinkSettings
from netlite.records.arp import ArpProbe
from netlite.records.arp import ArpReply
from netlite.programs.registry import netlite_argv

OTHER = "02:00:00:00:00:09"
ASKING = """\
import sys; sys.path[:] = {path!r}
from time import monotonic, sleep
from netlite.links.arp import ArpLink
from netlite.records.arp import ArpLinkSettings
from netlite.records.arp import ArpProbe
try:
    with ArpLink(ArpLinkSettings({device!r}, {address!r})) as link:
        link.send(ArpProbe(1))
        found, until = [], monotonic() + {patience}
        while not found and monotonic() < until:
            sleep(0.02)
            found += link.receive()
    print([tuple(each.reply) for each in found])
except OSError as refusal:
    print(refusal.errno)
"""


def asked(lab: Lab, node: str, device: str, address: str, patience: float = 20) -> str:
    code = ASKING.format(path=sys.path, device=device, address=address, patience=patience)
    return lab.run(node, [sys.executable, "-I", "-S", "-c", code]).stdout.strip()


def test_bytes():
    data = make_probe(bytes.fromhex("020000000001"), "192.0.2.7")
    assert data.hex() == "0001080006040001020000000001" + "00000000" + "000000000000" + "c0000207"
    assert tuple(read_arp(data)) == ("02:00:00:00:00:01", "0.0.0.0")
    for wrong in (b"", data[:27], b"\0\6" + data[2:], data[:4] + b"\x08" + data[5:]):
        with pytest.raises(MalformedPacket):
            read_arp(wrong)


def test_a_kernel_answers(labs):
    with Lab(chain(1)) as lab:
        assert asked(lab, "client", "eth0", lab.address("r1")) == f"[('{lab.address('r1')}', '02:00:00:00:01:02')]"
        assert asked(lab, "client", "eth0", lab.address("client"), 0.3) == "[]"
        assert asked(lab, "client", "lo", "127.0.0.1") == str(EAFNOSUPPORT)
        assert asked(lab, "client", "eth7", "127.0.0.1") == str(ENODEV)


def test_what_it_hears_beside():
    """Answers for others, packets cut off, and its own question."""
    class Heard:
        def __init__(self):
            self.given = [(make_probe(b"\2\0\0\0\0\1", "192.0.2.1")[:14] + bytes([192, 0, 2, last]) + bytes(10), kind)
                          for last, kind in ((7, 4), (8, 0), (7, 1))] + [(b"", 0), (b"\0" * 40, 0)]

        def recvfrom(self, _):
            if not self.given:
                raise BlockingIOError
            data, kind = self.given.pop(0)
            return data, ("eth0", 0x0806, kind, 1, b"")

    link = object.__new__(ArpLink)
    link._settings, link._socket = ArpLinkSettings("eth0", "192.0.2.7"), Heard()
    assert [tuple(each.reply) for each in link.receive()] == [("192.0.2.7", "02:00:00:00:00:01")]


def test_the_engine_asks_twice_and_tells_others_once():
    engine = HoldersEngine(("02:00:00:00:00:01",))
    assert [type(each) for each in engine.feed(Started(0))] == [SendProbe]
    assert engine.feed(ProbeSent(0, 1, 0)) == []

    def said(hardware):
        return engine.feed(ReplyArrived(5, ArpReply("192.0.2.7", hardware), 5, None, None))

    assert said("02:00:00:00:00:01") == []
    assert [type(each) for each in said(OTHER)] == [Report] and said(OTHER) == []
    assert engine.feed(TimePassed(APART_NS - 1)) == []
    for number in range(1, PROBES):
        assert [type(each) for each in engine.feed(TimePassed(number * APART_NS))] == [SendProbe]
    assert [type(each) for each in engine.feed(TimePassed(PROBES * APART_NS))] == [Finish]
    for event in (Interrupted(0), ReceiveFailed(0, 100), SendFailed(0, 1, 100)):
        assert [type(each) for each in HoldersEngine(()).feed(event)] == [Finish]


def test_in_memory_the_other_end_answers():
    world = SimulatedEnvironment("why", chain(1), "client")
    with world.network.open_arp_link(ArpLinkSettings("eth0", "198.18.1.2")) as link:
        link.send(ArpProbe(1))
        assert [tuple(each.reply) for each in link.receive()] == [("198.18.1.2", "02:00:00:00:01:02")]
    bare = SimulatedEnvironment("why", chain(1), "client", echo_socket="datagram")
    for network, device, errno in ((world.network, "eth7", ENODEV), (bare.network, "eth0", EPERM)):
        with pytest.raises(OSError) as refusal:
            network.open_arp_link(ArpLinkSettings(device, "198.18.1.2"))
        assert refusal.value.errno == errno


def test_a_machine_with_two_cards_on_one_wire_is_no_twin(labs):
    """Its other card answers for its addresses, as Linux does."""
    from netlite.lab.scene.parts import Node, Wire
    from netlite.lab.scene.topology import Topology

    twice = Topology([Node("client"), Node("r1", True), Node("server"), Node("switch", switch=True)],
                     [Wire(("client", "switch")), Wire(("client", "switch")), Wire(("r1", "switch")), Wire(("r1", "server"))])
    with Lab(twice) as lab:
        assert asked(lab, "client", "eth0", lab.address("client")) == f"[('{lab.address('client')}', '02:00:00:00:02:01')]"
        lab.run("client", netlite_argv(["route", "add", "default", "gw", lab.address("r1")]))
        done = lab.run("client", netlite_argv(["why", "-4", "-q", lab.address("server")]))
        assert (done.returncode, done.stdout) == (0, f"Nothing wrong was found with {lab.address('server')}.\n"), done.stdout
