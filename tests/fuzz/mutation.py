"""Inputs made from others by small changes, and a corpus that grows by those that reach new lines.

Looking which lines are reached is slow, so it is done for some of the inputs alone (sys.settrace).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from random import Random
from types import FrameType

import netlite

PACKAGE = netlite.__path__[0] + "/"
INTERESTING = (0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 254, 255)
WORDS = (b"\0\0", b"\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"0", b"-1", b"9" * 30, b"0x", b" ",
         b"\n", b"\t", b":", b"/", b"%", b"\0", b"\xff", b"\xc3\xa9", b"\x1b[", b"\r\n", b"-", b"--", b"=", b",", b"\"", b"[", b"]", b"{", b"#")
LOOKED_AT_EVERY = 64
CORPUS_MOST = 4000
SIZE_MOST = 9000


def mutate(random: Random, corpus: list[bytes], tokens: tuple[bytes, ...] = WORDS) -> bytes:
    """One of the corpus, changed in one place or in a few."""
    data = bytearray(random.choice(corpus))
    for _ in range(1 << random.randrange(4)):
        _change(random, data, corpus, tokens)
    return bytes(data[:SIZE_MOST])


def _change(random: Random, data: bytearray, corpus: list[bytes], tokens: tuple[bytes, ...]) -> None:
    way, at = random.randrange(9), random.randrange(len(data) + 1)
    if way == 0 and data:
        data[at % len(data)] ^= 1 << random.randrange(8)
    elif way == 1 and data:
        data[at % len(data)] = random.choice(INTERESTING)
    elif way == 2 and data:
        data[at % len(data)] = random.randrange(256)
    elif way == 3:
        del data[at:at + 1 + random.randrange(8)]
    elif way == 4:
        del data[at:]
    elif way == 5:
        data[at:at] = random.choice(tokens)
    elif way == 6:
        data[at:at + random.randrange(5)] = random.choice(tokens)
    elif way == 7:
        end = at + random.randrange(40)
        data[at:at] = data[at:end]
    else:
        other = random.choice(corpus)
        begin = random.randrange(len(other) + 1)
        data[at:] = other[begin:]


class Lines:
    """The lines of netlite that were reached."""

    def __init__(self):
        self.known: set = set()

    def reached_new(self, run: Callable[[], object]) -> bool:
        """Run, and tell whether a line was reached that none before had."""
        fresh: set = set()
        known = self.known

        def on_line(frame: FrameType, event: str, _):
            if event == "line":
                place = frame.f_code, frame.f_lineno
                if place not in known:
                    fresh.add(place)
            return on_line

        def on_call(frame: FrameType, _event: str, _):
            return on_line if frame.f_code.co_filename.startswith(PACKAGE) else None

        before = sys.gettrace()
        sys.settrace(on_call)
        try:
            run()
        finally:
            sys.settrace(before)
            known |= fresh
        return bool(fresh)
