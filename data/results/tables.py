#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the tables of a stored study as Markdown: tables.py PROGRAM STORE [ID] [cells|claims|pairs|terms|standings|checkpoints]...

All numbers are those of the program's own events: `study open ID store=STORE`, `claims`.
"""

import json
import subprocess
import sys


def events(program, store, study, claims):
    lines = f"study open {study} store={store}" + ("; claims threshold=0.4" if claims else "")
    out = subprocess.run([program, "-b", "-q", "--json", "-e", lines], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in out.stdout.splitlines() if line.startswith("{")]


def short(v, digits=3):
    if v is None:
        return "-"
    text = f"{v:.{digits}f}"
    return text.replace("0.", ".", 1) if abs(v) < 1 else text


def percent(v):
    return f"{100 * v:.0f}"


def p_value(v):
    return "-" if v is None else "< .001" if v < 0.001 else "1" if v > 0.9995 else short(v)


def name_of(cell):
    return ", ".join(f"{k} {v}" if k != "model" else str(v) for k, v in cell["options"].items())


def cells(all_events):
    print("| | seeds | mean / sd / median | stuck: this task | stuck: either task | two modes |")
    print("|---|---|---|---|---|---|")
    for c in (e for e in all_events if e["event"] == "sweep.cell"):
        stuck, modes = c.get("stuck"), c.get("modes")
        one = any_ = two = "-"
        if stuck:
            one, any_ = (f"{percent(s[0])} % [{percent(s[1])}, {percent(s[2])}]"
                         for s in (stuck["share"], stuck["any_share"]))
        if modes and modes["count"] == 2:
            two = (f"{percent(modes['share'])} % about {short(modes['low'])}, "
                   f"{percent(1 - modes['share'])} % about {short(modes['high'])}")
        print(f"| {name_of(c)} | {c['n']} | {short(c['mean'])} / {short(c['sd'])} / {short(c['median'])} "
              f"| {one} | {any_} | {two} |")


def term_words(t):
    return (f"{t['statistic']} | {short(t['value'])} [{short(t['low'])}, {short(t['high'])}] "
            f"| {p_value(t['p_against_holm' if t['verdict'] == 'does not hold' else 'p_holm'])}")


def tested(all_events):
    """The claims, each once: a study whose definition has them tells them when it is opened, too."""
    return {e["claim"]: e for e in all_events if e["event"] == "claim"}.values()


def claims(all_events):
    print("| claim | verdict | term that decides | value [interval] | p, corrected |")
    print("|---|---|---|---|---|")
    for c in tested(all_events):
        print(f"| {c['claim']} {c['text']} | **{c['verdict']}** | {term_words(c['terms'][c['decisive']])} |")


def terms(all_events):
    print("| claim | term | value [interval] | p, corrected | verdict |")
    print("|---|---|---|---|---|")
    for c in tested(all_events):
        for t in c["terms"]:
            print(f"| {c['claim']} | {term_words(t)} | {t['verdict']} |")


def pairs(all_events):
    found = [e for e in all_events if e["event"] == "claim.pair"]
    values = sorted({e["p"] for e in found})
    print("| share of seeds on which | " + " | ".join(f"p = {p:g}" for p in values) + " |")
    print("|---|" + "---|" * len(values))
    for better, other in dict.fromkeys((e["better"], e["other"]) for e in found):
        row = [e["probability"] for p in values for e in found
               if (e["better"], e["other"], e["p"]) == (better, other, p)]
        print(f"| {better} beats {other} | " +
              " | ".join(f"{short(v, 2)} [{short(low, 2)}, {short(high, 2)}]" for v, low, high in row) + " |")


def standings(all_events):
    """Models compared on rows of a file, a table a task; their claims and terms follow."""
    found = [e for e in all_events if e["event"] == "study.standing"]
    for task in dict.fromkeys(e["task"] for e in found):
        rows = [e for e in found if e["task"] == task]
        print(f"| {rows[0]['metric']} of {task} | runs | mean | median | sd | chosen by validation | most | failed "
              "| paper: mean | paper: best |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for e in rows:
            numbers = " | ".join(short(e[k], 4) for k in ("mean", "median", "sd", "chosen", "most"))
            print(f"| {e['model']} | {e['n']} | {numbers} | {e['failed'] + e['diverged']} "
                  f"| {short(e['paper_mean'], 4)} | {short(e['paper_best'], 4)} |")
        print()
    claims(all_events)
    print()
    terms(all_events)


def checkpoints(all_events):
    """Models compared at steps of their training, a table a task; their claims and terms follow."""
    found = [e for e in all_events if e["event"] == "study.checkpoint"]
    names = {"auc": "AUC", "r2": "R2", "auc_true": "AUC without label noise"}
    for task in dict.fromkeys(e["task"] for e in found):
        rows = [e for e in found if e["task"] == task]
        columns = list(dict.fromkeys((e["metric"], e["rows"]) for e in rows))
        columns.sort(key=lambda c: (list(names).index(c[0]), c[1]))
        heads = " | ".join(f"{names[m]}, {short(n / 1e6, 1)} M rows" for m, n in columns)
        print(f"| {task} | seeds | {heads} |")
        print("|---|---|" + "---|" * len(columns))
        for model in dict.fromkeys(e["model"] for e in rows):
            values = {(e["metric"], e["rows"]): e for e in rows if e["model"] == model}
            numbers = " | ".join(short(values[c]["mean"], 5 if c[0] == "r2" else 4) for c in columns)
            print(f"| {model} | {values[columns[0]]['n']} | {numbers} |")
        print()
    claims(all_events)
    print()
    terms(all_events)


def main(program, store, *words):
    study = words[0] if words and words[0].isdigit() else "1"
    tables = {"cells": cells, "claims": claims, "terms": terms, "pairs": pairs, "standings": standings,
              "checkpoints": checkpoints}
    wanted = [w for w in words if w in tables] or ["cells"]
    found = events(program, store, study, wanted[0] not in ("cells", "standings", "checkpoints"))
    for i, word in enumerate(wanted):
        if i:
            print()
        tables[word](found)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
