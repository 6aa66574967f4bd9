#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run --suppress: no small count in any finding, none that a sum gives away, and words
# in place of numbers wherever one would have stood.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
cd "$T" || exit 99
run "$MISID" run "$SRCDIR/bench/gender-shades.yaml" --suppress 5 --out s
is "$status|$errs" "0|" "a run with small cells suppressed"
like "$out" "^lighter-skinned men +not printed +not printed +not printed" "the terminal prints none of them"
like "$out" "Face\+\+ \(suppressed\)" "a placeholder in prose says so"
is "$(awk -F, 'NR > 1 && ($14 != "" && $14 < 5 || $15 != "" && $15 < 5) && $4 !~ /max_min/' s/findings.csv)" "" \
    "no count below 5 in any row"
# rates of one method whose parts must not be one short: women = darker + lighter women …
is "$(awk -F, '$4 == "error" && $13 == "wilson" && $5 ~ /;skin=[a-z]*$/ && $24 == "suppressed" { n[$3]++ }
    END { for (b in n) if (n[b] % 4) print b, n[b] }' s/findings.csv)" "" \
    "of two by two all four go where one does"
is "$(awk -F, '$4 == "error" && $5 == "gender=male" && $3 == "IBM" { print $14 "/" $15 "|" $24 }' s/findings.csv | head -n 1)" \
    "39/702|derived" "what gives nothing away stays"
is "$(awk -F, '$24 == "suppressed" && ($9 $10 $11 $14 $15 $16 $17 $18 $19 $20 $21 $22 $23 != "")' s/findings.csv)" "" \
    "a suppressed row has no number"
like "$(cat s/report.html)" "(suppressed)" "the report has the words"
unlike "$(cat s/charts/error-by-group.tsv)" "gender=male;skin=lighter.*[^0-9.]0\.00" "the charts have no such rate"
run "$MISID" cite s 'error|IBM|gender=female;skin=darker'
unlike "$out" "94|34\.7" "cite does not print it"
like "$out" "misid run bench/gender-shades.yaml --suppress 5" "the command that makes it again has the limit"
cp s/findings.csv before.csv
run "$MISID" estimate s
is "$status|$(cmp s/findings.csv before.csv && echo same)" "0|same" "the folder keeps the limit"
run "$MISID" run "$SRCDIR/bench/gender-shades.yaml" --suppress 0 --out all --quiet
is "$status|$(grep -c suppressed all/findings.csv)" "0|0" "0 suppresses nothing"
run "$MISID" run "$SRCDIR/bench/gender-shades.yaml" --suppress 2.5 --out bad
is "$status" 2 "a limit that is no whole number"
like "$errs" "suppress is 2\.5, expected a whole number" "… says so"
done_testing
