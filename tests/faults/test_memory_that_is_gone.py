"""Memory that is gone to the last byte while a program is at work: one line says so, and a document is whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rows import over

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAM = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from importlib import import_module
from netlite.__main__ import run

folder, name, *words = sys.argv[2:]
places = iter(list(range(100_000)))
held = [None] * 100_000
sizes = [*[1 << place for place in range(24, 9, -1)], *range(512, 0, -8)]

def take_all(arguments, environment):
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used, used))
    for size in sizes:
        try:
            for place in places:
                held[place] = bytes(size)
        except MemoryError:
            pass
    raise MemoryError

import_module(f"netlite.programs.{folder}.main").main = take_all
run(folder, name, words)
"""
"""A program that takes all there is, also where small objects lie, and then needs more."""


def without_memory(folder: str, name: str, *words: str) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-I", "-S", "-c", PROGRAM, CHECKOUT, folder, name, *words], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


@over("length", [1, 8, 20, 80, 100, 200, 250, 350, 450, 1000])
def test_it_is_said_however_long_the_words_are(length):
    """A line that is made only then finds a place of its length, or none."""
    assert without_memory("hostname", "h" * length) == (2, "", "h" * length + ": Cannot allocate memory\n")


@pytest.mark.parametrize("command", ["learn learn", "lab lab list", "about doctor", "route route --explain", "ping ping --explain ::1"])
def test_it_is_said_once(command):
    assert without_memory(*command.split()) == (2, "", command.split()[1] + ": Cannot allocate memory\n")


@pytest.mark.parametrize("command", ["netstat netstat -s --json", "route route --jsonl", "ping ping --json ::1", "ping ping --jsonl ::1", "mtu mtu --json ::1"])
def test_a_document_says_it_too(command):
    line = command.split()[1] + ": Cannot allocate memory"
    status, out, err = without_memory(*command.split())
    assert (status, err) == (2, line + "\n") and json.loads(out.splitlines()[-1])["error"] == line, (status, out, err)


LIBRARIES = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from netlite.libraries import find_libraries

used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 20),) * 2)
try:
    find_libraries()
except MemoryError:
    print("not begun", "site" in sys.modules)
"""


def test_libraries_are_not_looked_for_without_memory():
    """`site` writes tracebacks of its own."""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", LIBRARIES, CHECKOUT], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "not begun False\n", "")


LITTLE = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from netlite.__main__ import run

used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[2]),) * 2)
run(*sys.argv[3:5], sys.argv[5:])
"""


@over("kibibytes", range(3 << 10, 18 << 10, 256))
def test_what_loads_much_works_or_is_not_begun(kibibytes):
    """Modules of Python's own show where they lacked memory."""
    words = [sys.executable, "-I", "-S", "-c", LITTLE, CHECKOUT, str(kibibytes << 10), "about", "doctor"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    lacks = [(2, f"{name}: Cannot allocate memory\n") for name in ("doctor", "netlite")]
    assert (done.returncode, done.stderr) in ((0, ""), *lacks), done
