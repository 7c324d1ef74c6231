#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Replays the seeds of all fuzz targets, each as it is and with some changes that are the same
# every time. FUZZ names the folder of the built targets.

set -eu
: "${FUZZ:?must name the folder of the targets}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
sh "${srcdir:-.}/tests/fuzz/seeds.sh" "$work"
for folder in "$work"/*; do
    target=$(basename "$folder")
    printf '%s: ' "$target"
    "$FUZZ/fuzz_$target" -runs="${FUZZ_RUNS:-20}" "$folder" 2>"$work/said" || {
        cat "$work/said"
        echo "fuzz.sh: target $target failed"
        exit 1
    }
done
