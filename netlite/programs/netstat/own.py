"""netlite's own options of netstat: --json, --more, --interval, --netns and --state."""

from __future__ import annotations

from ...command_line.c_numbers import read_number
from ...errors import UsageError
from ...records.connections import TCP_STATE_NAMES, TcpState
from ...render.visible import visible
from .words import SECOND_NS, USAGE_STATUS, Choices, add_families

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...environment import Environment

LONGEST_INTERVAL_S = 10**9
STATES = {name.replace("_", ""): 1 << number for number, name in enumerate(TCP_STATE_NAMES) if number}
BOUND_INACTIVE = 1 << TcpState.BOUND_INACTIVE
LISTEN, CLOSE = 1 << TcpState.LISTEN, 1 << TcpState.CLOSE
ALL = sum(STATES.values())
CONNECTED = ALL & ~LISTEN & ~CLOSE
BUCKET = STATES["SYNRECV"] | STATES["TIMEWAIT"]
STATES.update({  # other names, and the groups of ss(8)
    "LISTENING": LISTEN, "CLOSED": CLOSE, "UNCONNECTED": CLOSE, "ALL": ALL, "CONNECTED": CONNECTED,
    "BOUNDINACTIVE": BOUND_INACTIVE,
    "SYNCHRONIZED": CONNECTED & ~STATES["SYNSENT"], "BUCKET": BUCKET, "BIG": ALL & ~BUCKET})


def take(own: set[str], values: dict[str, str], choices: Choices, env: Environment) -> None:
    """Put netlite's own options into `choices`; --netns enters the namespace at once.

    Raises UsageError for a value that is none, KernelRefused where the namespace cannot be entered.
    """
    choices.own = own
    if "igmp" in choices.tables or choices.view == "masquerade":
        _refuse(own & {"--more"} | values.keys() & {"--state"}, "has no say in this table")
    if choices.view != "sockets":
        more = own & {"--more"} if choices.view != "interfaces" else set()
        _refuse(more | values.keys() & {"--state"}, "only for tables of sockets")
    if "--interval" in values:
        choices.interval_ns = interval_ns(values["--interval"])
        choices.given.setdefault("c", 1)
    if "--state" in values:
        choices.states = states_of(values["--state"])
        if choices.states & BOUND_INACTIVE and "o" in choices.given:
            raise UsageError("netstat: --state bound-inactive: such sockets have no timers; leave out -o\n",
                             USAGE_STATUS)
        if not choices.tables:
            choices.tables.add("tcp")
            add_families(choices)
    if "--netns" in values:
        env.enter_network(values["--netns"])


def _refuse(options: set[str], why: str) -> None:
    for option in sorted(options):
        raise UsageError(f"netstat: {option}: {why}\n", USAGE_STATUS)


def interval_ns(text: str) -> int:
    """Seconds, with a fraction if need be.  Raises UsageError.

    >>> interval_ns("0.5"), interval_ns("2")
    (500000000, 2000000000)
    """
    seconds = read_number(text, 0, LONGEST_INTERVAL_S)
    if not seconds:
        raise UsageError(f"netstat: --interval: not a number of seconds: {visible(text)}\n", USAGE_STATUS)
    return max(1, round(seconds * SECOND_NS))


def states_of(text: str) -> int:
    """The mask (1 << state) of names as netstat or ss write them, with commas between.  Raises UsageError.

    >>> bin(states_of("established,TIME_WAIT")), states_of("fin-wait-1") == states_of("FIN_WAIT1")
    ('0b1000010', True)
    """
    mask = 0
    for name in text.split(","):
        plain = name.upper().replace("-", "").replace("_", "")
        if plain not in STATES:
            names = ", ".join((*TCP_STATE_NAMES[1:], "BOUND_INACTIVE"))
            raise UsageError(f"netstat: --state: unknown state: {visible(name)}\nstates: {names}\n", USAGE_STATUS)
        mask |= STATES[plain]
    return mask
