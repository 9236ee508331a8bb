"""route beside the original: options, tables, refusals.  Changes are in test_verbs.py."""

from __future__ import annotations

from harness import Case

IGNORED = {"packets": "ignored"}  # the C library of the original asks DNS for networks, netlite only /etc/networks

SHOWN = ("", "-n", "-e", "-ee", "-en", "-een", "-F", "-C", "-Cn", "-CF", "-CFne", "-N", "-v", "-6", "-6n", "-6C", "-6e",
         "-4 -6 -n", "-A inet,inet6 -n", "--inet", "--inet6 -n", "--numeric --extend", "-A ip", "-A ip6")
REFUSED = ("-z -y", "--foo add default", "-A", "-A foo", "-A ax25", "-A x25", "-A rose", "-A netrom", "-A ddp",
           "-A ipx", "-A unix", "-A ash", "-A econet", "--n", "--v", "--w", "-h", "--help", "-V", "-? -n", "-h -6",
           "-h -A inet", "-h -A x25", "-h -A unix", "-net", "foo", "ADD default", "flush", "-6 flush", "-C add default",
           "add", "del", "-6 add", "-4 -6 add default", "-A ipx add 1", "-A ax25 add 1", "-A x25 add 1",
           "-A netrom add 1", "-A ash del 1", "add fd00::/64", "add nosuch/33", "add nosuch/+99 dev lo", "add -net nosuch/-1 dev lo",
           "del nosuch/64", "add nosuch/6x", "add nosuch gw 1.2.3.4", "del 192.0.2.7", "add default gw 192.0.2.1")

HIGHEST = "unreachable fd99:7::/64 metric 4294967295"

CASES = [
    *(Case(f"route {words}", scene=scene, **IGNORED) for scene in ("chain", "alone") for words in SHOWN),
    *(Case(f"route {words}", scene="alone", **IGNORED) for words in REFUSED),
    *(Case(f"route {words}", scene="alone", note="options", **IGNORED) for words in (
        "-6 -z", "-6 -?", "-46n -?", "-4 -6 -h", "-6 -z -4", "-A x25 -z", "-A ipx -?", "-A netrom -h", "-A rose -z", "-A bluetooth",
        "-4eC --foo", "-C4 -z", "-6C -z", "-C -4 -h", "-C -A x25 -z", "-C46 -z", "-C -A ipx -z", "-C6 add x", "-6C del default", "-6C flush",
        "-C -A x25 add 1", "-A x25 flush", "-A x25 -C flush", "-C flush", "-C -4 del x -?",
        "-A bluetooth -h", "-A bluetooth add x", "-A inet,bluetooth -z", "-A ec -h", "-6 flush -z", "-C -z -6", "--foo -4", "-6 -V -z")),
    *(Case(f"route -A x25 {words}", scene="alone", note="a family that the kernel lacks: what is wrong first", **IGNORED) for words in (
        "add 1 dev lo", "del 123/3 lo", "delete 123/0 device lo", "add 1/2 dev lo", "add /0", "add foo nosuch", "add 12/+1 lo", "add 12/x lo",
        "add 123456789012345 lo", "add 1234567890123456 lo", "add 1234567890123456789 lo", "add 123456789012345/123 lo", "add 1/1/1 lo",
        "add 1 dev", "add 1 lo lo", "add 1 dev lo foo", "add 1 lo dev lo", "add 1 dev dev", "add 1 dev lo dev", "add 1/2 dev", "add 1 a b c", "add", "-v add 123/3 dev lo")),
    *(Case(f"route {words}", scene="alone", note="a metric of 2^32 - 1, which IPv6 shows as -1", before=[f"ip -6 route add {HIGHEST}"],
           undo=[f"ip -6 route del {HIGHEST}"], **IGNORED) for words in ("-6n", "-6ne", "-6nee")),
    Case("route -n", user="nobody", **IGNORED),
    Case("route -n add -net 192.0.2.0/24 dev eth0", user="nobody", **IGNORED),
    Case("route -6 del default", user="nobody", **IGNORED),
    *(Case(f"route {words}", user="nobody", note="refused", then=["ip route; ip -6 route"], **IGNORED) for words in (
        "add default reject", "del default", "del -net 10.77.1.0/24", "add -host 192.0.2.1 gw 10.77.1.2 metric 4",
        "-6 add 2001:db8:9::/48 dev eth0", "add -net 192.0.2.0/24 dev nosuch",
        "add -net 192.0.2.0/24", "add nosuch gw 10.77.1.2")),
]
