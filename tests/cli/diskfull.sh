#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A full disk: exit 2, one line that names the file, no half-written file under
# a final name, and no run.json. The disk is a small tmpfs in a mount
# namespace of its own, so that it goes with the process.
. "$(dirname "$0")/../lib.sh"
SOURCE_DATE_EPOCH=1500000000 # the same run, the same bytes
export SOURCE_DATE_EPOCH

study=$SRCDIR/bench/gender-shades.yaml # its run takes more than the largest disk here
if [ "$(id -u)" -eq 0 ]; then unshare='unshare -m'; else unshare='unshare -rm'; fi
mkdir "$T/disk"
$unshare mount -t tmpfs -o size=64k tmpfs "$T/disk" 2>/dev/null ||
    skip_all "no tmpfs can be mounted here"

"$MISID" run "$study" --out "$T/whole" >/dev/null 2>&1
finished "$T/whole" "$T/expected"

cat >"$T/try" <<'END'
mount -t tmpfs -o size="$1" tmpfs disk || exit 99
"$MISID" run "$2" --out disk/run >out 2>errors
echo $? >status
rm -rf left
mkdir left
[ ! -d disk/run ] || cp -R disk/run/. left
END
cd "$T" || exit 99
export MISID
for size in 4k 8k 16k 32k 64k; do
    rm -f status
    $unshare sh try "$size" "$study"
    is "$(cat status)" 2 "$size: exit status 2"
    is "$(wc -l <errors | tr -d ' ')" 1 "$size: one line" || sed 's/^/# /' errors
    like "$(cat errors)" 'disk/run.*No space left on device' "$size: it names the file and the reason"
    finished left got
    half=
    for file in $(cd got && find . -type f); do
        cmp -s "got/$file" "expected/$file" || half="$half $file"
    done
    is "$half" "" "$size: no half-written file under a final name"
    [ ! -e left/run.json ]
    ok $? "$size: no run.json"
    is "$(find left -name '.*')" "" "$size: no temporary left behind"
done
done_testing
