"""Runs the reference job here and in NumPy, Numba, Polars and scikit-learn on the same data, and prints seconds and ratios.

    python benches/peers_reference_job.py [complaints]

Needs numpy, numba, polars, scikit-learn and scipy. Every way must give the order of all complaints that the crate gives,
to the last one; the script stops where one does not. Peers use the crate's link (the same additions,
multiplications and one division of IEEE doubles), so that equality is exact and not a matter of rounding.
Each peer runs in a process of its own with one thread, then with two; figures are the median of seven
runs after one that does not count. "cold" starts from one byte per answer and whole days; "prepared" from whatever the
peer would keep between two rankings under new weights; "CSV" from a file with a digit per answer (the crate
reads a larger file with words and full times).

All peers add up weights by groups of items. The answers of a complaint are five 64-bit words of eight bytes.
The remainder of a word by a well-chosen number differs for every combination of answers that can occur, so it is the
place of that combination in a table of summed weights: six lookups replace forty.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ITEMS, CODES, OUTCOMES, FLAGS, RUNS = 40, 7, 3, 34, 7
# 30 bits of priority, 13 of days since 1 January 2010, 20 of row.
ROW_BITS, DAY_BITS, FIRST_DAY = 20, 13, 14_610
# The smallest numbers that tell all combinations apart: of eight flags, two flags and two counts, four counts.
EIGHT, MIXED, COUNTS = 14_964, 535, 3_517
GROUPS = [(0, 8, EIGHT), (8, 8, EIGHT), (16, 8, EIGHT), (24, 8, EIGHT), (32, 4, MIXED), (36, 4, COUNTS)]


def median(run):
    run()
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds)[RUNS // 2]


def load(folder):
    import numpy as np

    codes = np.fromfile(folder / "codes.u8", np.uint8)
    weights = np.fromfile(folder / "weights.i32", np.int32).reshape(ITEMS, CODES, OUTCOMES)
    intercepts = np.fromfile(folder / "intercepts.i32", np.int32)
    # The link holds scores within 22,000,000; these weights cannot leave that, so peers leave the check out.
    assert (abs(intercepts) + abs(weights).max(axis=1).sum(axis=0) <= 22_000_000).all()
    return {
        "words": codes.view(np.uint64).reshape(-1, ITEMS // 8),
        "days": np.fromfile(folder / "days.i32", np.int32) - FIRST_DAY,
        "weights": weights,
        "intercepts": intercepts,
        "order": np.fromfile(folder / "order.u32", np.uint32),
    }


def group_tables(np, data):
    """For each group its weights summed, by remainder and outcome; the intercepts are in the first."""
    tables = []
    for first, items, divisor in GROUPS:
        words, sums = np.zeros(1, np.int64), np.zeros((1, OUTCOMES), np.int32)
        for place in range(items):
            codes = 3 if first + place < FLAGS else CODES
            words = (words[:, None] + (np.arange(codes) << (8 * place))).ravel()
            sums = (sums[:, None] + data["weights"][first + place, :codes]).reshape(-1, OUTCOMES)
        table = np.zeros((divisor, OUTCOMES), np.int32)
        table[words % divisor] = sums
        tables.append(table)
    tables[0] += data["intercepts"]
    return tables


def group_places(np, words):
    """The place of each complaint in each group's table; a row for each group."""
    columns = np.ascontiguousarray(words.T)
    low, high = columns[4] & np.uint64(0xFFFFFFFF), columns[4] >> np.uint64(32)
    places = np.empty((len(GROUPS), len(words)), np.intp)
    for place, column, (_, _, divisor) in zip(places, [*columns[:4], low, high], GROUPS):
        # NumPy divides by a constant faster than it takes a remainder.
        place[:] = column - column // np.uint64(divisor) * np.uint64(divisor)
    return places


def link(np, steps):
    """Billionths for scores in millionths: the operations of src/score/link.rs in their order."""
    r = steps * -1e-6
    rounded = r * 1.4426950408889634
    rounded += 6_755_399_441_055_744.0
    k = rounded - 6_755_399_441_055_744.0
    r -= k * 6.931_471_803_691_238e-1
    r -= k * 1.908_214_929_270_587_7e-10
    total = np.full_like(r, 1.0 / 362_880.0)
    for term in (40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0):
        total *= r
        total += 1.0 / term
    power = rounded.view(np.uint64)
    power <<= np.uint64(52)
    power += np.uint64(1023 << 52)
    total *= power.view(np.float64)
    total += 1.0
    np.divide(1.0, total, out=total)
    total *= 1e9
    total += 4_503_599_627_370_496.0
    return total.view(np.uint64) & np.uint64(0xFFFFFFFF)


def packed_keys(np, scores, tie, bits):
    """One 64-bit key a complaint, lowest first: priority falling, then the tie-breaker."""
    p = link(np, scores)
    # The job's harm weights are 2, 1 and 1.
    priority = (p[0] * np.uint64(2) + p[1] + p[2]) >> np.uint64(2)
    return ((np.uint64((1 << 30) - 1) - priority) << np.uint64(bits)) | tie


def rows_of(np, keys):
    keys.sort()
    return (keys & np.uint64((1 << ROW_BITS) - 1)).astype(np.uint32)


def day_and_row(np, days):
    return (days.astype(np.uint64) << np.uint64(ROW_BITS)) | np.arange(len(days), dtype=np.uint64)


def in_blocks(threads, count, block, work):
    spans = [slice(start, min(start + block, count)) for start in range(0, count, block)]
    if threads == 1:
        return [work(span) for span in spans]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, spans))


# --- NumPy -----------------------------------------------------------------------------------------------------------


def numpy_ways(data, threads):
    import numpy as np

    words, count = data["words"], len(data["words"])

    def keys_from(places_of, tie, bits):
        tables = [np.ascontiguousarray(table.T) for table in group_tables(np, data)]
        keys = np.empty(count, np.uint64)

        def work(span):
            places = places_of(span)
            scores = np.zeros((OUTCOMES, places.shape[1]), np.int32)
            for table, place in zip(tables, places):
                for outcome in range(OUTCOMES):
                    scores[outcome] += table[outcome].take(place, mode="clip")
            keys[span] = packed_keys(np, scores, tie[span], bits)

        in_blocks(threads, count, 1 << 14, work)
        return keys

    def cold():
        tie = day_and_row(np, data["days"])
        return rows_of(np, keys_from(lambda span: group_places(np, words[span]), tie, ROW_BITS + DAY_BITS))

    # Prepared: places group by group, complaints in the order that breaks ties.
    tie_order = np.argsort(data["days"], kind="stable").astype(np.uint32)
    kept, rows = group_places(np, words[tie_order]), np.arange(count, dtype=np.uint64)

    def prepared():
        return tie_order[rows_of(np, keys_from(lambda span: kept[:, span], rows, ROW_BITS))]

    return {"cold": cold, "prepared": prepared}


# --- Numba -----------------------------------------------------------------------------------------------------------


def numba_kernels():
    import numba
    import numpy as np

    POWERS = 2.0 ** np.arange(-64, 65)
    TILE = 1024
    eight, mixed, counts, low = np.uint64(EIGHT), np.uint64(MIXED), np.uint64(COUNTS), np.uint64(0xFFFFFFFF)

    @numba.njit(inline="always")
    def link_one(steps):
        x = float(steps) * -1e-6
        rounded = x * 1.4426950408889634 + 6_755_399_441_055_744.0
        k = rounded - 6_755_399_441_055_744.0
        r = (x - k * 6.931_471_803_691_238e-1) - k * 1.908_214_929_270_587_7e-10
        total = 1.0 / 362_880.0
        total = total * r + 1.0 / 40_320.0
        total = total * r + 1.0 / 5_040.0
        total = total * r + 1.0 / 720.0
        total = total * r + 1.0 / 120.0
        total = total * r + 1.0 / 24.0
        total = total * r + 1.0 / 6.0
        total = total * r + 0.5
        total = total * r + 1.0
        total = total * r + 1.0
        # k is a whole number from -32 to 32: 2^k by a table of exact powers.
        power = POWERS[int(k) + 64]
        return np.uint64(np.rint(1.0 / (1.0 + total * power) * 1e9))

    @numba.njit(inline="always")
    def urgency(a, b, c):
        """Lowest first."""
        return np.uint64((1 << 30) - 1) - ((link_one(a) * np.uint64(2) + link_one(b) + link_one(c)) >> np.uint64(2))

    @numba.njit(inline="always")
    def add(sums, weights):
        return sums[0] + weights[0], sums[1] + weights[1], sums[2] + weights[2]

    # A tile is summed first and linked then, so that the compiler makes vector instructions of the second loop.
    @numba.njit(parallel=True, boundscheck=False)
    def cold(words, tables, starts, days, keys):
        for tile in numba.prange((len(words) + TILE - 1) // TILE):
            first, end = tile * TILE, min(tile * TILE + TILE, len(words))
            scores = np.empty((3, TILE), np.int32)
            for row in range(first, end):
                sums = (np.int32(0), np.int32(0), np.int32(0))
                for word in range(4):
                    sums = add(sums, tables[starts[word] + np.intp(words[row, word] % eight)])
                last = words[row, 4]
                sums = add(sums, tables[starts[4] + np.intp((last & low) % mixed)])
                sums = add(sums, tables[starts[5] + np.intp((last >> np.uint64(32)) % counts)])
                scores[0, row - first], scores[1, row - first], scores[2, row - first] = sums
            for row in range(first, end):
                tie = np.uint64(days[row]) << np.uint64(ROW_BITS) | np.uint64(row)
                first_part = urgency(scores[0, row - first], scores[1, row - first], scores[2, row - first])
                keys[row] = first_part << np.uint64(ROW_BITS + DAY_BITS) | tie

    @numba.njit(parallel=True, boundscheck=False)
    def prepared(places, tables, starts, keys):
        for tile in numba.prange((len(places) + TILE - 1) // TILE):
            first, end = tile * TILE, min(tile * TILE + TILE, len(places))
            scores = np.empty((3, TILE), np.int32)
            for row in range(first, end):
                sums = (np.int32(0), np.int32(0), np.int32(0))
                for group in range(places.shape[1]):
                    sums = add(sums, tables[starts[group] + np.intp(places[row, group])])
                scores[0, row - first], scores[1, row - first], scores[2, row - first] = sums
            for row in range(first, end):
                first_part = urgency(scores[0, row - first], scores[1, row - first], scores[2, row - first])
                keys[row] = first_part << np.uint64(ROW_BITS) | np.uint64(row)

    return cold, prepared


def numba_ways(data, threads):
    import numba
    import numpy as np

    numba.set_num_threads(threads)
    cold_kernel, prepared_kernel = numba_kernels()
    count = len(data["words"])
    starts = np.cumsum([0] + [divisor for _, _, divisor in GROUPS])
    keys = np.empty(count, np.uint64)

    def tables():
        """Rows of four, so that a lookup is one load."""
        return np.pad(np.concatenate(group_tables(np, data)), ((0, 0), (0, 4 - OUTCOMES)))

    def cold(words=data["words"], days=data["days"]):
        cold_kernel(words, tables(), starts, days, keys)
        return rows_of(np, keys)

    # Prepared: the six places of a complaint side by side, complaints in the order that breaks ties.
    tie_order = np.argsort(data["days"], kind="stable").astype(np.uint32)
    kept = np.ascontiguousarray(group_places(np, data["words"][tie_order]).T.astype(np.uint16))

    def prepared():
        prepared_kernel(kept, tables(), starts, keys)
        return tie_order[rows_of(np, keys)]

    def csv():
        import polars as pl

        frame = scan_codes(pl, data["folder"]).collect()
        codes = frame.drop("day").fill_null(0).to_numpy(order="c")
        return cold(codes.view(np.uint64), frame["day"].to_numpy() - FIRST_DAY)

    return {"cold": cold, "prepared": prepared, "CSV": csv}


# --- Polars ----------------------------------------------------------------------------------------------------------


def scan_codes(pl, folder):
    """All columns but the id, which the order does not need."""
    path = folder / "codes.csv"
    id_column, day, *items = path.open().readline().strip().split(",")
    schema = {id_column: pl.String, day: pl.Int32, **{item: pl.UInt8 for item in items}}
    return pl.scan_csv(path, schema=schema).select(day, *items)


def polars_ways(data, threads):
    import numpy as np
    import polars as pl

    # Chunks that stay in the cache. The optimizer finds nothing to gain here, and looking takes it milliseconds.
    pl.Config.set_streaming_chunk_size(1 << 15)
    plain = {"engine": "streaming", "optimizations": pl.QueryOptFlags.none()}
    word_names, place_names = [f"word_{word}" for word in range(5)], [f"place_{group}" for group in range(len(GROUPS))]
    outcomes, col = range(OUTCOMES), pl.col
    rows = np.arange(len(data["words"]), dtype=np.uint64)
    day_and_row = ((col("day") - FIRST_DAY).cast(pl.UInt64) * (1 << ROW_BITS) + col("row")).alias("tie")

    def places(words):
        parts = [*word_names[:4], "low", "high"]
        words = words.with_columns(low=col("word_4") & 0xFFFFFFFF, high=col("word_4") // (1 << 32))
        remainders = [col(part) % divisor for part, (_, _, divisor) in zip(parts, GROUPS)]
        return words.select("tie", **{
            name: place.cast(pl.UInt32, wrap_numerical=True) for name, place in zip(place_names, remainders)
        })

    def score(tables, outcome):
        looked_up = [pl.lit(pl.Series(table[:, outcome])).gather(col(name)) for table, name in zip(tables, place_names)]
        return sum(looked_up[1:], looked_up[0])

    def billionths(r, power):
        total = r * (1.0 / 362_880.0) + 1.0 / 40_320.0
        for term in (5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0):
            total = total * r + 1.0 / term
        shifted = 1.0 / (total * power + 1.0) * 1e9 + 4_503_599_627_370_496.0
        return shifted.reinterpret(dtype=pl.UInt64) & 0xFFFFFFFF

    def ranked(placed, bits):
        """One select a step: an expression that stands in another twice would be computed twice."""
        tables = [np.ascontiguousarray(table.T).T for table in group_tables(np, data)]
        steps = placed.select("tie", *[(score(tables, o) * -1e-6).alias(f"x{o}") for o in outcomes])
        rounded = [(col(f"x{o}") * 1.4426950408889634 + 6_755_399_441_055_744.0).alias(f"rounded{o}") for o in outcomes]
        steps = steps.with_columns(rounded)
        steps = steps.with_columns((col(f"rounded{o}") - 6_755_399_441_055_744.0).alias(f"k{o}") for o in outcomes)
        r = [col(f"x{o}") - col(f"k{o}") * 6.931_471_803_691_238e-1 - col(f"k{o}") * 1.908_214_929_270_587_7e-10 for o in outcomes]
        power = [col(f"rounded{o}").reinterpret(dtype=pl.UInt64) * (1 << 52) + (1023 << 52) for o in outcomes]
        steps = steps.select(
            "tie",
            *[r[o].alias(f"r{o}") for o in outcomes],
            *[power[o].reinterpret(dtype=pl.Float64).alias(f"power{o}") for o in outcomes],
        )
        p = [billionths(col(f"r{o}"), col(f"power{o}")) for o in outcomes]
        priority = (p[0] * 2 + p[1] + p[2]) // 4
        steps = steps.select(key=((1 << 30) - 1 - priority) * (1 << bits) + col("tie"))
        keys = steps.collect(**plain)["key"].sort()
        return (keys.to_numpy() & ((1 << ROW_BITS) - 1)).astype(np.uint32)

    def cold():
        frame = pl.DataFrame({"words": pl.Series(data["words"]), "day": data["days"] + FIRST_DAY, "row": rows})
        words = [col("words").arr.get(word).alias(name) for word, name in enumerate(word_names)]
        return ranked(places(frame.lazy().select(day_and_row, *words)), ROW_BITS + DAY_BITS)

    # Prepared: places group by group, complaints in the order that breaks ties.
    tie_order = np.argsort(data["days"], kind="stable").astype(np.uint32)
    columns = group_places(np, data["words"][tie_order]).astype(np.uint32)
    kept = pl.DataFrame({"tie": rows, **dict(zip(place_names, columns))})

    def prepared():
        return tie_order[ranked(kept.lazy(), ROW_BITS)]

    def csv():
        frame = scan_codes(pl, data["folder"]).with_row_index("row").with_columns(col("row").cast(pl.UInt64))
        items = frame.collect_schema().names()[2:]
        words = {}
        for name in word_names:
            # Bytes as they lie in memory: the first item lowest.
            eight, items = items[:8], items[8:]
            shifted = [col(item).fill_null(0).cast(pl.UInt64) * (1 << 8 * place) for place, item in enumerate(eight)]
            words[name] = sum(shifted[1:], shifted[0])
        return ranked(places(frame.select(day_and_row, **words)), ROW_BITS + DAY_BITS)

    return {"cold": cold, "prepared": prepared, "CSV": csv}


# --- scikit-learn ----------------------------------------------------------------------------------------------------


def sklearn_ways(data, threads):
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    count, block = len(data["words"]), 1 << 16
    starts = np.cumsum([0] + [divisor for _, _, divisor in GROUPS])
    model = LogisticRegression()
    # Three outcomes are three rows of coefficients; in millionths, so that every sum is a whole number.
    model.intercept_, model.classes_ = np.zeros(OUTCOMES), np.arange(OUTCOMES)

    def one_hot(words):
        """What a OneHotEncoder of the groups would give; the encoder itself takes over a second."""
        columns = (group_places(np, words) + starts[:-1, None]).T.astype(np.int32).ravel()
        ends = np.arange(len(words) + 1, dtype=np.int32) * len(GROUPS)
        return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(words), starts[-1]))

    def ranked(design_of, tie, bits):
        model.coef_ = np.concatenate(group_tables(np, data)).T.astype(np.float64)
        keys = np.empty(count, np.uint64)

        def work(span):
            scores = model.decision_function(design_of(span)).T
            for start in range(0, scores.shape[1], 1 << 13):
                part = slice(span.start + start, min(span.start + start + (1 << 13), span.stop))
                keys[part] = packed_keys(np, np.ascontiguousarray(scores[:, start : start + (1 << 13)]), tie[part], bits)

        in_blocks(threads, count, block, work)
        return rows_of(np, keys)

    def cold():
        tie = day_and_row(np, data["days"])
        return ranked(lambda span: one_hot(data["words"][span]), tie, ROW_BITS + DAY_BITS)

    # Prepared: the one-hot matrix, complaints in the order that breaks ties.
    tie_order = np.argsort(data["days"], kind="stable").astype(np.uint32)
    kept = [one_hot(data["words"][tie_order[start : start + block]]) for start in range(0, count, block)]
    rows = np.arange(count, dtype=np.uint64)

    def prepared():
        return tie_order[ranked(lambda span: kept[span.start // block], rows, ROW_BITS)]

    return {"cold": cold, "prepared": prepared}


WAYS = {"NumPy": numpy_ways, "Numba": numba_ways, "Polars": polars_ways, "scikit-learn": sklearn_ways}


def child(folder, peer, threads):
    data = load(folder)
    data["folder"] = folder
    seconds = {}
    for way, run in WAYS[peer](data, threads).items():
        if not (run() == data["order"]).all():
            sys.exit(f"{peer}, {way}: another order than the crate's")
        seconds[way] = median(run)
    print(json.dumps(seconds))


def main():
    complaints = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    if int(complaints) > 1 << ROW_BITS:
        sys.exit(f"at most {1 << ROW_BITS} complaints: a peer's key holds the row in {ROW_BITS} bits")
    ours = ["cargo", "bench", "--quiet", "--all-features", "--bench", "reference_job", "--"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        subprocess.run([*ours, "export", str(folder), complaints], cwd=ROOT, check=True)
        printed = subprocess.run([*ours, "time", str(folder), complaints], cwd=ROOT, check=True, capture_output=True, text=True)
        own = json.loads(printed.stdout.strip().splitlines()[-1])
        results = {}
        for peer in WAYS:
            for threads in (1, 2):
                names = ("NUMBA_NUM_THREADS", "POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
                environment = {**os.environ, **{name: str(threads) for name in names}}
                command = [sys.executable, __file__, "--peer", str(folder), peer, str(threads)]
                printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
                results[peer, threads] = json.loads(printed.stdout.strip().splitlines()[-1])
    print(f"{complaints} complaints; seconds, and how many times the crate's. All orders are equal.\n")
    print(f"{'':24}{'1 thread':>20}{'2 threads':>20}")
    for way, mine in (("cold", "cold"), ("prepared", "re-rank"), ("CSV", "CSV")):
        cells = "".join(f"{own[f'{mine}, {threads}']:>20.4f}" for threads in (1, 2))
        print(f"{way + ': caserank':24}{cells}")
        for peer in WAYS:
            if way in results[peer, 1]:
                cells = ""
                for threads in (1, 2):
                    seconds = results[peer, threads][way]
                    text = f"{seconds:.4f} ({seconds / own[f'{mine}, {threads}']:.1f})"
                    cells += f"{text:>20}"
                print(f"{'  ' + peer:24}{cells}")
    for way in ("re-rank with gates", "top 1000"):
        cells = "".join(f"{own[f'{way}, {threads}']:>20.4f}" for threads in (1, 2))
        print(f"{way + ': caserank':24}{cells}")
    print(f"read the bytes once: {own['read the bytes once, 1']:.4f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        child(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        main()
