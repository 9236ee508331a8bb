"""IP addresses of interfaces with all that rtnetlink tells of them."""

from __future__ import annotations

from .record import Record

FLAGS = ((0x01, "secondary"), (0x02, "nodad"), (0x04, "optimistic"), (0x08, "dadfailed"), (0x10, "homeaddress"),
         (0x20, "deprecated"), (0x40, "tentative"), (0x100, "managetempaddr"), (0x200, "noprefixroute"),
         (0x400, "mcautojoin"), (0x800, "stable-privacy"))
"""IFA_F_* of <linux/if_addr.h> that say something; 0x01 is a temporary address in IPv6, 0x80 permanent."""

SCOPES = {0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"}


class AddressDetails(Record):
    """One address of one interface (RTM_GETADDR).

    `peer` is the other end's address, `broadcast` and `label` are IPv4's; None where there is none.
    `flags` are words of FLAGS.  `preferred_s` and `valid_s` count down (RFC 4862 section 5.5.4), None is for ever.
    """

    device: str
    address: str
    prefix_length: int
    scope: str
    flags: tuple[str, ...] = ()
    peer: str | None = None
    broadcast: str | None = None
    label: str | None = None
    preferred_s: int | None = None
    valid_s: int | None = None
