#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# mpirun misid score: the same bytes as one process, whatever the number of ranks; a rank
# that dies ends the job, and the next one goes on. Skipped without an MPI build.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
python=/usr/bin/python3
cd "$T" || exit 99

if ! "$MISID" version | grep -q MPI; then
    # Without MPI: started with others, it refuses at once instead of working n times.
    run env OMPI_COMM_WORLD_SIZE=4 "$MISID" score --templates x --roster y --thresholds 1 --out z
    is "$status" 2 "one of several processes, without MPI: exit 2"
    like "$errs" '^misid: started as one of 4 processes, and this misid was built without MPI' \
        "and says so"
    skip "built without MPI (./configure --with-mpi)" "mpirun misid score"
    done_testing
    exit
fi
command -v mpirun >/dev/null || skip_all "no mpirun"
$python -c 'import numpy' 2>/dev/null || skip_all "no NumPy for $python"

# As root too, with more ranks than processors, on this machine alone.
root=
[ "$(id -u)" -eq 0 ] && root=--allow-run-as-root
ranks() { # ranks N ARGUMENT…: misid score by N ranks
    n=$1
    shift
    timeout 120 mpirun $root --oversubscribe -n "$n" "$MISID" score "$@"
}
cat >make.py <<'END'
import csv, sys
import numpy as np
name, n, dim, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
rng = np.random.default_rng(seed)
person = rng.integers(0, n // 3, n)
centre = np.random.default_rng(7).normal(size=(n, dim))
x = (centre[person] + .9 * rng.normal(size=(n, dim))).astype("<f4")
x[3, 1] = np.nan
np.save(name + ".npy", x)
with open(name + ".csv", "w", newline="") as f:
    w = csv.writer(f)
    w.writerow(["sample", "subject", "sex", "status"])
    for i in range(n):
        w.writerow([f"{name}{i}.jpg", f"p{person[i]}", "fm"[person[i] % 2],
                    "no-face" if i % 100 == 6 else "ok"])
END
$python make.py t 3000 64 1 && $python make.py q 700 64 2
ok $? "templates"
templates="--templates t.npy --roster t.csv --by sex"
searches="$templates --probes q.npy --probe-roster q.csv"

run ranks 1 $templates --thresholds .3,.5 --out started
if [ "$status" -ne 0 ]; then
    printf '%s\n' "$errs" | sed 's/^/# /'
    skip "mpirun starts nothing here" "mpirun misid score"
    done_testing
    exit
fi

# agrees NAME RANKS OPTIONS…
agrees() {
    name=$1 n=$2
    shift 2
    rm -rf one all
    "$MISID" score "$@" --out one --quiet
    run ranks "$n" "$@" --out all
    is "$status:$(diff -r one all)" "0:" "$name, $n ranks: the same bytes" || {
        printf '%s\n' "$errs" | sed 's/^/# /'
        return 1
    }
    is "$(printf '%s\n' "$out" | grep -c '^Scores: ')" 1 "… and one of them speaks"
}
agrees "all pairs" 2 $templates --thresholds .2,.3,.5
agrees "all pairs" 3 $templates --thresholds .2,.3,.5 --threads 2
agrees "all pairs" 4 $templates --thresholds .2,.3,.5 --checkpoint 0
agrees "a raised floor and a target" 4 $templates --thresholds .3 --target-fmr .001 \
    --max-exceedances 900
agrees "tail mode" 4 $templates --thresholds .3,.5 --mode tail
agrees "probes and gallery" 4 $searches --thresholds .3,.5 --top 5
agrees "… in tail mode" 3 $searches --thresholds .4 --mode tail
agrees "more ranks than blocks" 6 --templates q.npy --roster q.csv --thresholds .3
awk -F, 'NR > 1 { s[NR] = $1 } END { print "probe,reference"
    for (i = 2; i + 7 <= NR; i++) print s[i] "," s[i + 7] }' t.csv >list.csv
agrees "listed trials" 3 $templates --trials list.csv --thresholds .3

# What all find wrong is said once.
run ranks 3 --templates nothing.npy --roster t.csv --thresholds .3 --out bad
is "$status" 2 "no templates: exit 2"
is "$(printf '%s\n' "$errs" | grep -c '^misid: ')" 1 "… said once"
run ranks 3 $templates --thresholds .3 --out bad --shard 1/2
is "$status" 2 "ranks and shards: exit 2"
like "$errs" 'misid: score: --shard 1/2 in 3 ranks' "… says so"
run ranks 3 $templates --thresholds .3
is "$status:$(printf '%s\n' "$errs" | grep -c '^misid: ')" "2:1" "no --out: said once"
if [ "$(id -u)" -ne 0 ]; then
    mkdir shut && chmod 500 shut
    run ranks 3 $templates --thresholds .3 --out shut/out
    is "$status:$(printf '%s\n' "$errs" | grep -c '^misid: ')" "2:1" "no folder: said once"
fi

# A rank is killed: the job ends, with a failure, soon; the next goes on, with another
# number of ranks, to the same bytes.
$python make.py k 12000 128 3
MISID_ISA=scalar # slow
export MISID_ISA
cut="--templates k.npy --roster k.csv --by sex --thresholds .2,.5 --checkpoint 0 --threads 1"
"$MISID" score $cut --out whole --quiet
ok $? "an undisturbed run"
ranks 3 $cut --out cut >said 2>&1 &
job=$!
for _ in $(seq 2400); do
    [ -e cut/score.state.1 ] && [ -e cut/score.state.2 ] && break
    sleep .05
done
# The launcher's children; the one whose environment says rank 1.
victim=
for pid in $(ps -e -o pid= -o args= | awk -v misid="$MISID" '$2 == misid && / --out cut/ { print $1 }'); do
    tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx "OMPI_COMM_WORLD_RANK=1" &&
        [ "$(readlink "/proc/$pid/cwd")" = "$(pwd -P)" ] && victim=$pid
done
[ -n "$victim" ] && kill -9 "$victim"
ok $? "a rank is killed at work"
SECONDS_BEFORE=$(date +%s)
wait $job
is "$([ $? -ne 0 ] && echo failed)" failed "the job fails"
[ $(($(date +%s) - SECONDS_BEFORE)) -lt 60 ]
ok $? "and nobody waits for the dead"
[ ! -e cut/scores.json ] && [ -e cut/score.state.1 ]
ok $? "what was finished is on disk"
run ranks 4 $cut --out cut
is "$status" 0 "four ranks go on"
like "$errs" 'misid: score: going on from [0-9.]+ %' "from what three had done"
finished cut got
is "$(diff -r whole got)" "" "to the same bytes"
is "$(find cut -name 'score.state*')" "" "no state is left"

# Told to end, it ends, and one process alone goes on.
rm -rf cut
ranks 2 $cut --out cut >said 2>&1 &
job=$!
for _ in $(seq 2400); do
    [ -e cut/score.state.1 ] && [ -e cut/score.state ] && break
    sleep .05
done
kill -TERM "$(ps -e -o pid= -o ppid= | awk -v job=$job '$2 == job { print $1 }' | head -n 1)" 2>/dev/null ||
    kill -TERM $job
wait $job
[ ! -e cut/scores.json ]
ok $? "a job that was told to end has not finished"
run "$MISID" score $cut --out cut
is "$status" 0 "one process goes on"
like "$errs" 'going on from' "from what the ranks had done"
finished cut got
is "$(diff -r whole got)" "" "to the same bytes"
done_testing
