"""The grammar of route add and del: words to the change that is asked of the kernel."""

from __future__ import annotations

from _socket import EAI_NONAME

import pytest

from netlite.errors import NameUnknown, UsageError
from netlite.programs.route.changes import _read_ipv4, _read_ipv6
from netlite.records.routes import RouteFlags as Flag
from netlite.sockets.resolver import Address
from netlite.system.names.inet_words import InetNames
from netlite.system.routes.changes import RouteChange


class Hosts:
    """A resolver that knows router, and router6."""

    KNOWN = {"router": (2, "192.0.2.1"), "router6": (10, "2001:db8::1")}

    def addresses(self, host, af=0):
        family, text = self.KNOWN.get(host, (0, ""))
        if af not in (0, family):
            raise NameUnknown(EAI_NONAME, "Name or service not known")
        return [Address(family, text, host)]


@pytest.fixture
def names(tmp_path):
    (tmp_path / "networks").write_text("lab-net 198.18.0.0\n")
    return InetNames(Hosts(), str(tmp_path))


def net(destination: str, bits: int, flags: int = 0, **more) -> RouteChange:
    return RouteChange(destination, bits, Flag.UP | flags, **more)


def host(destination: str, flags: int = 0, **more) -> RouteChange:
    return net(destination, 32, Flag.HOST | flags, **more)


IPV4 = [
    ("default gw 10.0.0.9", net("0.0.0.0", 0, Flag.GATEWAY, gateway="10.0.0.9")),
    ("default gw router", net("0.0.0.0", 0, Flag.GATEWAY, gateway="192.0.2.1")),
    ("#net 10.0.0.0/8 eth0", net("10.0.0.0", 8, device="eth0")),
    ("#net 10.0.0.0 netmask 255.255.0.0 dev eth0", net("10.0.0.0", 16, device="eth0")),
    ("#net 10.0.0.1/32 dev eth0", net("10.0.0.1", 32, device="eth0")),
    ("lab-net netmask 255.254.0.0 eth0", net("198.18.0.0", 15, device="eth0")),
    ("#host lab-net eth0", host("198.18.0.0", device="eth0")),
    ("10.0.0.1 eth0", host("10.0.0.1", device="eth0")),
    ("#host 10.0.0.1 netmask 255.255.255.255 eth0", host("10.0.0.1", device="eth0")),
    ("10.0.0.1 reject", host("10.0.0.1", Flag.REJECT, device="lo")),
    ("10.0.0.1 reject dev eth0", host("10.0.0.1", Flag.REJECT, device="eth0")),
    ("#net 10.0.0.0/8 metric 7 mss 1400 window 4096 irtt 300 mod dyn reinstate eth0",
     net("10.0.0.0", 8, Flag.MTU | Flag.WINDOW | Flag.IRTT | Flag.MODIFIED | Flag.DYNAMIC | Flag.REINSTATE,
         metric=7, mss_bytes=1400, window_bytes=4096, irtt=300, device="eth0")),
    ("#net 10.0.0.0/8 metric 3x eth0", net("10.0.0.0", 8, metric=3, device="eth0")),
]

WRONG = [  # words, status, how the message starts
    ("10.0.0.0/16 gw 10.0.0.9", 3, "route: netmask 0000ffff doesn't make sense with host route\n"),
    ("#net 10.0.0.1/16 eth0", 3, "route: netmask doesn't match route address\n"),
    ("#net 10.0.0.0 netmask 255.0.255.0 eth0", 3, "route: bogus netmask 255.0.255.0\n"),
    ("#net 10.0.0.0/33 eth0", 3, "Usage: inet_route"), ("#net 10.0.0.0/x eth0", 3, "Usage: inet_route"),
    ("#net 10.0.0.0/8 netmask 255.0.0.0 eth0", 3, "Usage: inet_route"), ("#net", 3, "Usage: inet_route"),
    ("default gw 10.0.0.9 gw 10.0.0.8", 3, "Usage: inet_route"), ("default eth0 eth1", 3, "Usage: inet_route"),
    ("default metric x", 3, "Usage: inet_route"), ("default metric", 3, "Usage: inet_route"),
    ("default dev eth0 dev eth1", 3, "Usage: inet_route"), ("default gw lab-net", 3, "route: lab-net: cannot use a NETWORK"),
    ("default gw default", 3, "route: default: cannot use a NETWORK"), ("default mss 63", 3, "route: Invalid MSS/MTU.\n"),
    ("default window 127", 3, "route: Invalid window.\n"), ("gone eth0", 6, "gone: Unknown host\n"),
    ("default gw gone", 6, "gone: Unknown host\n"), ("#host #net 10.0.0.1", 6, "-net: Unknown host\n"),
]

IPV6 = [
    ("default gw fe80::1 dev eth0", net("::", 0, Flag.GATEWAY, gateway="fe80::1", device="eth0")),
    ("2001:db8::/32 eth0", net("2001:db8::", 32, device="eth0")),
    ("#net 2001:db8::/32 eth0", net("2001:db8::", 32, device="eth0")),
    ("2001:db8::1 metric 5 eth0", net("2001:db8::1", 128, Flag.HOST, metric=5, device="eth0")),
    ("router6 dev eth0", net("2001:db8::1", 128, Flag.HOST, device="eth0")),
]


@pytest.mark.parametrize("words, change", IPV4, ids=[words for words, _ in IPV4])
def test_ipv4(words, change, names):
    assert _read_ipv4(words.split(), names) == change


@pytest.mark.parametrize("words, change", IPV6, ids=[words for words, _ in IPV6])
def test_ipv6(words, change, names):
    assert _read_ipv6(words.split(), names) == change


@pytest.mark.parametrize("words, status, start", WRONG, ids=[words for words, _, _ in WRONG])
def test_refused(words, status, start, names):
    with pytest.raises(UsageError) as refusal:
        _read_ipv4(words.split(), names)
    assert refusal.value.status == status and refusal.value.text.startswith(start), refusal.value.text


@pytest.mark.parametrize("words, status, start", [
    ("2001:db8::/129 eth0", 3, "Usage: inet6_route"), ("gone eth0", 1, "getaddrinfo: gone: -2\ngone: Unknown host\n"),
    ("default gw router6", 6, "router6: not an IPv6 address\n"), ("default eth0 eth1", 3, "Usage: inet6_route"),
    ("default gw fe80::1 gw fe80::2", 3, "Usage: inet6_route")])
def test_refused_ipv6(words, status, start, names):
    with pytest.raises(UsageError) as refusal:
        _read_ipv6(words.split(), names)
    assert refusal.value.status == status and refusal.value.text.startswith(start), refusal.value.text
