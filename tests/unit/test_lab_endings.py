"""What netlite lab does with signals: those that are ignored stay so, and all are given back."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from netlite.programs.lab.endings import CHANGED, STOPPING, signals_given_back, stop, stop_at


@pytest.mark.parametrize("ignored", [(), (signal.SIGHUP,), (signal.SIGINT,)])
def test_signals_that_are_ignored_stay_so_and_all_are_given_back(ignored):
    before = {number: signal.getsignal(number) for number in CHANGED}
    try:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
        within = {number: signal.getsignal(number) for number in CHANGED}
        with signals_given_back():
            stop_at(signal.SIGINT, *STOPPING)
            for number in (signal.SIGINT, *STOPPING):
                assert signal.getsignal(number) == (signal.SIG_IGN if number in ignored else stop)
        assert {number: signal.getsignal(number) for number in CHANGED} == within
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


UNREAD = """
import signal
from netlite.feature_errors import LabRefused
from netlite.lab.kernel import namespaces
from netlite.lab.scene.topology import chain
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
namespaces.START_BUILDER = "raise SystemExit('no memory')  # {path}"
namespaces.Lab._order = lambda lab, topology: bytes(1 << 20)
try:
    namespaces.Lab(chain(1)).build(chain(1))
except LabRefused as refusal:
    print(refusal)
"""


def test_a_builder_that_ends_before_it_reads_ends_nobody_else():
    done = subprocess.run([sys.executable, "-I", "-c", UNREAD], capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (0, "") and "no memory" in done.stdout
