"""Other network namespaces (network_namespaces(7)): finding one by name, and entering it."""

from __future__ import annotations

from errno import EINVAL, EPERM
from posix import O_CLOEXEC, O_RDONLY, close
from posix import open as open_file

from ..feature_errors import NamespaceRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

NAMED = "/run/netns"  # where ip-netns(8) keeps them
CLONE_NEWNET = 0x40000000  # <linux/sched.h>
REASONS = {EPERM: "Operation not permitted (needs root, CAP_SYS_ADMIN)", EINVAL: "is not a network namespace"}


def path_of(word: str, proc: str = "/proc") -> str:
    """The file of a namespace: a path, a process id or a name of ``ip netns``.

    >>> path_of("blue"), path_of("1"), path_of("./ns")
    ('/run/netns/blue', '/proc/1/ns/net', './ns')
    """
    if "/" in word:
        return word
    return f"{proc}/{word}/ns/net" if word.isdigit() else f"{NAMED}/{word}"


def open_plainly(path: str) -> int:
    """A descriptor of a file, with the rights that this process has."""
    return open_file(path, O_RDONLY | O_CLOEXEC)


def enter_network(word: str, proc: str = "/proc", open_path: Callable[[str], int] = open_plainly) -> None:
    """Go on in another network namespace: a name, a process id or a path.

    Needs CAP_SYS_ADMIN in that namespace's user namespace and in one's own.  `open_path` opens a path: a program
    may do that with the rights of its caller alone.  Names and process ids are open to whoever may enter: the
    kernel shows anybody the tables of any process (/proc/PID/net).  Raises NamespaceRefused.
    """
    path = path_of(word, proc)
    try:
        descriptor = open_path(path) if path == word else open_plainly(path)
    except OSError as refusal:
        raise NamespaceRefused(f"--netns {word}: {refusal.strerror}") from None
    try:
        _setns(descriptor)
    except OSError as refusal:
        raise NamespaceRefused(f"--netns {word}: {REASONS.get(refusal.errno or 0) or refusal.strerror}") from None
    finally:
        close(descriptor)


def visit_network(word: str, proc: str = "/proc", open_path: Callable[[str], int] = open_plainly) -> int:
    """As `enter_network`, for a while: a descriptor of the namespace we come from, for `go_back`.
    Raises NamespaceRefused."""
    try:
        home = open_file("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    except OSError as refusal:
        raise NamespaceRefused(f"--netns {word}: no way back: {refusal.strerror}") from None
    try:
        enter_network(word, proc, open_path)
    except NamespaceRefused:
        close(home)
        raise
    return home


def go_back(descriptor: int) -> None:
    """Enter the namespace of a descriptor again, and close that.  Raises OSError."""
    try:
        _setns(descriptor)
    finally:
        close(descriptor)


def _setns(descriptor: int) -> None:
    """setns(2), which Python has from 3.12 on."""
    try:
        from posix import setns  # type: ignore[attr-defined]
    except ImportError:
        import ctypes

        library = ctypes.CDLL(None, use_errno=True)
        if library.setns(descriptor, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns") from None
    else:
        setns(descriptor, CLONE_NEWNET)
