"""hostname, domainname, ypdomainname, nisdomainname, dnsdomainname (Debian's hostname 3.23)."""

from __future__ import annotations

import _socket
from errno import EACCES, EFBIG, EINVAL, EISDIR, EPERM
from posix import strerror

from ...command_line.c_numbers import BLANKS
from ...command_line.getopt import Option, OptionError, constant, flag, read_options, value
from ...command_line.own_options import take_own
from ...errors import Answered, NameUnknown, UsageError
from ...system.files import read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, NoReturn

    from ...environment import Environment, Stream
    from ...sockets.resolver import Address

BY_PROGRAM = {"domainname": "N", "ypdomainname": "y", "nisdomainname": "y", "dnsdomainname": "d"}
USAGE_STATUS = 255
SIZELESS = EISDIR, EFBIG               # what has no size that tells what it holds: nothing, to the original


class Options:
    """What the command line asks for; `what` is the letter of what is shown, the last one given."""

    def __init__(self, what: str):
        self.what = what
        self.boot = False
        self.file: str | None = None


class Help(Exception):
    """The usage is asked for, which goes to stdout with the status of a wrong command line."""


def _help(options: Options, _: str) -> None:
    raise Help


def _version(options: Options, _: str) -> None:
    raise Answered("hostname 3.23\n")


def _shown(letter: str) -> Callable[[Any, Any], None]:
    return constant("what", letter)


OPTIONS = (
    Option("d", "domain", None, _shown("d"), "DNS domain name"),
    Option("b", "boot", None, flag("boot"), "set default hostname if none available"),
    Option("F", "file", "file", value("file"), "read host name or NIS domain name from given file"),
    Option("f", "fqdn long", None, _shown("f"), "long host name (FQDN)"),
    Option("A", "all-fqdns", None, _shown("A"), "all long host names (FQDNs)"),
    Option("h?", "help", None, _help, "print info and exit"),
    Option("s", "short", None, _shown("s"), "short host name"),
    Option("V", "version", None, _version, "print info and exit"),
    Option("a", "alias", None, _shown("a"), "alias names"),
    Option("i", "ip-address", None, _shown("i"), "addresses for the host name"),
    Option("I", "all-ip-addresses", None, _shown("I"), "all addresses for the host"),
    Option("y", "nis yp", None, _shown("y"), "NIS/YP domain name"),
)


def main(argv: list[str], env: Environment) -> int:
    """Run the program `env.program` names; returns its exit status."""
    own, argv = take_own(argv, ("--json",))
    options = Options(BY_PROGRAM.get(env.program, ""))
    try:
        operands = read_options(env.program, argv, OPTIONS, options, "POSIXLY_CORRECT" not in env.variables)
    except OptionError as error:
        env.err.write(error.text)
        return _usage(env.out)
    except Help:
        return _usage(env.out)
    what, file = options.what, options.file
    nis = what in ("N", "y")
    if operands or file is not None:
        read = "" if file is None else _read_name(file, options.boot, env)
        if len(operands) + (file is not None) > 1 or (what and not nis):
            return _usage(env.err)
        if file is not None:
            _set_read(read, options.boot, nis, env)
        else:
            _set(operands[0], nis, env)
        return 0
    shown = SHOW[what](env)
    if own:
        from ..documents import write_document

        key, several = JSON_KEYS[what]
        write_document(env, {key: [word for word in (shown or "").split(" ") if word] if several else shown or ""})
    else:
        env.out.tell_rows("names of this host", [shown or ""], what)
        env.out.write("" if shown is None else f"{shown}\n")
    return 0


def _usage(stream: Stream) -> int:
    from .usage import USAGE

    stream.write(USAGE)
    return USAGE_STATUS


def _fail(env: Environment, text: str) -> NoReturn:
    raise UsageError(f"{env.program}: {text}\n", 1)


def _read_name(path: str, boot: bool, env: Environment) -> str:
    """The first line of a file that is neither empty nor a comment, as far as a NUL in it.

    Where there is none the last line, as it is.  The original reads files of a known size alone, no pipes.
    """
    try:
        lines = read_bytes(env.files, path).split(b"\n")
    except OSError as refusal:
        if refusal.errno not in SIZELESS and not boot:
            _fail(env, strerror(refusal.errno or 0))
        if refusal.errno not in SIZELESS:
            return ""
        lines = [b""]
    line = b""
    for line in [line + b"\n" for line in lines[:-1]] + lines[-1:] * bool(lines[-1]):
        if line[:1] not in (b"\n", b"#"):
            line = line.partition(b"\0")[0].removesuffix(b"\n")
            break
    return line.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _set_read(name: str, boot: bool, nis: bool, env: Environment) -> None:
    """Set the name that a file had; with ``--boot``, where it had none, the host's name once more, whichever is set."""
    if boot and not name:
        current = env.host_name
        name = "localhost" if current in ("", "(none)") else current
    _set(name, nis, env)


def _set(name: str, nis: bool, env: Environment) -> None:
    if not nis:
        name = name.strip(BLANKS)
        if not _valid(name):
            _fail(env, "the specified hostname is invalid")
    try:
        if nis:
            env.domain_name = name
        else:
            env.host_name = name
    except OSError as refusal:
        if refusal.errno in (EPERM, EACCES):
            _fail(env, f"you must be root to change the {'domain' if nis else 'host'} name")
        _fail(env, "name too long" if refusal.errno == EINVAL else strerror(refusal.errno or 0))


def _valid(name: str) -> bool:
    """Labels of letters, digits and inner hyphens, joined by single dots (RFC 1123 section 2.1)."""
    labels = name.split(".")
    return all(label and label.isascii() and label.replace("-", "x").isalnum()
               and label[0] != "-" and label[-1] != "-" for label in labels)


def _addresses(env: Environment) -> Sequence[Address]:
    try:
        return env.resolver.addresses(env.host_name, flags=_socket.AI_CANONNAME)
    except NameUnknown as unknown:
        _fail(env, unknown.text)


def _fqdn(env: Environment) -> str:
    return _addresses(env)[0].canonical


def _domain(env: Environment) -> str | None:
    """What follows the first dot of the long name; None where it has none."""
    name, dot, domain = _fqdn(env).partition(".")
    return domain if dot else None


def _aliases(env: Environment) -> str:
    _addresses(env)
    try:
        return " ".join(env.resolver.aliases(env.host_name))
    except NameUnknown as unknown:
        from ...feature_errors import HERROR

        _fail(env, HERROR.get(unknown.h_errno, unknown.text))


def _own_addresses(env: Environment) -> list[str]:
    from ...system.interfaces.own_addresses import read_own_addresses

    return read_own_addresses(env)


def _all_names(env: Environment) -> str:
    return "".join(f"{name} " for name in map(env.resolver.name, _own_addresses(env)) if name)


def _set_nis_domain(env: Environment) -> str:
    domain = env.domain_name
    if domain == "(none)":
        env.out.write(f"{env.program}: Local domain name not set\n")
        raise UsageError("", 1)
    return domain


SHOW: dict[str, Callable[[Environment], str | None]] = {
    "": lambda env: env.host_name,
    "s": lambda env: env.host_name.partition(".")[0],
    "f": _fqdn,
    "d": _domain,
    "a": _aliases,
    "i": lambda env: " ".join(address.text for address in _addresses(env)),
    "I": lambda env: "".join(f"{address} " for address in _own_addresses(env)),
    "A": _all_names,
    "N": lambda env: env.domain_name,
    "y": _set_nis_domain,
}

# what is shown: the key of --json, and whether its value is an array
JSON_KEYS = {"": ("hostname", False), "s": ("short", False), "f": ("fqdn", False), "d": ("domain", False),
             "a": ("aliases", True), "i": ("addresses", True), "I": ("addresses", True), "A": ("names", True),
             "N": ("nis_domain", False), "y": ("nis_domain", False)}
