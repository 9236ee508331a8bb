"""netlite's own displays of ifconfig: ``--more`` (or ``--all-addresses``) and ``--json``."""

from __future__ import annotations

from ...errors import UsageError
from ...render.interfaces import in_order
from ...render.visible import visible
from ...system.interfaces.interfaces import read_interfaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...environment import Environment
    from ...records.addresses import AddressDetails
    from ...records.interfaces import Interface

UNKNOWN = "{}: error fetching interface information: Device not found\n"


def show(own: set[str], names: list[str], all_devices: bool, env: Environment) -> int:
    """The interfaces of `names`, or those that are up, or all; 1 where a name is unknown.  Raises UsageError."""
    interfaces = in_order(read_interfaces(env, env.err.write))
    known = {interface.name for interface in interfaces}
    if own != {"--json"}:             # a label's addresses are shown with its device
        names = [name.partition(":")[0] for name in names]
    json = "--json" in own
    if names and not known.intersection(names[:1]) and not json:
        raise UsageError(UNKNOWN.format(visible(names[0])), 1)
    for name in names:
        if name not in known:
            env.err.write(UNKNOWN.format(visible(name)))
    wanted = [each for each in interfaces if each.name in names or not names and (all_devices or each.is_up)]
    if own == {"--json"}:
        from ...render.json_tables import interface_object

        _write(env, [interface_object(interface) for interface in wanted], names, known)
    else:
        details = _details([each for each in wanted if each.counters is not None], env)
        if json:
            _write(env, [{**interface.as_dict(), "addresses": [each for each in own if ":" not in each.address],
                          "addresses6": [each for each in own if ":" in each.address]}
                         for interface, own in details], names, known)
        else:
            from ...render.details import render_details

            env.out.write("".join([render_details(interface, own) for interface, own in details]))
    return 0 if known.issuperset(names) else 1


def _write(env: Environment, rows: list[dict[str, Any]], names: list[str], known: set[str]) -> None:
    """The document, with a row for each interface that is none."""
    from ..documents import write_document

    write_document(env, rows + [{"name": name, "error": "Device not found"} for name in names if name not in known])


def _details(interfaces: list[Interface], env: Environment) -> list[tuple[Interface, list[AddressDetails]]]:
    """Whole interfaces, no labels, with all their addresses."""
    from ...system.interfaces.address_details import read_address_details

    addresses = read_address_details(env)
    return [(interface, [each for each in addresses if each.device == interface.name]) for interface in interfaces]
