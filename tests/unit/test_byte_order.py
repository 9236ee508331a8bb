"""Numbers of the kernel stand in the byte order of the machine, whichever it is."""

import re
from pathlib import Path
from struct import pack

import pytest

from netlite.system.netlink import compiled
from netlite.system.netlink.channel import attribute
from netlite.system.routes import all_tables
from netlite.system.sockets import unix_diag

ROOT = Path(__file__).resolve().parents[2] / "netlite"


@pytest.mark.parametrize("order, mark", [("little", "<"), ("big", ">")])
def test_numbers_are_read_in_it(order, mark, monkeypatch):
    for module in (all_tables, unix_diag):
        monkeypatch.setattr(module, "byteorder", order)
    hop = all_tables._hop(2, 0, 0, 1, {compiled.RTA_ENCAP_TYPE: pack(f"{mark}H", 1)}, lambda index: "eth0")
    assert hop.encap == "mpls"
    message = bytes(16) + compiled.UNIX_DIAG.pack(1, 1, 1, 42, 0) + attribute(compiled.UNIX_DIAG_PEER, pack(f"{mark}I", 4242))
    assert unix_diag.decode(message).peer == 4242


def test_nothing_in_the_readers_of_the_kernel_names_one():
    places = [path for folder in ("system", "lab/node") for path in (ROOT / folder).rglob("*.py")]
    assert places and not [path.name for path in places if re.search(r'(from_bytes|to_bytes)\(.*"little"', path.read_text())]
