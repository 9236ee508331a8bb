"""netlite's own long options, which no original has: ``--more``, ``--json`` and the like.

They are written out in full and may stand anywhere; what is left is the original's command line,
so that without them every abbreviation and error text is the original's.
"""

from __future__ import annotations


def take_own(words: list[str], names: tuple[str, ...]) -> tuple[set[str], list[str]]:
    """The options of `names` that `words` hold, and the other words.

    >>> take_own(["-n", "--more", "x"], ("--more", "--json"))
    ({'--more'}, ['-n', 'x'])
    """
    own = {word for word in words if word in names}
    return own, [word for word in words if word not in own] if own else words
