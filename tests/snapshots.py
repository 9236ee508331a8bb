"""Recorded kernel tables: a folder (proc/…, ifs) in one readable text file, and back.

The file is a sequence of entries, each begun by a line ``==> PATH``::

    ==> proc/net/dev                          the lines that follow are the file
    ==> proc/7/cmdline (escaped)              one line follows, bytes written as in a Python literal
    ==> proc/7/fd/3 -> socket:[20001]         a symbolic link
    ==> proc/7/fd/                            a folder that may be empty

A file is escaped when it holds control characters or does not end with a newline.
"""

from __future__ import annotations

import os

MARK = b"==> "


def parse_snapshot(data: bytes) -> dict[str, bytes | str | None]:
    """Path -> content of a file (bytes), target of a link (str) or None for a folder."""
    entries: dict = {}
    for part in (b"\n" + data.removesuffix(b"\n")).split(b"\n" + MARK)[1:]:
        head, filled, body = part.partition(b"\n")
        path = head.decode()
        if path.endswith(" (escaped)"):
            entries[path.removesuffix(" (escaped)")] = body.decode("unicode_escape").encode("latin-1")
        elif " -> " in path:
            entries[path.partition(" -> ")[0]] = path.partition(" -> ")[2]
        elif path.endswith("/"):
            entries[path[:-1]] = None
        else:
            entries[path] = body + filled
    return entries


def render_snapshot(entries: dict[str, bytes | str | None]) -> bytes:
    """The text of a snapshot; `parse_snapshot` reads it back."""
    return b"".join(_render(path, value) for path, value in sorted(entries.items()))


def _render(path: str, value) -> bytes:
    if value is None:
        return MARK + path.encode() + b"/\n"
    if isinstance(value, str):
        return MARK + f"{path} -> {value}\n".encode()
    plain = not value or (value.endswith(b"\n") and not value.startswith(MARK) and b"\n" + MARK not in value
                          and not any(byte < 32 and byte not in b"\t\n" for byte in value))
    if plain:
        return MARK + path.encode() + b"\n" + value
    return MARK + path.encode() + b" (escaped)\n" + value.decode("latin-1").encode("unicode_escape") + b"\n"


def read_folder(folder: str) -> dict[str, bytes | str | None]:
    """The entries of a folder; a descriptor (``fd/N``) kept as a file holding ``socket:[N]`` is a link."""
    entries: dict = {}
    for directory, folders, files in os.walk(folder):
        inside = os.path.relpath(directory, folder)
        if not folders and not files:
            entries[inside] = None
        for name in files:
            path, full = os.path.normpath(f"{inside}/{name}"), f"{directory}/{name}"
            if os.path.islink(full):
                entries[path] = os.readlink(full)
                continue
            with open(full, "rb") as file:
                content = file.read()
            entries[path] = content.decode().strip() if directory.endswith("/fd") else content
    return entries


def write_folder(entries: dict[str, bytes | str | None], folder: str) -> None:
    """Lay the entries out as files, folders and dangling symbolic links."""
    for path, value in entries.items():
        full = f"{folder}/{path}"
        os.makedirs(full if value is None else os.path.dirname(full), exist_ok=True)
        if isinstance(value, str):
            os.symlink(value, full)
        elif value is not None:
            with open(full, "wb") as file:
                file.write(value)
