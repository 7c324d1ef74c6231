#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Studies of the whole program: killed at random and gone on with, with one worker and
# with two, two programs on one store, a disk that is full. MMOE names the program.

set -u
: "${MMOE:?names the program}"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
status=0
complain() {
    printf 'BROKEN: %s\n' "$*"
    status=1
}

grid='p=0.5,1 model=shared-bottom,mmoe lr=1e-3,1e-2 rows=2000 test-rows=200 steps=400'
seeds=6

# ---- one worker or two: the same bytes ------------------------------------------------------

"$MMOE" -b -q --json -e "sweep seeds=$seeds $grid jobs=1 store=one.db" >one.json || complain 'a sweep failed'
"$MMOE" -b -q --json -e "sweep seeds=$seeds $grid jobs=2 store=two.db" >two.json || complain 'a sweep failed'
cmp one.json two.json || complain 'two workers say something else than one'
[ "$(grep -c '"event":"sweep.run"' one.json)" = 48 ] || complain 'not every run is told'
[ "$(grep -c '"event":"sweep.cell"' one.json)" = 8 ] || complain 'not every cell is told'
for kind in csv jsonl; do
    "$MMOE" -b -q -e "study export 1 one.$kind store=one.db; study export 1 two.$kind store=two.db" ||
        complain 'no export'
    cmp "one.$kind" "two.$kind" || complain 'two workers stored something else than one'
done

# ---- a search: the same with one worker and two, killed and whole --------------------------------

cat >tune.conf <<'END'
title A search
figure profiles
search 12 lr=1e-4..1e-1 expert-units=4..16
minimise loss.A
set p=0.5 rows=1000 test-rows=200 steps=300
END
"$MMOE" -b -q --json -e 'study ./tune.conf jobs=1 store=search1.db out=search1' >search1.json ||
    complain 'a search failed'
"$MMOE" -b -q --json -e 'study ./tune.conf jobs=2 store=search2.db out=search2' >search2.json ||
    complain 'a search failed'
cmp search1.json search2.json || complain 'a search depends on the number of workers'
[ "$(grep -c '"event":"search.trial"' search1.json)" -ge 2 ] || complain 'its best trials are not told'
[ "$(grep -c '"event":"search.again"' search1.json)" = "$(grep -c '"event":"search.trial"' search1.json)" ] || complain 'they are not trained again'
grep -q '"event":"search.importance","lr":' search1.json || complain 'what matters is not told'
"$MMOE" -b -q --json -e 'study ./tune.conf jobs=1 store=search1.db out=search1' >search3.json
grep '"search\.' search1.json >search1.told
grep '"search\.' search3.json >search3.told
cmp search1.told search3.told || complain 'a search that is there is told otherwise'
for kill in 1 2 3; do
    "$MMOE" -b -q -e 'study ./tune.conf store=search4.db out=search4' >/dev/null 2>&1 &
    pid=$!
    while [ "$("$MMOE" -b -q --json -e 'studies store=search4.db' 2>/dev/null |
        sed -n 's/.*"finished":\([0-9]*\).*/\1/p' | head -1)0" -lt "$((kill * 3))0" ] && kill -0 "$pid" 2>/dev/null; do :; done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
done
"$MMOE" -b -q --json -e 'study ./tune.conf store=search4.db out=search4' | grep '"search\.' >search4.told
cmp search1.told search4.told || complain 'a search that was killed ends otherwise'
for kind in csv jsonl; do
    "$MMOE" -b -q -e "study export 1 s1.$kind store=search1.db; study export 1 s4.$kind store=search4.db" ||
        complain 'no export of a search'
    cmp "s1.$kind" "s4.$kind" || complain 'a search that was killed stored something else'
done

# ---- killed, and gone on with -------------------------------------------------------------------

# finished STORE: how many runs it has.
finished() { "$MMOE" -b -q --json -e "studies store=$1" 2>/dev/null | sed -n 's/.*"finished":\([0-9]*\).*/\1/p'; }

kills=0
verb="sweep seeds=$seeds $grid"
while [ "$kills" -lt 5 ]; do
    "$MMOE" -b -q -e "$verb store=cut.db" >/dev/null 2>&1 &
    pid=$!
    # until it has stored a run more, so that each life gets somewhere
    before=${after:-0}
    while after=$(finished cut.db); [ "${after:-0}" -le "$before" ] && kill -0 "$pid" 2>/dev/null; do :; done
    kill -KILL "$pid" 2>/dev/null && kills=$((kills + 1)) || break
    wait "$pid" 2>/dev/null
    after=$(finished cut.db)
    [ "$after" -ge "$before" ] || complain "the store had $before runs and now has $after"
    verb='study resume'
done
"$MMOE" -b -q --json -e 'study resume store=cut.db' >cut.json || complain 'it does not go on'
for kind in csv jsonl; do
    "$MMOE" -b -q -e "study export 1 cut.$kind store=cut.db" || complain 'no export'
    cmp "one.$kind" "cut.$kind" || complain 'a study that was cut off ends otherwise'
done
grep '"sweep.cell"' one.json >one.cells
grep '"sweep.cell"' cut.json >cut.cells
cmp one.cells cut.cells || complain 'its cells are others'

# ---- more seeds, and fewer: what is there is not trained again ------------------------------------

cat >small.study <<'END'
title Small
figure histograms
axis p=0.5,1
axis model=shared-bottom,mmoe
set rows=2000 test-rows=200 steps=200
seeds 2
END
"$MMOE" -b -q -e "study ./small.study seeds=5 store=whole.db; study export 1 whole.csv store=whole.db
    study export 1 whole.jsonl store=whole.db" >/dev/null || complain 'a definition of its own fails'
"$MMOE" -b -e "study ./small.study store=grown.db; study ./small.study seeds=5 store=grown.db" >/dev/null 2>grown.err ||
    complain 'a study does not grow'
grep -q '8 of them are there already' grown.err || complain "it does not tell what it has: $(cat grown.err)"
"$MMOE" -b -q -e 'study export 2 grown.csv store=grown.db; study export 2 grown.jsonl store=grown.db' ||
    complain 'no export'
cmp whole.csv grown.csv && cmp whole.jsonl grown.jsonl || complain 'a study that grew is another'
"$MMOE" -b -e 'study ./small.study seeds=3 store=grown.db' >/dev/null 2>grown.err
grep -q 'all 12 runs are there' grown.err && ! grep -q 'seed 0 ' grown.err || complain 'fewer seeds are trained again'

# ---- two programs, one store ---------------------------------------------------------------------

for i in 1 2; do
    "$MMOE" -b -q -e "sweep seeds=$seeds $grid store=both.db" >"both.$i" 2>&1 &
done
wait
"$MMOE" -b -q -e 'study export 1 first.csv store=both.db; study export 2 second.csv store=both.db' ||
    complain 'two programs on one store'
cmp one.csv first.csv && cmp one.csv second.csv || complain 'two programs got in each other'\''s way'

# ---- a full disk -----------------------------------------------------------------------------------

# In blocks of 512 bytes, as POSIX has it; SIGXFSZ is ignored, so that a write fails as on a full disk.
(
    trap '' XFSZ
    ulimit -f 400
    "$MMOE" -b -q -e "sweep seeds=40 $grid store=full.db" >full.out 2>full.err
) && complain 'a full disk went unnoticed'
[ "$(wc -l <full.err)" = 1 ] || complain "more than a line for a full disk: $(cat full.err)"
grep -q 'full.db' full.err || complain "the line does not name the file: $(cat full.err)"
had=$(finished full.db)
"$MMOE" -b -q -e 'study resume store=full.db; study export 1 full.csv store=full.db' >/dev/null ||
    complain 'it does not go on once there is room'
[ "$(wc -l <full.csv)" = 321 ] || complain 'the study is not whole'
[ "${had:-0}" -lt 320 ] || complain 'the disk was not full'

# ---- a store that is removed, and one that is locked --------------------------------------------

"$MMOE" -b -q -e "sweep seeds=400 $grid jobs=1 store=gone.db" >gone.out 2>gone.err &
pid=$!
while ! grep -q 'seed 0 ' gone.out; do kill -0 "$pid" || break; done
rm -f gone.db gone.db-wal gone.db-shm
wait "$pid" && complain 'a store that was removed went unnoticed'
[ "$(wc -l <gone.err)" = 1 ] || complain "more or less than a line for a store that is gone: $(cat gone.err)"
grep -q 'gone.db.*removed.*finished, but not stored: run' gone.err ||
    complain "the line does not tell what is lost: $(cat gone.err)"

# Whoever waits for a lock can be told to end.
mkfifo hold
python3 -c 'import sqlite3
lock = sqlite3.connect("one.db", isolation_level=None)
lock.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
open("hold").read()' >locked &
while ! [ -s locked ]; do :; done
"$MMOE" -b -q -e 'sweep seeds=1 steps=1 store=one.db' >waiting 2>&1 &
pid=$!
# it waits for the lock once it has the log of the store open
while [ -d /proc/self ] && ! ls -l "/proc/$pid/fd" 2>/dev/null | grep -q 'one.db-wal'; do
    kill -0 "$pid" 2>/dev/null || break
done
kill -TERM "$pid"
wait "$pid"
[ $? = 143 ] || complain "a locked store keeps the program from its end: $(cat waiting)"
: >hold
wait

# ---- rows that change ------------------------------------------------------------------------------

"$MMOE" -b -q -e "set rows 300 test-rows 50 dim 10; export data a.npz; set p 1; data gen; export data b.npz" >/dev/null ||
    complain 'no rows'
cp a.npz rows.npz
: >rows.out
"$MMOE" -b -q -e "sweep seeds=1000 data=rows.npz steps=200 batch=20 jobs=1 store=rows.db" >rows.out 2>&1 &
pid=$!
while ! grep -q 'seed 0 ' rows.out; do kill -0 "$pid" || break; done
kill -KILL "$pid"
wait "$pid" 2>/dev/null
had=$(finished rows.db)
cp b.npz rows.npz
(cd / && "$MMOE" -b -q -e "study resume 1 store=$dir/rows.db") >rows.out 2>rows.err &&
    complain 'a study goes on with on other rows'
grep -q "rows.npz.*its rows are others" rows.err || complain "other rows are not told: $(cat rows.err)"
[ "$(finished rows.db)" = "$had" ] || complain 'runs of other rows were stored'
cp a.npz rows.npz
(cd / && "$MMOE" -b -q -e "study resume 1 store=$dir/rows.db") >/dev/null 2>&1 ||
    complain 'the rows of then do not do'
[ "$(finished rows.db)" = 1000 ] || complain 'the study is not whole'

# ---- stores that are none ------------------------------------------------------------------------

echo 'no database' >text.db
for store in text.db none.db /dev/null/x.db; do
    "$MMOE" -b -q -e "studies store=$store" >out 2>err && complain "$store passes for a store"
    [ "$(wc -l <err)" = 1 ] || complain "more or less than a line for $store: $(cat err)"
done

[ $status = 0 ] && echo 'studies survive'
exit $status
