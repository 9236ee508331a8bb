"""netlite lab capture: on a wire of a running lab, and in memory."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from netlite.packets.capture_files import read_capture
from netlite.programs.registry import netlite_argv


def lab(*words, **options):
    return subprocess.run(netlite_argv(["lab", *words]), capture_output=True, text=True, timeout=300, check=False, **options)


def test_what_a_scene_sends_in_memory(tmp_path):
    done = lab("capture", "r1-client", "c.pcap", "--scene", "loop", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "") and "netlite explain c.pcap" in done.stdout
    found = read_capture((tmp_path / "c.pcap").read_bytes())
    assert found.trouble == "" and len(found.frames) > 10
    assert [frame.wall_ns for frame in found.frames] == sorted(frame.wall_ns for frame in found.frames)
    told = subprocess.run(netlite_argv(["explain", str(tmp_path / "c.pcap")]), capture_output=True, text=True, timeout=300, check=False)
    assert told.returncode == 0 and "time to live exceeded in transit" in " ".join(told.stdout.split())


def test_a_wire_of_a_switch_carries_what_its_host_sends(tmp_path):
    counts = {}
    for wire in ("c1-docker0", "c2-docker0", "machine-isp"):
        assert lab("capture", wire, "c.pcap", "--scene", "bridge", cwd=tmp_path).returncode == 0
        counts[wire] = [frame.data for frame in read_capture((tmp_path / "c.pcap").read_bytes()).frames]
    assert set(counts["c2-docker0"]) & set(counts["c1-docker0"]) and set(counts["machine-isp"]) - set(counts["c1-docker0"])


@pytest.mark.parametrize("words, said", [
    (["r1-r9", "x", "--scene", "loop"], "there is no wire 'r1-r9'; wires: client-r1"), (["r1-r2"], "needs a wire"),
    (["r1-r2", "/nosuch/x", "--scene", "loop"], "No such file or directory"), (["r1-r2", "x", "--count", "-1"], "--count is a number"),
    (["r1-r2", "x", "--count", "9" * 5000], "--count is a number"), (["r1-r2", "x", "--scene", "nosuch"], "there is no scene")])
def test_what_is_wrong_is_said(tmp_path, words, said):
    done = lab("capture", *words, cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def running(labs, tmp_path):
    """A lab of its own name, for as long as the test takes."""
    variables = {**os.environ, "NETLITE_LAB": f"capture-{os.getpid()}"}
    with subprocess.Popen(netlite_argv(["lab", "run", "chain", "--", "sh", "-c", "echo up; read end"]), env=variables,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "up\n"
        yield variables
        process.communicate("end\n", timeout=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_wire_of_the_running_lab_until_a_signal(running, tmp_path, number):
    path = tmp_path / "wire.pcap"
    with subprocess.Popen(netlite_argv(["lab", "capture", "r2-r3", str(path)]), env=running, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        while not path.exists() or not path.stat().st_size:
            assert process.poll() is None, process.stderr.read()
        lab("exec", "client", "ping", "-n", "-c3", "-i", "0.2", "198.18.4.2", env=running)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "") and "packets of r2-r3" in out
    found = read_capture(path.read_bytes())
    assert found.trouble == "" and {frame.linktype for frame in found.frames} == {1}
    echoes = [frame for frame in found.frames if frame.data[12:14] == b"\x08\x00" and frame.data[23] == 1]
    assert len(echoes) == 6


def test_as_many_packets_as_were_asked_for(running, tmp_path):
    path = tmp_path / "few.pcap"
    with subprocess.Popen(netlite_argv(["lab", "capture", "client-r1", str(path), "--count", "4"]), env=running,
                          stdout=subprocess.PIPE, text=True) as process:
        while not path.exists() or not path.stat().st_size:
            assert process.poll() is None
        lab("exec", "client", "ping", "-n", "-c8", "-i", "0.2", "198.18.4.2", env=running)
        assert process.wait(timeout=60) == 0
    assert len(read_capture(path.read_bytes()).frames) == 4


@pytest.mark.parametrize("command", ["netstat -rn -c", "ping -n -i 0.2 198.18.4.2"])
def test_a_page_about_what_was_interrupted_is_whole(running, tmp_path, command):
    path = tmp_path / "page.html"
    with subprocess.Popen(netlite_argv(["lab", "exec", "client", *command.split(), "--html", str(path)]), env=running,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        for _ in range(3):
            assert process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert err == "" and process.returncode in (0, 130, -signal.SIGINT)
    assert path.read_text().endswith("</html>\n")
