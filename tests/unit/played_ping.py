"""Plans of ping as they are played, in milliseconds; with answers and errors to give."""

from __future__ import annotations

from engine_player import MS, Player

from netlite.engines.ping_rounds import engine_of
from netlite.records.echo_links import EchoReply
from netlite.records.family import IPV4
from netlite.records.ping import PingPlan, Summary
from netlite.records.replies import IcmpError, Origin, Quote

TARGET = "192.0.2.1"
ENOBUFS, EPERM, EMSGSIZE, EAGAIN = 105, 1, 90, 11


def plan(**changes):
    return PingPlan(IPV4, TARGET, **changes)


def answer(sequence, source=TARGET, size=64, **changes):
    return EchoReply(source, 7, sequence, size, bytes(range(56)), ttl=61, **changes)


def icmp_error(sequence, kind=3, code=1, errno=113, **changes):
    return IcmpError(Origin.ICMP, "192.0.2.9", kind, code, errno=errno, **changes,
                     quote=Quote(None, TARGET, 1, identifier=7, sequence=sequence))


class Run(Player):
    """A plan as it is played; times in ms."""

    @property
    def sent_ms(self):
        return [at_ns / MS for at_ns, _ in self.sent]

    @property
    def told_ms(self):
        return [(at_ns / MS, record) for at_ns, record in self.told]

    @property
    def summary(self):
        return self.of(Summary)[-1]


def play(plan, fate=lambda number: [(1, answer(number % 65536))], asked=(), names=None):
    """`fate(number)` gives what a probe causes: a list of (delay in ms, reply), an errno, or both; `asked` are further
    events by time in ms; `names` maps an address to (delay in ms, name)."""
    def fate_ns(probe, at_ns):
        outcome = fate(probe.number)
        errno, replies = outcome if isinstance(outcome, tuple) else (
            (outcome, []) if isinstance(outcome, int) else (None, outcome))
        return errno, [(delay_ms * MS, reply) for delay_ms, reply in replies]

    run = Run(engine_of(plan), fate_ns, {address: (delay_ms * MS, name) for address, (delay_ms, name) in (names or {}).items()})
    for at_ms, event in asked:
        run.at(at_ms * MS, event)
    return run.run()
