"""SIGINT and the process: from its first line on a program dies of it without a word, as programs in C do."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INTERRUPTED = "import posix; posix.kill(posix.getpid(), 2); posix.write(1, b'alive'); posix._exit(0)"


def ran(argv, **options) -> tuple:
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL, **options)
    return done.returncode, done.stdout, done.stderr


def ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.fixture
def launcher(tmp_path):
    """A script of bin/, beside a package that is interrupted while it is loaded."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "netlite").mkdir()
    (tmp_path / "netlite" / "__init__.py").write_text("")
    (tmp_path / "netlite" / "__main__.py").write_text(INTERRUPTED)
    script = tmp_path / "bin" / "ping"
    script.write_text((ROOT / "bin" / "ping").read_text())
    return [sys.executable, "-I", "-S", script]


def test_a_script_that_is_interrupted_while_it_loads_dies_without_a_word(launcher):
    assert ran(launcher) == (-signal.SIGINT, "", "")


def test_a_script_in_the_background_ignores_what_it_was_told_to_ignore(launcher):
    assert ran(launcher, preexec_fn=ignore_interrupts) == (0, "alive", "")


@pytest.mark.parametrize("entry", ["start('ping', ['ping', '127.0.0.1'])", "main()"])
@pytest.mark.parametrize("module", ["netlite.environment", "netlite.programs.ping.main"])
def test_nor_does_python_say_a_word_when_the_package_loads(entry, module):
    """Started by whatever way, and interrupted at whatever module."""
    code = (f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv = ['netlite', 'ping', '127.0.0.1']\n"
            "class Interrupting:\n"
            "    def find_spec(self, name, *_):\n"
            f"        if name == {module!r}: {INTERRUPTED}\n"
            "import netlite.__main__ as entry\n"
            "sys.meta_path.insert(0, Interrupting())\n"
            f"entry.{entry}\n")
    assert ran([sys.executable, "-I", "-S", "-c", code]) == (-signal.SIGINT, "", "")
    status, out, _ = ran([sys.executable, "-I", "-S", "-c", code], preexec_fn=ignore_interrupts)
    assert (status, out) == (0, "alive")


EXPLAINED = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from os import getpid, kill, write
from netlite.environment import Environment
from netlite.links import recording
from netlite.programs import explained, explained_probes
environment, said = Environment("ping"), []
environment.owns_process = True

def interrupt(what):
    said.append(what)
    write(1, what.encode() + b" ")
    kill(getpid(), 2)

def command(argv, environment):
    for what in {{during}}:
        interrupt(what)
    return 7

def write_explanation(*_):
    write(1, b"explained ")
    for what in {{after}}:
        interrupt(what)

explained_probes.write_explanation = write_explanation
status = explained.explained("ping", command, ["--explain"], environment, lambda run, rest: run(rest, environment))
write(1, b"status %d" % status)
"""


@pytest.mark.parametrize("during, after, told", [
    ((), (), (0, "explained status 7")),
    (("once",), (), (-2, "once explained ")),
    (("once",), ("twice",), (-2, "once explained twice ")),
    ((), ("late",), (-2, "explained late ")),
])
def test_what_was_seen_is_explained_after_one_interrupt_and_a_second_ends_all(during, after, told):
    status, out, err = ran([sys.executable, "-I", "-S", "-c", EXPLAINED.format(during=during, after=after)])
    assert (status, out) == told and err == ""


CONTINUED = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from netlite.sockets.clock import Clock
from netlite.sockets.signals import Signals
with Signals() as signals:
    print("ready", flush=True)
    Clock.wait([signals], Clock.now_ns() + 3600 * 10**9)
    print(signals.receive(0), flush=True)
"""


def await_state(process: subprocess.Popen, letter: str) -> None:
    """Until the kernel says so (proc(5), status)."""
    for _ in range(6000):
        if f"State:\t{letter}" in Path(f"/proc/{process.pid}/status").read_text():
            return
        time.sleep(0.01)
    pytest.fail(f"never in state {letter}")


@pytest.mark.parametrize("stop", [signal.SIGSTOP, signal.SIGTSTP])
def test_who_is_continued_looks_at_the_time(stop):
    """The kernel would wait for what was left when the process was stopped."""
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", CONTINUED], stdout=subprocess.PIPE, text=True,
                          process_group=0) as process:  # SIGTSTP stops nobody in an orphaned group, as ours may be
        try:
            assert process.stdout.readline() == "ready\n"
            await_state(process, "S")
            process.send_signal(stop)
            await_state(process, "T")
            process.send_signal(signal.SIGCONT)
            assert process.communicate(timeout=300)[0] == "[]\n"
        finally:
            process.kill()


def test_an_interrupt_that_nobody_waits_for_any_more_ends_without_a_word():
    code = ("import netlite.programs.registry as registry\n"
            "def execute(*given): raise KeyboardInterrupt\n"
            "registry.execute = execute\n"
            "from netlite.__main__ import run\n"
            "run('ping', 'ping', [])\n")
    assert ran([sys.executable, "-c", code]) == (-signal.SIGINT, "", "")
