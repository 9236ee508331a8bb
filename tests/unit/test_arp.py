"""arp: rows of /proc/net/arp to text, words to requests."""

from __future__ import annotations

import pytest
from worlds import recorded

from netlite.command_line.hardware_addresses import parse_hardware_address
from netlite.feature_errors import HostUnknown
from netlite.programs.arp.ethers import lines_of, words_of
from netlite.programs.arp.table import HostNames
from netlite.records.hardware import BY_NAME
from netlite.records.neighbours import Neighbour
from netlite.render.arp import LinuxRows, render_bsd_row
from netlite.system.names.inet_words import InetNames
from netlite.system.neighbours.changes import ArpRequest
from netlite.system.neighbours.neighbours import parse_arp
from netlite.world import World

TABLE = """\
IP address       HW type     Flags       HW address            Mask     Device
10.10.0.1        0x1         0x2         02:00:00:00:0a:01     *        eth0
10.10.0.62       0x1         0x7e        02:00:00:00:ee:62     255.255.255.0 eth0
10.10.0.63       0x1         0x2                               *        eth1
10.10.0.78       0x0         0xc         00:00:00:00:00:00     *        *
"""
ROWS = TABLE.splitlines()[1:]


def test_rows_keep_the_kernels_order_and_an_empty_hardware_column():
    rows = parse_arp(ROWS)
    assert rows[0] == Neighbour("10.10.0.1", 1, 2, "02:00:00:00:0a:01", "*", "eth0")
    assert [row.device for row in rows] == ["eth0", "eth0", "eth1", "*"]
    assert rows[2].hardware_address == ""


@pytest.mark.parametrize("name", ["a\u2003b", "a\u0085b", "a\x1cb", "a\u2028b", "\udcff"])
def test_devices_with_what_only_python_takes_for_blanks(name):
    assert parse_arp([row.replace("eth1", name) for row in ROWS])[2].device == name


@pytest.mark.parametrize("index, linux, bsd", [
    (1, "10.10.0.62               ether   02:00:00:00:ee:62   CMP!T 255.255.255.0   eth0\n",
     "? (10.10.0.62) at 02:00:00:00:ee:62 [ether] netmask 255.255.255.0 PERM PUB DONTPUB TRAIL on eth0\n"),
    (3, "10.10.0.78               *       <from_interface>    MP                    *\n",
     "? (10.10.0.78) at <from_interface> PERM PUB on *\n"),
])
def test_rows_as_text(index, linux, bsd):
    row = parse_arp(ROWS)[index]
    assert LinuxRows({0: "ether", 1: "ether"}).render(row, row.address) == linux
    assert render_bsd_row(row, "?", "ether") == bsd


@pytest.mark.parametrize("text", ["02:00:00:00:ee:60", "2:0:0:0:ee:60", "02000000ee60"])
def test_hardware_addresses(text):
    assert parse_hardware_address(text, BY_NAME["ether"]) == bytes.fromhex("02000000ee60")


@pytest.mark.parametrize("text", ["02:00:00", "02:00:00:00:ee:68:99:aa", "zz:00:00:00:ee:04", "", "02:00:00:00:ee:",
                                  "+2:00:00:00:ee:60", "02:00:00:00:ee:0x6"])
def test_wrong_hardware_addresses_are_refused(text):
    with pytest.raises(ValueError):
        parse_hardware_address(text, BY_NAME["ether"])


def test_a_request_has_the_size_and_places_of_struct_arpreq():
    request = ArpRequest("10.0.0.1", 6)
    request.hardware_type, request.hardware_address, request.device = 1, b"\x02\0\0\0\0\1", "eth0"
    wire = request.to_wire()
    assert len(wire) == 68
    assert wire[:8] == bytes.fromhex("020000000a000001") and wire[16:24] == bytes.fromhex("0100020000000001")
    assert wire[32:36] == b"\6\0\0\0" and wire[52:57] == b"eth0\0"


def test_words_become_addresses_networks_before_hosts(tmp_path):
    names = InetNames(recorded(tmp_path, "arp", hosts="192.0.2.7 both\n", networks="both 10\n"))
    assert names.resolve("default") == ("0.0.0.0", True)
    assert names.resolve("10.1") == ("10.0.0.1", False)
    assert names.resolve("both") == ("10.0.0.0", True)
    assert names.resolve("both", hosts_first=True) == ("192.0.2.7", False)
    with pytest.raises(HostUnknown, match="^gone: Unknown host$"):
        names.resolve("gone")


def test_names_of_neighbours(tmp_path):
    (tmp_path / "networks").write_text("lab 0.7.0.0\n")
    asked = []
    names = HostNames(lambda address: asked.append(address) or "host", World(etc=str(tmp_path)))
    assert [names[address] for address in ("10.0.0.1", "0.0.0.0", "0.7.0.0", "0.8.0.0")] == ["host", None, "lab", None]
    assert asked == ["10.0.0.1"] and HostNames(None, World(etc=str(tmp_path)))["0.7.0.0"] is None


@pytest.mark.parametrize("hardware, text, address", [
    ("ether", "2:0:0:0:0:a", "02000000000a"), ("ether", "02000000000A:", "02000000000a"), ("ether", "0200:0000:000a", "02000000000a"),
    ("ether", "02:00:00:00:00:0a\r", "02000000000a"), ("eui64", "1:2:3:4:5:6:7:8", "0102030405060708"),
    ("fddi", "020000:00000a", "02000000000a"), ("arcnet", "7f", "7f"), ("ax25", "nj7p-1", "9c946ea0404002"),
    ("netrom", "NJ7P-0x1", "9c946ea0404000"), ("ax25", "", "40404040404000"), ("ax25", "-4294967297", "40404040404002"), ("ax25", "--1", "404040404040fe"),
    ("rose", "1234567890", "1234567890"), ("x25", "1234/2", "313233"), ("ash", "1:f", "02ea" + "c9" * 62)])
def test_addresses_of_every_link_type(hardware, text, address):
    assert parse_hardware_address(text, BY_NAME[hardware]).hex() == address


@pytest.mark.parametrize("hardware, text", [
    ("ether", ""), ("ether", "02:00"), ("ether", "02:00:00:00:00:0a:0b"), ("ether", "02:00:00:00:00:0ax"), ("ether", "\uff10" * 12),
    ("ether", "02:00:00:00:00:0g"), ("ether", "02::00:00:00:0a"), ("fddi", "2:0:0:0:0:a"), ("arcnet", "7"), ("ax25", "ABCDEFG"),
    ("ax25", "\xe9"), ("rose", "123456789"), ("x25", ""), ("x25", "1" * 16), ("x25", "123/4"), ("ash", "10"), ("ash", "1 "),
    ("dlci", "1"), ("loop", "02:00:00:00:00:0a"), ("tunnel", "1")])
def test_no_hardware_addresses(hardware, text):
    with pytest.raises(ValueError):
        parse_hardware_address(text, BY_NAME[hardware])


def test_lines_of_an_ethers_file():
    assert lines_of(b"a\nb\0c\n\nd") == ["a\n", "b", "\n", "d"]
    assert lines_of(b"") == [] and lines_of(b"\n") == ["\n"]
    assert [len(line) for line in lines_of(b"x" * 2500 + b"\n" + b"y" * 1023 + b"\n")] == [1023, 1023, 455, 1023, 1]
    assert words_of("a 'b c'\t\"d\"e 'f\\' g' h'i") == ["a", "b c", "d", "e", "f\\' g", "h'i"]
    assert words_of("'open end") == ["open end"] and len(words_of("w " * 40)) == 31
