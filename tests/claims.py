"""What a sentence of --explain claims, and whether it is so in a situation whose cause is known.

A claim is a pattern and a check: None, or what contradicts it.  `problems` finds all that is claimed in a story, and
complains of a sentence that is neither a claim nor one of `NEUTRAL`: a new sentence needs its check here.
"""

from __future__ import annotations

import re

from claims_more import MORE_CLAIMS, MORE_NEUTRAL, manners
from situations import USUAL_TTLS
from truth import Truth, Walk

ADDRESS = r"([0-9a-f:][0-9a-f.:]+)"
TIME = r"(\d+(?:\.\d+)?) ms"
WORD = r"(?:TTL|hop limit)"
COUNT = r"(no|\d+) routers?"
NOISE_MS = 1.0


def number(text: str) -> int:
    return 0 if text == "no" else int(text)


def problems(truth: Truth) -> tuple[int, list[str]]:
    """How many claims there are, and those that are not so."""
    found, wrong = 0, []
    for item in truth.items:
        for sentence in re.split(r"(?<=[.!?])(?: |$)(?=[A-Z0-9]|$|your|probes?)", item):
            if not (NEUTRAL.fullmatch(sentence) or MORE_NEUTRAL.fullmatch(sentence) or any(re.search(pattern, sentence) for pattern, _ in CLAIMS)):
                wrong.append(f"a sentence without a check: {sentence}")
        for pattern, check in CLAIMS:
            for match in re.finditer(pattern, item):
                found += 1
                problem = check(truth, match, item)
                if problem:
                    wrong.append(f"{problem}: {match[0]} | {item}")
    drawn = drawing(truth)
    return found + 1, wrong + ([drawn] if drawn else [])


def drawing(truth: Truth) -> str | None:
    """The end, what left, and who answered at which TTL."""
    for label, address, rest in re.findall(rf"(?m)^    \[(\d+|…|X)\] {ADDRESS}  (.*)", truth.drawing):
        at_end = any(map(truth_end(truth), truth.probes()))
        if "the end of the path" in rest and "in its place" not in rest and not at_end:
            return f"drawn as the end of the path, which no probe reached: {address}"
        if label.isdigit() and "the end" not in rest and \
                truth.owner(address) not in [walk.nodes[-1] for walk in truth.probes(int(label))]:
            return f"drawn at the wrong hop: [{label}] {address}"
    for ttl in re.findall(rf"you --{WORD} (\d+)-->", truth.drawing):
        if int(ttl) not in [header.ttl for header in truth.sent]:
            return f"nothing left with {ttl}: {truth.drawing}"
    if "you --TTL" in truth.drawing + truth.story and truth.situation.kind == "own":
        return "an own address drawn as a far one"
    return None


def truth_end(truth: Truth):
    owner = truth.owner(truth.destination)
    return lambda walk: walk.nodes[-1] in (owner, "client" if truth.situation.kind == "own" else owner)


def printed(truth: Truth) -> list[float]:
    return [float(each) for each in re.findall(r"(\d+(?:\.\d+)?) ?ms", truth.text)]


def is_printed(truth: Truth, match, item) -> str | None:
    """A time that the program printed, as far as it is told; where it prints none of single probes, a true one."""
    silent = truth.situation.command.startswith(("mtu", "watch"))
    for text in match.groups():
        unit = 10 ** -len(text.partition(".")[2])
        near = unit if silent else 0.5001 * unit + 0.0005  # ping's digits are cut off
        if not any(abs(float(text) - each) <= near for each in (measured(truth) if silent else printed(truth))):
            return f"a time that was not printed, {text}"
    return None


def too_late(truth: Truth, match, item) -> str | None:
    """It came, and the program printed a star."""
    came = any(abs(float(match[1]) - each) <= 10 for each in measured(truth))
    came = came or "your own host" in item
    return None if came and "*" in truth.text and is_printed(truth, match, item) else "it was printed, or never came"


def measured(truth: Truth) -> list[float]:
    """The round trips that there were."""
    return [(walk.ended_ns - ways[0].first.at_ns) / 1e6 for ways in truth.walks.values() for walk in ways[1:]
            if walk.nodes[-1] == "client"]


def died_there(truth: Truth, match, item) -> str | None:
    hop, address = int(match[1]), match[2]
    walks = [walk for walk in truth.probes(hop) if walk.nodes[-1] == truth.owner(address)]
    if not any(walk.why.startswith("the last 1") for walk in walks):
        return "it did not die there"
    return None if any(walk.routers == hop - 1 for walk in walks) else "another number of routers"


def crossed(truth: Truth, match, item) -> str | None:
    """"Probes with TTL n got to the end: m routers passed them on."""
    walks = [walk for walk in truth.probes(int(match[1])) if truth_end(truth)(walk)]
    if not walks:
        return "no probe got there"
    if "at most" in match[0]:
        return None if all(walk.routers <= number(match[2]) for walk in walks) else "more routers"
    return None if {walk.routers for walk in walks} == {number(match[2])} else "another number of routers"


def got_there(truth: Truth, match, item) -> str | None:
    return None if any(map(truth_end(truth), truth.probes(int(match[1])))) else "no probe got there"


def sender(item: str, truth: Truth) -> str:
    """Whose packet a paragraph is about."""
    found = re.search(rf"(?:Hop \d+: (?:\d+ routers? passed the probe on; then )?(?:router \d+, )?|The end: )\(?{ADDRESS}", item)
    if found:
        return found[1]
    index = truth.items.index(item)
    for before in reversed(truth.items[:index]):
        found = re.match(rf"{ADDRESS} (?:answered|reported)", before)
        if found:
            return found[1]
    return ""


def way_back(truth: Truth, match, item) -> str | None:
    """Guesses from usual first TTLs hold for who has one, and all that follows."""
    address = sender(item, truth)
    walks = truth.answers(address) or [walk for ways in truth.walks.values() for walk in ways[1:]]
    arrived = [walk for walk in walks if walk.nodes[-1] == "client"]
    if not arrived:
        return None if truth.twists.members else "no such answer"
    first = truth.twists.first_ttls.get(truth.owner(address) or "", 64)
    if first not in USUAL_TTLS:
        return None  # who begins with another value is misread, and "probably" says so
    back = number(match[1])
    return None if any(walk.routers == back for walk in arrived) else f"{[walk.routers for walk in arrived]} it is"


def as_many(truth: Truth, match, item) -> str | None:
    hop = re.search(rf"Hop (\d+):|Probes with {WORD} (\d+)", item)
    there = {walk.routers for walk in truth.probes(int(hop[1] or hop[2]))}
    return None if number(re.search(rf"crossed {COUNT} on its way back", item)[1]) in there else "not as many"


def another_way(truth: Truth, match, item) -> str | None:
    """Two causes are named, one of them has to be so."""
    odd = truth.twists.first_ttls or truth.twists.resets
    odd = odd or truth.situation.kind == "loop" and "in a circle" in item
    return None if truth.situation.kind in ("asymmetric", "equal ways") or odd else "neither an asymmetric way nor an odd TTL"


def ended(truth: Truth, *whys: str):
    return [walk for walk in truth.probes() if walk.why.startswith(whys)]


def is_rule(truth: Truth, match, item) -> str | None:
    return None if ended(truth, "rejected by a rule", "a route that refuses", "no route", "nobody has") else "nobody refused"


def echo_refused(truth: Truth, match, item) -> str | None:
    return None if ended(truth, "rejected by a rule") else "no rule refused it"


def closed_port(truth: Truth, match, item) -> str | None:
    known = ended(truth, "arrived", "rejected by a rule", "reset in the place")
    return None if known else "it neither arrived nor was refused"


def no_neighbour(truth: Truth, match, item) -> str | None:
    return None if ended(truth, "nobody has the address") else "it was no neighbour that was missing"


def at_once(truth: Truth, match, item) -> str | None:
    return "a neighbour was waited for" if ended(truth, "nobody has the address") else None


def refused_at(truth: Truth, match, item) -> str | None:
    node = truth.owner(sender(item, truth))
    if not any(walk.nodes[-1] == node for walk in ended(truth, "rejected", "a route", "no route", "nobody")):
        return "it was not refused there"
    return None if any(walk.nodes[-1] == node for walk in truth.probes(int(match[1]))) else "not the router of that hop"


def refused_before(truth: Truth, match, item) -> str | None:
    node = truth.owner(sender(item, truth))
    return None if any(walk.nodes[-1] == node and walk.why != "arrived" for walk in truth.probes()) else "not refused there"


def is_large(truth: Truth, match, item) -> str | None:
    """A difference that is explained is one that matters, and not one of waiting for a neighbour."""
    if float(match[1]) < NOISE_MS:
        return "a difference below the noise"
    hops = [walk for hop in (match[2], match[3]) if hop for walk in truth.probes(int(hop))]
    return "a neighbour was waited for" if any(walk.why.startswith("nobody has") for walk in hops) else None


def quicker(truth: Truth, match, item) -> str | None:
    if truth.situation.command.startswith("watch"):  # of many rounds the best is meant
        least = [min((walk.ended_ns - ways[0].first.at_ns) / 1e6 for ways in truth.walks.values() for walk in ways[1:]
                     if ways[0].header.ttl == int(hop) and walk.nodes[-1] == "client") for hop in match.groups()]
        return None if least[1] - least[0] >= NOISE_MS else "a difference below the noise"
    rows = {int(row[0]): row[1] for row in re.findall(r"(?m)^ *(\d+):? (.*\d ?ms.*)", truth.text)}
    times = [min(map(float, re.findall(r"(\d+\.\d+) ?ms", rows[int(hop)]))) for hop in match.groups()]
    return None if times[1] - times[0] >= NOISE_MS else "a difference below the noise"


def spread(truth: Truth, match, item) -> str | None:
    if float(match[3]) - float(match[2]) < NOISE_MS:
        return "a difference below the noise"
    shaky = any(wire.jitter_ns or wire.reordering for wire in truth.topology.wires)
    return is_printed(truth, re.match(r"(.*) (.*)", f"{match[2]} {match[3]}"), item) if shaky else "nothing varied"


def about_as_long(truth: Truth, match, item) -> str | None:
    return "a large difference" if float(match[3]) - float(match[2]) > max(NOISE_MS, 0.101 * float(match[2])) else None


def stayed(truth: Truth, match, item) -> str | None:
    return "it crossed a wire" if any(len(walk.nodes) > 1 for walk in truth.probes()) else None


def is_group(truth: Truth, match, item) -> str | None:
    if truth.situation.kind != "group":
        return "one host alone"
    named = set(match[2].rstrip(".").split(" (")[0].split(", "))
    members = {source for source, _, _ in truth.twists.members[match[1]]}
    return None if named == members else f"{members} answered"


def first_printed(truth: Truth, match, item) -> str | None:
    """The program and the story name the same one."""
    shown = re.search(r"bytes from ([^ ]+):" if truth.situation.command.startswith("ping") else r" 1  (\S+)()", truth.text)
    return None if shown and shown[1].rstrip(":") == match[1] else "the program named another one"


def was_doubled(truth: Truth, match, item) -> str | None:
    return None if any(wire.duplicates for wire in truth.topology.wires) else "nothing was doubled"


def narrow(truth: Truth, match, item) -> str | None:
    node, size, mtu = truth.owner(match[1]), int(match[2]), int(match[3])
    wires = [wire.mtu_bytes for wire in truth.topology.wires if node in wire.ends]
    if mtu not in wires or size <= mtu:
        return "no such wire"
    return None if min(wire.mtu_bytes for wire in truth.topology.wires) <= mtu else "the path is wider"


def large(truth: Truth, match, item) -> str | None:
    sizes = {len(packet) for packet in truth.packets}
    return None if {int(each) for each in match.groups() if each} <= sizes else f"packets of {sizes}"


def is_translated(truth: Truth, match, item) -> str | None:
    if any(node.masquerades for node in truth.topology.nodes.values()):
        return None
    if "or the probes went different ways" in item and len({walk.nodes[1:3][-1] for walk in truth.probes() if len(walk.nodes) > 2}) > 1:
        return None
    return None if "or a filter on the way" in item or "or an address translator" in item else "nobody translates"


def circle(truth: Truth, match, item) -> str | None:
    return None if any(len(set(walk.nodes)) < len(walk.nodes) for walk in truth.probes()) else "no probe met a router twice"


def passes_on(truth: Truth, match, item) -> str | None:
    hop = int(re.match(r"Hop (\d+)", item)[1])
    return None if any(len(walk.nodes) > hop + 1 for walk in truth.probes()) else "no probe got farther"


def unanswered(truth: Truth, match, item) -> str | None:
    """ICMP sequence numbers are those of the probes."""
    numbers = map(int, re.findall(r"\d+", match[1]))
    echoed = set(map(int, re.findall(r"icmp_seq=(\d+)", truth.text)))
    return None if not echoed & set(numbers) else "one of them was answered"


def all_silent(truth: Truth, match, item) -> str | None:
    return "some were answered" if "bytes from" in truth.text else None


def some_answered(truth: Truth, match, item) -> str | None:
    return None if measured(truth) else "none was"


def silent_hop(truth: Truth, match, item) -> str | None:
    row = re.search(rf"(?m)^ *{match[1]}:? (.*)", truth.text)
    return "it answered" if row and "ms" in row[1] and "pmtu" not in row[1] else None


def redirect(truth: Truth, match, item) -> str | None:
    if truth.twists.redirects is None or match[2] != truth.twists.redirects[1]:
        return "no such redirect"
    return None if match[1] == truth.destination else "about another destination"


def sent(truth: Truth, match, item) -> str | None:
    first = truth.sent[0]
    cut = {4: 1500, 6: 1496}[first.version] if first.size_bytes > 1500 else first.size_bytes
    return None if (int(match[2]), int(match[3])) == (cut, first.ttl) and \
        int(match[1]) == len(truth.sent) else "something else was sent"


def not_far(truth: Truth, match, item) -> str | None:
    return f"{truth.situation.kind}: no router" if truth.situation.kind in ("own", "link-local", "group") else None


def some_lost(truth: Truth, match, item) -> str | None:
    """Those that nothing came back of; traceroute shows a star for each, and for what came too late."""
    if truth.situation.command.startswith("traceroute"):
        row = re.search(rf"(?m)^ *{match[3]} (.*)", truth.text)
        return None if row and row[1].count("*") == int(match[1]) else "not so many"
    missing = [ways for ways in truth.walks.values() if ways[0].header.ttl == int(match[3]) and came_back(ways) is None]
    late = ended(truth, "nobody has")  # of which a router tells after three seconds
    return None if len(missing) == int(match[1]) or late else f"{len(missing)} are missing"


def came_back(ways: list[Walk]) -> Walk | None:
    return next((walk for walk in ways[1:] if walk.nodes[-1] == "client"), None)


def swallowed(truth: Truth, match, item) -> str | None:
    """All larger ones, and no smaller one, are missing, and some wire is as narrow."""
    size, ttl = int(match[1]), int(re.search(rf"{WORD} (\d+) got no answer", item)[1])
    ways = [ways for ways in truth.walks.values() if ways[0].header.ttl == ttl]
    if any(came_back(each) is None and each[0].header.size_bytes <= size for each in ways):
        return "a smaller one is missing too"
    return None if ended(truth, "too big", "lost") else "nobody swallowed it"


def on_own_wire(truth: Truth, match, item) -> str | None:
    if match[1] != truth.destination:
        return "another destination"
    return None if all(walk.routers == 0 for walk in truth.probes()) else "it crossed a router"


def several(truth: Truth, match, item) -> str | None:
    ways = [ways for ways in truth.walks.values() if ways[0].header.ttl == int(match[2])]
    there, back = {tuple(each[0].nodes) for each in ways}, {tuple(walk.nodes) for each in ways for walk in each[1:]}
    return None if len(there) > 1 or len(back) > 1 else "one way alone"


def never(truth: Truth, match, item) -> str | None:
    return "nothing of the kind was played"


def is_cut(truth: Truth, match, item) -> str | None:
    room, size = (1500 - 20) // 8 * 8, len(truth.packets[0]) - 20
    if truth.sent[0].version == 6:
        room, size = (1500 - 48) // 8 * 8, len(truth.packets[0]) - 40
    return None if int(match[1]) == -(-size // room) else "another number of fragments"


def named(truth: Truth, match, item) -> str | None:
    addresses = set(truth.topology.addresses(match[1].removesuffix(".lab")))
    told = set(re.split(r", ", match[2]))
    probed = not truth.sent or truth.destination in told | {"127.0.0.1", "::1"}
    return None if probed and told <= addresses or "elsewhere" in manners(truth).values() else "not its addresses"


def way_unknown(truth: Truth, match, item) -> str | None:
    odd = [ttl for ttl in truth.twists.first_ttls.values() if ttl not in USUAL_TTLS]
    return None if odd or truth.situation.kind == "loop" else "a usual first TTL"


CLAIMS = [
    (rf"You sent (\d+) probes? to .*?: (\d+) bytes with {WORD} (\d+)\.", sent),
    (r"Every router takes 1 off", not_far),
    (rf"Hop (\d+): (?:\d+ routers? passed the probe on; then )?router \d+, {ADDRESS}, took", died_there),
    (rf"Probes with {WORD} (\d+) got to the end of the path: (?:at most )?{COUNT} passed them on", crossed),
    (rf"Probes with {WORD} (\d+) got to the end of the path;", got_there),
    (rf"It came after {TIME}, when the program did not wait any more", too_late), (rf"You knew after {TIME}", is_printed), (rf"answered probe \d+ after {TIME}", is_printed),
    (rf"it probably started with \d+ and crossed {COUNT} on its way back", way_back),
    (r"as many as the probe on its way there", as_many), (r"either the way back is another one", another_way),
    (r"what it started with cannot be told", way_unknown),
    (r"A rule refuses|A rule forbids|A router knows no way|Nobody has the address there", is_rule),
    (r"An echo request has no port", echo_refused),
    (r"No program listens on that port|nobody listens on port", closed_port),
    (r"It came late", no_neighbour), (r"It came at once", at_once),
    (r"It is the router of hop (\d+)", refused_at), (r"That ends the path before the target", refused_before),
    (rf"The largest step, {TIME}, is between hop (\d+) and (?:hop (\d+)|the end)", is_large),
    (r"all those of more than (\d+) bytes, which may not be cut", swallowed),
    (rf"{ADDRESS} is in a network of this host", on_own_wire),
    (r"Hop (\d+) answered more quickly than hop (\d+)", quicker),
    (rf"(\d+) probes were answered, the quickest after {TIME}, the slowest after {TIME}", spread),
    (rf"All (\d+) answers took about as long, {TIME} to {TIME}", about_as_long),
    (rf"All \d+ answers took {TIME}", is_printed),
    (r"never left (?:it|this host)", stayed), (rf"{ADDRESS} stands for several.*answered: (.*)", is_group),
    (rf"{ADDRESS} answered probe 1 ", first_printed), (r"a packet was doubled", was_doubled),
    (rf"{ADDRESS} could not pass on (\d+) bytes uncut: its next wire takes (\d+)", narrow),
    (r"All these probes were (\d+)(?: to (\d+))? bytes large", large), (r"\(?a NAT\b|an address translator", is_translated),
    (r"round in a circle", circle), (r"Later hops did", passes_on),
    (r"got no answer while the program waited: probes? ([\d, ]+)\.", unanswered),
    (r"Hop (\d+): nobody answered", silent_hop), (r"or nobody is there;|Nobody in the group answers", all_silent),
    (r"Others did: these or their answers", some_answered),
    (rf"the next ones to {ADDRESS} had better go to {ADDRESS} ", redirect),
    (rf"(\d+) of (\d+) probes with {WORD} (\d+) got no answer", some_lost),
    (r"(\d+) addresses answered at hop (\d+)", several),
    (r"your kernel cut it into (\d+) fragments", is_cut),
    (r"(\S+) is a name, and packets carry addresses: .*It stands for ([0-9a-f.:, ]+?)[.:](?: |$)", named),
    *MORE_CLAIMS,
    (r"contradicts itself|several hosts answered|The answer came from|The quote shows TTL", never),
]

NEUTRAL = re.compile("|".join((  # what every run says, or says with all causes that there can be
    "", r"You sent (?:probes to \S+ with .*|\d+ probes? to \S+\.)", r".* stands for several hosts: .*", r"\(?RFC .*", r"Next: .*",
    r"That round trip is the way there, the way back, and the time the other host took; how much each took cannot be told\.",
    r"That is the time your own kernel and program took\.", r"A traceroute from there to you would tell\.",
    r"(?:The report|It) quotes the start of your packet: .* is how netlite knows which probe .*\.",
    r"One probe a hop tells little: -q 3 tells more\.", r"The packet was passed on .*",
    r"Its router takes its time to make reports, its reports come back by another way, or one of these probes had to wait\.",
    r"Either the probe or its answer was lost, .*", r"Others did: .*", r"From here that cannot be told\.", r"Probably a wire takes less, and the report about that .*", r"Nobody in the group answers, or .*",
    r"A packet filter drops the probes or the answers, they are lost, or the way ends there; from here .*",
    r"Nor did anybody answer from there to (?:TTL|hop limit) \d+\.",
    r"The quickest is nearest to what the way itself needs; .* Which, cannot be told from here\.",
    r"The quickest is nearest to what the way itself needs; .*", r"Which, cannot be told from here\.",
    r"Your own kernel did not send some packets, .*", r"That is the MTU of your device, or a size that was reported before\.",
    r"Your own host reported ICMP type .*", r"It went out by the loopback interface .*",
    rf"{ADDRESS} is link-local: .*", r"Who answers is a neighbour\.", r"Each answers with an address of its own; .*",
    rf"{ADDRESS} reported ICMP type \d+ code \d+, .*, about probes? .*", r"It was .*: \d+ bytes with .*",
    r"(?:Hop \d+|The end): (?:your own host|\S+) (?:reports|sends|says) .*", rf"{ADDRESS} reports .*",
    r"A router took the (?:TTL|hop limit) from 1 to 0 and dropped the packet\.",
    r"The packet is larger than the next wire takes.*", r"The only code: IPv6 routers never cut packets\.",
    r"So the path MTU to \S+ is \d+ bytes or less\.", r"Where a wire takes less and the report about that gets lost .*",
    r"With (?:TTL|hop limit) \d+ probes got to the target, or to somebody before it who answers in its place; .*",
    r"The host does not speak the protocol of the packet, or a rule says so\.", r"A filter may say the same by a rule\.",
    r"Answers arrived with different values .*", rf"Hop \d+: {ADDRESS} again, as at hop \d+\.",
    r"Probes with more (?:TTL|hop limit) were answered by the target: .*", r"\d+ of them answered: .*",
    r"The probe never left this host\.", r"The first was .*: \d+ bytes with .*", r"The probe crossed .*",
    r"\S+ is a name, and packets carry addresses: .*", r"It stands for .*", r"If one is lost, all are\.", r"An option demands .*", r"The (?:host|destination) .* header .*",
    r"It is another address than the one you sent to: .*")))
