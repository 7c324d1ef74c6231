#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is installed is found by pkg-config, compiles and runs: the example of libmmoe(3) in C, with
# the archive and with the shared library, the one in Python, and every public header by itself.
set -u
build=${BUILD:-.}
source=$(cd "${srcdir:-.}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
failed=0

complain()
{
	echo "install: $*"
	failed=1
}

# example BEFORE: the lines of an example of the manual behind that line
example()
{
	awk -v before="$1" '$0 == ".nf" { code = ""; inside = 1; next }
		$0 == ".fi" { if (index(code, before)) printf "%s", code; inside = 0 }
		inside { gsub(/\\-/, "-"); gsub(/\\e/, "\\"); code = code $0 "\n" }' "$source/man/libmmoe.3"
}

make -s -C "$build" DESTDIR="$work/root" install >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
pc=$(find "$work/root" -name mmoe.pc)
[ -n "$pc" ] || { complain 'no mmoe.pc'; exit 1; }
# as if it had been installed there
prefix=$(sed -n 's/^prefix=//p' "$pc")
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
module="pkg-config --define-variable=prefix=$work/root$prefix"
lib=$($module --variable=libdir mmoe)
case $lib in "$work"*) ;; *) lib="$work/root$lib" ;; esac
flags="-I$work/root$prefix/include -L$lib"
program="$work/root$prefix/bin/mmoe"

[ "$("$program" --version | head -1)" = "$("$build/mmoe" --version | head -1)" ] ||
	complain 'the program does not run'
for page in mmoe.1 mmoe-commands.7 mmoe-cluster.7 libmmoe.3; do
	[ -n "$(find "$work/root" -name "$page*")" ] || complain "no $page"
done
"$program" -b -q -e study | grep -q figure-d || complain 'no definitions are found'

for header in "$work/root$prefix"/include/mmoe/*.h; do
	echo "#include <mmoe/$(basename "$header")>" >"$work/one.c"
	# shellcheck disable=SC2086
	${CC:-cc} -std=gnu11 -Wall -Werror -fsyntax-only $flags "$work/one.c" ||
		complain "$(basename "$header") does not stand by itself"
done

# Under a sanitizer a program needs its runtime, too.
if grep -q "^SANITIZE_CFLAGS = ." "$build/Makefile"; then exit "$failed"; fi

want=$("$program" -b -q --json -e 'set p 0.9; run 500' | sed -n 's/.*"event":"run.done".*"loss":\[\([^,]*\),.*/\1/p')
want=$(printf '%.4f' "$want")
example 'int main' >"$work/example.c"
# shellcheck disable=SC2046,SC2086
${CC:-cc} $flags "$work/example.c" -o "$work/example" "$lib/libmmoe.a" $(pkg-config --libs $($module --print-requires-private mmoe)) -lm -pthread || complain 'the example does not compile'
got=$("$work/example")
[ "$got" = "$want" ] || complain "the example says '$got', not $want"

if [ -f "$lib/libmmoe.so.0" ]; then
	# shellcheck disable=SC2086
	${CC:-cc} $flags "$work/example.c" -o "$work/shared" -lmmoe || complain 'no shared library'
	got=$(LD_LIBRARY_PATH="$lib" "$work/shared")
	[ "$got" = "$want" ] || complain "with the shared library the example says '$got', not $want"
	foreign=$(nm -D --defined-only "$lib/libmmoe.so.0" | awk '{ print $3 }' | grep -v '^mmoe_' | head -3)
	[ -z "$foreign" ] || complain "the shared library offers $foreign"
	example 'import ctypes' >"$work/example.py"
	cat >>"$work/example.py" <<-'END'
		mmoe.mmoe_run_at.restype = ctypes.c_size_t
		print(mmoe.mmoe_run_at(ctypes.c_void_p(run)))
	END
	got=$(LD_LIBRARY_PATH="$lib" python3 "$work/example.py")
	[ "$got" = 500 ] || complain "the example in Python is at step '$got'"
fi

make -s -C "$build" DESTDIR="$work/root" uninstall >"$work/log" 2>&1
left=$(find "$work/root" -type f | head -3)
[ -z "$left" ] || complain "uninstall leaves $left"
[ "$failed" = 0 ] && echo 'what is installed works'
exit "$failed"
