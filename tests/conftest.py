"""For all tests: signals as a shell gives them, parallel workers, and what is said at the end of a run."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import Counter

import compiled_once
import pytest
import shared_folder
import warm_builder
import work_units
from _pytest.doctest import DoctestModule
from hypothesis import HealthCheck, settings

from netlite.lab.kernel import entrance, namespaces

KEPT = (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGALRM, signal.SIGTERM, signal.SIGHUP, signal.SIGTSTP, signal.SIGCONT)
GIVES_WAY = 10  # nice(2)

# On a busy machine everything takes long, so no example fails for that.
settings.register_profile("netlite", max_examples=int(os.environ.get("NETLITE_EXAMPLES", "50")), deadline=None, derandomize=True,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("netlite")


class ExamplesAlone:
    """Has doctest look through files that have examples alone: to find that there are none takes long.

    It is a plugin, for what a conftest.py does to files it does to those of its folder.
    """

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(self, file_path):
        collectors = yield
        return [each for each in collectors if not isinstance(each, DoctestModule) or ">>>" in file_path.read_text(encoding="utf-8")]


def pytest_configure(config):
    """A shell starts background jobs with SIGINT ignored, and nohup anything with SIGHUP; programs under test are not
    to inherit that, nor, from ``sudo make test``, for whom they run.

    A worker has a thread that waits for orders; from Python 3.12 on it is an error to fork beside that.
    What the tests are made of stays: to look again and again for garbage in it takes a third of the time of collecting.
    """
    gc.disable()
    config.pluginmanager.register(ExamplesAlone())
    worker = getattr(config, "workerinput", None)
    if worker and work_units.in_background(worker["workerid"], worker["workercount"]):
        os.nice(GIVES_WAY)
    if worker and sys.version_info < (3, 12):
        entrance.harmless_threads = len(os.listdir("/proc/self/task"))
    namespaces.START_BUILDER = warm_builder.Asking()
    for name in ("SUDO_UID", "SUDO_GID", "PKEXEC_UID", "DOAS_USER"):
        os.environ.pop(name, None)
    for ignored, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(ignored) is signal.SIG_IGN:
            signal.signal(ignored, usual)


def pytest_sessionstart(session):
    """Before the workers of a whole run start."""
    config = session.config
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput") and config.args_source is config.ArgsSource.TESTPATHS:
        compiled_once.compile_tests()


def pytest_unconfigure(config):
    """Nothing of a run stays."""
    namespaces.START_BUILDER.close()
    if not hasattr(config, "workerinput"):
        shared_folder.take_away()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With ``-n`` alone: the tests in units of ours."""
    return work_units.make_scheduler(config, log) if config.getvalue("dist") == "load" else None


def pytest_collection_finish(session):
    """From here on there is garbage, in what the tests make."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config, items):
    """In a worker: the long tests first."""
    if hasattr(config, "workerinput"):
        items[:] = work_units.in_order(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """No test, and nothing that it calls, leaves signals other than they were: it would end a later test, or its worker."""
    before = _handlers()
    yield
    after = _handlers()
    for number, handler in before.items():
        if handler is not None:
            signal.signal(number, handler)
    assert after == before


def _handlers() -> dict:
    return {number: signal.getsignal(number) for number in KEPT}


def pytest_terminal_summary(terminalreporter):
    """Which tests looked more than once, and how many tests ran and were skipped in each folder of tests/."""
    looks = [(str(number), report) for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, ())
             for name, number in report.user_properties if name == "differed"]
    if looks:
        terminalreporter.write_sep("-", "differed at first, and were compared or played again")
    for number, report in looks:
        terminalreporter.write_line(f"{report.nodeid.rpartition('/')[2]}: {number} times")
    for line in _beside_the_originals([report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, ())]):
        terminalreporter.write_line(line)
    counts = {outcome: Counter(_folder(report) for report in terminalreporter.stats.get(outcome, ()))
              for outcome in ("passed", "failed", "skipped")}
    folders = sorted(set().union(*counts.values()))
    terminalreporter.write_sep("-", "by folder")
    for folder in folders:
        terminalreporter.write_line(f"{folder:12}" + ", ".join(
            f"{counts[outcome][folder]} {outcome}" for outcome in counts if counts[outcome][folder]))


def _beside_the_originals(reports) -> list[str]:
    """How many command lines were compared with which Debian's originals, and what of the table of their differences applied."""
    compared: Counter = Counter()
    rows: Counter = Counter()
    for report in reports:
        for name, value in report.user_properties:
            if name == "compared":
                compared[value[0]] += value[1]
            elif name == "row":
                rows[value] += 1
    return [f"compared with Debian {generation}'s originals: {number} command lines; "
            f"{len(rows)} rows of generation_table.py applied, in {rows.total()} places" for generation, number in compared.items()]


def _folder(report) -> str:
    parts = report.nodeid.split("/")
    return parts[1] if parts[0] == "tests" and len(parts) > 2 else parts[0]
