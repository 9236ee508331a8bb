"""Random command lines of netstat, ifconfig, route, arp and hostname: displays and changes, right and wrong ones."""

from __future__ import annotations

from random import Random

from known_differences import is_mended
from random_nodes import GATEWAYS, GATEWAYS6, HARDWARE, NETWORKS, NETWORKS6, NodeMaker

MASKS_OF = {"netstat": ("timers", "counters", "short_counters", "route6_use"), "ifconfig": ("counters", "short_counters"),
            "route": ("route6_use",)}
"""What varies in the displays, names of masks.py."""

JUNK = (b"", b" ", b"\xff", b"-", b"--", b"-z", b"foo", b"caf\xc3\xa9", b"0", b"-1", b"x" * 40, b"10.0.0.1", b"d0", b"nosuch", b"a\nb", b":",
        b"%s", b"1/2",  b"::1", b"255.255.255.255", b"default", b"*")
FAMILIES = ("inet", "inet6", "unix", "ax25", "ipx", "netrom", "x25", "rose", "ddp", "ash", "econet", "bluetooth", "inet,inet6", "inet6,unix",
            "ip", "ip6", "tcpip", "unspec", "inet,,unix", "INET", "in", ",")

# netstat: what shows what, then what may stand beside it
NETSTAT_VIEWS = ("", "", "t", "u", "w", "x", "U", "S", "g", "r", "r", "i", "i", "s", "M", "tu", "tx", "gx")
NETSTAT_LETTERS = "aaaalnnnneeoopWvN64FCd2f"
NETSTAT_LONG = ("--numeric", "--numeric-hosts", "--numeric-ports", "--numeric-users", "--extend", "--programs", "--timers", "--wide", "--all",
                "--listening", "--verbose", "--symbolic", "--tcp", "--udp", "--raw", "--unix", "--inet", "--inet6", "--groups", "--route",
                "--interfaces", "--statistics", "--fib", "--cache", "--lis", "--num", "--n", "--ip", "--ipx", "--e", "--route=x", "--ax25")
IFCONFIG_OPTIONS = ("-a", "-a", "-s", "-v", "-as", "--all", "-V", "-h", "--", "-x", "-S")
ROUTE_LETTERS = "nnneeeFCvN46"
ROUTE_LONG = ("--numeric", "--extend", "--inet", "--inet6", "--fib", "--cache", "--verbose", "--num", "--symbolic", "--version", "--ip", "--foo")
ARP_LETTERS = "nnnaaevvN"
HOSTNAME_LETTERS = "aAdfiIsy"
HOSTNAME_LONG = ("--alias", "--all-fqdns", "--domain", "--fqdn", "--long", "--ip-address", "--all-ip-addresses", "--short", "--yp", "--nis",
                 "--version", "--a", "--al", "--foo", "--ip")
HOSTNAMES = ("hostname", "hostname", "hostname", "dnsdomainname", "domainname", "nisdomainname", "ypdomainname")
HARDWARE_TYPES = ("ether", "loop", "ax25", "infiniband", "tunnel", "slip", "foo", "netrom", "x25", "rose", "arcnet", "fddi", "sit", "eui64")

# changes
CHANGED_DEVICES = ("d0", "d0", "d0", "d0", "d1", "d0:1", "d0:web", "d1:0", "lo", "lo:3", "d9", "d0:")
CHANGED_ADDRESSES = ("10.0.0.1", "10.0.0.2", "10.0.1.1", "172.16.0.1", "192.168.5.5", "198.18.0.9", "0.0.0.0", "127.0.0.2", "224.0.0.1", "10.1",
                     "0x0a000003", "default", "nosuch", "web", "255.255.255.255", "10.0.0.256", "010.0.0.1", "\u00e9t\u00e9")
MASKS4 = ("255.0.0.0", "255.255.0.0", "255.255.255.0", "255.255.255.252", "255.0.255.0", "0.0.0.0", "255.255.255.128")
LENGTHS = (8, 16, 24, 25, 30, 31, "0x18", "abc", "024", "+8", " 8")
LENGTHS6 = (64, 48, 128, 129, 0, "+64", "064", "64x", "0x40", "")
FLAGS = ("up", "up", "down", "arp", "-arp", "promisc", "-promisc", "allmulti", "-allmulti", "multicast", "-multicast", "trailers", "-trailers",
         "dynamic", "-dynamic", "-broadcast", "-pointopoint", "-up", "-down", "broadcast", "pointopoint", "metric", "foo")
CHANGED_NETWORKS = (*NETWORKS[:8], "172.30.0.0", "10.20.1.1/16", "10.0.0.9", "172.16.9.0/024", "localnet", "wide", "nosuch", "10.7")
NEIGHBOURS = ("10.0.0.50", "10.0.0.51", "10.0.0.52", "172.16.0.50", "10.0.0.1", "web", "nosuch", "0.0.0.0", "10.0.0.255")
WRITTEN_HARDWARE = (*HARDWARE, "2:0:0:0:ee:2", "02000000ee03", "02:00:00:00:ee:0g", "02-00-00-00-00-01", "02:00:00:00:00:01:", "02:0:00:00:ee:00")
COUNTS = ("0", "1", "5", "100", "1000", "1500", "1400", "1280", "60", "70000", "0x20", "010", "-1", "2147483648", "4294967296", "abc", "12abc", "+7")


class CommandMaker:
    """Command lines about a node."""

    def __init__(self, random: Random, node: NodeMaker):
        self.random, self.node = random, node

    def one(self, choices):
        """One of `choices`."""
        return self.random.choice(choices)

    def some(self, choices, most: int) -> list:
        """Up to `most` of `choices`."""
        return [self.one(choices) for _ in range(self.random.randrange(most + 1))]

    def device(self) -> str:
        """A device of the node, or what could be one."""
        chance = self.random.random()
        if chance < 0.6:
            return self.one(self.node.devices)
        if chance < 0.8 and self.node.labels:
            return self.one(self.node.labels)
        return self.one(("nosuch", "d0:9", "d0:", "other", "lo:", ":1", "abcdefghijklmnop", "d00", "caf\u00e9"))

    def display(self) -> list[bytes]:
        """A command that shows something."""
        program = self.one(("netstat", "netstat", "netstat", "ifconfig", "ifconfig", "route", "route", "arp", "hostname"))
        words = getattr(self, "_show_" + program)()
        if self.random.random() < 0.06:
            words.insert(self.random.randrange(1, len(words) + 1), self.one(JUNK))
        line = [word if isinstance(word, bytes) else word.encode("utf-8", "surrogateescape") for word in words]
        return [b"nobody", *line] if self.random.random() < 0.08 else line

    def _cluster(self, letters: str, most: int) -> list[str]:
        chosen = "".join(self.some(letters, most))
        if not chosen:
            return []
        if self.random.random() < 0.25:
            return ["-" + letter for letter in chosen]
        return ["-" + chosen]

    def _show_netstat(self) -> list:
        view = self.one(NETSTAT_VIEWS)
        letters = self.some(NETSTAT_LETTERS, 5)
        words = self._cluster("".join(letters), 5) if letters else []
        words += [f"-{view}"] * bool(view) + self.some(NETSTAT_LONG, 1)
        if self.random.random() < 0.15:
            words += ["-A", self.one(FAMILIES)]
        self.random.shuffle(words)
        return ["netstat", *words]

    def _show_ifconfig(self) -> list:
        words: list = self.some(IFCONFIG_OPTIONS, 2)
        return ["ifconfig", *words, *([self.device()] if self.random.random() < 0.6 else [])]

    def _show_route(self) -> list:
        words = self._cluster(ROUTE_LETTERS, 4) + self.some(ROUTE_LONG, 1)
        if self.random.random() < 0.15:
            words += ["-A", self.one(FAMILIES)]
        return ["route", *words]

    def _show_arp(self) -> list:
        words = self._cluster(ARP_LETTERS, 3)
        for letter, choices in ("i", None), ("H", HARDWARE_TYPES), ("A", FAMILIES):
            if self.random.random() < (0.3 if letter == "i" else 0.1):
                words += [f"-{letter}", self.device() if choices is None else self.one(choices)]
        if self.random.random() < 0.4:
            words.append(self.one((f"10.0.0.{self.random.randrange(40, 60)}", "web", "nosuch", "10.0.0.50", "0.0.0.0", "fd00::9")))
        return ["arp", *words]

    def _show_hostname(self) -> list:
        return [self.one(HOSTNAMES), *self._cluster(HOSTNAME_LETTERS, 2), *self.some(HOSTNAME_LONG, 1)]

    def change(self) -> list[bytes]:
        """A command that changes something, or is refused, but not of the kinds that are mended."""
        while is_mended(line := self._change()):
            pass
        return line

    def _change(self) -> list[bytes]:
        make = self.one((self._ifconfig, self._ifconfig, self._ifconfig, self._route, self._route, self._route6, self._arp, self._arp, self._rename))
        line = [word.encode("utf-8", "surrogateescape") for word in make()]
        if self.random.random() < 0.05:
            line.insert(self.random.randrange(1, len(line) + 1), self.one(JUNK[3:]))
        return [b"nobody", *line] if self.random.random() < 0.04 else line

    def _ifconfig(self) -> list[str]:
        words = []
        for _ in range(self.random.randrange(1, 4)):
            words += self.one((
                lambda: [self.one(CHANGED_ADDRESSES)], lambda: [f"{self.one(CHANGED_ADDRESSES[:7])}/{self.one(LENGTHS)}"],
                lambda: ["netmask", self.one(MASKS4)], lambda: ["broadcast", self.one(("10.0.0.255", "10.255.255.255", "nosuch"))],
                lambda: [self.one(FLAGS)], lambda: [self.one(FLAGS)], lambda: ["mtu", self.one(COUNTS)],
                lambda: ["txqueuelen", self.one(COUNTS[:-3])], lambda: ["hw", "ether", self.one(WRITTEN_HARDWARE)],
                lambda: [self.one(("pointopoint", "dstaddr", "tunnel")), self.one(("10.0.0.77", "nosuch", "fd00::5"))],
                lambda: ["name", self.one(("d0", "d1", "new0", "caf\u00e9", "a" * 20, "d0:1"))],
                lambda: [self.one(("add", "add", "del")), f"{self.one(GATEWAYS6 + ('fd00::1', '::1', '2001:db8::7'))}/{self.one(LENGTHS6)}"],
                lambda: ["inet6", "add", "fd00::5/64"], lambda: [self.one(("irq", "mem_start", "io_addr", "keepalive", "outfill")), self.one(COUNTS)],
                lambda: ["media", self.one(("10baseT", "utp", "foo"))]))()
        family = self.some(("inet6", "inet6", "inet"), 1) if self.random.random() < 0.1 else []
        return ["ifconfig", *self.some(("-v",), 1), self.one(CHANGED_DEVICES), *family, *words]

    def _hops(self, gateways, devices) -> list[str]:
        words = []
        for _ in range(self.random.randrange(4)):
            words += self.one((
                lambda: [self.one(("gw", "gw", "gateway")), self.one(gateways + ("nosuch", "0.0.0.0"))], lambda: ["dev", self.one(devices)],
                lambda: ["metric", self.one(("0", "1", "5", "4000", "65535", "-1", "x"))], lambda: ["mss", self.one(("1400", "10", "65536", "x"))],
                lambda: ["window", self.one(("4096", "10", "65536"))], lambda: ["irtt", self.one(("300", "x"))],
                lambda: [self.one(("reject", "mod", "dyn", "reinstate", "foo", "gw", "dev", "netmask"))],
                lambda: ["netmask", self.one(MASKS4)], lambda: [self.one(devices)]))()
        return words

    def _route(self) -> list[str]:
        kind = self.one((["-net"], ["-net"], ["-host"], []))
        options = self.some(("-n", "-v", "-e", "-4", "--inet"), 1) if self.random.random() < 0.2 else []
        return ["route", *options, self.one(("add", "add", "del", "delete", "flush", "ADD")), *kind, self.one(CHANGED_NETWORKS),
                *self._hops(GATEWAYS, ("d0", "d0", "d1", "lo", "d9", "d0:1"))]

    def _route6(self) -> list[str]:
        return ["route", self.one(("-6", "-6", "--inet6")), self.one(("add", "add", "del")), self.one((*NETWORKS6, "default", "2001:db8:2::7/48", "::/129", "fd00::/+64")),
                *self._hops(GATEWAYS6, ("d0", "d0", "d1", "d9"))]

    def _arp(self) -> list[str]:
        before = self.some(("-v", "-n", "-i d0", "-i d1", "-i d9", "-H ether", "-H loop", "-A inet"), 1)
        words = [word for text in before for word in text.split()]
        after = [word for text in self.some(("temp", "pub", "priv", "trail", "dontpub", "auto", "dev d0", "dev d1", "netmask 255.255.255.255",
                                             "netmask 255.255.0.0", "foo"), 2) for word in text.split()]
        shape = self.random.randrange(8)
        if shape < 4:
            return ["arp", *words, "-s", self.one(NEIGHBOURS), self.one(WRITTEN_HARDWARE), *after]
        if shape < 5:
            return ["arp", *words, "-Ds", self.one(NEIGHBOURS), self.one(("d0", "d1", "lo", "d9")), *after]
        if shape < 7:
            return ["arp", *words, "-d", self.one(NEIGHBOURS), *after]
        return ["arp", *words, "-f", *self.some(("/etc/ethers", "/nonexistent", "/etc/hosts"), 1)]

    def _rename(self) -> list[str]:
        names = ("new", "new.example.org", "-b", "web", "x" * 65, "a_b", "-x", "caf\u00e9", "n.", "ends-", "1")
        return self.one((["hostname", self.one(names)], ["domainname", self.one(names)], ["hostname", "-F", self.one(("/etc/hosts", "/nonexistent", "/dev/null"))],
                         ["hostname", "-b", *self.some(names, 1)], ["nisdomainname", self.one(names)], ["dnsdomainname", "x"]))
