#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The whole program with files that are none, and with descriptors that are closed: it ends by
# itself, or by the first signal, with one line that names the file. MMOE names the program.

set -u
: "${MMOE:?names the program}"
cases=$(cd "${srcdir:-.}/tests/cases" && pwd) || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
cd "$dir" || exit 1
status=0
complain() {
    printf 'BROKEN: %s\n' "$*"
    status=1
}

small='set dim 10 rows 200 test-rows 50 steps 20 batch 20'

# mmoe ARGUMENTS: the program, ended (124 or 137) if it waits for ever.
mmoe() { timeout -k 5 60 "$MMOE" -b -q "$@"; }

# refused FILE COMMANDS: they fail with one line that names the file, and in time.
refused() {
    mmoe -e "$small" -e "$2" </dev/null >/dev/null 2>err
    ended=$?
    [ "$ended" = 1 ] || complain "'$2' ends with $ended"
    [ "$(grep -c . err)" = 1 ] || complain "'$2' says more or less than a line: $(cat err)"
    grep -q "$1" err || complain "'$2' does not name $1: $(cat err)"
}

# ---- pipes: nobody is at the other end ----------------------------------------------------------

for kind in csv svg json jsonl html npz safetensors mmoe conf db; do mkfifo "pipe.$kind"; done
mmoe -e "sweep p=1 dim=10 rows=200 test-rows=50 steps=5 seeds=1 store=studies.db" >/dev/null || complain 'no study'
refused pipe.csv 'run; export pipe.csv'
refused pipe.svg 'run; export pipe.svg'
refused pipe.json 'run; export pipe.json'
refused pipe.mmoe 'run; log pipe.mmoe'
refused pipe.jsonl 'study export 1 pipe.jsonl store=studies.db'
refused pipe.html 'study open 1 store=studies.db; report pipe.html'
refused pipe.conf 'study ./pipe.conf'
refused pipe.db 'studies store=pipe.db'
for kind in npz safetensors; do
    refused "pipe.$kind" "run; export data pipe.$kind"
    refused "pipe.$kind" "run; export weights pipe.$kind"
    refused "pipe.$kind" "run; save pipe.$kind"
    refused "pipe.$kind" "load pipe.$kind"
    refused "pipe.$kind" "import data pipe.$kind"
    refused "pipe.$kind" "import weights pipe.$kind"
    refused "pipe.$kind" "set data pipe.$kind; data gen"
done

# in_wait SIGNAL STATUS ARGUMENTS: a script that does not come is waited for until the signal.
in_wait() {
    signal=$1 expected=$2
    shift 2
    timeout -k 5 60 "$MMOE" -b -q "$@" </dev/null 2>err & # hands the signal on
    pid=$!
    exec 9>pipe.mmoe # opened once the program has opened its end
    kill -s "$signal" "$pid"
    wait "$pid" 2>/dev/null
    ended=$?
    exec 9>&-
    [ "$ended" = "$expected" ] || complain "$signal ends '$*' with $ended"
}
in_wait TERM 143 -e 'source pipe.mmoe'
grep -q 'pipe.mmoe was interrupted' err || complain "nothing is said of the script: $(cat err)"
in_wait HUP 129 -e 'source pipe.mmoe'
in_wait TERM 143 pipe.mmoe

# ---- pipes: someone is at the other end ---------------------------------------------------------

cat pipe.csv >read.csv &
reader=$!
mmoe -e "$small; run; export loss.csv; export pipe.csv" >/dev/null || complain 'no export to a pipe'
wait "$reader"
cmp loss.csv read.csv || complain 'a pipe gets other bytes than a file'
for from in 'source /dev/stdin' 'source pipe.mmoe'; do
    [ "$from" = 'source /dev/stdin' ] || { echo 'set p 0.25' >pipe.mmoe & }
    echo 'set p 0.25' | mmoe -e "$from; log" | grep -qx 'set p 0.25' || complain "$from does not read a pipe"
done
echo 'set p 0.25; log' | mmoe /dev/stdin | grep -qx 'set p 0.25' || complain 'a script is not read from a pipe'
mmoe /dev/null || complain 'an empty script is refused'

# Someone has the pipe open, which is full, and never reads.
mkfifo stuck
exec 8<>stuck
dd if=/dev/zero of=stuck bs=4096 count=1024 oflag=nonblock 2>/dev/null && complain 'the pipe is never full'
timeout -k 5 60 "$MMOE" -b -e 'set p 0.25; log' >stuck 2>err &
pid=$!
until grep -q '^p 0.25' err || ! kill -0 "$pid" 2>/dev/null; do :; done
kill -s TERM "$pid"
wait "$pid" 2>/dev/null
ended=$?
[ "$ended" = 143 ] || complain "TERM while its output stands still ends it with $ended"
exec 8>&-

# ---- files of others -------------------------------------------------------------------------------

echo precious >runs.csv
chmod 444 runs.csv
refused runs.csv 'run; export runs.csv'
[ "$(cat runs.csv)" = precious ] || complain 'a write-protected file was replaced'
chmod 640 runs.csv
ln runs.csv hard.csv
"$MMOE" -b -e "$small; run; export runs.csv" 2>&1 >/dev/null | grep -q 'hard links' || complain 'another name is not told'
[ "$(cat hard.csv)" = precious ] || complain 'another name was written to'
[ "$(stat -c %a runs.csv)" = 640 ] || complain 'the mode is not kept'
[ -z "$(find . -name '*~')" ] || complain "a temporary is left: $(find . -name '*~')"

# ---- descriptors that are closed -----------------------------------------------------------------------

mmoe <&- || complain "a closed input ends it with $?"
mmoe -e "$small; sweep p=1 seeds=2 store=closed.db" <&- >&- 2>&-
mmoe -e 'studies store=closed.db' >/dev/null || complain 'a closed output damaged a store'
timeout -k 5 60 "$MMOE" --version >&- 2>err && complain 'a closed output is no failure'
grep -q 'standard output' err || complain 'a closed output is not told'
mmoe -e "$small; run; export weights closed.npz" >/dev/null 2>&- || complain "closed errors end it with $?"
mmoe -e 'load closed.npz' 2>err && complain 'weights are a session'
grep -q 'no session' err || complain "closed errors went to a file: $(cat err)"

# ---- byte order marks -------------------------------------------------------------------------------------

{ cat "$cases/bom.mmoe"; echo log; } >bom.mmoe
mmoe -e 'source bom.mmoe' | grep -qx 'set p 0.9' || complain 'a mark is no command of a script'
mmoe bom.mmoe | grep -qx 'set p 0.9' || complain 'a mark is no command of the script'
mmoe <bom.mmoe | grep -qx 'set p 0.9' || complain 'a mark is no command of the input'
printf '\377\376q\0u\0i\0t\0\n\0' >utf16.mmoe
refused utf16.mmoe 'source utf16.mmoe'
mmoe utf16.mmoe 2>err
grep -q 'utf16.mmoe: it is UTF-16' err || complain 'UTF-16 is not told'
mmoe <utf16.mmoe 2>err
grep -q 'line 1 is UTF-16' err || complain 'UTF-16 is not told of the input'

[ "$status" = 0 ] && echo 'files that are none are told'
exit "$status"
