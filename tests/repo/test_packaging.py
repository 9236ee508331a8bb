"""The programs start from the checkout, through links, as one file, and installed by pip."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from configparser import ConfigParser
from email.parser import BytesParser
from pathlib import Path

import installed as programs
import pytest
from tree import ROOT, files
from tree import name as name_of

from netlite.programs.registry import OWN

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
    helped = run(sys.executable, "-I", ROOT / "bin" / "netlite", "help").stdout
    assert all(name in ("-h", "--help", "-V") or f" netlite {name} " in helped for name in OWN)


@pytest.fixture(scope="module")
def one_file(tmp_path_factory):
    """netlite.pyz with a library, and the environment in which its `python3` is the one that runs this."""
    target = tmp_path_factory.mktemp("one") / "netlite.pyz"
    assert run(sys.executable, "-I", ROOT / "packaging" / "zipapp.py", target, "pyroute2").returncode == 0
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


def test_one_file_compiles_nothing_of_netlite(one_file, tmp_path):
    """What the code file does not hold, the lab and the lessons, is compiled in the archive."""
    target, environment = one_file
    data = target.read_bytes()
    cut = tmp_path / "cut.pyz"
    cut.write_bytes(data[:data.index(b"PK\x03\x04")])
    with zipfile.ZipFile(target) as whole, zipfile.ZipFile(cut, "a") as archive:
        for each in whole.namelist():
            if not each.endswith(".py"):
                archive.writestr(each, whole.read(each))
    cut.chmod(0o755)
    assert knows_its_lessons(cut, env=environment)


def test_one_file_is_the_program_that_a_link_is_called_by(one_file, tmp_path):
    """``netlite install`` links to it, and what stands there stays."""
    target, environment = one_file
    (tmp_path / "arp").write_text("mine")
    done = run(target, "install", tmp_path, env=environment)
    assert (done.returncode, done.stderr) == (1, f"netlite: {tmp_path}/arp is there already, and stays\n")
    assert f"{tmp_path}/ping6 -> {target}\n" in done.stdout
    for name in set(SCRIPTS) - {"arp"}:
        assert starts(tmp_path / name, env=environment), name
    assert run(tmp_path / "ping", env=environment).stderr == "ping: usage error: Destination address required\n"
    assert run(tmp_path / "netlite", "uninstall", tmp_path, env=environment).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["arp"]


def code_file() -> Path:
    """The one for the Python that runs this, as packaging/code_file.py writes it."""
    return programs.bin_folder(sys.executable).parent / "netlite" / f"code.{sys.implementation.cache_tag}"


def test_what_has_files_beside_its_modules_is_not_in_the_code_file():
    """Their loader would not find them: importlib.resources asks it."""
    from netlite.code_file import READER_BYTES

    written = code_file().read_bytes()[READER_BYTES:]
    index = written[4:4 + int.from_bytes(written[:4], "little")].decode()
    beside = {path.relative_to(ROOT / "netlite") for path in files() if path.is_relative_to(ROOT / "netlite") and path.suffix != ".py"}
    read = {path for path in beside if path.parts[0] not in ("py.typed", "schemas")}  # no program reads these
    assert {path.suffix for path in read} >= {".rst", ".toml", ".css"}
    packages = {f"netlite.{'.'.join(path.parts[:depth])}" for path in read for depth in range(1, len(path.parts))}
    found = [name for name in packages if f"\n{name} p " in index and name != "netlite.programs"]
    assert "\nnetlite.programs p " in index and found == []


def test_one_file_holds_libraries_that_are_named(one_file):
    """Its Python has none of its own here; a node of a lab finds the programs in it too."""
    target, environment = one_file
    done = run(target, "lab", "run", "chain", "--backend", "namespaces", "--", "ping", "-c1", "-q", "server", env=environment)
    if "no network namespaces here" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert "1 packets transmitted, 1 received" in done.stdout, done.stderr
    with zipfile.ZipFile(target) as archive:
        assert [each for each in archive.namelist() if "pyroute2-" in each and "license" in each.lower()]


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
    code.write_bytes(code_file().read_bytes())
    for name in PROGRAMS:
        assert starts(tmp_path / "bin" / name), name
    show = f"import sys; sys.path.insert(0, {str(site.parent)!r}); from netlite.render import ping; print(ping.__file__)"
    load = f"import os; from netlite.code_file import load_from; load_from(os.open({str(code)!r}, 0), 0, {str(site.parent)!r})"
    done = run(sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {load}; {show}")
    assert done.stdout == f"{site}/render/ping.py\n", done.stderr
    known = "; ".join(("import sys, importlib.util, netlite.programs.ping.main as main", "from netlite.engines import ping",
                       "assert sys.modules['netlite.engines'].ping is ping and ping.__package__ == 'netlite.engines'",
                       "assert importlib.reload(ping) is ping", "print(ping.__spec__.origin)",
                       "print(importlib.util.find_spec('netlite.engines').submodule_search_locations[0])", "print(ping.__loader__)"))
    done = run(sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {load}; {known}")
    assert done.stdout.startswith(f"{site}/engines/ping.py\n{site}/engines\n<netlite.code_file.CodeFile object"), done.stderr


STRAY = ("notes.txt", ".venv/pyvenv.cfg", "bin/stray", "build/lib/netlite/stray.py", "tests/unit/__pycache__/stray.pyc", "docs/index.rst~")
BUILD = "import os, sys; sys.path.insert(0, sys.argv[1]); os.chdir(sys.argv[2]); from setuptools import build_meta; build_meta.build_{}(sys.argv[3])"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with a checkout (`source`) in which people work, what is packed of it (`unpacked`), and the wheel of each."""
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    for path in files():
        copy = source / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
        copy.chmod(path.stat().st_mode)
    for name in STRAY:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("nothing of ours\n")
    tools, pip = folder / "tools", (sys.executable, "-m", "pip", "--disable-pip-version-check")
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    got = run(*pip, "install", "--no-compile", "--target", tools, *needed)
    if got.returncode:
        pytest.skip(f"pip cannot build here: {got.stderr.strip().splitlines()[-1:]}")
    done = run(sys.executable, "-I", "-c", BUILD.format("sdist"), tools, source, folder)
    assert done.returncode == 0, done.stderr
    with tarfile.open(next(folder.glob("*.tar.gz"))) as packed:
        packed.extraction_filter = getattr(tarfile, "data_filter", None)  # Python 3.11.4 and later
        packed.extractall(folder)
        (folder / "names").write_text("\n".join(each.name.partition("/")[2] for each in packed.getmembers() if each.isfile()))
    next(folder.glob("netlite_tools-*[0-9]")).rename(folder / "unpacked")
    done = run(sys.executable, "-I", "-c", BUILD.format("wheel"), tools, source, source / "dist")
    assert done.returncode == 0, done.stderr
    done = run(*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder / "unpacked" / "dist", folder / "unpacked",
               env={**os.environ, "PYTHONPATH": str(tools)})
    assert done.returncode == 0, done.stderr
    return folder


def settings(folder: Path) -> dict[str, dict[str, str]]:
    config = ConfigParser()
    config.read(folder / "setup.cfg")
    return {section: dict(config[section]) for section in config.sections()}


def wheel_of(built, name: str) -> Path:
    return next((built / name / "dist").glob("*.whl"))


def test_what_is_packed_is_what_belongs_to_the_project(built):
    unpacked = built / "unpacked"
    packed = set((built / "names").read_text().splitlines())
    added = {name for name in packed if name == "PKG-INFO" or name.startswith("netlite_tools.egg-info/")}
    ours = {name_of(path) for path in files() if not name_of(path).startswith(".")}
    assert packed - added == ours
    changed = [each for each in sorted(ours) if (unpacked / each).read_bytes() != (ROOT / each).read_bytes()]
    assert changed == ["setup.cfg"]  # setuptools writes its version tag into it
    assert {**settings(unpacked), "egg_info": {}} == {**settings(ROOT), "egg_info": {}}
    assert [each for each in ours if os.access(unpacked / each, os.X_OK) != os.access(ROOT / each, os.X_OK)] == []


def test_the_wheel_of_what_is_packed_is_that_of_the_checkout(built):
    wheels = [zipfile.ZipFile(wheel_of(built, place)) for place in ("source", "unpacked")]
    checkout, unpacked = ({each.filename: (each.CRC, each.external_attr) for each in wheel.infolist()} for wheel in wheels)
    assert checkout == unpacked
    assert not [each for each in checkout if "stray" in each or "notes.txt" in each]


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning", "ignore::DeprecationWarning")
def test_what_an_index_would_know_of_it(built):
    """By pyroma, all that can be rated without an index."""
    ratings = pytest.importorskip("pyroma.ratings")
    with zipfile.ZipFile(wheel_of(built, "unpacked")) as wheel:
        [name] = [each for each in wheel.namelist() if each.endswith(".dist-info/METADATA")]
        metadata = BytesParser().parsebytes(wheel.read(name))
    told = {key.lower(): metadata.get_all(key) for key in metadata.keys()}
    data = {key: values[0] if len(values) == 1 else values for key, values in told.items()}
    assert ratings.rate({"description": metadata.get_payload(), **data}) == (10, [])


@pytest.fixture(scope="module")
def installed(built):
    """The folder of programs of a fresh virtual environment with netlite installed, without its libraries."""
    venv.create(built / "venv", symlinks=True)
    done = run(sys.executable, "-I", "-m", "pip", "--python", built / "venv/bin/python", "install", "--no-deps",
               "--no-index", wheel_of(built, "unpacked"))
    assert done.returncode == 0, done.stderr
    return built / "venv" / "bin"


def knows_its_lessons(*netlite, **options) -> bool:
    """Whether what lies beside the modules is found: the pages of the lessons, scenes and exercises."""
    told = run(*netlite, "learn", "1", **options)
    lists = [run(*netlite, *words, **options).stdout for words in (("learn",), ("lab", "list"), ("lab", "exercise"))]
    return (told.returncode == 0 and "A packet" in told.stdout and "1 packets transmitted, 1 received" in told.stdout
            and all(name in text for name, text in zip(("Finding faults", "chain ", "no-way-out "), lists)))


def test_lessons_are_found_however_it_is_installed(installed, one_file):
    target, environment = one_file
    assert knows_its_lessons(installed / "netlite")
    assert knows_its_lessons(target, env=environment)


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


def test_an_environment_in_the_folder_of_a_checkout_does_no_harm(built):
    """Its programs are found in the same bin/, and what they are made of beside it."""
    checkout = built / "source"
    before = {path.name: path.read_bytes() for path in (checkout / "bin").iterdir()}
    venv.create(checkout, symlinks=True)
    done = run(sys.executable, "-I", "-m", "pip", "--python", checkout / "bin/python", "install", "--no-compile", "--no-deps", "--no-index",
               wheel_of(built, "unpacked"))
    assert done.returncode == 0, done.stderr
    assert {name: (checkout / "bin" / name).read_bytes() for name in before} == before
    for name in PROGRAMS:
        assert starts(checkout / "bin" / name), name


def test_pip_installs_every_module_and_scene(installed):
    site = next(installed.parent.glob("lib/python3*/site-packages/netlite"))
    assert (site / f"code.{sys.implementation.cache_tag}").exists()
    ours = {path.relative_to(ROOT / "netlite") for kind in ("*.py", "*.toml", "*.css", "*.js", "*.rst", "py.typed") for path in (ROOT / "netlite").rglob(kind)}
    assert not [str(path) for path in ours if not (site / path).exists()]
