#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Three scenes that people come for, played in a terminal multiplexer at 100x30: a lecturer's five
# minutes, a researcher's question, a student's first hour. Keys are counted, and what must be seen is
# waited for; how many seconds a scene took is told and nothing depends on it. MMOE names the program.

set -u
command -v tmux >/dev/null 2>&1 || { echo "tmux is not here: left out"; exit 77; }
: "${MMOE:?must name the program}"

home=$(mktemp -d)
server=mmoe-scenes-$$
unset TMUX MMOE_STORE
export XDG_CONFIG_HOME="$home" XDG_STATE_HOME="$home" LANG=C.UTF-8

mux() { tmux -L "$server" -f /dev/null "$@"; }
screen() { mux capture-pane -p -t work; }
# The program may be writing its history still.
clean_up() {
    mux kill-server 2>/dev/null
    rm -rf "$home" 2>/dev/null || { sleep 1; rm -rf "$home"; }
}
trap clean_up EXIT
trap 'exit 1' INT TERM

fail() {
    echo "FAILED: $scene: $*; the screen:"
    screen
    exit 1
}

until_shows() {
    tries=0
    until screen | grep -qF -- "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 1200 ] || fail "\"$1\" was never shown"
        sleep 0.05
    done
}

# Type each line, and Enter; the keys are counted.
line() {
    for text; do
        mux send-keys -t work -l "$text"
        mux send-keys -t work Enter
        keys=$((keys + ${#text} + 1))
    done
}

# Press each key.
key() {
    for name; do
        mux send-keys -t work "$name"
        keys=$((keys + 1))
    done
}

begin() {
    scene=$1
    keys=0
    start=$(date +%s%N)
    mux new-session -d -s work -x 100 -y 30 "env TERM=screen-256color $MMOE"
    until_shows 'mmoe>'
}

# The end, with at most so many keys.
end() {
    seconds=$((($(date +%s%N) - start) / 100000000))
    mux kill-session -t work
    [ "$keys" -le "$1" ] || fail "$keys keys, $1 at most"
    echo "$scene: $keys keys, $((seconds / 10)).$((seconds % 10)) s"
}

# --- a lecturer: what sharing costs, and what gates do about it ---
begin lecturer
line 'model shared-bottom' 'ab mmoe' run
until_shows 'DONE step 6,000/6,000'
until_shows 'A: mmoe / shared-bottom'   # curves of both, and their ratio
line 'dial p'
key Right Right Right
until_shows '→ dial'
until_shows 'p 0.8'
until_shows 'DONE step 6,000/6,000'
until_shows 'A mmoe'                    # nothing is erased: both sides have curves
key Escape
sleep 0.2 # the next key would be one with Alt
line 'gates map'
until_shows 'digits: expert of most weight'
line fit
until_shows 'shared-bottom'
end 70

# --- a researcher: does MMoE still win at p 0.3 with 4 experts? ---
begin researcher
line 'compare shared-bottom mmoe p=0.3 experts=4 lr=1e-3 seeds=20'
until_shows 'ratio of each seed'
first=$((($(date +%s%N) - start) / 100000000))
until_shows 'of 20:'
end 61
echo "researcher: the first estimate after $((first / 10)).$((first % 10)) s"

# --- a student: words of every day, then the first lesson to its end ---
begin student
for pair in 'exit:quit' 'go:run' 'start:run' 'demo:ab mmoe' 'tutorial:lesson' 'why:explain' \
    'train:run' 'plot:export' 'options:set' 'kill:stop' 'clear:Ctrl-L' 'versus:compare' \
    'back:goto' 'examples:repeat'; do
    line "${pair%%:*}"
    until_shows "no command '${pair%%:*}'"
    screen | grep -A2 -F "no command '${pair%%:*}'" | grep -qF "${pair#*:}" ||
        fail "${pair%%:*} does not lead to ${pair#*:}"
done
keys=0
line 'lesson correlation'
until_shows 'lesson 1 of 4'
key Enter
until_shows 'correlation is .9988'
key Enter
until_shows 'lesson 2 of 4'
line 2
until_shows 'Right: higher'
key Enter
until_shows 'lesson 3 of 4'
key Enter
until_shows 'Each point is one seed'
key Enter
until_shows 'lesson 4 of 4'
line 'set p 1 steps 6000; run'
until_shows 'DONE step 6,000/6,000'
key Enter
until_shows 'at 6,000 steps'
key Enter
until_shows 'lesson lists the others'
end 60
