#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid explain: of any table and of a run on one's own predictions.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
cd "$T" || exit 99
explain() { run "$MISID" explain "$@"; }

# 30 of 100 women and 10 of 100 men are wrong, two rows a person; nobody of skin "c".
awk -v OFS=, 'BEGIN { print "wrong,who,gender,skin,same,light,note"
    for (i = 0; i < 200; i++) {
        female = i % 2; k = int(i / 2)
        print k < (female ? 30 : 10), int(i / 4) "-" female, female ? "F" : "M",
            k % 3 ? "a" : "b", female ? "x" : "y", k * 37 % 101 / 100, "NA"
    } }' >t.csv
explain --table t.csv --outcome wrong --on gender --base gender=M
is "$status|$errs" "0|" "a table"
like "$out" "^200 rows, 40 of them true, in 200 clusters \(each row is one\)$" "says what it rests on"
like "$out" "^gender=F +3\.86 " "the odds ratio of a two-by-two table: (30/70)/(10/90)"
like "$out" "^gender=F against M \(30/100 against 10/100\): \+20\.0 points" "the gap in points"
like "$out" "there is a gap\.$" "… and in words"
# chi2 by hand: 2·Σ O·ln(O/E) of 30 70 10 90 against 20 80 20 80
like "$out" "likelihood ratio chi2\(1\) = 12\.972, p = 0\.0003" "the likelihood-ratio test"
explain --table t.csv --outcome wrong --on gender,light --cluster who --base gender=M
like "$out" "in 100 clusters$" "clusters are counted"
like "$out" "believe Wald's" "rows of a cluster are not independent, and it says so"
like "$out" "with light held alike: the gap survives\.$" "a covariate that has nothing to do with it"
like "$out" "^light: centred at its mean, 0\.[0-9]*, per standard deviation" "covariates are scaled, and it says so"
explain --table t.csv --outcome wrong --on gender,same
like "$out" "^same=[xy] +none: a combination of those above it" "a column that repeats another is named"
explain --table t.csv --outcome wrong --on gender,skin,gender:skin --json
is "$(printf '%s\n' "$out" | sed -n 's/^ *"name": "\(.*\)",$/\1/p' | head -n 4 | tr '\n' ' ')" \
    "(constant) gender=M skin=b gender=M:skin=b " "JSON: the columns of an interaction"
sed 's/^1,\(.*,M,\)/0,\1/' t.csv >men.csv
explain --table men.csv --outcome wrong --on gender,skin
like "$out" "^gender=M +0 +separated: no finite estimate" "separation is found"
like "$out" "separated: 100 of 200 rows" "… and told"
unlike "$out" "nan|inf" "no number that is none"

refused() { # refused PATTERN NAME
    is "$status|$(printf '%s\n' "$errs" | wc -l)" "2|1" "$2"
    like "$errs" "$1" "… says so"
}
explain --table t.csv --outcome wrong --on gender,nosuch
refused "t.csv:1: no column .nosuch." "a column that is not there"
explain --table t.csv --outcome gender --on skin
is "$status" 2 "an outcome that is none"
like "$errs" "^misid: t.csv:2: gender is 'M', expected 0 or 1" "… says where"
explain --table t.csv --outcome wrong --on note
refused "no row has an outcome and all columns" "a column without a value"
explain --table t.csv --outcome wrong --on gender,
refused "empty name" "an empty term"
explain --table t.csv --outcome wrong --on gender,skin,skin:gender,gender:skin
refused "given twice" "a term twice"
explain --table t.csv --outcome wrong --on gender --base gender=Z
refused "no row has that value" "a base nobody has"
explain --table t.csv --on gender
refused "without --outcome" "no outcome"
explain --table t.csv --outcome wrong --on gender --base skin=a
refused "expected COLUMN=VALUE of --on" "a base of no term"
printf 'y,g\n1,a\033[2J\n0,b\n1,b\n0,a\033[2J\n1,b\n0,b\n' >evil.csv
explain --table evil.csv --outcome y --on g
unlike "$out" "$(printf '\033')" "bytes of a table drive no terminal"

# a run on one's own predictions
mkdir set
cat >set/dataset.yaml <<'YAML'
name: faces
title: Drawn numbers
about: For this test.
source: This test.
sources:
  - {name: faces, layout: table, file: faces.csv, path: file, subject: person}
attributes:
  gender: {from: gender, provenance: self-reported, about: stated, map: {female: female, male: male}}
  skin: {from: skin, provenance: annotator, about: apparent, map: {darker: darker, lighter: lighter}}
YAML
awk -v OFS=, 'BEGIN { print "file,person,gender,skin" >"faces.csv"; print "file,prediction" >"mine.csv"
    print "sample,light" >"light.csv"
    for (i = 0; i < 240; i++) {
        g = i % 2 ? "female" : "male"; wrong = int(i / 4) % 10 < (i % 2 ? 4 : 2)
        print i ".jpg", "p" i, g, (i % 4 > 1 ? "darker" : "lighter") >"faces.csv"
        print i ".jpg", (wrong ? (i % 2 ? "male" : "female") : g) >"mine.csv"
        if (i != 7) print i ".jpg", i * 53 % 97 >"light.csv"
    } }'
run "$MISID" run "$SRCDIR/bench/gender-shades.yaml" --predictions mine.csv \
    --dataset ./set/dataset.yaml --out mine --quiet
is "$status|$errs" "0|" "a run on predictions"
explain mine --on gender,skin
is "$status|$errs" "0|" "is explained"
like "$out" "^error of mine, by gender,skin$" "says which backend"
like "$out" "^gender=male against female \(24/120 against 48/120\)|^gender=female against male \(48/120 against 24/120\)" \
    "the counts are those of the run"
explain mine --on gender,skin,light --with light.csv
like "$out" "left out of 240: 1 without light" "covariates from a further table"
explain mine --on gender,light
refused "no column 'light' in roster.csv" "a covariate nobody gave"
explain mine --on gender --backend other
refused "expected one of mine" "a backend that is not there"
explain mine --on gender --outcome surprise
refused "expected error, error_with_misses or fta" "an outcome of no kind"
done_testing
