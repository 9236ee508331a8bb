"""ifconfig's add and del: further addresses of an interface, of both families.

`run` is the command line being applied (`changes`): it carries the interface's name, the
ioctls and the way errors are reported.
"""

from __future__ import annotations

import _socket

from ...command_line.c_numbers import as_int, atoi, strtol, strtoul
from ...command_line.c_words import cut
from ...errors import KernelRefused
from ...records.interfaces import InterfaceFlags as Flag
from ...system.names.inet_words import ipv6_number

ALIASES = 256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn, Protocol

    from ...environment import Environment
    from ...system.interfaces.changes import InterfaceChanges

    class Run(Protocol):
        """What is asked of `changes.Run`."""

        name: str
        verbose: bool
        changes: InterfaceChanges
        env: Environment

        def wrong(self) -> NoReturn: ...
        def fail(self, text: str) -> None: ...
        def refused(self, refusal: KernelRefused) -> None: ...
        def attempt(self, change: Callable[..., None], *arguments: str | int) -> bool: ...
        def look_up(self, word: str) -> str | None: ...
        def set_flags(self, on: int, off: int = ..., name: str = ...) -> None: ...


def prefix_length4(text: str) -> int | None:
    """The number after the slash of an IPv4 address, in any base; None where something is behind it.

    It is a length from 0 to 32; the original takes none for 0, here -1, and shifts its mask by others modulo 32.
    """
    length, rest, _ = strtoul(text, 0)
    if not text:
        return -1
    return None if rest else as_int(length)


def prefix_length6(text: str) -> int | None:
    """The number after the slash of an IPv6 address, in decimal, 0 where there is none; None where it is no length."""
    length = strtol(text)[0]
    return length if 0 <= length <= 128 else None


def prefix_mask(length: int) -> str | None:
    """A netmask in dotted form, /32 is 255.255.255.255; None for what is no length."""
    if not 0 <= length <= 32:
        return None
    return _socket.inet_ntoa(((0xFFFFFFFF << 32 - length) & 0xFFFFFFFF).to_bytes(4, "big"))


def change_ipv6(run: Run, what: str, word: str) -> None:
    """Add (SIOCSIFADDR), remove (SIOCDIFADDR) or point a tunnel at (SIOCSIFDSTADDR) ADDRESS[/LEN]."""
    address, slash, length = word.partition("/")
    prefix_bits = prefix_length6(length) if slash else 128
    if prefix_bits is None:
        run.wrong()
    number = ipv6_number(cut(address))
    if number is None:
        return run.fail(f"{cut(address)}: not an IPv6 address")
    try:
        index = run.changes.index(run.name)
    except KernelRefused as refusal:
        return run.refused(KernelRefused(refusal.errno, "SIOGIFINDEX"))
    if what == "SIOCDIFADDR" and run.verbose:
        run.env.err.write(f"now deleting: ioctl(SIOCDIFADDR,{{ifindex={index},prefixlen={prefix_bits}}})\n")
    run.attempt(run.changes.change_ipv6, what, index, number, prefix_bits)


def add_ipv4(run: Run, word: str) -> None:
    """Give the interface one more IPv4 address, ADDRESS[/LEN], under the first free alias number.

    Without LEN it takes netmask and broadcast of the interface's own address; where there is none
    the kernel's class mask stays (the original sets /0 then, and reports no error at all).
    """
    host, given = _host_and_mask(word)
    address = run.look_up(host)
    if address is None:
        return
    used = _aliases(run)
    if address in used:
        return run.set_flags(Flag.UP | Flag.RUNNING, name=used[address])
    taken = {_alias_number(name) for name in used.values()}
    alias = f"{run.name}:{min(set(range(ALIASES)) - taken)}"
    mask = given or _answer(run, "SIOCGIFNETMASK")
    broadcast = None if given else _answer(run, "SIOCGIFBRDADDR")
    if not run.attempt(run.changes.set_address, "SIOCSIFADDR", alias, address):
        return
    for what, value in (("SIOCSIFNETMASK", mask), ("SIOCSIFBRDADDR", broadcast)):
        if value is not None:
            run.attempt(run.changes.set_address, what, alias, value)
    run.set_flags(Flag.UP | Flag.RUNNING, name=alias)


def _host_and_mask(word: str) -> tuple[str, str | None]:
    """ADDRESS[/LEN]: what to look up, and the mask of LEN; what is no length is a part of the name."""
    host, slash, length = word.partition("/")
    bits = prefix_length4(length) if slash else None
    mask = None if bits is None else prefix_mask(bits)
    return (word if slash and mask is None else host), mask


def delete_ipv4(run: Run, word: str) -> None:
    """Take an IPv4 address away, whether it has an alias or not.

    The original adds the address when no alias has it.
    """
    address = run.look_up(_host_and_mask(word)[0])
    if address is None:
        return
    alias = _aliases(run).get(address)
    if alias:
        return run.set_flags(0, Flag.UP, name=alias)
    try:
        run.env.remove_address(run.name, address)
    except KernelRefused as refusal:
        run.refused(refusal)


def _aliases(run: Run) -> dict[str, str]:
    """Address -> label of the interface's aliases; a label with "-" is one being removed."""
    labels = {}
    for name in run.changes.labels():
        interface, colon, label = name.partition(":")
        if interface == run.name and label and "-" not in label:
            try:
                labels[run.changes.address("SIOCGIFADDR", name)] = name
            except KernelRefused:
                pass                  # gone in the meantime
    return labels


def _alias_number(name: str) -> int:
    return atoi(name.partition(":")[2])


def _answer(run: Run, what: str) -> str | None:
    try:
        run.changes.address("SIOCGIFADDR", run.name)
        return run.changes.address(what, run.name)
    except KernelRefused:
        return None
