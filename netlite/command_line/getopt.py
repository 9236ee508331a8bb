"""Command lines as glibc's getopt and getopt_long read them.

The dialect of ping, tracepath, netstat, route and arp: grouped short options, joined or
separate values, operands anywhere (unless POSIXLY_CORRECT is set), ``--`` ends the options,
long options may be shortened while they stay unambiguous.  Error texts are glibc's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Found = tuple[str, Any]  # the value is a str for options that take one, else None
    """An option, and its value or None."""
    LongOption = tuple[str, int, str]

NO_VALUE, VALUE = 0, 1


class OptionError(Exception):
    """A word getopt refuses; `text` is its whole line for stderr."""

    def __init__(self, text: str):
        super().__init__(text)
        self.text = text


class GetOpt:
    """Iterate over the options of `words` in the order glibc delivers them.

    `short` is a getopt string (``"ac:"``); `long` lists (name, NO_VALUE | VALUE, result) in the
    original's order, which is the order ambiguities are listed in.  Yields (option, value): the
    short option's letter or the long option's result, and its value or None.  `long_name` is the full
    name of the long option just delivered; `operands` holds the other words once the iteration is over.
    Raises OptionError at the word that is wrong, when the options before it have been delivered; with
    `report` that is called with the line instead, ("?", None) is delivered and the reading goes on.

    >>> options = GetOpt("ping", ["-c3", "host", "-nq"], "c:nq")
    >>> list(options), options.operands
    ([('c', '3'), ('n', None), ('q', None)], ['host'])
    """

    def __init__(self, program: str, words: list[str], short: str, long: tuple[LongOption, ...] = (),
                 permute: bool = True, report: Callable[[str], object] | None = None):
        self.program = program
        self.operands: list[str] = []
        self.long_name: str | None = None
        self._words = list(words)
        self._short = short
        self._long = long
        self._permute = permute
        self._report = report

    def __iter__(self) -> Iterator[Found]:
        words = self._words
        while words:
            word = words.pop(0)
            if word == "--":
                break
            if word.startswith("--") and self._long:
                yield self._attempt(self._long_option, word[2:])
            elif word.startswith("-") and word != "-":
                letters = word[1:] if word.isascii() else _spelled(word[1:])
                while letters:
                    letter, letters = letters[0], letters[1:]
                    place, value = self._short.find(letter), None
                    if place >= 0 and self._short[place + 1:place + 2] == ":":
                        value, letters = letters, ""  # what is left of the word
                    yield self._attempt(self._short_option, letter, value)
            elif self._permute:
                self.operands.append(word)
            else:
                words.insert(0, word)
                break
        self.operands += words
        words.clear()

    def _short_option(self, letter: str, value: str | None) -> Found:
        """The option `letter`; its value is the rest of its word or, where that is empty, the next one."""
        if letter == ":" or letter not in self._short:
            raise OptionError(f"{self.program}: invalid option -- '{letter}'\n")
        if value == "":
            if not self._words:
                raise OptionError(f"{self.program}: option requires an argument -- '{letter}'\n")
            value = self._words.pop(0)
        return letter, value if value is None or value.isascii() else _joined(value)

    def _attempt(self, read: Callable[..., Found], *arguments: str | None) -> Found:
        try:
            return read(*arguments)
        except OptionError as error:
            if self._report is None:
                raise
            self._report(error.text)
            return "?", None

    def _long_option(self, text: str) -> Found:
        name, equals, value = text.partition("=")
        full, takes, result = self._find(name, text)
        self.long_name = full
        if takes == NO_VALUE and equals:
            raise OptionError(f"{self.program}: option '--{full}' doesn't allow an argument\n")
        if takes == VALUE and not equals:
            if not self._words:
                raise OptionError(f"{self.program}: option '--{full}' requires an argument\n")
            return result, self._words.pop(0)
        return result, value if equals else None

    def _find(self, name: str, text: str) -> LongOption:
        found = [option for option in self._long if option[0] == name][:1]
        found = found or [option for option in self._long if option[0].startswith(name)]
        if not found:
            raise OptionError(f"{self.program}: unrecognized option '--{text}'\n")
        others = [option for option in found if option[1:] != found[0][1:]]
        if others:
            names = " ".join(f"'--{option[0]}'" for option in (found[0], *others))
            raise OptionError(f"{self.program}: option '--{text}' is ambiguous; possibilities: {names}\n")
        return found[0]


def _spelled(letters: str) -> str:
    """Options are bytes, whatever they mean in UTF-8."""
    from .c_words import spelled

    return spelled(letters)


def _joined(value: str) -> str:
    from .c_words import joined

    return joined(value)
