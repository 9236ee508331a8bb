"""What ``netlite`` itself does: help, version, doctor, install and uninstall, each as a process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import netlite
from netlite.programs.lab.main import VERBS

BIN = os.path.join(os.path.dirname(os.path.dirname(netlite.__file__)), "bin")


def run(*words, **options) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-I", os.path.join(BIN, "netlite"), *map(str, words)], capture_output=True, text=True,
                          timeout=300, stdin=subprocess.DEVNULL, **options)


def test_version_and_help():
    for word in ("--version", "-V"):
        assert (run(word).stdout, run(word).returncode) == (f"netlite {netlite.__version__}\n", 0)
    assert run("--help").stdout == run("help").stdout and "netlite doctor" in run("help").stdout
    done = run("help", "ping6")
    assert (done.returncode, done.stderr) == (0, "") and "--multi" in done.stdout and "-c count" in done.stdout


def test_help_of_what_netlite_does_itself_is_its_own():
    assert run("help", "install").stdout == run("help", "doctor").stdout == run("help").stdout


def test_wrong_words_get_the_usage():
    for words in (["help", "nosuch"], ["help", "ping", "arp"], ["completion"], ["completion", "tcsh"], ["install"], ["doctor", "x"]):
        done = run(*words)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert done.stderr.startswith("netlite: ") and "usage: netlite PROGRAM" in done.stderr


@pytest.mark.parametrize("words", ["help", "doctor", "completion", "install", "uninstall", "mtu", "why", "watch", "dhcp", "exporter", "sd",
                                   "explain", "learn", "lab", *(f"lab {verb}" for verb in VERBS), "lab run chain"])
def test_every_verb_says_how_it_is_used(words):
    for asked in "-h", "--help":
        done = run(*words.split(), asked)
        assert (done.returncode, done.stderr) == (0, "") and "usage" in done.stdout.lower().splitlines()[0] + done.stdout.lower().splitlines()[1], (words, done)


def test_doctor_says_what_works_and_what_would_change_it():
    done = run("doctor")
    assert done.stderr == "" and done.returncode in (0, 1)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Python ")
    findings = [line for line in lines[2:] if not line.startswith("    ")]
    assert len(findings) >= 10 and all(line.startswith(("yes ", "no  ")) for line in findings)
    assert all(lines[number + 1].startswith("    ") for number, line in enumerate(lines) if line.startswith("no  "))


def test_doctor_of_a_user_without_rights():
    if os.geteuid():
        pytest.skip("only root can become another user")
    code = "import sys; sys.path.insert(0, sys.argv[1]); sys.argv[1:] = ['doctor']; from netlite.__main__ import main; main()"
    for python in (sys.executable, "/usr/bin/python3"):
        done = subprocess.run(["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all",
                               python, "-I", "-c", code, os.path.dirname(BIN)], capture_output=True, text=True, timeout=300)
        if done.stdout:
            break
    else:
        pytest.skip("interpreters or the checkout lie where others may not look")
    assert done.stderr == "" and "no  raw sockets" in done.stdout and "    try: sudo netlite" in done.stdout


def test_links_come_and_go_and_nothing_else_is_touched(tmp_path):
    (tmp_path / "ping").write_text("mine")
    (tmp_path / "arp").symlink_to("/nonexistent/arp")
    done = run("install", tmp_path)
    assert done.returncode == 1 and "ping is there already" in done.stderr and "arp is there already" in done.stderr
    assert os.path.realpath(tmp_path / "route") == os.path.realpath(os.path.join(BIN, "route"))
    version = subprocess.run([tmp_path / "netlite", "--version"], capture_output=True, text=True)
    assert version.stdout == f"netlite {netlite.__version__}\n"
    again = run("install", tmp_path)
    assert (again.stdout, again.returncode) == ("", 1)
    assert run("uninstall", tmp_path).returncode == 0
    assert sorted(os.listdir(tmp_path)) == ["arp", "ping"]
    assert (tmp_path / "ping").read_text() == "mine" and os.readlink(tmp_path / "arp") == "/nonexistent/arp"


def test_a_folder_that_cannot_be_used(tmp_path):
    for verb in ("install", "uninstall"):
        done = run(verb, tmp_path / "nosuch\x1b")
        assert (done.returncode, done.stdout) == (2, "") and "No such file or directory" in done.stderr and "\x1b" not in done.stderr
