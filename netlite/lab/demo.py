"""A guided tour: ``python3 -m netlite.lab.demo [SCENE]``, or ``make demo``.

Builds a network of virtual routers on this machine, lets netlite's programs loose in it and says
what to see; the scene is "chain" unless named.  Nothing is left behind.  Exit status: 0 when
everything went as described, 1 when not, 2 for a scene that does not exist, 130 or 143 when it was
stopped.  Where namespaces are refused it uses the loopback device.
"""

from __future__ import annotations

import signal
import socket
import sys
import textwrap
from time import monotonic

from ..errors import NetliteError
from .namespaces import Lab
from .play import WIDTH, Here, draw, play
from .scene import Scene, load, names
from .topology import SceneError


def main(words: list[str]) -> int:
    """Play the tour on stdout and return the exit status; `words` may name the scene."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    started = monotonic()
    try:
        scene = load(words[0] if words else "chain")
        if not scene.topology.wires:
            return _tour(_possible(scene), Here(), started)
        lab = Lab(scene.topology)
    except SceneError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    except NetliteError as refusal:
        _show(f"No virtual routers on this machine: {refusal}. The loopback device has to do.\n\n")
        return _tour(_possible(load("loopback")), Here(), started)
    with lab:
        _show(f"{scene.title}\n\n{textwrap.fill(scene.goal, WIDTH)}\n\n")
        _show(f"Built {len(scene.topology.nodes)} virtual machines and {len(scene.topology.wires)} wires"
              f" in {monotonic() - started:.2f} s, in memory of this kernel alone"
              f"{', without being root' if lab.rootless else ''}.\n")
        for warning in lab.warnings:
            _show(f"Note: {warning}.\n")
        _show(f"The number on a wire is its MTU: the bytes of the biggest packet that it takes.\n\n"
              f"{draw(scene.topology)}\n")
        return _tour(scene, lab, started)


def _tour(scene: Scene, stage, started: float) -> int:
    """Play the scene and give the verdict."""
    outcomes = play(scene, stage, _show)
    failed = [outcome for outcome in outcomes if outcome.problems]
    if failed:
        _show(f"NOT as described: {len(failed)} of {len(outcomes)} commands:\n")
        for outcome in failed:
            _show(f"    {outcome.experiment.command}: {outcome.problems[0]}\n")
        return 1
    _show(f"All {len(outcomes)} commands did what the sentences say, in {monotonic() - started:.1f} s. "
          "Nothing is left behind.\n"
          f"Other scenes: {', '.join(name for name in names() if name != scene.name)}; to play one:\n"
          f"{sys.executable} -m netlite.lab.demo NAME\n")
    return 0


def _possible(scene: Scene) -> Scene:
    """The scene with the experiments that this machine can do; says which are left out."""
    kinds = (socket.SOCK_DGRAM, socket.SOCK_RAW)
    has = {"icmp": any(_opens(socket.AF_INET, kind, socket.IPPROTO_ICMP) for kind in kinds),
           "ipv6": _opens(socket.AF_INET6, socket.SOCK_DGRAM, 0)}
    possible = []
    for experiment in scene.experiments:
        lacking = [need for need in experiment.needs if not has[need]]
        if lacking:
            _show(f"Left out, as there is no {' and '.join(lacking)} for us here: {experiment.command}\n")
        else:
            possible.append(experiment)
    return scene.replace(experiments=tuple(possible))


def _opens(family: int, kind: int, protocol: int) -> bool:
    """Whether such a socket opens and can be bound to the loopback address."""
    try:
        with socket.socket(family, kind, protocol) as opened:
            opened.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        return True
    except OSError:
        return False


def _stop(number: int, _frame) -> None:
    """Leave by way of all `with` blocks."""
    sys.exit(128 + number)


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
