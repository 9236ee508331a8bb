"""The library: the engines of the programs, as functions that return records."""

from __future__ import annotations

__all__: list[str] = []
