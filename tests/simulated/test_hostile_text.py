"""Whole programs where routers, name servers, scene files and the command line hold what steers a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import replay

from netlite.lab.memory.forwarding import Internet
from netlite.lab.memory.transit import Transit
from netlite.environment import Environment
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain
from netlite.packets.ip import read_packet
from netlite.packets.wire_format import icmp_packet
from netlite.programs.registry import execute
from netlite.sockets.resolver import Address

EVIL = "e\x1b]0;owned\x07\x1b[31m\x9b2J\n 9  forged\r\t\u202e\u2028\x7f"
SHOWN = r"e\x1b]0;owned\x07\x1b[31m\u009b2J\x0a 9  forged\x0d\x09\u202e\u2028\x7f"
PATH = chain(3, mtus={3: 1400})
RECORDED = Path(replay.ETC).parent


def plain(text: str) -> str:
    """The text, when all that is in it may go to a terminal."""
    odd = {letter for letter in text if not letter.isprintable()} - {"\n"}
    assert not odd, ascii(text)
    return text


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


def lab_world() -> SimulatedEnvironment:
    """A world for netlite lab, which works on files of this machine."""
    environment = SimulatedEnvironment("lab", PATH, "client", outside=Environment("lab"))
    environment.owns_process = True
    return environment


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


ODD = "x\x1b[31m\x9b\u202e"
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


# scenes

SCENE = r'''
title = "Odd \u001b[31m\u009b\n 9  forged"
goal = "To \u001b]0;t\u0007 see \u202e."
hosts = ["a", "b"]
[[wires]]
ends = ["a", "b"]
[[faults]]
name = "f\u001b[1m\u2028"
see = "It \u001b[2m."
silent = ["b"]
[[try]]
command = "ping -4 -c1 b.lab \u001b\n"
see = "See \u001b[4m."
[[try]]
command = "ping -4 -c1 b.lab"
see = "See\u001b[4m."
expect = ["\u001b[5m"]
broken = ["f\u001b[1m\u2028"]
'''


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "odd\x1b[7m.toml"
    path.write_text(SCENE, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("words", ["run {} --backend memory", "map {}", "check {} --backend memory", "run {} --html {}.html"])
def test_the_words_of_a_scene(words, scene):
    environment = lab_world()
    status = execute("lab", [word.replace("{}", scene) for word in words.split()], environment)
    assert status == (0 if words.startswith("map") else 1) and environment.err.text == ""
    assert "\\x1b[" in plain(environment.out.text)
    if "html" in words:
        with open(scene + ".html", encoding="utf-8") as page:
            plain(page.read().replace("\t", " "))


@pytest.mark.parametrize("wrong", ['title = "x"\ngoal = 5', 'hosts = ["a\\u001b"]\ntitle = "x"\ngoal = "g"', "\x1b = 1",
                                   SCENE.replace('node = "a"', ""), SCENE.replace('"a", "b"]', '"a", "b\\u001b[1m"]'),
                                   SCENE + 'node = "\\u001b[1m"', SCENE + "\n[[odd\x1b]]", SCENE + '\n["o\\u001b"]'])
def test_what_is_wrong_with_a_scene(wrong, scene):
    with open(scene, "w", encoding="utf-8") as file:
        file.write(wrong)
    environment = lab_world()
    execute("lab", ["map", scene], environment)
    plain(environment.err.text)


def test_a_program_that_writes_escapes_is_played_visibly():
    from netlite.lab.play import play
    from netlite.lab.scene.experiments import Experiment
    from netlite.lab.scene.scene import Scene

    shown: list[str] = []
    odd = Scene("odd", "Odd", "None.", PATH, (Experiment("client", "anything", "See.", hops=("r1",)),))
    [outcome] = play(odd, Stage(), shown.append)
    assert outcome.output.startswith(EVIL) and outcome.problems == ("the path is *, r1 !\x1b[31m, not r1",)
    text = "".join(shown)
    assert {letter for letter in text if not letter.isprintable()} == {"\n", "\t"} and r"\x1b]0;owned\x07" in text


class Stage:
    """Plays nothing, or says what cannot be played here."""

    has: dict = {"icmp": False}
    able, status = True, 0

    def __init__(self, *_):
        pass

    def performs(self, experiment) -> bool:
        return self.able

    def perform(self, node, words, show) -> tuple[str, int]:
        output = f"{EVIL}\n 1 198.18.1.2 !\x1b[31m\n"
        show(output)
        return output, self.status

    def change(self, topology) -> None:
        pass


class Lab:
    """Stands for a lab that has something to warn of."""

    rootless, warnings, namespaces = False, (ODD,), {"a": 3}

    def __init__(self, *_, later=()):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture
def tour(monkeypatch):
    """The guided tour, with stages and labs of no substance."""
    from netlite.programs.lab import tour

    for name, instead in (("Lab", Lab), ("ProgramStage", Stage), ("HereStage", Stage)):
        monkeypatch.setattr(tour, name, instead)
    return tour


def test_the_tour(tour, scene, monkeypatch, capsys):
    monkeypatch.setattr(Stage, "status", 1)
    assert tour.main([scene]) == 1
    assert r"Note: x\x1b[31m\u009b\u202e." in plain(capsys.readouterr().out.replace("\t", " "))
    assert tour.main([f"no-{ODD}"]) == 2
    assert r"there is no scene 'no-x\x1b[31m" in plain(capsys.readouterr().err)
    assert tour.main([scene.replace("odd", "none")]) == 2
    assert "\\x1b" in plain(capsys.readouterr().err)


def test_the_tour_where_there_can_be_no_lab(tour, scene, monkeypatch, capsys):
    from netlite.errors import NetliteError
    from netlite.lab.scene.scene import load

    def refuse(*_, later=()):
        raise NetliteError(ODD)

    monkeypatch.setattr(tour, "Lab", refuse)
    monkeypatch.setattr(tour, "load", lambda name: load(scene))
    monkeypatch.setattr(Stage, "able", False)
    assert tour.main([]) == 0
    text = plain(capsys.readouterr().out)
    assert r"No virtual routers on this machine: x\x1b[31m" in text and r"for us here: ping -4 -c1 b.lab \x1b\x0a" in text


def test_a_visited_lab(scene, monkeypatch):
    from netlite.programs.lab import visit

    state = {"scene": scene, "on": ["f\x1b[1m\u2028"], "backend": ODD, "process": 1, "passed": []}
    monkeypatch.setattr(visit, "ask", lambda *_: (state, []))
    for words in (["map"], ["break", ODD], ["fix", ODD]):
        environment = lab_world()
        assert execute("lab", words, environment) == 0
        assert r"f\x1b[1m\u2028" in plain(environment.out.text)


def test_what_does_not_run_here(scene, monkeypatch):
    from netlite.lab.scene.scene import load
    from netlite.programs.lab import check

    monkeypatch.setattr(check.backends, "why_not", lambda backend: ODD)
    monkeypatch.setattr(check.scene, "names", lambda: ["one"])
    monkeypatch.setattr(check.scene, "load", lambda name, _read: load(scene))
    for words in (["list"], ["check", "--backend", "memory"], ["check", f"{ODD}/"]):
        environment = lab_world()
        execute("lab", words, environment)
        assert r"x\x1b[31m\u009b\u202e" in plain(environment.out.text)


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


def test_a_lab_that_is_run_and_visited(scene, monkeypatch):
    """Notes, warnings, commands that are not there, and what the shell begins with."""
    from netlite.programs.lab import run, visit

    class Missing(Lab):
        def listen(self, *_) -> bool:
            return False

        listen_in = close = listen

        def popen(self, node, argv, **_):
            raise FileNotFoundError(2, "No such file or directory", argv[0])

    monkeypatch.setattr(run.backends, "open_first", lambda loaded, _: (Missing(loaded), "namespaces", ODD))
    monkeypatch.setattr(visit, "JoinedLab", Missing)
    for module, name, instead in ((run, "guard", lambda _: None), (run, "RunningLab", Missing)):
        monkeypatch.setattr(module, name, instead)
    for words, times in ((["run", scene, "--", ODD], 3), (["exec", "a", ODD], 1)):
        environment = lab_world()
        assert execute("lab", words, environment) == 127
        assert plain(environment.err.text).count(r"x\x1b[31m\u009b\u202e") == times
    welcome = plain(run.welcome(run.scene.load(scene), "namespaces", 0.0))
    assert r"a$ ping -4 -c1 b.lab \x1b\x0a" in welcome and r"(after: netlite lab break f\x1b[1m\u2028)" in welcome
    assert "To break it: netlite lab break f\\x1b[1m\\u2028\n" in welcome
