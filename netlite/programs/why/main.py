"""netlite why: what is wrong with a host, or with this machine's own net: one sentence, evidence, the next command.

Exit status: 0 nothing is wrong, 1 a fault was found, 2 wrong command line or not written.
"""

from __future__ import annotations

from ...api.diagnosis import diagnosing
from ...command_line.c_numbers import read_number
from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...command_line.own_numbers import number
from ...engines.why.costs import USUAL_PACKETS, limit_ns
from ...engines.why.facts import WhyConfig
from ...environment import Environment
from ...errors import UsageError
from ...records.diagnosis import Diagnosis
from ...records.record import Record
from ...render.diagnosis import render_diagnosis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

USAGE = """
Usage
  netlite why [options] [<host>[:<port>] | <host> <port>]

Without a host: is this machine on the net at all?

Options:
  -4, -6              look at IPv4, IPv6 alone
  -q                  say the sentences alone
  -w <seconds>        end after this time, whatever was found (15)
      --packets <n>   send so many at most (200): more time, and a smaller loss is
                      found and placed
      --json          one JSON document
      --jsonl         one JSON object a line, as it goes
      --html <file>   write a page about it, for a browser
      --explain       tell each question, and what came back
  -h, --help          print help and exit
"""
LONG = (("help", NO_VALUE, "h"), ("deadline", VALUE, "w"), ("packets", VALUE, "p"))
SECOND_NS = 1_000_000_000
FAULT, REFUSED = 1, 2
MOST_PORT, MOST_PACKETS = 65535, 10_000
CLEAR = "\r\033[K"                    # of the line of progress, on a terminal


class Options(Record):
    """The command line."""

    host: str | None = None
    port: int | None = None
    version: int | None = None
    quiet: bool = False
    limit_ns: int = 0                 # by the packets
    packets: int = USUAL_PACKETS
    help: bool = False


def main(arguments: list[str], environment: Environment) -> int:
    """Find out and tell; returns the exit status.  Raises UsageError."""
    status = _why(arguments, environment)
    return environment.unwritten(REFUSED) or status


def _why(arguments: list[str], environment: Environment) -> int:
    privileges = environment.privileges
    privileges.limit("NET_RAW")
    options = parse(environment, arguments)
    if options.help:
        environment.out.write(USAGE)
        return 0
    with privileges:  # each step opens sockets of its own
        status = find_out(options, environment)
    privileges.drop()
    return status


def find_out(options: Options, environment: Environment) -> int:
    """Run the diagnosis, and write what it finds."""
    document = environment.document
    if document is not None:
        from ...render.diagnosis_json import DiagnosisJson

        document.begin(DiagnosisJson(options.host, options.port))
    progress = environment.err.isatty() and not options.quiet
    config = WhyConfig(options.host, options.port, options.version, options.limit_ns or limit_ns(options.packets),
                       options.packets)
    status, records = FAULT, diagnosing(config, environment)
    try:
        for record in records:
            if document is not None:
                document.tell(record)
            if isinstance(record, Diagnosis):
                if progress:
                    environment.err.write(CLEAR)
                environment.out.write(render_diagnosis(record, options.quiet))
                status = 0 if record.is_well else FAULT
            elif progress:
                environment.err.write(f"{CLEAR}{record.step} ...")
    finally:
        records.close()
    return status


def parse(environment: Environment, arguments: list[str]) -> Options:
    """Read the command line.  Raises UsageError."""
    program = environment.program
    found: dict[str, Any] = {}
    words = GetOpt(program, arguments, "46qhw:", LONG)
    try:
        for option, given in words:
            if option in ("4", "6"):
                found["version"] = int(option)
            elif option == "p":
                found["packets"] = number(program, given or "", 50, MOST_PACKETS, int)
            elif option == "w":
                found["limit_ns"] = round(number(program, given or "", 1, 3600, float) * SECOND_NS)
            else:
                found["quiet" if option == "q" else "help"] = True
    except OptionError as error:
        raise UsageError(error.text + USAGE, REFUSED) from None
    if len(words.operands) > 2:
        raise UsageError(USAGE, REFUSED)
    if words.operands:
        host, port = split_host(words.operands[0])
        if len(words.operands) == 2:
            if port is not None:
                raise UsageError(f"{program}: two ports\n", REFUSED)
            port = words.operands[1]
        if not host:
            raise UsageError(f"{program}: no host in {words.operands[0]!r}\n", REFUSED)
        found["host"] = host
        found["port"] = None if port is None else port_number(environment, port)
    return Options(**found)


def split_host(word: str) -> tuple[str, str | None]:
    """HOST and PORT of HOST, HOST:PORT, [ADDRESS]:PORT; an IPv6 address without brackets has no port.

    >>> split_host("server:80"), split_host("[2001:db8::1]:80"), split_host("2001:db8::1")
    (('server', '80'), ('2001:db8::1', '80'), ('2001:db8::1', None))
    """
    if word.startswith("["):
        host, _, rest = word[1:].partition("]")
        if not word.endswith("]") and not rest.startswith(":"):
            return "", None
        return host, rest[1:] if rest else None
    host, colon, port = word.partition(":")
    return (host, port) if colon and ":" not in port else (word, None)


def port_number(environment: Environment, word: str) -> int:
    """A port by its number, or the name of its service.  Raises UsageError."""
    port = read_number(word, 1, MOST_PORT)
    if port is not None and int(port) == port:
        return int(port)
    named = environment.service_port(word) if word and not word[0].isdigit() else None
    if named is None:
        raise UsageError(f"{environment.program}: {word!r} is no port\n", REFUSED)
    return named
