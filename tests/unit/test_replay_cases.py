"""The classic programs' recorded outputs: every command line on its snapshot, byte for byte.

fixtures/nettools/NAME.snapshot holds kernel tables, NAME.cases (or NAME.PROGRAM.cases) what net-tools 2.10
answered on them, and what netlite should where the original is wrong; see recorded_cases.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import replay
from recorded_cases import Answer, parse_cases, split_command
from rows import over

FOLDER = Path(replay.ETC).parent


def load_cases() -> list:
    """(snapshot's name, command line, wanted answer) of every recorded command line."""
    return [(name, command, case.netlite)
            for path in sorted(FOLDER.glob("*.cases")) for name in [path.name.partition(".")[0]]
            for case in parse_cases(path.read_bytes()) for command in case.commands]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folders: dict = {}

    def folder_of(name: str) -> str:
        if name not in folders:
            folders[name] = str(tmp_path_factory.mktemp(name))
            replay.unpack(str(FOLDER / f"{name}.snapshot"), folders[name])
        return folders[name]

    return folder_of


@over("name, command, wanted", load_cases())
def test_case(name, command, wanted, unpacked):
    switches, words = split_command(command)
    answer = Answer(*replay.replay(unpacked(name), words, switches=switches))
    for text in "stdout", "stderr":  # by lines, which are shown well where they differ
        assert getattr(answer, text).split(b"\n") == getattr(wanted, text).split(b"\n")
    assert answer.status == wanted.status


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.cases")), ids=lambda path: path.name)
def test_a_difference_has_a_reason(path):
    for case in parse_cases(path.read_bytes()):
        assert bool(case.why) == (case.original != case.netlite), case.commands
