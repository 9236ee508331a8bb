"""`Environment`: everything a program may touch, so that a test can give it another world.

With a recorded /proc, a table of names, a virtual clock and a simulated network, every
program is a function of (environment, argv) to bytes and status.
"""

from __future__ import annotations

from posix import (
    O_CLOEXEC,
    O_RDONLY,
    close,
    environ,
    getegid,
    geteuid,
    getgid,
    getuid,
    isatty,
    listdir,
    open,
    read,
    write,
)

from .world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .sockets.privileges import Privileges


class Output:
    """A byte stream as stdio keeps it: buffered in full, by lines on a terminal, or not at all.

    A failing write does not raise: as with stdio the program goes on, and `errno` remembers it.
    """

    BLOCK_BYTES = 4096

    def __init__(self, fd: int, buffering: str):
        self._fd = fd
        self._buffering = buffering
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self.errno = 0

    def write(self, text: str | bytes) -> None:
        data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        self._pending.append(data)
        self._pending_bytes += len(data)
        full = self._pending_bytes >= self.BLOCK_BYTES
        if full or self._buffering == "none" or (self._buffering == "line" and b"\n" in data):
            self.flush()

    def begin_table(self, table: str, text: str) -> None:
        """Write what a table begins with; `table` is its title in teach.column_texts, for who overhears this."""
        self.write(text)

    def flush(self) -> None:
        data = memoryview(b"".join(self._pending))
        self._pending.clear()
        self._pending_bytes = 0
        while data:
            try:
                data = data[write(self._fd, data):]
            except OSError as refusal:
                self.errno = self.errno or refusal.errno or 0
                return

    def unbuffer(self) -> None:
        """Write at once from now on, as setbuf(stdout, NULL)."""
        self.flush()
        self._buffering = "none"

    def isatty(self) -> bool:
        return isatty(self._fd)


class NoPrivileges:
    """The privileges of who has none, or none to give up."""

    def limit(self, *kept: str) -> int:
        return 0

    drop = limit

    def __enter__(self) -> None:
        """Nothing comes into effect."""

    def __exit__(self, *_) -> None:
        """Nor goes out of it."""


def permitted_capabilities() -> int:
    """The capabilities this thread may use, a bit each (capabilities(7))."""
    try:
        descriptor = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC)
        try:
            status = read(descriptor, 8192)
        finally:
            close(descriptor)
        return int(status.partition(b"\nCapPrm:")[2].split(None, 1)[0], 16)
    except (OSError, IndexError):
        from .sockets.privileges import asked_capabilities

        return asked_capabilities()


class Environment(World):
    """What a program sees of the world.

    `program` is the name it was called by, `out` and `err` its streams, `variables` the process
    environment, `proc` and `etc` the roots of kernel tables and name files, `user_id` and
    `effective_user_id` who runs it.  `clock`, `network`, `resolver`, `signals()` and `netlink` are
    made at first use, so a program that needs none pays for none.
    """

    def __init__(self, program: str):
        super().__init__()
        self.program = program
        self.out = Output(1, "line" if isatty(1) else "full")
        self.err = Output(2, "none")
        self.owns_process = False  # True lets the program give up what belongs to the process
        self._privileges: Privileges | NoPrivileges | None = None
        self._variables: dict[str, str] | None = None

    @property
    def variables(self) -> dict[str, str]:
        if self._variables is None:
            self._variables = {key.decode("utf-8", "surrogateescape"): value.decode("utf-8", "surrogateescape")
                               for key, value in environ.items()}
        return self._variables

    @property
    def user_id(self) -> int:
        return getuid()

    @property
    def effective_user_id(self) -> int:
        return geteuid()

    def signals(self):
        """Catch SIGINT, SIGALRM and SIGQUIT as events; close it when done."""
        from .sockets.signals import Signals

        return Signals()

    def descriptors(self, process: str) -> list[str]:
        """The names in /proc/PROCESS/fd.  Raises OSError: EACCES for another user's process."""
        return listdir(f"{self.proc}/{process}/fd")

    def enter_network(self, word: str, open_path) -> None:
        """Go on in the network namespace `word`: a name, process id or path.  Raises NetliteError."""
        from .system.network_namespaces import enter_network

        enter_network(word, self.proc, open_path)

    @property
    def privileges(self) -> Privileges | NoPrivileges:
        """What the program may do beyond an ordinary user (sockets.privileges.Privileges), to be given up."""
        if self._privileges is None:
            self._privileges = self._owned_privileges() or NoPrivileges()
        return self._privileges

    def _owned_privileges(self) -> Privileges | None:
        """None for a process that is not the program's own, and for one without any."""
        permitted = permitted_capabilities() if self.owns_process else 0
        if not permitted and (not self.owns_process or getuid() == geteuid() and getgid() == getegid()):
            return None
        from .sockets.privileges import Privileges

        return Privileges(permitted)

    def error(self, text: str) -> None:
        """Write to stderr as glibc's error() does: stdout is flushed first."""
        self.out.flush()
        self.err.write(text)
