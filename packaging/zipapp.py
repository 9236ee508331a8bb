"""Write the programs as one file: packaging/zipapp.py TARGET.

`python3 -I netlite.pyz ping …` runs on a bare Python 3.11; what needs scapy or pyroute2 says so.
"""

import shutil
import sys
import tempfile
import zipapp
from pathlib import Path


def write(target: Path) -> None:
    """Put the package netlite, without the parts that need libraries, into `target`."""
    checkout = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(checkout / "netlite", Path(folder, "netlite"), ignore=shutil.ignore_patterns("__pycache__"))
        Path(folder, "__main__.py").write_text("from netlite.__main__ import main\n\nmain()\n")
        target.parent.mkdir(exist_ok=True)
        zipapp.create_archive(folder, target, interpreter="/usr/bin/env -S python3 -I", compressed=True)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
