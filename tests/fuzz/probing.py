"""ping, traceroute and tracepath beside the originals: random options towards a made-up network (responder.py).

Each example is some commands at once, each towards a destination of its own; what is written, the status and the
packets sent are compared.
"""

from __future__ import annotations

from random import Random

from known_differences import why_known_probing
from players import Stage
from shrinking import shrink
from tables import Tally, case, unlike

AT_ONCE = 24
LOOKS = 12
PING = ("-n", "-q", "-v", "-D", "-O", "-A", "-U", "-R", "-a", "-B", "-r", "-s 0", "-s 8", "-s 15", "-s 16", "-s 17", "-s 64", "-s 100", "-s 1400", "-s 1472", "-s 1473", "-s 2000",
        "-t 1", "-t 2", "-t 3", "-t 255", "-p ff", "-p 0102", "-Q 0x10", "-Q 3", "-M do", "-M dont", "-M want", "-l 2", "-l 3", "-e 77", "-T tsonly", "-T tsandaddr",
        "-m 5", "-L", "-F 7", "-w 2", "-f", "-I eth0", "-I 10.9.0.1", "-S 4096", "-z", "-h", "-i 0.3", "-c 0")
TRACEROUTE = ("-I", "-I", "-T", "-U", "-UL", "-e", "-e", "-F", "-r", "-d", "-f 2", "-N 1", "-N 3", "-p 53", "-p 80", "-s 10.9.0.1", "-t 16", "-l 9", "-z 0.01", "-i eth0",
              "--mtu", "--back", "--back", "--sport=4444", "-T -O syn,ack", "-T -O mss=1000,sack", "-4", "-6", "-g 10.9.0.9", "-q 2", "-x")
TRACEPATH = ("-n", "-b", "-l 500", "-l 1400", "-l 2000", "-m 2", "-m 4", "-p 33000", "-p 7", "-4", "-6", "-z")
SIZES = ("", "", "", "28", "40", "60", "1000", "1500", "3000")


FIXED_WORDS = {b"ping": 7, b"traceroute": 8, b"tracepath": 3}
"""The program and what bounds its time: never left out."""


class Probing:
    """Fuzzes the three programs, an example a seed."""

    def __init__(self, stage: Stage):
        self.stage, self.tally = stage, Tally()

    def example(self, seed: int) -> list[list[bytes]]:
        """The commands of a seed."""
        random = Random(f"probing {seed}")
        return [self._command(random, number) for number in range(1, AT_ONCE + 1)]

    def _command(self, random: Random, number: int) -> list[bytes]:
        place = f"2001:db8:77::{number:x}" if random.random() < 0.4 else f"198.51.100.{number}"
        program = random.choice(("ping", "ping", "traceroute", "traceroute", "tracepath"))
        choices = {"ping": PING, "traceroute": TRACEROUTE, "tracepath": TRACEPATH}[program]
        chosen = random.sample(choices, random.choice((0, 1, 1, 2, 3)))
        if any(text.startswith("-p") for text in chosen):  # a short payload keeps what lay in the original's memory
            chosen = [text for text in chosen if not text.startswith("-s")]
        options = [word for text in chosen for word in text.split()]
        if program == "ping":
            words = ["ping", "-c", str(random.choice((1, 1, 2, 3))), "-i", "0.2", "-W", "1", *options, place]
        elif program == "traceroute":
            words = ["traceroute", "-n", "-q", "1", "-m", str(random.choice((3, 5, 6))), "-w", "1,0,0", *options, place, *random.choice(SIZES).split()]
        else:
            words = ["tracepath", "-m", "5", *options, "-n", place]
        line = [word.encode() for word in words]
        return [b"nobody", *line] if random.random() < 0.15 and not (b"-I" in line and program == "traceroute") else line

    def run(self, seed: int) -> list[str]:
        """Play the example of a seed; its differences, each as a text."""
        commands = self.example(seed)
        tally = self.tally
        tally.nodes += 1
        tally.commands += len(commands)
        tally.since_last += len(commands)
        found = self._differences(seed, commands, counted=True)
        texts = [self._told(seed, commands[number], outcomes) for number, *outcomes in found]
        tally.since_last = 0 if texts else tally.since_last
        tally.findings += texts
        return texts

    def _differences(self, seed: int, commands: list, counted: bool = False) -> list[tuple]:
        """(number, original's outcome, netlite's) of commands of which the two never say the same, however often they are run.

        Both read an answer before or after the next probe, or an error before or after the answer beside it.
        """
        left = dict(enumerate(commands))
        seen: dict[int, tuple[set, set]] = {number: (set(), set()) for number in left}
        known, at_first = [], 0
        for look in range(LOOKS):
            numbers = list(left)
            answers = self.stage.play("probing", [str(seed)], [left[number] for number in numbers])
            if None in answers:
                break
            for number, *outcomes in zip(numbers, *answers):
                for one, outcome in zip(seen[number], outcomes):
                    one.add(outcome)
                if seen[number][0] & seen[number][1]:
                    at_first += look > 0
                    del left[number]
                elif why := why_known_probing(left[number], *outcomes):
                    known.append(why)
                    del left[number]
            if not left:
                break
        if counted:
            self.tally.known.update(known)
            self.tally.unsteady += at_first
            self.tally.unplayed += len(left) if None in answers else 0
        return [] if None in answers else [(number, *(min(one, key=repr) for one in seen[number])) for number in left]

    def _shrunk(self, seed: int, command: list[bytes]) -> list[bytes]:
        nobody = command[0] == b"nobody"
        head = nobody + FIXED_WORDS[command[nobody]]
        return command[:head] + shrink(command[head:], lambda words: bool(self._differences(seed, [command[:head] + words])), 24)

    def _told(self, seed: int, command: list[bytes], outcomes: list[tuple]) -> str:
        fewer = self._shrunk(seed, command)
        found = self._differences(seed, [fewer])
        if found:
            command, outcomes = fewer, list(found[0][1:])
        return (f"# probing, seed {seed} (the answers are those of Network({seed}), responder.py)\n"
                f"{case(command)}\n{unlike(*outcomes)}")
