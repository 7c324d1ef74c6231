#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# fuzz.sh [TARGET...]: `make fuzz`. Each target (all of them without a word) runs for FUZZ_SECONDS,
# from its seeds and from what earlier calls found, kept in fuzz/TARGET; inputs that break a
# promise are left in fuzz/ with their line.

set -eu
: "${FUZZ:?must name the folder of the targets}" "${FUZZ_SECONDS:?}"
[ -n "${FUZZING-}" ] || {
    echo "make fuzz needs fuzzers: configure with CC=clang --enable-fuzzing" >&2
    exit 1
}
mkdir -p fuzz
[ -n "${TMPDIR-}" ] || [ ! -w /dev/shm ] || export TMPDIR=/dev/shm # files go there by the thousand
here=$PWD/fuzz
sh "$srcdir/tests/fuzz/seeds.sh" "$here/seeds"
"$FUZZ/words" >"$here/words"
[ $# -gt 0 ] || set -- $(ls "$here/seeds")
failed=
for target; do
    mkdir -p "$here/$target"
    if "$FUZZ/fuzz_$target" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=4096 -max_len=65536 \
        -detect_leaks=1 -close_fd_mask=1 -print_final_stats=1 -dict="$here/words" \
        -artifact_prefix="$here/$target-" "$here/$target" "$here/seeds/$target" >"$here/$target.log" 2>&1
    then
        state=clean
    else
        state=FAILED
        failed="$failed $target"
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$here/$target.log")
    covered=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$here/$target.log" | tail -n 1)
    printf '%-12s %-7s %10s runs %7s edges\n' "$target" "$state" "${runs:--}" "${covered:--}"
done
[ -z "$failed" ] || {
    echo "see fuzz/TARGET.log of:$failed" >&2
    exit 1
}
