"""Programs start in a node in two ways, for processes with threads and without: it makes no difference to them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import quick_lab

from netlite.lab.kernel import entrance
from netlite.lab.kernel.namespaces import Lab
from netlite.lab.scene.topology import chain

ABOUT_ITSELF = """
import os, signal
print(os.getcwd(), sorted(os.environ.items()), signal.getsignal(signal.SIGINT) is signal.default_int_handler)
print([line for line in open('/proc/self/status').read().splitlines() if line.startswith(('SigIgn', 'SigBlk', 'CapEff', 'Uid'))])
print([os.readlink(f'/proc/self/ns/{kind}') for kind in ('net', 'mnt', 'uts', 'user')])
print(os.sys.argv)
"""
DESCRIPTORS = """
import os
for number in sorted(map(int, os.listdir('/proc/self/fd'))):
    try:
        os.fstat(number)
        print(number)
    except OSError:
        pass  # that of the listing
"""


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(chain(0)) as lab:
        yield lab


@pytest.fixture
def threads(monkeypatch):
    """A thread beside those that are here, from `start` on."""
    monkeypatch.setattr(entrance, "harmless_threads", len(os.listdir("/proc/self/task")))
    end = threading.Event()
    started = []

    def start() -> None:
        started.append(threading.Thread(target=end.wait))
        started[0].start()
        monkeypatch.setattr(entrance, "harmless_threads", 1)  # others of the tests' own may end at any time
        assert entrance.has_threads()

    yield start
    end.set()
    for each in started:
        each.join()


@pytest.fixture
def both(lab, threads):
    """What comes of a program, without other threads and with one."""
    def play(words: list[str], **options):
        assert not entrance.has_threads()
        first = lab.run("client", words, **options)
        threads()
        return first, lab.run("client", words, **options)

    return play


@pytest.mark.parametrize("options", [
    {}, {"cwd": "/"}, {"env": {"PATH": "/usr/bin:/bin"}}, {"env": {"LC_ALL": "C", "HOME": "/x"}},
    {"env": {"LC_CTYPE": "C.UTF-8"}}, {"input": "text"}], ids=str)
def test_a_program_finds_the_same(both, options):
    script = [sys.executable, "-I", "-S", "-c", ABOUT_ITSELF, os.fsdecode(b"odd \xff"), ""]
    alone, beside = both(script, **options)
    assert alone.returncode == beside.returncode == 0, beside.stderr
    assert alone.stdout == beside.stdout and alone.stderr == beside.stderr == ""


def test_it_gets_the_descriptors_that_it_was_given_and_no_others(both):
    with open("/dev/zero") as given:
        alone, beside = both([sys.executable, "-I", "-S", "-c", DESCRIPTORS], pass_fds=(given.fileno(),))
        assert alone.stdout.split() == beside.stdout.split() == ["0", "1", "2", str(given.fileno())]


def test_nobody_is_nobody(both):
    interpreter = "/usr/bin/python3"  # ours may lie where only its owner may read
    if not os.access(interpreter, os.X_OK):
        pytest.skip(f"no {interpreter}")
    alone, beside = both([interpreter, "-I", "-S", "-c", ABOUT_ITSELF], unprivileged=True, cwd="/")
    assert alone.returncode == beside.returncode == 0, beside.stderr
    kept = [[line for line in done.stdout.splitlines() if "CapEff" in line] for done in (alone, beside)]
    assert kept[0] == kept[1] and "0000000000000000" in kept[0][0]


def test_a_missing_program_is_told_in_the_same_words(lab, threads):
    told = []
    for start in (lambda: None, threads):
        start()
        for name in ("/nowhere/at/all", "nowhere-at-all"):
            with pytest.raises(FileNotFoundError) as missing:
                lab.run("client", [name])
            told.append((missing.value.errno, missing.value.filename))
    assert told[:2] == told[2:]


def test_it_ends_with_the_lab(labs, threads):
    threads()
    lab = Lab(chain(0))
    sleeper = lab.popen("client", ["sleep", "1000"])
    lab.close()
    assert sleeper.returncode == -9


@pytest.mark.parametrize("options", [{}, {"cwd": "/"}, {"env": {"PATH": "/usr/bin:/bin"}}, {"cwd": "/", "unprivileged": True}], ids=str)
def test_so_it_does_in_the_way_of_the_other_tests(lab, options):
    """tests/quick_lab.py, in which they start programs."""
    if lab.rootless or not quick_lab.tools():
        pytest.skip("that way is for root, with nsenter and setpriv")
    script = ["python3", "-I", "-S", "-c", ABOUT_ITSELF + DESCRIPTORS]
    first = lab.run("client", script, **{"env": {"PATH": "/usr/bin:/bin"}, **options})
    given = {"env": {"PATH": "/usr/bin:/bin"}, "stdin": subprocess.DEVNULL, **options}
    command, given = quick_lab.Lab._inside(lab, "client", script, given.pop("unprivileged", False), given)
    second = subprocess.run(command, capture_output=True, text=True, **given)
    assert (first.returncode, first.stdout, first.stderr) == (0, second.stdout, second.stderr)


def test_a_host_name_that_is_changed_in_a_node_is_the_labs_alone(lab):
    machine, program = os.uname().nodename, str(Path(__file__).resolve().parents[2] / "bin" / "hostname")
    done = lab.run("client", [program, "renamed"])
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert os.uname().nodename == machine
    assert lab.run("server", [program]).stdout == "renamed\n"
