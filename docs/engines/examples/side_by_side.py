"""The sums that side_by_side.rs wrote, in DuckDB: seconds, and whether the order is the same. It calls this script itself."""

import resource
import sys
import time
from pathlib import Path

import duckdb

RUNS = 5


def used():
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


folder = Path(sys.argv[1])
sql = (folder / "sums.sql").read_text(encoding="utf-8")
expected = (folder / "first.txt").read_text(encoding="utf-8").split("\n")
for threads in (1, 2):
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE VIEW complaints AS SELECT * FROM read_parquet('{folder / 'flags.parquet'}')")
    clocks, processors = [], []
    for _ in range(RUNS + 1):
        start, before = time.perf_counter(), used()
        ids = [row[0] for row in connection.execute(sql).fetchall()]
        clocks.append(time.perf_counter() - start)
        processors.append(used() - before)
    if ids != expected:
        sys.exit("DuckDB: another order")
    clock, processor = (sorted(all_runs[1:])[RUNS // 2] for all_runs in (clocks, processors))
    print(f"{f'sums by hand, DuckDB {duckdb.__version__}, {threads} threads':<36}{clock:>12.3f}{processor:>16.2f}")
