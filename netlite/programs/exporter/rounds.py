"""`Rounds`: echo requests to many targets for ever, where nobody is in a hurry to hear of an answer.

The kernel stamps answers, so they need not be read when they come.  Requests that are due about the same time leave
together, and what came is read then: no wake-up a packet, no verdict, no task; counts and round trips are asked for.
"""

from __future__ import annotations

from functools import partial

from ...aio.echo_socket import EchoSocket
from ...aio.prober import Prober
from ...aio.pump import Pump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable
    from typing import Any

    from ...records.echo_targets import EchoTargetsConfig

TOGETHER = 8                          # requests that leave together, about: to wake up costs as much as some of them
LEAST_S, MOST_S = 0.02, 0.1           # between two looks at a socket, which is how late a request may leave
CATCH_UP_NS = 120_000_000             # more than that, so that the rate is kept up


class LeisurelyPump(Pump):
    """Turns a run every `pause_s` at most.  While it is to be turned soon anyhow, what arrives wakes nobody."""

    def __init__(self, pause_s: Callable[[], float], *given: Any):
        self._pause_s = pause_s
        self._reading = True              # the loop is asked for what arrives
        super().__init__(*given)

    def turn(self) -> None:
        self._heed(False)
        super().turn()

    def _come_again(self) -> None:
        deadline_ns = self._run.deadline_ns
        if self._descriptor < 0 or deadline_ns == 0:
            super()._come_again()
            return
        if self._timer is not None:
            self._timer.cancel()
        pause_s = self._pause_s()
        wait_s = None if deadline_ns is None else (deadline_ns - self._run.clock.now_ns()) / 1e9
        self._timer = None if wait_s is None else self._loop.call_later(max(pause_s, wait_s), self.turn)
        if wait_s is None or wait_s > pause_s:
            self._heed(True)

    def _heed(self, wanted: bool) -> None:
        if self._descriptor >= 0 and wanted != self._reading and not self._stopped:
            self._reading = wanted
            if wanted:
                self._loop.add_reader(self._descriptor, self._something_came)
            else:
                self._loop.remove_reader(self._descriptor)

    def _something_came(self) -> None:
        """More may follow: all of it is read together."""
        self._heed(False)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(self._pause_s(), self.turn)


class Rounds(Prober):
    """A Prober that tells no verdicts: `take_round_trips` and `tally` of its sockets say what became of the probes."""

    pause_s = LEAST_S

    def expect(self, targets: int, interval_s: float) -> None:
        """So many are to be probed: requests are gathered until there are a few, but none misses its turn."""
        gathered_s = TOGETHER * interval_s / max(targets, 1)
        self.pause_s = min(max(LEAST_S, gathered_s), MOST_S, interval_s / 2)

    def new_socket(self, loop: AbstractEventLoop, link: Any, config: EchoTargetsConfig) -> EchoSocket:
        quiet = config.replace(verdicts=False, catch_up_ns=CATCH_UP_NS)
        return EchoSocket(self.world, loop, link, quiet, partial(LeisurelyPump, lambda: self.pause_s))

    def look(self) -> None:
        """Read what has come by now, so that what is asked next is true."""
        for socket in list(self._sockets.values()):
            socket.look()
