"""Files of targets: a target a line, or service discovery files as Prometheus reads them (``file_sd``)."""

from __future__ import annotations

from ...feature_errors import LibraryMissing
from ...records.record import Record
from .yaml_text import read_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST, MOST = 255, 100_000
OWN_LABELS = {"target", "address", "hop", "le"}


class Target(Record):
    """A host, and labels that its metrics carry."""

    host: str
    labels: tuple[tuple[str, str], ...] = ()


def check_host(word: str) -> str:
    """The word, where it may be a host; a name is looked up later.  Raises ValueError."""
    if not word or len(word) > LONGEST or not word.isprintable() or any(each in word for each in ' /?#@"\\'):
        raise ValueError(f"{word[:LONGEST]!r} is no host")
    return word


def read_lines(text: str) -> list[Target]:
    """A host a line; what follows ``#`` is a comment.  Raises ValueError.

    >>> [target.host for target in read_lines("192.0.2.1  # a router\\n\\nserver.example\\n")]
    ['192.0.2.1', 'server.example']
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        word = line.partition("#")[0].strip()
        if word:
            try:
                found.append(Target(check_host(word)))
            except ValueError as wrong:
                raise ValueError(f"line {number}: {wrong}") from None
    return _unique(found)


def read_file_sd(text: str, yaml: bool) -> list[Target]:
    """Groups of ``targets`` and ``labels``; labels that begin with two underscores are Prometheus' own business, and
    left out.  Raises ValueError (one line), LibraryMissing.

    >>> read_file_sd('[{"targets": ["192.0.2.1"], "labels": {"site": "here", "__param_module": "icmp"}}]', False)
    [Target(host='192.0.2.1', labels=(('site', 'here'),))]
    """
    found = _loaded(text, yaml)
    if not isinstance(found, list):
        raise ValueError("it is no list of groups")
    targets: list[Target] = []
    for number, group in enumerate(found, 1):
        try:
            targets += _group(group)
        except ValueError as wrong:
            raise ValueError(f"group {number}: {wrong}") from None
    return _unique(targets)


def _loaded(text: str, is_yaml: bool) -> Any:
    if is_yaml:
        try:
            found = read_yaml(text)
        except ImportError:
            raise LibraryMissing("pyyaml", "a file of targets in YAML") from None
        return [] if found is None else found
    from json import loads

    try:
        return loads(text)
    except (ValueError, RecursionError) as wrong:
        raise ValueError(str(wrong)) from None


def _group(group: object) -> list[Target]:
    if not isinstance(group, dict) or not isinstance(group.get("targets"), list):
        raise ValueError("it has no list of targets")
    labels = group.get("labels") or {}
    if not isinstance(labels, dict):
        raise ValueError("its labels are no mapping")
    kept = []
    for name, value in labels.items():
        if not isinstance(name, str) or not _is_label(name) or not isinstance(value, str):
            raise ValueError(f"{name!r} is no label with a text")
        if not _is_unicode(value):
            raise ValueError(f"the label {name} has half a surrogate pair")
        if name in OWN_LABELS:
            raise ValueError(f"the label {name} is one of netlite's own")
        if not name.startswith("__"):
            kept.append((name, value))
    targets = []
    for word in group["targets"]:
        if not isinstance(word, str):
            raise ValueError("a target is no text")  # not which: a few lines of YAML make a list of billions
        targets.append(Target(check_host(word), tuple(sorted(kept))))
    return targets


def _is_label(name: str) -> bool:
    return name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit()


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _unique(targets: list[Target]) -> list[Target]:
    if len(targets) > MOST:
        raise ValueError(f"it has more than {MOST} targets")
    return list(dict.fromkeys(targets))
