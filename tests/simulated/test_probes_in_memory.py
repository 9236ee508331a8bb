"""ping and traceroute on topologies in memory, with virtual time."""

from netlite.lab.scene.parts import Node, Wire
from netlite.lab.scene.topology import Topology, chain
from netlite.programs.simulate import simulate

MILLISECOND_NS = 1_000_000
SECOND_NS = 1000 * MILLISECOND_NS
SLOW = Topology([Node("client"), Node("r1", True), Node("server")],
                [Wire(("client", "r1"), 1500, MILLISECOND_NS), Wire(("r1", "server"), 1400, 3 * MILLISECOND_NS)])


def test_ping_times_are_the_wires_delays():
    played = simulate("ping -4 -n -c2 -i 0.5 server", SLOW)
    assert played.stdout == """\
PING server (198.18.2.2) 56(84) bytes of data.
64 bytes from 198.18.2.2: icmp_seq=1 ttl=63 time=8.00 ms
64 bytes from 198.18.2.2: icmp_seq=2 ttl=63 time=8.00 ms

--- server ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 500ms
rtt min/avg/max/mdev = 8.000/8.000/8.000/0.000 ms
"""
    assert played.duration_ns == 508 * MILLISECOND_NS


def test_ping_too_big_for_a_wire():
    played = simulate("ping -6 -n -c1 -M do -s 1400 server", SLOW)
    assert "From 2001:db8:1::2 icmp_seq=1 Packet too big: mtu=1400\n" in played.stdout
    assert played.status == 1


def test_ping_is_interrupted():
    played = simulate("ping -4 -n server", SLOW, signals=[(2500 * MILLISECOND_NS, "SIGINT")])
    assert "3 packets transmitted, 3 received, 0% packet loss" in played.stdout
    assert played.status == 0
    assert played.duration_ns == 2500 * MILLISECOND_NS


def test_ping_status_line():
    played = simulate("ping -4 -n -c3 server", SLOW, signals=[(1500 * MILLISECOND_NS, "SIGQUIT")])
    assert "2/2 packets, 0% loss" in played.stderr
    assert "3 packets transmitted, 3 received" in played.stdout


def test_ping_counts_what_is_lost():
    played = simulate("ping -4 -n -q -c100 -i 0.01 server", SLOW, losses={"r1-server": 0.2}, seed=1)
    again = simulate("ping -4 -n -q -c100 -i 0.01 server", SLOW, losses={"r1-server": 0.2}, seed=1)
    assert played == again
    assert "100 packets transmitted" in played.stdout and " 0% packet loss" not in played.stdout


def test_ping_datagram_socket():
    played = simulate("ping -4 -n -c1 server", SLOW, echo_socket="datagram", user_id=1000)
    assert "1 packets transmitted, 1 received" in played.stdout


def test_traceroute_both_families():
    for option, prefix in (("-4", "198.18.{}.2"), ("-6", "2001:db8:{}::2")):
        played = simulate(f"traceroute {option} -n -q1 server", chain(3))
        hops = [line.split()[1] for line in played.stdout.splitlines()[1:]]
        assert hops == [prefix.format(number) for number in (1, 2, 3, 4)]
        assert played.status == 0


def test_traceroute_waits_in_virtual_time():
    topology = Topology([Node("client"), Node("r1", True, silent=True), Node("server")],
                        [Wire(("client", "r1")), Wire(("r1", "server"), delay_ns=MILLISECOND_NS)])
    played = simulate("traceroute -n -q1 -w 4,0,0 server", topology)
    assert [line.split()[1] for line in played.stdout.splitlines()[1:]] == ["*", "198.18.2.2"]
    assert played.duration_ns == 4 * SECOND_NS


def test_traceroute_methods():
    """UDP, ICMP and TCP find the same path."""
    for method in ("-U", "-I", "-T", "-T -p 81"):
        played = simulate(f"traceroute {method} -n -q1 server", chain(2), open_ports=[("server", 80)])
        hops = [line.split()[1:2] for line in played.stdout.splitlines()[1:]]
        assert hops == [["198.18.1.2"], ["198.18.2.2"], ["198.18.3.2"]], played


def test_traceroute_tells_open_ports():
    for port, flags in ((80, "<syn,ack>"), (81, "<rst,ack>")):
        played = simulate(f"traceroute -T -O info -p {port} -n -q1 server", chain(1), open_ports=[("server", 80)])
        assert flags in played.stdout
