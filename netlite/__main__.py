"""Start a program: ``python3 -I -m netlite ping …``, and what the scripts in bin/ call."""

from __future__ import annotations

import sys
from posix import _exit

PROGRAMS = {  # name: the module of netlite.commands that serves it
    "ping": "ping", "ping4": "ping", "ping6": "ping", "traceroute": "traceroute", "traceroute6": "traceroute",
    "tracert": "traceroute", "tcptraceroute": "tcptraceroute", "tracepath": "tracepath",
    "netstat": "netstat", "ifconfig": "ifconfig", "route": "route", "arp": "arp", "hostname": "hostname",
    "dnsdomainname": "hostname", "domainname": "hostname", "nisdomainname": "hostname", "ypdomainname": "hostname",
}

