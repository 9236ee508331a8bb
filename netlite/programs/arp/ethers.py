"""arp -f: entries from a file, HOST HWADDR or (ethers(5)) HWADDR HOST a line."""

from __future__ import annotations

from posix import strerror

from ...errors import KernelRefused, UsageError
from ...system.files import read_bytes
from .changes import set_entry
from .words import FAILED, Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment

LINE_BYTES = 1023  # the original's buffer; what is longer are several lines to it
MAXIMUM_WORDS = 31


def set_from_file(path: str, options: Options, env: Environment) -> int:
    """Set the entry of each line; a bad line is told and skipped.  Raises UsageError."""
    try:
        lines = lines_of(read_bytes(env.files, path))
    except IsADirectoryError:
        lines = []
    except OSError:
        raise UsageError(f"arp: cannot open etherfile {path} !\n", FAILED) from None
    for number, line in enumerate(lines, 1):
        if options.verbose:
            env.err.write(f">> {line}")
        line = line.removesuffix("\n")
        if not line or line.startswith("#"):
            continue
        words = words_of(line)
        if len(words) < 2:
            env.err.write(f"arp: format error on line {number} of etherfile {path} !\n")
            continue
        if ":" in words[0]:
            words[:2] = words[1], words[0]
        if not _set_line(words, options, env):
            env.err.write(f"arp: cannot set entry on line {number} of etherfile {path} !\n")
    return 0


def lines_of(data: bytes) -> list[str]:
    """The lines as fgets(3) reads them into 1024 bytes, each as far as its first NUL."""
    lines = []
    for line in data.split(b"\n"):
        line += b"\n"
        lines += [line[place:place + LINE_BYTES] for place in range(0, len(line), LINE_BYTES)]
    last = lines.pop()[:-1]  # what follows the last newline
    return [line.partition(b"\0")[0].decode("utf-8", "surrogateescape") for line in lines + [last] * bool(last)]


def words_of(line: str) -> list[str]:
    """The words of a line, at most 31; a word in quotes may hold blanks.

    >>> words_of("'a b' c"), words_of("  ")
    (['a b', 'c'], [''])
    """
    words: list[str] = []
    while line and len(words) < MAXIMUM_WORDS:
        line = line.lstrip(" \t")
        if line[:1] in ("'", '"') and line:
            end = _closing_quote(line)
            words.append(line[1:end])
            line = line[end + 1:]
        else:
            rest = line.replace("\t", " ")
            end = rest.find(" ") if " " in rest else len(rest)
            words.append(line[:end])
            line = line[end:]
        line = line.lstrip(" \t")
    return words


def _closing_quote(line: str) -> int:
    """Where the quote that opens a line closes: at the next one without a backslash before it, else at the end."""
    place = line.find(line[0], 1)
    while place > 0 and line[place - 1] == "\\":
        place = line.find(line[0], place + 1)
    return place if place > 0 else len(line)


def _set_line(words: list[str], options: Options, env: Environment) -> bool:
    try:
        set_entry(words, options, env)
        return True
    except KernelRefused as refusal:
        env.err.write(f"{refusal.what}: {strerror(refusal.errno)}\n")
    except UsageError as error:
        env.err.write(error.text)
    return False
