"""Help, manual pages and completions say all that the programs take, and nothing else."""

from __future__ import annotations

import ast
import shutil
import subprocess

import pytest
from tree import PACKAGE

from netlite.programs.about.completions import SHELLS, render_completion
from netlite.programs.about.help import render_help
from netlite.programs.about.manual import NAMES, canonical, manual_of
from netlite.programs.about.manual_page import page_name
from netlite.programs.about.own import OWN, WORDS
from netlite.programs.about.share import shared_files
from netlite.programs.lab.main import VERBS as LAB_VERBS
from netlite.programs.lab.words import USAGE
from netlite.programs.learn import lessons
from netlite.programs.registry import OWN as VERBS
from netlite.programs.registry import PROGRAMS

ELSEWHERE = {"many": "ping"}  # LONG tables that stand beside the words


def taken_by(program: str) -> set[str]:
    """The long options of their own that the sources of a program name where they read them."""
    found: set[str] = set()
    for path in (PACKAGE / "programs" / program).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("take_own", "take_valued", "take_options"):
                found |= {leaf.value for leaf in ast.walk(node) if isinstance(leaf, ast.Constant)
                          and isinstance(leaf.value, str) and leaf.value.startswith("--")}
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LONG":
                found |= {f"--{row.elts[0].value}" for row in node.value.elts}
    return found


@pytest.mark.parametrize("program", ["ping", "netstat", "ifconfig", "route", "arp", "hostname", "mtu", "why", "lab", "dhcp",
                                     "exporter", "sd"])
def test_every_option_of_its_own_is_listed(program):
    listed = {name for names, _, _ in OWN[program] for name in names.split()}
    taken = taken_by(program)
    assert taken and taken <= listed, taken - listed


def test_every_program_has_a_manual():
    own = {name for name, folder in VERBS.items() if folder != "about"}
    assert {canonical(name) for name in [*PROGRAMS, *own, "netlite"]} == set(NAMES)
    assert canonical("nosuch") is None
    assert {page_name(manual_of(name)) for name in NAMES} == {
        name if name in PROGRAMS or name == "netlite" else f"netlite-{name}" for name in NAMES}  # of no other's page


def test_the_manual_of_netlite_has_all_its_words_and_completions_know_them():
    words = {name for row in manual_of("netlite").rows for name in row.names}
    assert words == set(VERBS)
    titles = [lessons.title(name) for name in lessons.names()]
    assert [row.text for row in manual_of("learn").rows if row.names[0].isdigit()] == titles


def test_every_verb_of_the_lab_is_in_its_usage_and_its_manual():
    (_, rows), = WORDS["lab"]
    assert {name for name, _, _ in rows} == set(LAB_VERBS)
    assert {line.split()[2] for line in USAGE.replace("usage:", "").splitlines() if line.split()[:2] == ["netlite", "lab"]} == set(LAB_VERBS)


@pytest.mark.parametrize("name", NAMES)
def test_help_fits_a_terminal_and_says_every_option(name):
    text = render_help(manual_of(name))
    assert max(map(len, text.splitlines())) <= 80
    assert all(option in text for row in manual_of(name).rows for option in row.names if option != "-?")
    assert "%s" not in text


def test_pages_are_clean_in_the_eyes_of_groff(tmp_path):
    if shutil.which("groff") is None:
        pytest.skip("no groff here")
    for path, text in shared_files().items():
        if path.startswith("man/") and not text.startswith(".so"):
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=text, capture_output=True, text=True)
            assert (done.returncode, done.stderr) == (0, ""), path
            assert "SYNOPSIS" in done.stdout.replace("\b", "") or "S\bSY" in done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_completions_are_well_formed(shell, tmp_path):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    file = tmp_path / "completion"
    file.write_text(render_completion(shell))
    done = subprocess.run([shell, "-n", file], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def completed(*words: str) -> list[str]:
    """What bash would offer for the last word."""
    script = render_completion("bash") + '\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _netlite; printf "%s\\n" "${COMPREPLY[@]}"'
    return subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("words, offered", [
    (("netstat", "--nume"), ["--numeric", "--numeric-hosts", "--numeric-ports", "--numeric-users"]),
    (("netlite", "tracep"), ["tracepath"]),
    (("netlite", "route", "--js"), ["--json", "--jsonl"]),
    (("dnsdomainname", "--fq"), ["--fqdn"]),
    (("ifconfig", "-promi"), ["-promisc"]),
    (("netlite", "lear"), ["learn"]),
    (("netlite", "learn", "al"), ["all"]),
    (("netlite", "lab", "run", "black"), ["black-hole"]),
    (("netlite", "help", "tcptr"), ["tcptraceroute"]),
    (("netlite", "completion", ""), ["bash", "zsh", "fish"]),
    (("netlite", "install", "/us"), ["/usr"]),
])
def test_bash_completes(words, offered):
    if shutil.which("bash") is None:
        pytest.skip("no bash here")
    assert completed(*words) == offered


@pytest.mark.parametrize("words", [("traceroute", "-i", ""), ("ping6", "-I", ""), ("arp", "-i", "l"), ("ifconfig", "l")])
def test_bash_completes_interfaces(words):
    if shutil.which("bash") is None:
        pytest.skip("no bash here")
    assert "lo" in completed(*words)


def test_a_verb_is_no_program():
    assert not set(VERBS) & set(PROGRAMS)
