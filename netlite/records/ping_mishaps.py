"""What ping tells of a probe beside its answer: that it was refused, lost, changed, or met with an error."""

from __future__ import annotations

from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .replies import IcmpError, IcmpMessage


class WrongByte(Record):
    """The first payload byte that came back changed."""

    offset: int
    expected: int
    found: int


class ProbeError(Record):
    """An ICMP error about probe `sequence`; `counted` is False for a hint (redirect, source quench)
    that a raw socket received."""

    sequence: int
    error: IcmpError
    counted: bool = True
    names: tuple[tuple[str, str], ...] = ()


class LocalError(Record):
    """Our own kernel could not send a probe; `mtu_bytes` is set when it was too long."""

    errno: int
    mtu_bytes: int | None = None


class SendRefused(Record):
    """Sending failed with `errno` while an ICMP error was waiting (a firewall that rejects)."""

    errno: int


class ReceiveRefused(Record):
    """The kernel refuses to hand over what arrives, with `errno`; the run ends."""

    errno: int


class NoAnswerYet(Record):
    """The next probe is due and the one before, `sequence`, is not answered (-O)."""

    sequence: int


class ForeignMessage(Record):
    """An ICMP message that answers none of our probes."""

    message: IcmpMessage
    names: tuple[tuple[str, str], ...] = ()
