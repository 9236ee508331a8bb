"""The scenes that come with netlite, each read once: some have a thousand routers."""

from __future__ import annotations

from functools import cache

from netlite.lab.scene import scene

load = cache(scene.load)


def names_for(backend: str) -> list[str]:
    """The names of the scenes that can be played on a backend."""
    return [name for name in scene.names() if backend in load(name).backends]
