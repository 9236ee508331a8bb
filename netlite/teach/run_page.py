"""A page about a run of a program, or about a capture: what was printed, what it means, every packet with its fields.

One HTML file without a script, as `page_frame` has them.
"""

from __future__ import annotations

from ..records.record import Record
from ..render.visible import visible
from .columns import Table, shown_columns
from .page_fields import Told, fields_table
from .page_frame import escape, framed, scrolling
from .sentences import count
from .tables import hex_map

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SHOWN = 400  # packets on a page
MOST_TABLED = 100  # of which so many with their fields
MOST_PRINTED = 200_000  # characters of a program's text


class ShownPacket(Record):
    """A packet of a page: what is said of it, what stands before that (a time, an arrow), and its bytes from the IP
    header on, b"" where it has none."""

    sentence: str
    before: str
    data: bytes
    rebuilt: bool = False


def run_page(title: str, printed: str, drawing: str, sentences: list[str], packets: Iterable[ShownPacket],
             dropped: int = 0) -> str:
    """The page about a probing program."""
    parts = _begin(title, printed)
    if drawing or sentences:
        parts.append(_section("happened", "What happened", (scrolling(drawing, "Drawing") if drawing.strip() else "")
                              + _list(sentences, "ol")))
    return framed(f"{title} - netlite", [*parts, _packets(list(packets), dropped), "</main>"], "run.css")


def table_page(title: str, printed: str, sentences: list[str], tables: dict[Table, tuple[str, ...]]) -> str:
    """The page about a program that shows tables."""
    parts = _begin(title, printed)
    if sentences:
        parts.append(_section("rows", "What the rows say", _list(sentences, "ul")))
    for number, (table, titles) in enumerate(tables.items(), 1):
        rows = "".join(f"<tr><th scope=row>{escape(column.name)}<td>{escape(column.meaning)}<td><code>"
                       f"{escape(column.source)}</code>\n" for column in shown_columns(table, titles))
        parts.append(_section(f"columns-{number}", f"The columns: {table.title}",
                              f"<p>The same in other words: <code>{escape(table.command)}</code></p>"
                              '<div class="wide" tabindex="0" role="group" aria-label="Columns"><table><thead><tr>'
                              "<th scope=col>column<th scope=col>meaning"
                              f"<th scope=col>from\n<tbody>{rows}</table></div>"))
    return framed(f"{title} - netlite", [*parts, "</main>"], "run.css")


def capture_page(title: str, summary: list[str], packets: Iterable[ShownPacket], more: int) -> str:
    """The page about a capture; `more` packets are not in `packets`."""
    parts = [f"<header><h1>{_line(title)}</h1></header><main>", _section("all", "All in all", _list(summary, "ul"))]
    return framed(f"{title} - netlite", [*parts, _packets(list(packets), more), "</main>"], "run.css")


def _begin(title: str, printed: str) -> list[str]:
    cut = printed[:MOST_PRINTED]
    more = f"<p>{len(printed) - len(cut)} more characters are left out.</p>" if len(printed) > len(cut) else ""
    return [f"<header><h1><code>{_line(title)}</code></h1></header><main>",
            _section("printed", "What it printed",
                     f"{scrolling(cut, 'What it printed')}{more}")]


def _packets(packets: list[ShownPacket], dropped: int) -> str:
    if not packets and not dropped:
        return ""
    told: Told = set()
    rows = [_packet(number, packet, told if number <= MOST_TABLED else None)
            for number, packet in enumerate(packets[:MOST_SHOWN], 1)]
    left = len(packets) - len(packets[:MOST_SHOWN]) + dropped
    more = f"<p>{count(left, 'more packet')} {'is' if left == 1 else 'are'} not shown here.</p>" if left else ""
    return _section("packets", "Every packet", '<p class="legend">What a field means stands where it is first met.'
                    f'</p><ol class="packets">\n{"".join(rows)}</ol>{more}')


def _packet(number: int, packet: ShownPacket, told: Told | None) -> str:
    fields = "" if told is None else fields_table(packet.data, told, packet.rebuilt)
    mark = "<p>Rebuilt from what the kernel told.</p>" if packet.rebuilt else ""
    inside = (f"<details><summary>Fields and bytes of packet {number} ({len(packet.data)} bytes)</summary>{mark}"
              f'<div class="wide" tabindex="0" role="group" aria-label="Packet {number}">{fields}\n'
              f"{scrolling(hex_map(packet.data), 'Bytes')}</div></details>") if packet.data else ""
    return (f'<li id="packet-{number}"><p><span class="legend">{escape(packet.before)}</span> '
            f"{escape(packet.sentence)}</p>{inside}</li>\n")


def _section(name: str, title: str, text: str) -> str:
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{_line(title)}</h2>\n{text}</section>'


def _list(sentences: list[str], kind: str) -> str:
    return f"<{kind}>" + "".join(f"<li>{escape(each)}</li>\n" for each in sentences) + f"</{kind}>" if sentences else ""


def _line(text: str) -> str:
    return escape(visible(text))
