"""Make the documentation site: pages.py SOURCE OUTPUT [BUILDER…] (``make docs``).

SOURCE becomes what Sphinx reads: docs/ and the pages of the checkout as they are, but for links between them, and the
pages of `made_pages`, which are made from option tables, records and scenes.  Warnings are errors.
"""

import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]
from made_pages import pages  # noqa: E402

PLACES = {"README.rst": "start", "CONTRIBUTING.rst": "contributing", "CHANGELOG.rst": "changelog"}  # file: page
LESSONS = "netlite/programs/learn/lessons"
LINK = re.compile(r"`([^`<]+?)\s*<((?!https?:)[^>`]+)>`__?")
IMAGE = re.compile(r"(?m)^\.\. image:: (\S+)$")
TREE = "\n.. toctree::\n   :hidden:\n   :glob:\n\n   {}\n"


def places() -> dict[Path, str]:
    """Each file that is a page as it stands, and the name of the page."""
    found = {ROOT / file: page for file, page in PLACES.items()}
    docs = ROOT / "docs"
    found |= {path: path.relative_to(docs).with_suffix("").as_posix() for path in docs.rglob("*.rst")}
    return found | {path: f"lessons/{path.stem}" for path in (ROOT / LESSONS).glob("*.rst")}


def linked(text: str, file: Path, pages_of: dict[Path, str], source: Path) -> str:
    """The text of a file with its links to files as links to pages; others become copies to download."""
    def copied(path: Path) -> str:
        if not path.exists():
            sys.exit(f"{file}: a link to {path}, which is not there")
        shutil.copy(path, source / path.name)
        return f"/{path.name}"

    def link(found: re.Match) -> str:
        words, path = found[1], Path(os.path.normpath(file.parent / found[2]))
        if path in pages_of:
            return f":doc:`{words} </{pages_of[path]}>`"
        return f":download:`{words} <{copied(path)}>`"

    def image(found: re.Match) -> str:
        return f".. image:: {copied(Path(os.path.normpath(file.parent / found[1])))}"

    return IMAGE.sub(image, LINK.sub(link, text))


def write(source: Path) -> None:
    """Write what Sphinx reads."""
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    shutil.copytree(ROOT / "docs" / "site", source / "site")
    shutil.move(source / "site" / "conf.py", source)
    pages_of = places()
    texts = {page: linked(file.read_text(encoding="utf-8"), file, pages_of, source) for file, page in pages_of.items()}
    for folder in ("decisions", "lessons", "parity"):
        texts[f"{folder}/index"] += TREE.format("*" if folder == "parity" else "[0-9]*")
    for page, text in (texts | pages()).items():
        path = source / f"{page}.rst"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(source: str, output: str, builders: list[str]) -> int:
    """The exit status: 0, or that of the first builder that complains."""
    from sphinx.cmd.build import main as build

    write(Path(source))
    for builder in builders:
        status = build(["-q", "-n", "-W", "--keep-going", "-b", builder, "-d", f"{source}/.doctrees", source,
                        output if builder == "html" else f"{source}/.{builder}"])
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:] or ["html", "doctest"]))
