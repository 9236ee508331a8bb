"""A small name server for tests: ``name_server.py ADDRESS DELAY_S ANSWER``; every address is host.lab, every name of
`KNOWN` is ANSWER.  It writes a line when it is ready."""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time

KNOWN = (b"lab", b"xn--mnchen-3ya.test")
A, PTR, AAAA = 1, 12, 28


def read_question(message: bytes) -> tuple[bytes, int, int]:
    """(name, type, where the question ends)."""
    labels, place = [], 12
    while message[place]:
        labels.append(message[place + 1:place + 1 + message[place]])
        place += 1 + message[place]
    return b".".join(labels), struct.unpack("!H", message[place + 1:place + 3])[0], place + 5


def answer(message: bytes, address: str) -> bytes:
    name, kind, end = read_question(message)
    known = name.lower().endswith(KNOWN)
    data = b"\x04host\x03lab\0" if kind == PTR else socket.inet_aton(address) if known and kind == A else b""
    flags = b"\x81\x80" if data or known else b"\x81\x83"
    record = b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data if data else b""
    return message[:2] + flags + b"\0\1" + (b"\0\1" if data else b"\0\0") + bytes(4) + message[12:end] + record


def serve(where: str, delay_s: float, address: str) -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((where, 53))
    print("ready", flush=True)

    def reply(message: bytes, to: tuple) -> None:
        time.sleep(delay_s)
        server.sendto(answer(message, address), to)

    while True:
        threading.Thread(target=reply, args=server.recvfrom(1000), daemon=True).start()


if __name__ == "__main__":
    serve(sys.argv[1], float(sys.argv[2]), sys.argv[3])
