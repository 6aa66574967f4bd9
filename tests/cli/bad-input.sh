#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a user may get wrong: exit status 2, one line a fault on standard error
# that names file and line or option, nothing on standard output, nothing written.
. "$(dirname "$0")/../lib.sh"

cd "$T" || exit 99
mkdir -p bench datasets/set results
study=bench/s.yaml

# good: a study and a data set without fault
good() {
    cat >$study <<'END'
study: s
title: t
question: q
task: classify
evidence: published
dataset: set
axes: [{name: g, values: [f, m]}]
metrics: [error]
by: [[g]]
claims:
- {id: c, says: x, source: y, type: difference, group: g=f, versus: g=m}
- {id: p, says: x, source: y, type: printed}
END
    cat >datasets/set/dataset.yaml <<'END'
name: set
title: t
about: a
source: s
counts: counts.csv
printed: printed.csv
END
    cat >datasets/set/counts.csv <<'END'
backend,metric,group,x,n,n_lo,n_hi,derived,source
A,error,g=f,30,100,,,no,s
A,error,g=m,10,100,,,no,s
END
    cat >datasets/set/printed.csv <<'END'
claim,backend,metric,group,versus,point,printed,unit,source
p,A,error,g=f,,,30.0,percent,s
END
}
# bad NAME LINE... : misid run on what there is says exactly these lines, and
# leaves results as it was
bad() {
    name=$1
    shift
    run timeout 60 "$MISID" run $study
    is "$status" 2 "$name: exit 2"
    is "$out$(ls results)" "" "$name: nothing on standard output, nothing written"
    is "$errs" "$(printf 'misid: %s\n' "$@")" "$name: one line a fault"
    good
}
# bad_option NAME LINE ARGUMENT... : as bad, of a command line
bad_option() {
    name=$1 line=$2
    shift 2
    run timeout 60 "$MISID" "$@"
    is "$status" 2 "$name: exit 2"
    is "$out$(ls results)" "" "$name: nothing on standard output, nothing written"
    is "$errs" "misid: $line" "$name: one line"
}
# change FILE SED-SCRIPT
change() {
    sed "$2" "$1" >changed && mv changed "$1"
}

good
"$MISID" run $study --quiet
ok $? "the study without fault runs"
rm -r results/s

# The command line.
bad_option "no study" "run: 0 studies named, expected one: misid run STUDY.yaml" run
bad_option "two studies" "run: 2 studies named, expected one: misid run STUDY.yaml" \
    run $study $study
run "$MISID" dataset -h
is "$status|$errs" "0|" "dataset -h"
run "$MISID" help -h
is "$status|$errs" "0|" "help -h"
run "$MISID" cache stat --cache "$T/none"
is "$status|$errs" "2|misid: $T/none: no cache is there, expected the folder of an answers.db" \
    "a cache that is not there"
[ ! -e "$T/none" ]
ok $? "... is not made"
# what the options do stands in one column, whatever their arguments are called
is "$("$MISID" help score | LC_ALL=C.UTF-8 grep -cE '^  --.{22} [^ ]')" \
    "$("$MISID" help score | grep -c '^  --')" "help: a column of words"
known=$("$MISID" help run | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | paste -sd, | sed 's/,/, /g')
bad_option "unknown option" "run: unknown option --outt, expected one of $known" \
    run $study --outt x
bad_option "unknown short option" "run: unknown option -o, expected one of $known" \
    run $study -o
bad_option "option without value" "run: --out needs a value, expected DIR" run $study --out
bad_option "flag with value" "run: --quiet takes no value, got 'yes'" run $study --quiet=yes
bad_option "empty folder name" "a folder with an empty name cannot be made" run $study --out ''
bad_option "no such file" "nowhere.yaml: cannot read: No such file or directory" run nowhere.yaml
bad_option "a folder for a study" "bench: is not a regular file" run bench
bad_option "unknown backend" "$study: backends: 'B' has no counts, expected one of A" \
    run $study --backend B
bad_option "backend twice" "run: --backend 'A' stands twice, expected each once" \
    run $study --backend A --backend A
run "$MISID" run $study --set confidnce=.9
is "$status$out$(ls results)" 2 "--set of no key: exit 2"
like "$errs" '^misid: --set confidnce: confidnce: unknown key, expected one of confidence, ' \
    "--set of no key: one line, with the likeliest key"
bad_option "--set out of range" "--set confidence: confidence: 2, expected a number from 0.5 to \
0.999999" run $study --set confidence=2
bad_option "--set of no method" "$study: estimators.proportion: 'wald' is not a method for a \
proportion, expected one of $("$MISID" list estimators | grep -E 'proportion|fmr' | awk '{ printf "%s%s", s, $1; s = ", " }')" \
    run $study --set estimators.proportion=wald
for stage in estimate chart; do
    bad_option "$stage of nothing" "$stage: 0 run folders named, expected one" $stage
    bad_option "$stage of no run" "nowhere/run.json: cannot read: No such file or directory" \
        $stage nowhere
done
mkfifo pipe
bad_option "a FIFO for a study" "pipe: is not a regular file" run pipe

# The study.
change $study 's/type: difference/type: diference/; s/^task: .*/taks: classify/'
change $study 's/title: t/title: t\ntitle: u/'
bad "a key twice" "$study:3: title: is there again, after line 2, expected each key once"
change $study 's/^task: .*/task: sort/; s/g=m}/g=x}/; s/dataset: set/dataset: ..\/set/'
bad "several faults" \
    "$study:4: task: sort, expected one of classify, verify, identify" \
    "$study:6: dataset: '../set' is not a name, expected letters, digits, '-' and '_', at most 80" \
    "$study:11: claims[0].versus: axis 'g' has no value 'x', expected one of f, m"
printf 'study: [\n' >$study
run "$MISID" run $study
is "$status$out" 2 "no YAML: exit 2"
like "$errs" "^misid: $study:[0-9]+: " "no YAML: file and line"
printf 'a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n' >$study
run timeout 60 "$MISID" run $study
is "$status$out" 2 "aliases: exit 2"
like "$errs" "^misid: $study:1: the anchor &a, expected none" "aliases: file and line"
good
change $study 's/dataset: set/dataset: other/'
run "$MISID" run $study
is "$status$out" 2 "no such data set: exit 2"
like "$errs" "^misid: no data set called 'other', expected other/dataset.yaml in one of bench/../datasets, " \
    "no such data set: where it was looked for"
good
change $study 's/type: printed/type: printed, margin: 1/; s/g=f, versus: g=m/g=f, versus: g=f/'
bad "a key of another type of claim" \
    "$study:12: claims[1].margin: is not a key of a claim of type printed, expected none"
change $study 's/g=f, versus: g=m/g=f, versus: g=f/'
bad "a group against itself" "$study:11: claims[0]: 'g=f' and 'g=f' may share people, expected \
groups that differ on an axis"
change $study 's/type: difference/type: difference, point: t=9/'
bad "a point without counts" "$study:11: claims[0].point: 't=9' has no counts of 'error', \
expected one of ''"
printf '%s\n' 'charts: [{chart: pie, id: a, title: t}]' >>$study
run "$MISID" run $study
is "$status$out" 2 "no such chart: exit 2"
like "$errs" "^misid: $study:13: .*'pie'" "no such chart: file and line"
good

# The data set.
change datasets/set/dataset.yaml 's/name: set/name: sett/; s/counts.csv/..\/counts.csv/'
bad "a descriptor" \
    "bench/../datasets/set/dataset.yaml:1: name: 'sett', expected 'set' like its folder" \
    "bench/../datasets/set/dataset.yaml:5: counts: '../counts.csv' is not a file of this \
folder, expected a name without '/'"
rm datasets/set/counts.csv
bad "no counts" \
    "bench/../datasets/set/counts.csv: cannot read: No such file or directory"
metrics=$("$MISID" list metrics | sed 's/ .*//' | paste -sd, | sed 's/,/, /g')
cat >datasets/set/counts.csv <<'END'
backend,metric,group,x,n,n_lo,n_hi,derived,source
A,error,g=f,300,100,,,no,s
A,error,g=m,10,100,,,no,s
B,eror,g=m,10,100,,,no,s
A,error,g=x,ten,100,,,perhaps,s
END
bad "several faults in the counts" \
    "bench/../datasets/set/counts.csv:2: x is 300 and n is 100, expected x at most n" \
    "bench/../datasets/set/counts.csv:4: metric is 'eror', expected one of $metrics, with an operating point behind '@' if there is one" \
    "bench/../datasets/set/counts.csv:5: axis 'g' has no value 'x', expected one of f, m" \
    "bench/../datasets/set/counts.csv:5: x is 'ten', expected a whole number from 0 to 2^53" \
    "bench/../datasets/set/counts.csv:5: derived is 'perhaps', expected yes or no"
printf 'A,error\nB,error,all,1,2,,,no,s,t\n' >>datasets/set/counts.csv
bad "rows of other lengths" \
    "bench/../datasets/set/counts.csv:4: 2 cells, expected 9 as in the header" \
    "bench/../datasets/set/counts.csv:5: 10 cells, expected 9 as in the header"
cat >datasets/set/counts.csv <<'END'
backend,metric,group,x,n,n_lo,n_hi,derived,source
A,error,all,41,200,,,no,s
A,error,g=f,30,100,,,no,s
A,error,g=m,10,100,,,no,s
END
bad "counts that do not add up" "bench/../datasets/set/counts.csv:2: 'all' has 41 of 200, but \
the groups inside it sum to 40 of 200, expected the same"
printf 'p,A,error,g=f,,,1e3,percent,s\np,A,error,g=f,,,30,ppm,s\n' >>datasets/set/printed.csv
bad "printed figures" \
    "bench/../datasets/set/printed.csv:3: printed is '1e3', expected the figure in decimal digits \
as printed" \
    "bench/../datasets/set/printed.csv:4: unit is 'ppm', expected percent, points, \
points-of-rounded, count or ratio"
change datasets/set/printed.csv 's/^p,/q,/'
bad "a claim without its figures" "$study:12: claims[1]: the data set 'set' has no printed \
figures of 'p', expected some"
change datasets/set/printed.csv 's/,A,/,a,/'
bad "figures of nobody" "bench/../datasets/set/printed.csv:2: backend 'a' has no counts, \
expected one that has"
head -c 100 /dev/urandom >datasets/set/counts.csv
run timeout 60 "$MISID" run $study
is "$status$out$(ls results)" 2 "noise for counts: exit 2"
good

# Names that would forge a line or drive a terminal.
printf 'backend,metric,group,x,n,n_lo,n_hi,derived,source\n"A\nmisid: all is well\033[2J",error,g=f,3,2,,,no,s\n' \
    >datasets/set/counts.csv
run "$MISID" run $study
is "$(printf '%s\n' "$errs" | wc -l)" 1 "a name with a line end makes one line"
unlike "$errs" "$(printf '\033')" "no control character goes out"
good
weird=$(printf 'n\033[2J\no.yaml')
run "$MISID" run "$weird"
is "$errs" 'misid: n\x1b[2J\x0ao.yaml: cannot read: No such file or directory' \
    "nor from the command line"

# A folder that cannot be written.
if [ "$(id -u)" -ne 0 ]; then
    mkdir closed
    chmod a-w closed
    bad_option "a closed folder" "closed/run: cannot make the folder: Permission denied" \
        run $study --out closed/run
else
    bad_option "a folder that cannot be made" \
        "/proc/run: cannot make the folder: No such file or directory" run $study --out /proc/run
fi
done_testing
