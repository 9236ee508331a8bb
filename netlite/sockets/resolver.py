"""Names to addresses and back, through the C library as the originals do.

`Resolver` blocks and is for start-up; `NameLookups` answers in the background and is what
keeps a slow name server from delaying a probe.
"""

from __future__ import annotations

import _socket
from _thread import start_new_thread
from posix import EFD_CLOEXEC, EFD_NONBLOCK, close, eventfd, eventfd_read, eventfd_write

from ..engines.events import NameFound
from ..records.record import Record
from .addresses import address_text


class Address(Record):
    """One answer for a host name: `af`, address in text with %zone, and the canonical name."""

    af: int
    text: str
    canonical: str
    port: int = 0


class NameUnknown(_socket.gaierror):
    """getaddrinfo failed: `code` is EAI_*, `text` gai_strerror's words for it."""

    def __init__(self, code: int, text: str):
        super().__init__(code, text)
        self.code = code
        self.text = text

    def __str__(self) -> str:
        return self.text


class Resolver:
    """Blocking look-ups; the environment carries one, tests carry a table instead."""

    def addresses(self, host: str, af: int = 0, flags: int = _socket.AI_CANONNAME) -> list[Address]:
        """All addresses of `host` in the order of RFC 6724.  Raises NameUnknown."""
        name = host.encode("utf-8", "surrogateescape")  # text would load Python's own IDNA tables first
        try:
            try:
                answers = _socket.getaddrinfo(name, None, af, _socket.SOCK_DGRAM, 0, flags)
                canonical = answers[0][3]
            except UnicodeDecodeError:  # Python cannot give a canonical name that is no UTF-8
                answers = _socket.getaddrinfo(name, None, af, _socket.SOCK_DGRAM, 0, flags & ~_socket.AI_CANONNAME)
                canonical = host
        except _socket.gaierror as failure:
            raise NameUnknown(failure.args[0], failure.args[1]) from None
        except ValueError:
            raise NameUnknown(_socket.EAI_NONAME, "Name or service not known") from None
        return [Address(answer[0], address_text(answer[4]), canonical, answer[4][1]) for answer in answers]

    def name(self, address: str) -> str | None:
        """The host name of an address in text, or None where it has none."""
        return self.look_up(address)[0]

    def look_up(self, address: str) -> tuple[str | None, bool]:
        """As `name`, and whether that is an answer: False when no name server could be asked."""
        try:
            return _socket.getnameinfo((address, 0), _socket.NI_NAMEREQD)[0], True
        except _socket.gaierror as failure:
            return None, failure.args[0] != _socket.EAI_AGAIN
        except (OSError, UnicodeError):
            return None, True


def is_c_locale(variables: dict[str, str]) -> bool:
    """Whether words are in no known encoding: names beyond ASCII cannot be converted then."""
    locale = variables.get("LC_ALL") or variables.get("LC_CTYPE") or variables.get("LANG") or "C"
    return locale in ("C", "POSIX")


def names_of(resolver, addresses: list[str], at_once: int = 16) -> dict[str, str | None]:
    """The names of several addresses, None for those without one; waits for all of them.

    Up to `at_once` are looked up side by side, so that one that nobody answers does not hold up the rest.
    """
    if len(addresses) < 2:
        return {address: resolver.name(address) for address in addresses}
    from _queue import SimpleQueue

    waiting, answers = list(addresses), SimpleQueue()

    def work():
        while waiting:
            try:
                address = waiting.pop()
            except IndexError:  # another thread took the last one
                return
            try:
                answers.put((address, resolver.name(address)))
            except Exception:
                answers.put((address, None))

    for _ in range(min(at_once, len(addresses))):
        start_new_thread(work, ())
    return dict(answers.get() for _ in addresses)


class NameLookups:
    """Reverse look-ups in background threads; the answers come back as events.

    Each address is asked once and remembered; at most `at_once` are in flight.
    """

    def __init__(self, resolver, at_once: int = 8):
        self._resolver = resolver
        self._at_once = at_once
        self._waiting: list[str] = []
        self._running = 0
        self._answers: list[tuple[str, tuple]] = []
        self._known: dict[str, tuple] = {}
        self._event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)

    def ask(self, address: str) -> None:
        """Have `address` looked up; the answer appears in a later `receive`."""
        if address in self._known:
            self._answers.append((address, self._known[address]))
            eventfd_write(self._event_fd, 1)
            return
        self._waiting.append(address)
        self._start()

    def receive(self, at_ns: int) -> list[NameFound]:
        """The names found since the last call."""
        try:
            eventfd_read(self._event_fd)
        except BlockingIOError:
            return []
        events = []
        while self._answers:
            address, found = self._answers.pop(0)
            if address not in self._known:
                self._known[address] = found
                self._running -= 1
            events.append(NameFound(at_ns, address, *found))
        self._start()
        return events

    def find(self, address: str) -> tuple:
        """What is known about an address, as NameFound has it; may take its time."""
        name, answered = self._resolver.look_up(address)
        return name, None, answered

    def fileno(self) -> int:
        return self._event_fd

    def close(self) -> None:
        """Forget the questions; a thread still in the C library ends with the process."""
        self._waiting.clear()
        if self._running == 0 and self._event_fd >= 0:
            close(self._event_fd)
            self._event_fd = -1

    def _start(self) -> None:
        while self._waiting and self._running < self._at_once:
            self._running += 1
            start_new_thread(self._look_up, (self._waiting.pop(0),))

    def _look_up(self, address: str) -> None:
        self._answers.append((address, self.find(address)))
        eventfd_write(self._event_fd, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
