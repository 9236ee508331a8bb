"""What a scene can run on: namespaces of the kernel, the userspace Internet, memory, this machine itself."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache

from ..errors import NetliteError
from ..feature_errors import SceneError
from .kernel.namespaces import Lab
from .scene.scene import Scene
from .stages import HereStage, MemoryStage, ProgramStage
from .userspace.internet import UserspaceLab

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .stages import ArgvOf, Run, Stage

KERNEL = ("namespaces", "userspace")  # what needs namespaces of the kernel


@cache
def why_not(backend: str) -> str | None:
    """Why a back-end does not run here, or None when it does: found out by trying."""
    return Lab.unavailable_reason() if backend in KERNEL else None


def choose(scene: Scene, wanted: str | None = None) -> tuple[str, str]:
    """(back-end, one line that says why it is not the first choice, or "").

    Raises SceneError when the scene does not claim `wanted`, NetliteError when nothing runs here.
    """
    if wanted is not None and wanted not in scene.backends:
        raise SceneError(f"scene {scene.name} is not for {wanted}; it is for: {', '.join(scene.backends)}")
    choices = (wanted,) if wanted else scene.backends
    for backend in choices:
        reason = why_not(backend)
        if reason is None:
            first = why_not(choices[0])
            return backend, f"No {choices[0]} on this machine: {first}; playing in {backend}." if first else ""
    raise NetliteError(f"scene {scene.name} does not run here: {why_not(choices[0])}")


def open_first(scene: Scene, wanted: str | None = None) -> tuple[Lab | UserspaceLab | None, str, str]:
    """(the lab of a scene, or None where its back-end has none, and what `choose` says).

    What runs here is found out by building the lab itself: to try a small one first takes as long again.
    """
    backend = wanted or scene.backends[0]
    if backend in scene.backends and backend in KERNEL:
        try:
            return open_lab(scene, backend), backend, ""
        except NetliteError:
            if why_not(backend) is None:
                raise
    backend, note = choose(scene, wanted)
    return open_lab(scene, backend) if backend in KERNEL else None, backend, note


def open_lab(scene: Scene, backend: str) -> Lab | UserspaceLab:
    """The lab of a scene: `Lab` or `UserspaceLab`, which have the same methods."""
    if backend == "userspace":
        return UserspaceLab(scene.topology, open_ports=[(each.server, each.port) for each in scene.connections])
    return Lab(scene.topology, later=scene.variants())


def stage_of(lab: Lab | UserspaceLab, backend: str, argv_of: ArgvOf) -> ProgramStage:
    """The stage that a lab is."""
    return ProgramStage(lab, argv_of, next(iter(lab.namespaces)) if backend == "userspace" else None)


@contextmanager
def opened(scene: Scene, backend: str, argv_of: ArgvOf, simulate: Run) -> Iterator[Stage]:
    """A stage of the scene on a back-end, taken down at the end; the last two are those of `stages`."""
    if backend == "memory":
        yield MemoryStage(scene, simulate)
    elif backend == "here":
        yield HereStage(argv_of)
    else:
        with open_lab(scene, backend) as lab:
            yield stage_of(lab, backend, argv_of)
