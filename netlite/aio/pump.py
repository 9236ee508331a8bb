"""What turns a run in an event loop: by readiness and time, without a thread."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Handle
    from collections.abc import Callable
    from typing import Any, Protocol

    class Stepper(Protocol):
        """What can be turned: a `session.Session` is one."""

        clock: Any

        @property
        def finished(self) -> bool: ...
        @property
        def deadline_ns(self) -> int | None: ...
        @property
        def is_real(self) -> bool: ...
        def fileno(self) -> int: ...
        def step(self) -> list[Any]: ...
        def wait(self) -> None: ...
        def close(self) -> None: ...


class Pump:
    """Steps a run of its own accord and hands its records to `put`; `end` hears of the end, and of what was
    raised."""

    def __init__(self, loop: AbstractEventLoop, run: Stepper, put: Callable[[list[Any]], None],
                 end: Callable[[BaseException | None], None]):
        self._loop, self._run, self._put, self._end = loop, run, put, end
        self._timer: Handle | None = None
        self._stopped = False
        self._descriptor = run.fileno() if run.is_real else -1
        if self._descriptor >= 0:
            loop.add_reader(self._descriptor, self.turn)
        self._timer = loop.call_soon(self.turn)

    def turn(self) -> None:
        """Do what there is to do."""
        if self._stopped:
            return
        try:
            self._put(self._run.step())
        except Exception as raised:
            self.stop()
            self._end(raised)
            return
        if self._run.finished:
            self.stop()
            self._end(None)
        else:
            self._come_again()

    def _come_again(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        deadline_ns = self._run.deadline_ns
        if deadline_ns is not None and deadline_ns == 0:
            self._timer = self._loop.call_soon(self.turn)
        elif self._descriptor < 0:
            self._timer = self._loop.call_soon(self._let_time_pass)
        elif deadline_ns is None:
            self._timer = None
        else:
            self._timer = self._loop.call_later(max(0, deadline_ns - self._run.clock.now_ns()) / 1e9, self.turn)

    def _let_time_pass(self) -> None:
        """In memory nothing happens while nobody waits."""
        self._run.wait()
        self.turn()

    def stop(self) -> None:
        """Turn it no more, and close it; harmless when repeated."""
        if self._stopped:
            return
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        if self._descriptor >= 0 and not self._loop.is_closed():
            self._loop.remove_reader(self._descriptor)
        self._run.close()
