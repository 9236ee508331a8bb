"""What netlite is to do where the originals of Debian 12 and of Debian 13 do not do the same.

netlite has one behaviour: the older one wherever a capture of it shows what it does, the newer one where it mends a
bug (wrong or lost information, other packets than asked for), else the older one.  Every difference is a row of `generation_table.ROWS`, and of docs/parity:

    Wording   a text that the generations put differently.  Where the original is of the generation that netlite does
              not follow, its text is reworded exactly, and then has to be netlite's.
    Conduct   a command line that ends differently.  What the generation not followed does, and what netlite does,
              is recorded; both are checked, and all that is not recorded has to be equal.
    Asked     a command line that means something else to the generation not followed.  It is asked with other words
              for the same, and nothing is recorded; asked with the same words it has to differ.

A row that no longer applies to a case that it names is a failure, and so is a difference without a row.  Beside the
generation that a row follows the row changes nothing, and a recorded end is checked there too.
"""

from __future__ import annotations

import re
from functools import cache

import originals

from netlite.records.record import Record

OLDER, NEWER = 12, 13


class Wording(Record):
    """`texts`: (how the other generation puts it, a regular expression; netlite's text), one or more, all of one part.

    It may be met wherever `programs` run, unless `cases` lists the only ones; in each of `cases`, or of `examples`
    where there is no such list, it has to be met.
    """

    name: str
    programs: tuple
    follows: int
    texts: tuple
    why: str
    part: str = "stdout"
    cases: tuple = ()
    examples: tuple = ()

    @property
    def named(self) -> tuple:
        return self.cases or self.examples

    def reworded(self, text: str) -> str:
        for theirs, ours in self.texts:
            text = re.sub(theirs, ours, text, flags=re.MULTILINE)
        return text


class Conduct(Record):
    """`theirs` and `ours` map parts of an outcome ("stdout", "stderr", "status", "packets") to what they are.

    A part of `ours` that is not recorded in `theirs` has to differ; one of None is compared only beside the generation
    that the row follows.
    """

    name: str
    follows: int
    cases: tuple
    theirs: dict
    ours: dict
    why: str

    @property
    def named(self) -> tuple:
        return self.cases


class Asked(Record):
    """The original is asked with the first of `words` replaced by the second, a regular expression and its replacement."""

    name: str
    follows: int
    cases: tuple
    words: tuple
    why: str

    @property
    def named(self) -> tuple:
        return self.cases

    def command(self, words: list[str]) -> list[str]:
        return re.sub(*self.words, " ".join(words)).split()


def title(case) -> str:
    """What a case is called in the rows, and as a test."""
    return f"{case.scene}: {case.name}"


@cache
def rows() -> tuple:
    from generation_table import ROWS  # it needs the classes above

    return ROWS


@cache
def row_of(case_title: str, kind: type):
    """The row of a kind that names a case, None where there is none."""
    return next((row for row in rows() if type(row) is kind and case_title in row.cases), None)


def asked_words(case, generation: int) -> list[str] | None:
    """Other words for the original to do the same as netlite, where its generation needs them."""
    row = row_of(title(case), Asked)
    return row.command(case.words) if row and row.follows != generation else None


def reworded(program: str, part: str, text: str, generation: int, case_title: str = "") -> tuple[str, list[str]]:
    """(the text of an original as netlite puts it, the names of the rows that changed it)."""
    used = []
    for row in rows():
        if type(row) is Wording and row.follows != generation and row.part == part and program in row.programs \
                and (not row.cases or case_title in row.cases):
            before, text = text, row.reworded(text)
            used += [row.name] if text != before else []
    return text, used


def in_our_words(program: str, stdout: str, stderr: str) -> tuple[str, str]:
    """What the original that is here wrote, as netlite puts it; for tests that are no cases."""
    generation = originals.generation(program)
    return reworded(program, "stdout", stdout, generation)[0], reworded(program, "stderr", stderr, generation)[0]


def settle(case, generation: int, original, ours) -> tuple:
    """(what netlite should have done, the names of the rows used, what is wrong with a row: "" when nothing is)."""
    name, used, parts = title(case), [], {}
    row = row_of(name, Conduct)
    for part, recorded in row.ours.items() if row else ():
        theirs, found = as_recorded(getattr(original, part)), as_recorded(getattr(ours, part))
        if recorded is not None and found != recorded:
            return original, used, wrong(row, f"{part} of netlite", recorded, found)
        if row.follows != generation:
            if theirs == found or theirs != row.theirs.get(part, theirs):
                return original, used, wrong(row, f"{part} of the original", row.theirs.get(part, "not netlite's"), theirs)
            parts[part], used = getattr(ours, part), [row.name]
    for part in ("stdout", "stderr"):
        if part not in parts:
            text, met = reworded(case.program, part, as_recorded(getattr(original, part)), generation, name)
            used, parts[part] = used + met, text.split("\n")
    for other in rows():
        if type(other) is Wording and name in other.named and (other.name in used) != (other.follows != generation):
            return original, used, f"{other.name}: the generations no longer differ in {other.part}"
    return original.replace(**parts), used, ""


def as_recorded(part):
    """Lines as one text, a status as it is."""
    return "\n".join(part) if isinstance(part, list) else part


def wrong(row, what: str, recorded, found) -> str:
    return f"{row.name}: {what}: - recorded, + found\n-{recorded}\n+{found}"
