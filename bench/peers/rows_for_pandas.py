"""Round trips as a table, with icmplib and pandas; which probe was lost is not told: rows_for_pandas.py HOST"""

import sys

import pandas
from icmplib import ping

host = ping(sys.argv[1], count=5, interval=0.1)
rows = [{"host": host.address, "rtt_ms": rtt} for rtt in host.rtts]
print(pandas.DataFrame(rows).to_csv(index=False), end="")
