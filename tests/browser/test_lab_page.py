"""The page of a scene in a real browser: keys, details, colours, with and without JavaScript."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

NOW = "document.querySelector('[aria-current]')"
SAID = "document.querySelector('#said').textContent"
FOCUS = "document.activeElement"
GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The page of the scene chain, as the command writes it."""
    path = tmp_path_factory.mktemp("page") / "chain.html"
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-I", root / "bin" / "netlite", "lab", "run", "chain", "--html", path], check=True,
                   stdout=subprocess.DEVNULL)
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    """The page, freshly loaded; nothing may have complained at the end."""
    browser.command("Emulation.setScriptExecutionDisabled", value=False)
    browser.complaints(), browser.requested()
    browser.visit(address)
    yield browser
    assert browser.complaints() == []
    assert [each for each in browser.requested() if each != address] == []


def test_it_starts_at_the_first_packet(page):
    assert page.evaluate(SAID).startswith("Step 1 of ")
    assert "client to r1, TTL 64" in page.evaluate(SAID)
    assert page.evaluate(f"{NOW}.querySelector('b').textContent") == "client"


def test_arrows_step_there_and_back(page):
    first = page.evaluate(SAID)
    told = []
    for _ in range(4):
        page.press("ArrowRight")
        told.append(page.evaluate(SAID))
    assert [text.partition(". ")[2].partition(".")[0] for text in told[:3]] == [
        "r1 to r2, TTL 63", "r2 to r3, TTL 62", "r3 to server, TTL 61"]
    assert "server: arrived with TTL 61" in told[3]
    for _ in range(4):
        page.press("ArrowLeft")
    assert page.evaluate(SAID) == first


def test_the_ring_is_where_the_dot_comes_to_rest(page):
    ringed = "Array.from(document.querySelectorAll('.node.now'), node => node.dataset.name)"
    for name in ("r1", "r2", "r3", "server", "server", "r3"):
        page.settle()
        assert page.evaluate(ringed) == [name]
        assert page.evaluate("""(() => { const dot = document.querySelector('#dot circle').getBoundingClientRect(),
            node = document.querySelector('.node.now').getBoundingClientRect(), middle = dot.left + dot.width / 2;
            return node.left <= middle && middle <= node.right; })()""")
        page.press("ArrowRight")


def test_enter_opens_the_packet_and_escape_comes_back(page):
    packet = f"{NOW}.closest('.packet').querySelector('details')"
    assert page.evaluate(f"{packet}.open") is False
    page.press("Enter")
    assert page.evaluate(f"{packet}.open") is True
    assert page.evaluate(f"{FOCUS}.tagName") == "SUMMARY"
    assert page.evaluate(f"{packet}.checkVisibility() && {packet}.querySelector('table').textContent.includes('RFC 791')")
    page.press("Enter")  # on the summary: closes it
    assert page.evaluate(f"{packet}.open") is False
    page.press("Escape")
    assert page.evaluate(f"{FOCUS}.id") == "stage"
    page.press("ArrowRight")
    assert "Step 2 of" in page.evaluate(SAID)


def test_tab_reaches_the_buttons(page):
    reached = []
    for _ in range(20):
        page.press("Tab")
        reached.append(page.evaluate(f"{FOCUS}.id || {FOCUS}.tagName"))
    assert [each for each in reached if each in ("back", "forward", "play", "step", "open")] == [
        "back", "forward", "play", "step", "open"]


def test_buttons_and_clicks(page):
    page.click("#forward")
    assert "Step 2 of" in page.evaluate(SAID)
    page.click("#back")
    page.click("#run-3 .way li")
    assert "client to r1, TTL 1" in page.evaluate(SAID)
    page.click("nav li:nth-child(2) a")
    assert "hop limit 64" in page.evaluate(SAID)
    page.settle()
    page.click("#dot")
    assert page.evaluate(f"{NOW}.closest('.packet').querySelector('details').open") is True
    page.click("#play")
    assert page.evaluate("document.querySelector('#play').textContent") == "Pause"
    page.click("#play")
    assert page.evaluate("document.querySelector('#play').textContent") == "Play"


def test_every_field_has_its_meaning_when_opened(page):
    page.evaluate("""Promise.all(Array.from(document.querySelectorAll("details:not([open])"), each => new Promise(done => {
        each.addEventListener("toggle", done, {once: true});
        each.open = true;
    }))).then(() => true)""")
    short = "Array.from(document.querySelectorAll('.packet tr')).filter(row => ![1, 6].includes(row.cells.length)).length"
    assert page.evaluate(short) == 0


@pytest.mark.parametrize("scheme, dark", [("light", False), ("dark", True)])
def test_colours_follow_the_scheme(page, scheme, dark):
    page.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    red = int(page.evaluate(GROUND).partition("(")[2].partition(",")[0])
    text = int(page.evaluate("getComputedStyle(document.body).color").partition("(")[2].partition(",")[0])
    assert (red < 60, text > 200) == (dark, dark)
    page.command("Emulation.setEmulatedMedia", features=[])


def test_without_javascript(page, address):
    page.command("Emulation.setScriptExecutionDisabled", value=True)
    page.visit(address)
    tree = page.command("Accessibility.getFullAXTree")["nodes"]
    said = {(node["role"]["value"], node.get("name", {}).get("value")) for node in tree if not node["ignored"]}
    assert ("button", "Forward") not in said  # which would do nothing
    assert {name for role, name in said if role == "heading"} >= {"A chain of three routers with a narrow wire",
                                                                 "3. client$ traceroute server.lab"}
    assert any(role in ("image", "img") and name == "The network" for role, name in said)
    assert any("Without JavaScript nothing moves" in (name or "") for _, name in said)
    page.click("#run-1 .packet summary")  # the browser's own
    tree = page.command("Accessibility.getFullAXTree")["nodes"]
    assert any(node["role"]["value"] == "table" for node in tree if not node["ignored"])
    page.command("Emulation.setScriptExecutionDisabled", value=False)


def test_it_prints(page):
    page.command("Emulation.setEmulatedMedia", media="print")
    shown = "getComputedStyle(document.querySelector('#{}')).display"
    assert page.evaluate(shown.format("controls")) == "none" != page.evaluate(shown.format("network"))
    page.command("Emulation.setEmulatedMedia", media="")


def test_a_picture_for_the_documentation(page):
    """NETLITE_PICTURE=docs/lab-page.png writes it anew."""
    page.click("#run-3 .probe:nth-child(10) .packet:nth-child(2) li:nth-child(2)")
    assert "r2 to r1, TTL 63" in page.evaluate(SAID)
    page.press("Enter")
    page.settle()
    page.evaluate(f"{NOW}.closest('.probe').scrollIntoView()")
    picture = page.picture()
    assert picture.startswith(b"\x89PNG") and len(picture) < 200_000
    if "NETLITE_PICTURE" in os.environ:
        Path(os.environ["NETLITE_PICTURE"]).write_bytes(picture)


PREDICT = "document.querySelector('.predict')"


def test_a_prediction_is_judged_and_its_score_stays_in_the_browser(page, address):
    page.evaluate("(localStorage.clear(), true)")
    page.visit(address)
    assert page.evaluate(f"{PREDICT}.querySelector('details').open") is False
    assert page.evaluate("document.querySelector('#score').textContent") == ""
    page.click(".predict li:nth-child(2) button")
    assert page.evaluate(f"{PREDICT}.querySelector('details').open") is True
    assert page.evaluate(f"{PREDICT}.querySelector('.right').textContent") == "61"
    assert page.evaluate(f"{PREDICT}.querySelector('.wrong').textContent") == "64"
    assert page.evaluate("document.querySelector('#score').textContent") == "Predicted: 0 of 1."
    page.click("#run-3 .predict li:nth-child(2) button")
    assert page.evaluate("document.querySelector('#score').textContent") == "Predicted: 1 of 2."
    page.visit(address)
    assert page.evaluate("document.querySelector('#score').textContent") == "Predicted: 1 of 2."
    assert page.evaluate(f"{PREDICT}.querySelector('button').disabled") is True
    page.evaluate("(localStorage.clear(), true)")


@pytest.mark.parametrize("width", [390, 1366, 3840])
def test_it_fits_a_phone_a_laptop_and_a_projector(page, width):
    page.command("Emulation.setDeviceMetricsOverride", width=width, height=800 if width < 3840 else 2160, deviceScaleFactor=1, mobile=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    label = "document.querySelector('#network .node text').getBoundingClientRect().height"
    assert page.evaluate(label) >= 9
    size = float(page.evaluate("getComputedStyle(document.body).fontSize").removesuffix("px"))
    assert size >= 16 and (width < 3840 or size >= 24)
    for _ in range(6):
        page.press("ArrowRight")
    page.settle()
    assert page.evaluate("""(() => { const node = document.querySelector('.node.now').getBoundingClientRect(),
        map = document.querySelector('#map').getBoundingClientRect(); return node.left >= map.left && node.right <= map.right; })()""")
    page.command("Emulation.clearDeviceMetricsOverride")


def test_predictions_work_without_javascript(page, address):
    page.command("Emulation.setScriptExecutionDisabled", value=True)
    page.visit(address)
    page.click(".predict summary")
    page.command("Emulation.setScriptExecutionDisabled", value=False)
    assert page.evaluate(f"{PREDICT}.querySelector('details').open") is True
    assert page.evaluate(f"{PREDICT}.querySelectorAll('button').length") == 0


def test_what_scrolls_on_a_phone_scrolls_by_keys(page):
    page.command("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    try:
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        scrolls = """Array.from(document.querySelectorAll('body *')).filter(each => each.scrollWidth > each.clientWidth
            && ['auto', 'scroll'].includes(getComputedStyle(each).overflowX))"""
        assert page.evaluate(f"{scrolls}.length") > 10
        assert page.evaluate(f"{scrolls}.filter(each => each.tabIndex < 0 && !each.querySelector('summary, [tabindex]')).length") == 0
    finally:
        page.command("Emulation.clearDeviceMetricsOverride")
