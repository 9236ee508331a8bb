"""Interfaces: both ways to read them, and the files of /proc."""

import errno

import pytest

from netlite.environment import Environment
from netlite.errors import KernelRefused
from netlite.records.interfaces import Interface, InterfaceAddress
from netlite.render.interfaces import in_order, render_row, sort_key
from netlite.system.interfaces.interfaces import parse_if_inet6, parse_net_dev, read_interface, read_interfaces

TITLES = "Inter-|   Receive\n face |bytes    packets\n"


class WithoutNetlink(Environment):
    def netlink(self, protocol: int):
        raise OSError(errno.EPROTONOSUPPORT, "Protocol not supported")


class Refusing:
    """A channel whose every request is refused, as by a security module."""

    def start(self, *_):
        raise KernelRefused(errno.EPERM, "netlink request")

    dump = ask = start

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing is open."""


class WithoutAnswers(Environment):
    def netlink(self, protocol: int):
        return Refusing()


def warn(text: str) -> None:
    raise AssertionError(text)


def comparable(interface: Interface) -> Interface:
    """Without what differs by nature: counters move, and the ioctl fills addresses up to 14 bytes."""
    counted = interface.counters is not None
    return interface.replace(counters=counted, hardware_address=interface.hardware_address[:14].ljust(14, b"\0")[:6],
                             addresses=tuple(address.replace(scope=0) for address in interface.addresses[:1]))


def test_netlink_and_ioctls_agree():
    environment = Environment("ifconfig")
    try:
        environment.netlink(0).close()
    except OSError as refusal:
        pytest.skip(f"netlink is refused here: {refusal}")
    over_netlink = {interface.name: comparable(interface) for interface in read_interfaces(environment, warn)}
    over_ioctls = {interface.name: comparable(interface)
                   for interface in read_interfaces(WithoutNetlink("ifconfig"), warn)}
    assert over_netlink == over_ioctls
    assert {interface.name for interface in read_interfaces(WithoutAnswers("ifconfig"), warn)} == set(over_ioctls)
    for name, interface in over_netlink.items():
        assert comparable(read_interface(WithoutAnswers("ifconfig"), name, warn)) == interface
        assert comparable(read_interface(environment, name, warn)) == interface
        assert comparable(read_interface(WithoutNetlink("ifconfig"), name, warn)) == interface


@pytest.mark.parametrize("environment", [Environment("ifconfig"), WithoutNetlink("ifconfig")], ids=["netlink", "ioctl"])
def test_an_unknown_name_is_no_device(environment):
    with pytest.raises(Exception) as refusal:
        read_interface(environment, "no-such-thing", warn)
    assert refusal.value.errno == errno.ENODEV


def test_names_of_fifteen_characters_have_counters():
    table = parse_net_dev(TITLES + "abcdefghijklmno:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n    lo: 5 1\n")
    assert tuple(table["abcdefghijklmno"]) == tuple(range(1, 17))
    assert (table["lo"].rx_packets, table["lo"].tx_compressed) == (1, 0)


def test_ipv6_addresses_keep_their_order():
    rows = ("fe800000000000000000000000000001 02 40 20 80     eth0\n"
            "00000000000000000000ffff0a000001 02 60 00 80     eth0\n"
            "broken line\n"
            "00000000000000000000000000000001 01 80 10 80       lo\n")
    table = parse_if_inet6(rows)
    assert [(row.address, row.prefix_length, row.scope) for row in table["eth0"]] == [
        ("fe80::1", 64, 0x20), ("10.0.0.1", 96, 0)]
    assert table["lo"] == [InterfaceAddress("::1", 128, 0x10)]


@pytest.mark.parametrize("name", ["a\u2003b", "a\u0085b", "a\x1cb", "a\u2028b", "\udcff"])
def test_names_that_hold_what_only_python_takes_for_blanks(name):
    assert list(parse_net_dev(TITLES + f"{name:>6}: 5 1\n")) == [name]
    assert list(parse_if_inet6(f"fe800000000000000000000000000001 02 40 20 80 {name:>8}\n")) == [name]


def test_order_is_by_text_then_number_then_alias():
    names = ["lo", "e10", "e2", "eth0:web", "eth0:10", "eth0:2", "eth0", "e2147483648", "e", "a1b"]
    assert sorted(names, key=sort_key) == [
        "a1b", "e2147483648", "e", "e2", "e10", "eth0", "eth0:2", "eth0:10", "eth0:web", "lo"]


def test_a_row_without_counters_keeps_its_columns():
    row = render_row(Interface("eth0:1", 1, 0x1043, 1500, 1000, bytes(6)))
    assert row == "eth0:1           1500      - no statistics available -                        BMRU\n"
    assert in_order([]) == []
