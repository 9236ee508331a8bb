"""Every scene on namespaces: the originals see what it says, and so do netlite's programs."""

from __future__ import annotations

import shlex
import shutil

import pytest

from netlite.lab import scene
from netlite.lab.namespaces import Lab
from netlite.lab.play import netlite_argv, play

NAMES = [name for name in scene.names() if scene.load(name).topology.wires]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("programs", ["original", "netlite"])
def test_a_scene_shows_what_it_says(labs, name, programs):
    loaded = scene.load(name)
    wanted = {shlex.split(experiment.command)[0] for experiment in loaded.experiments}
    missing = [program for program in wanted if shutil.which(program) is None]
    if programs == "original" and missing:
        pytest.skip(f"not installed: {' '.join(missing)}")
    with Lab(loaded.topology) as lab:
        outcomes = play(loaded, lab, lambda text: None, list if programs == "original" else netlite_argv)
    differing = [(outcome.experiment.command, outcome.problems, outcome.output) for outcome in outcomes
                 if outcome.problems]
    assert differing == []
