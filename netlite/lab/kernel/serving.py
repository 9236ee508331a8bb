"""The programs of a running lab's nodes: services, name servers and DHCP, each a process that serves as it was told."""

from __future__ import annotations

import subprocess
import sys

from ...feature_errors import LabRefused
from . import dhcp
from .entrance import search_path
from .services import wanted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ..scene.topology import Topology

    Popen = Callable[..., subprocess.Popen[Any]]

START_SERVICES = "import sys; sys.path[:] = {path!r}; from netlite.lab.kernel.services import main; main()"
START_DHCP = "import sys; sys.path[:] = {path!r}; from netlite.lab.kernel.dhcp import main; main()"


class Serving:
    """Who serves, and as what."""

    def __init__(self) -> None:
        # by node and program: what it was told, and who serves
        self._serving: dict[tuple[str, str], tuple[str, subprocess.Popen[Any]]] = {}

    def serve(self, popen: Popen, topology: Topology, nodes: Iterable[str], played: tuple[int, ...]) -> None:
        """Have what `topology` says run on `nodes`, started by `popen`; its ports are open then.

        `played` are the numbers of the wires that are played."""
        for node in nodes:
            self._serve_by(popen, node, START_SERVICES, wanted(topology, node))
            self._serve_by(popen, node, START_DHCP, dhcp.wanted(topology, node, played))

    def _serve_by(self, popen: Popen, node: str, program: str, told: str | None) -> None:
        """Have a program of a node run as it is `told`; None: not at all."""
        serving = self._serving.get((node, program))
        if serving is not None and serving[0] == told:
            return
        if serving is not None:
            serving[1].kill()
            serving[1].wait()
            del self._serving[node, program]
        if told is not None:
            code = program.format(path=search_path())
            process = popen(node, [sys.executable, "-I", "-c", code, told], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
            self._serving[node, program] = told, process
            assert process.stdout is not None
            with process.stdout as said:
                if said.readline().strip() != b"ready":
                    raise LabRefused(f"the programs of {node} do not start")
