"""Write the code file of netlite for the Python that runs this: packaging/code_file.py TARGET.

netlite/code_file.py describes it.  setup.py calls this where a wheel is built, packaging/zipapp.py for the one file.
"""

import marshal
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "netlite"
NAME = f"code.{sys.implementation.cache_tag}"  # in the folder of the package
LEFT_OUT = ("lab", "teach", "programs/lab", "packets/crafting", "packets/generate", "system/netlink/generate",
            "system/netlink/messages")  # they take so long to start that files make no difference


def code_file() -> bytes:
    """The reader, the index and all modules, one after the other."""
    sys.path.insert(0, str(PACKAGE.parent))
    from netlite.code_file import READER_BYTES

    reader = compiled(PACKAGE / "code_file.py")
    if len(reader) > READER_BYTES:
        raise ValueError(f"the reader takes {len(reader)} bytes; READER_BYTES is too small")
    index, code = {}, b""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE.parent).with_suffix("")
        if place.relative_to("netlite").as_posix().startswith(LEFT_OUT):
            continue
        module = compiled(path)
        package = place.name == "__init__"
        index[".".join((place.parent if package else place).parts)] = len(code), len(module), package
        code += module
    head = marshal.dumps(index)
    return reader.ljust(READER_BYTES, b"\0") + len(head).to_bytes(4, "little") + head + code


def compiled(path: Path) -> bytes:
    """A module as in a .pyc file; tracebacks find its lines by a path below a folder of ``sys.path``."""
    name = path.relative_to(PACKAGE.parent).as_posix()
    return marshal.dumps(compile(path.read_bytes(), name, "exec", dont_inherit=True))


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(code_file())
