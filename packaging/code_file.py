"""Write the code file of netlite for the Python that runs this: packaging/code_file.py TARGET.

netlite/code_file.py describes it.  setup.py calls this where a wheel is built, packaging/zipapp.py for the one file.
"""

import __future__
import ast
import marshal
import sys
from pathlib import Path
from types import CodeType

PACKAGE = Path(__file__).resolve().parents[1] / "netlite"
NAME = f"code.{sys.implementation.cache_tag}"  # in the folder of the package
# What takes so long to start that files make no difference, and what has files beside its modules (pages, scenes):
# importlib.resources finds these by the loader of their package, which the code file is not.
LEFT_OUT = ("lab", "teach", "programs/lab", "programs/learn", "packets/crafting", "packets/pcapng", "packets/generate",
            "system/netlink/generate", "system/netlink/messages")
STATEMENTS = ("body", "orelse", "handlers", "finalbody", "cases")  # what a node has of them


def code_file() -> bytes:
    """The reader, the index and all modules, one after the other."""
    sys.path.insert(0, str(PACKAGE.parent))
    from netlite.code_file import READER_BYTES

    reader = marshal.dumps(compiled(PACKAGE / "code_file.py"))
    if len(reader) > READER_BYTES:
        raise ValueError(f"the reader takes {len(reader)} bytes; READER_BYTES is too small")
    places: dict[str, list[object]] = {}
    code = bytearray()
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE.parent).with_suffix("")
        if place.relative_to("netlite").as_posix().startswith(LEFT_OUT):
            continue
        module = marshal.dumps(compiled(path))
        package = place.name == "__init__"
        name = ".".join((place.parent if package else place).parts)
        places[name] = ["p" if package else "m", len(code), len(module)]
        code += module
    for line in (Path(__file__).parent / "plain_runs.txt").read_text().splitlines():
        first, *names = line.replace(":", "").split()
        run = marshal.dumps(tuple((name, kind == "p", marshal.loads(code[at:at + size]))
                                  for name in [*names, first] for kind, at, size, *_ in [places[name]]))
        places[first] += len(code), len(run)
        code += run
    head = "\n" + "".join(f"{name} {' '.join(map(str, place))}\n" for name, place in places.items())
    return reader.ljust(READER_BYTES, b"\0") + len(head).to_bytes(4, "little") + head.encode() + code


def compiled(path: Path) -> CodeType:
    """A module as in a .pyc file, but for what `Lean` takes out; tracebacks find its lines by a path below a folder
    of ``sys.path``."""
    name = path.relative_to(PACKAGE.parent).as_posix()
    tree = Lean(name.split("/")[:-1]).visit(ast.parse(path.read_bytes()))
    return compile(tree, name, "exec", __future__.annotations.compiler_flag, dont_inherit=True)


class Lean(ast.NodeTransformer):
    """Takes out what only readers and type checkers need: the texts of functions and classes, the types of functions
    and variables (the fields of a class stay fields: records are made of them), what stands under ``if
    TYPE_CHECKING``, and the import of ``__future__``, which speaks to the compiler alone.  All of these are statements:
    it looks into no expression."""

    def __init__(self, folders: list[str]):
        self.folders = folders  # of the module
        self.fields: set[ast.AnnAssign] = set()

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name in STATEMENTS:
            if lines := getattr(node, name, None):
                visited = [self.visit(line) or [] for line in lines]
                lines[:] = [line for each in visited for line in (each if isinstance(each, list) else [each])]
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        if node.level:
            parts = self.folders[:len(self.folders) + 1 - node.level]
            node.module, node.level = ".".join(parts + [node.module] if node.module else parts), 0
        return None if node.module == "__future__" else node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        test = ast.unparse(node.test)
        return node.orelse if test == "TYPE_CHECKING" else node.body if test == "not TYPE_CHECKING" else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        self.generic_visit(node)
        if node in self.fields:
            node.annotation = ast.copy_location(ast.Constant(None), node)
            return node
        return node.value and ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        taken = node.args
        for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs, taken.vararg, taken.kwarg):
            if each:
                each.annotation = None
        return self.without_text(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.fields |= {line for line in node.body if isinstance(line, ast.AnnAssign)}
        return self.without_text(node)

    def without_text(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
        self.generic_visit(node)
        node.body = node.body or [ast.copy_location(ast.Pass(), node)]
        return node


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(code_file())
