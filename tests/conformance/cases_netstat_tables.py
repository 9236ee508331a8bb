"""netstat -i, -ie and -r: the interface and routing tables."""

from harness import Case

INTERFACES = ("-i", "-ia", "-ie", "-iae", "-iee", "-in lo", "-iW", "-i -s", "-ig", "-ir", "--interfaces --all")
ROUTES = ("-r", "-rn", "-re", "-rne", "-ree", "-rnee", "-r6", "-r6n", "-6rne", "-rC", "-rCn", "-rCF", "-r6C",
          "-rN", "-r --numeric-hosts", "-r --numeric-ports", "-rn -A inet6,inet", "-rn -A inet,inet6",
          *(f"-r -A {family}" for family in ("ipx", "x25", "netrom", "ax25", "rose", "ddp", "unix", "ash")),
          "-rr", "-rt", "-rW")
SPECIAL = (
    "ip route add 10.99.1.0/24 via 10.77.1.2 metric 5 advmss 1360 window 8192 rtt 100",
    "ip route add 10.99.2.0/24 nexthop via 10.77.1.2 nexthop dev eth0",
    *(f"ip route add {kind} 10.99.{number}.0/24" for number, kind in
      enumerate(("unreachable", "prohibit", "blackhole", "throw"), 3)),
    "ip route add 10.99.7.7 dev eth0 mtu 1400",
    "ip -6 route add fd99:1::/48 via fd77:1::2 metric 77",
    "ip -6 route add unreachable fd99:2::/48",
    "ip -6 route add fd99:3::/48 nexthop via fd77:1::2 nexthop dev eth0",
)

CASES = [
    *(Case(f"netstat {words}", scene="interfaces", masks=("counters", "short_counters"), packets="ignored")
      for words in INTERFACES),
    *(Case(f"netstat {words}", scene="host", packets="ignored", before=SPECIAL,
           undo=("ip route flush root 10.99.0.0/16", "ip -6 route flush root fd99::/16")) for words in ROUTES),
]
