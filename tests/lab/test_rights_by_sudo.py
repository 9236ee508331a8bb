"""What sudo allows: a rule for one of the programs must allow no more than the original program would.

The programs run as root in a network of their own, with what sudo tells them of its caller, who is nobody.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import installed
import pytest
from quick_lab import Lab

from netlite.lab.scene.parts import Action, Node, Rule, Wire
from netlite.lab.scene.topology import Topology
from netlite.sockets.privileges import mask

ROOT = Path(__file__).resolve().parents[2]
BIN = installed.bin_folder(sys.executable)
PYTHON = (sys.executable, "-I", "-S")  # as the programs of bin/ start themselves
NOBODY = 65534
SECRET = "root:$y$j9T$secret"
PCAPNG = b"\x0a\x0d\x0d\x0a"
SILENT = Topology([Node("client"), Node("server", rules=(Rule(Action.DROP),))], [Wire(("client", "server"))], "silent")
PING = "ping -n -c1"
OTHERS = ("ping --multi -c1", "traceroute -n -q1 -m1", "traceroute -n -I -q1 -m1", "tcptraceroute -n -q 1 -m 1",
          "tracepath -n", "netlite mtu -n -w1", "netlite ping -n -c1", "ping -n -c1 --explain")


@pytest.fixture(scope="module")
def lab(labs):
    with Lab(SILENT) as built:
        if built.rootless:
            pytest.skip("sudo makes root of the whole machine, and a rootless lab has nobody else to be")
        yield built


@pytest.fixture
def place():
    """A folder where everybody may write and that is sticky, as /tmp: nobody's folder `his`, and files of root's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o1777)
    (folder / "his").mkdir()
    for name, mode in (("roots", 0o644), ("secret", 0o600)):
        (folder / name).write_text(f"{SECRET}\n")
        (folder / name).chmod(mode)
    (folder / "his" / "link").symlink_to(folder / "roots")
    (folder / "link").symlink_to(folder / "roots")
    (folder / "his" / "to-new").symlink_to(folder / "made")
    os.link(folder / "roots", folder / "his" / "name")
    (folder / "his" / "own").write_text("old")
    for path in ("his", "his/own", "his/link", "his/to-new", "link"):
        os.lchown(folder / path, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


def sudo(lab, *words, by=NOBODY, **options):
    """Run a program of bin/ as sudo would."""
    variables = {"SUDO_UID": str(by), "SUDO_GID": str(by), "SUDO_USER": "nobody", "SUDO_COMMAND": " ".join(words)}
    environment = {**os.environ, **(variables if by else {})}  # tests/conftest.py takes off what there may be
    argv = [*PYTHON, str(BIN / words[0]), *words[1:]]
    return lab.run("client", argv, env=environment, timeout=300, **options)


def one_line(done) -> str:
    """What a refusal says; nothing was sent, or else it would be on stdout."""
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1, done.stdout + done.stderr
    return done.stderr


WRONG = {"roots": "Permission denied", "link": "Is a symbolic link", "his/link": "Is a symbolic link",
         "his/to-new": "Is a symbolic link", "his/name": "Permission denied", "his": "Is a directory",
         "secret": "Permission denied"}


@pytest.mark.parametrize("name, command", [
    *((name, PING) for name in WRONG), *((name, command) for name in ("roots", "his/link") for command in OTHERS)])
def test_a_capture_goes_nowhere_but_to_the_callers_files(lab, place, name, command):
    done = sudo(lab, *command.split(), f"--pcap={place / name}", "127.0.0.1")
    assert f"{place / name}: {WRONG[name]} (opened as nobody, who called sudo)" in one_line(done)
    assert (place / "roots").read_text() == (place / "secret").read_text() == f"{SECRET}\n"
    assert not (place / "made").exists()


@pytest.mark.parametrize("name, command", [
    ("new", PING), ("his/own", PING), *(("his/new", command) for command in OTHERS)])
def test_there_it_does_and_the_files_are_his(lab, place, name, command):
    done = sudo(lab, *command.split(), "--pcap", str(place / name), "127.0.0.1")
    assert "rror" not in done.stderr and done.stdout
    found = (place / name).stat()
    assert found.st_uid == NOBODY
    assert (place / name).read_bytes().startswith(PCAPNG)


def test_a_capture_on_his_own_stdout(lab, place):
    with open(place / "his" / "shells", "wb") as opened:
        os.fchown(opened.fileno(), NOBODY, NOBODY)
        done = sudo(lab, "ping", "-q", "-n", "-c1", "--pcap=/dev/stdout", "127.0.0.1", stdout=opened, stderr=-1)
    assert (done.returncode, done.stderr) == (0, "")
    assert PCAPNG in (place / "his" / "shells").read_bytes()


def test_root_itself_writes_where_it_likes_but_not_through_links_of_others_in_tmp(lab, place):
    done = sudo(lab, "ping", "-n", "-c1", f"--pcap={place / 'link'}", "127.0.0.1", by=0)
    assert "another user's symbolic link" in one_line(done)
    assert (place / "roots").read_text() == f"{SECRET}\n"
    assert sudo(lab, "ping", "-n", "-c1", f"--pcap={place / 'roots'}", "127.0.0.1", by=0).returncode == 0
    assert (place / "roots").read_bytes().startswith(PCAPNG)


@pytest.mark.parametrize("name", ["secret", "his/secret"])
@pytest.mark.parametrize("words", [("--targets",), ("--multi", "--targets"), ("--explain", "--targets")])
def test_targets_do_not_show_what_the_caller_may_not_read(lab, place, name, words):
    (place / "his" / "secret").symlink_to(place / "secret")
    done = sudo(lab, "ping", *words, str(place / name))
    assert f"{place / name}: Permission denied (opened as nobody, who called sudo)" in done.stderr
    assert done.returncode == 2 and SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("words", [("exporter", "--targets"), ("exporter", "--file-sd"), ("exporter", "--web.config.file"),
                                   ("sd", "--vantage", "a:1", "--targets"), ("sd", "--vantages")])
def test_neither_do_files_of_an_exporter(lab, place, words):
    """That of who lives where the caller cannot read becomes nobody, and reads nothing."""
    pytest.importorskip("prometheus_client")
    said = one_line(sudo(lab, "netlite", *words, str(place / "secret"), cwd=place))
    assert "secret:" not in said.replace(f"{place}/secret:", "") and ("Permission denied" in said or "cannot read" in said)


def test_his_own_targets(lab, place):
    (place / "his" / "own").write_text("127.0.0.1\n\x1b[31mred\x07 x\n")
    (place / "his" / "own").chmod(0o600)
    done = sudo(lab, "ping", "-4", "--targets", str(place / "his" / "own"))
    assert "127.0.0.1: 1 sent, 1 received" in done.stdout and done.returncode == 1
    told = done.stderr.splitlines()
    assert told[0].endswith("line 2: only the first word of a line is a target")
    assert told[1].startswith("ping: \\x1b[31mred\\x07: ")
    assert "\x1b" not in done.stderr and "\x07" not in done.stderr


def test_root_reads_the_targets_of_others(lab, place):
    (place / "secret").write_text("127.0.0.1\n")
    os.chown(place / "secret", NOBODY, NOBODY)
    assert sudo(lab, "ping", "--targets", str(place / "secret"), by=0).returncode == 0


@pytest.mark.parametrize("name", WRONG)
def test_the_page_of_a_scene(lab, place, name):
    done = sudo(lab, "netlite", "lab", "run", "loop", "--html", str(place / name))
    assert one_line(done) == f"netlite lab: {place / name}: {WRONG[name]} (opened as nobody, who called sudo)\n"
    assert (place / "roots").read_text() == f"{SECRET}\n" and not (place / "made").exists()


def test_the_page_of_a_scene_is_his(lab, place):
    done = sudo(lab, "netlite", "lab", "run", "loop", f"--html={place / 'his' / 'page'}")
    assert (done.returncode, done.stderr) == (0, "")
    assert (place / "his" / "page").stat().st_uid == NOBODY


@pytest.mark.parametrize("name", WRONG)
def test_the_page_of_a_diagnosis(lab, place, name):
    done = sudo(lab, "netlite", "why", "--html", str(place / name), "127.0.0.1")
    assert one_line(done) == f"why: {place / name}: {WRONG[name]} (opened as nobody, who called sudo)\n"
    assert (place / "roots").read_text() == f"{SECRET}\n" and not (place / "made").exists()


def test_the_page_of_a_diagnosis_is_his(lab, place):
    done = sudo(lab, "netlite", "why", f"--html={place / 'his' / 'page'}", "127.0.0.1")
    assert done.stderr == "" and done.stdout
    assert (place / "his" / "page").stat().st_uid == NOBODY
    assert done.stdout.partition("\n")[0] in (place / "his" / "page").read_text()


@pytest.mark.parametrize("name", WRONG)
def test_a_picture_of_round_trips(lab, place, name):
    done = sudo(lab, "ping", "-c1", "--svg", str(place / name), "127.0.0.1")
    assert one_line(done) == f"ping: {place / name}: {WRONG[name]} (opened as nobody, who called sudo)\n"
    assert (place / "roots").read_text() == f"{SECRET}\n" and not (place / "made").exists()


def test_a_picture_of_round_trips_is_his(lab, place):
    done = sudo(lab, "ping", "-n", "-c1", f"--svg={place / 'his' / 'picture'}", "127.0.0.1")
    assert (done.returncode, done.stderr) == (0, "")
    assert (place / "his" / "picture").stat().st_uid == NOBODY
    assert (place / "his" / "picture").read_text().startswith("<svg ")


@pytest.mark.parametrize("name", ["secret", "his/secret"])
def test_a_file_of_autonomous_systems_is_read_as_the_caller(lab, place, name):
    (place / "his" / "secret").symlink_to(place / "secret")
    done = sudo(lab, "netlite", "watch", "-n", "-c1", "--asn-file", str(place / name), "127.0.0.1")
    assert f"{place / name}: Permission denied (opened as nobody, who called sudo)" in one_line(done)
    assert SECRET not in done.stderr


@pytest.mark.parametrize("words", ["run {} --backend memory", "run {} --html {}.html", "map {}", "check {}"])
def test_a_scene_that_he_may_not_read(lab, place, words):
    done = sudo(lab, "netlite", "lab", *words.format(place / "secret", place / "his" / "page").split())
    assert one_line(done) == f"netlite lab: {place / 'secret'}: Permission denied (opened as nobody, who called sudo)\n"


def test_a_scene_cannot_write_for_him_either(lab, place):
    """In memory its commands run in this very process, where no file of this machine is written at all."""
    (place / "his" / "scene.toml").write_text(
        'title = "T"\ngoal = "G"\nhosts = ["a", "b"]\n[[wires]]\nends = ["a", "b"]\n'
        f'[[try]]\ncommand = "ping -c1 --pcap={place}/roots b"\nsee = "S"\n')
    done = sudo(lab, "netlite", "lab", "run", str(place / "his" / "scene.toml"), "--backend", "memory")
    assert f"ping: {place / 'roots'}: No such file or directory\n" in done.stdout
    assert (place / "roots").read_text() == f"{SECRET}\n"


def test_a_namespace_by_a_path_that_he_may_not_walk(lab, place):
    done = sudo(lab, "netstat", "-tn", "--netns", str(place / "secret"))
    assert done.stderr == (f"netstat: --netns {place / 'secret'}: Permission denied "
                           "(opened as nobody, who called sudo)\n")
    own = sudo(lab, "netstat", "-tn", "--netns", str(os.getpid()))
    assert own.returncode == 0 and "Active Internet" in own.stdout


def capabilities(process: subprocess.Popen) -> int:
    """The permitted ones of a running program, once none is in effect or what is permitted is."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(text.partition("\nCapPrm:")[2].split()[0], 16)


ALL_THREE = mask("NET_RAW", "NET_ADMIN", "NET_BIND_SERVICE")


@pytest.mark.parametrize("command, left", [
    ("ping -n -c1 -W50", 0), ("ping -n -c1 -W50 -m1 --explain", 0), ("ping --multi -c1 -W50", 0),
    ("ping --targets=FILE -c1 -W50", 0), ("traceroute -n -q1 -w50", 0), ("traceroute -n -I -q1 -w50", 0),
    ("traceroute -n -T -q1 -w50", 0), ("traceroute -n -P 253 -q1 -w50", 0), ("traceroute -n -q1 -w50 --explain", 0),
    ("tracepath -n", 0), ("netlite mtu -n -W50", 0), ("netlite mtu -n -U -W50", 0),
    ("netlite mtu -n -U -W50 -I lo", mask("NET_RAW")),
    ("traceroute -n -q1 -w50 --sport=53", ALL_THREE), ("traceroute -n -q1 -w50 --fwmark=1", ALL_THREE)])
def test_a_program_that_waits_for_an_answer_has_given_up_its_privileges(lab, place, command, left):
    """It waits for long enough to be looked at."""
    (place / "his" / "own").write_text(lab.address("server"))
    words = command.replace("FILE", str(place / "his" / "own")).replace("-I lo", f"-I {DEVICE}").split()
    argv = [*PYTHON, str(BIN / words[0]), *words[1:], lab.address("server")]
    with lab.popen("client", argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            while capabilities(process) != left:
                assert process.poll() is None, process.stderr.read()
        finally:
            process.kill()


DEVICE = SILENT.interfaces("client")[0].device


@pytest.mark.parametrize("command", ["ping -n -c1", "ping --multi -c1", "traceroute -n -q1", "tracepath -n",
                                     "netlite mtu -n", "ping -n -c1 --explain", "tracepath -n --explain=fields"])
def test_without_proc_all_is_as_ever_and_they_are_given_up(lab, command):
    """/proc covered by an empty folder, in a mount namespace of the program's own."""
    words = command.split()
    inside = "mount -t tmpfs none /proc && exec \"$@\""
    argv = ["unshare", "-m", "sh", "-c", inside, "sh", *PYTHON, str(BIN / words[0]), *words[1:], "127.0.0.1"]
    done = lab.run("client", argv)
    assert done.returncode == 0 and done.stderr == "", done.stderr


@pytest.fixture(scope="module")
def private(tmp_path_factory):
    """A checkout in a folder that is nobody's, and closed."""
    folder = tmp_path_factory.mktemp("private")
    for name in ("bin", "netlite"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    os.chown(folder, NOBODY, NOBODY)
    folder.chmod(0o700)
    return folder


@pytest.mark.parametrize("command", ["ping -n -c1", "ping --multi -c1", "traceroute -n -q1", "tracepath -n",
                                     "netlite mtu -n", "ping -n -c1 --explain"])
def test_a_private_folder_is_a_place_for_the_programs_too(lab, private, command):
    """Root without capabilities is kept out of it."""
    words = command.split()
    done = lab.run("client", [*PYTHON, str(private / "bin" / words[0]), *words[1:], "127.0.0.1"])
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_who_opens_a_pipe_that_nobody_reads_ends_with_the_program(lab, place, number):
    """Nobody is left who holds its output."""
    os.mkfifo(place / "his" / "pipe")
    os.chown(place / "his" / "pipe", NOBODY, NOBODY)
    environment = {**os.environ, "SUDO_UID": str(NOBODY), "SUDO_GID": str(NOBODY)}
    argv = [*PYTHON, str(BIN / "ping"), "-n", "-c1", f"--pcap={place / 'his' / 'pipe'}", "127.0.0.1"]
    process = lab.popen("client", argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (found := children.read_text().split()) or f"Uid:\t{NOBODY}\t" not in Path(f"/proc/{found[0]}/status").read_text():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.1)
    process.send_signal(number)
    assert process.communicate(timeout=60) == (b"", b"") and process.returncode == -number


PAGED = ("ping -n -c1 127.0.0.1", "traceroute -n -q1 -m1 127.0.0.1", "netstat -rn", "ifconfig", "route -n", "arp -n", "hostname")


@pytest.mark.parametrize("command", PAGED)
@pytest.mark.parametrize("name", ["roots", "his/link"])
def test_a_page_goes_nowhere_but_to_the_callers_files(lab, place, name, command):
    done = sudo(lab, *command.split(), "--html", str(place / name))
    assert f"{place / name}: {WRONG[name]} (opened as nobody, who called sudo)" in one_line(done)
    assert (place / "roots").read_text() == f"{SECRET}\n"


@pytest.mark.parametrize("command", PAGED)
def test_there_a_page_does_and_it_is_his(lab, place, command):
    done = sudo(lab, *command.split(), "--html", str(place / "his" / "page"))
    assert (done.returncode, done.stderr) == (0, "")
    assert (place / "his" / "page").stat().st_uid == NOBODY and (place / "his" / "page").read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("words", [("explain", "{secret}"), ("lab", "grade", "{closed}"), ("lab", "grade", "{his}", "--seeds", "{secret}"),
                                   ("lab", "exercise", "no-way-out", "--result", "{secret}", "--student", "x"),
                                   ("lab", "capture", "r1-r2", "{roots}", "--scene", "loop"), ("lab", "exercise", "{secret}"),
                                   ("lab", "grade", "{his}", "--csv", "{roots}"), ("explain", "{own}", "--html", "{roots}")])
def test_what_is_read_and_written_to_learn_and_teach_is_the_callers(lab, place, words):
    (place / "closed").mkdir(0o700)
    (place / "his" / "own").write_bytes(b"\xd4\xc3\xb2\xa1" + bytes(20))
    places = {name: place / name for name in ("secret", "closed", "his", "roots")} | {"own": place / "his" / "own"}
    said = one_line(sudo(lab, "netlite", *(word.format(**places) for word in words)))
    assert "Permission denied (opened as nobody, who called sudo)" in said and SECRET not in said
    assert (place / "roots").read_text() == (place / "secret").read_text() == f"{SECRET}\n"
