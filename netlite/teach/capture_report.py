"""A whole capture: what can be said of all packets together, then each by itself; as text or as a page."""

from __future__ import annotations

import textwrap
from collections import Counter

from ..records.captures import Capture
from ..render.visible import visible, visible_lines
from .captured import Teller, Told
from .places import address_class
from .run_page import MOST_SHOWN, ShownPacket, capture_page
from .sentences import count
from .tables import field_table, hex_map

WIDTH = 100
MOST_LISTED, MOST_FIELDS, MOST_ENDS = 1000, 40, 12


def told_of(capture: Capture) -> list[Told]:
    """Each frame with its sentence."""
    teller = Teller()
    return [teller.tell(frame) for frame in capture.frames]


def summary(capture: Capture, told: list[Told]) -> list[str]:
    """Sentences about all of it."""
    known = [each.frame.wall_ns for each in told if each.frame.wall_ns is not None]
    lasted = f", in {(max(known) - min(known)) / 1e9:.3f} s" if known else ""
    found = [f"{count(len(told), 'packet')} in a {capture.format} file{lasted}."]
    kinds = Counter(each.kind for each in told)
    if kinds:
        found.append("Of these " + ", ".join(f"{number} {kind}" for kind, number in kinds.most_common(MOST_ENDS)) + ".")
    pairs = Counter(tuple(sorted(each.ends)) for each in told if all(each.ends))
    found += [f"{left} and {right}: {count(number, 'packet')}."
              for (left, right), number in pairs.most_common(MOST_ENDS)]
    ends = Counter(end for each in told if each.ip for end in each.ends)
    for address, _ in ends.most_common(MOST_ENDS):
        name, sentence = address_class(address)
        found.append(f"{address} is {name}: {sentence}.")
    if len(ends) > MOST_ENDS:
        found.append(f"{len(ends) - MOST_ENDS} more addresses take part.")
    if capture.trouble:
        found.append(f"The file makes no sense after that: {capture.trouble}.")
    if capture.left:
        found.append("There are more packets in the file; these were not read.")
    return found


def when(told: list[Told]) -> list[str]:
    """The time of each since the first one."""
    times = [each.frame.wall_ns for each in told]
    first = next((time for time in times if time is not None), 0)
    return ["" if time is None else f"{(time - first) / 1e9:+.6f} s" for time in times]


def capture_text(capture: Capture, fields: bool = False) -> str:
    """The text; with `fields` every field of the first packets."""
    told = told_of(capture)
    parts = [_wrapped(f"* {sentence}", "  ") for sentence in summary(capture, told)]
    parts.append("\n")
    for each, time in list(zip(told, when(told)))[:MOST_FIELDS if fields else MOST_LISTED]:
        parts.append(_wrapped(f"{each.frame.number:>4}  {time:>12}  {each.sentence}{_comment(each)}", " " * 20))
        if fields and each.ip:
            parts.append(f"{field_table(each.ip)}\n\n{hex_map(each.ip)}\n\n")
    left = len(told) - (MOST_FIELDS if fields else MOST_LISTED)
    if left > 0:
        parts.append(f"{count(left, 'more packet')} {'is' if left == 1 else 'are'} not told here.\n")
    return visible_lines("".join(parts))


def capture_html(name: str, capture: Capture) -> str:
    """The page."""
    told = told_of(capture)
    shown = [ShownPacket(f"{each.sentence}{_comment(each)}", time, each.ip)
             for each, time in list(zip(told, when(told)))[:MOST_SHOWN]]
    return capture_page(name, summary(capture, told), shown, len(told) - len(shown))


def _comment(told: Told) -> str:
    return f" (comment: {told.frame.comment})" if told.frame.comment else ""


def _wrapped(text: str, others: str) -> str:
    return textwrap.fill(visible(text), WIDTH, subsequent_indent=others, break_long_words=False,
                         break_on_hyphens=False, drop_whitespace=True) + "\n"
