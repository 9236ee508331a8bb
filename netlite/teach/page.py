"""A page that replays what passed in a lab, packet by packet and wire by wire: one HTML file, no network.

Everything to be read stands in the HTML; the script adds the packet that moves, and steps through the
list that is there without it.
"""

from __future__ import annotations

from base64 import b64encode

from ..packets.capture_files import write_pcap
from ..records.passage import Passage
from ..records.record import Record
from .journeys import ARRIVED, Journey, Kind, journeys, ttl_of
from .page_drawing import Line, Place, crossed, draw_network
from .page_fields import Told, fields_table
from .page_frame import escape, framed, scrolling
from .sentences import count, hop_word, milliseconds
from .tables import hex_map

MOST_CAPTURED = 60_000  # bytes of captures on a page
PCAP = "data:application/vnd.tcpdump.pcap;base64,"
MOST_PROBES = 40  # of one command that are shown
ALWAYS_TABLED = 6  # of these the fields; of later ones where something new happens
LEGEND = ("Round: a router, which passes packets on. Square: a host. Below, each packet is a row: who sends it on, "
          "and with what time to live (TTL; IPv6 calls it hop limit). First the probe, then what it causes. Times are "
          "those of the network in memory.")
SCORE = '<p id="score" role="status"></p>'
AS_ABOVE = "<p>Its fields are as in an earlier packet of this command, but for numbers and checksums.</p>"


class Run(Record):
    """A command that was run at `node`: what to see in it, what it printed, what its packets did.

    `broken` are sentences about what was broken meanwhile, `problems` what was not as described; `ask` is a question
    before it, `right` one of its `choices`.
    """

    node: str
    command: str
    see: str
    output: str
    passages: tuple[Passage, ...]
    broken: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    ask: str = ""
    choices: tuple[str, ...] = ()
    right: str = ""


class Replay(Record):
    """All that a page shows; `names` are the host names of addresses, `undrawn` counts nodes left out."""

    title: str
    goal: str
    places: tuple[Place, ...]
    lines: tuple[Line, ...]
    runs: tuple[Run, ...]
    names: dict[str, str]
    undrawn: int = 0


def page(replay: Replay) -> str:
    """The whole page."""
    parts = [f"<header><h1>{escape(replay.title)}</h1><p>{escape(replay.goal)}</p>", _contents(replay),
             f'<p class="legend">{LEGEND}</p>{SCORE}</header>',
             _stage(replay), "<main>"]
    told: Told = set()
    parts += [_run(number, run, replay.names, told) for number, run in enumerate(replay.runs, 1)]
    parts += [_nodes(replay), _captures(replay), "</main>"]
    return framed(f"{replay.title} - netlite lab", parts, "replay.css", "replay.js")


def _captures(replay: Replay) -> str:
    """What went over each wire, as a file to be saved: for packet analysers, and `netlite explain`."""
    seen: dict[tuple[str, str], list[tuple[int, bytes]]] = {}
    lines = [line.ends for line in replay.lines]
    start = 0
    for run in replay.runs:  # each command begins its own time
        for each in run.passages:
            if each.to is not None:
                for ends in crossed(lines, each.node, each.to):
                    seen.setdefault(ends, []).append((start + each.at_ns, each.packet))
        start = max([start, *(time for found in seen.values() for time, _ in found)])
    rows, left = "", MOST_CAPTURED
    for line in replay.lines:
        found = seen.get(line.ends, [])
        data = write_pcap(sorted(found, key=lambda each: each[0]))
        left -= len(data) if found else 0
        if not found or left < 0:
            continue
        name = "-".join(line.ends)
        saved = f'download="{escape(name)}.pcap" href="{PCAP}{b64encode(data).decode()}"'
        rows += (f"<li><a {saved}>{escape(name)}.pcap</a> "
                 f"({count(len(found), 'packet')})</li>\n")
    return ('<section aria-labelledby="captures"><h2 id="captures">Captures</h2><p>What went over each wire, for '
            f"Wireshark, tcpdump or <code>netlite explain</code>:</p><ul>{rows}</ul></section>") if rows else ""


def _contents(replay: Replay) -> str:
    rows = "".join(f'<li><a href="#run-{number}"><code>{escape(f"{run.node}$ {run.command}")}</code></a></li>'
                   for number, run in enumerate(replay.runs, 1))
    return f'<nav aria-label="Commands"><ol>{rows}</ol></nav>'


def _stage(replay: Replay) -> str:
    """The drawing, and below it what the script fills: buttons, and the step in words."""
    return ('<section id="stage" aria-label="Replay" tabindex="-1">\n'
            '<div id="map" tabindex="0" role="group" aria-label="Drawing">'
            f'{draw_network(replay.places, replay.lines)}</div>\n'
            '<div id="controls" hidden><button id="back" type="button">Back</button>'
            '<button id="forward" type="button">Forward</button><button id="play" type="button">Play</button>'
            '<label>Step <input id="step" type="range" min="0" value="0"></label>'
            '<button id="open" type="button">Fields of this packet</button>'
            '<span class="keys">Keys: ← → step, Enter opens the packet, Esc comes back.</span></div>\n'
            '<p id="said" role="status" aria-live="polite"></p>\n'
            "<noscript><p>Without JavaScript nothing moves, and what a field means stands where it is first met."
            "</p></noscript>"
            "</section>")


def _run(number: int, run: Run, names: dict[str, str], told: Told) -> str:
    probes = journeys(list(run.passages), names)
    parts = [f'<section class="run" id="run-{number}" aria-labelledby="head-{number}">',
             f'<h2 id="head-{number}">{number}. <code>{escape(f"{run.node}$ {run.command}")}</code></h2>']
    parts += [f'<p class="broken">Broken here: {escape(each)}</p>' for each in run.broken]
    parts += [f'<p class="broken">Not as described: {escape(each)}</p>' for each in run.problems]
    parts += _told(run) if not run.ask else _asked(run)
    kinds: set[tuple[Kind, ...]] = set()
    for place, ways in enumerate(probes[:MOST_PROBES]):
        kind = tuple(way.kind for way in ways)
        parts.append(_probe(ways, None if place >= ALWAYS_TABLED and kind in kinds else told))
        kinds.add(kind)
    if len(probes) > MOST_PROBES:
        parts.append(f"<p>{count(len(probes) - MOST_PROBES, 'more probe')} went out; not shown here.</p>")
    return "\n".join([*parts, "</section>"])


def _told(run: Run) -> list[str]:
    return [f"<p>{escape(run.see)}</p>",
            f"<details open><summary>What it prints</summary>{scrolling(run.output, 'Output')}</details>"]


def _asked(run: Run) -> list[str]:
    """A question; what it comes to is behind a summary.  The script makes buttons of the choices, and counts."""
    choices = "".join(f"<li>{escape(choice)}</li>" for choice in run.choices)
    right = run.choices.index(run.right)
    return [f'<div class="predict" data-right="{right}"><p><b>Predict first.</b> {escape(run.ask)}</p>',
            f'<ol type="a">{choices}</ol><details class="reveal"><summary>Reveal</summary>',
            f"<p><b>{escape(run.right)}</b>. {escape(run.see)}</p>{scrolling(run.output, 'Output')}</details></div>"]


def _probe(ways: list[Journey], told: Told | None) -> str:
    began_ns = ways[0].passages[0].at_ns
    return '<div class="probe">' + "".join(_packet(way, began_ns, told) for way in ways) + "</div>"


def _packet(journey: Journey, began_ns: int, told: Told | None) -> str:
    steps = "".join(_step(passage, journey.version, began_ns) for passage in journey.passages)
    fields = AS_ABOVE if told is None else fields_table(journey.packet, told)
    return (f'<article class="packet"><p class="about">{escape(journey.sentence)}</p><ol class="way">{steps}</ol>\n'
            f"<details><summary>Fields and bytes ({len(journey.packet)} bytes, as it left "
            f"{escape(journey.passages[0].node)})</summary>{fields}\n"
            f"{scrolling(hex_map(journey.packet), 'Bytes')}</details></article>\n")


def _step(passage: Passage, version: int, began_ns: int) -> str:
    node, word, ttl = escape(passage.node), hop_word(version), ttl_of(passage)
    if passage.to is not None:
        return f'<li data-to="{escape(passage.to)}"><b>{node}</b> <i>{word} {ttl}</i>'
    kind, after = "end", ""
    if passage.end == ARRIVED:
        kind = "end good"
        after = f" with {word} {ttl}, {milliseconds(passage.at_ns - began_ns)} after the probe set out"
    return f'<li class="{kind}"><b>{node}</b> <span>{escape(passage.end + after)}</span>'


def _nodes(replay: Replay) -> str:
    rows = "".join(f"<tr><th scope=row>{escape(place.name)}<td>{'router' if place.forwards else 'host'}"
                   f"<td>{'<br>'.join(map(escape, place.addresses))}\n" for place in replay.places)
    others = f"<p>{count(replay.undrawn, 'more node')} met no packet here.</p>" if replay.undrawn else ""
    return ('<section aria-labelledby="nodes"><h2 id="nodes">Nodes and addresses</h2><table><thead>'
            "<tr><th scope=col>node<th scope=col>kind<th scope=col>interfaces\n"
            f"<tbody>{rows}</table>{others}</section>")
