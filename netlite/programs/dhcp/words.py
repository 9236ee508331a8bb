"""The command line of netlite dhcp."""

from __future__ import annotations

from ...command_line.getopt import NO_VALUE, VALUE, GetOpt, OptionError
from ...command_line.own_numbers import number
from ...errors import UsageError
from ...records.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

USAGE = """
Usage
  netlite dhcp [options] <interface>

In a lab alone: the interface of a node gets what the server gives.

Options:
  -t, --tries <number>   ask so often before giving up (3)
      --keep <seconds>   stay so long, and renew the lease meanwhile
      --release          give the address back at the end
      --explain          a sentence about each message; --explain=fields: all
                         that it carries; --explain=WORD: one word
      --pcap <file>      write the messages to a file for packet analysers
      --json             one JSON document
      --jsonl            one JSON object a line, as it happens
  -h, --help             print help and exit
"""
LONG = (("help", NO_VALUE, "h"), ("tries", VALUE, "t"), ("keep", VALUE, "k"), ("release", NO_VALUE, "r"))
SECOND_NS = 1_000_000_000
MOST_TRIES, MOST_SECONDS = 10, 30 * 86400
USAGE_STATUS = 2


class Options(Record):
    """The command line; times in nanoseconds, `stay_ns` None: until there is an address."""

    device: str = ""
    tries: int = 3
    stay_ns: int | None = None
    release: bool = False
    help: bool = False


def read_options(program: str, arguments: list[str]) -> Options:
    """Read it.  Raises UsageError."""
    found: dict[str, Any] = {}
    words = GetOpt(program, arguments, "ht:", LONG)
    try:
        for option, value in words:
            if option == "h":
                found["help"] = True
            elif option == "r":
                found["release"] = True
            elif option == "t":
                found["tries"] = number(program, value or "", 1, MOST_TRIES, int)
            else:
                found["stay_ns"] = round(number(program, value or "", 0, MOST_SECONDS, float) * SECOND_NS)
    except OptionError as error:
        raise UsageError(error.text + USAGE, USAGE_STATUS) from None
    if len(words.operands) != 1 and not found.get("help"):
        raise UsageError(USAGE, USAGE_STATUS)
    return Options(words.operands[0] if words.operands else "", **found)
