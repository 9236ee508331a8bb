"""ifconfig's words: which ioctls they become, in which order, and what a refusal leaves."""

from __future__ import annotations

import pytest
from worlds import in_memory

from netlite.errors import KernelRefused, UsageError
from netlite.programs.ifconfig import changes as ifconfig_changes

ENODEV, EPERM = 19, 1


class Kernel:
    """Writes down what is asked of it; refuses the ioctls of `refused`."""

    def __init__(self, refused=(), errno=ENODEV):
        self.asked: list = []
        self._refused, self._errno = refused, errno

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing is open."""

    def _ask(self, what: str, *arguments):
        self.asked.append((what, *arguments))
        if what in self._refused:
            raise KernelRefused(self._errno, what)

    def set_flags(self, name, on, off=0):
        self._ask("SIOCSIFFLAGS", name, on, off)

    def flags(self, name):
        self._ask("SIOCGIFFLAGS", name)
        return 0

    def set_address(self, what, name, address):
        self._ask(what, name, address)

    def set_number(self, what, name, value):
        self._ask(what, name, value)

    def set_hardware_address(self, name, kind, address):
        self._ask("SIOCSIFHWADDR", name, kind, address.hex())

    def rename(self, name, new_name):
        self._ask("SIOCSIFNAME", name, new_name)

    def set_map(self, name, **changes):
        self._ask("SIOCSIFMAP", name, changes)

    def index(self, name):
        self._ask("SIOGIFINDEX", name)
        return 7

    def change_ipv6(self, what, index, address, prefix_bits):
        self._ask(what, index, address, prefix_bits)


def run(monkeypatch, words: str, kernel: Kernel | None = None, name: str = "d0"):
    kernel, world = kernel or Kernel(), in_memory("ifconfig")
    monkeypatch.setattr(ifconfig_changes, "InterfaceChanges", lambda world, errno, af: kernel)
    status = ifconfig_changes.configure(name, words.split(), False, world)
    return kernel.asked, world.err.text, status


UP = ("SIOCSIFFLAGS", "d0", 0x41, 0)

ORDERS = [
    ("10.0.0.1", [("SIOCSIFADDR", "d0", "10.0.0.1"), UP]),
    ("10.1", [("SIOCSIFADDR", "d0", "10.0.0.1"), UP]),
    ("10.0.0.1/24 mtu 1400", [("SIOCSIFADDR", "d0", "10.0.0.1"), UP, ("SIOCSIFMTU", "d0", 1400),
                              ("SIOCSIFNETMASK", "d0", "255.255.255.0")]),
    ("10.0.0.1/32", [("SIOCSIFADDR", "d0", "10.0.0.1"), UP, ("SIOCSIFNETMASK", "d0", "255.255.255.255")]),
    ("netmask 255.0.0.0 10.0.0.1", [("SIOCSIFNETMASK", "d0", "255.0.0.0"), ("SIOCSIFADDR", "d0", "10.0.0.1"), UP]),
    ("inet 10.0.0.1 down", [("SIOCSIFADDR", "d0", "10.0.0.1"), UP, ("SIOCSIFFLAGS", "d0", 0, 1)]),
    ("-arp allmulti", [("SIOCSIFFLAGS", "d0", 0x80, 0), ("SIOCSIFFLAGS", "d0", 0x200, 0)]),
    ("-promisc", [("SIOCSIFFLAGS", "d0", 0, 0x100), ("SIOCGIFFLAGS", "d0")]),
    ("broadcast 10.0.0.255", [("SIOCSIFBRDADDR", "d0", "10.0.0.255"), ("SIOCSIFFLAGS", "d0", 2, 0)]),
    ("pointopoint 10.0.0.2", [("SIOCSIFDSTADDR", "d0", "10.0.0.2"), ("SIOCSIFFLAGS", "d0", 0x10, 0)]),
    ("hw ether 2:0:0:0:0:a", [("SIOCSIFHWADDR", "d0", 1, "02000000000a")]),
    ("add fd00::1/64", [("SIOGIFINDEX", "d0"), ("SIOCSIFADDR", 7, "fd00::1", 64)]),
    ("del fd00::1", [("SIOGIFINDEX", "d0"), ("SIOCDIFADDR", 7, "fd00::1", 128)]),
    ("txqueuelen 0x10 name d1", [("SIOCSIFTXQLEN", "d0", 16), ("SIOCSIFNAME", "d0", "d1")]),
    ("mtu abc", [("SIOCSIFMTU", "d0", 0)]),
]


@pytest.mark.parametrize("words, asked", ORDERS, ids=[words for words, _ in ORDERS])
def test_words_become_ioctls_in_their_order(words, asked, monkeypatch):
    assert run(monkeypatch, words) == (asked, "", 0)


def test_an_alias_set_to_zero_is_not_brought_up(monkeypatch):
    asked, _, _ = run(monkeypatch, "0.0.0.0", name="d0:1")
    assert asked == [("SIOCSIFADDR", "d0:1", "0.0.0.0")]


STATUSES = [  # words, refused ioctls, status
    ("up mtu 9", ("SIOCSIFFLAGS", "SIOCSIFMTU"), 1), ("mtu 9 up", ("SIOCSIFFLAGS", "SIOCSIFMTU"), 255),
    ("up netmask 255.0.0.0", ("SIOCSIFFLAGS", "SIOCSIFNETMASK"), 255), ("netmask 255.0.0.0", ("SIOCSIFNETMASK",), 1),
    ("mtu 9 up", ("SIOCSIFMTU",), 1), ("up add fd00::1", ("SIOCSIFFLAGS", "SIOGIFINDEX"), 1),
]


@pytest.mark.parametrize("words, refused, status", STATUSES, ids=[f"{row[0]} {row[2]}" for row in STATUSES])
def test_the_last_failure_gives_the_status(words, refused, status, monkeypatch):
    assert run(monkeypatch, words, Kernel(refused, EPERM))[2] == status


def test_a_refusal_stops_nothing(monkeypatch):
    asked, text, _ = run(monkeypatch, "10.0.0.1/24 mtu 9 up", Kernel(("SIOCSIFADDR", "SIOCSIFMTU"), EPERM))
    assert [row[0] for row in asked] == ["SIOCSIFADDR", "SIOCSIFFLAGS", "SIOCSIFMTU", "SIOCSIFFLAGS", "SIOCSIFNETMASK"]
    assert text == "SIOCSIFADDR: Operation not permitted\nSIOCSIFMTU: Operation not permitted\n"


@pytest.mark.parametrize("words", ["10.0.0.1/33", "10.0.0.1/", "netmask", "mtu", "hw ether", "hw foo 02:00:00:00:00:01",
                                   "add fd00::1/129", "netmask 255.0.0.0 10.0.0.1/8"])
def test_wrong_words_end_with_the_usage(words, monkeypatch):
    with pytest.raises(UsageError) as refusal:
        run(monkeypatch, words)
    assert refusal.value.status == 3


@pytest.mark.parametrize("words, field, value", [
    ("irq 12x", "irq", 12), ("irq 0x10", "irq", 0), ("irq 300", "irq", 44), ("irq -1", "irq", 255), ("io_addr 0x300", "base_address", 0x300),
    ("io_addr 010", "base_address", 8), ("io_addr 65537", "base_address", 1), ("io_addr abc", "base_address", 0),
    ("mem_start 0xd0000", "mem_start", 0xD0000), ("mem_start -1", "mem_start", 2**64 - 1),
    ("mem_start 99999999999999999999", "mem_start", 2**64 - 1), ("media 10BASET", "port", 2), ("media db15", "port", 3),
    ("port 257", "port", 1), ("port +4", "port", 4)])
def test_numbers_in_the_map_of_an_interface(words, field, value, monkeypatch):
    assert run(monkeypatch, words) == ([("SIOCSIFMAP", "d0", {field: value})], "", 0)


@pytest.mark.parametrize("word", ["foo", "-1", "4294967295", "2x", "0x2"])
def test_no_medium(word, monkeypatch):
    assert run(monkeypatch, f"media {word}") == ([], "Unknown media type.\n", 1)
