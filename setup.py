"""What setup.cfg cannot say: files made from the option tables, compiled modules, a description for an index."""

import re
import sys
from pathlib import Path
from shutil import rmtree

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "packaging")]
from code_file import NAME, code_file  # noqa: E402


class Build(build_py):
    """The modules and data of the package, and the code file for the Python that builds (netlite/code_file.py)."""

    def run(self):
        if not self.editable_mode:  # or what an earlier build left there would be part of it
            rmtree(Path(self.build_lib, "netlite"), ignore_errors=True)
        super().run()
        if not self.editable_mode:
            Path(self.build_lib, "netlite", NAME).write_bytes(code_file())

    def get_outputs(self, include_bytecode=True):
        return [*super().get_outputs(include_bytecode), str(Path(self.build_lib, "netlite", NAME))]


def data_files() -> list[tuple[str, list[str]]]:
    """Manual pages and completions, written anew below build/."""
    from netlite.programs.about.share import shared_files

    folders: dict[str, list[str]] = {}
    for path, text in shared_files().items():
        file = HERE / "build" / "share" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        folders.setdefault(f"share/{Path(path).parent}", []).append(str(file.relative_to(HERE)))
    return sorted(folders.items())


def description() -> str:
    """The README; a relative link keeps its words, a relative picture is left out."""
    text = (HERE / "README.rst").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^\.\. (image|figure):: (?!https?:).*\n(?:[ ]+.*\n|\n(?=[ ]))*", "", text)
    return re.sub(r"`([^`<]+?)\s*<(?!https?:)[^>`]+>`_{1,2}", r"\1", text)


setup(cmdclass={"build_py": Build}, data_files=data_files(), long_description=description(),
      long_description_content_type="text/x-rst")
