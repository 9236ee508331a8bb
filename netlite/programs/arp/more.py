"""netlite's own displays of arp: ``--more``, ``--inet6`` and ``--json``."""

from __future__ import annotations

from ...errors import UsageError
from ...records.family import IPV4, IPV6
from ...records.hardware import HardwareNames
from ...system.neighbours.neighbours import read_arp
from .table import HostNames, wanted
from .words import FAILED, Options, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment


def show(own: set[str], words: list[str], options: Options, env: Environment) -> int:
    """Neighbours with state and age, or as JSON; `words` and -i limit them.  Raises UsageError."""
    if options.what not in ("", "a"):
        raise UsageError("arp: --more, --inet6 and --json show the table; they change nothing\n", FAILED)
    if own == {"--json"}:
        return _show_json(words, options, env)
    from ...system.neighbours.details import dump_neighbours

    only_ipv6 = "--inet6" in own
    hosts = [_address(word, env, only_ipv6 or ":" in word) for word in words]
    rows = [row for family in (IPV4, IPV6) if family is IPV6 or not only_ipv6
            for row in dump_neighbours(env, family.af)
            if (not hosts or row.address in hosts) and (not options.device or row.device == options.device)]
    if "--json" in own:
        from ..documents import write_document

        write_document(env, rows)
    else:
        from ...render.details import render_neighbours

        env.out.write(render_neighbours(rows))
    return 0


def _address(word: str, env: Environment, ipv6: bool = False) -> str:
    """The address of a host word.  Raises UsageError, with the word made visible."""
    try:
        return resolve(word, env, ipv6)
    except UsageError as unknown:
        from ...render.visible import visible_lines

        raise UsageError(visible_lines(unknown.text), unknown.status) from None


def _show_json(words: list[str], options: Options, env: Environment) -> int:
    """The rows of the classic table as objects."""
    from ...render.json_tables import neighbour_object
    from ..documents import ArrayDocument

    host = _address(words[0], env) if words else None
    names, hardware = HostNames(None if options.numeric else env.resolver.name, env), HardwareNames()
    blocks = read_arp(env)
    with ArrayDocument(env, one_line=True) as document:
        for rows in blocks:
            document.add([neighbour_object(row, names[row[0]], hardware[row[1]], options.bsd_style)
                          for row in rows if wanted(row, host, options)])
    return 0
