#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Studies of matchers that score by themselves: what they find is what is found of the same
# scores formed here; what a search does not tell is left out and said; kills, falls and
# services, live and replayed.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
. "$SRCDIR/tests/servers/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home XDG_STATE_HOME=$T/state HOME=$T/home
export MISID_DATA XDG_CACHE_HOME XDG_STATE_HOME HOME
unset MISID_CACHE MISID_CLOUD_CONSENT http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
trap 'server_stop; rm -rf "$T"' EXIT
cd "$T" || exit 99
"$MISID" synth --out set --subjects 16 --images 2 --seed 4 --size 128 --quiet || exit 99
"$MISID" synth --out gallery --subjects 12 --images 1 --seed 4 --size 144 --quiet || exit 99
cp "$SRCDIR/tests/backends/own_matcher.py" matcher.py || exit 99

small_studies
sed 's/pairs/points/; s/compare: {/&native: false, /' pairs.yaml >points.yaml # no thresholds of their own

# arguments STUDY.yaml OUT SPEC: of misid run, in $arguments
arguments() {
    gallery="--gallery synthetic --gallery-root gallery"
    case $1 in
    pairs.yaml | points.yaml | */verification-demographics.yaml | */robustness-verification.yaml) gallery= ;;
    esac
    arguments="run $1 --dataset synthetic --root set $gallery --out $2 --replicates 100
        --permutations 99 --quiet"
}
study() { # study STUDY.yaml OUT SPEC [ARGUMENT]…
    arguments "$1" "$2"
    spec=$3
    shift 3
    # shellcheck disable=SC2086 # words
    run "$MISID" $arguments --backend "$spec" "$@"
}
# killed STUDY.yaml OUT SPEC COMMAND N: … once the command prints N or more
killed() {
    arguments "$1" "$2"
    # shellcheck disable=SC2086 # words
    "$MISID" $arguments --backend "$3" --no-cache >/dev/null 2>&1 &
    pid=$!
    tries=0
    while [ "$($4)" -lt "$5" ] && [ $tries -lt 2400 ]; do
        tries=$((tries + 1))
        sleep .05
    done
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    [ -z "$server" ] || server_idle # what was under way ends
}
matcher() { printf 'm=exec:command=python3 matcher.py %s' "$1"; }
findings() { sha256sum <"$1/findings.csv"; }

# --- the same scores, whoever forms them ---
for name in pairs search; do
    study $name.yaml plain-$name "$(matcher plain)"
    is "$status" 0 "$name: templates that are compared here" || echo "# $errs"
    for way in compare search; do
        study $name.yaml $way-$name "$(matcher $way)" --threads 2
        is "$status" 0 "$name: a matcher that scores by itself: $way" || echo "# $errs"
        is "$(findings $way-$name)" "$(findings plain-$name)" "… finds the same, bit for bit"
    done
    ok "$(test ! -e compare-$name/backends/m/own.part; echo $?)" "… and leaves nothing unfinished"
done
like "$(cut -d, -f4,5,7,8 plain-search/findings.csv)" '^fpir,all,native=1500,1500$' \
    "its own threshold is an operating point"
like "$(fact compare-pairs "The matcher's own scores")" \
    '^m formed them, of 496 pairs\.$' "it is said"
like "$(cat compare-pairs/run.json)" 'backends/m/own.npy' "the scores are in the record"
like "$(cat compare-pairs/backends/m/scores.json)" '"similarity": *"own"' "… which are its own"
study points.yaml points "$(matcher compare)"
is "$status" 0 "without a threshold of its own" || echo "# $errs"
is "$(grep ',fmr=' points/findings.csv | cut -d, -f4-)" \
    "$(grep ',fmr=' plain-pairs/findings.csv | cut -d, -f4-)" "… target FMRs are the same"
study pairs.yaml one "$(matcher compare)" --threads 1
is "$(findings one)" "$(findings plain-pairs)" "one thread, the same"
study pairs.yaml apart "$(matcher apart)"
is "$status" 0 "distances, below 0 too" || echo "# $errs"
is "$(cut -d, -f4-6,9-17 apart/findings.csv | grep -E '^fn?mr,' | sort)" \
    "$(cut -d, -f4-6,9-17 plain-pairs/findings.csv | grep -E '^fn?mr,' | sort)" \
    "… are mirrored, and all else is the same"
run "$MISID" estimate compare-pairs/backends/m --out again --quiet --replicates 100 \
    --permutations 99
is "$status" 0 "what it left is estimated again" || echo "# $errs"
run "$MISID" score compare-pairs/backends/m --similarity own --thresholds 1 --out x
is "$status" 2 "… but not scored: there are no templates"
like "$errs" 'the similarity own is of scores that a matcher formed itself' "… is told"

# --- what a search does not say ---
# The third best of each probe, and the highest of those.
python3 - search-search/backends/m/own.npy <<'PY' >known.expected
import struct, sys
data = open(sys.argv[1], 'rb').read()
head = 10 + struct.unpack('<H', data[8:10])[0]
rows, columns = eval(data[10:head])['shape']
m = struct.unpack(f'<{rows * columns}f', data[head:])
ends = [sorted(m[i * columns:(i + 1) * columns])[-3] for i in range(rows)]
print('%g' % max(e for e in ends if e == e))
PY
study search.yaml short "$(matcher 'short 3')"
is "$status" 0 "a search that gives the three best" || echo "# $errs"
like "$(fact short "The matcher's own scores")" "288 were not among what a search returned and \
count as less alike than all that were\. Its searches do not return everybody: who matches is known \
beyond a score of $(cat known.expected) only\.$" "… the rest is told"
rows() { # rows FOLDER: of everyone and of groups, at operating points and ranks
    cut -d, -f4-8,14,15 "$1/findings.csv" | grep -E '^(fpir|fnir|fmr|fnmr|gfar|gfrr|misnamed|returned|rank_miss),' |
        sort -u
}
rows short >short.rows
rows plain-search >all.rows
is "$(comm -23 short.rows all.rows)" "" "… and all that it finds is right"
like "$(cat short.rows)" '^fpir,all,,native=1500' "… at its own threshold"
like "$(cut -d, -f1,4 short.rows)" 'rank_miss,rank=1$' "… of the first"
unlike "$(cut -d, -f1,4 short.rows)" 'rank_miss,rank=5' "… but of no rank that it does not give"
study search.yaml shorter "$(matcher 'short 1')"
is "$status" 0 "a search that gives the best" || echo "# $errs"
rows shorter >short.rows
is "$(comm -23 short.rows all.rows | grep -v ',fmr=')" "" "… finds nothing wrong"
like "$(fact shorter "Left out")" '^m at fmr=0\.01.*: the scores that it gave do not reach so far down\.$' \
    "… and target FMRs that it does not reach are left out"
study search.yaml only "$(matcher searcher)"
is "$(findings only)" "$(findings plain-search)" "one that searches and does not compare"
study pairs.yaml none "$(matcher searcher)"
is "$status" 2 "… cannot compare all with all"
like "$errs" 'm gives templates that only it can compare, and it searches galleries only' "… is told"

# --- falls ---
study search.yaml fall "$(matcher 'fall -2')"
is "$status" 0 "one that ends at some probes goes on" || echo "# $errs"
lost=$(fact fall "The matcher's own scores" | sed 's/.* \([0-9]*\) pairs got no score.*/\1/')
ok "$(test "$lost" -gt 0 && test $((lost % 12)) -eq 0; echo $?)" "… without the scores of those" ||
    fact fall "The matcher's own scores"
study pairs.yaml fall2 "$(matcher 'fall -2')"
is "$status" 0 "… or of those pairs" || echo "# $errs"
study pairs.yaml mute "$(matcher mute)"
is "$status:$errs" "2:misid: the backend m gave none of 496 pairs a score" "one that gives no score"
ok "$(test ! -e mute/run.json; echo $?)" "… is no run"
study "$SRCDIR/bench/robustness-verification.yaml" doses "$(matcher compare)"
like "$status $errs" '^2 .*only it can compare, and this study changes images' "no changes of images"

# --- kills ---
spec=$(matcher 'slow 200')
COUNT=$T/calls
export COUNT
calls() { grep -c compare calls 2>/dev/null || :; }
: >calls
killed pairs.yaml killed "$spec" calls 4
ok "$(test -e killed/backends/m/own.part && test ! -e killed/run.json; echo $?)" "a study that is killed"
before=$(calls)
: >calls
study pairs.yaml killed "$spec"
is "$status" 0 "… goes on" || echo "# $errs"
after=$(calls)
: >calls
study pairs.yaml unkilled "$spec"
all=$(calls)
ok "$(test "$after" -lt "$all" && test $((before + after)) -le $((all + 4)); echo $?)" \
    "… and asks for the rest only" || echo "# $before and $after, of $all"
is "$(findings killed)" "$(findings plain-pairs)" "… to the same findings"
unset COUNT

# --- a service on the network ---
if python3 -c 'import botocore' 2>/dev/null; then
    AWS_ACCESS_KEY_ID=AKIDPLANTEDPLANTED AWS_SECRET_ACCESS_KEY=plantedSecret+bPxRfiCY/KEY
    AWS_SESSION_TOKEN=plantedToken//aBc0123456789==
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
    server rekognition --state collections
    amazon() { printf 'a=rekognition:endpoint=http://127.0.0.1:%s,in_flight=6%s' "$port" "$1"; }
    study pairs.yaml unasked a=rekognition
    is "$status:$(ls unasked 2>/dev/null)" 2: "a service: no consent, no study"
    like "$errs" 'at most 32 DetectFaces, 496 CompareFaces, \$0\.528' "… and what it would have cost"
    study search.yaml unasked a=rekognition
    like "$errs" 'at most 44 DetectFaces, 12 IndexFaces, 32 SearchFacesByImage, \$0\.088' \
        "… with a gallery"
    study pairs.yaml dry "$(amazon ',dry-run=yes')"
    is "$status:$(asked DetectFaces):$(ls dry 2>/dev/null)" "0:0:" "a dry run sends nothing" || echo "# $errs"
    for name in verification-demographics watchlist photo-tagging; do
        study "$SRCDIR/bench/$name.yaml" live-$name "$(amazon ,consent=yes)"
        is "$status" 0 "a whole study, live: $name" || echo "# $errs"
        study "$SRCDIR/bench/$name.yaml" replay-$name \
            "$(amazon ",replay=live-$name/backends/a/cassette.jsonl")" --threads 1
        is "$status" 0 "… and from its cassette" || echo "# $errs"
        for file in findings.csv claims.csv; do
            is "$(sha256sum <replay-$name/$file)" "$(sha256sum <live-$name/$file)" "… the same $file"
        done
        is "$(sha256sum <replay-$name/backends/a/own.npy)" \
            "$(sha256sum <live-$name/backends/a/own.npy)" "… of the same scores"
        like "$(cut -d, -f4,5,7,8 live-$name/findings.csv)" ',all,native=80,80$' \
            "… with Amazon's own threshold"
        like "$(cat live-$name/run.json)" 'backends/a/cassette.jsonl' "… and the evidence in the record"
    done
    made=$(asked CreateCollection 200)
    is "$(asked DeleteCollection 200):$(cat collections)" "$made:[]" "collections are deleted"
    n=$(asked SearchFacesByImage 200)
    searched=$(sed 1d live-watchlist/backends/a/probes/outputs.csv | grep -c ',ok,')
    ok "$(test "$n" -eq $((2 * searched)); echo $?)" "each probe is searched once a study" || echo "# $n, $searched"

    # Killed in the middle of the searches, and among the pairs.
    for name in pairs search; do
        study $name.yaml whole-$name "$(amazon '')"
        operation=CompareFaces
        [ $name = pairs ] || operation=SearchFacesByImage
        all=$(asked $operation)
        printf '[{"operation":"%s","fault":"slow","value":0.2}]\n' $operation >scenario.json
        server rekognition --state collections
        requests() { asked "$operation"; }
        killed $name.yaml broken-$name "$(amazon '')" requests 8
        ok "$(test ! -e broken-$name/run.json; echo $?)" "$name, killed"
        before=$(requests)
        server rekognition --state collections
        study $name.yaml broken-$name "$(amazon '')"
        is "$status" 0 "… goes on" || echo "# $errs"
        is "$(findings broken-$name)" "$(findings whole-$name)" "… to the same findings"
        ok "$(test "$(requests)" -lt "$all"; echo $?)" "… without what it had asked" ||
            echo "# $before and $(requests)"
        is "$(cat collections):$("$MISID" cloud list)" "[]:No gallery is at any service." \
            "… and no collection is left"
        study $name.yaml again-$name "$(amazon ",replay=broken-$name/backends/a/cassette.jsonl")"
        is "$status:$(findings again-$name)" "0:$(findings whole-$name)" "… and its cassette is whole" ||
            echo "# $errs"
    done
    server_stop
else
    skip "no python3-botocore" "a service on the network"
fi
done_testing
