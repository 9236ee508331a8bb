"""Tables of netlite's own displays, laid out by tabulate; the classic displays never come here."""

from __future__ import annotations

from ..feature_errors import LibraryMissing
from ..libraries import find_libraries
from .visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def lay_out(rows: Iterable[Sequence[object]], headers: tuple[str, ...], feature: str) -> str:
    """Rows under headers, as lines; None is shown as a dash, numbers stay as they are written, and texts are
    made `visible`.

    Raises LibraryMissing, with the name of the `feature`, where tabulate is not installed.
    """
    find_libraries()
    try:
        from tabulate import tabulate
    except ImportError:
        raise LibraryMissing("tabulate", feature) from None
    cells = [["-" if cell is None else visible(str(cell)) for cell in row] for row in rows]
    text = tabulate(cells, headers, tablefmt="simple", disable_numparse=True)
    return "".join([line.rstrip() + "\n" for line in text.splitlines()])
