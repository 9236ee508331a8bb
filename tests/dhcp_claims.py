"""What `netlite dhcp --explain` claims, line by line, and whether it is so in a situation that is known.

`problems` walks through the lines with what is true at each: the address that the host has, its lease, what servers
said.  A line or sentence that is not known here is a problem, too.
"""

from __future__ import annotations

import re

from dhcp_situations import Truth

from netlite.records.dhcp import FOREVER_S, KIND_NAMES, DhcpKind, HostSettings
from netlite.render.dhcp import render_settings

KINDS = {name: kind for kind, name in KIND_NAMES.items()}
MESSAGE = re.compile(r" *(\d+\.\d{3})  (\w+) +(==>|<==) (\w+) +(\S+) > (\S+)(?:  (.*?))?(?:   \((.*)\))?")
BOUND = re.compile(r" *(\d+\.\d{3})  BOUND       eth0 (gets|keeps) (\S+) for (?:(\d+) s|ever)"
                   r"(?:; T1 after (\d+) s, T2 after (\d+) s)?")
LOST = re.compile(r" *(\d+\.\d{3})  eth0: (\S+) (may not be used here|is over: nobody renewed it|is given back)")
SILENCE = re.compile(r" *(\d+\.\d{3})  (\w+) +no answer( of use)? in (\d+) s(?:; eth0 (.*))?")
ASKS = {"SELECTING": "DISCOVER", "REQUESTING": "REQUEST", "REBOOTING": "REQUEST", "RENEWING": "REQUEST", "REBINDING": "REQUEST"}


def problems(truth: Truth) -> tuple[int, list[str]]:
    """How many claims there are, and those that are not so."""
    walk = Walk(truth)
    walk.through()
    return walk.claims, walk.wrong


class Walk:
    """The lines of one command, from top to bottom."""

    def __init__(self, truth: Truth):
        self.truth, self.claims, self.wrong = truth, 0, []
        self.has = truth.before[0]          # the address of the host
        self.lease = None                   # what BOUND said, and when it was asked for
        self.asked_s, self.heard_s = 0.0, None  # when it asked last, and what came since then
        self.left, self.is_bound = 0, False
        self.denied = self.acknowledged = False
        self.rows: list[tuple[str, str, str]] = []
        self.leases: list[str] = []

    def claim(self, holds: object, what: str) -> None:
        self.claims += 1
        if not holds:
            self.wrong.append(what)

    def through(self) -> None:
        lines = self.truth.text.splitlines() + [""]
        for place, line in enumerate(lines):
            if line.startswith(" " * 12) or not line:
                continue
            end = next(end for end in range(place + 1, len(lines) + 1) if end == len(lines) or not lines[end].startswith(" " * 12))
            told = " ".join(" ".join(lines[place + 1:end]).split())
            after = next((each for each in lines[end:] if "BOUND       eth0" in each or MESSAGE.fullmatch(each)), "")
            for pattern, check in ((MESSAGE, self.message), (BOUND, self.bound), (LOST, self.lost), (SILENCE, self.silence)):
                found = pattern.fullmatch(line)
                if found:
                    check(found, told, after)
                    break
            else:
                if line.startswith("eth0: "):  # what it has now
                    self.settings(line, place == 0)
                else:
                    self.wrong.append(f"a line without a check: {line}")
        self.claim(self.has == self.truth.after[0], f"at the end the host has {self.truth.after[0]}, not {self.has}")
        self.claim((self.truth.status == 0) == self.is_bound, f"status {self.truth.status}, leases {self.leases}, has {self.has}")
        self.document()

    def settings(self, line: str, first: bool) -> None:
        address, netmask, router, names = self.truth.before if first else self.truth.after
        if first or "no IPv4 address" in line:
            said = HostSettings(address, netmask, (router,) if router else (), names)
            self.claim(line + "\n" == render_settings("eth0", said), f"settings: {line}; they are {said}")
        else:
            self.claim(f"inet {self.has} " in line, f"the host has {self.has}: {line}")

    def message(self, found, told: str, after: str) -> None:
        seconds, state, arrow, name, source, destination, carried, use = found.groups()
        sent = arrow == "==>"
        self.rows.append((state, name, arrow))
        if sent:
            self.sent(float(seconds), state, name, source, destination, told)
        else:
            self.came(float(seconds), state, name, use or "", told, after)

    def sent(self, at_s: float, state: str, name: str, source: str, destination: str, told: str) -> None:
        truth, lease = self.truth, self.lease
        self.claim(source in ("0.0.0.0", self.has), f"from {source}")
        self.claim(name == "RELEASE" or ASKS[state] == name, f"{name} in {state}")
        if name != "RELEASE":
            self.asked_s, self.heard_s, self.left = at_s, None, 0
        if "The client has none" in told:
            self.claim(self.has is None, f"the client has {self.has}: {told}")
        elif name == "DISCOVER":
            holds = "comes without an address (0.0.0.0)" in told and (source, destination) == ("0.0.0.0", "255.255.255.255")
            self.claim(holds, f"from {source} to {destination}: {told}")
        elif state == "REQUESTING":
            address, server = re.match(r"I take (\S+), from the server (\S+)\. It goes to all", told).groups()
            self.claim(truth.said(DhcpKind.OFFER, yours=address, server=server), f"nobody offered that: {told}")
        elif state == "REBOOTING":
            self.claim(re.match(r"I had (\S+) before", told)[1] == truth.before[0], f"it had {truth.before[0]}: {told}")
        elif state == "RENEWING" and name == "REQUEST":
            self.claim(at_s + 0.001 >= lease["at_s"] + lease["renew_s"], f"T1 is not over: {told}")
            self.claim("half of the lease, is" not in told or lease["renew_s"] * 2 == lease["lease_s"], f"T1 is not half: {lease} {told}")
            self.claim(destination == lease["server"] and "from its own address" in told, f"not to its server: {told}")
        elif state == "REBINDING" and name == "REQUEST":
            self.claim(at_s + 0.001 >= lease["at_s"] + lease["rebind_s"], f"T2 is not over: {lease} {at_s} {told}")
            self.claim("gave no more time" in told and self.rows[-2][2] == "==>" or self.left, f"it gave some: {told}")
        elif name == "RELEASE":
            self.claim(self.has and f"I need {self.has} no longer" in told, f"it has {self.has}: {told}")
        else:
            self.wrong.append(f"a sentence without a check: {told}")

    def came(self, at_s: float, state: str, name: str, use: str, told: str, after: str) -> None:
        said = self.truth.said(KINDS[name])
        if use.startswith("no "):
            self.left += 1
        else:
            self.heard_s = at_s
        relays = re.findall(r"The relay (\S+) carried it", told) or ["0.0.0.0"]
        self.claim(relays[0] in [each.relay for each in said], f"no such relay: {told}")
        if name == "OFFER":
            server, address = re.match(r"The server (\S+|that is asked) (?:has|offers) ([0-9.]+\d)", told).groups()
            self.claim(any(each.yours == address and (each.server or "that is asked") == server for each in said), f"nobody said so: {told}")
            if f"{address} free" in told:
                held = [each.bindings[address] for each in self.truth.heard if each.said in said and address in each.bindings]
                self.claim(not any(each.held for each in held), f"it is not free: {told}")
            self.claim("and keeps it" not in told, f"who knows: {told}")
            if use.startswith("no answer"):
                self.claim(state != "SELECTING", f"it is what it asks for: {use}")
            if use == "left: the first offer is taken":
                self.claim(sum(row == ("SELECTING", "OFFER", "<==") for row in self.rows) > 1, "it is the first")
        elif name == "ACK":
            if use.startswith("no answer"):
                self.claim(state in ("SELECTING", "BOUND") or self.of_others(said), f"it is what it asks for: {state} {use}")
            self.claim(("BOUND       eth0" in after) == told.startswith("It is yours"), f"{after}: {told}")
            if told.startswith("It is yours"):
                self.claim(not use, f"it is not taken: {use}: {told}")
                address, mask = re.search(r": (\S+), netmask (of its class|\S+?)[,.] ", told + " ").groups()
                self.claim(any((each.yours, each.netmask or "of its class") == (address, mask) for each in said), f"nobody said so: {told}")
        elif name == "NAK":
            reason = re.match(r"No \((.*?)\)", told)[1]
            self.claim(any((each.said or "it does not say why") == reason for each in said), f"nobody said so: {told}")
            if "makes nothing of it" not in told:
                anew = "begun anew often enough" not in told
                self.claim(("==> DISCOVER" in after) == anew and bool(use) != anew, f"{after}: {told}")
                self.denied = True

    def of_others(self, said) -> bool:
        return len({each.server for each in said}) > 1

    def bound(self, found, told: str, after: str) -> None:
        seconds, verb, address, *times = found.groups()
        acks = [each for each in self.truth.said(DhcpKind.ACK, yours=address)
                if each.lease_s == (FOREVER_S if times[0] is None else int(times[0]))]
        self.claim(acks, f"nobody gave that: {found[0]}")
        self.claim(verb == "gets" or self.has == address, f"it had {self.has}: {found[0]}")
        self.has = address
        self.is_bound = True
        self.leases.append(address)
        endless = times[0] is None
        self.lease = {"at_s": self.asked_s, "lease_s": FOREVER_S if endless else int(times[0]), "server": acks[-1].server,
                      "renew_s": int(times[1] or FOREVER_S), "rebind_s": int(times[2] or FOREVER_S)}

    def lost(self, found, told: str, after: str) -> None:
        seconds, address, why = found.groups()
        self.claim(self.has == address, f"it had {self.has}: {found[0]}")
        if why.startswith("is over"):
            self.claim(float(seconds) + 0.001 >= self.lease["at_s"] + self.lease["lease_s"], f"not yet: {found[0]}")
        elif why.startswith("may not"):
            self.claim(self.denied, f"nobody said so: {found[0]}")
        self.has, self.is_bound = None, why == "is given back"

    def silence(self, found, told: str, after: str) -> None:
        seconds, state, of_use, waited, rest = found.groups()
        self.claim(abs(float(seconds) - self.asked_s - int(waited)) <= 0.501, f"it waited since {self.asked_s}: {found[0]}")
        self.claim(self.heard_s is None, f"an answer came at {self.heard_s}: {found[0]}")
        self.claim(bool(self.left) == bool(of_use), f"{self.left} answers were left: {found[0]}")
        if rest is not None:
            self.claim(rest == "gets no address" and not after, f"{after}: {found[0]}")

    def document(self) -> None:
        """The JSON of the same run."""
        told = self.truth.document
        rows = [(each["state"], each["message"], "==>" if each["sent"] else "<==") for each in told["datagrams"]]
        self.claim(rows == self.rows, "the document has other messages")
        self.claim([each["address"] for each in told["leases"]] == self.leases, "the document has other leases")
        self.claim(told["status"] == self.truth.status, "the document has another status")
        for each in told["silences"]:
            came = [other for other in told["datagrams"] if not other["sent"] and
                    each["time"] - each["waited_s"] + 1e-6 < other["time"] < each["time"] - 1e-6]
            self.claim(len([other for other in came if other["use"] in ("late", "odd")]) <= each["left"], f"{came}: {each}")
            self.claim(not each["waited_s"] or not [other for other in came if other["use"] == "taken"], f"{came}: {each}")
