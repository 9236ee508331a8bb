"""The options that teach, of every program: ``--explain[=fields|=WORD]``, ``--html FILE``, and ``--pcap FILE``.

They are taken off the command line; the program runs as ever, with its own text and status, and is
explained below that.  docs/decisions/0011 says why so.
"""

from __future__ import annotations

from ..errors import UsageError
from .run_pages import Kept, write_run_page
from .whole_file import WholeFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from ..environment import Environment
    from ..links.recording import Recording
    from ..teach.exchanges import Notes, OwnNetwork
    from ..teach.surroundings import Surroundings
    from .beginnings import Beginning

    Command = Callable[[list[str], Environment], int]
    Ended = Callable[[Command, list[str]], int]

PROBING = ("ping", "traceroute", "tcptraceroute", "tracepath", "mtu", "watch")
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
    html = WholeFile(lesson.files["--html"], environment) if "--html" in lesson.files else None
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
    if lesson.mode == "story" or html is not None:
        notes.networks = own_networks(environment)
    if pcap is not None:
        write_pcap(pcap, recording, notes)
    if html is not None:
        environment.out = kept.out
        write_run_page(html, [environment.program, *argv], kept.text, recording, notes, beginning)
    if lesson.mode is not None and environment.document is None:
        write_explanation(lesson, recording, notes, environment, beginning)
    if interrupted:
        end_interrupted(environment)
    return status


def end_interrupted(environment: Environment) -> None:
    """Die of the interrupt, now that all is written."""
    environment.out.flush()
    if environment.document is not None:  # the document has an end to be written
        raise KeyboardInterrupt
    environment.end_as_interrupted()


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


def pcap_file(path: str, environment: Environment) -> WholeFile:
    """The file for --pcap.  Raises UsageError, or LibraryMissing without scapy."""
    from ..packets.pcapng import need_scapy

    need_scapy()
    return WholeFile(path, environment)


def write_pcap(pcap: WholeFile, recording: Recording, notes: Notes) -> None:
    """The packets.  Raises UsageError where the file does not take them all."""
    from io import BytesIO

    from ..packets.pcapng import write_pcapng
    from ..teach.pcap import commented

    file = BytesIO()
    write_pcapng(file, commented(recording.packets, notes))
    pcap.write(file.getbuffer)


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
    from ..teach.diagnosis import Reasons, explain_diagnosis, nothing_asked
    from ..teach.diagnosis_page import diagnosis_page

    words = argv[:argv.index("--")] if "--" in argv else argv
    refused = "--explain=fields" if lesson.mode == "fields" else "--pcap" if pcap_wanted(words) else None
    if refused is not None:
        raise UsageError(f"{environment.program}: {refused} is for programs with one run of probes; a diagnosis has "
                         "many, and asks the kernel, name servers and neighbours beside\n", 2)
    html = WholeFile(lesson.files["--html"], environment) if "--html" in lesson.files else None
    reasons = Reasons(environment.transcript)
    environment.transcript = reasons
    status, interrupted = run_until_interrupted(lambda words, _: ended(command, words), argv, environment)
    found = reasons.diagnosis or (nothing_asked() if interrupted else None)
    if html is not None and found is not None:
        html.write(lambda: diagnosis_page(found, reasons.steps).encode())
    if reasons.steps and lesson.mode == "story" and environment.document is None:
        environment.out.write(explain_diagnosis(reasons.steps))
    if interrupted:
        end_interrupted(environment)
    return status


def pcap_wanted(words: list[str]) -> bool:
    """Whether a command line asks for the packets."""
    return any(word.partition("=")[0] == "--pcap" for word in words)


def run_overheard(lesson: Lesson, command: Command, argv: list[str], environment: Environment, ended: Ended) -> int:
    """A program that shows tables: their rows and columns are explained below them, never below JSON; and on a page."""
    from ..teach.columns import Overheard
    from ..teach.table_rows import explain_tables, row_sentences

    if "--json" in argv:
        if "--html" in lesson.files:
            raise UsageError(f"{environment.program}: --html is a page about the table, which --json leaves out\n", 2)
        return command(argv, environment)
    html = WholeFile(lesson.files["--html"], environment) if "--html" in lesson.files else None
    out = environment.out
    kept = Kept(out)
    environment.out = heard = Overheard(kept if html is not None else out)
    if html is None:
        status, interrupted = ended(command, argv), False
    else:  # what was shown is on the page, however it ended
        status, interrupted = run_until_interrupted(lambda words, _: ended(command, words), argv, environment)
    environment.out = out
    if lesson.mode is not None and (not status or heard.tables or heard.rows):
        out.write(explain_tables(heard, surroundings(environment)))
    if html is not None:
        from shlex import join

        from ..teach.run_page import table_page

        text = table_page(join([environment.program, *argv]), kept.text,
                          row_sentences(heard, surroundings(environment)), heard.tables)
        html.write(lambda: text.encode("utf-8", "backslashreplace"))
    if interrupted:
        end_interrupted(environment)
    return status


def own_networks(environment: Environment) -> tuple[OwnNetwork, ...]:
    """The networks that this host has addresses in, as far as the kernel tells."""
    from ..errors import NetliteError
    from ..system.interfaces.address_details import read_address_details
    from ..teach.exchanges import OwnNetwork

    try:
        found = read_address_details(environment)
    except (OSError, NetliteError):
        return ()
    return tuple([OwnNetwork(f"{each.address}/{each.prefix_length}", each.broadcast) for each in found
                  if each.peer is None])


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
