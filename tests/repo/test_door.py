"""The door: nothing but the modules below touches the machine."""

from __future__ import annotations

import ast

from tree import PACKAGE, modules, name, nodes

MACHINE = {"posix", "os", "io", "_io", "_socket", "socket", "fcntl", "pwd", "grp", "gc", "time", "_signal", "signal", "select",
           "subprocess", "random", "resource", "ctypes", "_ctypes", "_thread", "threading", "tempfile", "shutil", "pathlib"}
DOORS = (  # where this machine is touched: the door itself, what is behind it, and the labs that are built on machines
    "__main__.py", "code_file.py", "name_sources.py", "world.py", "environment.py", "session.py", "sockets/", "links/", "system/files.py", "system/ioctls.py",
    "system/network_namespaces.py", "system/names/databases.py", "system/netlink/channel.py", "system/netlink/changes.py",
    "lab/kernel/", "lab/userspace/", "lab/stages.py", "lab/scene/scene.py", "programs/lab/",
    "programs/about/doctor.py", "programs/about/links.py", "programs/exporter/server.py", "programs/exporter/process.py",
    "programs/exporter/files.py")
INSIDE = (  # what these take stays within the process, or is for those who develop netlite
    "packets/crafting.py", "packets/pcapng.py", "system/netlink/read_ahead.py", "packets/generate.py", "system/netlink/generate.py")
CALCULATIONS = {  # what these modules have that touches nothing; Random, where it is given its seed
    "strerror", "inet_aton", "inet_ntoa", "inet_pton", "inet_ntop", "htons", "gaierror", "gmtime", "strftime", "Random", "BytesIO", "get_ident"}
CONSTANTS = ("AF_", "SOCK_", "AI_", "EAI_", "NI_", "IPPROTO_", "SOL_", "SO_", "SIG", "O_")
STREAMS = ("stdin", "stdout", "stderr")
BUILT_IN = {"open", "input", "print", "exec", "eval"}


def test_nothing_goes_round_the_door():
    assert [place for path in modules() for place in touched(path)] == []


def touched(path):
    """What a module takes from the machine, unless it is a door."""
    place = path.relative_to(PACKAGE).as_posix()
    if place.startswith(DOORS + INSIDE):
        return
    whole = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module in MACHINE:
            for alias in node.names:
                if not harmless(alias.name):
                    yield f"{name(path)}:{node.lineno}: {node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            whole |= {alias.asname or alias.name for alias in node.names if alias.name in MACHINE}
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module, attribute = node.value.id, node.attr
            if module in whole and not harmless(attribute) or module == "sys" and attribute in STREAMS:
                yield f"{name(path)}:{node.lineno}: {module}.{attribute}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILT_IN:
            yield f"{name(path)}:{node.lineno}: {node.func.id}()"


def harmless(word: str) -> bool:
    """Whether a name of these modules touches nothing."""
    return word in CALCULATIONS or word.startswith(CONSTANTS)
