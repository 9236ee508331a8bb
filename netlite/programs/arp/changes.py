"""The changing half of arp: -s, -Ds, -d and -f, by the ioctls of arp(7)."""

from __future__ import annotations

from os import strerror

from ...command_line.getopt import OptionError
from ...errors import KernelRefused, UsageError
from ...records.hardware import BY_NAME, BY_NUMBER, Hardware, parse_hardware_address
from ...records.neighbours import NeighbourFlag as Flag
from ...system.neighbours.neighbours import (
    ArpRequest,
    delete_neighbour,
    device_names,
    read_device_address,
    set_neighbour,
)
from .words import FAILED, Options, resolve

ENOENT, ENXIO = 2, 6
MAXIMUM_WORDS = 31


def change(operands: list[str], options: Options, env) -> int:
    """Do what -s, -d or -f asks; returns the exit status."""
    if options.what == "f":
        return _set_from_file(operands[0] if operands else "/etc/ethers", options, env)
    if not operands:
        raise UsageError("arp: need host name\n", FAILED)
    if options.what == "d":
        return _delete(operands, options, env)
    _set(operands, options, env)
    return 0


def _set(words: list[str], options: Options, env) -> None:
    """One entry from its words: HOST HWADDR|DEVICE [temp] [pub] …"""
    request = ArpRequest(resolve(words[0], env), Flag.PERMANENT | Flag.COMPLETE)
    if len(words) < 2:
        raise UsageError("arp: need hardware address\n", FAILED)
    if options.use_device:
        request.hardware_type, request.hardware_address = _device_address(words[1], options, env)
    else:
        hardware = options.hardware or BY_NAME["ether"]
        request.hardware_type, request.hardware_address = hardware.number, _hardware_address(words[1], hardware)
    request.device = options.device
    _read_words(words[2:], request, env, deleting=False)
    if options.verbose:
        env.err.write("arp: SIOCSARP()\n")
    set_neighbour(request)


def _delete(words: list[str], options: Options, env) -> int:
    """Remove the private entry of a host, else its published one."""
    request = ArpRequest(resolve(words[0], env), Flag.PERMANENT)
    request.device = options.device
    kinds = _read_words(words[1:], request, env, deleting=True)
    for kind in kinds:
        if kind == "pub":
            request.flags |= Flag.PUBLISHED
        if options.verbose:
            env.err.write(f"arp: SIOCDARP({kind})\n")
        try:
            _delete_entry(request, kind)
            return 0
        except KernelRefused as refusal:
            if refusal.errno not in (ENXIO, ENOENT):
                raise KernelRefused(refusal.errno, f"SIOCDARP({kind})") from None
    env.out.write(f"No ARP entry for {words[0]}\n")
    return FAILED


def _delete_entry(request: ArpRequest, kind: str) -> None:
    """The kernel finds a published entry only by its device: without -i each is tried."""
    try:
        delete_neighbour(request)
    except KernelRefused as refusal:
        if kind != "pub" or request.device or refusal.errno not in (ENXIO, ENOENT):
            raise
        for request.device in device_names():
            try:
                return delete_neighbour(request)
            except KernelRefused:
                pass
        request.device = ""
        raise


def _read_words(words: list[str], request: ArpRequest, env, deleting: bool) -> list[str]:
    """Read the words after the addresses into `request`; returns which entries to delete."""
    kinds = ["dontpub", "pub"]
    words = list(words)
    while words:
        word = words.pop(0)
        if word == "pub":
            kinds = ["pub"]
            request.flags |= 0 if deleting else Flag.PUBLISHED
        elif word == "priv":
            kinds = ["dontpub"]
            request.flags &= ~Flag.PUBLISHED
        elif word == "temp":
            request.flags &= ~Flag.PERMANENT
        elif word == "trail":
            request.flags |= Flag.TRAILERS
        elif word == "dontpub":
            request.flags |= Flag.DONT_PUBLISH
        elif word == "auto":
            request.flags |= Flag.MAGIC
        elif word in ("dev", "-i") and words:
            request.device = words.pop(0)
        elif word == "netmask" and words:
            mask = words.pop(0)
            if mask != "255.255.255.255":
                request.netmask = resolve(mask, env)
                request.flags |= Flag.NETMASK
        else:
            raise OptionError("")
    return kinds


def _hardware_address(text: str, hardware: Hardware) -> bytes:
    try:
        return parse_hardware_address(text, hardware)
    except ValueError:
        raise UsageError("arp: invalid hardware address\n", FAILED) from None


def _device_address(device: str, options: Options, env) -> tuple[int, bytes]:
    try:
        number, address = read_device_address(device)
    except OSError as refusal:
        raise UsageError(f"arp: cant get HW-Address for `{device}': {strerror(refusal.errno)}.\n", FAILED) from None
    if options.hardware and options.hardware.number != number:
        raise UsageError("arp: protocol type mismatch.\n", FAILED)
    if options.verbose:
        hardware = BY_NUMBER.get(number, BY_NAME["ether"])
        text = ":".join(f"{byte:02x}" for byte in address[:hardware.address_bytes])
        env.err.write(f"arp: device `{device}' has HW address {hardware.name} `{text}'.\n")
    return number, address


def _set_from_file(path: str, options: Options, env) -> int:
    """Entries from a file, HOST HWADDR or (ethers(5)) HWADDR HOST a line; a bad line is skipped."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        raise UsageError(f"arp: cannot open etherfile {path} !\n", FAILED) from None
    for number, line in enumerate(lines, 1):
        if options.verbose:
            env.err.write(f">> {line}\n")
        words = line.split()[:MAXIMUM_WORDS]
        if not words or words[0].startswith("#"):
            continue
        if len(words) < 2:
            env.err.write(f"arp: format error on line {number} of etherfile {path} !\n")
            continue
        if ":" in words[0]:
            words[:2] = words[1], words[0]
        if not _set_line(words, options, env):
            env.err.write(f"arp: cannot set entry on line {number} of etherfile {path} !\n")
    return 0


def _set_line(words: list[str], options: Options, env) -> bool:
    try:
        _set(words, options, env)
        return True
    except KernelRefused as refusal:
        env.err.write(f"{refusal.what}: {strerror(refusal.errno)}\n")
    except UsageError as error:
        env.err.write(error.text)
    return False
