"""One trace with scapy: ``one_trace.py ADDRESS``."""

import sys

from scapy.config import conf
from scapy.layers.inet import traceroute

conf.verb = 0
traceroute([sys.argv[1]], maxttl=11, timeout=2, verbose=0)
