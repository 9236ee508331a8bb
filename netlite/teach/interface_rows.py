"""What the rows of ifconfig say: what an interface is for here, its flags, its addresses, its counters."""

from __future__ import annotations

import re

from ..records.interfaces import Interface, InterfaceFlags
from ..render.visible import visible
from .places import address_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .surroundings import Surroundings

MOST = 8
ETHERNET_BYTES = 1500
PURPOSES = (  # by name: what such an interface usually is
    (r"lo$", "the loopback: packets from this host to itself go through it (127.0.0.1, ::1)"),
    (r"docker\d", "a bridge that Docker made: a switch in software that joins its containers, and the way out "
                  "of them (with NAT)"),
    (r"br-[0-9a-f]{12}$", "a bridge that Docker made for a network of containers: a switch in software"),
    (r"br|virbr|vmbr|lxdbr|lxcbr|cni", "a bridge: a switch in software, for virtual machines or containers"),
    (r"veth|cali|lxc|vnet", "one end of a virtual cable; the other end is inside a container or virtual "
                            "machine"),
    (r"tun|utun", "a tunnel for IP packets: a program (a VPN) takes what is sent here and carries it inside "
                  "other packets"),
    (r"tap", "a tunnel for Ethernet frames: a program (a VPN, a virtual machine) is at its other end"),
    (r"wg", "a WireGuard tunnel: what is sent here travels encrypted inside UDP datagrams"),
    (r"ppp|wwan|wwp", "a dialled line or a mobile network, with one other end"),
    (r"wl|wifi|ath", "a wireless network"),
    (r"bond|team", "several cards that work as one"), (r"dummy", "a dummy: it throws away what it gets, for an "
                                                                 "address that stays"),
    (r".*\.\d+$|vlan", "a VLAN: a part of the interface before the dot, its frames marked with a number"),
    (r"vxlan|gre|gretap|sit|ip6tnl|ipip|tunl|erspan|geneve", "a tunnel of the kernel: packets travel inside "
                                                             "other packets"),
    (r"ib", "InfiniBand"), (r"macvlan|macvtap|ipvlan", "a second interface on a card of this host"),
    (r"en|eth|em|p\dp", "an Ethernet card, or what a virtual machine or container has for one"),
)
COUNTERS = (("rx_errors", "packets came damaged (a bad cable, say; in a tunnel: packets that could not be unpacked)"),
            ("rx_dropped", "packets came and were dropped: no room, or nobody who wants them"),
            ("rx_fifo", "packets were lost as the device had no room for them"),
            ("rx_frame", "frames had a wrong length or checksum"),
            ("tx_errors", "packets could not be sent"), ("tx_dropped", "packets were dropped before they were "
                                                                       "sent: in a full queue, say, or with "
                                                                       "nobody at the other end"),
            ("tx_fifo", "packets were lost as the device was not fed quickly enough"),
            ("tx_carrier", "times the signal was gone while sending: a cable or the other end"),
            ("collisions", "times two hosts sent at once, as on old shared wires"))


def tell_interfaces(found: list[tuple[str, Any]], around: Surroundings) -> list[str]:
    """One paragraph an interface; those that are only more of a kind are counted."""
    interfaces = [interface for _, interface in found]
    if not interfaces:
        return ["No interface is up. Next: ifconfig -a shows those that are switched off too."]
    many = [each for each in interfaces if each.name.startswith("veth")][2:]
    shown = [each for each in interfaces if each not in many][:MOST]
    told = [sentence_of(interface) for interface in shown]
    rest = len(interfaces) - len(shown)
    if rest:
        ends = f", {len(many)} of them ends of virtual cables (veth)" if many else ""
        told.append(f"{rest} more interfaces{ends}.")
    if any(address_class(each.address)[0] == "private" for interface in interfaces for each in interface.addresses):
        told.append("Private addresses mean something in this network alone. What leaves for the Internet "
                    "leaves with the public address of a router (NAT), which no interface here shows; a "
                    "service outside can tell which it is.")
    return told


def sentence_of(interface: Interface) -> str:
    """What it is, its state, its addresses, what is unusual, and what it counted."""
    name = interface.name
    told = f"{visible(name)}: {purpose(interface)}. {_state(interface)}"
    told += "".join(f" {sentence}" for sentence in (_addresses(interface), *_flags(interface), _mtu(interface),
                                                    _counted(interface)) if sentence)
    return told


def purpose(interface: Interface) -> str:
    """What it is for, by its flags and its name.

    >>> purpose(Interface("wg0", 65534, 0x10d1, 1420, None, b""))
    'by its name a WireGuard tunnel: what is sent here travels encrypted inside UDP datagrams'
    """
    if ":" in interface.name:
        return (f"a second IPv4 address of {visible(interface.name.partition(':')[0])} under a name of its own "
                "(a label)")
    if interface.flags & InterfaceFlags.LOOPBACK:
        return PURPOSES[0][1]
    meaning = next((meaning for pattern, meaning in PURPOSES[1:] if re.match(pattern, interface.name)), None)
    return f"by its name {meaning}" if meaning else "what it is for, its name does not say"


def _state(interface: Interface) -> str:
    up, running = interface.flags & InterfaceFlags.UP, interface.flags & InterfaceFlags.RUNNING
    if not up:
        return "It is switched off (not UP): nothing passes."
    if interface.flags & InterfaceFlags.LOOPBACK:
        return "It is on (UP, RUNNING); there is no cable that could be out."
    if running:
        return "It is on and ready (UP, RUNNING: the device says that it has a link)."
    return ("It is switched on (UP), but has no link (not RUNNING): no cable, nothing at the other end, or no "
            "container joined.")


def _addresses(interface: Interface) -> str:
    parts = [f"{each.address}/{each.prefix_length} is {address_class(each.address)[0]}"
             for each in (*interface.addresses, *interface.addresses6)]
    if not parts:
        return "It has no IP address, so no program can send by it; it may still carry frames for others." \
            if interface.flags & InterfaceFlags.UP else ""
    return f"Of its addresses, {'; '.join(parts[:4])}{f'; and {len(parts) - 4} more' if len(parts) > 4 else ''}."


ALONE = InterfaceFlags.LOOPBACK | InterfaceFlags.POINTOPOINT
FLAGS = (
    (InterfaceFlags.POINTOPOINT, "POINTOPOINT: there is one other end, so nobody needs to be asked who has an "
                                 "address."),
    (InterfaceFlags.PROMISC, "PROMISC: it hears all frames on its wire, not only its own; somebody captures "
                             "packets, or it is in a bridge."),
    (InterfaceFlags.ALLMULTI, "ALLMULTI: it hears all groups, as a multicast router does."),
    (InterfaceFlags.MASTER, "MASTER: other interfaces belong to it."),
    (InterfaceFlags.SLAVE, "SLAVE: it belongs to another interface."),
)


def _flags(interface: Interface) -> list[str]:
    told = [sentence for bit, sentence in FLAGS if interface.flags & bit]
    if interface.flags & InterfaceFlags.NOARP and not interface.flags & ALONE:
        told.append("NOARP: it asks nobody for hardware addresses.")
    return told


def _mtu(interface: Interface) -> str:
    if interface.flags & InterfaceFlags.LOOPBACK or interface.mtu_bytes == ETHERNET_BYTES:
        return ""
    if interface.mtu_bytes < ETHERNET_BYTES:
        return (f"Packets of up to {interface.mtu_bytes} bytes fit, less than Ethernet's 1500: a tunnel "
                "needs the rest for its own headers, or somebody set it so.")
    return f"Packets of up to {interface.mtu_bytes} bytes fit, more than Ethernet's 1500 (jumbo frames)."


def _counted(interface: Interface) -> str:
    counters = interface.counters
    if counters is None or not interface.flags & InterfaceFlags.UP:
        return ""
    troubles = [f"{getattr(counters, name)} {meaning}" for name, meaning in COUNTERS if getattr(counters, name)]
    if troubles:
        return "; ".join(troubles) + ". Whether that is much, only the growth between two looks tells."
    if not counters.rx_packets and counters.tx_packets and not interface.flags & InterfaceFlags.LOOPBACK:
        return (f"{counters.tx_packets} packets were sent and none came: nobody is there, nobody answers, or what "
                "was sent wants no answer (a host sends some by itself when an interface goes up).")
    return ""
