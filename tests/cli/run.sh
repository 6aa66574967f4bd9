#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid run, estimate, chart, list, help, version: what they write, where, and with
# which exit status.
. "$(dirname "$0")/../lib.sh"

SOURCE_DATE_EPOCH=1517745600
export SOURCE_DATE_EPOCH
cd "$T" || exit 99
study=$SRCDIR/bench/gender-shades.yaml

# same A B NAME: two folders hold the same bytes
same() {
    is "$(diff -rq "$1" "$2" 2>&1)" "" "$3"
}
# column FILE NAME: a column of a CSV without quotes before it
column() {
    awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
        { print $at }' "$1"
}
# verdict FOLDER CLAIM
verdict() {
    awk -F, -v claim="$2" '$1 == claim { print $5 }' "$1/claims.csv"
}

# Without a run.
run "$MISID"
is "$status" 2 "no command: exit 2"
like "$errs" '^usage: misid COMMAND' "no command: the usage on standard error"
run "$MISID" help
is "$status" 0 "help: exit 0"
commands=$(printf '%s\n' "$out" | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p')
[ "$(printf '%s\n' "$commands" | wc -l)" -ge 8 ]
ok $? "help lists the commands"
for command in $commands; do
    run "$MISID" help "$command"
    is "$status$errs" 0 "help $command: exit 0, nothing on standard error"
    like "$out" '^usage: misid ' "help $command: a usage"
done
for command in run estimate chart index list; do
    text=$("$MISID" help "$command")
    is "$("$MISID" "$command" --help)" "$text" "$command --help is help $command"
    is "$("$MISID" "$command" -h)" "$text" "$command -h too"
done
for option in --help -h; do
    is "$("$MISID" $option)" "$("$MISID" help)" "$option is help"
done
is "$("$MISID" --version)" "$("$MISID" version)" "--version is version"
like "$("$MISID" version)" '^misid [0-9]+\.[0-9]+' "version: of misid"
like "$("$MISID" version)" '^GSL [0-9]' "version: of GSL"
run "$MISID" help nonsense
is "$status" 2 "help of no command: exit 2"
like "$errs" "^misid: unknown command 'nonsense', expected " "help of no command: one line"
run "$MISID" runn
is "$status" 2 "unknown command: exit 2"
run sh -c '"$MISID" help >/dev/full'
is "$status" 2 "standard output is full: exit 2"
like "$errs" '^misid: standard output: cannot write: ' "standard output is full: one line"

# Lists.
export MISID_DATA="$SRCDIR"
for list in studies estimators charts metrics; do
    run "$MISID" list $list
    is "$status$errs" 0 "list $list: exit 0"
    [ -n "$out" ]
    ok $? "list $list: not empty"
    names=$(printf '%s\n' "$out" | awk '{ print $1 }')
    run "$MISID" list $list --json
    is "$status$errs" 0 "list $list --json: exit 0"
    is "$(printf '%s\n' "$out" | sed -n 's/^ *"name": "\(.*\)",\{0,1\}$/\1/p')" "$names" \
        "list $list --json: the same names"
done
like "$("$MISID" list studies)" '^gender-shades ' "list studies: one of them"
run "$MISID" list
is "$status" 2 "list of nothing: exit 2"
run "$MISID" list nonsense
like "$errs" "^misid: list: 'nonsense' is not a list, expected " "list of no list: one line"
unset MISID_DATA

# A run.
run "$MISID" run "$study" --out first
is "$status$errs" 0 "run: exit 0, nothing on standard error"
like "$out" '^supported +Every classifier errs most on darker-skinned women' \
    "run: the verdicts"
is "$(printf '%s\n' "$out" | tail -n 1)" "Report: first/report.html" "run: where the report is"
for file in run.json study.json counts.csv printed.csv findings.csv claims.csv claims.json \
    report.html report.json tables.tex charts/error-by-group.gp charts/error-by-group.tsv \
    charts/error-by-group.svg charts/error-by-group.png backends/IBM/counts.csv \
    backends/Face++/counts.csv alternatives/microsoft-54.csv; do
    [ -s "first/$file" ]
    ok $? "run: $file"
done
is "$(find first -name '.*' ! -name first)" "" "run: no temporary is left"
like "$(cat first/run.json)" '"started": "2018-02-04T12:00:00Z"' "run.json: when"
like "$(cat first/run.json)" \
    '"command": "misid run bench/gender-shades.yaml"' "run.json: the command"
unlike "$(cat first/run.json first/report.json first/study.json)" "$T|$SRCDIR" \
    "no path of the machine is recorded"
sed -n '/"outputs"/,$s/.*"\(name\|sha256\)": "\(.*\)".*/\2/p' first/run.json |
    while read -r name && read -r hash; do
        echo "$hash  first/$name"
    done >sums
[ "$(wc -l <sums)" -ge 20 ]
ok $? "run.json lists the outputs"
is "$(sha256sum -c --quiet sums 2>&1)" "" "run.json: every hash is right"
is "$(cd first && find . -type f ! -name run.json | sort)" \
    "$(sed 's/.*  first/./' sums | sort)" "run.json: every file but itself"

run "$MISID" run "$study" --out first --quiet
is "$status$out$errs" 0 "again, --quiet: nothing is printed"
cp -R first copy
run "$MISID" run "$study" --out first --json
is "$status$errs" 0 "again, --json: exit 0"
like "$out" '"claim": "darker-women-worst",' "--json: a claim"
same first copy "again in the same folder: the same bytes"

# The stages on their own.
for stage in estimate chart; do
    run "$MISID" $stage first
    is "$status$out$errs" 0 "$stage RUN: exit 0"
    same first copy "$stage RUN: the same bytes"
done
rm -r first/charts first/report.html first/findings.csv first/claims.json first/claims.csv
"$MISID" estimate first && "$MISID" chart first
same first copy "estimate and chart from the counts: the same bytes"
run "$MISID" estimate first --out elsewhere
is "$status$out$errs" 0 "estimate --out: exit 0"
is "$(diff -rq elsewhere first | grep -v '^Only in first' | grep -v run.json)" "" \
    "estimate --out: the same files, without charts and report"
is "$(grep -c '"name": "charts' elsewhere/run.json)" 0 "estimate --out: records no charts"
"$MISID" chart elsewhere
same elsewhere first "then chart: the whole run"
run "$MISID" chart first --out drawn
is "$status$out$errs" 0 "chart --out: exit 0"
is "$(diff -rq drawn/charts first/charts; diff drawn/report.json first/report.json)" "" \
    "chart --out: the same charts and report"
run "$MISID" chart first --out drawn
is "$status$out$errs" 0 "chart --out again: exit 0"
same first copy "and the run is untouched"
run "$MISID" chart first --out ./first/
same first copy "--out of the folder itself is no other folder"

# Some of the backends.
run "$MISID" run "$study" --backend IBM --out first --quiet
is "$status$errs" 0 "--backend: exit 0"
is "$(ls first/backends)" IBM "--backend: others' counts of the run before are gone"
is "$(column first/findings.csv backend | sort -u | tr '\n' ' ')" " IBM " \
    "--backend: findings of no other"
is "$(verdict first darker-women-worst)" inconclusive \
    "--backend: a claim about every classifier is not borne out by one"
is "$(verdict first face-plus-plus-best)" "not testable" \
    "--backend: nor one about another tested"
like "$(cat first/run.json)" 'misid run bench/gender-shades.yaml --backend IBM"' \
    "--backend: is recorded"
rm -rf copy
cp -R first copy
"$MISID" estimate first && "$MISID" chart first
same first copy "--backend, estimate and chart: the same bytes"
"$MISID" run "$study" --backend IBM --backend Face++ --out two --quiet
is "$(ls two/backends | tr '\n' ' ')" "Face++ IBM " "--backend twice: both"

# --set.
run "$MISID" run "$study" --set estimators.proportion=clopper-pearson --set confidence=.9 \
    --out set --quiet
is "$status$errs" 0 "--set: exit 0"
is "$(awk -F, '$4 == "error" { print $13, $12 }' set/findings.csv | sort -u)" \
    "clopper-pearson 0.9" "--set: every rate by that method"
like "$(cat set/run.json)" 'set estimators.proportion=clopper-pearson --set confidence=.9"' \
    "--set: is recorded"

# Where the run goes, and from where.
mkdir -p a/bench a/results b/bench b/work lone/bench
for place in a b; do
    cp -R "$SRCDIR/datasets" "$place/datasets"
    cp "$study" "$place/bench"
done
(cd b/work && "$MISID" run "$T/a/bench/gender-shades.yaml" --quiet)
[ -s a/results/gender-shades/run.json ]
ok $? "by default into results beside the study's folder"
is "$(ls b/work)" "" "and nothing in the current folder"
(cd b/work && "$MISID" run ../bench/gender-shades.yaml --quiet)
[ -s b/work/results/gender-shades/run.json ]
ok $? "without such a folder into results here"
"$MISID" run "$study" --out first --quiet
same a/results/gender-shades first "another place: the same bytes"
same b/work/results/gender-shades first "another current folder: the same bytes"
LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 "$MISID" run "$study" --out german --quiet
same german first "another language: the same bytes"
# An installed misid has the data sets that are shipped: none of these is called so.
sed 's/^dataset: .*/dataset: nowhere/' "$study" >lone/bench/nowhere.yaml
run "$MISID" run lone/bench/nowhere.yaml --out alone --quiet
is "$status" 2 "no data set beside the study: exit 2"
like "$errs" "^misid: no data set called 'nowhere', expected " "it says what is looked for"
cp "$study" lone/bench/alone.yaml
MISID_DATA=$SRCDIR "$MISID" run lone/bench/alone.yaml --out alone --quiet
ok $? "MISID_DATA finds it"
MISID_DATA=/nowhere::$SRCDIR/datasets "$MISID" run lone/bench/alone.yaml --out alone --quiet
ok $? "MISID_DATA, another folder of a list"

# Folders that are not to be touched.
mkdir foreign
echo precious >foreign/file
run "$MISID" run "$study" --out foreign
is "$status" 2 "a foreign folder: exit 2"
is "$errs" "misid: foreign: holds files but is no run folder (no study.json), expected a new or \
empty folder" "a foreign folder: one line"
echo '{}' >foreign/study.json
run "$MISID" run "$study" --out foreign
is "$status" 2 "a folder with a study.json of somebody else: exit 2"
is "$(ls foreign; cat foreign/file)" "file
study.json
precious" "foreign folders are left as they were"
"$MISID" run "$SRCDIR/bench/aclu-congress.yaml" --out of-aclu-congress --quiet
run "$MISID" run "$study" --out of-aclu-congress
is "$status" 2 "a run of another study: exit 2"
like "$errs" "holds a run of the study 'aclu-congress', expected one of 'gender-shades'" \
    "a run of another study: one line"
run "$MISID" run "$study" --out foreign/file
is "$status" 2 "a file in place of the folder: exit 2"
mkdir empty
"$MISID" run "$study" --out empty --quiet
ok $? "an empty folder is taken"

# What a killed run has left is swept away.
sleep 0 &
gone=$!
wait $gone
mkdir killed
touch "killed/.study.json.$gone.tmp"
run "$MISID" run "$study" --out killed --quiet
is "$status$errs" 0 "a folder with only temporaries in it is taken"
rm killed/run.json
mkdir killed/charts/.gnuplot.$gone.abcdef
touch "killed/.study.json.$gone.tmp" "killed/backends/IBM/.counts.csv.$gone.tmp" \
    "killed/charts/.gnuplot.$gone.abcdef/x.gp" "killed/charts/.x.$$.tmp"
run "$MISID" run "$study" --out killed --quiet
is "$status$errs" 0 "a folder of a run that was killed is taken"
is "$(cd killed && find . -name '.?*')" "./charts/.x.$$.tmp" \
    "temporaries are swept, but for those of a living process"
rm "killed/charts/.x.$$.tmp"
same killed first "and the run is whole"

# Records that lead out of the folder remove nothing there.
cp -R first evil
sed 's|"name": "claims.csv"|"name": "../precious"|' first/run.json >evil/run.json
echo precious >precious
"$MISID" run "$study" --out evil --quiet
is "$(cat precious)" precious "run.json cannot have other files removed"

# No gnuplot.
mkdir bin
ln -s "$(command -v sh)" bin/sh
run env PATH="$T/bin" "$MISID" run "$study" --out bare
is "$status" 2 "no gnuplot: exit 2"
is "$(printf '%s\n' "$errs" | wc -l)" 1 "no gnuplot: one line"
like "$errs" '^misid: .*gnuplot.*(Debian|install)' "no gnuplot: it says what to do"
like "$out" '^supported ' "no gnuplot: the verdicts are printed"
is "$(cd bare && find . -name '*.svg' -o -name '*.png')" "" "no gnuplot: no picture"
is "$(cd first && find . -type f ! -name '*.svg' ! -name '*.png' | sort)" \
    "$(cd bare && find . -type f | sort)" "no gnuplot: everything else"
"$MISID" chart bare
ok $? "with gnuplot again: chart"
same bare first "makes the whole run of it"

# Verdicts and the exit status.
mkdir -p made/bench made/datasets/made
cat >made/datasets/made/dataset.yaml <<'END'
name: made
title: Made up
about: Made up
source: Made up
counts: counts.csv
END
cat >made/datasets/made/counts.csv <<'END'
backend,metric,group,x,n,n_lo,n_hi,derived,source
A/../..,error,g=f,5,100,,,no,s
A/../..,error,g=m,20,100,,,no,s
END
cat >made/bench/made.yaml <<'END'
study: made
title: t
question: q
task: classify
evidence: replication
dataset: made
axes: [{name: g, values: [f, m]}]
metrics: [error]
by: [[g]]
claims:
- {id: c, says: The claim., source: s, type: difference, group: g=f, versus: g=m}
END
run "$MISID" run made/bench/made.yaml --out refuted
is "$status" 0 "a refuted claim: exit 0"
like "$out" '^contradicts +The claim\.' "a refuted claim: contradicts"
run "$MISID" run made/bench/made.yaml --out refuted --check-claims --quiet
is "$status$errs" 1 "a refuted claim and --check-claims: exit 1"
is "$(verdict refuted c)" contradicts "and the run is made all the same"
is "$(cd refuted/backends && ls)" 'A%2F..%2F..' "a backend's name leads nowhere"
"$MISID" run "$study" --out first --check-claims --quiet
ok $? "--check-claims and nothing refuted: exit 0"

# A record does not go out with files that are not its own.
sed 's/^IBM,error,all,154/IBM,error,all,155/' copy/backends/IBM/counts.csv \
    >first/backends/IBM/counts.csv
rm first/printed.csv
for stage in estimate chart; do
    run "$MISID" $stage first
    is "$status" 2 "counts changed in a run folder, $stage: exit 2"
    like "$errs" '^misid: first/printed.csv: ' "$stage: a line for what is missing"
    like "$errs" '^misid: first/backends/IBM/counts.csv: is not the file that run.json records' \
        "$stage: a line for what was changed"
    is "$(printf '%s\n' "$errs" | wc -l)" 2 "$stage: and no other"
done
[ -s first/run.json ]
ok $? "and the run is left as it was"
done_testing
