#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of a study: whole, the same bytes twice, nothing fetched from elsewhere, and what a definition says of
# itself is text in it, whatever it looks like.

set -eu
srcdir=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
: "${MMOE:?names the program}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

complain() {
    echo "BROKEN: $*"
    status=1
}

# count PATTERN: how often it is in the page.
count() { grep -o -- "$1" "$folder/one.html" | wc -l; }

mkdir -p "$folder/data/studies"
cp -r "$srcdir/data/presets" "$folder/data/"
{
    echo 'title Two <script>alert(1)</script> & "more"'
    echo 'note <b>not bold</b>'
    sed '/^title\|^note\|^choose\|^chosen/d; s/^seeds.*/seeds 3/' "$srcdir/data/studies/figure-d.conf"
    echo 'set dim=5 rows=100 test-rows=20 steps=4 batch=10'
} >"$folder/data/studies/mine.conf"
MMOE_DATA=$folder/data
export MMOE_DATA
"$MMOE" -b -q -e "study mine store=$folder/s.db; report $folder/one.html" >/dev/null
"$MMOE" -b -q -e "study mine store=$folder/s.db; report $folder/two.html" >/dev/null

cmp -s "$folder/one.html" "$folder/two.html" || complain 'the same study gives another page'
[ "$(tail -c 8 "$folder/one.html")" = '</html>' ] || complain 'the page has no end'
[ "$(count '<script')" = 0 ] || complain 'a title became a script'
[ "$(count '&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;')" -ge 2 ] || complain 'the title is not in it'
[ "$(count '&lt;b&gt;not bold&lt;/b&gt;')" = 1 ] || complain 'the note is not in it'
[ "$(count '<svg')" = 1 ] || complain 'it has not one figure'
[ "$(count '<td>OMoE and MMoE beat Shared-Bottom at every p</td>')" = 2 ] || complain 'claims are not tested on both losses'
[ "$(count '<tr><td>0.9</td><td>omoe</td>')" = 1 ] || complain 'a cell is missing'
[ "$(count '\(src\|href\)="[^#]')" = 0 ] || complain 'it fetches something'
exit $status
