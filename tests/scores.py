#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exported scores against exported labels: scores.py SCORES.npz ROWS.npz.

score (M,T) has the logits of all M rows of the file to test on, in its order; auc (2,T) is that of validation and
test rows. It is counted here over all pairs of a row with the label 1 and one without, equal scores as half.
"""

import sys

import numpy as np

scores, rows = np.load(sys.argv[1]), np.load(sys.argv[2])
score, told, y = scores["score"], scores["auc"], rows["y_test"]
validates = np.zeros(len(y), dtype=bool)
validates[rows["valid"]] = True
worst = 0.0
for part, mask in enumerate((validates, ~validates)):
    for k in range(y.shape[1]):
        s, label = score[mask, k].astype(np.float64), y[mask, k] == 1
        a, b = s[label][:, None], s[~label][None, :]
        auc = ((a > b).sum() + 0.5 * (a == b).sum()) / (a.size * b.size)
        worst = max(worst, abs(auc - told[part, k]))
        print(f"{('validation', 'test')[part]} {k}: {auc:.6f}, told {told[part, k]:.6f}")
sys.exit(score.shape != y.shape or not worst < 1e-9)
