"""Every experiment of every scene, in memory: what is promised there is what a program shows."""

import known_scenes
import pytest

from netlite.lab.play import check
from netlite.programs.simulate import simulate

PROGRAMS = ("ping", "traceroute", "tracepath")  # the others show kernel tables, which nobody plays here
EXPERIMENTS = [(known_scenes.load(name), experiment) for name in known_scenes.names_for("memory")
               for experiment in known_scenes.load(name).experiments if experiment.command.split()[0] in PROGRAMS
               and not any(wire.dhcp for wire in known_scenes.load(name).topology.wires)]  # test_dhcp_in_memory plays these


@pytest.mark.parametrize("loaded, experiment", EXPERIMENTS,
                         ids=[f"{loaded.name}: {experiment.command}" for loaded, experiment in EXPERIMENTS])
def test_experiment(loaded, experiment):
    open_ports = [(connection.server, connection.port) for connection in loaded.connections]
    played = simulate(experiment.command, loaded.broken(experiment.broken), experiment.node, open_ports=open_ports)
    output = played.stdout + played.stderr
    assert check(experiment, output, played.status, loaded.topology) == [], output
