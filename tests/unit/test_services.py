"""The name files under /etc."""

from netlite.system.names import files as services


def test_the_last_service_of_a_number_wins():
    names = services.parse_services("first 8443/tcp\nsecond 8443/tcp\nhttp 80/tcp www # web\nbroken\nodd x/tcp\n")
    assert names == {(8443, "tcp"): "second", (80, "tcp"): "http"}


def test_the_first_protocol_and_user_of_a_number_win():
    assert services.parse_protocols("ip 0 IP\nhopopt 0 X\n# icmp 1\n") == {0: "ip"}
    assert services.parse_passwd("root:x:0:0::/:\ntoor:x:0:0::/:\n+nis\n") == {0: "root"}


def test_networks_are_filled_with_zeros():
    networks = services.parse_networks("default 0.0.0.0\nlink-local 169.254 zeroconf\nbad x.y\nshort\n")
    assert [(entry.name, entry.address) for entry in networks] == [
        ("default", bytes(4)), ("link-local", bytes([169, 254, 0, 0]))]
    assert networks[1].aliases == ("zeroconf",)


def test_hosts_of_both_families():
    hosts = services.parse_hosts("10.0.0.1 alpha.example.test alpha\nfe80::1%eth0 router\nnonsense here\n::1\n")
    assert [(entry.name, len(entry.address)) for entry in hosts] == [("alpha.example.test", 4), ("router", 16)]
    assert services.name_of(hosts, bytes([10, 0, 0, 1])) == "alpha.example.test"
    assert services.name_of(hosts, bytes(4)) is None


def test_an_absent_file_is_an_empty_table(tmp_path):
    assert services.read_services(str(tmp_path)) == {}
    assert services.read_hosts(str(tmp_path)) == []
    (tmp_path / "networks").write_bytes(b"caf\xe9 10.0.0.0\n")
    assert services.read_networks(str(tmp_path))[0].name == "caf\udce9"
