"""How what netlite lab has begun ends at a signal: by way of all `with` blocks."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager

from ...sockets.signals import heeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STOPPING = (signal.SIGTERM, signal.SIGHUP)
CHANGED = (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, *STOPPING)


@contextmanager
def signals_given_back() -> Iterator[None]:
    """Whatever handlers a verb sets, the process has its own again afterwards."""
    before = {number: signal.getsignal(number) for number in CHANGED}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # one that Python knows nothing of, and that nobody took away
                signal.signal(number, handler)


def occupy_streams() -> None:
    """Let no socket be taken for a stream that was closed: what has its place refuses as nothing would (EBADF)."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)  # the least number that is free


def catch(handler: Callable[[int, object], object], *numbers: int) -> None:
    """Call `handler` at these signals, but for those that are ignored, as under nohup(1)."""
    for number in heeded(numbers):
        signal.signal(number, handler)


def stop_at(*numbers: int) -> None:
    """These signals stop what we do; where nobody reads it, SIGPIPE ends it at once."""
    catch(stop, *numbers)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def stop(number: int, _frame: object) -> None:
    """Leave by way of all `with` blocks."""
    raise SystemExit(128 + number)
