#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The study named-cases: what each classifier said of each portrait, and never a rate.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home
export MISID_DATA XDG_CACHE_HOME HOME
cd "$T" || exit 99

mkdir -p set/portraits
printf 'id,name,gender\nA1,Ada Lovelace,F\nB2,Charles Babbage,M\nC3,Mary Somerville,F\n' >set/people.csv
for i in A1 B2 C3; do : >set/portraits/$i.jpg; done
printf 'file,prediction,confidence\nA1,male,0.91\nB2,male,0.8\nC3,no face,\n' >one.csv
printf 'file,prediction\nA1,female\nB2,female\n' >two.csv

run "$MISID" run "$SRCDIR/bench/named-cases.yaml" --dataset officials --root set \
    --predictions one.csv --predictions two.csv --out run
is "$status$errs" 0 "it runs" || printf '# %s\n' "$errs"
is "$(cut -d, -f1-6 run/cases.csv)" "case,person,backend,said,confidence,wrong
1,Ada Lovelace,one,male,0.91,yes
2,Ada Lovelace,two,female,,no
3,Charles Babbage,one,male,0.8,no
4,Charles Babbage,two,female,,yes
5,Mary Somerville,one,no answer (no-face),,
6,Mary Somerville,two,no answer (not shown),," "a case an image and classifier"
like "$out" "one gave another gender than the list says to: Ada Lovelace \(male, 91 % sure\)\." \
    "who was wrong about whom"
is "$(sed 1d run/findings.csv | wc -l | tr -d ' ')" 0 "no rate"
unlike "$(cat run/report.html)" 'Wilson' "and no interval"
unlike "$(cat run/report.html)$out" 'not published|nobody published' \
    "... nor a word of what was not published: these were shown here"
like "$(cat run/report.html)" 'somebody chose these people and these portraits' \
    "... but of who chose the cases"
like "$(cat run/report.html)" 'It is about other services and other portraits' \
    "why the original's claim is not tested"
like "$(cat run/claims.csv)" '^misgendered,not-testable,' "nor a verdict"
run "$MISID" chart run
is "$status" 0 "the run folder is one" || printf '# %s\n' "$errs"
awk 'BEGIN { print "id,name,gender"; for (i = 0; i < 5001; i++) printf "%d,N%d,F\n", i, i }' >set/people.csv
run "$MISID" run "$SRCDIR/bench/named-cases.yaml" --dataset officials --root set \
    --predictions one.csv --out many
is "$status $(printf '%s\n' "$errs" | wc -l)" "2 1" "a data set is no list of cases"
like "$errs" "make 5001 cases, expected at most 5000" "… in one clear line"
done_testing
