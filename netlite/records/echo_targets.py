"""What is asked of and told by `engines.echo_targets`: hosts to probe, and what becomes of them."""

from __future__ import annotations

from .record import Record
from .verdicts import HostResult, Verdict


class EchoTarget(Record):
    """A host: `count` probes (None: until it is dropped) to `address`, `interval_ns` apart, each lost when it
    has no answer after `timeout_ns`; `size_bytes` of payload and `ttl` None are those of the link."""

    key: int
    host: str
    address: str
    count: int | None = 1
    interval_ns: int = 1_000_000_000
    timeout_ns: int = 1_000_000_000
    size_bytes: int | None = None
    ttl: int | None = None


class EchoTargetsConfig(Record):
    """At most `rate` probes a second (0: no limit) and `in_flight` under way, over all hosts.

    `verdicts` are told as they fall; without them bursts are sent in one go.  `stays`: the run does not end for
    want of hosts.  `wall_offset_ns` is wall time less monotonic time.  Who is called late may send what the rate
    allowed meanwhile, in `catch_up_ns` at most.
    """

    targets: tuple[EchoTarget, ...] = ()
    rate: float = 0.0
    in_flight: int = 1000
    verdicts: bool = True
    stays: bool = False
    wall_offset_ns: int = 0
    catch_up_ns: int = 5_000_000


class Told(Record):
    """A Verdict or HostResult, and the `key` of the host it is about."""

    key: int
    record: Verdict | HostResult
