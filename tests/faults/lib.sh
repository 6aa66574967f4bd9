# SPDX-License-Identifier: GPL-3.0-or-later
# Commands whose every write goes wrong in turn, for scripts that have sourced
# tests/lib.sh. $FAULTS_STRIDE: every how-manieth operation, 1 for all of them.
# shellcheck shell=sh disable=SC2034 # what is set here is used by those who source it
: "${FAULTS_STRIDE:=131}"
preload=$BUILDDIR/tests/faults/preload.so
walked=0
notice=  # what a line that is no complaint says

# with_fault NUMBER KIND COMMAND…: like run; what went wrong is in $wrong, how many
# operations there were in $operations
with_fault() {
    rm -f "$T/.faults"
    truncate -s 4096 "$T/.faults"
    at=$1 how=$2
    shift 2
    run timeout -k 5 60 env LD_PRELOAD="$preload" MISID_FAULTS="$T/.faults" \
        MISID_FAULT_UNDER="$T/at" MISID_FAULT_AT="$at" MISID_FAULT_KIND="$how" "$@"
    operations=$(od -An -td8 -N8 "$T/.faults" | tr -d ' ')
    wrong=$(tail -c +13 "$T/.faults" | tr -d '\0')
}

# complain WHAT: one line of what a walk found
complain() {
    found="$found
$how at operation $at ($wrong): $1"
}

# after_fault: one line and status 2; or all is as it should be, in spite of the fault
after_fault() {
    [ -z "$notice" ] || errs=$(printf '%s\n' "$errs" | grep -v -- "$notice")
    lines=$(printf '%s' "$errs" | grep -c '')
    case $status in
    0)
        [ "$("result_$name")" = "$expected" ] || complain "exit status 0, another result"
        [ "$lines" -le 1 ] || complain "exit status 0, $lines lines: $errs"
        case "$how $wrong" in
        'eio sync '*)
            [ "$name" = cache ] || [ "$lines" -eq 1 ] || complain "a sync failed, and nobody said so"
            ;;
        esac
        ;;
    2)
        [ "$lines" -eq 1 ] || complain "$lines lines: $errs"
        case $errs in
        'misid: '*) ;;
        *) complain "says: $errs" ;;
        esac
        [ "$how" != short ] || complain "a short write is no fault: $errs"
        ;;
    124 | 137) complain "hangs" ;;
    *) complain "exit status $status: $errs" ;;
    esac
}

# walk NAME COMMAND…: the command, run in a copy of the folder state/NAME, with every
# operation failing in turn. Calls result_NAME, which prints what came out, and kept_NAME,
# which fails and prints why if something was lost that had been stored before. What an
# undisturbed run leaves is in the folder `undisturbed`.
walk() {
    name=$1
    shift
    found='' at=0 how=none wrong=nothing n=0
    afresh
    with_fault 0 eio "$@"
    total=$operations
    expected=$("result_$name")
    rm -rf "$T/undisturbed"
    cp -R "$T/at" "$T/undisturbed"
    ok "$status" "$name: undisturbed, $total operations" || {
        printf '%s\n' "$errs" | sed 's/^/# /'
        return
    }
    for kind in eio enospc torn short; do
        k=$((1 + n % FAULTS_STRIDE)) # another beginning for every kind
        n=$((n + 5))
        while [ "$k" -le "$total" ]; do
            afresh
            with_fault "$k" "$kind" "$@"
            walked=$((walked + 1))
            after_fault
            lost=$("kept_$name") || complain "lost: $lost"
            run "$@"
            [ "$status" -eq 0 ] || complain "then undisturbed: exit status $status: $errs"
            [ "$("result_$name")" = "$expected" ] || complain "then undisturbed: another result"
            k=$((k + FAULTS_STRIDE))
        done
    done
    is "$found" "" "$name: told in one line, nothing lost, and the same when it is done again"
}
afresh() {
    rm -rf "$T/at"
    if [ -d "$T/state/$name" ]; then
        cp -R "$T/state/$name" "$T/at"
    else
        mkdir "$T/at"
    fi
}
# digest FOLDER: of all files of a folder, but for temporaries
digest() {
    (cd "$1" 2>/dev/null && find . -type f ! -path '*/.*' -exec sha256sum {} + | sort -k2)
}
