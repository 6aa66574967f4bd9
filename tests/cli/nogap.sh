#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the tree must not hold, and lists that must be full.
. "$(dirname "$0")/../lib.sh"

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

# What only a checkout has, or only a tarball.
run "$MAKE" -s -C "$BUILDDIR" distdir distdir="$T/dist"
is "$status" 0 "make distdir" || printf '%s\n' "$errs" | sed 's/^/# /'
is "$(printf '%s\n' "$files" | grep -v '^\.gitignore$' | while IFS= read -r file; do
    [ -e "$T/dist/$file" ] || echo "$file"
done)" "" "a tarball holds every tracked file"
done_testing
