"""For all tests: warn nobody twice, and say at the end what was skipped, by folder."""

from __future__ import annotations

import os
import signal
from collections import Counter

from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # a busy one fails no test
settings.load_profile("any machine")


def pytest_configure():
    """A shell starts background jobs with SIGINT ignored; programs under test are not to inherit that, nor, from
    ``sudo make test``, for whom they run."""
    for name in ("SUDO_UID", "SUDO_GID", "PKEXEC_UID", "DOAS_USER"):
        os.environ.pop(name, None)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter):
    """One line on how many tests ran and were skipped in each folder of tests/."""
    counts = {outcome: Counter(_folder(report) for report in terminalreporter.stats.get(outcome, ()))
              for outcome in ("passed", "failed", "skipped")}
    folders = sorted(set().union(*counts.values()))
    terminalreporter.write_sep("-", "by folder")
    for folder in folders:
        terminalreporter.write_line(f"{folder:12}" + ", ".join(
            f"{counts[outcome][folder]} {outcome}" for outcome in counts if counts[outcome][folder]))


def _folder(report) -> str:
    parts = report.nodeid.split("/")
    return parts[1] if parts[0] == "tests" and len(parts) > 2 else parts[0]
