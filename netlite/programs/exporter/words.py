"""The command line of ``netlite exporter``."""

from __future__ import annotations

from ipaddress import ip_address

from ...command_line.c_numbers import read_digits
from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...command_line.own_numbers import number
from ...errors import UsageError
from ...records.record import Record
from ..why.main import split_host
from .allowed import Allowed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

USAGE = """
Usage
  netlite exporter [options]

What may be probed, and who may ask:
      --allow <words>         names, *.domains, addresses, prefixes, with commas, or any; none: targets of files
      --listen <host>:<port>  answer there (127.0.0.1:9427); may be repeated
      --web.config.file <file>  TLS and passwords, as Prometheus' exporters have them

Targets that are probed all the time:
      --targets <file>        a target a line
      --file-sd <file>        service discovery of Prometheus, .json or .yml
  -i, --interval <seconds>    between two pings of a target (1)
  -W, --timeout <seconds>     until a ping is lost (1)
      --trace-interval <seconds>  between two looks at its path (300); 0: none

Bounds:
      --rate <n>              packets a second, of each kind of probing (1000); 0: no bound
      --probes <n>            probes at once (256)
      --queue <n>             probes that wait, beyond which 503 is answered (1024)
      --connections <n>       connections of clients (1024)
      --patience <seconds>    until a probe is lost (5)
      --timeout-offset <seconds>  answer so long before Prometheus gives up (0.5)

      --no-host               leave this host's own tables out of /metrics
  -h, --help                  print help and exit
"""
LONG = (("help", NO_VALUE, "h"), ("interval", VALUE, "i"), ("timeout", VALUE, "W"), ("allow", VALUE, "allow"),
        ("listen", VALUE, "listen"), ("web.config.file", VALUE, "web"), ("targets", VALUE, "targets"),
        ("file-sd", VALUE, "file-sd"), ("trace-interval", VALUE, "trace"), ("rate", VALUE, "rate"),
        ("probes", VALUE, "probes"), ("queue", VALUE, "queue"), ("connections", VALUE, "connections"),
        ("patience", VALUE, "patience"), ("timeout-offset", VALUE, "offset"), ("no-host", NO_VALUE, "no-host"))
NUMBERS: dict[str, tuple[str, float, float, type]] = {  # option: field, least, greatest, kind
    "i": ("interval_s", 0.01, 86400, float), "W": ("timeout_s", 0.01, 3600, float),
    "trace": ("trace_s", 0, 86400, float), "rate": ("rate", 0, 1e6, float),
    "probes": ("at_once", 1, 20000, int), "queue": ("queue", 0, 100000, int),
    "connections": ("connections", 1, 100000, int), "patience": ("patience_s", 0.01, 120, float),
    "offset": ("offset_s", 0, 60, float)}
PORT = 9427
REFUSED = 2


class Options(Record):
    """The command line; times in seconds."""

    listen: tuple[tuple[str, int], ...] = (("127.0.0.1", PORT),)
    allow: tuple[str, ...] = ()
    web: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    interval_s: float = 1.0
    timeout_s: float = 1.0
    trace_s: float = 300.0
    rate: float = 1000.0
    at_once: int = 256
    queue: int = 1024
    connections: int = 1024
    patience_s: float = 5.0
    offset_s: float = 0.5
    host: bool = True
    help: bool = False


def parse(program: str, arguments: list[str]) -> Options:
    """Read the command line.  Raises UsageError."""
    found: dict[str, Any] = {}
    words = GetOpt(program, arguments, "hi:W:", LONG)
    try:
        for option, given in words:
            value = given or ""
            if option in NUMBERS:
                name, low, high, kind = NUMBERS[option]
                found[name] = number(program, value, low, high, kind)
            elif option == "allow":
                found["allow"] = (*found.get("allow", ()), *[word for word in value.split(",") if word])
            elif option == "listen":
                found["listen"] = (*found.get("listen", ()), place(program, value))
            elif option in ("targets", "file-sd"):
                found["files"] = (*found.get("files", ()), (option, value))
            elif option == "web":
                found["web"] = value
            else:
                found["help" if option == "h" else "host"] = option == "h"
    except OptionError as error:
        raise UsageError(error.text + USAGE, REFUSED) from None
    if words.operands:
        raise UsageError(USAGE, REFUSED)
    try:
        Allowed(found.get("allow", ()))
    except ValueError as wrong:
        raise UsageError(f"{program}: --allow: {wrong}\n", REFUSED) from None
    return Options(**found)


def place(program: str, text: str) -> tuple[str, int]:
    """Address and port to listen at; without an address at all of them.  Raises UsageError."""
    host, port = split_host(text)
    try:
        if host:
            ip_address(host.partition("%")[0])
        number = read_digits(port or "", 0, 65535)
        if number is None:
            raise ValueError
    except ValueError:
        raise UsageError(f"{program}: --listen: {text!r} is no address and port\n", REFUSED) from None
    return host or "::", number
