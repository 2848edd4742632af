"""The analyst's job in Polars and DuckDB: the same CSV in, the same weighted sums, gates, bands and order, CSV out.

    cargo bench --all-features --bench file_to_file -- write FOLDER
    cargo bench --all-features --bench file_to_file -- run FOLDER
    pip install polars duckdb
    python benches/peers_file_to_file.py FOLDER

Peers give no reasons, no gates by name and no reach, read no deadlines but the earliest, and check nothing. Both must give
the order of all complaints that `run` left in FOLDER/ranking.csv, to the last one, or the script stops. To make that a matter of
design and not of rounding, they use the crate's link: the same additions, multiplications and division.
"""
import argparse
import json
import os
import subprocess
import sys
import time

MODEL = os.path.join(os.path.dirname(__file__), "..", "fixtures", "models", "published.json")
BANDS = ["low", "medium", "high", "very_high"]
RUNS = 3


def steps(number):
    return round(float(number) * 1_000_000)


class Model:
    """The model, with every condition told through `is_in(item, answers)`, `both` and `either` of an engine."""

    def __init__(self):
        with open(MODEL, encoding="utf-8") as file:
            model = json.load(file)
        self.items = {item["id"]: [answer["id"] for answer in item["answers"]] for item in model["codebook"]["items"]}
        self.outcomes = model["instrument"]["outcomes"]
        self.policy = model["policy"]
        harm = self.policy["combination"]["expected_harm"]["weights"]
        total, one = sum(steps(weight) for weight in harm.values()), 1 << 31
        shares = [steps(harm[part["outcome"]]) * one // total for part in self.outcomes]
        heaviest = max(range(len(shares)), key=lambda place: (steps(harm[self.outcomes[place]["outcome"]]), -place))
        shares[heaviest] += one - sum(shares)
        self.shares = shares
        self.cuts = [round(float(self.policy["bands"][band]) * 1_000_000_000) for band in BANDS[1:]]

    def weights(self, outcome):
        for entry in self.outcomes[outcome]["weights"]:
            table = {answer: steps(weight) for answer, weight in entry["weights"].items()}
            if any(table.values()):
                yield entry["item"], table

    def intercept(self, outcome):
        intercept = self.outcomes[outcome]["intercept"]
        return steps(intercept["value"] if isinstance(intercept, dict) else intercept)

    def condition(self, when, engine):
        if "all" in when:
            return engine.every([self.condition(part, engine) for part in when["all"]])
        if "any" in when:
            return engine.some([self.condition(part, engine) for part in when["any"]])
        if "is" in when:
            return engine.is_in(when["item"], when["is"])
        if "is_not" in when:
            return engine.no(engine.is_in(when["item"], when["is_not"]))
        return engine.no(engine.is_in(when["item"], self.items[when["item"]]))

    def gates(self, kind, engine):
        for gate in self.policy["gates"]:
            effect = gate["effect"]
            if effect == kind:
                yield None, self.condition(gate["when"], engine)
            elif isinstance(effect, dict) and kind in effect:
                yield BANDS.index(effect[kind]), self.condition(gate["when"], engine)

    def applies(self, outcome, engine):
        denominator = self.outcomes[outcome].get("denominator") or {}
        told = lambda key: [engine.is_in(part["item"], part["is"]) for part in denominator.get(key, [])]
        if not told("not_when"):
            return None
        return engine.some([engine.no(engine.some(told("not_when"))), engine.some(told("established_by"))])


LOG2E, ROUNDING = 1.4426950408889634, 6_755_399_441_055_744.0
LN_2_HIGH, LN_2_LOW = 6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10
TERMS = [1 / 362_880, 1 / 40_320, 1 / 5_040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1.0, 1.0]
HALF_EVEN = 4_503_599_627_370_496.0


class Sql:
    """Conditions as text of DuckDB's SQL; an open item is NULL."""

    def is_in(self, item, answers):
        listed = ", ".join(f"'{answer}'" for answer in answers if answer != "unknown")
        told = f"coalesce({item} IN ({listed}), false)" if listed else "false"
        return f"({told} OR {item} IS NULL)" if "unknown" in answers else told

    def no(self, condition):
        return f"(NOT {condition})"

    def every(self, parts):
        return "(" + " AND ".join(parts) + ")" if parts else "true"

    def some(self, parts):
        return "(" + " OR ".join(parts) + ")" if parts else "false"


def sql_float(value):
    text = repr(value)
    return text if "e" in text else text + "e0"


def duckdb_job(folder, threads, out):
    import duckdb

    model, sql = Model(), Sql()
    number = range(len(model.outcomes))
    sums, applies = [], []
    for outcome in number:
        parts = [str(model.intercept(outcome))]
        for item, table in model.weights(outcome):
            told = " ".join(f"WHEN '{answer}' THEN {weight}" for answer, weight in table.items() if answer != "unknown" and weight)
            parts.append(f"(CASE {item} {told} ELSE 0 END)" if told else "0")
            if table.get("unknown"):
                parts.append(f"(CASE WHEN {item} IS NULL THEN {table['unknown']} ELSE 0 END)")
        sums.append(" + ".join(parts) + f" AS s{outcome}")
        applies.append(f"{model.applies(outcome, sql) or 'true'} AS a{outcome}")
    must = sql.some([condition for _, condition in model.gates("must", sql)])
    floor = "greatest(0, " + ", ".join(f"CASE WHEN {condition} THEN {level} ELSE 0 END" for level, condition in model.gates("floor", sql)) + ")"
    cap = "least(3, " + ", ".join(f"CASE WHEN {condition} THEN {level} ELSE 3 END" for level, condition in model.gates("cap", sql)) + ")"
    signs = model.policy["danger_signs"]
    danger = sql.some([sql.is_in(sign["item"], sign["is"]) for sign in signs])
    unsure = sql.some([f"{sign['item']} IS NULL" for sign in signs])
    x = [f"(-greatest(least(s{o}, 22000000), -22000000)::DOUBLE) * 1e-6 AS x{o}" for o in number]
    k = [f"(x{o} * {sql_float(LOG2E)} + {sql_float(ROUNDING)}) - {sql_float(ROUNDING)} AS k{o}" for o in number]
    r = [f"(x{o} - k{o} * {sql_float(LN_2_HIGH)}) - k{o} * {sql_float(LN_2_LOW)} AS r{o}" for o in number]
    p = []
    for o in number:
        term = sql_float(TERMS[0])
        for more in TERMS[1:]:
            term = f"({term} * r{o} + {sql_float(more)})"
        chance = f"1e0 / (1e0 + {term} * pow(2e0, k{o}))"
        p.append(f"CASE WHEN a{o} THEN (({chance} * 1e9 + {sql_float(HALF_EVEN)}) - {sql_float(HALF_EVEN)})::BIGINT ELSE 0 END AS p{o}")
    index = " + ".join(f"{share} * p{o}" for o, share in enumerate(model.shares))
    level = " + ".join(f"(priority >= {cut})::INT" for cut in model.cuts)
    query = f"""COPY (WITH
        read AS (SELECT * FROM read_csv('{folder}/backlog.csv', header = true, all_varchar = true, delim = ',', nullstr = '', parallel = true)),
        sums AS (SELECT id, unit, received, split_part(split_part(deadlines, ';', 1), '=', 2) AS due, {", ".join(sums)}, {", ".join(applies)},
            {must} AS must, {floor} AS floor, {cap} AS cap, {danger} AS danger, {unsure} AS unsure FROM read),
        x AS (SELECT *, {", ".join(x)} FROM sums), k AS (SELECT *, {", ".join(k)} FROM x), r AS (SELECT *, {", ".join(r)} FROM k),
        p AS (SELECT *, {", ".join(p)} FROM r), i AS (SELECT *, ({index}) >> 31 AS priority FROM p),
        b AS (SELECT *, greatest(least({level}, CASE WHEN danger THEN 3 WHEN unsure AND cap = 0 THEN 1 ELSE cap END), floor) AS band FROM i)
        SELECT id, unit, must, band, priority // 1000000 AS index FROM b
        ORDER BY must DESC, band DESC, priority DESC, due ASC NULLS LAST, received, id) TO '{out}' (HEADER)"""
    connection = duckdb.connect(config={"threads": threads})
    start = time.perf_counter()
    connection.execute(query)
    return time.perf_counter() - start


class Frame:
    """Conditions as Polars expressions over the codes of answers, 0 where an item is open."""

    def __init__(self, pl, items):
        self.pl, self.items = pl, items

    def is_in(self, item, answers):
        codes = [0 if answer == "unknown" else self.items[item].index(answer) + 1 for answer in answers]
        column = self.pl.col(item)
        return self.pl.any_horizontal([column == code for code in codes])

    def no(self, condition):
        return ~condition

    def every(self, parts):
        return self.pl.all_horizontal(parts)

    def some(self, parts):
        return self.pl.any_horizontal(parts) if parts else self.pl.lit(False)


def polars_job(folder, out):
    import polars as pl

    model = Model()
    frame, number = Frame(pl, model.items), range(len(model.outcomes))
    types = {item: pl.Enum(answers) for item, answers in model.items.items()}
    start = time.perf_counter()
    with open(f"{folder}/backlog.csv", encoding="utf-8") as file:
        heading = file.readline().strip().split(",")
    schema = {name: types.get(name, pl.String) for name in heading}
    items = [name for name in heading if name in types]
    read = pl.scan_csv(f"{folder}/backlog.csv", schema=schema)
    codes = read.select(
        "id", "unit", "received", pl.col("deadlines").str.extract(r"^[^=]*=([^;]*)").alias("due"),
        *[pl.col(item).to_physical().cast(pl.UInt8).fill_null(255).add(1).alias(item) for item in items],
    )
    sums, applies = [], []
    for outcome in number:
        total = pl.lit(model.intercept(outcome), dtype=pl.Int32)
        for item, table in model.weights(outcome):
            values = pl.Series([table.get("unknown", 0), *[table.get(answer, 0) for answer in model.items[item]]], dtype=pl.Int32)
            total = total + pl.lit(values).gather(pl.col(item))
        sums.append(total.alias(f"s{outcome}"))
        told = model.applies(outcome, frame)
        applies.append((pl.lit(True) if told is None else told).alias(f"a{outcome}"))
    level_where = lambda kind, other: [pl.when(told).then(pl.lit(level, dtype=pl.Int8)).otherwise(pl.lit(other, dtype=pl.Int8)) for level, told in model.gates(kind, frame)]
    signs = model.policy["danger_signs"]
    lazy = codes.select(
        "id", "unit", "received", "due", *sums, *applies,
        frame.some([told for _, told in model.gates("must", frame)]).alias("must"),
        pl.max_horizontal(level_where("floor", 0)).alias("floor"),
        pl.min_horizontal(level_where("cap", 3)).alias("cap"),
        frame.some([frame.is_in(sign["item"], sign["is"]) for sign in signs]).alias("danger"),
        frame.some([pl.col(sign["item"]) == 0 for sign in signs]).alias("unsure"),
    )
    x, k, r = [[pl.col(f"{letter}{o}") for o in number] for letter in "xkr"]
    lazy = lazy.with_columns([((-pl.col(f"s{o}").clip(-22_000_000, 22_000_000).cast(pl.Float64)) * 1e-6).alias(f"x{o}") for o in number])
    lazy = lazy.with_columns([((x[o] * LOG2E + ROUNDING) - ROUNDING).alias(f"k{o}") for o in number])
    lazy = lazy.with_columns([((x[o] - k[o] * LN_2_HIGH) - k[o] * LN_2_LOW).alias(f"r{o}") for o in number])
    chances = []
    for o in number:
        term = pl.lit(TERMS[0])
        for more in TERMS[1:]:
            term = term * r[o] + more
        chance = 1.0 / (1.0 + term * pl.lit(2.0).pow(k[o]))
        whole = ((chance * 1e9 + HALF_EVEN) - HALF_EVEN).cast(pl.Int64)
        chances.append(pl.when(pl.col(f"a{o}")).then(whole).otherwise(0).alias(f"p{o}"))
    lazy = lazy.with_columns(chances)
    index = sum((pl.col(f"p{o}") * share for o, share in enumerate(model.shares)), pl.lit(0, dtype=pl.Int64))
    lazy = lazy.with_columns((index // (1 << 31)).alias("priority"))
    level = sum(((pl.col("priority") >= cut).cast(pl.Int8) for cut in model.cuts), pl.lit(0, dtype=pl.Int8))
    cap = pl.when(pl.col("danger")).then(3).when(pl.col("unsure") & (pl.col("cap") == 0)).then(1).otherwise(pl.col("cap"))
    lazy = lazy.with_columns(pl.max_horizontal(pl.min_horizontal(level, cap), "floor").alias("band"))
    lazy = lazy.sort(
        ["must", "band", "priority", "due", "received", "id"],
        descending=[True, True, True, False, False, False],
        nulls_last=True,
    )
    lazy.select("id", "unit", "must", "band", pl.col("priority") // 1_000_000).sink_csv(out)
    return time.perf_counter() - start


def order_of(path):
    import polars as pl

    return pl.read_csv(path, columns=["id"])["id"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "THREADS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder = arguments.folder
    if arguments.one:
        engine, threads = arguments.one
        out = os.path.join(folder, f"{engine}.csv")
        print(duckdb_job(folder, int(threads), out) if engine == "duckdb" else polars_job(folder, out))
        return
    ours = order_of(os.path.join(folder, "ranking.csv"))
    for engine in ["polars", "duckdb"]:
        for threads in [1, 2]:
            taken = []
            for _ in range(RUNS):
                command = [sys.executable, __file__, folder, "--one", engine, str(threads)]
                environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
                run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
                taken.append(float(run.stdout.split()[-1]))
            theirs = order_of(os.path.join(folder, f"{engine}.csv"))
            if len(theirs) != len(ours) or not (theirs == ours).all():
                sys.exit(f"{engine} gives another order: no figure")
            print(f"{engine}, {threads} thread(s): least of {RUNS} {min(taken):.2f} s; the order of all {len(ours)} is ours")


if __name__ == "__main__":
    main()
