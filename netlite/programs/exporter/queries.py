"""What a request for probes asks: the part of an address behind the ``?``."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import parse_qsl

from ...command_line.c_numbers import read_digits
from ...records.record import Record
from ..why.main import split_host
from .probing import MODULES, Module
from .requests import KNOWN
from .target_files import check_host

TARGETS_AT_ONCE = 100                 # of one request


class Refused(Exception):
    """The request is answered with a status and a line."""

    def __init__(self, status: int, text: str):
        super().__init__(text)
        self.status = status


class Query(Record):
    """A request for probes, read."""

    targets: tuple[str, ...]
    module: Module
    count: int
    version: int | None


@lru_cache(KNOWN)
def read_query(text: str) -> Query:
    """The part of an address behind the ``?``.  Raises Refused.

    >>> query = read_query("target=192.0.2.1&target=server&module=icmp&count=3")
    >>> query.targets, query.module.name, query.count
    (('192.0.2.1', 'server'), 'icmp', 3)
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict",
                          max_num_fields=2 * TARGETS_AT_ONCE)
    except ValueError as wrong:
        raise Refused(400, f"the query is wrong: {wrong}") from None
    strange = [name for name, _ in pairs if name not in ("target", "module", "count", "ip")]
    if strange:
        raise Refused(400, f"there is target, module, count and ip, and no {strange[0]!r}")
    words = dict(pairs)
    targets = tuple(dict.fromkeys(value for name, value in pairs if name == "target"))
    module = MODULES.get(words.get("module", "icmp"))
    if module is None:
        raise Refused(400, f"module is one of {', '.join(MODULES)}, not {words['module']!r}")
    if not targets or len(targets) > TARGETS_AT_ONCE:
        raise Refused(400, f"target is missing, or is there more than {TARGETS_AT_ONCE} times")
    count, version = words.get("count", str(module.count)), words.get("ip", "")
    number = read_digits(count, 1, module.most)
    if number is None:
        raise Refused(400, f"count is from 1 to {module.most} for {module.name}, not {count!r}")
    if version not in ("", "4", "6"):
        raise Refused(400, f"ip is 4 or 6, not {version!r}")
    for target in targets:
        read_target(target, module)
    return Query(targets, module, number, int(version) if version else None)


@lru_cache(KNOWN)
def read_target(target: str, module: Module) -> tuple[str, int | None]:
    """Host and port of a target; tcp needs a port, why may have one.  Raises Refused.

    >>> read_target("[2001:db8::1]:80", MODULES["tcp"])
    ('2001:db8::1', 80)
    """
    host, port = (target, None) if module.name not in ("tcp", "why") else split_host(target)
    try:
        check_host(host)
    except ValueError as wrong:
        raise Refused(400, str(wrong)) from None
    if port is None and module.name == "tcp":
        raise Refused(400, f"{target!r} has no port")
    number = None if port is None else read_digits(port, 1, 65535)
    if port is not None and number is None:
        raise Refused(400, f"{port!r} is no port")
    return host, number
