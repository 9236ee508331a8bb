"""The exceptions of `errors` that belong to one feature each, and that no plain run of a program needs."""

from __future__ import annotations

from .errors import EAI_NONAME, HOST_NOT_FOUND, NameUnknown, NetliteError

HERROR = {-1: "Resolver internal error", 0: "Resolver Error 0 (no error)", HOST_NOT_FOUND: "Unknown host",
          2: "Host name lookup failure", 3: "Unknown server error", 4: "No address associated with name"}
"""h_errno of <netdb.h> -> what herror(3) says."""


class HostUnknown(NameUnknown):
    """A word nobody knows an address for; the text is the original's, without a newline."""

    def __init__(self, word: str, code: int = EAI_NONAME, h_errno: int = HOST_NOT_FOUND):
        super().__init__(code, f"{word}: " * bool(word) + HERROR.get(h_errno, "Unknown resolver error"), h_errno)


class NotPermitted(NetliteError, PermissionError):
    """A right is missing; `errno` is the kernel's, the text says what to configure."""


class NamespaceRefused(NetliteError):
    """A network namespace that cannot be entered; one line says why."""


class LibraryMissing(NetliteError):
    """`feature` needs `library`, which cannot be imported here."""

    def __init__(self, library: str, feature: str):
        super().__init__(f"{feature} needs {library} (pip install {library})")
        self.library = library
        self.feature = feature


class MalformedPacket(NetliteError):
    """Bytes from the network that do not hold what their headers promise."""


class SceneError(NetliteError):
    """A topology or scene that contradicts itself; the text says where and what to write."""


class LabRefused(NetliteError):
    """This machine does not let us build a lab; the text says what was refused."""


class NoLab(NetliteError):
    """No lab of this user is running, or it did not answer."""
