"""Fail when tests that need more than a checkout were skipped all the same: skipped.py JUNIT_XML."""

import sys
from xml.etree import ElementTree

FOLDERS = ("tests.lab", "tests.conformance", "tests.faults", "tests.fuzz")


def skipped(report: str) -> list[str]:
    """One line for each skipped test under FOLDERS, with the reason."""
    lines = []
    for test in ElementTree.parse(report).iter("testcase"):
        reason = test.find("skipped")
        if reason is not None and test.get("classname", "").startswith(FOLDERS):
            lines.append(f"skipped: {test.get('classname')} {test.get('name')}: {reason.get('message')}")
    return lines


if __name__ == "__main__":
    found = skipped(sys.argv[1])
    print("\n".join(found), file=sys.stderr)
    sys.exit(bool(found))
