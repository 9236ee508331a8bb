"""The contracts of links and networks: written down once, kept by all, and nothing is asked beyond them."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module

import pytest
from tree import PACKAGE, for_each, modules, name, nodes

from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.memory.network import SimulatedNetwork
from netlite.lab.scene.topology import chain
from netlite.links.link import Link
from netlite.links.network import Network
from netlite.links.pair import LinkPair
from netlite.links.recording import Recording
from netlite.links.recording_network import RecordingLink, RecordingNetwork
from netlite.records.family import IPV4, IPV6
from netlite.records.echo_links import EchoLinkSettings, Proof
from netlite.records.raw_links import TcpLinkSettings
from netlite.records.udp_links import UdpLinkSettings

FACTS = ("identifier", "kind", "flow_label", "warnings")
MUST_HAVE = {"send", "receive", "close"}


def public(kind: type) -> dict[str, object]:
    """The contract a class writes down itself."""
    return {key: value for key, value in vars(kind).items() if not key.startswith("_")}


METHODS = {key: value for key, value in public(Link).items() if callable(value)}


def link_classes() -> list[type]:
    for path in [*(PACKAGE / "links").glob("*.py"), *(PACKAGE / "lab" / "memory").glob("*link*.py")]:
        import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))

    def below(kind: type) -> list[type]:
        return [each for child in kind.__subclasses__() for each in (child, *below(child))]

    return sorted({each for each in below(Link) if each.__module__.startswith("netlite.")}, key=str)


def last_word(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@for_each(modules)
def test_nobody_asks_beyond_the_contract(path):
    """No guess whether a link has something, no look at what is its own affair."""
    for node in nodes(path):
        if isinstance(node, ast.Call) and last_word(node.func) in ("getattr", "hasattr") and node.args:
            assert not last_word(node.args[0]).strip("_").endswith("link"), f"{name(path)}:{node.lineno}"
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            assert last_word(node.value).strip("_") != "link", f"{name(path)}:{node.lineno}: {ast.unparse(node)}"


def test_the_contract_says_its_facts():
    assert {key for key in public(Link) if key not in METHODS} == set(FACTS)


def test_all_kinds_of_links_are_known():
    assert len(link_classes()) >= 15


@pytest.mark.parametrize("kind", link_classes(), ids=lambda kind: kind.__name__)
def test_links_keep_the_contract(kind):
    assert "__getattr__" not in dir(kind)
    for key, method in METHODS.items():
        ours = getattr(kind, key)
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(method).parameters), key
    if kind.__subclasses__() and "send" not in vars(kind):
        return  # what some links share
    assert not [key for key in MUST_HAVE if getattr(kind, key) is METHODS[key]]


class Whole(Link):
    """A link that answers every question with something of its own, and notes the calls."""

    identifier, kind, flow_label, warnings = 7, "datagram", 0xABCDE, [("SO_MARK", 1)]

    def __init__(self):
        self.told = []

    def connect(self):
        self.told.append("connect")

    def send(self, probe):
        self.told.append("send")
        return 5

    def receive(self):
        self.told.append("receive")
        return []

    def fileno(self):
        return -7

    def due_ns(self):
        return 99

    def close(self):
        self.told.append("close")


def memory(node: str = "client") -> SimulatedNetwork:
    return SimulatedEnvironment("test", chain(1), node).network


def test_a_recorded_link_says_what_the_link_says():
    network = memory()
    whole = Whole()
    settings = UdpLinkSettings(IPV4, network.topology.address("server"))
    link = RecordingLink(whole, network, settings, Recording(network.clock))
    assert [getattr(link, fact) for fact in FACTS] == [getattr(whole, fact) for fact in FACTS]
    link.connect()
    assert (link.fileno(), link.due_ns(), link.receive()) == (-7, 99, [])
    link.close()
    assert whole.told == ["connect", "receive", "close"]


def test_a_pair_speaks_for_both():
    four, six = Whole(), Whole()
    with LinkPair({4: four, 6: six}) as pair:
        assert pair.warnings == [("SO_MARK", 1)] * 2
        assert (pair.identifier, pair.kind, pair.flow_label) == (None, None, None)  # each has its own
        pair.connect()
        assert pair.receive() == [] and pair.due_ns() == 99
    assert four.told == six.told == ["connect", "receive", "close"]


@pytest.mark.parametrize("opener, settings, more", [
    ("echo", EchoLinkSettings, {"proof": Proof.IDENTIFIER}), ("udp", UdpLinkSettings, {}),
    ("udp", UdpLinkSettings, {"socket_per_probe": True}), ("flow", UdpLinkSettings, {}), ("tcp", TcpLinkSettings, {})])
@pytest.mark.parametrize("family", [IPV4, IPV6], ids=["4", "6"])
def test_links_in_memory_answer_every_question(opener, settings, more, family):
    network = memory()
    server = network.topology.address("server", family.version)
    for each in (network, RecordingNetwork(network, Recording(network.clock))):
        with getattr(each, f"open_{opener}_link")(settings(family, server, **more)) as link:
            assert link.kind in (("raw", "datagram") if opener == "echo" else (None,))
            assert link.identifier is not None if opener in ("echo", "flow") else link.identifier is None
            assert list(link.warnings) == [] and link.flow_label is None
            assert link.receive() == [] and link.due_ns() is None and link.fileno() == -1


@pytest.mark.parametrize("kind", [SimulatedNetwork, RecordingNetwork])
def test_networks_have_every_method_of_their_own(kind):
    """A network in memory that forgot one would reach out to the real one."""
    for key, method in public(Network).items():
        ours = vars(kind).get(key)
        assert ours is not None, key
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(method).parameters), key


def test_real_links_answer_every_question():
    network = Network()
    for opened in (network.open_udp_link(UdpLinkSettings(IPV4, "127.0.0.1")),
                   network.open_udp_link(UdpLinkSettings(IPV4, "127.0.0.1", socket_per_probe=True)),
                   network.open_flow_link(UdpLinkSettings(IPV4, "127.0.0.1")),
                   network.open_connect_link(TcpLinkSettings(IPV4, "127.0.0.1"))):
        with opened as link:
            assert (link.kind, link.flow_label, list(link.warnings), link.due_ns()) == (None, None, [], None)
            assert link.fileno() >= 0 and link.receive() == []
