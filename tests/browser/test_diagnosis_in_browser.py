"""The page of a diagnosis in a real browser: on a telephone and a screen, in light and dark, by keys, without a script."""

from __future__ import annotations

import pytest

from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology
from netlite.programs.simulate import simulate

LONG = "n" * 300
FOCUS = "document.activeElement"
GROUND = "getComputedStyle(document.body).backgroundColor"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module", params=["server", LONG])
def address(request, tmp_path_factory):
    """The page about a host behind a filter, and of one whose name nobody knows and nothing can break."""
    topology = Topology([Node("client"), Node("r1", True, rules=(Rule(Action.DROP, destination="server"),)), Node("server")],
                        [Wire(("client", "r1")), Wire(("r1", "server"))])
    path = tmp_path_factory.mktemp("page") / "why.html"
    path.write_bytes(simulate(["why", "--html", "/tmp/page", request.param], topology).files["/tmp/page"])
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    """The page, freshly loaded; nothing may have complained at the end, nor been asked for."""
    browser.complaints(), browser.requested()
    browser.visit(address)
    yield browser
    browser.command("Emulation.clearDeviceMetricsOverride")
    assert browser.complaints() == []
    assert [each for each in browser.requested() if each != address] == []


@pytest.mark.parametrize("width", [320, 390, 1366])
def test_nothing_is_wider_than_the_window(page, width):
    page.command("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    assert page.evaluate("innerWidth") == width and page.evaluate(WIDER) == 0


@pytest.mark.parametrize("scheme, dark", [("light", False), ("dark", True)])
def test_colours_follow_the_scheme(page, scheme, dark):
    page.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    channels = [int(each) for each in page.evaluate(GROUND)[4:-1].split(",")]
    assert (max(channels) < 100) is dark
    page.command("Emulation.setEmulatedMedia", features=[])


def test_tab_reaches_the_fault_and_enter_its_verdict(page):
    marks = page.evaluate("document.querySelectorAll('a.mark').length")
    for _ in range(2 + marks):
        page.press("Tab")
    assert not marks or page.evaluate(f"{FOCUS}.className") == "mark"
    page.press("Enter")
    assert page.evaluate("document.querySelector(location.hash) !== null")
