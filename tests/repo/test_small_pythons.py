"""On a Python with a part of its library, as python3-minimal of Debian has it, a program works or says what is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from tree import ROOT

from netlite.programs.about.manual import NAMES
from netlite.programs.registry import OWN, PROGRAMS

LISTS = sorted((ROOT / "tests/fixtures/python3-minimal").iterdir())
START = """
import sys
have, words = set(sys.argv[1].split()), sys.argv[2:]
for name in sys.stdlib_module_names - have - {"_frozen_importlib", "_frozen_importlib_external"}:
    sys.modules[name] = None  # then it is not found
sys.path.insert(0, words.pop(0))
sys.argv[:] = ["netlite", *words]
from netlite.__main__ import main
main()
"""
WORKS = [line.split() for line in """\
--version
help
help netstat
doctor
completion bash
hostname
hostname -f
hostname -I
ifconfig -a
ifconfig lo --more
ifconfig --explain
route
route -n --more
route -6 --explain
route get 127.0.0.1
arp
arp -n --more
arp localhost
netstat
netstat -rn
netstat -i
netstat -s
netstat -g
netstat -tunp --more
netstat -x
netstat --explain=established
netstat --state established -t
ping -c1 -n 127.0.0.1
ping -c1 localhost
ping -c1 -6 ::1
ping -c1 --explain 127.0.0.1
ping -c1 --explain=fields 127.0.0.1
ping --multi -c1 127.0.0.1 ::1
ping --explain=ttl
traceroute -q1 127.0.0.1
traceroute -q1 --explain ::1
traceroute --paris -q1 127.0.0.1
traceroute --mda 127.0.0.1
tracepath 127.0.0.1
tracepath --explain -6 ::1
tcptraceroute -n 127.0.0.1
mtu 127.0.0.1""".split("\n")]
MAY_LACK = [line.split() for line in """\
lab
lab list
lab run chain --backend memory -- ping -c1 server
lab run chain --html /dev/null
why --html /dev/null 127.0.0.1
lab check loopback
lab map chain
lab list --json
learn
learn 1
hostname --json
hostname -y
hostname -a
netstat --netns nosuch
ifconfig --json
route -n --jsonl
arp --json
netstat -tn --json
ping -c1 --json 127.0.0.1
ping --multi --jsonl -c1 127.0.0.1 ::1
ping -c1 --pcap /dev/null 127.0.0.1
traceroute --json -q1 127.0.0.1
tracepath --jsonl 127.0.0.1
mtu --json 127.0.0.1
why 127.0.0.1""".split("\n")]
ADMISSION = "this Python cannot give up capabilities: it has no _ctypes"


def ran(have: str, words: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-I", "-S", "-c", START, have, str(ROOT), *words], capture_output=True,
                          text=True, timeout=300, stdin=subprocess.DEVNULL, cwd="/", env={"PATH": os.environ["PATH"]})


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_what_is_missing_is_said_in_a_line(path):
    have = re.sub("(?m)^#.*", "", path.read_text())
    commands = WORKS + [[*words] for words in MAY_LACK if words[0] in {**PROGRAMS, **OWN}]
    commands += [[name, "-h"] for name in NAMES] + [[name, "--nonsense"] for name in PROGRAMS]
    with ThreadPoolExecutor(2) as several:
        done = dict(zip(map(" ".join, commands), several.map(lambda words: ran(have, words), commands)))
    assert done["--version"].stdout.startswith("netlite ") and "127.0.0.1" in done["ifconfig -a"].stdout
    wrong = {}
    for command, result in done.items():
        if result.returncode == 70 or result.returncode < 0 or re.search("Traceback|internal error", result.stderr):
            wrong[command] = result.returncode, result.stderr
    assert wrong == {}
    lacking = {command: [line for line in result.stderr.split("\n") if "this Python has no" in line and ADMISSION not in line]
               for command, result in done.items()}
    assert all(len(lines) < 2 for lines in lacking.values())
    assert [command for command in map(" ".join, WORKS) if lacking[command]] == []
    assert {command: done[command].returncode for command, lines in lacking.items() if lines and done[command].returncode != 2} == {}
