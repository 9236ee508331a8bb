"""The rows of tables are explained by what stands there: each condition by itself, and how many rows are named."""

from __future__ import annotations

from ipaddress import ip_address
from types import SimpleNamespace

import pytest
from test_teach_rows import COUNTERS, route, sockets, told

from netlite.records.interfaces import Interface, InterfaceAddress, InterfaceFlags
from netlite.records.neighbours import NeighbourFlag
from netlite.records.routes import Route, RouteFlags
from netlite.teach.interface_rows import sentence_of
from netlite.teach.neighbour_rows import MOST

HERE, OPENED, OTHER, UNKNOWN = "192.168.1.7", "Probably this host opened it", "Probably the other end opened it", "Who opened it cannot be told"


@pytest.mark.parametrize("here, there, said", [
    (51000, 1000, OPENED), (1000, 443, OPENED), (40000, 41000, UNKNOWN), (700, 800, UNKNOWN),
    (1000, 51000, OTHER), (443, 1000, OTHER), (443, 22, UNKNOWN), (32768, 32767, OPENED), (32767, 32768, OTHER)])
def test_who_opened_a_connection_is_said_by_ports_given_out_or_by_services(here, there, said):
    text = told("Internet sockets", sockets((1, HERE, here, "192.168.1.9", there)), "tcp")
    assert [each for each in (OPENED, OTHER, UNKNOWN) if each in text] == [said]


@pytest.mark.parametrize("here, there", [("192.168.1.7", "192.168.1.7"), ("192.168.1.7", "127.0.0.2"), ("::ffff:10.0.0.1", "10.0.0.1")])
def test_the_other_end_is_this_host_by_its_own_address_or_by_loopback(here, there):
    assert "The other end is this host itself." in told("Internet sockets", sockets((1, here, 1, there, 2)), "tcp")


def test_what_waits_at_a_socket_is_said_by_its_state():
    text = told("Internet sockets", sockets((7, "0.0.0.0", 53, "0.0.0.0", 0, 9, 9)), "udp")
    assert "9 bytes came that the program has not read yet. 9 bytes were sent" in text and "accepted" not in text
    text = told("Internet sockets", sockets((10, "0.0.0.0", 40000, "0.0.0.0", 0, 0, 5)), "tcp")
    assert "were sent" not in text and "a client, rather" not in text


@pytest.mark.parametrize("more", [0, 1])
def test_neighbours_and_routes_beyond_those_that_are_named_are_counted(more):
    rows = [(f"192.168.1.{place}", 1, NeighbourFlag.COMPLETE, "3c:22:fb:00:00:01", "*", "eth0") for place in range(1, MOST + more + 1)]
    assert ("1 more neighbours." in told("neighbours", rows)) == bool(more) and "maker" not in told("neighbours", rows)
    rows = [(bytes((10, place, 0, 0)), route(length=16)) for place in range(1, MOST + more + 1)]
    assert ("1 more rows." in told("IPv4 routes", rows)) == bool(more)
    addresses = tuple([InterfaceAddress(f"10.0.0.{place}", 24) for place in range(1, 5 + more)])
    text = sentence_of(Interface("eth0", 1, 0x1043, 1500, None, b"", addresses))
    assert ("10.0.0.4/24 is private; and 1 more." in text) == bool(more) and ("10.0.0.4/24 is private." in text) != bool(more)


def test_rows_of_ipv6_that_lead_nowhere_are_not_told_one_by_one():
    def row(destination, length, flags, device="eth0"):
        return Route(ip_address(destination).packed, length, bytes(16), RouteFlags.UP | flags, 0, 1, 0, device)

    cached = row("2001:db8:7::9", 128, RouteFlags.CACHE)
    anycast = row("2001:db8::", 128, RouteFlags.NONEXTHOP)
    group = row("ff00::", 8, 0)
    text = told("IPv6 routes", [row("2001:db8::", 64, 0), cached, anycast, group])
    assert "2001:db8::/64" in text and "2001:db8:7::9" not in text and "the one host" not in text and "ff00::/8 need" not in text
    assert "Rows for ff00::/8 say" in text
    assert "the one host 2001:db8::5" in told("IPv6 routes", [row("2001:db8::5", 128, RouteFlags.NONEXTHOP | RouteFlags.REJECT)])
    assert "the one host 2001:db8::6" in told("IPv6 routes", [row("2001:db8::6", 128, 0)])
    assert "always has this row" not in told("IPv6 routes", [row("2001:db8::", 64, RouteFlags.REJECT)])
    assert "always has this row" not in told("IPv4 routes", [(bytes(4), route(flags=RouteFlags.UP | RouteFlags.REJECT))])


def test_what_was_sent_and_never_answered_is_no_trouble_of_loopback_nor_of_who_hears():
    sent = COUNTERS.replace(tx_packets=5)
    up = InterfaceFlags.UP | InterfaceFlags.RUNNING
    assert "none came" not in sentence_of(Interface("lo", 772, up | InterfaceFlags.LOOPBACK, 65536, None, b"", (), (), sent))
    assert "none came" not in sentence_of(Interface("eth0", 1, up, 1500, None, b"", (), (), sent.replace(rx_packets=1)))
    assert "none came" not in sentence_of(Interface("eth0", 1, up, 1500, None, b"", (), (), COUNTERS))
    assert "NOARP" in sentence_of(Interface("dummy0", 1, up | InterfaceFlags.NOARP, 1500, None, b""))
    assert "NOARP" not in sentence_of(Interface("eth0", 1, up, 1500, None, b""))


@pytest.mark.parametrize("paths, said", [
    ([], "instead of ports."), (["/a"], "Programs wait at /a."), (["/a", "/b", "/c"], "Programs wait at /a, /b, /c."),
    (["/a", "/b", "/c", "/d"], "Programs wait at /a, /b, /c and 1 more.")])
def test_of_unix_sockets_three_places_are_named(paths, said):
    meanings = {"waits": SimpleNamespace(is_server=True), "joined": SimpleNamespace(is_server=False)}
    block = SimpleNamespace(kinds=["waits"] * len(paths) + ["joined", "waits"], paths=[*paths, "/e", ""], meanings=meanings)
    text = told("Unix sockets", [block])
    assert text.endswith(said) or f"{said} " in text
    assert f"{len(paths) + 2} Unix sockets" in text and "/e" not in text
