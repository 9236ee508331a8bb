"""ICMP identifiers: which of them this process uses, and new ones that nobody can guess.

A raw socket gets the replies to all echo requests of the host: the identifier tells whose they are.
"""

from __future__ import annotations

from errno import EADDRINUSE
from posix import urandom

LARGEST = 0xFFFF

_in_use: dict[int, object] = {}  # number: the mark of who had it first


class Identifier:
    """An identifier in use, until `give_back` or the end of this object.

    `number` None chooses one at random, from 1 on, that is not in use in this process.  Raises OSError
    (EADDRINUSE) when there is none.
    """

    def __init__(self, number: int | None = None):
        self._mark = object()
        if number is not None:
            self.number = number
            _in_use.setdefault(number, self._mark)
            return
        while True:
            self.number = int.from_bytes(urandom(2), "big")
            if self.number and _in_use.setdefault(self.number, self._mark) is self._mark:  # in one step: threads
                return
            if len(_in_use) >= LARGEST:
                raise OSError(EADDRINUSE, "all ICMP identifiers are in use")

    def give_back(self, in_use: dict[int, object] = _in_use) -> None:
        """It is free for others; harmless when repeated."""
        if in_use.get(self.number) is self._mark:
            in_use.pop(self.number, None)

    __del__ = give_back
