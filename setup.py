"""What setup.cfg cannot say: a wheel holds the compiled modules in one file as well (netlite/code_file.py)."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).parent / "packaging"))
from code_file import NAME, code_file  # noqa: E402


class Build(build_py):
    """The modules and data of the package, and the code file for the Python that builds."""

    def run(self):
        super().run()
        if not self.editable_mode:
            Path(self.build_lib, "netlite", NAME).write_bytes(code_file())

    def get_outputs(self, include_bytecode=True):
        return [*super().get_outputs(include_bytecode), str(Path(self.build_lib, "netlite", NAME))]


setup(cmdclass={"build_py": Build})
