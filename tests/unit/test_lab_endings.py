"""What netlite lab does with signals: those that are ignored stay so, and all are given back."""

from __future__ import annotations

import signal

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
