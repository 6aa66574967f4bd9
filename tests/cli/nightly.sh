#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# scripts/nightly: what it leaves, its exit status, resuming, retention, the lock, faults.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
cd "$T" || exit 99
for tool in bash flock timeout xargs; do
    command -v $tool >/dev/null || skip_all "no $tool"
done
nightly=$SRCDIR/scripts/nightly
export MISID
MISID_DATA=$SRCDIR
export MISID_DATA
cp "$SRCDIR/bench/gender-shades.yaml" .
awk 'BEGIN {
    split("I II III IV V VI", roman, " ")
    print "image_id,filename,gender,fitzpatrick skin type category,bi.fitz,country"
    for (t = 1; t <= 6; t++) for (g = 0; g < 2; g++) for (k = 0; k < 100; k++) {
        n++
        printf "%d,%05d_%d.jpg,%s,%s,%s,%s\n", n, n, t, (g ? "Male" : "Female"), roman[t],
            (t > 3 ? "darker" : "lighter"), (t > 3 ? "Senegal" : "Sweden")
    }
}' >"my meta.csv"
answers() { # answers RULE
    awk -F, "NR == 1 { print \"filename,prediction\"; next }
        { k = (\$1 - 1) % 100; wrong = ($1)
          print \$2 \",\" (wrong ? (\$3 == \"Male\" ? \"Female\" : \"Male\") : \$3) }" "my meta.csv" >answers.csv
}
printf 'policy: p\nrules:\n  - {metric: error, group: all, rise_at_most: 1 points}\n' >p.yaml
cat >n.conf <<'CONF'
# a comment
results out
keep 2
timeout 100
study one p.yaml release gender-shades.yaml --predictions answers.csv --dataset ppb --set "dataset.metadata=my meta.csv"
CONF
night() { run env SOURCE_DATE_EPOCH=$((1517702400 + 86400 * $1)) "$nightly" n.conf; }

answers 'k < 5'
night 1
is "$status" 0 "the first night passes: it is the baseline"
like "$out" 'one: this run is now the baseline release' "… and says so"
like "$out" 'night of 2018-02-05: passed' "… and what came out"
for file in history.sqlite runs/2018-02-05/one/run.json gates/2018-02-05-one.json \
    junit/2018-02-05-one.xml summary/2018-02-05.md log/2018-02-05.log dashboard/index.html; do
    [ -s "out/$file" ]
    ok $? "there is $file"
done
night 1
like "$out" 'one: was run already' "a night that was killed goes on"
answers 'k < 12'
night 2
is "$status" 1 "a regression"
like "$out" 'one: fail ' "… is told"
like "$(cat out/summary/2018-02-06.md)" '❌' "… and stands in the summary"
answers 'k < 6'
night 3
is "$status" 3 "undecided"
is "$(ls out/runs | tr '\n' ' ')" "2018-02-06 2018-02-07 " "old run folders are removed"
run "$MISID" history gender-shades --history out/history.sqlite --csv
is "$(printf '%s\n' "$out" | sed 1d | grep -c .)" 3 "the history keeps every night"
rm answers.csv
night 4
is "$status" 2 "a run that fails is trouble"
like "$out" 'one: trouble: the run did not finish' "… and is told"

# one at a time
(flock 9; : >locked; exec sleep 600) 9>out/lock &
holder=$!
while [ ! -e locked ]; do sleep .1; done
answers 'k < 5'
night 5
is "$status|$errs" "2|nightly: $T/out: another night is at work" "one at a time"
kill $holder 2>/dev/null
wait $holder 2>/dev/null

conf() { # conf LINE: what is said of it
    printf 'results out\n%s\n' "$1" >bad.conf
    run "$nightly" bad.conf
    printf '%s %s' "$status" "$errs"
}
is "$(conf 'study one')" "2 nightly: bad.conf:2: expected: study NAME POLICY BASELINE ARGS" "a study without its words"
is "$(conf 'keep no')" "2 nightly: bad.conf:2: expected: keep and a whole number above 0" "keep"
is "$(conf 'kepe 3')" "2 nightly: bad.conf:2: unknown word 'kepe', expected results, keep, timeout or study" "an unknown word"
is "$(conf 'study ../x p b a.yaml')" "2 nightly: bad.conf:2: expected: study NAME POLICY BASELINE ARGS" "a name that leads elsewhere"
is "$(conf 'study x "p b a.yaml')" "2 nightly: bad.conf:2: a quote is left open" "an open quote"
is "$(conf "study x p b \$(touch$(printf '\t')pwned)")" "$(conf "study x p b \$(touch$(printf '\t')pwned)")" "nothing is run of a line"
[ ! -e pwned ]
ok $? "… indeed"
done_testing
