#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every model, trained a second time by retrain.py: 50 steps from exported weights on exported rows must
# end within 1e-4 of ours in every array. A ReLU whose sum is 0 but for rounding may turn in one precision
# and not in the other, by luck once in a while; then another seed must agree. Left out where no Python has
# NumPy.

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
status=0

# again NAME=VALUE...: options that both know; one of three seeds must agree.
again() {
    for seed in 0 1 2; do
        if once "$@" >"$folder/said"; then
            tail -1 "$folder/said"
            return
        fi
    done
    cat "$folder/said"
    echo "FAIL $*"
    status=1
}

once() {
    set_line='l2-alpha 0.001 order sequential rows 900 test-rows 50 batch 100 eval-every 1000'
    for pair; do set_line="$set_line ${pair%%=*} ${pair#*=}"; done
    "$MMOE" -b -q -e "set seed $seed $set_line; data gen; export data $folder/rows.npz; $(model_of "$@")
        export weights $folder/before.npz; run 50; export weights $folder/after.npz" >"$folder/out" 2>&1 || {
        tail -1 "$folder/out"
        return 1
    }
    options=
    for pair; do
        case $pair in
        binary=*) options="$options tasks=$(kinds "${pair#*=}")" ;;
        expert-units=* | bottom-units=* | tower-units=* | experts=* | stitch=* | r[123]=* | missing=* | dim=*) ;;
        *) options="$options $pair" ;;
        esac
    done
    # shellcheck disable=SC2086
    "$python" "$srcdir/tests/retrain.py" "$folder/rows.npz" "$folder/before.npz" "$folder/after.npz" \
        steps=50 batch=100 total-steps=6000 l2-alpha=0.001 $options >"$folder/out" 2>&1 || {
        cat "$folder/out"
        return 1
    }
    echo "$(tail -1 "$folder/out") $*"
}

# The model among the pairs, as a command: it makes the net.
model_of() {
    for pair; do
        case $pair in model=*) echo "model ${pair#*=};"; return ;; esac
    done
    echo 'model mmoe;'
}

# "2" -> regression,binary
kinds() {
    case $1 in
    1) echo binary,regression ;;
    2) echo regression,binary ;;
    *) echo binary,binary ;;
    esac
}

for model in single-task shared-bottom moe omoe mmoe l2-constrained cross-stitch tensor-factorization; do
    again model=$model
    again model=$model dim=20 expert-units=12,9 bottom-units=14,7 tower-units=6,5 optimizer=sgd lr=0.001 clip=2
    again model=$model dim=20 binary=2 missing=0.3 task-weights=1,0.5 weight-decay=0.05 schedule=cosine
done
again model=moe layers=2 dim=20
again model=omoe layers=2 top-k=3 dim=20
again model=mmoe layers=3 dim=20 expert-units=8
again model=mmoe top-k=2 balance=0.1
again model=l2-constrained l2-alpha=0.3 dim=20
again model=cross-stitch stitch=2 dim=20
again model=tensor-factorization r1=5 r2=4 r3=1 dim=20
again model=mmoe loss-weighting=uncertainty binary=1 schedule=step decay=0.5 decay-every=20
again model=mmoe loss-weighting=uncertainty missing=0.99 dim=20
exit $status
