#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make install, with DESTDIR: everything is there, the program works from any
# folder on the studies that were installed with it, and uninstall leaves
# nothing. (`make installcheck`, which distcheck runs, does it by the prefix.)
. "$(dirname "$0")/../lib.sh"

stage=$T/stage
run "$MAKE" -s -C "$BUILDDIR" install DESTDIR="$stage"
is "$status" 0 "make install DESTDIR=…" || printf '%s\n' "$errs" | sed 's/^/# /'
mkdir -p "$stage"
program=$(find "$stage" -type f -name misid -perm -u+x)
data=$(find "$stage" -type d -path '*/share/misid')
if [ -z "$program" ] || [ -z "$data" ]; then
    ok 1 "the program and its data are there"
    done_testing
    exit
fi
is "$(cd "$SRCDIR" && ls bench/*.yaml)" "$(cd "$data" && ls bench/*.yaml)" \
    "all studies are installed"
is "$(cd "$SRCDIR/src/backends" && ls cards/*.yaml)" "$(cd "$data" && ls cards/*.yaml)" \
    "all model cards are installed"
for page in "$SRCDIR"/man/*.[157]; do
    name=${page##*/}
    [ -f "$(find "$stage" -path "*/man${name##*.}/$name")" ]
    ok $? "$name is installed"
done
for file in bash-completion/completions/misid zsh/site-functions/_misid; do
    [ -f "$(find "$stage" -path "*/share/$file")" ]
    ok $? "$file is installed"
done
is "$(cd "$SRCDIR" && find datasets -name '*.yaml' -o -name '*.csv' | sort)" \
    "$(cd "$data" && find datasets -type f ! -name '*.md' | sort)" "all data sets are installed"
for file in include/misid-backend.h pkgconfig/misid-backend.pc libexec/misid-host; do
    [ -f "$(find "$stage" -path "*/$file")" ]
    ok $? "$file is installed"
done
printf '%s\n' 'print-plugins:; @echo $(plugins_PROGRAMS)' >"$T/print.mk"
for plugin in $("$MAKE" -s -C "$BUILDDIR" -f Makefile -f "$T/print.mk" print-plugins); do
    [ -f "$(find "$stage" -path "*/lib/misid/${plugin##*/}")" ]
    ok $? "the plug-in ${plugin##*/} is installed"
done
is "$(find "$stage" -type f -perm /o+w)" "" "nothing is writable by everyone"
is "$(find "$data" -type f -perm /a+x)" "" "data is not executable"

# The program looks at what was installed, not at the tree it came from.
cd "$T" || exit 99
MISID_DATA=$data
export MISID_DATA
set -- "$data"/bench/*.yaml
sed "s/^study: .*/study: only-installed/" "$1" >"$data/bench/only-installed.yaml"
run "$program" list studies
is "$status" 0 "the installed program lists studies"
like "$out" "^only-installed " "a study that only the installed tree has"
run "$program" run "$data/bench/only-installed.yaml" --out "$T/run"
is "$status" 0 "the installed program runs an installed study" ||
    printf '# %s\n' "$errs"
[ -s "$T/run/run.json" ]
ok $? "its record is there"
"$program" synth --subjects 8 --images 2 --size 96 --seed 1 --out drawn --quiet &&
    "$program" embed --dataset synthetic --root drawn --backend lbp --out embedded --no-cache \
        --quiet &&
    "$program" score embedded --by gender --thresholds 0.5 --out scores --quiet &&
    "$program" estimate scores --out estimated --replicates 100 --permutations 99 --quiet
ok $? "the installed program takes images to a report"
[ -s estimated/report.html ]
ok $? "the report is there"
run "$program" list studies --json
unlike "$out" "\"path\": \"$SRCDIR/" "no study of the source tree is found"

rm "$data/bench/only-installed.yaml"
run "$MAKE" -s -C "$BUILDDIR" uninstall DESTDIR="$stage"
is "$status" 0 "make uninstall"
is "$(find "$stage" -type f)" "" "uninstall leaves no file"
[ ! -e "$data" ]
ok $? "uninstall leaves no folder of misid"
done_testing
