"""Links read a bounded number of messages at once, and do not try for ever where the kernel refuses."""

from __future__ import annotations

import errno

import pytest

from netlite.sockets.ancillary import AT_ONCE, TRIES, read_waiting

MESSAGE = (b"data", [], 0, ("192.0.2.1", 0))


class Socket:
    """recvmsg tells what `outcomes` yields: a message, or an errno; after that always `last`."""

    def __init__(self, *outcomes, last=errno.EAGAIN):
        self.outcomes, self.last, self.tries = list(outcomes), last, 0

    def recvmsg(self, *_):
        self.tries += 1
        outcome = self.outcomes.pop(0) if self.outcomes else self.last
        if isinstance(outcome, int):
            raise OSError(outcome, "told")
        return outcome


def test_what_waits_is_read_to_its_end():
    assert list(read_waiting(Socket(MESSAGE, MESSAGE), 100)) == [MESSAGE] * 2


def test_a_flood_is_read_in_parts():
    socket = Socket(last=MESSAGE)
    assert len(list(read_waiting(socket, 100))) == AT_ONCE == socket.tries


def test_errors_that_are_told_once_are_passed_over():
    socket = Socket(errno.ECONNREFUSED, MESSAGE, errno.EHOSTUNREACH, errno.EHOSTUNREACH, MESSAGE)
    assert list(read_waiting(socket, 100)) == [MESSAGE] * 2


@pytest.mark.parametrize("number", [errno.EPERM, errno.EACCES, errno.ENETDOWN, errno.EBADF])
def test_an_error_that_stays_is_raised(number):
    socket = Socket(last=number)
    with pytest.raises(OSError) as refused:
        list(read_waiting(socket, 100))
    assert refused.value.errno == number and socket.tries == TRIES


def test_what_came_before_an_error_that_stays_is_told_first():
    socket = Socket(MESSAGE, last=errno.EPERM)
    assert list(read_waiting(socket, 100)) == [MESSAGE]
    with pytest.raises(PermissionError):
        list(read_waiting(socket, 100))


def test_a_storm_of_errors_told_once_is_no_refusal():
    storm = [errno.ECONNREFUSED] * (TRIES - 1)
    assert list(read_waiting(Socket(*storm, MESSAGE, *storm), 100)) == [MESSAGE]
