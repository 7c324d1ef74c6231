#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The rules of the house that a compiler does not see: which file may include
# which, that no files go round in a circle, who may use which library, what
# src/ never does. srcdir and CC are make's; MMOE names the program, beside which
# the libraries are looked into.

set -u
cd "${srcdir:-.}" || exit 1
status=0

complain() {
    printf '%s\n' "$1" | sed 's/^/BROKEN: /'
    status=1
}

# refuse WHAT LINES: each of LINES is a breach of rule WHAT.
refuse() { [ -z "$2" ] || complain "$(printf '%s\n' "$2" | sed "s|\$| -- $1|")"; }

code=$(find include src ui -name '*.[ch]' -o -path '*include/*' -name '*.def' | LC_ALL=C sort)
[ "$(printf '%s\n' "$code" | wc -l)" -gt 20 ] || complain 'the sources are not here'

# ---- floors: an include goes down or sideways, never up -----------------------------------

# shellcheck disable=SC2086
refuse 'an include goes up or out of its house' "$(awk '
    BEGIN {
        n = split("base math dataset model train study store work", names)
        for (i = 1; i <= n; i++) floor["src/" names[i]] = i
        n = split("term figure panel report app command main", names)
        for (i = 1; i <= n; i++) floor["ui/" names[i]] = i
        # The home of a public header is that of the source it is named as; of those without one it
        # stands here. models.def is a list of words that floor 1 reads, too.
        for (i = 1; i < ARGC; i++)
            if (ARGV[i] ~ /^src\//) home[noun(ARGV[i])] = place(ARGV[i])
        n = split("models:base real:base rows:math source:dataset model:model", names, " ")
        for (i = 1; i <= n; i++) { split(names[i], pair, ":"); home[pair[1]] = "src/" pair[2] }
    }
    function noun(path) { sub(/.*\//, "", path); sub(/\..*/, "", path); return path }
    function place(path) {
        if (path ~ /(^|\/)mmoe\//) return home[noun(path)]
        sub(/\/[^\/]*$/, "", path)
        return path
    }
    FNR == 1 {
        here = place(FILENAME)
        if (!(here in floor)) print FILENAME ":1: lies on no floor"
    }
    /^[ \t]*#[ \t]*include[ \t]*["<]/ {
        split($0, part, /["<>]/)
        path = part[2]
        quoted = $0 ~ /"/
        where = FILENAME ":" FNR ": includes " path
        if (!quoted && path !~ /^mmoe\//) {
            if (path ~ /^(src|ui|tests)\//) print where " in angle brackets"
            next
        }
        if (quoted && path !~ /^(src|ui)\//) { print where ", which is no path from the top"; next }
        there = place(path)
        if (!(there in floor)) { print where ", which lies on no floor"; next }
        if (FILENAME ~ /^ui\//) { if (path ~ /^src\//) print where; else if (path ~ /^ui\// && floor[there] > floor[here]) print where }
        else if (path ~ /^ui\// || floor[there] > floor[here]) print where
        else if (FILENAME ~ /^include\// && quoted) print where
    }' $code)"

# ---- circles: of files that include each other, of files that call each other ---------------

# circles: the nodes of each circle of a graph, whose edges come as lines "from to". tsort names
# one circle, breaks it, and goes on.
circles() {
    LC_ALL=C sort -u | LC_ALL=C tsort 2>&1 >/dev/null | awk '
        /loop:$/ { if (circle) print circle; circle = ""; next }
        { circle = circle (circle ? ", " : "") $NF }
        END { if (circle) print circle }'
}

# shellcheck disable=SC2086
includes=$(awk '
    /^[ \t]*#[ \t]*include[ \t]*["<](mmoe|src|ui)\// {
        split($0, part, /["<>]/)
        path = part[2]
        if (path ~ /^mmoe\//) path = "include/" path
        print FILENAME, path
    }' $code)
refuse 'files that include each other in a circle' "$(printf '%s\n' "$includes" | circles)"

# plain_archives NAME...: the libraries beside the program; none that is missing or instrumented.
plain_archives() {
    for name; do
        archive=$(dirname "${MMOE:-none}")/$name
        [ -f "$archive" ] && ! nm "$archive" 2>/dev/null | grep -qE '__(asan|tsan|ubsan)' && printf '%s\n' "$archive"
    done
}

# calls ARCHIVE...: "from to" where one file uses what another one defines. The second file of a
# name in a library is NAME#2.
calls() {
    for archive; do
        printf 'library %s\n' "$(basename "$archive")"
        LC_ALL=C nm "$archive"
    done | awk '
        $1 == "library" { library = $2; next }
        /:$/ {
            sub(/:$/, ""); sub(/^libmmoe(ui)?_a-/, ""); sub(/\.o$/, ".c")
            file = library ":" $0
            if (++count[file] > 1) file = file "#" count[file]
            next
        }
        NF == 3 && $2 ~ /^[BCDGRSTVW]$/ { owner[$3] = file }
        $1 == "U" { user[++uses] = file; symbol[uses] = $2 }
        END {
            for (i = 1; i <= uses; i++)
                if (symbol[i] in owner) print user[i], owner[symbol[i]]
        }'
}

circled=$(plain_archives libmmoe.a libmmoeui.a)
# shellcheck disable=SC2086
[ -z "$circled" ] || refuse 'files that call each other in a circle' "$(calls $circled | circles)"

# ---- owners: one file for each library ----------------------------------------------------

# owner FILE PATTERN: only FILE may include what matches.
owner() {
    refuse "only $1 may include this" \
        "$(printf '%s\n' "$code" | grep -vx "$1" | xargs grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" /dev/null)"
}
owner src/math/mat.c 'cblas|openblas|f77blas|lapack'
owner src/math/special.c 'gsl/'
owner src/math/optimise.c 'nlopt'
owner src/base/thread.c 'pthread|threads\.h|semaphore'
owner src/store/database.c 'sqlite3'
owner 'src/dataset/\(csv\|npz\).c' 'zlib'
owner src/dataset/digest.c 'nettle/'
owner src/dataset/safetensors.c 'jansson'
owner 'src/store/.*' 'src/store/database\.h'
owner ui/figure/paper.c 'cairo'
owner ui/term/screen.c 'n?curses|ncursesw|term\.h|panel\.h'
owner ui/command/repl.c 'readline/'

# ---- src/ computes: it neither prints nor ends the program ---------------------------------

# in_code PATTERN FILE...: matches outside comments and strings. in_strings: outside comments alone.
in_code() { search '""' "$@"; }
in_strings() { search '&' "$@"; }
search() {
    strings=$1 pattern=$2
    shift 2
    awk -v pattern="(^|[^A-Za-z0-9_])($pattern)" -v strings="$strings" '
        FNR == 1 { comment = 0 }
        {
            line = $0
            gsub(/\\./, "", line)
            gsub(/"[^"]*"/, strings, line)
            out = ""
            while (line != "") {
                if (comment) {
                    if (!(at = index(line, "*/"))) break
                    line = substr(line, at + 2)
                    comment = 0
                } else {
                    at = index(line, "/*")
                    out = out (at ? substr(line, 1, at - 1) : line)
                    line = at ? substr(line, at + 2) : ""
                    comment = at > 0
                }
            }
            sub(/\/\/.*/, "", out)
            if (out ~ pattern) print FILENAME ":" FNR ": " $0
        }' "$@" /dev/null
}

library=$(printf '%s\n' "$code" | grep -v '^ui/')
# shellcheck disable=SC2086
refuse 'src/ does not print' \
    "$(in_code '(f|v|vf|d|vd)?printf[ \t]*\(|f?puts[ \t]*\(|f?putc(har)?[ \t]*\(|fwrite[ \t]*\(|perror[ \t]*\(|stdout|stderr' $library)"
# shellcheck disable=SC2086
refuse 'src/ does not end the program' "$(in_code '(_|_E|quick_)?[eE]xit[ \t]*\(|abort[ \t]*\(' $library)"
# shellcheck disable=SC2086
refuse 'no pointer typedefs' "$(in_code 'typedef[^;(]*\*' $code)"

screen=$(printf '%s\n' "$code" | grep '^ui/')
statistics=$(grep -ohE 'mmoe_[a-z0-9_]+\(' include/mmoe/stats.h include/mmoe/infer.h | sed 's/($//' | paste -sd '|' -)
# shellcheck disable=SC2086
refuse 'ui/ neither sums up nor tests: the tally and the hearing do' "$(in_code "($statistics)[ \t]*\(" $screen)"
# shellcheck disable=SC2086
refuse 'ui/ does not schedule: src/study/ and src/work/ do' \
    "$(in_code 'mmoe_(record_train|run_new|run_step|definition_grid|definition_choice_grid|choice_make)[ \t]*\(' $screen)"

# Those of nine digits are for programs, which read a float back.
worded=$(printf '%s\n' "$screen" | grep -vE '^ui/(term|figure)/')
# shellcheck disable=SC2086
refuse 'numbers for people are written by mmoe_format_ (text.h)' \
    "$(in_strings '%[-+#0-9.*]*[efgEFG]' $worded | grep -vE '%\.9g')"

# What a user named may be a pipe or a link that someone planted; a path in quotes is our own.
unopened=$(printf '%s\n' "$code" | grep -vE '^src/base/(beside|file)\.c$')
# shellcheck disable=SC2086
refuse 'files are opened by mmoe_file_open and mmoe_file_text, and written by mmoe_file_replace and beside.h' \
    "$(in_strings '((fre|f)?open(at)?|creat|(read|write|append)_history|rl_read_init_file)[ \t]*\([^")]' $unopened)"

long=$(awk 'length($0) > 100 { print FILENAME ":" FNR ": " length($0) " columns" }' $code)
refuse 'a line has at most 100 columns' "$long"

unstored=$(printf '%s\n' "$code" | grep -v '^src/store/')
# shellcheck disable=SC2086
refuse 'only src/store/ speaks SQL' "$(in_strings '(SELECT|INSERT|CREATE TABLE)[^A-Za-z0-9_]' $unstored)"

# Mutable state of libmmoe: the fatal hook and nothing else. Constant tables are in .data.rel.ro.
archive=$(plain_archives libmmoe.a)
if [ -n "$archive" ] && command -v objdump >/dev/null 2>&1; then
    refuse 'src/ has no mutable globals but the fatal hook' \
        "$(objdump -t "$archive" | awk '/file format/ { file = $1 } / O \.(bss|data|tbss|tdata)([ \t]|\.[^r])/ && !(file ~ /status\.o/ && /hook/) { print file " " $NF }')"
fi

# ---- names and first lines -----------------------------------------------------------------

refuse 'a name that hides a system header' "$(printf '%s\n' "$code" | grep -E '/(config|term|curses|panel)\.h$')"

# The first line, or the second under a line that a shell must find first.
for file in $(find include src ui tests -name '*.[ch]' -o -name '*.def' -o -name '*.sh' | LC_ALL=C sort) \
    bootstrap configure.ac Makefile.am man/*.[1-9] data/completions/*; do
    line=1
    case $(head -n 1 "$file") in '#!'* | '#compdef'*) line=2 ;; esac
    sed -n "${line}p" "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' ||
        complain "$file:$line: lacks its SPDX line"
done

# ---- every file has its line in the makefile and in the guide -------------------------------

for file in $code $(find tests -name '*.[ch]'); do
    case $file in tests/*/test_*.c) entry=${file%.c} ;; *) entry=$file ;; esac
    grep -qE "(^|[[:space:]])$entry([[:space:]]|\$)" Makefile.am || complain "$file: is not named in Makefile.am"
done

for file in $(printf '%s\n' "$code" | grep -v '^include/'); do
    grep -qE "[| ]$(basename "$file")[, ]" HACKING.md || complain "$file: is not named in HACKING.md"
done

# ---- every header compiles alone -----------------------------------------------------------

for header in $(printf '%s\n' "$code" | grep '\.h$'); do
    # shellcheck disable=SC2086
    printf '#include "%s"\ntypedef int nothing_else;\n' "$header" |
        ${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Werror -fsyntax-only -Iinclude -I. -x c - ||
        complain "$header: does not compile alone"
done

[ "$status" = 0 ] && echo 'the house is in order'
exit "$status"
