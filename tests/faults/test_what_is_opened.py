"""As root, run by somebody else in a folder of his: what the programs open, and when they give up what they may do.

Seen from outside, by strace(1), beside the original.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from trials import BIN, ORIGINALS, launched, original, ours

COMMANDS = ("ping -n -c1 127.0.0.1", "ping -c1 localhost", "ping --multi -c1 127.0.0.1", "ping -n -c1 --explain 127.0.0.1",
            "traceroute -n -q1 -w1 127.0.0.1", "traceroute -n -I -q1 -w1 127.0.0.1", "tcptraceroute -n -q 1 127.0.0.1",
            "tracepath -n 127.0.0.1", "netstat -tanp", "netstat -s", "ifconfig -a", "route -n", "arp -an", "hostname",
            "netlite mtu -n 127.0.0.1", "netlite lab map loop", "netlite ping -n -c1 127.0.0.1",
            "netlite learn", "netlite doctor", "netlite help", "netlite help ping", "netlite --version", "netlite completion bash",
            "netlite lab list", "netlite lab run loop --backend memory", "netlite mtu -n -U 127.0.0.1", "ping6 -n -c1 ::1", "tracert -n 127.0.0.1",
            "domainname", "netstat -tan --json", "traceroute -n -q1 -w1 --mda 127.0.0.1", "ping -n -c1 --json 127.0.0.1",
            "arp -n --explain", "hostname -I")
TEMPTING = ("netlite", "scapy", "os.py", "struct.py", "sitecustomize.py", "usercustomize.py", "_socket.py", "pyvenv.cfg",
            "python3", ".pythonrc.py", ".config", ".local", "sh", "env", "encodings")
OPENED = re.compile(r'\b(?:open|openat|execve)\((?:AT_FDCWD, )?"((?:[^"\\]|\\.)*)"')
CALLS = re.compile(r"\b(capset|socket|sendto|sendmsg)\((.*)\) += (-?\d+)")


@pytest.fixture
def place(tmp_path):
    """His home and current folder, full of what a careless program might take for its own."""
    for name in TEMPTING:
        (tmp_path / name).mkdir() if "." not in name[1:] and name not in ("python3", "sh", "env") else \
            (tmp_path / name).write_text("raise SystemExit('taken')\n")
    return tmp_path


def traced(lab, place, argv: list[str], *statuses: int) -> str:
    """What strace wrote about a command in his folder."""
    if not shutil.which("strace"):
        pytest.skip("no strace here")
    record = place / "record"
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(place), "SUDO_UID": "65534", "SUDO_GID": "65534",
                   "SUDO_USER": "nobody", "PYTHONPATH": str(place), "PYTHONSTARTUP": str(place / ".pythonrc.py"),
                   "PYTHONEXECUTABLE": str(place / "python3"), "__PYVENV_LAUNCHER__": str(place / "python3")}
    done = lab.run("client", ["strace", "-f", "--seccomp-bpf", "-o", str(record), "-e", "trace=open,openat,execve,capset,socket,sendto,sendmsg",
                              *argv], cwd=place, env=environment)
    if not record.exists() or "ptrace" in done.stderr:
        pytest.skip(f"no tracing here: {done.stderr[-200:]}")
    assert done.returncode in (0, *statuses), done.stderr
    return record.read_text(errors="replace")


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_of_the_callers_is_opened(lab, place, command):
    text = traced(lab, place, launched(command))
    opened = OPENED.findall(text)
    assert len(opened) > 5
    assert [name for name in opened if not name.startswith("/") or name.startswith(str(place))] == []


def steps(text: str) -> list[str]:
    """The sockets that were opened, the capabilities that were kept, and the first packet that left, in order."""
    told = []
    for call, words, result in CALLS.findall(text):
        if call == "capset":
            kept = [re.sub(r"1<<|CAP_", "", each) for each in re.findall(r"(?:effective|permitted)=([^,}]*)", words)]
            told.append(f"effective {kept[0]}, permitted {kept[1]}")
        elif call == "socket" and ("SOCK_RAW" in words or "IPPROTO_ICMP" in words) and "NETLINK" not in words and int(result) >= 0:
            told.append("socket")
        elif call in ("sendto", "sendmsg") and "NETLINK" not in words and int(result) > 0 and "sent" not in told:
            told.append("sent")
    return [step for at, step in enumerate(told) if not at or step != told[at - 1]]


ETH_P_ALL, PACKET_OUTGOING = 3, 4
NONE = "effective 0, permitted 0"


@pytest.mark.parametrize("command", ["ping -n -c1 127.0.0.1", "ping -n -c1 ::1"])
def test_ping_keeps_as_little_as_the_original_and_no_longer(lab, place, command):
    if os.geteuid() or lab.rootless:
        pytest.skip("root alone has something to give up")
    mine, theirs = (steps(traced(lab, place, argv_of(command))) for argv_of in (launched, original))
    few = "effective 0, permitted NET_ADMIN|NET_RAW"
    assert mine[0].startswith("effective 0, ") and few in theirs, (mine, theirs)
    for told in (mine, theirs):
        assert told.index(few) < told.index("socket"), told
        assert NONE in told[:told.index("sent")], told


@pytest.mark.parametrize("command", ["traceroute -n -q1 -w1 127.0.0.1", "traceroute -n -I -q1 -w1 127.0.0.1", "tracepath -n 127.0.0.1"])
def test_these_originals_keep_all(lab, place, command):
    """What docs/security.rst says of them."""
    assert not [step for step in steps(traced(lab, place, original(command))) if "permitted" in step]


@pytest.mark.parametrize("command", ["ping --multi -c1 127.0.0.1", "traceroute -n -q1 -w1 127.0.0.1", "tracepath -n 127.0.0.1",
                                     "netlite mtu -n 127.0.0.1", "traceroute -n -I -q1 -w1 127.0.0.1"])
def test_the_others_give_up_all_where_the_originals_keep_it(lab, place, command):
    if os.geteuid() or lab.rootless:
        pytest.skip("root alone has something to give up")
    told = steps(traced(lab, place, launched(command)))
    assert told[0].startswith("effective 0, permitted ") and NONE in told[:told.index("sent") if "sent" in told else None], told


OF_EACH = {
    **dict.fromkeys(("ping", "ping4"), "-n -c1 127.0.0.1"), "ping6": "-n -c1 ::1", "traceroute6": "-n -q1 -w1 ::1",
    **dict.fromkeys(("traceroute", "tracert"), "-n -q1 -w1 127.0.0.1"), "tcptraceroute": "-n -q 1 127.0.0.1", "tracepath": "-n 127.0.0.1",
    "netstat": "-tanp", "ifconfig": "-a", "route": "-n", "arp": "-an", "netlite": "mtu -n 127.0.0.1",
    **dict.fromkeys(("hostname", "domainname", "nisdomainname", "ypdomainname"), ""), "dnsdomainname": "-V"}
TABLES = {"netstat", "ifconfig", "route", "arp", "hostname", "dnsdomainname", "domainname", "nisdomainname", "ypdomainname"}


@pytest.mark.parametrize("name", sorted(path.name for path in BIN.iterdir()))
def test_every_program_by_every_name_keeps_no_more_than_the_original(lab, place, name):
    """None is left of a probing program when its first packet leaves; those of tables keep what they have, as the originals."""
    if os.geteuid() or lab.rootless:
        pytest.skip("root alone has something to give up")
    told = steps(traced(lab, place, launched(f"{name} {OF_EACH[name]}"), 1))  # 1: no domain is set
    limited = [step for step in told if step.startswith("effective")]
    if name in TABLES:
        assert not limited
        return
    assert told[0].startswith("effective 0, permitted ") and NONE in told[:told.index("sent") if "sent" in told else None], told
    if not shutil.which(name, path=ORIGINALS) or name == "netlite":
        return
    theirs = [step for step in steps(traced(lab, place, original(f"{name} {OF_EACH[name]}"))) if "permitted" in step]
    if theirs:  # it gives up some, so ours are no more
        for kind in ("effective", "permitted"):
            assert all(named(kind, step) <= {"DAC_READ_SEARCH", *named(kind, "\n".join(theirs))} for step in limited), (limited, theirs)
        assert named("permitted", limited[-2]) <= named("permitted", theirs[-2]), (limited, theirs)


def named(kind: str, steps: str) -> set[str]:
    return {each for found in re.findall(f"{kind} ([A-Z_|]+)", steps) for each in found.split("|")}


def rights(process, thread: str = "*") -> set[str]:
    """The capabilities that any thread of a process holds now, or this one, as /proc has them; none where it is gone."""
    held = set()
    for status in Path(f"/proc/{process.pid}/task").glob(f"{thread}/status"):
        try:
            held |= set(re.findall(r"^Cap(?:Eff|Prm|Inh|Amb):\s+(\w+)", status.read_text(), re.M))
        except (OSError, ProcessLookupError):
            continue
    return {f"{int(each, 16):x}" for each in held}


@pytest.mark.parametrize("command", ["ping -n -4 -i 0.05 server", "ping -4 -i 0.05 server", "ping -n -f -q -4 server",
                                     "ping --multi -4 -c 900 -i 0.05 server r1", "traceroute -n -q 9 -z 0.3 server",
                                     "traceroute -n -I -q 9 -z 0.3 server", "ping -n -4 -i 0.05 --explain server"])
def test_nothing_is_held_when_packets_leave(lab, start, command):
    """As /proc tells it: no tracing is needed."""
    if os.geteuid() or lab.rootless:
        pytest.skip("root alone has something to give up")
    with start(["cat"], stdin=subprocess.PIPE) as idle:
        assert rights(idle) - {"0"}
        idle.stdin.close()
    with lab.socket("client", socket.AF_PACKET, socket.SOCK_RAW, 0) as wire:
        wire.bind((lab.topology.interfaces("client")[0].device, ETH_P_ALL))
        wire.settimeout(60)
        with start(ours(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
            while not is_probe(*wire.recvfrom(2048)):
                continue
            seen = rights(process, str(process.pid) if "--" in command else "*")  # names are looked up in threads then
            for _ in range(500):  # threads that looked names up are ending
                if (left := rights(process)) <= {"0"}:
                    break
                time.sleep(0.01)
            process.kill()
    assert seen == {"0"} and left <= {"0"}


def is_probe(frame: bytes, address: tuple) -> bool:
    """An IPv4 packet of ICMP or UDP, on its way out."""
    return address[2] == PACKET_OUTGOING and frame[12:14] == b"\x08\x00" and frame[23] in (1, 17)


def test_the_record_would_show_it(lab, place):
    text = traced(lab, place, ["/bin/sh", "-c", "cat env; cat \"$HOME/sh\""])
    assert {"env", f"{place}/sh"} <= set(OPENED.findall(text))
