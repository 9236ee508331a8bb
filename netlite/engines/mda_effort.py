"""How many probes a search has taken and how long, of each hop and in all, and whether that is enough.

Whoever answers late, seldom and by ever other names could hold up a search for hours.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .mda_settings import MdaSettings


class Effort:
    """What was done for the hop under search, and for all; a hop that is searched once more goes on where it was left.

    Pauses between sends that were asked for (-z) are no part of the time.
    """

    def __init__(self, settings: MdaSettings):
        self._settings = settings
        self._hop: int | None = None
        self._since_ns = 0
        self._probes: dict[int, int] = {}
        self._passed_ns: dict[int, int] = {}  # of hops that were left

    def search(self, hop: int, now_ns: int) -> None:
        """It is this hop from now on."""
        if self._hop is not None:
            self._passed_ns[self._hop] = self._time_ns(self._hop, now_ns)
        self._hop, self._since_ns = hop, now_ns

    def sent(self) -> None:
        """One more probe left for it."""
        assert self._hop is not None, "it has begun"
        self._probes[self._hop] = self._probes.get(self._hop, 0) + 1

    def is_enough(self, now_ns: int) -> bool:
        """Whether no more is to be done for this hop."""
        assert self._hop is not None, "it has begun"
        settings = self._settings
        return self._is_beyond(self._probes.get(self._hop, 0), self._time_ns(self._hop, now_ns),
                               settings.hop_probes, settings.hop_patiences)

    def is_enough_in_all(self, now_ns: int) -> bool:
        """Whether no more is to be done at all."""
        settings, hops = self._settings, {*self._passed_ns, self._hop}
        time_ns = sum(self._time_ns(hop, now_ns) for hop in hops if hop is not None)
        return self._is_beyond(sum(self._probes.values()), time_ns, settings.all_probes, settings.all_patiences)

    def _time_ns(self, hop: int, now_ns: int) -> int:
        return self._passed_ns.get(hop, 0) + (now_ns - self._since_ns if hop == self._hop else 0)

    def _is_beyond(self, probes: int, time_ns: int, most_probes: int, most_patiences: int) -> bool:
        settings = self._settings
        return probes >= most_probes or time_ns - probes * settings.gap_ns >= most_patiences * settings.patience_ns
