"""Fixtures of the conformance tests: scenes, and where netlite's programs are found."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import installed
import originals
import pytest
import scenes
from quick_lab import Lab, tools
from number_places import SET_UP
from player import Players
from warm_programs import Programs

from netlite.errors import NetliteError
from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology

FORGET_PROXIES = """ip neigh show proxy | while read -r address what device rest; do
    [ "$what" = dev ] && ip neigh del proxy "$address" dev "$device" || ip neigh del proxy "$address"
done"""
NOBODY = {"user": 65534, "group": 65534, "extra_groups": []}


@pytest.fixture(scope="session")
def world_of():
    """world_of(scene, twin): the scene (or its twin), built at first use and shared."""
    built = {}

    def world(name: str, twin: str = ""):
        if (name, twin) not in built:
            try:
                built[name, twin] = scenes.World(name)
            except NetliteError as refusal:
                built[name, twin] = refusal
        if isinstance(built[name, twin], NetliteError):
            pytest.skip(f"the scene {name} cannot be built here: {built[name, twin]}")
        return built[name, twin]

    yield world
    for one in built.values():
        if not isinstance(one, NetliteError):
            one.close()


def usable_interpreter(identity: dict) -> str | None:
    """An interpreter of at least 3.11 that such a user may run."""
    for candidate in (originals.PYTHON,) if originals.PYTHON else (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        check = [candidate, "-I", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if subprocess.run(check, cwd="/", stderr=subprocess.DEVNULL, **identity).returncode == 0:
                return candidate
        except OSError:
            pass
    return None


@pytest.fixture(scope="session")
def netlite_path():
    """netlite_path(user): a PATH on which netlite's programs hide the originals."""
    interpreters = {}

    def path(user: str | None) -> str:
        if user not in interpreters:
            interpreters[user] = usable_interpreter(NOBODY if user == "nobody" and os.geteuid() == 0 else {})
        interpreter = interpreters[user]
        if interpreter is None:
            pytest.skip(f"no interpreter that {user} may run")
        return f"{installed.bin_folder(interpreter)}:{originals.ORIGINALS_PATH}"

    return path


@pytest.fixture(scope="session")
def loaded():
    """loaded(path): what starts programs quickly in labs, netlite's as they are on a PATH of `netlite_path`; None where it cannot."""
    started = {}

    def programs(path: str) -> Programs | None:
        if path not in started and tools():
            started[path] = Programs(path)
        return started.get(path)

    yield programs
    for each in started.values():
        each.close()


@pytest.fixture
def twins(netlite_path, loaded):
    """What plays in two equal nodes without wires; b.lab is a name that resolves."""
    try:
        lab = Lab(Topology([Node(name) for name in ("original", "netlite", "b", "c")], [Wire(("b", "c"))]))
    except NetliteError as refusal:
        pytest.skip(f"no twin nodes here: {refusal}")
    with lab:
        if lab.rootless:
            pytest.skip("changes need root: an ioctl on behalf of nobody cannot be tested in a user namespace")
        forget_proxies(lab)
        yield from played(lab, netlite_path, loaded)
        forget_proxies(lab)


@pytest.fixture(scope="module")
def pair(netlite_path, loaded, tmp_path_factory):
    """What plays in two equal nodes, each with a veth d0 that has addresses; what it writes goes to a folder of its own."""
    try:
        lab = Lab(Topology([Node("original"), Node("netlite")], []))
    except NetliteError as refusal:
        pytest.skip(f"no twin nodes here: {refusal}")
    with lab:
        if lab.rootless:
            pytest.skip("changes need root: an ioctl on behalf of nobody cannot be tested in a user namespace")
        for node in ("original", "netlite"):
            done = lab.run(node, ["sh", "-c", SET_UP], env={"PATH": originals.ORIGINALS_PATH})
            assert (done.returncode, done.stderr) == (0, "")
        yield from played(lab, netlite_path, loaded, str(tmp_path_factory.mktemp("pair")))


def played(lab, netlite_path, loaded, folder: str = "/") -> Iterator[Players]:
    """The original plays in the node of that name, netlite in its own."""
    path = netlite_path("nobody")
    players = Players(lab, {"original": originals.ORIGINALS_PATH, "netlite": path}, loaded(path), folder)
    yield players
    players.close()


def forget_proxies(lab) -> None:
    """Take out published addresses: those without a device outlive their namespace, and turn up in a later one."""
    for node in "original", "netlite":
        lab.run(node, ["sh", "-c", FORGET_PROXIES], env={"PATH": originals.ORIGINALS_PATH})
