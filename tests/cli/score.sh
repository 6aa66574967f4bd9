#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid score: its files against a brute-force count in NumPy, for every similarity and
# kind of trials; all bad inputs; and that a run killed again and again ends with the
# same bytes.
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
$python -c 'import numpy' 2>/dev/null || skip_all "no NumPy for $python"
cd "$T" || exit 99
oracle=$SRCDIR/tests/oracles/scores.py

# A cohort: people with one to six images, two axes, a few samples that failed, a few
# without a value, copies of one template (scores of 1), scores on the edges of bins.
cat >make.py <<'END'
import csv, sys
import numpy as np
name, n, dim, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
rng = np.random.default_rng(seed)
person = np.sort(rng.integers(0, n // 3, n))
rng.shuffle(person)
centre = np.random.default_rng(7).normal(size=(n, dim))
x = (centre[person] + .9 * rng.normal(size=(n, dim))).astype("<f4")
x[10:14] = x[9]
x[20:24] = 0
x[np.arange(20, 24), np.arange(4)] = 1
x[3, 1] = np.nan
x[4] = 0
np.save(name + ".npy", x)
np.save(name + "-abs.npy", abs(x))
np.save(name + "-fortran.npy", np.asfortranarray(x))
with open(name + ".csv", "w", newline="") as f:
    w = csv.writer(f)
    w.writerow(["sample", "subject", "sex", "tone;m", "status"])
    for i in range(n):
        w.writerow([f"{name}{i}.jpg", f"p{person[i]}", "fm"[person[i] % 2],
                    ["dark", "50% light", ""][0 if person[i] % 3 else 2 if i % 5 == 0 else 1],
                    "no-face" if i in (6, 15) else "ok"])
END
$python make.py t 150 16 1 && $python make.py q 60 16 2
ok $? "a cohort of templates"
$python - <<'END'
import csv, random
random.seed(3)
rows = list(csv.DictReader(open("t.csv")))
pairs = [random.sample(rows, 2) for _ in range(300)]
by = {}
for r in rows:
    by.setdefault(r["subject"], []).append(r)
pairs += [p[:2] for p in by.values() if len(p) > 1] + pairs[:5]
with open("plain.csv", "w") as f, open("said.csv", "w") as g:
    f.write("probe,reference\n")
    g.write("probe,reference,mated\n")
    for a, b in pairs:
        f.write(f"{a['sample']},{b['sample']}\n")
        g.write(f"{a['sample']},{b['sample']},{'yes' if a['subject'] == b['subject'] else 'no'}\n")
with open("nobody.csv", "w") as f: # people are known from the list alone
    f.write("sample,sex\n")
    for r in rows:
        f.write(f"{r['sample']},{r['sex']}\n")
with open("unlabelled.csv", "w") as f: # a gallery without labels
    f.write("sample,subject\n")
    for r in rows:
        f.write(f"{r['sample']},{r['subject']}\n")
END

templates="--templates t.npy --roster t.csv"
searches="$templates --probes q.npy --probe-roster q.csv"
# agrees NAME FILES OPTIONS… [-- ORACLE'S…]
agrees() {
    name=$1 files=$2
    shift 2
    rm -rf out
    run "$MISID" score $files "$@" --out out --quiet
    is "$status:$errs" "0:" "$name" || return
    run $python "$oracle" out $files ${floor:+--floor "$floor"}
    [ "$status" -eq 0 ] && [ -n "$out" ]
    ok $? "$name: every file as NumPy has it" || printf '%s\n' "$out" "$errs" | sed 's/^/# /'
}
agrees "cosine" "$templates" --by "sex,tone;m" --thresholds .5,.1,0,.25,1
agrees "tail mode" "$templates" --by "sex,tone;m" --thresholds .5,.25 --mode tail
agrees "inner product" "$templates" --by sex --thresholds 5,1,-3 --similarity inner --bins 4096
agrees "inner product, tail" "$templates" --by sex --thresholds 12 --similarity inner --mode tail
agrees "Euclidean distance" "$templates" --by sex --thresholds 3,7,4.5,0 --similarity euclidean
agrees "chi-square" "--templates t-abs.npy --roster t.csv" --by sex --thresholds 3,8 \
    --similarity chi-square
agrees "columns first" "--templates t-fortran.npy --roster t.csv" \
    --thresholds .3
agrees "same axis" "$templates" --by sex --same "tone;m" --thresholds .1,.4
agrees "lost comparisons as non-matches" "$templates" --by sex --thresholds .3 \
    --failures non-match
floor=-.1
agrees "a floor of its own" "$templates" --by sex --thresholds .3 --floor -.1
floor=
agrees "a raised floor" "$templates" --by sex --thresholds 0 --max-exceedances 70
agrees "a floor at which none fit" "$templates" --by sex --thresholds .3 --max-exceedances 0
agrees "down to a target FMR" "$templates" --by sex --thresholds .6 --target-fmr .002,.02
agrees "a target beyond the cap" "$templates" --by sex --thresholds .6 --target-fmr .1 \
    --max-exceedances 99
agrees "target and distance" "$templates" --thresholds 1 --target-fmr .01 \
    --similarity euclidean --bins 512
agrees "probes and gallery" "$searches" --by "sex,tone;m" --thresholds .1,.4
agrees "few candidates" "$searches" --by sex --thresholds .9 --top 2
agrees "one image stands for a person" "$searches" --by sex --thresholds .4,.2 --top 5 \
    --consolidate max
agrees "a raised floor among candidates" "$searches" --by sex --thresholds .1 \
    --max-exceedances 40 --top 3
agrees "search, tail" "$searches" --by "sex,tone;m" --thresholds .4 --mode tail --top 200
agrees "search among the same, tail" "$searches" --by sex --same "tone;m" --thresholds .4 \
    --mode tail
agrees "search by distance" "$searches" --by sex --thresholds 3,5 --similarity euclidean
agrees "a gallery without labels" \
    "--templates t.npy --roster unlabelled.csv --probes q.npy --probe-roster q.csv" \
    --by sex --thresholds .2
agrees "a plain list" "$templates --trials plain.csv" --by sex --thresholds .1,.4
agrees "a list that says who is mated" "$templates --trials said.csv" --by "sex,tone;m" \
    --thresholds .1,.4
agrees "people known from the list alone" \
    "--templates t.npy --roster nobody.csv --trials said.csv" --by sex --thresholds .1
run "$MISID" score --templates t.npy --roster nobody.csv --thresholds .1 --out alone
like "$out" '^the roster does not say whose samples they are: each is taken for a person of its own$' \
    "a roster without people is told"
like "$out" ' of 150 people in 1 group$' "... each sample is one"
run "$MISID" score --templates t.npy --roster t.csv --trials out/scores.csv --thresholds .1 \
    --out again --quiet
is "$status" 0 "scores.csv is a list of trials"

# Threads, kernels and modes make no difference.
same() { # same NAME FOLDER: the files that do not name the mode
    for file in cells.csv margins.npy mated.npy exceedances.npy; do
        cmp "one/$file" "$2/$file" || break
    done >differences 2>&1
    is "$(cat differences)" "" "$1"
}
"$MISID" score $templates --by sex --thresholds .2,.5 --out one --quiet --threads 1
"$MISID" score $templates --by sex --thresholds .2,.5 --out seven --quiet --threads 7
MISID_ISA=scalar "$MISID" score $templates --by sex --thresholds .2,.5 --out scalar --quiet
"$MISID" score $templates --by sex --thresholds .2,.5 --out tail --quiet --mode tail
is "$(diff -r one seven)" "" "one thread and seven: the same bytes"
is "$(diff -r one scalar)" "" "the scalar kernel: the same bytes"
same "tail mode: the same cells, margins, mated pairs, exceedances" tail

# A folder as embed makes it: rows of templates as rows of outputs.csv.
mkdir embedded
$python - <<'END'
import csv
import numpy as np
rows = list(csv.DictReader(open("t.csv")))
x = np.load("t.npy")
order = np.random.default_rng(5).permutation(len(rows))
out, templates = [], []
for i in order:
    out.append([rows[i]["sample"], 0, rows[i]["status"]])
    templates.append(x[i])
    if i % 9 == 0: # a second face
        out.append([rows[i]["sample"], 1, "ok"])
        templates.append(x[(i + 1) % len(x)])
np.save("embedded/templates.npy", np.array(templates))
with open("embedded/outputs.csv", "w") as f:
    f.write("face,sample,quality,status\n")
    for s, face, status in out:
        f.write(f"{face},{s},.5,{status}\n")
END
sed 's/^sample,subject,/sample,subject,path,reason,/; 2,$s/^\([^,]*,[^,]*\),/\1,,,/' t.csv \
    >embedded/roster.csv
"$MISID" score embedded --by sex --thresholds .2,.5 --quiet
ok $? "a folder that embed made"
same "the first face of every sample" embedded
run "$MISID" score t --thresholds .2 --out x
is "$status" 2 "a folder that is not there"

# The summary.
run "$MISID" score $templates --by sex --thresholds .2,.5 --out one --json
like "$out" '"non_mated": [0-9]+' "--json is a summary"
run "$MISID" score $templates --by "sex,tone;m" --same sex --thresholds .2,.5 --out told
like "$out" 'samples failed: [1-9]' "failures are told"
like "$out" 'samples are in no group' "samples without a value are told"
like "$out" 'only samples of the same sex' "a restriction is told"

# Bad inputs: one line each, exit 2.
$python - <<'END'
import numpy as np
x = np.load("t.npy")
np.save("int.npy", np.nan_to_num(x).astype("i4"))
np.save("double.npy", x.astype("<f8"))
np.save("big.npy", x.astype(">f4"))
np.save("line.npy", x[:, 0])
np.save("cube.npy", x.reshape(150, 4, 4))
np.save("short.npy", x[:149])
np.save("narrow.npy", np.load("q.npy")[:, :8])
b = open("t.npy", "rb").read()
open("cut.npy", "wb").write(b[:-3])
open("no.npy", "wb").write(b[:5])
np.save("none.npy", x[:, :0])
END
sed 's/^t5.jpg/t4.jpg/' t.csv >twice.csv
sed 's/,p[0-9]*,/,p1,/' t.csv >alone.csv
head -n 1 t.csv >empty.csv
sed 's/,ok/,fine/' t.csv >status.csv
printf 'probe,reference\nt1.jpg,t1.jpg\n' >self.csv
printf 'probe,reference,mated\nt1.jpg,t2.jpg,perhaps\n' >perhaps.csv
printf 'probe,reference,mated\nt9.jpg,t10.jpg,%s\n' "$(
    [ "$(sed -n 11p t.csv | cut -d, -f2)" = "$(sed -n 12p t.csv | cut -d, -f2)" ] &&
        echo no || echo yes)" >against.csv
printf 'a,b\nt1.jpg,t2.jpg\n' >columns.csv
printf 'probe,reference\n' >notrials.csv
printf 'probe,reference\nt1.jpg,nobody.jpg\n' >strangers.csv
refused() { # refused SAYS NAME OPTIONS…
    says=$1 name=$2
    shift 2
    rm -rf bad
    run "$MISID" score "$@"
    is "$status" 2 "$name: exit 2"
    is "$(printf '%s\n' "$errs" | wc -l)" 1 "$name: one line"
    like "$errs" "$says" "$name: says what"
    [ ! -e bad ]
    ok $? "$name: nothing is written"
}
o="--thresholds .5 --out bad"
{
    refused "type '<i4'" "integers" --templates int.npy --roster t.csv $o
    refused "type '<f8', expected '<f4'" "doubles" --templates double.npy --roster t.csv $o
    refused "type '>f4', expected '<f4'" "the other byte order" --templates big.npy \
        --roster t.csv $o
    refused "one dimension, expected two" "one dimension" --templates line.npy \
        --roster t.csv $o
    refused "one or two dimensions" "three dimensions" --templates cube.npy --roster t.csv $o
    refused "bytes of data" "a cut array" --templates cut.npy --roster t.csv $o
    refused "ends before|no NumPy" "no array" --templates no.npy --roster t.csv $o
    refused "expected 1 to" "no numbers" --templates none.npy --roster t.csv $o
    refused "149 templates, but t.csv has 150" "too few rows" --templates short.npy \
        --roster t.csv $o
    refused "twice.csv:7: sample 't4.jpg' was there before" "a sample twice" \
        --templates t.npy --roster twice.csv $o
    refused "all samples are of one person" "one person" --templates t.npy \
        --roster alone.csv $o
    refused "has no samples" "an empty roster" --templates t.npy --roster empty.csv $o
    refused "no attribute|colour" "an axis that is not there" $templates --by colour $o
    refused "'sex' twice" "an axis twice" $templates --by sex,sex $o
    refused "an empty item" "an empty axis" $templates --by sex, $o
    refused "1.5 is out of range" "a cosine of 1.5" $templates --thresholds 1.5 --out bad
    refused "out of range" "a negative distance" $templates --thresholds -1 --out bad \
        --similarity euclidean
    refused "'nan', expected a number" "no number" $templates --thresholds nan --out bad
    refused "has 0.5 twice" "a threshold twice" $templates --thresholds .5,.50 --out bad
    refused "expected one of cosine" "no similarity" $templates $o --similarity cosinus
    refused "power of two" "odd bins" $templates $o --bins 1000
    refused "whole number from 1" "no threads" $templates $o --threads 0
    refused "between 0 and 1" "a target of 2" $templates $o --target-fmr 2
    refused "expected --thresholds" "no thresholds" $templates --out bad
    refused "expected --templates" "no roster" --templates t.npy $o
    refused "16 numbers, templates of 8|probes of 8" "probes of another kind" $templates \
        --probes narrow.npy --probe-roster q.csv $o
    refused "go with" "a probe roster alone" $templates --probe-roster q.csv $o
    refused "one sample, expected two" "a sample against itself" $templates --trials self.csv $o
    refused "mated is 'perhaps'" "mated perhaps" $templates --trials perhaps.csv $o
    refused "mated in the list" "a list against the roster" $templates --trials against.csv $o
    refused "expected the columns" "a list of other columns" $templates --trials columns.csv $o
    refused "has no trials" "an empty list" $templates --trials notrials.csv $o
    refused "'nobody.jpg' is not in the roster" "a list of strangers" $templates \
        --trials strangers.csv $o
    MISID_ISA=abacus
    export MISID_ISA
    refused "MISID_ISA|abacus" "a kernel that is not there" $templates $o
    unset MISID_ISA
}
run "$MISID" score --templates t.npy --roster status.csv $o
is "$status" 2 "statuses of nobody's: exit 2"
run "$MISID" score $templates --by sex --bins 1048576 --thresholds .5 --out big --quiet
is "$status" 0 "histograms within the bound"
run "$MISID" score $templates --by sample --thresholds .5 --out bad
is "$status" 2 "an axis of names is none"

# Killed again and again, the same command goes on and ends with the same bytes.
$python make.py k 2500 128 4
cut="--templates k.npy --roster k.csv --by sex --thresholds .2,.5 --threads 2 --checkpoint 0"
"$MISID" score $cut --out whole --quiet
ok $? "an undisturbed run"
MISID_ISA=scalar
export MISID_ISA # slow
# begin: the command in the background, until it has written a new state or is done
begin() {
    before=$(ls -i cut/score.state 2>/dev/null)
    "$MISID" score $cut --out cut >/dev/null 2>said &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        now=$(ls -i cut/score.state 2>/dev/null)
        [ "$now" = "$before" ] || break
        sleep .01
    done
}
killed=0 resumed=0 tries=0
while [ "$killed" -lt "${KILLS:-5}" ] && [ "$tries" -lt 200 ]; do
    tries=$((tries + 1))
    begin
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? -eq 137 ] && killed=$((killed + 1))
    grep -q 'going on from' said && resumed=$((resumed + 1))
    [ -e cut/scores.json ] || continue
    [ "$resumed" -gt 0 ] && break
    rm -rf cut # it was done before
done
[ "$killed" -gt 0 ] && [ "$resumed" -gt 0 ]
ok $? "killed $killed times, gone on $resumed times"
"$MISID" score $cut --out cut --quiet
ok $? "to the end"
finished cut got
is "$(diff -rq whole got)" "" "the same bytes as undisturbed"
[ ! -e cut/score.state ]
ok $? "no state is left"
tries=0 status=0
while [ "$status" -eq 0 ] && [ "$tries" -lt 5 ]; do # 0: it was done before
    tries=$((tries + 1))
    rm -rf cut
    begin
    kill -INT $pid 2>/dev/null
    wait $pid
    status=$?
done
is "$status" 2 "interrupted: exit 2"
like "$(cat said)" 'interrupted at .* the same command goes on' "and says how to go on"
is "$(ls cut)" "score.state" "a state and nothing else"
cksum <cut/score.state >state
run "$MISID" score $cut --out cut --by tone\;m --resume
is "$status|$errs" "2|misid: score: --resume: cut/score.state is of other inputs or options, \
expected the state of this command; without --resume it starts afresh" \
    "--resume does not start afresh over the state of another command"
is "$(cksum <cut/score.state)" "$(cat state)" "which stays"
run "$MISID" score $cut --out cut --by tone\;m
like "$errs" 'of other inputs or options: starting afresh' "another command starts afresh"
begin
kill -TERM $pid
wait $pid
printf 'x' | dd of=cut/score.state bs=1 seek=300 conv=notrunc 2>/dev/null
run "$MISID" score $cut --out cut
is "$status" 0 "a damaged state does no harm"
like "$errs" 'score.state is damaged: starting afresh' "and is told"
finished cut got
is "$(diff -rq whole got)" "" "and the same bytes come out"
done_testing
