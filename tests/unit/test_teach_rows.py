"""The rows of tables are explained by what stands there."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from netlite.records.connections import TCP_STATE_NAMES, Connections, Timer
from netlite.records.interfaces import Interface, InterfaceAddress, InterfaceCounters, InterfaceFlags
from netlite.records.neighbours import NeighbourFlag
from netlite.records.routes import Route, RouteFlags
from netlite.teach.columns import Overheard
from netlite.teach.interface_rows import PURPOSES, purpose, sentence_of
from netlite.teach.places import address_class
from netlite.teach.socket_rows import MOST, STATES
from netlite.teach.surroundings import Surroundings
from netlite.teach.table_rows import TELLERS, explain_tables

AROUND = Surroundings({(443, "tcp"): "https", (22, "tcp"): "ssh", (53, "udp"): "domain"}, ("192.168.1.1",))


class Nowhere:
    def write(self, text):
        """Nobody reads."""


def told(table: str, rows: list, label: str = "") -> str:
    out = Overheard(Nowhere())
    out.tell_rows(table, rows, label)
    return " ".join(explain_tables(out, AROUND).split())


def sockets(*rows) -> list:
    """One block of (state, local, port, remote, port, and from there on what is given)."""
    full = [(state, port, other, ip_address(here).packed, ip_address(there).packed, *more, *(0, 0, 0, 1, None)[len(more):])
            for state, here, port, there, other, *more in rows]
    return [Connections.of_rows(full)]


@pytest.mark.parametrize("state", range(1, 12))
def test_every_state_is_explained(state):
    text = told("Internet sockets", sockets((state, "192.168.1.7", 51000, "142.250.1.1", 443)), "tcp")
    assert f"{TCP_STATE_NAMES[state]}, {STATES[state]}." in text
    assert "443 (https)" in text and "The other end is public: somewhere on the Internet" in text
    assert "Probably this host opened it" in text
    assert ("another wifi" in text) == (TCP_STATE_NAMES[state] not in ("SYN_SENT", "CLOSE"))  # who was heard of is translated


def test_who_is_at_the_other_end():
    text = told("Internet sockets", sockets((1, "192.168.1.7", 22, "192.168.1.9", 51000), (1, "127.0.0.1", 5000, "127.0.0.1", 6000),
                                            (1, "10.0.0.1", 700, "100.64.3.3", 800)), "tcp")
    assert "Probably the other end opened it" in text and "The other end is private" in text and "wifi" not in text
    assert "The other end is this host itself." in text and "The other end is shared: inside a provider's network" in text
    assert "Who opened it cannot be told from the ports." in text


def test_of_udp_nobody_knows_whether_it_is_translated():
    text = told("Internet sockets", sockets((1, "192.168.1.7", 51000, "142.250.1.1", 443)), "udp")
    assert "The other end is public" in text and "(NAT)" not in text


def test_a_raw_socket_hears_a_protocol():
    for label in ("raw", "raw6"):  # that of IPv6 is given no headers
        text = told("Internet sockets", sockets((7, "0.0.0.0", 58, "0.0.0.0", 0)), label)
        assert "all packets of IP protocol 58" in text and "whole" not in text


def test_what_a_socket_waits_for():
    text = told("Internet sockets", sockets((10, "0.0.0.0", 22, "0.0.0.0", 0, 3), (10, "127.0.0.1", 631, "0.0.0.0", 0),
                                            (10, "192.168.1.7", 80, "0.0.0.0", 0)), "tcp")
    assert "tcp port 22 (ssh): a program waits for connections, from wherever this host can be reached" in text
    assert "3 connections wait to be accepted" in text
    assert "from this host alone (loopback)" in text and "at its address 192.168.1.7 alone (private)" in text
    text = told("Internet sockets", sockets((7, "0.0.0.0", 53, "0.0.0.0", 0), (7, "::", 40000, "::", 0)), "udp6")
    assert "udp6 port 53 (domain): a program waits for datagrams" in text and "a client, rather than a server" in text
    text = told("Internet sockets", sockets((1, "10.0.0.1", 51000, "10.0.0.2", 443, 5, 7, 0, 1, Timer(1, 150, 1, 0))), "tcp")
    assert "5 bytes came that the program has not read yet. 7 bytes were sent and not acknowledged yet." in text
    assert "In 1.50 s it sends again what was not acknowledged." in text


def test_of_many_rows_the_rest_is_counted():
    rows = [(6, "10.0.0.1", 40000 + place, "10.0.0.2", 443) for place in range(30)]
    text = told("Internet sockets", sockets((1, "10.0.0.1", 39999, "10.0.0.2", 443), *rows), "tcp")
    assert text.index("ESTABLISHED") < text.index("TIME_WAIT") and f"{31 - MOST} more of tcp TIME_WAIT: it is over" in text
    assert "No socket is shown" in told("Internet sockets", sockets(), "tcp")


@pytest.mark.parametrize("name, word", [
    ("lo", "loopback"), ("docker0", "Docker"), ("br-0123456789ab", "Docker"), ("br0", "bridge"), ("virbr0", "bridge"),
    ("veth1a2b", "virtual cable"), ("tun0", "VPN"), ("tap3", "Ethernet frames"), ("wg0", "WireGuard"), ("wlp3s0", "wireless"),
    ("eth0", "Ethernet card"), ("enp0s31f6", "Ethernet card"), ("eth0.7", "VLAN"), ("bond0", "several cards"), ("ppp0", "dialled"),
    ("dummy0", "dummy"), ("zerotier", "its name does not say")])
def test_what_an_interface_is_for(name, word):
    flags = InterfaceFlags.UP | (InterfaceFlags.LOOPBACK if name == "lo" else 0)
    assert word in purpose(Interface(name, 1, flags, 1500, None, b""))
    assert len(PURPOSES) > 12


COUNTERS = InterfaceCounters(*[0] * 16)


def test_the_state_of_an_interface():
    flags = InterfaceFlags
    up = flags.UP | flags.RUNNING
    assert "has no link (not RUNNING)" in sentence_of(Interface("docker0", 1, flags.UP, 1500, None, b""))
    assert "switched off" in sentence_of(Interface("eth1", 1, 0, 1500, None, b""))
    lo = sentence_of(Interface("lo", 772, up | flags.LOOPBACK, 65536, None, b""))
    assert "no cable that could be out" in lo and "jumbo" not in lo
    text = sentence_of(Interface("wg0", 65534, up | flags.POINTOPOINT | flags.NOARP, 1420, None, b"", (
        InterfaceAddress("10.8.0.2", 32),), (), COUNTERS.replace(tx_packets=5)))
    assert "less than Ethernet's 1500" in text and "one other end" in text and "NOARP" not in text
    assert "5 packets were sent and none came" in text and "10.8.0.2/32 is private" in text
    text = sentence_of(Interface("eth0", 1, up | flags.PROMISC | flags.SLAVE, 9000, None, b"", (), (),
                                 COUNTERS.replace(rx_packets=1, rx_errors=3)))
    assert "PROMISC" in text and "SLAVE" in text and "3 packets came damaged" in text and "jumbo" in text


@pytest.mark.parametrize("name", ["eth0", "wg0", "dummy0", "veth1"])
def test_causes_of_trouble_are_examples(name):
    """A counter tells that, never why."""
    sent = COUNTERS.replace(tx_packets=5)
    text = sentence_of(Interface(name, 1, 0x1043, 1500, None, b"", (), (), sent))
    assert "none came: nobody is there, nobody answers, or what was sent wants no answer" in text
    for counter, may in (("rx_errors", "a bad cable, say; in a tunnel"), ("tx_dropped", "in a full queue, say, or")):
        assert may in sentence_of(Interface(name, 1, 0x1043, 1500, None, b"", (), (), sent.replace(**{counter: 3})))


def test_veths_are_counted():
    made = [Interface(f"veth{place}", 1, 0x1043, 1500, None, b"") for place in range(12)]
    text = told("interfaces", [Interface("eth0", 1, 0x1043, 1500, None, b"", (InterfaceAddress("192.168.1.7", 24),)), *made])
    assert "10 more interfaces, 10 of them ends of virtual cables (veth)." in text and "(NAT)" in text


def route(gateway: str = "", flags: int = RouteFlags.UP, length: int = 0, metric: int = 0, version: int = 4) -> Route:
    zero = bytes(4 if version == 4 else 16)
    packed = ip_address(gateway).packed if gateway else zero
    return Route(zero, length, packed, flags | (RouteFlags.GATEWAY if gateway else 0), metric, 0, 0, "eth0")


def test_which_route_a_packet_takes():
    rows = [(bytes(4), route("192.168.1.1", metric=100)), (bytes(4), route("192.168.1.2", metric=50)),
            (bytes((192, 168, 1, 0)), route(length=24)), (bytes((10, 9, 9, 9)), route(length=32, flags=RouteFlags.UP | RouteFlags.REJECT)),
            (bytes((169, 254, 0, 0)), route(length=16))]
    text = told("IPv4 routes", rows)
    assert "the default route) are handed to the router 192.168.1.2 by eth0 (G), whose address is private; metric 50." in text
    assert "192.168.1.0/24 need no router" in text and "the one host 10.9.9.9 are refused here (!)" in text
    assert "169.254.0.0/16, link-local addresses, stay on the wire" in text
    assert "a packet to 8.8.8.8 takes the row 0.0.0.0/0 by eth0. 2 rows fit" in text
    assert "Network is unreachable" in told("IPv4 routes", rows[2:3]) and "The table is empty" in told("IPv4 routes", [rows[0]][:0] or [
        (bytes(4), route(flags=0))])


def test_an_empty_table_is_one_of_several():
    text = told("IPv4 routes", [(bytes(4), route(flags=0))])
    assert "by IPv4 this host reaches nobody but itself, unless rules name other tables" in text


@pytest.mark.parametrize("device", ["wg0", "tun0", "eth0"])
def test_arp_is_not_asked_in_a_tunnel(device):
    text = told("IPv4 routes", [(bytes((10, 8, 0, 0)), route(length=24).replace(interface=device))])
    assert f"those on the wire of {device} itself (on Ethernet and wifi, ARP asks who has the address)" in text


def test_no_next_hop_is_not_an_address():
    refused = route(flags=RouteFlags.REJECT | RouteFlags.NONEXTHOP, metric=-1, version=6)
    own = Route(ip_address("2001:db8::1").packed, 128, bytes(16), RouteFlags.UP | RouteFlags.NONEXTHOP | RouteFlags.LOCAL, 0, 1, 0, "lo")
    text = told("IPv6 routes", [refused, own])
    assert "refused here (!n: no next hop)" in text and "1 rows with Un" in text and "is refused: nothing leads there" in text
    text = told("IPv6 routes", [refused, route("fe80::1", metric=1024, version=6)])
    assert "takes the row ::/0 by eth0." in text and "nothing leads" not in text


def test_why_a_neighbour_is_incomplete():
    done = NeighbourFlag.COMPLETE
    text = told("neighbours", [("192.168.1.1", 1, done, "02:00:00:00:00:01", "*", "eth0"),
                               ("192.168.1.77", 1, 0, "00:00:00:00:00:00", "*", "eth0"),
                               ("192.168.1.5", 1, done | NeighbourFlag.PERMANENT, "3c:22:fb:00:00:01", "*", "eth0"),
                               ("192.168.1.6", 1, done | NeighbourFlag.PUBLISHED, "", "*", "eth0")])
    assert text.index("192.168.1.77 is incomplete: this host asked on eth0") < text.index("192.168.1.5")
    assert "192.168.1.1, the router that packets to elsewhere are handed to, answers at" in text
    assert "entered by hand" in text and "proxy ARP" in text and text.count("from no maker") == 1
    text = told("neighbours", [("fe80::1", 1, done, "3c:22:fb:00:00:01", "*", "eth0"),
                               ("2001:db8::9", 1, done | NeighbourFlag.PUBLISHED, "", "*", "eth0")])
    assert "learned by neighbour discovery" in text and "proxy neighbour discovery" in text and "ARP" not in text
    assert "No neighbour is known" in told("neighbours", []) or not told("neighbours", [])


def test_groups_that_the_kernel_joins_by_itself():
    from netlite.records.groups import GroupMembership

    text = told("multicast groups", [GroupMembership("lo", 1, ip_address("224.0.0.1").packed),
                                     GroupMembership("eth0", 1, ip_address("224.0.0.1").packed),
                                     GroupMembership("eth0", 1, ip_address("ff02::1:ff00:1").packed)])
    assert "224.0.0.1 on lo, eth0: all hosts of the wire, which every host joins by itself" in text
    assert "neighbour discovery" in text


def test_the_loopback_address_of_a_name_is_debians_alone():
    text = told("names of this host", ["127.0.1.1 127.0.0.53 192.168.1.7"], "i")
    assert text.count("Debian") == 1 and "127.0.0.53 is loopback: this host itself" in text


@pytest.mark.parametrize("address, name", [
    ("0.0.0.0", "any"), ("::", "any"), ("127.3.3.3", "loopback"), ("::1", "loopback"), ("255.255.255.255", "broadcast"),
    ("224.0.0.9", "multicast"), ("ff05::1", "multicast"), ("169.254.9.9", "link-local"), ("fe80::1%eth0", "link-local"),
    ("10.1.1.1", "private"), ("172.31.0.1", "private"), ("172.32.0.1", "public"), ("fd00::1", "private"), ("100.64.0.1", "shared"),
    ("8.8.8.8", "public"), ("2a00::1", "public"), ("::ffff:10.0.0.1", "private"), ("240.1.1.1", "reserved")])
def test_address_classes(address, name):
    assert address_class(address)[0] == name


@pytest.mark.parametrize("table", TELLERS)
def test_names_from_outside_are_made_visible(table):
    bad = "eth\x1b[31m"
    rows = {"interfaces": [Interface(bad, 1, 0x1043, 1500, None, b"")], "IPv4 routes": [(bytes(4), route().replace(interface=bad))],
            "IPv6 routes": [route(version=6).replace(interface=bad)], "neighbours": [("192.0.2.1", 1, 2, bad, "*", bad)]}.get(table)
    if table == "multicast groups":
        from netlite.records.groups import GroupMembership

        rows = [GroupMembership(bad, 1, ip_address("224.0.0.1").packed)]
    assert "\x1b" not in told(table, rows or [])
