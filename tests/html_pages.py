"""Reading the pages that netlite writes, without a browser."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "input", "br"}
MAY_STAY_OPEN = {"li", "tr", "td", "th", "thead", "tbody"}


class Reader(HTMLParser):
    """What a page holds: the names of its elements, their attributes, its text; and elements left open."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        while self.open[-1] != tag:
            assert self.open.pop() in MAY_STAY_OPEN
        self.open.pop()

    def handle_data(self, data):
        self.text += data

    def all(self, tag: str, name: str | None = None) -> list[dict]:
        """The attributes of the elements of a kind, and of a class."""
        return [found for each, found in self.elements if each == tag
                and (name is None or name in (found.get("class") or "").split())]
