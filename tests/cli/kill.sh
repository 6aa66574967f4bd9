#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A run killed at any moment leaves no half-written file under a final name,
# and running again gives what an undisturbed run gives.
. "$(dirname "$0")/../lib.sh"
SOURCE_DATE_EPOCH=1500000000 # the same run, the same bytes
export SOURCE_DATE_EPOCH

KILLS=${KILLS:-20}
set -- "$SRCDIR"/bench/*.yaml
study=$1
cd "$T" || exit 99

start=$(date +%s%N)
"$MISID" run "$study" --out whole >/dev/null 2>errors
ok $? "an undisturbed run" || sed 's/^/# /' errors
length=$((($(date +%s%N) - start) / 1000000)) # ms
finished whole expected

# Spread over the run, one moment in each of the equal parts of it.
moments=$(awk -v n="$KILLS" -v ms="$length" 'BEGIN {
    srand(); for (i = 0; i < n; i++) printf "%.4f\n", (i + rand()) / n * ms / 1000 }')
half='' killed=0 late=''
for moment in $moments; do
    rm -rf cut
    "$MISID" run "$study" --out cut >/dev/null 2>&1 &
    pid=$!
    sleep "$moment"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? -eq 137 ] && killed=$((killed + 1))
    [ -d cut ] || continue
    finished cut got
    for file in $(cd got && find . -type f); do
        cmp -s "got/$file" "expected/$file" || half="$half $moment:$file"
    done
    if [ -f got/run.json ] && ! diff -r expected got >/dev/null; then
        late="$late $moment"
    fi
done
[ "$killed" -gt 0 ]
ok $? "runs were killed underway" && echo "# $killed of $KILLS, within $length ms"
is "$half" "" "no half-written file under a final name"
is "$late" "" "where there is a run.json, the run is whole"

"$MISID" run "$study" --out cut >/dev/null 2>errors
ok $? "the same folder again" || sed 's/^/# /' errors
finished cut got
is "$(diff -rq expected got)" "" "gives what an undisturbed run gives"
is "$(find cut -name '.*')" "" "and leaves no temporary behind"
done_testing
