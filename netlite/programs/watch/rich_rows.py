"""What the rich live view shows, as text with colours: a row a hop, its history, and the hop that is selected.

What others chose goes into `rich.text.Text`, which has no markup, as `render.visible` has it.
"""

from __future__ import annotations

from rich.text import Text

from ...records.record import Record
from ...render.watch import COLUMNS, name_text, path_title, system_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...records.watch import HopState, PathState
    from ...render.watch import Style

    Place = tuple[str, int, int]
    """Host, flow, hop."""
    Results = Mapping[Place, Iterable[int | None]]
    """Round trips in the order of asking, None for what was lost."""

HISTORY = 40

BLOCKS = "▁▂▃▄▅▆▇█"


def history_text(results: list[int | None]) -> Text:
    """Round trips as blocks, from the shortest to the longest; a cross for each that was lost."""
    known = [result for result in results if result is not None]
    low, high = min(known, default=0), max(known, default=0)
    text = Text()
    for result in results:
        if result is None:
            text.append("×", "bold red")
        else:
            level = (result - low) * (len(BLOCKS) - 1) // (high - low) if high > low else 0
            text.append(BLOCKS[level], "green" if level < 4 else "yellow")
    return text


class Columns(Record):
    """The figures of a hop by their letters, and whether its history stands behind them."""

    letters: str
    history: bool


def table_rows(states: list[PathState], columns: Columns, style: Style,
               results: Results) -> list[tuple[Place | str, list[Text]]]:
    """The cells of each row, and what it is about: a hop, or the title of a path where there are several."""
    rows: list[tuple[Place | str, list[Text]]] = []
    width = len(columns.letters) + columns.history
    for state in states:
        if len(states) > 1:
            title = path_title(state)
            rows.append((title, [Text(""), Text(title, "bold"), *[Text("")] * width]))
        for hop in state.hops:
            place = state.host, state.flow, hop.hop
            rows.append((place, hop_cells(hop, columns, style, list(results.get(place, ())))))
    return rows


def hop_cells(hop: HopState, columns: Columns, style: Style, results: list[int | None]) -> list[Text]:
    """One hop: yellow where something was lost, red where half of it was, with a star where it changed."""
    loss = hop.loss or 0
    colour = "bold red" if loss >= 0.5 else "yellow" if loss else ""
    mark = "*" if hop.changes else ""
    cells = [Text(f"{hop.hop}{mark}", "magenta" if mark else ""),
             Text(system_text(hop, style) + name_text(hop, style), colour)]
    cells += [Text(COLUMNS[letter].text(hop), colour if letter == "L" else "", justify="right")
              for letter in columns.letters]
    return [*cells, history_text(results[-HISTORY:])] if columns.history else cells


def selected_words(place: Place | None, results: list[int | None]) -> str:
    """The hop that is selected, and its figures."""
    known = [result for result in results if result is not None]
    words = f"hop {place[2]}: " if place is not None else ""
    if known:
        words += (f"{len(results)} probes, {min(known) / 1e6:.3f} to {max(known) / 1e6:.3f} ms, "
                  f"{len(results) - len(known)} lost")
    return words
