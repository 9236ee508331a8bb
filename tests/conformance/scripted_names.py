"""A machine whose names fail in every way, in namespaces of its own; it plays the steps on its stdin (player.py).

Arguments: NSSWITCH HOSTS [QUESTIONS].  A name server on 127.0.0.1 answers as the first label of a question says, and
writes to the file QUESTIONS what it was asked, "NAME TYPE" a line.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import player

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from netlite.lab.kernel import syscalls  # noqa: E402

MS_PRIVATE = 1 << 18
RCODES = {"servfail": 2, "nxdomain": 3, "notimp": 4, "refused": 5}
REVERSE = {"2": "servfail", "3": "nxdomain", "5": "refused", "6": "silent", "7": "nodata", "8": "truncated"}
A, PTR, AAAA = 1, 12, 28
ADDRESSES = {("v4only", A): socket.inet_aton("10.9.8.1"), ("v6only", AAAA): socket.inet_pton(socket.AF_INET6, "2001:db8::9")}
FILES = {"resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"}


def read(question: bytes) -> tuple[list[str], int, int]:
    """The labels and the type of a question in DNS (RFC 1035 section 4.1), and where it ends."""
    labels, offset = [], 12
    while length := question[offset]:
        labels.append(question[offset + 1:offset + 1 + length].decode("latin-1").lower())
        offset += 1 + length
    return labels, struct.unpack_from("!H", question, offset + 1)[0], offset + 5


def answer(question: bytes) -> bytes | None:
    """The answer to a question, None for none."""
    labels, kind, end = read(question)
    what = REVERSE.get(labels[0], "nxdomain") if kind == PTR else labels[0]
    if what == "silent":
        return None
    flags = 0x8180 | RCODES.get(what, 0) | (0x0200 if what == "truncated" else 0)
    data = ADDRESSES.get((what, kind))
    head = question[:2] + struct.pack("!HHHHH", flags, 1, 1 if data or what == "garbled" else 0, 0, 0)
    text = head + question[12:end]
    if what == "garbled":
        return text + b"\xc0"
    return text + (b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(data)) + data if data else b"")


def serve(server: socket.socket, written: str) -> None:
    """Answer for ever, before others on a busy machine."""
    os.nice(-10)
    while True:
        question, client = server.recvfrom(4096)
        labels, kind, _ = read(question)
        with open(written, "a") as questions:
            questions.write(f"{'.'.join(labels)} {kind}\n")
        text = answer(question)
        if text is not None:
            server.sendto(text, client)


def lay_files(files: dict[str, str]) -> None:
    """Put files over those of /etc; their folder goes at once, for what is mounted stays."""
    with tempfile.TemporaryDirectory(prefix="netlite-names-") as folder:
        os.chmod(folder, 0o755)
        for name, text in files.items():
            Path(folder, name).write_bytes(text.encode("utf-8", "surrogateescape"))
            syscalls.mount(f"{folder}/{name}", f"/etc/{name}", flags=syscalls.MS_BIND)


def main(path: str) -> None:
    syscalls.unshare(syscalls.CLONE_NEWNET | syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUTS)
    syscalls.mount("none", "/", flags=syscalls.MS_REC | MS_PRIVATE)
    lay_files(FILES | {"nsswitch.conf": sys.argv[1] + "\n", "hosts": sys.argv[2]})
    lines = ("link set lo up", "link add d0 address 02:00:00:00:09:01 type veth peer name d1 address 02:00:00:00:09:02", "address add 10.9.8.1/24 dev d0",
             "link set d0 up", "link set d1 up", *(f"neigh add 10.9.8.{last} lladdr 02:00:00:00:00:0{last} nud permanent dev d0" for last in REVERSE),
             *(f"route add 10.9.9.{last} dev d0" for last in REVERSE), *(f"address add 10.9.8.{last}/24 dev lo" for last in (2, 3)))
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    child = os.fork()
    if not child:
        serve(server, sys.argv[3] if len(sys.argv) > 3 else os.devnull)
    server.close()
    try:
        player.main(path)
    finally:
        os.kill(child, signal.SIGKILL)
