"""Write the programs as one file: packaging/zipapp.py TARGET.

`./netlite.pyz ping …` runs on a bare Python 3.11; what needs scapy or pyroute2 says so.  The file is three in one:
lines for sh that start Python isolated and without site, the code file for the Python that wrote it
(netlite/code_file.py), and a zip archive of the sources, for what the code file does not hold and for other versions
of Python.  Nothing is unpacked.
"""

import shutil
import sys
import tempfile
import zipapp
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))
from code_file import NAME, code_file  # noqa: E402

HEAD_BYTES = 1024
SHELL = """#!/bin/sh
exec python3 -I -S -c '{start}' "$0" "$@"
"""
START = """
import sys
if sys.argv[0] == "-c":
    del sys.argv[0]
    sys.path.append(sys.argv[0])
if "code." + sys.implementation.cache_tag == "{name}":
    from marshal import loads
    from posix import O_CLOEXEC, O_RDONLY, open, pread
    code, reader = open(sys.argv[0], O_RDONLY | O_CLOEXEC), {{}}
    exec(loads(pread(code, 8192, {head_bytes})), reader)
    reader["load_from"](code, {head_bytes}, sys.argv[0])
from netlite.__main__ import main
main()
""".format(name=NAME, head_bytes=HEAD_BYTES)


def write(target: Path) -> None:
    """Write the one file, and make it executable."""
    checkout = Path(__file__).resolve().parents[1]
    head = SHELL.format(start=START).encode().ljust(HEAD_BYTES, b"\n")
    if len(head) > HEAD_BYTES:
        raise ValueError("the lines for sh are too long for HEAD_BYTES")
    with tempfile.TemporaryDirectory() as folder:
        source, archive = Path(folder, "source"), Path(folder, "archive")
        shutil.copytree(checkout / "netlite", source / "netlite", ignore=shutil.ignore_patterns("__pycache__"))
        (source / "__main__.py").write_text(START)
        zipapp.create_archive(source, archive, compressed=True)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(head + code_file() + archive.read_bytes())
    target.chmod(0o755)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
