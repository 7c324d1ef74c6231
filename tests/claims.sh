#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The claims on a small study, computed a second time by NumPy from its CSV, must be those of the events; what
# `claims`, `describe hist` and the report print must be the events' numbers. Left out where no Python has NumPy.

set -eu
srcdir=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
: "${MMOE:?names the program}"

python=
for one in python3 /usr/bin/python3; do
    if "$one" -c 'import numpy' 2>/dev/null; then
        python=$one
        break
    fi
done
[ "$python" ] || {
    echo 'no Python with NumPy here (Debian: python3-numpy): left out'
    exit 77
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
MMOE_DATA=$srcdir/data
export MMOE_DATA
store="store=$folder/s.db"

"$MMOE" -b -q -e "study figure-d-cosine seeds=12 rows=2000 test-rows=500 steps=400 eval-every=200 $store
study export 1 $folder/runs.csv $store" >/dev/null
"$MMOE" -b -q --json -e "study open 1 $store" >"$folder/events.jsonl"
"$MMOE" -b -q -e "study open 1 $store; report $folder/report.html" >/dev/null
"$MMOE" -b -q -e "study open 1 $store; claims" | sed '1,/^claims of/d' >"$folder/claims.txt"
"$MMOE" -b -q -e "study open 1 $store; describe hist" >"$folder/described.txt"
sed -i '1,/^claims of/d' "$folder/claims.txt"
"$python" "$srcdir/tests/claims.py" "$folder/runs.csv" "$folder/events.jsonl" "$folder/claims.txt" "$folder/described.txt" \
    "$folder/report.html"
