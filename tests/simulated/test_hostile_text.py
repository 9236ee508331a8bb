"""Whole programs where routers, name servers, scene files and the command line hold what steers a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import replay
from hostile import EVIL, ODD, PATH, SHOWN, lab_world, plain

from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.memory.forwarding import Internet
from netlite.lab.memory.transit import Transit
from netlite.packets.ip import read_packet
from netlite.packets.wire_format import icmp_packet
from netlite.programs.registry import execute
from netlite.sockets.resolver import Address

RECORDED = Path(replay.ETC).parent


class EvilRouters(Internet):
    """Routers that name the interface a probe came in by, RFC 5837, as they please."""

    def carry(self, transit: Transit) -> list[Transit]:
        came = super().carry(transit)
        for each in came:
            each.become(self.named(each.packet))
            each.piece_bytes = each.size_bytes  # it is longer now, and whole
        return came

    @staticmethod
    def named(answer: bytes) -> bytes:
        header, message = read_packet(answer)
        if header.protocol != 1 or message[0] != 11:
            return answer
        name = EVIL.encode()
        name = name.ljust(-(-(len(name) + 1) // 4) * 4 - 1, b"\0")
        structure = b"\x20\0\0\0" + (5 + len(name)).to_bytes(2, "big") + b"\2\2" + bytes((len(name) + 1,)) + name
        body = message[4:5] + b"\x20" + message[6:8] + message[8:136].ljust(128, b"\0") + structure
        return icmp_packet(header.source, header.destination, 11, 0, body)


class EvilNames:
    """A resolver that has one name for every address."""

    def __init__(self, resolver):
        self._resolver = resolver

    def addresses(self, host: str, af: int = 0, flags: int = 0) -> list[Address]:
        return self._resolver.addresses(host, af, flags)

    def address(self, host: str, af: int) -> str:
        return self.addresses(host, af)[0].text

    def name(self, address: str) -> str:
        return EVIL


class EvilWorld(SimulatedEnvironment):
    """A world with such a resolver."""

    @property
    def resolver(self) -> EvilNames:
        return EvilNames(super().resolver)


def played(command: str, status: int = 0, **circumstances) -> SimulatedEnvironment:
    program, *arguments = command.split()
    environment = EvilWorld(program, PATH, "client", internet=EvilRouters, **circumstances)
    assert execute(program, arguments, environment) == status
    assert environment.err.text == ""
    return environment


@pytest.mark.parametrize("socket", ["raw", "datagram"])
def test_mda(socket):
    text = plain(played("traceroute --mda -4 server", echo_socket=socket).out.text)
    assert f" 2  {SHOWN} (198.18.2.2) <came in by {SHOWN}>  " in text
    assert "\n 9 " not in text


def test_mda_of_numbers():
    text = plain(played("traceroute --mda -n -4 server").out.text)
    assert text.count(f"<came in by {SHOWN}>") == 3


@pytest.mark.parametrize("options", ["", "-e", "-I -e"])
def test_paris(options):
    text = plain(played(f"traceroute --paris {options} -4 server").out.text)
    assert text.count(SHOWN) == 4 and "\n 9 " not in text


def test_mtu():
    text = plain(played("mtu -4 server").out.text)
    assert f"narrowed to 1400 at hop 2, {SHOWN} (198.18.2.2), which reports it" in text


@pytest.mark.parametrize("command", ["mtu -4", "ping -4 -c1", "traceroute -4", "traceroute --mda -4", "tracepath -4"])
@pytest.mark.parametrize("form", ["--json", "--jsonl"])
def test_runs_as_json(command, form):
    """What was said is there, byte for byte, though nothing of it reaches a terminal."""
    def strings(value):
        return [value] if isinstance(value, str) else [text for each in (value.values() if isinstance(value, dict) else value)
                                                       for text in strings(each)] if isinstance(value, (dict, list)) else []

    lines = plain(played(f"{command} {form} server").out.text).splitlines()
    assert EVIL in [text for line in lines for text in strings(json.loads(line))]


@pytest.mark.parametrize("command", ["traceroute -4", "traceroute --mda -4", "tracepath -4", "ping -4 -c1", "ping -4 -c1 -t2",
                                     "mtu -4"])
@pytest.mark.parametrize("seen", [True, False])
def test_explanations(command, seen):
    program, _, options = command.partition(" ")
    status = 1 if options.endswith("-t2") else 0
    for mode in ("--explain", "--explain=fields"):
        text = played(f"{program} {mode} {options} server", status, may_capture=seen).out.text
        told = " ".join(plain(text.partition("\n=== Explained ===\n")[2]).split())
        assert "198.18.4.2" in told
        assert mode != "--explain" or f"{' '.join(SHOWN.split())} (198.18." in told


def test_an_explanation_of_interfaces():
    told = " ".join(played("traceroute --explain -4 server").out.text.partition("\n=== Explained ===\n")[2].split())
    assert told.count(f"The router names one of its interfaces: {' '.join(SHOWN.split())}.") == 3


def test_the_classic_text_has_names_as_the_originals_have_them():
    assert f"{EVIL} (198.18.4.2)" in played("traceroute -4 server").out.text


COMPLAINTS = [  # program, words, and a piece of what is said
    ("mtu", [ODD], r"x\x1b[31m\u009b\u202e: Name or service not known"), ("mtu", [f"--{ODD}", "x"], "unrecognized option"),
    ("dhcp", [ODD], "No such device"), ("dhcp", ["-t", ODD, "eth0"], "is not a number"), ("dhcp", [f"--{ODD}"], "unrecognized option"),
    ("mtu", ["-m", ODD, "x"], "is not a number"), ("mtu", [f"-{ODD[1:]}", "x"], "invalid option"),
    ("ping", ["--multi", "server", ODD], r"x\x1b[31m\u009b\u202e: Name or service not known"),
    ("ping", ["--multi", "-c", ODD, "server"], "invalid argument"), ("ping", ["--multi", f"--{ODD}"], "unrecognized option"),
    ("ping", ["--multi", "-i", ODD, "server"], "invalid argument"), ("ping", ["--targets", f"/none/{ODD}"], "No such file"),
    ("ping", [f"--explain={ODD}"], "no explanation of"), ("ping", [f"--pcap=/none/{ODD}", "server"], "No such file"),
    ("traceroute", [f"--explain={ODD}"], "no explanation of"), ("route", [f"--explain={ODD}"], "no explanation of"),
    ("netstat", [f"--interval={ODD}"], "not a number of seconds"), ("netstat", ["--state", f"LISTEN,{ODD}"], "unknown state"),
    ("netstat", ["--netns", f"/none/{ODD}"], "No such file"), ("ifconfig", ["--more", ODD], "Device not found"),
    ("route", ["get", ODD], "Unknown host"),
    ("route", ["-6", "get", ODD], "x"), ("arp", ["--more", ODD], "Unknown host"), ("arp", ["--json", ODD], "Unknown host"),
    ("arp", ["--inet6", ODD], "x"), ("lab", [ODD], "unknown verb"), ("lab", ["run", ODD], "there is no scene"),
    ("lab", ["run", f"/none/{ODD}.toml"], "No such file"), ("lab", ["run", "chain", f"--{ODD}"], "unknown option"),
    ("lab", ["run", "chain", "--backend", ODD], "is not for"), ("lab", ["map", ODD], "there is no scene"),
    ("lab", ["check", ODD], "there is no scene"), ("lab", ["run", "chain", "--html", f"/none/{ODD}"], "No such file"),
]


@pytest.mark.parametrize("program, words, said", COMPLAINTS)
def test_messages_of_own_options(program, words, said, tmp_path):
    environment = replay.ReplayEnvironment(program, str(tmp_path))
    if program in ("mtu", "ping", "traceroute", "lab", "why", "dhcp"):
        environment = lab_world() if program == "lab" else SimulatedEnvironment(program, PATH, "client")
    execute(program, words, environment)
    err = environment.err.text if isinstance(environment, SimulatedEnvironment) else environment.err.data.decode()
    assert said in err and "\\x1b" in err
    plain(err.replace("\t", " "))


def test_a_name_that_is_no_name(tmp_path):
    """Some other error of netlite's own, and one that nobody thought of."""
    from netlite.errors import NetliteError

    class Odd(SimulatedEnvironment):
        error_is = None
        variables: dict = {}

        def signals(self):
            raise self.error_is

    for error, status in ((NetliteError(ODD), 2), (ValueError(ODD), 70)):
        environment = Odd("mtu", PATH, "client")
        environment.error_is = error
        assert execute("mtu", ["server"], environment) == status
        assert r"x\x1b[31m" in plain(environment.err.text)



@pytest.fixture
def names_of_evil(tmp_path):
    """A folder like /etc where every name is odd."""
    evil = "e\x1b[31m\u202e\x9b"
    hosts = "".join(f"{first}.{second}.0.{last} {evil}\n" for first, second in ((10, 10), (10, 20), (192, 168)) for last in range(1, 10))
    for name, text in (("hosts", hosts), ("passwd", "".join(f"{evil}:x:{user}:0::/:/bin/sh\n" for user in (0, 1000, 1234, 65534))),
                       ("services", f"{evil} 22/tcp\n{evil} 23/tcp\n"), ("networks", f"{evil} 10.10.0.0\n"), ("protocols", "")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path)


@pytest.mark.parametrize("fixture, words", [
    ("syn-sctp", "netstat --more -Sa"), ("syn-sctp", "netstat --json -Sae"), ("syn-inet", "netstat --more -ta"),
    ("syn-inet", "netstat --json -tae"), ("syn-route", "route --json"), ("syn-arp", "arp --json"), ("syn-arp", "arp -a --json"),
    ("syn-route", "netstat -r --json")])
def test_names_of_files_in_own_tables(fixture, words, names_of_evil, tmp_path):
    folder = str(tmp_path / "snapshot")
    replay.unpack(str(RECORDED / f"{fixture}.snapshot"), folder)
    out, _, status = replay.replay(folder, words.split(), names_of_evil)
    text = plain(out.decode("utf-8"))
    assert status == 0 and len(text) > 100
    if "-t" in words or "sctp" in fixture:
        assert ("e\\u001b[31m\\u202e\\u009b" if "json" in words else r"e\x1b[31m\u202e\u009b") in text


def test_unknown_interfaces(tmp_path):
    folder = str(tmp_path)
    replay.unpack(str(RECORDED / "main.snapshot"), folder)
    _, err, status = replay.replay(folder, ["ifconfig", "--json", "lo", ODD])
    assert status == 1 and r"x\x1b[31m\u009b\u202e: error fetching" in plain(err.decode("utf-8"))
