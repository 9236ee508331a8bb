"""netlite mtu: find the path MTU to a host, and where the path narrows, even through black holes.

Exit status: 0 found, 1 nothing was answered, 2 wrong command line, name, refused by the kernel or not written, 3 found,
and there is a black hole on the way.
"""

from __future__ import annotations

from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...command_line.own_numbers import number
from ...engines.path_mtu import PathMtu
from ...engines.path_mtu_config import OTHER_FLOWS, PathMtuConfig
from ...environment import Environment
from ...errors import KernelRefused, NameUnknown, UsageError
from ...links.path_mtu import open_mtu_link
from ...records.family import BY_AF, IPV4, IPV6
from ...records.path_mtu import MtuFailed, MtuHeader, PathMtuResult
from ...records.record import Record
from ...render.path_mtu import render_record
from ...session import Session
from ...sockets.resolver import AI_IDN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ...environment import Document
    from ...links.link import Link
    from ...records.path_mtu import MtuRecord

USAGE = """
Usage
  netlite mtu [options] <host>

Options:
  -4, -6              use IPv4, IPv6
  -n                  no dns name resolution
  -q                  say the size alone
  -U                  probe with UDP instead of ICMP echo
  -I <interface>      send through this interface
  -m <hops>           look for the narrow place so far away at most (30)
  -w <seconds>        end after this time, whatever was found
  -W <seconds>        wait so long for an answer (1)
      --json          one JSON document
      --jsonl         one JSON object a line, as it is found out
  -h, --help          print help and exit
"""
LONG = (("help", NO_VALUE, "h"), ("timeout", VALUE, "W"), ("deadline", VALUE, "w"))
SECOND_NS = 1_000_000_000
NO_ANSWER, REFUSED, BLACK_HOLE = 1, 2, 3


class Options(Record):
    """The command line; times in nanoseconds."""

    host: str = ""
    af: int = 0
    numeric: bool = False
    quiet: bool = False
    udp: bool = False
    device: str | None = None
    max_hops: int = 30
    limit_ns: int | None = None
    patience_ns: int = SECOND_NS
    help: bool = False


def main(arguments: list[str], environment: Environment) -> int:
    """Search and tell; returns the exit status.  Raises UsageError."""
    status = _mtu(arguments, environment)
    return environment.unwritten(REFUSED) or status


def _mtu(arguments: list[str], environment: Environment) -> int:
    privileges = environment.privileges
    privileges.limit("NET_RAW")
    options = parse(environment.program, arguments)
    if options.help:
        environment.out.write(USAGE)
        return 0
    try:
        found = environment.resolver.addresses(options.host, options.af, AI_IDN)[0]
    except NameUnknown as failure:
        raise UsageError(f"{environment.program}: {options.host}: {failure.text}\n", REFUSED) from None
    try:
        with privileges:
            link, method = open_mtu_link(environment.network, BY_AF[found.af], found.text, options.device, options.udp)
    except (OSError, KernelRefused) as refusal:
        return refused(environment, refusal.errno)
    if method == "icmp" or options.device is None:  # else each probe binds a socket to the device
        privileges.drop()
    with privileges:
        return search(options, PathMtuConfig(
            options.host, found.text, BY_AF[found.af], method, options.patience_ns, options.limit_ns, options.max_hops,
            names=not (options.numeric or options.quiet), source_port=link.identifier or 0,
            other_flows=OTHER_FLOWS if method == "udp" else 0), link, environment)


def search(options: Options, config: PathMtuConfig, link: Link, environment: Environment) -> int:
    """Run the engine and write each record as soon as it is known."""
    status = NO_ANSWER
    session: Session[MtuRecord] = Session(PathMtu(config), link, environment, names=config.names, signals=True)
    with session:
        for record in session:
            if environment.document is not None:
                tell(environment.document, record)
            if type(record) is MtuFailed:
                return refused(environment, record.errno, record.what)
            if type(record) is PathMtuResult and record.mtu_bytes:
                status = BLACK_HOLE if record.black_hole else 0
            environment.out.write(text(options, record))
            environment.out.flush()
    return status


def tell(document: Document, record: MtuRecord) -> None:
    """Of each record to the document that is written instead of the text; the header begins it."""
    if isinstance(record, MtuHeader):
        from ...render.path_mtu_json import PathMtuJson

        document.begin(PathMtuJson(record))
    else:
        document.tell(record)


def text(options: Options, record: MtuRecord) -> str:
    """What a record adds to the output."""
    if options.quiet:
        return f"{record.mtu_bytes}\n" if type(record) is PathMtuResult and record.mtu_bytes else ""
    return render_record(record)


def refused(environment: Environment, errno: int | None, what: str = "") -> int:
    """Say that the kernel did not let us, and the status for it."""
    from posix import strerror

    environment.error(f"{environment.program}: {what}{': ' * bool(what)}{strerror(errno or 0)}\n")
    return REFUSED


def parse(program: str, arguments: list[str]) -> Options:
    """Read the command line.  Raises UsageError."""
    found: dict[str, Any] = {}
    words = GetOpt(program, arguments, "46nqUhI:m:w:W:", LONG)
    flags = {"n": "numeric", "q": "quiet", "U": "udp", "h": "help"}
    try:
        for option, given in words:
            value = given or ""
            if option in ("4", "6"):
                found["af"] = (IPV4 if option == "4" else IPV6).af
            elif option in flags:
                found[flags[option]] = True
            elif option == "I":
                found["device"] = value
            elif option == "m":
                found["max_hops"] = number(program, value, 1, 255, int)
            else:
                name = "patience_ns" if option == "W" else "limit_ns"
                found[name] = round(number(program, value, 0.001, 86400.0, float) * SECOND_NS)
    except OptionError as error:
        raise UsageError(error.text + USAGE, REFUSED) from None
    if len(words.operands) != 1 and not found.get("help"):
        raise UsageError(USAGE, REFUSED)
    return Options(words.operands[0] if words.operands else "", **found)
