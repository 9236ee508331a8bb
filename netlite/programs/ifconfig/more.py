"""netlite's own displays of ifconfig: ``--more`` (or ``--all-addresses``) and ``--json``."""

from __future__ import annotations

from ...errors import UsageError
from ...render.interfaces import in_order
from ...render.visible import visible
from ...system.interfaces.interfaces import read_interfaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment
    from ...records.interfaces import Interface

UNKNOWN = "{}: error fetching interface information: Device not found\n"


def show(own: set[str], names: list[str], all_devices: bool, env: Environment) -> int:
    """The interfaces of `names`, or those that are up, or all; 1 where a name is unknown."""
    interfaces = in_order(read_interfaces(env, env.err.write))
    known = {interface.name for interface in interfaces}
    if own != {"--json"}:             # a label's addresses are shown with its device
        names = [name.partition(":")[0] for name in names]
    if names and not known.intersection(names[:1]):
        raise UsageError(UNKNOWN.format(visible(names[0])), 1)
    for name in names:
        if name not in known:
            env.err.write(UNKNOWN.format(visible(name)))
    wanted = [each for each in interfaces if each.name in names or not names and (all_devices or each.is_up)]
    if own == {"--json"}:
        from ...render.json_tables import as_json, interface_object

        env.out.write(as_json([interface_object(interface) for interface in wanted]))
    else:
        _show_details([each for each in wanted if each.counters is not None], "--json" in own, env)
    return 0 if known.issuperset(names) else 1


def _show_details(interfaces: list[Interface], json: bool, env: Environment) -> None:
    """Whole interfaces, no labels, with all their addresses."""
    from ...system.interfaces.address_details import read_address_details

    addresses = read_address_details(env)
    found = [(interface, [each for each in addresses if each.device == interface.name]) for interface in interfaces]
    if json:
        from ...render.json_tables import as_json

        env.out.write(as_json([{**interface.as_dict(), "addresses": [each for each in own if ":" not in each.address],
                                "addresses6": [each for each in own if ":" in each.address]}
                               for interface, own in found]))
        return
    from ...render.details import render_details

    env.out.write("".join([render_details(interface, own) for interface, own in found]))
