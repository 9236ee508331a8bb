"""The plain live view on a real terminal (tmux): what it shows, its keys, and the terminal as it was before."""

from __future__ import annotations

import os
import pty
import random
import re
import shlex
import shutil
import signal
import subprocess
import time
import uuid

import pytest
from quick_lab import Lab

from netlite.lab.scene.topology import chain
from netlite.programs.registry import netlite_argv

PATIENCE_S = 60
OTHER_SCREEN = b"\033[?1049h"


class Pane:
    """A shell in a terminal of tmux's own, in a namespace of a lab."""

    def __init__(self, lab: Lab, node: str, columns: int = 100, rows: int = 30):
        self._name = f"netlite-{uuid.uuid4().hex[:12]}"
        self._lab, self._node = lab, node
        done = self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "sh")
        if done.returncode:
            pytest.skip(f"tmux: {done.stderr.strip()}")
        self.type("PS1='ready> '; stty -a > /dev/null; echo begun\n")
        self.until("begun\nready>$")

    def tmux(self, *words: str) -> subprocess.CompletedProcess:
        return self._lab.run(self._node, ["tmux", "-L", self._name, *words])

    def type(self, text: str) -> None:
        for line in re.split("(\n)", text):
            if line == "\n":
                self.tmux("send-keys", "Enter")
            elif line:
                self.tmux("send-keys", "-l", line)

    def key(self, name: str) -> None:
        self.tmux("send-keys", name)

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p").stdout.rstrip("\n")

    def until(self, pattern: str) -> str:
        """What the screen shows once it shows `pattern`."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            shown = self.screen()
            if re.search(pattern, shown.rstrip() if pattern.endswith("$") else shown):
                return shown
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} is not on the screen:\n{shown}")

    def settings(self) -> str:
        """What stty says of the terminal."""
        mark = uuid.uuid4().hex[:8]
        self.type(f"clear; stty -a | tr ' ' '\\n' | grep -E '^-?(icanon|echo|isig|ixon|opost)' | tr '\\n' ' '; echo {mark}''end\n")
        return self.until(f"{mark}end").rpartition(mark)[0].splitlines()[-1]

    def close(self) -> None:
        self.tmux("kill-server")


@pytest.fixture(scope="module")
def path(labs):
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    with Lab(chain(2)) as lab:
        yield lab


@pytest.fixture
def pane(path):
    pane = Pane(path, "client")
    yield pane
    pane.close()


def command(words: str) -> str:
    return shlex.join(netlite_argv(["watch", *words.split()]))


SHOWN = r"netlite watch .*q quit(?s:.*)server \(198\.18\.3\.2\), flow 0 +Loss%(?s:.*)1\. 198\.18\.1\.2 +0\.0%(?s:.*)3\. 198\.18\.3\.2"


def test_it_shows_the_path_and_obeys_keys(pane):
    before = pane.settings()
    pane.type(f"clear; {command('--plain -4 -n -i 0.1 server')}\n")
    pane.until(SHOWN)
    pane.key("p")
    pane.until("netlite watch  paused")
    first = pane.screen()
    time.sleep(1)
    assert pane.screen() == first
    pane.key("p")
    pane.until(r"netlite watch  \d+ s")
    pane.key("j")
    pane.until("Jttr Javg Jmax Jint")
    pane.key("j")
    pane.until("Last")
    pane.key("r")
    pane.until(r"netlite watch  [01] s")
    pane.key("q")
    shown = pane.until(r"HOST: (?s:.*)ready>$")
    assert "3.|-- 198.18.3.2" in shown and "netlite watch" not in shown.rpartition("HOST:")[2]
    assert pane.settings() == before
    pane.type("echo status $?\n")
    pane.until(r"status 0")


def test_names_are_shown_at_a_key(pane):
    pane.type(f"clear; {command('--plain -4 -i 0.1 server')}\n")
    named = pane.until(r"1\. \S+ +0\.0%")
    pane.key("n")
    pane.until(r"1\. 198\.18\.1\.2 +0\.0%")
    pane.key("n")
    assert named and pane.until(r"3\. \S+")
    pane.key("q")
    pane.until(r"ready>$")


def test_it_fits_whatever_size_the_terminal_gets(pane):
    pane.type(f"clear; {command('--plain -4 -n -i 0.1 server')}\n")
    pane.until(SHOWN)
    for columns, rows in ((40, 10), (200, 50), (20, 3), (100, 30)):
        pane.tmux("resize-window", "-x", str(columns), "-y", str(rows))
        pane.until(r"^netlite watch")
        assert all(len(line) <= columns for line in pane.screen().splitlines())
    pane.until(SHOWN)
    pane.key("q")
    pane.until(r"ready>$")


@pytest.mark.parametrize("ending", ["C-c", signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_terminal_is_as_it_was_however_it_ends(pane, ending):
    """Before it catches signals it dies of SIGINT, and a shell then leaves out what follows on the line."""
    before = pane.settings()
    chance = random.Random(str(ending))
    for _ in range(3):
        pane.type(f"clear; echo $$; sh -c 'echo pid $$; exec \"$@\"' sh {command('--plain -4 -n -i 0.05 server')}\n")
        number = int(re.search(r"pid (\d+)", pane.until(r"pid \d+|netlite watch") + " " + pane.tmux("list-panes", "-F", "pid #{pane_pid}").stdout)[1])
        time.sleep(chance.random() * 0.8)
        if ending == "C-c":
            pane.key("C-c")
        else:
            children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(number)], capture_output=True, text=True).stdout.split()
            for child in children or [number]:
                try:
                    os.kill(int(child), ending)
                except ProcessLookupError:
                    pass
        pane.until(r"ready>$")
        assert pane.settings() == before


def test_it_can_be_stopped_and_goes_on(pane):
    before = pane.settings()
    pane.type(f"clear; {command('--plain -4 -n -i 0.1 server')}\n")
    pane.until(SHOWN)
    pane.key("C-z")
    pane.until(r"(Stopped|Suspended|suspended|stopped)")
    assert pane.settings() == before
    pane.type("fg\n")
    pane.until(SHOWN)
    pane.key("q")
    pane.until(r"ready>$")
    assert pane.settings() == before


def test_it_ends_when_its_terminal_has_gone(path):
    pane = Pane(path, "client")
    pane.type(f"clear; {command('--plain -4 -n -i 0.1 server')}\n")
    pane.until(SHOWN)
    shell = int(pane.tmux("list-panes", "-F", "#{pane_pid}").stdout)
    child = int(subprocess.run(["ps", "-o", "pid=", "--ppid", str(shell)], capture_output=True, text=True, check=True).stdout)
    os.kill(shell, signal.SIGKILL)  # its parent
    end = time.monotonic() + PATIENCE_S
    while os.path.exists(f"/proc/{child}") and time.monotonic() < end:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{child}")
    pane.close()


@pytest.mark.parametrize("view", [["--plain"], []])
def test_it_ends_though_no_signal_says_that_its_terminal_has_gone(path, view):
    """The kernel sends SIGHUP to those alone whose controlling terminal it was."""
    if not view:
        pytest.importorskip("textual")
    master, slave = pty.openpty()
    process = path.popen("client", netlite_argv(["watch", *view, "-4", "-n", "-i", "0.1", "server"]), stdin=slave, stdout=slave,
                         stderr=slave, start_new_session=True)
    os.close(slave)
    shown = b""
    while OTHER_SCREEN not in shown:
        shown += os.read(master, 4096)
    os.close(master)
    try:
        assert process.wait(PATIENCE_S) == -signal.SIGHUP
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("ending", ["q", "C-c", signal.SIGTERM])
def test_the_rich_view_on_a_real_terminal(pane, ending):
    pytest.importorskip("textual")
    before = pane.settings()
    pane.type(f"clear; {command('-4 -n -i 0.1 server')}; echo ended''now\n")
    pane.until(r"netlite watch(?s:.*)1 +198\.18\.1\.2 +0\.0%(?s:.*)3 +198\.18\.3\.2(?s:.*)q quit")
    pane.key("p")
    pane.until("paused")
    if isinstance(ending, str):
        pane.key(ending)
    else:
        shell = pane.tmux("list-panes", "-F", "#{pane_pid}").stdout.strip()
        child = subprocess.run(["ps", "-o", "pid=", "--ppid", shell], capture_output=True, text=True, check=True).stdout
        os.kill(int(child.split()[0]), ending)
    pane.until(r"HOST: (?s:.*)3\.\|-- 198\.18\.3\.2(?s:.*)endednow(?s:.*)ready>$")
    assert pane.settings() == before


@pytest.mark.parametrize("words", ["--plain -4 -n -i 0.05 server", "-4 -n -i 0.05 server"])
def test_where_nobody_can_press_a_key_it_is_a_report(pane, words):
    pane.type(f"clear; {command(words)} < /dev/null; echo ended''now $?\n")
    shown = pane.until(r"Start: (?s:.*)3\.\|-- 198\.18\.3\.2(?s:.*)endednow 0")
    assert re.search(r"3\.\|-- 198\.18\.3\.2 +0\.0% +10 ", shown)


def test_the_rich_view_can_be_stopped_and_goes_on(pane):
    pytest.importorskip("textual")
    before = pane.settings()
    pane.type(f"clear; {command('-4 -n -i 0.1 server')}\n")
    pane.until(r"netlite watch(?s:.*)3 +198\.18\.3\.2(?s:.*)q quit")
    pane.key("C-z")
    pane.until(r"(Stopped|Suspended|suspended|stopped)(?s:.*)ready>$")
    assert pane.settings() == before
    pane.type("fg\n")
    pane.until(r"netlite watch(?s:.*)3 +198\.18\.3\.2(?s:.*)q quit")
    pane.key("q")
    pane.until(r"HOST: (?s:.*)ready>$")
    assert pane.settings() == before


@pytest.mark.parametrize("view", ["--plain", ""])
def test_a_signal_that_is_ignored_stays_so(pane, view):
    """SIGHUP under nohup(1): the view goes on, and obeys a key."""
    if not view:
        pytest.importorskip("textual")
    pane.type(f"clear; sh -c 'trap \"\" HUP; exec \"$@\"' sh {command(f'{view} -4 -n -i 0.1 server')}; echo ended''now $?\n")
    pane.until(r"netlite watch(?s:.*)3\.? +198\.18\.3\.2")
    shell = pane.tmux("list-panes", "-F", "#{pane_pid}").stdout.strip()
    child = subprocess.run(["ps", "-o", "pid=", "--ppid", shell], capture_output=True, text=True, check=True).stdout
    os.kill(int(child.split()[0]), signal.SIGHUP)
    pane.key("p")
    pane.until("paused|endednow")
    pane.key("q")
    pane.until(r"HOST: (?s:.*)endednow 0(?s:.*)ready>$")
