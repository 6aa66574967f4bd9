#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A whole study with a matcher that runs (images read and shown, templates compared, rates
# estimated, charts drawn, the run recorded), killed with all that it started, by kill -9
# at any moment, again and again. It is gone on with each time, and what is there in the
# end is what an undisturbed run leaves, with exactly one record in a sound history.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
command -v setsid >/dev/null || skip_all "no setsid"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home
SOURCE_DATE_EPOCH=1500000000 # the same run, the same bytes
export BUILDDIR SRCDIR MISID MISID_DATA XDG_CACHE_HOME HOME SOURCE_DATE_EPOCH
unset MISID_CACHE MISID_HISTORY
cd "$T" || exit 99

KILLS=${KILLS:-3}
"$MISID" synth --out set --subjects 20 --images 2 --seed 4 --size 128 --quiet || exit 99
# A matcher in misid, and one in a process of its own.
cat >study <<'END'
[ -e at/run/run.json ] || "$MISID" run "$SRCDIR/bench/verification-demographics.yaml" \
    --backend lbp --backend "$BUILDDIR/tests/backends/good.so" --dataset synthetic --root set \
    --out at/run --cache at/cache --quiet || exit
exec "$MISID" record at/run --history at/h.sqlite --quiet
END
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
whole() { # whole FOLDER: what of a finished run must be the same
    (cd "$1/run" && find . -type f ! -path '*/.*' ! -name timing.json ! -name backend.json ! -name scores.json ! -name study.json \
        ! -name outputs.csv ! -name run.json ! -name report.html ! -name report.json -exec sha256sum {} + | sort -k2)
    cut -d, -f1-10 "$1/run/backends/lbp/outputs.csv"
}

started=$(milliseconds)
sh study >said 2>&1
ok $? "an undisturbed study" || {
    sed 's/^/# /' said
    exit 1
}
length=$(($(milliseconds) - started))
whole at >expected
[ -n "$(find at/run -name '*.svg')" ] && [ "$(grep -c . at/run/findings.csv)" -gt 100 ]
ok $? "with findings and charts"

killed=0 odd='' round=0 early=0
moment() { awk -v ms="$length" -v seed="$$.$1" 'BEGIN { srand(seed * 1000 + seed); printf "%.3f\n", rand() * ms / 1000 }'; }
tries=0
while [ "$killed" -lt "$KILLS" ] && [ "$tries" -lt $((3 * KILLS + 10)) ]; do
    rm -rf at
    # up to three kills before it may finish
    round=$((round + 1))
    for _ in 1 2 3; do
        tries=$((tries + 1))
        setsid sh study >said 2>&1 &
        group=$!
        sleep "$(moment "$tries")"
        kill -9 "-$group" 2>/dev/null
        wait "$group" 2>/dev/null
        if [ $? -eq 137 ]; then
            killed=$((killed + 1))
        else
            early=$((early + 1))
            length=$((length * 2 / 3 + 1)) # the machine was busier before
        fi
        [ ! -e at/h.sqlite ] || "$MISID" history check --history at/h.sqlite >said 2>&1 ||
            odd="$odd
round $round: $(cat said)"
    done
    sh study >said 2>&1 || odd="$odd
round $round: then: $(cat said)"
    whole at >got 2>&1
    cmp -s got expected || odd="$odd
round $round: $(diff got expected | head -n 3)"
    "$MISID" history check --history at/h.sqlite >said 2>&1 || odd="$odd
round $round: $(cat said)"
    n=$("$MISID" history verification-demographics --history at/h.sqlite --csv | sed 1d | wc -l)
    [ "$n" -eq 1 ] || odd="$odd
round $round: $n records"
    left=$(find at -name '*.tmp' -o -name '.gnuplot.*')
    [ -z "$left" ] || odd="$odd
round $round: left behind: $left"
done
[ "$killed" -ge "$KILLS" ]
ok $? "killed $killed times in $round studies of $length ms, which finished $early times before"
is "$odd" "" "each time the findings of an undisturbed run, and one record in a sound history"
done_testing
