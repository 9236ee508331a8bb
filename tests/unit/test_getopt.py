"""Command lines are read as glibc reads them; expected texts are glibc 2.36's."""

from __future__ import annotations

import pytest

from netlite.command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError

LONG = (("tcp", NO_VALUE, "t"), ("tcpip", NO_VALUE, "I"), ("protocol", VALUE, "A"),
        ("program", NO_VALUE, "p"), ("programs", NO_VALUE, "p"))


def read(words, short="ac:n", long=(), permute=True):
    options = GetOpt("prog", words, short, long, permute)
    return list(options), options.operands


@pytest.mark.parametrize("words, options, operands", [
    (["-a", "-c", "3"], [("a", None), ("c", "3")], []),
    (["-nac3"], [("n", None), ("a", None), ("c", "3")], []),
    (["host", "-a", "other"], [("a", None)], ["host", "other"]),
    (["-a", "--", "-n"], [("a", None)], ["-n"]),
    (["-", "-a"], [("a", None)], ["-"]),
    (["-c", "-a"], [("c", "-a")], []),
    (["-c", "--"], [("c", "--")], []),
])
def test_short_options(words, options, operands):
    assert read(words) == (options, operands)


def test_without_permutation_the_first_operand_ends_the_options():
    assert read(["-a", "host", "-n"], permute=False) == ([("a", None)], ["host", "-n"])


@pytest.mark.parametrize("words, options", [
    (["--tcp"], [("t", None)]),
    (["--prot", "inet"], [("A", "inet")]),
    (["--protocol=inet"], [("A", "inet")]),
    (["--protocol="], [("A", "")]),
    (["--prog"], [("p", None)]),
])
def test_long_options(words, options):
    assert read(words, long=LONG) == (options, [])


@pytest.mark.parametrize("words, long, text", [
    (["-z"], (), "prog: invalid option -- 'z'\n"),
    (["-:"], (), "prog: invalid option -- ':'\n"),
    (["--help"], (), "prog: invalid option -- '-'\n"),
    (["-c"], (), "prog: option requires an argument -- 'c'\n"),
    (["--foo=1"], LONG, "prog: unrecognized option '--foo=1'\n"),
    (["--tc"], LONG, "prog: option '--tc' is ambiguous; possibilities: '--tcp' '--tcpip'\n"),
    (["--tcp=1"], LONG, "prog: option '--tcp' doesn't allow an argument\n"),
    (["--protocol"], LONG, "prog: option '--protocol' requires an argument\n"),
])
def test_errors(words, long, text):
    with pytest.raises(OptionError) as refused:
        read(words, long=long)
    assert refused.value.text == text


def test_options_before_the_error_are_delivered():
    options = iter(GetOpt("prog", ["-a", "-z"], "a"))
    assert next(options) == ("a", None)
    with pytest.raises(OptionError):
        next(options)


def test_a_program_may_go_on_after_an_error():
    lines = []
    options = list(GetOpt("prog", ["-azn", "--foo", "-c"], "ac:n", LONG, report=lines.append))
    assert options == [("a", None), ("?", None), ("n", None), ("?", None), ("?", None)]
    assert lines == ["prog: invalid option -- 'z'\n", "prog: unrecognized option '--foo'\n",
                     "prog: option requires an argument -- 'c'\n"]
