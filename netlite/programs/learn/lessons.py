"""The lessons that come with netlite: pages with commands, each of which plays on a network in memory."""

from __future__ import annotations

import shlex
from importlib.resources import files

from ...records.record import Record
from ..predictions import LETTERS, Question, read_question

PROMPT = "    $ bin/netlite lab run "
DASHES = "--backend memory --"
PREDICT, REVEALED = "*Predict*: ", "*Revealed*: "


class Part(Record):
    """A piece of a page: `text` as it stands there, or a command, (`scene`, `words`) with what it printed as `text`."""

    text: str
    scene: str = ""
    words: tuple[str, ...] = ()

    @property
    def typed(self) -> str:
        """The command behind the name of netlite, as the page shows it."""
        return f"lab run {self.scene} {DASHES} {shlex.join(self.words)}"


def question_of(asked: str, revealed: str) -> Question:
    """The question of a paragraph that asks and one that reveals: ``*Predict*: ...``, ``*Revealed*: (b)...``."""
    text, choices = read_question(asked.removeprefix(PREDICT))
    return Question(text, choices, LETTERS.index(revealed.removeprefix(REVEALED)[1]))


def names() -> list[str]:
    """The pages, in their order: "1-a-packet"."""
    pages = [entry.name for entry in files(__package__).joinpath("lessons").iterdir()]
    return sorted([name.removesuffix(".rst") for name in pages if name.endswith(".rst")], key=number)


def number(name: str) -> int:
    """That of a page."""
    return int(name.partition("-")[0])


def find(word: str) -> str | None:
    """The page of a number or of a word of its name, None where there is none.

    >>> find("1"), find("hop")
    ('1-a-packet', '2-a-hop')
    """
    return next((name for name in names() if word == name or word in name.split("-")), None)


def page(name: str) -> str:
    """The text of a page."""
    return files(__package__).joinpath("lessons", f"{name}.rst").read_text(encoding="utf-8")


def title(name: str) -> str:
    """What a page is called: "A packet"."""
    return page(name).partition("\n")[0].partition(" ")[2]


def parts(text: str) -> list[Part]:
    """A page piece by piece."""
    found: list[Part] = []
    command: Part | None = None
    lines: list[str] = []

    def end() -> None:
        body = "\n".join(lines).strip("\n")
        if command is not None:
            found.append(command.replace(text=body))
        elif body:
            found.append(Part(body))
        lines.clear()

    for line in text.split("\n"):
        if line.startswith(PROMPT) or command is not None and line and not line.startswith("    "):
            end()
            command = None
        if line.startswith(PROMPT):
            scene, _, _, dashes, *words = shlex.split(line[len(PROMPT):])
            assert dashes == "--", line
            command = Part("", scene, tuple(words))
        else:
            lines.append(line[4:] if command is not None else line)
    end()
    return found
