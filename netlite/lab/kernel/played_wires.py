"""The wires of a lab that a process plays (wires.py), seen from the lab: starting it, changes, counts."""

from __future__ import annotations

import pickle
import socket
import subprocess
import sys
from contextlib import suppress

from ...feature_errors import LabRefused
from ...records.record import Record
from ..scene.topology import Topology
from . import handover
from .wires import COUNTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Start = Callable[..., subprocess.Popen[Any]]

START_WIRES = "import sys; sys.path[:] = {path!r}; from netlite.lab.kernel.wires import main; main()"


class Passed(Record):
    """How many frames went over a wire from node `source` to `target` since the lab began.

    Of those that `came` so many were `lost` by the wire, `doubled` by it, `dropped` before a full queue or a dead end.
    """

    source: str
    target: str
    came: int
    went: int
    lost: int
    doubled: int
    dropped: int


class PlayedWires:
    """The process, and who its wires are: `numbers` (from 0) in `topology`.

    `start` is `Lab.popen` for a node, `nodes` and `inner` are descriptors of namespaces.  Raises LabRefused.
    """

    def __init__(self, topology: Topology, numbers: tuple[int, ...], start: Start, nodes: dict[str, int], inner: int,
                 path: list[str]):
        self._numbers = numbers
        self._wires = [topology.wires[number] for number in numbers]
        ports = {(id(port.wire), port.node): port for node in topology.nodes for port in topology.interfaces(node)}
        outer = [tuple((nodes[end], ports[id(wire), end].device) for end in wire.ends) for wire in self._wires]
        told = pickle.dumps((inner, dict(zip(numbers, self._wires)), outer))
        self._control, theirs = socket.socketpair()
        with theirs:
            kept = {inner, *(node for ends in outer for node, _ in ends)}
            self.process = start([sys.executable, "-I", "-c", START_WIRES.format(path=path), str(len(told))],
                                 stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 pass_fds=tuple(kept), start_new_session=True)
        with suppress(OSError):  # it ended: that is seen next
            self._control.sendall(told, socket.MSG_NOSIGNAL)
        if self._answer() is None:
            self._control.close()
            _, complaint = self.process.communicate()
            said = complaint.decode(errors="replace").strip().splitlines() or ["it said nothing"]
            raise LabRefused(f"the process that plays the wires failed: {said[-1]}")

    @property
    def problem(self) -> str:
        """What is wrong with them: the process has ended."""
        if self.process.poll() is None:
            return ""
        return ("the process that plays the wires has ended, and nothing passes any more: "
                f"{', '.join(wire.label for wire in self._wires)}")

    def change(self, topology: Topology) -> None:
        """Be those of another topology.  Raises LabRefused."""
        self._ask({"wires": [list(topology.wires[number]) for number in self._numbers]})

    def passed(self) -> list[Passed]:
        """Two of each wire.  Raises LabRefused."""
        ends = [each for wire in self._wires for each in (wire.ends, wire.ends[::-1])]
        return [Passed(*names, **dict(zip(COUNTED, counts))) for names, counts in zip(ends, self._ask({})["counts"])]

    def close(self) -> None:
        """The process ends."""
        self._control.close()
        self.process.kill()

    def _ask(self, question: handover.Answer) -> handover.Answer:
        answer = None
        with suppress(OSError):
            handover.give(self._control, question)
            answer = self._answer()
        if answer is None:
            self.process.wait()
            raise LabRefused(self.problem)
        return answer

    def _answer(self) -> handover.Answer | None:
        try:
            taken = handover.take(self._control)
        except OSError:
            return None
        return None if taken is None else taken[0]


def played_wires(topologies: Iterable[Topology]) -> tuple[int, ...]:
    """The numbers (from 0) of wires that are not plain in one of the topologies, which have the same wires."""
    numbered = [enumerate(topology.wires) for topology in topologies]
    return tuple(sorted({number for wires in numbered for number, wire in wires if not wire.is_plain}))
