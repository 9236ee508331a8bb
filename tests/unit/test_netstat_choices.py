"""What the command line of netstat asks for, and names that are looked up once."""

from __future__ import annotations

import pytest

from netlite.environment import Environment
from netlite.errors import UsageError
from netlite.programs.netstat.words import parse
from netlite.sockets.name_lookups import names_of
from netlite.system.names.hosts import HostNames, NumericHosts
from netlite.system.names.numbers import UserNumbers, service_names
from netlite.world import World

ALL = {"tcp", "sctp", "udp", "udplite", "raw"}


def choices(words: str):
    return parse(words.split(), Environment("netstat"), lambda: False)


@pytest.mark.parametrize("words, tables, families, lenient", [
    ("", set(), [], False), ("-t", {"tcp"}, ["inet", "inet6"], False), ("-4", ALL, ["inet"], True),
    ("-46", ALL, ["inet", "inet6"], True), ("-t6", {"tcp"}, ["inet6"], False), ("-x", {"unix"}, ["unix"], False),
    ("-g", {"igmp"}, ["inet", "inet6"], False), ("-g4", {"igmp", *ALL}, ["inet"], True), ("--ddp", set(), ["ddp"], False),
    ("-A ash", set(), ["ash"], False), ("--tcpip", ALL, ["inet"], True), ("-2", {"l2cap"}, [], False),
    ("-A inet,unix -u", {"unix", "udp"}, ["inet", "unix"], False), ("-s", ALL, ["inet", "inet6"], True)])
def test_tables_and_families(words, tables, families, lenient):
    found = choices(words)
    assert (found.tables, found.families, found.lenient) == (tables, families, lenient)


@pytest.mark.parametrize("words, view", [("-M", "masquerade"), ("-s", "statistics"), ("-rg", "routes"),
                                         ("-ig", "interfaces"), ("-g", "sockets"), ("extra -a words", "sockets")])
def test_view(words, view):
    assert choices(words).view == view


@pytest.mark.parametrize("words, status", [("-rr", 3), ("-is", 3), ("-?", 3), ("--num", 3), ("-A", 3), ("-A foo", 1),
                                           ("-A inet,", 1), ("-Z", 1), ("-tz", 3)])
def test_refused(words, status):
    with pytest.raises(UsageError) as refused:
        choices(words)
    assert refused.value.status == status


def test_hosts_are_asked_for_once_and_together():
    asked = []

    def look_up(texts):
        asked.append(sorted(texts))
        return {text: "one.example" if text == "192.0.2.1" else None for text in texts}

    hosts = HostNames(look_up, World(etc="/nonexistent"))
    one, two = bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2))
    hosts.learn([one, two, one])
    hosts.learn([one, two])
    assert asked == [["192.0.2.1", "192.0.2.2"]]
    assert (hosts[one], hosts[two], hosts[bytes(4)], hosts[bytes(16)]) == ("one.example", "192.0.2.2", "0.0.0.0", "[::]")


def test_mapped_addresses_are_asked_for_as_ipv6_and_shown_as_ipv4():
    asked = []
    hosts = HostNames(lambda texts: asked.extend(texts) or dict.fromkeys(texts), World(etc="/nonexistent"))
    assert hosts[bytes(10) + b"\xff\xff\x7f\0\0\1"] == "127.0.0.1"
    assert asked == ["::ffff:127.0.0.1"]
    assert NumericHosts()[bytes(16)] == "::"


def test_names_of_waits_for_every_answer():
    class Resolver:
        def name(self, address):
            if address == "bad":
                raise UnicodeError
            return address.upper()

    many = [f"host{number}" for number in range(100)]
    assert names_of(Resolver(), many) == {name: name.upper() for name in many}
    assert names_of(Resolver(), ["a", "bad"]) == {"a": "A", "bad": None}
    assert names_of(Resolver(), []) == {}


def test_service_names(tmp_path):
    (tmp_path / "services").write_text("ssh 22/tcp\nold 8443/tcp\nnew 8443/tcp\ndomain 53/udp\n")
    (tmp_path / "protocols").write_text("icmp 1 ICMP\nip 0 IP\n")
    tcp, raw = (service_names(World(etc=str(tmp_path)), kind) for kind in ("tcp", "raw"))
    assert (tcp[22], tcp[8443], tcp[53], tcp[0], raw[1], raw[22], raw[0]) == (
        ":ssh", ":new", ":53", ":*", ":icmp", ":22", ":*")


def test_user_ids_are_signed():
    assert (UserNumbers()[1000], UserNumbers()[4_000_000_000]) == ("1000", "-294967296")
