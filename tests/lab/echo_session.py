"""Run inside a node: send echo probes over a link one by one, print what arrived.

The argument is a pickle in hex: settings, the probes, and how many arrivals to wait for after each.
The output is one too: (kind, identifier, [send times or errno], [arrivals]).
"""

from __future__ import annotations

import pickle
import sys
from select import select

from netlite.links.network import Network


def main() -> None:
    settings, probes, answers = pickle.loads(bytes.fromhex(sys.argv[1]))
    sent, arrivals = [], []
    with Network().open_echo_link(settings) as link:
        for probe, expected in zip(probes, answers, strict=True):
            try:
                sent.append(link.send(probe))
            except OSError as refusal:
                sent.append(-refusal.errno)
            expected += len(arrivals)
            arrivals += link.receive()
            while len(arrivals) < expected and select([link], [], [], 5)[0]:
                arrivals += link.receive()
        print(pickle.dumps((link.kind, link.identifier, sent, arrivals)).hex())


if __name__ == "__main__":
    main()
