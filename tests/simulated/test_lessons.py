"""Every command of the lessons prints what the page shows; a line of … stands for any lines.  It works as printed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netlite.lab.scene import scene
from netlite.lab.stages import MemoryStage
from netlite.programs.learn import lessons
from netlite.programs.simulate import simulate

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = [(name, part) for name in lessons.names() for part in lessons.parts(lessons.page(name)) if part.words]
README_COMMANDS = re.compile(r"(?m)^    (bin/netlite .*)$")


def is_shown(expected: str, printed: str) -> bool:
    return bool(re.fullmatch(re.escape(expected).replace("\\\n…", "\n(?s:.*)").replace("\n…", "\n(?s:.*)"), printed))


FIVE = [("primer", part) for part in lessons.parts((ROOT / "docs" / "primer.rst").read_text(encoding="utf-8"))
        if part.words]


def test_there_are_five_commands_explained():
    assert [part.words[0] for _, part in FIVE] == ["ping", "netstat", "ifconfig", "traceroute", "tracepath"]
    assert all("--explain" in part.words and "=== Explained ===" in part.text for _, part in FIVE)


@pytest.mark.parametrize("name, part", EXAMPLES + FIVE, ids=[part.typed for _, part in EXAMPLES + FIVE])
def test_example(name, part):
    shown = []
    MemoryStage(scene.load(part.scene), simulate).perform_alone(list(part.words), shown.append)
    printed = "\n".join(line.rstrip() for line in "".join(shown).strip("\n").split("\n"))
    assert is_shown(part.text, printed), printed


def test_there_are_ten_lessons_and_the_index_names_them():
    assert len(lessons.names()) == 10 and len(EXAMPLES) >= 20
    index = (ROOT / "docs" / "lessons" / "index.rst").read_text(encoding="utf-8")
    assert all(f"/{name}.rst>" in index for name in lessons.names())
    assert [lessons.find(word) for word in ("1", "hop", "2-a-hop", "11", "")] == ["1-a-packet", "2-a-hop", "2-a-hop", None, None]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The checkout as it comes, with nothing installed; its `python3` is the one that runs this."""
    folder = tmp_path_factory.mktemp("fresh")
    (folder / "python").mkdir()
    (folder / "python" / "python3").symlink_to(sys._base_executable)
    for name in ("bin", "netlite"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "python3"))
    return folder


def as_printed(command: str, folder: Path, typed: str = "") -> subprocess.CompletedProcess:
    environment = {**os.environ, "PATH": f"{folder}/python:{os.environ['PATH']}"}
    return subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, timeout=300, input=typed, env=environment)


def test_commands_work_as_printed_from_the_top_of_a_fresh_checkout(fresh):
    """One shell for all: whatever a page shows is what is typed."""
    printed = [line[6:] for name in lessons.names() for line in lessons.page(name).split("\n") if line.startswith("    $ ")]
    assert printed == [f"bin/netlite {part.typed}" for _, part in EXAMPLES]
    done = as_printed("".join(f"{command}; echo; echo =====\n" for command in printed), fresh)
    shown = done.stdout.split("=====\n")
    for command, (_, part), text in zip(printed, EXAMPLES, shown):
        text = "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))
        assert text.split("\n")[0] in part.text and "Traceback" not in text, command
    assert "not found" not in done.stderr and "needs" not in done.stderr and "internal error" not in done.stderr


def test_learn_starts_in_a_fresh_checkout(fresh):
    listed = as_printed("bin/netlite learn", fresh)
    assert (listed.returncode, listed.stderr) == (0, "")
    begin = re.search(r"To begin: (.*)", listed.stdout)[1]
    assert begin == "bin/netlite learn 1"
    told = as_printed(begin, fresh)
    assert (told.returncode, told.stderr) == (0, "") and "$ bin/netlite lab run chain --backend memory -- ping" in told.stdout
    assert "1 packets transmitted, 1 received" in told.stdout
    word = as_printed(re.search(r"One word explained: (.*)", listed.stdout)[1], fresh)
    assert word.stdout.startswith("packet\n")
    assert as_printed("bin/netlite learn nothing", fresh).returncode == 2


def test_commands_of_the_readme_that_play_in_memory(fresh):
    commands = [command.split("#")[0].strip() for command in README_COMMANDS.findall((ROOT / "README.rst").read_text("utf-8"))
                if "--backend memory" in command or " learn" in command]
    assert commands
    for command in commands:
        done = as_printed(command, fresh)
        assert (done.returncode, done.stderr) == (0, ""), command


NUMBER = re.compile(r"\d+\.\d+(?=\s*ms| )")
SESSIONS = {"README.rst": "chain", "docs/mtu.rst": "black-hole", "docs/watch.rst": "rate-limit"}


@pytest.mark.parametrize("page, scene_name", SESSIONS.items())
def test_what_a_page_shows_of_a_client_is_what_comes(page, scene_name, fresh):
    """Lines and columns as in memory; a time as there, or what a real machine adds to it."""
    text = (ROOT / page).read_text("utf-8")
    sessions = re.findall(r"(?m)^    client\$ (.*)\n((?:    (?!client\$).*\n|\n(?=    (?!client\$)))+)", text)
    assert len(sessions) == text.count("    client$ ") > 0
    for command, shown in sessions:
        played = as_printed(f"bin/netlite lab run {scene_name} --backend memory -- {command}", fresh).stdout
        shown, played = ([line.strip() for line in each.strip().split("\n") if "Start: " not in line] for each in (shown, played))
        assert [NUMBER.sub("N", line).split() for line in shown] == [NUMBER.sub("N", line).split() for line in played], played
        for real, virtual in zip(NUMBER.findall("\n".join(shown)), NUMBER.findall("\n".join(played))):
            assert float(virtual) <= float(real) <= 2 * float(virtual) + 1, (command, real, virtual)


def test_a_lesson_tells_what_its_page_shows():
    played = simulate("learn 2", scene.load("chain").topology)
    assert played.status == 0 and "took the probe's TTL from 1 to 0" in played.stdout
    assert simulate("learn nothing", scene.load("chain").topology).status == 2
    assert "usage:" in simulate("learn --help", scene.load("chain").topology).stdout


def test_commands_of_the_pages_about_exercises_and_scenes_work_as_printed(fresh):
    """In a fresh checkout, with nothing installed; the scene is the one of the page."""
    page = (ROOT / "docs" / "scenes.rst").read_text(encoding="utf-8")
    (fresh / "mine.toml").write_text(re.sub(r"(?m)^    ", "", re.search(r"::\n\n((?:    .*\n|\n)+)", page)[1]))
    (fresh / "homework").mkdir()
    (fresh / "seeds.csv").write_text("student,seed\nanna,red\n")
    printed = [line[6:] for name in ("exercises", "scenes") for line in (ROOT / "docs" / f"{name}.rst").read_text("utf-8").split("\n")
               if line.startswith("    $ ")]
    assert len(printed) >= 5
    for command in printed:
        done = as_printed(command, fresh, "route add default gw 198.18.1.2\ncheck\n")
        assert (done.returncode, done.stderr) == (0, ""), (command, done.stderr, done.stdout)
        if "--result" in command:
            (fresh / "anna-1.json").rename(fresh / "homework" / "anna-1.json")
    assert "anna,no-way-out,reached,2 of 2" in (fresh / "table.csv").read_text()


def test_a_capture_is_explained_in_a_fresh_checkout(fresh):
    made = as_printed("bin/netlite lab capture r1-r2 wire.pcap --scene loop && bin/netlite explain wire.pcap && bin/netlite explain ttl", fresh)
    assert (made.returncode, made.stderr) == (0, "") and "time to live exceeded in transit" in " ".join(made.stdout.split())
