"""What is known of sizes: between which two the path MTU is, which comes next, and where the path narrows."""

from __future__ import annotations

from ..records.path_mtu import Narrowing

COMMON_BYTES = (576, 1006, 1280, 1400, 1420, 1440, 1450, 1460, 1472, 1476, 1480, 1492, 1500, 2002, 4352, 4464,
                8166, 9000, 9180, 9216, 17914, 32000)  # links and tunnels; RFC 1191 section 7.1 and what came since


class Bounds:
    """`low` is the largest size that arrived (0: none did yet), `high` the smallest that did not, while above `low`;
    `ceiling` is what this host's own wire takes."""

    def __init__(self, ceiling: int):
        self.low = 0
        self.narrowings: list[Narrowing] = []
        self._reported: set[int] = set()     # MTUs that routers named
        self._lost: set[int] = set()         # sizes that vanished without a report
        self.limit(ceiling)

    def limit(self, ceiling: int) -> None:
        """Nothing larger leaves this host."""
        self.ceiling, self.high = ceiling, ceiling + 1

    def arrived(self, size: int) -> None:
        """A size got through; where larger ones failed before, that is as known as it was."""
        self.low = max(self.low, size)
        if self.high <= self.low:
            self.high = self.ceiling + 1

    def failed(self, size: int, lost: bool) -> None:
        """A size did not get through; `lost`: nobody said so."""
        self.high = min(self.high, size)
        if lost:
            self._lost.add(size)

    def reported(self, size: int, mtu_bytes: int, source: str) -> None:
        """A router says what it takes instead of `size`."""
        if self.low < mtu_bytes < size:
            self._reported.add(mtu_bytes)
            self.narrowings.append(Narrowing(mtu_bytes, None, None, source, True))

    @property
    def is_known(self) -> bool:
        """Whether `low` is the path MTU: nothing is between the bounds, or a router named it."""
        return self.low == self.ceiling or self.low + 1 == self.high or self.low in self._reported

    def next_size(self) -> int | None:
        """The size that tells most, None when all is known."""
        if self.low in self._reported or self.high <= self.low + 1:
            return None
        named = [size for size in self._reported if self.low < size < self.high]
        if named:
            return max(named)
        if self.low in COMMON_BYTES:
            return self.low + 1  # the usual end of the search; for the first size it costs one answer
        middle = (self.low + self.high) // 2
        common = [size for size in COMMON_BYTES if self.low < size < self.high]
        return min(common, key=lambda size: abs(size - middle)) if common else middle

    def telling_sizes(self) -> list[int]:
        """With which to walk: the smallest that is too big, and the smallest that vanished."""
        if not 0 < self.low < self.ceiling:
            return []
        vanished = min([size for size in self._lost if size > self.low], default=self.low + 1)
        return sorted({self.low + 1, vanished})

    def place(self, hops: dict[str | None, int]) -> None:
        """Give the routers that reported their hops, and leave out what was told twice."""
        placed: list[Narrowing] = []
        for each in self.narrowings:
            hop = hops.get(each.source)
            if each.reported and hop is not None:
                each = each.replace(first_hop=hop, last_hop=hop)
            if each not in placed:
                placed.append(each)
        self.narrowings = placed

    def forget_what_was_slow(self) -> None:
        """A size that arrived after all is proof against black holes for less."""
        self.narrowings = [each for each in self.narrowings if each.reported or each.mtu_bytes >= self.low]

    @property
    def vanishes(self) -> bool:
        """Whether sizes vanish that nobody reports: a black hole."""
        return bool(self.low) and (any(size > self.low for size in self._lost)
                                   or any(not each.reported for each in self.narrowings))
