"""Readers that do not read, or not yet: nothing is lost, and a signal ends a program that waits for them.

A pipe of one page that is full already stands for the reader.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import time
from errno import EINTR
from pathlib import Path

import pytest
from trials import F_SETPIPE_SZ, PAGE, full_pipe, ours

DOCUMENTS = ("netstat -tuxan --json", "netstat -s --json", "netstat -rn --json", "ifconfig -a --json", "route -n --json",
             "arp -an --json", "hostname --json")
TEXTS = ("netstat -tan -c --json", "netstat -s", "netstat -tan -c", "ifconfig -a", "route -n", "traceroute -n -q1 -w1 server", "tracepath -n server",
         "netlite lab map loop", "ping --multi -c1 server r1")


def started(start, command: str, **options):
    """The program, waiting for somebody to read; and where that can be done."""
    reading, writing = full_pipe()
    process = start(ours(command), stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE, **options)
    os.close(writing)
    wait_until_it_waits(process)
    return process, reading


def wait_until_it_waits(process) -> None:
    """It sleeps, and has used no processor for a while; `netstat -c` and those who ask the network do so earlier as well."""
    before, still = None, 0
    while process.poll() is None and "python" not in os.readlink(f"/proc/{process.pid}/exe"):
        time.sleep(0.02)
    while still < 10 and process.poll() is None:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        now = fields[0], fields[11:13]
        still = still + 1 if now == before and fields[0] == "S" else 0
        before = now
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", DOCUMENTS + TEXTS)
def test_a_signal_ends_what_waits_for_a_reader(start, command, number):
    process, reading = started(start, command)
    assert process.poll() is None, process.communicate()
    process.send_signal(number)
    with process:
        err = process.communicate(timeout=300)[1]
    os.close(reading)
    assert (process.returncode, err) in ((-number, b""), (128 + number, b"")), (process.returncode, err)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("command", ["ping -n -i 0.01 --json server", "netlite watch -n -i 0.01 --json server"])
def test_a_signal_ends_what_has_its_last_words_for_nobody(start, command, number):
    """What is at work when the signal comes; its document is still to be written."""
    process, reading = started(start, command)
    process.send_signal(number)
    with process:
        err = process.communicate(timeout=300)[1]
    os.close(reading)
    assert (process.returncode, err) == (-number, b"")


@pytest.mark.parametrize("command", DOCUMENTS)
def test_who_reads_late_reads_all(start, command):
    process, reading = started(start, command)
    with open(reading, "rb") as stream:
        text = stream.read()
    with process:
        assert (process.wait(), process.stderr.read()) == (0, b"")
    assert isinstance(json.loads(text), list | dict)


def test_an_interrupt_waits_for_who_reads_slowly(start):
    """What was begun comes to its end."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, F_SETPIPE_SZ, PAGE)
    process = start(ours("netstat -s --json"), stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    text = os.read(reading, 100)
    process.send_signal(signal.SIGINT)
    while piece := os.read(reading, 500):
        text += piece
    os.close(reading)
    with process:
        assert process.communicate()[1] == b"" and json.loads(text)
    assert process.returncode in (-signal.SIGINT, 0)


def test_who_was_interrupted_waits_for_no_reader_again():
    """The last row, which says so, has nobody who reads it either."""
    from netlite.environment import Output

    reading, writing = full_pipe()
    try:
        out = Output(writing, "full")
        out.errno = EINTR
        out.write_whole('{"error": "interrupted"}]\n')
    finally:
        os.close(reading)
        os.close(writing)
