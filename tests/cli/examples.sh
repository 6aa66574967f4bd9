#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every example of README.md and of the man pages is run, page by page, in a
# folder that looks like the tree. It must succeed, and where the page shows
# what it prints, print that (a line `...` stands for any lines). The demo is that of demo.sh.
. "$(dirname "$0")/../lib.sh"

# Getting and building misid is what other tests do: here these do nothing.
mkdir "$T/bin"
for tool in git autoreconf make sudo; do
    printf '#!/bin/sh\n' >"$T/bin/$tool"
done
ln -s "$MISID" "$T/bin/misid"
chmod +x "$T"/bin/*
# A page shows what a terminal of 80 columns shows.
PATH=$T/bin:$PATH
export PATH COLUMNS=80

page_folder() { # what a reader of the page has around
    mkdir -p "$1/scripts"
    ln -s "$SRCDIR/bench" "$SRCDIR/datasets" "$1/"
    ln -s . "$1/misid"
    for nothing in configure scripts/setup scripts/test; do
        printf '#!/bin/sh\n' >"$1/$nothing"
    done
    chmod +x "$1/configure" "$1"/scripts/*
}

for page in "$SRCDIR"/README.md "$SRCDIR"/HACKING.md "$SRCDIR"/man/*.[1-9]; do
    [ -f "$page" ] || continue
    name=${page##*/}
    cases=$T/$name.cases
    mkdir "$cases"
    awk -v dir="$cases" -f "$SRCDIR/tests/examples.awk" "$page"
    folder=$T/$name.folder
    page_folder "$folder"
    # Beside the tree, as an installed misid has it.
    MISID_DATA=$SRCDIR
    export MISID_DATA
    for cmd in "$cases"/*.cmd; do
        [ -f "$cmd" ] && [ "$(cat "$cmd")" != scripts/demo ] || continue
        stem=${cmd%.cmd}
        what="$name:$(cat "$stem.line"): $(cat "$cmd")"
        { cat "$cmd"; printf 'status=$?\npwd >"%s.cwd"\nexit $status\n' "$cases/now"; } >"$stem.sh"
        (cd "$(cat "$cases/now.cwd" 2>/dev/null || echo "$folder")" && sh "$stem.sh") \
            >"$stem.got" 2>&1 </dev/null
        status=$?
        ok $status "$what" || sed 's/^/# /' "$stem.got" | head -n 20
        [ -f "$stem.out" ] || continue
        awk -f "$SRCDIR/tests/same-lines.awk" "$stem.out" "$stem.got"
        ok $? "prints what the page shows: $what" ||
            diff "$stem.out" "$stem.got" | sed 's/^/# /'
    done
done
[ "$tests" -gt 0 ]
ok $? "there are examples"

# The study that misid-formats(5) shows is a study.
mkdir -p "$T/own/bench"
ln -s "$SRCDIR/datasets" "$T/own/datasets"
awk '/^\.Bd/ { inside = 1; next } /^\.Ed/ { inside = 0 } inside' "$SRCDIR/man/misid-formats.5" \
    >"$T/own/bench/women-and-men.yaml"
run misid run "$T/own/bench/women-and-men.yaml" --out "$T/own/results"
is "$status" 0 "the study of misid-formats(5) runs" || printf '%s\n' "$errs" | sed 's/^/# /'
like "$out" 'supported' "and has a verdict"
done_testing
