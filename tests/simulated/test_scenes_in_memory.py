"""Every experiment of every scene, in memory: what is promised there is what a program shows."""

import pytest

from netlite.lab import scene
from netlite.lab.simulated_environment import simulate

PROGRAMS = ("ping", "traceroute", "tracepath")  # the others show kernel tables, which nobody plays here
EXPERIMENTS = [(scene.load(name), experiment) for name in scene.names()
               for experiment in scene.load(name).experiments if experiment.command.split()[0] in PROGRAMS]


@pytest.mark.parametrize("played_scene, experiment", EXPERIMENTS,
                         ids=[f"{played.name}: {experiment.command}" for played, experiment in EXPERIMENTS])
def test_experiment(played_scene, experiment):
    open_ports = [(connection.server, connection.port) for connection in played_scene.connections]
    played = simulate(experiment.command, played_scene.topology, experiment.node, open_ports=open_ports)
    output = played.stdout + played.stderr
    place = 0
    for text in experiment.expect:
        assert text in output[place:], f"lacks {text!r}:\n{output}"
        place = output.index(text, place) + len(text)
    assert played.status == experiment.status, output
