"""Every command of docs/lessons prints what the page shows; a line of … stands for any lines."""

import re
import shlex
from pathlib import Path

import pytest

from netlite.lab.scene import scene
from netlite.lab.stages import MemoryStage
from netlite.programs.simulate import simulate

LESSONS = Path(__file__).resolve().parents[2] / "docs" / "lessons"
PROMPT = "    $ netlite lab run "


def examples():
    """(page, words, expected lines) of each command."""
    for page in sorted(LESSONS.glob("*.rst")):
        words, expected = None, []
        for line in [*page.read_text(encoding="utf-8").split("\n"), "end"]:
            if words is not None and (line.startswith(PROMPT) or line and not line.startswith("    ")):
                yield page.name, words, "\n".join(expected).rstrip("\n")
                words = None
            if line.startswith(PROMPT):
                words, expected = shlex.split(line[len(PROMPT):]), []
            elif words is not None:
                expected.append(line[4:])


EXAMPLES = list(examples())


@pytest.mark.parametrize("page, words, expected", EXAMPLES, ids=[" ".join(words) for _, words, _ in EXAMPLES])
def test_example(page, words, expected):
    name, backend, chosen, dashes, *command = words
    assert (backend, chosen, dashes) == ("--backend", "memory", "--")
    loaded, shown = scene.load(name), []
    MemoryStage(loaded, simulate).perform(next(iter(loaded.topology.nodes)), command, shown.append, indent="")
    printed = "\n".join(line.rstrip() for line in "".join(shown).rstrip("\n").split("\n"))
    assert re.fullmatch(re.escape(expected).replace("\n…", "\n(?s:.*)"), printed), printed


def test_there_are_five_lessons_and_the_index_names_them():
    pages = sorted(path.name for path in LESSONS.glob("[0-9]*.rst"))
    assert len(pages) == 5 and len(EXAMPLES) >= 12
    index = (LESSONS / "index.rst").read_text(encoding="utf-8")
    assert all(f"<{page}>" in index for page in pages)

