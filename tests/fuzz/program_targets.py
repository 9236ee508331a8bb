"""Whole programs on recorded kernel tables, one file of which is any bytes."""

from __future__ import annotations

import json
from errno import ENOENT
from pathlib import Path

import snapshots
from replay import ReplayEnvironment
from targets import Target
from worlds import CHANGING, in_memory

from netlite.programs.registry import execute
from netlite.sockets import resolver
from netlite.system.files import Files

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "nettools"
COMMANDS = {  # a file, and what shows it
    "proc/net/tcp": "netstat -tane", "proc/net/tcp6": "netstat -tanoe", "proc/net/udp": "netstat -uano", "proc/net/udp6": "netstat -u6aWo",
    "proc/net/udplite": "netstat -Ua", "proc/net/raw": "netstat -waen", "proc/net/raw6": "netstat -wa6 --json", "proc/net/unix": "netstat -xanp",
    "proc/net/igmp": "netstat -gn", "proc/net/igmp6": "netstat -g6", "proc/net/snmp": "netstat -s", "proc/net/netstat": "netstat -s --json",
    "proc/net/snmp6": "netstat -s6", "proc/net/sctp/eps": "netstat -Sa", "proc/net/sctp/assocs": "netstat -Sane", "proc/net/sctp/snmp": "netstat -sS",
    "proc/net/route": "route -nee", "proc/net/ipv6_route": "route -6n", "proc/net/rt_cache": "route -Cee", "proc/net/arp": "arp -an",
    "proc/net/dev": "ifconfig -a", "proc/net/if_inet6": "ifconfig -a --json", "proc/net/ip_masquerade": "netstat -Mn", "proc/1001/cmdline": "netstat -tnp",
    "proc/sys/kernel/hostname": "hostname --json", "etc/hosts": "arp", "etc/services": "netstat -ta", "etc/networks": "route", "etc/passwd": "netstat -te",
    "etc/protocols": "netstat -w", "etc/ethers": "arp -f /etc/ethers",
}
PLACES = list(COMMANDS)


class GivenFiles(Files):
    """Files that are given: path to bytes, link or None."""

    def __init__(self, entries: dict):
        self.entries = entries
        self.listed: dict[str, list[str]] = {}
        for path in entries:
            folder, _, name = path.rpartition("/")
            while name:
                if name not in self.listed.setdefault(folder, []):
                    self.listed[folder].append(name)
                folder, _, name = folder.rpartition("/")

    def blocks(self, path: str):
        data = self.entries.get(path.lstrip("/"))
        if not isinstance(data, bytes):
            raise OSError(ENOENT, "No such file or directory")
        return iter([data])

    def exists(self, path: str) -> bool:
        return path.strip("/") in self.entries or path.strip("/") in self.listed

    def folder(self, path: str) -> list[str]:
        if path.strip("/") not in self.listed:
            raise OSError(ENOENT, "No such file or directory")
        return self.listed[path.strip("/")]

    def links(self, path: str, names):
        found = (self.entries.get(f"{path.strip('/')}/{name}") for name in names)
        return (target for target in found if isinstance(target, str))


class GivenWorld(ReplayEnvironment):
    """A recorded world whose files are given."""

    variables = {"LC_ALL": "C", "NETLITE_TRACEBACK": "1"}

    def __init__(self, program: str, files: GivenFiles):
        self._given = files
        super().__init__(program, "", "/etc", {"RB_LIMIT": "3"}, files)

    def _text(self, path: str) -> str:
        data = self._given.entries.get(path.strip("/"), b"")
        return data.decode("utf-8", "surrogateescape") if isinstance(data, bytes) else ""

    def read_file(self, path: str, plain: bool = False, most_bytes: int = 1 << 24) -> bytes:
        return b"".join(self.files.blocks(path))


def _entries() -> dict:
    entries: dict = {}
    for name in ("syn-route", "syn-sctp", "syn-masq", "syn-arp", "main"):
        entries |= snapshots.parse_snapshot((FIXTURES / f"{name}.snapshot").read_bytes())
    return entries | {f"etc/{path.name}": path.read_bytes() for path in (FIXTURES / "etc").iterdir()}


BASE = _entries()
FILES = GivenFiles(BASE)


def refuse_thread(*_) -> None:
    """Names are asked for one after the other: a thread takes longer than all the rest."""
    raise RuntimeError("can't start new thread")


def program(data: bytes) -> None:
    """The first byte says which file the rest is."""
    place = PLACES[(data[0] if data else 0) % len(PLACES)]
    name, *words = COMMANDS[place].split()
    before, threads = FILES.entries.get(place), resolver.start_new_thread
    FILES.entries[place], resolver.start_new_thread = data[1:], refuse_thread
    try:
        world = GivenWorld(name, FILES)
        execute(name, words, world)
        if "--json" in words and world.out.data:
            json.loads(world.out.data)
    finally:
        FILES.entries[place], resolver.start_new_thread = before, threads


def verbs(data: bytes) -> None:
    """A program and its words, with blanks between, run in a network in memory that it may change as it likes."""
    program, *words = data.replace(b"\0", b"").decode("utf-8", "surrogateescape").split(" ")
    program = program if program in CHANGE else CHANGE[len(data) % len(CHANGE)]
    if any(word[:1] == "-" and set("cw") & set(word) for word in words):  # for ever
        return
    execute(program, words, in_memory(program, variables={"NETLITE_TRACEBACK": "1"}))


CHANGE = ("ifconfig", "route", "arp", "hostname")


def _corpus() -> list[bytes]:
    texts = [(number, BASE.get(place)) for number, place in enumerate(PLACES)]
    return [bytes([number]) + data[:3000] for number, data in texts if isinstance(data, bytes)]


TARGETS = (Target("program", program, _corpus(), (), (b" 00000000:0000", b" 0A", b"\t", b"::", b"ffffffff", b"0100007F:1F90 ", b"*:*")),
           Target("verbs", verbs, [command.encode() for command in CHANGING if command.split()[0] in CHANGE], (),
                  [word.encode() for command in CHANGING for word in command.split()]))
