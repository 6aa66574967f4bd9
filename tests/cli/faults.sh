#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Disks that fail: every operation on the files of a store goes wrong in turn (no room,
# an I/O error, a short write; tests/faults/preload.c), and each time the command says so
# in one line with exit status 2, or comes to the same result; nothing that was stored
# before is lost; and the next run gives what an undisturbed one gives.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
. "$SRCDIR/tests/faults/lib.sh"
[ -e "$preload" ] || skip_all "the library that makes faults was not built"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home TMPDIR=$T/at
SOURCE_DATE_EPOCH=1500000000 # the same run, the same bytes
export MISID_DATA XDG_CACHE_HOME HOME SOURCE_DATE_EPOCH
unset MISID_CACHE MISID_HISTORY
cd "$T" || exit 99
mkdir state

"$MISID" synth --out set --subjects 6 --images 2 --seed 4 --size 96 --quiet || exit 99
embed() { "$MISID" embed --dataset synthetic --root set --backend lbp --quiet "$@"; }
embed --no-cache --out e || exit 99
study=$SRCDIR/bench/aclu-congress.yaml # small, with every kind of file
"$MISID" run "$study" --out one --quiet || exit 99
SOURCE_DATE_EPOCH=1500086400 "$MISID" run "$study" --out two --quiet || exit 99
"$MISID" score e --thresholds 0.1 --out s --quiet || exit 99
nothing_to_keep() { :; }

# --- a cache that holds answers already ---
mkdir -p state/cache
embed --limit 4 --cache state/cache/c --out e4 || exit 99
held() { "$MISID" cache stat --cache "$1" --json 2>/dev/null |
    sed -n 's/^  "\(answers\|sound\)": \([a-z0-9]*\),*$/\2/p' | tr '\n' ' '; }
result_cache() {
    cut -d, -f1-10,12- at/e/outputs.csv
    sha256sum <at/e/templates.npy
}
kept_cache() {
    held at/c
    [ "$(held at/c | cut -d' ' -f1)" = true ] && [ "$(held at/c | cut -d' ' -f2)" -ge 4 ]
}
walk cache "$MISID" embed --dataset synthetic --root set --backend lbp --cache at/c --out at/e --quiet

# --- a run folder: nothing under a final name but what is whole ---
mkdir -p state
result_run() { digest at/run; }
kept_run() {
    (cd at/run 2>/dev/null || exit 0
    find . -type f ! -path '*/.*' | while IFS= read -r file; do
        cmp -s "$file" "$T/undisturbed/run/$file" || echo "$file "
    done) | grep . && return 1
    [ ! -e at/run/run.json ] || diff -rq at/run undisturbed/run
}
walk run "$MISID" run "$study" --out at/run --quiet
# over a finished run of the same study
mkdir -p state/again && cp -R one state/again/run
result_again() { result_run; }
kept_again() { kept_run; }
walk again "$MISID" run "$study" --out at/run --quiet

# --- the history, with a run in it ---
mkdir -p state/record
"$MISID" record one --history state/record/h.sqlite --quiet || exit 99
ids() { "$MISID" history aclu-congress --history at/h.sqlite --csv 2>&1 | sed 1d | cut -d, -f1; }
rm -rf at && cp -R state/record at && first=$(ids)
result_record() {
    { "$MISID" history check --history at/h.sqlite >/dev/null; } 2>&1
    "$MISID" history aclu-congress --history at/h.sqlite --all --csv 2>&1 | sha256sum
    ids
}
kept_record() {
    { "$MISID" history check --history at/h.sqlite >/dev/null; } 2>&1 || return 1
    ids | grep -Fx "$first" >/dev/null || { echo "the first run"; return 1; }
    [ -z "$(ids | sort | uniq -d)" ]
}
walk record "$MISID" record two --history at/h.sqlite --quiet
cp -R state/record state/baseline
"$MISID" record two --history state/baseline/h.sqlite --quiet || exit 99
result_baseline() { "$MISID" baseline list --history at/h.sqlite 2>&1; }
kept_baseline() { kept_record; }
walk baseline "$MISID" baseline set release two --history at/h.sqlite
result_export() { digest at/x; }
kept_export() { kept_record; }
cp -R state/baseline state/export
walk export "$MISID" history export at/x --history at/h.sqlite
cp -R state/record state/import
"$MISID" history export state/import/x --with-secret --history state/baseline/h.sqlite >/dev/null || exit 99
result_import() { result_record; }
kept_import() { kept_record; }
walk import "$MISID" history import at/x --history at/h.sqlite

# --- bundles: the old one stays until the new one is whole ---
mkdir -p state/bundle
"$MISID" bundle one --out state/bundle/b.tar --quiet || exit 99
result_bundle() { sha256sum <at/b.tar; }
kept_bundle() {
    cmp -s at/b.tar state/bundle/b.tar || [ "$(result_bundle)" = "$expected" ] || {
        echo b.tar
        false
    }
}
walk bundle "$MISID" bundle two --out at/b.tar --quiet
result_unpacked() { digest at/b; }
kept_unpacked() { nothing_to_keep; }
walk unpacked "$MISID" bundle two --out at/b --quiet
cp -R state/bundle state/verify
result_verify() { echo "$status"; }
kept_verify() { kept_bundle; }
walk verify "$MISID" verify at/b.tar --quiet

# --- comparisons, and the state between two rounds of them ---
result_score() { digest at/s; }
kept_score() { nothing_to_keep; }
walk score "$MISID" score e --thresholds 0.1 --out at/s --checkpoint 0.000001 --quiet
cp -R s state/thresholds
result_thresholds() { digest at; }
kept_thresholds() {
    (cd s && find . -type f) | while IFS= read -r file; do
        cmp -s "s/$file" "at/$file" || echo "$file "
    done | grep . && return 1
    return 0
}
walk thresholds "$MISID" thresholds at --json

# --- a cassette that holds answers of a service already ---
if python3 -c 'import botocore' 2>/dev/null; then
    . "$SRCDIR/tests/servers/lib.sh"
    XDG_STATE_HOME=$T/at/state AWS_ACCESS_KEY_ID=AKIDPLANTEDPLANTED
    AWS_SECRET_ACCESS_KEY=plantedSecret+bPxRfiCY/KEY
    export XDG_STATE_HOME AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    unset AWS_SESSION_TOKEN MISID_CLOUD_CONSENT http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
    trap 'server_stop; rm -rf "$T"' EXIT
    server rekognition --state collections
    backend=rekognition:endpoint=http://127.0.0.1:$port
    mkdir -p state/cassette
    "$MISID" embed --dataset synthetic --root set --out state/cassette/e --quiet --no-cache \
        --backend "$backend" --limit 5 2>/dev/null || exit 99
    result_cassette() {
        cut -d, -f1-10 at/e/outputs.csv
        sha256sum <at/e/templates.npy
        "$MISID" cassette verify at/e/cassette.jsonl | grep -o ': whole:'
    }
    kept_cassette() { # what was there, and behind it whole lines and at most a torn one
        "$MISID" cassette verify at/e/cassette.jsonl 2>&1 | grep -Ev 'whole|lines,|not whole'
        head -c "$(wc -c <state/cassette/e/cassette.jsonl)" at/e/cassette.jsonl |
            cmp - state/cassette/e/cassette.jsonl
    }
    # shellcheck disable=SC2034 # for tests/faults/lib.sh
    notice='uploads up to 12 pictures'
    walk cassette "$MISID" embed --dataset synthetic --root set --out at/e --quiet \
        --no-cache --backend "$backend"
    # shellcheck disable=SC2034
    notice=
    server_stop
else
    skip "no python3-botocore" "cassettes"
fi

# --- pages, tables and pictures beside ---
result_compare() { digest at; }
kept_compare() { nothing_to_keep; }
walk compare "$MISID" compare one two --html at/c.html --markdown at/c.md --csv at/c.csv --quiet
result_synth() { digest at/set; }
kept_synth() { nothing_to_keep; }
cp -R state/baseline state/dashboard
result_dashboard() { digest at/d; }
kept_dashboard() { kept_record; }
walk dashboard "$MISID" dashboard --out at/d --history at/h.sqlite --made now --quiet

echo "# $walked faults, every ${FAULTS_STRIDE}th operation of each kind"
done_testing
