"""A flood ends when it is told to, as the original's does, however quick the answers are."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from signal import SIGALRM, SIGINT, SIGQUIT, SIGTERM

import generations
import originals
import pytest
from originals import ORIGINALS_PATH

ENOUGH = 3000  # packets: some rounds of a quiet flood
PROGRESS = re.compile(rb"\r(\d+)/\d+ packets, .*\n")
COUNTS = re.compile(rb"\d+ packets transmitted, \d+ received, [\d.e-]+% packet loss, time \d+ms|(?<= = )[\d./]+(?= ms)|"
                    rb"(, )?(pipe \d+, )?ipg/ewma [\d./]+")


@pytest.fixture(scope="module")
def path_of(netlite_path):
    originals.need("ping")
    return {"original": ORIGINALS_PATH, "netlite": netlite_path(None)}


@pytest.fixture
def lab(world_of):
    """Two nodes, h1 and h2, on one wire."""
    return world_of("host").lab


def flood(lab, path: str, words: str, signals=()) -> tuple:
    """What `ping -f` says, its counts masked, and its status; signals come once it is well under way."""
    with lab.popen("h1", ["ping", "-f", *words.split()], env={"PATH": path, "LC_ALL": "C"}, stdin=subprocess.DEVNULL,
                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=False) as process:
        try:
            if signals:
                await_packets(process)
            for signal in signals:
                process.send_signal(signal)
            out, err = process.communicate(timeout=300)
        finally:
            process.kill()
    texts = COUNTS.sub(b"#", out).decode(), PROGRESS.sub(b"", err).decode()
    return *(generations.in_our_words("ping", *texts) if path == ORIGINALS_PATH else texts), process.returncode


def await_packets(process: subprocess.Popen) -> None:
    """Wait until it says itself that it is well under way."""
    sent = 0
    while not catches_interrupts(process.pid):
        assert process.poll() is None
    while sent < ENOUGH:
        process.send_signal(SIGQUIT)
        sent = int(PROGRESS.fullmatch(process.stderr.readline())[1])


def catches_interrupts(process: int) -> bool:
    """Whether the program has begun to ping; before that signals end it in their own way."""
    caught = Path(f"/proc/{process}/status").read_text().partition("SigCgt:")[2].split()[0]
    return bool(int(caught, 16) >> (SIGQUIT - 1) & 1)


@pytest.mark.parametrize("target", ["127.0.0.1", "::1", "h2.lab", "-6 h2.lab"])
@pytest.mark.parametrize("signals", [[SIGINT], [SIGALRM], [SIGTERM], [SIGINT, SIGINT]],
                         ids=lambda signals: " ".join(signal.name for signal in signals))
def test_a_quiet_flood_ends_by_a_signal(lab, path_of, target, signals, record_property):
    record_property("compared", (originals.generation("ping"), 1))
    told = {name: flood(lab, path, f"-q {target}", signals) for name, path in path_of.items()}
    assert told["netlite"] == told["original"]


@pytest.mark.parametrize("words", ["-q -w 1 127.0.0.1", "-q -w 1 -6 h2.lab", "-q -w 1 -c 3000 127.0.0.1", "-q -w 1 -s 0 ::1",
                                   "-q -w 1 -s 0 -l 3 ::1", "-q -i 0 -w 1 -s 0 ::1"])
def test_a_quiet_flood_ends_in_time(lab, path_of, words, record_property):
    record_property("compared", (originals.generation("ping"), 1))
    told = {name: flood(lab, path, words) for name, path in path_of.items()}
    assert told["netlite"] == told["original"]
