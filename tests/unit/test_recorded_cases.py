"""Recorded answers as text: read, written and read back without a byte lost."""

from __future__ import annotations

from pathlib import Path

import pytest
import replay
from hypothesis import given
from hypothesis import strategies as st
from recorded_cases import Answer, Case, parse_cases, render_cases, split_command

TEXT = rb"""# the original cannot count
# and stops early
$ list
$ RB_EUID=7 list -a 'two words'
  a	caf""".replace(b"\t", b"\\t") + "é\n".encode() + rb"""- one\x1b two\xff
+ one. two.
  a blank at the end 
  \\c and no newline\c
2 both complain
2-list: Internal Error
[-15]

$ list nothing
"""  # noqa: W291
FOLDER = Path(replay.ETC).parent
PIECES = st.sampled_from([b"\n", b"\\", b"c", b"x41", b"t", b" ", b"\t", b"\x00", b"\xff", "é".encode(), "\u2028".encode(),
                          b"$ ", b"# ", b"[1]", b"2 ", b"- ", b"+ "])
TEXTS = st.lists(PIECES | st.binary(max_size=5), max_size=8).map(b"".join)
ANSWERS = st.builds(Answer, TEXTS, TEXTS)


def test_what_the_marks_mean():
    first, second = parse_cases(TEXT)
    assert first.why == ("the original cannot count", "and stops early")
    assert [split_command(command) for command in first.commands] == [
        ({}, ["list"]), ({"RB_EUID": "7"}, ["list", "-a", "two words"])]
    head, tail = "a\tcafé\n".encode(), b"a blank at the end \n\\c and no newline"
    assert first.original == Answer(head + b"one\x1b two\xff\n" + tail, b"both complain\nlist: Internal Error\n", -15)
    assert first.netlite == Answer(head + b"one. two.\n" + tail, b"both complain\n", -15)
    assert second == Case(("list nothing",), Answer(), Answer())


def test_the_text_is_written_as_it_was_read():
    assert render_cases(parse_cases(TEXT)) == TEXT


@given(st.lists(st.builds(lambda original, netlite, status: Case(
    ("list",), original.replace(status=status), netlite.replace(status=status)), ANSWERS, ANSWERS, st.integers(-64, 255))))
def test_any_bytes_come_back(cases):
    assert parse_cases(render_cases(cases)) == cases


@pytest.mark.parametrize("line", [b"x", b"2", b"-", b"\tlist"])
def test_a_line_of_no_kind_is_refused(line):
    with pytest.raises(ValueError, match="no known kind"):
        parse_cases(b"$ list\n" + line)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.cases")), ids=lambda path: path.name)
def test_the_recorded_files_are_written_this_way(path):
    """A case can be added by hand; how it is written is settled."""
    assert render_cases(parse_cases(path.read_bytes())) == path.read_bytes()
