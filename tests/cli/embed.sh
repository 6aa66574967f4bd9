#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid embed and misid cache: what lies in the folder, and that nothing that was
# finished is computed again, whenever the run is killed.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home
export MISID_DATA XDG_CACHE_HOME HOME
unset MISID_CACHE
cd "$T" || exit 99

"$MISID" synth --out set --subjects 30 --images 2 --seed 4 --size 128 >/dev/null || exit 99
embed() { # embed BACKEND OUT OPTION…
    backend=$1 folder=$2
    shift 2
    run "$MISID" embed --dataset synthetic --root set --backend "$backend" --out "$folder" "$@"
}
number() { # number KEY FILE: the first number or text of that key
    sed -n 's/^ *"'"$1"'": "\{0,1\}\([^",]*\)"\{0,1\},\{0,1\}$/\1/p' "$2" | head -n 1
}
answers() { "$MISID" cache stat --json 2>/dev/null | sed -n 's/^  "answers": \([0-9]*\),/\1/p'; }
without_time() { cut -d, -f1-10,12- "$1"; }

embed lbp one --quiet
is "$status$out$errs" 0 "--quiet prints nothing" || echo "# $errs"
is "$(head -n 1 one/outputs.csv)" \
    "sample,face,status,reason,label,confidence,box_x,box_y,box_w,box_h,latency_ms" \
    "the columns of outputs.csv"
is "$(cut -d, -f1 one/outputs.csv | sed 1d)" "$(cut -d, -f1 one/roster.csv | sed 1d)" \
    "a row a sample, in the order of roster.csv"
is "$(cut -d, -f2,3 one/outputs.csv | sed 1d | sort -u)" "0,ok" "all are ok"
is "$(find one -type f | sort | tr '\n' ' ')" "one/attributes.csv one/backend.json \
one/outputs.csv one/problems.csv one/roster.csv one/templates.npy one/timing.json " "the files"
is "$(head -c 128 one/templates.npy | tr -d '\0' | grep -ao '{.*}')" \
    "{'descr': '<f4', 'fortran_order': False, 'shape': (60, 2891), }" "templates.npy"
is "$(wc -c <one/templates.npy | tr -d ' ')" $((128 + 60 * 2891 * 4)) "… of that size"
is "$(number name one/backend.json) $(number dimension one/backend.json) $(number similarity one/backend.json)" \
    "lbp 2891 chi-square" "backend.json says what was asked"
fingerprint=$(printf '{"abi":1,"files":[],"name":"lbp","normalisation":1,"options":{"grid":"7","radius":"2"},"version":"1"}' |
    sha256sum | cut -d' ' -f1)
is "$(number fingerprint one/backend.json)" "$fingerprint" "the fingerprint is what anyone can compute"
is "$(number computed one/timing.json) $(number cached one/timing.json) $(number frte_median_limit_ms one/timing.json)" \
    "60 0 1500" "timing.json counts, and has FRTE's line"
[ "$(number warm_up one/timing.json)" -ge 1 ]
ok $? "the first call of each worker is warm-up"
like "$(cat one/timing.json)" '"group": "gender=female"' "times by group"
is "$(find home -name answers.db -printf '%m\n')" 600 "the cache is its owner's alone"

embed lbp two --threads 3
is "$status" 0 "again"
like "$out" "0 computed, 60 from the cache" "everything comes from the cache"
cmp -s one/outputs.csv two/outputs.csv && cmp -s one/templates.npy two/templates.npy
ok $? "and is the same, latencies too"
embed lbp:grid=3 other --json
is "$(printf '%s\n' "$out" | sed -n 's/^ *"computed": \([0-9]*\),/\1/p')" 60 \
    "nothing is served to other options"
is "$(head -c 128 other/templates.npy | grep -ao '(60, [0-9]*)')" "(60, 531)" "… whose templates are others"
embed lbp three --no-cache --threads 1
like "$out" "60 computed, 0 from the cache" "--no-cache"
is "$(without_time three/outputs.csv)" "$(without_time one/outputs.csv)" "with one worker: the same rows"
cmp -s one/templates.npy three/templates.npy
ok $? "… and templates"
is "$(answers)" 120 "misid cache stat counts them"
run "$MISID" cache stat
like "$out" "home/misid/answers.db: .* MB, sound" "in words"
run "$MISID" cache prune --backend lbp:grid=3
is "$out" "60 answers dropped" "misid cache prune"
run "$MISID" cache prune --older-than 1d --json
like "$out" '"dropped": 0' "none is so old"
run "$MISID" cache prune --max-size 0
is "$out" "60 answers dropped" "… and all are too many"
like "$("$MISID" cache prune 2>&1)" "nothing says what is to go, expected --older-than" "not without a word"
like "$("$MISID" cache prune --older-than 3 2>&1)" "--older-than 3, expected a time as 30d" "no unit"

# The file of an image decides, not its name; and what is no image has its status.
cp -r set moved
first=$(sed -n 2p one/roster.csv | cut -d, -f3)
second=$(sed -n 3p one/roster.csv | cut -d, -f3)
third=$(sed -n 4p one/roster.csv | cut -d, -f3)
rm "moved/$first"
head -c 300 "set/$second" >"moved/$second"
: >"moved/$third"
embed null:dim=3 faults --root moved --faces --covariates
is "$status" 0 "images that are missing, cut short and empty"
is "$(sed -n '2,4s/^[^,]*,\([^,]*,[^,]*\),.*/\1/p' faults/outputs.csv | tr '\n' ' ')" \
    "0,missing 0,truncated 0,empty " "are rows with a status"
like "$(head -n 1 faults/outputs.csv)" ",latency_ms,attr.image.width,attr.image.height,attr.image.luminance," \
    "--covariates"
like "$out" "57 ok" "the rest is"
is "$(number not_shown faults/timing.json)" 3 "and they are in no time"
is "$(number cached faults/backend.json)" false "null is not cached"
if python=$(command -v /usr/bin/python3) && "$python" -c 'import numpy' 2>/dev/null; then
    is "$("$python" -c 'import numpy as n
t = n.load("faults/templates.npy"); print(t.dtype, t.shape, n.isnan(t).all(1)[:5])')" \
        "float32 (60, 3) [ True  True  True False False]" "NumPy reads it; failed rows are NaN"
else
    skip "no NumPy" "NumPy reads it; failed rows are NaN"
fi

# Answers of another run, as a backend.
embed "recorded:file=$T/one/outputs.csv,templates=$T/one/templates.npy,similarity=chi-square" back
is "$status" 0 "recorded"
cmp -s one/outputs.csv back/outputs.csv && cmp -s one/templates.npy back/templates.npy
ok $? "gives back what was recorded"
unlike "$(cat back/backend.json)" "$T" "and names no folder of this machine"
run "$MISID" embed --dataset synthetic --root set --set "dataset.templates=$T/one/templates.npy" \
    --backend recorded:similarity=chi-square --out listed
is "$status" 0 "the templates that a data set names"
cmp -s one/templates.npy listed/templates.npy
ok $? "are those"
embed "recorded:templates=$T/other/templates.npy" short --limit 5
is "$status" 0 "--limit"
is "$(wc -l <short/outputs.csv)" 6 "… takes the first"

# Killed at many moments.
KILLS=${KILLS:-12}
slow=null:cache=yes,delay_ms=60,dim=16,no_face=10
embed "$slow" whole --no-cache --threads 2
killed=0 before=$(answers) shrunk=''
for i in $(awk -v n="$KILLS" 'BEGIN { srand(7); for (i = 0; i < n; i++) printf "%.3f\n", .05 + .2 * rand() }'); do
    "$MISID" embed --dataset synthetic --root set --backend "$slow" --out cut --threads 2 \
        >/dev/null 2>&1 &
    pid=$!
    sleep "$i"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? -eq 137 ] && killed=$((killed + 1))
    now=$(answers)
    [ "$now" -ge "$before" ] || shrunk="$shrunk $before>$now"
    before=$now
done
[ "$killed" -ge 3 ]
ok $? "runs were killed underway" && echo "# $killed of $KILLS; $before answers were kept"
is "$shrunk" "" "what was kept stays"
embed "$slow" cut --threads 2
is "$status" 0 "the run after it"
is "$(number cached cut/timing.json)" "$before" "computes nothing that was kept"
is "$(($(number cached cut/timing.json) + $(number computed cut/timing.json)))" 60 "and all the rest"
is "$(without_time cut/outputs.csv)" "$(without_time whole/outputs.csv)" "the outputs are those of a run that was not disturbed"
cmp -s cut/templates.npy whole/templates.npy
ok $? "… and the templates"
is "$(find cut -name '.*' ! -name .)" "" "nothing is left behind"

# A cache that is damaged.
db=$XDG_CACHE_HOME/misid/answers.db
printf 'nonsense' | dd of="$db" conv=notrunc 2>/dev/null
embed "$slow" again --threads 2
is "$status" 0 "a damaged cache is no failure"
is "$(printf '%s\n' "$errs" | wc -l)" 1 "it is told in one line"
like "$errs" "^misid: the cache was damaged, is now answers.db.damaged, and begun anew: " "… in these words"
is "$(without_time again/outputs.csv)" "$(without_time whole/outputs.csv)" "the answers are right"
is "$(answers)" 60 "and kept again"
mkdir taken && : >taken/file
embed "$slow" again --cache taken/file
like "$errs" "^misid: the cache is not used: " "nowhere to be"
is "$status" 0 "… is no failure either"

# A study on a backend that runs: what it says is counted.
study=$SRCDIR/bench/gender-shades.yaml
name='null:labels=Female;M'
run "$MISID" run "$study" --backend "$name" --dataset synthetic --root moved --out live
is "$status" 0 "misid run with a backend that runs" || echo "# $errs"
like "$out" "^1 face of the data set has no image file to show and was left out" "who was not shown is told"
folder=live/backends/$(ls live/backends)
is "$(ls "$folder" | tr '\n' ' ')" "backend.json counts.csv outputs.csv templates.npy timing.json " \
    "its folder"
rate() { awk -F, -v m="$1" -v g="$2" '$2 == m && $3 == g { print $4 "/" $5 }' "$folder/counts.csv"; }
statuses() { awk -F, -v s="$1" '$3 == s { n++ } END { print n + 0 }' "$folder/outputs.csv"; }
is "$(rate fta all)" "$((59 - $(statuses ok)))/59" "failures to acquire: of all that were there"
is "$(statuses truncated) $(statuses empty) $(statuses missing)" "1 1 1" "with those that cannot be read"
is "$(cut -d, -f5 "$folder/outputs.csv" | sort -u | tr '\n' ' ')" " female label male " \
    "labels are those of the study"
women=$(awk -F, 'NR == FNR { if (FNR == 1) for (i = 1; i <= NF; i++) if ($i == "gender") c = i
    gender[$1] = $c; next } gender[$1] == "female" && $3 == "ok" { n++; x += $5 != "female" }
    END { print x "/" n }' live/roster.csv "$folder/outputs.csv")
is "$(rate error gender=female)" "$women" "errors of women, counted by hand: $women"
like "$(sed -n 's/^  "command": //p' live/run.json)" "misid run bench/gender-shades.yaml --backend 'null:labels=Female;M' --dataset synthetic --root moved" \
    "the command is in the record"
row=$(awk -F, '$4 == "error" && $5 == "gender=female" { print NR - 1; exit }' live/findings.csv)
run "$MISID" trace live "$row"
is "$status" 0 "misid trace goes back to the faces"
like "$out" "labelled female, answer male" "… and their answers"
run "$MISID" run "$study" --backend 'null:labels=child' --dataset synthetic --root set --out child
like "$out" "^60 answers are no known label" "labels that are none"
run "$MISID" run "$study" --backend lbp --dataset synthetic --root set --out lbp
is "$status" 2 "a backend without classes"
like "$errs" "the backend lbp gives no classes, which this study counts" "… says so"

# What a matcher says of its templates is how they are compared.
run "$MISID" score one --thresholds 0.1 --out scores --quiet
is "$status:$errs" "0:" "the templates are compared"
like "$(cat scores/scores.json)" '"similarity": "chi-square"' "… as the matcher says"
run "$MISID" score one --thresholds 0.1 --similarity euclidean --out other-scores --quiet
like "$(cat other-scores/scores.json)" '"similarity": "euclidean"' "… or as one asks for"

# refused WHAT PATTERN OPTION…
refused() {
    what=$1 pattern=$2
    shift 2
    run "$MISID" embed "$@"
    is "$status" 2 "$what: exit status 2"
    is "$(printf '%s\n' "$errs" | grep -c '^misid: ')" 1 "$what: one line"
    like "$errs" "$pattern" "$what: says so"
}
refused "no backend" "embed: expected --dataset NAME, --root DIR, --backend NAME and --out DIR" \
    --dataset synthetic --root set --out x
refused "an unknown backend" "no backend 'unheard-of', expected one of .*lbp, null, .*recorded" \
    --dataset synthetic --root set --out x --backend unheard-of
refused "threads" "--threads 2.5, expected a whole number" \
    --dataset synthetic --root set --out x --backend null --threads 2.5
refused "a limit" "embed: --limit 0, expected a whole number from 1" \
    --dataset synthetic --root set --out x --backend null --limit 0
refused "an attribute" "height" --dataset synthetic --root set --out x --backend null --by height
[ ! -e x ]
ok $? "nothing was written"
done_testing
