"""The BPF program on the identifier, run by a small machine of its own."""

from __future__ import annotations

import pytest

from netlite.packets.templates import make_echo
from netlite.sockets.filters import INSTRUCTION, NOTHING, echo_program, pass_types

REPLIES = {4: 0, 6: 129}
IP_HEADER = bytes.fromhex("46") + bytes(23)  # with four bytes of options


def accepts(program: bytes, packet: bytes) -> bool:
    """Run classic BPF as the kernel does; a load beyond the packet drops it."""
    instructions = list(INSTRUCTION.iter_unpack(program))
    place = accumulator = x = 0
    while True:
        code, if_true, if_false, k = instructions[place]
        place += 1
        if code == 0xB1:
            x = 4 * (packet[k] & 15)
        elif code == 0x01:
            x = k
        elif code in (0x48, 0x50):
            size = 2 if code == 0x48 else 1
            if x + k + size > len(packet):
                return False
            accumulator = int.from_bytes(packet[x + k:x + k + size], "big")
        elif code == 0x15:
            place += if_true if accumulator == k else if_false
        elif code == 0x06:
            return k != NOTHING
        else:
            raise AssertionError(f"no instruction {code:#x}")


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
