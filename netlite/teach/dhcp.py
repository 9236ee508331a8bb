"""DHCP explained: a sentence about each message, and all that it carries, by the names that tshark gives the fields."""

from __future__ import annotations

import textwrap

from ..records.dhcp import EVERYBODY, FOREVER_S, NOBODY, DhcpKind, DhcpMessage, DhcpTold
from ..render.visible import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Shown = Callable[[DhcpMessage], object]

WIDTH, INDENT = 88, " " * 12
REQUESTS = {
    "REQUESTING": "I take {asked}, from the server {server}. It goes to all once more: other servers read there "
                  "that theirs was not taken, and have it free again.",
    "REBOOTING": "I had {asked} before: may I go on with it? A host that begins anew, or comes to another network, "
                 "asks so (RFC 2131 section 3.2).",
    "RENEWING": "T1, half of the lease or what the server says, is over: the client asks its server alone for more "
                "time, from its own address.",
    "REBINDING": "T2 is over, and its server gave no more time: the client asks all servers, as long as the lease "
                 "lasts.",
}
SENTENCES = {
    DhcpKind.DISCOVER: "Is there a server that gives addresses? Whoever asks so comes without an address (0.0.0.0), "
                       "and asks all on the wire (255.255.255.255).",
    DhcpKind.OFFER: "The server {server} offers {yours}. Most keep for a while what they offered.",
    DhcpKind.ACK: "It is yours {time}: {yours}, netmask {netmask}{rest}. The time counts from the request.",
    DhcpKind.NAK: "No ({said}). Whom that is for must not use what it has or was offered, and begins anew.",
    DhcpKind.RELEASE: "I need {client} no longer. Nobody answers that; the server may give it to others now.",
    DhcpKind.DECLINE: "Somebody else has {asked} already: the client does not take it.",
    DhcpKind.INFORM: "I have an address, tell me the rest.",
}
LEFT = {  # of the messages that a client makes nothing of
    DhcpKind.ACK: "Yes, to {yours} {time}: but the client makes nothing of it here.",
    DhcpKind.NAK: "No ({said}). But the client makes nothing of it here, and goes on.",
}
GIVEN_UP = "No ({said}). What was offered is not to be used, and the client has begun anew often enough."


class Row:
    """A field: its name in tshark, its value (None: it is not there), what it is for."""

    def __init__(self, name: str, show: Shown, meaning: str):
        self.name, self.show, self.meaning = name, show, meaning


FIELDS = (
    Row("dhcp.type", lambda said: 1 if said.is_request else 2, "1 to a server, 2 to a client"),
    Row("dhcp.hops", lambda said: said.hops, "how many relays passed it on"),
    Row("dhcp.id", lambda said: f"0x{said.transaction:08x}", "what belongs together: answers repeat it"),
    Row("dhcp.secs", lambda said: said.seconds, "seconds since the client began"),
    Row("dhcp.flags.bc", lambda said: int(said.broadcast), "1: answer to all, I cannot hear otherwise yet"),
    Row("dhcp.ip.client", lambda said: said.client, "the address that the client has and uses"),
    Row("dhcp.ip.your", lambda said: said.yours, "the address that it gets"),
    Row("dhcp.ip.relay", lambda said: said.relay, "the relay on the client's wire"),
    Row("dhcp.hw.mac_addr", lambda said: said.hardware, "the client's card"),
    Row("dhcp.option.dhcp", lambda said: f"{said.kind}", "the message type: {name}"),
    Row("dhcp.option.requested_ip_address", lambda said: said.requested, "the address that it would like"),
    Row("dhcp.option.dhcp_server_id", lambda said: said.server, "which server, of several"),
    Row("dhcp.option.subnet_mask", lambda said: said.netmask, "which addresses are on the client's wire"),
    Row("dhcp.option.router", lambda said: ",".join(said.routers) or None, "the way to all others: the default route"),
    Row("dhcp.option.domain_name_server", lambda said: ",".join(said.name_servers) or None, "whom to ask for names"),
    Row("dhcp.option.ip_address_lease_time", lambda said: said.lease_s, "seconds that the address may be used"),
    Row("dhcp.option.renewal_time_value", lambda said: said.renew_s, "T1: then it asks this server for more"),
    Row("dhcp.option.rebinding_time_value", lambda said: said.rebind_s, "T2: then it asks any server"),
    Row("dhcp.option.request_list_item", lambda said: ",".join(map(str, said.wanted)) or None,
        "options that it would like to be told"),
    Row("dhcp.option.message", lambda said: None if said.said is None else visible(said.said), "why, for people"),
)


def sentence(message: DhcpMessage, state: str = "", destination: str = "", use: str = "") -> str:
    """What a message says, in a sentence or two; `state` is the client's, where that is known, and `use` what it made
    of it (`DhcpTold`)."""
    text = SENTENCES.get(message.kind, "")
    if use in ("late", "odd"):
        text = LEFT.get(message.kind, text)
    elif use == "last":
        text = GIVEN_UP
    if message.kind == DhcpKind.REQUEST:
        state = state or _state_of(message, destination)
        text = REQUESTS.get(state, REQUESTS["REQUESTING"])
    time = "for ever" if message.lease_s == FOREVER_S else f"for {message.lease_s} s" if message.lease_s else "now"
    rest = f", default route {message.routers[0]}" if message.routers else ""
    rest += f", name server {', '.join(message.name_servers)}" if message.name_servers else ""
    told = text.format(asked=message.requested or message.client, server=message.server or "that is asked",
                       yours=message.yours, time=time, netmask=message.netmask or "of its class", rest=rest,
                       client=message.client, said=visible(message.said or "it does not say why"))
    if message.relay != NOBODY:
        told += f" The relay {message.relay} carried it."
    return told


def _state_of(message: DhcpMessage, destination: str) -> str:
    """The state of a client by what it asks (RFC 2131 section 4.3.2)."""
    if message.client != NOBODY:
        return "REBINDING" if destination == EVERYBODY else "RENEWING"
    return "REQUESTING" if message.server else "REBOOTING"


def fields(message: DhcpMessage) -> list[tuple[str, str, str]]:
    """(the name of a field in tshark, its value, what it is for), for those that are there."""
    found = [(row, row.show(message)) for row in FIELDS]
    return [(row.name, str(value), row.meaning.format(name=message.name)) for row, value in found if value is not None]


def explain_message(told: DhcpTold, all_fields: bool) -> str:
    """Below the line of a message: what it says, or all that it carries."""
    if not all_fields:
        text = sentence(told.message, told.state, use=told.use)
        return textwrap.fill(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT,
                             break_long_words=False, break_on_hyphens=False) + "\n"
    rows = fields(told.message)
    width = max(len(name) for name, _, _ in rows)
    return "".join([f"{INDENT}{name:{width}}  {value:18}  {meaning}\n" for name, value, meaning in rows])
