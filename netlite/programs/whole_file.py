"""`WholeFile`: a file that is named on a command line, and written whole or not at all."""

from __future__ import annotations

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
                plain = is_plain(self._file)
                try:
                    self._environment.hold_interrupts(plain)
                    write_all(self._file, make(), plain)
                finally:
                    self._environment.hold_interrupts(False)
        except OSError as refusal:
            raise self._refused(refusal) from None

    def _refused(self, refusal: OSError) -> UsageError:
        from ..render.visible import visible

        return UsageError(f"{self._program}: {visible(self._path)}: {refusal.strerror}\n", 2)


def is_plain(file: BinaryIO) -> bool:
    """No pipe, and no device: /dev/null can be sought in, and not be cut."""
    if not file.seekable():
        return False
    here = file.tell()
    try:
        file.truncate(file.seek(0, 2))
    except OSError:
        return False
    file.seek(here)
    return True


def write_all(file: BinaryIO, data: bytes | memoryview, plain: bool) -> None:
    """All from here on; where it does not fit nothing.  Raises OSError."""
    try:
        if plain:
            file.truncate()
        file.write(data)
        file.flush()
    except OSError:
        if plain:
            file.truncate(0)
        raise
