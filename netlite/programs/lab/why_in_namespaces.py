"""The trials of `netlite lab why` in namespaces of the kernel: a lab a label, with its programs, and `netlite
why` in it."""

from __future__ import annotations

import json
import shlex
from shutil import which

from ...errors import NetliteError
from ...lab.kernel.namespaces import Lab
from ...records.diagnosis import Diagnosis, Doubt, Verdict
from ..registry import folder_of, netlite_argv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...lab.scene.labels import Label
    from ...lab.scene.scene import Scene

LIMIT_S = 60


def try_in_namespaces(loaded: Scene, label: Label) -> Diagnosis | None:
    """The diagnosis on the first node; None where a command of the label is not on this machine.

    Raises NetliteError where the lab is not what the label wants.
    """
    if any(which(command.split()[0]) is None and folder_of(command.split()[0]) is None for _, command in label.done):
        return None
    topology = loaded.labelled(label)
    with Lab(topology) as lab:
        for node, command in label.done:
            done = lab.run(node, argv_of(shlex.split(command)), capture_output=True, text=True)
            if done.returncode:
                raise NetliteError(f"{loaded.name}, {label.name}: {command}: {done.stderr.strip()}")
        return run_why(lab, next(iter(topology.nodes)), label.ask)


def argv_of(words: list[str]) -> list[str]:
    """netlite's own program, or one of the machine."""
    return netlite_argv(words) if folder_of(words[0]) is not None else words


def run_why(lab: Lab, node: str, ask: str) -> Diagnosis:
    """What `netlite why --json` says on a node."""
    words = ["why", "--json", *([ask] if ask else [])]
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
