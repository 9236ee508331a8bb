"""The views of netstat that are not sockets: counters, masquerading, routes, interfaces."""

from __future__ import annotations

from posix import strerror

from ...system.names import numbers as names
from ...system.names.hosts import HostNames, NumericHosts
from .words import Choices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ...environment import Environment
    from ...records.interfaces import Interface

SECTIONS = {"raw": ("Ip", "Ip6", "Icmp", "Icmp6"), "tcp": ("Tcp", "TcpExt"), "udp": ("Udp", "Udp6"),
            "sctp": ("Sctp",)}
TABLES = {"inet": ("snmp", "netstat", "sctp/snmp"), "inet6": ("snmp6",)}


def show_statistics(choices: Choices, env: Environment) -> int:
    """netstat -s; returns the exit status."""
    from ...render.counters import render_counters
    from ...system.counters import read_counters

    family = ",".join(choices.given_families) or "inet"
    if family not in TABLES:
        env.out.write(f"netstat: No statistics support for specified address family: {family}\n")
        return 1
    shown = {section for protocol in choices.tables for section in SECTIONS.get(protocol, ())}
    sections = []
    for place, table in enumerate(TABLES[family]):
        try:
            sections += read_counters(env, table)
        except OSError as refusal:
            if place == 0:
                env.err.write(f"cannot open /proc/net/{table}: {strerror(refusal.errno or 0)}\n")
                return 0
    if family == "inet6":
        try:
            sections += [section for section in read_counters(env, "snmp") if section.name == "Tcp"]
        except OSError:
            pass
    if choices.own:
        from ...render.counter_sentences import sentences_of
        from ..documents import write_document

        write_document(env, {section.name: dict(section.counters) for section in sections
                             if section.name in shown or sentences_of(section.name) is None})
        return 0
    env.out.begin_table("protocol counters", render_counters(sections, shown.__contains__))
    return 0


def view_of(choices: Choices, env: Environment) -> Callable[[], int]:
    """A function that shows the view once and returns the exit status."""
    if "--json" in choices.own:
        return lambda: show_json(choices, env)
    if choices.own:
        return lambda: show_more(choices, env)
    if choices.view == "masquerade":
        return lambda: show_masquerade(choices, env)
    if choices.view == "routes":
        return lambda: show_routing_tables(choices, env)
    env.out.write("Kernel Interface table\n")  # once, whatever -c repeats
    return lambda: show_interfaces(choices, env)


def show_more(choices: Choices, env: Environment) -> int:
    """netstat -i --more: every counter in a column of its own, also those that ``-i`` leaves out."""
    from ...render.interfaces import MORE_TITLES, more_row
    from ...render.layout import lay_out

    env.out.write(lay_out(map(more_row, shown_interfaces(choices, env)), MORE_TITLES, "netstat -i --more"))
    return 0


def shown_interfaces(choices: Choices, env: Environment) -> list[Interface]:
    """The interfaces that are up, with -a all."""
    from ...render.interfaces import in_order
    from ...system.interfaces.interfaces import read_interfaces

    return [interface for interface in in_order(read_interfaces(env, env.err.write))
            if interface.is_up or "a" in choices.given]


def show_interfaces(choices: Choices, env: Environment) -> int:
    """netstat -i: the rows of ``ifconfig -s``; with -e the blocks of ``ifconfig``."""
    from ...render.ifconfig import render_interface
    from ...render.interfaces import HEADER, TITLES, render_row

    shown = shown_interfaces(choices, env)
    env.out.tell_rows("interfaces", shown)
    if "e" not in choices.given:
        env.out.begin_table("interfaces", HEADER, TITLES)
        env.out.write("".join([render_row(interface) for interface in shown]))
    elif shown:
        env.out.begin_table("blocks of interfaces", "".join([render_interface(interface) for interface in shown]))
    return 0


def show_routing_tables(choices: Choices, env: Environment) -> int:
    """netstat -r: the tables of ``route``, one a family, in the order given; -N counts as numeric."""
    from ..routing_tables import BOTH, METRICS, WINDOWS, show_routes

    style = (WINDOWS, METRICS, BOTH)[min(choices.given.get("e", 0), 2)]
    numeric = choices.numeric_hosts or "N" in choices.given
    for family in choices.given_families or ("inet",):
        status = show_routes(env, family, style, numeric,
                             table="F" in choices.given or "C" not in choices.given, cache="C" in choices.given)
        if status:
            return status
    return 0


def show_json(choices: Choices, env: Environment) -> int:
    """--json with -r, -i or -M: one array."""
    from ...render.json_tables import as_netstat, interface_row_object
    from ..documents import write_document

    if choices.view == "masquerade":
        return show_masquerade(choices, env)
    if choices.view == "routes":
        from ..routing_tables import route_objects

        rows = [as_netstat(row) for family in choices.given_families or ("inet",) if family in ("inet", "inet6")
                for row in route_objects(env, family, choices.numeric_hosts or "N" in choices.given)]
    else:
        rows = [interface_row_object(interface) for interface in shown_interfaces(choices, env)]
    write_document(env, rows)
    return 0


def show_masquerade(choices: Choices, env: Environment) -> int:
    """netstat -M: only kernels before 2.4 have the table."""
    from ...render.masquerade import TITLE, render_heading, render_masqueraded, titles
    from ...system.sockets.masquerade import read_masqueraded

    try:
        rows = read_masqueraded(env)
    except OSError:
        env.err.write("netstat: no support for `ip_masquerade' on this system.\n")
        return 1
    hosts: Mapping[bytes, str]
    if choices.numeric_hosts:
        hosts = NumericHosts()
    else:
        hosts = HostNames(lambda texts: {text: env.resolver.name(text) for text in texts}, env)
    if choices.own:
        from ...render.json_tables import masqueraded_object
        from ..documents import write_document

        write_document(env, [masqueraded_object(row, hosts) for row in rows])
        return 0
    extended = "e" in choices.given
    env.out.begin_table("masqueraded connections", TITLE + render_heading(extended), titles(extended))
    for row in rows:
        ports = names.PortNumbers() if choices.numeric_ports else names.service_names(env, row.protocol)
        env.out.write(render_masqueraded(row, hosts, ports, extended))
    return 0
