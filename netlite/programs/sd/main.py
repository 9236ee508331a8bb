"""netlite sd: service discovery files for Prometheus: every target from every vantage point.

Exit status: 0 written, 2 wrong command line or file, or not written.
"""

from __future__ import annotations

from ...command_line.c_numbers import read_digits
from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...environment import Environment
from ...errors import UsageError
from ...records.record import Record
from ...render.visible import visible
from ...sockets.privileges import READING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

USAGE = """
Usage
  netlite sd [options] [<target>...]

Writes a file_sd file: each target from each vantage point, which is an exporter.

Options:
      --vantage <words>   name=host:port of exporters, with commas; may be repeated
      --vantages <file>   the same, one a line
      --targets <file>    a target a line
      --module <name>     icmp (the default), tcp, traceroute, mtu or why; may be repeated
      --print-config      write the scrape configuration that goes with it instead
      --file <path>       where that configuration finds the targets (netlite-targets.json)
  -h, --help              print help and exit
"""
LONG = (("help", NO_VALUE, "h"), ("vantage", VALUE, "vantage"), ("vantages", VALUE, "vantages"),
        ("targets", VALUE, "targets"), ("module", VALUE, "module"), ("print-config", NO_VALUE, "print"),
        ("file", VALUE, "file"))
MODULES = ("icmp", "tcp", "traceroute", "mtu", "why")
REFUSED = 2
AGENT = "__meta_netlite_vantage"
CONFIG = """\
# For the configuration of Prometheus: probes of every target from every vantage point, and the exporters themselves.
scrape_configs:
  - job_name: netlite
    metrics_path: /probe
    scrape_interval: 30s
    scrape_timeout: 10s
    file_sd_configs:
      - files: [{file}]
    relabel_configs:
      - source_labels: [__address__]
        target_label: __param_target
      - source_labels: [__param_target]
        target_label: instance
      - source_labels: [__param_module]
        target_label: module
      - source_labels: [{agent}]
        target_label: __address__
  - job_name: netlite-exporters
    file_sd_configs:
      - files: [{file}]
    relabel_configs:  # the same file: each exporter once
      - source_labels: [{agent}]
        target_label: __address__
      - source_labels: [{agent}]
        target_label: instance
      - target_label: __param_module
        replacement: ""
"""


class Vantage(Record):
    """An exporter: its name, and where it answers."""

    name: str
    address: str


def main(arguments: list[str], environment: Environment) -> int:
    """Write; returns the exit status.  Raises UsageError."""
    privileges = environment.privileges
    privileges.limit(*READING)
    try:
        text = written(arguments, environment)
    finally:
        privileges.drop()
    environment.out.write(text)
    return environment.unwritten(REFUSED)


def written(arguments: list[str], environment: Environment) -> str:
    """What there is to write.  Raises UsageError."""
    program = environment.program
    given: dict[str, list[str]] = {}
    words = GetOpt(program, arguments, "h", LONG)
    try:
        for option, value in words:
            given.setdefault(option, []).append(value or "")
    except OptionError as error:
        raise UsageError(error.text + USAGE, REFUSED) from None
    if "h" in given:
        return USAGE
    if "print" in given:
        from json import dumps

        return CONFIG.format(file=dumps((given.get("file") or ["netlite-targets.json"])[-1]), agent=AGENT)
    strange = [name for name in given.get("module", ()) if name not in MODULES]
    if strange:
        raise UsageError(f"{program}: module is one of {', '.join(MODULES)}, not {strange[0]!r}\n", REFUSED)
    vantages = [word for words_ in given.get("vantage", ()) for word in words_.split(",")]
    vantages += [line for path in given.get("vantages", ()) for line in lines_of(path, environment)]
    targets = [*words.operands, *[line for path in given.get("targets", ()) for line in lines_of(path, environment)]]
    try:
        return discovery([read_vantage(word) for word in vantages], [checked(word) for word in targets],
                         given.get("module") or ["icmp"])
    except ValueError as wrong:
        raise UsageError(f"{program}: {wrong}\n", REFUSED) from None


def lines_of(path: str, environment: Environment) -> list[str]:
    """The lines of a file, without comments and empty ones.  Raises UsageError."""
    try:
        with environment.privileges:
            text = environment.read_file(path).decode()
    except (OSError, ValueError) as wrong:
        words = getattr(wrong, "strerror", None) or wrong
        raise UsageError(f"{environment.program}: {path}: {words}\n", REFUSED) from None
    return [word for line in text.splitlines() if (word := line.partition("#")[0].strip())]


def checked(word: str) -> str:
    """A target.  Raises ValueError."""
    if not word or not word.isprintable() or any(letter.isspace() for letter in word):
        raise ValueError(f"{visible(word)!r} is no target")
    return word


def read_vantage(word: str) -> Vantage:
    """``name=host:port``; without a name it is the host.  Raises ValueError.

    >>> read_vantage("paris=192.0.2.1:9427"), read_vantage("agent:9427").name
    (Vantage(name='paris', address='192.0.2.1:9427'), 'agent')
    """
    name, equals, address = word.rpartition("=")
    host, colon, port = address.rpartition(":")
    if not host or read_digits(port, 1, 65535) is None or not address.isprintable() \
            or any(letter.isspace() or letter == "/" for letter in address):
        raise ValueError(f"{visible(word)!r} is no vantage point: name=host:port")
    return Vantage(name if equals else host, address)


def discovery(vantages: list[Vantage], targets: list[str], modules: list[str]) -> str:
    """A group for each vantage point and module, all targets in each.  Raises ValueError."""
    from json import dumps

    if not vantages or not targets:
        raise ValueError("it takes a --vantage and a target at least")
    names = [vantage.name for vantage in vantages]
    if len(set(names)) != len(names):
        raise ValueError("two vantage points have one name")
    groups: list[dict[str, Any]] = [
        {"targets": list(dict.fromkeys(targets)),
         "labels": {"vantage": vantage.name, AGENT: vantage.address, "__param_module": module}}
        for vantage in vantages for module in dict.fromkeys(modules)]
    return dumps(groups, indent=1, ensure_ascii=False) + "\n"
