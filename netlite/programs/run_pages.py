"""The page about a run of a probing program (``--html FILE``), and the stream that keeps what it printed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..environment import Stream
    from ..links.recording import Recording
    from ..teach.notes import Notes
    from .beginnings import Beginning
    from .whole_file import WholeFile


class Kept:
    """An output stream that passes all on, and keeps the text (`text`, the first of it)."""

    MOST = 1 << 20

    def __init__(self, out: Stream):
        self.out = out
        self.text = ""

    def write(self, text: str | bytes) -> None:
        if len(self.text) < self.MOST:
            self.text += text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")
        self.out.write(text)

    def begin_table(self, table: str, text: str, titles: tuple[str, ...] = ()) -> None:
        """As `environment.Output`."""
        self.text += text
        self.out.begin_table(table, text, titles)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.out, name)


def write_run_page(html: WholeFile, words: list[str], printed: str, recording: Recording, notes: Notes,
                   beginning: Beginning) -> None:
    """The page about a probing program's run.  Raises UsageError where the file does not take it."""
    from shlex import join

    from ..teach.report import packet_sentences, story
    from ..teach.run_page import ShownPacket, run_page

    packets = recording.packets
    said = packet_sentences(packets, notes)
    drawing, sentences = story(packets, notes, recording.unseen, beginning.told(bool(packets)))
    first_ns = packets[0].at_ns if packets else 0
    shown = [ShownPacket(sentence, f"{'→' if packet.sent else '←'} {(packet.at_ns - first_ns) / 1e9:+.6f} s",
                         packet.data, packet.rebuilt) for packet, sentence in zip(packets, said)]
    text = run_page(join(words), printed, drawing, sentences, shown, recording.dropped)
    html.write(lambda: text.encode("utf-8", "backslashreplace"))
