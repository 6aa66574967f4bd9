#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Images changed by a known dose: in embed, in the cache, and in the studies that ask at
# which dose which group breaks. The faces are drawn.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home
export MISID_DATA XDG_CACHE_HOME HOME
unset MISID_CACHE
cd "$T" || exit 99

"$MISID" synth --out set --subjects 40 --images 2 --seed 4 --size 96 >/dev/null || exit 99
embed() { # embed OUT OPTION…
    folder=$1
    shift
    run "$MISID" embed --dataset synthetic --root set --backend lbp:grid=3 --out "$folder" "$@"
}
number() { sed -n 's/^ *"'"$1"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' "$2" | head -n 1; }

# the cache: never the answer of another image
embed clean
like "$out" "80 computed, 0 from the cache" "as they are"
embed dark --change exposure=-2
like "$out" "80 computed, 0 from the cache" "changed: nothing comes from the cache"
cmp -s clean/templates.npy dark/templates.npy
is $? 1 "… and the templates are others"
embed dark2 --change exposure=-2.0
like "$out" "0 computed, 80 from the cache" "the same dose, however it is written"
cmp -s dark/templates.npy dark2/templates.npy
ok $? "… has the same templates"
embed both --change exposure=-2,jpeg=20
like "$out" "80 computed" "a further change"
embed turned --change jpeg=20,exposure=-2
like "$out" "80 computed" "… and the same two the other way round"
embed again --change exposure=0,blur=0
like "$out" "0 computed, 80 from the cache" "no change is no change"
is "$(number fingerprint dark/backend.json)" "$(number fingerprint clean/backend.json)" \
    "the matcher's fingerprint is the same"
is "$(number change dark/backend.json) $(number change clean/backend.json)" "exposure=-2 " \
    "backend.json has the change"
embed small --change resolution=0.5 --covariates
is "$status" 0 "a smaller image"
embed bad --change exposur=1
is "$status" 2 "an unknown change"
like "$errs" "'exposur=1' is no change of an image, expected one of exposure" "… is said"
run "$MISID" embed --dataset synthetic --root set --backend recorded:file=clean/outputs.csv \
    --out rec --change blur=1
is "$status" 2 "recorded answers"
like "$errs" "answers without looking at images" "… are not those to changed images"

# classification: every face paired with itself
cat >classify.yaml <<'END'
study: doses
title: "Doses"
question: "At which dose?"
task: classify
evidence: new
dataset: any
axes:
  - {name: gender, values: [female, male]}
by: [[], [gender]]
metrics: [error_with_misses, error, fta]
doses: {exposure: [2, -2, 0], jpeg: [30]}
contrasts:
  - {metric: error_with_misses, group: gender=female, versus: gender=male, kinds: [difference]}
claims:
  - {id: dark, type: rise, says: Darkness costs., source: own, metric: error_with_misses,
     point: exposure=-2, group: all}
  - {id: women, type: rise-difference, says: Women more., source: own, metric: error,
     point: jpeg=30, group: gender=female, versus: gender=male}
charts:
  - {chart: dose-response, id: doses, metric: error_with_misses, by: [gender], title: Doses}
own: {title: Doses, target: gender}
END
backend='chance=null:labels=female;male,no_face=20,cache=yes'
run "$MISID" run classify.yaml --dataset synthetic --root set --backend "$backend" --out one --quiet
is "$status$errs" 0 "a study with doses"
doses=$(cd one/backends/* && ls outputs@*)
is "$(echo $doses)" "outputs@exposure=-2.csv outputs@exposure=2.csv outputs@jpeg=30.csv" \
    "the answers of every dose; of the clean one once"
# the counts, made again from the answers
pairs() { # pairs DOSE: faces wrong or missed only when changed, only as they are, both, of
    cat one/roster.csv one/backends/*/outputs.csv "$(ls one/backends/*/outputs@"$1".csv)" |
        awk -F, '/^sample,/ { file++; for (i = 1; i <= NF; i++) at[file, $i] = i; next }
            file == 1 { truth[$1] = $at[1, "gender"] }
            file == 2 { was[$1] = $3 != "ok" || $5 != truth[$1] }
            file == 3 { is = $3 != "ok" || $5 != truth[$1]
                        a += is && !was[$1]; b += !is && was[$1]; c += is && was[$1]; n++ }
            END { print a "/" n, b "/" n, c "/" n }'
}
counted() { # counted METRIC DOSE: x/n of everyone
    grep -h ",$1@$2,all," one/backends/*/counts.csv | cut -d, -f4,5 | tr , /
}
for dose in exposure=-2 exposure=2 jpeg=30; do
    is "$(counted wrong_changed_with_misses $dose) $(counted wrong_clean_with_misses $dose) \
$(counted wrong_always_with_misses $dose)" "$(pairs $dose)" "faces paired with themselves at $dose"
done
rises=$(grep -c '^doses,synthetic,chance,error_with_misses.rise,' one/findings.csv)
is "$rises" 9 "a rise a dose and group"
is "$(grep -c 'rise_difference' one/findings.csv)" 4 "and the differences of two groups'"
like "$(grep 'error.rise,all,clean,jpeg=30' one/findings.csv)" \
    'Holm over all doses of jpeg, groups and backends' "the family is named"
like "$(cat one/report.html)" 'id="breaks-error_with_misses"' "the page answers at its head"
like "$(cat one/claims.csv)" "dark,rise,0," "the claims have verdicts"
[ -s one/charts/doses.tsv ]
ok $? "the chart"
run "$MISID" run classify.yaml --dataset synthetic --root set --backend "$backend" --out two --quiet
like "$(cat two/report.html)" "0 images answered in this run, 320 from the cache" \
    "a second run asks nothing"
cmp -s one/findings.csv two/findings.csv
ok $? "… and finds the same"
run "$MISID" estimate one --out three
is "$status$errs" 0 "estimated again" || echo "# $errs"
cmp -s one/findings.csv three/findings.csv
ok $? "… the same, with the people of every dose"
run "$MISID" run classify.yaml --dataset synthetic --root set --backend "$backend" --out four \
    --sample 20 --quiet
is "$status $(sed 1d four/roster.csv | wc -l | tr -d ' ')" "0 20" "--sample"
like "$(cat four/report.html)" "20 of the 80 images" "… is said"
run "$MISID" run classify.yaml --dataset synthetic --predictions x.csv --out five
is "$status" 2 "predictions have no doses"
sed 's/jpeg: \[30\]/jpeg: [30, 101], fog: [1]/' classify.yaml >bad.yaml
run "$MISID" run bad.yaml --dataset synthetic --root set --backend "$backend" --out five
like "$errs" "'101' is no dose, expected a whole number from 1 to 100" "a dose out of range"
like "$errs" "fog" "an unknown change"

# comparisons: a noise too weak to move any value leaves the images as they are, so every
# mated pair counts twice, and no sample is the mate of its own copy
cat >verify.yaml <<'END'
study: doses-verify
title: "Doses"
question: "At which dose?"
task: verify
evidence: new
dataset: any
axes:
  - {name: gender, values: [female, male]}
compare: {fmr: [0.01], native: false, by: [gender]}
by: [[], [gender]]
metrics: [gfrr, fnmr, fmr]
estimators: {proportion: [wilson-t], difference: [mover], ratio: [mover]}
doses: {noise: [0.001], exposure: [-4]}
claims:
  - {id: dark, type: rise, says: Darkness costs., source: own, metric: gfrr,
     point: exposure=-4, group: all}
charts:
  - {chart: dose-response, id: doses, metric: gfrr, by: [gender], title: Doses}
END
run "$MISID" run verify.yaml --dataset synthetic --root set --backend lbp:grid=3 --out v --quiet
is "$status$errs" 0 "a study that compares, with doses" || echo "# $errs"
twice() { # twice METRIC GROUP: the clean counts, doubled, and those at the dose
    awk -F, -v m="$1" -v g="$2" '$4 == m && $5 == g && $6 == "" && $7 == "fmr=0.01" { a = 2 * $14 "/" 2 * $15 }
        $4 == m && $5 == g && $6 == "" && $7 == "noise=0.001" { b = $14 "/" $15 }
        END { print a, b }' v/findings.csv
}
for metric in gfrr fnmr fmr; do
    for group in all gender=female; do
        both=$(twice $metric $group)
        is "${both#* }" "${both% *}" "$metric of $group: unchanged images give the same, twice"
    done
done
like "$(grep 'gfrr.rise,all,clean,noise=0.001' v/findings.csv)" "noise=0.001,,0," "no rise"
like "$(cat v/claims.csv)" "dark,rise" "a verdict"
done_testing
