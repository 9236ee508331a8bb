"""The programs start from the checkout, through links, as one file, and installed by pip."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from configparser import ConfigParser

import pytest
from tree import ROOT

SCRIPTS = sorted(path.name for path in (ROOT / "bin").iterdir())
PROGRAMS = [name for name in SCRIPTS if (ROOT / "netlite" / "programs" / name / "main.py").exists()]


def run(*argv, **options) -> subprocess.CompletedProcess:
    return subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL, cwd="/", **options)


def starts(*argv) -> bool:
    """Whether a program answers -V as itself: without a traceback, on any status."""
    done = run(*argv, "-V")
    return bool(done.stdout + done.stderr) and "Traceback" not in done.stderr and "internal error" not in done.stderr


def test_every_program_is_declared_and_listed():
    from netlite.programs.registry import PROGRAMS as listed

    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    declared = [line for line in config["options"]["scripts"].split("\n") if line]
    assert sorted(declared) == [f"bin/{name}" for name in SCRIPTS]
    assert sorted([*listed, "netlite"]) == SCRIPTS
    assert all(os.access(ROOT / "bin" / name, os.X_OK) for name in SCRIPTS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_starts_from_the_checkout_and_through_a_link(name, tmp_path):
    link = tmp_path / name
    link.symlink_to(ROOT / "bin" / name)
    assert starts(sys.executable, "-I", ROOT / "bin" / name)
    assert starts(sys.executable, "-I", link)


def test_front_end_names_the_programs():
    done = run(sys.executable, "-I", ROOT / "bin" / "netlite")
    assert done.returncode == 2
    assert all(name in done.stderr for name in PROGRAMS)


def test_runs_as_one_file(tmp_path):
    target = tmp_path / "netlite.pyz"
    assert run(sys.executable, "-I", ROOT / "packaging" / "zipapp.py", target).returncode == 0
    for name in PROGRAMS:
        assert starts(sys.executable, "-I", "-S", target, name), name


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of programs of a fresh virtual environment with netlite installed, without its libraries."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"
    run("cp", "-r", ROOT, source)
    run("rm", "-rf", source / ".venv", source / "build", source / ".git")
    built = run(sys.executable, "-I", "-m", "pip", "wheel", "--no-deps", "--wheel-dir", folder, source)
    if built.returncode:
        pytest.skip(f"pip cannot build here: {built.stderr.strip().splitlines()[-1:]}")
    venv.create(folder / "venv", symlinks=True)
    wheel = next(folder.glob("*.whl"))
    done = run(sys.executable, "-I", "-m", "pip", "--python", folder / "venv/bin/python", "install", "--no-deps",
               "--no-index", wheel)
    assert done.returncode == 0, done.stderr
    return folder / "venv" / "bin"


def test_pip_brings_pages_and_completions(installed):
    share = installed.parent / "share"
    assert "netlite help ping" in (share / "man" / "man8" / "ping.8").read_text().replace("\\", "")
    assert (share / "man" / "man8" / "ping6.8").read_text() == ".so man8/ping.8\n"
    for place in ("bash-completion/completions/netlite", "zsh/site-functions/_netlite", "fish/vendor_completions.d/netlite.fish"):
        assert "--multi" in (share / place).read_text() or "'multi'" in (share / place).read_text()


def test_pip_puts_the_programs_on_the_path(installed):
    for name in PROGRAMS:
        assert starts(installed / name), name
        assert starts(installed / "netlite", name), name
        assert starts(installed / "python", "-I", "-m", "netlite", name), name


def test_pip_installs_every_module_and_scene(installed):
    site = next(installed.parent.glob("lib/python3*/site-packages/netlite"))
    ours = {path.relative_to(ROOT / "netlite") for kind in ("*.py", "*.toml", "*.css", "*.js", "py.typed") for path in (ROOT / "netlite").rglob(kind)}
    assert not [str(path) for path in ours if not (site / path).exists()]
