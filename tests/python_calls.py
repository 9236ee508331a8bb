"""How much of Python a function walks through, which no busy machine disturbs."""

from __future__ import annotations

import sys
from pathlib import Path

import netlite

FOLDER = str(Path(netlite.__file__).parent)


def calls_of(function, *arguments) -> int:
    """How many of netlite's functions are called, generators being resumed among them."""
    seen = []

    def note(frame, event: str, _argument) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(FOLDER):
            seen.append(1)

    sys.setprofile(note)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return len(seen)
