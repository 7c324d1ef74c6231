#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Tables read a second time: levels, numbers, labels and split of both census tables, as they are exported, must be
# those that Python reads, on made-up rows in the same format and, where $MMOE_TABLES has them, on the real files;
# what was exported is read back as the same rows; scores' AUC is NumPy's. Left out where no Python has NumPy.

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
real=${MMOE_TABLES:-}
status=0
complain() {
    echo "BROKEN: $*"
    status=1
}

# compare FOLDER: both tables of the files there.
compare() {
    for table in census-income census-education; do
        MMOE_TABLES=$1 "$MMOE" -b -q -e "set data $table seed.split 3; data gen; export data $folder/rows.npz" >/dev/null
        "$python" "$srcdir/tests/tables.py" "$folder/rows.npz" "$srcdir/data/tables/$table.conf" "$1" ||
            complain "$table of $1 is read otherwise"
    done
}

mkdir "$folder/made"
"$python" "$srcdir/tests/census_rows.py" "$folder/made" 3000 1501
compare "$folder/made"
if [ -n "$real" ] && { [ -e "$real/census-income.data" ] || [ -e "$real/census-income.data.gz" ]; }; then
    compare "$real"
else
    echo 'MMOE_TABLES names no folder with the files of Census-Income: they are left out'
fi

# ---- read back, scores ------------------------------------------------------------------------

MMOE_TABLES=$folder/made
export MMOE_TABLES
train='batch 64 steps 60 eval-every 20'
"$MMOE" -b -q --json -e "set data census-income $train; run; export data $folder/t.npz; export scores $folder/s.npz" >"$folder/table.json"
"$MMOE" -b -q --json -e "set data $folder/t.npz $train; run" >"$folder/back.json"
for what in '"loss"' '"auc"'; do
    sed -n "s/.*\"event\":\"run.done\".*\\($what:\\[[^]]*\\]\\).*/\\1/p" "$folder/table.json" >"$folder/a"
    sed -n "s/.*\"event\":\"run.done\".*\\($what:\\[[^]]*\\]\\).*/\\1/p" "$folder/back.json" >"$folder/b"
    [ -s "$folder/a" ] && cmp "$folder/a" "$folder/b" || complain "what is read back trains to another $what"
done
"$python" "$srcdir/tests/scores.py" "$folder/s.npz" "$folder/t.npz" || complain 'scores do not give the AUC that is told'
exit $status
