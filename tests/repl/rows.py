#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/repl/files/{one,three,eight,more}.npz: rows as one may bring them, small.

one    1 task with a name, validation rows.
three  3 tasks with names, the second yes or no; each lacks labels, also held-out ones.
eight  8 tasks, all yes or no; the second's name is as long as names may be. All there is
       of the seventh to train on is yes, of the last there is nothing to train on, and of
       two held-out labels both are yes.
more   2 tasks, as other programs keep rows: numbers of several types, and beside them an
       object, dates and strings, which rows have no use for.

Run by hand where the files are to change: tests/repl/rows.py tests/repl/files
"""
import sys

import numpy as np

to = sys.argv[1]
rng = np.random.default_rng(7)


def inputs(n, dim):
    return rng.normal(size=(n, dim)).astype(np.float32)


def some_missing(y, share):
    y[rng.random(y.shape) < share] = np.nan
    return y


def names(words):
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def write(name, splits, make, **more):
    arrays = dict(more)
    for split, n in splits.items():
        x = inputs(n, 4)
        arrays["x_" + split] = x
        arrays["y_" + split] = make(x, split).astype(np.float32)
    np.savez_compressed(f"{to}/{name}.npz", **arrays)


def one(x, split):
    return (x[:, :1] * x[:, 1:2] + x[:, 2:3]) * 3 + 10


def three(x, split):
    income = 2 * x[:, 0] - x[:, 1] + rng.normal(size=len(x)) / 4
    urban = (x[:, 0] + x[:, 2] + rng.normal(size=len(x)) / 2 > 0.5) * 1.0
    age = 40 + 10 * np.tanh(x[:, 3]) + rng.normal(size=len(x))
    return some_missing(np.stack([income, urban, age], 1), 0.2)


EIGHT = rng.normal(size=(4, 8))


def eight(x, split):
    y = (x @ EIGHT + rng.normal(size=(len(x), 8)) / 2 > 0) * 1.0
    y = some_missing(y, 0.1)
    y[:, 7] = np.nan
    if split == "train":
        y[:, 6] = np.where(np.isnan(y[:, 6]), np.nan, 1)
    else:
        y[:2, 7] = 1
    return y


write("one", {"train": 120, "validation": 40, "test": 60}, one, tasks=names(["price"]))
write("three", {"train": 150, "test": 80}, three, tasks=names(["income", "urban", "age"]))
write("eight", {"train": 150, "test": 80}, eight,
      tasks=names(["click", "conversion-within-a-day", "like", "share", "follow", "comment",
                   "dwell", "report"]))

x, t = inputs(60, 4), inputs(40, 4)
np.savez_compressed(f"{to}/more.npz", x_train=x.astype(">f8"), x_test=np.asfortranarray(t),
                    y_train=(20 * x[:, :2]).astype(np.int16), y_test=(20 * t[:, :2]).astype(">i8"),
                    meta=np.array({"made": "by hand"}, dtype=object),
                    when=np.array(["2018-08-19"], dtype="M8[D]"), names=np.array(["a", "b"]))
