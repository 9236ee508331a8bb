"""The modules of the programs, compiled, in one file: a program then opens that instead of sixty.

The file is written where netlite is built (packaging/code_file.py), for one version of Python, and the launchers in
bin/ look for it; without it, and for what it does not hold, the modules come from their folders as ever.  It begins
with this module, in `READER_BYTES`; then come the length of an index in four bytes, the index in text, and the modules
in the format of ``marshal``, as in the .pyc files, and trusted as these are.  What a program loads in any case it has
once more, in one piece: that is read and made at once when the program's first module is asked for.

Modules in C that Python has as files are found by their place: importlib lists the folders of the library first.  In
one piece with others, those and the ones that are part of the interpreter are made without its locks.
"""

from __future__ import annotations

import builtins
import sys
from _frozen_importlib import BuiltinImporter, ModuleSpec, _load_unlocked  # type: ignore[attr-defined]
from _frozen_importlib_external import ExtensionFileLoader
from _imp import extension_suffixes
from _thread import _count
from marshal import loads
from posix import pread, stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from types import CodeType, ModuleType
    from typing import Any
else:
    ModuleType = type(sys)
    Loader = object  # importlib.abc takes longer to load than this saves

READER_BYTES = 12288  # three pages: this module and zeros
IN_C = "_socket", "_struct", "select", "_ctypes", "fcntl", "errno", "gc", "_collections", "_operator"  # of plain runs


def load_from(fd: int, start: int, place: str) -> None:
    """Have the modules of netlite loaded from the open file `fd`, where a code file begins at the byte `start`.

    `place` is the folder that holds the package netlite.
    """
    start += READER_BYTES
    size = int.from_bytes(pread(fd, 4, start), "little")
    sys.meta_path.insert(0, CodeFile(fd, start + 4 + size, pread(fd, size, start + 4), place))


def in_c(name: str) -> ModuleSpec | None:
    """What is known of one of `IN_C`; None where it is in no usual place."""
    if name in sys.builtin_module_names:
        return ModuleSpec(name, BuiltinImporter, origin="built-in")  # type: ignore[arg-type]
    for folder in sys.path:
        if folder.endswith("/lib-dynload"):
            file = f"{folder}/{name}{extension_suffixes()[0]}"
            try:
                stat(file)
            except OSError:
                return None
            spec = ModuleSpec(name, ExtensionFileLoader(name, file), origin=file)
            spec.has_location = True
            return spec
    return None


class CodeFile(Loader):
    """Finds and loads modules, as importlib asks for it (finder and loader at once).

    `index` has a line a module: its name, p for a package or m, its offset from `base` and its bytes, and offset and
    bytes of those that are loaded with it, if there are any.
    """

    def __init__(self, fd: int, base: int, index: bytes, place: str):
        self._fd = fd
        self._base = base
        self._index = index
        self._place = place

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
                  ) -> ModuleSpec | None:
        """What is known of a module before it is loaded; None for those of others."""
        if not name.startswith("netlite"):
            return in_c(name) if name in IN_C else None
        line = self._index.find(b"\n%b " % name.encode()) + 1
        if not line:
            return None
        _, kind, *places = self._index[line:self._index.find(b"\n", line)].split()
        package = kind == b"p"
        spec = self._spec_of(name, package, name.replace(".", "/") + ("/__init__.py" if package else ".py"))
        spec.loader_state = list(map(int, places))
        return spec

    def _spec_of(self, name: str, package: bool, file: str) -> ModuleSpec:
        file = f"{self._place}/{file}"
        spec = ModuleSpec(name, self, origin=file, is_package=package)
        if package:
            spec.submodule_search_locations = [file.removesuffix("/__init__.py")]
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        """An ordinary module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the code of a module."""
        spec = module.__spec__
        assert spec is not None  # importlib made it
        offset, size, *together = spec.loader_state
        module.__file__ = spec.origin
        if together and not _count():  # other threads would need importlib's locks
            self._load_together(module, *together)
        else:
            exec(self._read(offset, size), module.__dict__)

    def _read(self, offset: int, size: int) -> Any:
        return loads(pread(self._fd, size, self._base + offset))

    def _load_together(self, last: ModuleType, offset: int, size: int) -> None:
        """Make each (name, whether it is a package, code) into a module as importlib does, without looks and locks;
        `last` is there already."""
        modules = sys.modules
        imported = builtins.__import__

        def known(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
                  ) -> ModuleType:
            """For a module that is complete, and no package, or one in C, importlib has nothing to look for."""
            if not level:
                module = modules.get(name)
                if module is None and name in IN_C and (spec := in_c(name)):
                    module = _load_unlocked(spec)
                if module and fromlist and "__path__" not in module.__dict__:
                    return module
            return imported(name, globals, locals, fromlist, level)

        builtins.__import__ = known
        try:
            for name, package, code in self._read(offset, size):
                if name not in modules:
                    self._make(name, package, code)
                elif name == last.__name__:
                    exec(code, last.__dict__)
        finally:
            builtins.__import__ = imported

    def _make(self, name: str, package: bool, code: CodeType) -> None:
        above, _, child = name.rpartition(".")
        module = ModuleType(name)
        module.__spec__ = spec = self._spec_of(name, package, code.co_filename)
        module.__loader__ = self
        module.__file__ = spec.origin
        module.__package__ = name if package else above
        if spec.submodule_search_locations:
            module.__path__ = spec.submodule_search_locations
        sys.modules[name] = module
        try:
            exec(code, module.__dict__)
        except BaseException:
            del sys.modules[name]
            raise
        setattr(sys.modules[above], child, module)
