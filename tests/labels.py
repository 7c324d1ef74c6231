# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the labels' correlations in runs.csv of a folder with those of the rows in its .npz files."""

import csv
import sys

import numpy as np


def main(folder):
    points = {}
    with open(folder + "/runs.csv", newline="") as f:
        for run in csv.DictReader(f):
            key = run["seed.data"], run["p"], run["sines"]
            y = np.load(folder + "/" + ",".join(key) + ".npz")["y_train"].astype(np.float64)
            assert y.shape == (10000, 2)
            ours, theirs = float(run["pearson"]), np.corrcoef(y[:, 0], y[:, 1])[0, 1]
            assert abs(ours - theirs) < 1e-6, (key, ours, theirs)
            points.setdefault(key[1:], []).append(theirs)
    assert len(points) == 6 and all(len(v) == 3 for v in points.values())
    for (p, sines), v in sorted(points.items()):
        print(f"p {p:>4}  sines {sines:>2}  mean {np.mean(v):.4f}  sd {np.std(v, ddof=1):.4f}")
        if sines == "0":  # the noise takes a little of it: c^2 p / (c^2 + sigma^2)
            assert abs(np.mean(v) - float(p) * 4 / 4.01) < 0.02
    for sines in "0", "10":
        means = [np.mean(points[p, sines]) for p in ("-0.6", "0.5", "1")]
        assert means == sorted(means), "the correlation of the labels must grow with p"


main(sys.argv[1])
