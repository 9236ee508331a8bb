"""What hostname shows: which of the names of this host it is, and who else knows it."""

from __future__ import annotations

from ipaddress import ip_address

from ..render.visible import visible
from .places import address_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .surroundings import Surroundings

KINDS = {  # by option: what was shown, and how it was found
    "": "It is what the kernel of this host calls itself. It is kept there alone (and usually set at the start from "
        "/etc/hostname); nobody else need know it.",
    "s": "It is the kernel's name up to the first dot.",
    "f": "It is the full name: the kernel's name was looked up as any name is (/etc/hosts, then a name "
         "server), and this is the first name of the address that was found.",
    "d": "It is the full name behind its first dot: the DNS domain.",
    "a": "These are other names that /etc/hosts or a name server has for the same address.",
    "i": "These are the addresses that the kernel's name stands for when it is looked up (/etc/hosts, then a "
         "name server). They need not be addresses of an interface.",
    "I": "These are the addresses of all interfaces that are up, without loopback and link-local ones. No name "
         "was looked up.",
    "A": "These are the names of those addresses, each looked up in turn.",
    "y": "It is the NIS domain, which has nothing to do with DNS; hardly anybody uses NIS any more.",
    "N": "It is the NIS domain, which has nothing to do with DNS; hardly anybody uses NIS any more.",
}


def tell_names(found: list[tuple[str, Any]], around: Surroundings) -> list[str]:
    """Rows are the texts that were shown, labels the options."""
    told = []
    for option, shown in found:
        told.append(KINDS[option] if shown.strip() else "Nothing is known of that kind. " + KINDS[option])
        if option in ("i", "I"):
            told += [_address(word) for word in shown.split()[:8]]
        if shown.strip() == "localhost":
            told.append("localhost is the name of every host for itself: this one has been given no other.")
    if found and found[-1][0] in ("", "s"):
        told.append("Next: hostname -I shows its addresses, hostname -f its full name.")
    return told


def _address(word: str) -> str:
    try:
        ip_address(word.partition("%")[0])
    except ValueError:
        return f"{visible(word)} is no address."
    if word == "127.0.1.1":
        return (f"{word} is loopback: /etc/hosts of Debian and its kin gives it to the host's own name, so that the "
                "name always has an address.")
    name, meaning = address_class(word)
    return f"{word} is {name}: {meaning}."
