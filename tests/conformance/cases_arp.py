"""arp beside the original: options, tables, refusals.  Changes are in test_verbs.py."""

from __future__ import annotations

from harness import Case

IGNORED = {"packets": "ignored"}  # the C library of the original asks DNS for networks, netlite only /etc/networks

SHOWN = ("", "-n", "-a", "-an", "-e", "-ae", "-v", "-vn", "-i eth0", "-an -i nosuch", "-H ether -n", "-t ax25 -n",
         "10.77.1.2", "-n 10.77.1.2", "-a r1.lab", "-n 192.0.2.9", "-a 192.0.2.9", "-N", "--all --numeric", "-A inet")
REFUSED = ("-z", "-A foo", "-A inet6", "-H foo", "-H loop", "-H", "-h", "-V", "-?", "-d", "-s", "-s 10.77.1.9",
           "-s nosuch 02:00:00:00:00:01", "-s 10.77.1.9 zz:00:00:00:00:01", "-d 10.77.1.9 foo", "-f /nonexistent",
           "-Ds 10.77.1.9 nosuch", "-d 192.0.2.9", "-D -s 10.77.1.9", "--device", "--n")

CASES = [
    *(Case(f"arp {words}", before=["ping -c1 -W1 10.77.1.2 >/dev/null"], **IGNORED) for words in SHOWN),
    *(Case(f"arp {words}", scene="alone", **IGNORED) for words in REFUSED),
    Case("arp", scene="alone", **IGNORED),
    Case("arp -n", user="nobody", **IGNORED),
    Case("arp -s 10.77.1.9 02:00:00:00:00:01", user="nobody", **IGNORED),
    Case("arp -d 10.77.1.2", user="nobody", **IGNORED),
]
