#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Studies of matchers that run: what the first screen may not leave unsaid, and what a
# reader must not have to search for.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home
export MISID_DATA XDG_CACHE_HOME HOME
unset MISID_CACHE
cd "$T" || exit 99

run "$MISID" synth --subjects 60 --images 2 --seed 5 --out set --quiet
is "$status|$errs" "0|" "drawn faces"
rm "$(find set -name '*.png' -o -name '*.jpg' | sort | head -n 1)"

# Classifiers: one leaves most faces without an answer.
run "$MISID" run "$SRCDIR/bench/gender-classification.yaml" --dataset synthetic --root set \
    --backend 'sure=null:labels=female;male' \
    --backend 'shy=null:labels=female;male,no_face=60' --out classes
is "$status" 0 "classifiers" || printf '# %s\n' "$errs"
flat=$(printf '%s\n' "$out" | tr '\n' ' ' | tr -s ' ')
like "$flat" 'shy gave no answer for [56][0-9]\.[0-9] % of the faces; its error rates are of' \
    "says beside the answer how many faces had none"
like "$flat" 'Wrong or without an answer: women [0-9.]+ % \[[0-9., ]+\], men [0-9.]+ %' \
    "... and what the answer is with them"
unlike "$flat" 'sure gave no answer' "... of nobody who answered"
like "$out" '^1 face[s]? of the data set' "an image that is not there is missed once, not by each"
is "$(grep -c '^no-image' classes/problems.csv)" 1 "... and listed once"
is "$(awk -F, '$4 == "" && $5 == "all" || $4 == "faces" && $5 == "all" { print $14; exit }' \
    classes/findings.csv)" 119 "whom nobody was shown is not among the faces"

like "$(cat classes/report.html)" 'supported</span><span class="fine">; the answer rests on this' \
    "remarks on a claim are told apart"

# Matchers: two, of which one finds few faces.
run "$MISID" run "$SRCDIR/bench/verification-demographics.yaml" --dataset synthetic --root set \
    --backend lbp --backend shy=null:no_face=50 --out pairs --replicates 100 --permutations 99
is "$status" 0 "matchers" || printf '# %s\n' "$errs"
flat=$(printf '%s\n' "$out" | tr '\n' ' ' | tr -s ' ')
like "$flat" "everyone's is the same by lbp and by shy, as the thresholds are set" \
    "no difference of a rate that the threshold gives"
unlike "$flat" 'highest [^;.]* 0 %' "nothing is the highest of nothing"
unlike "$out" 'Generalised false accept' "a terminal shows what the study asks for"
like "$(cat pairs/report.html)" 'Generalised false accept' "... and the report the rest"
is "$(find pairs/charts -name 'bars-fnmr-*.svg' | wc -l | tr -d ' ')" 0 \
    "rates that one chart shows of both are not charted again of each"

page=$(cat pairs/report.html)
like "$page" '<summary><b>shy</b>, [0-9]+ charts<span class="fine">FMR against threshold by gender' \
    "what is of one matcher is folded, and says what is inside"
like "$page" '<summary><b>One matcher against the other</b>' "so is their difference, where groups are asked about"
is "$(printf '%s\n' "$page" | grep -c '<figure id=')" "$(find pairs/charts -name '*.tsv' | wc -l | tr -d ' ')" \
    "... and every chart is there"
before=${page%%id=\"verdicts\"*} after=${page%%id=\"found\"*}
ok $((${#before} >= ${#after})) "verdicts come before what was found"
unlike "${page%%<details*}" 'id="figure-(det|densities|equalise|rivals)' "open are those that answer the question"

unlike "$(cat pairs/charts/fmr-threshold-*.gp pairs/charts/fmr-threshold-*.svg)" \
    'on the score|\(score' "what a threshold is on is not a score where it is a distance"

# A gallery of which they do not have the same people.
run "$MISID" synth --subjects 40 --images 1 --seed 6 --out wanted --quiet
run "$MISID" run "$SRCDIR/bench/watchlist.yaml" --dataset synthetic --root set \
    --gallery synthetic --gallery-root wanted --backend lbp --backend shy=null:no_face=50 \
    --out list --replicates 100 --permutations 99
is "$status" 0 "searches" || printf '# %s\n' "$errs"
flat=$(printf '%s\n' "$out" | tr '\n' ' ' | tr -s ' ')
like "$flat" 'That is not the matchers alone: lbp searches 40 people, shy [0-9]+\.' \
    "galleries that differ are said with the difference"
unlike "$flat" 'errs more often, by more than chance' "... which is not put down to the matcher"
like "$(cat list/report.html)" 'a difference here is one of matcher and gallery together' \
    "... and below its chart"
like "$flat" 'the matcher.s and the gallery.s together' "... as is what no such test tells apart"

# The answer of photos is about names.
run "$MISID" run "$SRCDIR/bench/photo-tagging.yaml" --dataset synthetic --root set \
    --gallery synthetic --gallery-root wanted --backend lbp --out tags --replicates 100 \
    --permutations 99
is "$status" 0 "photos" || printf '# %s\n' "$errs"
flat=$(printf '%s\n' "$out" | tr '\n' ' ' | tr -s ' ')
like "$flat" "somebody else.s name at FMR 0.001 of women: lbp [0-9.]+ % \[" \
    "the first screen has the rates of the names given"
like "$flat" ' Misnamed of all [0-9.]+ % \[[0-9.]+, [0-9.]+\]\. (Misnamed by|Too few) ' "... in whole sentences"
ok "$(test -s tags/charts/misnamed-by-gender.svg; echo $?)" "... and the first chart"
# A rate of 100 % is no rate of too few.
every=$(awk -F, '$4 == "fnir" && $13 == "wilson-t" && $14 == $15 && $15 >= 5 {
    print $24 }' tags/findings.csv | sort -u)
is "$every" ok "where all are missed, that is not too few to say"

# Where nobody has two images the run can be read again all the same.
run "$MISID" run "$SRCDIR/bench/vendor-comparison.yaml" --dataset synthetic --root wanted \
    --backend lbp --backend coarse=lbp:grid=3 --out once --replicates 100 --permutations 99 --quiet
is "$status|$errs|$(grep -c ',fnmr,' once/findings.csv)" "0||0" "one image of each: no FNMR"
run "$MISID" bundle once --quiet
is "$status|$("$MISID" verify once.tar --quiet 2>&1)" "0|" "... and the run is verified"

# Curves of many groups are of those that have something to see.
"$MISID" embed --dataset synthetic --root set --backend lbp --out told --quiet
"$MISID" score told --by gender,age --thresholds 0.5 --out told-scores --quiet
run "$MISID" estimate told-scores --out told-run --quiet --replicates 100 --permutations 99
is "$status" 0 "curves" || printf '# %s\n' "$errs"
like "$(cat told-run/report.html)" 'Of 8 groups the [2-7] whose FMR is not too few to say' \
    "... of the groups that are not too few to say"
# Changed images are not measured unless somebody asks: what the cache says of them is found
# without a picture being decoded.
sed -n '/^study:/,/^axes:/p' "$SRCDIR/bench/robustness-verification.yaml" | sed '$d' >dose.yaml
cat >>dose.yaml <<'YAML'
axes: [{name: gender, values: [female, male]}]
compare: {fmr: [0.1], native: false, by: [gender]}
doses: {blur: [2]}
by: [[]]
metrics: [fmr, fnmr]
estimators: {proportion: [wilson-t], difference: [mover], ratio: [mover]}
YAML
for options in '' --covariates; do
    # shellcheck disable=SC2086 # none or one
    run "$MISID" run dose.yaml --dataset synthetic --root set --backend lbp --out "dosed$options" \
        --cache kept --replicates 100 --permutations 99 $options
    is "$status" 0 "changed images ${options:-measured by nobody}" || printf '# %s\n' "$errs"
done
unlike "$(head -n 1 dosed/backends/lbp/doses/*/probes/outputs.csv)" 'attr\.image' "... and nothing of them"
like "$(head -n 1 dosed--covariates/backends/lbp/doses/*/probes/outputs.csv)" 'attr\.image\.sharpness' \
    "... but where it was asked for"
like "$(head -n 1 dosed/backends/lbp/outputs.csv)" 'attr\.image\.sha256' "as they are they are, to find equal ones"
is "$(cut -d, -f1-10 dosed/backends/lbp/doses/*/probes/outputs.csv)" \
    "$(cut -d, -f1-10 dosed--covariates/backends/lbp/doses/*/probes/outputs.csv)" "the answers are the same"

# How often chance is asked is bounded alike wherever it is.
for command in "run $SRCDIR/bench/verification-demographics.yaml --dataset synthetic --root set --backend lbp" \
    "estimate pairs/backends/lbp" "compare pairs list"; do
    for option in "replicates 50" "replicates 1e7" "replicates 150.5" "seed -1" "permutations 98"; do
        case $command:$option in run*:seed* | compare*:perm*) continue ;; esac
        # shellcheck disable=SC2086 # words
        run "$MISID" $command --$option
        is "$status" 2 "${command%% *} --$option"
        like "$errs" "${command%% *}: --${option% *} [-0-9.]+, expected a whole number from (100|99|0) to " "... one line"
    done
done
done_testing
