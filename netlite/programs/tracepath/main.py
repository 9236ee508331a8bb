"""tracepath: trace the path to a host and discover the MTU along it (iputils 20221126)."""

from __future__ import annotations

from ...command_line.c_numbers import INT_MAX
from ...command_line.getopt import GetOpt, OptionError
from ...command_line.iputils_numbers import parse_integer
from ...engines.tracepath import Tracepath, TracepathConfig
from ...errors import NameUnknown, UsageError
from ...records.family import BY_AF, IPV4, IPV6
from ...records.links import MtuDiscovery, UdpLinkSettings
from ...records.record import Record
from ...records.tracepath import PathAnswer, PathReceiveFailed, Verdict
from ...render.tracepath import render_record
from ...session import Session

VERSION = """\
tracepath from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes
"""
USAGE = """
Usage
  tracepath [options] <destination>

Options:
  -4             use IPv4
  -6             use IPv6
  -b             print both name and ip
  -l <length>    use packet <length>
  -m <hops>      use maximum <hops>
  -n             no dns name resolution
  -p <port>      use destination <port>
  -V             print version and exit
  <destination>  dns name or ip address

For more details see tracepath(8).
"""
DEFAULT_PORT = 44444
AI_CANONNAME, AI_IDN = 0x02, 0x40
UDP_HEADER_BYTES = 8
FIRST_SIZE_BYTES = {4: 65535, 6: 128000}  # larger than any path MTU, so that the kernel tells it
EPIPE = 32


class Options(Record):
    """The command line: `version` set by -V, everything else as in tracepath(8)."""

    host: str
    af: int = 0
    numeric: bool = False
    both: bool = False
    size_bytes: int = 0
    maximum_hops: int = 30
    port: int = 0
    version: bool = False


def main(arguments: list[str], environment) -> int:
    """Run tracepath; 0 whatever the path was like, 1 for bad values and names, 2 for -4 with -6,
    255 for a wrong command line."""
    environment.privileges.limit("NET_RAW")  # the probes need none; to record them, with --pcap, does
    options = parse(environment.program, arguments)
    if options.version:
        environment.out.write(VERSION)
        return finish(environment)
    address = resolve(environment, options)
    family = BY_AF[address.af]
    size_bytes = options.size_bytes or FIRST_SIZE_BYTES[family.version]
    overhead = family.header_bytes + UDP_HEADER_BYTES
    if size_bytes <= overhead:
        raise UsageError(f"{environment.program}: pktlen must be within: "
                         f"{overhead} < value <= {INT_MAX}\n", 1)
    status = trace(environment, options, family, address.text, size_bytes)
    return finish(environment) or status


def parse(program: str, arguments: list[str]) -> Options:
    """Read the command line.  Raises UsageError."""
    found = {}
    if program[-1:] in ("4", "6"):
        choose_family(program, found, program[-1])
    words = GetOpt(program, arguments, "46nbh?l:m:p:V")
    try:
        for option, value in words:
            if option in ("4", "6"):
                choose_family(program, found, option)
            elif option == "n":
                found["numeric"] = True
            elif option == "b":
                found["both"] = True
            elif option == "l":
                found["size_bytes"] = parse_integer(program, value, 0, INT_MAX)
            elif option == "m":
                found["maximum_hops"] = parse_integer(program, value, 0, 255)
            elif option == "p":
                found["port"] = parse_integer(program, value, 0, 65535)
            elif option == "V":
                return Options("", version=True)
            else:
                raise UsageError(USAGE, 255)
    except OptionError as error:
        raise UsageError(error.text + USAGE, 255) from None
    if len(words.operands) != 1:
        raise UsageError(USAGE, 255)
    return with_port(program, Options(words.operands[0], **found))


def choose_family(program: str, found: dict, digit: str) -> None:
    """Note the family that -4, -6 or the program's name ask for; only one may be."""
    af = IPV4.af if digit == "4" else IPV6.af
    if found.setdefault("af", af) != af:
        raise UsageError(f"{program}: Only one -4 or -6 option may be specified\n", 2)


def with_port(program: str, options: Options) -> Options:
    """The first destination port: -p, else the old ``host/port``, else 44444."""
    if options.port:
        return options
    host, slash, port = options.host.partition("/")
    if not slash:
        return options.replace(port=DEFAULT_PORT)
    return options.replace(host=host, port=parse_integer(program, port, 0, 65535))


def resolve(environment, options: Options):
    """The first address of the host.  Raises UsageError."""
    try:
        return environment.resolver.addresses(options.host, options.af, AI_CANONNAME | AI_IDN)[0]
    except NameUnknown as failure:
        raise UsageError(f"{environment.program}: {options.host}: {failure.text}\n", 1) from None


def trace(environment, options: Options, family, address: str, size_bytes: int) -> int:
    """Run the engine and write a line a record; 1 when nothing can be received, else 0."""
    names = options.both or not options.numeric
    engine = Tracepath(TracepathConfig(size_bytes, options.maximum_hops, options.port, names))
    settings = UdpLinkSettings(family, address, mtu_discovery=MtuDiscovery.DO, stamped=True)
    out = environment.out
    status = 0
    with environment.privileges:
        link = environment.network.open_udp_link(settings)
    environment.privileges.drop()
    for record in Session(engine, link, environment, names=names):
        out.write(render_record(record, options.numeric, options.both))
        if names:
            out.flush()  # the original flushes before every look-up
        if type(record) is PathAnswer and record.verdict == Verdict.OTHER_ERROR:
            complain(environment, "NET ERROR", record.errno)
        elif type(record) is PathReceiveFailed:
            complain(environment, "recvmsg", record.errno)
            status = 1
    return status


def complain(environment, what: str, errno: int) -> None:
    """Write to stderr as glibc's error() does."""
    from posix import strerror

    environment.error(f"{environment.program}: {what}: {strerror(errno)}\n")


def finish(environment) -> int:
    """Status 1 when the output could not be written, 0 otherwise (iputils' close_stdout)."""
    environment.out.flush()
    if environment.out.errno in (0, EPIPE):
        return 0
    environment.error(f"{environment.program}: write error\n")
    return 1
