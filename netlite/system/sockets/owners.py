"""Which process has which socket open: one pass over /proc/PID/fd."""

from __future__ import annotations

from errno import EACCES

from ...records.owners import Owner
from ...records.record import Record

COMMAND_BYTES = 511

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..door import Door


class Owners(Record):
    """`by_inode` maps the inode of a socket to its first owner in the order of process ids.

    `denied` is True when some process could not be read for lack of privilege (CAP_SYS_PTRACE).
    """

    by_inode: dict[int, Owner]
    denied: bool


class AllOwners(Record):
    """The same with all owners of each socket."""

    by_inode: dict[int, list[Owner]]
    denied: bool


def read_owners(world: Door, contexts: bool = False) -> Owners:
    """Look at the descriptors of every process; those that end meanwhile are left out."""
    by_inode: dict[int, Owner] = {}
    refusals: set[int] = set()
    for process, inodes in _processes(world, refusals):
        owner = _owner(world, process, contexts)
        for inode in inodes:
            by_inode.setdefault(inode, owner)
    return Owners(by_inode, EACCES in refusals)


def read_all_owners(world: Door, contexts: bool = False) -> AllOwners:
    """The same with a list of all owners of each socket, and their cgroups."""
    by_inode: dict[int, list[Owner]] = {}
    refusals: set[int] = set()
    for process, inodes in _processes(world, refusals):
        owner = _owner(world, process, contexts).replace(cgroup=_cgroup(world, process))
        for inode in set(inodes):
            by_inode.setdefault(inode, []).append(owner)
    return AllOwners(by_inode, EACCES in refusals)


def _processes(world: Door, refusals: set[int]) -> Iterator[tuple[str, list[int]]]:
    """Each process that has sockets open, in the order of ids, and their inodes; as far as it may be looked into."""
    files, proc = world.files, world.proc
    for process in sorted((name for name in files.folder(proc) if name.isdigit()), key=int):
        folder = f"{proc}/{process}/fd"
        try:
            targets = files.links(folder, files.folder(folder))
            inodes = [inode_of(target) for target in targets if target[:8] == "socket:[" or target[:7] == "[0000]:"]
        except OSError as refusal:
            refusals.add(refusal.errno or 0)
            continue
        if inodes:
            yield process, inodes


def inode_of(link: str) -> int:
    """The inode of ``socket:[N]``, or of ``[0000]:N`` as kernels before 2.2 wrote it; else -1."""
    digits = link[8:-1] if link[:1] == "s" else link[7:]
    return int(digits) if digits.isdigit() else -1


def _owner(world: Door, process: str, contexts: bool) -> Owner:
    command = _read(world, process, "cmdline")
    context = _read(world, process, "attr/current") if contexts else b""
    return Owner(int(process), program_name(command), _text(context.rstrip(b"\0\n")) or None)


def _cgroup(world: Door, process: str) -> str | None:
    """The line ``0::PATH`` of /proc/PID/cgroup (cgroups(7))."""
    for line in _read(world, process, "cgroup").splitlines():
        if line.startswith(b"0::"):
            return _text(line[3:])
    return None


def _read(world: Door, process: str, name: str) -> bytes:
    try:
        return next(world.files.blocks(f"{world.proc}/{process}/{name}"), b"")[:COMMAND_BYTES]
    except OSError:
        return b""


def program_name(command: bytes) -> str:
    """argv[0] of a command line, without the folder of a full path.

    >>> program_name(b"/usr/sbin/sshd\\0-D\\0")
    'sshd'
    """
    name = command.partition(b"\0")[0]
    if name[:1] == b"/":
        name = name.rpartition(b"/")[2]
    return _text(name)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
