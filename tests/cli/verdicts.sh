#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every claim of the studies of published counts: verdict, p, Holm's p, what else
# the print allows, and the intervals it rests on, against the second computation
# of tests/oracles/verdicts.py.
. "$(dirname "$0")/../lib.sh"

expected=$SRCDIR/tests/data/expected-verdicts.csv
studies=$(cd "$SRCDIR/bench" && grep -l '^evidence: published$' ./*.yaml | sed 's|^\./||; s/\.yaml$//')
is "$(sed 1d "$expected" | cut -d, -f1 | sort -u)" "$(printf '%s\n' "$studies" | sort)" \
    "every study of published counts is computed a second time"

for study in $studies; do
    "$MISID" run "$SRCDIR/bench/$study.yaml" --out "$T/$study" --quiet 2>"$T/errs"
    is "$(cat "$T/errs")" "" "$study: runs"
    is "$(sed 1d "$T/$study/claims.csv" | cut -d, -f1,5)" \
        "$(grep "^$study," "$expected" | cut -d, -f2,3 | uniq)" "$study: verdicts"
    is "$(awk -F, -v study="$study" '
        function off(a, b) { return a == "" || b == "" ? a != b : (a - b > 0 ? a - b : b - a) > 1e-6 * b + 2e-15 }
        FNR == NR { p[$1] = $6; holm[$1] = $7; next }
        $1 == study && (off(p[$2], $4) || off(holm[$2], $5)) {
            print $2 ": " p[$2] " " holm[$2] ", expected " $4 " " $5
        }' "$T/$study/claims.csv" "$expected")" "" "$study: p and Holm's p"
    is "$(awk -F, -v study="$study" '
        FNR == NR { key = $3 FS $4 FS $7 FS $5 FS $6; if ($13 != "") at[key FS $13] = $10 " " $11; next }
        $1 == study && $7 != "" {
            split(at[$7 FS $8 FS $9 FS $10 FS $11 FS $12], got, " ")
            for (i = 1; i <= 2; i++) {
                d = got[i] - $(12 + i)
                if (got[i] == "" || d > 1e-8 || -d > 1e-8) {
                    print $0 ": " got[1] " " got[2]
                    break
                }
            }
        }' "$T/$study/findings.csv" "$expected")" "" "$study: intervals"
    is "$(sed -n 's/^ *"claim": "\(.*\)",*$/\1/p; s/^ *"sensitivity": "\(the same.*\)",*$/ same/p' \
        "$T/$study/claims.json" | tr '\n' ' ' | sed 's/  same/,same/g' | tr ' ' '\n' | grep ',same')" \
        "$(grep "^$study," "$expected" | awk -F, '$6 == "same" { print $2 ",same" }' | uniq)" \
        "$study: what stays the same with all that the print allows"
done
is "$(sed 1d "$expected" | cut -d, -f6 | sort -u)" "$(printf '\nsame')" \
    "and no verdict hangs on a choice that the print leaves open"
done_testing
