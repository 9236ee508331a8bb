"""Autonomous systems from a file that the user has: MaxMind's format, offline.  Needs the extra ``asn``."""

from __future__ import annotations

from io import BytesIO

from ...command_line.c_numbers import UINT_MAX, read_digits
from ...errors import UsageError
from ...feature_errors import LibraryMissing
from ...libraries import find_libraries
from ...render.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NUMBERS = ("autonomous_system_number", "asn", "as_number")
MOST_KNOWN = 4096
REFUSED = 2


class Systems:
    """``systems(address)``: "AS64500", or None where the file does not know it.

    Raises LibraryMissing, and UsageError for a file that is none.
    """

    def __init__(self, data: bytes, file: str):
        find_libraries()
        try:
            from maxminddb import MODE_FD, InvalidDatabaseError
            from maxminddb.reader import Reader
        except ImportError:
            raise LibraryMissing("maxminddb", "--asn-file") from None
        self._wrong: Any = (InvalidDatabaseError, ValueError, LookupError, TypeError, UnicodeError, RecursionError)
        self._known: dict[str, str | None] = {}
        try:
            self._reader = Reader(Whole(data, file), MODE_FD)
        except self._wrong as refusal:
            raise UsageError(f"watch: {visible(file)}: {visible(str(refusal))}\n", REFUSED) from None

    def __call__(self, address: str) -> str | None:
        plain = address.partition("%")[0]
        if plain not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[plain] = self._find(plain)
        return self._known[plain]

    def _find(self, address: str) -> str | None:
        try:
            record = self._reader.get(address)
        except self._wrong:  # an address of IPv6 in a file of IPv4, or a file that is broken there
            return None
        if not isinstance(record, dict):
            return None
        found = next((record[key] for key in NUMBERS if key in record), None)
        word = str(found) if isinstance(found, int | str) else ""
        number = read_digits(word.upper().removeprefix("AS"), 0, UINT_MAX)
        return None if number is None else f"AS{number}"


class Whole(BytesIO):
    """A file that was read as a whole; `name` is what the library calls it."""

    def __init__(self, data: bytes, name: str):
        super().__init__(data)
        self.name = name
