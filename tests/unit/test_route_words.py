"""The grammar of route add and del: words to the change that is asked of the kernel."""

from __future__ import annotations

import pytest
from worlds import recorded

from netlite.errors import UsageError
from netlite.programs.route import changes as route_changes
from netlite.records.family import IPV4 as FAMILY4
from netlite.records.family import IPV6 as FAMILY6
from netlite.records.routes import RouteFlags as Flag
from netlite.system.routes.changes import RouteChange


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """asked(family, words): the change that `route add WORDS` asks of the kernel."""
    world = recorded(tmp_path, "route", hosts="192.0.2.1 router\n2001:db8::1 router6\n", networks="lab-net 198.18.0.0\n")
    changes: list = []
    monkeypatch.setattr(route_changes, "change_route", lambda *asked: changes.append(asked))

    def add(family, words: str) -> RouteChange:
        route_changes.change(family, words.split(), True, world)
        (change,) = (each for each in changes.pop() if isinstance(each, RouteChange))
        return change

    return add


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
def test_ipv4(words, change, asked):
    assert asked(FAMILY4, words) == change


@pytest.mark.parametrize("words, change", IPV6, ids=[words for words, _ in IPV6])
def test_ipv6(words, change, asked):
    assert asked(FAMILY6, words) == change


@pytest.mark.parametrize("words, status, start", WRONG, ids=[words for words, _, _ in WRONG])
def test_refused(words, status, start, asked):
    with pytest.raises(UsageError) as refusal:
        asked(FAMILY4, words)
    assert refusal.value.status == status and refusal.value.text.startswith(start), refusal.value.text


@pytest.mark.parametrize("words, status, start", [
    ("2001:db8::/129 eth0", 3, "Usage: inet6_route"), ("gone eth0", 1, "getaddrinfo: gone: -2\ngone: Unknown host\n"),
    ("default gw router6", 6, "router6: not an IPv6 address\n"), ("default eth0 eth1", 3, "Usage: inet6_route"),
    ("default gw fe80::1 gw fe80::2", 3, "Usage: inet6_route")])
def test_refused_ipv6(words, status, start, asked):
    with pytest.raises(UsageError) as refusal:
        asked(FAMILY6, words)
    assert refusal.value.status == status and refusal.value.text.startswith(start), refusal.value.text
