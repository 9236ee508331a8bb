"""The BPF program on the identifier, run by a small machine."""

from __future__ import annotations

import pytest
from bpf_machine import accepts

from netlite.packets.templates import make_echo
from netlite.sockets.filters import echo_program, pass_types

REPLIES = {4: 0, 6: 129}
IP_HEADER = bytes.fromhex("46") + bytes(23)  # with four bytes of options


@pytest.mark.parametrize("version, head", [(4, IP_HEADER), (4, b"\x45" + bytes(19)), (6, b"")])
def test_filter_passes_our_replies_and_what_is_no_reply(version, head):
    program = echo_program(version, REPLIES[version], 0x1234)
    assert accepts(program, head + make_echo(version, 0x1234, 1, b"hello", kind="reply"))
    assert not accepts(program, head + make_echo(version, 0x1235, 1, b"hello", kind="reply"))
    assert accepts(program, head + bytes((5, 1)) + bytes(6))
    assert not accepts(program, head + b"\0\0")


class Socket:
    def setsockopt(self, level, option, value):
        self.value = value


def test_filter_of_types():
    socket = Socket()
    pass_types(socket, 4, (0, 4, 5))
    assert int.from_bytes(socket.value, "little") == 0xFFFFFFFF & ~0b110001
    pass_types(socket, 6, (129,))
    assert socket.value == b"\xff" * 16 + b"\xfd" + b"\xff" * 15  # as ping of iputils sets it
