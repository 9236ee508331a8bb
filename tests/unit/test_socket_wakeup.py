"""What wakes a wait, when nobody closes it: who is interrupted before he can, and who forgets a run."""

from __future__ import annotations

import gc
import os

import pytest

import netlite
from netlite.feature_errors import NotPermitted
from netlite.sockets.wakeup import Interruption, Wakeup


def descriptors() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("kind", [Wakeup, Interruption])
def test_a_descriptor_goes_with_who_has_it(kind):
    before = descriptors()
    made = [kind() for _ in range(20)]
    assert descriptors() == before + 20
    made[0].close()
    made[0].close()
    made.clear()
    assert descriptors() == before
    assert kind.__new__(kind).close() is None  # one whose making was interrupted


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("begun", [False, True])
def test_runs_that_are_forgotten_leave_no_descriptor(begun):
    try:
        list(netlite.ping("127.0.0.1", count=1, timeout_s=1))
    except NotPermitted:
        pytest.skip("no ICMP socket here")
    before = descriptors()
    for _ in range(10):
        run = netlite.ping("127.0.0.1", count=3, interval_s=0.01)
        if begun:
            next(iter(run))
        del run
    assert descriptors() == before
