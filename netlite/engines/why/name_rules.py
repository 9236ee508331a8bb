"""What can be wrong with a name; each rule gives what it saw, or None."""

from __future__ import annotations

from .facts import Facts, Found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...records.facts import ServerAnswer

RCODES = {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}
NO_ERROR, NO_SUCH_NAME = 0, 3


def told(answer: ServerAnswer) -> str:
    """The shortest quote of an answer."""
    kind = "A" if answer.version == 4 else "AAAA"
    if answer.errno is not None:
        return f"{answer.server} {kind}: port 53 closed"
    if answer.code is None:
        return f"{answer.server} {kind}: no answer"
    some = " ".join(answer.addresses) or ("too much for a datagram" if answer.is_cut else "none")
    said = RCODES.get(answer.code, str(answer.code)) if answer.code else some
    return f"{answer.server} {kind}: {said}"


def answers(facts: Facts) -> tuple[ServerAnswer, ...]:
    """What the name servers said."""
    return facts.names.answers if facts.names else ()


def silent(facts: Facts) -> list[str]:
    """The servers that said nothing at all, in their order."""
    asked = list(dict.fromkeys(each.server for each in answers(facts)))
    return [server for server in asked
            if all(each.code is None for each in answers(facts) if each.server == server)]


def name_no_server(facts: Facts) -> Found | None:
    """Nobody could be asked."""
    names = facts.names
    if names is None or names.addresses or facts.machine.name_servers:
        return None
    return Found(("resolv.conf: no nameserver", f"look-up: {names.error}"))


def name_servers_silent(facts: Facts) -> Found | None:
    """None of them answers."""
    dead = silent(facts)
    if not dead or any(each.code is not None for each in answers(facts)):
        return None
    return Found(tuple(map(told, answers(facts))), detail=dead[0])


def name_server_silent(facts: Facts) -> Found | None:
    """One of them does not answer."""
    dead = silent(facts)
    return Found(tuple(told(each) for each in answers(facts) if each.server in dead), detail=dead[0]) if dead else None


def cut(facts: Facts) -> list[ServerAnswer]:
    """Answers of which the datagram held nothing, where nobody got the rest (by TCP) either."""
    if facts.names is None or facts.names.addresses:
        return []
    return [each for each in answers(facts) if each.is_cut and each.code == NO_ERROR]


def name_server_refuses(facts: Facts) -> Found | None:
    """One of them has an answer that is none."""
    bad = [each for each in answers(facts) if each.code not in (None, NO_ERROR, NO_SUCH_NAME)]
    if not bad and cut(facts):
        words = f"{cut(facts)[0].server} has more to say than fits into a datagram, and does not say it by TCP"
        return Found((*map(told, cut(facts)), f"look-up: {facts.names.error if facts.names else None}"), detail=words)
    if not bad:
        return None
    code = RCODES.get(bad[0].code or 0, bad[0].code)
    return Found(tuple(map(told, bad)), detail=f"{bad[0].server} answers with an error: {code}")


def name_no_address(facts: Facts) -> Found | None:
    """The name is there, without an address of the version of IP that is wanted."""
    names = facts.names
    if names is None or names.addresses or facts.config.host is None or cut(facts):
        return None
    said = [each for each in answers(facts) if each.code == NO_ERROR]
    if names.origin not in ("files", "number") and (not said or any(each.code for each in answers(facts))):
        return None
    ip = f"IPv{facts.config.version}" if facts.config.version else "IP"
    return Found(tuple(map(told, said)) or (f"{names.origin}: none of {ip}",), detail=ip)


def name_unknown(facts: Facts) -> Found | None:
    """They answer, and there is no such name."""
    names = facts.names
    if names is None or names.addresses or facts.config.host is None or cut(facts):
        return None
    said = [each for each in answers(facts) if each.code in (NO_ERROR, NO_SUCH_NAME)]
    evidence = tuple(map(told, said)) or (f"look-up: {names.error}",)
    return Found(evidence, less_sure=0 if said else 30)


def name_family_silent(facts: Facts) -> Found | None:
    """A server answers for one version of IP, and not for the other one."""
    for server in dict.fromkeys(each.server for each in answers(facts)):
        own = [each for each in answers(facts) if each.server == server]
        mute = [each for each in own if each.code is None]
        if mute and len(mute) < len(own):
            kind = "A" if mute[0].version == 4 else "AAAA"
            return Found(tuple(map(told, own)), detail=f"{server} answers nothing when asked for {kind}")
    return None


def name_split(facts: Facts) -> Found | None:
    """Servers name different addresses, and some of these answer, some do not."""
    apart = split_addresses(facts)
    if not apart:
        return None
    works = [address for address in apart if answered(facts, address)]
    if not works or len(works) == len(apart):
        return None
    said = {tuple(each.addresses): each for each in answers(facts) if each.addresses}
    evidence = tuple(map(told, said.values()))
    dead = next(address for address in apart if address not in works)
    return Found((*evidence, f"{works[0]} answers, {dead} does not"), detail=f"{works[0]} or {dead}")


def split_addresses(facts: Facts) -> list[str]:
    """The first address of each server, where no two have any in common; of the first version it is so for."""
    for version in (4, 6):
        sets = [each.addresses for each in answers(facts) if each.version == version and each.addresses]
        different = list(dict.fromkeys(sets))
        if len(different) > 1 and not set(different[0]).intersection(*different[1:]):
            return [addresses[0] for addresses in different]
    return []


def answered(facts: Facts, address: str) -> bool:
    """Whether echo requests to it were answered."""
    from ...records.facts import EchoFact

    return any(each.received for fact in facts.known.values() if isinstance(fact, EchoFact)
               for each in fact.each if each.address == address)
