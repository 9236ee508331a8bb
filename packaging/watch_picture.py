"""Write docs/watch.svg: the rich view of netlite watch on a path in memory, as textual draws it.  Needs textual."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from netlite.api.watches import open_ways  # noqa: E402
from netlite.engines.watch import Watch  # noqa: E402
from netlite.engines.watch_config import WatchConfig  # noqa: E402
from netlite.lab.memory.environment import SimulatedEnvironment  # noqa: E402
from netlite.lab.scene.parts import Node, Wire  # noqa: E402
from netlite.lab.scene.topology import Topology  # noqa: E402
from netlite.programs.watch.rich_view import WatchApp  # noqa: E402
from netlite.records.family import IPV4  # noqa: E402
from netlite.render.watch import Style  # noqa: E402
from netlite.session import Session  # noqa: E402

PICTURE = ROOT / "docs" / "watch.svg"
MS = 1_000_000
PATH = Topology(
    [Node("client"), *(Node(f"r{place}", True) for place in range(1, 5)), Node("server")],
    [Wire(("client", "r1"), delay_ns=MS, jitter_ns=MS // 2), Wire(("r1", "r2"), delay_ns=2 * MS, jitter_ns=MS),
     Wire(("r2", "r3"), delay_ns=6 * MS, jitter_ns=4 * MS, loss=0.04),
     Wire(("r3", "r4"), delay_ns=3 * MS, jitter_ns=MS),
     Wire(("r4", "server"), delay_ns=MS, jitter_ns=MS)])


def picture() -> str:
    """The view after sixty probes a hop."""
    world = SimulatedEnvironment("watch", PATH, "client", seed=7)
    address = world.resolver.addresses("server", IPV4.af)[0].text
    config, link = open_ways(world, WatchConfig((), count=60, names=True), [("server", IPV4, address)], 1, 64, {})
    watch = Watch(config)
    with Session(watch, link, world, names=True) as session:
        app = WatchApp(session, watch, Style(), world)

        async def shown() -> str:
            async with app.run_test(size=(118, 26)) as pilot:
                while not session.finished:
                    await pilot.pause(0.01)
                await pilot.press("down", "down", "down")
                app.draw()
                await pilot.pause()
                return app.export_screenshot(title="netlite watch server")

        text = asyncio.run(shown())
    return re.sub(r"@font-face \{.*?\}", "", text, flags=re.S)  # from a server of others; monospace will do


if __name__ == "__main__":
    PICTURE.write_text("\n".join(line.rstrip() for line in picture().splitlines()) + "\n")
    print(PICTURE)
