"""Names to addresses and back, through the C library as the originals do: a question is waited for.

`name_lookups` asks in the background, which keeps a slow name server from delaying a probe.
"""

from __future__ import annotations

import _socket
from _thread import allocate_lock, start_new_thread

from ..errors import EAI_AGAIN, EAI_SYSTEM, HOST_NOT_FOUND, NameUnknown
from ..records.family import FAMILIES
from ..records.record import Record
from .addresses import address_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

AI_IDN = 0x40  # names are in the encoding of the locale (getaddrinfo(3))
NETDB_INTERNAL = -1  # of h_errno, <netdb.h>
NO_THREAD = RuntimeError, MemoryError  # what start_new_thread raises where there can be none


class Address(Record):
    """One answer for a host name: `af`, address in text with %zone, and the canonical name."""

    af: int
    text: str
    canonical: str
    port: int = 0


class Resolver:
    """Blocking look-ups; the environment carries one, tests carry a table instead."""

    def addresses(self, host: str, af: int = 0, flags: int = _socket.AI_CANONNAME) -> list[Address]:
        """All addresses of `host` in the order of RFC 6724.  Raises NameUnknown."""
        for numeric in FAMILIES:  # for a number with AI_IDN, the C library would load two more libraries first
            if af in (0, numeric.af):
                try:
                    packed = _socket.inet_pton(numeric.af, host)
                except (OSError, ValueError):
                    continue
                return [Address(numeric.af, _socket.inet_ntop(numeric.af, packed),
                                host if flags & _socket.AI_CANONNAME else "")]
        if not can_be_asked():
            raise NameUnknown(EAI_SYSTEM, "System error", NETDB_INTERNAL)
        name = host.encode("utf-8", "surrogateescape")  # text would load Python's own IDNA tables first
        try:
            answers: Any  # a Python without IPv6 has (int, bytes) for its addresses
            try:
                answers = _socket.getaddrinfo(name, None, af, _socket.SOCK_DGRAM, 0, flags)
                canonical = answers[0][3]
            except UnicodeDecodeError:
                from .c_library_names import canonical_in_bytes

                canonical = canonical_in_bytes(name, af, flags) or host
                answers = _socket.getaddrinfo(name, None, af, _socket.SOCK_DGRAM, 0, flags & ~_socket.AI_CANONNAME)
        except _socket.gaierror as failure:
            raise NameUnknown(failure.args[0], failure.args[1]) from None
        except ValueError:
            raise NameUnknown(_socket.EAI_NONAME, "Name or service not known") from None
        except OSError:  # what Python makes of EAI_SYSTEM: a module that nsswitch.conf names is not there, say
            raise NameUnknown(EAI_SYSTEM, "System error") from None
        return [Address(af, address_text(where), canonical, int(where[1])) for af, _, _, _, where in answers]

    def addresses_within(self, host: str, af: int, flags: int, limit_ns: int) -> list[Address]:
        """As `addresses`, but not waited for longer than `limit_ns`; getaddrinfo(3) itself cannot be interrupted, and
        goes on in a thread that nobody waits for.  Raises NameUnknown, with EAI_AGAIN when the time is over."""
        answer: list[list[Address] | NameUnknown] = []
        done = allocate_lock()
        done.acquire()

        def ask() -> None:
            try:
                answer.append(self.addresses(host, af, flags))
            except NameUnknown as unknown:
                answer.append(unknown)
            finally:
                done.release()

        try:
            start_new_thread(ask, ())
        except NO_THREAD:
            return self.addresses(host, af, flags)
        if not done.acquire(timeout=limit_ns / 1e9) or not answer:
            raise NameUnknown(EAI_AGAIN, "Temporary failure in name resolution")
        if isinstance(answer[0], NameUnknown):
            raise answer[0]
        return answer[0]

    def address(self, host: str, af: int) -> str:
        """One address of a family, asked for as net-tools does: gethostbyname(3), or getaddrinfo(3) without flags.

        Raises NameUnknown with its h_errno.
        """
        if af == _socket.AF_INET and _is_ipv6_number(host):  # getaddrinfo knows the IPv4 address in ::ffff:192.0.2.1
            raise NameUnknown(_socket.EAI_ADDRFAMILY, "Address family for hostname not supported")
        try:
            return self.addresses(host, af, 0)[0].text
        except NameUnknown as unknown:
            from .c_library_names import h_errno_of

            h_errno = NETDB_INTERNAL if unknown.h_errno == NETDB_INTERNAL else h_errno_of(unknown.code)
            if af == _socket.AF_INET:  # getaddrinfo asks nobody about "*" and sets none
                h_errno = h_errno or HOST_NOT_FOUND
            raise NameUnknown(unknown.code, unknown.text, h_errno) from None

    def aliases(self, host: str) -> list[str]:
        """The further names of a host with an IPv4 address (gethostbyname(3)).  Raises NameUnknown with its h_errno."""
        from .c_library_names import aliases

        if not can_be_asked():
            raise NameUnknown(EAI_SYSTEM, "System error", NETDB_INTERNAL)
        return aliases(host)

    def name(self, address: str) -> str | None:
        """The host name of an address in text, or None where it has none."""
        return self.look_up(address)[0]

    def look_up(self, address: str) -> tuple[str | None, bool]:
        """As `name`, and whether that is an answer: False when no name server could be asked."""
        if not can_be_asked():
            return None, True
        try:
            return _socket.getnameinfo((address, 0), _socket.NI_NAMEREQD)[0], True
        except _socket.gaierror as failure:
            return None, failure.args[0] != _socket.EAI_AGAIN
        except UnicodeDecodeError:
            from .c_library_names import name_in_bytes

            return name_in_bytes(address), True
        except (OSError, UnicodeError):
            return None, True


def _is_ipv6_number(word: str) -> bool:
    try:
        return bool(_socket.inet_pton(_socket.AF_INET6, word.partition("%")[0]))
    except (OSError, ValueError):
        return False


def can_be_asked() -> bool:
    """Whether the C library survives a question about a host."""
    from posix import environ

    from ..name_sources import has_sources, is_searchable

    return has_sources("hosts") and is_searchable(environ.get(b"LOCALDOMAIN", b""))


def is_c_locale(variables: dict[str, str]) -> bool:
    """Whether words are in no known encoding: names beyond ASCII cannot be converted then."""
    locale = variables.get("LC_ALL") or variables.get("LC_CTYPE") or variables.get("LANG") or "C"
    return locale in ("C", "POSIX")
