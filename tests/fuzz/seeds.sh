#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# seeds.sh FOLDER: the seeds of all targets, a folder each, out of files of the repository and of
# files the program writes. MMOE names the program, srcdir the sources.

set -eu
: "${MMOE:?must name the program}"
top=$(cd "${srcdir:-.}" && pwd)
mkdir -p "$1"
cd "$1"
for target in parse options definition complete session keys npz safetensors checkpoint store sql \
    train files; do
    mkdir -p "$target"
done
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
XDG_STATE_HOME=$home XDG_CONFIG_HOME=$home
export XDG_STATE_HOME XDG_CONFIG_HOME

cp "$top"/data/studies/*.conf definition
cp "$top"/data/presets/*.conf files
for script in "$top"/tests/repl/*.mmoe; do
    name=$(basename "$script" .mmoe)
    cp "$script" "parse/$name"
    cp "$script" "files/$name"
    grep -av '^#\|^---\|^bench\|^study\|^sweep' "$script" | head -n 12 >"session/$name" || true
    { printf '\377\377'; sed -n '2{p;q;}' "$script" | tr -d '\n'; } >"complete/$name"
    { head -n 3 "$script" | tr '\n' '\r'; printf '\033[A\033b\022se\t\t\030\033[200~x\ny\033[201~'; } >"keys/$name"
done
"$MMOE" -b -q -e 'set' | sed -n 's/^ *\([a-z0-9-]*\) *\([^ ]*\).*/\1=\2/p' >options/all
printf 'model=mmoe,omoe\np=0.5,1\nlr=1!2\nexpert-units=16/32,16\n' >options/axes
printf 'model=mmoe\ntop-k=2\ngate-noise=on\nbalance=0.1\n' >train/top-k
printf 'model=cross-stitch\noptimizer=sgd\nmomentum=0.9\nclip=1\n' >train/stitch
printf 'model=omoe\nbinary=1\nmissing=0.2\nvalidation-rows=9\n\0%0800d' 7 >train/binary
printf 'UPDATE runs SET study = -1; CREATE VIEW v AS SELECT 1;' >sql/update
printf 'ALTER TABLE studies RENAME COLUMN base TO b; DROP VIEW losses;' >sql/alter
small='set rows 20 test-rows 8 dim 3 batch 5 steps 6 eval-every 3 experts 2 expert-units 3 tower-units 2'
"$MMOE" -b -q -e "$small; run; export data npz/rows.npz; export weights npz/weights.npz;
    export data safetensors/rows.safetensors; export weights safetensors/weights.safetensors;
    save checkpoint/mmoe.npz; set model shared-bottom optimizer sgd; run; save checkpoint/shared.npz" >/dev/null
"$MMOE" -b -q -e "$small; sweep seeds=2 p=0.5,1 jobs=1 store=store/small.db" >/dev/null
for case in "$top"/tests/cases/*; do
    case $case in
    *session*.npz) cp "$case" checkpoint ;;
    *.npz) cp "$case" npz ;;
    *.safetensors) cp "$case" safetensors ;;
    *.db) cp "$case" store ;;
    *.mmoe | *.txt) cp "$case" parse; cp "$case" files ;;
    *.bin) cp "$case" keys ;;
    esac
done
