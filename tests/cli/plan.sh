#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid plan: how many people, what they can show, and what it assumed.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
cd "$T" || exit 99
plan() { run "$MISID" plan "$@"; }
value() { printf '%s\n' "$out" | sed -n "s/^ *\"$1\": \(.*[^,]\),*\$/\1/p"; }

plan --fmr 1e-4 --ratio 5 --power .8 --images-per-subject 2
is "$status|$errs" "0|" "subjects for a ratio of FMRs"
like "$out" "^[0-9]+ subjects in each of the two groups, 2 images each, show$" "says how many"
like "$out" "assumed, not measured: a correlation of 0\.1" "says what it assumed"
like "$out" "taking them for independent, [0-9]+ subjects would seem to do" "and what a naive plan would say"
plan --fmr 1e-4 --ratio 5 --images-per-subject 2 --json
needed=$(value subjects)
plan --fmr 1e-4 --ratio 5 --images-per-subject 2 --correlation .2 --json
[ "$(value subjects)" -gt "$needed" ]
ok $? "more dependence asks for more people"
plan --fmr 1e-4 --subjects "$needed" --images-per-subject 2 --json
like "$(value ratio)" "^4\.9|^5$" "so many people show that ratio"
plan --fmr 1e-4 --subjects "$needed" --ratio 5 --images-per-subject 2 --json
like "$(value power)" "^0\.8" "with that power"
# Fleiss, Levin & Paik's formula without correction gives 199 for 10 % against 20 %
plan --error .1 --ratio 2 --json
is "$(value subjects)" 198 "a classifier, one image a person"
plan --error .1 --ratio 2
like "$out" "one image a person: nothing is shared" "has nothing to assume"
plan --fmr 1e-3 --ratio 3 --pilot-deff 3 --pilot-subjects 200
like "$out" "dependence from a pilot: a design effect of 3 at a rate of 0\.001 among 200 subjects" \
    "a design effect from elsewhere"

refused() { # refused PATTERN NAME
    is "$status|$(printf '%s\n' "$errs" | wc -l)" "2|1" "$2"
    like "$errs" "$1" "… says so"
}
plan --ratio 5
refused "0 of --fmr, --fnmr and --error" "no rate"
plan --fmr 1e-4
refused "neither --ratio nor --subjects" "no question"
plan --fmr .3 --ratio 5
refused "--ratio is 5, expected more than 1 and less than 3.33333" "a rate above 1"
plan --fmr 1e-4 --ratio 5 --pilot-deff 2
refused "go together" "half a pilot"
plan --fmr 1e-4 --ratio 5 --pilot-deff 2 --pilot-subjects 50 --correlation .1
refused "more than one of" "two sources of dependence"
plan --fnmr .1 --ratio 2
refused "images-per-subject is 1, expected 2" "mated comparisons of one image"
plan --fmr 1e-4 --ratio 5 --pilot nowhere --row 'fmr|a|all'
is "$status" 2 "a pilot that is not there"
# a pilot whose row is of no shared people has no design effect
run "$MISID" run "$SRCDIR/bench/gender-shades.yaml" --out gs --quiet
plan --error .01 --ratio 3 --images-per-subject 2 --pilot gs --row 'error|IBM|all'
refused "has no design effect, expected a rate with errors" "a pilot without people"
plan --fmr 1e-9 --subjects 4
refused "show no ratio at all" "too few for anything"
done_testing
