"""The long display: a block of lines for each interface, for ``ifconfig`` and ``netstat -ie``."""

from __future__ import annotations

from ..records.hardware import MEDIA
from ..records.interfaces import HardwareMap, Interface, InterfaceAddress, InterfaceCounters, InterfaceFlags
from .hardware import COMPRESSING, hardware_of, show_address
from .netmask import netmask

INDENT = "        "
FLAG_WORDS = (
    (InterfaceFlags.UP, "UP"), (InterfaceFlags.BROADCAST, "BROADCAST"), (InterfaceFlags.DEBUG, "DEBUG"),
    (InterfaceFlags.LOOPBACK, "LOOPBACK"), (InterfaceFlags.POINTOPOINT, "POINTOPOINT"),
    (InterfaceFlags.NOTRAILERS, "NOTRAILERS"), (InterfaceFlags.RUNNING, "RUNNING"),
    (InterfaceFlags.NOARP, "NOARP"), (InterfaceFlags.PROMISC, "PROMISC"), (InterfaceFlags.ALLMULTI, "ALLMULTI"),
    (InterfaceFlags.SLAVE, "SLAVE"), (InterfaceFlags.MASTER, "MASTER"), (InterfaceFlags.MULTICAST, "MULTICAST"),
    (InterfaceFlags.DYNAMIC, "DYNAMIC"),
)
IPV6_SCOPES = ((0x20, "link"), (0x40, "site"), (0x10, "host"))
IPV6_COMPATIBLE = 0x80
UNITS = ((1 << 50, "PiB"), (1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


class _Flags(dict[int, str]):
    """Flags -> their number and words; most interfaces have those of others."""

    def __missing__(self, flags: int) -> str:
        words = ",".join([word for bit, word in FLAG_WORDS if flags & bit])
        signed = flags - 0x10000 if flags & 0x8000 else flags  # printed as a short, so DYNAMIC makes it negative
        text = self[flags] = f"flags={signed}<{words}>"
        return text


FLAGS = _Flags()


def render_interface(interface: Interface) -> str:
    """The block of an interface: whole lines, the last one blank."""
    flags = interface.flags
    block = f"{interface.name}: {FLAGS[flags]}  mtu {interface.mtu_bytes}\n"
    if interface.addresses:
        block += _inet_line(interface.addresses[0], flags)
    for address in interface.addresses6:
        block += _inet6_line(address)
    block += _link_line(interface)
    if interface.counters is not None:
        block += _counter_lines(interface.counters, interface.hardware_type)
    if interface.hardware_map is not None:
        block += _device_line(interface.hardware_map)
    return block + "\n"


def _inet_line(address: InterfaceAddress, flags: int) -> str:
    line = f"{INDENT}inet {address.address}  netmask {netmask(address.prefix_length)}"
    if flags & InterfaceFlags.BROADCAST:
        line += f"  broadcast {address.broadcast}"
    if flags & InterfaceFlags.POINTOPOINT:
        line += f"  destination {address.peer}"
    return line + "\n"


def _inet6_line(address: InterfaceAddress) -> str:
    scope = address.scope
    words = [word for bit, word in IPV6_SCOPES if scope & bit] or ["global"]
    if scope & IPV6_COMPATIBLE:
        words.insert(0, "compat")
    return (f"{INDENT}inet6 {address.address}  prefixlen {address.prefix_length}  "
            f"scopeid 0x{scope:x}<{','.join(words)}>\n")


def _link_line(interface: Interface) -> str:
    kind = hardware_of(interface.hardware_type)
    line = INDENT + kind.name
    address = show_address(interface.hardware_type, interface.hardware_address)
    if address is not None:
        line += " " + address
    if interface.queue_length is not None:
        line += f"  txqueuelen {interface.queue_length}"
    line += f"  ({kind.title})\n"
    if interface.flags & InterfaceFlags.PORTSEL:
        port = interface.hardware_map.port if interface.hardware_map else 0
        automatic = "autoselect" if interface.flags & InterfaceFlags.AUTOMEDIA else ""
        line += f"{INDENT}media {MEDIA[port] if port < len(MEDIA) else MEDIA[0]}{automatic}\n"
    return line


def _counter_lines(counted: InterfaceCounters, hardware_type: int) -> str:
    (rx_bytes, rx_packets, rx_errors, rx_dropped, rx_fifo, rx_frame, rx_compressed, _, tx_bytes, tx_packets,
     tx_errors, tx_dropped, tx_fifo, collisions, tx_carrier, tx_compressed) = counted
    compresses = hardware_type in COMPRESSING
    return (f"{INDENT}RX packets {rx_packets}  bytes {rx_bytes} ({human_bytes(rx_bytes)})\n"
            + (f"{INDENT}RX compressed:{rx_compressed}\n" if compresses else "")
            + f"{INDENT}RX errors {rx_errors}  dropped {rx_dropped}  overruns {rx_fifo}  frame {rx_frame}\n"
            f"{INDENT}TX packets {tx_packets}  bytes {tx_bytes} ({human_bytes(tx_bytes)})\n"
            + (f"{INDENT}TX compressed {tx_compressed}\n" if compresses else "")
            + f"{INDENT}TX errors {tx_errors}  dropped {tx_dropped} overruns {tx_fifo}  "  # one blank in 2.10
            f"carrier {tx_carrier}  collisions {collisions}\n")


def _device_line(place: HardwareMap) -> str:
    parts = ""
    if place.interrupt:
        parts += f"interrupt {place.interrupt}  "
    if place.base_address >= 0x100:
        parts += f"base 0x{place.base_address:x}  "
    if place.memory_start:
        parts += f"memory 0x{place.memory_start:x}-{place.memory_end:x}  "
    if place.dma:
        parts += f"  dma 0x{place.dma:x}"
    return f"{INDENT}device {parts}\n" if parts else ""


def human_bytes(count: int) -> str:
    """Bytes in the largest unit that `count` exceeds, one decimal, cut off and not rounded.

    >>> human_bytes(1024), human_bytes(1025), human_bytes(2044723)
    ('1024.0 B', '1.0 KiB', '1.9 MiB')
    """
    if count > 1 << 60:
        tenths = count // 115292150460684697  # 2**60 / 10: ten times the count would not fit 64 bits
        return f"{tenths // 10}.{tenths % 10} EiB"
    for size, unit in UNITS:
        if count > size:
            tenths = count * 10 // size
            return f"{tenths // 10}.{tenths % 10} {unit}"
    return f"{count}.0 B"
