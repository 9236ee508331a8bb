"""Worlds beside this machine's inherit nothing of it: what they forgot would read, or change, the machine."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from replay import ReplayEnvironment

from netlite.environment import Environment, Output
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain
from netlite.links.network import Network
from netlite.sockets.clock import Clock
from netlite.sockets.resolver import Resolver
from netlite.system.files import Files
from netlite.system.ioctls import Ioctls
from netlite.system.netlink.channel import ROUTE, Channel
from netlite.world import World

ROOT = Path(__file__).resolve().parents[2]
EACH_PROGRAM = """\
import sys
sys.path.insert(0, sys.argv[1])
from netlite.lab.scene.topology import chain
from netlite.programs.registry import OWN, PROGRAMS
from netlite.programs.simulate import simulate

TOUCHING = ("socket.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove", "os.rename", "os.symlink", "os.kill", "os.mkdir",
            "subprocess.", "fcntl.", "signal.")
WORDS = {"ping": "-c1 server", "dhcp": "eth0", "watch": "-c1 server", "learn": "1", "completion": "bash", "explain": "/dev/null",
         "lab": "run chain", "install": "/nowhere", "uninstall": "/nowhere", "netstat": "-tan", "exporter": "--listen 127.0.0.1:0 --no-host"}
told = []

def look(event, values):
    if command is not None and event.startswith(TOUCHING):
        told.append(f"{command}: {event}")
        raise OSError(1, event)

command = None
sys.addaudithook(look)
for name in (*PROGRAMS, *OWN):
    words = f"{name} {WORDS.get(name, WORDS['ping'] if name.startswith('ping') else '' if name in OWN else 'server')}"
    for command in (None, words) if not words.startswith("exporter") else (words,):  # the first loads modules
        try:
            simulate(words, chain(1), "client")
        except OSError:
            pass
print(told)
"""
PARTS = {"clock": Clock, "files": Files, "ioctls": Ioctls, "network": Network, "resolver": Resolver}
HARMLESS = {"closed", "error", "unwritten", "reserve"}  # made of `out` and `err`; memory


@pytest.fixture(params=["memory", "recorded"])
def world(request, tmp_path) -> Environment:
    if request.param == "memory":
        return SimulatedEnvironment("test", chain(1), "client")
    return ReplayEnvironment("test", str(tmp_path))


def public(*kinds: type) -> dict[str, object]:
    """What classes define themselves, by name; no constants."""
    return {key: value for kind in kinds for key, value in vars(kind).items()
            if not key.startswith("_") and not key.isupper()}


def inherited(made_up: object, *real: type) -> set[str]:
    """The public names of `real` classes that an object lacks, or has from them and not from classes of its own."""
    def is_own(name: str) -> bool:
        if name in vars(made_up):
            return True
        return next((kind for kind in type(made_up).__mro__ if name in vars(kind)), None) not in (None, *real)

    return {name for name in public(*real) if name not in HARMLESS and not is_own(name)}


def parameters(function: object) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]


def differing(made_up: object, *real: type) -> list[str]:
    """The methods whose parameters are other ones; who takes everything may."""
    found = []
    for name, theirs in public(*real).items():
        if inspect.isfunction(theirs):
            ours = parameters(getattr(made_up, name))
            if ours not in (parameters(theirs), ["_"]):
                found.append(f"{name}({', '.join(ours)})")
    return found


def test_what_is_inherited_is_found():
    assert inherited(Environment("test"), Environment, World) == set(public(Environment, World)) - HARMLESS
    assert inherited(Files(), Files) == {"blocks", "exists", "folder", "links"}


def test_a_made_up_world_has_every_name_of_its_own(world):
    assert inherited(world, Environment, World) == set()
    assert differing(world, Environment, World) == []


def test_what_can_be_set_here_can_be_set_there(world):
    for name, theirs in public(Environment, World).items():
        if isinstance(theirs, property) and theirs.fset is not None and name not in vars(world):
            ours = getattr(type(world), name)
            assert not isinstance(ours, property) or ours.fset not in (None, theirs.fset), name


def test_every_attribute_of_a_world_is_there(world):
    attributes = {name for name in vars(Environment("test")) if not name.startswith("_")}
    assert {"program", "out", "err", "owns_process", "proc", "etc"} <= attributes <= set(vars(world))
    assert not world.owns_process
    for stream in (world.out, world.err):
        assert inherited(stream, Output) == set() and differing(stream, Output) == []


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_a_class_of_its_own(world, part):
    made_up, real = getattr(world, part), PARTS[part]
    assert type(made_up) is not real
    assert inherited(made_up, real) == set()
    assert differing(made_up, real) == []


def test_the_channel_in_memory_is_one_of_its_own():
    channel = SimulatedEnvironment("test", chain(1), "client").netlink(ROUTE)
    assert inherited(channel, Channel) == set() and differing(channel, Channel) == []


def test_what_is_waited_for_in_memory_has_no_descriptor():
    world = SimulatedEnvironment("test", chain(1), "client")
    for source in (world.signals(), world.lookups(), world.registry_lookups("whois.example", "43", False)):
        assert source.fileno() == -1 and source.due_ns() is None and source.receive(0) == []


def test_each_program_in_memory_asks_nothing_of_the_machine():
    done = subprocess.run([sys.executable, "-I", "-B", "-c", EACH_PROGRAM, ROOT], capture_output=True, text=True, timeout=300)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stdout + done.stderr
