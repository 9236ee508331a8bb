"""What all nodes of a lab share, and nobody outside: user and mount namespace, and files about names."""

from __future__ import annotations

import os

from . import syscalls

NAME_FILES = {
    "/etc/nsswitch.conf": "hosts: files\npasswd: files\ngroup: files\nservices: files\nprotocols: files\n",
    "/etc/resolv.conf": "# nobody\n",
}
PRIVATE = syscalls.CLONE_NEWNET | syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUTS


def enter_private_world() -> None:
    """Leave the caller's namespaces: as root just so, else by way of a user namespace."""
    try:
        syscalls.unshare(PRIVATE)
    except PermissionError:
        syscalls.enter_user_namespace(0, 0, PRIVATE)
    syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_SLAVE)
    try:
        syscalls.mount("none", "/proc/sys", flags=syscalls.MS_REMOUNT | syscalls.MS_BIND)
    except OSError:
        pass  # no mount of its own; where it is one, it is that of a container, read-only until now


def lay_name_files(hosts: str, servers: tuple[str, ...] = (), told: bool = True) -> None:
    """Put the lab's /etc/hosts over the machine's, in our mount namespace alone; and who its name servers are, if
    nodes are to be `told` (else one that asks by DHCP writes it)."""
    texts = {"/etc/hosts": hosts} | NAME_FILES
    if servers:
        texts["/etc/resolv.conf"] = "".join([f"nameserver {server}\n" for server in servers if told])
        texts["/etc/nsswitch.conf"] = texts["/etc/nsswitch.conf"].replace("hosts: files", "hosts: files dns")
    syscalls.mount("lab", "/tmp", "tmpfs")
    try:
        for number, (target, text) in enumerate(texts.items()):
            if not os.path.exists(target):
                continue
            with open(f"/tmp/{number}", "w") as file:
                file.write(text)
            os.chmod(f"/tmp/{number}", 0o644)
            syscalls.mount(f"/tmp/{number}", target, flags=syscalls.MS_BIND)
    finally:
        syscalls.detach("/tmp")
