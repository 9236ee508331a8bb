"""The modules of the programs, compiled, in one file: a program then opens that instead of sixty.

The file is written where netlite is built (packaging/code_file.py), for one version of Python, and the launchers in
bin/ look for it; without it, and for what it does not hold, the modules come from their folders as ever.  It begins
with this module, in `READER_BYTES`; then come the length of an index in four bytes, the index in text, and the modules
in the format of ``marshal``, as in the .pyc files, and trusted as these are.  What a program loads in any case it has
once more, in one piece: that is read and made at once when the program's first module is asked for.
"""

from __future__ import annotations

import sys
from _frozen_importlib import ModuleSpec
from _thread import _count
from marshal import loads
from posix import pread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from types import ModuleType
    from typing import Any
else:
    ModuleType = type(sys)
    Loader = object  # importlib.abc takes longer to load than this saves

READER_BYTES = 8192  # two pages: this module and zeros


def load_from(fd: int, start: int, place: str) -> None:
    """Have the modules of netlite loaded from the open file `fd`, where a code file begins at the byte `start`.

    `place` is the folder that holds the package netlite.
    """
    start += READER_BYTES
    size = int.from_bytes(pread(fd, 4, start), "little")
    sys.meta_path.insert(0, CodeFile(fd, start + 4 + size, pread(fd, size, start + 4).decode("ascii"), place))


class CodeFile(Loader):
    """Finds and loads modules, as importlib asks for it (finder and loader at once).

    `index` has a line a module: its name, p for a package or m, its offset from `base` and its bytes, and offset and
    bytes of those that are loaded with it, if there are any.
    """

    def __init__(self, fd: int, base: int, index: str, place: str):
        self._fd = fd
        self._base = base
        self._index = index
        self._place = place

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
                  ) -> ModuleSpec | None:
        """What is known of a module before it is loaded; None for those of others."""
        found = self._index.partition(f"\n{name} ")[2].partition("\n")[0].split()
        if not found:
            return None
        spec = self._spec_of(name, found[0] == "p")
        spec.loader_state = list(map(int, found[1:]))
        return spec

    def _spec_of(self, name: str, package: bool) -> ModuleSpec:
        folder = f"{self._place}/{name.replace('.', '/')}"
        spec = ModuleSpec(name, self, origin=f"{folder}/__init__.py" if package else f"{folder}.py", is_package=package)
        if package:
            spec.submodule_search_locations = [folder]
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """An ordinary module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the code of a module."""
        spec = module.__spec__
        assert spec is not None  # importlib made it
        offset, size, *others = spec.loader_state
        module.__file__ = spec.origin
        if others and not _count():  # other threads would need importlib's locks
            self._load_together(*others)
        exec(self._read(offset, size), module.__dict__)

    def _read(self, offset: int, size: int) -> Any:
        return loads(pread(self._fd, size, self._base + offset))

    def _load_together(self, offset: int, size: int) -> None:
        """Make each (name, whether it is a package, code) into a module as importlib does, without looks and locks."""
        modules = sys.modules
        for name, package, code in self._read(offset, size):
            if name in modules:
                continue
            module = ModuleType(name)
            module.__spec__ = spec = self._spec_of(name, package)
            module.__loader__ = self
            module.__file__ = spec.origin
            module.__package__ = spec.parent
            if spec.submodule_search_locations:
                module.__path__ = spec.submodule_search_locations
            modules[name] = module
            try:
                exec(code, module.__dict__)
            except BaseException:
                del modules[name]
                raise
            above, _, child = name.rpartition(".")
            setattr(modules[above], child, module)
