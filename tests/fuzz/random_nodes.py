"""Random nodes: lines that give a namespace interfaces, addresses, routes, neighbours and sockets (stage.set_up).

Every line stands alone, so that any of them can be left out; those that the kernel refuses change nothing.
"""

from __future__ import annotations

from random import Random

PLAIN_NAMES = ("d0", "d1", "eth0", "e2", "e10", "br0", "br-0123456789ab", "wlp3s0", "tun0", "x", "e02", "a.b", "v-1_2",
               "enx001122334455", "abcdefghijklmn", "e2147483648")
ODD_NAMES = ("\u00fcn\u00ef", "caf\u00e9-", "\u65e5\u672c", "%s%d", "a\\b", "'q'", "$x", "#h", "-a", "--", "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", "\x7f", "\x1b[1m",
             "\udcffd", "=", "*", "default", "any", "lo0", "dev", "0", "10.0.0.1", "up")
OTHER_NAMES = ("other", "a-long-alternative-name-of-it", "caf\u00e9")
ADDRESSES = ("10.0.0.1", "10.0.0.2", "10.0.1.1", "10.1.0.1", "172.16.0.1", "192.168.5.5", "198.18.0.9", "169.254.7.7", "100.64.0.1",
             "127.0.0.2", "203.0.113.255", "1.0.0.1", "223.255.255.254")
ADDRESSES6 = ("fd00::1", "fd00::2", "fd00:1::1", "fe80::77", "fe80::1", "fec0:88::1", "2001:db8::1", "2002:a00:1::1", "::10.88.0.1",
              "::ffff:10.0.0.1", "2001:db8:1234:5678:9abc:def0:1234:5678", "64:ff9b::1", "fd00:0:0:1::", "1:2:3:4:5:6:7:8")
NETWORKS = ("10.0.0.0/24", "10.20.0.0/16", "10.20.0.0/15", "172.30.0.0/12", "192.168.7.0/25", "0.0.0.0/0", "default", "10.9.9.9",
            "198.51.100.7", "203.0.113.128/30", "127.5.0.0/16", "128.0.0.0/1", "224.0.0.0/4", "10.0.0.2/31", "169.254.0.0/16")
NETWORKS6 = ("2001:db8:1::/48", "2001:db8:1::1", "::/0", "fd00:7::/64", "2000::/3", "fd00:8::7", "ff05::/16", "::1:2:3/128",
             "2001:db8:1234:5678:9abc:def0:1234:5600/120", "fe80:9::/32")
GATEWAYS = ("10.0.0.9", "10.0.1.9", "172.16.0.9", "192.168.5.1", "10.1.0.9")
GATEWAYS6 = ("fd00::9", "fe80::9", "fd00:1::9")
TYPES = ("unicast", "unicast", "unicast", "local", "broadcast", "anycast", "multicast", "unreachable", "prohibit", "blackhole", "throw")
TABLES = ("main", "main", "main", "main", "local", "default", "100", "4000000000")
PROTOCOLS = ("kernel", "boot", "static", "redirect", "dhcp", "bird", "99")
NUMBERS = ("0", "1", "9", "77", "256", "1024", "65535", "100000", "2147483647", "2147483648", "4294967295")
STATES = ("permanent", "noarp", "stale", "reachable", "delay", "probe", "failed", "incomplete", "none")
HARDWARE = ("02:00:00:00:ee:01", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "33:33:00:00:00:01", "de:ad:be:ef:00:ff")
KINDS = ("bridge", "macvlan", "macvtap", "ipvlan", "vxlan", "ifb", "vlan", "dummy", "vrf", "bond", "tuntap", "gre", "sit", "ip6tnl", "wireguard")
UNIX_NAMES = ("stream.sock", "\\0abstract", "\\0", "\\0two\\0parts", "x" * 90, "@at", "a", ".", "\\0@", "-l", "]", "\\0" + "y" * 107,
              "/tmp/nothing/here", "100%d", "[", "\\\\x41", "\\0 ", "\\0a\\0\\0", "caf\\xc3\\xa9", "\\0\\xff\\x01", "two words", "tab\\there")
SOCKET_PLACES = ("0.0.0.0", "127.0.0.1", "10.0.0.1", "10.0.0.2", "172.16.0.1", "10.1.0.1")
SOCKET_PLACES6 = ("::", "::1", "fd00::1", "fd00::2", "::ffff:127.0.0.1", "2001:db8:1234:5678:9abc:def0:1234:5678")
PORTS = ("22", "53", "80", "111", "443", "631", "5353", "8080", "9999", "40000", "65535", "1", "0")


class NodeMaker:
    """Lines for one node, from `random`."""

    def __init__(self, random: Random):
        self.random = random
        self.devices = ["lo"]
        self.labels: list[str] = []
        self.lines: list[str] = []

    def one(self, choices):
        """One of `choices`."""
        return self.random.choice(choices)

    def maybe(self, text: str, chance: float = 0.3) -> str:
        """`text`, sometimes."""
        return " " + text if self.random.random() < chance else ""

    def name(self) -> str:
        """The name of a new device."""
        return self.one(PLAIN_NAMES if self.random.random() < 0.8 else ODD_NAMES)

    def device(self) -> str:
        """The name of a device, quoted for the batches of ip."""
        return quoted(self.one(self.devices))

    def add_device(self) -> None:
        """A device of some kind, with settings of its own."""
        name, kind, number = self.name(), self.one(("veth", "veth", "veth", *KINDS)), self.random.randrange(256)
        address = f" address 02:00:00:00:{number:02x}:0a"
        added = {
            "veth": f"{address} type veth peer name p{number} address 02:00:00:00:{number:02x}:0b",
            "vlan": f" link {self.device()} type vlan id {number}", "macvlan": f"{address} link {self.device()} type macvlan mode bridge",
            "macvtap": f"{address} link {self.device()} type macvtap", "ipvlan": f" link {self.device()} type ipvlan",
            "vxlan": f"{address} type vxlan id {number} dstport 4789 remote 10.0.0.9", "vrf": f"{address} type vrf table 100",
            "gre": " type gre local 10.0.0.1", "sit": " type sit local 10.0.0.1", "ip6tnl": " type ip6tnl local fd00::1",
        }.get(kind, f"{address} type {kind}")
        if kind == "tuntap":
            self.lines.append(f"ip tuntap add dev {quoted(name)} mode {self.one(('tun', 'tap'))}{self.maybe('multi_queue')}")
        else:
            self.lines.append(f"ip link add name {quoted(name)}{added}")
        if kind == "tuntap":
            self.lines.append(f"ip link set dev {quoted(name)}{address}")
        self.devices += [name, f"p{number}"] if kind == "veth" else [name]
        self.lines.append(f"ip link set dev {quoted(name)}{self.maybe('up', 0.85)}{self.maybe(self.mtu())}"
                          f"{self.maybe('txqueuelen ' + self.one(NUMBERS), 0.2)}{self.maybe('promisc on', 0.15)}"
                          f"{self.maybe('allmulticast on', 0.15)}{self.maybe('arp off', 0.15)}{self.maybe('multicast off', 0.15)}")
        if kind == "veth":
            self.lines.append(f"ip link set dev p{number} up")
        if self.random.random() < 0.1:
            self.lines.append(f"ip link property add dev {quoted(name)} altname {self.one(OTHER_NAMES)}")
        if kind == "veth" and self.random.random() < 0.2:
            self.lines.append(f"ip link set dev p{number} master {self.device()}")

    def mtu(self) -> str:
        """A setting of the MTU."""
        return f"mtu {self.one((68, 576, 1280, 1400, 1500, 9000, 65535))}"

    def add_address(self) -> None:
        """An IPv4 address with a scope, a label, a peer …"""
        device = self.one(self.devices)
        label = f"{device}:{self.one(('1', '0', 'web', '10', 'a.b', '9x'))}"
        self.labels.append(label)
        address, length = self.one(ADDRESSES), self.one((8, 16, 24, 24, 25, 30, 31, 32, 0))
        place = f"{address} peer {self.one(GATEWAYS)}/{length}" if self.random.random() < 0.15 else f"{address}/{length}"
        self.lines.append(f"ip addr add {place} dev {quoted(device)}{self.maybe('brd +', 0.5) or self.maybe('brd 10.255.255.255', 0.1)}"
                          f"{self.maybe('label ' + quoted(label))}{self.maybe('scope ' + self.one(('link', 'host', 'site', '77')), 0.2)}"
                          f"{self.maybe('noprefixroute', 0.1)}{self.maybe('metric ' + self.one(NUMBERS[1:]), 0.1)}"
                          f"{self.maybe('valid_lft 9999 preferred_lft 0', 0.1)}")

    def add_address6(self) -> None:
        """An IPv6 address."""
        place = f"{self.one(ADDRESSES6)}/{self.one((64, 64, 48, 128, 127, 10, 96, 0))}"
        if self.random.random() < 0.1:
            place = f"{self.one(ADDRESSES6)} peer {self.one(GATEWAYS6)}/64"
        self.lines.append(f"ip addr add {place} dev {self.device()}{self.maybe('nodad', 0.8)}"
                          f"{self.maybe('preferred_lft 0 valid_lft 9999', 0.1)}{self.maybe('home', 0.05)}{self.maybe('noprefixroute', 0.1)}"
                          f"{self.maybe('metric ' + self.one(NUMBERS[1:]), 0.1)}")

    def hop(self, gateways) -> str:
        """Where a route goes."""
        way = self.maybe(f"via {self.one(gateways)}", 0.6)
        if gateways is GATEWAYS and self.random.random() < 0.08:
            way = f" via inet6 {self.one(GATEWAYS6)}"
        return f"{way} dev {self.device()}{self.maybe('onlink', 0.5 if way else 0.1)}"

    def add_route(self) -> None:
        """A route of any type, in any table, with one hop, several, or a next hop object."""
        six = self.random.random() < 0.4
        network, gateways = (self.one(NETWORKS6), GATEWAYS6) if six else (self.one(NETWORKS), GATEWAYS)
        kind = self.one(TYPES)
        if kind in ("unreachable", "prohibit", "blackhole", "throw"):
            way = ""
        elif self.random.random() < 0.2:
            way = "".join(f" nexthop{self.hop(gateways)}{self.maybe(f'weight {self.random.randrange(1, 9)}')}" for _ in range(self.random.randrange(1, 4)))
        elif self.random.random() < 0.15:
            way = f" nhid {self.random.randrange(1, 5)}"
        else:
            way = self.hop(gateways)
        more = "".join(self.maybe(text, chance) for text, chance in (
            (f"table {self.one(TABLES)}", 0.3), (f"metric {self.one(NUMBERS)}", 0.4), (f"proto {self.one(PROTOCOLS)}", 0.3),
            (f"mtu {self.one(('1400', 'lock 1300', '65535'))}", 0.15), (f"advmss {self.one(NUMBERS[2:7])}", 0.15),
            (f"window {self.one(NUMBERS[2:])}", 0.15), (f"rtt {self.one(('1', '300', '70000'))}", 0.1), ("initcwnd 7", 0.05), ("hoplimit 7", 0.05),
            *((("pref high", 0.1),) if six else ((f"tos {self.one(('0x10', '0x08', '0x1e'))}", 0.1), (f"src {self.one(ADDRESSES)}", 0.1),
                                                 (f"scope {self.one(('link', 'host', 'global', '77'))}", 0.1)))))
        first = f"ip route add {kind} {network}"
        self.lines.append(f"{first}{more.replace(' table', ' table', 1)}{way}" if " nexthop" in way else f"{first}{way}{more}")

    def add_next_hop(self) -> None:
        """A next hop object."""
        number, six = self.random.randrange(1, 5), self.random.random() < 0.4
        way = self.one((f"via {self.one(GATEWAYS6 if six else GATEWAYS)} dev {self.device()}", f"dev {self.device()}", "blackhole", "group 1/2"))
        self.lines.append(f"ip nexthop add id {number} {way}")

    def add_neighbour(self) -> None:
        """A neighbour in any state, or a published address."""
        address = self.one(GATEWAYS6) if self.random.random() < 0.2 else f"10.0.0.{self.random.randrange(40, 60)}"
        if self.random.random() < 0.15:
            self.lines.append(f"ip neigh add proxy {address} dev {self.device()}")
            return
        self.lines.append(f"ip neigh replace {address} dev {self.device()}{self.maybe('lladdr ' + self.one(HARDWARE), 0.9)}"
                          f" nud {self.one(STATES)}{self.maybe('router', 0.1)}{self.maybe('extern_learn', 0.1)}")

    def add_socket(self) -> None:
        """A socket of any kind and state."""
        six = self.random.random() < 0.35
        address, suffix = self.one(SOCKET_PLACES6 if six else SOCKET_PLACES), "6" * six
        kind = self.random.randrange(10)
        if kind < 4:
            state = self.one(("listen", "listen", "bound", "queued", "pair", "half", "closing", "timewait", "calling", "keepalive", "unread"))
            port = self.one(PORTS[:-1] if state == "calling" else PORTS)  # who calls port 0 is a server to the original
            self.lines.append(f"open tcp{suffix} {state} {address} {port}")
        elif kind < 6:
            self.lines.append(f"open {self.one(('udp', 'udp', 'udplite'))}{suffix} {self.one(('bound', 'connected', 'unread'))} {address} {self.one(PORTS)}")
        elif kind < 7:
            self.lines.append(f"open raw{suffix} {self.one(('bound', 'connected'))} {address} {self.one(('1', '58', '89', '255', '17', '6', '47'))}")
        elif kind < 8:
            group = self.one(("ff02::1:3", "ff05::77", "ff0e::1")) if six else self.one(("239.1.2.3", "224.0.0.251", "232.7.7.7"))
            self.lines.append(f"open group{suffix} joined {group} {self.one(self.devices)}")
        else:
            self.lines.append(f"open unix {self.one(('stream', 'dgram', 'seqpacket'))} "
                              f"{self.one(('bound', 'listen', 'listen', 'pair', 'unnamed'))} {self.one(UNIX_NAMES)}")


PARTS = ((NodeMaker.add_device, 6), (NodeMaker.add_address, 8), (NodeMaker.add_address6, 5), (NodeMaker.add_next_hop, 3),
         (NodeMaker.add_route, 12), (NodeMaker.add_neighbour, 6), (NodeMaker.add_socket, 12))


def quoted(name: str) -> str:
    """A word as a batch of ip reads it."""
    return "'" + name + "'" if set(name) & set("#\"\\ $") else name


def random_node(random: Random, sockets: bool = True) -> NodeMaker:
    """A maker that has made its lines."""
    maker = NodeMaker(random)
    if random.random() < 0.9:
        maker.lines.append("ip link add name d0 address 02:00:00:00:0d:00 type veth peer name d1 address 02:00:00:00:0d:01")
        maker.lines += ["ip link set dev d1 up", "ip link set dev d0 up", "ip addr add 10.0.0.1/24 brd + dev d0"]
        maker.devices += ["d0", "d1"]
    for add, most in PARTS:
        if add is NodeMaker.add_socket and not sockets:
            continue
        for _ in range(random.randrange(most + 1)):
            add(maker)
    if random.random() < 0.3:
        maker.lines.append(f"hostname {random.choice(('web', 'web.example.org', 'localhost', 'nosuch', 'b.lab', 'six.lab', 'x.y.z'))}")
    return maker
