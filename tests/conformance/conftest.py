"""Fixtures of the conformance tests: the thread that acts in namespaces, scenes, both programs."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import harness
import pytest
import scenes

ETC = Path(__file__).resolve().parents[1] / "fixtures" / "etc"
CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE = 0x00020000, 0x1000, 0x4000, 1 << 18


def enter_own_etc() -> None:
    """Give the calling thread a mount namespace in which /etc answers names from tests/fixtures/etc."""
    scenes.checked(scenes.LIBC.unshare(CLONE_NEWNS), "unshare")
    scenes.checked(scenes.LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mount")
    for file in ETC.iterdir():
        target = Path("/etc", file.name)
        if target.exists():
            scenes.checked(scenes.LIBC.mount(bytes(file), bytes(target), None, MS_BIND, None), "mount")


@pytest.fixture(scope="session")
def stage():
    """Runs functions in one thread of its own, which alone changes namespaces."""
    executor = ThreadPoolExecutor(max_workers=1)
    try:
        executor.submit(enter_own_etc).result()
    except OSError as refusal:
        executor.shutdown()
        pytest.skip(f"namespaces are refused here: {refusal}")
    yield lambda function, *arguments: executor.submit(function, *arguments).result()
    executor.shutdown()


@pytest.fixture(scope="session")
def world_of(stage):
    """world_of(scene): the scene, built at first use and shared."""
    built = {}

    def world(name: str):
        if name not in built:
            try:
                built[name] = stage(scenes.build, name)
            except OSError as refusal:
                built[name] = refusal
        if isinstance(built[name], OSError):
            pytest.skip(f"the scene {name} cannot be built here: {built[name]}")
        return built[name]

    yield world
    for one in built.values():
        if not isinstance(one, OSError):
            one.close()


def usable_interpreter(identity: dict) -> str | None:
    """An interpreter of at least 3.11 that such a user may run."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
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
    made, folders = {}, []

    def path(user: str | None) -> str:
        if user not in made:
            nobody = {"user": harness.NOBODY, "group": harness.NOBODY, "extra_groups": []}
            interpreter = usable_interpreter(nobody if user == "nobody" else {})
            folders.append(Path(tempfile.mkdtemp(prefix="netlite-")))
            made[user] = interpreter and harness.netlite_folder(folders[-1], interpreter)
        if made[user] is None:
            pytest.skip(f"no interpreter that {user} may run")
        return made[user]

    yield path
    for folder in folders:
        shutil.rmtree(folder)
