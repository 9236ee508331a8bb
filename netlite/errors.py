"""The exceptions that netlite raises on purpose.

    NetliteError
      UsageError        the command line is wrong: message and exit status as the original's
      MalformedPacket   bytes that are not the packet they claim to be
      KernelRefused     a system call or netlink request was refused
      LibraryMissing    a feature needs a library that is not installed

A lost probe, an ICMP error or a refused send is a record, never an exception.
"""

from __future__ import annotations


class NetliteError(Exception):
    """Root of all exceptions of netlite."""


class UsageError(NetliteError):
    """A command line that cannot be served.

    `text` is what goes to stderr, whole lines with their newlines; `status` is the exit
    status of the original program for it.
    """

    def __init__(self, text: str, status: int):
        super().__init__(text)
        self.text = text
        self.status = status


class MalformedPacket(NetliteError):
    """Bytes from the network that do not hold what their headers promise."""


class KernelRefused(NetliteError):
    """The kernel refused `what` (a socket option, a netlink request) with `errno`."""

    def __init__(self, errno: int, what: str):
        super().__init__(errno, what)
        self.errno = errno
        self.what = what

    def __str__(self) -> str:
        from os import strerror

        return f"{self.what}: {strerror(self.errno)}"


class LibraryMissing(NetliteError):
    """`feature` needs `library`, which cannot be imported here."""

    def __init__(self, library: str, feature: str):
        super().__init__(f"{feature} needs {library} (pip install {library})")
        self.library = library
        self.feature = feature
