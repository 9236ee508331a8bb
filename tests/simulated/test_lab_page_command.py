"""netlite lab run SCENE --html FILE, as typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "bin" / "netlite"


def lab(*words):
    return subprocess.run([sys.executable, "-I", PROGRAM, "lab", *words], capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL)


def test_it_plays_and_writes(tmp_path):
    path = tmp_path / "loop.html"
    done = lab("run", "loop", f"--html={path}")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"All 2 commands did what the sentences say.\nEvery packet of it: {path}\n")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") and text.endswith("</html>\n")
    assert "client$ traceroute -q 1 -w 1 -m 7 server.lab" in text


def test_a_scene_that_is_not_as_described_is_shown_with_status_1(tmp_path):
    (tmp_path / "mine.toml").write_text('title = "Mine"\ngoal = "None."\nhosts = ["a", "b"]\n'
                                        '[[wires]]\nends = ["a", "b"]\n'
                                        '[[try]]\ncommand = "ping -4 -c1 b.lab"\nsee = "It."\nexpect = ["ttl=63"]\n')
    done = lab("run", f"{tmp_path}/mine.toml", "--html", f"{tmp_path}/mine.html")
    assert done.returncode == 1
    assert "Not as described: &#x27;ttl=63&#x27; was expected" in (tmp_path / "mine.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("words, complaint", [
    (("loop", "--html"), "--html needs a value"),
    (("loop", "--html", "/nonexistent/x"), "/nonexistent/x: No such file or directory"),
    (("loop", "--html", "/nonexistent/x", "--backend", "namespaces"), "--html shows the scene as it plays in memory"),
    (("loop", "--html", "/nonexistent/x", "--", "ping", "server"), "--html shows the scene as it plays in memory")])
def test_wrong_lines(words, complaint):
    done = lab("run", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"netlite lab: {complaint}")


def test_a_scene_for_kernels_alone_has_no_page(tmp_path):
    scene = tmp_path / "kernels.toml"
    scene.write_text('title = "T"\ngoal = "G"\nhosts = ["a", "b"]\nbackends = ["namespaces"]\n[[wires]]\nends = ["a", "b"]\n')
    done = lab("run", str(scene), "--html", "/nonexistent/x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("netlite lab: scene kernels is not for memory")
