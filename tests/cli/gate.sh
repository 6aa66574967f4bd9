#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid gate: passes, regressions, undecided and trouble, each by its exit status; what is
# missing fails aloud; JUnit, annotations, Markdown.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
study=$SRCDIR/bench/gender-shades.yaml
cd "$T" || exit 99

awk 'BEGIN {
    split("I II III IV V VI", roman, " ")
    split("Sweden,Finland,Iceland,South Africa,Senegal,Rwanda", country, ",")
    print "image_id,filename,gender,fitzpatrick skin type category,bi.fitz,country"
    for (t = 1; t <= 6; t++) for (g = 0; g < 2; g++) for (k = 0; k < 100; k++) {
        n++; c = k % 3 + 1 + (t > 3 ? 3 : 0)
        printf "%d,%05d_%d.jpg,%s,%s,%s,%s\n", n, n, t, (g ? "Male" : "Female"), roman[t],
            (t > 3 ? "darker" : "lighter"), country[c]
    }
}' >meta.csv
answers() { # answers META RULE
    awk -F, "NR == 1 { print \"filename,prediction\"; next }
        { k = (\$1 - 1) % 100; g = \$3; s = \$5
          wrong = ($2)
          print \$2 \",\" (wrong ? (g == \"Male\" ? \"Female\" : \"Male\") : g) }" "$1"
}
run_on() { # run_on OUT META RULE
    answers meta.csv "$3" >vendor.csv
    run "$MISID" run "$study" --predictions vendor.csv --dataset ppb \
        --set dataset.metadata="$2" --out "$1" --quiet
    is "$status" 0 "a run: $1"
}
run_on base meta.csv 'k < 5'
run_on same meta.csv 'k < 5'
run_on worse meta.csv 'k < 5 || (s == "darker" && g == "Female" && k < 13)'
run_on hint meta.csv 'k < 5 || (s == "darker" && g == "Female" && k < 6)'

policy() { # policy RULE…: p.yaml
    printf 'policy: test\nrules:\n' >p.yaml
    for rule; do printf '  - %s\n' "$rule" >>p.yaml; done
}
gate() { run "$MISID" gate "$@" --policy p.yaml; }

policy '{metric: error, group: [gender=female, gender=male], rise_at_most: 2 points}'
gate same --baseline base --all
is "$status|$errs" "0|" "the same answers pass"
like "$out" '^pass: all 4 checks pass' "… all of them"
gate worse --baseline base
is "$status" 1 "a group that errs more is a regression"
policy '{metric: error, group: gender=female;skin=darker, rise_at_most: 2 points}'
gate worse --baseline base
like "$out" '^fail +error of gender=female;skin=darker, vendor: 5\.0 → 13\.0 %, rise' "… named"
gate hint --baseline base
is "$status" 3 "a hint of one is undecided"
like "$out" '^undecided +error of' "… and says so"
gate base --baseline worse
is "$status" 0 "becoming better passes"

# limits of the run alone
policy '{metric: error, group: all, at_most: 10 %}' '{metric: error.ratio, at_most: 3, upper_at_most: 6}'
gate same --baseline base
is "$status" 0 "absolute limits"
policy '{metric: error, group: all, at_most: 2 %}'
gate same --baseline base
is "$status" 1 "… that are broken"
policy '{metric: error.difference, group: gender=female, rise_at_most: 1 points}'
gate worse --baseline base
is "$status" 1 "a gap that grew"
policy '{metric: error.max_min, group: gender;skin, times_at_most: 0.9}'
gate worse --baseline base
is "$status" 1 "a spread that grew, by the bootstrap"

# what is not there fails aloud, or is undecided, and never passes
policy '{metric: fnmr, rise_at_most: 1 points}'
gate same --baseline base
is "$status" 3 "nothing measured is undecided"
like "$out" 'nothing that the rule speaks of was measured' "… and says so"
policy '{metric: throughput, times_at_least: 0.9}'
gate same --baseline base
is "$status" 3 "a speed that was not measured is undecided"
policy '{metric: error, group: all, rise_at_most: 5 points}'
awk -F, 'NR == 1 || $5 != "darker" || NR % 33' meta.csv >lost.csv
run_on lost lost.csv 'k < 5'
gate lost --baseline base
is "$status" 1 "lost samples are a regression"
like "$out" 'vendor: 18 samples of skin=darker are gone \(3 % of 600\)' "… the group is named"
like "$out" 'data set is not that of the baseline' "… and that the data changed"
printf 'allow: {dataset: yes, lost_samples: 4 %%}\n' >>p.yaml
gate lost --baseline base
is "$status" 0 "unless that is allowed"
policy '{metric: error, group: all, rise_at_most: 9 points}'
awk -F, -v OFS=, 'NR > 1 && NR % 40 == 0 { $3 = $3 == "Male" ? "Female" : "Male" } 1' meta.csv >flip.csv
run_on flip flip.csv 'k < 5'
gate flip --baseline base
is "$status" 1 "flipped labels"
like "$out" '30 samples came into gender=(fe)?male or went out of it: their' "… are named"
awk -F, 'NR == 1 || $6 != "Rwanda"' meta.csv >gone.csv
run_on gone gone.csv 'k < 5'
printf 'allow: {dataset: yes, lost_samples: 100 %%, fewer_trials: 100 %%}\n' >>p.yaml
gate gone --baseline base
is "$status" 1 "a group that is gone"
like "$out" 'the group country=Rwanda is gone' "… is named"
run "$MISID" run "$study" --predictions vendor.csv --dataset ppb --set dataset.metadata=meta.csv \
    --suppress 20 --out secret --quiet
policy '{metric: error, group: gender=female;skin=darker, at_most: 50 %}'
gate secret --baseline base
is "$status" 3 "what is suppressed is not judged"
unlike "$out" '15 |5\.0 %' "… nor told"

# for other programs
policy '{metric: error, group: gender=female;skin=darker, rise_at_most: 2 points}'
run "$MISID" gate worse --baseline base --policy p.yaml --junit j.xml --markdown m.md --out g.json --github
is "$status" 1 "every form at once"
like "$out" '^::error file=p\.yaml,line=3,title=gender-shades gate%3A fail::error of' "annotations"
like "$(cat j.xml)" '<testsuite name="misid gate: gender-shades" tests="[0-9]+" failures="1" errors="0"' "JUnit"
like "$(cat j.xml)" '<failure type="fail" message="error of gender=female;skin=darker' "… with the failure"
like "$(cat m.md)" '^\| ❌ fail \| error of gender=female;skin=darker, vendor' "Markdown"
like "$(cat g.json)" '"verdict": "fail"' "JSON"
gate hint --baseline base --junit j.xml
like "$(cat j.xml)" 'failures="0" errors="1"' "undecided is an error in JUnit, not a pass"

# by name, from a history
run "$MISID" record base worse --history h.sqlite --quiet
is "$status" 0 "recorded"
run "$MISID" baseline set release base --history h.sqlite
is "$status" 0 "a baseline"
gate worse --baseline release --history h.sqlite
is "$status" 1 "against a baseline by name"
like "$out" 'paired' "… paired with what is recorded"
mv base away
gate same --baseline release --history h.sqlite --all
is "$status" 0 "… whose folder is gone"
like "$out" ' 0 points \[−1\.[0-9]+, 1\.[0-9]+\]; allowed' "… with the limits of pairs"

# trouble
gate worse
is "$status|$errs" "2|misid: gate: no baseline, expected --baseline NAME|DIR" "no baseline"
run "$MISID" gate worse --baseline same
is "$status" 2 "no policy"
printf 'policy: x\nrules:\n  - {metric: error}\n' >p.yaml
gate worse --baseline same
is "$status" 2 "a policy that is none"
like "$errs" 'p\.yaml:3: rules\[0\]: says no limit' "… with its line"
policy '{metric: error, group: all, at_most: 50 %}'
printf 'study: other\n' >>p.yaml
gate worse --baseline same
is "$status" 2 "a policy of another study"
done_testing
