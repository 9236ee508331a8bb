"""Fixtures of the fault tests: a network of one router, in which programs start at `client`."""

from __future__ import annotations

import pytest
from quick_lab import Lab
from refusals import no_seccomp
from trials import Start

from netlite.lab.scene.topology import chain


@pytest.fixture(scope="session")
def lab():
    reason = Lab.unavailable_reason()
    if reason:
        pytest.skip(reason)
    with Lab(chain(1)) as built:
        yield built


@pytest.fixture(scope="session")
def start(lab):
    """start(argv, **options): a Popen in the network."""
    return Start(lab, "client")


@pytest.fixture(scope="session")
def seccomp():
    """Skips where no system call can be refused."""
    if no_seccomp():
        pytest.skip(f"no seccomp here: {no_seccomp()}")
