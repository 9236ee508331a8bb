"""Fixtures of the lab tests: whether labs can be built here, and Python as an ordinary user."""

from __future__ import annotations

import pytest
import quick_lab
from lab_processes import start_python

from netlite.lab import backends
from netlite.lab.kernel.namespaces import Lab
from netlite.programs.lab import why_in_namespaces


@pytest.fixture(scope="session")
def labs():
    """Skips where no lab can be built."""
    reason = Lab.unavailable_reason()
    if reason:
        pytest.skip(reason)


@pytest.fixture
def quick_labs(labs, monkeypatch):
    """Labs that netlite itself makes in this process are those of `quick_lab`."""
    for module in (backends, why_in_namespaces):
        monkeypatch.setattr(module, "Lab", quick_lab.Lab)


@pytest.fixture(scope="session")
def run_python():
    """run_python(code, ordinary=False): its stdout, when it ended well."""
    def run(code: str, ordinary: bool = False) -> str:
        with start_python(code, ordinary) as process:
            out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        return out

    return run


@pytest.fixture(scope="session")
def rootless_labs(labs, run_python):
    """Skips where an ordinary user cannot build labs."""
    code = "from netlite.lab.kernel.namespaces import Lab; print(Lab.unavailable_reason() or '')"
    reason = run_python(code, ordinary=True).strip()
    if reason:
        pytest.skip(reason)
