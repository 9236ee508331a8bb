"""netlite explain: a word of the trade, or every packet of a capture file.

Exit status: 0 done, 1 where a file stops making sense, 2 for a word or file that cannot be explained.
"""

from __future__ import annotations

from errno import EFBIG

from ...environment import Environment
from ...errors import NetliteError, UsageError
from ...feature_errors import MalformedPacket
from ...packets.capture_files import MOST_FILE_BYTES, read_capture
from ...render.visible import visible
from ..explained import explain_word
from ..whole_file import WholeFile

USAGE = """\
usage: netlite explain WORD                      a word of the trade: netlite explain ttl
       netlite explain FILE [--fields]           every packet of a capture (pcap or pcapng; - for stdin);
                                                 --fields: the fields of the first ones
       netlite explain FILE --html PAGE          the same as a page, for a browser
"""
ENDINGS = (".pcap", ".pcapng", ".cap", ".ntar")


def main(words: list[str], environment: Environment) -> int:
    """Explain what is named.  Raises UsageError and NetliteError."""
    fields = "--fields" in words
    page, rest = None, []
    left = iter([word for word in words if word != "--fields"])
    for word in left:
        name, equals, value = word.partition("=")
        if name == "--html":
            page = value if equals else next(left, "")
            if not page:
                raise UsageError(f"netlite explain: --html needs the name of a file\n{USAGE}", 2)
        elif word in ("-h", "--help"):
            environment.out.write(USAGE)
            return 0
        elif word.startswith("-") and word != "-":
            raise UsageError(f"netlite explain: unknown option {visible(word)}\n{USAGE}", 2)
        else:
            rest.append(word)
    if not rest:
        raise UsageError(USAGE, 2)
    if is_file(rest[0]):
        if len(rest) > 1:
            raise UsageError(f"netlite explain: one file at a time\n{USAGE}", 2)
        return explain_file(rest[0], fields, page, environment)
    if page or fields:
        raise UsageError(f"netlite explain: --html and --fields are for capture files (./{visible(rest[0])}?)\n", 2)
    return explain_word("-".join(rest).lower(), environment)


def is_file(word: str) -> bool:
    """Whether a file is meant and no word."""
    return word == "-" or "/" in word or word.lower().endswith(ENDINGS)


def explain_file(name: str, fields: bool, page: str | None, environment: Environment) -> int:
    """A capture, as text or page.  Raises UsageError and NetliteError."""
    from ...teach.capture_report import capture_html, capture_text

    html = WholeFile(page, environment) if page is not None else None
    try:
        if name == "-":
            data = environment.input(MOST_FILE_BYTES)
        else:
            data = environment.read_file(name, most_bytes=MOST_FILE_BYTES)
    except OSError as refusal:
        words = f"more than {MOST_FILE_BYTES >> 20} MB" if refusal.errno == EFBIG else refusal.strerror
        raise NetliteError(f"{name}: {words}") from None
    try:
        capture = read_capture(data)
    except MalformedPacket as problem:
        raise NetliteError(f"{name}: {problem}") from None
    if html is not None:
        text = capture_html(name, capture)
        html.write(lambda: text.encode("utf-8", "backslashreplace"))
    else:
        environment.out.write(capture_text(capture, fields))
    return 1 if capture.trouble else 0
