"""The DHCP client: from no address to one, and through the life of its lease (RFC 2131 section 4.4).

    INIT - DISCOVER -> SELECTING - REQUEST -> REQUESTING - ACK -> BOUND - T1 -> RENEWING - T2 -> REBINDING - end -> INIT

One that has an address asks whether it may keep it: INIT-REBOOT - REQUEST -> REBOOTING.
"""

from __future__ import annotations

from ...records.dhcp import (
    EVERYBODY,
    NOBODY,
    DhcpBound,
    DhcpFailed,
    DhcpKind,
    DhcpLost,
    DhcpMessage,
    DhcpProbe,
    DhcpReply,
    DhcpSilence,
    DhcpTold,
    Lease,
)
from ...records.record import Record
from ..actions import Finish, Report, SendProbe
from ..engine import Engine
from ..events import Interrupted, ReceiveFailed, ReplyArrived, SendFailed, Started, TimePassed
from .leases import lease_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..actions import Action
    from ..events import Event

SECOND_NS = 1_000_000_000
FIRST_WAIT_NS = 4 * SECOND_NS  # doubled with each try (RFC 2131 section 4.1, without its second of chance)
SELECT_NS = SECOND_NS // 2  # from the first offer, for those of other servers
LEAST_WAIT_NS = 60 * SECOND_NS  # between the requests of RENEWING and REBINDING
REBOOT_TRIES, MOST_TRIES, MOST_ROUNDS = 2, 10, 3
WANTED = (1, 3, 6, 51, 58, 59)  # netmask, routers, name servers, lease time, T1, T2


class DhcpState:
    """The states of a client."""

    INIT = "INIT"
    SELECTING = "SELECTING"
    REQUESTING = "REQUESTING"
    REBOOTING = "REBOOTING"
    BOUND = "BOUND"
    RENEWING = "RENEWING"
    REBINDING = "REBINDING"


class DhcpClientConfig(Record):
    """Who asks: `hardware` is the address of its card, `transaction` the number of its first exchange.

    `address`: one that it had, and asks for again.  `stay_ns`: how long it stays and renews, None: until it is bound.
    `release`: it gives the address back at the end.  `tries`: how often it asks before it gives up.
    """

    hardware: str
    transaction: int
    address: str | None = None
    stay_ns: int | None = None
    release: bool = False
    tries: int = 3


class DhcpClient(Engine):
    """Reports each message (DhcpTold), each lease (DhcpBound), its end (DhcpLost), and silence (DhcpSilence)."""

    def __init__(self, config: DhcpClientConfig):
        self._config = config
        self._state = DhcpState.INIT
        self._lease: Lease | None = None
        self._offer: DhcpMessage | None = None
        self._transaction = config.transaction & 0xFFFFFFFF
        self._began_ns = self._asked_ns = self._bound_ns = 0  # this exchange, its last request, the lease
        self._until_ns: int | None = None  # when a client that stays ends
        self._tries = self._rounds = self._number = 0
        self._left = 0  # answers since the last request that it could not use
        self._actions: list[Action] = []
        self.deadline_ns = None

    def feed(self, event: Event) -> list[Action]:
        self._actions = []
        if isinstance(event, Started):
            self._reboot(event.at_ns) if self._config.address else self._discover(event.at_ns)
        elif isinstance(event, ReplyArrived) and isinstance(event.reply, DhcpReply):
            self._hear(event.at_ns, event.reply)
        elif isinstance(event, TimePassed):
            self._late(event.at_ns)
        elif isinstance(event, Interrupted):
            self._leave(event.at_ns)
        elif isinstance(event, SendFailed):
            if self._state not in (DhcpState.BOUND, DhcpState.RENEWING, DhcpState.REBINDING):
                self._do(Report(DhcpFailed(event.at_ns, event.errno)), Finish())
        elif isinstance(event, ReceiveFailed):
            self._do(Report(DhcpFailed(event.at_ns, event.errno)), Finish())
        return self._actions

    def _do(self, *actions: Action) -> None:
        self._actions += actions

    # what it says

    def _discover(self, at_ns: int) -> None:
        """From INIT to SELECTING."""
        self._rounds += 1
        self._offer = self._lease = None
        self._enter(DhcpState.SELECTING, at_ns)
        self._ask(at_ns)

    def _reboot(self, at_ns: int) -> None:
        self._enter(DhcpState.REBOOTING, at_ns)
        self._ask(at_ns)

    def _enter(self, state: str, at_ns: int) -> None:
        """Another state; an exchange begins, but for the request for what was offered."""
        if state != DhcpState.REQUESTING:
            self._transaction = self._transaction + (self._number > 0) & 0xFFFFFFFF
            self._began_ns = at_ns
        self._state, self._tries = state, 0

    def _ask(self, at_ns: int) -> None:
        """Say what the state is for, once more."""
        state, lease, offer = self._state, self._lease, self._offer
        kind = DhcpKind.DISCOVER if state == DhcpState.SELECTING else DhcpKind.REQUEST
        message = self._message(kind, at_ns)
        source, destination = NOBODY, EVERYBODY
        if state == DhcpState.REQUESTING and offer is not None:
            message = message.replace(requested=offer.yours, server=offer.server)
        elif state == DhcpState.REBOOTING:
            message = message.replace(requested=self._config.address)
        elif lease is not None:
            message, source = message.replace(client=lease.address), lease.address
            destination = lease.server if state == DhcpState.RENEWING else EVERYBODY
        self._asked_ns, self._left = at_ns, 0
        self._tries += 1
        self._say(at_ns, message, source, destination)
        self._wait(at_ns)

    def _wait(self, at_ns: int) -> None:
        """Until when: twice as long with each try; of a lease, half of what is left of it (section 4.4.5)."""
        lease = self._lease
        if lease is not None and self._state in (DhcpState.RENEWING, DhcpState.REBINDING):
            end_s = lease.rebind_s if self._state == DhcpState.RENEWING else lease.seconds
            end_ns = self._bound_ns + end_s * SECOND_NS
            self.deadline_ns = self._sooner(min(end_ns, at_ns + max(LEAST_WAIT_NS, (end_ns - at_ns) // 2)))
        else:
            self.deadline_ns = at_ns + FIRST_WAIT_NS * 2 ** (self._tries - 1)

    def _message(self, kind: int, at_ns: int) -> DhcpMessage:
        seconds = min(0xFFFF, (at_ns - self._began_ns) // SECOND_NS)
        wanted = WANTED if kind in (DhcpKind.DISCOVER, DhcpKind.REQUEST) else ()
        return DhcpMessage(kind, self._transaction, self._config.hardware, seconds=seconds, wanted=wanted)

    def _say(self, at_ns: int, message: DhcpMessage, source: str, destination: str) -> None:
        self._number += 1
        probe = DhcpProbe(self._number, message, source, destination)
        self._do(Report(DhcpTold(at_ns, self._state, True, message, source, destination)),
                 SendProbe(probe))  # type: ignore[arg-type]  # who has no address sends it in a frame of its own

    # what it hears

    def _hear(self, at_ns: int, reply: DhcpReply) -> None:
        message = reply.message
        if message.is_request or (message.transaction, message.hardware) != (self._transaction, self._config.hardware):
            return
        state, lease = self._state, lease_of(message)
        use, told = "late", len(self._actions)
        if message.kind == DhcpKind.OFFER and state == DhcpState.SELECTING:
            use = "odd" if lease is None else "left" if self._offer else "taken"
            if use == "taken":
                self._offer, self.deadline_ns = message, at_ns + SELECT_NS
        elif message.kind in (DhcpKind.ACK, DhcpKind.NAK) and self._is_for(message):
            if message.kind == DhcpKind.NAK:
                use = "last" if self._rounds == MOST_ROUNDS else "taken"
                self._denied(at_ns)
            elif lease is None:
                use = "odd"
            else:
                use = "taken"
                self._bind(at_ns, lease)
        self._left += use in ("late", "odd")
        record = DhcpTold(at_ns, state, False, message, reply.source, reply.destination, use, reply.packet)
        self._actions.insert(told, Report(record))

    def _is_for(self, message: DhcpMessage) -> bool:
        """Whether the request of this state is answered: by the server that it names, where it names one."""
        if self._state == DhcpState.REQUESTING and self._offer is not None:
            return message.server == self._offer.server
        if self._state == DhcpState.RENEWING and self._lease is not None:
            return message.server in (None, self._lease.server)
        return self._state in (DhcpState.REBOOTING, DhcpState.REBINDING)

    def _bind(self, at_ns: int, lease: Lease) -> None:
        renewed = self._state in (DhcpState.RENEWING, DhcpState.REBINDING)
        self._state, self._lease, self._rounds = DhcpState.BOUND, lease, 0
        self._bound_ns = self._asked_ns  # a lease counts from when it was asked for (section 4.4.1)
        self._do(Report(DhcpBound(at_ns, lease, renewed)))
        if self._until_ns is None:
            if self._config.stay_ns is None:
                return self._leave(at_ns)
            self._until_ns = at_ns + self._config.stay_ns
        self.deadline_ns = self._sooner(self._bound_ns + lease.renew_s * SECOND_NS)

    def _denied(self, at_ns: int) -> None:
        """NAK: what it had, or was offered, is not to be used; from the beginning."""
        address = self._lease.address if self._lease else self._config.address
        if self._state != DhcpState.REQUESTING and address is not None:
            self._do(Report(DhcpLost(at_ns, address, "nak")))
        if self._rounds == MOST_ROUNDS:
            return self._do(Finish())
        self._discover(at_ns)

    # what it hears not

    def _late(self, at_ns: int) -> None:
        if self.deadline_ns is None or at_ns < self.deadline_ns:
            return
        state, lease = self._state, self._lease
        if self._until_ns is not None and at_ns >= self._until_ns:
            self._leave(at_ns)
        elif state == DhcpState.SELECTING and self._offer is not None:
            self._enter(DhcpState.REQUESTING, at_ns)
            self._ask(at_ns)
        elif state == DhcpState.BOUND:
            self._enter(DhcpState.RENEWING, at_ns)
            self._ask(at_ns)
        elif lease is not None:
            self._unrenewed(at_ns, lease)
        elif self._tries < min(self._config.tries, REBOOT_TRIES if state == DhcpState.REBOOTING else MOST_TRIES):
            self._silent(at_ns, False)
            self._ask(at_ns)
        elif state == DhcpState.SELECTING or self._rounds == MOST_ROUNDS:
            self._silent(at_ns, True)
        else:
            self._silent(at_ns, False)
            self._discover(at_ns)

    def _unrenewed(self, at_ns: int, lease: Lease) -> None:
        """RENEWING or REBINDING: once more, on to all servers, or without an address."""
        left_ns = self._bound_ns + lease.seconds * SECOND_NS - at_ns
        if left_ns <= 0:
            self._do(Report(DhcpLost(at_ns, lease.address, "expired")))
            return self._discover(at_ns)
        self._silent(at_ns, False)
        if self._state == DhcpState.RENEWING and at_ns >= self._bound_ns + lease.rebind_s * SECOND_NS:
            self._enter(DhcpState.REBINDING, at_ns)
        self._ask(at_ns)

    def _silent(self, at_ns: int, last: bool) -> None:
        self._do(Report(DhcpSilence(at_ns, self._state, (at_ns - self._asked_ns) / SECOND_NS, last, self._left)))
        if last:
            self._do(Finish())

    def _sooner(self, at_ns: int) -> int:
        return at_ns if self._until_ns is None else min(at_ns, self._until_ns)

    def _leave(self, at_ns: int) -> None:
        """The end; with RELEASE, which nobody answers (section 4.4.6)."""
        lease = self._lease
        if lease is not None and self._config.release:
            self._enter(self._state, at_ns)
            message = self._message(DhcpKind.RELEASE, at_ns).replace(client=lease.address, server=lease.server)
            self._say(at_ns, message, lease.address, lease.server)
            self._do(Report(DhcpLost(at_ns, lease.address, "released")))
        self._do(Finish())
