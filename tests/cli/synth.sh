#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid synth: what lies in the folder, that it is the same however it is made,
# and what is refused.
. "$(dirname "$0")/../lib.sh"

synth() { run "$MISID" synth "$@"; }
# column NAME: the values of a column of $set/labels.csv
column() {
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        { print $c }' "$set/labels.csv"
}
tally() { column "$1" | sort | uniq -c | awk '{ printf "%s %s; ", $1, $2 }'; }

set=$T/set
synth --out "$set" --subjects 20 --images 3 --seed 9 --size 64 --threads 1
is "$status" 0 "draws" || printf '%s\n' "$errs" | sed 's/^/# /'
is "$errs" "" "nothing on stderr"
like "$out" '^60 drawn images of 20 subjects in .*: [0-9]+ JPEG, [0-9]+ PNG$' "says how many"
like "$out" '^planted: the 18 images of Monk tones 8 to 10 are under-exposed, by 1 stop$' \
    "says what was planted"
is "$(find "$set/images" -type f | wc -l | tr -d ' ')" 60 "as many files"
is "$(cd "$set" && find images -type f | sort)" "$(column path | sort)" \
    "labels.csv names exactly the files"
is "$(tally gender)" "30 female; 30 male; " "balanced over presentation"
is "$(tally skin)" "30 darker; 30 lighter; " "and skin"
is "$(tally monk)" "6 1; 6 10; 6 2; 6 3; 6 4; 6 5; 6 6; 6 7; 6 8; 6 9; " "and tone"
is "$(tally source)" "60 synthetic; " "every row says synthetic"
is "$(tally label_source)" "60 drawn; " "and that its labels are drawn"
is "$(tally planted)" "42 0; 18 1; " "the plant is in the labels"
is "$(column path | while IFS= read -r file; do
    grep -aq 'SYNTHETIC: a drawn face of nobody' "$set/$file" || echo "$file"
done)" "" "every image says so in its comment"
is "$(column path | while IFS= read -r file; do
    case $file in
    *.png) magic=$(printf '\211PNG') ;;
    *) magic=$(printf '\377\330\377\340') ;;
    esac
    [ "$(head -c 4 "$set/$file" | od -An -tx1)" = "$(printf '%s' "$magic" | od -An -tx1)" ] ||
        echo "$file"
done)" "" "and is what its name says"
grep -q 'under-exposed by 1 stop:' "$set/README.txt"
ok $? "README.txt explains the plant"
is "$(find "$set" -name '.*' ! -path "$set" | wc -l | tr -d ' ')" 0 "no temporary is left"

synth --out "$T/threads" --subjects 20 --images 3 --seed 9 --size 64 --threads 5 --quiet
is "$status:$out" "0:" "with five threads, quietly"
diff -r "$set" "$T/threads" >/dev/null
ok $? "the same bytes"
mkdir "$T/more"
synth --out "$T/more" --subjects 21 --images 2 --seed 9 --size 64 --json
is "$status" 0 "into an empty folder"
like "$out" '"images": 42' "JSON: images"
cmp -s "$set/images/S00019/S00019-001.jpg" "$T/more/images/S00019/S00019-001.jpg" ||
    cmp -s "$set/images/S00019/S00019-001.png" "$T/more/images/S00019/S00019-001.png"
ok $? "an image does not depend on how many there are"
synth --out "$T/seed" --subjects 1 --images 1 --seed 10 --size 64 --format png --quiet
synth --out "$T/other" --subjects 1 --images 1 --seed 11 --size 64 --format png --quiet
cmp -s "$T/seed/images/S00000/S00000-000.png" "$T/other/images/S00000/S00000-000.png"
is $? 1 "another seed, another face"

set=$T/off
synth --out "$set" --subjects 10 --images 2 --seed 9 --size 64 --plant off --darker-from 4 \
    --format jpeg
is "$status" 0 "--plant off"
like "$out" '^planted: nothing$' "says so"
grep -q '^THE PLANT. None' "$set/README.txt"
ok $? "in README.txt too"
is "$(tally planted)" "20 0; " "and in the labels"
is "$(tally skin)" "14 darker; 6 lighter; " "--darker-from"
is "$(tally format)" "20 jpeg; " "--format jpeg"

# refused OPTION... PATTERN: the last is what the one line says
refused() {
    pattern=$1
    shift
    synth --out "$T/never" "$@"
    is "$status" 2 "exit 2: $*"
    is "$(printf '%s\n' "$errs" | wc -l | tr -d ' ')" 1 "one line: $*"
    like "$errs" "$pattern" "which is clear: $*"
    [ ! -e "$T/never" ]
    ok $? "nothing made: $*"
}
refused "--subjects '0', expected a whole number from 1 to 100000" --subjects 0
refused "--images '-1', expected" --images -1
refused "--size '63', expected a whole number from 64 to 2048" --size 63
refused "--size '100000', expected" --size 100000
refused "--seed '1.5', expected a whole number" --seed 1.5
refused "--subjects '99999999999999999999', expected" --subjects 99999999999999999999
refused "100000000 images in all, expected at most 10000000" --subjects 100000 --images 1000
refused "--plant 'overexpose=1', expected off or underexpose=STOPS" --plant overexpose=1
refused "--plant 'underexpose=nan', expected" --plant underexpose=nan
refused "--plant 'underexpose=7', expected" --plant underexpose=7
refused "--format 'gif', expected one of mixed, png, jpeg" --format gif
refused "--darker-from '11', expected" --darker-from 11
refused "unexpected argument 'x'" x

synth --subjects 1
is "$status" 2 "without --out: exit 2"
like "$errs" 'expected --out DIR' "says what is missing"
synth --out "$T/off" --subjects 1
is "$status" 2 "a folder with something in it: exit 2"
like "$errs" 'off: is not empty, expected a new or empty folder$' "says why"
: >"$T/file"
synth --out "$T/file" --subjects 1
is "$status" 2 "a file: exit 2"
like "$errs" 'file: cannot be the folder of the set: Not a directory$' "says why"
is "$("$MISID" synth --help | head -n 1)" "usage: misid synth --out DIR [OPTION]..." "--help"
done_testing
