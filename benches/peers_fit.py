"""Fits one data set with statsmodels, scikit-learn and this crate, one thread each, in one run.

    cargo bench --bench fit --no-run
    python benches/peers_fit.py [rows]       # needs numpy, scikit-learn, statsmodels

200,000 x 80 without an argument: 34 yes/no items and 6 counts, a fifth of the answers missing (set to 0), and one missing
flag an item. The data go to target/fit-compare/data.bin, which the bench reads. statsmodels and this crate give standard
errors, scikit-learn's newton-cholesky does not. The goals: 5 times faster than statsmodels, 3 times than newton-cholesky.
FIT_BENCH may name a bench program that is built already; without it cargo is asked.
"""
import json
import os
import subprocess
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

PATH = os.path.abspath("target/fit-compare/data.bin")


def draw(rows):
    """The matrix and the labels, both float64."""
    rng = np.random.default_rng(2026)
    x = np.column_stack([rng.random((rows, 34)) < rng.uniform(0.03, 0.5, 34), np.minimum(rng.poisson(1.2, (rows, 6)), 9)]).astype(float)
    missing = rng.random((rows, 40)) < 0.197
    x[missing] = 0.0
    x = np.ascontiguousarray(np.hstack([x, missing.astype(float)]))
    eta = -2.5 + x @ np.concatenate([rng.normal(0, 0.35, 40), rng.normal(0, 0.1, 40)])
    return x, (rng.random(rows) < 1 / (1 + np.exp(-eta))).astype(float)


def write(path, x, y):
    """Rows and columns as u32, one byte a label, then the matrix row by row as f64, all little-endian."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        np.array(x.shape, dtype="<u4").tofile(file)
        y.astype(np.uint8).tofile(file)
        x.astype("<f8").tofile(file)


def bench(*words):
    """What the crate's bench prints for these words."""
    command = os.environ.get("FIT_BENCH", "").split() or ["cargo", "bench", "--quiet", "--bench", "fit", "--"]
    command += words
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def timed(job, rounds=5):
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = job()
        seconds.append(time.perf_counter() - start)
    return seconds, result


def show(name, seconds):
    print(f"{name:<44} median {np.median(seconds):.3f} s, best {min(seconds):.3f} s", flush=True)


def main():
    import sklearn
    import statsmodels
    import statsmodels.api as sm
    from sklearn.linear_model import LogisticRegression

    x, y = draw(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
    write(PATH, x, y)
    print(f"{x.shape[0]} x {x.shape[1]}, one thread; numpy {np.__version__}, scikit-learn {sklearn.__version__}, statsmodels {statsmodels.__version__}")
    design = sm.add_constant(x)
    slow, exact = timed(lambda: sm.Logit(y, design).fit(disp=0))
    show("statsmodels Logit with standard errors", slow)
    newton, plain = timed(lambda: LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-8, max_iter=100).fit(x, y))
    show("scikit-learn newton-cholesky, no errors", newton)
    ours = bench("--file", PATH)
    show("caserank, packing and the whole report", ours["seconds"])
    for name, seconds in (("statsmodels", slow), ("newton-cholesky", newton)):
        print(f"{np.median(seconds) / np.median(ours['seconds']):.1f} times faster than {name} (best of each: {min(seconds) / min(ours['seconds']):.1f})")
    # An estimate near 0 is held to the tolerance as an absolute one.
    distance = lambda ours, theirs: np.max(np.abs(np.array(ours) - theirs) / np.maximum(1.0, np.abs(theirs)))
    print(f"largest distance from statsmodels: coefficients {distance(ours['coefficients'], exact.params):.1e}, standard errors {distance(ours['standard_errors'], exact.bse):.1e}")
    print(f"largest distance of newton-cholesky from statsmodels: {distance(np.r_[plain.intercept_, plain.coef_[0]], exact.params):.1e}")


if __name__ == "__main__":
    main()
