"""Files of a world, above all those under its /proc, read in blocks so that a long table need not fit in memory.

`files` is a world's `files` (system.files.Files, or what stands for it), `world` the whole of it (system.door).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .door import Door, FileDoor


def read_blocks(files: FileDoor, path: str) -> Iterator[bytes]:
    """Yield blocks of whole lines, without their last newline.

    Opens the file at once, so that OSError (ENOENT where the kernel lacks the protocol) comes from
    this call and not from the first block.
    """
    return _whole_lines(files.blocks(path))


def read_lines(files: FileDoor, path: str) -> Iterator[list[bytes]]:
    """Yield lists of whole lines (bytes without newline), one list a block.  Opens the file at once."""
    return (block.split(b"\n") for block in read_blocks(files, path))


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        lines, newline, last = block.rpartition(b"\n")
        if newline:
            yield rest + lines
            rest = last
        else:
            rest += last
    if rest:
        yield rest


def read_bytes(files: FileDoor, path: str) -> bytes:
    """The whole of a short file.  Raises OSError."""
    return b"".join(files.blocks(path))


def read_text(files: FileDoor, path: str) -> str:
    """The same as text; bytes that are not UTF-8 become surrogates."""
    return read_bytes(files, path).decode("utf-8", "surrogateescape")


def net_file(world: Door, table: str) -> str:
    """The path of a table of this thread's network namespace: /proc/net shows the main thread's."""
    folder = f"{world.proc}/thread-self/net"
    return f"{folder if world.files.exists(folder) else f'{world.proc}/net'}/{table}"
