"""The modules of the programs, compiled, in one file: a program then opens that instead of sixty.

The file is written where netlite is built (packaging/code_file.py), for one version of Python, and the launchers in
bin/ look for it; without it, and for what it does not hold, the modules come from their folders as ever.  It begins
with this module, in `READER_BYTES`; then come the length of an index in four bytes, the index, and the modules.
All in the format of ``marshal``, as in the .pyc files, and trusted as these are.
"""

from __future__ import annotations

import sys
from _frozen_importlib import ModuleSpec
from marshal import loads
from posix import pread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from types import ModuleType
else:
    Loader = object  # importlib.abc takes longer to load than this saves

READER_BYTES = 8192  # two pages: this module and zeros


def load_from(fd: int, start: int, place: str) -> None:
    """Have the modules of netlite loaded from the open file `fd`, where a code file begins at the byte `start`.

    `place` is the folder that holds the package netlite.
    """
    start += READER_BYTES
    size = int.from_bytes(pread(fd, 4, start), "little")
    sys.meta_path.insert(0, CodeFile(fd, start + 4 + size, loads(pread(fd, size, start + 4)), place))


class CodeFile(Loader):
    """Finds and loads modules, as importlib asks for it (finder and loader at once).

    `index`: module -> (offset from `base`, bytes, whether it is a package).
    """

    def __init__(self, fd: int, base: int, index: dict[str, tuple[int, int, bool]], place: str):
        self._fd = fd
        self._base = base
        self._index = index
        self._place = place

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
                  ) -> ModuleSpec | None:
        """What is known of a module before it is loaded; None for those of others."""
        if name not in self._index:
            return None
        package = self._index[name][2]
        folder = f"{self._place}/{name.replace('.', '/')}"
        spec = ModuleSpec(name, self, origin=f"{folder}/__init__.py" if package else f"{folder}.py", is_package=package)
        if package:
            spec.submodule_search_locations = [folder]
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """An ordinary module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the code of a module."""
        offset, size, _ = self._index[module.__name__]
        spec = module.__spec__
        module.__file__ = spec.origin if spec else None
        exec(loads(pread(self._fd, size, self._base + offset)), module.__dict__)
