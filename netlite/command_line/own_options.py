"""netlite's own long options, which no original has: ``--more``, ``--json`` and the like.

They are written out in full and may stand anywhere; what is left is the original's command line,
so that without them every abbreviation and error text is the original's.
"""

from __future__ import annotations

from ..errors import UsageError


def take_own(words: list[str], names: tuple[str, ...]) -> tuple[set[str], list[str]]:
    """The options of `names` that `words` hold, and the other words.

    >>> take_own(["-n", "--more", "x"], ("--more", "--json"))
    ({'--more'}, ['-n', 'x'])
    """
    own = set(words).intersection(names)
    return own, [word for word in words if word not in own] if own else words


def take_valued(program: str, words: list[str], names: tuple[str, ...],
                status: int) -> tuple[dict[str, str], list[str]]:
    """The options of `names`, each with its value joined by ``=`` or in the next word, and the other words.

    Raises UsageError with `status` where a value is missing.

    >>> take_valued("netstat", ["-n", "--interval=2", "--netns", "blue"], ("--interval", "--netns"), 2)
    ({'--interval': '2', '--netns': 'blue'}, ['-n'])
    """
    values: dict[str, str] = {}
    rest = []
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        if name not in names:
            rest.append(word)
            continue
        values[name] = value if equals else next(left, "")
        if not values[name]:
            raise UsageError(f"{program}: option '{name}' requires an argument\n", status)
    return values, rest
