"""``hostname -I`` where netlink is refused: SIOCGIFCONF lists every address, whatever its label."""

from __future__ import annotations

from _socket import inet_aton
from errno import ENODEV, EPROTONOSUPPORT

import pytest

from netlite.records.interfaces import InterfaceFlags as Flag
from netlite.system import ioctls
from netlite.system.interfaces.own_addresses import read_own_addresses
from netlite.world import World

FLAGS = {"lo": Flag.UP | Flag.LOOPBACK, "eth0": Flag.UP, "eth1": 0, "wan": Flag.UP}
ROWS = [("lo", "127.0.0.1"), ("eth0", "192.0.2.1"), ("eth0", "192.0.2.2"), ("eth0:1", "192.0.2.3"),
        ("eth1", "198.51.100.1"), ("gone", "198.51.100.2"), ("wan", "203.0.113.1")]
IF_INET6 = """\
20010db8000000000000000000000001 02 40 00 80     eth0
fe800000000000000000000000000001 02 40 20 80     eth0
20010db8000000000000000000000009 03 40 00 80     eth1
00000000000000000000000000000001 01 80 10 80       lo
20010db8000000000000000000000002 04 40 00 80      wan
"""


class ListedIoctls(ioctls.Ioctls):
    """Knows the flags of devices and the rows of SIOCGIFCONF."""

    def addresses(self) -> list[tuple[str, bytes]]:
        return [(name, inet_aton(address)) for name, address in ROWS]

    def call(self, af, request, payload, pointer_at=0, text=None):
        assert request == ioctls.SIOCGIFFLAGS
        name = payload[:ioctls.NAME_BYTES].rstrip(b"\0").decode()
        if name not in FLAGS:
            raise OSError(ENODEV, "No such device")
        return payload[:ioctls.NAME_BYTES] + ioctls.FLAGS.pack(FLAGS[name])


class NoNetlink(World):
    @property
    def ioctls(self) -> ListedIoctls:
        return ListedIoctls()

    def netlink(self, protocol):
        raise OSError(EPROTONOSUPPORT, "Protocol not supported")


@pytest.mark.parametrize("ipv6", [True, False])
def test_all_addresses_of_devices_that_are_up(tmp_path, ipv6):
    (tmp_path / "net").mkdir()
    if ipv6:
        (tmp_path / "net" / "if_inet6").write_text(IF_INET6)
    assert read_own_addresses(NoNetlink(proc=str(tmp_path))) == [
        "192.0.2.1", "192.0.2.2", "192.0.2.3", "203.0.113.1", *["2001:db8::1", "2001:db8::2"] * ipv6]


def test_each_address_that_the_kernel_lists_has_a_name():
    """Whatever addresses this machine has, each is listed with the name that has it."""
    with ioctls.Ioctls() as control:
        for name, packed in control.addresses():
            assert len(packed) == 4
            assert ioctls.ask(control, ioctls.SIOCGIFFLAGS, name)
