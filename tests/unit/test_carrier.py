"""What a netlink socket says of devices is forgotten, whatever becomes of it."""

from __future__ import annotations

from errno import ENOBUFS, EPERM

import pytest

from netlite.lab.kernel.carrier import drain


class Told:
    """Refuses with each of `errnos`, then with the last one for ever."""

    def __init__(self, *errnos: int):
        self.errnos, self.asked = list(errnos), 0

    def recv(self, _: int) -> bytes:
        self.asked += 1
        errno = self.errnos.pop(0) if len(self.errnos) > 1 else self.errnos[0]
        if not errno:
            raise BlockingIOError
        assert self.asked < 9, "it turns in circles"
        raise OSError(errno, "refused")


@pytest.mark.parametrize("errnos, asked", [((0,), 1), ((ENOBUFS, ENOBUFS, 0), 3), ((EPERM,), 1)])
def test_a_refusal_that_stays_is_not_asked_again_and_again(errnos, asked):
    told = Told(*errnos)
    drain(told)
    assert told.asked == asked
