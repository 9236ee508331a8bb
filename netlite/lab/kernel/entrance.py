"""The way into a node, for a program that starts there.

A process with a single thread goes there between fork(2) and execve(2).  In one with threads nothing but what C
promises may run there (pthread_atfork(3)): it starts a process that goes there, and then becomes the program, which
takes some ten milliseconds more.
"""

from __future__ import annotations

import os
import signal
import sys

from ...libraries import find_libraries
from ...records.record import Record
from . import syscalls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {"user": syscalls.CLONE_NEWUSER, "mnt": syscalls.CLONE_NEWNS, "uts": syscalls.CLONE_NEWUTS}
NOBODY = 65534
START = "import sys; sys.path[:] = {path!r}; from netlite.lab.kernel.entrance import main; main({way!r}, {kept!r})"
harmless_threads = 1  # the one that asks
CHANGED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)  # ignored in each of its processes


class Way(Record):
    """Where a program is to be, and as whom; it dies with the process `parent`.

    `network`, `user`, `mounts` and `names` (of the host) are descriptors of namespaces, -1 for those to stay in;
    `unprivileged`: as nobody, without any capability.
    """

    parent: int
    network: int
    user: int
    mounts: int
    names: int
    folder: str
    unprivileged: bool

    def go(self) -> None:
        """Be there."""
        syscalls.die_with_parent(self.parent, signal.SIGKILL)
        enter_shared(self.shared)
        syscalls.setns(self.network, syscalls.CLONE_NEWNET)
        os.chdir(self.folder)
        if self.unprivileged:
            drop_privileges(rootless=self.user >= 0)
            syscalls.die_with_parent(self.parent, signal.SIGKILL)  # forgotten when the user changes

    @property
    def shared(self) -> dict[str, int]:
        """The namespaces that all nodes share, by kind."""
        held = zip(KINDS, (self.user, self.mounts, self.names))
        return {kind: descriptor for kind, descriptor in held if descriptor >= 0}

    @property
    def descriptors(self) -> set[int]:
        """All of its namespaces."""
        return {self.network, *self.shared.values()}


def has_threads() -> bool:
    """Whether this process has more threads than are known to hold no lock at such a moment."""
    return len(os.listdir("/proc/self/task")) > harmless_threads


def argv(path: list[str], way: Way, words: list[str], kept: list[int], variables: Mapping[str, str]) -> list[str]:
    """The command that goes a way, and then runs `words` with the descriptors `kept`; `path` is where modules are."""
    code = START.format(path=path, way=tuple(way), kept=kept)
    mark = [] if "LC_CTYPE" in variables else ["LC_CTYPE"]  # which Python may set itself
    return [sys.executable, "-I", "-S", "-c", code, ",".join(mark), *words]


def main(way: tuple[int, int, int, int, int, str, bool], kept: list[int]) -> None:
    """Go, and become the program; arguments: a variable to forget, or nothing, and its words."""
    for number in CHANGED_BY_PYTHON:
        signal.signal(number, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    there, words = Way.of(way), sys.argv[2:]
    try:
        there.go()
    except OSError as refusal:
        sys.stderr.write(f"{words[0]}: this process may not go into the node: {refusal.strerror}\n")
        os._exit(126)
    for descriptor in there.descriptors.difference(kept):
        os.close(descriptor)
    os.environ.pop(sys.argv[1], None)
    try:
        os.execvpe(words[0], words, os.environ)
    except OSError as refusal:
        sys.stderr.write(f"{words[0]}: {refusal.strerror}\n")
        os._exit(126 if isinstance(refusal, PermissionError) else 127)


def enter_shared(shared: dict[str, int]) -> None:
    """Enter a user namespace, if there is one, and those of mounts and host names, unless we are in there already."""
    for kind, descriptor in shared.items():
        if os.stat(f"/proc/self/ns/{kind}").st_ino != os.fstat(descriptor).st_ino:
            syscalls.setns(descriptor, KINDS[kind])


def drop_privileges(rootless: bool) -> None:
    """Become nobody."""
    if rootless:  # only one user is mapped: become somebody else in a namespace below
        syscalls.enter_user_namespace(NOBODY, NOBODY)
    else:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def search_path() -> list[str]:
    """Where a process of the lab finds its modules, as this one does."""
    find_libraries()
    return [os.path.abspath(folder) for folder in sys.path]
