"""A probing program that is explained: its packets are recorded, told below its output, kept and drawn."""

from __future__ import annotations

from .interruptions import end_interrupted, run_until_interrupted
from .run_pages import Kept, write_run_page
from .whole_file import WholeFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..environment import Environment
    from ..links.recording import Recording
    from ..teach.notes import Notes, OwnNetwork
    from .beginnings import Beginning
    from .explain_options import Lesson
    from .interruptions import Command

    Ended = Callable[[Command, list[str]], int]


def run_recorded(lesson: Lesson, command: Command, argv: list[str], environment: Environment, ended: Ended) -> int:
    """A probing program, with its packets recorded."""
    from ..links.recording import Recording
    from ..links.recording_network import RecordingNetwork
    from ..teach.notes import Notes
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


def own_networks(environment: Environment) -> tuple[OwnNetwork, ...]:
    """The networks that this host has addresses in, as far as the kernel tells."""
    from ..errors import NetliteError
    from ..system.interfaces.address_details import read_address_details
    from ..teach.notes import OwnNetwork

    try:
        found = read_address_details(environment)
    except (OSError, NetliteError):
        return ()
    return tuple([OwnNetwork(f"{each.address}/{each.prefix_length}", each.broadcast) for each in found
                  if each.peer is None])
