# %% [markdown]
# Cells as Jupyter and editors read them: this lab is in memory, so it needs no network and no rights.

# %%
import netlite
from netlite.lab.memory.environment import SimulatedEnvironment
from netlite.lab.scene.topology import chain

lab = SimulatedEnvironment("notebook", chain(3, mtus={3: 1400}), "client")

# %%
[(hop.hop, hop.source) for hop in netlite.traceroute("server", queries=1, version=4, world=lab)]

# %%
run = netlite.ping("server", count=10, interval_s=0.1, version=4, world=lab)
milliseconds = [verdict.rtt_ns / 1e6 for verdict in run if verdict.kind == "answer"]
print(f"{len(milliseconds)} answers, loss {run.result.loss}, median {run.result.rtt_median_ns} ns")

# %%
*_, found = netlite.path_mtu("server", version=4, world=lab)
print("path MTU", found.mtu_bytes)
