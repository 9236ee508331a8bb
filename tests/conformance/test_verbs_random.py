"""Random sequences of changes: the original in one node, netlite in its twin, and then the same kernel state.

One example is a short session of ifconfig, route and arp.  Left out is what netlite mends on purpose
(test_verbs_mended.py): an IPv4 ``add`` or ``del`` without an address or an alias, ``-net .../32``,
``-host`` with a netmask of 32 bits, ``arp -d`` of a published entry without a device.
"""

from __future__ import annotations

import kernel_tables
import originals
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from player import Step

SET_UP = """\
for device in d0 d1; do ip link del $device 2>/dev/null; done
ip -batch - 2>/dev/null <<END
link set lo name lo mtu 65536 txqueuelen 1000 promisc off allmulticast off multicast off trailers off arp on
addr flush dev lo
link set lo down
link set lo up
link add d0 address 02:00:00:00:0d:00 type veth peer name d1 address 02:00:00:00:0d:01
link set d0 addrgenmode none
link set d1 addrgenmode none
END
"""
STATE = "addresses", "links", "routes", "routes6", "neighbours", "proxies"
UNSETTLED = {"neighbours": {"state"}, "addresses": {"lifetimes"}}
"""What the kernel gets round to later, or what tells of times, beside what kernel_tables.settled() leaves out."""

ADDRESSES = ("10.0.0.1", "10.0.0.2", "10.0.1.1", "172.16.0.1", "192.168.5.5", "198.18.0.9", "0.0.0.0", "127.0.0.2",
             "224.0.0.1", "10.1", "0x0a000003", "default", "nosuch")
MASKS = ("255.0.0.0", "255.255.0.0", "255.255.255.0", "255.255.255.252", "255.255.255.255", "255.0.255.0", "0.0.0.0")
DEVICES = ("d0", "d0", "d0", "d1", "d0:1", "d0:web", "d1:0", "lo", "lo:3", "d9")
ADDRESSES6 = ("fd00::1/64", "fd00::2/64", "fd00::3", "fd00:1::1/48", "fe80::77/64", "::1/128", "fd00::1/129")
HARDWARE = ("02:00:00:00:ee:01", "2:0:0:0:ee:2", "02000000ee03", "01:00:5e:00:00:01", "02:00:00:00:ee:0g")
GATEWAYS = ("10.0.0.9", "10.0.1.9", "172.16.0.9", "192.168.5.1", "0.0.0.0", "10.0.0.1")
NETWORKS = ("10.0.0.0/24", "10.20.0.0/16", "10.20.0.0/15", "10.20.1.0/24", "172.30.0.0", "0.0.0.0/0", "default",
            "10.20.1.1/16", "224.0.0.0/4", "192.168.5.0/25")
TARGETS6 = ("2001:db8:1::/48", "2001:db8:1::1", "default", "fd00::/64", "2001:db8:2::7/48", "::/0")
NEIGHBOURS = ("10.0.0.50", "10.0.0.51", "10.0.0.52", "172.16.0.50", "10.0.0.1")


def words(template: str, **choices):
    """A strategy for a text with places, each filled from its choices."""
    return st.builds(template.format, **{name: st.sampled_from(values) for name, values in choices.items()})


def some(*strategies, most: int = 2):
    return st.lists(st.one_of(*strategies), max_size=most).map(" ".join)


INTERFACE_WORDS = (
    words("{a}", a=ADDRESSES), words("{a}/{n}", a=ADDRESSES, n=(8, 16, 24, 25, 30, 31, 0, "0x18", "abc")),
    words("netmask {m}", m=MASKS), words("broadcast {a}", a=("10.0.0.255", "10.255.255.255", "nosuch")),
    words("{w}", w=("up", "up", "down", "arp", "-arp", "promisc", "-promisc", "allmulti", "-allmulti", "multicast",
                    "-multicast", "trailers", "dynamic", "-dynamic", "-broadcast", "-pointopoint")),
    words("mtu {n}", n=(1500, 1400, 1280, 1000, 60, 70000, "abc")), words("txqueuelen {n}", n=(0, 100, "0x20", "1000")),
    words("hw ether {h}", h=HARDWARE), words("pointopoint {a}", a=("10.0.0.77", "nosuch")),
    words("dstaddr {a}", a=("10.0.0.78",)), words("name {n}", n=("d0", "d1")),
    words("{v} {a}", v=("add", "add", "del"), a=ADDRESSES6),
)
INTERFACE = st.one_of(
    st.builds("ifconfig {} {}".format, st.sampled_from(DEVICES),
              st.lists(st.one_of(*INTERFACE_WORDS), min_size=1, max_size=3).map(" ".join)),
    words("ifconfig d0 {a}/{n} up", a=ADDRESSES[:5], n=(8, 16, 24, 30)),
    words("ifconfig d0 {a} netmask {m} add {b}", a=ADDRESSES[:5], m=MASKS[:4], b=("10.0.0.61", "10.0.0.62")),
    words("ifconfig {v}d0 {w}", v=("-v ", ""), w=("mtu 10 up", "up", "inet6 add fd00::5/64", "inet6 mtu 1300")),
)
ROUTE_WORDS = (
    words("gw {g}", g=GATEWAYS), words("gw {g}", g=GATEWAYS), words("dev {d}", d=("d0", "d1", "lo", "d9")),
    words("metric {n}", n=(0, 1, 5, 4000)), words("mss {n}", n=(1400, 10)), words("window {n}", n=(4096, 10)),
    words("irtt {n}", n=(300,)), words("{w}", w=("reject", "mod", "dyn", "reinstate")),
    words("netmask {m}", m=MASKS[:4] + MASKS[5:]), words("{d}", d=("d0", "d1")),
)
ROUTE = st.one_of(
    st.builds("route {} -net {} {}".format, st.sampled_from(("add", "add", "del")), st.sampled_from(NETWORKS),
              some(*ROUTE_WORDS)),
    st.builds("route {} {} {}".format, st.sampled_from(("add", "add", "del")),
              st.sampled_from(("default", "10.30.0.1", "-host 10.30.0.2", "10.30.0.0/24", "-host 10.30.0.3/32")),
              some(*ROUTE_WORDS[:8])),
    st.builds("route -6 {} {} {}".format, st.sampled_from(("add", "add", "del")), st.sampled_from(TARGETS6),
              some(words("gw {g}", g=("fd00::9", "fe80::9", "fd00::1")), words("dev {d}", d=("d0", "d1", "d9")),
                   words("metric {n}", n=(1, 9, 1024)))),
)
NEIGHBOUR = st.one_of(
    st.builds("arp {}-s {} {} {}".format, st.sampled_from(("", "-i d0 ", "-i d1 ", "-v ")), st.sampled_from(NEIGHBOURS),
              st.sampled_from(HARDWARE), some(words("{w}", w=("temp", "pub", "priv", "trail", "dontpub", "auto", "dev d0",
                                                              "netmask 255.255.255.255", "netmask 255.255.0.0")))),
    words("arp {i}-Ds {n} {d}", i=("", "-i d0 "), n=NEIGHBOURS, d=("d0", "d1", "lo", "d9")),
    words("arp -d {n} {w}", n=NEIGHBOURS, w=("priv", "dev d0", "pub dev d0", "-i d1", "temp priv")),
)
SESSIONS = st.lists(st.one_of(INTERFACE, INTERFACE, ROUTE, ROUTE, NEIGHBOUR), min_size=4, max_size=12)
FIRST = "ifconfig d0 10.0.0.1/24 up", "ifconfig d1 up"


def play(twins, lines: list[str]) -> list[tuple[list, list]]:
    """Of each twin: what every line of a session said, and the kernel's state afterwards."""
    played = twins.play([Step(["sh", "-c", SET_UP]), *(Step(line.split()) for line in lines), Step(state=STATE)])
    return [([(line, outcome[:3]) for line, outcome in zip(lines, steps[1:])], settled(steps[-1][3])) for steps in played]


def settled(tables: list[list[dict]]) -> list[list[dict]]:
    """The state without what moves by itself, each table in an order of its own."""
    return [sorted(({name: value for name, value in entry.items() if name not in UNSETTLED.get(what, ())} for entry in table), key=repr)
            for what, table in zip(STATE, kernel_tables.settled(tables))]


def differences(original, netlite) -> list:
    """The lines or entries that only one of two has."""
    return ([f"- {entry}" for entry in original if entry not in netlite]
            + [f"+ {entry}" for entry in netlite if entry not in original])


def test_random_sessions_leave_the_same_state(twins):
    originals.need("ifconfig", "route", "arp")

    @settings(max_examples=settings().max_examples // 2, derandomize=True, database=None, phases=[Phase.generate], report_multiple_bugs=False,
              suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(SESSIONS)
    def equal(session):
        (said, state), (ours, our_state) = play(twins, [*FIRST, *session])
        assert said == ours, "\n".join(differences(said, ours))
        for table, our_table in zip(state, our_state, strict=True):
            assert table == our_table, "\n".join(differences(table, our_table))

    equal()
