"""The rich view by textual's pilot, on the network in memory: what it shows, its keys, its files."""

from __future__ import annotations

import asyncio
import json

import pytest

pytest.importorskip("textual")

from netlite.api.watches import open_ways
from netlite.engines.watch import Watch
from netlite.engines.watch_config import WatchConfig
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import diamond
from netlite.programs.watch.main import resolve
from netlite.programs.watch.words import parse
from netlite.programs.watch.rich_rows import history_text
from netlite.programs.watch.rich_view import WatchApp
from netlite.records.watch import PathChanged
from netlite.render.watch import Style
from netlite.session import Session
from textual.events import Key
from textual.widgets import DataTable, Sparkline, Static


class View:
    """The app over a watch that has an end, so that virtual time does not run away."""

    def __init__(self, words: str = "-4 -c 5 server", style: Style | None = None):
        self.world = SimulatedEnvironment("watch", diamond(4), "client")
        options = parse("watch", words.split(), False, True)
        config = WatchConfig((), options.method, count=options.count, names=True)
        config, link = open_ways(self.world, config, resolve(options, self.world), options.flows, 64, {})
        self.watch = Watch(config)
        self.session = Session(self.watch, link, self.world, names=True)
        self.app = WatchApp(self.session, self.watch, style or Style(), self.world)

    def run(self, story, size=(120, 40)):
        async def played():
            async with self.app.run_test(size=size) as pilot:
                for _ in range(1000):
                    if self.session.finished:
                        break
                    await pilot.pause(0.01)
                assert self.session.finished
                self.app.draw()
                await pilot.pause()
                return await story(pilot)

        told = asyncio.run(played())
        assert self.app.failure is None
        return told

    def rows(self) -> list[list[str]]:
        table = self.app.query_one("#hops", DataTable)
        return [[str(cell) for cell in table.get_row_at(place)] for place in range(table.row_count)]

    def type(self, text: str) -> None:
        """Faster than anything is drawn: the pilot waits for that after each key."""
        for letter in text:
            self.app.post_message(Key({".": "full_stop"}.get(letter, letter), letter))

    def titles(self) -> list[str]:
        return [str(column.label) for column in self.app.query_one("#hops", DataTable).columns.values()]


def test_it_shows_hops_figures_and_history():
    view = View()

    async def story(pilot):
        assert view.titles() == ["Hop", "Host", "Loss%", "Snt", "Last", "Avg", "Best", "Wrst", "StDev", "History"]
        assert [row[:4] for row in view.rows()] == [["1", "r1.lab", "0.0%", "5"], ["2", "m3.lab", "0.0%", "5"],
                                                    ["3", "r2.lab", "0.0%", "5"], ["4", "server.lab", "0.0%", "5"]]
        assert all(len(row[-1]) == 5 for row in view.rows())
        assert len(view.app.query_one("#graph", Sparkline).data) == 5
        assert "hop 1: 5 probes" in str(view.app.query_one("#selected", Static).render())

    view.run(story)


def test_keys_change_what_is_shown():
    view = View()

    async def story(pilot):
        await pilot.press("n")
        assert [row[1] for row in view.rows()][:1] == ["198.18.1.2"]
        await pilot.press("n", "j")
        assert "Jttr" in view.titles() and "P99" in view.titles() and "Last" not in view.titles()
        await pilot.press("j", "d")
        assert "History" not in view.titles() and "Last" in view.titles()
        await pilot.press("d")
        assert view.titles() == ["Hop", "Host", "History"]
        await pilot.press("d", "o", "ctrl+u", "S", "L", "enter")
        assert view.titles() == ["Hop", "Host", "Snt", "Loss%", "History"]
        await pilot.press("o", "Z", "enter")
        assert view.titles() == ["Hop", "Host", "Snt", "Loss%", "History"]
        await pilot.press("o", "escape", "p")
        assert "paused" in str(view.app.query_one("#title", Static).render())
        await pilot.press("q")

    view.run(story)
    assert not view.app.is_running


@pytest.mark.parametrize("name, begins", [("out.json", "{"), ("out.csv", "Version,"), ("out.txt", "HOST: client"), ("out.svg", "<svg")])
def test_e_writes_a_file(name, begins):
    view = View()

    async def story(pilot):
        await pilot.press("e")
        view.type(name)
        await pilot.press("enter")

    view.run(story)
    text = view.world.create_file_text(name) if hasattr(view.world, "create_file_text") else written(view.world, name)
    assert text.startswith(begins)
    if name == "out.json":
        assert [hop["source"] for hop in json.loads(text)["paths"][0]["hops"]][0] == "198.18.1.2"


def written(world: SimulatedEnvironment, name: str) -> str:
    return world.read_file(name).decode()


def test_several_paths_have_titles():
    view = View("-4 -u -c 2 --flows 3 server")

    async def story(pilot):
        titles = [row[1] for row in view.rows() if not row[0]]
        assert titles == [f"server (198.18.2.2), flow {flow}" for flow in range(3)]

    view.run(story)


def test_text_of_others_steers_nothing():
    odd = "[red]\x1b]0;x\x07\u202e\n[/red]"
    view = View()
    view.app._changes.append(PathChanged(odd, 0, 1, "address", 0, odd, odd))
    for hop in view.watch._paths[0].hops.values():
        hop.sources[odd] = 1

    async def story(pilot):
        view.watch._names["198.18.1.2"] = odd
        view.app.draw()
        await pilot.pause()
        shown = view.rows()[0][1]
        assert shown == r"[red]\x1b]0;x\x07\u202e\x0a[/red]"
        assert r"\x1b" in str(view.app.query_one("#changes", Static).render())

    view.run(story)


def test_history_is_scaled_and_marks_losses():
    assert str(history_text([1, None, 8, 4])) == "▁×█▄"
    assert str(history_text([5, 5])) == "▁▁" and str(history_text([])) == "" and str(history_text([None])) == "×"


def test_it_fits_small_terminals():
    view = View()

    async def story(pilot):
        await pilot.resize_terminal(20, 6)
        await pilot.pause()
        await pilot.resize_terminal(200, 60)
        await pilot.pause()
        assert view.rows()

    view.run(story, size=(40, 12))
