"""Echo requests to one address, for who awaits no single verdict: a probe of ``/probe``, and a watched target."""

from __future__ import annotations

from asyncio import get_running_loop, wait

from ...records.echo_targets import EchoTarget
from ...records.family import IPV4, IPV6
from ...records.verdicts import Answer, HostResult, LocalError, Tally, host_result
from .histograms import SECOND_NS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...aio.echo_socket import EchoSocket
    from ...aio.prober import Prober
    from ...records.verdicts import Verdict


class Echoes:
    """Begins at once; `last` is the last answer, `refusal` the errno of the last one that the kernel did not send.

    Close it, or it goes on.  Raises NotPermitted, KernelRefused.
    """

    def __init__(self, prober: Prober, address: str, count: int | None, interval_s: float, timeout_s: float):
        self._prober, self._address = prober, address
        self._ended = get_running_loop().create_future()
        self._result: HostResult | None = None
        self.last: Answer | None = None
        self.refusal = 0
        self._socket: EchoSocket = prober.socket_of(IPV6 if ":" in address else IPV4, address)
        interval_ns, timeout_ns = (max(1, round(each * SECOND_NS)) for each in (interval_s, timeout_s))
        target = EchoTarget(0, address, address, count, interval_ns, timeout_ns)
        self._key = self._socket.add(self, target)
        self._closed = False

    async def wait(self, limit_s: float | None = None) -> bool:
        """Until all verdicts are there, or for so long; whether they are.  Raises what ended it."""
        if limit_s is None or (await wait((self._ended,), timeout=limit_s))[0]:
            await self._ended
        return self.is_over

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self._ended.done()

    @property
    def result(self) -> HostResult:
        """How it stands, at the end how it was."""
        return self._result or self._socket.standing(self._key) or host_result(self._address, self._address)

    @property
    def tally(self) -> Tally:
        """The counts; unlike `result` it takes no look at the round trips."""
        if self._result is None:
            return self._socket.tally(self._key) or Tally()
        found = self._result
        return Tally(found.sent, found.received, found.lost, found.errors, found.duplicates, found.late)

    def take_round_trips(self) -> list[int]:
        """Those that were not taken before (ns), in the order of arrival; at the end those that are left."""
        if self._result is None:
            return self._socket.take_round_trips(self._key)
        found, self._result = self._result.rtts_ns, self._result.replace(rtts_ns=())
        return list(found)

    def close(self) -> None:
        """End at once; harmless when repeated."""
        if not self._closed:
            self._closed = True
            self._result = self.result
            self._prober.leave(self._socket, self._key)

    # for the socket

    def told(self, record: Verdict | HostResult) -> None:
        """A verdict, or that all of them are there."""
        if isinstance(record, Answer):
            self.last = record
        elif isinstance(record, LocalError):
            self.refusal = record.errno
        elif isinstance(record, HostResult):
            self._result = record
            self.over(None)

    def over(self, error: BaseException | None) -> None:
        """Nothing more comes."""
        if not self._ended.done():
            self._ended.set_result(None) if error is None else self._ended.set_exception(error)
