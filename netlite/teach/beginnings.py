"""From a name to an address, and what keeps a program from sending at all: a sentence, and a next command."""

from __future__ import annotations

from errno import (
    EACCES,
    EADDRNOTAVAIL,
    EAFNOSUPPORT,
    EHOSTUNREACH,
    EINVAL,
    ENETDOWN,
    ENETUNREACH,
    ENOBUFS,
    ENODEV,
    EPERM,
)
from ipaddress import ip_address

from ..errors import EAI_AGAIN, EAI_FAIL, EAI_NODATA, EAI_NONAME
from ..records.record import Record
from ..render.visible import visible
from .sentences import milliseconds

EAI_ADDRFAMILY = -9
MOST = 4  # addresses that are named

REFUSALS = {  # errno: why the kernel may have refused, and what tells more
    ENETUNREACH: "no row of its routing table fits, so there is no way there from this host. Next: route -n "
                 "shows the table, and ifconfig whether an interface has an address.",
    EHOSTUNREACH: "a row of its routing table refuses, or nobody there answered when it asked for the hardware "
                  "address. Next: route get shows the row, arp -n whom it asks in vain.",
    EPERM: "a rule of this host (a filter) forbids it, or this user may not. Next: the same with sudo tells "
           "which; if it is refused too, it is a rule.",
    EACCES: "this user may not send that, or the address is a broadcast address, for which ping wants -b.",
    ENODEV: "there is no interface of that name. Next: ifconfig -a shows their names.",
    EADDRNOTAVAIL: "the source address that was asked for is none of this host. Next: hostname -I shows those "
                   "it has.",
    EAFNOSUPPORT: "this kernel has no IPv6 (or IPv4) switched on. Next: ifconfig shows which addresses there "
                  "are.",
    ENETDOWN: "the interface is switched off. Next: ifconfig -a shows which are UP.",
    ENOBUFS: "there was no room: packets come faster than the interface sends them. Next: a longer -i.",
    EINVAL: "it takes an argument for impossible, such as an address of another interface's network.",
}


class Asked(Record):
    """A look-up: how long it took, the addresses in the order of the answer, getaddrinfo's code (0: it is known)."""

    name: str
    took_ns: int
    addresses: tuple[str, ...]
    code: int


def tell_beginning(asked: list[Asked], failure: int | None, hosts: set[str], servers: list[str] | None) -> list[str]:
    """Sentences about the names of a run; `hosts` are the names of the hosts file, `servers` the name servers (None:
    nsswitch.conf has none asked)."""
    told = []
    for each in {each.name: each for each in asked if not _is_address(each.name)}.values():
        told.append(_found(each, hosts, servers) if not each.code else _unknown(each, servers))
    if failure is not None and why_refused(failure) and not any(each.code for each in asked):
        from os import strerror

        told.append(f"Your own kernel refused ({strerror(failure)}): {why_refused(failure)}")
    return told


def why_refused(errno: int) -> str:
    """The rest of a sentence about a refusal of our own kernel; "" where there is no more to say than its words."""
    return REFUSALS.get(errno, "")


def _is_address(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _found(asked: Asked, hosts: set[str], servers: list[str] | None) -> str:
    name = visible(asked.name)
    if asked.name.lower().rstrip(".") in hosts:
        who = (f"{name} is a name, and packets carry addresses: it was found in /etc/hosts, without asking "
               "anybody.")
    else:
        who = (f"{name} is a name, and packets carry addresses: it is not in /etc/hosts, so probably "
               f"{_server(servers)} said it.")
        who += f" That took {milliseconds(asked.took_ns)}." if asked.took_ns >= 1000 else ""
    listed, more = ", ".join(asked.addresses[:MOST]), len(asked.addresses) - MOST
    listed += f" and {more} more" if more > 0 else ""
    if len(asked.addresses) == 1:
        return f"{who} It stands for {listed}."
    return f"{who} It stands for {listed}: the first of them that can be used is taken."


def _server(servers: list[str] | None) -> str:
    if not servers:
        return "a program of this host that finds names"
    return f"the name server {visible(servers[0])} (/etc/resolv.conf)"


def _unknown(asked: Asked, servers: list[str] | None) -> str:
    name = visible(asked.name)
    number = ("Next: the same command with a number instead of the name (ping -c1 8.8.8.8) tells whether the "
              "network itself works.")
    if asked.code == EAI_AGAIN and servers is not None:
        if not servers:
            return (f"The name {name} could not be looked up: /etc/resolv.conf names no name server, and "
                    f"/etc/hosts does not have it. {number}")
        return (f"The name {name} could not be looked up: no name server answered "
                f"({', '.join(map(visible, servers))}). Next: ping -c1 {visible(servers[0])} tells whether it "
                "can be reached.")
    if asked.code in (EAI_NODATA, EAI_ADDRFAMILY):
        return (f"{name} is known, but has no address of the kind asked for (-4, -6). Next: the same without -4 "
                "or -6.")
    if asked.code == EAI_NONAME and servers is None:
        return (f"There is no such name in /etc/hosts, and no name server is asked here (hosts: in "
                f"/etc/nsswitch.conf). {name} may be mistyped. {number}")
    if asked.code == EAI_NONAME:
        return (f"There is no such name: neither /etc/hosts nor {_server(servers)} knows {name}. It may be "
                "mistyped, or known in another network only; without a name server the same is said of all "
                f"names. {number}")
    if asked.code == EAI_FAIL and servers is not None:
        return f"The name server could not answer for {name}: its own trouble, or a filter. {number}"
    return f"{name} could not be looked up. {number}"
