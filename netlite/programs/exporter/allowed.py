"""Which targets may be probed: an exporter that probes whatever it is asked to is everybody's scanner."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network, IPv6Network

ANY = "any"


class Allowed:
    """Names, ``*.example.org`` for all below a domain, addresses and prefixes; the word ``any`` for everything.

    >>> allowed = Allowed(["192.0.2.0/24", "*.example.org"])
    >>> allowed.address("192.0.2.7"), allowed.address("198.18.0.1")
    (True, False)
    >>> allowed.name("a.example.org"), allowed.name("example.org")
    (True, False)
    """

    def __init__(self, words: Iterable[str]):
        """Raises ValueError for a word that is none of these."""
        self._names: set[str] = set()
        self._domains: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        self._any = False
        for word in words:
            plain = word.rstrip(".").lower()
            if plain == ANY:
                self._any = True
            elif plain.startswith("*."):
                self._domains.add(_checked(word, plain[2:]))
            elif "/" in plain or _is_address(plain):
                self._networks.append(ip_network(plain.partition("%")[0], strict=False))
            else:
                self._names.add(_checked(word, plain))

    @property
    def has_networks(self) -> bool:
        """Whether an address may be allowed."""
        return self._any or bool(self._networks)

    def name(self, name: str) -> bool:
        """Whether a name is allowed, whatever its addresses."""
        plain = name.rstrip(".").lower()
        labels = plain.split(".")
        return self._any or plain in self._names or any(
            ".".join(labels[start:]) in self._domains for start in range(1, len(labels)))

    def address(self, address: str) -> bool:
        """Whether an address is allowed, its zone aside."""
        if self._any:
            return True
        number = ip_address(address.partition("%")[0])
        number = getattr(number, "ipv4_mapped", None) or number
        return any(number in network for network in self._networks)


def _checked(word: str, name: str) -> str:
    if not name or "*" in name or any(letter.isspace() for letter in name):
        raise ValueError(f"{word!r} is no name, address or prefix")
    return name


def _is_address(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
