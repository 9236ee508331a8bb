"""Where other people's libraries lie: the programs start without `site`, which is what knows."""

from __future__ import annotations

import sys

ROOM_BYTES = 2 << 20  # what site and the files that it reads take, several times over


def find_libraries() -> None:
    """Make installed libraries importable in a process that was started with -S; elsewhere they are already.

    Costs 3 ms and more, so it is called where one is about to be imported.  Raises MemoryError in time: `site` would
    show where it lacked memory.
    """
    if sys.flags.no_site and "site" not in sys.modules:
        bytes(ROOM_BYTES)
        import site

        site.main()
