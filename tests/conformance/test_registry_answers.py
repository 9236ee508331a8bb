"""traceroute -A beside the original, with a registry on loopback that answers sanely, oddly, and with nonsense."""

from __future__ import annotations

import re
import socket
import subprocess
from random import Random
from threading import Thread

import originals
import pytest
from originals import ORIGINALS_PATH

ROUTE = b"route: 10.0.0.0/8\n"
ANSWERS = {
    "plain": b"% comment\n\n" + ROUTE + b"descr: x\norigin:     AS64500\nmnt-by: X\n", "none": b"%  No entries found\n", "empty": b"",
    "two": ROUTE + b"origin: AS1\n" + ROUTE + b"origin: AS2\norigin: AS1\n", "no newline": ROUTE + b"origin: AS1",
    "specific": ROUTE + b"origin: AS1\nroute6: ::/16\r\norigin: AS2 # note\r\nroute: 10.0.0.0/8\norigin: AS3\n",
    "part of a name": ROUTE + b"origin: AS12\norigin: AS1\norigin: AS1\n", "no origin": ROUTE + b"origin:\norigin: AS1\n",
    "many digits": b"route: 10.0.0.0/" + b"9" * 5000 + b"\norigin: AS1\n", "negative": b"route: 10/-8\norigin: AS1\nroute: 10/0\norigin: AS2",
    "wrapped": b"route: 10/4294967304\norigin: AS1\n" + ROUTE + b"origin: AS2\n", "sign": b"route: 10/ +16x\norigin: AS1\n" + ROUTE + b"origin: AS2\n",
    "long name": ROUTE + b"origin: AS" + b"7" * 2000 + b"\norigin: AS2\n", "many": b"".join(b"origin: AS%d\n" % n for n in range(5000)),
    "long line": b"x" * 1023 + ROUTE + b"origin: AS1\n" + b"y" * 1022 + b"route: 10/9\norigin: AS2\n",
    "blanks": b"route: 10/\v8\norigin:\t\v\fAS1\vx\n", "nul": b"x\0y\nroute: 10/8\0/9\norigin: AS1\0AS2\n",
}
PIECES = (b"route:", b"route6:", b"origin:", b" ", b"10/", b"/8", b"/16", b"AS1", b"AS12", b"\n", b"\n", b"\n", b"\r\n", b"\t", b"\0", b"-",
          b"+", b"18446744073709551616", b"4294967304", b"x" * 700, b"#")
ANSWERS |= {f"random {seed}": b"".join(Random(seed).choices(PIECES, k=40)) for seed in range(20)}


@pytest.fixture
def registry():
    """(its port, a list whose one item it answers every question with)."""
    answer = [b""]

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.recv(100)
                connection.sendall(answer[0])

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve)
        thread.start()
        yield str(server.getsockname()[1]), answer
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_reads_as_with_the_original(name, registry, netlite_path, record_property):
    originals.need("traceroute")
    record_property("compared", (originals.generation("traceroute"), 1))
    port, answer = registry
    answer[0] = ANSWERS[name]
    told = []
    for path in (ORIGINALS_PATH, netlite_path("root")):
        done = subprocess.run(["traceroute", "-n", "-q1", "-A", "127.0.0.1"], capture_output=True, timeout=300, stdin=subprocess.DEVNULL,
                              env={"PATH": path, "LC_ALL": "C", "RA_SERVER": "127.0.0.1", "RA_SERVICE": port})
        told.append((re.sub(rb"  [0-9.]+ ms", b"", done.stdout), done.stderr, done.returncode))
    assert told[1] == told[0]
