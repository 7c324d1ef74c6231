#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Figure A, computed a second time: the correlation of the labels of every run of a small figure-a, by NumPy from
# rows that are exported, must be that of the study; so must mean and standard deviation of every point, and, with
# no sines, lie near p. Left out where no Python has NumPy.

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

"$MMOE" -b -q -e "study figure-a seeds=3 p=-0.6,0.5,1 sines=10,0 store=$folder/s.db; study export 1 $folder/runs.csv store=$folder/s.db" >/dev/null
{
    echo 'preset paper; set rows 10000 test-rows 100'
    for seed in 0 1 2; do
        for p in -0.6 0.5 1; do
            for sines in 10 0; do
                echo "set seed $seed p $p sines $sines; data gen; export data $folder/$seed,$p,$sines.npz"
            done
        done
    done
} >"$folder/rows.mmoe"
"$MMOE" -b -q "$folder/rows.mmoe" >/dev/null
"$python" "$srcdir/tests/labels.py" "$folder"
