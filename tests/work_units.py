"""How the tests are shared out among parallel workers (``pytest -n 7``, with pytest-xdist).

A worker gets a unit of tests at a time and runs them one after the other, so that what they share (a lab, a
browser) is built once for them.  A unit is a file, or a part of one where a file takes long.  Those that wait for most
of their time come first, the longest of them before all.  Three workers of many take from the other end, with a low
priority, what only computes, and have the processors meanwhile.  What they meet at is cut small.
"""

from __future__ import annotations

import re
from collections import Counter

CHUNK = 40  # tests of one subject in a unit, at most
FIRST = ("test_changes_under_way.py", "test_names.py", "test_exporter_lab.py", "test_process_as_it_was.py", "test_why_lab.py", "test_refused_sends.py",
         "test_exercises_in_namespaces.py", "test_lab_scenes.py", "test_watch_lab.py", "test_why_under_attack.py", "test_dhcp_lab.py",
         "test_conformance.py", "/faults/", "/lab/", "/browser/", "/conformance/")
LAST = "test_hostname.py", "test_verbs.py", "test_short_fuzz.py", "test_any_bytes.py", "test_numbers.py", "test_failing_names.py", "test_packaging.py"
WAITING = FIRST.index("/conformance/")  # so many of them wait for most of their time, and some must not be late
BACKGROUND = "gw0", "gw1", "gw2"
ALONE = ("test_verbs.py", "test_hostname.py", "test_lab_command.py", "test_userspace_scenes.py", "test_demo.py", "test_changes_under_way.py",
         "test_signals_at_any_moment.py", "test_streams_and_limits.py", "test_refused_calls.py", "test_memory.py", "test_full_queue.py",
         "test_changed_ways.py", "test_why_lab.py", "test_exercises_in_namespaces.py", "test_refused_sends.py", "test_why_under_attack.py",
         "test_played_wires.py")
"""Files in which every test builds for itself what it needs, or needs no more than a lab that each worker builds once."""
WITH = {"test_why_page.py": "tests/simulated/test_why.py", "test_door.py": "tests/repo/test_form.py", "test_layers.py": "tests/repo/test_form.py",
        "test_link_contract.py": "tests/repo/test_form.py"}
"""Files whose tests look at what those of another one have made: diagnoses, syntax trees."""
SUBJECTS = {  # file: what tests with something in common have in their names
    "test_conformance.py": re.compile(r"\[(\w+): "),  # the scene
    "test_failing_names.py": re.compile(r"\[(.+)\]"),  # the sources of names
    "test_short_fuzz.py": re.compile(r"^(\w+)"),  # what is random
    "test_numbers.py": re.compile(r"\[(\w+)"),  # the program
    "test_lab_scenes.py": re.compile(r"\[(?:original-|netlite-)?([\w-]+)\]$"),
    "test_memory_and_kernel_agree.py": re.compile(r"\[(\w+): "),
}


def in_order(items: list) -> list:
    """The tests of a session, those that wait first, those that compute longest last."""
    return sorted(items, key=lambda item: rank(item.nodeid))


def rank(test: str) -> int:
    """The place of a test among `FIRST`; their number, where it is none of them, and above it for `LAST`."""
    late = next((place for place, part in enumerate(LAST, 1) if part in test), 0)
    return len(FIRST) + late if late else next((place for place, part in enumerate(FIRST) if part in test), len(FIRST))


def in_background(worker: str, workers: int) -> bool:
    """Whether a worker, by its name (gw0, gw1, …), is one of those that give way to the others."""
    return worker in BACKGROUND and workers > 2 * len(BACKGROUND)


def share_out(tests: list[str]) -> dict[str, str]:
    """The unit of each test, by their ids."""
    counts: Counter = Counter()
    return {test: _unit(test, counts) for test in tests}


def _unit(test: str, counts: Counter) -> str:
    path, _, name = test.partition("::")
    file = path.rpartition("/")[2]
    if file in ALONE:
        return test
    subject = SUBJECTS[file].search(name) if file in SUBJECTS else None
    if subject is None:
        return WITH.get(file, path)
    unit = f"{path} {subject[1]}"
    counts[unit] += 1
    return f"{unit} {(counts[unit] - 1) // CHUNK}"


def make_scheduler(config, log):
    """What pytest-xdist asks for the next tests of a worker."""
    from xdist.scheduler.loadscope import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        """Hands out the units above, in the order of their first tests."""

        units: dict = {}

        def schedule(self) -> None:
            self.units = self.units or share_out(next(iter(self.registered_collections.values())))
            super().schedule()

        def _reschedule(self, node) -> None:
            if self.workqueue and not self._suits(node):
                node.shutdown()
            else:
                super()._reschedule(node)

        def _assign_work_unit(self, node) -> None:
            if self._is_behind(node) and self._suits(node):
                self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
            super()._assign_work_unit(node)

        def _is_behind(self, node) -> bool:
            return in_background(node.gateway.id, self.numnodes)

        def _suits(self, node) -> bool:
            """Who gives way gets nothing that the time matters for."""
            unit = next(reversed(self.workqueue.values()))
            return not self._is_behind(node) or rank(next(iter(unit))) >= WAITING

        def remove_node(self, node) -> str | None:
            """The test that a worker died of is not run again; what it had done before is no work for others, who
            would wait for ever for its end."""
            work = self.assigned_work[node]
            died_of = next((test for unit in work.values() for test, done in unit.items() if not done), None)
            for name, unit in list(work.items()):
                if died_of in unit:
                    unit[died_of] = True
                if all(unit.values()):
                    del work[name]
            super().remove_node(node)
            return died_of

        def _split_scope(self, nodeid: str) -> str:
            return self.units[nodeid]

    config.option.loadscopereorder = False  # else the units with most tests come first
    return Scheduling(config, log)
