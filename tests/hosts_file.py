"""The hosts file of a recorded world (hosts(5)): the programs themselves leave it to the C library."""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, inet_pton

from netlite.system.files import read_text
from netlite.system.names.files import NamedAddress
from netlite.world import World


def read_hosts(world: World) -> list[NamedAddress]:
    """The hosts in file order; addresses of 4 or 16 bytes, a zone (``%eth0``) is dropped."""
    try:
        text = read_text(world.files, f"{world.etc}/hosts")
    except OSError:
        return []
    hosts = []
    for row in [line.partition("#")[0].split() for line in text.split("\n")]:
        try:
            if len(row) > 1:
                hosts.append(NamedAddress(packed(row[0].partition("%")[0]), row[1], tuple(row[2:])))
        except (OSError, ValueError):
            pass  # no address
    return hosts


def packed(address: str) -> bytes:
    return inet_pton(AF_INET6 if ":" in address else AF_INET, address)
