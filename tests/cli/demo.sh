#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# scripts/demo with the program that is built already: from any folder, every
# study that needs no image, its table and verdicts, and one index of all.
. "$(dirname "$0")/../lib.sh"

mkdir "$T/elsewhere"
cd "$T/elsewhere" || exit 99
export MISID
# As a reader of README.md runs it, who has a terminal of 80 columns.
COLUMNS=80
export COLUMNS
run "$SRCDIR/scripts/demo" --out "$T/out"
is "$status" 0 "scripts/demo" || printf '%s\n' "$errs" | sed 's/^/# /'
is "$(ls "$T/elsewhere")" "" "leaves nothing in the current folder"

mkdir "$T/cases"
awk -v dir="$T/cases" -f "$SRCDIR/tests/examples.awk" "$SRCDIR/README.md"
shown=$(grep -lx scripts/demo "$T"/cases/*.cmd | sed 's/cmd$/out/')
printf '%s\n' "$out" >"$T/printed"
[ -s "$shown" ] && awk -f "$SRCDIR/tests/same-lines.awk" "$shown" "$T/printed"
ok $? "prints what README.md shows"

studies=$(cd "$SRCDIR/bench" && grep -l '^evidence: published$' ./*.yaml | sed 's|^\./||; s/\.yaml$//')
[ -n "$studies" ]
ok $? "there are studies of published counts"
index=$(printf '%s\n' "$out" | tail -n 1)
is "$index" "$T/out/index.html" "the last line is the path of the index"
for study in $studies; do
    [ -s "$T/out/$study/run.json" ]
    ok $? "$study: was run"
    [ -s "$T/out/$study/report.html" ]
    ok $? "$study: has a report"
    grep -qF "href=\"$study/report.html\"" "$index"
    ok $? "$study: the index links its report"
    title=$(MISID_DATA=$SRCDIR "$MISID" list studies | sed -n "s/^$study *//p")
    [ -n "$title" ] && printf '%s\n' "$out" | tr -s ' \n' '  ' | grep -qF -- "$title"
    ok $? "$study: what was run is printed"
done

roster=$T/out/drawn-faces/roster.csv
is "$(sed 1d "$roster" | wc -l | tr -d ' ')" 180 "the drawn faces are read: 180 images"
is "$(sed 1d "$roster" | cut -d, -f4 | sort -u)" ok "each of them a picture"
like "$out" "The faces are drawn: they are nobody's" "is said of them"
grep -qF 'href="drawn-verification/report.html">Drawn faces of nobody: ' "$index"
ok $? "a study of matchers on drawn faces: the index links its report, and says so"
[ -s "$T/out/drawn-verification/report.html" ]
ok $? "its report is there"
like "$(cat "$T/out/drawn-verification/report.html")" "The faces of this run are drawn" \
    "and says at its head whose faces they are"
like "$(cut -d, -f4 "$T/out/drawn-verification/findings.csv" | sort -u | tr '\n' ' ')" 'fmr .*fnmr ' \
    "with rates of false matches and of false non-matches"

if "$MISID" version | grep -q MPI && command -v mpirun >/dev/null; then
    like "$out" '^The same bytes as one process gives\.' "two ranks of MPI score them too"
else
    run "$SRCDIR/scripts/demo" --mpi --out "$T/none"
    is "$status:$errs" "2:scripts/demo: misid is built without MPI, or there is no mpirun" \
        "--mpi without MPI is told"
fi

run "$SRCDIR/scripts/demo" --bogus
is "$status" 2 "unknown option: exit 2"
run "$SRCDIR/scripts/demo" --data "$T"
is "$status" 2 "real faces of no named set: exit 2"
done_testing
