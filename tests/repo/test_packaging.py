"""The programs start from the checkout, through links, as one file, and installed by pip."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from configparser import ConfigParser

import pytest
from tree import ROOT, files

SCRIPTS = sorted(path.name for path in (ROOT / "bin").iterdir())
PROGRAMS = [name for name in SCRIPTS if (ROOT / "netlite" / "programs" / name / "main.py").exists()]


def run(*argv, **options) -> subprocess.CompletedProcess:
    return subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=600,
                          stdin=subprocess.DEVNULL, cwd="/", **options)


def starts(*argv, **options) -> bool:
    """Whether a program answers -V as itself: without a traceback, on any status."""
    done = run(*argv, "-V", **options)
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


@pytest.fixture(scope="module")
def one_file(tmp_path_factory):
    """netlite.pyz, and the environment in which its `python3` is the one that runs this."""
    target = tmp_path_factory.mktemp("one") / "netlite.pyz"
    assert run(sys.executable, "-I", ROOT / "packaging" / "zipapp.py", target).returncode == 0
    (target.parent / "python3").symlink_to(sys.executable)
    return target, {"PATH": f"{target.parent}:/usr/bin:/bin"}


def test_runs_as_one_file(one_file):
    target, environment = one_file
    for name in PROGRAMS:
        assert starts(sys.executable, "-I", "-S", target, name), name
        assert starts(target, name, env=environment), name


def test_one_file_needs_its_archive_for_nothing_that_is_compiled(one_file, tmp_path):
    """The sources are there for other versions of Python, which find no code of theirs."""
    target, environment = one_file
    data = target.read_bytes()
    cut = tmp_path / "cut.pyz"
    cut.write_bytes(data[:data.index(b"PK\x03\x04")])
    cut.chmod(0o755)
    assert starts(cut, "ping", env=environment)
    other = tmp_path / "other.pyz"
    other.write_bytes(data.replace(sys.implementation.cache_tag.encode() + b'"', b"other-python\"", 1))
    other.chmod(0o755)
    assert starts(other, "ping", env=environment)
    assert "code_file.py" not in run(other, "ping", "-V", env=environment).stderr


def test_a_program_is_loaded_from_one_file(tmp_path):
    """With the code file no module is looked for anywhere else, and each knows its source all the same."""
    site = tmp_path / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/netlite"
    for folder in (tmp_path / "bin", site):
        folder.mkdir(parents=True)
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    for name in PROGRAMS:
        (tmp_path / "bin" / name).write_bytes((ROOT / "bin" / name).read_bytes())
        (tmp_path / "bin" / name).chmod(0o755)
    (site / "__main__.py").write_text("")
    assert not starts(tmp_path / "bin" / "ping")
    code = site / f"code.{sys.implementation.cache_tag}"
    assert run(sys.executable, "-I", ROOT / "packaging" / "code_file.py", code).returncode == 0
    for name in PROGRAMS:
        assert starts(tmp_path / "bin" / name), name
    show = f"import sys; sys.path.insert(0, {str(site.parent)!r}); from netlite.render import ping; print(ping.__file__)"
    load = f"import os; from netlite.code_file import load_from; load_from(os.open({str(code)!r}, 0), 0, {str(site.parent)!r})"
    done = run(sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {load}; {show}")
    assert done.stdout == f"{site}/render/ping.py\n", done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of programs of a fresh virtual environment with netlite installed, without its libraries."""
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"
    for path in files():
        copy = source / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
        copy.chmod(path.stat().st_mode)
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


def test_an_environment_in_the_folder_of_a_checkout_does_no_harm(installed):
    """Its programs are found in the same bin/, and what they are made of beside it."""
    checkout = installed.parents[1] / "source"
    before = {path.name: path.read_bytes() for path in (checkout / "bin").iterdir()}
    venv.create(checkout, symlinks=True)
    wheel = next(installed.parents[1].glob("*.whl"))
    done = run(sys.executable, "-I", "-m", "pip", "--python", checkout / "bin/python", "install", "--no-deps", "--no-index", wheel)
    assert done.returncode == 0, done.stderr
    assert {name: (checkout / "bin" / name).read_bytes() for name in before} == before
    for name in PROGRAMS:
        assert starts(checkout / "bin" / name), name


def test_pip_installs_every_module_and_scene(installed):
    site = next(installed.parent.glob("lib/python3*/site-packages/netlite"))
    assert (site / f"code.{sys.implementation.cache_tag}").exists()
    ours = {path.relative_to(ROOT / "netlite") for kind in ("*.py", "*.toml", "*.css", "*.js", "py.typed") for path in (ROOT / "netlite").rglob(kind)}
    assert not [str(path) for path in ours if not (site / path).exists()]
