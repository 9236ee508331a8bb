"""System calls that a sandbox refuses: a program then does its work in another way or says what was refused.

Never a Python exception, never a hang, and where the original still works so does netlite, but for what LESS names.
"""

from __future__ import annotations

from errno import EACCES, EAFNOSUPPORT, ENOBUFS, ENOSYS, EPERM, EPROTONOSUPPORT

import pytest
from refusals import Refusal, refuse
from trials import fault_of, original, ours, run_all

UNIX, INET, INET6, NETLINK, PACKET = 1, 2, 10, 16, 17

PING = ("ping -n -c1 -W1 server", "ping -c1 -W1 -w2 server", "ping -n -f -q -c3 -w2 -4 server", "ping -n -q -w1 -6 server")
TRACEROUTE = ("traceroute -n -q1 -w1 server", "traceroute -q1 -w1 -6 server", "traceroute -n -I -q1 -w1 server",
              "traceroute -n -T -q1 -w1 server", "traceroute -n -M tcpconn -q1 -w1 server")
TRACEPATH = ("tracepath -n server", "tracepath -6 server")
PROBES = PING + TRACEROUTE + TRACEPATH
TABLES = ("netstat -tuxan", "netstat -s", "netstat -rn", "netstat -6rn", "netstat -ie", "netstat -gn", "ifconfig -a",
          "ifconfig lo", "route -n", "route -6 -n", "arp -n", "hostname", "hostname -I", "hostname -f", "domainname")
CHANGES = ("ifconfig lo:1 127.0.0.9", "arp -d 198.18.1.77", "route add -host 198.51.100.1 gw 198.18.1.77x")
OURS = ("netlite mtu -n -w2 server", "netlite mtu -n -U -w2 server", "ping --multi -c1 server r1",
        "ping -n -c1 -W1 --explain server", "ping -n -c1 -W1 --pcap=/dev/null server", "traceroute -n -q1 -w1 --mda server",
        "tracepath -n --explain=fields server", "traceroute -A -n -q1 -w1 -m2 server")
OWN_TABLES = ("netstat -tan --json", "netstat -tn --netns 1", "ifconfig -a --json", "arp -n --explain")
LAB = ("netlite lab list", "netlite lab run loop", "netlite lab run loop --backend memory")

CASES = {
    "socket, INET": (Refusal("socket", EAFNOSUPPORT, INET), PROBES + TABLES + CHANGES + OURS + OWN_TABLES + LAB),
    "socket, INET6": (Refusal("socket", EAFNOSUPPORT, INET6), PROBES + TABLES + OURS),
    "socket, NETLINK": (Refusal("socket", EPERM, NETLINK), PROBES + TABLES + CHANGES + OURS + OWN_TABLES + LAB),
    "socket, NETLINK, unknown": (Refusal("socket", EPROTONOSUPPORT, NETLINK), TABLES + OWN_TABLES),
    "socket, PACKET": (Refusal("socket", EACCES, PACKET), PING[:1] + OURS),
    "socket, UNIX": (Refusal("socket", EACCES, UNIX), TABLES + LAB),
    "eventfd2": (Refusal("eventfd2", EPERM), PROBES + OURS + LAB),
    "epoll_create1": (Refusal("epoll_create1", ENOSYS), PROBES + OURS),
    "pipe2": (Refusal("pipe2", EPERM), PROBES + OURS + LAB),
    "clone": (Refusal("clone", EPERM), PROBES + TABLES + OURS + LAB),
    "timerfd_create": (Refusal("timerfd_create", EPERM), PROBES + LAB[1:2]),
    "signalfd4": (Refusal("signalfd4", EPERM), PROBES),
    "setitimer": (Refusal("setitimer", EPERM), PROBES),
    "sendto": (Refusal("sendto", ENOBUFS), PROBES + TABLES + CHANGES + OURS + OWN_TABLES + LAB[:1]),
    "sendto, not permitted": (Refusal("sendto", EPERM), PROBES + OURS),
    "sendmsg": (Refusal("sendmsg", EACCES), PROBES + TABLES + OURS + LAB[:1]),
    "recvmsg": (Refusal("recvmsg", EPERM), PROBES + TABLES + CHANGES + LAB[:1]),
    "recvfrom": (Refusal("recvfrom", EPERM), PROBES + TABLES + OWN_TABLES + LAB[:1]),
    "setsockopt": (Refusal("setsockopt", EPERM), PROBES + TABLES + OURS),
    "getsockopt": (Refusal("getsockopt", ENOSYS), PROBES + OURS),
    "getsockname": (Refusal("getsockname", EPERM), PROBES + CHANGES + OURS),
    "bind": (Refusal("bind", EPERM), PROBES + TABLES + CHANGES + LAB[:1]),
    "connect": (Refusal("connect", EACCES), PROBES + OURS),
    "ioctl": (Refusal("ioctl", EPERM), PING + TABLES + CHANGES),
    "capset": (Refusal("capset", EPERM), PROBES + OURS),
    "capget": (Refusal("capget", EPERM), PROBES),
    "getrandom": (Refusal("getrandom", ENOSYS), PING + TRACEROUTE[:1] + OURS),
    "prctl": (Refusal("prctl", EPERM), PING + LAB),
    "pidfd_open": (Refusal("pidfd_open", ENOSYS), LAB[1:2]),
    "unshare": (Refusal("unshare", EPERM), LAB),
    "setns": (Refusal("setns", EPERM), OWN_TABLES + LAB),
    "mount": (Refusal("mount", EPERM), LAB),
    "socketpair": (Refusal("socketpair", EACCES), PROBES[:1] + LAB),
}

LESS = {"bind": "ping", "getsockname": "tracepath traceroute", "getsockopt": "traceroute", "setsockopt": "ping",
        "recvfrom": "netstat"}
"""Calls that the originals do not make: where these are refused the programs say so, and do less."""


@pytest.mark.parametrize("name", CASES)
def test_it_works_or_says_what_was_refused(start, seccomp, name):
    refusal, commands = CASES[name]
    # ENOSYS is what makes the C library fall back from clone3 to clone
    refused = (refusal, Refusal("clone3", ENOSYS)) if refusal.call == "clone" else (refusal,)
    options = {"preexec_fn": lambda: refuse(*refused)}
    both = [command for command in commands if command not in OURS + OWN_TABLES + LAB]
    done = dict(zip(commands, run_all(start, [ours(command) for command in commands], **options)))
    wrong = {command: (fault_of(each), each) for command, each in done.items() if fault_of(each)}
    assert not wrong
    theirs = dict(zip(both, run_all(start, [original(command) for command in both], **options)))
    less = [(command, done[command], each) for command, each in theirs.items()
            if each.status == 0 and done[command].status and command.split()[0] not in LESS.get(refusal.call, "").split()]
    assert not less
