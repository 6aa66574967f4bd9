#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid run of studies that compare: data set and matchers in one line, the same numbers
# as stage by stage, and nothing lost on the way.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home
export MISID_DATA XDG_CACHE_HOME HOME
unset MISID_CACHE
cd "$T" || exit 99

"$MISID" synth --out set --subjects 40 --images 2 --seed 4 --size 128 >/dev/null || exit 99
"$MISID" synth --out others --subjects 30 --images 1 --seed 9 --size 128 >/dev/null || exit 99
cat >verify.yaml <<'END'
study: verify
title: "A question"
question: "Is it so?"
task: verify
evidence: new
dataset: any
axes:
  - {name: sex, from: [gender], values: [female, male]}
  - {name: skin, open: true}
  - {name: hair, open: true}
  - {name: planet, values: [mars, venus]}
labels:
  sex=female: women
  planet=mars: Martians
compare:
  fmr: [0.1, 0.02]
  by: [sex, skin, planet]
  alike: [sex, skin]
  rivals: [fnmr]
by: [[], [sex], [skin], [sex, skin], [planet]]
spread: [[sex], [skin]]
metrics: [fmr, fnmr, fmr_alike]
estimators: {proportion: [wilson-t], difference: [mover], ratio: [mover]}
claims:
  - {id: women-more, type: ratio, says: More among women., source: nobody, metric: fmr,
     point: fmr=0.1, group: sex=female, versus: sex=male, margin: 1}
  - {id: martians-more, type: ratio, says: More among Martians., source: nobody,
     metric: fmr, point: fmr=0.1, group: planet=mars, versus: planet=venus, margin: 1}
  - {id: elsewhere, type: ratio, says: At another threshold., source: nobody, metric: fmr,
     point: fmr=0.5, group: sex=female, versus: sex=male, margin: 1}
answer: {claim: women-more, yes: "Yes.", no: "No.", open: "Open."}
END
sed -e 's/^study: verify/study: search/' -e 's/^task: verify/task: identify/' \
    -e 's/rivals: .fnmr./rivals: [fpir]/' \
    -e '/- {id: /,/margin: 1}/d' -e '/^claims:/d' -e '/^answer:/d' verify.yaml >search.yaml

compare() { # compare STUDY OUT OPTION…
    study=$1 folder=$2
    shift 2
    run "$MISID" run "$study" --dataset synthetic --root set --out "$folder" "$@"
}
compare verify.yaml run --backend lbp --backend "Small one=lbp:grid=4" --quiet
is "$status$out$errs" 0 "two matchers, one line" || printf '# %s\n' "$errs"
for f in run.json study.json roster.csv attributes.csv findings.csv claims.csv curves.csv \
    report.html tables.tex backends/lbp/templates.npy backends/lbp/scores.json \
    "backends/Small one/exceedances.npy"; do
    [ -s "run/$f" ]
    ok $? "there is $f"
done
verdict() { # verdict CLAIM
    sed -n "s/^$1,[^,]*,[^,]*,[^,]*,\([^,]*\),.*/\1/p" run/claims.csv
}
is "$(verdict martians-more) $(verdict elsewhere)" "not testable not testable" \
    "what the set says nothing of is not tested"
unlike "$(cat run/study.json)" 'planet=|"planet"' "and is no group"
like "$(cat run/study.json)" '"name": "sex"' "an attribute serves under the axis's name"
like "$(head -n 1 run/roster.csv)" '(^|,)sex(,|$)' "in the roster too"

# Stage by stage: the same rates, intervals and thresholds.
"$MISID" embed --dataset synthetic --root set --backend lbp --out stage --quiet
sed '1s/\(^\|,\)gender\(,\|$\)/\1sex\2/' stage/roster.csv >r && mv r stage/roster.csv
"$MISID" score stage --by sex,skin --target-fmr 0.1,0.02 --out scores --quiet
"$MISID" estimate scores --quiet
rates() { # rates FILE BACKEND
    awk -F, -v b="$2" '$3 == b && $7 ~ /^fmr=/ && ($4 == "fmr" || $4 == "fnmr") && $6 == "" &&
        $13 == "wilson-t" { print $4, $5, $7, $8, $9, $10, $11, $14, $15 }' "$1" | sort
}
rates run/findings.csv lbp >a
rates scores/findings.csv scores >b
[ -s a ] && cmp -s a b
ok $? "the rates are those of embed, score and estimate" || diff a b | head -n 5 | sed 's/^/# /'

# fmr_alike by hand: FMR of pairs who agree on sex and skin.
alike=$(awk -F, '$3 == "lbp" && $4 == "fmr_alike" && $5 == "all" && $7 == "fmr=0.1" {
    print $14, $15; exit }' run/findings.csv)
within=$(awk -F, '$3 == "lbp" && $4 == "fmr" && $5 ~ /^sex=.*;skin=/ && $6 == "" &&
    $7 == "fmr=0.1" && $13 == "wilson-t" { x += $14; n += $15 } END { print x, n }' run/findings.csv)
is "$alike" "$within" "fmr_alike of all is the sum within the groups"

like "$(cat run/findings.csv)" ',lbp,fnmr.excess,all,backend=Small one,fmr=0.1,' \
    "the matchers are set against each other"
like "$(cat run/report.html)" 'FNMR of lbp minus that of Small one' "and the page says so"
like "$(cat run/run.json)" "\"misid run verify.yaml .*--backend lbp --backend 'Small one=lbp:grid=4' --dataset synthetic --root set" \
    "run.json has the command"

# Again, from the cache and over the old folder; and interrupted.
cp run/findings.csv first.csv
compare verify.yaml run --backend lbp --backend "Small one=lbp:grid=4"
is "$status" 0 "again, into the same folder"
cmp -s run/findings.csv first.csv
ok $? "with the same findings"
like "$(cat run/report.html)" '0 images answered in this run, 80 from the cache' "from the cache"
timeout -s INT 0.2 "$MISID" run verify.yaml --dataset synthetic --root set --out cut \
    --backend lbp --backend "Small one=lbp:grid=4" --quiet --no-cache 2>/dev/null
compare verify.yaml cut --backend lbp --backend "Small one=lbp:grid=4" --quiet
is "$status" 0 "an interrupted run goes on" || printf '# %s\n' "$errs"
cmp -s cut/findings.csv first.csv
ok $? "to the same findings"
run "$MISID" chart run
is "$status" 0 "the run folder can be drawn again" || printf '# %s\n' "$errs"

# Probes in a gallery.
compare search.yaml found --backend lbp --gallery synthetic --gallery-root others --quiet
is "$status$errs" 0 "a search" || printf '# %s\n' "$errs"
for f in gallery.csv backends/lbp/probes/templates.npy backends/lbp/gallery/outputs.csv \
    backends/lbp/candidates.csv; do
    [ -s "found/$f" ]
    ok $? "there is $f"
done
like "$(cat found/findings.csv)" ',lbp,fpir,sex=female,,fmr=0.02,' "FPIR by group"

bad() { # bad NAME REGEXP STUDY OPTION…
    name=$1 regexp=$2 study=$3
    shift 3
    run "$MISID" run "$study" --out bad "$@"
    is "$status $(printf '%s\n' "$errs" | wc -l)" "2 1" "$name"
    like "$errs" "$regexp" "… in one clear line"
}
bad "no gallery" "expected .*--gallery NAME" search.yaml --backend lbp --dataset synthetic --root set
bad "a gallery too many" "expected no --gallery" verify.yaml --backend lbp --dataset synthetic \
    --root set --gallery synthetic --gallery-root others
bad "no data set" "expected --backend NAME, --dataset NAME" verify.yaml
bad "a matcher twice" "stands twice" verify.yaml --backend lbp --backend lbp --dataset synthetic --root set
sed 's/fmr: \[0.1, 0.02\]/fmr: [0.1, 2]/' verify.yaml >wrong.yaml
bad "an FMR above 1" "wrong.yaml:[0-9]*: compare.fmr: '2', expected a rate" wrong.yaml --backend lbp \
    --dataset synthetic --root set
# Everybody is there, but three of them with an image fewer: a gate sees it.
cp -r set fewer
sed -i '/S00003-001\|S00007-001\|S00011-001/d' fewer/labels.csv
for f in set fewer; do
    "$MISID" run verify.yaml --dataset synthetic --root $f --backend lbp --out "gate-$f" \
        --replicates 100 --permutations 99 --quiet
done
cat >p.yaml <<'END'
policy: p
rules:
  - {metric: fnmr, group: all, rise_at_most: 100 points}
allow: {dataset: yes, fewer_trials: 1}
END
run "$MISID" gate gate-fewer --baseline gate-set --policy p.yaml
is "$status" 1 "images are gone: the gate fails"
like "$(printf '%s\n' "$out" | tr -s '\n ' '  ')" 'fail +lbp: [1-3] samples of [^ ]+ are gone \(' \
    "... and says of which group"
run "$MISID" gate gate-set --baseline gate-set --policy p.yaml --all
is "$status|$(printf '%s\n' "$out" | grep -c 'no group lost samples: 80 before, 80 now')" "0|1" \
    "none are gone: samples are counted, not people"
done_testing
