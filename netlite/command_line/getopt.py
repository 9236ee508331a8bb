"""Command lines as glibc's getopt and getopt_long read them, and tables of options.

The dialect of ping, tracepath, netstat, route, arp and hostname: grouped short options, joined or
separate values, operands anywhere (unless POSIXLY_CORRECT is set), ``--`` ends the options,
long options may be shortened while they stay unambiguous.  Error texts are glibc's.

A program's table of options says all that is to be known of its command line: it is read by it, and usage texts,
completions and manual pages can be laid out from it.
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
    short option's letter or the long option's result, and its value or None.  `long_name` is the full name of
    the long option just delivered, None after a short one; `operands` holds the other words once the iteration is
    over.
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
                try:
                    found = self._long_option(word[2:])
                except OptionError as error:
                    found = self._refused(error)
                yield found
            elif word.startswith("-") and word != "-":
                letters = word[1:] if word.isascii() else _spelled(word[1:])
                while letters:
                    letter, letters = letters[0], letters[1:]
                    place, value = self._short.find(letter), None
                    if place >= 0 and self._short[place + 1:place + 2] == ":":
                        value, letters = letters, ""  # what is left of the word
                    try:
                        found = self._short_option(letter, value)
                    except OptionError as error:
                        found = self._refused(error)
                    yield found
            elif self._permute:
                self.operands.append(word)
            else:
                words.insert(0, word)
                break
        self.operands += words
        words.clear()

    def _short_option(self, letter: str, value: str | None) -> Found:
        """The option `letter`; its value is the rest of its word or, where that is empty, the next one."""
        self.long_name = None
        if letter == ":" or letter not in self._short:
            raise OptionError(f"{self.program}: invalid option -- '{letter}'\n")
        if value == "":
            if not self._words:
                raise OptionError(f"{self.program}: option requires an argument -- '{letter}'\n")
            value = self._words.pop(0)
        return letter, value if value is None or value.isascii() else _joined(value)

    def _refused(self, error: OptionError) -> Found:
        """What is delivered for a wrong option: its line goes to `report`, or is raised."""
        if self._report is None:
            raise error
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


class Option:
    """One option or keyword, whatever grammar reads it.

    `short`: its letter, or letters that mean the same; `long`: its long name, or names with blanks between; None
    where there is none.  `value`: what usage calls its value, None for a flag.  `read(choices, value)` notes it in
    the choices of the program (by getopt a flag is given its name); `text`: what it does.

    In traceroute's grammar: `shortens`: the long name may be abbreviated; `several`: the value is a list, read item
    by item; `one_dash`: the long name follows a single dash; `alone`: excludes all others of its kind; `advanced`:
    not in the usage line.
    """

    shortens = several = one_dash = alone = advanced = False

    def __init__(self, short: str | None, long: str | None, value: str | None, read: Callable[[Any, Any], None],
                 text: str, **grammar: bool):
        self.short, self.long, self.value, self.read, self.text = short, long, value, read, text
        self.__dict__.update(grammar)


def flag(name: str) -> Callable[[Any, Any], None]:
    """A reader that makes an attribute of the choices true."""
    return lambda choices, _: setattr(choices, name, True)


def constant(name: str, value: Any) -> Callable[[Any, Any], None]:
    """A reader that gives an attribute this value."""
    return lambda choices, _: setattr(choices, name, value)


def value(name: str, parse: Callable[[str], Any] = str) -> Callable[[Any, Any], None]:
    """A reader that gives an attribute the option's value, as `parse` makes it of the text."""
    return lambda choices, text: setattr(choices, name, parse(text))


def read_options(program: str, words: list[str], options: tuple[Option, ...], choices: Any, permute: bool = True,
                 report: Callable[[str], object] | None = None) -> list[str]:
    """Note all options of `words` in `choices`, by the rows of `options`; the operands.

    Raises what `GetOpt` and the readers raise; with `report` a wrong option is read as ``-?``.
    """
    rows: dict[str | None, Option] = {}
    letters = ""
    for row in options:
        for letter in row.short or "":
            rows[letter] = row
            letters += letter + ":" if row.value else letter
    names: tuple[LongOption, ...] = ()
    if "--" in " ".join(words):
        names = long_names(options)
        rows.update([(row.long, row) for row in options if row.long and not row.short])
    parser = GetOpt(program, words, letters, names, permute, report)
    for result, text in parser:
        row = rows[result]
        row.read(choices, text if row.value else parser.long_name or result)
    return parser.operands


def long_names(options: tuple[Option, ...]) -> tuple[LongOption, ...]:
    """The long options as `GetOpt` wants them: name, whether it takes a value, the same mark for all its names."""
    return tuple([(name, VALUE if row.value else NO_VALUE, row.short[0] if row.short else row.long)
                  for row in options if row.long for name in row.long.split()])


def _spelled(letters: str) -> str:
    """Options are bytes, whatever they mean in UTF-8."""
    from .c_words import spelled

    return spelled(letters)


def _joined(value: str) -> str:
    from .c_words import joined

    return joined(value)
