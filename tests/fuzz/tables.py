"""netstat, ifconfig, route, arp and hostname beside the originals: random nodes, random displays and changes.

``displays``: one random node, both programs in it.  ``changes``: two equal nodes, one program in each, then the
kernel's state.  A difference is shrunk and told as a case of tests/conformance.
"""

from __future__ import annotations

import difflib
import json
import os
import shlex
from collections import Counter
from random import Random

from known_differences import is_mended, why_known
from players import Stage
from random_commands import CommandMaker
from random_nodes import random_node
from shrinking import shrink

DISPLAYS_A_NODE, CHANGES_A_NODE, LOOKS = 40, 12, 3
UNSETTLED = {"cacheinfo", "state", "used", "expires", "confirmed", "updated", "linkdown", "operstate", "valid_life_time", "probes",
             "preferred_life_time", "tentative", "dadfailed", "dad_failed", "inet6_addr_gen_mode", "stats", "stats64"}
"""What the kernel gets round to later, or what tells of times."""
UNDER_WAY = {"PROBE", "DELAY", "INCOMPLETE", "FAILED"}  # neighbours that the kernel may give up, and their addresses with them
UNSETTLED_FLAGS = {"linkdown", "LOWER_UP", "NO-CARRIER", "M-DOWN", "dead"}


class Tally:
    """What was run, and the differences found: texts to be read."""

    def __init__(self):
        self.nodes = self.commands = self.unsteady = self.unplayed = self.since_last = 0
        self.known: Counter[str] = Counter()
        self.findings: list[str] = []

    def figures(self) -> str:
        """A line of figures."""
        return (f"{self.commands} command lines on {self.nodes} nodes: {len(self.findings)} unexplained differences, {self.known.total()} explained, "
                f"{self.unsteady} at first alone, {self.unplayed} not compared; {self.since_last} since the last unexplained one")

    def told(self) -> str:
        """The figures, and a line for each reason of a difference."""
        return "\n".join([self.figures(), *(f"    {count} {why}" for why, count in self.known.most_common())])


class Tables:
    """Fuzzes one kind (``displays`` or ``changes``), an example a seed."""

    def __init__(self, kind: str, stage: Stage):
        self.kind, self.stage, self.tally = kind, stage, Tally()

    def example(self, seed: int) -> tuple[list[str], list[list[bytes]]]:
        """The lines and commands of a seed."""
        random = Random(f"{self.kind} {seed}")
        node = random_node(random, sockets=self.kind == "displays")
        maker = CommandMaker(random, node)
        if self.kind == "displays":
            return node.lines, [maker.display() for _ in range(DISPLAYS_A_NODE)]
        return node.lines, [maker.change() for _ in range(random.randrange(2, CHANGES_A_NODE + 1))]

    def run(self, seed: int) -> list[str]:
        """Play the example of a seed; its differences, each as a text."""
        lines, commands = self.example(seed)
        tally = self.tally
        tally.nodes += 1
        tally.commands += len(commands)
        tally.since_last += len(commands)
        texts = self._changed(seed, lines, commands) if self.kind == "changes" else self._displayed(seed, lines, commands)
        tally.since_last = 0 if texts else tally.since_last
        tally.findings += texts
        return texts

    def _displayed(self, seed: int, lines, commands) -> list[str]:
        answer = self.stage.play("displays", lines, commands)
        if answer is None:
            self.tally.unplayed += len(commands)
            return []
        self.tally.unsteady += answer[1] - len(answer[0])
        return [self._told(seed, *self._shrunk_display(lines, commands[number]), []) for number in self._unexplained(commands, answer)]

    def _changed(self, seed: int, lines, commands) -> list[str]:
        for _ in range(LOOKS):  # nodes that differ before anything is done prove nothing
            twins = self.stage.play("changes", lines, commands)
            if comparable(*twins):
                break
        else:
            self.tally.unplayed += len(commands)
            return []
        found = compared(commands, *twins, self.tally.known)
        if not found:
            return []
        if not all(self._differences(lines, commands) for _ in range(2)):
            self.tally.unsteady += len(commands)
            return []
        return [self._told(seed, *self._shrunk_changes(lines, commands), found)]

    def _differences(self, lines, commands) -> list:
        """Displays: the numbers of commands that differ; changes: what differs."""
        answer = self.stage.play(self.kind, lines, commands)
        return compared(commands, *answer) if self.kind == "changes" else self._unexplained(commands, answer)

    def _unexplained(self, commands, answer) -> list[int]:
        numbers = []
        for number, original, ours in answer[0] if answer else ():
            if why := why_known(commands[number], original, ours):
                self.tally.known[why] += 1
            else:
                numbers.append(number)
        return numbers

    def _shrunk_display(self, lines, command) -> tuple:
        lines = shrink(lines, lambda fewer: bool(self._differences(fewer, [command])))
        head = 2 if command[0] == b"nobody" else 1
        words = shrink(command[head:], lambda fewer: bool(self._differences(lines, [command[:head] + fewer])), 40)
        return lines, [command[:head] + words]

    def _shrunk_changes(self, lines, commands) -> tuple:
        def still(lines, commands) -> bool:
            return not any(map(is_mended, commands)) and bool(self._differences(lines, commands))

        commands = shrink(commands, lambda fewer: still(lines, fewer), 60)
        lines = shrink(lines, lambda fewer: still(fewer, commands))
        for number, command in enumerate(commands):
            before, after = commands[:number], commands[number + 1:]
            head = command[:1 + (command[0] == b"nobody")]

            def with_words(words, before=before, head=head, after=after):
                return [*before, head + words, *after]

            words = shrink(command[len(head):], lambda fewer, build=with_words: still(lines, build(fewer)), 40)
            commands = with_words(words)
        return lines, commands

    def _told(self, seed: int, lines, commands, found: list[str]) -> str:
        answer = self.stage.play(self.kind, lines, commands)
        if self.kind == "changes":
            seen = compared(commands, *answer)
        else:
            seen = [unlike(*pair) for _, *pair in answer[0] if answer]
        *before, command = commands or [[b"true"]]
        setting = [*map(told_line, lines), *map(in_shell, before)]
        return f"# {self.kind}, seed {seed}\n{case(command, before=setting, packets='ignored')}\n" + "\n".join(seen or found)


def told_line(line: str) -> str:
    """A line of a node as a shell command."""
    if line.startswith("open "):
        return f"python3 tests/fuzz/open_sockets.py '{line}' >/dev/null &"
    return line


def case(command: list[bytes], **more) -> str:
    """A command as a line of tests/conformance/cases_*.py."""
    nobody = command[0] == b"nobody"
    fields = {"scene": "alone", **({"user": "nobody"} if nobody else {}), **more}
    return f"Case({said(command[nobody:])!r}, {', '.join(f'{name}={value!r}' for name, value in fields.items())})"


def in_shell(command: list[bytes]) -> str:
    """A command for the shell of a node."""
    nobody = command[0] == b"nobody"
    words = shlex.join(os.fsdecode(word) for word in command[nobody:])
    return f"setpriv --reuid 65534 --regid 65534 --clear-groups {words}" if nobody else words


def said(command: list[bytes]) -> str | list[str]:
    """A command as a Case takes it."""
    words = [word.decode("utf-8", "surrogateescape") for word in command]
    return " ".join(words) if all(word and not set(word) & set(" \t\n") for word in words) else words


def unlike(original: tuple, ours: tuple) -> str:
    """The lines of two outcomes that differ."""
    texts = []
    for name, one, other in zip(("stdout", "stderr", "status", "packets"), original, ours):
        if one != other:
            pair = [str(text).split("\n") for text in (one, other)]
            texts += difflib.unified_diff(*pair, f"original {name}", f"netlite {name}", n=0, lineterm="")
    return "\n".join(ascii(line)[1:-1] for line in texts)


def comparable(original, ours) -> bool:
    """Whether twins were played, and were alike before anything was done."""
    return original is not None and ours is not None and not unequal(original[0], ours[0])


def compared(commands, original, ours, known: Counter[str] | None = None) -> list[str]:
    """What differs between the twins: outcomes of commands, and the kernel's state; `known` counts the explained."""
    if not comparable(original, ours):
        return []
    original, ours = original[1:], ours[1:]
    texts = []
    for command, one, other in zip(commands, original[0], ours[0]):
        if one != other:
            why = why_known(command, one, other)
            texts += [] if why else [f"{said(command)}:\n{unlike(one, other)}"]
            if why and known is not None:
                known[why] += 1
    return texts + unequal(original[1], ours[1]) + [f"names: {original[2:]} {ours[2:]}"] * (original[2:] != ours[2:])


def unequal(tables: list[bytes], others: list[bytes]) -> list[str]:
    """The entries that one of two states lacks."""
    pairs = [(entries(table), entries(other)) for table, other in zip(tables, others)]
    return [f"{sign} {entry}" for pair in pairs for sign, one, two in (("-", *pair), ("+", *pair[::-1]))
            for entry in one if entry not in two]


def entries(table: bytes) -> list:
    """What ip told, settled; as one text where odd names keep it from being JSON."""
    text = os.fsdecode(table)
    try:
        return settled(json.loads(text or "[]", strict=False))
    except ValueError:
        return [text]


def settled(value):
    """The state without what moves by itself."""
    if isinstance(value, dict):
        kept = {key: settled(item) for key, item in sorted(value.items()) if key not in UNSETTLED and not key.endswith("_timer") and key != "flags"}
        if UNDER_WAY.intersection(value.get("state", ())):
            kept.pop("lladdr", None)
        return kept | {"flags": sorted(set(value.get("flags", ())) - UNSETTLED_FLAGS)} if "flags" in value else kept
    if isinstance(value, list):
        return sorted((settled(item) for item in value), key=repr)
    return value
