"""The pages of the documentation: links lead somewhere, every page is in the index, made pages say all."""

from __future__ import annotations

import os
import re
import sys
from configparser import ConfigParser
from functools import cache

import pytest
from tree import ROOT

from netlite.lab.scene import scene
from netlite.programs.about.manual import NAMES, manual_of

sys.path.append(str(ROOT / "packaging"))
import made_pages  # noqa: E402
from pages import IMAGE, LINK, places  # noqa: E402

pages = cache(made_pages.pages)
OTHERS_WORDS = re.compile(r"^\S+ \(INFO/1\)|Unknown (?:directive type|interpreted text role)")  # hints, and what only Sphinx knows
INDEX = (ROOT / "docs/index.rst").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", places(), ids=str)
def test_links_lead_to_files(path):
    text = path.read_text(encoding="utf-8")
    targets = [found[2] for found in LINK.finditer(text)] + [found[1] for found in IMAGE.finditer(text)]
    assert [target for target in targets if not os.path.exists(path.parent / target)] == []


@pytest.mark.parametrize("path", places(), ids=str)
def test_the_text_is_well_formed(path):
    """What docutils complains of ends ``make docs``; what only Sphinx knows (directives, roles) is its own to read."""
    core, nodes = pytest.importorskip("docutils.core"), pytest.importorskip("docutils.nodes")
    tree = core.publish_doctree(path.read_text(encoding="utf-8"), settings_overrides={"warning_stream": False})
    assert [text for text in (node.astext() for node in tree.findall(nodes.system_message))
            if not OTHERS_WORDS.search(text)] == []


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


OTHERS = {"--break-system-packages", "--yes", "--root-user-action", "--quiet", "--enable-feature", "--block-signal"}  # of pip, Prometheus, env


@pytest.mark.parametrize("page", ["README.rst", *(f"docs/{name}.rst" for name in (
    "exercises", "explain", "exporter", "faults", "installing", "json", "mtu", "primer", "scenes", "security", "watch", "why"))])
def test_pages_tell_of_options_and_extras_that_there_are(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    known = OTHERS | {option.rstrip("=") for name in NAMES for row in manual_of(name).rows for option in row.names}
    assert {option.rstrip(".") for option in re.findall(r"(?<![\w-])--[a-z][\w.-]*", text)} <= known
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    asked = [extra for extras in re.findall(r"pip install '[^']*\[(.*?)\]'", text) for extra in extras.split(",")]
    assert set(asked) <= set(setup["options.extras_require"])


NUMBERS = {7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven", 12: "twelve", 16: "sixteen", 17: "seventeen",
           18: "eighteen", 19: "nineteen", 20: "twenty"}


def test_pages_count_as_many_as_there_are():
    exercises = NUMBERS[len(scene.names(scene.EXERCISES))]
    examples = NUMBERS[len(list((ROOT / "examples").glob("*.py")))]
    for page, sentence in (("README.rst", f"{exercises} broken networks"), ("README.rst", f"{examples} programs in ``examples/``"),
                           ("docs/lessons/index.rst", f"{exercises} broken networks"), ("docs/exercises.rst", f"{exercises} small networks"),
                           ("docs/peers.rst", f"of the {examples} programs of ``examples/``"), ("CHANGELOG.rst", f"{exercises} broken networks")):
        assert sentence in (ROOT / page).read_text(encoding="utf-8").lower(), (page, sentence)


def test_a_function_is_shown_with_its_arguments_and_its_text():
    def asked(host, *, count: int | None = 4):
        """Ask."""

    assert made_pages.function("asked", asked) == ".. py:function:: asked(host, *, count=4)\n\n   Ask.\n\n"
