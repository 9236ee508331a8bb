"""A name server that says nothing: a signal ends who waits for it, also who has a document to end or a run to explain."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
from trials import ours

SERVER = """
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("listens", flush=True)
while server.recv(512):
    print("asked", flush=True)
"""
MOUNTED = 'for file in resolv.conf nsswitch.conf; do mount --bind "$0/$file" "/etc/$file" || exit; done; exec "$@"'
TEXTS = ("ping -4 silent.example", "traceroute silent.example", "tracepath silent.example", "netlite mtu silent.example", "netlite watch silent.example",
         "netlite why silent.example", "arp silent.example")
DOCUMENTS = ("ping --json silent.example", "traceroute --json silent.example", "tracepath --json silent.example", "netlite mtu --json silent.example",
             "netlite watch --json silent.example", "arp --json silent.example", "netlite why --json silent.example")


@pytest.fixture
def asked(start):
    """Reads a line for each question to the server."""
    with start([sys.executable, "-I", "-S", "-c", SERVER], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline() == "listens\n"
        yield server.stdout.readline
        server.kill()


@pytest.fixture
def waiting(start, lab, asked, tmp_path):
    """waiting(command): the program, when it has asked."""
    if lab.rootless:
        pytest.skip("what is mounted over files of /etc is for root")
    begun = []
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:30 attempts:5\n")
    (tmp_path / "nsswitch.conf").write_text("hosts: dns\n")

    def begin(command: str) -> subprocess.Popen:
        process = start(["unshare", "-m", "sh", "-c", MOUNTED, str(tmp_path), *ours(command)], stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert asked() == "asked\n"
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("command", [*TEXTS, *DOCUMENTS, "ping --explain silent.example"])
def test_a_signal_ends_who_waits_for_it(waiting, command, number):
    process = waiting(command)
    process.send_signal(number)
    out, err = process.communicate(timeout=25)  # less than the C library waits
    assert (process.returncode, err) == (-number, ""), (process.returncode, out, err)
    if command in DOCUMENTS:
        assert json.loads(out)["error"] == "interrupted"
