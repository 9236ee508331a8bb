"""Write the programs as one file: packaging/zipapp.py TARGET [LIBRARY…].

`./netlite.pyz ping …`, or a link to it that is called ping, runs on a bare Python 3.11; what needs scapy or pyroute2
says so, unless these libraries are named: then the file holds them too, as they are installed here (pure Python alone
can be held).  The file is three in one: lines for sh that start Python isolated and without site, the code file for
the Python that wrote it (netlite/code_file.py), and a zip archive of the sources, for other versions of Python, with
what the code file does not hold compiled beside them.  Nothing is unpacked.
"""

import py_compile
import shutil
import sys
import tempfile
import zipapp
from importlib.metadata import distribution, version
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from code_file import LEFT_OUT, NAME, code_file  # noqa: E402

HEAD_BYTES = 1024
SHELL = """#!/bin/sh
unset PYTHONEXECUTABLE __PYVENV_LAUNCHER__
exec python3 -I -S -c '{start}' "$0" "$@"
"""
START = """
import sys
if sys.argv[0] == "-c":
    del sys.argv[0]
    sys.path.append(sys.argv[0])
if "code." + sys.implementation.cache_tag == "{name}":
    from marshal import loads
    from posix import open, pread
    code, reader = open(sys.argv[0], 0), {{}}
    exec(loads(pread(code, 12288, {head_bytes})), reader)
    reader["load_from"](code, {head_bytes}, sys.argv[0])
from netlite.__main__ import start
start(sys.argv[0].rpartition("/")[2], sys.argv)
""".format(name=NAME, head_bytes=HEAD_BYTES)


def write(target: Path, libraries: list[str]) -> None:
    """Write the one file, and make it executable."""
    checkout = Path(__file__).resolve().parents[1]
    head = SHELL.format(start=START).encode().ljust(HEAD_BYTES, b"\n")
    if len(head) > HEAD_BYTES:
        raise ValueError("the lines for sh are too long for HEAD_BYTES")
    with tempfile.TemporaryDirectory() as folder:
        source, archive = Path(folder, "source"), Path(folder, "archive")
        shutil.copytree(checkout / "netlite", source / "netlite", ignore=shutil.ignore_patterns("__pycache__"))
        for path in (source / "netlite").rglob("*.py"):
            if path.relative_to(source / "netlite").as_posix().startswith(LEFT_OUT):
                py_compile.compile(path, path.with_suffix(".pyc"), path.relative_to(source), doraise=True,
                                   invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        for library in libraries:
            add(library, source)
        (source / "__main__.py").write_text(START)
        zipapp.create_archive(source, archive, compressed=True)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(head + code_file() + archive.read_bytes())
    target.chmod(0o755)


def add(library: str, folder: Path) -> None:
    """Copy the package of an installed library, and the licence it comes with."""
    for file in distribution(library).files or ():
        if file.parts[0] in (library, f"{library}-{version(library)}.dist-info") and file.suffix != ".pyc":
            copy = folder / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), copy)


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2:])
