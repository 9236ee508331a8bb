"""How much is heard of what others say about the probes of an echo link: what is more than that is a storm."""

from __future__ import annotations

from _struct import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

HINTS_A_PROBE, HINTS_AHEAD = 8, 64  # whoever says more redirects our probes nowhere, but wants no answer to have room
ERRORS_A_PROBE = 8
ECHO = Struct("!B3xHH")  # type, identifier, sequence


class Storms:
    """`request` is the type of echo requests; `others` where errors about those with another identifier than ours come
    too, `proven` where the first errors about a probe tell all."""

    def __init__(self, request: int, identifier: int, others: bool, proven: bool):
        self._request, self._identifier, self._others, self._proven = request, identifier, others, proven
        self._hints = 0  # beyond those that our probes account for
        self._errors: dict[int, int] = {}  # how many told of the probe with a sequence number
        self.heard = False  # anything, so that there is something to forget

    def left(self, sequences: Iterable[int]) -> None:
        """Probes with these numbers left."""
        for sequence in sequences:
            self._hints = max(0, self._hints - HINTS_A_PROBE)
            self._errors.pop(sequence & 0xFFFF, None)

    def is_one_hint_too_many(self) -> bool:
        """Whether one more redirect or source quench is no router's."""
        self.heard = True
        self._hints += 1
        return self._hints > HINTS_AHEAD

    def is_useless(self, quoted: bytes) -> bool:
        """Whether an error quotes a request of others, or one about which enough is known: the kernel filters no
        errors, so a flood of them comes as far as here."""
        if len(quoted) < ECHO.size or quoted[0] != self._request:
            return False
        _, identifier, sequence = ECHO.unpack_from(quoted)
        if identifier != self._identifier:
            return self._others
        if not self._proven:
            return False
        self.heard = True
        count = self._errors[sequence] = self._errors.get(sequence, 0) + 1
        return count > ERRORS_A_PROBE
