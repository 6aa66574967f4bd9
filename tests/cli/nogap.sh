#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the tree must not hold, and lists that must be full.
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2034 # for lib.sh: the tests themselves hold what is planted
leaks_fine="dist/*"

cd "$SRCDIR" || exit 99
top=$(git rev-parse --show-toplevel 2>/dev/null)
[ "$top" = "$(pwd -P)" ] || skip_all "not a git checkout"
files=$(git ls-files)

# found NAME PATTERN: no tracked text file but the licence has a match
found() {
    is "$(git grep -nIE "$2" -- . ':!COPYING' | head -n 20)" "" "$1"
}
found "no path of somebody's machine" '(^|[^A-Za-z0-9.:/_-])/(work|root|home)/'
found "nothing left to be done" '\b(TOD[O]|FIXM[E]|XX[X])\b'
found "no blank at the end of a line" '[[:blank:]]+$'
found "no conflict marker" '^(<{7}|>{7})( |$)'
is "$(git grep -lI "$(printf '\r')" -- src scripts man bench)" "" "no CR in sources"

is "$(printf '%s\n' "$files" | grep -iE '\.(jpe?g|png|gif|bmp|webp|tiff?|heic|npy)$' |
    grep -v '^results/figures/')" "" "no image but the charts in results/figures"
is "$(printf '%s\n' "$files" | grep -vE '^(results/figures/|tests/data/)' |
    while IFS= read -r file; do find "$file" -size +600k; done)" "" "no large file"

is "$(printf '%s\n' "$files" | grep -E '\.[ch]$' | while IFS= read -r file; do
    head -n 1 "$file" | grep -q 'SPDX-License-Identifier: ' || echo "$file"
done)" "" "every source says its licence"
is "$(printf '%s\n' "$files" | grep -E '\.[ch]$' | while IFS= read -r file; do
    [ "$(wc -l <"$file")" -le 700 ] || echo "$file"
done)" "" "no source file grows past what one can read at a sitting"

# Lists in Makefile.am against the folders.
is "$(printf '%s\n' "$files" | grep -E '^(man/.*\.[0-9]|tests/cli/.*\.sh|src/.*\.[ch]|scripts/.*|tests/unit/.*\.c|tests/fuzz/.*)$' |
    while IFS= read -r file; do
        grep -qF "${file%.c}" Makefile.am || echo "$file"
    done)" "" "Makefile.am names every file"

# Man pages against the sources.
is "$(cat src/model/study*.c src/datasets/*.c |
    grep -oE '(loading|yaml_get)[a-z_]*\([^"]*"[a-z_]+"' | sed 's/.*"\(.*\)"/\1/' | sort -u |
    while IFS= read -r key; do
        grep -qE "^\.(It |Brq )?Cm (.* )?$key( |\$)" man/misid-formats.5 || echo "$key"
    done)" "" "misid-formats(5) has every key of a study and of a data set"
is "$(cat src/model/*.c | grep -oE '(TEXT|REAL|INTEGER|FLAG), [a-z_]+\)' | sed 's/.*, \(.*\))/\1/' |
    while IFS= read -r column; do
        grep -qE "^\.It Cm (.* )?$column( |\$)" man/misid-formats.5 || echo "$column"
    done)" "" "and every column of findings.csv"
is "$(cat src/cli/*.c | grep -oE 'OPTION_[A-Z]+, "[a-z-]+"' | sed 's/.*"\(.*\)"/\1/' | sort -u |
    while IFS= read -r option; do
        grep -qE "Fl -$option\$|Fl -$option " man/misid-*.1 || echo "$option"
    done)" "" "man pages have every option"
is "$(sed -n 's/^    { "\([a-z]*\)", [a-z]*_main.*/\1/p' src/cli/main.c |
    while IFS= read -r command; do
        [ -f "man/misid-$command.1" ] || grep -qE "^\.It Cm $command( |\$)" man/misid.1 ||
            echo "$command"
    done)" "" "and every command has a page, or a line in misid(1)"
if command -v mandoc >/dev/null; then
    is "$(mandoc -Tlint -W warning man/* 2>&1)" "" "mandoc has nothing to warn of"
else
    skip "no mandoc" "mandoc has nothing to warn of"
fi

# What only a checkout has, or only a tarball.
run "$MAKE" -s -C "$BUILDDIR" distdir distdir="$T/dist"
is "$status" 0 "make distdir" || printf '%s\n' "$errs" | sed 's/^/# /'
is "$(printf '%s\n' "$files" | grep -v '^\.gitignore$' | while IFS= read -r file; do
    [ -e "$T/dist/$file" ] || echo "$file"
done)" "" "a tarball holds every tracked file"
rm -rf "$T/dist" # its tests hold the keys that they plant
done_testing
