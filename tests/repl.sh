#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sessions in a pipe, compared with what they said before: tests/repl/NAME.mmoe with NAME.out.
#
# A script's first line may be `# flags: ...`, for the command line. Lines of `---` part
# it into sessions of their own, each in a fresh directory with a copy of tests/repl/files
# and of the archives in tests/cases in it. What is compared is stdout and stderr as they come, after each its exit status;
# what may vary with time or machine is masked: seconds, speeds, the last decimals of
# measured numbers. A line of `# show FILE...` has the files shown that the session wrote;
# of .svg and .html their words. MMOE names the program; MMOE_REPL_WRITE=1 writes the .out
# anew.

set -u
here=$(cd "${srcdir:-.}/tests/repl" && pwd) || exit 1
: "${MMOE:?must name the program}"
lines=$(dirname "$MMOE")/tests/json_lines
[ -x "$lines" ] || { echo "$lines is missing: make check-programs makes it" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
status=0
unset NO_COLOR COLORTERM
LC_ALL=C.UTF-8
OPENBLAS_NUM_THREADS=1
export LC_ALL OPENBLAS_NUM_THREADS

mask() {
    sed -E -e "s|$work|DIR|g" \
        -e 's/[0-9]*\.[0-9]+ s  [0-9,]+ steps\/s/# s  # steps\/s/' \
        -e 's/"seconds":[^,}]*/"seconds":#/; s/"steps_per_second":[^,}]*/"steps_per_second":#/' \
        -e 's/[0-9]+\.[0-9]+e-[0-9]+/#/g' \
        -e 's/(^|[^0-9.])0\.([0-9])[0-9]{5,}/\1.\2#/g' \
        -e 's/([1-9][0-9]*\.[0-9])[0-9]+/\1#/g' \
        -e 's/(^|[^0-9])\.([0-9])[0-9]+/\1.\2#/g' \
        -e 's/(ratio|overlap by|within) [0-9.#]+/\1 #/g' \
        -e 's/\[-?[0-9]*\.[0-9]#, -?[0-9]*\.[0-9]#\]/[#, #]/g' \
        -e 's/[0-9]+%/#%/g' \
        -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g; s/( of [0-9]+ +)[0-9]+ s /\1# s /' \
        -e 's/(Trained by mmoe [0-9.#]+) on .*\)\./\1 on MACHINE./'
}

# show FILE...: text files as they are, of others the words between their tags.
show() {
    for shown in "$@"; do
        echo "--- $shown"
        case $shown in
        *.svg) sed -n 's/.*<title[^>]*>//; t words; s/.*<desc[^>]*>//; t words; d; :words
            s/<.*//; p' "$shown" ;;
        *.html) sed -e '/<style/,/<\/style/d; /<svg/,/<\/svg/d' -e 's/<[^>]*>/ /g' "$shown" |
            grep -v '^ *$' ;;
        *) cat "$shown" ;;
        esac
    done
}

# session FILE FLAGS: one session, what it said and how it ended.
session() {
    rm -rf "$work/home"
    cp -r "$here/files" "$work/home"
    cp "$here"/../cases/*.npz "$work/home"
    chmod -R u+w "$work/home"
    (
        cd "$work/home" || exit 1
        HOME=$work/home XDG_CONFIG_HOME=$work/home/config XDG_STATE_HOME=$work/home/state
        export HOME XDG_CONFIG_HOME XDG_STATE_HOME
        # shellcheck disable=SC2086 # flags are words
        "$MMOE" -b $2 <"$1" 2>&1
        echo "exit $?"
        # shellcheck disable=SC2046 # names are words
        show $(sed -n 's/^# show //p' "$1")
    ) | tee "$work/said" | mask
    "$lines" <"$work/said" >>"$work/said.broken"
}

# script NAME: all its sessions, each with its commands before it.
script() {
    flags=$(sed -n '1s/^# flags: //p' "$here/$1.mmoe")
    rm -f "$work"/part.*
    awk -v to="$work/part." 'BEGIN {n = 100} /^---$/ {n++; next} {print > (to n)}' "$here/$1.mmoe"
    for part in "$work"/part.*; do
        sed 's/^/> /' "$part"
        session "$part" "$flags"
    done
}

for file in "$here"/*.mmoe; do
    name=$(basename "$file" .mmoe)
    script "$name" >"$work/out"
    if [ -n "${MMOE_REPL_WRITE:-}" ]; then
        cp "$work/out" "$here/$name.out"
    elif ! diff -u "$here/$name.out" "$work/out"; then
        echo "BROKEN: $name"
        status=1
    fi
done
if [ -s "$work/said.broken" ]; then
    cat "$work/said.broken"
    status=1
fi
[ "$status" = 0 ] && echo 'all sessions say what they said'
exit "$status"
