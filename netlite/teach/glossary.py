"""``--explain=WORD``: the words of the trade, each in a few sentences.

The texts are in `teach.glossary_words`.
"""

from __future__ import annotations

import textwrap
from functools import cache

from .glossary_words import TEXT

WIDTH = 88


@cache
def _read() -> dict[str, tuple[str, str]]:
    """Word, as `_plain` has it: (its title, its text)."""
    found = {}
    for paragraph in TEXT.split("\n\n"):
        title, _, text = " ".join(paragraph.split()).partition(": ")
        names = title.split(", ")
        for name in names:
            found[_plain(name)] = names[0], text
    return found


def _plain(word: str) -> str:
    return word.lower().replace(" ", "-").replace("_", "-")


def define(word: str) -> str | None:
    """The explanation of a word, wrapped, or None.  Case does not matter, nor does what joins the parts of a word."""
    known, key = _read(), _plain(word)
    if key not in known:
        return None
    title, text = known[key]
    return f"{title}\n" + textwrap.fill(text, WIDTH, initial_indent="    ", subsequent_indent="    ") + "\n"


def words() -> list[str]:
    """The title words, in the order of the alphabet."""
    return sorted({title for title, _ in _read().values()})
