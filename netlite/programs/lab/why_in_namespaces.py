"""The trials of `netlite lab why` in namespaces of the kernel: a lab a label, with its programs, and `netlite
why` in it."""

from __future__ import annotations

import json
import shlex
import socket
from contextlib import ExitStack
from shutil import which
from time import monotonic, sleep

from ...errors import NetliteError
from ...lab.kernel.namespaces import Lab
from ...records.diagnosis import Diagnosis, Doubt, Verdict
from ..registry import folder_of, netlite_argv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from socket import socket as Socket
    from typing import Any

    from ...lab.scene.labels import Label, Stuck
    from ...lab.scene.scene import Scene

LIMIT_S = 120
WORD_BYTES, PIECE_BYTES, PAUSE_S, FILLING_S = 1000, 1 << 16, 0.05, 1.0
UNTIL_STUCK_S = 2.0                   # a kernel sends again after 0.2 s, 0.4 s, 0.8 s, …


def try_in_namespaces(loaded: Scene, label: Label) -> Diagnosis | None:
    """The diagnosis on the first node; None where a command of the label is not on this machine.

    Raises NetliteError where the lab is not what the label wants.
    """
    if any(which(command.split()[0]) is None and folder_of(command.split()[0]) is None for _, command in label.done):
        return None
    topology = loaded.labelled(label)
    with Lab(loaded.topology if label.connections else topology, later=(topology,)) as lab, ExitStack() as held:
        stuck = [connect(lab, connection, held) for connection in label.connections]
        if label.connections:
            lab.change(topology)
        for connection, (client, server) in zip(label.connections, stuck):
            if connection.manner == "unanswered":
                client.send(bytes(WORD_BYTES))
            else:
                fill(server if connection.manner == "unread" else client)
        if label.connections:
            sleep(UNTIL_STUCK_S)
        for node, command in label.done:
            done = lab.run(node, argv_of(shlex.split(command)), capture_output=True, text=True)
            if done.returncode:
                raise NetliteError(f"{loaded.name}, {label.name}: {command}: {done.stderr.strip()}")
        return run_why(lab, next(iter(topology.nodes)), label.ask, label.packets)


def connect(lab: Lab, connection: Stuck, held: ExitStack) -> tuple[Socket, Socket]:
    """Its two ends."""
    kinds = (socket.AF_INET, socket.SOCK_STREAM)
    listener = held.enter_context(lab.socket(connection.server, *kinds))
    listener.bind((lab.address(connection.server), connection.port))
    listener.listen()
    client = held.enter_context(lab.socket(connection.client, *kinds))
    client.connect(listener.getsockname())
    return client, held.enter_context(listener.accept()[0])


def fill(sender: Socket) -> None:
    """Send as much as the kernel takes, as long as the other end makes room."""
    sender.setblocking(False)
    until = monotonic() + FILLING_S
    while monotonic() < until:
        try:
            sender.send(bytes(PIECE_BYTES))
        except BlockingIOError:
            sleep(PAUSE_S)


def argv_of(words: list[str]) -> list[str]:
    """netlite's own program, or one of the machine."""
    return netlite_argv(words) if folder_of(words[0]) is not None else words


def run_why(lab: Lab, node: str, ask: str, packets: int = 0) -> Diagnosis:
    """What `netlite why --json` says on a node.  Raises NetliteError."""
    words = ["why", "--json", *(["--packets", str(packets)] if packets else []), *([ask] if ask else [])]
    done = lab.run(node, netlite_argv(words), capture_output=True, timeout=LIMIT_S)
    if done.returncode not in (0, 1):
        raise NetliteError(f"netlite why {ask}: status {done.returncode}: {done.stderr.strip()}")
    return diagnosis_of(json.loads(done.stdout))


def diagnosis_of(told: dict[str, Any]) -> Diagnosis:
    """The records of a document."""
    verdicts = [Verdict(each["cause"], each["sentence"], each["hop"], each["place"], each["version"],
                        tuple(each["evidence"]), each["confidence_percent"],
                        tuple([Doubt(doubt["cause"], doubt["apart"]) for doubt in each["doubts"]]),
                        each["next"] or "", each["who"] or "") for each in told["verdicts"]]
    return Diagnosis(told["destination"], told["port"], tuple(told["addresses"]), tuple(verdicts), tuple(told["notes"]),
                     told["packets"], told["duration_ns"])
