"""Runs benches/evaluate.rs, then scikit-learn, hand-written NumPy, SciPy and (where installed) pROC on data of the same
shape on the same machine, and prints one table. Needs numpy, scipy, scikit-learn; Rscript with pROC for that row.

    python benches/peers_evaluate.py

`times` is the peer's median over ours: AUC with DeLong's interval is meant to be at least 4 times scikit-learn's
roc_auc_score alone and 8 times pROC, 2,000 bootstrap AUCs of 5,000 at least 50 times the scikit-learn loop.
"""

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression

ROOT = Path(__file__).resolve().parent.parent


def timed(f, runs=5):
    f()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        f()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def data(count, rate, seed=1):
    rng = np.random.default_rng(seed)
    y = rng.random(count) < rate
    sigmoid = lambda x: 1 / (1 + np.exp(-x))
    return y.astype(int), sigmoid(rng.normal(size=count) + y - 2), sigmoid(rng.normal(size=count) + 0.8 * y - 2)


def mid_ranks(x):
    order = np.argsort(x, kind="stable")
    ordered = x[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[starts[1:], len(x)]
    ranks = np.empty(len(x))
    ranks[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return ranks


def delong(y, x):
    events, others = x[y == 1], x[y == 0]
    m, n = len(events), len(others)
    ranks = mid_ranks(np.r_[events, others])
    v10 = (ranks[:m] - mid_ranks(events)) / n
    v01 = 1 - (ranks[m:] - mid_ranks(others)) / m
    return v10.mean(), v10.var(ddof=1) / m + v01.var(ddof=1) / n


def bootstrap_sklearn(y, x, replicates):
    rng = np.random.default_rng(7)
    return [metrics.roc_auc_score(y[r], x[r]) for r in (rng.integers(0, len(y), len(y)) for _ in range(replicates))]


def bootstrap_numpy(y, x, replicates):
    """Sorted once; every replicate is a vector of counts (scores without ties)."""
    rng = np.random.default_rng(7)
    y = y[np.argsort(x, kind="stable")]
    result = np.empty(replicates)
    for k in range(replicates):
        weight = np.bincount(rng.integers(0, len(y), len(y)), minlength=len(y))
        events, others = weight * y, weight * (1 - y)
        below = np.cumsum(others)
        result[k] = (events * (below - 0.5 * others)).sum() / (events.sum() * below[-1])
    return result


def ours():
    subprocess.run(["cargo", "bench", "--bench", "evaluate"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    target = json.loads(subprocess.check_output(
        ["cargo", "metadata", "--format-version", "1", "--no-deps"], cwd=ROOT))["target_directory"]
    return {
        f"{path.parts[-4]}/{path.parts[-3]}": json.loads(path.read_text())["median"]["point_estimate"] / 1e9
        for path in Path(target, "criterion").glob("*/*/new/estimates.json")
    }


def proc(y, x):
    if not shutil.which("Rscript"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        y.astype("int32").tofile(f"{folder}/y")
        x.tofile(f"{folder}/x")
        code = (f'suppressMessages(library(pROC)); y<-readBin("{folder}/y","integer",1e6,4);'
                f'x<-readBin("{folder}/x","double",1e6); f<-function() ci.auc(roc(y,x,levels=c(0,1),direction="<"));'
                'invisible(f()); t<-sapply(1:3,function(i) system.time(f())[["elapsed"]]); cat(median(t))')
        done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True)
        return float(done.stdout) if done.returncode == 0 else None


def proc_version():
    if not shutil.which("Rscript"):
        return "no R"
    code = 'cat(R.version.string, "pROC", as.character(packageVersion("pROC")))'
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else "R without pROC"


if __name__ == "__main__":
    mine = ours()
    y, x, z = data(1_000_000, 0.1)
    rows = [
        ("million/auc_delong", "scikit-learn roc_auc_score, no interval", timed(lambda: metrics.roc_auc_score(y, x))),
        ("million/auc_delong", "NumPy DeLong, hand-written", timed(lambda: delong(y, x))),
        ("million/auc_delong", "pROC roc + ci.auc", proc(y, x)),
        ("million/average_precision", "scikit-learn", timed(lambda: metrics.average_precision_score(y, x))),
        ("million/brier", "scikit-learn", timed(lambda: metrics.brier_score_loss(y, x))),
        ("million/kendall", "SciPy kendalltau", timed(lambda: stats.kendalltau(x, z))),
        ("million/isotonic", "scikit-learn", timed(lambda: IsotonicRegression().fit(x, y))),
    ]
    y, x, _ = data(5_000, 0.2)
    rows += [
        ("bootstrap/auc_2000_of_5000", "scikit-learn loop", timed(lambda: bootstrap_sklearn(y, x, 2_000), runs=1)),
        ("bootstrap/auc_2000_of_5000", "NumPy, sorted once, hand-written", timed(lambda: bootstrap_numpy(y, x, 2_000))),
    ]
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}; {proc_version()}")
    print(f"{'task':30} {'caserank ms':>12}  {'peer':42} {'ms':>9} {'times':>7}")
    for task, peer, seconds in rows:
        if seconds is not None:
            print(f"{task:30} {1e3 * mine[task]:12.1f}  {peer:42} {1e3 * seconds:9.1f} {seconds / mine[task]:7.1f}")
