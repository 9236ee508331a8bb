"""What becomes of a packet on a wire, the same on all back-ends: how long it takes, how often it arrives.  Pure."""

from __future__ import annotations

from .parts import Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

OUT_OF_TURN = 3  # a reordered packet takes so many times the delay of its wire


def crossings(wire: Wire, loss: float, chance: Callable[[], float]) -> list[int]:
    """How many nanoseconds a packet takes; nothing when it gets lost, two times when it arrives twice.

    `loss` is the share that gets lost, `chance()` a number from 0 to below 1: what the same numbers befall is the same.
    """
    if wire.down or loss and chance() < loss:
        return []
    taken = []
    for _ in range(2 if wire.duplicates and chance() < wire.duplicates else 1):
        delay_ns = wire.delay_ns + (int(chance() * wire.jitter_ns) if wire.jitter_ns else 0)
        late = wire.reordering and chance() < wire.reordering
        taken.append(delay_ns * OUT_OF_TURN if late else delay_ns)
    return taken
