"""The views of netstat that are not sockets: counters, masquerading, routes, interfaces."""

from __future__ import annotations

from os import strerror

from ..errors import NetliteError
from ..system import names
from .netstat_options import Choices

SECTIONS = {"raw": ("Ip", "Ip6", "Icmp", "Icmp6"), "tcp": ("Tcp", "TcpExt"), "udp": ("Udp", "Udp6"),
            "sctp": ("Sctp",)}
TABLES = {"inet": ("snmp", "netstat", "sctp/snmp"), "inet6": ("snmp6",)}


def show_statistics(choices: Choices, env) -> int:
    """netstat -s; returns the exit status."""
    from ..render.counters import render_counters
    from ..system.counters import read_counters

    family = ",".join(choices.given_families) or "inet"
    if family not in TABLES:
        env.out.write(f"netstat: No statistics support for specified address family: {family}\n")
        return 1
    shown = {section for protocol in choices.tables for section in SECTIONS.get(protocol, ())}
    sections = []
    for place, table in enumerate(TABLES[family]):
        try:
            sections += read_counters(env.proc, table)
        except OSError as refusal:
            if place == 0:
                env.err.write(f"cannot open /proc/net/{table}: {strerror(refusal.errno)}\n")
                return 0
    if family == "inet6":
        try:
            sections += [section for section in read_counters(env.proc, "snmp") if section.name == "Tcp"]
        except OSError:
            pass
    env.out.write(render_counters(sections, shown.__contains__))
    return 0


def view_of(choices: Choices, env):
    """A function that shows the view once and returns the exit status."""
    if choices.view == "masquerade":
        return lambda: show_masquerade(choices, env)
    raise NetliteError(f"the view of {choices.view} is not there yet")


def show_masquerade(choices: Choices, env) -> int:
    """netstat -M: only kernels before 2.4 have the table."""
    from ..render.masquerade import TITLE, render_heading, render_masqueraded
    from ..system.masquerade import read_masqueraded

    try:
        rows = read_masqueraded(env.proc)
    except OSError:
        env.err.write("netstat: no support for `ip_masquerade' on this system.\n")
        return 1
    if choices.numeric_hosts:
        hosts = names.NumericHosts()
    else:
        hosts = names.HostNames(lambda texts: {text: env.resolver.name(text) for text in texts}, env.etc)
    extended = choices.has("e")
    env.out.write(TITLE + render_heading(extended))
    for row in rows:
        ports = names.PortNumbers() if choices.numeric_ports else names.service_names(env.etc, row.protocol)
        env.out.write(render_masqueraded(row, hosts, ports, extended))
    return 0
