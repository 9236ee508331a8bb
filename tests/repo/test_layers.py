"""Arrows point down only: who may import whom, and who may import the two libraries."""

from __future__ import annotations

import ast
from functools import cache

from tree import PACKAGE, for_each, modules, name, parsed, statements_in

EVERYWHERE = {"records", "errors", "feature_errors", "libraries", "name_sources"}
MAY_IMPORT = {  # folder or module of netlite: what it may import besides its own
    "__init__": {"api", "aio"},
    "__main__": {"environment", "programs"},
    "programs": {"aio", "api", "session", "command_line", "environment", "world", "lab", "teach", "links", "sockets", "system", "engines",
                 "packets", "render"},
    "aio": {"api", "world", "links", "sockets", "engines"},
    "api": {"session", "world", "links", "sockets", "engines", "packets", "system"},
    "session": {"links", "sockets", "engines"},
    "lab": {"environment", "links", "sockets", "system", "engines", "packets", "render"},
    "environment": {"world", "sockets", "system"},
    "world": {"links", "sockets", "engines", "system"},
    "teach": {"engines", "packets", "render"},
    "links": {"sockets", "engines", "packets"},
    "sockets": {"engines", "packets", "command_line"},
    "command_line": set(),
    "engines": set(),
    "packets": set(),
    "render": set(),
    "system": {"command_line"},
    "records": set(),
    "errors": set(),
    "feature_errors": set(),
    "code_file": set(),
    "libraries": set(),
    "name_sources": set(),
}
DOORS = {
    "scapy": ("packets/crafting", "packets/pcapng"),
    "pyroute2": ("system/netlink/messages", "system/netlink/changes", "lab/"),
}
PURE = {"engines", "records", "render"}
IMPURE = {"socket", "_socket", "select", "time", "random", "os", "posix", "subprocess", "threading", "_thread"}
CALCULATIONS = {"posix.strerror", "_socket.inet_ntoa", "_socket.inet_aton", "_socket.inet_ntop", "_socket.inet_pton",
                "time.gmtime", "time.strftime"}


@cache
def imports(path) -> tuple:
    """(line, absolute name, inside a function or under TYPE_CHECKING) for each import of a module."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts

    def walk(node, deferred):
        for child in statements_in(node):
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

    return tuple(walk(parsed(path), False))


@for_each(modules)
def test_arrows_point_down(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    allowed = MAY_IMPORT[own] | EVERYWHERE | {own}
    for line, imported, _ in imports(path):
        parts = imported.split(".")
        if parts[0] == "netlite" and len(parts) > 1 and parts[1] in MAY_IMPORT:
            assert parts[1] in allowed, f"{name(path)}:{line}: {own} must not import {parts[1]}"


@for_each(modules)
def test_a_program_looks_into_no_other_program(path):
    parts = path.relative_to(PACKAGE).parts
    programs = {folder.name for folder in (PACKAGE / "programs").iterdir() if folder.is_dir()}
    for line, imported, _ in imports(path):
        words = imported.split(".")
        if words[:2] == ["netlite", "programs"] and words[2] in programs and parts[:2] != ("programs", words[2]):
            assert parts[0] == "programs" and words[3] == "main", f"{name(path)}:{line}: {imported} is inside a program"


def test_no_circle_of_packages():
    arrows: dict[str, set[str]] = {}
    for path in modules():
        own = ".".join(path.relative_to(PACKAGE).parts[:-1]) or path.stem
        for _, imported, _ in imports(path):
            target = module_of(imported)
            if target is not None:
                package = ".".join(target.relative_to(PACKAGE).parts[:-1]) or target.stem
                if package != own and package != "__init__":
                    arrows.setdefault(own, set()).add(package)
    assert circle(arrows) == []


def test_no_circle_of_files():
    arrows = {name(path): {name(target) for _, imported, _ in imports(path)
                           if (target := module_of(imported)) is not None and target != path
                           and target.name != "__init__.py"} for path in modules()}
    assert circle(arrows) == []


def module_of(imported: str):
    """The file that an import of netlite loads, None for those of others."""
    parts = imported.split(".")
    if parts[0] != "netlite":
        return None
    for length in (len(parts), len(parts) - 1):
        file = PACKAGE.parent.joinpath(*parts[:length]).with_suffix(".py")
        if file.exists():
            return file
    return None


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """The names on one way back to where it began; empty where there is none."""
    done: set[str] = set()

    def walk(place: str, way: list[str]) -> list[str]:
        if place in way:
            return way[way.index(place):]
        if place in done:
            return []
        done.add(place)
        for target in sorted(arrows.get(place, ())):
            found = walk(target, [*way, place])
            if found:
                return found
        return []

    return next(filter(None, (walk(place, []) for place in sorted(arrows))), [])


@for_each(modules)
def test_libraries_stay_behind_their_doors(path):
    place = path.relative_to(PACKAGE).as_posix()
    for line, imported, deferred in imports(path):
        library = imported.split(".")[0]
        if library in DOORS:
            assert place.startswith(DOORS[library]), f"{name(path)}:{line}: {library} is not for this module"
            assert deferred or library == "pyroute2", f"{name(path)}:{line}: import {library} inside functions"


@for_each(lambda: [path for path in modules() if path.relative_to(PACKAGE).parts[0] in PURE])
def test_decisions_and_texts_touch_nothing(path):
    for line, imported, _ in imports(path):
        module = imported.split(".")[0]
        assert module not in IMPURE or imported in CALCULATIONS, f"{name(path)}:{line}: {module} in a pure layer"
