#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid calc: published values from the command line, JSON keys, wrong arguments.
. "$(dirname "$0")/../lib.sh"

calc() { run "$MISID" calc "$@"; }
# value KEY: of the JSON just printed, a flat object with a key a line
value() { printf '%s\n' "$out" | sed -n "s/^ *\"$1\": \(.*[^,]\),*\$/\1/p"; }
keys() { printf '%s\n' "$out" | sed -n 's/^ *"\([a-z_]*\)":.*/\1/p' | tr '\n' ' '; }
# near GOT EXPECTED WITHIN NAME
near() {
    awk -v a="$1" -v b="$2" -v w="$3" 'BEGIN { d = a - b; exit !(a != "" && d <= w && -d <= w) }'
    ok $? "$4" || printf '# got %s, expected %s\n' "$1" "$2"
}

calc proportion 94 271
is "$status" 0 "proportion"
like "$out" '^94/271 = 34\.69 %   95 % interval \[29\.27, 40\.53\] %   \(Wilson\)$' \
    "says the rate and its interval in per cent"
like "$out" '^in full: 0\.3468634686 \[0\.29269' "and in full"
is "$errs" "" "nothing on stderr"
calc proportion 10 1000000000
like "$out" '^10/1000000000 = 0\.00000100 %' "a rare event keeps its digits"

calc proportion 18 20 --json
is "$(keys)" "estimate lo hi method confidence " "proportion: JSON keys"
near "$(value lo)" .6989663547715128 1e-14 "proportion: lo"
near "$(value hi)" .972133518786232 1e-14 "proportion: hi"
is "$(value method)" '"wilson"' "proportion: Wilson is the default"
is "$(value confidence)" 0.95 "proportion: 95 %"
calc proportion 18 20 --json --method clopper-pearson
near "$(value lo)" .6830172859809176 1e-14 "proportion: Clopper-Pearson"
calc proportion --json --confidence=.99 --method mid-p -- 0 10
near "$(value hi)" .3690427 1e-7 "options anywhere, with = or without"
calc difference 56 70 48 80 --json
near "$(value lo)" .0524 5e-5 "difference: Newcombe is the default"
calc difference 5 56 0 29 --json --method miettinen-nurminen
near "$(value lo)" -.0326 5e-5 "difference: Miettinen-Nurminen with a zero cell"
calc difference 94 271 1 385
like "$out" '^94/271 - 1/385 = 34\.43 points   95 % interval \[28\.88, 40\.28\] points' \
    "difference: in points"
like "$out" '^p < 1e-12 against a difference of 0' "difference: p, from the interval"
calc ratio 7 34 1 34 --json
near "$(value hi)" 42.575718 5e-7 "ratio: Koopman is the default"
calc ratio 3 5 0 5 --json
is "$(value hi)" null "ratio: an infinite limit is null"
is "$(value estimate)" null "ratio: so is an infinite estimate"
calc ratio 3 5 0 5
like "$out" '= unbounded   95 % interval \[1\.102, unbounded\]' "ratio: without bound"
calc ratio 0 5 0 5
like "$out" '= undefined ' "ratio: 0/0"

calc fisher 11 96 17 411
like "$out" '^11 of 107 against 17 of 428: p = 0\.01418 ' "fisher"
calc fisher 3 1 1 3 --json
is "$(keys)" "p " "fisher: JSON key"
near "$(value p)" .485714285714 1e-12 "fisher: p"
calc mcnemar 70 59 --json
near "$(value p)" .378688 5e-7 "mcnemar"
calc adjust .00534 .83276 .18806 .00203 .13095 .10761 --json
is "$(keys)" "p_adj " "adjust: JSON key"
is "$(printf '%s' "$out" | tr -d ' \n' | sed 's/[0-9]*e-[0-9]*//g')" \
    '{"p_adj":[0.0267,0.83276,0.43044,0.01218,0.43044,0.43044]}' "adjust: Holm, in order"
calc adjust .01 .04 --method bh
like "$out" '^0\.01 +0\.02$' "adjust: Benjamini-Hochberg"
calc disparity --fmr 1e-4,2e-4,5e-4,1e-3 --fnmr .01,.02,.015,.03 --json
is "$(keys)" "fdr ir garbe gini_fmr gini_fnmr max_min max_geomean " "disparity: JSON keys"
near "$(value fdr)" .98955 1e-12 "disparity: fdr"
near "$(value ir)" 5.477226 5e-7 "disparity: ir"
near "$(value garbe)" .422222 5e-7 "disparity: garbe"
near "$(value gini_fmr)" .555556 5e-7 "disparity: gini_fmr"
near "$(value gini_fnmr)" .288889 5e-7 "disparity: gini_fnmr"
near "$(value max_min)" 10 1e-12 "disparity: max_min"
near "$(value max_geomean)" 3.162278 5e-7 "disparity: max_geomean"
calc disparity --fmr 0,.1 --fnmr .1,.1 --alpha 0
like "$out" '^ir +1 ' "disparity: a rate without weight does not count"
like "$out" '^max_min +unbounded ' "disparity: over a zero"

calc proportion --method help
is "$(printf '%s\n' "$out" | grep -c '^[a-z]')" 8 "--method help: a line a method"
like "$out" '^wilson .*\(default\)$' "the default is marked"
like "$out" '^ +Clopper & Pearson 1934' "with sources"
calc adjust --method help
like "$out" '^bh ' "adjust --method help"
calc --help
is "$status" 0 "--help"
for c in proportion difference ratio fisher mcnemar adjust disparity fmr fnmr; do
    like "$out" "misid calc $c " "--help tells of $c"
done
calc ratio --help
unlike "$out" "misid calc fisher" "--help of one"

# Wrong arguments: one line, exit 2, nothing printed.
refuses() {
    expected=$1
    shift
    calc "$@"
    is "$status" 2 "refused: calc $*"
    is "$out" "" "prints nothing"
    is "$(printf '%s\n' "$errs" | wc -l | tr -d ' ')" 1 "one line"
    like "$errs" "^misid: calc: .*$expected" "says what was expected"
}
refuses "expected one of proportion, difference"
refuses "expected one of proportion, difference" nothing 1 2
refuses "only one of them" fmr
refuses "only one of them" fmr --subjects 3 --images 1,2
refuses "expected 2 to 1000000 people" fmr --subjects 1
refuses "expected whole numbers from 0" fmr --images 1,,2
refuses "expected whole numbers from 0" fmr --images 1,2/
refuses "expected two of the people 1 to 3" fmr --subjects 3 --pairs 1-4
refuses "expected two of the people 1 to 3" fmr --subjects 3 --pairs 1-1
refuses "expected two of the people 1 to 3" fmr --subjects 3 --pairs 1
refuses "who have 1 comparisons" fmr --subjects 3 --pairs 1-2:2
refuses "0 comparisons" fmr --images 0,0
refuses "expected a design effect" fmr --subjects 3 --borrow .5
refuses "takes no --errors" fmr --subjects 3 --errors 1
refuses "takes no --cells" proportion 1 2 --cells x
refuses "expected wilson-t" fmr --subjects 3 --method wilson
refuses "needs --images and --errors" fnmr --images 1,2
refuses "expected as many" fnmr --images 1,2 --errors 1
refuses "person 2 has 3 errors in 2 trials" fnmr --images 1,2 --errors 1,3
printf 'first,second,n,x\na,a,2,1\n' >"$T/own.csv"
refuses "expected two people" fmr --cells "$T/own.csv"
printf 'first,second,n,x\na,b,2,3\n' >"$T/more.csv"
refuses "x from 0 to n" fmr --cells "$T/more.csv"
refuses "missing.csv" fmr --cells "$T/missing.csv"
refuses "expected X N" proportion 5
refuses "expected X1 N1 X2 N2" ratio 1 2 3
refuses "expected X N" proportion 1 2 3
refuses "expected 0 to 5" proportion 7 5
refuses "expected 0 to 5" proportion -1 5
refuses "expected 1 to 2\^53" proportion 0 0
refuses "expected 1 to 2\^53" proportion 1 9007199254740993
refuses "expected whole numbers" proportion 1.5 2
refuses "expected whole numbers" proportion 1 99999999999999999999
refuses "expected whole numbers" fisher 1 2 3 x
refuses "expected a count" fisher 1 2 3 -4
refuses "expected a count" mcnemar -1 2
refuses "expected more than 0 and less than 1" proportion 1 2 --confidence 95
refuses "expected more than 0 and less than 1" proportion 1 2 --confidence 0
refuses "expected a number" proportion 1 2 --confidence nan
refuses "expected wilson, clopper-pearson" proportion 1 2 --method koopman
refuses "expected koopman" ratio 1 2 1 2 --method wilson
refuses "expected holm or bh" adjust .1 --method bonferroni
refuses "expected P" adjust
refuses "expected p-values from 0 to 1" adjust .1 1.1
refuses "takes no --method" fisher 1 2 3 4 --method wilson
refuses "takes no --confidence" mcnemar 1 2 --confidence .9
refuses "takes no --fmr" proportion 1 2 --fmr 1
refuses "needs --fmr" disparity
refuses "needs --fnmr" disparity --fmr .1,.2
refuses "expected one a group in both" disparity --fmr .1,.2 --fnmr .1
refuses "two groups or more" disparity --fmr .1 --fnmr .1
refuses "expected rates from 0 to 1" disparity --fmr .1,,.2 --fnmr .1,.2,.3
refuses "expected rates from 0 to 1" disparity --fmr .1,2 --fnmr .1,.2
refuses "expected 0 to 1" disparity --fmr .1,.2 --fnmr .1,.2 --alpha 2
refuses "unknown option" proportion 1 2 --nonsense

calc fmr --subjects 20 --pairs 1-2,1-3,1-4,5-6,7-8 --json
is "$status|$errs" "0|" "fmr"
is "$(keys)" "estimate lo hi method confidence x n clusters n_eff df worst too_few " \
    "fmr: JSON keys"
near "$(value lo)" .004861 5e-7 "fmr: Wilson-t within a group, lo"
near "$(value hi)" .130093 5e-7 "fmr: Wilson-t within a group, hi"
near "$(value df)" 3.006211 5e-7 "fmr: degrees of freedom"
calc fmr --images 2,1,3/1,2,4,1,1 --pairs 1-4,1-6:3,3-6:2 --json
near "$(value lo)" .010408 5e-7 "fmr: across two groups, lo"
near "$(value hi)" .597692 5e-7 "fmr: across two groups, hi"
printf 'first,second,n,x\na,b,2,1\nb,c,1,0\nc,d,3,2\nd,a,1,0\nb,a,1,0\n' >"$T/pairs.csv"
calc fmr --cells "$T/pairs.csv"
like "$out" '^3/8 = 37\.50 %   95 % interval .*\(Wilson-t\)$' "fmr: a table of pairs"
like "$out" '^4 people, worth ' "fmr: says how many people"
like "$out" '^too few to say' "fmr: says when there are too few"
calc fmr --subjects 100 --json
near "$(value hi)" "$(awk 'BEGIN { print 1 - exp(log(.025) / 50) }')" 1e-6 \
    "fmr: no errors, the worst case"
calc fmr --subjects 100 --borrow 2 --json
near "$(value hi)" "$(awk 'BEGIN { print 1 - exp(log(.025) * 2 / 4950) }')" 1e-8 \
    "fmr: no errors, a borrowed design effect"
calc fmr --subjects 20 --pairs 1-2,1-3,1-4,5-6,7-8 --method vertex-bootstrap
once=$out
calc fmr --subjects 20 --pairs 1-2,1-3,1-4,5-6,7-8 --method vertex-bootstrap
is "$out" "$once" "fmr: a bootstrap repeats itself"
calc fnmr --images 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1 \
    --errors 1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0 --json
near "$(value lo)" .0806576625797981 1e-15 "fnmr: one trial a person is Wilson"
printf 'subject,n,x\na,3,1\nb,3,0\na,1,1\nc,2,0\n' >"$T/people.csv"
calc fnmr --cells "$T/people.csv"
like "$out" '^2/9 = ' "fnmr: a table of people"
calc fmr --method help
is "$(printf '%s\n' "$out" | grep -c '^[a-z]')" 5 "fmr: five methods"
calc label-error 94 271 1 385
is "$status|$errs" "0|" "label-error"
like "$out" "^labels as groups: 65 of the 94 errors \(69\.1 %\) being of the second group undo the gap; with 55 \(" \
    "label-error: the tipping point"
calc label-error 94 271 1 385 --json --label truth
is "$(value gone)" 94 "label-error: 93 right answers leave 1/271 over 1/385"
calc label-error 215 883 1449 5745 --wrong .22,.01
like "$errs" "215/883 is not above 1449/5745" "label-error: the higher rate comes first"
calc label-error 1449 5745 215 883 --wrong .01,.22 --json
like "$out" '"estimate": 1\.0401' "label-error: the reciprocal of a published .9614392"
calc label-error 94 271 1 385 --wrong .1
like "$errs" "--wrong has 1 shares, expected two" "label-error: two shares"
calc proportion 1 2 --wrong .1,.1
like "$errs" "proportion takes no --label, --wrong or --wrong-errors" "label-error's options are its own"
done_testing
