"""The words of ping -N, one an option; several -N add up."""

from __future__ import annotations

from ...errors import NameUnknown, UsageError
from ...packets.node_information import LABEL_BYTES, NAME_BYTES, encode_name
from ...records.family import IPV4, IPV6
from ...records.node_information import NodeQtype, NodeQuery, NodeSubject
from ...sockets.resolver import is_c_locale
from .usage import NODE_INFORMATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment

ALL, COMPATIBLE, LINK_LOCAL, SITE_LOCAL, GLOBAL = 0x02, 0x04, 0x08, 0x10, 0x20  # RFC 4620 section 6.4
QUERIES = {
    "name": (NodeQtype.NAME, 0), "fqdn": (NodeQtype.NAME, 0), "ipv6": (NodeQtype.ADDRESSES6, 0),
    "ipv6-all": (NodeQtype.ADDRESSES6, ALL), "ipv6-compatible": (NodeQtype.ADDRESSES6, COMPATIBLE),
    "ipv6-linklocal": (NodeQtype.ADDRESSES6, LINK_LOCAL), "ipv6-sitelocal": (NodeQtype.ADDRESSES6, SITE_LOCAL),
    "ipv6-global": (NodeQtype.ADDRESSES6, GLOBAL),
    "ipv4": (NodeQtype.ADDRESSES4, 0), "ipv4-all": (NodeQtype.ADDRESSES4, ALL),
}
ADDRESS_SUBJECTS = {"subject-ipv6": (NodeSubject.ADDRESS6, IPV6), "subject-ipv4": (NodeSubject.ADDRESS4, IPV4)}
NAME_SUBJECTS = ("subject-name", "subject-fqdn")
AI_CANONNAME, AI_IDN = 0x02, 0x40
ZONE_BYTES = 15


def add_word(query: NodeQuery, word: str, environment: Environment) -> NodeQuery:
    """The query with one more word.  Raises UsageError: the help text, as for any wrong word."""
    name, equals, value = word.partition("=")
    if word in QUERIES:
        qtype, flags = QUERIES[word]
        if query.qtype not in (None, qtype):
            raise _conflict(environment, "Qtype conflict\n")
        return query.replace(qtype=qtype, flags=query.flags | flags)
    if not equals or (name not in ADDRESS_SUBJECTS and name not in NAME_SUBJECTS):
        raise UsageError(NODE_INFORMATION, 2)
    kind = ADDRESS_SUBJECTS[name][0] if name in ADDRESS_SUBJECTS else NodeSubject.NAME
    if query.subject is not None and query.subject_kind != kind:
        raise _conflict(environment, "Subject type conflict\n")
    find = _address if name in ADDRESS_SUBJECTS else _name
    return query.replace(subject_kind=kind, subject=find(name, value, environment))


def _address(name: str, value: str, environment: Environment) -> bytes:
    from _socket import inet_pton

    family = ADDRESS_SUBJECTS[name][1]
    try:
        found = environment.resolver.addresses(value, family.af, AI_CANONNAME | AI_IDN)[0].text
    except NameUnknown as unknown:
        raise UsageError(f"{environment.program}: {value}: {unknown.text}\n{NODE_INFORMATION}", 2) from None
    return inet_pton(family.af, found.partition("%")[0])


def _name(name: str, value: str, environment: Environment) -> bytes:
    host, _, zone = value.partition("%")
    problem = idn_problem(value, is_c_locale(environment.variables))
    if problem:
        raise UsageError(f"{environment.program}: IDN encoding error: {problem}\n", 2)
    if len(zone) > ZONE_BYTES:
        raise UsageError(f"{environment.program}: too long scope name\n", 1)
    try:
        return encode_name(host, name == "subject-name" and "." in host)
    except (ValueError, UnicodeError):
        raise UsageError(f"{environment.program}: inappropriate subject name: {host}\n", 1) from None


def idn_problem(name: str, c_locale: bool) -> str:
    """What libidn2 says against a name, "" where it has nothing against it (RFC 5891 section 4.2.3)."""
    try:
        name.encode("ascii" if c_locale else "utf-8")
    except UnicodeEncodeError:
        return "could not convert string to UTF-8"
    if len(name) > NAME_BYTES:
        return f"domain name longer than {NAME_BYTES} characters"
    for label in name.split("."):
        if len(label) > LABEL_BYTES:
            return f"domain label longer than {LABEL_BYTES} characters"
        if label[:1] == "-" or label[-1:] == "-":
            return "string start/ends with forbidden hyphen"
        if label[2:4] == "--" and label[:2].lower() != "xn":
            return "string contains forbidden two hyphens pattern"
    return ""


def _conflict(environment: Environment, text: str) -> UsageError:
    environment.out.write(text)
    return UsageError(NODE_INFORMATION, 2)
