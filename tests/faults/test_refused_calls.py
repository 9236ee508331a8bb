"""System calls that a sandbox refuses: a program then does its work in another way or says what was refused.

Never a Python exception, never a hang, and where the original still works so does netlite, but for what LESS names.
"""

from __future__ import annotations

from errno import EACCES, EAFNOSUPPORT, EMSGSIZE, ENETDOWN, ENOBUFS, ENODEV, ENOMEM, ENOSYS, EPERM

import pytest
from refusals import Refusal, refuse
from trials import fault_of, original, ours, suffering

UNIX, INET, INET6, NETLINK, PACKET = 1, 2, 10, 16, 17

PING = ("ping -c1 -W1 -w2 server", "ping -n -f -q -c3 -w2 -4 server")
TRACEROUTE = ("traceroute -q1 -w1 server", "traceroute -n -I -q1 -w1 -6 server", "traceroute -n -M tcpconn -q1 -w1 server")
PROBES = (*PING, *TRACEROUTE, "tracepath -n server")
TABLES = ("netstat -tuxan", "netstat -s", "netstat -6rn", "netstat -ie", "ifconfig -a", "route -n", "arp -n", "hostname -I")
CHANGES = ("ifconfig lo:1 127.0.0.9", "arp -d 198.18.1.77")
OURS = ("netlite mtu -n -w2 server", "netlite mtu -n -U -w2 server", "ping --multi -c1 server r1",
        "traceroute -n -q1 -w1 --mda server")
TOLD = ("ping -n -c1 -W1 --explain server", "tracepath -n --pcap=/dev/null server", "netstat -tan --json",
        "netstat -tn --netns 1", "arp -n --explain", "traceroute -A -n -q1 -w1 -m2 server")
LAB = ("netlite lab list",)
MEMORY = ("netlite lab run loop --backend memory",)

CASES = {
    "socket, INET": (Refusal("socket", EAFNOSUPPORT, INET), PROBES + TABLES + CHANGES + OURS + TOLD),
    "socket, INET6": (Refusal("socket", EAFNOSUPPORT, INET6), (*PROBES, "tracepath -6 server", *TABLES, *OURS)),
    "socket, NETLINK": (Refusal("socket", EPERM, NETLINK), PROBES + TABLES + CHANGES + OURS + TOLD + LAB),
    "socket, PACKET": (Refusal("socket", EACCES, PACKET), TOLD[:2] + OURS),
    "socket, UNIX": (Refusal("socket", EACCES, UNIX), TABLES[:1] + LAB),
    "eventfd2": (Refusal("eventfd2", EPERM), PROBES + OURS + TOLD[:1] + MEMORY),
    "epoll_create1": (Refusal("epoll_create1", ENOSYS), TRACEROUTE + OURS),
    "pipe2": (Refusal("pipe2", EPERM), PROBES + OURS + LAB),
    "clone": (Refusal("clone", EPERM), PROBES + TABLES[:1] + OURS + TOLD + LAB),
    "timerfd_create": (Refusal("timerfd_create", EPERM), PING),
    "signalfd4": (Refusal("signalfd4", EPERM), PING),
    "setitimer": (Refusal("setitimer", EPERM), PING),
    "sendto": (Refusal("sendto", ENOBUFS), PROBES + TABLES + CHANGES + OURS),
    "sendto, not permitted": (Refusal("sendto", EPERM), PROBES + OURS),
    "sendto, no network": (Refusal("sendto", ENETDOWN), PROBES + OURS),
    "sendto, no device": (Refusal("sendto", ENODEV), PROBES + OURS),
    "sendto, too long": (Refusal("sendto", EMSGSIZE), PROBES + OURS),
    "sendto, memory": (Refusal("sendto", ENOMEM), PING + OURS[:3]),
    "bind, no device": (Refusal("bind", ENODEV), PING + TRACEROUTE + OURS),
    "setsockopt, no device": (Refusal("setsockopt", ENODEV), PROBES),
    "sendmsg": (Refusal("sendmsg", EACCES), PROBES + OURS),
    "recvmsg": (Refusal("recvmsg", EPERM), PROBES + TABLES[-1:] + CHANGES + LAB),
    "recvfrom": (Refusal("recvfrom", EPERM), PROBES + TABLES + TOLD[2:3] + LAB),
    "setsockopt": (Refusal("setsockopt", EPERM), PROBES + TABLES[:2] + OURS),
    "getsockopt": (Refusal("getsockopt", ENOSYS), PROBES + OURS),
    "getsockname": (Refusal("getsockname", EPERM), PROBES + CHANGES + OURS),
    "bind": (Refusal("bind", EPERM), PROBES + CHANGES + LAB),
    "connect": (Refusal("connect", EACCES), PROBES + OURS + TOLD[-1:]),
    "ioctl": (Refusal("ioctl", EACCES), PING[:1] + TABLES + CHANGES),  # other errors keep Python from starting
    "capset": (Refusal("capset", EPERM), PROBES + OURS[:1]),
    "capget": (Refusal("capget", EPERM), PROBES),
    "getrandom": (Refusal("getrandom", ENOSYS), PING + TRACEROUTE[:1] + OURS),
    "prctl": (Refusal("prctl", EPERM), PING[:1] + LAB),
    "unshare": (Refusal("unshare", EPERM), LAB),
    "setns": (Refusal("setns", EPERM), TOLD[3:4] + LAB),
    "mount": (Refusal("mount", EPERM), LAB),
    "socketpair": (Refusal("socketpair", EACCES), LAB),
}

LESS = {"bind": "ping", "getsockname": "tracepath traceroute", "getsockopt": "traceroute", "setsockopt": "ping",
        "recvfrom": "netstat", "recvmsg": "traceroute"}
"""Calls that the originals do not make: where these are refused the programs say so, and do less."""


@pytest.mark.parametrize("name", CASES)
def test_it_works_or_says_what_was_refused(start, seccomp, name):
    refusal, commands = CASES[name]
    # ENOSYS is what makes the C library fall back from clone3 to clone
    refused = (refusal, Refusal("clone3", ENOSYS)) if refusal.call == "clone" else (refusal,)
    fault = [(refuse, *refused)]
    both = [command for command in commands if command not in OURS + TOLD + LAB + MEMORY]
    done = dict(zip(commands, suffering(start, [ours(command) for command in commands], fault)))
    wrong = {command: (fault_of(each), each) for command, each in done.items() if fault_of(each)}
    assert not wrong
    theirs = dict(zip(both, suffering(start, [original(command) for command in both], fault, patience_s=3)))
    less = [(command, done[command], each) for command, each in theirs.items()
            if each.status == 0 and done[command].status and command.split()[0] not in LESS.get(refusal.call, "").split()]
    assert not less
