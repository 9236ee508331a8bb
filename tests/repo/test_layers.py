"""Arrows point down only: who may import whom, and who may import the two libraries."""

from __future__ import annotations

import ast

import pytest
from tree import PACKAGE, modules, name, parsed

EVERYWHERE = {"records", "errors"}
MAY_IMPORT = {  # folder or module of netlite: what it may import besides its own
    "__init__": {"api"},
    "__main__": {"commands"},
    "api": {"world", "sockets", "engines", "packets", "system"},
    "world": {"sockets", "system"},
    "commands": {"api", "world", "sockets", "engines", "packets", "system", "render", "teach", "lab"},
    "engines": set(),
    "errors": set(),
    "lab": {"packets", "sockets", "system", "engines", "commands", "__main__"},
    "packets": set(),
    "records": set(),
    "render": set(),
    "sockets": {"engines", "packets"},
    "system": set(),
    "teach": {"engines", "packets", "render"},
}
DOORS = {
    "scapy": ("packets/crafting", "teach/"),
    "pyroute2": ("system/messages", "system/changes", "lab/"),
}
PURE = {"engines", "records", "render"}
IMPURE = {"socket", "_socket", "select", "time", "random", "os", "posix", "subprocess", "threading", "_thread"}
CALCULATIONS = {"os.strerror", "_socket.inet_ntoa", "_socket.inet_aton", "_socket.inet_ntop", "_socket.inet_pton",
                "time.gmtime", "time.strftime"}


def imports(path):
    """(line, absolute name, inside a function or under TYPE_CHECKING) for each import of a module."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts

    def walk(node, deferred):
        for child in ast.iter_child_nodes(node):
            inner = deferred or isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) or (
                isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test))
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield child.lineno, alias.name, deferred
            elif isinstance(child, ast.ImportFrom):
                package = ".".join(parts[:-child.level]) + "." if child.level else ""
                for alias in child.names:
                    yield child.lineno, f"{package}{child.module or ''}.{alias.name}".replace("..", "."), deferred
            yield from walk(child, inner)

    yield from walk(parsed(path), False)


@pytest.mark.parametrize("path", modules(), ids=name)
def test_arrows_point_down(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    allowed = MAY_IMPORT[own] | EVERYWHERE | {own}
    for line, imported, _ in imports(path):
        parts = imported.split(".")
        if parts[0] == "netlite" and len(parts) > 1 and parts[1] in MAY_IMPORT:
            assert parts[1] in allowed, f"{name(path)}:{line}: {own} must not import {parts[1]}"


@pytest.mark.parametrize("path", modules(), ids=name)
def test_libraries_stay_behind_their_doors(path):
    place = path.relative_to(PACKAGE).as_posix()
    for line, imported, deferred in imports(path):
        library = imported.split(".")[0]
        if library in DOORS:
            assert place.startswith(DOORS[library]), f"{name(path)}:{line}: {library} is not for this module"
            assert deferred or library == "pyroute2", f"{name(path)}:{line}: import {library} inside functions"


PURE_MODULES = [path for path in modules() if path.relative_to(PACKAGE).parts[0] in PURE]


@pytest.mark.parametrize("path", PURE_MODULES, ids=name)
def test_decisions_and_texts_touch_nothing(path):
    for line, imported, _ in imports(path):
        module = imported.split(".")[0]
        assert module not in IMPURE or imported in CALCULATIONS, f"{name(path)}:{line}: {module} in a pure layer"
