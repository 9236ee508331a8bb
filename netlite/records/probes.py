"""What we send: one record a kind of probe, which stands beside the settings of the link that sends it.

A probe says only what varies from probe to probe; what is the same for a whole run
(destination, identifier, payload, options) is told to the link when it is opened.
`number` counts the probes of a run from 1 and never wraps: it is how engine, link and
transcript speak of one probe.
"""

from __future__ import annotations

from .echo_links import EchoProbe
from .raw_links import RawProbe, TcpProbe
from .udp_links import UdpProbe

Probe = EchoProbe | UdpProbe | TcpProbe | RawProbe
"""Everything that an engine can have sent in an IP packet."""
