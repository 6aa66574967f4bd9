#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every fuzz target takes its seeds, with whatever compiler this is.
. "${SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}/tests/lib.sh"

for source in "$SRCDIR"/tests/fuzz/fuzz_*.c; do
    name=${source##*/fuzz_}
    name=${name%.c}
    sh "$SRCDIR/tests/fuzz/seeds" "$name" "$T/$name"
    n=$(find "$T/$name" -type f | wc -l)
    [ "$n" -ge 10 ]
    ok $? "$name has seeds ($n)"
    run "$BUILDDIR/tests/fuzz/fuzz_$name" -runs=0 "$T/$name"
    ok $status "$name takes its seeds" || printf '%s\n' "$errs" | tail -n 20 | sed 's/^/# /'
done
done_testing
