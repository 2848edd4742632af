"""Learns cards with FasterRisk and with this crate on one data set, one thread each, in one run.

    cargo bench --bench fit --no-run
    python benches/peers_risk_score.py [rows [items [bound]]]

Needs an environment of its own, since FasterRisk pins old releases: Python 3.11, `pip install fasterrisk==0.1.10`.
Without arguments: ten of eighty columns on 20,000 complaints, points from -5 to 5. The data are those of peers_fit.py and go
to target/fit-compare/cards.bin. Both losses are computed here, from the points, intercept and multiplier that each gives.
The goals: a loss no higher, at least 20 times faster.
"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import peers_fit
from peers_fit import bench, draw, np, write

PATH = os.path.abspath("target/fit-compare/cards.bin")


def main():
    from fasterrisk.fasterrisk import RiskScoreOptimizer

    given = [int(word) for word in sys.argv[1:]]
    rows, items, bound = given + [20_000, 10, 5][len(given):]
    x, y = draw(rows)
    write(PATH, x, y)
    sign = 2 * y - 1
    loss = lambda points, intercept, multiplier: np.logaddexp(0, -sign * (intercept + x @ points) / multiplier).sum()

    start = time.perf_counter()
    optimizer = RiskScoreOptimizer(X=x, y=sign, k=items, lb=-bound, ub=bound)
    optimizer.optimize()
    theirs = time.perf_counter() - start
    multipliers, intercepts, cards = optimizer.get_models()
    losses = [loss(cards[at], intercepts[at], multipliers[at]) for at in range(len(multipliers))]
    print(f"{rows} x {x.shape[1]}, {items} columns, points -{bound} to {bound}, one thread")
    print(f"FasterRisk {theirs:8.3f} s, loss {min(losses):.6f} (best of {len(losses)} cards)", flush=True)

    ours = bench("--card", PATH, str(items), str(bound))
    points = np.zeros(x.shape[1])
    for name, value in ours["points"]:
        points[int(name[1:])] = value
    assert np.count_nonzero(points) <= items and np.abs(points).max() <= bound
    scale = 1 / ours["log_odds_per_point"]
    found = loss(points, ours["intercept"] * scale, scale)
    seconds = np.median(ours["seconds"])
    print(f"caserank   {seconds:8.3f} s, loss {found:.6f}")
    print(f"{theirs / seconds:.0f} times faster; loss {'no higher' if found <= min(losses) + 1e-6 else 'HIGHER'} by {found - min(losses):+.6f}")


if __name__ == "__main__":
    main()
