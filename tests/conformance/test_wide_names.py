"""Names with letters of several bytes, and bytes that are no letters, in every column that is padded or cut: by bytes, as printf(3)."""

from __future__ import annotations

import difflib
import re
import subprocess

import originals
import pytest
from originals import ORIGINALS_PATH

DEVICES = ("\u00fcn\u00ef", "\u00e9" * 7, b"\xffd\xe9", b"\x80z", "\u65e5\u672c3", "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9x", "a10", "a9")
HOSTS = (("10.0.0.9", "\u00e9t\u00e9"), ("10.0.0.8", "\u00e9" * 8), ("10.0.0.7", "x" * 14 + "\u00e9" * 6), ("10.0.0.6", b"\xff\xfe"),
         ("10.0.0.5", "\u00e9" * 30), ("2001:db8::5", "\u00e9" * 30), ("2001:db8::6", "\u65e5\u672c"))
USERS = (("4101", "m\u00fcller"), ("4102", "\u00e9" * 6), ("4103", b"\xe9t\xe9"))
PORTS = (("4001", "port\u00e9"), ("4002", "\u00e9" * 12))
SET_UP = r"""
for file in hosts passwd services networks; do mount --bind $FOLDER/$file /etc/$file || exit 77; done
ip link set lo up
while read -r name; do ip link add "$name" type veth peer name "p$((count += 1))" || exit 77; ip link set "$name" up; last=$name; done <$FOLDER/devices
ip address add 10.0.0.1/24 dev "$last"; ip -6 address add 2001:db8::1/64 dev "$last" nodad
for host in 5 6 7 8 9; do
    ip neigh add 10.0.0.$host lladdr 02:00:00:00:00:0$host nud permanent dev "$last"; ip route add 10.0.$host.0/24 via 10.0.0.$host
    ip route add 10.9.0.$host dev "$last"; ip address add 10.0.0.$host/32 dev lo; done
ip -6 route add 2001:db8:5::/64 via 2001:db8::5 dev "$last"; ip route add 172.16.0.0/16 dev "$last"
python3 -I -S -c "$FURNITURE" $FOLDER/ready & furniture=$!
while ! [ -e $FOLDER/ready ]; do sleep 0.1; done
"""
FURNITURE = """
import os, socket, sys, time
kept = []
for user, port, host in ((4101, 4001, "10.0.0.9"), (4102, 4002, "10.0.0.8"), (4103, 4003, "10.0.0.5"), (4101, 4002, "10.0.0.7"), (0, 4001, "10.0.0.6")):
    os.seteuid(user)
    kept.append(socket.create_server((host, port)))
    os.seteuid(0)
open(sys.argv[1], "w")
time.sleep(120)
"""
NUMBERS = re.compile(r"\b[0-9]{5,}(?=[ /])")  # inodes, process ids
COUNT = re.compile(" *[0-9]+")  # to the right edge of its column
SHOWN = ("ifconfig -s -a", "ifconfig -a", "netstat -i -a", "netstat -g -n", "route -een", "route -ee", "route", "route -e", "route -6", "netstat -r", "netstat -ree",
         "arp", "arp -a", "arp -e", "netstat -tle", "netstat -tl", "netstat -tlW", "netstat -tlen", "netstat -ie -a")


def bytes_of(text) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def session(path: str, folder) -> list[str]:
    (folder / "ready").unlink(missing_ok=True)
    script = SET_UP + "\n".join(f"echo '$' {words}; {words}{' | sort' * words.startswith(('arp', 'netstat -tl'))}" for words in SHOWN) + "\nkill $furniture"
    done = subprocess.run(["unshare", "-n", "-m", "sh", "-c", script], capture_output=True, timeout=300, stdin=subprocess.DEVNULL,
                          env={"PATH": path, "LC_ALL": "C", "FOLDER": str(folder), "FURNITURE": FURNITURE})
    if done.returncode == 77:
        pytest.skip(f"no such devices here: {done.stderr.splitlines()[-1:]}")
    lines = (done.stdout + done.stderr).decode("utf-8", "backslashreplace").splitlines()
    return [line for line in lines if not any(word in line for word in ("ether ", "fe80", "packets", "ff02::1:ff", "errors", " inet6 "))]


def test_columns_of_names(tmp_path, netlite_path, record_property):
    originals.need("arp", "route", "netstat", "ifconfig")
    record_property("compared", (originals.generation("netstat"), len(SHOWN)))
    (tmp_path / "devices").write_bytes(b"".join(bytes_of(name) + b"\n" for name in DEVICES))
    (tmp_path / "hosts").write_bytes(b"127.0.0.1 localhost\n" + b"".join(b"%b %b\n" % (address.encode(), bytes_of(name)) for address, name in HOSTS))
    (tmp_path / "passwd").write_bytes(b"root:x:0:0::/:/bin/sh\n" + b"".join(b"%b:x:%b:0::/:/bin/sh\n" % (bytes_of(name), number.encode())
                                                                            for number, name in USERS))
    (tmp_path / "services").write_bytes(b"".join(b"%b %b/tcp\n" % (bytes_of(name), port.encode()) for port, name in PORTS))
    (tmp_path / "networks").write_bytes("r\u00e9seau 172.16.0.0\n".encode())
    original, netlite = (session(path, tmp_path) for path in (ORIGINALS_PATH, netlite_path("nobody")))
    assert len(original) > 120
    masked = [[COUNT.sub(lambda count: "#".rjust(len(count[0])), line) if line.endswith(("BMU", "BMRU", "LRU")) else NUMBERS.sub("#", line) for line in lines]
              for lines in (original, netlite)]  # counters go on
    assert "\n".join(difflib.unified_diff(*masked, "original", "netlite", n=0, lineterm="")) == ""
