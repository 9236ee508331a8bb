"""What so few packets tell of a rate of loss."""

from __future__ import annotations

from math import ceil, exp, lgamma, log, log1p

DOUBT, RARE = 0.01, 0.01              # how often a lossy router may pass for a clean one, and a clean one for a limited
LEAST, MOST = 10, 10_000


def needed(rate: float) -> int:
    """How many packets have to pass without loss, until losing at `rate` would have shown.

    >>> needed(0.5), needed(0.1), needed(0.03)
    (10, 44, 152)
    """
    return min(MOST, max(LEAST, ceil(log(DOUBT) / log(1 - rate)))) if 0 < rate < 1 else LEAST


def most(sent: int) -> float:
    """The rate that would hardly have let `sent` packets pass without loss (once in twenty times).

    >>> round(most(23), 2)
    0.12
    """
    return 1 - 0.05 ** (1 / sent) if sent else 1.0


def exceeds(lost: int, sent: int, rate: float) -> bool:
    """Whether `lost` of `sent` is more than chance makes of `rate`.

    >>> exceeds(12, 40, 0.05), exceeds(3, 40, 0.05)
    (True, False)
    """
    if not 0 < rate < 1:
        return lost > 0 and rate <= 0
    fewer = sum(exp(lgamma(sent + 1) - lgamma(each + 1) - lgamma(sent - each + 1) + each * log(rate)
                    + (sent - each) * log1p(-rate)) for each in range(lost))
    return 1 - fewer < RARE
