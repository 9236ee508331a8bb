"""``netlite doctor``: what works here, with which right, and the one command that changes it.

Found out by trying, and nothing is sent: sockets are opened and closed, tables are read.
"""

from __future__ import annotations

import os
import socket
import sys
from importlib.util import find_spec

from ...environment import Environment
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SOCK_DIAG, ROUTE = 4, 0


class Finding(Record):
    """`works`, or `why` not, what that means for the programs, and the command that changes it ("" for none)."""

    what: str
    works: bool
    why: str = ""
    means: str = ""
    command: str = ""


def examine(environment: Environment) -> int:
    """Find out and say all; 1 where one of the classic programs cannot work."""
    from ...libraries import find_libraries

    find_libraries()
    needed = [find() for find in NEEDED]
    environment.out.write(render_findings([*needed, *(find() for find in WISHED)]))
    return int(not all(finding.works for finding in needed))


def render_findings(findings: list[Finding]) -> str:
    """What is looked at, and a line or two for each finding."""
    who = "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
    version = ".".join(map(str, sys.version_info[:3]))
    lines = [f"Python {version}, Linux {os.uname().release}, as {who}", ""]
    for finding in findings:
        lines.append(f"{'yes' if finding.works else 'no ':4}{finding.what}")
        if not finding.works:
            lines.append(f"    {finding.why}: {finding.means}")
            lines += [f"    try: {finding.command}"] if finding.command else []
    return "\n".join([*lines, ""])


def quote(word: str) -> str:
    """A word for a shell; the smallest Pythons have no shlex.

    >>> quote("/usr/bin/python3"), quote("/my python")
    ('/usr/bin/python3', "'/my python'")
    """
    plain = word.translate(dict.fromkeys(map(ord, "/._-+"))).isalnum() and word.isascii()
    return word if plain else "'" + word.replace("'", "'\\''") + "'"


def is_of_the_system() -> bool:
    """Whether pip refuses to install for this Python (PEP 668), or is not there."""
    from sysconfig import get_path

    marked = os.path.exists(os.path.join(get_path("stdlib"), "EXTERNALLY-MANAGED"))
    return sys.prefix == sys.base_prefix and marked or find_spec("pip") is None


def _attempt(what: str, action: Callable[[], object], means: str, command: str = "") -> Finding:
    try:
        action()
    except (OSError, ImportError, ValueError) as refusal:
        errno = getattr(refusal, "errno", None)
        return Finding(what, False, os.strerror(errno) if errno else str(refusal), means, command)
    return Finding(what, True)


def _open(family: int, kind: int, protocol: int) -> Callable[[], None]:
    return lambda: socket.socket(family, kind, protocol).close()


def _probes() -> Finding:
    """ping needs one of two sockets."""
    ping_socket = _attempt("", _open(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP), "")
    raw_socket = _attempt("", _open(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP), "")
    what = "ping: an ICMP socket" + (" (raw)" if raw_socket.works else " (without rights)" if ping_socket.works else "")
    return Finding(what, ping_socket.works or raw_socket.works, ping_socket.why, "ping cannot send",
                   'sudo sysctl -w net.ipv4.ping_group_range="0 2147483647"')


def _raw() -> Finding:
    python = quote(os.path.realpath(sys.executable))
    return _attempt("raw sockets: traceroute -I and -T, record route, --pcap",
                    _open(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
                    "traceroute uses UDP, ping its own kind of socket",
                    f"sudo netlite …, or: sudo setcap cap_net_raw+ep {python} (for every program in Python, then)")


def _error_queue() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR


def _ipv6() -> Finding:
    return _attempt("IPv6", _open(socket.AF_INET6, socket.SOCK_DGRAM, 0), "everything with IPv4 alone")


def _traces() -> Finding:
    return _attempt("traceroute and tracepath: answers through the error queue of UDP", _error_queue,
                    "they would see no router")


def _tables() -> Finding:
    def read() -> None:
        with open("/proc/net/tcp", "rb") as table:
            table.readline()

    return _attempt("netstat, route, arp: /proc/net", read, "their tables are not there", "mount -t proc proc /proc")


def _interfaces() -> Finding:
    def read() -> None:
        import fcntl

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            fcntl.ioctl(sock, 0x8912, bytes(16))  # SIOCGIFCONF

    return _attempt("ifconfig: the interfaces", read, "ifconfig sees none")


def _netlink(protocol: int) -> Callable[[], None]:
    return _open(socket.AF_NETLINK, socket.SOCK_RAW, protocol)


def _diag() -> Finding:
    return _attempt("netlink for sockets: netstat is quick, and has --more", _netlink(SOCK_DIAG),
                    "netstat reads /proc")


def _rtnetlink() -> Finding:
    return _attempt("netlink for routes: --more, route get, hostname -I", _netlink(ROUTE),
                    "the classic displays alone")


def _owners() -> Finding:
    def look() -> None:
        os.listdir("/proc/1/fd")

    return _attempt("netstat -p: the owners of all sockets", look, "those of your own processes alone",
                    "sudo netlite netstat -p")


def _changes() -> Finding:
    works = os.geteuid() == 0
    return Finding("changes: ifconfig, route, arp, hostname", works, "not root",
                   "they show, and are refused what they change", "sudo netlite …")


def _names() -> Finding:
    def read() -> None:
        with open("/etc/resolv.conf", "rb") as configuration:
            if not any(line.startswith(b"nameserver") for line in configuration):
                raise ValueError("no nameserver in /etc/resolv.conf")

    return _attempt("names: a name server is configured", read, "addresses, and names in /etc/hosts, alone")


def _whole_python() -> Finding:
    missing = [name for name in ("json", "ctypes", "tomllib", "shutil") if find_spec(name) is None]
    return Finding("all of Python: --json, the lab, learn", not missing, f"no {', '.join(missing)}",
                   "the programs do without, and say what they cannot do", "sudo apt-get install python3")


def _lab() -> Finding:
    try:
        from ...lab.backends import why_not
    except ImportError as missing:
        return Finding("lab: network namespaces", False, f"this Python has no {missing.name}", "no lab, no lessons")
    reason = why_not("namespaces")
    return Finding("lab: network namespaces", reason is None, reason or "", "scenes play in memory (--backend memory)",
                   "" if os.geteuid() == 0 else "sudo netlite lab list")


def _library(name: str, use: str) -> Callable[[], Finding]:
    def find() -> Finding:
        return Finding(f"{name}: {use}", find_spec(name) is not None, "not installed", "all else works without it",
                       f"pip install {name}, in a virtual environment (python3 -m venv)" if is_of_the_system() else
                       f"{quote(sys.executable)} -m pip install {name}")

    return find


NEEDED = (_probes, _traces, _tables, _interfaces)
WISHED = (_ipv6, _raw, _diag, _rtnetlink, _owners, _changes, _names, _whole_python, _lab,
          _library("scapy", "--pcap"), _library("pyroute2", "namespaces by name, and changes by netlink"),
          _library("tabulate", "tables of --more"))
