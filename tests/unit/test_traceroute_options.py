"""The command line of traceroute: grammar, numbers, checks, and every error text with its argc."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import in_memory

from netlite.command_line.traceroute_options import CommandLine, Unreadable
from netlite.errors import UsageError
from netlite.programs.traceroute.headers import segment_bytes, segment_fields
from netlite.programs.traceroute.main import main
from netlite.programs.traceroute.keywords import KEYWORDS
from netlite.programs.traceroute.methods import Keywords
from netlite.programs.traceroute.numbers import (
    parse_float,
    parse_port,
    parse_signed,
    parse_unsigned,
    split_float,
)
from netlite.programs.traceroute.usage import boxed, usage
from netlite.programs.traceroute.words import OPERANDS, OPTIONS, read_choices
from netlite.world import World

LOOPBACK = {4: "127.0.0.1", 6: "::1"}
WORLD = in_memory("traceroute")


def choices(words: str, program: str = "traceroute", posix: bool = False):
    return read_choices(program, words.split(), WORLD, posix)


ERRORS = {
    "-h": "Bad option `-h' (argc 1)",
    "-nZ host": "Bad option `-Z' (argc 1)",
    "--foo 127.0.0.1": "Bad option `--foo' (argc 1)",
    "-n --fo=3 127.0.0.1": "Bad option `--fo=3' (with arg `3') (argc 2)",
    "--icmp=1 127.0.0.1": "Bad option `--icmp=1' (with arg `1') (argc 1)",
    "--max=5 127.0.0.1": "Bad option `--max=5' (with arg `5') (argc 1)",
    "--UL 127.0.0.1": "Bad option `--UL' (argc 1)",
    "-UZ 127.0.0.1": "Bad option `-Z' (argc 1)",
    "-m": "Option `-m' (argc 1) requires an argument: `-m max_ttl'",
    "-n -g": "Option `-g' (argc 2) requires an argument: `-g gate,...'",
    "--max-hops 5 127.0.0.1": "Option `--max-hops' (argc 1) requires an argument: `--max-hops=max_ttl'",
    "--options": "Option `--options' (argc 1) requires an argument: `--options=OPTS,...'",
    "-nq1 127.0.0.1": "Option `-q' (argc 1) requires an argument: `-q nqueries'",
    "-m 127.0.0.1": "Cannot handle `-m' option with arg `127.0.0.1' (argc 2)",
    "-q1n 127.0.0.1": "Cannot handle `-q' option with arg `1n' (argc 1)",
    "--wait=1,2,3,4 127.0.0.1": "Cannot handle `--wait' option with arg `1,2,3,4' (argc 1)",
    "-s nosuch 127.0.0.1": "nosuch: Name or service not known\nCannot handle `-s' option with arg `nosuch' (argc 2)",
    "-n": 'Specify "host" missing argument.',
    "-n 127.0.0.1 60 70": "Extra arg `70' (position 3, argc 4)",
    "-n 127.0.0.1 abc": "Cannot handle \"packetlen\" cmdline arg `abc' on position 2 (argc 3)",
    "x": "x: Name or service not known\nCannot handle \"host\" cmdline arg `x' on position 1 (argc 1)",
    "-4 ::1": "::1: Address family for hostname not supported\n"
              "Cannot handle \"host\" cmdline arg `::1' on position 1 (argc 2)",
    "-6 ::ffff:1.2.3.4": "Cannot handle \"host\" cmdline arg `::ffff:1.2.3.4' on position 1 (argc 2)",
    "-m 0 127.0.0.1": "first hop out of range",
    "-f 31 127.0.0.1": "first hop out of range",
    "-m 256 127.0.0.1": "max hops cannot be more than 255",
    "-m -1 127.0.0.1": "max hops cannot be more than 255",
    "-q 0 127.0.0.1": "no more than 10 probes per hop",
    "-w -1 127.0.0.1": "bad wait specifications `-1,0,0' used",
    "-w 1e9/2.5/-1e-7 127.0.0.1": "bad wait specifications `1e+09,2.5,-1e-07' used",
    "-z -0.5 127.0.0.1": "bad sendtime `-0.5' specified",
    "127.0.0.1 65001": "too big packetlen 65001 specified",
    "-s ::1 127.0.0.1": "IP version mismatch in addresses specified",
    "-M nosuch 127.0.0.1": "Unknown traceroute module nosuch",
    "-g nosuch 127.0.0.1": "nosuch: Name or service not known\n",
    "-g ::1,1.2.3.4 -6 ::1": "1.2.3.4: Address family for hostname not supported\n",
    "-g 1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1 127.0.0.1":
        "Too many gateways specified. No more than 8",
    "-T -O mss 127.0.0.1": "Keyword `mss' (argc 1) requires an argument: `mss=NUM'",
    "-T -O syn,mss=x 127.0.0.1": "Cannot handle `mss' keyword with arg `x' (argc 2)",
    "-T -O foo 127.0.0.1": "`foo' (argc 1): arguments are not allowed",
    "-I -O raw,dgram 127.0.0.1": "Keyword `dgram' (argc 2): Only one of:\n    raw | dgram\nmay be specified.",
}


@pytest.mark.parametrize("words", ERRORS)
def test_errors(words):
    with pytest.raises(UsageError) as refusal:
        main(words.split(), in_memory("traceroute"))
    assert (refusal.value.text, refusal.value.status) == (ERRORS[words] + "\n", 2)


@pytest.mark.parametrize("words", ["-V", "--version", "--help", "", "-O help", "-T -O help", "-nV nosuch"])
def test_help_ends_with_status_0(words):
    with pytest.raises(UsageError) as answer:
        main(words.split(), in_memory("traceroute"))
    assert answer.value.status == 0 and answer.value.text.endswith("\n")


def test_values():
    seen = choices("-nFdre -f2 -m 0x10 -q 010 --sim-queries=5 -w5,3/10 -z.5 -p http -t255 -l 7 --fwmark=9 -i eth0 "
                   "--sport=53x -s 127.0.0.2 -g 1.1.1.1,2.2.2.2 --mtu --back -T -O syn,info localhost 1000")
    assert (seen.numeric, seen.dont_fragment, seen.debug, seen.dont_route, seen.extensions) == (True,) * 5
    assert (seen.first_hop, seen.max_hops, seen.queries, seen.window) == (2, 16, 8, 5)
    assert (seen.wait, seen.here, seen.near, seen.gap) == (5, 3, 10, 0.5)
    assert (seen.port, seen.traffic_class, seen.flow_label, seen.mark, seen.source_port) == (80, 255, 7, 9, 53)
    assert (seen.device, seen.source[1], seen.gateways) == ("eth0", "127.0.0.2", ["1.1.1.1", "2.2.2.2"])
    assert (seen.discover_mtu, seen.back, seen.method, seen.method_words) == (True, True, "tcp", ["syn", "info"])
    assert (seen.host, seen.address, seen.size_bytes) == ("localhost", "127.0.0.1", 1000)


@pytest.mark.parametrize("words, version, method", [
    ("localhost", 4, "default"), ("-6 localhost", 6, "default"), ("-4 -6 localhost", 6, "default"),
    ("::1", 6, "default"), ("::ffff:127.0.0.1", 4, "default"), ("-I -T localhost", 4, "tcp"), ("-UL -n ::1", 6, "udplite"),
    ("-P 47 localhost", 4, "raw"), ("-M Foo ::1", 6, "Foo"), ("--ext ::1", 6, "default"), ("--dont ::1", 6, "default")])
def test_family_and_method(words, version, method):
    seen = choices(words)
    assert (seen.family.version, seen.method) == (version, method)


@pytest.mark.parametrize("program, words, version, method", [
    ("traceroute6", "localhost", 6, "default"), ("traceroute4", "localhost", 4, "default"), ("tracert", "::1", 6, "icmp"),
    ("tcptrace", "::1", 6, "tcp")])
def test_the_name_of_the_program_counts(program, words, version, method):
    seen = choices(words, program)
    assert (seen.family.version, seen.method) == (version, method)


def test_options_after_operands():
    assert choices("localhost -n").numeric
    assert choices("-- localhost 60").size_bytes == 60
    assert choices("-n -- localhost -5").size_bytes == -5
    with pytest.raises(UsageError):
        choices("localhost -n", posix=True)
    with pytest.raises(UsageError):
        choices("-nm 5 localhost", posix=True)
    assert choices("-nm 5 localhost").max_hops == 5


def test_wait_alone_forgets_the_factors():
    seen = choices("-w 2 ::1")
    assert (seen.wait, seen.here, seen.near) == (2, 0, 0)


@pytest.mark.parametrize("text, value", [
    ("10", 10), ("0x1F", 31), ("017", 15), (" 7", 7), ("+7", 7), ("-1", 0xFFFFFFFF), ("4294967297", 1), ("0", 0),
    ("18446744073709551616", 0xFFFFFFFF), ("-18446744073709551616", 0xFFFFFFFF)])
def test_unsigned(text, value):
    assert parse_unsigned(text) == value


@pytest.mark.parametrize("text", ["", " ", "x", "1x", "0x", "08", "1.5", "--1", "1 "])
def test_not_unsigned(text):
    with pytest.raises(Unreadable):
        parse_unsigned(text)


def test_other_numbers():
    assert [parse_signed(text) for text in ("-5", "0x10", "4294967295", "99999999999999999999")] == [-5, 16, -1, -1]
    assert [parse_port(text, WORLD) for text in ("80x", "0x50", "http", "-1")] == [80, 80, 80, 0xFFFFFFFF]
    assert [parse_float(text) for text in ("1", ".5", "5.", "1e3", "-2.5E-1", "0x1p4", " 3")] == [1, .5, 5, 1e3, -.25, 16, 3]
    assert split_float("infx") == (float("inf"), "x") and split_float("1e+x") == (1.0, "e+x")
    for text in ("", ".", "e5", "1_0", "0x.", "nano"):
        with pytest.raises(Unreadable):
            parse_float(text)


@given(st.lists(st.one_of(st.sampled_from(["-n", "-q", "1", "--", "-", "-w", "--first=2", "-O", "syn,", "-UL", "-nqI", "::1"]),
                          st.text(max_size=6)), max_size=7))
def test_any_command_line_is_read_or_refused(words):
    try:
        read_choices("traceroute", words, WORLD, False).check()
    except UsageError as refusal:
        assert refusal.text.endswith("\n")


def read_keywords(method: str, *words: str) -> Keywords:
    keywords = Keywords(WORLD)
    CommandLine(KEYWORDS.get(method, ()), keywords=True).read(method, list(words), keywords)
    return keywords


def proc_with(tmp_path, **values: str) -> str:
    folder = tmp_path / "sys" / "net" / "ipv4"
    folder.mkdir(parents=True)
    for name, value in values.items():
        (folder / f"tcp_{name}").write_text(value + "\n")
    return str(tmp_path)


@pytest.mark.parametrize("words, flags, sack, stamped, scaled, size", [
    ((), 0x02, True, True, True, 40), (("syn",), 0x02, False, False, False, 24), (("ack",), 0x10, False, False, False, 20),
    (("flags=0",), 0x00, False, False, False, 20), (("flags=0x1ff",), 0xFF, False, False, False, 24),
    (("ecn",), 0xC2, False, False, False, 24), (("sack",), 0x02, True, False, False, 28),
    (("time", "ack"), 0x10, False, True, False, 32), (("fin", "sysctl"), 0x01, True, True, True, 36)])
def test_segments(tmp_path, words, flags, sack, stamped, scaled, size):
    proc = proc_with(tmp_path, ecn="2", sack="1", timestamps="1", window_scaling="1")
    fields = segment_fields(read_keywords("tcp", *words), World(proc=proc))
    assert (fields["flags"], fields["sack"], fields["timestamp"] is not None, fields["window_scale"]) == (
        flags, sack, stamped, 2 if scaled else None)
    assert segment_bytes(fields) == size


def test_usage_names_everything():
    text = usage("traceroute", OPTIONS, OPERANDS)
    assert all(f"--{row.long}" in text or row.one_dash for row in OPTIONS if row.long)
    assert max(len(line) for line in text.splitlines()[3:]) < 80
    assert boxed("  -x", 30, "word") == ["  -x" + " " * 26 + "word"]
