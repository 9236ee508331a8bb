"""arp: rows of /proc/net/arp to text, words to requests."""

from __future__ import annotations

import pytest

from netlite.errors import HostUnknown, NameUnknown, UsageError
from netlite.programs.arp.changes import _hardware_address
from netlite.records.hardware import BY_NAME
from netlite.records.neighbours import Neighbour
from netlite.render.arp import LinuxRows, render_bsd_row
from netlite.system.names.inet_words import InetNames
from netlite.system.neighbours.neighbours import ArpRequest, parse_arp

TABLE = """\
IP address       HW type     Flags       HW address            Mask     Device
10.10.0.1        0x1         0x2         02:00:00:00:0a:01     *        eth0
10.10.0.62       0x1         0x7e        02:00:00:00:ee:62     255.255.255.0 eth0
10.10.0.63       0x1         0x2                               *        eth1
10.10.0.78       0x0         0xc         00:00:00:00:00:00     *        *
"""


def test_rows_keep_the_kernels_order_and_an_empty_hardware_column():
    rows = parse_arp(TABLE)
    assert rows[0] == Neighbour("10.10.0.1", 1, 2, "02:00:00:00:0a:01", "*", "eth0")
    assert [row.device for row in rows] == ["eth0", "eth0", "eth1", "*"]
    assert rows[2].hardware_address == ""


@pytest.mark.parametrize("index, linux, bsd", [
    (1, "10.10.0.62               ether   02:00:00:00:ee:62   CMP!T 255.255.255.0   eth0\n",
     "? (10.10.0.62) at 02:00:00:00:ee:62 [ether] netmask 255.255.255.0 PERM PUB DONTPUB TRAIL on eth0\n"),
    (3, "10.10.0.78               *       <from_interface>    MP                    *\n",
     "? (10.10.0.78) at <from_interface> PERM PUB on *\n"),
])
def test_rows_as_text(index, linux, bsd):
    row = parse_arp(TABLE)[index]
    assert LinuxRows({0: "ether", 1: "ether"}).render(row, row.address) == linux
    assert render_bsd_row(row, "?", "ether") == bsd


@pytest.mark.parametrize("text", ["02:00:00:00:ee:60", "2:0:0:0:ee:60", "02000000ee60"])
def test_hardware_addresses(text):
    assert _hardware_address(text, BY_NAME["ether"]) == bytes.fromhex("02000000ee60")


@pytest.mark.parametrize("text", ["02:00:00", "02:00:00:00:ee:68:99:aa", "zz:00:00:00:ee:04", "", "02:00:00:00:ee:",
                                  "+2:00:00:00:ee:60", "02:00:00:00:ee:0x6"])
def test_wrong_hardware_addresses_are_refused(text):
    with pytest.raises(UsageError):
        _hardware_address(text, BY_NAME["ether"])


def test_a_request_has_the_size_and_places_of_struct_arpreq():
    request = ArpRequest("10.0.0.1", 6)
    request.hardware_type, request.hardware_address, request.device = 1, b"\x02\0\0\0\0\1", "eth0"
    wire = request.to_wire()
    assert len(wire) == 68
    assert wire[:8] == bytes.fromhex("020000000a000001") and wire[16:24] == bytes.fromhex("0100020000000001")
    assert wire[32:36] == b"\6\0\0\0" and wire[52:57] == b"eth0\0"


class Hosts:
    """A resolver with one host."""

    def addresses(self, host, af=0):
        from netlite.sockets.resolver import Address

        if host != "both":
            raise NameUnknown(-2, "Name or service not known")
        return [Address(2, "192.0.2.7", host)]


def test_words_become_addresses_networks_before_hosts(tmp_path):
    (tmp_path / "networks").write_text("both 10\n")
    names = InetNames(Hosts(), str(tmp_path))
    assert names.resolve("default") == ("0.0.0.0", True)
    assert names.resolve("10.1") == ("10.0.0.1", False)
    assert names.resolve("both") == ("10.0.0.0", True)
    assert names.resolve("both", hosts_first=True) == ("192.0.2.7", False)
    with pytest.raises(HostUnknown, match="^gone: Unknown host$"):
        names.resolve("gone")
