"""A page about a diagnosis: what is wrong, where on the way, and how it was found; one HTML file, without a script."""

from __future__ import annotations

from ..engines.why.questions import STEPS
from ..render.visible import visible
from .diagnosis import RULES, told_steps
from .diagnosis_way import ways
from .page_frame import escape, framed
from .sentences import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..engines.inquiries import Learned
    from ..records.diagnosis import Diagnosis, Verdict
    from .diagnosis import Told
    from .diagnosis_way import Box, Way

LEGEND = ("Round: a router, which passes packets on. Square: a host. Dashed: nothing was heard from it. Red: a fault, "
          "in the box or on the wire behind it.")


def diagnosis_page(diagnosis: Diagnosis, steps: list[tuple[str, Learned]]) -> str:
    """The whole page; `steps` are the words for each step, and what it learned."""
    verdicts = diagnosis.verdicts
    asked = " ".join(["netlite why", *([diagnosis.host] if diagnosis.host is not None else []),
                      *([str(diagnosis.port)] if diagnosis.port is not None else [])])
    found = "Nothing wrong was found" if diagnosis.is_well else count(len(verdicts), "fault")
    if len(verdicts) > 1:
        found += ", the nearest first"
    cost = f"{count(diagnosis.packets, 'packet')}, {diagnosis.duration_ns / 1e9:.1f} s"
    parts = [f"<header><h1><code>{_line(asked)}</code></h1><p>{found}. <span class=\"legend\">({cost})</span></p>"
             '<nav aria-label="Parts"><a href="#way">The way</a> <a href="#questions">The questions</a></nav></header>',
             "<main>"]
    parts += [_verdict(number, each) for number, each in enumerate(verdicts, 1)]
    parts += [f'<p class="note">Note: {_line(note)}</p>' for note in diagnosis.notes]
    drawn = "\n".join([_way(each, verdicts) for each in ways(diagnosis, steps)])
    parts += [f'<section aria-labelledby="way"><h2 id="way">The way</h2>\n{drawn}\n'
              f'<p class="legend">{LEGEND}</p></section>']
    asked_for = "\n".join([_step(each) for each in told_steps(steps)])
    parts += [f'<section aria-labelledby="questions"><h2 id="questions">The questions, in their order</h2>\n'
              f'<ol class="steps">\n{asked_for}\n</ol><p>{escape(RULES)}</p></section>', "</main>"]
    return framed(visible(asked), parts, "diagnosis.css")


def _line(text: str) -> str:
    return escape(visible(text))


def _items(texts: Iterable[str]) -> str:
    return "<ul>" + "".join([f"<li>{each}</li>" for each in texts]) + "</ul>"


def _verdict(number: int, verdict: Verdict) -> str:
    """A sentence, and what it rests on."""
    where = "" if verdict.hop is None else ", this machine" if not verdict.hop else f", hop {verdict.hop}"
    version = f", IPv{verdict.version}" if verdict.version else ""
    well = verdict.cause == "well"
    rows = [("Seen", _items(map(_line, verdict.evidence)) if verdict.evidence else ""),
            ("Sure", "" if well else f'<meter min="0" max="100" value="{verdict.confidence}"></meter> '
             f"{verdict.confidence} % <span class=\"legend\">({_line(verdict.cause)}{where}{version})</span>"),
            ("What else fits", _items([f"<b>{_line(each.cause)}</b>: {_line(each.apart)}" for each in verdict.doubts])
             if verdict.doubts else ""),
            ("Who can tell", _line(verdict.who)),
            ("Next", f"<code>{_line(verdict.next_step)}</code>" if verdict.next_step else "")]
    told = "".join([f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows if text])
    return (f'<article class="verdict{" well" if well else ""}" id="verdict-{number}" aria-labelledby="said-{number}">'
            f'<h2 id="said-{number}">{_line(verdict.sentence)}</h2>\n<dl>{told}</dl></article>')


def _way(way: Way, verdicts: tuple[Verdict, ...]) -> str:
    boxes = "\n".join([_box(each, verdicts) for each in way.boxes])
    return f'<h3>{_line(way.title)}</h3>\n<ol class="path" aria-label="{_line(way.title)}">\n{boxes}\n</ol>'


def _box(box: Box, verdicts: tuple[Verdict, ...]) -> str:
    kinds = " ".join(["box", box.kind, *([] if box.answers else ["silent"]), *(["fault"] if box.at else [])])
    lines = "".join([f"<small>{_line(each)}</small>" for each in box.lines])
    here = "".join([_mark(number, verdicts) for number in box.at])
    behind = "".join([_mark(number, verdicts) for number in box.behind])
    cut = f'\n<li class="cut">{behind}</li>' if behind else ""
    return f'<li><div class="{kinds}"><b>{_line(box.title)}</b>{lines}{here}</div></li>{cut}'


def _mark(number: int, verdicts: tuple[Verdict, ...]) -> str:
    return f'<a class="mark" href="#verdict-{number}">{_line(verdicts[number - 1].cause)}</a>'


def _step(step: Told) -> str:
    why = " ".join([*[each.wants for each in STEPS if each.words == step.words][:1], *step.reasons])
    answers = "".join([f"<p>{_line(each)}</p>" for each in step.answers if each])
    return f'<li><h3>{_line(step.words)}</h3><p class="legend">{escape(why)}</p>{answers}</li>'
