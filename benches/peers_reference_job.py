"""Runs the reference job here and in NumPy, Numba, Polars and scikit-learn on the same data, and prints seconds and ratios.

    python benches/peers_reference_job.py [complaints]

Needs numpy, numba, polars, scikit-learn and scipy. Every way must give the order of all complaints that the crate gives,
to the last one; the script stops where one does not. Peers use the crate's link (the same additions,
multiplications and one division of IEEE doubles), so that equality is exact and not a matter of rounding.
Each peer runs in a process of its own with one thread, then with two; figures are the median of seven
runs after one that does not count. "cold" starts from one byte per answer and whole days; "prepared" from whatever the
peer would keep between two rankings under new weights; "CSV" from a file with a digit per answer (the crate
reads a larger file with words and full times).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ITEMS, CODES, OUTCOMES, FLAGS, RUNS = 40, 7, 3, 34, 7
ROW_BITS, DAY_BITS = 20, 11
BLOCK = 1 << 13


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

    days = np.fromfile(folder / "days.i32", np.int32)
    return {
        "codes": np.fromfile(folder / "codes.u8", np.uint8).reshape(-1, ITEMS),
        "days": days - days.min(),
        "weights": np.fromfile(folder / "weights.i32", np.int32).reshape(ITEMS, CODES, OUTCOMES),
        "intercepts": np.fromfile(folder / "intercepts.i32", np.int32),
        "order": np.fromfile(folder / "order.u32", np.uint32),
    }


def link(np, steps):
    """Billionths for scores in millionths: the operations of src/score/link.rs in their order."""
    x = -(np.clip(steps, -22_000_000, 22_000_000).astype(np.float64)) * 1e-6
    rounded = x * 1.4426950408889634 + 6_755_399_441_055_744.0
    k = rounded - 6_755_399_441_055_744.0
    r = (x - k * 6.931_471_803_691_238e-1) - k * 1.908_214_929_270_587_7e-10
    total = np.full_like(r, 1.0 / 362_880.0)
    for term in (40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0):
        total = total * r + 1.0 / term
    power = ((rounded.view(np.uint64) << np.uint64(52)) + np.uint64(1023 << 52)).view(np.float64)
    probability = 1.0 / (1.0 + total * power)
    return (probability * 1e9 + 4_503_599_627_370_496.0).view(np.uint64) & np.uint64(0xFFFFFFFF)


def packed_keys(np, scores, tie, bits):
    """One 64-bit key a complaint, lowest first: priority falling, then the tie-breaker."""
    p = [link(np, scores[outcome]) for outcome in range(OUTCOMES)]
    # The job's harm weights are 2, 1 and 1.
    priority = (p[0] * np.uint64(2) + p[1] + p[2]) >> np.uint64(2)
    return ((np.uint64((1 << 30) - 1) - priority) << np.uint64(bits)) | tie


# --- NumPy -----------------------------------------------------------------------------------------------------------


def pair_tables(np, weights):
    """Two neighbouring items looked up at once: 49 rows of weights each."""
    pairs = weights[0::2, :, None, :] + weights[1::2, None, :, :]
    return np.ascontiguousarray(pairs.reshape(ITEMS // 2, CODES * CODES, OUTCOMES).transpose(0, 2, 1))


def numpy_ways(data, threads):
    import numpy as np
    from concurrent.futures import ThreadPoolExecutor

    codes, count = data["codes"], len(data["days"])
    rows = np.arange(count, dtype=np.uint64)
    pool = ThreadPoolExecutor(threads)

    def blocks(work):
        starts = range(0, count, BLOCK)
        list(pool.map(work, starts)) if threads > 1 else [work(start) for start in starts]

    def keys_from(pairs_of, tie, bits):
        tables = pair_tables(np, data["weights"])
        keys = np.empty(count, np.uint64)

        def work(start):
            end = min(start + BLOCK, count)
            pairs = pairs_of(start, end)
            scores = np.repeat(data["intercepts"][:, None], end - start, 1)
            for pair in range(ITEMS // 2):
                for outcome in range(OUTCOMES):
                    scores[outcome] += tables[pair, outcome].take(pairs[pair])
            keys[start:end] = packed_keys(np, scores, tie[start:end], bits)

        blocks(work)
        return keys

    def pairs_of_codes(start, end):
        block = codes[start:end]
        return np.ascontiguousarray((block[:, 0::2] * np.uint8(CODES) + block[:, 1::2]).T)

    def cold():
        tie = (data["days"].astype(np.uint64) << np.uint64(ROW_BITS)) | rows
        keys = keys_from(pairs_of_codes, tie, ROW_BITS + DAY_BITS)
        keys.sort()
        return (keys & np.uint64((1 << ROW_BITS) - 1)).astype(np.uint32)

    # Prepared: pairs of codes column by column, complaints in the order that breaks ties.
    tie_order = np.lexsort((rows, data["days"])).astype(np.uint32)
    prepared_pairs = np.ascontiguousarray((codes[:, 0::2] * np.uint8(CODES) + codes[:, 1::2])[tie_order].T)

    def prepared():
        keys = keys_from(lambda start, end: prepared_pairs[:, start:end], rows, ROW_BITS)
        keys.sort()
        return tie_order[keys & np.uint64((1 << ROW_BITS) - 1)]

    return {"cold": cold, "prepared": prepared}


# --- Numba -----------------------------------------------------------------------------------------------------------


def numba_kernels():
    import numba
    import numpy as np

    @numba.njit(inline="always")
    def link_one(steps):
        clipped = min(max(steps, -22_000_000), 22_000_000)
        x = -float(clipped) * 1e-6
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

    POWERS = 2.0 ** np.arange(-64, 65)

    @numba.njit(parallel=True, boundscheck=False)
    def cold(codes, tables, intercepts, days, keys):
        for row in numba.prange(codes.shape[0]):
            a, b, c = intercepts[0], intercepts[1], intercepts[2]
            for item in range(codes.shape[1]):
                place = item * 8 + codes[row, item]
                a += tables[place, 0]
                b += tables[place, 1]
                c += tables[place, 2]
            priority = (link_one(a) * np.uint64(2) + link_one(b) + link_one(c)) >> np.uint64(2)
            keys[row] = (
                (np.uint64((1 << 30) - 1) - priority) << np.uint64(31) | np.uint64(days[row]) << np.uint64(20) | np.uint64(row)
            )

    @numba.njit(parallel=True, boundscheck=False)
    def prepared(packed, tables, intercepts, keys):
        for row in numba.prange(packed.shape[0]):
            a, b, c = intercepts[0], intercepts[1], intercepts[2]
            for byte in range(packed.shape[1]):
                place = byte * 257 + packed[row, byte]
                a += tables[place, 0]
                b += tables[place, 1]
                c += tables[place, 2]
            priority = (link_one(a) * np.uint64(2) + link_one(b) + link_one(c)) >> np.uint64(2)
            keys[row] = (np.uint64((1 << 30) - 1) - priority) << np.uint64(20) | np.uint64(row)

    return cold, prepared


def numba_ways(data, threads):
    import numba
    import numpy as np

    numba.set_num_threads(threads)
    cold_kernel, prepared_kernel = numba_kernels()
    codes, count = data["codes"], len(data["days"])
    rows = np.arange(count, dtype=np.uint64)
    # Rows of four, so that a lookup is one load; items start at different cache sets.
    tables = np.zeros((ITEMS * 8, 4), np.int32)
    for item in range(ITEMS):
        tables[item * 8 : item * 8 + CODES, :OUTCOMES] = data["weights"][item]
    keys = np.empty(count, np.uint64)
    low = np.uint64((1 << ROW_BITS) - 1)

    def cold(codes=codes, days=data["days"]):
        cold_kernel(codes, tables, data["intercepts"], days, keys)
        keys.sort()
        return (keys & low).astype(np.uint32)

    # Prepared as the crate does it: four flags or two counts in a byte, one table of 256 rows for each byte.
    members = [list(range(start, min(start + 4, FLAGS))) for start in range(0, FLAGS, 4)]
    members += [[item, item + 1] for item in range(FLAGS, ITEMS, 2)]
    tie_order = np.lexsort((rows, data["days"])).astype(np.uint32)
    packed = np.zeros((count, len(members)), np.uint8)
    byte_tables = np.zeros((len(members) * 257, 4), np.int32)
    values = np.arange(256)
    for byte, items in enumerate(members):
        bits = 2 if items[0] < FLAGS else 3
        for place, item in enumerate(items):
            packed[:, byte] |= codes[tie_order, item] << np.uint8(bits * place)
            own = np.minimum(values >> (bits * place) & ((1 << bits) - 1), CODES - 1)
            byte_tables[byte * 257 : byte * 257 + 256, :OUTCOMES] += data["weights"][item][own]

    def prepared():
        prepared_kernel(packed, byte_tables, data["intercepts"], keys)
        keys.sort()
        return tie_order[keys & low]

    def csv():
        import polars as pl

        frame = read_codes(pl, data["folder"])
        codes = np.ascontiguousarray(frame[:, 2:].fill_null(0).to_numpy())
        days = frame["day"].to_numpy()
        return cold(codes, days - days.min())

    return {"cold": cold, "prepared": prepared, "CSV": csv}


# --- Polars ----------------------------------------------------------------------------------------------------------


def read_codes(pl, folder):
    return pl.read_csv(folder / "codes.csv", schema_overrides=[pl.String, pl.Int32] + [pl.UInt8] * ITEMS)


def polars_ways(data, threads):
    import numpy as np
    import polars as pl

    count = len(data["days"])
    names = [f"item_{item}" for item in range(ITEMS)]

    def frame_of(codes, days):
        columns = {name: np.ascontiguousarray(codes[:, item]) for item, name in enumerate(names)}
        return pl.DataFrame({"row": np.arange(count, dtype=np.uint32), "day": days, **columns})

    def features(frame):
        """Every answer's weight is linear in these: a flag's code and its square, a count's code by code."""
        flags = [pl.col(name).cast(pl.Int32) for name in names[:FLAGS]]
        squares = [(pl.col(name) * pl.col(name)).cast(pl.Int32).name.suffix("_square") for name in names[:FLAGS]]
        bins = [
            (pl.col(name) == code).cast(pl.Int32).alias(f"{name}_{code}") for name in names[FLAGS:] for code in range(1, CODES)
        ]
        return frame.select("row", "day", *flags, *squares, *bins)

    def score(outcome):
        weights = data["weights"][:, :, outcome].astype(int)
        # Twice the score, which keeps the squares' weights whole.
        total = pl.lit(2 * int(data["intercepts"][outcome]), pl.Int32)
        for item, name in enumerate(names[:FLAGS]):
            no, yes = int(weights[item, 1]), int(weights[item, 2])
            total = total + pl.col(name) * (4 * no - yes) + pl.col(f"{name}_square") * (yes - 2 * no)
        for item in range(FLAGS, ITEMS):
            for code in range(1, CODES):
                total = total + pl.col(f"{names[item]}_{code}") * (2 * int(weights[item, code]))
        return total.cast(pl.Float64) * 0.5

    def billionths(steps):
        x = -(steps.clip(-22_000_000, 22_000_000)) * 1e-6
        k = (x * 1.4426950408889634 + 6_755_399_441_055_744.0) - 6_755_399_441_055_744.0
        r = (x - k * 6.931_471_803_691_238e-1) - k * 1.908_214_929_270_587_7e-10
        total = pl.lit(1.0 / 362_880.0)
        for term in (40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0):
            total = total * r + 1.0 / term
        powers = pl.lit(pl.Series(2.0 ** np.arange(-64, 65)))
        power = powers.gather((k + 64.0).cast(pl.UInt32))
        # The constant leaves the whole number of billionths, rounded to even.
        return ((1.0 / (1.0 + total * power)) * 1e9 + 4_503_599_627_370_496.0) - 4_503_599_627_370_496.0

    def ranked(frame):
        p = [billionths(score(outcome)) for outcome in range(OUTCOMES)]
        priority = ((p[0] * 2.0 + p[1] + p[2]) / 4.0).floor().cast(pl.Int64)
        # The strongest way known: one key, sorted alone.
        key = ((1 << 30) - 1 - priority) * (1 << 31) + pl.col("day").cast(pl.Int64) * (1 << 20) + pl.col("row").cast(pl.Int64)
        keys = frame.lazy().select(key.alias("key")).collect()["key"].sort()
        return (keys.to_numpy() & ((1 << ROW_BITS) - 1)).astype(np.uint32)

    def cold():
        return ranked(features(frame_of(data["codes"], data["days"])))

    kept = features(frame_of(data["codes"], data["days"]))

    def csv():
        frame = read_codes(pl, data["folder"])
        frame = frame.rename(dict(zip(frame.columns[2:], names))).with_columns(pl.col(names).fill_null(0))
        frame = frame.with_columns(pl.col("day") - pl.col("day").min(), pl.int_range(count, dtype=pl.UInt32).alias("row"))
        return ranked(features(frame))

    return {"cold": cold, "prepared": lambda: ranked(kept), "CSV": csv}


# --- scikit-learn ----------------------------------------------------------------------------------------------------


def sklearn_ways(data, threads):
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OneHotEncoder

    codes, count = data["codes"], len(data["days"])
    listed = [3 if item < FLAGS else CODES for item in range(ITEMS)]
    encoder = OneHotEncoder(categories=[np.arange(codes) for codes in listed], dtype=np.float64)
    encoder.fit(codes[:1])
    models = []
    for outcome in range(OUTCOMES):
        model = LogisticRegression()
        coefficients = [data["weights"][item, : listed[item], outcome] for item in range(ITEMS)]
        model.coef_ = np.concatenate(coefficients)[None, :] / 1e6
        model.intercept_ = data["intercepts"][outcome : outcome + 1] / 1e6
        model.classes_ = np.array([0, 1])
        models.append(model)
    rows = np.arange(count)

    def ranked(design):
        # Exact scores are whole millionths; rounding takes the error of the sums off.
        p = [link(np, np.rint(model.decision_function(design) * 1e6)) for model in models]
        priority = (p[0] * np.uint64(2) + p[1] + p[2]) >> np.uint64(2)
        return np.lexsort((rows, data["days"], -priority.astype(np.int64))).astype(np.uint32)

    kept = encoder.transform(codes)
    return {"cold": lambda: ranked(encoder.transform(codes)), "prepared": lambda: ranked(kept)}


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
