"""The options that teach, of every program: ``--explain[=fields|=WORD]``, ``--html FILE``, and ``--pcap FILE``.

They are taken off the command line; the program runs as ever, with its own text and status, and is
explained below that.  docs/decisions/0011 says why so.
"""

from __future__ import annotations

from ..errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, BinaryIO

    from ..environment import Environment, Stream
    from ..links.recording import Recording
    from ..teach.exchanges import Notes
    from ..teach.surroundings import Surroundings
    from .beginnings import Beginning

    Command = Callable[[list[str], Environment], int]
    Ended = Callable[[Command, list[str]], int]

PROBING = ("ping", "traceroute", "tcptraceroute", "tracepath", "mtu")
TABLES = ("netstat", "ifconfig", "route", "arp", "hostname")
REASONING = "why"
FILES = {**dict.fromkeys(PROBING, ("--pcap", "--html")), **dict.fromkeys((*TABLES, REASONING), ("--html",))}
"""The options of each that name a file."""
SIGINT = 2


class Lesson:
    """What was asked for: `mode` is None, "story", "fields" or a word; `files` the names by option."""

    def __init__(self) -> None:
        self.mode: str | None = None
        self.files: dict[str, str] = {}


def explained(module_name: str, command: Command, argv: list[str], environment: Environment, ended: Ended) -> int:
    """Run `command` and explain what it did; the exit status is the program's own.

    `ended(command, argv)` runs it to the end: its status, whatever it raises.
    """
    if module_name not in (*PROBING, *TABLES, REASONING):
        return command(argv, environment)
    lesson, rest = parse(environment.program, argv, FILES[module_name])
    if lesson.mode not in (None, "story", "fields"):
        return explain_word(lesson.mode, environment)
    if module_name == REASONING:
        return run_reasoned(lesson, command, rest, environment, ended)
    if module_name in PROBING:
        return run_recorded(lesson, command, rest, environment, ended)
    return run_overheard(lesson, command, rest, environment, ended)


def parse(program: str, argv: list[str], file_options: tuple[str, ...]) -> tuple[Lesson, list[str]]:
    """Take the teaching options off a command line; the first ``--`` ends them.  Raises UsageError."""
    lesson, rest, words = Lesson(), [], list(argv)
    while words:
        word = words.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
            break
        if name == "--explain":
            if equals and not value:
                raise UsageError(f"{program}: --explain= needs a word\n", 2)
            lesson.mode = value.lower() if equals else lesson.mode or "story"
        elif name in file_options:
            if not equals and not words:
                raise UsageError(f"{program}: {name} needs the name of a file\n", 2)
            lesson.files[name] = value if equals else words.pop(0)
        else:
            rest.append(word)
    return lesson, rest


def explain_word(word: str, environment: Environment) -> int:
    """One word of the trade; nothing is sent.  Status 2 for a word that is not known."""
    from ..render.visible import visible
    from ..teach.glossary import define, words

    text = define(word)
    if text is None:
        raise UsageError(f"{environment.program}: no explanation of '{visible(word)}'; "
                         f"there are: {', '.join(words())}\n", 2)
    environment.out.write(text)
    return 0


def run_recorded(lesson: Lesson, command: Command, argv: list[str], environment: Environment, ended: Ended) -> int:
    """A probing program, with its packets recorded."""
    from ..links.recording import Recording
    from ..links.recording_network import RecordingNetwork
    from ..teach.exchanges import Notes
    from .beginnings import Beginning, listening

    pcap = pcap_file(lesson.files["--pcap"], environment) if "--pcap" in lesson.files else None
    html = NamedFile(lesson.files["--html"], environment) if "--html" in lesson.files else None
    if html is not None:
        environment.out = kept = Kept(environment.out)
    recording = Recording(environment.clock)
    notes = Notes(environment.transcript)
    environment.network = RecordingNetwork(environment.network, recording)
    environment.transcript = notes
    beginning = Beginning(environment)

    def listened(words: list[str], _: Environment) -> int:
        return ended(lambda rest, _: command(rest, listening(environment, beginning)), words)

    status, interrupted = run_until_interrupted(listened, argv, environment)
    beginning.failure = beginning.failure or recording.refused
    recording.close()
    if pcap is not None:
        write_pcap(pcap, recording, notes)
    if html is not None:
        environment.out = kept.out
        write_run_page(html, [environment.program, *argv], kept.text, recording, notes, beginning)
    if lesson.mode is not None and environment.document is None:
        write_explanation(lesson, recording, notes, environment, beginning)
    if interrupted:
        environment.out.flush()
        if environment.document is not None:  # the document has an end to be written
            raise KeyboardInterrupt
        environment.end_as_interrupted()
    return status


def run_until_interrupted(command: Command, argv: list[str], environment: Environment) -> tuple[int, bool]:
    """Status, and whether SIGINT ended the command: what was seen is then still explained.

    A second SIGINT ends the process, and one that comes when the command has ended.
    """
    try:
        environment.raise_interrupts()
        status = command(argv, environment)
        environment.default_interrupts()
    except KeyboardInterrupt:
        return 128 + SIGINT, True
    return status, False


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


def write_run_page(html: NamedFile, words: list[str], printed: str, recording: Recording, notes: Notes,
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
    html.write(lambda file: file.write(text.encode("utf-8", "backslashreplace")))


class NamedFile:
    """A file of the caller's, open before anything is sent.  Raises UsageError, as does `write`."""

    def __init__(self, path: str, environment: Environment):
        self._path, self._program = path, environment.program
        try:
            self._file = environment.create_file(path)
        except OSError as refusal:
            raise self._refused(refusal) from None

    def write(self, work: Callable[[BinaryIO], object]) -> None:
        """What `work` writes; then it is closed."""
        try:
            with self._file:
                work(self._file)
        except OSError as refusal:
            raise self._refused(refusal) from None

    def _refused(self, refusal: OSError) -> UsageError:
        from ..render.visible import visible

        return UsageError(f"{self._program}: {visible(self._path)}: {refusal.strerror}\n", 2)


def pcap_file(path: str, environment: Environment) -> NamedFile:
    """The file for --pcap.  Raises UsageError, or LibraryMissing without scapy."""
    from ..packets.pcapng import need_scapy

    need_scapy()
    return NamedFile(path, environment)


def write_pcap(pcap: NamedFile, recording: Recording, notes: Notes) -> None:
    """The packets.  Raises UsageError where the file does not take them all."""
    from ..packets.pcapng import write_pcapng
    from ..teach.pcap import commented

    pcap.write(lambda file: write_pcapng(file, commented(recording.packets, notes)))


def write_explanation(lesson: Lesson, recording: Recording, notes: Notes, environment: Environment,
                      beginning: Beginning) -> None:
    """The text that was asked for, below the program's own."""
    from ..teach.report import explain, explain_fields

    packets = recording.packets
    if lesson.mode == "story":
        environment.out.write(explain(packets, notes, recording.unseen, beginning.told(bool(packets))))
    else:
        environment.out.write(explain_fields(packets, notes))
    if recording.dropped:
        environment.out.write(f"{recording.dropped} more packets were not kept.\n")


def run_reasoned(lesson: Lesson, command: Command, argv: list[str], environment: Environment, ended: Ended) -> int:
    """A diagnosis: its questions and answers are told below it, never below JSON, and on a page."""
    from ..teach.diagnosis import Reasons, explain_diagnosis

    if lesson.mode == "fields":
        raise UsageError(f"{environment.program}: --explain=fields is for programs with one kind of probes\n", 2)
    html = NamedFile(lesson.files["--html"], environment) if "--html" in lesson.files else None
    reasons = Reasons(environment.transcript)
    environment.transcript = reasons
    status = ended(command, argv)
    if html is not None and reasons.diagnosis is not None:
        from ..teach.diagnosis_page import diagnosis_page

        text = diagnosis_page(reasons.diagnosis, reasons.steps)
        html.write(lambda file: file.write(text.encode()))
    if reasons.steps and lesson.mode == "story" and environment.document is None:
        environment.out.write(explain_diagnosis(reasons.steps))
    return status


def run_overheard(lesson: Lesson, command: Command, argv: list[str], environment: Environment, ended: Ended) -> int:
    """A program that shows tables: their rows and columns are explained below them, never below JSON; and on a page."""
    from ..teach.columns import Overheard
    from ..teach.table_rows import explain_tables, row_sentences

    if "--json" in argv:
        if "--html" in lesson.files:
            raise UsageError(f"{environment.program}: --html is a page about the table, which --json leaves out\n", 2)
        return command(argv, environment)
    html = NamedFile(lesson.files["--html"], environment) if "--html" in lesson.files else None
    out = environment.out
    kept = Kept(out)
    environment.out = heard = Overheard(kept if html is not None else out)
    status = ended(command, argv)
    environment.out = out
    if lesson.mode is not None and (not status or heard.tables or heard.rows):
        out.write(explain_tables(heard, surroundings(environment)))
    if html is not None:
        from shlex import join

        from ..teach.run_page import table_page

        text = table_page(join([environment.program, *argv]), kept.text,
                          row_sentences(heard, surroundings(environment)), heard.tables)
        html.write(lambda file: file.write(text.encode("utf-8", "backslashreplace")))
    return status


def surroundings(environment: Environment) -> Surroundings:
    """What rows are explained with; what cannot be read is left out."""
    from _socket import inet_ntoa

    from ..system.names.files import read_services
    from ..system.routes.proc_tables import read_routes4
    from ..teach.surroundings import Surroundings

    try:
        routes = [route for rows in read_routes4(environment, lambda route: route) for _, route in rows]
    except OSError:
        routes = []
    gateways = tuple(dict.fromkeys(inet_ntoa(route.gateway) for route in routes if any(route.gateway)))
    return Surroundings(read_services(environment), gateways)
