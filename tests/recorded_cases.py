r"""What the original programs answered on recorded kernel tables: readable text, and back.

A ``.cases`` file is a sequence of sections parted by blank lines.  A section is a command line, what it
wrote and how it ended; the first characters of a line tell what it is::

    # a metric above 2^31 is shown negative     why netlite differs; needed where a line begins with - or +
    $ route -n                                  the command; more of these lines: all answer the same
    $ RB_EUID=1000 route -n                     switches (see replay.py) come before the program
      Kernel IP routing table                   two blanks: a line of stdout
    - 10.97.0.0  255.255.255.0  UG  -1          a line that only the original writes to stdout
    + 10.97.0.0  255.255.255.0  UG  4294967295  a line that only netlite does
    2 route: no such thing                      a line of stderr; "2-" and "2+" as above
    [6]                                         the exit status, when it is not 0

What follows those two characters is the line, its trailing blanks too.  Bytes that are not printable UTF-8 are
written ``\t`` or ``\xNN``, a backslash ``\\``; ``\c`` ends a text that lacks its last newline.
"""

from __future__ import annotations

import re
import shlex
from difflib import SequenceMatcher

from netlite.records.record import Record

ESCAPE = re.compile(rb"\\(\\|x[0-9a-f]{2}|t|c\n)")
NO_NEWLINE = b"\\c"
BOTH, ORIGINAL, NETLITE = ("original", "netlite"), ("original",), ("netlite",)
PREFIXES = {b"  ": ("stdout", BOTH), b"- ": ("stdout", ORIGINAL), b"+ ": ("stdout", NETLITE),
            b"2 ": ("stderr", BOTH), b"2-": ("stderr", ORIGINAL), b"2+": ("stderr", NETLITE)}


class Answer(Record):
    """What a program writes on stdout and stderr, and its exit status."""

    stdout: bytes = b""
    stderr: bytes = b""
    status: int = 0


class Case(Record):
    """Command lines that are answered alike: by the original, and as netlite should.

    `commands` have the switches in front; `why` are the lines that say why netlite differs.
    """

    commands: tuple
    original: Answer
    netlite: Answer
    why: tuple = ()


def split_command(command: str) -> tuple[dict, list[str]]:
    """The switches and the words of a command line."""
    words = shlex.split(command)
    first = next(number for number, word in enumerate(words) if "=" not in word)
    return dict(word.split("=", 1) for word in words[:first]), words[first:]


def parse_cases(data: bytes) -> list[Case]:
    """The cases of a file; raises ValueError at a line that is none of the above."""
    return [_parse_section(section.split(b"\n")) for section in data.strip(b"\n").split(b"\n\n") if section]


def _parse_section(lines: list[bytes]) -> Case:
    texts = {(stream, who): b"" for stream in ("stdout", "stderr") for who in BOTH}
    why, commands, status = [], [], 0
    for line in lines:
        if line.startswith(b"# "):
            why.append(line[2:].decode())
        elif line.startswith(b"$ "):
            commands.append(line[2:].decode())
        elif line.startswith(b"["):
            status = int(line[1:-1])
        elif line[:2] in PREFIXES:
            stream, writers = PREFIXES[line[:2]]
            for who in writers:
                texts[stream, who] += _unescape(line[2:])
        else:
            raise ValueError(f"a line of no known kind: {line.decode(errors='replace')}")
    original, netlite = (Answer(texts["stdout", who], texts["stderr", who], status) for who in BOTH)
    return Case(tuple(commands), original, netlite, tuple(why))


def render_cases(cases: list[Case]) -> bytes:
    """The text of a file; `parse_cases` reads it back."""
    return b"\n".join(map(_render_section, cases))


def _render_section(case: Case) -> bytes:
    lines = [f"# {line}".encode() for line in case.why] + [f"$ {command}".encode() for command in case.commands]
    for stream in ("stdout", "stderr"):
        mark = {who: prefix for prefix, (of, who) in PREFIXES.items() if of == stream}
        texts = [_lines(getattr(answer, stream)) for answer in (case.original, case.netlite)]
        for kind, begin, end, our_begin, our_end in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
            if kind == "equal":
                lines += [mark[BOTH] + line for line in texts[0][begin:end]]
                continue
            lines += [mark[ORIGINAL] + line for line in texts[0][begin:end]]
            lines += [mark[NETLITE] + line for line in texts[1][our_begin:our_end]]
    if case.original.status:
        lines.append(b"[%d]" % case.original.status)
    return b"\n".join(lines) + b"\n"


def _lines(text: bytes) -> list[bytes]:
    """The lines of a text, escaped."""
    lines = text.split(b"\n")
    last = lines.pop()
    return [_escape(line) for line in lines] + [_escape(last) + NO_NEWLINE] * bool(last)


def _escape(line: bytes) -> bytes:
    text = line.decode("utf-8", "surrogateescape").replace("\\", "\\\\")
    return b"".join(character.encode() if character.isprintable()
                    else b"".join(b"\\x%02x" % byte for byte in character.encode("utf-8", "surrogateescape"))
                    for character in text).replace(b"\\x09", b"\\t")


def _unescape(line: bytes) -> bytes:
    """A line as it was written, with its newline."""
    return ESCAPE.sub(lambda found: _meaning(found[1]), line + b"\n")


def _meaning(escaped: bytes) -> bytes:
    if escaped.startswith(b"x"):
        return bytes([int(escaped[1:], 16)])
    return {b"t": b"\t", b"c\n": b""}.get(escaped, escaped)
