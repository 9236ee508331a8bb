"""The classic programs' recorded outputs: every command line on its snapshot, byte for byte.

fixtures/nettools/NAME.snapshot holds kernel tables, NAME.cases.json what net-tools 2.10 answered
on them.  A case with `wanted_stdout` or `wanted_stderr` is one where the original is wrong and
netlite is not; `EXCEPTIONS` says why.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path

import pytest
import replay

FOLDER = Path(replay.ETC).parent

EXCEPTIONS = (
    # cases, what the original gets wrong
    ("syn-if15/*", "all counters of a 15-character name are 0"),
    ("syn-if/ifconfig*-a", "flags=0 lacks its closing bracket"),
    ("main/*_--tcpip", "an off-by-one ends in an internal error line instead of --inet's table"),
    ("main/netstat_-gnc@limit", "rounds after the first print garbage: a flag is never reset"),
    ("*/netstat*", "metrics above 2^31 are negative; unix paths end at a blank; "
                   "control characters of a program name reach the terminal; -eee prints a title alone"),
    ("*/route*", "metrics above 2^31 are negative; -eee prints a title alone"),
)


def load_cases() -> list:
    cases = []
    for path in sorted(FOLDER.glob("*.cases.json")):
        fixture = path.name.partition(".")[0]
        named = {case["name"]: case for case in json.loads(path.read_text("utf-8"))}
        for name, case in named.items():
            texts = {key: text_of(named, case, key) for key in ("stdout", "stderr")}
            cases.append(pytest.param(fixture, case, texts, id=f"{fixture}/{name}"))
    return cases


def text_of(named: dict, case: dict, key: str) -> bytes:
    """The wanted bytes of a stream: a list of lines, or the name of a case with the same text."""
    lines = case.get(f"wanted_{key}", case.get(key, [""]))
    if isinstance(lines, str):
        _, other, _, name = lines.split(" ", 3)
        lines = named[name][other]
    return "\n".join(lines).encode("utf-8", "surrogateescape")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folders: dict = {}

    def folder_of(fixture: str) -> str:
        if fixture not in folders:
            folders[fixture] = str(tmp_path_factory.mktemp(fixture))
            replay.unpack(str(FOLDER / f"{fixture}.snapshot"), folders[fixture])
        return folders[fixture]

    return folder_of


@pytest.mark.parametrize("fixture, case, texts", load_cases())
def test_case(fixture, case, texts, unpacked):
    program = case["argv"][0]
    if find_spec(f"netlite.programs.{program}") is None:
        pytest.skip(f"{program} is not there yet")
    out, err, status = replay.replay(unpacked(fixture), case["argv"], switches=case.get("switches"))
    if b"is not there yet" in err:
        pytest.skip(err.decode())
    assert (out.decode("utf-8", "surrogateescape").split("\n"), err, status) == (
        texts["stdout"].decode("utf-8", "surrogateescape").split("\n"), texts["stderr"], case["status"])


def test_every_wanted_text_has_a_reason():
    for param in load_cases():
        fixture, case, _ = param.values
        if "wanted_stdout" in case or "wanted_stderr" in case:
            assert any(fnmatchcase(param.id, pattern) for pattern, _ in EXCEPTIONS), param.id
