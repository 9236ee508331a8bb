"""Which process has a socket open."""

from __future__ import annotations

from .record import Record


class Owner(Record):
    """A process: its id, argv[0] without its folder, its SELinux context and its cgroup of version 2, which names the
    container or service it belongs to.  The process chooses its name itself: see `render.visible`."""

    process_id: int
    name: str
    context: str | None = None
    cgroup: str | None = None
