"""How watched paths do, written to a file in the form that its name asks for."""

from __future__ import annotations

from ... import __version__
from ...environment import Environment
from ...records.watch import PathState
from ...render.visible import json_line
from ...render.watch import Style, csv_head, render_csv, render_report
from ...render.watch_json import path_object
from ..whole_file import is_plain, write_all

SECOND_NS = 1_000_000_000


def export(file: str, picture: str | None, states: list[PathState], style: Style, environment: Environment) -> str:
    """Write a ``.json``, a ``.csv``, a `picture` where there is one, or the report; what is to be said of it.

    The file is opened with no more rights than the caller's own.
    """
    if picture is not None:
        text = picture
    elif file.endswith(".json"):
        text = json_line({"paths": [path_object(state, style.systems) for state in states]})
    elif file.endswith(".csv"):
        start_s = environment.clock.wall_ns() // SECOND_NS
        text = csv_head(style.columns, style.systems is not None) + "".join(
            [render_csv(state, __version__, start_s, style) for state in states])
    else:
        text = render_report(states, environment.host_name, style)
    try:
        with environment.create_file(file) as stream:
            write_all(stream, text.encode("utf-8", "replace"), is_plain(stream))
    except OSError as refusal:
        return f"{file}: {refusal.strerror}"
    return f"written: {file}"
