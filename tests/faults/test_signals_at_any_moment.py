"""Signals at random moments of a run, from the first instruction of the interpreter to the end.

A program that is told to end does so by the signal or with its own last words, as the original; one that was stopped
goes on as if nothing had been.  Never a word of Python's, but for SIGINT in the few milliseconds in which the
interpreter starts and has its own handler.  NETLITE_MOMENTS=300 tries more moments than usual.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import tempfile
import time
from signal import SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP

import pytest
from trials import AT_ONCE, Ended, fault_of, ours

MOMENTS = int(os.environ.get("NETLITE_MOMENTS", "2"))
LONGEST_S = 0.3  # by then every program is well under way, or at its end
PATIENCE_S = 120
SWALLOWED_S = 8
"""Who has no output so long after a SIGINT gets another: the interpreter may have taken it in its first moments, and gone on."""

ENDLESS = ("ping -n -i 0.01 server", "ping -n -f -q -4 server", "ping -i 0.02 -D server", "netstat -c -tn",
           "netstat -in --interval 0.05", "traceroute -n -q10 -z 0.4 server")
BOUNDED = ("ping -n -c20 -i 0.005 server", "traceroute -n -q1 server", "traceroute -I server", "tracepath -n server",
           "netlite mtu -n server", "ping --multi -c5 -i 0.05 server r1", "netstat -s", "ifconfig -a", "route -n", "arp -n",
           "hostname", "traceroute -n -q1 --mda server", "ping -n -c3 -i 0.05 --explain server",
           "netlite lab run loop --backend memory")
DIAGNOSES = ("netlite why server", "netlite why --explain server:9", "netlite why -q")
PYTHON_STARTS = re.compile(r"line 0, in <module>|<frozen |init_sys_streams|init_import_site|\AKeyboardInterrupt\n\Z|"
                           r"in <module>\n    (?:from _signal import|if getsignal\(SIGINT\)|signal\(SIGINT, SIG_DFL\))")
TRANSMITTED = re.compile(r"^(\d+) packets transmitted, (\d+) received", re.M)


def told(start, command: str, signals, moments: list[float]) -> list[Ended]:
    """What came of the command each time the signals came, at `moments` after its start, in seconds."""
    ended = []
    for at in range(0, len(moments), AT_ONCE):
        ended += _together(start, ours(command), signals, moments[at:at + AT_ONCE])
    return ended


def _together(start, argv, signals, moments) -> list[Ended]:
    streams = [(tempfile.TemporaryFile(), tempfile.TemporaryFile()) for _ in moments]
    processes, due = [], []
    for moment, (out, err) in zip(moments, streams):
        # a signal of the keyboard goes to a group of its own: one without a parent's session may not be stopped
        processes.append(start(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, process_group=0))
        due.append(time.monotonic() + moment)
    for moment, process in sorted(zip(due, processes), key=lambda each: each[0]):
        time.sleep(max(0.0, moment - time.monotonic()))
        for number in signals:
            process.send_signal(number)
    return [_ended(process, signals, *each) for process, each in zip(processes, streams)]


def _ended(process, signals, out, err) -> Ended:
    try:
        process.wait(SWALLOWED_S)
    except subprocess.TimeoutExpired:
        if SIGINT in signals and not os.fstat(out.fileno()).st_size:
            process.send_signal(SIGINT)
    try:
        status = process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        status = None
    texts = []
    for stream in (out, err):
        with stream:
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
    return Ended(status, *texts)


def own(outcomes: list[Ended]) -> list[Ended]:
    """Without those in which the interpreter was interrupted before the first lines of ours had taken its handler away."""
    return [done for done in outcomes if not PYTHON_STARTS.search(done.err)]


def moments_of(*seeds) -> list[float]:
    chance = random.Random(repr(seeds))
    return [chance.uniform(0, LONGEST_S) for _ in range(MOMENTS)]


@pytest.mark.parametrize("number", [SIGTERM, SIGHUP])
@pytest.mark.parametrize("command", ENDLESS + BOUNDED + DIAGNOSES)
def test_it_is_ended(start, command, number):
    lab_status = 128 + number if command.startswith("netlite lab") else -number
    for done in told(start, command, [number], moments_of(command, number)):
        assert done.status in (-number, lab_status) or command in BOUNDED + DIAGNOSES and done.status in (0, 1), done
        assert done.err == "" or done.err.startswith("netlite lab: "), done


@pytest.mark.parametrize("command", ENDLESS + BOUNDED + DIAGNOSES)
def test_it_is_interrupted(start, command):
    last_words = command.startswith("ping") or "mtu" in command
    for done in own(told(start, command, [SIGINT], moments_of(command))):
        allowed = {-SIGINT, *((0, 1) if last_words or command in BOUNDED + DIAGNOSES else ()), *((130,) if " lab " in command else ())}
        assert done.status in allowed and done.err == "", done
        if command.startswith("ping -") and done.status in (0, 1) and "--multi" not in command:
            sent, received = map(int, TRANSMITTED.search(done.out).groups())
            assert received <= sent and done.status == (0 if received else 1), done
            assert "-q" in command or done.out.count(" bytes from ") >= received, done


@pytest.mark.parametrize("command", BOUNDED)
def test_it_goes_on_after_a_stop(start, command):
    for done in told(start, command, [SIGTSTP, SIGCONT], moments_of(command, "stop")):
        assert done.status == 0 and not fault_of(done) and done.err == "", done
        if "-c20" in command:
            assert TRANSMITTED.search(done.out).groups() == ("20", "20")


@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
@pytest.mark.parametrize("form", ["--json", "--jsonl"])
@pytest.mark.parametrize("command", ["ping -n -i 0.01 server", "ping -n -f -4 server", "ping --multi -c50 -i 0.05 server r1", "traceroute -n -q10 -z 0.4 server",
                                     "traceroute -n -q1 --mda server", "tracepath -n server", "netlite mtu -n server", "ping -n -i 0.02 --explain server",
                                     "traceroute -n -q10 -z 0.4 --explain server", "netlite why server:9"])
def test_json_is_whole_when_it_is_interrupted(start, command, form, number):
    """Or there is none: the signal came before the command line was read."""
    for done in own(told(start, f"{command} {form}", [number], moments_of(command, form, number))):
        assert done.status in (0, 1, -number) and done.err == "", done
        assert done.out or done.status == -number, done
        objects = [json.loads(line) for line in done.out.splitlines()]
        if objects:
            in_time = objects[-1]["error"] == "interrupted"  # else the signal came behind the last word
            assert objects[-1]["status"] == (128 + number if in_time else max(0, done.status)) and in_time <= (done.status < 0), done
            assert len(objects) == 1 if form == "--json" else [each["type"] for each in objects].count("end") == 1, done


WHOLE = {"--html": (b"<!DOCTYPE html>", b"</html>\n"), "--pcap": (b"\n\r\r\n", b"")}


@pytest.mark.parametrize("number", [SIGINT, SIGTERM, SIGHUP])
@pytest.mark.parametrize("command", ["netlite why server:9 --html", "netlite why --explain server --html",
                                     "traceroute -n -q10 -z 0.4 server --pcap", "ping -n -i 0.01 server --pcap"])
def test_a_file_is_whole_or_as_it_was(start, tmp_path, command, number):
    """Beside what it says of them, a program that is interrupted writes the packets and questions that there were."""
    start_bytes, end_bytes = WHOLE[command.split()[-1]]
    written, later = 0, [2.0 ** place for place in range(6)]  # for a machine that is busy
    for place, moment in enumerate([*moments_of(command, number), *later]):
        if place >= MOMENTS and written:
            break
        path = tmp_path / f"{place}"
        path.write_bytes(b"old")
        done, = told(start, f"{command} {path}", [number], [moment * 3])
        assert done.status in (0, 1, -number) and not done.err or not own([done]), done
        data = path.read_bytes()
        assert data == b"old" or data.startswith(start_bytes) and data.endswith(end_bytes), (done, data[:80])
        written += data != b"old"
    assert written


def test_two_interrupts_in_a_row(start):
    """The second one may come while the last words are written."""
    for command in ("ping -n -i 0.01 server", "ping -n -i 0.01 --explain server", "ping --multi -c50 -i 0.05 server"):
        for done in own(told(start, command, [SIGINT, SIGINT], moments_of(command, "twice"))):
            assert done.status in (-SIGINT, 0, 1) and done.err == "", done


def test_stops_are_real(start):
    """A program that is stopped does not go on until it is told to."""
    process = start(ours("ping -n -i 0.01 -c 40 server"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, process_group=0)
    process.stdout.read1()
    process.send_signal(SIGTSTP)
    assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
    process.send_signal(signal.SIGCONT)
    with process:
        assert b"40 packets transmitted, 40 received" in process.communicate()[0]
