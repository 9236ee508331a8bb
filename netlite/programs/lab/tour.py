"""A guided tour: ``python3 -m netlite.programs.lab.tour [SCENE]``, or ``make demo``.

Builds a network of virtual routers on this machine, lets netlite's programs loose in it and says
what to see; the scene is "chain" unless named.  Nothing is left behind.  Exit status: 0 when
everything went as described, 1 when not, 2 for a scene that does not exist, 130 or 143 when it was
stopped.  Where namespaces are refused it uses the loopback device.
"""

from __future__ import annotations

import signal
import sys
from time import monotonic

from ...errors import NetliteError
from ...feature_errors import SceneError
from ...lab.kernel.namespaces import Lab
from ...lab.play import draw, paragraph, play
from ...lab.scene.scene import Scene, load, names
from ...lab.stages import HereStage, ProgramStage
from ...render.visible import visible
from ..registry import netlite_argv
from .endings import STOPPING, signals_given_back, stop_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...lab.stages import Stage


def main(words: list[str]) -> int:
    """Play the tour on stdout and return the exit status; `words` may name the scene."""
    with signals_given_back():
        stop_at(signal.SIGINT, *STOPPING)
        return _play(words)


def _play(words: list[str]) -> int:
    started = monotonic()
    try:
        scene = load(words[0] if words else "chain")
        if not scene.topology.wires:
            return _tour(scene, _possible(scene, HereStage(netlite_argv)), started)
        lab = Lab(scene.topology, later=scene.variants())
    except SceneError as problem:
        sys.stderr.write(f"{visible(str(problem))}\n")
        return 2
    except NetliteError as refusal:
        _show(f"No virtual routers on this machine: {visible(str(refusal))}. The loopback device has to do.\n\n")
        scene = load("loopback")
        return _tour(scene, _possible(scene, HereStage(netlite_argv)), started)
    with lab:
        _show(f"{visible(scene.title)}\n\n{paragraph(scene.goal, '', '')}\n")
        _show(f"Built {len(scene.topology.nodes)} virtual machines and {len(scene.topology.wires)} wires"
              f" in {monotonic() - started:.2f} s, in memory of this kernel alone"
              f"{', without being root' if lab.rootless else ''}.\n")
        for warning in lab.warnings:
            _show(f"Note: {visible(warning)}.\n")
        _show(f"The number on a wire is its MTU: the bytes of the biggest packet that it takes.\n\n"
              f"{draw(scene.topology)}\n")
        return _tour(scene, ProgramStage(lab, netlite_argv), started)


def _tour(scene: Scene, stage: Stage, started: float) -> int:
    """Play the scene and give the verdict."""
    outcomes = play(scene, stage, _show)
    failed = [outcome for outcome in outcomes if outcome.problems]
    if failed:
        _show(f"NOT as described: {len(failed)} of {len(outcomes)} commands:\n")
        for outcome in failed:
            _show(f"    {visible(outcome.experiment.command)}: {visible(outcome.problems[0])}\n")
        return 1
    _show(f"All {len(outcomes)} commands did what the sentences say, in {monotonic() - started:.1f} s. "
          "Nothing is left behind.\n"
          f"Other scenes: {', '.join(name for name in names() if name != scene.name)}; to play one:\n"
          f"{sys.executable} -m netlite.programs.lab.tour NAME\n")
    return 0


def _possible(scene: Scene, stage: HereStage) -> HereStage:
    """The stage; says which experiments are left out there."""
    for experiment in scene.experiments:
        if not stage.performs(experiment):
            lacking = [need for need in experiment.needs if not stage.has[need]]
            _show(f"Left out, as there is no {' and '.join(lacking)} for us here: {visible(experiment.command)}\n")
    return stage


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
