"""netlite lab grade: the results of a class, as a table (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io
import os
from stat import S_ISREG

from ...environment import Environment
from ...errors import NetliteError
from ...lab.exercise.grading import COLUMNS, Grade, alike, grade, unreadable
from ...lab.exercise.results import MOST_BYTES, BadResult, from_text
from ...lab.scene import scene
from ...lab.stages import MemoryStage
from ...render.visible import visible
from ...sockets.caller_files import open_for_reading
from ..simulate import simulate_for_an_hour
from ..whole_file import WholeFile
from .words import take_options, wrong_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ...lab.scene.scene import Scene
    from ...lab.stages import Stage

MOST_FILES = 1000
FORMULA = "=+-@\t\r"  # what a table calculation may take for one at the beginning of a cell


def grade_folder(words: list[str], environment: Environment) -> int:
    """``netlite lab grade DIR [--csv FILE] [--seeds FILE] [--exercise FILE]``: 0 when all could be read, else 1."""
    (table, seeds_file, own), names = take_options(words, "--csv", "--seeds", "--exercise")
    if len(names) != 1:
        raise wrong_line("grade needs a folder of result files")
    seeds = None if seeds_file is None else read_seeds(_read(seeds_file, environment))
    output = None if table is None else WholeFile(table, environment, "netlite lab")
    find = finder(None if own is None else scene.load(own if "/" in own else f"./{own}", environment.read_file))
    rows = graded(list(read_folder(names[0], environment)), find, seeds)
    text = to_csv(rows)
    if output is None:
        environment.out.write(text)
    else:
        output.write(text.encode)
        environment.out.write(summary(rows))
    return 1 if not rows or any(row.grade == "unreadable" for row in rows) else 0


def finder(own: Scene | None) -> Callable[[str], Scene]:
    """What finds an exercise by its name: one of the teacher's own, or one that comes with netlite.
    That raises NetliteError for an unknown one."""
    def find(name: str) -> Scene:
        if own is not None and own.name == name:
            return own
        if name not in scene.names(scene.EXERCISES):
            raise NetliteError(f"no exercise {name} is known here (--exercise FILE)")
        return scene.load(name, folder=scene.EXERCISES)

    return find


def opened(loaded: Scene) -> AbstractContextManager[Stage]:
    """A stage in memory, where no file of this machine is read."""
    from contextlib import nullcontext

    return nullcontext(MemoryStage(loaded, simulate_for_an_hour))


def graded(files: list[tuple[str, bytes | str]], find: Callable[[str], Scene],
           seeds: dict[str, str] | None) -> list[Grade]:
    """A row for each file: its name, and its bytes or why there are none."""
    read = []
    for name, data in files:
        try:
            read.append((name, from_text(data if isinstance(data, bytes) else b"")))
        except BadResult:
            pass
    remarks = alike(read)
    rows = []
    for name, data in files:
        row = unreadable(name, data) if isinstance(data, str) else grade(name, data, find, opened, seeds)
        if name in remarks:
            row = row.replace(grade="doubtful", remarks="; ".join(filter(None, (row.remarks, remarks[name]))))
        rows.append(row)
    return sorted(rows, key=lambda row: (row.student, row.exercise, row.file))


def read_folder(path: str, environment: Environment) -> Iterator[tuple[str, bytes | str]]:
    """The plain files of a folder, with the rights of who called: name, and bytes or what is wrong.
    Raises NetliteError."""
    try:
        folder = open_for_reading(path)
        try:
            names = sorted(os.listdir(folder))
            plain = {name: os.stat(name, dir_fd=folder) for name in names if name.endswith(".json")}
        finally:
            os.close(folder)
    except OSError as refusal:
        raise NetliteError(f"{path}: {refusal.strerror}") from None
    if len(plain) > MOST_FILES:
        raise NetliteError(f"{path}: more than {MOST_FILES} files")
    for name, status in plain.items():
        if not S_ISREG(status.st_mode):
            yield name, "no plain file"
        elif status.st_size > MOST_BYTES:
            yield name, f"more than {MOST_BYTES} bytes"
        else:
            try:
                yield name, environment.read_file(os.path.join(path, name), plain=True)
            except OSError as refusal:
                yield name, str(refusal.strerror)


def read_seeds(data: bytes) -> dict[str, str]:
    """student,seed a line, and a head if one likes."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig", "surrogateescape")))
    return {row[0].strip(): row[1].strip() for row in rows if len(row) >= 2}


def to_csv(rows: list[Grade]) -> str:
    """The table, of cells that are texts and no formulas."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([[cell(value) for value in row] for row in rows])
    return written.getvalue()


def cell(text: str) -> str:
    """A text for a cell: printable, and never a formula.

    >>> cell("=1+1"), cell("anna")
    ("'=1+1", 'anna')
    """
    text = visible(text)
    return "'" + text if text.startswith(tuple(FORMULA)) else text


def summary(rows: list[Grade]) -> str:
    """How many of which grade."""
    counts = {word: sum(row.grade == word for row in rows)
              for word in ("reached", "not reached", "given up", "doubtful", "unreadable")}
    return f"{len(rows)} results: {', '.join(f'{count} {word}' for word, count in counts.items() if count)}\n"


def _read(path: str, environment: Environment) -> bytes:
    try:
        return environment.read_file(path)
    except OSError as refusal:
        raise NetliteError(f"{path}: {refusal.strerror}") from None
