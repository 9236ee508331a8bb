"""Fewer parts that still show the same: halves first, then smaller pieces, then single ones (delta debugging)."""

from __future__ import annotations

from collections.abc import Callable


def shrink(parts: list, still: Callable[[list], bool], tries: int = 200) -> list:
    """The fewest of `parts`, in order, for which `still` holds; it is asked `tries` times at most."""
    size = max(1, len(parts) // 2)
    while parts and tries > 0:
        begin, smaller = 0, False
        while begin < len(parts) and tries > 0:
            rest = parts[:begin] + parts[begin + size:]
            tries -= 1
            if still(rest):
                parts, smaller = rest, True
            else:
                begin += size
        if size == 1 and not smaller:
            break
        size = max(1, size // 2)
    return parts
