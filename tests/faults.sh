#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A session with one fault in it, for FAULTS calls of each kind: tests/faults/faults.py.
# Left out where the library that fails calls cannot be made or preloaded.

set -u
: "${MMOE:?must name the program}"
here=$(cd "${srcdir:-.}/tests/faults" && pwd) || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
[ -z "${SANITIZED-}" ] || { echo "left out: sanitizers stand before malloc themselves"; exit 77; }
${CC:-cc} -D_GNU_SOURCE -shared -fPIC -o "$work/shim.so" "$here/shim.c" -ldl 2>/dev/null || {
    echo "left out: the shim needs glibc"
    exit 77
}
[ -n "${TMPDIR-}" ] || [ ! -w /dev/shm ] || export TMPDIR=/dev/shm
python3 "$here/faults.py" "$MMOE" "$work/shim.so" "${FAULTS:-100}"
