# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of services against their stand-ins have between them: source tests/lib.sh
# and tests/servers/lib.sh first, set `backend`, `standin_is` (what server() is called
# with) and `planted` (a regular expression of all keys), then source this.
# shellcheck shell=sh disable=SC2154 # what it needs is set by those who source it
command -v python3 >/dev/null || skip_all "no python3"
asker=$BUILDDIR/tests/backends/asker
[ -x "$asker" ] || skip_all "no $asker"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home XDG_STATE_HOME=$T/state HOME=$T/home
PYTHONDONTWRITEBYTECODE=1
export MISID_DATA XDG_CACHE_HOME XDG_STATE_HOME HOME PYTHONDONTWRITEBYTECODE
unset MISID_CACHE MISID_CLOUD_CONSENT http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
trap 'server_stop; rm -rf "$T"' EXIT
cd "$T" || exit 99
"$MISID" synth --out set --subjects 20 --images 2 --seed 4 --size 128 --quiet || exit 99
: >all.err

serve() { # serve [RULES]: the stand-in, doing wrong by these
    [ -z "${1-}" ] || printf '%s\n' "$1" >scenario.json
    # shellcheck disable=SC2086 # words
    server $standin_is
}
spec() { # spec [,OPTION=VALUE…]
    printf '%s' "$backend:endpoint=http://127.0.0.1:$port${1-}"
}
embed() { # embed OUT OPTIONS [ARGUMENT]…
    folder=$1 options=$2
    shift 2
    run "$MISID" embed --dataset synthetic --root set --out "$folder" \
        --backend "$(spec "$options")" "$@"
    printf '%s\n' "$out" "$errs" >>all.err
}
answers() { cut -d, -f1-10,12- "$1/outputs.csv"; } # without the times
ask() { # ask OUT OPTIONS: everything it says of twelve pictures
    run "$asker" "$(spec "$2")" set/images/S0000[0-5]/*
    printf '%s\n' "$out" >"$1"
    printf '%s\n' "$errs" >>all.err
}
left() { # left NAME: no gallery stays at the service
    is "$(cat galleries):$("$MISID" cloud list)" "[]:No gallery is at any service." "$1"
}

# A set, live and replayed; a study of classes, where there are some.
test_classes() {
    rm -f galleries
    serve
    embed live '' --faces
    is "$status" 0 "a set is shown to the service" || echo "# $errs"
    like "$errs" "uploads up to 40 pictures of people to http://127.0.0.1:$port" \
        "… after a line of what goes where, and what it costs"
    server_stop
    embed replay ',replay=live/cassette.jsonl' --faces
    is "$status" 0 "a replay needs no service" || echo "# $errs"
    is "$(sha256sum <replay/outputs.csv) $(sha256sum <replay/templates.npy)" \
        "$(sha256sum <live/outputs.csv) $(sha256sum <live/templates.npy)" \
        "… and gives the same, bit for bit"
    run "$MISID" cassette verify live/cassette.jsonl
    is "$status" 0 "the cassette is whole" || echo "# $errs"
}
test_study() { # test_study OPTIONS
    study=$SRCDIR/bench/gender-shades.yaml
    serve
    run "$MISID" run "$study" --backend "$(spec "$1")" --dataset synthetic --root set --out study
    is "$status" 0 "a whole study of classes, live" || echo "# $errs"
    server_stop
    find study/backends -name cassette.jsonl -exec cp {} study.jsonl \;
    run "$MISID" run "$study" --backend "$(spec "$1,replay=study.jsonl")" --dataset synthetic \
        --root set --out study2
    is "$status" 0 "the study again, from its cassette" || echo "# $errs"
    for file in findings.csv claims.csv counts.csv; do
        is "$(sha256sum <study2/$file)" "$(sha256sum <study/$file)" "… the same $file"
    done
}
# Whole studies of pairs and of searches, live and replayed.
test_matching() { # test_matching OPTIONS
    small_studies
    "$MISID" synth --out gallery --subjects 12 --images 1 --seed 4 --size 144 --quiet || exit 99
    for name in pairs search; do
        gallery=
        [ $name = pairs ] || gallery="--gallery synthetic --gallery-root gallery"
        serve
        # shellcheck disable=SC2086 # words
        run "$MISID" run $name.yaml --backend "v=$(spec "$1")" --dataset synthetic --root set \
            $gallery --out live-$name --replicates 100 --permutations 99
        printf '%s\n' "$out" "$errs" >>all.err
        is "$status" 0 "a whole study of $name, live" || echo "# $errs"
        left "… which leaves no gallery"
        server_stop
        # shellcheck disable=SC2086 # words
        run "$MISID" run $name.yaml --dataset synthetic --root set $gallery --quiet \
            --backend "v=$(spec "$1,replay=live-$name/backends/v/cassette.jsonl")" \
            --out replayed-$name --replicates 100 --permutations 99 --threads 1
        is "$status" 0 "… and from its cassette" || echo "# $errs"
        is "$(sha256sum <replayed-$name/findings.csv)" "$(sha256sum <live-$name/findings.csv)" \
            "… with the same findings"
    done
}
# Pairs and galleries, live and replayed.
test_pairs() { # test_pairs OUT OPTIONS [RULES]
    serve "${3-}"
    rm -f "$1.jsonl"
    ask "$1" "$2,cassette=$1.jsonl"
    is "$status" 0 "pairs and galleries: $1" || printf '%s\n' "$errs" | sed 's/^/# /'
    left "… and no gallery is left"
    server_stop
    ask "$1.replay" "$2,replay=$1.jsonl"
    is "$status:$(sha256sum <"$1.replay")" "0:$(sha256sum <"$1")" \
        "… and from the cassette the same, bit for bit" || diff "$1" "$1.replay" | head -n 5 |
        sed 's/^/# /'
}
# What must not change the answers.
disturbed() { # disturbed NAME OPTIONS RULES
    serve "$3"
    ask "$1" "$2,cassette=$1.jsonl"
    is "$status" 0 "$1: it goes on" || printf '%s\n' "$errs" | sed 's/^/# /'
    is "$(sha256sum <"$1")" "$(sha256sum <pairs)" "… and ends as if nothing had been" ||
        diff pairs "$1" | head -n 5 | sed 's/^/# /'
    left "… leaving nothing"
}
# What ends a run, in one line, with no gallery left.
ended() { # ended NAME OPTIONS RULES REGEXP
    serve "$3"
    ask "$1" "$2"
    is "$status" 2 "$1: it ends"
    like "$errs" "$4" "… and says why"
    left "… leaving nothing"
}
test_keys() {
    is "$(find . -type f ! -name server.err -print0 | xargs -0 grep -lE "$planted")" "" \
        "no file of all this has a key in it"
    unlike "$(cat all.err)" "$planted" "… nor was one said"
}
