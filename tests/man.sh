#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The man pages and the completions say what the tables say: every verb with its
# synopsis, every option with its range, default and what it resets, every
# command-line option, every word of the themes. MMOE names the program.

set -u
cd "${srcdir:-.}" || exit 1
: "${MMOE:?must name the program}"
status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

complain() {
    echo "BROKEN: $*"
    status=1
}

# plain FILE: roff without its escapes and quoting, an entry's head as one line.
plain() {
    sed -e 's/\\-/-/g; s/\\(aq/'"'"'/g; s/\\f[A-Z]//g' \
        -e 's/^\.B[RI]* //; s/^"\(.*\)"$/\1/; s/ "\(.*\)"$/\1/; s/""/"/g' "$1"
}
plain man/mmoe-commands.7 >"$work/commands"
plain man/mmoe.1 >"$work/program"

# ---- verbs ---------------------------------------------------------------------------------

sed -n 's/^    {"\([a-z-]*\)", "\([^"]*\)",.*/\1 \2/p' ui/command/table.c | sed 's/ $//' >"$work/verbs"
[ "$(wc -l <"$work/verbs")" -gt 20 ] || complain 'the table of verbs could not be read'
while read -r line; do
    grep -qxF -- "$line" "$work/commands" || complain "mmoe-commands.7 lacks the verb: $line"
done <"$work/verbs"

# The program knows the same verbs.
"$MMOE" -b -e help >"$work/help" || complain 'help fails'
while read -r verb rest; do
    grep -qw -- "$verb" "$work/help" || complain "help lacks $verb"
done <"$work/verbs"

# ---- options -------------------------------------------------------------------------------

# Programs are told the default as one types it; for people it is grouped.
"$MMOE" --json -e set >"$work/set" || complain 'set fails'
sed -n 's/^{"event":"option","name":"\([^"]*\)",.*"default":"\([^"]*\)","range":"\([^"]*\)","resets":"\([^"]*\)".*/\1|\2|\3|\4/p' \
    "$work/set" | sed 's/^\([^|]*|[0-9][0-9]*\)\([0-9]\{3\}\)|/\1,\2|/; s/|nothing$/|at once/; s/|run$/|new run/; s/|data$/|new rows/' >"$work/options"
[ "$(wc -l <"$work/options")" -gt 25 ] || complain 'the table of options could not be read'
while IFS='|' read -r name default range resets; do
    grep -qxF -- "$name ($range; default $default; $resets)" "$work/commands" ||
        complain "mmoe-commands.7 lacks the option: $name ($range; default $default; $resets)"
done <"$work/options"

# No entry is left of an option that is gone.
sed -n 's/^\([a-z.-]*\) (.*; default .*)$/\1/p' "$work/commands" | while read -r name; do
    cut -d'|' -f1 "$work/options" | grep -qxF -- "$name" || echo "$name"
done >"$work/gone"
[ ! -s "$work/gone" ] || complain "mmoe-commands.7 has options that are gone: $(tr '\n' ' ' <"$work/gone")"

# ---- models --------------------------------------------------------------------------------

sed -n 's/^MMOE_MODEL(.*, "\(.*\)")$/\1/p' include/mmoe/models.def >"$work/models"
[ -s "$work/models" ] || complain 'the registry of models could not be read'
while read -r model; do
    grep -qx -- "$model" "$work/commands" || complain "mmoe-commands.7 lacks the model $model"
done <"$work/models"

# ---- events --------------------------------------------------------------------------------

sed -n '/^\.SH JSON/,$s/^\.B \([a-z.]*\)$/\1/p' man/mmoe-commands.7 >"$work/told"
sed -n 's/.*event_begin(&*[a-z]*, "\([a-z.]*\)").*/\1/p; s/.*json_word(t, "event", "\([a-z.]*\)").*/\1/p' ui/*/*.c |
    sort -u >"$work/events"
[ "$(wc -l <"$work/events")" -ge 10 ] || complain 'the events could not be read'
while read -r event; do
    grep -qxF -- "$event" "$work/told" || complain "mmoe-commands.7 lacks the event $event"
done <"$work/events"

# ---- the command line ----------------------------------------------------------------------

"$MMOE" --help | sed -n 's/^  *\(-[a-z], \)*--\([a-z]*\).*/\1--\2/p' >"$work/line"
[ "$(wc -l <"$work/line")" -gt 8 ] || complain 'the help could not be read'
sed 's/ *", " */, /g; s/ *=.*//' "$work/program" >"$work/heads"
while read -r line; do
    grep -qx -- "$line" "$work/heads" || complain "mmoe.1 lacks: $line"
    name=${line##*--}
    grep -q -- "--$name" data/completions/mmoe || complain "data/completions/mmoe lacks --$name"
    grep -q -- "--$name" data/completions/_mmoe || complain "data/completions/_mmoe lacks --$name"
    grep -q -- " -l $name " data/completions/mmoe.fish || complain "data/completions/mmoe.fish lacks --$name"
done <"$work/line"
themes=$(sed -n 's/^theme|[^|]*|\(.*\)|.*/\1/p' "$work/options" | sed 's/,//g; s/ or / /')
for file in data/completions/*; do
    grep -q "$themes" "$file" || complain "$file lacks the themes: $themes"
done

# ---- form ----------------------------------------------------------------------------------

version=$("$MMOE" --version | sed -n '1s/.* //p')
for page in man/*.[1-9]; do
    grep -q "^\.TH .*\"mmoe $version\"" "$page" || complain "$page is not of version $version"
    if command -v mandoc >/dev/null 2>&1; then
        mandoc -T lint -W error "$page" || complain "$page: mandoc has complaints"
    fi
done

[ "$status" = 0 ] && echo 'the manual tells what the tables tell'
exit "$status"
