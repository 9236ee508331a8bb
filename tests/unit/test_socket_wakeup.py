"""What wakes a wait, when nobody closes it: who is interrupted before he can, and who forgets a run."""

from __future__ import annotations

import gc
import os
from threading import Thread

import pytest

import netlite
from netlite.feature_errors import NotPermitted
from netlite.sockets import wakeup
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


@pytest.mark.parametrize("kind", [Wakeup, Interruption])
def test_a_call_never_meets_a_descriptor_that_was_given_back(kind, monkeypatch):
    """Who waits closes it while another thread is about to write: the number may be another file's by then."""
    made = kind()
    number, closer = made.fileno(), Thread(target=made.close)
    written, before = [], descriptors()

    def held_up(fd, value):
        closer.start()
        closer.join(0.2)  # where it closes, it does so by now
        written.append(os.readlink(f"/proc/self/fd/{fd}"))

    monkeypatch.setattr(wakeup, "eventfd_write", held_up)
    made.call()
    closer.join()
    assert written == ["anon_inode:[eventfd]"] and number >= 0
    assert made.fileno() == -1 and descriptors() == before - 1
    made.call()
    assert len(written) == 1
