"""netlite's programs as they are installed, made once for a run."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import shared_folder

CHECKOUT = Path(__file__).resolve().parents[1]


@cache
def bin_folder(interpreter: str) -> Path:
    """The folder of the programs that this interpreter runs."""
    name = interpreter.strip("/").replace("/", "-")
    return shared_folder.make_once(name, lambda begun: fill(begun, interpreter)) / "bin"


def fill(target: Path, interpreter: str) -> None:
    """Netlite's programs under their plain names, readable for every user, and with the code file."""
    shutil.copytree(CHECKOUT / "netlite", target / "netlite")  # with the times, so that compiled files stay valid
    subprocess.run([interpreter, "-I", "-m", "compileall", "-qq", target / "netlite"], check=True)
    tag = subprocess.run([interpreter, "-I", "-S", "-c", "import sys; print(sys.implementation.cache_tag)"], check=True, capture_output=True, text=True)
    subprocess.run([interpreter, "-I", "-S", CHECKOUT / "packaging" / "code_file.py", target / "netlite" / f"code.{tag.stdout.strip()}"], check=True)
    (target / "bin").mkdir()
    for script in (CHECKOUT / "bin").iterdir():
        _, _, body = script.read_text().partition("\n")
        copy = target / "bin" / script.name
        copy.write_text(f"#!{interpreter} -ISXutf8\n{body}")  # the options that the script itself gives
        copy.chmod(0o755)
