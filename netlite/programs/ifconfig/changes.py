"""The configuring half of ifconfig: its words, read from left to right, one ioctl at a time.

A word that fails is reported and the next is read; nothing is rolled back.  The status is that of
the last word that failed: 255 where a flag could not be changed, else 1; a netmask that fails leaves
an earlier 255 as it is (net-tools 2.10).
"""

from __future__ import annotations

from _socket import AF_INET, AF_INET6, AF_UNIX
from errno import EBADF, EBUSY, ENOTTY
from posix import strerror

from ...command_line.address_families import AF_NAMES, SEVERAL_FAMILIES
from ...command_line.c_numbers import as_int, atoi, strtol, strtoul
from ...command_line.c_words import cut
from ...command_line.hardware_addresses import has_reader, parse_hardware_address
from ...errors import KernelRefused, UsageError
from ...feature_errors import HostUnknown
from ...records.hardware import BY_NAME, MEDIA, OTHER_MEDIA
from ...records.interfaces import InterfaceFlags as Flag
from ...system.interfaces.changes import InterfaceChanges
from ...system.names.inet_words import InetNames
from .addresses import add_ipv4, change_ipv6, delete_ipv4, prefix_length4, prefix_mask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from ...environment import Environment

FLAG_FAILED, FAILED, WRONG_WORDS = 255, 1, 3
SOCKETS = {"inet6": AF_INET6, "unix": AF_UNIX}  # of a family: what the ioctls are made on
HELP_HINT = "ifconfig: `--help' gives usage information.\n"


# word: (flags on, flags off, the mode that is named when the flag does not go away)
SWITCHES = {
    "arp": (0, Flag.NOARP, ""), "-arp": (Flag.NOARP, 0, ""),
    "trailers": (0, Flag.NOTRAILERS, ""), "-trailers": (Flag.NOTRAILERS, 0, ""),
    "promisc": (Flag.PROMISC, 0, ""), "-promisc": (0, Flag.PROMISC, "promisc"),
    "multicast": (Flag.MULTICAST, 0, ""), "-multicast": (0, Flag.MULTICAST, "MULTICAST"),
    "allmulti": (Flag.ALLMULTI, 0, ""), "-allmulti": (0, Flag.ALLMULTI, "ALLMULTI"),
    "dynamic": (Flag.DYNAMIC, 0, ""), "-dynamic": (0, Flag.DYNAMIC, "DYNAMIC"),
    "up": (Flag.UP | Flag.RUNNING, 0, ""), "down": (0, Flag.UP, ""),
    "-broadcast": (0, Flag.BROADCAST, "BROADCAST"),
    "-pointopoint": (0, Flag.POINTOPOINT, "POINTOPOINT"), "-pointtopoint": (0, Flag.POINTOPOINT, "POINTOPOINT"),
}
NUMBERS = {"mtu": "SIOCSIFMTU", "keepalive": "SIOCSKEEPALIVE", "outfill": "SIOCSOUTFILL"}
MAPS: dict[str, tuple[str, Callable[[str], int]]] = {  # word: field of struct ifmap, how its number is read
    "irq": ("irq", lambda text: atoi(text) & 0xFF),
    "io_addr": ("base_address", lambda text: strtol(text, 0)[0] & 0xFFFF),
    "mem_start": ("mem_start", lambda text: strtoul(text, 0)[0])}


def configure(name: str, words: list[str], verbose: bool, env: Environment) -> int:
    """Apply `words` to interface `name`; returns the exit status."""
    if "," in words[0]:
        env.err.write(SEVERAL_FAMILIES)
    family = words[0] if words[0] in AF_NAMES else "inet"
    words = words[1:] if words[0] in AF_NAMES else list(words)
    errno = 0 if family in ("inet", "inet6", "unix") else ENOTTY if family == "unspec" else EBADF
    with InterfaceChanges(env, errno, SOCKETS.get(family, AF_INET)) as changes:
        run = _Run(name[:15], family, words, verbose, changes, env)
        run.read_all()
    if verbose and run.status:
        env.err.write(f"WARNING: at least one error occured. ({-1 if run.status == FLAG_FAILED else run.status})\n")
    return run.status


class _Run:
    """One command line being applied."""

    def __init__(self, name: str, family: str, words: list[str], verbose: bool, changes: InterfaceChanges,
                 env: Environment):
        self.name, self.family, self.words, self.verbose = name, family, list(words), verbose
        self.changes, self.env = changes, env
        self.names = InetNames(env)
        self.status = 0
        self.netmask_read = False
        self.mask_to_set: str | None = None

    def read_all(self) -> None:
        while self.words:
            word = self.words.pop(0)
            if word in SWITCHES:
                self._switch(*SWITCHES[word])
            elif word in NUMBERS:
                self.attempt(self.changes.set_number, NUMBERS[word], self.name, atoi(self._value()))
            elif word in MAPS:
                field, read = MAPS[word]
                self._map(word, **{field: read(self._value())})
            elif word in WORDS:
                WORDS[word](self)
            else:
                self._address(word)
        if self.mask_to_set:
            self._set_netmask(self.mask_to_set)

    # the pieces that several words share

    def wrong(self) -> NoReturn:
        from .usage import usage

        raise UsageError(usage(), WRONG_WORDS)

    def _value(self) -> str:
        return self.words.pop(0) if self.words else self.wrong()

    def fail(self, text: str) -> None:
        self.env.err.write(text + "\n")
        self.status = FAILED

    def attempt(self, change: Callable[..., None], *arguments: str | int) -> bool:
        """Make a change; a refusal is reported as perror does."""
        try:
            change(*arguments)
        except KernelRefused as refusal:
            self.refused(refusal)
            return False
        return True

    def refused(self, refusal: KernelRefused) -> None:
        self.fail(f"{refusal.what}: {strerror(refusal.errno)}")

    def look_up(self, word: str) -> str | None:
        """The address of a word as the family has them; None, and a message, when there is none."""
        word = cut(word)
        if self.family == "inet6":
            return self._look_up_ipv6(word)
        try:
            if word.startswith("-") or word.lower() in KEYWORDS:
                raise HostUnknown(word)   # a misplaced option or misspelt keyword is not looked up
            return self.names.resolve(word)[0]
        except HostUnknown as unknown:
            self.fail(str(unknown))
            return None

    def _look_up_ipv6(self, word: str) -> str | None:
        try:
            return self.names.resolve_ipv6(word)
        except HostUnknown as unknown:
            self.env.err.write(f"getaddrinfo: {word}: {unknown.code}\n")
            self.fail(str(unknown))
            return None

    def set_flags(self, on: int, off: int = 0, name: str = "") -> None:
        name = name or self.name
        try:
            self.changes.set_flags(name, on, off)
        except KernelRefused as refusal:
            what = f"{name}: ERROR while getting interface flags" if refusal.what == "SIOCGIFFLAGS" else refusal.what
            self.env.err.write(f"{what}: {strerror(refusal.errno)}\n")
            self.status = FLAG_FAILED

    # the words

    def _switch(self, on: int, off: int, mode: str) -> None:
        self.set_flags(on, off)
        if not mode:
            return
        try:
            left = self.changes.flags(self.name) & off
        except KernelRefused as refusal:
            left = 0
            self.env.err.write(f"{self.name}: ERROR while testing interface flags: {strerror(refusal.errno)}\n")
        if left and mode == "promisc":
            self.env.err.write(f"Warning: Interface {self.name} still in promisc mode... "
                               "maybe other application is running?\n")
        elif left and mode != "DYNAMIC":  # the sign bit, so a negative number to the original: it tells nothing
            self.env.err.write(f"Warning: Interface {self.name} still in {mode} mode.\n")

    def _map(self, word: str, **change: int) -> None:
        try:
            self.changes.set_map(self.name, **change)
        except KernelRefused as refusal:
            self.fail(f"{word}: {refusal.what}: {strerror(refusal.errno)}")

    def _media(self) -> None:
        text = self._value()
        if text.lower() == "auto":        # the original goes on to look "auto" up as a host
            self.set_flags(Flag.AUTOMEDIA)
            return
        number, rest, _ = strtol(text)
        port = PORTS.get(text.lower(), -1) if rest else as_int(number)
        if port == -1:
            self.fail("Unknown media type.")
        else:
            self._map("port", port=port & 0xFF)

    def _netmask(self) -> None:
        if not self.words or self.netmask_read:
            self.wrong()
        mask = self.look_up(self.words.pop(0))
        if mask:
            self.netmask_read = True
            self._set_netmask(mask)

    def _set_netmask(self, mask: str) -> None:
        before = self.status
        if not self.attempt(self.changes.set_address, "SIOCSIFNETMASK", self.name, mask):
            self.status |= before

    def _broadcast(self) -> None:
        self._with_optional_address("SIOCSIFBRDADDR", Flag.BROADCAST)

    def _pointopoint(self) -> None:
        self._with_optional_address("SIOCSIFDSTADDR", Flag.POINTOPOINT)

    def _with_optional_address(self, what: str, flag: int) -> None:
        if self.words:
            address = self.look_up(self.words.pop(0))
            if address is None:
                return
            self.attempt(self.changes.set_address, what, self.name, address)
        self.set_flags(flag)

    def _dstaddr(self) -> None:
        address = self.look_up(self._value())
        if address:
            self.attempt(self.changes.set_address, "SIOCSIFDSTADDR", self.name, address)

    def _txqueuelen(self) -> None:
        text = self._value()
        length, rest, _ = strtoul(text, 0)
        if rest == text:                  # the original sets 0
            return self.fail(f"ifconfig: invalid txqueuelen `{text}'")
        self.attempt(self.changes.set_number, "SIOCSIFTXQLEN", self.name, as_int(length))

    def _hardware(self) -> None:
        hardware = BY_NAME.get(self._value())
        if hardware is None:
            self.wrong()
        text = cut(self._value())
        if not has_reader(hardware):
            return self.fail(f"hw address type `{hardware.name}' has no handler to set address. failed.")
        try:
            address = parse_hardware_address(text, hardware)
        except ValueError as wrong:
            return self.fail(f"{wrong}{text}: invalid {hardware.name} address.")
        try:
            self.changes.set_hardware_address(self.name, hardware.number, address)
        except KernelRefused as refusal:
            hint = " - you may need to down the interface" if refusal.errno == EBUSY else ""
            self.fail(f"SIOCSIFHWADDR: {strerror(refusal.errno)}{hint}")

    def _name(self) -> None:
        self.attempt(self.changes.rename, self.name, self._value())

    def _add(self) -> None:
        self._further("SIOCSIFADDR", add_ipv4)

    def _delete(self) -> None:
        self._further("SIOCDIFADDR", delete_ipv4)

    def _further(self, what: str, change_ipv4: Callable[[_Run, str], None]) -> None:
        """One of several addresses: IPv6 where it has a colon."""
        word = self._value()
        if ":" in word:
            change_ipv6(self, what, word)
        elif self.family == "inet6":
            self._no_ipv6(cut(word))
        else:
            change_ipv4(self, word)

    def _no_ipv6(self, word: str) -> None:
        """After ``inet6`` the original looks this up as IPv4 too, sets it as IPv6, and says nothing when that fails."""
        try:
            self.names.resolve(word)
        except HostUnknown as unknown:
            return self.fail(str(unknown))
        self.fail(f"{word}: not an IPv6 address")

    def _tunnel(self) -> None:
        change_ipv6(self, "SIOCSIFDSTADDR", self._value())

    def _address(self, word: str) -> None:
        """A word that is no keyword: the interface's address, with UP unless an alias goes away."""
        if self.family == "inet6" and ":" in word:
            return change_ipv6(self, "SIOCSIFADDR", word)
        if self.family == "inet6":
            self._ipv6_name(word)
        if self.family == "unix":
            raise UsageError("ifconfig: Cannot set address for this protocol family.\n", FAILED)
        host, slash, length = cut(word).partition("/")
        bits = prefix_length4(length) if slash else None
        if slash and (bits is None or self.netmask_read):
            self.wrong()
        address = self.look_up(host)
        if address is None:
            raise UsageError(HELP_HINT, FAILED)
        if bits is not None:
            self.mask_to_set = prefix_mask(bits) or self.wrong()
        self.attempt(self.changes.set_address, "SIOCSIFADDR", self.name, address)
        alias = ":" in self.name
        if not (alias and (self.name.endswith("-") or address == "0.0.0.0")):
            self.set_flags(Flag.UP | Flag.RUNNING)

    def _ipv6_name(self, word: str) -> NoReturn:
        """A host name after ``inet6``, which the original looks up and then does not know how to set."""
        try:
            self.names.resolve_ipv6(cut(word))
        except HostUnknown as unknown:
            raise UsageError(f"getaddrinfo: {cut(word)}: {unknown.code}\n{unknown}\n{HELP_HINT}", FAILED) from None
        raise UsageError("Don't know how to set addresses for family 10.\n", FAILED)


PORTS = {media.lower(): port for port, media in enumerate(MEDIA)} | OTHER_MEDIA
WORDS: dict[str, Callable[[_Run], None]] = {
    "netmask": _Run._netmask, "broadcast": _Run._broadcast, "dstaddr": _Run._dstaddr,
    "pointopoint": _Run._pointopoint, "pointtopoint": _Run._pointopoint, "txqueuelen": _Run._txqueuelen,
    "hw": _Run._hardware, "name": _Run._name, "add": _Run._add, "del": _Run._delete, "tunnel": _Run._tunnel,
    "media": _Run._media, "port": _Run._media,
}
KEYWORDS = {*SWITCHES, *NUMBERS, *MAPS, *WORDS}
