#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The onnx backend from the command: what is missing is told by name; with the
# models that `scripts/setup --models` brings, drawn faces are found, or not
# (that is data), and embedded, twice alike. Skipped where it was not built.
. "$(dirname "$0")/../lib.sh"

[ -e "$BUILDDIR/src/host/plugins/onnx.so" ] || skip_all "built without ONNX Runtime"
MISID_DATA=$SRCDIR
export MISID_DATA
models=${XDG_DATA_HOME:-${HOME-}/.local/share}/misid/models
"$MISID" synth --subjects 6 --images 2 --size 240 --seed 1 --out "$T/drawn" --quiet || exit 99

embed() { # embed OUT SPEC OPTION…
    folder=$T/$1
    spec=$2
    shift 2
    run "$MISID" embed --dataset synthetic --root "$T/drawn" --backend "$spec" \
        --out "$folder" --no-cache --quiet "$@"
}

(
    unset MISID_MODELS
    XDG_DATA_HOME=$T/nothing
    export XDG_DATA_HOME
    embed none onnx:card=faceplugin
    echo "$status"
    echo "$errs"
) >"$T/answer"
is "$(head -n 1 "$T/answer")" 2 "no models: exit 2"
like "$(cat "$T/answer")" 'no model fr_detect\.onnx along MISID_MODELS .*scripts/setup --models' \
    "no models: named, with how to have them"
[ ! -e "$T/none/outputs.csv" ]
ok $? "no models: nothing is written"
embed none onnx:card=no-such-card
is "$status" 2 "no such card: exit 2"
like "$errs" 'no model card no-such-card\.yaml in ' "no such card: said where it was looked for"
embed none onnx:choose=best
is "$status" 2 "a wrong option: exit 2"
like "$errs" 'choose=best: expected prominent, largest, central, box or only' \
    "a wrong option: what was expected"

if [ ! -e "$models/fr_feature.onnx" ]; then
    skip "no models (scripts/setup --models)" "drawn faces are embedded"
    done_testing
    exit
fi
embed one onnx:card=faceplugin
is "$status" 0 "drawn faces are embedded" || printf '%s\n' "$errs" | sed 's/^/# /'
# Statuses, and how many rows of each.
column() { # column NAME FILE
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        { print $c }' "$2"
}
is "$(column status "$T/one/outputs.csv" | grep -cE '^(ok|no-face)$')" 12 \
    "a row a sample: a face, or none"
is "$(column status "$T/one/outputs.csv" | grep -vE '^(ok|no-face)$')" "" "nothing else happened"
is "$(column label "$T/one/outputs.csv" | sort -u | grep -vE '^(female|male)?$')" "" \
    "gender is the label"
like "$(head -n 1 "$T/one/outputs.csv")" ',attr\.age' "and age an attribute"
embed two onnx:card=faceplugin
cmp "$T/one/templates.npy" "$T/two/templates.npy"
ok $? "a second time: the same templates, bit for bit"
done_testing
