"""Predict, then reveal: questions before something is played, for who sits at a terminal.

Nobody is asked where the input or output is none.  What was right is counted, and nothing of it leaves the machine.
"""

from __future__ import annotations

import re

from ..environment import Environment
from ..records.record import Record
from ..render.visible import visible

CHOICE = re.compile(r"\(([a-h])\) ")
LETTERS = "abcdefgh"


class Question(Record):
    """What is asked, what may be said, and which of that is right (its number)."""

    text: str
    choices: tuple[str, ...]
    right: int


class Predictions:
    """The questions of a run and how many were answered rightly."""

    def __init__(self, environment: Environment):
        self._environment = environment
        self.asked = self.right = 0
        self._goes_on = environment.out.isatty() and environment.input_is_terminal

    @property
    def is_on(self) -> bool:
        """Whether somebody is there who can be asked."""
        return self._goes_on

    def ask(self, question: Question, indent: str = "") -> str | None:
        """What was answered, as a choice; None where nobody is asked, or who is asked would not say."""
        if not self._goes_on:
            return None
        out = self._environment.out
        listed = "".join(f"{indent}    ({letter}) {visible(choice)}\n"
                         for letter, choice in zip(LETTERS, question.choices))
        out.write(f"{indent}Predict: {visible(question.text)}\n{listed}{indent}Your answer, or Enter: ")
        out.flush()
        line = self._environment.input_line()
        if not line:
            self._goes_on = False
            out.write("\n")
        word = line.decode("utf-8", "replace").strip().strip("()").lower()
        known = {letter: number for number, letter in enumerate(LETTERS[:len(question.choices)])}
        known |= {choice.lower(): number for number, choice in enumerate(question.choices)}
        if word not in known:
            return None
        self.asked += 1
        self.right += known[word] == question.right
        return question.choices[known[word]]

    def judged(self, question: Question, answer: str | None) -> str:
        """What to say to an answer, once all is revealed."""
        if answer is None:
            return ""
        right = question.choices[question.right]
        return "You predicted it.\n" if answer == right else f"You said: {visible(answer)}.  It is: {visible(right)}.\n"

    @property
    def score(self) -> str:
        """How many were right; "" where none was answered."""
        return f"Predicted: {self.right} of {self.asked}.\n" if self.asked else ""


def read_question(text: str) -> tuple[str, tuple[str, ...]]:
    """The question and its choices in a text.

    >>> read_question("Who answers?  (a) r1, (b) r2, (c) nobody.")
    ('Who answers?', ('r1', 'r2', 'nobody'))
    """
    asked, *rest = CHOICE.split(" ".join(text.split()))
    return asked.strip(), tuple([choice.strip(" ,.:") for choice in rest[1::2]])
