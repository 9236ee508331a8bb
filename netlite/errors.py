"""The exceptions that netlite raises on purpose; ``netlite.NetliteError`` and so on name them too.

    NetliteError
      NameUnknown         a host name that stands for no address
        HostUnknown       the same in net-tools' words
      KernelRefused       a system call, socket option or netlink request was refused
      NotPermitted        a right is missing (a PermissionError too); the text says what to configure
      NamespaceRefused    a network namespace that cannot be entered
      LibraryMissing      a feature needs a library that is not installed
      MalformedPacket     bytes that are not the packet they claim to be
      SceneError          a topology or scene that contradicts itself
      LabRefused          no virtual routers can be built here
      NoLab               no lab is running that could be joined

A lost probe, an ICMP error or a refused send is a record, never an exception; where the operating system itself
says no and nothing is to be added, that is an OSError.  Those of one feature stand in `feature_errors`.

`UsageError` and `Answered` are none of these: they are how a program ends, and leave no function of the library.
"""

from __future__ import annotations

EAI_NONAME, EAI_AGAIN, EAI_FAIL, EAI_NODATA, EAI_SYSTEM = -2, -3, -4, -5, -11  # <netdb.h>
HOST_NOT_FOUND = 1


class NetliteError(Exception):
    """Root of all exceptions of netlite."""


class NameUnknown(NetliteError):
    """getaddrinfo failed: `code` is EAI_*, `text` gai_strerror's words for it.

    `h_errno` is what gethostbyname(3) would leave, where `Resolver.address` was asked.
    """

    def __init__(self, code: int, text: str, h_errno: int = HOST_NOT_FOUND):
        super().__init__(code, text)
        self.code = code
        self.text = text
        self.h_errno = h_errno

    def __str__(self) -> str:
        return self.text


class KernelRefused(NetliteError):
    """The kernel refused `what` (a socket option, a netlink request) with `errno`."""

    def __init__(self, errno: int | None, what: str):
        super().__init__(errno, what)
        self.errno = errno or 0  # an OSError need not have one
        self.what = what

    def __str__(self) -> str:
        from posix import strerror

        return f"{self.what}: {strerror(self.errno)}"


class UsageError(Exception):
    """A command line that cannot be served, or that asks for a text alone.

    `text` is what goes to stderr, whole lines with their newlines; `status` is the exit
    status of the original program for it.
    """

    def __init__(self, text: str, status: int):
        super().__init__(text)
        self.text = text
        self.status = status


class Answered(Exception):
    """An option that asks for a text, and how a program ends then: `text` for stdout, `more` for stderr, status 0."""

    def __init__(self, text: str, more: str = ""):
        super().__init__(text)
        self.text = text
        self.more = more
