"""What all pages have in common: one HTML file that loads nothing, in light and in dark, whatever text is in it."""

from __future__ import annotations

import html
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from ..render.visible import visible_lines


def escape(text: str) -> str:
    """A text for the page: neither markup nor anything that cannot be printed has an effect there."""
    return html.escape(visible_lines(text))


def scrolling(text: str, label: str) -> str:
    """A text as it stands; long lines scroll, and keys must be able to do that."""
    return f'<pre tabindex="0" role="group" aria-label="{label}">{escape(text)}</pre>'


def framed(title: str, parts: list[str], style: str, script: str | None = None) -> str:
    """The whole page around the `parts` of its body; `style` and `script` are files of this folder.

    Its content security policy has the hashes of these two and allows nothing else.
    """
    rules, code = _read("page.css") + _read(style), "" if script is None else _read(script)
    policy = f"default-src 'none'; style-src {_hash(rules)}" + (f"; script-src {_hash(code)}" if code else "")
    head = ['<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{escape(title)}</title>\n<style>{rules}</style>\n</head>\n<body>"]
    end = (f"<script>{code}</script>\n" if code else "") + "</body>\n</html>\n"
    return "\n".join([*head, *parts, end])


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    """What a content security policy calls a text that is allowed."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
