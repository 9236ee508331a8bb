"""Where the programs read numbers, and how numbers can be written.

A place is a command line with ``{}`` where the number stands.
"""

from __future__ import annotations

from netlite.records.record import Record

SPELLINGS = (
    "", " ", "0", "1", "7", "24", "+24", "-1", "-24", "024", "08", "0x18", "0X18", "0x", " 24", "\t24", "24 ", "24k", "24.9",
    "2e1", "abc", "2147483647", "2147483648", "4294967295", "4294967320", "9223372036854775807", "9223372036854775808",
    "18446744073709551640", "-18446744073709551592", "9" * 30, "-" + "9" * 30, "\uff12\uff14", "24\udcff")
REALS = ("0.5", ".5", "5.", "1e-1", "0x1p-3", "1,5", "inf", "-inf", "nan", "infinity", "1e-400", "1e-310", "1e400", "2147483.7", "2147484")


class Place(Record):
    """A command with a number in it.

    `spellings` replace those that all places share, `more` are added to them; `before` takes the node back to
    where it was, `state` shows what may have changed.  `mended` are spellings where netlite differs on purpose (the
    parity pages say why), `older` those where it differs from Debian 13's original and not from Debian 12's
    (generation_table.py), `skipped` those that are not to be tried.
    """

    command: str
    more: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    spellings: tuple[str, ...] = SPELLINGS
    skipped: tuple[str, ...] = ()
    older: tuple[str, ...] = ()

    def all_spellings(self) -> list[str]:
        """Each once, in order."""
        return [text for text in dict.fromkeys(self.spellings + self.more) if text not in self.skipped]

    def words(self, spelling: str) -> list[bytes]:
        """The words of the command line."""
        return [word.replace("{}", spelling).encode("utf-8", "surrogateescape") for word in self.command.split()]


# changes of ifconfig, route and arp, in twin nodes

SET_UP = """ip link set lo up
ip link add d0 address 02:00:00:00:0d:00 type veth peer name d1 address 02:00:00:00:0d:01
for d in d0 d1; do ip link set $d addrgenmode none; sysctl -qw net.ipv6.conf.$d.accept_dad=0; ip link set $d up; done
ip addr add 10.1.2.3/24 brd + dev d0; ip -6 addr add fd00:10::1/64 dev d0 nodad
for look in $(seq 100); do [ "$(ip -6 route show table local type multicast | wc -l)" = 2 ] && break; sleep 0.1; done
ip -6 route del multicast ff00::/8 dev d1 table local
ip -6 route append multicast ff00::/8 dev d1 table local metric 256 proto kernel"""  # which came first, hangs on the time
LINK, ADDRESS, ROUTES, ROUTES6, NEIGHBOURS = ("links d0",), ("links d0", "addresses d0"), ("routes",), ("routes6",), ("neighbours",)
RESET_LINK = ("ip link set d0 mtu 1500 txqueuelen 1000 address 02:00:00:00:0d:00",)
RESET_ADDRESSES = ("ip addr flush dev d0", "ip addr add 10.1.2.3/24 brd + dev d0", "ip addr add fd00:10::1/64 dev d0 nodad")
RESET = (*RESET_LINK, *RESET_ADDRESSES, "ip neigh flush dev d0 nud permanent")
RESET_ROUTES, RESET_ROUTES6 = ("ip route flush table main proto boot",), ("ip -6 route flush table main proto boot",)

NO_NUMBERS = ("", " ", "abc", "\uff12\uff14")
NO_LENGTHS = ("-1", "-24", "2147483647", "2147483648", "4294967295", "9223372036854775807", "18446744073709551640", "9" * 30,
              "-" + "9" * 30)  # whole numbers that are none from 0 to 32 as an int
BITS32 = ("32", "040", "0x20", "4294967328")
LENGTHS = ("0", "1", "7", "24", "+24", "024", "0x18", "0X18", " 24", "\t24", "4294967320", "9223372036854775808", "-18446744073709551592", *BITS32)
TRAILING = ("", "024", "24k", "24.9", "2e1", "abc", "2147483647", "2147483648", "4294967295", "4294967320", "9223372036854775807",
            "9223372036854775808", "18446744073709551640", "9" * 30, "24\udcff")  # no byte, or more than one
MASKS = ("255.255.0.0", "0xffff0000", "037777600000", "255.255", "ffff0000", "255.0.255.0")


def _ifconfig(words: str, *more: str, mended: tuple = (), addresses: bool = False) -> Place:
    before, state = (RESET_ADDRESSES, ADDRESS) if addresses else (RESET_LINK, LINK)
    return Place(f"ifconfig d0 {words}", more, mended, before, state)


def _route(words: str, *more: str, mended: tuple = (), first: str = "") -> Place:
    return Place(f"route {words}", more, mended, (*RESET_ROUTES, first) if first else RESET_ROUTES, ROUTES)


def _route6(words: str, *more: str, first: str = "") -> Place:
    return Place(f"route -6 {words}", more, (), (*RESET_ROUTES6, first) if first else RESET_ROUTES6, ROUTES6)


def _arp(words: str, *more: str, mended: tuple = ()) -> Place:
    return Place(f"arp {words}", more, mended, ("ip neigh flush dev d0 nud permanent",), NEIGHBOURS)


CHANGES = (
    _ifconfig("mtu {}", "1400", "01400", "1400x", "4294968696"),
    _ifconfig("txqueuelen {}", mended=NO_NUMBERS),
    *(_ifconfig(f"{word} {{}}") for word in ("keepalive", "outfill", "mem_start", "io_addr", "irq")),
    _ifconfig("media {}", "10baseT", "aui", "utp", "100baseFX", "6"), _ifconfig("port {}"),
    _ifconfig("10.1.2.9/{}", "33", "64", *BITS32, mended=("", *NO_LENGTHS, "33", "64", *BITS32), addresses=True),
    _ifconfig("10.1.2.{}", addresses=True),
    _ifconfig("netmask {}", *MASKS, addresses=True), _ifconfig("broadcast 10.1.2.{}", addresses=True),
    _ifconfig("add fd00:10::7/{}", "64", "128", "129", addresses=True),
    _ifconfig("del fd00:10::1/{}", "64", "+64", "064", "64x", addresses=True),
    _ifconfig("inet tunnel fd00:10::1/{}", "64", "129", addresses=True),
    _ifconfig("add 10.1.2.9/{}", "33", *BITS32, mended=LENGTHS, addresses=True),
    _ifconfig("hw ether 02:00:00:00:00:{}", "7:", "0b", mended=TRAILING), _ifconfig("hw ax25 NJ7P-{}", "1"),
    _route("add -net 172.20.0.0/{} dev d0", "16", "020", "0x10", "16x", "33", *BITS32, mended=(*NO_LENGTHS, "33", *BITS32)),
    _route("add 172.20.0.0/{} dev d0", "16", "020", mended=NO_LENGTHS),
    _route("add -host 172.20.0.1/{} dev d0", "16", *BITS32, mended=NO_LENGTHS),
    _route("del -net 172.20.0.0/{} dev d0", "16", "020", "0x10", mended=NO_LENGTHS, first="ip route add 172.20.0.0/16 dev d0 proto boot"),
    _route("add -net 172.20.0.0/16 metric {} dev d0", "65534", "65535", "65536", "32768"),
    _route("add -net 172.20.0.0/16 mss {} dev d0", "63", "64", "0100", "65536", "65537", "1500", "4294968796"),
    _route("add -net 172.20.0.0/16 mtu {} dev d0", "1500", "1500x", "+1500"),
    _route("add -net 172.20.0.0/16 window {} dev d0", "127", "128", "0200", "65535", "65536", "4096x"),
    _route("add -net 172.20.0.0/16 irtt {} dev d0", "300", "65535", "65536", "65537"),
    _route("add -net 172.20.0.0 netmask {} dev d0", *MASKS),
    _route("add -net 172.20.0.0/16 gw 10.1.2.{}", "99", "0143"),
    _route6("add 2001:db8::/{} dev d0", "64", "+64", "064", "64x", "128", "129", "4294967360"),
    _route6("del 2001:db8::/{} dev d0", "64", "+64", "064", first="ip -6 route add 2001:db8::/64 dev d0 metric 1 proto boot"),
    _route6("add 2001:db8::/64 metric {} dev d0", "1024", "01024", "0x10"),
    _arp("-s 10.1.2.{} 02:00:00:00:ee:01"), _arp("-s 10.1.2.9 02:00:00:00:ee:{}", mended=TRAILING),
    _arp("-s 10.1.2.9 02:00:00:00:ee:01 netmask {}", "255.255.255.255", "0xffffffff"),
    _arp("-H ax25 -s 10.1.2.9 NJ7P-{}"), _arp("-n 10.1.2.{}"),
)

# options of ping, traceroute and tracepath, on the loopback interface

HUGE_GAPS = ("9223372036854775807", "9223372036854775808", "18446744073709551640", "9" * 30, "inf")  # the original hangs
PROBES = (
    Place("ping -c {} -t 0 -q 127.0.0.1"), Place("ping -c {} -i 0.002 -q 127.0.0.1", spellings=("1", "+2", " 3", "007")),
    Place("ping -c1 -F {} 127.0.0.1", ("0xfffff", "0x100000", "0x0x1")),
    Place("ping -c1 -F {} ::1", spellings=("17", " 18", "019", "0x14", "0X15", "4294967318", "")),
    Place("ping -c1 -q -i {} 127.0.0.1", REALS, older=("-1", "-24", "-18446744073709551592", "-" + "9" * 30)), Place("ping -c2 -q -l {} 127.0.0.1", ("65536", "65537")),
    Place("ping -c1 -m {} 127.0.0.1"), Place("ping -c1 -p {} 127.0.0.1", ("f0f", "0xff")),
    Place("ping -c1 -Q {} 127.0.0.1", ("255", "256", "0xff", "0x0x1")), Place("ping -c1 -Q {} ::1", spellings=("0x18", "-1", "-2")),
    Place("ping -c1 -w1 -q -s {} 127.0.0.1", ("65507", "15", "16"), skipped=("2147483647",)),  # takes the memory for it
    Place("ping -c1 -S {} 127.0.0.1"), Place("ping -c1 -t {} 127.0.0.1", ("255", "256")), Place("ping -c1 -w {} 127.0.0.1"),
    Place("ping -c1 -W {} 127.0.0.1", REALS), Place("ping -c1 127.0.0.{}"), Place("ping -c1 {}", spellings=("127.1", "0x7f000001", "0177.1")),
    Place("tracepath -n -l {} 127.0.0.1", ("28", "29", "65536"), older=("65536",)), Place("tracepath -n -m {} 127.0.0.1", ("255", "256")),
    Place("tracepath -n -p {} 127.0.0.1", ("65535", "65536")), Place("tracepath -n 127.0.0.1/{}", ("65535", "65536", "7/8")),
    *(Place(f"traceroute -n -q1 -m2 {words}", more) for words, more in (
        ("-f {} 127.0.0.1", ("2", "3")), ("-N {} 127.0.0.1", ()), ("-p {} 127.0.0.1", ("http", "7z", "65535", "65536", "70000")),
        ("-t {} 127.0.0.1", ("255", "256")), ("-l {} ::1", ("0xfffff", "0x100000")), ("-w {} 127.0.0.1", REALS),
        ("-w 1,{} 127.0.0.1", ()), ("-w 1,1,{} 127.0.0.1", ()), ("-w 1{}1 127.0.0.1", (",", "x", " ")), ("--fwmark={} 127.0.0.1", ()),
        ("127.0.0.1 {}", ("60", "65000", "65001")), ("-T -O mss={} 127.0.0.1", ("1400",)), ("-UL -O coverage={} 127.0.0.1", ("8", "65536")),
        ("-P {} 127.0.0.1", ("icmp", "udp", "253x")), ("-M raw -O protocol={} 127.0.0.1", ("tcp", "255", "256")), ("-g {},::1 ::1", ("2",)))),
    Place("traceroute -n -q1 -m2 -I -p {} 127.0.0.1", mended=("2147483648",)),  # as an int16_t 0, which the original loses
    Place("traceroute -n -q1 -m2 -z {} 127.0.0.1", ("0.01", "nan", "-0.5", "1e-3", "0x1p-9"), skipped=HUGE_GAPS),
    Place("traceroute -n -q1 -m2 -T -O flags={} 127.0.0.1", ("2", "0x12", "258")),
    *(Place(f"traceroute -n {words} 127.0.0.1") for words in ("-q {} -m1", "-q1 -m {}", "-q1 -m 1 -p7 -f {}")),
)
ALONE = (  # two with the same number hinder each other
    Place("ping -c1 -w2 -e {} 127.0.0.1", ("65535", "65536")),
    Place("traceroute -n -q1 -m2 --sport={} 127.0.0.1", ("65535", "65536", "http")),
)
