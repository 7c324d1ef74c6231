#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The claims on a study, computed a second time from its CSV, as mmoe-claims(7) has them.

claims.py RUNS.csv EVENTS.jsonl CLAIMS.txt DESCRIPTION.txt REPORT.html: every term, p-value, correction and verdict
of the claim events, and every summary of the sweep.cell events, must be those that come out here. The terms that
`claims` prints must stand in the report, and the numbers of `describe hist` must be those of the events, rounded.
Prints what differs; exit status 1 if anything does. Student's distribution is the incomplete beta function, by its continued fraction.
"""

import csv
import html
import json
import math
import re
import sys

import numpy as np

MODELS = {"S": "shared-bottom", "O": "omoe", "M": "mmoe"}
LEVEL, CLAIMS = 0.05, 8


def beta_fraction(a, b, x):
    """Continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22)."""
    tiny, c, d = 1e-300, 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    h = d
    for m in range(1, 3000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + numerator * d)
            c = 1 + numerator / c
            h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h


def student_above(t, df):
    """P(T > t)."""
    x = df / (df + t * t)
    a, b = df / 2, 0.5
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) if 0 < x < 1 else 0
    tail = front * beta_fraction(a, b, x) / a if x < (a + 1) / (a + b + 2) else 1 - front * beta_fraction(b, a, 1 - x) / b
    return tail / 2 if t > 0 else 1 - tail / 2


def student_quantile(p, df):
    low, high = -200.0, 200.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 - student_above(middle, df) < p else (low, middle)
    return (low + high) / 2


class Sample:
    """One number for each seed: its mean, an interval, and the chance of as much above or below a bound."""

    def __init__(self, d):
        self.d, self.n = np.asarray(d), len(d)
        self.mean, self.error = self.d.mean(), self.d.std(ddof=1) / math.sqrt(len(d))

    def interval(self, level):
        half = student_quantile((1 + level) / 2, self.n - 1) * self.error
        return self.mean, self.mean - half, self.mean + half

    def above(self, bound):
        return student_above((self.mean - bound) / self.error, self.n - 1)

    def below(self, bound):
        return student_above((bound - self.mean) / self.error, self.n - 1)


class Location:
    def __init__(self, d, ratio=True):
        self.sample, self.ratio = Sample(d), ratio

    def told(self, level):
        return [math.exp(v) if self.ratio else v for v in self.sample.interval(level)]

    def p(self, bound, above):
        bound = math.log(bound) if self.ratio else bound
        return self.sample.above(bound) if above else self.sample.below(bound)


class Spread:
    """The ratio of mean distances from the median; the interval by Fieller, found by bisection."""

    def __init__(self, one, other):
        self.e1, self.e2 = (np.abs(l - np.median(l)) for l in (one, other))

    def p(self, ratio, above):
        s = Sample(self.e1 - ratio * self.e2)
        return s.above(0) if above else s.below(0)

    def told(self, level):
        value, alpha = self.e1.mean() / self.e2.mean(), (1 - level) / 2
        ends = []
        for above, far in ((True, 0.0), (False, value * 50)):
            near = value
            for _ in range(200):
                middle = (near + far) / 2
                near, far = (middle, far) if self.p(middle, above) > alpha else (near, middle)
            ends.append(near)
        return [value] + ends


class Quantile:
    """25 % quantiles; interval and p-values have the error of their draws, which is drawn anew here."""

    def __init__(self, one, other):
        self.pair, self.draws = np.stack([one, other]), 10000
        index = np.random.default_rng(1).integers(0, len(one), (self.draws, len(one)))
        q = [np.quantile(l[index], 0.25, axis=1) for l in self.pair]
        self.drawn = q[0] - q[1]

    def told(self, level):
        value = math.exp(np.quantile(self.pair[0], 0.25) - np.quantile(self.pair[1], 0.25))
        return [value] + [math.exp(np.quantile(self.drawn, q)) for q in ((1 - level) / 2, (1 + level) / 2)]

    def is_end(self, end, share):
        """Are about that share of the draws below it? Draws take few values where seeds are few."""
        end, slack = math.log(end), 6 * math.sqrt(share * (1 - share) / self.draws)
        return (self.drawn < end - 1e-9).mean() <= share + slack and (self.drawn <= end + 1e-9).mean() >= share - slack

    def p(self, bound, above):
        beyond = (self.drawn <= math.log(bound)).sum() if above else (self.drawn >= math.log(bound)).sum()
        return (1 + beyond) / (1 + self.draws)


def holm(p):
    p = np.asarray(p, dtype=float)
    out, most = np.empty(len(p)), 0.0
    for rank, i in enumerate(np.argsort(p, kind="stable")):
        most = max(most, min(1.0, (len(p) - rank) * p[i]))
        out[i] = most
    return out


def read(path):
    """log loss and overlap of every (p, model), by seed."""
    cells = {}
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            key = float(row["p"]), row["model"]
            loss, overlap = float(row["loss.A"]), float(row["overlap"]) if row["overlap"] else math.nan
            cells.setdefault(key, []).append((int(row["seed.data"]), loss, overlap, float(row["rows_off.A"]), float(row["rows_off.B"])))
    return {key: np.array(sorted(rows)) for key, rows in cells.items()}


def claims(cells):
    """(statistic, from, to) of all terms, claim by claim; to NAN: above `from` alone."""
    ps = sorted({p for p, _ in cells})
    low, high = ps[0], ps[-1]

    def l(m, p):
        return np.log(cells[p, MODELS[m]][:, 1])

    def gain(m):
        return l(m, low) - l(m, high)

    def within(f):
        return 1 / f, f

    overlap = cells[high, MODELS["M"]][:, 2] - cells[low, MODELS["M"]][:, 2]
    above = 1, math.nan
    out = [[(Location(gain(m)), *above) for m in "SOM"]]
    out.append([(Location(gain(m) - gain("M")), *above) for m in "OS"])
    out.append([
        (Location(l("O", high) - l("M", high)), *within(1.1)),
        (Location(l("O", low) - l("M", low)), *above),
        (Location(gain("M")), *within(1.1)),
    ])
    out.append([(Location(l("S", p) - l(m, p)), *above) for p in ps for m in "OM"])
    out.append([(Spread(l("S", p), l(m, p)), 1.2, math.nan) for p in ps for m in "OM"])
    out.append([(Spread(l("O", high), l("M", high)), *within(1.4)), (Spread(l("O", low), l("M", low)), *above)])
    out.append([(Quantile(l(a, p), l(b, p)), *within(1.5)) for p in ps for a, b in ("SO", "SM", "OM")])
    out.append([(Location(overlap, ratio=False), 0, math.nan)])
    return out


class Comparison:
    def __init__(self):
        self.numbers = self.wrong = 0

    def same(self, what, mine, theirs, slack=1e-6):
        self.numbers += 1
        fine = mine == theirs if isinstance(mine, str) else abs(mine - theirs) <= slack * max(1e-3, abs(mine))
        if not fine:
            self.wrong += 1
            print(f"{what}: {mine} here, {theirs} told")


def verdict(p_holm, p_against_holm):
    return "holds" if p_holm < LEVEL else "does not hold" if min(p_against_holm) < LEVEL else "undecided"


def hear(cells, events, c):
    told = {e["claim"]: e for e in events if e["event"] == "claim"}
    p, against = [], []
    for number, terms in enumerate(claims(cells), 1):
        worst = 0
        for i, (statistic, bound, to) in enumerate(terms):
            event = told[number]["terms"][i]
            drawn = isinstance(statistic, Quantile)
            for what, mine in zip(("value", "low", "high"), statistic.told(event["level"])):
                if drawn and what != "value":
                    share = (1 - event["level"]) / 2 if what == "low" else (1 + event["level"]) / 2
                    mine = event[what] if statistic.is_end(event[what], share) else mine
                c.same(f"claim {number} term {i} {what}", mine, event[what])
            if math.isnan(to):
                mine, other = statistic.p(bound, True), statistic.p(0 if bound == 0 else 1, False)
            else:
                mine = max(statistic.p(bound, True), statistic.p(to, False))
                other = min(1, 2 * min(statistic.p(bound, False), statistic.p(to, True)))
            slack = 5 * math.sqrt(max(mine, 1e-4) / 10000) / max(mine, 1e-3) if drawn else 1e-6
            c.same(f"claim {number} term {i} p", mine, event["p"], slack)
            worst = max(worst, event["p"] if drawn else mine)
            against.append(other)
        p.append(worst)
        c.same(f"claim {number} pairs", len(next(iter(cells.values()))), told[number]["terms"][0]["pairs"])
    corrected, against = holm(p), list(holm(against))
    for number in range(1, CLAIMS + 1):
        terms = len(told[number]["terms"])
        mine, against = against[:terms], against[terms:]
        c.same(f"claim {number} corrected", corrected[number - 1], told[number]["p_holm"])
        c.same(f"claim {number} verdict", verdict(corrected[number - 1], mine), told[number]["verdict"])


def summarise(cells, events, c):
    for e in events:
        if e["event"] != "sweep.cell":
            continue
        rows = cells[float(e["options"]["p"]), e["options"]["model"]]
        loss, off = rows[:, 1], rows[:, 3:] > 0.1
        name = f"cell {e['cell']}"
        c.same(f"{name} mean", loss.mean(), e["mean"])
        c.same(f"{name} sd", loss.std(ddof=1), e["sd"])
        for q, key in ((0.1, "q10"), (0.5, "median"), (0.9, "q90")):
            c.same(f"{name} {key}", np.quantile(loss, q), e[key])
        c.same(f"{name} stuck", off[:, 0].sum(), e["stuck"]["count"])
        c.same(f"{name} some task stuck", off.any(axis=1).sum(), e["stuck"]["any"])
        n, z = len(loss), 1.959963984540054
        for share, told in ((off[:, 0].mean(), "share"), (off.any(axis=1).mean(), "any_share")):
            middle = (share + z * z / (2 * n)) / (1 + z * z / n)
            half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
            for mine, theirs in zip((share, middle - half, middle + half), e["stuck"][told]):
                c.same(f"{name} {told}", mine, theirs)


def printed(c, what, number, text):
    """Is the text that number, rounded to the digits it shows?"""
    half = 0.5000001 * 10 ** -len(text.partition(".")[2])
    c.same(what, "as told", "as told" if abs(number - float(text)) <= half else f"{number} for {text}")


def agree(events, claims_text, description, report, c):
    rows = [re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", row))) for row in re.split(r"</tr>", report)]
    terms = re.findall(r"^  (?:holds|fails|\?) +(.*): (\S+ \[.*?\]), p (< )?(\S+)", claims_text, re.M)
    for statistic, estimate, less, p in terms:
        there = any(f" {statistic} {estimate} {less}{p} " in row for row in rows)
        c.same(f"{statistic} in the report", f"{estimate}, p {less}{p}" if there else "not there", f"{estimate}, p {less}{p}")
    if len(terms) != sum(len(e["terms"]) for e in events if e["event"] == "claim"):
        c.same("terms that claims prints", len(terms), -1)
    words = re.sub(r"\s+", " ", description)
    for e in (e for e in events if e["event"] == "sweep.cell"):
        name = f"p={e['options']['p']:g} {e['options']['model']}"
        found = re.search(
            re.escape(name) + r": over (\d+) seeds the final loss of task A has median ([\d.]+), .*?, mean ([\d.]+); (\d+) "
            r"diverged. Task A is stuck in (\d+) of (\d+) \((\d+) % \[(\d+), (\d+)\]\), some task in (\d+) of \d+ \((\d+) %", words)
        if not found:
            c.same(f"{name} in describe hist", "there", "not there")
            continue
        share, any_share = ([100 * v for v in e["stuck"][key]] for key in ("share", "any_share"))
        numbers = [e["n"], e["median"], e["mean"], e["diverged"], e["stuck"]["count"], e["stuck"]["runs"], *share, e["stuck"]["any"], any_share[0]]
        for number, text in zip(numbers, found.groups()):
            printed(c, f"{name} in describe hist", number, text)


def main():
    cells = read(sys.argv[1])
    events_text, claims_text, description, report = (open(path, encoding="utf-8").read() for path in sys.argv[2:6])
    events = [json.loads(line) for line in events_text.splitlines() if line.startswith("{")]
    c = Comparison()
    hear(cells, events, c)
    summarise(cells, events, c)
    agree(events, claims_text, description, report, c)
    print(f"{c.numbers} numbers compared, {c.wrong} differ")
    return c.wrong > 0


sys.exit(main())
