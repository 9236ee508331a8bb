"""Files that go between open and read, or in the middle: what is shown then, or said."""

from __future__ import annotations

from errno import EIO, ENODEV, ESRCH
from itertools import product

import players  # noqa: F401 - the search path
from program_targets import BASE, COMMANDS, GivenFiles, GivenWorld
from rows import over

from netlite.programs.registry import execute


class Vanishing(GivenFiles):
    """Of one file so many bytes can be read, then reading it fails."""

    def __init__(self, place: str, readable_bytes: int, errno: int):
        super().__init__(BASE)
        self.place, self.readable_bytes, self.errno = place, readable_bytes, errno

    def blocks(self, path: str):
        if path.lstrip("/") != self.place:
            return super().blocks(path)
        return self._begun(b"".join(super().blocks(path))[:self.readable_bytes])

    def _begun(self, data: bytes):
        if data:
            yield data
        raise OSError(self.errno, "went away")


@over("place, readable_bytes, errno", list(product([place for place in COMMANDS if isinstance(BASE.get(place), bytes)], [0, 1, 200, 100_000], [ESRCH, EIO, ENODEV])))
def test_it_is_as_if_it_ended_there_or_is_said(place, readable_bytes, errno):
    """Whatever a program raises is raised here (NETLITE_TRACEBACK)."""
    name, *words = COMMANDS[place].split()
    world = GivenWorld(name, Vanishing(place, readable_bytes, errno))
    try:
        status = execute(name, words, world)
    except OSError as refusal:
        assert refusal.errno == errno  # told in a line where nobody asks for the traceback
        return
    assert status == 0 or world.out.data or world.err.data
