"""Devices that are called like numbers, words and other devices; alternative names; address labels: beside the originals."""

from __future__ import annotations

import difflib
import re
import subprocess

import generations
import originals
import pytest
from originals import ORIGINALS_PATH

SET_UP = r"""
mount --bind $FOLDER/nsswitch.conf /etc/nsswitch.conf && mount --bind $FOLDER/hosts /etc/hosts || exit 77
ip link set lo up
number=0
for name in d0 d01 dev 1 007 99999999999 up "$(printf 'a\034b')" "$(printf '\342\200\203x')" "$(printf 'z\342\200\250')" -x --json; do
    number=$((number + 1))
    ip link add dev "$name" address 02:00:00:00:01:$(printf %02x $number) type veth peer name p$number address 02:00:00:00:02:$(printf %02x $number) || exit 77
    for end in "$name" p$number; do
        ip link set dev "$end" addrgenmode none; ip link set dev "$end" multicast off; ip link set dev "$end" up; done
    ip -6 address add fe80::$number/64 dev "$name" nodad; ip -6 address add fe80::1:$number/64 dev p$number nodad
done
ip address add 10.0.0.1/24 dev d0; ip -6 address add fd00::1/64 dev d0 nodad
ip link property add dev d0 altname alt0 altname averyveryverylongalternativename || exit 77
ip address add 10.4.1.1/24 dev d0 label d01; ip address add 10.4.2.1/24 dev d0 label d0:1; ip address add 10.4.3.1/24 dev d0 label d0:
ip address add 10.4.4.1/24 dev d0 label d0:a:b; ip address add 10.4.5.1/24 dev d0 label "d0: x"; ip address add 10.4.2.2/24 dev d0 label d0:1
ip address add 10.4.6.1/24 dev d0; ip address add 10.4.7.1/24 dev d01 label d01:1; ifconfig alt0:7 10.4.8.1 netmask 255.255.255.0
"""
ZONES = ("fe80::4%1", "fe80::1:4%p4", "fe80::5%007", "fe80::6%99999999999", "fe80::1%alt0", "fe80::1%averyveryverylongalternativename", "fe80::1%2",
         "fe80::1%02", "fe80::1%0x2", "fe80::1%+2", "fe80::1%", "fe80::1%0", "fe80::1%4294967298", "fe80::1%77", "fe80::1%D0", "fe80::1%d0%d0",
         "fd00::1%2", "fd00::1%d0", "fd00::1%77", "::1%1", "::1%lo", "127.0.0.1%lo")
NAMES = ("1", "007", "up", "alt0", "averyveryverylongalternativename", "-x", "dev", "d0:1", "d0:a:b", "alt0:7", "alt0:9", "d01:1", "d0:nope", "d0x:1")
SHOWN = (*(f"{program} {zone}" for zone in ZONES for program in ("ping -c1 -W1", "traceroute -q1 -m1 -w1", "tracepath -m1")),
         *(f"ping -c1 -W1 -I {name} {address}" for name, address in (("1", "fe80::4"), ("007", "fe80::5"), ("alt0", "10.0.0.1"), ("2", "fe80::1"))),
         "ifconfig", "ifconfig -a", "ifconfig -s", "netstat -i", "netstat -ie", "netstat -rn", "route -ne", "route -n6 | cut -c1-58 | sort",
         *(f"ifconfig {name}" for name in NAMES), *(f"ifconfig -s {name}" for name in NAMES), "ifconfig alt0:7 down", "ifconfig -a",
         "route add -net 10.9.0.0/16 up", "route add -net 10.10.0.0/16 dev dev", "route add -net 10.11.0.0/16 alt0", "arp -i alt0 -n", "route -n")
TIMES = re.compile(r"\d+\.\d+ ?ms|time \d+ms|= [0-9./]+ ms|pmtu \d+")
BEGINS = re.compile(r"(?m)^(?=\$ )")


def session(path: str, folder) -> list[str]:
    """What each command said, its line first and its status last."""
    commands = "\n".join(f"echo '$ {words}'; {words}; echo status $?" for words in SHOWN)
    done = subprocess.run(["unshare", "-n", "-m", "sh", "-c", f"{SET_UP}exec 2>&1\n{commands}"], capture_output=True, timeout=240,
                          stdin=subprocess.DEVNULL, env={"PATH": path, "LC_ALL": "C", "FOLDER": str(folder)})
    if done.returncode == 77:
        pytest.skip(f"no such devices here: {done.stderr.splitlines()[-1:]}")
    text = TIMES.sub("#", done.stdout.decode("utf-8", "backslashreplace"))
    text = re.sub(r"(?m)^( +[RT]X packets).*|(1500|65536) +\d+ .* (?=[A-Z]+$)", r"\1", text)  # counters go on
    return BEGINS.split(text)


def in_our_words(output: str) -> str:
    """What an original said, as netlite puts it; its two streams are one here."""
    program = output[2:].partition(" ")[0]
    if not program:
        return output
    said, _ = generations.in_our_words(program, output, "")
    return generations.in_our_words(program, "", said)[1]


def settled(command: str) -> list[str]:
    """The lines of a command.  How often tracepath looks at hop 1 is a matter of time, and the kernel lists IPv6 addresses by a hash."""
    lines = command.splitlines()
    if command.startswith("$ tracepath"):
        return list(dict.fromkeys(" ".join(line.split()).replace("1?:", "1:") for line in lines))
    return [line for line in lines if " inet6 " not in line]


def test_names_of_devices(tmp_path, netlite_path, record_property):
    originals.need("ping", "traceroute", "tracepath", "ifconfig", "netstat", "route", "arp")
    record_property("compared", (originals.generation("ping"), len(SHOWN)))
    (tmp_path / "nsswitch.conf").write_text("hosts: files\n")
    (tmp_path / "hosts").write_text("127.0.0.1 localhost\n")
    original, netlite = (session(path, tmp_path) for path in (ORIGINALS_PATH, netlite_path("nobody")))
    original, netlite = ([line for each in outputs for line in settled(each)] for outputs in (map(in_our_words, original), netlite))
    assert sum("alt0:7:" in line for line in original) == 4
    assert "\n".join(difflib.unified_diff(original, netlite, "original", "netlite", n=1, lineterm="")) == ""


def test_a_label_of_no_device_hides_nothing(netlite_path):
    """The original ends there, and shows nothing of what follows."""
    script = "ip link set lo up; ip address add 127.5.5.5/8 dev lo label lo5; ip address add 127.5.5.6/8 dev lo label lo5:6 && ifconfig && ifconfig -s"
    done = subprocess.run(["unshare", "-n", "sh", "-c", script], capture_output=True, text=True, env={"PATH": netlite_path("nobody"), "LC_ALL": "C"})
    if done.returncode:
        pytest.skip(f"no network namespace here: {done.stderr}")
    assert (done.stdout.count("lo: "), done.stdout.count("lo5"), done.stdout.count("127.0.0.1"), done.stderr) == (1, 0, 1, "")
