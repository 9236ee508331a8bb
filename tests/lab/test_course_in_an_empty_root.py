"""The course where there is nothing: a root with Python and sh alone, read-only, nobody's rights, no network.

No /proc, /dev, /etc, /tmp and home; netlite is a fresh checkout, or the one file.  Every lesson prints there what it
prints here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"
NOBODY = 65534
LESSONS = 10
ENTER = """set -e
mount -t tmpfs -o mode=755 none "$1"
mkdir "$1/usr" "$1/course"
mount --bind /usr "$1/usr"
mount -o remount,bind,ro "$1/usr"
for name in bin lib lib64; do if [ -h /$name ]; then ln -s "usr/$name" "$1/$name"; fi; done
mount --bind "$2" "$1/course"
mount -o remount,bind,ro "$1/course"
mount -o remount,ro "$1"
exec chroot --userspec=$3:$3 --groups= "$1" /usr/bin/env -i PATH=/usr/bin:/bin sh -c "cd /course && $4"
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A folder with a fresh checkout and one that was used, and the one file in each; readable for all."""
    if subprocess.run(["unshare", "-mn", "true"], capture_output=True).returncode:
        pytest.skip("needs root and unshare")
    tried = subprocess.run([PYTHON, "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], capture_output=True)
    if tried.returncode or not Path("/bin").is_symlink():
        pytest.skip("the system has no Python 3.11 of its own in /usr, or /usr is not all of it")
    folder = tmp_path_factory.mktemp("course")
    for name in ("bin", "netlite"):
        shutil.copytree(ROOT / name, folder / "fresh" / name, ignore=shutil.ignore_patterns("__pycache__", "python3"))
        shutil.copytree(ROOT / name, folder / "used" / name, ignore=shutil.ignore_patterns("python3"))
    one = folder / "fresh" / "netlite.pyz"
    made = subprocess.run([sys.executable, "-I", ROOT / "packaging" / "zipapp.py", one], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    os.link(one, folder / "used" / one.name)
    subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
    return folder


@cache
def printed_here() -> str:
    """All of the lessons, in this checkout."""
    return subprocess.run([PYTHON, "-I", "-S", "-X", "utf8", ROOT / "bin" / "netlite", "learn", "all"], capture_output=True, text=True,
                          timeout=600, stdin=subprocess.DEVNULL).stdout


@pytest.fixture
def inside(course, tmp_path):
    """Runs a command of sh in the empty root, in the folder of the course."""

    def run(command: str, checkout: str = "fresh") -> subprocess.CompletedProcess:
        empty = tmp_path / "root"
        empty.mkdir(exist_ok=True)
        return subprocess.run(["unshare", "-mn", "--propagation", "private", "sh", "-c", ENTER, "sh", empty, course / checkout, str(NOBODY), command],
                              capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)

    return run


def test_there_is_nothing_there(inside):
    told = inside("id -u; ls /; ls /usr/bin/python3; touch /course/mine /usr/mine")
    assert told.stdout.split() == [str(NOBODY), "bin", "course", *(name for name in ("lib", "lib64") if Path(f"/{name}").is_symlink()),
                                   "usr", "/usr/bin/python3"]
    assert told.stderr.count("Read-only file system") == 2


@pytest.mark.parametrize("program", ["bin/netlite", "./netlite.pyz"])
def test_every_lesson_prints_there_what_it_prints_here(inside, program):
    told = inside(f"{program} learn; {program} learn all")
    assert told.stderr == "" and told.returncode == 0
    listed, _, played = told.stdout.partition(f"{program} lab exercise\n")
    assert len(listed.partition("\n\n")[0].splitlines()) == LESSONS
    assert played == printed_here().replace(f"{ROOT}/bin/netlite", program)
    assert played.count("=== Explained ===") > LESSONS and f"    $ {program} lab run " in played


@pytest.mark.parametrize("program", ["bin/netlite", "./netlite.pyz"])
def test_commands_of_the_lessons_are_played_one_by_one(inside, program):
    """As a student types them, a process each: every program, plain and explained, begins as its page shows.  (All of
    the commands are typed so in tests/simulated/test_lessons.py.)"""
    from netlite.programs.learn import lessons

    every = [part for name in lessons.names() for part in lessons.parts(lessons.page(name)) if part.words]
    parts = list({(part.words[0], "--explain" in part.typed): part for part in every}.values())
    assert {part.words[0] for part in parts} == {part.words[0] for part in every}
    told = inside("; ".join(f"{program} {part.typed} 2>&1; echo =====" for part in parts), "used")
    shown = told.stdout.split("=====\n")
    assert len(shown) == len(parts) + 1 > 10
    for part, text in zip(parts, shown):
        assert text.strip("\n").split("\n")[0].rstrip() in part.text and "Traceback" not in text and text.strip(), part.typed
