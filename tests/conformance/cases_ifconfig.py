"""ifconfig, the display: every option, interfaces of all kinds, aliases, names that do not exist."""

from harness import Case

WORDS = (
    "", "-a", "-s", "-s -a", "-a -s", "-v", "-v -a", "-a -v -s",
    "lo", "e2", "e2:1", "e2:web", "e2:none", "e2:", "e10", "e10:only", "br0", "tun0", "other", "e2b",
    "abcdefghijklmno", "abcdefghijklmn", "abcdefghijklmnop", "e2147483648",
    "-s e2", "-s e2:1", "-a e2", "-v e2", "-s other", "nosuch", "-s nosuch", ":", "é",
    "-V", "-version", "--version", "-h", "-help", "--help", "-?", "-as", "-", "--", "--all", "-a -x", "-x -V",
)
NAMES = ("type7", "type257", "type270", "type768", "type772", "type774", "type780", "type512")


def _case(words: str, user: str | None = None) -> Case:
    return Case(f"ifconfig {words}", scene="interfaces", user=user, masks=("counters", "short_counters"),
                packets="ignored")


CASES = [
    *(_case(words) for words in WORDS),
    *(_case(name) for name in NAMES),
    *(_case(words, "nobody") for words in ("", "-a", "-s", "e2", "e2:1", "nosuch")),
    Case(["ifconfig", ""], scene="interfaces", packets="ignored", note="no name"),
    Case("ifconfig", scene="alone", packets="ignored"),
    Case("ifconfig -a", scene="alone", packets="ignored"),
]
