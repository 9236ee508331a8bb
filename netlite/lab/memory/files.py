"""The files that a program on a node in memory finds: those of its kernel, and those that somebody gave it."""

from __future__ import annotations

from errno import ENOENT
from io import BytesIO

from ...system.files import Files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import BinaryIO

    from ...environment import Environment

OF_THE_NODE = ("/proc/", "/etc/")
FOLDERS = ("", "/tmp", ".")  # where a program may make files


class MemoryFiles(Files):
    """Those of a node; here they are made, too.

    `tables` gives the text of a path as it is now; `given` are other files with their contents.  What the program
    makes is kept in `created`.  With `outside`, the world of who runs it, the program reads there what the node
    does not have, and makes its files there.
    """

    def __init__(self, tables: dict[str, Callable[[], str]], given: dict[str, bytes],
                 outside: Environment | None = None):
        self._tables = tables
        self._given = given
        self._outside = outside
        self._made: dict[str, Created] = {}

    @property
    def created(self) -> dict[str, bytes]:
        """The files that the program made here, with their contents."""
        return {path: file.getvalue() for path, file in self._made.items()}

    def blocks(self, path: str) -> Iterator[bytes]:
        """The file as one block."""
        return iter((self.read(path),))

    def read(self, path: str) -> bytes:
        """The whole of a file."""
        if path in self._tables:
            return self._tables[path]().encode("utf-8", "surrogateescape")
        if path in self._made:
            return self._made[path].getvalue()
        if path in self._given:
            return self._given[path]
        if self._outside is not None and not path.startswith(OF_THE_NODE):
            return self._outside.read_file(path)
        raise OSError(ENOENT, "No such file or directory")

    def exists(self, path: str) -> bool:
        """Whether there is such a file, or one below such a folder."""
        return any(known == path or known.startswith(path + "/") for known in self._known())

    def folder(self, path: str) -> list[str]:
        """The names in a folder."""
        start = path.rstrip("/") + "/"
        names = {known[len(start):].partition("/")[0] for known in self._known() if known.startswith(start)}
        if not names:
            raise OSError(ENOENT, "No such file or directory")
        return sorted(names)

    def links(self, path: str, names: Iterable[str]) -> Iterator[str]:
        """There are none."""
        return iter(())

    def create(self, path: str) -> BinaryIO:
        """A file as it is, or a new one, open for writing."""
        if self._outside is not None and not path.startswith(OF_THE_NODE):
            return self._outside.create_file(path)
        folder = path.rpartition("/")[0]
        if folder not in FOLDERS and not self.exists(folder):
            raise OSError(ENOENT, "No such file or directory")
        before = self._made.get(path)
        self._made[path] = Created(b"" if before is None else before.getvalue())
        return self._made[path]

    def _known(self) -> list[str]:
        return [*self._tables, *self._given, *self._made]


class Created(BytesIO):
    """A file whose contents outlive its being closed."""

    def close(self) -> None:
        """Keeps what was written."""
