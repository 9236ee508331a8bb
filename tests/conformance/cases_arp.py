"""arp beside the original: options, tables, refusals.  Changes are in test_verbs.py."""

from __future__ import annotations

from harness import Case

IGNORED = {"packets": "ignored"}  # the C library of the original asks DNS for networks, netlite only /etc/networks

SHOWN = ("", "-n", "-a", "-an", "-e", "-ae", "-v", "-vn", "-i eth0", "-an -i nosuch", "-H ether -n", "-t ax25 -n",
         "10.77.1.2", "-n 10.77.1.2", "-a r1.lab", "-n 192.0.2.9", "-a 192.0.2.9", "-N", "--all --numeric", "-A inet")
REFUSED = ("-z", "-A foo", "-A inet6", "-H foo", "-H loop", "-H", "-h", "-V", "-?", "-d", "-s", "-s 10.77.1.9",
           "-s nosuch 02:00:00:00:00:01", "-s 10.77.1.9 zz:00:00:00:00:01", "-d 10.77.1.9 foo", "-f /nonexistent",
           "-Ds 10.77.1.9 nosuch", "-d 192.0.2.9", "-D -s 10.77.1.9", "--device", "--n")

STATES = ("ip neigh flush all; ip neigh flush all nud permanent; " + "; ".join(
    f"ip neigh add 10.77.1.{number} lladdr 02:00:00:00:ee:{number:02x} nud {state} dev eth0"
    for number, state in enumerate(("permanent", "noarp", "stale", "reachable", "delay", "failed", "none", "probe"), 50))
    + "; ip neigh add proxy 10.77.1.99 dev eth0; ip neigh add proxy 10.77.1.98")
# a proxy without a device outlives its namespace in the kernel and may turn up in a later one: deleted by name
SETTLED = ("ip neigh flush all; ip neigh flush all nud permanent; "
           "ip neigh del proxy 10.77.1.99 dev eth0; ip neigh del proxy 10.77.1.98")

CASES = [
    *(Case(f"arp {words}", before=[STATES], undo=[SETTLED], note="every state", **IGNORED)
      for words in ("-n", "-an", "-nv", "-vn -i eth0", "-n 10.77.1.52", "-n 10.77.1.99", "-an -H ether")),
    *(Case(f"arp {words}", before=["ping -c1 -W1 10.77.1.2 >/dev/null"], **IGNORED) for words in SHOWN),
    *(Case(f"arp {words}", scene="alone", **IGNORED) for words in REFUSED),
    *(Case(f"arp {words}", scene="alone", note="options", **IGNORED) for words in (
        "-H loop -?", "-A inet6 -?", "-A inet6 -V", "-H loop -h", "-H loop -H ether", "-A inet6 -A inet", "-N -H loop -z", "-A ec",
        "-A econet", "-A appletalk", "-A unspec", "-A inet,inet6", "-H unspec", "-H foo -?", "-ae 10.9.9.9", "-a 10.9.9.9", "-v -d 10.9.9.9 pub",
        "-v -d 10.9.9.9 pub priv", "-v -d 10.9.9.9 priv dev lo foo", "-v -d 10.9.9.9 netmask 255.0.0.0", "-d 10.9.9.9 -- -i lo",
        "-vDs 10.9.9.9 lo")),
    Case("arp", scene="alone", **IGNORED),
    Case("arp -n", user="nobody", **IGNORED),
    Case("arp -s 10.77.1.9 02:00:00:00:00:01", user="nobody", **IGNORED),
    Case("arp -d 10.77.1.2", user="nobody", **IGNORED),
    *(Case(f"arp {words}", user="nobody", note="refused", then=["ip -4 neigh show nud permanent; ip neigh show proxy"],
           before=["ip neigh replace 10.77.1.66 lladdr 02:00:00:00:00:66 nud permanent dev eth0"],
           undo=["ip neigh del 10.77.1.66 dev eth0"], **IGNORED) for words in (
        "-d 10.77.1.66", "-d 10.77.1.66 pub", "-i eth0 -d 10.77.1.66", "-Ds 10.77.1.9 eth0 pub", "-i eth0 -Ds 10.77.1.9 eth0",
        "-v -s 10.77.1.9 02:00:00:00:00:01 temp", "-s 192.0.2.1 02:00:00:00:00:01", "-i nosuch -d 10.77.1.66")),
]
