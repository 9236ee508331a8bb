"""compiled.py is what pyroute2's classes say, and decodes live messages as pyroute2 does."""

from pathlib import Path

import pytest

pytest.importorskip("pyroute2")

from netlite.system.netlink import compiled, generate, messages
from netlite.system.interfaces.links import LinkDecoder
from netlite.system.netlink.channel import HEADER, ROUTE, Channel, attribute, attributes


def dump(message_type: int, body: bytes):
    """(message bytes, header size) of every message of a dump in this namespace."""
    try:
        channel = Channel(ROUTE)
    except OSError as refusal:
        pytest.skip(f"netlink is refused here: {refusal}")
    with channel:
        for chunk in channel.dump(message_type, body):
            offset = 0
            while offset < len(chunk):
                length = HEADER.unpack_from(chunk, offset)[0]
                yield bytes(chunk[offset:offset + length])
                offset += (length + 3) & ~3


def test_compiled_is_up_to_date():
    written = Path(compiled.__file__).read_text("ascii")
    assert written == generate.generate()


@pytest.mark.parametrize("layout", messages.LAYOUTS, ids=lambda layout: layout.name)
def test_sizes_match_the_definitions(layout):
    fields = layout.definition.fields
    size = sum(generate.width_of(form.lstrip(">")) if form != "x" else 1 for _, form in fields if "x" not in form)
    size += sum(int(form[:-1] or 1) for _, form in fields if "x" in form)
    assert getattr(compiled, layout.name).size == size


def test_numbers_match_the_attribute_names():
    assert (compiled.IFLA_IFNAME, compiled.IFLA_TXQLEN, compiled.IFLA_STATS64) == (3, 13, 23)
    assert (compiled.RTA_TABLE, compiled.RTAX_ADVMSS, compiled.IFA_LABEL) == (15, 8, 3)


def test_links_decode_as_pyroute2_does():
    for message in dump(compiled.RTM_GETLINK, compiled.LINKS_REQUEST):
        theirs = messages.ifinfmsg(message)
        theirs.decode()
        _, kind, index, flags, _ = compiled.LINK.unpack_from(message, 16)
        assert (kind, index, flags) == (theirs["ifi_type"], theirs["index"], theirs["flags"])
        ours = attributes(message, 32, len(message))
        assert ours[compiled.IFLA_IFNAME].rstrip(b"\0").decode() == theirs.get_attr("IFLA_IFNAME")
        assert int.from_bytes(ours[compiled.IFLA_MTU], "little") == theirs.get_attr("IFLA_MTU")
        assert int.from_bytes(ours[compiled.IFLA_TXQLEN], "little") == theirs.get_attr("IFLA_TXQLEN")
        stats = compiled.LINK_STATS64.unpack_from(ours[compiled.IFLA_STATS64])
        names = [name for name, _ in messages.ifinfmsg.ifstats64.fields]
        assert dict(zip(names, stats)) == {name: theirs.get_attr("IFLA_STATS64")[name] for name in names}
        assert compiled.LINK_MAP.unpack_from(ours[compiled.IFLA_MAP]) == tuple(
            theirs.get_attr("IFLA_MAP")[name] for name, _ in messages.ifinfmsg.ifmap.fields)


def test_addresses_decode_as_pyroute2_does():
    for message in dump(compiled.RTM_GETADDR, compiled.ADDRESSES4_REQUEST):
        theirs = messages.ifaddrmsg(message)
        theirs.decode()
        assert compiled.ADDRESS.unpack_from(message, 16) == tuple(
            theirs[name] for name in ("family", "prefixlen", "flags", "scope", "index"))
        ours = attributes(message, 24, len(message))
        assert ".".join(map(str, ours[compiled.IFA_LOCAL])) == theirs.get_attr("IFA_LOCAL")
        assert ours[compiled.IFA_LABEL].rstrip(b"\0").decode() == theirs.get_attr("IFA_LABEL")


def test_routes_decode_as_pyroute2_does():
    for message in dump(compiled.RTM_GETROUTE, compiled.ROUTES4_REQUEST):
        theirs = messages.rtmsg(message)
        theirs.decode()
        assert compiled.ROUTE.unpack_from(message, 16) == tuple(theirs[name] for name, _ in messages.rtmsg.fields)
        ours = attributes(message, 28, len(message))
        for name in ("RTA_OIF", "RTA_PRIORITY", "RTA_TABLE"):
            value = ours.get(getattr(compiled, name))
            assert (value and int.from_bytes(value, "little")) == theirs.get_attr(name)


def test_two_attributes_of_a_type_move_nothing():
    """Kernels to come may repeat one, as others do in other messages."""
    for message in dump(compiled.RTM_GETLINK, compiled.LINKS_REQUEST):
        twice = message[:32] + 2 * attribute(compiled.IFLA_TXQLEN, b"\7\0\0\0") + message[32:]
        assert LinkDecoder({}, {}).decode(twice) == LinkDecoder({}, {}).decode(message)
