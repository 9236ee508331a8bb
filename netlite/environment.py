"""`Environment`: the world of a program, so that a test or the lab can give it another one.

With recorded tables or a network in memory, every program is a function of (environment, argv) to bytes and
status, and changes nothing but that environment.
"""

from __future__ import annotations

from _signal import SIGHUP, SIGINT, SIGTERM
from errno import EBADF, EINTR, EPIPE
from posix import environ, isatty, write

from .world import World

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from socket import socket
    from typing import Any, BinaryIO, Protocol

    from .records.record import Record
    from .sockets.resolver import Resolver
    from .sockets.wakeup import Interruptions
    from .sockets.privileges import Privileges
    from .sockets.terminal import Terminal

    class Document(Protocol):
        """Who is told what a run finds, beside its text: `programs.run_documents.RunDocument`."""

        def begin(self, notation: Any) -> None: ...
        def tell(self, record: Record, stamp: str = "") -> None: ...

    class Stream(Protocol):
        """What a program asks of its output: the methods of `Output`."""

        @property
        def errno(self) -> int: ...
        def write(self, text: str | bytes) -> None: ...
        def begin_table(self, table: str, text: str, titles: tuple[str, ...] = ()) -> None: ...
        def tell_rows(self, table: str, rows: Iterable[object], label: str = "") -> None: ...
        def flush(self) -> None: ...
        def unbuffer(self) -> None: ...
        def isatty(self) -> bool: ...


READER_PATIENCE_MS = 50  # an interrupt waits for a reader that has read nothing for so long
INTERRUPTS = SIGINT, SIGTERM, SIGHUP
USUAL_BYTES = 1 << 24  # that are read of a file at most: a million targets; and there are files without an end


class Output:
    """A byte stream as stdio keeps it: buffered in full, by lines on a terminal, or not at all.

    A failing write does not raise: as with stdio the program goes on, and `errno` remembers it.
    """

    BLOCK_BYTES = 4096  # what a pipe that can be written to takes at once (pipe(7), PIPE_BUF)

    def __init__(self, fd: int, buffering: str):
        self._fd = fd
        self._buffering = buffering
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self.errno = 0
        self.whole_bytes = 0          # of `write_whole`

    def write(self, text: str | bytes) -> None:
        data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        self._pending.append(data)
        self._pending_bytes += len(data)
        full = self._pending_bytes >= self.BLOCK_BYTES
        if full or self._buffering == "none" or (self._buffering == "line" and b"\n" in data):
            self.flush()

    def write_whole(self, text: str, interrupted: bool = False) -> None:
        """Write and flush; interrupts wait meanwhile, so that they end nothing in the middle, but for a reader that
        does not read, and at a terminal, where nobody parses.  `interrupted`: one has come already."""
        from _signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask

        held = () if self.isatty() else INTERRUPTS
        before = pthread_sigmask(SIG_BLOCK, ())
        try:
            pthread_sigmask(SIG_BLOCK, held)  # then raises for an interrupt that came a moment before
            data = b"".join([*self._pending, text.encode("utf-8", "surrogateescape")])
            for start in range(0, len(data), self.BLOCK_BYTES):
                if held and self.errno != EINTR and not _has_room(self._fd, interrupted):
                    self.errno = EINTR
                self._pending = [data[start:start + self.BLOCK_BYTES]]
                self.flush()
            self.whole_bytes += len(text)
        finally:
            pthread_sigmask(SIG_SETMASK, before)

    def begin_table(self, table: str, text: str, titles: tuple[str, ...] = ()) -> None:
        """Write what a table begins with; `table` is its title in teach.column_texts, `titles` are those of the columns
        that it has (none: all), for who overhears this."""
        self.write(text)

    def tell_rows(self, table: str, rows: Iterable[object], label: str = "") -> None:
        """For who overhears this: the records behind rows that are written."""

    def flush(self) -> None:
        data = memoryview(b"".join(self._pending))
        self._pending.clear()
        self._pending_bytes = 0
        while data and self.errno != EINTR:
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


def _has_room(fd: int, interrupted: bool) -> bool:
    """Wait until a block can be written there without waiting; False when an interrupt came and nobody reads."""
    from _signal import sigpending
    from select import POLLOUT, poll

    writable = poll()
    writable.register(fd, POLLOUT)
    while not writable.poll(READER_PATIENCE_MS):
        if interrupted or not sigpending().isdisjoint(INTERRUPTS):
            return False
    return True


class NoPrivileges:
    """The privileges of who has none, or none to give up."""

    def limit(self, *kept: str) -> int:
        return 0

    drop = limit

    def __enter__(self) -> None:
        """Nothing comes into effect."""

    def __exit__(self, *_: object) -> None:
        """Nor goes out of it."""


class Environment(World):
    """What a program sees of the world: that of this machine, and what its process gives it.

    `program` is the name it was called by, `out` and `err` its streams.  `owns_process` is True where the process
    is the program's own: only then does it switch what belongs to the whole process (signals, capabilities, the
    collector of garbage).  `document` is who is told what is found, with ``--json`` or ``--jsonl``.  `interrupted_by`
    is the signal of the latest interrupt.  `reserve` is memory to be given back before it is said that there is none.
    """

    reserve = b""
    _raises = False  # interrupts do, KeyboardInterrupt

    def __init__(self, program: str):
        super().__init__()
        self.program = program
        self.out: Stream = Output(1, "line" if isatty(1) else "full")
        self.err: Stream = Output(2, "none")
        self.owns_process = False
        self.document: Document | None = None
        self.interrupted_by = int(SIGINT)
        self._privileges: Privileges | NoPrivileges | None = None
        self._variables: dict[str, str] | None = None
        self._home: int | None = None  # the network namespace to come back to
        self._blocked: set[int] | None = None  # the signals that waited before interrupts were held

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the process."""
        if self._variables is None:
            self._variables = found = {}
            for key, value in environ.items():
                found[key.decode("utf-8", "surrogateescape")] = value.decode("utf-8", "surrogateescape")
        return self._variables

    @property
    def columns(self) -> int | None:
        """The width of the terminal in characters, None when stdout is none."""
        if not self.out.isatty():
            return None
        from posix import get_terminal_size

        try:
            return get_terminal_size(1).columns or None
        except OSError:
            return None

    @property
    def resolver(self) -> Resolver:
        """As `World.resolver`; a look-up is interrupted where interrupts raise."""
        if self._raises:
            from .sockets.heeded_resolver import HeededResolver

            return HeededResolver()
        from .sockets.resolver import Resolver

        return Resolver()

    def signals(self) -> Interruptions:
        """SIGINT, SIGALRM and SIGQUIT as events, caught until it is closed; in a process of others, none."""
        if self.owns_process:
            from .sockets.signals import Signals

            return Signals()
        from .sockets.wakeup import Interruption

        return Interruption()

    def read_file(self, path: str, plain: bool = False, most_bytes: int = USUAL_BYTES) -> bytes:
        """A file that the user names, with no more rights than the caller's own (sockets.caller_files); with `plain`
        none that has no end or is waited for."""
        from .sockets.caller_files import read_file

        return read_file(path, plain, most_bytes)

    def create_file(self, path: str) -> BinaryIO:
        """A file that the user names, as it is or new: who writes it empties it first, and closes it when done.  Rights
        as with `read_file`."""
        from .sockets.caller_files import open_for_writing

        return open(open_for_writing(path), "wb")

    def input(self, most_bytes: int = USUAL_BYTES) -> bytes:
        """All of the standard input.  Raises OSError."""
        from .sockets.caller_files import read_stream

        return read_stream(0, most_bytes)

    def input_line(self) -> bytes:
        """A line of the standard input; empty at its end."""
        with open(0, "rb", buffering=0, closefd=False) as stream:
            return stream.readline()

    @property
    def input_is_terminal(self) -> bool:
        """Whether somebody sits at the standard input."""
        return isatty(0)

    def listen(self, host: str, port: int) -> socket:
        """A socket that the clients of a program connect to, in this machine's network.  Raises OSError."""
        from .sockets.listening import listen

        return listen(host, port)

    def enter_network(self, word: str) -> None:
        """As `World.enter_network`, a path with the rights of `read_file`; in a process of others, until `leave`."""
        from .sockets.caller_files import open_for_reading
        from .system.network_namespaces import enter_network, visit_network

        if self.owns_process or self._home is not None:
            return enter_network(word, self.proc, open_for_reading)
        self._home = visit_network(word, self.proc, open_for_reading)

    def leave(self) -> None:
        """Undo what was switched for this run alone."""
        if self._home is not None:
            from .system.network_namespaces import go_back

            home, self._home = self._home, None
            go_back(home)

    def raise_interrupts(self) -> None:
        """Have the next SIGINT, SIGTERM or SIGHUP raise KeyboardInterrupt, unless it is ignored.

        Background jobs ignore the first of them.  A second one ends the process.
        """
        from _signal import SIG_DFL

        def stop(number: int, _frame: object) -> None:
            self.interrupted_by = number
            self._on_interrupts(SIG_DFL)
            raise KeyboardInterrupt

        self._on_interrupts(stop)
        self._raises = self.owns_process

    def default_interrupts(self) -> None:
        """Have them end the process again."""
        from _signal import SIG_DFL

        self._on_interrupts(SIG_DFL)
        self._raises = False

    def hold_interrupts(self, held: bool) -> None:
        """Have them wait, or no longer than whoever started us wants."""
        if not self.owns_process:
            return
        from _signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask

        if held:
            self._blocked = pthread_sigmask(SIG_BLOCK, ())
            pthread_sigmask(SIG_BLOCK, INTERRUPTS)  # then raises for one that came a moment before
        elif self._blocked is not None:
            before, self._blocked = self._blocked, None
            pthread_sigmask(SIG_SETMASK, before)

    def _on_interrupts(self, action: Any) -> None:
        if not self.owns_process:
            return
        from _signal import SIG_IGN, getsignal, signal

        for number in INTERRUPTS:
            if getsignal(number) != SIG_IGN:
                signal(number, action)

    def terminal(self) -> Terminal | None:
        """Standard input and output as a terminal to draw on, for a process of our own; None where they are none."""
        from .sockets.terminal import Terminal

        return Terminal() if self.owns_process and Terminal.is_here() else None

    def end_by(self, number: int) -> None:
        """Die of a signal that was caught so that things could be put in order; in a process of others, nothing."""
        if self.owns_process:
            from _signal import SIG_DFL, signal
            from posix import getpid, kill

            signal(number, SIG_DFL)
            kill(getpid(), number)

    def end_as_interrupted(self) -> None:
        """Die of the signal, as who does not catch it; in a process of others raise KeyboardInterrupt."""
        if not self.owns_process:
            raise KeyboardInterrupt
        from _signal import SIG_DFL, signal
        from posix import getpid, kill

        signal(self.interrupted_by, SIG_DFL)
        kill(getpid(), self.interrupted_by)

    @property
    def privileges(self) -> Privileges | NoPrivileges:
        """What the program may do beyond an ordinary user (sockets.privileges.Privileges), to be given up.

        None at all in a process that is not the program's own.
        """
        if self._privileges is None:
            self._privileges = NoPrivileges()
            if self.owns_process:
                from posix import getegid, geteuid, getgid, getuid

                from .sockets.capabilities import permitted_capabilities

                permitted = permitted_capabilities()
                if permitted or getuid() != geteuid() or getgid() != getegid():
                    from .sockets.privileges import Privileges

                    self._privileges = Privileges(permitted)
        return self._privileges

    def stop_collector(self) -> None:
        """Have Python look for no cycles of objects: rows of tables make none, and there are many rows."""
        if self.owns_process:
            import gc

            gc.disable()

    def error(self, text: str) -> None:
        """Write to stderr as glibc's error() does: stdout is flushed first."""
        self.out.flush()
        self.err.write(text)

    def unwritten(self, status: int = 1, opened: bool = True) -> int:
        """Flush stdout: 0, or `status` where that cannot be, which is said (close_stdout of iputils).

        Who reads no more is told nothing.  A stdout that was closed is said to be only where nothing was `opened`
        since: else its number is that of something else by then.
        """
        self.out.flush()
        if self.out.errno in (0, EPIPE):
            return 0
        reason = "" if opened or self.out.errno != EBADF else ": Bad file descriptor"
        self.error(f"{self.program}: write error{reason}\n")
        return status

    def closed(self, opened: bool = True) -> int:
        """As iputils ends: 1 where stdout could not be written, which is said, or stderr."""
        return self.unwritten(1, opened) or int(self.err.errno != 0)
