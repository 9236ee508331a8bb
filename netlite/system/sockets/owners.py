"""Which process has which socket open: one pass over /proc/PID/fd."""

from __future__ import annotations

from errno import EACCES
from posix import O_CLOEXEC, O_DIRECTORY, O_RDONLY, close, listdir, read, readlink
from posix import open as open_file

from ...records.owners import Owner
from ...records.record import Record

COMMAND_BYTES = 511


class Owners(Record):
    """`by_inode` maps the inode of a socket to its first owner in the order of process ids, or to all.

    `denied` is True when some process could not be read for lack of privilege (CAP_SYS_PTRACE).
    """

    by_inode: dict
    denied: bool


def read_owners(proc: str, list_descriptors, contexts: bool = False) -> Owners:
    """Look at the descriptors of every process; those that end meanwhile are left out.

    `list_descriptors(process)` gives the names in its fd folder (`Environment.descriptors`).
    """
    by_link: dict[str, Owner] = {}
    refusals: set[int] = set()
    for process, links in _processes(proc, list_descriptors, refusals):
        new = links.difference(by_link)
        if new:
            by_link.update(dict.fromkeys(new, _owner(proc, process, contexts)))
    return Owners({inode_of(link): owner for link, owner in by_link.items()}, EACCES in refusals)


def read_all_owners(proc: str, list_descriptors, contexts: bool = False) -> Owners:
    """The same with a list of all owners of each socket, and their cgroups."""
    by_inode: dict[int, list[Owner]] = {}
    refusals: set[int] = set()
    for process, links in _processes(proc, list_descriptors, refusals):
        if links:
            owner = _owner(proc, process, contexts).replace(cgroup=_cgroup(proc, process))
            for link in links:
                by_inode.setdefault(inode_of(link), []).append(owner)
    return Owners(by_inode, EACCES in refusals)


def _processes(proc: str, list_descriptors, refusals: set[int]):
    """Each process that may be looked into, in the order of ids, and the sockets it has open."""
    for process in sorted((name for name in listdir(proc) if name.isdigit()), key=int):
        try:
            yield process, _socket_links(f"{proc}/{process}/fd", list_descriptors(process))
        except OSError as refusal:
            refusals.add(refusal.errno or 0)


def _socket_links(folder: str, names: list[str]) -> set[str]:
    links = set()
    descriptor = open_file(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try:
        for name in names:
            try:
                target = readlink(name, dir_fd=descriptor)
            except OSError:  # closed since the listing
                continue
            if target[:8] == "socket:[" or target[:7] == "[0000]:":
                links.add(target)
    finally:
        close(descriptor)
    return links


def inode_of(link: str) -> int:
    """The inode of ``socket:[N]``, or of ``[0000]:N`` as kernels before 2.2 wrote it; else -1."""
    digits = link[8:-1] if link[:1] == "s" else link[7:]
    return int(digits) if digits.isdigit() else -1


def _owner(proc: str, process: str, contexts: bool) -> Owner:
    command = _read(f"{proc}/{process}/cmdline")
    context = _read(f"{proc}/{process}/attr/current") if contexts else b""
    return Owner(int(process), program_name(command), _text(context.rstrip(b"\0\n")) or None)


def _cgroup(proc: str, process: str) -> str | None:
    """The line ``0::PATH`` of /proc/PID/cgroup (cgroups(7))."""
    for line in _read(f"{proc}/{process}/cgroup").splitlines():
        if line.startswith(b"0::"):
            return _text(line[3:])
    return None


def _read(path: str) -> bytes:
    try:
        descriptor = open_file(path, O_RDONLY | O_CLOEXEC)
    except OSError:
        return b""
    try:
        return read(descriptor, COMMAND_BYTES)
    except OSError:
        return b""
    finally:
        close(descriptor)


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
