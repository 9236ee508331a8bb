"""A send that fails with errors of earlier probes is repeated, however many of them come in between."""

from __future__ import annotations

from errno import EHOSTUNREACH, ENETUNREACH, EPERM

import pytest

from netlite.links.echo import EchoLink
from netlite.links.link import Arrival
from netlite.records.replies import IcmpError, Origin
from netlite.sockets.ancillary import TRIES


class Sending(EchoLink):
    """Its socket fails with `errors`, one a send, and each is in the error queue by then; `untold`: it is not."""

    def __init__(self, *errors: int, untold: bool = False):
        self._socket, self._waiting, self._stamping, self._untold = self, [], False, untold
        self._errors, self.sent, self._queue = list(errors), [], []

    def sendto(self, data, *_):
        if self._errors:
            number = self._errors.pop(0)
            self._queue.append(Arrival(1, IcmpError(Origin.ICMP, "192.0.2.1", 3, 0, 0, number)))
            raise OSError(number, "told")
        self.sent.append(data)

    def _read_errors(self, stamps_only=False):
        read, self._queue = ([] if self._untold else self._queue), []
        return read, len(read)

    def _restart_stamps(self):
        pass

    def again(self) -> int:
        try:
            self.sendto(b"probe")
        except OSError as refusal:
            return self._send_again(refusal, b"probe", ("192.0.2.1", 0), 1, None)


@pytest.mark.parametrize("errors", [[EHOSTUNREACH], [EHOSTUNREACH, ENETUNREACH], [ENETUNREACH] * 5])
def test_errors_of_earlier_probes_do_not_eat_the_next(errors):
    link = Sending(*errors)
    assert link.again() > 0 and link.sent == [b"probe"]
    assert [arrival.reply.errno for arrival in link._waiting] == errors


def test_a_refusal_that_nobody_told_is_raised():
    with pytest.raises(PermissionError):
        Sending(EPERM, untold=True).again()


def test_it_does_not_try_for_ever():
    link = Sending(*[ENETUNREACH] * (2 * TRIES))
    with pytest.raises(OSError, match="told"):
        link.again()
    assert not link.sent and len(link._waiting) <= TRIES + 1
