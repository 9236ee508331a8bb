"""Where other people's libraries lie: the programs start without `site`, which is what knows."""

from __future__ import annotations

import sys


def find_libraries() -> None:
    """Make installed libraries importable in a process that was started with -S; elsewhere they are already.

    Costs 3 ms and more, so it is called where one is about to be imported.
    """
    if sys.flags.no_site and "site" not in sys.modules:
        import site

        site.main()
