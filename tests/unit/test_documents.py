"""--json: whole documents and nothing else on stdout, whatever happens; UTF-8, and one a line where they follow each other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from inspect import signature

import pytest
import replay
from test_replay_cases import FOLDER

from netlite.environment import Output
from netlite.lab.memory.environment import Text
from netlite.programs.documents import ArrayDocument, Texts
from netlite.programs.netstat.sockets import SocketView
from netlite.programs.registry import netlite_argv

COMMANDS = ("netstat -tuwxan --json", "netstat -rn --json", "netstat -i --json", "netstat -gn --json", "netstat -s --json", "netstat -M --json",
            "ifconfig -a --json", "route -n --json", "route -6n --json", "arp -n --json", "arp -an --json", "hostname --json", "hostname --json -y")
WRONG = ("ifconfig --json nope0", "netstat --json -zz", "netstat --json --ipx", "route --json add x", "route --json get nosuch", "arp --json nosuch",
         "arp --json -zz", "hostname --json -zz", "hostname --json -f", "netstat --json --state nope", "netstat --json --netns /nonexistent",
         "netstat -M --json", "hostname --json a b", "arp --json -d x")


def replayed(words: str, fixture: str, tmp_path) -> tuple[bytes, bytes, int]:
    folder = tmp_path / fixture
    if not folder.exists():
        replay.unpack(str(FOLDER / f"{fixture}.snapshot"), str(folder))
    return replay.replay(str(folder), words.split())


@pytest.mark.parametrize("words", COMMANDS)
def test_one_document(words, tmp_path):
    out, _, _ = replayed(words, "main", tmp_path)
    json.loads(out.decode("utf-8"))


@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_is_data_too(words, tmp_path):
    out, err, status = replayed(words, "syn-arp", tmp_path)
    found = json.loads(out.decode("utf-8"))
    told = found if isinstance(found, dict) else found[-1]
    assert status and err
    assert told["error"] in err.decode() or told["error"] == "Device not found", (told, err)
    assert told.get("status", status) == status


def test_an_unknown_interface_among_known_ones(tmp_path):
    out, err, status = replayed("ifconfig --json lo nope0", "main", tmp_path)
    rows = json.loads(out)
    assert [(row["name"], row.get("error")) for row in rows] == [("lo", None), ("nope0", "Device not found")]
    assert (err, status) == (b"nope0: error fetching interface information: Device not found\n", 1)


@pytest.mark.parametrize("words, heading", [("netstat --json --help", b"usage: netstat"), ("route --json -h", b"Usage: route"),
                                            ("ifconfig --json --help", b"Usage:\n  ifconfig"), ("arp --json -V", b"net-tools")])
def test_texts_that_are_asked_for_are_texts(words, heading, tmp_path):
    out, _, status = replayed(words, "main", tmp_path)
    assert out.startswith(heading) and status == 0



@pytest.mark.parametrize("one_line", [True, False])
def test_an_array_ends_wherever_it_is_interrupted(one_line):
    class World:
        out = replay.Capture()

    with ArrayDocument(World, one_line) as document:
        document.add([])
    with ArrayDocument(World, one_line) as document:
        document.add([{"a": 1}])
        document.add([{"a": 2}, {"a": 3}])
    lines = bytes(World.out.data).decode()
    assert lines.startswith("[]\n") and json.loads(lines[3:]) == [{"a": 1}, {"a": 2}, {"a": 3}]
    assert (lines.count("\n") == 2) == one_line


@pytest.mark.parametrize("raised, told", [(KeyboardInterrupt(), "interrupted"), (RuntimeError("broken"), "broken")])
def test_rows_that_end_early_are_a_document(raised, told, tmp_path, monkeypatch):
    show = SocketView._show_internet

    def breaks(view, protocol, columns):
        if protocol == "udp":
            raise raised
        show(view, protocol, columns)

    monkeypatch.setattr(SocketView, "_show_internet", breaks)
    world = {}

    def capture(*arguments):
        world["seen"] = environment = original(*arguments)
        return environment

    original = replay.ReplayEnvironment
    monkeypatch.setattr(replay, "ReplayEnvironment", capture)
    try:
        replayed("netstat -tuan --json", "main", tmp_path)
    except (KeyboardInterrupt, RuntimeError):
        pass
    rows = json.loads(bytes(world["seen"].out.data))
    assert len(rows) > 1 and rows[-1] == {"error": told}


@pytest.mark.parametrize("words", ["netstat -tuxlan", "netstat -rn", "netstat -i", "netstat -gn"])
def test_intervals_are_lines_and_an_interrupt_ends_between_them(words):
    argv = netlite_argv([*words.split(), "--json", "--interval", "0.01"])
    process = subprocess.Popen([argv[0], "-I", *argv[2:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process:
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=300)
    for line in lines + rest.splitlines():
        assert isinstance(json.loads(line.decode("utf-8")), list)
    assert rest == b"" or rest.endswith(b"\n")
    assert (err, process.returncode) == (b"", -signal.SIGINT)


def test_an_interrupt_before_anything_is_written(tmp_path):
    """A look-up that nobody answers, say: here a hosts file that never comes."""
    fifo = tmp_path / "names"
    os.mkfifo(fifo)
    code = ("import sys; sys.path.insert(0, sys.argv[1])\nfrom netlite import environment, world\n"
            "world.World.device_name = environment.Environment.device_name = lambda *_: open(sys.argv[2]).read()\n"
            "world.World.host_name = property(lambda self: print(1, file=sys.stderr, flush=True) or open(sys.argv[2]).read())\n"
            "from netlite.__main__ import run; run('hostname', 'hostname', ['--json'])")
    process = subprocess.Popen([sys.executable, "-I", "-c", code, str(FOLDER.parents[2]), str(fifo)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process:
        assert process.stderr.readline() == b"1\n"
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=300)
    assert json.loads(out) == {"error": "interrupted", "status": 130} and process.returncode == -signal.SIGINT


@pytest.mark.parametrize("stand_in", [Texts, Text])
def test_what_stands_for_the_output_has_its_methods(stand_in):
    for name in ("write", "write_whole", "begin_table", "tell_rows", "flush", "unbuffer", "isatty"):
        theirs, ours = (signature(getattr(kind, name)).parameters for kind in (stand_in, Output))
        assert list(theirs) == list(ours), name


LISTS = ("netstat -tuwxan", "netstat -rn", "netstat -ian", "netstat -gn", "ifconfig -a", "ifconfig lo nope0", "route -n", "route -6n", "arp -n", "arp -an")


@pytest.mark.parametrize("words", LISTS)
def test_lines_are_the_rows_of_the_array(words, tmp_path):
    array, err, status = replayed(f"{words} --json", "main", tmp_path)
    lines, *same = replayed(f"{words} --jsonl", "main", tmp_path)
    assert [json.loads(line) for line in lines.decode().splitlines()] == json.loads(array) != []
    assert same == [err, status]


@pytest.mark.parametrize("words", ["netstat -s", "hostname", "hostname -I"])
def test_what_is_no_array_is_one_line(words, tmp_path):
    assert replayed(f"{words} --jsonl", "main", tmp_path) == replayed(f"{words} --json", "main", tmp_path)


@pytest.mark.parametrize("words", WRONG)
@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_beside_an_explanation_too(words, form, tmp_path):
    """Which is then none."""
    words = words.replace("--json", form)
    out, err, status = replayed(f"{words} --explain", "syn-arp", tmp_path)
    assert (out, err, status) == replayed(words, "syn-arp", tmp_path)
    for line in out.decode().splitlines():
        json.loads(line)


def test_an_empty_table_is_an_empty_array_and_no_line(tmp_path):
    """With a warning on stderr, or without."""
    for words, fixture in (("netstat -rn", "syn-inet"), ("ifconfig", "syn-inet"), ("ifconfig", "syn-v4only")):
        out, *same = replayed(f"{words} --json", fixture, tmp_path)
        assert out == b"[]\n" and replayed(f"{words} --jsonl", fixture, tmp_path) == (b"", *same)


@pytest.mark.parametrize("program, words", [("ping", "-c1 127.0.0.1"), ("netstat", "-rn"), ("hostname", "")])
def test_a_python_without_json_says_so_before_anything_is_done(program, words):
    code = ("import sys; sys.path.insert(0, sys.argv[1]); sys.modules['json'] = None\n"
            "from netlite.__main__ import run; run(sys.argv[2], sys.argv[2], sys.argv[3].split())")
    done = subprocess.run([sys.executable, "-I", "-c", code, str(FOLDER.parents[2]), program, f"{words} --json"], capture_output=True, timeout=300)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", f"{program}: this Python has no json\n")
