"""Times statsmodels and scikit-learn on the data that `cargo bench --bench fit` then reads, one thread each.

    python benches/peers_fit.py [rows]      # writes target/fit-compare/data.bin, prints seconds
    RAYON_NUM_THREADS=1 cargo bench --bench fit

200,000 x 80 without an argument: 34 yes/no items and 6 counts, a fifth of the answers missing (set to 0), and one missing
flag an item. statsmodels gives standard errors, scikit-learn's newton-cholesky does not.
"""
import os
import struct
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
rng = np.random.default_rng(2026)
x = np.column_stack([rng.random((rows, 34)) < rng.uniform(0.03, 0.5, 34), np.minimum(rng.poisson(1.2, (rows, 6)), 9)]).astype(float)
missing = rng.random((rows, 40)) < 0.197
x[missing] = 0.0
x = np.ascontiguousarray(np.hstack([x, missing.astype(float)]))
eta = -2.5 + x @ np.concatenate([rng.normal(0, 0.35, 40), rng.normal(0, 0.1, 40)])
y = rng.random(rows) < 1 / (1 + np.exp(-eta))

os.makedirs("target/fit-compare", exist_ok=True)
with open("target/fit-compare/data.bin", "wb") as file:
    file.write(struct.pack("<II", *x.shape))
    file.write(y.astype(np.uint8).tobytes())
    file.write(x.tobytes())


def timed(name, job, rounds=5):
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = job()
        seconds.append(time.perf_counter() - start)
    print(f"{name:<44} median {sorted(seconds)[rounds // 2]:.3f} s, best {min(seconds):.3f} s", flush=True)
    return result


design = sm.add_constant(x)
exact = timed("statsmodels Logit with standard errors", lambda: sm.Logit(y, design).fit(disp=0))
timed("scikit-learn newton-cholesky, no errors",
      lambda: LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-8, max_iter=100).fit(x, y))
print("first coefficients:", exact.params[:3], "errors:", exact.bse[:3])
