"""A browser for each file of tests."""

from __future__ import annotations

import shutil

import pytest
from chromium import Chromium


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    for program in "chromium", "chromedriver":
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (apt-get install chromium chromium-driver)")
    try:
        opened = Chromium(tmp_path_factory.mktemp("profile"))
    except RuntimeError as problem:
        pytest.skip(str(problem))
    with opened:
        yield opened
