"""A small machine for classic BPF, to see what a filter lets in."""

from __future__ import annotations

from netlite.sockets.filters import INSTRUCTION, NOTHING

SIZES = {0x20: 4, 0x28: 2, 0x30: 1, 0x40: 4, 0x48: 2, 0x50: 1}  # of loads; from 0x40 on behind X
JUMPS = {0x15: lambda a, k: a == k, 0x35: lambda a, k: a >= k, 0x45: lambda a, k: bool(a & k)}
SUMS = {0x54: lambda a, k, x: a & k, 0x64: lambda a, k, x: a << k & 0xFFFFFFFF, 0x0C: lambda a, k, x: a + x & 0xFFFFFFFF,
        0x04: lambda a, k, x: a + k & 0xFFFFFFFF}


def accepts(program: bytes, packet: bytes) -> bool:
    """Run classic BPF as the kernel does; a load beyond the packet drops it."""
    instructions = list(INSTRUCTION.iter_unpack(program))
    place = accumulator = x = 0
    while True:
        code, if_true, if_false, k = instructions[place]
        place += 1
        if code in SIZES:
            start = k + x if code >= 0x40 else k
            if start + SIZES[code] > len(packet):
                return False
            accumulator = int.from_bytes(packet[start:start + SIZES[code]], "big")
        elif code in JUMPS:
            place += if_true if JUMPS[code](accumulator, k) else if_false
        elif code in SUMS:
            accumulator = SUMS[code](accumulator, k, x)
        elif code == 0xB1:
            if k >= len(packet):
                return False
            x = 4 * (packet[k] & 15)
        elif code == 0x01:
            x = k
        elif code == 0x07:
            x = accumulator
        elif code == 0x06:
            return k != NOTHING
        else:
            raise AssertionError(f"no instruction {code:#x}")
