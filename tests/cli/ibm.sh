#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The ibm backend: answers of a service that was withdrawn, out of a file of its own JSON.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home
export MISID_DATA XDG_CACHE_HOME HOME
unset MISID_CACHE
cd "$T" || exit 99
"$MISID" synth --out set --subjects 20 --images 2 --seed 4 --size 64 --quiet || exit 99

# What the service might have said: all women, but for one picture without a face, one
# that it did not take, and one of two people, of whom the larger is meant.
face() { # face GENDER WIDTH
    printf '{"age":{"min":18,"max":24,"score":0.5},"face_location":{"height":%s,"width":%s,"left":9,"top":5},"gender":{"gender":"%s","score":0.75}}' \
        "$2" "$2" "$1"
}
n=0
for f in set/images/*/*; do
    n=$((n + 1))
    name=${f##*/}
    case $n in
    3) printf '{"images":[{"faces":[],"image":"%s"}],"images_processed":1}\n' "$name" ;;
    4) printf '{"images":[{"error":{"code":400,"description":"Invalid image","error_id":"input_error"},"image":"%s"}]}\n' "$name" ;;
    5) printf '{"images":[{"faces":[%s,%s],"image":"%s"}]}\n' "$(face FEMALE 10)" "$(face MALE 20)" "$name" ;;
    6) ;;
    *) printf '{"images":[{"faces":[%s],"source_url":"https://example.org/%s"}]}\n' "$(face FEMALE 30)" "$name" ;;
    esac
done >answers.jsonl

ask() { # ask FILE [ARGUMENT]…
    file=$1
    shift
    rm -rf out
    run "$MISID" embed --dataset synthetic --root set --out out --backend "ibm:replay=$file" --quiet "$@"
}
ask answers.jsonl --faces
is "$status$errs" 0 "recorded answers"
is "$(sed 1d out/outputs.csv | cut -d, -f3 | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
    " 1 error; 1 no-face; 38 ok; 1 refused;" "statuses"
is "$(sed 1d out/outputs.csv | cut -d, -f5 | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
    " 3 ; 37 female; 1 male;" "classes"
like "$(cat out/outputs.csv)" ',0,ok,,male,0.75,9,5,20,20,' "the larger of two faces is the first"
like "$(cat out/outputs.csv)" ',0,refused,Invalid image,' "an error is told in the service's words"
like "$(cat out/outputs.csv)" ',0,error,no answer was recorded,' "a picture that was not shown"
like "$(head -n 1 out/outputs.csv)" 'attr.age_min,attr.age_max,attr.age_score' "ages"
answers() { cut -d, -f1-10,12- out/outputs.csv | sha256sum; } # without the times
lines=$(answers)
printf '[%s]\n' "$(paste -sd, answers.jsonl)" >answers.json
ask answers.json --faces
is "$(answers)" "$lines" "a list of answers is the same"

run "$MISID" run "$SRCDIR/bench/gender-shades.yaml" --backend ibm:replay=answers.jsonl \
    --dataset synthetic --root set --out study
is "$status" 0 "a whole study" || echo "# $errs"
grep -q ',ibm,\|,"ibm' study/findings.csv || grep -q 'ibm:replay' study/findings.csv
ok $? "… with its findings"

wrong() { # wrong SPEC REGEXP NAME
    run "$MISID" embed --dataset synthetic --root set --out x --backend "$1"
    is "$status $(printf '%s\n' "$errs" | wc -l)" "2 1" "$3"
    like "$errs" "$2" "… in one clear line"
}
wrong ibm 'the service was withdrawn, expected replay=FILE' "nobody is there"
wrong ibm:replay=none.json 'none.json' "no such file"
echo '{"a":' >bad.json
wrong ibm:replay=bad.json 'bad.json' "no JSON"
echo '{"images":[{"faces":[]}]}' >bad.json
wrong ibm:replay=bad.json "bad.json:1: an image that is no object with 'image'" "nobody's answer"
{ cat answers.jsonl; sed -n 1p answers.jsonl; } >twice.json
wrong ibm:replay=twice.json 'twice.json:40: a second answer on' "two answers on one picture"
{ cat answers.jsonl; sed -n '1s/example.org/example.com/p' answers.jsonl; } >twice.json
wrong ibm:replay=twice.json 'several answers are on pictures called' "two that could be meant"
done_testing
