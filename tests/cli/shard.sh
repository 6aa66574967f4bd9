#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# --shard and misid merge: the parts of a work become what the whole would have written,
# bit for bit; and nothing else than all parts of one work is taken.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home
export MISID_DATA XDG_CACHE_HOME HOME
unset MISID_CACHE
cd "$T" || exit 99

"$MISID" synth --out set --subjects 25 --images 2 --seed 4 --size 128 >/dev/null || exit 99
one=$(find set -name '*.jpg' | sort | sed -n 7p)
two=$(find set -name '*.jpg' | sort | sed -n 41p)
bad=$(find set -name '*.jpg' | sort | sed -n 20p)
cp "$one" "$two"                       # equal images of two people, in two parts
head -c 300 "$one" >"$bad"             # a picture cut short
rm "$(find set -name '*.jpg' | sort | sed -n 33p)"

# same NAME WHOLE MERGED FILE…: these files are equal
same() {
    name=$1 whole=$2 merged=$3
    shift 3
    for file; do
        cmp "$whole/$file" "$merged/$file" || break
    done >differences 2>&1
    is "$(cat differences)" "" "$name"
}
# parts N FOLDER COMMAND…: FOLDER1 … FOLDERN
parts() {
    n=$1 folder=$2
    shift 2
    i=0
    while [ $i -lt "$n" ]; do
        i=$((i + 1))
        run "$@" --shard $i/"$n" --out "$folder$i" --quiet
        [ "$status$out$errs" = 0 ] || {
            printf '# %s\n' "$errs"
            return 1
        }
    done
}

# Images.
ingest() { "$MISID" ingest --dataset synthetic --root set "$@"; }
ingest --out roster --quiet
parts 3 r ingest
ok $? "ingest in three parts"
run "$MISID" merge rosters r3 r1 r2
is "$status" 0 "… merged in any order"
like "$out" "3 parts: 50 samples" "… and said so"
is "$(diff -r roster rosters)" "" "roster, attributes and problems as ingest alone has them"
like "$(cat rosters/problems.csv)" "duplicate-identity" "equal images of two parts are found"
like "$(cat rosters/problems.csv)" "unreadable" "… and what cannot be read"
parts 2 n ingest --no-images && "$MISID" merge names n1 n2 --quiet && ingest --out none \
    --no-images --quiet && diff -r names none >/dev/null
ok $? "without looking at images"

# Matchers.
embed() { "$MISID" embed --dataset synthetic --root set --backend lbp "$@"; }
embed --covariates --out whole --quiet
parts 4 e embed --covariates
ok $? "embed in four parts"
run "$MISID" merge merged e2 e4 e1 e3
is "$status" 0 "… merged"
same "templates, roster, outputs with covariates, problems: the same bytes" whole merged \
    templates.npy roster.csv outputs.csv problems.csv attributes.csv
is "$(ls merged)" "$(ls whole)" "… and the same files"
backend() { sed '/^  "timing"/,$d' "$1/backend.json"; }
is "$(backend merged)" "$(backend whole)" "… and the same record, but for times"
is "$(sed -n 's/^  "samples": \([0-9]*\),/\1/p' merged/timing.json)" 50 "timing.json counts all"
like "$(cat merged/timing.json)" '"parts": \[' "… and has the times of each part"
embed --limit 10 --faces --change exposure=-1 --out few --quiet
parts 3 f embed --limit 10 --faces --change exposure=-1 &&
    "$MISID" merge fews f1 f2 f3 --quiet && cmp few/outputs.csv fews/outputs.csv &&
    cmp few/templates.npy fews/templates.npy
ok $? "of the first ten, changed"
parts 2 z embed --no-cache --backend null && "$MISID" merge zs z1 z2 --quiet &&
    embed --no-cache --backend null --out z --quiet && [ "$(ls z)" = "$(ls zs)" ]
ok $? "a backend without templates"
embed --out e1 --quiet
[ ! -e e1/shard.json ]
ok $? "a whole in the folder of a part is none any more"
parts 4 e embed --covariates

# Scores: of all kinds, with some that are lost.
whole="whole --by gender"
score() { "$MISID" score "$@"; }
# agrees NAME N OPTIONS…
agrees() {
    name=$1 n=$2
    shift 2
    rm -rf s[0-9]* one all
    score "$@" --out one --quiet || return
    parts "$n" s score "$@" --threads 2
    set -- s[0-9]*
    run "$MISID" merge all "$@" --quiet
    is "$status:$errs:$(diff -r one all)" "0::" "$name: the same bytes"
}
agrees "all pairs in three parts" 3 $whole --thresholds .5,.6,.8
agrees "… in more parts than blocks" 40 $whole --thresholds .5,.7
agrees "one part" 1 $whole --thresholds .6
agrees "a raised floor" 5 $whole --thresholds .8 --max-exceedances 70
agrees "a target" 5 $whole --thresholds .6 --target-fmr .01,.2
agrees "a target beyond the cap" 5 $whole --thresholds .6 --target-fmr .1 --max-exceedances 9
agrees "cosine, tail" 4 $whole --thresholds .9,.95 --similarity cosine --mode tail
agrees "compared among the same" 3 $whole --same age --thresholds .6
agrees "lost ones are non-matches" 3 $whole --thresholds .6 --failures non-match
agrees "probes and gallery" 4 merged --probes whole --by gender --thresholds .6 --top 7
agrees "… of which one image stands for a person" 4 merged --probes whole --by gender \
    --thresholds .6 --top 3 --consolidate max
agrees "… in tail mode" 4 merged --probes whole --similarity cosine --thresholds .9 --mode tail
awk -F, 'NR > 1 { s[NR] = $1 } END { print "probe,reference"
    for (i = 2; i + 7 <= NR; i++) print s[i] "," s[i + 7]
    for (i = 2; i < NR; i++) print s[i] "," s[i + 1] }' whole/roster.csv >"50%25 list.csv"
run score $whole --trials "50%25 list.csv" --thresholds .6 --out listed --quiet
is "$status" 0 "a list of trials" || echo "# $errs"
rm -rf s[0-9]*
parts 3 s score $whole --trials "50%25 list.csv" --thresholds .6 &&
    "$MISID" merge list s2 s3 s1 --quiet
is "$status:$(diff -r listed list)" "0:" "… in three parts: the same bytes"
printf 'probe,reference,verdict\n%s,%s,same\n' "${one#set/}" "${two#set/}" >same.csv
agrees "people who were joined" 3 merged --by gender --thresholds .6 --same-person same.csv

# What a part says; and it takes nothing from another part of the same folder.
rm -rf s[0-9]*
parts 3 s score $whole --thresholds .6
run score $whole --thresholds .6 --shard 2/3 --out s1
like "$out" "Part 2 of 3: [0-9]+ comparisons" "what a part says"
run score $whole --thresholds .6 --shard 1/3 --out s1 --json
like "$out" '"of": 3' "… as JSON"

# The example for Slurm, with srun played by a stand-in.
mkdir bin
printf '#!/bin/sh\nwhile [ "${1#-}" != "$1" ]; do shift; done\nexec "$@"\n' >bin/srun
chmod +x bin/srun
ln -s "$(cd "$(dirname "$MISID")" && pwd)/$(basename "$MISID")" bin/misid
slurm() { # slurm SCRIPT VARIABLE=VALUE…
    script=$SRCDIR/scripts/slurm/$1
    shift
    run env PATH="$PWD/bin:$PATH" MISID_SET=synthetic MISID_ROOT=set MISID_BACKEND=lbp \
        MISID_OUT=cluster MISID_BY=gender MISID_TARGET_FMR=.01 "$@" bash "$script"
    is "$status" 0 "$(basename "$script") $*" || printf '# %s\n' "$errs"
}
if command -v bash >/dev/null; then
    for i in 1 2 3; do
        slurm embed.sbatch SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=3
    done
    slurm score.sbatch SLURM_CPUS_PER_TASK=2
    slurm embed.sbatch SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=1 MISID_PARTS=3
    cmp -s cluster/whole/templates.npy whole/templates.npy && [ -s cluster/scores/cells.csv ]
    ok $? "a cluster job"
else
    skip "no bash" "a cluster job"
fi

# What is no part, or not all of them.
refuses() { # refuses NAME REGEXP COMMAND…
    name=$1 words=$2
    shift 2
    run "$@"
    is "$status$out" 2 "$name: exit status 2"
    is "$(printf '%s\n' "$errs" | wc -l | tr -d ' ')" 1 "$name: one line"
    like "$errs" "$words" "$name: says why"
}
merge() { "$MISID" merge "$@"; }
refuses "a part is missing" 'of 3 parts 2 is missing' merge bad s1 s3
refuses "two are" 'of 4 parts 2, 3 are missing' merge bad e1 e4
refuses "one twice" 's[13] and s[13]/? are both part 1 of 3' merge bad s1 s2 s1/
refuses "a copy of one" 'are both part' sh -c 'cp -r s2 s4; "$0" merge bad s1 s2 s4 s3' "$MISID"
rm -rf s4
refuses "of other commands" 'e1 is not of the same work as s1' merge bad s1 s2 e1
refuses "no part" 'whole: is no part, or not a whole one' merge bad s1 s2 whole
refuses "nothing there" 'nowhere: is no part' merge bad nowhere
score $whole --thresholds .65 --shard 3/3 --out s4 --quiet
refuses "of other options" 's4 is not of the same work as s1' merge bad s1 s2 s4
score few --thresholds .6 --by gender --shard 3/3 --out s4 --quiet
refuses "of other images" 's4 is not of the same work as s1' merge bad s1 s2 s4
embed --shard 4/4 --out e5 --quiet
refuses "of other measures" 'e5 is not of the same work as e1' merge bad e1 e2 e3 e5
refuses "into a part" 's1 is the folder of part 1' merge s1 s1 s2 s3
refuses "without parts" 'expected OUT and all the PARTs' merge bad
is "$(ls bad 2>/dev/null)" "" "nothing was written"
refuses "a part as if it were all" 'e1: is a part of a whole' score e1 --thresholds .6 --out bad
refuses "a part in the folder of the whole" 'expected --out with another folder' \
    score whole --thresholds .6 --shard 1/2
for shard in 0/3 4/3 1 1/ /3 a/b 1/3x -1/3 1.5/3 1/99999; do
    refuses "--shard $shard" 'expected I/N' ingest --out bad --shard="$shard"
done
refuses "more parts than samples" 'no more parts than samples' ingest --out bad --shard 3/51

# Damaged parts.
for file in score.part roster.csv; do
    cp -r s2 s5
    printf x >>"s5/$file"
    refuses "$file longer" "s5/$file: is not the file that shard.json records" merge bad s1 s3 s5
    rm "s5/$file"
    refuses "$file gone" "s5/$file: cannot" merge bad s1 s3 s5
    rm -rf s5
done
cp -r s2 s5
sed 's/"key": "[^"]*"/"key": "0"/' s2/shard.json >s5/shard.json
refuses "another key" 'not of the same work' merge bad s1 s3 s5
sed 's/"shard": 2/"shard": 4/' s2/shard.json >s5/shard.json
refuses "part 4 of 3" 'expected the record of a part' merge bad s1 s3 s5
head -c 100 s2/shard.json >s5/shard.json
refuses "half a record" 's5/shard.json' merge bad s1 s3 s5
sed 's/"score.part"/"..\/s2\/score.part"/' s2/shard.json >s5/shard.json
refuses "a file elsewhere" 'expected files of the folder' merge bad s1 s3 s5
# A state that lies about itself, under a hash that fits.
cp s1/score.part s5/score.part
sed "s/$(sha256sum s2/score.part | cut -d' ' -f1)/$(sha256sum s1/score.part | cut -d' ' -f1)/" \
    s2/shard.json >s5/shard.json
refuses "the comparisons of another part" 'counted already' merge bad s1 s3 s5
for at in 0 40 100 200 400 900; do
    cp s2/score.part s5/score.part
    printf '\377' | dd of=s5/score.part bs=1 seek=$at conv=notrunc 2>/dev/null
    sed "s/$(sha256sum s2/score.part | cut -d' ' -f1)/$(sha256sum s5/score.part | cut -d' ' -f1)/" \
        s2/shard.json >s5/shard.json
    run merge bad s1 s3 s5
    [ "$status" = 2 ] && printf '%s\n' "$errs" | grep -q 'damaged' || break
done
is "$at$status" 9002 "a byte of a state, wherever it is"
run merge bad s1 s2 s3 --json
is "$status" 0 "and then all is well"
like "$out" '"non_mated": [0-9]' "merge --json"
run sh -c '"$0" merge --help; "$0" help merge' "$MISID"
like "$out" "usage: misid merge OUT PART" "merge --help"
done_testing
