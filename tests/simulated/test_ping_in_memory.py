"""ping on topologies in memory: every byte it writes, and how long it would have taken."""

import pytest
from worlds import MILLISECOND_NS, PATH, SECOND_NS, SILENT

from netlite.engines.ping import Ping
from netlite.engines.transcript import read, replay
from netlite.programs.simulate import simulate
from netlite.records.family import IPV4
from netlite.records.ping import PingPlan


def test_two_answers():
    played = simulate("ping -c2 -4 -n server", PATH)
    assert played.stdout == """\
PING server (198.18.3.2) 56(84) bytes of data.
64 bytes from 198.18.3.2: icmp_seq=1 ttl=62 time=14.0 ms
64 bytes from 198.18.3.2: icmp_seq=2 ttl=62 time=14.0 ms

--- server ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 1000ms
rtt min/avg/max/mdev = 14.000/14.000/14.000/0.000 ms
"""
    assert (played.stderr, played.status) == ("", 0)
    assert played.duration_ns == SECOND_NS + 14 * MILLISECOND_NS


def test_names_of_ipv6():
    played = simulate("ping -c1 server", PATH)
    assert played.stdout.splitlines()[:2] == [
        "PING server(server.lab (2001:db8:3::2)) 56 data bytes",
        "64 bytes from server.lab (2001:db8:3::2): icmp_seq=1 ttl=62 time=14.0 ms"]


def test_a_dead_name_server_delays_no_probe():
    played = simulate("ping -4 -c2 server", PATH, name_delay_ns=None)
    assert played.duration_ns < 7 * SECOND_NS
    assert "64 bytes from 198.18.3.2: icmp_seq=1" in played.stdout


@pytest.mark.parametrize("arguments, seconds, status", [
    ("-c1", 10, 1), ("-c1 -W 0.5", 0.5, 1), ("-c2 -W 0.5", 1.5, 1), ("-c3 -w 2", 2, 1), ("-w 2", 2, 1),
    ("-c3 -l 3 -W 1", 1, 1)])
def test_silence(arguments, seconds, status):
    played = simulate(f"ping -4 -n {arguments} server", SILENT)
    assert (played.duration_ns, played.status) == (seconds * SECOND_NS, status)


def test_time_exceeded_and_packet_too_big():
    played = simulate("ping -4 -n -c1 -t1 server", PATH)
    assert "From 198.18.1.2 icmp_seq=1 Time to live exceeded\n" in played.stdout
    assert played.status == 1
    played = simulate("ping -6 -n -c3 -i.1 -s 1452 -M do server", PATH)
    assert "From 2001:db8:1::2 icmp_seq=1 Packet too big: mtu=1400\n" in played.stdout
    assert played.stderr == "ping: local error: message too long, mtu: 1400\n" * 2


def test_signals():
    played = simulate("ping -4 -n server", PATH,
                      signals=[(SECOND_NS + SECOND_NS // 2, "SIGQUIT"), (2 * SECOND_NS + SECOND_NS // 2, "SIGINT")])
    assert played.stderr == "\r2/2 packets, 0% loss, min/avg/ewma/max = 14.000/14.000/14.000/14.000 ms\n"
    assert "3 packets transmitted, 3 received, 0% packet loss, time 2000ms\n" in played.stdout
    assert played.status == 0


@pytest.mark.parametrize("arguments, status, complaint", [
    ("-i 0.001", 2, "ping: cannot flood; minimal interval allowed for user is 2ms\n"),
    ("-f", 2, "ping: cannot flood; minimal interval allowed for user is 2ms\n"),
    ("-l 4", 2, "ping: cannot set preload to value greater than 3: 4\n")])
def test_what_a_user_may_not(arguments, status, complaint):
    played = simulate(f"ping -4 -n -c1 {arguments} server", PATH, user_id=1000)
    assert (played.status, played.stderr, played.packets) == (status, complaint, ())
    assert simulate(f"ping -4 -n -c1 {arguments} server", PATH).status == 0


def test_flood_draws_dots_and_takes_them_back():
    played = simulate("ping -4 -f -c3 server", PATH)
    assert played.stdout.splitlines()[1] == "..\b \b.\b \b\b \b"
    assert "ipg/ewma" in played.stdout


def test_the_flood_dots_of_a_silent_host():
    played = simulate("ping -4 -f -c3 -W1 server", SILENT)
    assert played.stdout.splitlines()[1] == "..."
    assert played.duration_ns == SECOND_NS + 20 * MILLISECOND_NS


def test_a_transcript_replays():
    played = simulate("ping -4 -n -c2 server", PATH)
    entries = read(played.transcript)
    assert len(entries) > 8
    engine = Ping(PingPlan(IPV4, "198.18.3.2", count=2))
    taken = replay(engine, entries)
    assert taken == [entry for entry in entries if type(entry).__module__.endswith("actions")]


def test_no_socket():
    played = simulate("ping -c1 nosuch", PATH)
    assert (played.status, played.stderr) == (2, "ping: nosuch: Name or service not known\n")
