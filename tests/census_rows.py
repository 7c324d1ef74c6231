#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up rows in the format of Census-Income (KDD): census_rows.py FOLDER TRAIN TEST.

Writes census-income.data and, packed, census-income.test.gz: 42 fields a row, parted by a comma and a blank, `?` for
what is not known, the income last. Labels depend on the fields, so that something can be learned of them.
"""

import gzip
import math
import random
import sys

NUMBERS = {0: (0, 90), 5: (0, 9999), 16: (0, 99999), 17: (0, 4608), 18: (0, 99999), 30: (0, 6), 39: (0, 52)}
LEVELS = {1: 9, 2: 52, 3: 47, 6: 3, 8: 24, 9: 15, 10: 5, 11: 10, 12: 2, 13: 3, 14: 6, 15: 8, 19: 6, 20: 6, 21: 51, 22: 38,
          23: 8, 25: 10, 26: 9, 27: 10, 28: 3, 29: 4, 31: 5, 32: 43, 33: 43, 34: 43, 35: 5, 36: 3, 37: 3, 38: 3, 40: 2}
EDUCATION = ["Children", "High school graduate", "Some college but no degree", "Associates degree-academic program",
             "Bachelors degree(BA AB BS)", "Masters degree(MA MS MEng MEd MSW MBA)", "Doctorate degree(PhD EdD)"]
MARITAL = ["Never married", "Married-civilian spouse present", "Divorced", "Widowed"]


def row(draw):
    fields = [""] * 42
    for at, (low, high) in NUMBERS.items():
        rare = at in (5, 16, 17, 18) and draw.random() < 0.9
        fields[at] = "0" if rare else str(draw.randint(low, high))
    for at, n in LEVELS.items():
        level = min(int(draw.expovariate(3 / n)), n - 1)
        fields[at] = "?" if n == 10 and level == 9 else f"Level {level} of {at}"
    age, weeks = int(fields[0]), int(fields[39])
    school = min(6, max(0, int(draw.gauss(2 + min(age, 30) / 20, 1.3))))
    single = draw.random() < 1 / (1 + math.exp((age - 28) / 6))
    rich = draw.random() < 1 / (1 + math.exp(4 - 0.7 * school - weeks / 30 - (0.02 * age if age < 60 else 0)))
    fields[4], fields[7] = EDUCATION[school], MARITAL[0] if single else draw.choice(MARITAL[1:])
    fields[24], fields[41] = f"{draw.uniform(100, 4000):.2f}", "50000+." if rich else "- 50000."
    return ", ".join(fields) + "\n"


def main():
    folder, train, test = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    draw = random.Random(117)
    with open(f"{folder}/census-income.data", "w", encoding="utf-8") as f:
        f.writelines(row(draw) for _ in range(train))
    with gzip.open(f"{folder}/census-income.test.gz", "wt", encoding="utf-8") as f:
        f.writelines(row(draw) for _ in range(test))


main()
