"""`Link`: anything that sends probes and receives replies.

Links are raw sockets, ICMP datagram sockets, UDP sockets with an error queue, and the
simulated and recorded networks of `lab` and the tests.
"""

from __future__ import annotations

from ..records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Self

    from ..records.echo_links import EchoReply
    from ..records.replies import Reply


class Arrival(Record):
    """A decoded reply and the monotonic time at which the kernel took it in.

    `sent_ns` is the kernel's stamp of when the probe it answers left, where the link has one: it
    is better than what `send` returned, so a round trip is received_ns - (sent_ns or that).
    `number` is the probe it answers where the link knows it (each probe has a socket of its own), and `left_from`
    the address which that probe left from, where the link knows that (flows).
    """

    received_ns: int
    reply: Reply
    sent_ns: int | None = None
    number: int | None = None
    left_from: str | None = None


class Link:
    """The contract of all links: everything that may be asked of one, known once it is open.

    What a link does not say for itself it has from here.  It is a context manager that closes itself.
    """

    identifier: int | None = None
    """What marks our probes among those of others (ICMP identifier or UDP source port); None where each differs."""

    kind: str | None = None
    """"raw" or "datagram", the kind of socket behind an echo link."""

    flow_label: int | None = None
    """The IPv6 flow label that all probes carry, where one was leased."""

    warnings: Sequence[tuple[str, int]] = ()
    """What the kernel refused and can be done without: ("SO_MARK", errno), ("SO_DEBUG", errno), ("SO_RCVBUF", 0),
    ("SO_TIMESTAMP", 0)."""

    def connect(self) -> None:
        """Take in nothing but what the destination says, and errors about what goes there; echo links can, later
        than they are opened.  Raises KernelRefused ("connect") where there is no way."""
        raise NotImplementedError

    def send(self, probe: Any) -> int:
        """Send a probe; return when it left (monotonic ns).  Raises OSError as the kernel does."""
        raise NotImplementedError

    def exchange(self, probe: Any, count: int, until_ns: int,
                 window: int = 1) -> tuple[list[int], list[int], EchoReply | None]:
        """Send up to `count` probes from `probe` on, `window` of them under way at once, until `until_ns`.

        Returns when they left, when the answers to the first of them came, and the first answer; the others are like
        it but for what numbers them.
        A link may do no more than send one, as here.  Raises OSError as `send` does.
        """
        return [self.send(probe)], [], None

    def sweep(self, probes: Sequence[Any]) -> tuple[list[int], int | None, list[tuple[int, int]]]:
        """Send `probes`; returns when each left, the errno of the refusal that stopped it or None, and
        the answers that are there as (sequence, received_ns); `receive` tells them too, as here.
        """
        sent_ns: list[int] = []
        try:
            for probe in probes:
                sent_ns.append(self.send(probe))
        except OSError as refusal:
            return sent_ns, refusal.errno, []
        return sent_ns, None, []

    def receive(self) -> list[Arrival]:
        """What has arrived, in order of arrival, or the first of it; never waits.  Empty when nothing is left.

        What is not for us, or malformed, is dropped here.  So much is read at most that a flood does not hold
        up the caller; when all of that was dropped, more may be left.  Raises OSError when nothing can be
        received.
        """
        raise NotImplementedError

    def fileno(self) -> int:
        """The descriptor to wait on, or -1 where there is none."""
        return -1

    def due_ns(self) -> int | None:
        """When there may be something to receive (monotonic ns), which links in memory alone know."""
        return None

    def close(self) -> None:
        """Give the sockets back; harmless when repeated."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
