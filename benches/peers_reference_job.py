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
# Of a group: its first item, its items, and the divisor of its word.
GROUPS = [(0, 8, EIGHT), (8, 8, EIGHT), (16, 8, EIGHT), (24, 8, EIGHT), (32, 4, MIXED), (36, 4, COUNTS)]
WORD_NAMES = [f"word_{word}" for word in range(5)]
STARTS = [sum(divisor for _, _, divisor in GROUPS[:group]) for group in range(len(GROUPS) + 1)]
BLOCK, TILE = 1 << 14, 1 << 10
# The link's constants, as in src/score/link.rs.
LOG2_E, TO_WHOLE = 1.4426950408889634, 6_755_399_441_055_744.0
LN_2_HIGH, LN_2_LOW = 6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10
FACTORS = tuple(1.0 / term for term in (362_880, 40_320, 5_040, 720, 120, 24, 6, 2, 1, 1))


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
    words = codes.view(np.uint64).reshape(-1, ITEMS // 8)
    days = np.fromfile(folder / "days.i32", np.int32) - FIRST_DAY
    tie_order = np.argsort(days, kind="stable").astype(np.uint32)
    return {
        "folder": folder,
        "words": words,
        "days": days,
        # For what a peer prepares: complaints in the order that breaks ties, so that a key needs no day.
        "tie_order": tie_order,
        "tie_words": words[tie_order],
        "rows": np.arange(len(days), dtype=np.uint64),
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
    rounded = r * LOG2_E + TO_WHOLE
    k = rounded - TO_WHOLE
    r -= k * LN_2_HIGH
    r -= k * LN_2_LOW
    total = r * FACTORS[0] + FACTORS[1]
    for factor in FACTORS[2:]:
        total *= r
        total += factor
    power = rounded.view(np.uint64)
    power <<= np.uint64(52)
    power += np.uint64(1023 << 52)
    total *= power.view(np.float64)
    total += 1.0
    np.divide(1.0, total, out=total)
    total *= 1e9
    total += 4_503_599_627_370_496.0
    return total.view(np.uint64) & np.uint64(0xFFFFFFFF)


def day_and_row(np, data):
    return (data["days"].astype(np.uint64) << np.uint64(ROW_BITS)) | data["rows"]


def rows_of(np, keys):
    keys.sort()
    return (keys & np.uint64((1 << ROW_BITS) - 1)).astype(np.uint32)


def ranked_in_blocks(np, threads, scores_of, tie):
    """Sorts one 64-bit key a complaint, lowest first: priority falling, then the tie-breaker."""
    keys = np.empty(len(tie), np.uint64)

    def work(start):
        span = slice(start, min(start + BLOCK, len(tie)))
        p = link(np, scores_of(span))
        # The job's harm weights are 2, 1 and 1.
        urgency = np.uint64((1 << 30) - 1) - ((p[0] * np.uint64(2) + p[1] + p[2]) >> np.uint64(2))
        keys[span] = (urgency << np.uint64(ROW_BITS + DAY_BITS)) | tie[span]

    starts = range(0, len(tie), BLOCK)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, starts)) if threads > 1 else [work(start) for start in starts]
    return rows_of(np, keys)


# --- NumPy -----------------------------------------------------------------------------------------------------------


def numpy_ways(data, threads):
    import numpy as np

    def ranked(places_of, tie):
        tables = [np.ascontiguousarray(table.T) for table in group_tables(np, data)]

        def scores_of(span):
            places = places_of(span)
            scores = np.zeros((OUTCOMES, places.shape[1]), np.int32)
            for table, place in zip(tables, places):
                for outcome in range(OUTCOMES):
                    scores[outcome] += table[outcome].take(place, mode="clip")
            return scores

        return ranked_in_blocks(np, threads, scores_of, tie)

    def cold():
        return ranked(lambda span: group_places(np, data["words"][span]), day_and_row(np, data))

    kept = group_places(np, data["tie_words"])

    def prepared():
        return data["tie_order"][ranked(lambda span: kept[:, span], data["rows"])]

    return {"cold": cold, "prepared": prepared}


# --- Numba -----------------------------------------------------------------------------------------------------------


def numba_kernels():
    import numba
    import numpy as np

    POWERS = 2.0 ** np.arange(-64, 65)
    eight, mixed, counts, low = np.uint64(EIGHT), np.uint64(MIXED), np.uint64(COUNTS), np.uint64(0xFFFFFFFF)

    @numba.njit(inline="always")
    def link_one(steps):
        x = float(steps) * -1e-6
        k = x * LOG2_E + TO_WHOLE - TO_WHOLE
        r = (x - k * LN_2_HIGH) - k * LN_2_LOW
        total = FACTORS[0]
        for factor in FACTORS[1:]:
            total = total * r + factor
        # k is a whole number from -32 to 32: 2^k by a table of exact powers.
        return np.uint64(np.rint(1.0 / (1.0 + total * POWERS[int(k) + 64]) * 1e9))

    @numba.njit(inline="always")
    def place_of_words(words, row, group):
        if group < 4:
            return words[row, group] % eight
        return (words[row, 4] & low) % mixed if group == 4 else (words[row, 4] >> np.uint64(32)) % counts

    @numba.njit(inline="always")
    def place_kept(places, row, group):
        return places[row, group]

    def kernel(place_of):
        # A tile is summed first and linked then, so that the compiler makes vector instructions of the second loop.
        @numba.njit(parallel=True, boundscheck=False)
        def run(source, tables, starts, days, keys):
            for tile in numba.prange((len(source) + TILE - 1) // TILE):
                first, end = tile * TILE, min(tile * TILE + TILE, len(source))
                scores = np.empty((OUTCOMES, TILE), np.int32)
                for row in range(first, end):
                    a, b, c = np.int32(0), np.int32(0), np.int32(0)
                    for group in range(6):
                        weights = tables[starts[group] + np.intp(place_of(source, row, group))]
                        a, b, c = a + weights[0], b + weights[1], c + weights[2]
                    scores[0, row - first], scores[1, row - first], scores[2, row - first] = a, b, c
                for row in range(first, end):
                    p, q = link_one(scores[0, row - first]), link_one(scores[1, row - first])
                    r = link_one(scores[2, row - first])
                    urgency = np.uint64((1 << 30) - 1) - ((p + p + q + r) >> np.uint64(2))
                    tie = np.uint64(days[row]) << np.uint64(ROW_BITS) | np.uint64(row)
                    keys[row] = urgency << np.uint64(ROW_BITS + DAY_BITS) | tie

        return run

    return kernel(place_of_words), kernel(place_kept)


def numba_ways(data, threads):
    import numba
    import numpy as np

    numba.set_num_threads(threads)
    cold_kernel, prepared_kernel = numba_kernels()
    starts, keys = np.array(STARTS), np.empty(len(data["words"]), np.uint64)

    def ranked(kernel, source, days):
        # Rows of four, so that a lookup is one load.
        tables = np.pad(np.concatenate(group_tables(np, data)), ((0, 0), (0, 4 - OUTCOMES)))
        kernel(source, tables, starts, days, keys)
        return rows_of(np, keys)

    def cold():
        return ranked(cold_kernel, data["words"], data["days"])

    # Prepared: the six places of a complaint side by side.
    kept = np.ascontiguousarray(group_places(np, data["tie_words"]).T.astype(np.uint16))
    no_days = np.zeros_like(data["days"])

    def prepared():
        return data["tie_order"][ranked(prepared_kernel, kept, no_days)]

    def csv():
        import polars as pl

        frame = scan_words(pl, data["folder"]).collect(engine="streaming")
        return ranked(cold_kernel, frame.drop("day").to_numpy(order="c"), frame["day"].to_numpy())

    return {"cold": cold, "prepared": prepared, "CSV": csv}


# --- Polars ----------------------------------------------------------------------------------------------------------


def scan_words(pl, folder):
    """Days since the first, and the words with bytes as they would lie in memory; the order does not need the id."""
    items = [f"item_{item}" for item in range(ITEMS)]
    schema = {"id": pl.String, "day": pl.Int32, **{item: pl.UInt8 for item in items}}
    words = {}
    for word, name in enumerate(WORD_NAMES):
        answers = [pl.col(item).fill_null(0).cast(pl.UInt64) for item in items[8 * word : 8 * word + 8]]
        shifted = [answer * (1 << 8 * place) for place, answer in enumerate(answers)]
        words[name] = sum(shifted[1:], shifted[0])
    codes = pl.scan_csv(folder / "codes.csv", schema=schema, has_header=False, skip_rows=1)
    return codes.select(pl.col("day") - FIRST_DAY, **words)


def polars_ways(data, threads):
    import numpy as np
    import polars as pl

    # Chunks that stay in the cache. But for columns not read, the optimizer gains nothing here and takes milliseconds.
    pl.Config.set_streaming_chunk_size(1 << 15)
    place_names = [f"place_{group}" for group in range(len(GROUPS))]
    outcomes, col, optimizations = range(OUTCOMES), pl.col, pl.QueryOptFlags.none(projection_pushdown=True)
    tie = (col("day").cast(pl.UInt64) * (1 << ROW_BITS) + col("row")).alias("tie")

    def places(words):
        parts = [*map(col, WORD_NAMES[:4]), col("word_4") & 0xFFFFFFFF, col("word_4") // (1 << 32)]
        remainders = [part % divisor for part, (_, _, divisor) in zip(parts, GROUPS)]
        exact = [remainder.cast(pl.UInt32, wrap_numerical=True) for remainder in remainders]
        return words.select("tie", **dict(zip(place_names, exact)))

    def score(tables, outcome):
        series = [pl.Series(np.ascontiguousarray(table[:, outcome])) for table in tables]
        looked_up = [pl.lit(one).gather(col(name)) for one, name in zip(series, place_names)]
        return sum(looked_up[1:], looked_up[0])

    def billionths(r, power):
        total = r * FACTORS[0] + FACTORS[1]
        for factor in FACTORS[2:]:
            total = total * r + factor
        shifted = 1.0 / (total * power + 1.0) * 1e9 + 4_503_599_627_370_496.0
        return shifted.reinterpret(dtype=pl.UInt64) & 0xFFFFFFFF

    def ranked(placed):
        """One select a step: what an expression names twice would be computed twice, and from the start."""
        tables = group_tables(np, data)
        steps = placed.select("tie", *[(score(tables, o) * -1e-6).alias(f"x{o}") for o in outcomes])
        steps = steps.with_columns((col(f"x{o}") * LOG2_E + TO_WHOLE).alias(f"rounded{o}") for o in outcomes)
        k = [col(f"rounded{o}") - TO_WHOLE for o in outcomes]
        r = [col(f"x{o}") - k[o] * LN_2_HIGH - k[o] * LN_2_LOW for o in outcomes]
        power = [col(f"rounded{o}").reinterpret(dtype=pl.UInt64) * (1 << 52) + (1023 << 52) for o in outcomes]
        steps = steps.select(
            "tie",
            *[r[o].alias(f"r{o}") for o in outcomes],
            *[power[o].reinterpret(dtype=pl.Float64).alias(f"power{o}") for o in outcomes],
        )
        p = [billionths(col(f"r{o}"), col(f"power{o}")) for o in outcomes]
        urgency = (1 << 30) - 1 - (p[0] * 2 + p[1] + p[2]) // 4
        steps = steps.select(key=urgency * (1 << ROW_BITS + DAY_BITS) + col("tie"))
        keys = steps.collect(engine="streaming", optimizations=optimizations)["key"]
        # A million keys are too few for the sort to gain from a second thread.
        return (keys.sort(multithreaded=False).to_numpy() & ((1 << ROW_BITS) - 1)).astype(np.uint32)

    def cold():
        frame = pl.DataFrame({"words": pl.Series(data["words"]), "day": data["days"], "row": data["rows"]})
        words = [col("words").arr.get(word).alias(name) for word, name in enumerate(WORD_NAMES)]
        return ranked(places(frame.lazy().select(tie, *words)))

    places_kept = group_places(np, data["tie_words"]).astype(np.uint32)
    kept = pl.DataFrame({"tie": data["rows"], **dict(zip(place_names, places_kept))})

    def prepared():
        return data["tie_order"][ranked(kept.lazy())]

    def csv():
        frame = scan_words(pl, data["folder"]).with_row_index("row").with_columns(col("row").cast(pl.UInt64))
        return ranked(places(frame.select(tie, *WORD_NAMES)))

    return {"cold": cold, "prepared": prepared, "CSV": csv}


# --- scikit-learn ----------------------------------------------------------------------------------------------------


def sklearn_ways(data, threads):
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression()
    # Three outcomes are three rows of coefficients; in millionths, so that every sum is a whole number.
    model.intercept_, model.classes_ = np.zeros(OUTCOMES), np.arange(OUTCOMES)

    def one_hot(words):
        """What a OneHotEncoder of the groups would give; on 40 items that encoder alone takes over a second."""
        columns = (group_places(np, words) + np.array(STARTS[:-1])[:, None]).T.astype(np.int32).ravel()
        ends = np.arange(len(words) + 1, dtype=np.int32) * len(GROUPS)
        return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(words), STARTS[-1]))

    def ranked(design_of, tie):
        model.coef_ = np.concatenate(group_tables(np, data)).T.astype(np.float64)

        def scores_of(span):
            return np.ascontiguousarray(model.decision_function(design_of(span)).T)

        return ranked_in_blocks(np, threads, scores_of, tie)

    def cold():
        return ranked(lambda span: one_hot(data["words"][span]), day_and_row(np, data))

    kept = [one_hot(data["tie_words"][start : start + BLOCK]) for start in range(0, len(data["words"]), BLOCK)]

    def prepared():
        return data["tie_order"][ranked(lambda span: kept[span.start // BLOCK], data["rows"])]

    return {"cold": cold, "prepared": prepared}


WAYS = {"NumPy": numpy_ways, "Numba": numba_ways, "Polars": polars_ways, "scikit-learn": sklearn_ways}


def child(folder, peer, threads):
    data = load(folder)
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
