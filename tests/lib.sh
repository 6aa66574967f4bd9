# SPDX-License-Identifier: GPL-3.0-or-later
# Black-box tests in shell: source this, call is/ok/like/skip, end with `done_testing`.
# Each test script gets a fresh folder $T, looked through for what must not be in it and
# removed at its end, and:
#   $MISID     the program under test
#   $SRCDIR    the source tree (read-only: distcheck)
#   $BUILDDIR  the build tree
#   $MAKE      make
# Reports as TAP, which Makefile.am's driver reads.
# shellcheck shell=sh disable=SC2034 # what is set here is used by those who source it
set -u
: "${SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}" "${BUILDDIR:=$SRCDIR}"
: "${MISID:=$BUILDDIR/misid}" "${MAKE:=make}"
LC_ALL=C.UTF-8
PYTHONDONTWRITEBYTECODE=1 # nothing is left beside the tests' own modules
export LC_ALL PYTHONDONTWRITEBYTECODE
# A python3 that is a script (pyenv's) looks for the real one at every start, which takes
# longer than most of what it is started for: that one is put before it.
case $(head -c 2 "$(command -v python3)" 2>/dev/null | tr -d '\0') in
'#!')
    python=$(python3 -c 'import os, sys; print(os.path.dirname(sys.executable))') && PATH=$python:$PATH
    unset python
    ;;
esac
T=$(mktemp -d "${TMPDIR:-/tmp}/misid-test.XXXXXX") || exit 99
# What misid keeps for whoever runs it is not for tests, which run at once.
XDG_CACHE_HOME=$T/.cache XDG_STATE_HOME=$T/.state
export XDG_CACHE_HOME XDG_STATE_HOME
trap 'rm -rf "$T"' EXIT
trap 'exit 99' HUP INT TERM
tests=0
failures=0

# ok CONDITION-STATUS NAME: `cmd; ok $? "name"`
ok() {
    tests=$((tests + 1))
    if [ "$1" -eq 0 ]; then
        printf 'ok %d - %s\n' "$tests" "$2"
    else
        failures=$((failures + 1))
        printf 'not ok %d - %s\n' "$tests" "$2"
        return 1
    fi
}
# is GOT EXPECTED NAME
is() {
    if [ "$1" = "$2" ]; then
        ok 0 "$3"
    else
        ok 1 "$3"
        printf '%s\n' "$1" | head -n 40 | sed 's/^/#      got: /'
        printf '%s\n' "$2" | head -n 40 | sed 's/^/# expected: /'
        return 1
    fi
}
# like TEXT EXTENDED-REGEXP NAME
like() {
    if printf '%s\n' "$1" | grep -Eq -- "$2"; then
        ok 0 "$3"
    else
        ok 1 "$3"
        printf '%s\n' "$1" | head -n 20 | sed 's/^/#      got: /'
        printf '# expected to match: %s\n' "$2"
        return 1
    fi
}
# unlike TEXT EXTENDED-REGEXP NAME
unlike() {
    if printf '%s\n' "$1" | grep -Eq -- "$2"; then
        ok 1 "$3"
        printf '%s\n' "$1" | grep -E -- "$2" | head -n 5 | sed 's/^/# must not match: /'
        return 1
    else
        ok 0 "$3"
    fi
}
# run COMMAND...: sets $status, $out (stdout) and $errs (stderr)
run() {
    out=$("$@" 2>"$T/.stderr")
    status=$?
    errs=$(cat "$T/.stderr")
}
# skip REASON NAME: one test that cannot be done here
skip() {
    tests=$((tests + 1))
    printf 'ok %d - %s # SKIP %s\n' "$tests" "$2" "$1"
}
# skip_all REASON: nothing of this script can be done here
skip_all() {
    printf '1..0 # SKIP %s\n' "$1"
    exit 0
}
# finished FOLDER COPY: the files of a run folder under their final names, that
# is without the temporaries of a run that was killed
finished() {
    rm -rf "$2"
    mkdir -p "$2"
    (cd "$1" && find . -type f ! -path '*/.*') | while IFS= read -r file; do
        mkdir -p "$2/$(dirname "$file")"
        cp "$1/$file" "$2/$file"
    done
}
# Looks through everything that the test has left for planted keys, templates and pictures
# of people (tests/leaks.py). $leaks_fine: patterns of files that may hold such.
leaks_fine=${leaks_fine-}
look_for_leaks() {
    leaks=$(leaks_fine=$leaks_fine python3 "$SRCDIR/tests/leaks.py" "$T" 2>&1)
    case $? in
    0) ok 0 "no key, template or picture in what is left" ;;
    127) skip "no python3" "no key, template or picture in what is left" ;;
    *) is "$leaks" "" "no key, template or picture in what is left" ;;
    esac
}
done_testing() {
    look_for_leaks
    printf '1..%d\n' "$tests"
    [ "$failures" -eq 0 ]
}
