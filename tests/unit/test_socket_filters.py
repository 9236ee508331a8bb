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
    program = echo_program(version, REPLIES[version], 0x1234, others=True)
    assert accepts(program, head + make_echo(version, 0x1234, 1, b"hello", kind="reply"))
    assert not accepts(program, head + make_echo(version, 0x1235, 1, b"hello", kind="reply"))
    assert accepts(program, head + bytes((3, 1)) + bytes(6))
    assert not accepts(program, head + bytes((REPLIES[version], 0)))


@pytest.mark.parametrize("quoted", [b"\x45" + bytes(19), b"\x4f" + bytes(59)])
@pytest.mark.parametrize("kind", [4, 5])
@pytest.mark.parametrize("head", [IP_HEADER, b"\x45" + bytes(19)])
def test_filter_passes_hints_about_our_probes_alone(head, kind, quoted):
    program = echo_program(4, REPLIES[4], 0x1234, others=False)
    assert not accepts(program, head + bytes((40, 1)) + bytes(6))
    hint = head + bytes((kind, 1)) + bytes(6) + quoted
    assert accepts(program, hint + make_echo(4, 0x1234, 1, b"hello"))
    assert not accepts(program, hint + make_echo(4, 0x1235, 1, b"hello"))
    assert not accepts(program, hint) and not accepts(program, head + bytes((kind, 1)))


class Socket:
    def setsockopt(self, level, option, value):
        self.value = value


def test_filter_of_types():
    socket = Socket()
    pass_types(socket, 4, (0, 4, 5))
    assert int.from_bytes(socket.value, "little") == 0xFFFFFFFF & ~0b110001
    pass_types(socket, 6, (129,))
    assert socket.value == b"\xff" * 16 + b"\xfd" + b"\xff" * 15  # as ping of iputils sets it
