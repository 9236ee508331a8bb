"""The contract of every engine: what the driver calls, and nothing else.

An engine is a state machine.  The same events give the same actions: it reads no clock,
no random numbers, no environment; identifiers, ports and seeds arrive in its configuration.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeVar

    from .actions import Action
    from .events import Event

    Told = TypeVar("Told")
    Story = Generator[None, Event, Told]
    """A run, or a part of it, written down as a generator: `yield` is where the next event comes in."""


class Engine:
    """Base of the engines; also their interface.

    >>> class OneProbe(Engine):
    ...     def feed(self, event):
    ...         return []
    >>> OneProbe().deadline_ns is None
    True
    """

    deadline_ns: int | None = None
    """The monotonic time at which `TimePassed` is wanted, or None to wait for replies alone."""

    def feed(self, event: Event) -> list[Action]:
        """Take one event and return the actions it causes, in order."""
        raise NotImplementedError
