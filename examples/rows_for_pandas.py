"""Verdicts as a table, with pandas or without: rows_for_pandas.py HOST"""

import csv
import sys

import netlite

verdicts = list(netlite.ping(sys.argv[1], count=5, interval_s=0.1))
try:
    import pandas
except ImportError:
    table = csv.writer(sys.stdout)
    table.writerow(verdicts[0]._fields)
    table.writerows(verdicts)
else:
    print(pandas.DataFrame(verdicts).to_csv(index=False), end="")
