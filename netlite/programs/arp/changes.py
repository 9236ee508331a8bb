"""The changing half of arp: -s, -Ds and -d, by the ioctls of arp(7)."""

from __future__ import annotations

from errno import ENOENT, ENXIO
from posix import strerror

from ...command_line.c_words import DEVICE_BYTES, cut
from ...command_line.getopt import OptionError
from ...command_line.hardware_addresses import parse_hardware_address
from ...errors import KernelRefused, UsageError
from ...records.hardware import BY_NAME, BY_NUMBER, UNSPECIFIED, Hardware
from ...records.neighbours import NeighbourFlag as Flag
from ...system.neighbours.changes import ArpRequest, delete_neighbour, read_device_address, set_neighbour
from .words import FAILED, Options, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment

NO_MASK = "255.255.255.255"


def change(operands: list[str], options: Options, env: Environment) -> int:
    """Do what -s or -d asks; returns the exit status.  Raises UsageError."""
    if not operands:
        raise UsageError("arp: need host name\n", FAILED)
    if options.what == "d":
        return _delete(operands, options, env)
    set_entry(operands, options, env)
    return 0


def set_entry(words: list[str], options: Options, env: Environment) -> None:
    """One entry from its words: HOST HWADDR|DEVICE [temp] [pub] …  Raises UsageError, OptionError, KernelRefused."""
    request = ArpRequest(resolve(words[0], env), Flag.PERMANENT | Flag.COMPLETE)
    if len(words) < 2:
        raise UsageError("arp: need hardware address\n", FAILED)
    if options.use_device:
        request.hardware_type, request.hardware_address = _device_address(words[1], options, env)
    else:
        hardware = options.hardware or BY_NAME["ether"]
        request.hardware_type, request.hardware_address = hardware.number, _hardware_address(words[1], hardware)
    _read_words(words[2:], request, options, env, deleting=False)
    if options.verbose:
        env.err.write("arp: SIOCSARP()\n")
    set_neighbour(env, request)


def _delete(words: list[str], options: Options, env: Environment) -> int:
    """Remove the private entry of a host, else its published one."""
    request = ArpRequest(resolve(words[0], env), Flag.PERMANENT)
    kinds = _read_words(words[1:], request, options, env, deleting=True)
    for kind in [kind for kind in ("dontpub", "pub") if kind in kinds or not kinds]:
        if kind == "pub":
            request.flags |= Flag.PUBLISHED
        if options.verbose:
            env.err.write(f"arp: SIOCDARP({kind})\n")
        try:
            _delete_entry(request, kind, env)
            return 0
        except KernelRefused as refusal:
            if refusal.errno not in (ENXIO, ENOENT):
                raise KernelRefused(refusal.errno, f"SIOCDARP({kind})") from None
    env.out.write(f"No ARP entry for {_last_host(words)}\n")
    return FAILED


def _delete_entry(request: ArpRequest, kind: str, env: Environment) -> None:
    """The kernel finds a published entry only by its device: without -i each is tried."""
    try:
        delete_neighbour(env, request)
    except KernelRefused as refusal:
        if kind != "pub" or request.device or refusal.errno not in (ENXIO, ENOENT):
            raise
        for request.device in env.device_names():
            try:
                return delete_neighbour(env, request)
            except KernelRefused:
                pass
        request.device = ""
        raise


def _last_host(words: list[str]) -> str:
    """The word that was looked up last: the host, or the mask after ``netmask``."""
    masks = [word for before, word in zip(words[1:], words[2:]) if before == "netmask" and word != NO_MASK]
    return cut((words[:1] + masks)[-1])


def _read_words(words: list[str], request: ArpRequest, options: Options, env: Environment, deleting: bool) -> set[str]:
    """Read the words after the addresses into `request`; returns which entries to delete, none for both.

    A device stays for the lines of a file that follow.
    """
    kinds = set()
    words = list(words)
    while words:
        word = words.pop(0)
        if deleting and options.verbose:
            env.err.write(f"args={word}\n")
        if word == "pub":
            kinds.add("pub")
            request.flags |= 0 if deleting else Flag.PUBLISHED
        elif word == "priv":
            kinds.add("dontpub")
            request.flags &= ~Flag.PUBLISHED
        elif word == "temp":
            request.flags &= ~Flag.PERMANENT
        elif word == "trail":
            request.flags |= Flag.TRAILERS
        elif word == "dontpub":
            request.flags |= Flag.DONT_PUBLISH
        elif word == "auto":
            request.flags |= Flag.MAGIC
        elif word == "dev" and words:
            options.device = cut(words.pop(0), DEVICE_BYTES)
        elif word == "netmask" and words:
            mask = words.pop(0)
            if mask != NO_MASK:
                request.netmask = resolve(mask, env)
                request.flags |= Flag.NETMASK
        else:
            raise OptionError("")
    request.device = options.device
    return kinds


def _hardware_address(text: str, hardware: Hardware) -> bytes:
    try:
        return parse_hardware_address(text, hardware)
    except ValueError as wrong:
        raise UsageError(f"{wrong}arp: invalid hardware address\n", FAILED) from None


def _device_address(device: str, options: Options, env: Environment) -> tuple[int, bytes]:
    try:
        number, address = read_device_address(env, device)
    except OSError as refusal:
        why = strerror(refusal.errno or 0)
        raise UsageError(f"arp: cant get HW-Address for `{device}': {why}.\n", FAILED) from None
    if options.hardware and options.hardware.number != number:
        raise UsageError("arp: protocol type mismatch.\n", FAILED)
    if options.verbose:
        env.err.write(f"arp: device `{device}' has HW address {_shown(number, address)}.\n")
    return number, address


def _shown(number: int, address: bytes) -> str:
    """Type and address of an interface, in the type's own form where it has one."""
    from ...render.hardware import show_address

    shown = show_address(number, address) if number in BY_NUMBER else None
    if shown is not None:
        return f"{BY_NUMBER[number].name} `{shown}'"
    unspecified = address.ljust(16, b"\0").hex("-").upper()
    return f"{UNSPECIFIED.name} `{unspecified}'"
