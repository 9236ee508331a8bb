"""--explain and --pcap on whole programs: the classic text stays, and what is told is what happened."""

import re
import shutil
import subprocess

import pytest
from worlds import PATH, SILENT

from netlite.environment import Environment
from netlite.lab.scene import scene
from netlite.lab.scene.topology import chain
from netlite.programs.simulate import simulate

MARK = "\n=== Explained ===\n"
RUNS = ("ping -4 -c2 server", "ping -6 -c1 server", "ping -c1 -t1 server", "traceroute server", "traceroute -6 -q1 server",
        "traceroute -I -q1 server", "traceroute -T -q1 server", "tracepath -4 server", "tracepath -6 server",
        "traceroute --help", "ping nosuchhost", "ping -c1 127.0.0.1")


def story(command: str, topology=PATH, **circumstances) -> str:
    """What --explain adds, on one line."""
    program, _, arguments = command.partition(" ")
    played = simulate(f"{program} --explain {arguments}", topology, **circumstances)
    return " ".join(played.stdout.partition(MARK)[2].split())


@pytest.mark.parametrize("seen", [True, False], ids=["captured", "rebuilt"])
@pytest.mark.parametrize("command", RUNS)
def test_the_classic_text_comes_first_and_whole(command, seen):
    plain = simulate(command, PATH)
    for option in ("--explain", "--explain=fields"):
        program, _, arguments = command.partition(" ")
        explained = simulate(f"{program} {option} {arguments}", PATH, may_capture=seen)
        assert explained.stdout.startswith(plain.stdout)
        rest = explained.stdout[len(plain.stdout):]
        assert rest.startswith(MARK) or not rest
        assert (explained.stderr, explained.status) == (plain.stderr, plain.status)
        assert len(explained.packets) == len(plain.packets)
        if " -T" not in command:  # whose sequence numbers are random
            assert explained.packets == plain.packets and explained.transcript == plain.transcript
        assert max(map(len, rest.splitlines()), default=0) <= (100 if option == "--explain" else 80)


def test_ping():
    assert simulate("ping -4 -c1 --explain server", PATH).stdout.partition(MARK)[2] == """
    you --TTL 64--> … --> server.lab (198.18.3.2)  14.0 ms there and back
     ^                                       |
     '----- TTL 62 <-- … <-- probably 64 ----'

 1. server is a name, and packets carry addresses: it was found in /etc/hosts, without asking
    anybody. It stands for 2001:db8:3::2, 198.18.3.2: the first of them that can be used is taken.
 2. You sent 1 probe to server.lab (198.18.3.2). It was an ICMP echo request, sequence 1: 84 bytes
    with TTL 64. Every router takes 1 off the TTL before it passes a packet on.
 3. server.lab (198.18.3.2) answered probe 1 after 14.0 ms. That round trip is the way there, the
    way back, and the time the other host took; how much each took cannot be told.
 4. The answer arrived with TTL 62: it probably started with 64 and crossed 2 routers on its way
    back.
"""


@pytest.mark.parametrize("seen", [True, False], ids=["captured", "rebuilt"])
def test_traceroute(seen):
    told = story("traceroute server", may_capture=seen)
    assert ("[1] r1.lab (198.18.1.2) 2.00 ms | [2] r2.lab (198.18.2.2) 6.00 ms | [3] server.lab (198.18.3.2) 14.0 ms "
            "the end of the path") in told
    assert "you --TTL 2--> [1] r1 --TTL 1--> [2] r2 1 - 1 = 0: dropped" in told
    assert ("Hop 2: 1 router passed the probe on; then router 2, r2.lab (198.18.2.2), took the probe's TTL from 1 to 0 and "
            "reported that. You knew after 6.00 ms. The report arrived with TTL 63: it probably started with 64 and crossed "
            "1 router on its way back, as many as the probe on its way there.") in told
    assert "port unreachable (type 3, code 3). No program listens on that port, or a rule (a filter) says so in its place." in told
    assert ("put together from what it told" in told) is not seen


def test_the_path_mtu():
    for version, most in ((4, "TTL"), (6, "hop limit")):
        told = story(f"tracepath -{version} server")
        assert "larger than what it knows the path to take: 1500 bytes." in told
        assert "| the wire takes no more than 1400 bytes [2] r2.lab" in told
        assert "could not pass on 1400 bytes uncut: its next wire takes 1300. So the path MTU to" in told
        assert most in told
    assert "1500 bytes uncut: its next wire takes 1400" in story("ping -4 -c1 -M do -s 1472 server")


def test_asymmetry():
    told = story("traceroute -q1 server", scene.load("asymmetric").topology)
    assert ("The report arrived with TTL 61: it probably started with 64 and crossed 3 routers on its way back. The probe "
            "crossed 2 routers on its way there: either the way back is another one (asymmetric), or it started with another "
            "value. A traceroute from there to you would tell.") in told


def test_a_silent_hop():
    told = story("traceroute server", scene.load("silent-router").topology)
    assert ("Hop 2: nobody answered 3 probes with TTL 2. Later hops did, so packets are passed on here; probably this "
            "router makes no reports") in told
    assert "[2] ? no answer" in told


def test_a_path_that_ends_in_silence():
    told = story("traceroute -m5 server", SILENT)
    assert "Hop 2: nobody answered 3 probes with TTL 2. Nor did anybody answer from there to TTL 5." in told
    assert "from here that cannot be told" in told


def test_a_loop():
    told = story("traceroute -m6 server", scene.load("loop").topology)
    assert "Hop 4: r2.lab (198.18.2.2) again, as at hop 2." in told
    assert "answered at hops 2, 4, 6: the probes probably go round in a circle (a routing loop)." in told
    assert "asymmetric" not in told


def test_loss():
    told = story("ping -4 -n -c2 -W1 server", SILENT)
    assert "2 probes of 2 got no answer while the program waited: probes 1, 2." in told


def test_an_error():
    told = story("ping -4 -n -c2 -t1 server")
    assert "198.18.1.2 reported ICMP type 11 code 0, time to live exceeded in transit, about probes 1, 2." in told
    assert "id 0x1092, sequence 1 is how netlite knows which probe it is about" in told


@pytest.mark.parametrize("seen", [True, False], ids=["captured", "rebuilt"])
def test_many_targets_of_both_families(seen):
    told = story("ping --multi -c1 198.18.3.2 2001:db8:3::2 198.18.1.2", may_capture=seen)
    assert told.count("You sent 1 probe to") == 3 and "more than one answer" not in told
    assert "2001:db8:3::2 answered probe" in told and "198.18.1.2 answered probe" in told


def test_nothing_sent():
    assert story("ping -h") == "No packet was sent, so there is nothing to explain."


@pytest.mark.parametrize("seen", [True, False], ids=["captured", "rebuilt"])
def test_fields(seen):
    text = simulate("traceroute -q1 -m1 --explain=fields server", PATH, may_capture=seen).stdout
    for title in ("IPv4", "UDP", "ICMP time to live exceeded in transit", "quoted IPv4", "quoted UDP"):
        assert f"\n{title}\n" in text
    assert "==> Probe 1: a UDP datagram to port 33434, 60 bytes, TTL 1, to 198.18.3.2." in text
    assert "<== Answers probe 1 after 2.00 ms: r1.lab (198.18.1.2) reports time to live exceeded" in " ".join(text.split())
    assert ("not told by the kernel" in text) is not seen


def test_a_word_sends_nothing():
    played = simulate("traceroute --explain=TTL", PATH)
    assert played.stdout.startswith("ttl\n    A number in the IP header") and played.status == 0
    assert played.packets == ()
    unknown = simulate("ping --explain=flux server", PATH)
    assert (unknown.stdout, unknown.status) == ("", 2)
    assert unknown.stderr.startswith("ping: no explanation of 'flux'; there are: ")


@pytest.mark.parametrize("command, complaint", [
    ("ping --pcap", "ping: --pcap needs the name of a file\n"), ("ping --explain= x", "ping: --explain= needs a word\n"),
    ("ping --pcap /nonexistent/x server", "ping: /nonexistent/x: No such file or directory\n")])
def test_wrong_use(command, complaint):
    played = simulate(command, PATH)
    assert (played.stdout, played.stderr, played.status, played.packets) == ("", complaint, 2, ())


def test_a_file_that_does_not_take_the_packets():
    pytest.importorskip("scapy")
    played = simulate("ping -q -c1 --pcap /dev/full server", PATH, outside=Environment("ping"))
    assert (played.stderr, played.status) == ("ping: /dev/full: No space left on device\n", 2)
    assert "1 received" in played.stdout


def test_a_device_takes_the_packets():
    pytest.importorskip("scapy")
    played = simulate("ping -q -c1 --pcap /dev/null server", PATH, outside=Environment("ping"))
    assert (played.stderr, played.status) == ("", 0)


def test_after_two_dashes_there_are_no_options():
    assert "Name or service not known" in simulate("ping -c1 -- --explain", PATH).stderr


def test_without_libraries_one_line(monkeypatch, tmp_path):
    from importlib import util

    monkeypatch.setattr(util, "find_spec", lambda name: None)
    for command in ("ping -c1 --explain=fields server", "ping --explain=ttl", "ping -c1 --explain server", "netstat --explain -rn"):
        assert (simulate(command, PATH).stderr, simulate(command, PATH).status) == ("", 0)
    played = simulate(["ping", "-c1", "--pcap", str(tmp_path / "file"), "server"], PATH)
    assert (played.stderr, played.status, played.packets) == ("ping: --pcap needs scapy (pip install scapy)\n", 2, ())
    assert played.files == {} and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["ping -4 -c2 server", "traceroute -6 -q1 server", "tracepath -4 server"])
def test_pcap_holds_every_packet_with_its_time_and_sentence(command, tmp_path):
    from scapy.utils import RawPcapNgReader

    program, *arguments = command.split()
    played = simulate([program, "--pcap=run.pcapng", *arguments], PATH)
    assert played.stdout == simulate(command, PATH).stdout
    assert list(played.files) == ["run.pcapng"]
    file = tmp_path / "run.pcapng"
    file.write_bytes(played.files["run.pcapng"])
    with RawPcapNgReader(str(file)) as reader:
        found = list(reader)
    sent = [data for data, told in found if told.direction == 2]
    assert sent == list(played.packets)
    times = [(told.tshigh << 32) + told.tslow for _, told in found]
    assert times == sorted(times) and times[0] == 1_700_000_001 * 1_000_000
    assert [told.linktype for _, told in found] == [101] * len(found)
    for _, told in found:
        assert told.comments[0].decode().startswith("Probe " if told.direction == 2 else "Answers probe ")


@pytest.mark.parametrize("command", ["traceroute -q1 server", "traceroute -6 -I server", "traceroute -T server",
                                     "ping -6 -c2 server", "tracepath -4 server"])
def test_tcpdump_reads_it_and_finds_every_checksum_right(command, tmp_path):
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")
    file = tmp_path / "run.pcapng"
    file.write_bytes(simulate(command.replace(" ", " --pcap=x ", 1), PATH).files["x"])
    done = subprocess.run(["tcpdump", "-ttnvvr", str(file)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0
    packets = [line for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert len(packets) >= 4
    assert float(packets[0].split()[0]) == 1_700_000_001
    assert re.findall(r"bad|incorrect|wrong|truncated|\[\|", done.stdout) == []
    assert re.findall(r"sum ok|correct|ICMP", done.stdout)


def test_a_long_run_is_told_shortly():
    assert len(story("ping -4 -n -c40 -i0.01 server")) < 1200
    assert len(story("traceroute -n server", chain(12))) < 5000
