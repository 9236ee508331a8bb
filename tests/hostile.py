"""Texts that steer a terminal, and what is to be shown instead."""

from __future__ import annotations

from netlite.environment import Environment
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain

EVIL = "e\x1b]0;owned\x07\x1b[31m\x9b2J\n 9  forged\r\t\u202e\u2028\x7f"
SHOWN = r"e\x1b]0;owned\x07\x1b[31m\u009b2J\x0a 9  forged\x0d\x09\u202e\u2028\x7f"
PATH = chain(3, mtus={3: 1400})
ODD = "x\x1b[31m\x9b\u202e"


def plain(text: str) -> str:
    """The text, when all that is in it may go to a terminal."""
    odd = {letter for letter in text if not letter.isprintable()} - {"\n"}
    assert not odd, ascii(text)
    return text


def lab_world() -> SimulatedEnvironment:
    """A world for netlite lab, which works on files of this machine."""
    environment = SimulatedEnvironment("lab", PATH, "client", outside=Environment("lab"))
    environment.owns_process = True
    return environment
