"""netlite lab capture: what passes a wire, as a file for packet analysers."""

from __future__ import annotations

import signal
import socket
from time import time_ns

from ...command_line.c_numbers import read_digits
from ...environment import Environment
from ...errors import NetliteError
from ...feature_errors import SceneError
from ...lab.kernel.running import JoinedLab, readable
from ...lab.play import play
from ...lab.scene import scene
from ...lab.scene.topology import Topology
from ...lab.stages import MemoryStage
from ...packets.capture_files import MOST_BYTES, pcap_head, pcap_record, write_pcap
from ...packets.link_layers import ETHERNET
from ...teach.page_drawing import crossed
from ..simulate import simulate_for_an_hour
from ..whole_file import WholeFile, is_plain
from .endings import STOPPING, catch
from .words import take_options, wrong_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from ...lab.scene.parts import Interface
    from ...records.passage import Passage

ALL_PROTOCOLS = 0x0003
LOOK_MS = 200
MOST_COUNT = 10**9 - 1


def capture(words: list[str], environment: Environment) -> int:
    """``netlite lab capture WIRE FILE [--scene SCENE] [--count N]``: until SIGINT, or what a scene sends in memory."""
    (name, count), rest = take_options(words, "--scene", "--count")
    if len(rest) != 2:
        raise wrong_line("capture needs a wire (r1-r2) and a file")
    most = None if count is None else read_digits(count, 1, MOST_COUNT)
    if count is not None and most is None:
        raise wrong_line("--count is a number of packets")
    if name is not None:
        return _of_scene(name, rest[0], rest[1], most, environment)
    with JoinedLab(environment.variables.get("NETLITE_LAB", "lab"), read=environment.read_file) as lab:
        port = port_of(lab.topology, rest[0], lab.namespaces)
        with _created(rest[1], environment) as file:
            seen = _follow(lab, port, file, most)
    _told(seen, rest, environment)
    return 0


def port_of(topology: Topology, word: str, nodes: Iterable[str]) -> Interface:
    """One end of a wire, in a node where sockets can be opened.  Raises SceneError."""
    wires = [wire for wire in topology.wires if word in (wire.label, "-".join(wire.ends[::-1]))]
    if not wires:
        raise SceneError(f"there is no wire {word!r}; wires: {', '.join(wire.label for wire in topology.wires[:40])}")
    known = set(nodes)
    found = [port for node in wires[0].ends if node in known for port in topology.interfaces(node)
             if port.wire is wires[0]]
    if not found:
        raise SceneError(f"neither end of {word} is a node where programs run")
    return found[0]


def on_wire(passages: Iterable[Passage], ends: tuple[str, str], topology: Topology) -> list[tuple[int, bytes]]:
    """What went over a wire in memory: times and packets, in their order."""
    wires = [wire.ends for wire in topology.wires]
    found = [(each.at_ns, each.packet) for each in passages
             if each.to is not None and ends in crossed(wires, each.node, each.to)]
    return sorted(found, key=lambda each: each[0])


def _of_scene(name: str, wire: str, path: str, most: int | None, environment: Environment) -> int:
    """All that a scene has to try, in memory."""
    loaded = scene.load(name, environment.read_file)
    ends = port_of(loaded.topology, wire, loaded.topology.nodes).wire.ends
    file = WholeFile(path, environment, "netlite lab")
    stage = MemoryStage(loaded, simulate_for_an_hour, witnessed=True)
    play(loaded, stage, lambda text: None)
    found: list[tuple[int, bytes]] = []
    for passages in stage.passages:  # each command begins its own time
        start = found[-1][0] if found else 0
        found += [(start + at_ns, packet) for at_ns, packet in on_wire(passages, ends, loaded.topology)]
    found = found[:most]
    file.write(lambda: write_pcap(found))
    _told(len(found), [wire, path], environment)
    return 0


def _follow(lab: JoinedLab, port: Interface, file: BinaryIO, most: int | None) -> int:
    """Write what passes until we are told to end, the lab is gone, or there are enough; how many."""
    ended: list[int] = []
    catch(lambda number, _: ended.append(number), signal.SIGINT, *STOPPING)
    seen = 0
    with lab.socket(port.node, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS)) as packets:
        packets.bind((port.device, ALL_PROTOCOLS))
        if is_plain(file):
            file.truncate()
        file.write(pcap_head(ETHERNET))
        file.flush()
        while not ended and seen != most:
            if not readable([packets.fileno()], LOOK_MS):
                continue
            data = packets.recv(MOST_BYTES)
            file.write(pcap_record(time_ns(), data))
            file.flush()
            seen += 1
    return seen


def _created(path: str, environment: Environment) -> BinaryIO:
    try:
        return environment.create_file(path)
    except OSError as refusal:
        raise NetliteError(f"{path}: {refusal.strerror}") from None


def _told(seen: int, words: list[str], environment: Environment) -> None:
    if words[1] not in ("/dev/stdout", "/dev/fd/1"):
        environment.out.write(f"{seen} packets of {words[0]}: netlite explain {words[1]}\n")
