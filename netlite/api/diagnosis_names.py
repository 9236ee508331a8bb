"""The look-up of a diagnosis: what the files say, what each name server says, and what the C library makes of it."""

from __future__ import annotations

from ..engines.why.costs import is_number
from ..errors import NameUnknown
from ..feature_errors import MalformedPacket
from ..links.exchange import Letter
from ..packets.dns import NameQuestion, make_question, read_answer
from ..records.facts import Names, ServerAnswer
from ..records.family import FAMILIES
from ..sockets.resolver import AI_IDN
from ..system.files import read_bytes
from ..system.names.files import read_name_servers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..links.exchange import Answered
    from ..records.questions import LookUp
    from ..world import World

DOMAIN_PORT, MOST_SERVERS = 53, 3     # resolv.conf(5): MAXNS
PATIENCE_NS = 2_000_000_000
AGAIN_NS = 1_000_000_000, 1_000_000_000  # for silent ones: a packet may get lost
NO_ERROR, NO_SUCH_NAME = 0, 3
ROOT = "."
MAPPED = "::ffff:"                    # of an IPv4 address that is written as one of IPv6


def name_servers(world: World) -> tuple[str, ...]:
    """Those of resolv.conf, as the C library takes them."""
    return tuple(list(dict.fromkeys(filter(is_number, read_name_servers(world))))[:MOST_SERVERS])


def _lines(world: World, name: str) -> list[str]:
    """Those of a file in /etc; none where there is no such file."""
    try:
        return read_bytes(world.files, f"{world.etc}/{name}").decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def in_files(world: World, host: str) -> tuple[str, ...]:
    """The addresses that the hosts file has for a name."""
    rows = [line.partition("#")[0].split() for line in _lines(world, "hosts")]
    return tuple([row[0] for row in rows if len(row) > 1 and is_number(row[0])
                  and host.lower().rstrip(".") in [name.lower() for name in row[1:]]])


def search_domains(world: World) -> tuple[str, ...]:
    """The domains that are tried behind a short name."""
    rows = [line.split() for line in _lines(world, "resolv.conf")]
    return next((tuple(row[1:]) for row in reversed(rows) if row and row[0] in ("search", "domain")), ())


def look_up(world: World, question: LookUp, servers: tuple[str, ...]) -> tuple[Names, int]:
    """All that is known about a name, and the packets it took."""
    host, version = question.host, question.version
    listed = in_files(world, host)
    if is_number(host) or listed:
        number = host.removeprefix(MAPPED) if "." in host else host
        known = (number,) if is_number(host) else _library(world, host, version)[0] or listed
        wanted = tuple([each for each in known if version in (None, 6 if ":" in each else 4)])
        return Names(wanted, "files" if listed else "number", error=None if wanted else "no such address"), 0
    start_ns = world.clock.now_ns()
    versions = (version,) if version else (4,) if host == ROOT else (4, 6)
    domains = search_domains(world) if "." not in host else ()
    full = host if not domains else f"{host}.{domains[0]}"
    answers, packets = ask_servers(world, servers, full, versions)
    took_ns = world.clock.now_ns() - start_ns
    if host == ROOT:
        return Names((), "servers", answers, took_ns), packets
    first = [each for each in answers if servers and each.server == servers[0]]
    useless = answers and all(each.code not in (NO_ERROR, NO_SUCH_NAME) for each in answers)
    if useless or any(each.code is None for each in first):
        addresses = _of(answers)  # the C library would wait for seconds
        return Names(addresses, "servers", answers, took_ns, None if addresses else "no name server answers"), packets
    addresses, error = _library(world, host, version)
    told = _of(answers)
    return Names(addresses or told, "servers" if told else "system", answers, took_ns, error), packets


def _of(answers: tuple[ServerAnswer, ...]) -> tuple[str, ...]:
    """The addresses of the first server that has some."""
    for server in dict.fromkeys(each.server for each in answers):
        found = [address for each in answers if each.server == server for address in each.addresses]
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def _library(world: World, host: str, version: int | None) -> tuple[tuple[str, ...], str | None]:
    """What programs get: getaddrinfo(3) as nsswitch.conf has it, which is not waited for longer than a name server."""
    af = {family.version: family.af for family in FAMILIES}[version] if version else 0
    try:
        found = world.resolver.addresses_within(host, af, AI_IDN, PATIENCE_NS)
    except NameUnknown as unknown:
        return (), unknown.text
    return tuple(dict.fromkeys(each.text for each in found)), None


def ask_servers(world: World, servers: tuple[str, ...], host: str,
                versions: tuple[int, ...]) -> tuple[tuple[ServerAnswer, ...], int]:
    """The answer of each server for each version of IP, all at once, and how many packets it took."""
    asked = []
    for server in servers:
        for version in versions:
            question = NameQuestion(int.from_bytes(world.random_bytes(2), "big"), host, version)
            try:
                asked.append((server, version, question, make_question(question)))
            except ValueError:
                return (), 0
    answers: dict[tuple[str, int], ServerAnswer] = {}
    clock, packets = world.clock, 0
    for patience_ns in (PATIENCE_NS, *AGAIN_NS):
        silent = [each for each in asked if (found := answers.get(each[:2])) is None
                  or found.code is None and found.errno is None]
        if not silent:
            break
        packets += len(silent)
        answered = world.network.exchange(clock, [Letter(server, DOMAIN_PORT, data) for server, _, _, data in silent],
                                          clock.now_ns() + patience_ns)
        for (server, version, question, _), each in zip(silent, answered):
            answers[server, version] = _answer(server, question, each)
    return tuple(answers.values()), packets


def _answer(server: str, question: NameQuestion, each: Answered) -> ServerAnswer:
    version = question.version
    try:
        read = read_answer(each.data) if each.data is not None else None
    except MalformedPacket:
        read = None
    if read is None or not read.is_about(question):
        return ServerAnswer(server, version, None, (), each.took_ns, each.errno)
    addresses = tuple([address for address in read.addresses if (":" in address) == (version == 6)])
    return ServerAnswer(server, version, read.code, addresses, each.took_ns, None, read.is_cut)
