"""Write docs/why.rst: the order of questions, the rules, the causes, and the matrix in memory; ``make why`` runs it.

docs/why-kernel.txt is the output of ``netlite lab why --backend namespaces``, as it was measured.
"""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import fill

ROOT = Path(__file__).resolve().parent.parent
PAGE, KERNEL, HEAD = ROOT / "docs" / "why.rst", ROOT / "docs" / "why-kernel.txt", ROOT / "packaging" / "why_page.txt"
WORDS = {"{host}": "HOST", "{place}": "PLACE", "{hop}": "N", "{device}": "DEVICE", "{gateway}": "GATEWAY",
         "{port}": "PORT", "{ip}": "IPv4", "{detail}": "…"}


def page() -> str:
    """The whole page."""
    text = HEAD.read_text(encoding="utf-8")
    for name, part in (("STEPS", steps()), ("CAUSES", causes()), ("MATRIX", matrix()), ("KERNEL", kernel())):
        text = text.replace(f".. {name}\n", part)
    return text


def table(rows: list[tuple[str, ...]]) -> str:
    """A simple table, the first row its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    line = "  ".join("=" * width for width in widths) + "\n"
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() + "\n" for row in rows]
    return line + lines[0] + line + "".join(lines[1:]) + line


def steps() -> str:
    """The steps of engines.why.questions."""
    from netlite.engines.why.questions import STEPS

    return table([("step", "what is done")] + [(str(number), step.words) for number, step in enumerate(STEPS, 1)])


def causes() -> str:
    """The causes of engines.why.causes."""
    from netlite.engines.why.causes import CAUSES
    from netlite.engines.why.rules import NAME_RULES, RULES

    sure = {rule.cause: rule.sure for rule in (*NAME_RULES, *RULES)}
    text = ""
    for cause in CAUSES.values():
        sentence = cause.sentence
        for word, name in WORDS.items():
            sentence = sentence.replace(word, name)
        known = f" ({sure[cause.name]} %)" if cause.name in sure else ""
        said = fill(sentence, 108, initial_indent="    ", subsequent_indent="    ")
        text += f"``{cause.name}``{known}\n{said}\n"
    return text


def matrix() -> str:
    """All labels in memory, and their sums."""
    from netlite.lab.matrix import row, summary, totals
    from netlite.lab.scene import scene
    from netlite.programs.lab.why import matrix as tried
    from netlite.programs.lab.why import try_in_memory

    rows = list(tried([scene.load(name) for name in scene.names()], "memory", try_in_memory))
    return "::\n\n" + "".join(f"    {row(each).rstrip()}\n" for each in rows) + "\n" + "".join(
        f"    {line}\n" for line in summary(totals(rows)).splitlines())


def kernel() -> str:
    """The sums of the rows that were measured in namespaces."""
    from netlite.lab.scene import scene

    rows = KERNEL.read_text(encoding="utf-8").splitlines()
    wrong = [row for row in rows if row.startswith("!!")]
    patient = {(name, label.name) for name in scene.names() for label in scene.load(name).labels if label.packets}
    usual = [row for row in rows if tuple(row.removeprefix("!!").split()[:2]) not in patient]
    well = [float(row.split()[-3]) for row in usual if row.split()[2] == "well"]

    def most(rows: list[str]) -> str:
        packets = max(int(row.split()[-1]) for row in rows)
        return f"{max(float(row.split()[-3]) for row in rows):.1f} s and {packets} packets"

    more = [row for row in rows if row not in usual]
    return fill(f"{len(rows)} rows, {len(rows) - len(wrong)} named and placed right; the well ones took "
                f"{max(well):.1f} s at most, all others {most(usual)} at most; the {len(more)} that may send more "
                f"packets {most(more)}.", 108) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
