"""`WholeFile`: a file that is named on a command line, and written whole or not at all."""

from __future__ import annotations

from errno import EINVAL

from ..errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from ..environment import Environment


class WholeFile:
    """A file of the caller's, open before anything is sent; it stays as it was until `write`.

    Raises UsageError, as does `write`.
    """

    def __init__(self, path: str, environment: Environment, program: str = ""):
        self._path, self._program, self._environment = path, program or environment.program, environment
        try:
            self._file = environment.create_file(path)
        except OSError as refusal:
            raise self._refused(refusal) from None

    def write(self, make: Callable[[], bytes | memoryview]) -> None:
        """What `make` gives is all of the file from now on; it is closed then.  Interrupts wait meanwhile, but not for
        who reads a pipe."""
        try:
            with self._file:
                is_plain = self._file.seekable()
                self._environment.hold_interrupts(is_plain)
                try:
                    write_all(self._file, make(), is_plain)
                finally:
                    self._environment.hold_interrupts(False)
        except OSError as refusal:
            raise self._refused(refusal) from None

    def _refused(self, refusal: OSError) -> UsageError:
        from ..render.visible import visible

        return UsageError(f"{self._program}: {visible(self._path)}: {refusal.strerror}\n", 2)


def emptied(file: BinaryIO) -> bool:
    """Empty a plain file; False for what has no length: a device (/dev/null)."""
    try:
        file.truncate()
    except OSError as refusal:
        if refusal.errno != EINVAL:
            raise
        return False
    return True


def write_all(file: BinaryIO, data: bytes | memoryview, is_plain: bool) -> None:
    """All from here on; where it does not fit nothing.  Raises OSError."""
    try:
        is_plain = is_plain and emptied(file)
        file.write(data)
        file.flush()
    except OSError:
        if is_plain:
            file.truncate(0)
        raise
