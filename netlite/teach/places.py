"""What an address is for: this host, this wire, a group, a private network, everybody."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from .exchanges import Exchange
from .notes import Notes

CLASSES = (  # the first that fits; (networks, name, sentence)
    ("0.0.0.0/32 ::/128", "any", "no address yet, or all addresses of this host"),
    ("127.0.0.0/8 ::1/128", "loopback", "this host itself; packets to it never leave it"),
    ("255.255.255.255/32", "broadcast", "all hosts of this wire"),
    ("224.0.0.0/24 ff02::/16 ff12::/16", "multicast", "a group on this wire; no router passes it on"),
    ("224.0.0.0/4 ff00::/8", "multicast", "a group of hosts that asked for it"),
    ("169.254.0.0/16 fe80::/10", "link-local", "means something on this wire alone; no router passes it on"),
    ("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7", "private",
     "a private network; the same number exists in many others, and the Internet has no way to it"),
    ("100.64.0.0/10", "shared", "inside a provider's network, behind its address translation"),
    ("192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32", "documentation", "for examples in books"),
    ("198.18.0.0/15", "benchmark", "for test networks, such as netlite's lab"),
    ("240.0.0.0/4", "reserved", "set aside, used by nobody"),
    ("0.0.0.0/0 ::/0", "public", "somewhere on the Internet, the only one of its number"),
)
_READ = tuple((tuple(map(ip_network, networks.split())), name, sentence) for networks, name, sentence in CLASSES)


class Reach:
    """How far a probe has to go.  OWN: it stays on this host.  WIRE: no router passes it on.  GROUP: several are meant.
    FAR: all else."""

    OWN = "own"
    WIRE = "wire"
    GROUP = "group"
    FAR = "far"


def address_class(address: str) -> tuple[str, str]:
    """(name, sentence) of the class of an address; a zone is left out, an IPv4 address inside IPv6 is what it is.

    >>> address_class("192.168.1.7")[0], address_class("fe80::1%eth0")[0], address_class("::ffff:8.8.8.8")[0]
    ('private', 'link-local', 'public')
    """
    known = ip_address(address.partition("%")[0])
    known = getattr(known, "ipv4_mapped", None) or known
    return next((name, sentence) for networks, name, sentence in _READ
                if any(known in network for network in networks if network.version == known.version))


def reach(exchange: Exchange) -> str:
    """How far a probe goes, one of `Reach`; the broadcast address of another's network is known by who answered."""
    if exchange.is_own:
        return Reach.OWN
    name = address_class(exchange.header.destination)[0]
    if name in ("multicast", "broadcast") or exchange.is_broadcast:
        return Reach.GROUP
    if exchange.header.version == 4 and exchange.header.destination not in _echoing(exchange) and \
            len(_echoing(exchange)) > 1:
        return Reach.GROUP
    return Reach.WIRE if name == "link-local" else Reach.FAR


def _echoing(exchange: Exchange) -> set[str]:
    return {answer.header.source for answer in exchange.answers if not answer.is_error}


def reach_sentence(first: Exchange, found: list[Exchange], notes: Notes) -> list[str]:
    """What is special about where the probes went; nothing where nothing is."""
    destination = first.header.destination
    how_far = reach(first)
    if how_far == Reach.OWN:
        return [f"{destination} is this host itself: the probe never left it. It went out by the loopback "
                "interface and came in again, and no wire and no router had a part in it."]
    if how_far == Reach.WIRE:
        return [f"{destination} is link-local: it means something on this wire alone, and no router passes it "
                "on. Who answers is a neighbour."]
    if how_far == Reach.GROUP:
        name, meaning = address_class(destination)
        if name not in ("multicast", "broadcast"):
            meaning = f"all of {first.network}, a network of this host (its broadcast address)" if first.is_broadcast \
                else "probably all of a network (its broadcast address)"
        sources = list(dict.fromkeys(source for exchange in found for source in [
            *notes.who_answered(exchange.number),
            *(answer.header.source for answer in exchange.answers if not answer.is_error)]))
        own = [source for source in sources if source == first.header.source]
        who = ""
        if sources:
            who = f" {len(sources)} of them answered: {', '.join(sources[:MOST_NAMED])}"
            who += f" and {len(sources) - MOST_NAMED} more" if len(sources) > MOST_NAMED else ""
            who += f" ({own[0]} is your own host, which hears the group too)." if own else "."
        return [f"{destination} stands for several hosts: {meaning}. Each answers with an address of its own; "
                f"that of a group is never a sender.{who}"]
    return []


MOST_NAMED = 8
