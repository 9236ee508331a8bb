"""The pages of the documentation: links lead somewhere, every page is in the index, made pages say all."""

from __future__ import annotations

import os
import re
import sys
from functools import cache

import pytest
from tree import ROOT

from netlite.programs.about.manual import NAMES, manual_of

sys.path.append(str(ROOT / "packaging"))
import made_pages  # noqa: E402
from pages import IMAGE, LINK, places  # noqa: E402

pages = cache(made_pages.pages)
INDEX = (ROOT / "docs/index.rst").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", places(), ids=str)
def test_links_lead_to_files(path):
    text = path.read_text(encoding="utf-8")
    targets = [found[2] for found in LINK.finditer(text)] + [found[1] for found in IMAGE.finditer(text)]
    assert [target for target in targets if not os.path.exists(path.parent / target)] == []


def test_every_page_is_in_an_index():
    listed = set(re.findall(r"(?m)^   (?:\w+ <)?([a-z/]+)>?$", INDEX))
    below = {page.rpartition("/")[0] for page in listed if page.endswith("/index")}
    every = {*places().values(), *pages()} - {"index"}
    assert {page for page in every if page not in listed and page.rpartition("/")[0] not in below} == set()
    assert listed <= every


@pytest.mark.parametrize("name", NAMES)
def test_a_program_has_a_page_with_every_option(name):
    text = pages()[f"programs/{name}"]
    assert [option for row in manual_of(name).rows for option in row.names if option not in text and option != "-?"] == []


def test_a_function_is_shown_with_its_arguments_and_its_text():
    def asked(host, *, count: int | None = 4):
        """Ask."""

    assert made_pages.function("asked", asked) == ".. py:function:: asked(host, *, count=4)\n\n   Ask.\n\n"
