"""Why there is no lab, or a program does not start in one: what the kernel said, and what would help."""

from __future__ import annotations

import subprocess

from ...feature_errors import LabRefused, LibraryMissing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SWITCHES = (  # what closes user namespaces, and what opens them
    ("user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=1000 would allow it"),
    ("kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1 would allow it"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1",
     "sysctl kernel.apparmor_restrict_unprivileged_userns=0 would allow it, and root may without"),
)


def not_built(answer: dict[str, Any], complaint: str) -> Exception | None:
    """What to raise for the answer of a process that builds a lab; None where it did build it."""
    if not answer:
        return LabRefused(f"the process that builds the lab failed: {complaint}")
    if "missing" in answer:
        return LibraryMissing(answer["missing"].partition(".")[0], "the lab of namespaces")
    return LabRefused(f"no network namespaces here ({answer['problem']}; {hint()})") if "problem" in answer else None


def not_entered(node: str, refusal: subprocess.SubprocessError) -> Exception:
    """What to raise where a program did not start: that of ours which ran before it in its process failed."""
    return refusal if isinstance(refusal, (subprocess.TimeoutExpired, subprocess.CalledProcessError)) \
        else LabRefused(f"no program can enter {node}: the kernel refuses setns or prctl")


def last_line(complaint: bytes) -> str:
    """What a process that failed said last."""
    return (complaint.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]


def hint() -> str:
    """What would help a user whom the kernel refuses namespaces."""
    for switch, closed, hint in SWITCHES:
        try:
            with open(f"/proc/sys/{switch}") as file:
                if file.read().strip() == closed:
                    return hint
        except OSError:
            pass
    return "a container needs the capabilities SYS_ADMIN and NET_ADMIN and the system calls unshare and mount"


def errno_in(traceback: str) -> int:
    """The number in the last line of a Python traceback of an OSError: ``[Errno 1] ...``."""
    number = traceback.strip().splitlines()[-1].partition("[Errno ")[2].partition("]")[0]
    return int(number) if number.isdigit() else 0
