"""netlite lab why: every labelled fault of the scenes, diagnosed; the matrix of causes against verdicts."""

from __future__ import annotations

from ...api.diagnosis import diagnosing
from ...engines.why.costs import USUAL_PACKETS, limit_ns
from ...engines.why.facts import WhyConfig
from ...environment import Environment
from ...errors import NetliteError
from ...lab.backends import why_not
from ...lab.matrix import Tried, row, summary, totals
from ...lab.memory.environment import SimulatedEnvironment
from ...lab.memory.lab import MemoryLab
from ...lab.memory.stuck import hold
from ...lab.scene import scene
from ...records.diagnosis import Diagnosis
from ...render.visible import visible
from ..simulate import simulate
from .words import take_options, wrong_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...lab.scene.labels import Label
    from ...lab.scene.scene import Scene

BACKENDS = "memory", "namespaces"


def why(words: list[str], environment: Environment) -> int:
    """``netlite lab why [--backend memory|namespaces] [--only LABEL,...] [SCENE...]``: 0 where the matrix is
    as it must be, else 1.  Raises NetliteError."""
    (backend, only), names = take_options(words, "--backend", "--only")
    backend = backend or "memory"
    if backend not in BACKENDS:
        raise wrong_line(f"--backend is one of {', '.join(BACKENDS)}")
    reason = why_not(backend)
    if reason is not None:
        raise NetliteError(f"{backend}: {reason}")
    trial: Callable[[Scene, Label], Diagnosis | None] = try_in_memory
    if backend == "namespaces":
        from .why_in_namespaces import try_in_namespaces as trial
    tried = []
    scenes = [scene.load(name, environment.read_file) for name in names or scene.names()]
    for each in matrix(scenes, backend, trial, only.split(",") if only else None):
        environment.out.write(visible(row(each)) + "\n")
        environment.out.flush()
        tried.append(each)
    sums = totals(tried)
    environment.out.write(summary(sums))
    return 0 if sums.holds else 1


def matrix(scenes: list[Scene], backend: str, trial: Callable[[Scene, Label], Diagnosis | None],
           only: list[str] | None = None) -> Iterator[Tried]:
    """Each label that is for a back-end, tried; what cannot be done here is left out."""
    for loaded in scenes:
        for label in loaded.labels:
            if backend in (label.backends or loaded.backends) and (only is None or label.name in only):
                found = trial(loaded, label)
                if found is not None:
                    yield Tried(loaded.name, label, found, found.packets)


def asked(label: Label) -> tuple[str | None, int | None]:
    """Host and port of what a label asks."""
    host, _, port = label.ask.partition(":") if label.ask.count(":") < 2 else (label.ask, "", "")
    return host or None, int(port) if port else None


def try_in_memory(loaded: Scene, label: Label) -> Diagnosis:
    """The diagnosis on the first node of the scene, in virtual time."""
    lab = broken_in_memory(loaded, label)
    world = SimulatedEnvironment("why", lab.topology, next(iter(lab.topology.nodes)), lab=lab)
    packets = label.packets or USUAL_PACKETS
    config = WhyConfig(*asked(label), limit_ns=limit_ns(packets), most_packets=packets)
    found = list(diagnosing(config, world))[-1]
    assert isinstance(found, Diagnosis)
    return found.replace(packets=len(world.sent))


def broken_in_memory(loaded: Scene, label: Label) -> MemoryLab:
    """The nodes of a scene as a label has them.  Raises NetliteError where a command of it fails."""
    topology = loaded.labelled(label)
    lab = MemoryLab(topology)
    for connection in label.connections:
        hold(connection, lab)
    for node, command in label.done:
        played = simulate(command, topology, node, lab=lab)
        if played.status:
            raise NetliteError(f"{loaded.name}, {label.name}: {command}: {played.stderr.strip()}")
    return lab
