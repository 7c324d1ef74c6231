#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table's exported rows against an independent reading of its files.

tables.py EXPORT.npz SCHEMA FOLDER: every level, number and label of every row, the levels' names, and that rows
which validate are half of those to test on. The files are read as Python's csv module reads them.
"""

import csv
import gzip
import os
import sys

import numpy as np


def read_schema(path):
    said = {"number": [], "category": [], "columns": [], "task": []}
    with open(path, encoding="utf-8") as f:
        for line in f:
            key, _, rest = line.strip().partition(" ")
            if key in ("number", "category", "columns"):
                said[key] += rest.split()
            elif key == "task":
                name, _, values = rest.partition("=")
                said["task"].append((*name.split(), [v.strip() for v in values.split("|")] if values else None))
            elif key in ("train", "test", "separator", "missing"):
                said[key] = rest.strip()
    return said


def read_rows(folder, name, separator):
    path = os.path.join(folder, name)
    opened = gzip.open(path + ".gz", "rt") if os.path.exists(path + ".gz") else open(path, encoding="utf-8")
    with opened as f:
        return [[field.strip() for field in row] for row in csv.reader(f, delimiter=separator, skipinitialspace=True) if row]


def main():
    export, schema, folder = sys.argv[1:4]
    said, arrays = read_schema(schema), np.load(export)
    place = {name: i for i, name in enumerate(said["columns"])}
    text = {key: arrays[key].tobytes().decode().split("\n")[:-1] for key in ("tasks", "columns", "levels")}
    halves = {"train": read_rows(folder, said["train"], said.get("separator", ",")), "test": read_rows(folder, said["test"], said.get("separator", ","))}
    wrong = []

    categories = [name for name in said["columns"] if name in said["category"]]
    numbers = [name for name in said["columns"] if name in said["number"]]
    if text["columns"] != categories + numbers or text["tasks"] != [task[0] for task in said["task"]]:
        wrong.append("names of columns or tasks")
    levels, first = [], []
    for name in categories:
        first.append(len(levels))
        levels += sorted({row[place[name]] for row in halves["train"]}, key=lambda s: s.encode())
    first.append(len(levels))
    if text["levels"] != levels:
        wrong.append("levels")
    for half, rows in halves.items():
        ids = np.full((len(rows), len(categories)), 65535, dtype=np.uint16)
        for c, name in enumerate(categories):
            known = {level: first[c] + i for i, level in enumerate(levels[first[c] : first[c + 1]])}
            ids[:, c] = [known.get(row[place[name]], 65535) for row in rows]
        if arrays[f"ids_{half}"].dtype != np.uint16 or not np.array_equal(arrays[f"ids_{half}"], ids):
            wrong.append(f"ids_{half}")
        raw = np.array([[float(row[place[name]]) for name in numbers] for row in rows], dtype=np.float32)
        if not np.array_equal(arrays[f"num_{half}"], raw.reshape(len(rows), len(numbers))):
            wrong.append(f"num_{half}")
        y = np.array([[float(row[place[column]] in values) if values else float(row[place[column]]) for _, column, values in said["task"]] for row in rows])
        if not np.array_equal(arrays[f"y_{half}"], y.astype(np.float32)):
            wrong.append(f"y_{half}")
        print(f"{half}: {len(rows)} rows, labels {y.sum(axis=0).astype(int).tolist()}, correlation {np.corrcoef(y.T)[0, 1]:.5f}")
    valid = arrays["valid"]
    if len(set(valid.tolist())) != len(halves["test"]) // 2 or valid.min() < 0 or valid.max() >= len(halves["test"]):
        wrong.append("valid")
    print(f"{len(levels)} levels of {len(categories)} columns, {len(numbers)} numbers; differs: {', '.join(wrong) or 'nothing'}")
    return bool(wrong)


sys.exit(main())
