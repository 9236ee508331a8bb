"""Odd lines in /etc/services, protocols and networks: what the C library makes of them, the original's rows."""

from __future__ import annotations

import difflib
import re
import subprocess

import originals
import pytest
from originals import ORIGINALS_PATH

FILES = {
    "services": b"""http 80/tcp www
hex 0x51/tcp
oct 082/tcp
oct2 0123/tcp
big 65537/tcp
neg -1/tcp
plus +105/tcp
dup1 90/tcp
dup2 90/tcp
two 91//tcp
noproto 92
slash 93/
blank 94 /tcp
nul\0x 96/tcp
late 97/tcp\0x
cr 98/tcp\r
# comment 100/tcp
\tlead\t102/tcp#c
100 103/tcp
comma 104,tcp
trail 106x/tcp
raw1 1/raw
raw44 44/raw
\xff 107/tcp
n\xe9 108/udp \xe9
""",
    "protocols": b"icmp 1 ICMP\nhex 0xfe\noct 0310\nfoo 253\nbig 65735\nneg -1\ndup 99\ndup2 99\ncr 98\r\nnul\0 97\nn\xe9 96 \xff\n",
    "networks": b"""default 0.0.0.0
ten 10
private 172.16 Priv2
octal 0300.0250.010
whole 0xc0a80900
hex 0xc0.xA8.10
UPPER 192.168.11
cr 192.168.12\r
end 192.168.13.
big 300.1
short
long 1.2.3.4.5
nul\0x 192.168.14
""",
    "hosts": b"127.0.0.1 localhost\n", "nsswitch.conf": b"services: files\nprotocols: files\nnetworks: files\nhosts: files\n"}
PORTS = (80, 81, 82, 83, 1, 65535, 105, 90, 91, 92, 93, 94, 96, 97, 98, 100, 102, 103, 104, 106)
PROTOCOLS = (1, 254, 200, 253, 199, 255, 99, 98, 97, 44)
FURNITURE = f"""
import socket, sys, time
kept = [socket.create_server(("127.0.0.1", port)) for port in {PORTS}] + [socket.socket(socket.AF_INET, socket.SOCK_RAW, number) for number in {PROTOCOLS}]
open(sys.argv[1], "w")
time.sleep(120)
"""
NAMES = ("ten", "TEN", "private", "priv2", "octal", "whole", "hex", "upper", "UPPER", "cr", "end", "big", "short", "long", "nul", "x", "default")
SHOWN = ("netstat -tl", "netstat -tlW", "netstat -wa", *(f"route add -net {name} dev lo" for name in NAMES), *(f"ifconfig lo:1 {name}" for name in NAMES),
         "route add -net 255.255.255.255 netmask 255.255.255.255 dev lo", "route", "netstat -r", *(f"arp -s {name} 02:00:00:00:00:01" for name in NAMES),
         *(f"route del -net {name} dev lo" for name in NAMES), "route",
         *(f'traceroute -n -q1 -m1 -p "$(printf "{name}")" 127.0.0.1' for name in (r"\377", r"n\351", r"\351", r"\376", "http", "www")),
         *(f'traceroute -n -q1 -m1 -M raw -O protocol="$(printf "{name}")" 127.0.0.1' for name in (r"\377", r"n\351", r"\376", "ICMP")))
SET_UP = r"""
for file in $FILES; do mount --bind $FOLDER/$file /etc/$file || exit 77; done
ip link set lo up || exit 77
python3 -I -S -c "$FURNITURE" $FOLDER/ready & furniture=$!
while ! [ -e $FOLDER/ready ]; do sleep 0.1; done
"""


def session(path: str, folder) -> list[str]:
    """What each command says and its status, in a namespace of its own whose name files are those of `folder`."""
    (folder / "ready").unlink(missing_ok=True)
    script = SET_UP + "exec 2>&1\n" + "\n".join(f"echo '$ {words}'; {words}; echo status $?" for words in SHOWN) + "\nkill $furniture"
    done = subprocess.run(["unshare", "-n", "-m", "sh", "-c", script], capture_output=True, timeout=300, stdin=subprocess.DEVNULL,
                          env={"PATH": path, "LC_ALL": "C", "FOLDER": str(folder), "FILES": " ".join(FILES), "FURNITURE": FURNITURE})
    if done.returncode == 77 or b"unshare" in done.stderr:
        pytest.skip(f"no namespaces here: {done.stderr.splitlines()[-1:]}")
    lines = re.sub(r"[0-9.]+ ms", "ms", done.stdout.decode("utf-8", "backslashreplace")).splitlines()
    return sorted_tables(lines)


def sorted_tables(lines: list[str]) -> list[str]:
    """Sockets in an order: the kernel hashes them anew in each namespace."""
    first = next(place for place, line in enumerate(lines) if line.startswith("$ route"))
    return sorted(lines[:first]) + lines[first:]


def test_odd_lines_of_name_files(tmp_path, netlite_path, record_property):
    originals.need("arp", "route", "netstat", "ifconfig", "traceroute")
    record_property("compared", (originals.generation("netstat"), len(SHOWN)))
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    original, netlite = (session(path, tmp_path) for path in (ORIGINALS_PATH, netlite_path("nobody")))
    assert len(original) > 150 and any(":hex" in line for line in original)
    assert "\n".join(difflib.unified_diff(original, netlite, "original", "netlite", n=0, lineterm="")) == ""
