#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# That what every test looks for in what it leaves (tests/leaks.py) would be found.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"
MISID_DATA=$SRCDIR HOME=$T/home
export MISID_DATA HOME
cd "$T" || exit 99
"$MISID" synth --out set --subjects 2 --images 2 --size 96 --quiet || exit 99
"$MISID" embed --dataset synthetic --root set --backend lbp --no-cache --out run --quiet || exit 99
look() { python3 "$SRCDIR/tests/leaks.py" "$T"; }
is "$(look)" "" "a run holds none"
picture=$(find set -name '*.png' -o -name '*.jpg' | head -n 1)

# found WHAT NAME: a line that names the file `page`, which is removed
found() {
    is "$(look)" "page: holds $1" "$2"
    rm page
}
{ printf '<p>'; cat run/templates.npy; } >page
found "a template" "templates as they are"
{ printf '<p>'; base64 -w 0 run/templates.npy; } >page
found "a template" "… in base64"
{ printf 'xy'; cat run/templates.npy; } | base64 -w 0 >page
found "a template" "… at another place in it"
cat "$picture" - <run/outputs.csv >page
found "a picture" "a picture as it is"
{ printf '<img src="data:image/png;base64,'; base64 -w 0 "$picture"; } >page
found "a picture" "… in a page"
printf 'key=plantedSecret1' | sed 's/1$/+bPx/' >page
found "a planted key" "a key"
tar -cf page "$picture"
found "a picture" "what lies in an archive"
done_testing
