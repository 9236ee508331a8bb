"""The drawing of a network as SVG: nodes in columns by their distance from the first one, wires between them."""

from __future__ import annotations

from ..records.record import Record
from .page_frame import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Ends = tuple[str, str]

COLUMN, ROW = 170, 100
LEFT, TOP = 80, 80  # of the first node's middle; above it there is the packet
NODE_HEIGHT = 38


class Place(Record):
    """A node of the network: `addresses` are texts, one an interface."""

    name: str
    forwards: bool
    addresses: tuple[str, ...]


class Line(Record):
    """A wire between two places; `label` says what is special about it, or is empty."""

    ends: tuple[str, str]
    label: str = ""


def draw_network(places: tuple[Place, ...], lines: tuple[Line, ...]) -> str:
    """The SVG element.  Each node carries its place (`data-x`, `data-y`) for the packet that moves."""
    spots = layout(places, lines)
    width = max(x for x, _ in spots.values()) + LEFT
    height = max(y for _, y in spots.values()) + NODE_HEIGHT
    described = "; ".join(f"{' to '.join(line.ends)}{f' ({line.label})' if line.label else ''}" for line in lines)
    parts = [f'<svg id="network" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
             'aria-labelledby="drawn" aria-describedby="wires">',
             f'<title id="drawn">The network</title><desc id="wires">Wires: {escape(described)}.</desc>']
    parts += [_line(line, spots) for line in lines]
    parts += [_place(place, *spots[place.name]) for place in places]
    parts.append('<g id="dot"><circle cy="-30" r="10"/><text y="-46"></text></g></svg>')
    return "\n".join(parts)


def crossed(lines: Iterable[Ends], node: str, to: str) -> list[Ends]:
    """The wires that a packet goes over from one node to the next: one, or two with a switch between them.

    >>> crossed([("a", "s"), ("b", "s"), ("b", "c")], "b", "a"), crossed([("a", "b")], "b", "a")
    ([('b', 's'), ('a', 's')], [('a', 'b')])
    """
    known = {frozenset(ends): ends for ends in lines}
    direct = known.get(frozenset((node, to)))
    if direct is not None:
        return [direct]
    for ends in known.values():
        if node in ends:
            between = ends[ends[0] == node]
            if frozenset((between, to)) in known:
                return [ends, known[frozenset((between, to))]]
    return []


def layout(places: tuple[Place, ...], lines: tuple[Line, ...]) -> dict[str, tuple[float, float]]:
    """The middle of each place, by name.

    >>> a, b = Place("a", False, ()), Place("b", True, ())
    >>> layout((a, b), (Line(("a", "b")),))
    {'a': (80, 80.0), 'b': (250, 80.0)}
    """
    columns = _columns(places, lines)
    tallest = max(map(len, columns), default=0)
    spots: dict[str, tuple[float, float]] = {}
    for number, names in enumerate(columns):
        for row, name in enumerate(names):
            down = row + (tallest - len(names)) / 2
            spots[name] = LEFT + number * COLUMN, TOP + down * ROW
    return spots


def _columns(places: tuple[Place, ...], lines: tuple[Line, ...]) -> list[list[str]]:
    """The names by their distance from the first, each near those it is wired to; what no wire reaches last."""
    left = [place.name for place in places]
    columns, reached = [], left[:1]
    while reached:
        columns.append(reached)
        left = [name for name in left if name not in reached]
        rows = {name: row for row, name in enumerate(reached)}
        near: dict[str, int] = {}
        for line in lines:
            for here, there in (line.ends, line.ends[::-1]):
                if here in rows:
                    near[there] = min(rows[here], near.get(there, rows[here]))
        reached = sorted((name for name in left if name in near), key=near.__getitem__)
    return columns + ([left] if left else [])


def _line(line: Line, spots: dict[str, tuple[float, float]]) -> str:
    (x1, y1), (x2, y2) = (spots[end] for end in line.ends)
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    text = f'<text x="{middle_x:g}" y="{middle_y - 7:g}">{escape(line.label)}</text>' if line.label else ""
    return f'<g class="wire"><path d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>{text}</g>'


def _place(place: Place, x: float, y: float) -> str:
    width, round_by = max(60, 9 * len(place.name) + 20), NODE_HEIGHT / 2 if place.forwards else 4
    return (f'<g class="node" data-name="{escape(place.name)}" data-x="{x:g}" data-y="{y:g}">'
            f'<title>{escape(", ".join((place.name, *place.addresses)))}</title>'
            f'<rect x="{x - width / 2:g}" y="{y - NODE_HEIGHT / 2:g}" width="{width}" height="{NODE_HEIGHT}" '
            f'rx="{round_by:g}"/><text x="{x:g}" y="{y + 5:g}">{escape(place.name)}</text></g>')
