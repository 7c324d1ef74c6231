#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The program in a real terminal multiplexer, started from a shell: start, type,
# train, resize, stop and come back, crash, hang up. MMOE names the program.

set -u
for tool in tmux pgrep; do
    command -v $tool >/dev/null 2>&1 || { echo "$tool is not here: left out"; exit 77; }
done
: "${MMOE:?must name the program}"

home=$(mktemp -d)
server=mmoe-test-$$
unset TMUX
export XDG_CONFIG_HOME="$home" XDG_STATE_HOME="$home"

mux() { tmux -L "$server" -f /dev/null "$@"; }
screen() { mux capture-pane -p -t work; }
clean_up() { mux kill-server 2>/dev/null; rm -rf "$home"; }
trap clean_up EXIT
trap 'exit 1' INT TERM

fail() {
    echo "FAILED: $*; the screen:"
    screen
    exit 1
}

# until_shows TEXT: wait (a minute at most) for TEXT on the screen.
until_shows() {
    tries=0
    until screen | grep -qF -- "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || fail "\"$1\" was never shown"
        sleep 0.1
    done
}

# type_line TEXT...: each as keys, then Enter.
type_line() {
    for keys; do
        mux send-keys -t work -l "$keys"
        mux send-keys -t work Enter
    done
}

# The shell must echo what is typed, at the left edge, on the screen it had.
shell_is_well() {
    mark="well-$1"
    type_line "echo $mark | tr w W"
    until_shows "Well-$1"
    screen | grep -q "echo $mark" || fail "the shell does not echo after $1"
    type_line clear
}

start() {
    type_line "$MMOE"
    until_shows 'mmoe>'
}

process() { pgrep -P "$(mux display-message -p -t work '#{pane_pid}')" | head -n 1; }

mux new-session -d -s work -x 80 -y 24 "env PS1='shell\$ ' sh -i" || { echo 'tmux does not start: left out'; exit 77; }
until_shows 'shell$'

# start, type, train
start
type_line 'set dim 10 rows 500 test-rows 100 steps 80 eval-every 20 batch 20'
type_line 'set p 0.9' 'data gen' 'model mmoe' 'run'
until_shows 'DONE 80/80'
type_line 'repeat 3'
until_shows '3 seeds'
for word in 'log y' gates 'over seeds' runs; do
    screen | grep -qi "$word" || fail "no panel $word at 80x24"
done

# resize
for size in '160 48' '40 10' '20 5' '1 1' '80 24'; do
    # shellcheck disable=SC2086
    set -- $size
    mux resize-window -t work -x "$1" -y "$2"
    sleep 0.2
done
until_shows 'mmoe>'
until_shows 'p 0.9 '

# stop and come back
mux send-keys -t work C-z
until_shows 'shell$'
shell_is_well stop
type_line fg
until_shows 'p 0.9 '

# leave
type_line quit
until_shows 'shell$'
shell_is_well quit

# crash, while training
start
type_line 'set dim 10 rows 500 test-rows 100 steps 10M eval-every 1000 batch 20' 'run'
until_shows RUN
kill -SEGV "$(process)"
until_shows 'shell$'
shell_is_well crash

# hang up, while training
start
type_line 'set dim 10 rows 500 test-rows 100 steps 10M eval-every 1000 batch 20' 'run'
until_shows RUN
left=$(process)
mux kill-session -t work
tries=0
while kill -0 "$left" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { kill -9 "$left"; echo 'FAILED: it outlived its terminal'; exit 1; }
    sleep 0.1
done
echo 'all seen in tmux'
