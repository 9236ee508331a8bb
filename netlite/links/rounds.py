"""What the driver does with many probes at once: rounds of a flood, sweeps over many hosts."""

from __future__ import annotations

from ..engines.events import SendFailed
from ..engines.rounds import Exchange, Exchanged, Sweep, Swept

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..engines.actions import Action
    from ..engines.events import Event
    from ..records.echo_links import EchoProbe
    from ..sockets.clock import AnyClock
    from .link import Link


def carry_out(action: Action, link: Link, clock: AnyClock) -> Event:
    """Do what an engine asks for, an Exchange or a Sweep; what comes of it is an event, a refusal too."""
    if isinstance(action, Exchange):
        return exchange(action, link, clock)
    assert isinstance(action, Sweep), "of others the driver takes care itself"
    return sweep(action.probes, link, clock)


def exchange(action: Exchange, link: Link, clock: AnyClock) -> Event:
    """Many probes and their answers at once; the last of them may lack theirs."""
    number = action.probe.number
    try:
        sent_ns, received_ns, first = link.exchange(action.probe, action.count, action.until_ns, action.window)
    except OSError as refusal:
        return SendFailed(clock.now_ns(), number, refusal.errno or 0)
    return Exchanged(clock.now_ns(), number, tuple(sent_ns), tuple(received_ns), first)


def sweep(probes: tuple[EchoProbe, ...], link: Link, clock: AnyClock) -> Swept:
    """A probe to each of many hosts, or to none, and the answers that are there."""
    sent_ns, errno, answers = link.sweep(probes)
    return Swept(clock.now_ns(), tuple(sent_ns), errno, tuple(answers))
