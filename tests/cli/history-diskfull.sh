#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A full disk, and kill -9, while runs are recorded: the history stays whole, and a run is
# there entirely or not at all. The disk is a small tmpfs in a mount namespace of its own.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 99
MISID_DATA=$SRCDIR
export MISID_DATA MISID

for i in 1 2 3 4 5 6 7 8; do
    SOURCE_DATE_EPOCH=$((1600000000 + 86400 * i)) "$MISID" run \
        "$SRCDIR/bench/gender-shades.yaml" --out "run$i" --quiet || exit 99
done
rows=$(($(wc -l <run1/findings.csv) - 1))
# whole HISTORY: sound, and every run with all its findings
whole() {
    "$MISID" history check --history "$1" >/dev/null 2>check.err || return 1
    "$MISID" history gender-shades --history "$1" --csv | sed 1d | cut -d, -f1 >ids
    "$MISID" history gender-shades --history "$1" --all --csv | sed 1d | cut -d, -f1 |
        sort | uniq -c | awk -v rows="$rows" '$1 != rows { exit 1 }'
}

# Kills, at moments spread over the recording.
killed=0 broken=''
for ms in 2 4 6 8 10 12 15 18 21 25 30 36 43 52 62; do
    "$MISID" record run1 run2 run3 run4 run5 run6 run7 run8 --history killed.sqlite --quiet &
    pid=$!
    sleep "0.0$(printf %02d "$ms")"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? -eq 137 ] && killed=$((killed + 1))
    [ ! -f killed.sqlite ] || whole killed.sqlite || broken="$broken $ms"
done
[ "$killed" -gt 0 ]
ok $? "recordings were killed underway" && echo "# $killed of 15"
is "$broken" "" "what is there is whole"
"$MISID" record run1 run2 run3 run4 run5 run6 run7 run8 --history killed.sqlite --quiet
ok $? "and goes on"
is "$(whole killed.sqlite; echo $?)|$(wc -l <ids | tr -d ' ')" "0|8" "with all runs, each once"

if [ "$(id -u)" -eq 0 ]; then unshare='unshare -m'; else unshare='unshare -rm'; fi
mkdir disk
if ! $unshare mount -t tmpfs -o size=64k tmpfs disk 2>/dev/null; then
    skip "no tmpfs can be mounted here" "a full disk"
    done_testing
    exit
fi
cat >try <<'END'
mount -t tmpfs -o size="$1" tmpfs disk || exit 99
for i in 1 2 3 4 5 6 7 8; do
    "$MISID" record run$i --history disk/h.sqlite --quiet 2>>errors
    echo $? >>statuses
done
rm -rf left
mkdir left
cp disk/h.sqlite* left 2>/dev/null
exit 0
END
full=0
for size in 16k 64k 128k 256k 512k 1m; do
    rm -f statuses errors
    $unshare sh try "$size"
    done=$(grep -c '^0$' statuses)
    is "$(grep -vc '^[02]$' statuses)" 0 "$size: exit status 0 or 2"
    [ "$done" -eq 8 ] || full=$((full + 1))
    [ "$done" -eq 8 ] ||
        like "$(cat errors)" 'disk/h.sqlite: .*(full|disk I/O|unable to open)' "$size: one line a fault"
    if [ "$done" -gt 0 ]; then
        is "$(whole left/h.sqlite; echo $?)|$(wc -l <ids | tr -d ' ')" "0|$done" \
            "$size: whole, with the $done runs that were recorded"
    else
        ok 0 "$size: no room for a run"
    fi
done
[ "$full" -gt 2 ]
ok $? "disks were full"
done_testing
