"""Answers with open descriptors over a Unix socket (unix(7), SCM_RIGHTS): between builder, lab and visitors.

An answer is two 32-bit numbers (bytes of JSON, descriptors), the JSON, then the descriptors in
portions, each with one byte of data.
"""

from __future__ import annotations

import json
import os
import socket
from struct import pack, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, BinaryIO

    Answer = dict[str, Any]

PORTION = 200  # SCM_MAX_FD is 253


def file_of(data: bytes) -> BinaryIO:
    """What a process may read as its stdin, or not; a pipe that it does not read would be a SIGPIPE for us."""
    file = open(os.memfd_create("told"), "w+b")
    file.write(data)
    file.seek(0)
    return file


def give(channel: socket.socket, answer: Answer, descriptors: Iterable[int] = ()) -> None:
    """Send an answer and descriptors; ours stay open.  Raises BrokenPipeError, whatever SIGPIPE does here."""
    text = json.dumps(answer).encode()
    descriptors = list(descriptors)
    channel.sendall(pack("!II", len(text), len(descriptors)) + text, socket.MSG_NOSIGNAL)
    for start in range(0, len(descriptors), PORTION):
        socket.send_fds(channel, [b"."], descriptors[start:start + PORTION], socket.MSG_NOSIGNAL)


def take(channel: socket.socket) -> tuple[Answer, list[int]] | None:
    """The answer and descriptors that were given, or None when the other side ended without."""
    head = channel.recv(8, socket.MSG_WAITALL)
    if len(head) < 8:
        return None
    text_bytes, wanted = unpack("!II", head)
    answer = json.loads(channel.recv(text_bytes, socket.MSG_WAITALL))
    descriptors: list[int] = []
    while len(descriptors) < wanted:
        data, more, _, _ = socket.recv_fds(channel, 1, 253)
        if not data:
            return None
        descriptors += more
    return answer, descriptors
