#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Answers of one's own in place of published counts: every rate against one worked
# out by hand, every row that cannot be used against the complaint it must raise.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
study=$SRCDIR/bench/gender-shades.yaml
cd "$T" || exit 99

# 60 faces, five for each gender within each Fitzpatrick type, in the manner of the
# Pilot Parliaments Benchmark. NNNN runs 1 to 5 for women of type I, 6 to 10 for men
# of type I, 11 to 15 for women of type II …, so that darker-skinned women are
# 31-35, 41-45, 51-55; darker-skinned men 36-40, 46-50, 56-60; lighter-skinned women
# 1-5, 11-15, 21-25; lighter-skinned men 6-10, 16-20, 26-30.
awk 'BEGIN {
    split("I II III IV V VI", roman, " ")
    split("SW FL IL SA SE RW", code, " ")
    split("Sweden,Finland,Iceland,South Africa,Senegal,Rwanda", country, ",")
    for (t = 1; t <= 6; t++) for (g = 0; g < 2; g++) for (k = 0; k < 5; k++) {
        n++
        c = k % 3 + 1 + (t > 3 ? 3 : 0)
        printf "%d %04d_%d_%s_%s.jpg %s %s %s %s\n", n, n, t, (g ? "m" : "f"), code[c],
            (g ? "Male" : "Female"), roman[t], (t > 3 ? "darker" : "lighter"), country[c]
    }
}' >faces
# The metadata have CR alone as line end; the country of face 30 is no country of the study.
{
    printf 'image_id,filename,gender,fitzpatrick skin type category,bi.fitz,country\r'
    sed '/^30 / s/ [A-Z][a-z]*$/ Atlantis/
        s/South Africa/South-Africa/; s/ /,/g; s/South-Africa/South Africa/' faces | tr '\n' '\r'
} >meta.csv

own() { # own OUT FILE… : a quiet run on files of answers
    folder=$1
    shift
    for file; do
        shift
        set -- "$@" --predictions "$file"
    done
    run "$MISID" run "$study" "$@" --dataset ppb --set dataset.metadata=meta.csv \
        --out "$folder" --quiet
}
# rate OUT BACKEND METRIC GROUP: x/n
rate() {
    awk -F, -v b="$2" -v m="$3" -v g="$4" '
        $1 == b && $2 == m && $3 == g { print $4 "/" $5 }' "$1/backends/$2/counts.csv"
}
problems() { # problems OUT: kinds with their numbers
    sed 1d "$1/problems.csv" | cut -d, -f1 | LC_ALL=C sort | uniq -c |
        awk '{ printf "%s%s %s", (NR > 1 ? ", " : ""), $2, $1 } END { print "" }'
}

# A table with everything that can be wrong with one. All answers are right but:
#   31 32 33 41 42 51  darker-skinned women taken for men (6)
#   34 43              darker-skinned women, NA and nothing
#   44                 a darker-skinned woman taken for a "child": no label
#   52                 a darker-skinned woman, female in one row and male in another
#   53                 a darker-skinned woman, twice the same answer
#   55                 a darker-skinned woman, whose file name is misspelt
#   36                 a darker-skinned man taken for a woman
#   1 2                lighter-skinned women taken for men
#   3 4                lighter-skinned women without a row
# Confidences are out of 100: 80 where the answer is right, but 180 for face 37;
# where it is wrong 95 92 88 97 60 and nothing (51); 91 (36); 55 99 (1 2).
awk 'BEGIN {
    print "filename,prediction,confidence"
    split("31 95 32 92 33 88 41 97 42 60 36 91 1 55 2 99", w, " ")
    for (i = 1; i < 16; i += 2) wrong[w[i]] = w[i + 1]
    wrong[51] = ""
}
$1 == 3 || $1 == 4 { next }
{
    answer = $3; sure = 80; name = $2
    if ($1 in wrong) { answer = answer == "Female" ? "Male" : "Female"; sure = wrong[$1] }
    if ($1 == 34) { answer = "NA"; sure = "" }
    if ($1 == 43) { answer = ""; sure = "" }
    if ($1 == 44) answer = "child"
    if ($1 == 37) sure = 180
    if ($1 == 55) sub(/SE|SA/, "XE", name)
    print name "," answer "," sure
}
$1 == 52 { print name ",male,80" }
$1 == 53 { print name ",F,80" }' faces >my.csv
run "$MISID" run "$study" --predictions my.csv --dataset ppb \
    --set dataset.metadata=meta.csv --out my
is "$status" 0 "a table full of faults is no failure of the run"
is "$errs" "" "nothing is printed on stderr"
like "$out" "^1 row names no face of the data set" "the terminal says what was left out"
# darker-skinned women: 15, one misspelt: 14 shown; 34 43 44 52 not classified: 10 classified
is "$(rate my my error 'gender=female;skin=darker')" 6/10 "error of darker-skinned women"
is "$(rate my my error_with_misses 'gender=female;skin=darker')" 10/14 "… with misses: 6 + 4 of 14"
is "$(rate my my fta 'gender=female;skin=darker')" 4/14 "… failures to acquire"
is "$(rate my my error 'gender=male;skin=darker')" 1/15 "error of darker-skinned men"
is "$(rate my my error 'gender=female;skin=lighter')" 2/13 "error of lighter-skinned women, two of whom have no row"
is "$(rate my my error 'gender=male;skin=lighter')" 0/14 "error of lighter-skinned men, one of whom is left out"
is "$(rate my my error all)" 9/52 "error of everyone: 6 + 1 + 2 + 0 of 10 + 15 + 13 + 14"
is "$(rate my my error_with_misses all)" 13/56 "… with misses: 9 + 4 of 14 + 15 + 13 + 14"
is "$(rate my my error gender=female)" 8/23 "error of women: 6 + 2 of 10 + 13"
is "$(rate my my error skin=lighter)" 2/27 "error of lighter-skinned people: 2 + 0 of 13 + 14"
# type IV: women 31-35: 3 wrong of 4 classified; men 36-40: 1 wrong of 5
is "$(rate my my error type=IV)" 4/9 "error at Fitzpatrick type IV"
is "$(rate my my error 'gender=female;type=IV')" 3/4 "… of women"
# country by position within five: 1st and 4th South Africa, 2nd and 5th Senegal, 3rd Rwanda.
# South Africa, women: 31 41 51 wrong, 34 44 not classified, 54 right: 3/4; men 36 of 6 wrong
is "$(rate my my error 'country=South Africa')" 4/10 "error in South Africa: 3 + 1 of 4 + 6"
is "$(rate my my error 'gender=female;skin=darker;country=South Africa')" 3/4 "… of darker-skinned women there"
# stated confidences of wrong answers: 95 92 88 97 60 91 55 99, five of them 90 or more
is "$(rate my my 'sure_when_wrong@confidence>=0.9' all)" 5/8 "five of eight wrong answers were given surely"
is "$(rate my my calibration@confidence=0.9..1 all)" 5/5 "nobody right was so sure: 5 of 5"
# 43 are right, all but face 37 at 80; and 33 is wrong at 88
is "$(rate my my calibration@confidence=0.8..0.9 all)" 1/43 "1 of 43 between 80 and 90"
is "$(rate my my calibration@confidence=0..0.5 all)" "" "no group without trials has a row"
is "$(awk -F, '$2 == "faces" && $3 == "all" { print $4 "/" $5 }' my/counts.csv)" 59/59 \
    "59 faces are counted, all but the one of no country"
is "$(problems my)" "bad-confidence 1, contradiction 1, duplicate 1, not-predicted 3, unknown-group 1, unknown-label 1, unknown-name 1" \
    "every fault is listed"
like "$(cat my/problems.csv)" "^unknown-name,my.csv,5[0-9],,0055_6_f_XE.jpg,the nearest name is 0055_6_f_SE.jpg" \
    "a misspelt name gets a suggestion"
like "$(cat my/problems.csv)" "^unknown-group,,,,0030_3_m_[A-Z]*.jpg,country is not known" "who is left out of all, and why"
like "$(cat my/problems.csv)" "^unknown-label,my.csv,4[0-9],my,0044_.*unknown label 'child'" "an answer that is no label"
is "$(awk -F, '$4 == "error" && $5 == "gender=female;skin=darker" && $13 == "wilson" { print $20 "|" $21 }' my/findings.csv)" \
    "4|10" "the finding carries the faces that failed"
is "$(sed -n 's/^0031_[^,]*,0,ok,,\(.*\),,,,,,my.csv:\(.*\)$/\1 \2/p' my/backends/my/outputs.csv)" "male,0.95 30" \
    "outputs.csv keeps answer, confidence and line"
like "$(cat my/report.html)" "problems.csv lists them one by one" "the report says what was left out"
like "$(cat my/report.html)" "SHA-256 $(sha256sum my.csv | cut -c1-64)" "… and whose answers it is about"
unlike "$(cat my/report.html)" "34\.7 %|May 2017|Microsoft" "no number or name of the original's classifiers is left in it"
like "$(cat my/run.json)" '"name": "meta.csv"' "the metadata are among the inputs"
like "$(cat my/run.json)" 'misid run bench/gender-shades.yaml --predictions my.csv --dataset ppb --set dataset.metadata=meta.csv' \
    "the command is recorded without paths of the machine"
is "$(awk -F, '$1 == "table-4" { print $5 }' my/claims.csv)" "not testable" "what the original printed cannot be tested"

# on such a folder the other commands work
cp my/findings.csv before.csv
run "$MISID" estimate my
is "$status|$(cmp my/findings.csv before.csv && echo same)" "0|same" "estimate makes the same findings"
run "$MISID" chart my --out drawn
is "$status" 0 "chart draws"
run "$MISID" cite my 'error|my|gender=female;skin=darker'
like "$out" "60\.0 % \(6 misclassified of 10 faces classified\)" "cite"
run "$MISID" trace my 'error|my|gender=female;skin=darker'
is "$(printf '%s\n' "$out" | grep -c 'labelled female, answer male')" 6 "trace lists the six"
like "$out" "0031_4_f_SA.jpg: labelled female, answer male \(confidence 0.95\); my.csv:30" "… with the lines they come from"
run "$MISID" trace my 'error_with_misses|my|all'
is "$(printf '%s\n' "$out" | grep -c ': labelled')|$(printf '%s\n' "$out" | grep -c 'and 3 more')" "10|1" "trace lists the first ten of 13"
run "$MISID" trace my 'error_with_misses|my|all' --samples
is "$(printf '%s\n' "$out" | grep -c ': labelled')" 13 "… and all of them with --samples"

# the audit tables' form: TRUE is right, FALSE wrong, NA not found; names by id
awk 'BEGIN { print "image_id,Classifier IBM,IBM Confidence,Classifier Amazon" }
    { print $1 "," ($1 <= 3 ? "FALSE" : $1 == 4 ? "NA" : "TRUE") "," ($1 == 4 ? "NA" : .75) "," ($1 == 31 ? "FALSE" : "TRUE") }' \
    faces >audit.csv
own audit audit.csv
is "$status|$errs" "0|" "a table in the audits' form"
is "$(rate audit IBM error 'gender=female;skin=lighter')" 3/14 "IBM: three wrong of 14, one not found"
is "$(rate audit IBM error_with_misses 'gender=female;skin=lighter')" 4/15 "… and 4 of 15 with the miss"
is "$(rate audit Amazon error 'gender=female;skin=darker')" 1/15 "Amazon: one wrong of 15"
is "$(rate audit Amazon calibration@confidence=0.7..0.8 all)" "" "Amazon states no confidence"
# 59 counted, one not found: 58 classified, all at .75, 3 wrong
is "$(rate audit IBM calibration@confidence=0.7..0.8 all)" 3/58 "IBM states its own"
is "$(problems audit)" "unknown-group 1" "nothing else is wrong with it"
is "$(sed -n 's/^0001_[^,]*,0,ok,,\([^,]*\),.*/\1/p' audit/backends/IBM/outputs.csv)" "not female" "outputs.csv says no more than the table"

# several files, and columns of labels; a column called like the truth is no backend
awk 'BEGIN { print "gender;file;A;B score;B" } { print $3 ";dir/" $2 ";" tolower($3) ";0,9;" ($1 == 6 ? "w" : substr($3, 1, 1)) }' \
    faces >columns.csv
own several my.csv columns.csv
is "$status|$errs" "0|" "two files"
is "$(ls several/backends | tr '\n' ' ')" "A B my " "a backend a column, and one called like its file"
is "$(rate several B error gender=male)|$(rate several A error all)" "1/29|0/59" "semicolons, folders and initials are read"
is "$(rate several B sure_when_wrong@confidence\>=0.9 all)" 1/1 "decimal commas are read"
run "$MISID" run "$study" --predictions my.csv --predictions columns.csv --dataset ppb \
    --set dataset.metadata=meta.csv --out one --quiet --backend A
is "$status|$(ls one/backends)" "0|A" "--backend chooses among them"
is "$(problems one)" "not-predicted 3, unknown-group 1, unknown-name 1" "… with the complaints about it and about the files"

# two backends face by face: my.csv and the audit table's Amazon, which has one error (31)
run "$MISID" run "$study" --predictions my.csv --predictions audit.csv --dataset ppb \
    --set dataset.metadata=meta.csv --out pair --quiet --backend my --backend Amazon
paired() { # paired METRIC GROUP: x, n, difference
    awk -F, -v m="$1.excess_paired" -v g="$2" '$3 == "my" && $4 == m && $5 == g && $6 == "backend=Amazon" {
        printf "%s of %s, %.4f", $14, $15, $9 }' pair/findings.csv
}
# of darker-skinned women 10 are classified by both: 31 wrong by both, 32 33 41 42 51 by my alone
is "$(paired error 'gender=female;skin=darker')" "5 of 10, 0.5000" "of faces both classified, those only one got wrong"
# with misses: 34 43 44 52 too, of the 14 whom both were shown
is "$(paired error_with_misses 'gender=female;skin=darker')" "9 of 14, 0.6429" "… and with those not classified as errors"
is "$(awk -F, '$4 == "error.excess_paired" && $5 == "gender=female;skin=darker" { print $22 }' pair/findings.csv)" \
    0.0625 "McNemar's exact p of 5 against 0"
is "$(grep -c 'Amazon,error.excess_paired' pair/findings.csv)" 0 "each two once"
like "$(cat pair/report.html)" "backends face by face" "the report has the table"
run "$MISID" trace pair 'error.excess_paired|my|all|backend=Amazon'
is "$status" 0 "its folder is read again"
run "$MISID" estimate pair
is "$status|$(paired error 'gender=female;skin=darker')" "0|5 of 10, 0.5000" "… and estimated again"

# perfect, and nobody found
awk 'BEGIN { print "filename,prediction" } { print $2 "," $3 }' faces >perfect.csv
own perfect perfect.csv
is "$status|$(rate perfect perfect error all)" "0|0/59" "no errors at all"
awk 'BEGIN { print "filename,prediction" } { print $2 "," }' faces >blind.csv
own blind blind.csv
is "$status|$(rate blind blind fta all)|$(rate blind blind error all)" "0|59/59|" "nobody found at all"

# what is refused: one line, exit status 2, no folder
refused() { # refused NAME PATTERN
    is "$status|$(printf '%s\n' "$errs" | wc -l)|$(test -e bad && echo made)" "2|1|" "$1"
    like "$errs" "$2" "… says so"
}
sed 's/jpg/png/; s/^[0-9_]*/x/' perfect.csv >strange.csv
own bad strange.csv
refused "no row names a face" "strange.csv: no row names a face of the data set 'ppb'"
awk 'BEGIN { print "filename,age" } { print $2 ",33" }' faces >ages.csv
own bad ages.csv
refused "no column of answers" "ages.csv: no column holds answers, expected 'prediction'"
run "$MISID" run "$study" --predictions my.csv --dataset ppb --set dataset.metadata=meta.csv \
    --out bad --backend IBM
refused "a backend without answers" "run: --backend 'IBM' has no answers, expected one of my"
mkdir -p other && cp my.csv other/my.csv
own bad my.csv other/my.csv
refused "two files of one name" "there are answers of 'my' already"
own bad nowhere.csv
refused "a file that is not there" "nowhere.csv: "
printf 'filename,prediction\n0001_1_f_SW.jpg\n' >short.csv
own bad short.csv
refused "a row that is too short" "short.csv:2: "
run "$MISID" run "$study" --predictions my.csv --out bad
refused "no data set" "expected --dataset NAME"
run "$MISID" run "$study" --dataset ppb --out bad
refused "a data set alone" "run: --dataset without --predictions"
run "$MISID" run "$SRCDIR/bench/aclu-congress.yaml" --predictions my.csv --dataset ppb \
    --set dataset.metadata=meta.csv --out bad
refused "a study that says nothing of one's own" "expected a study with the key own"
mkdir -p two
cat >two/dataset.yaml <<'YAML'
name: two
title: Two images of one person
about: For this test.
source: This test.
sources:
  - {name: faces, layout: table, file: two.csv, path: file, subject: person}
attributes:
  gender: {from: gender, provenance: self-reported, about: stated, map: {female: female, male: male}}
  skin: {from: skin, provenance: annotator, about: apparent, map: {darker: darker, lighter: lighter}}
YAML
printf 'file,person,gender,skin\na.jpg,p,female,darker\nb.jpg,p,female,darker\nc.jpg,q,male,lighter\n' >two.csv
printf 'file,prediction\na.jpg,female\nb.jpg,male\nc.jpg,male\n' >twice.csv
run "$MISID" run "$study" --predictions twice.csv --dataset ./two/dataset.yaml --out twice --quiet
is "$status|$(rate twice twice error all)" "0|1/3" "two images of one person are counted"
# Wilson-t, one-way: people (2 trials, 1 hit), (1, 0); M = 3, p = 1/3. One person holds over a
# tenth of the trials, so S~ = (1/3)/(1 - 2/3) = 1 and (-1/3)/(1 - 1/3) = -1/2: sum S~^2 = 1.25,
# Var = 1.25/9, df = 2 (1.25^2/1.0625 is less), N* = 1.6, t = 4.302653.
like "$(grep ',error,all,' twice/findings.csv)" ',wilson-t,1,3,3,3,1.6[0-9]*,2,' \
    "... with the interval for people with several"
like "$(cat twice/study.json)" '"mover"' "... and contrasts by MOVER"
cp twice/findings.csv before.csv
run "$MISID" estimate twice
is "$status|$(cmp twice/findings.csv before.csv && echo same)" "0|same" \
    "the stage alone finds the people again"
# Two backends on 24 people of two images each. A alone errs in 2, 1, 1 and 2 images of four
# people, B alone in one of a fifth. With d the difference of a person's errors, M = 48 and
# e = 5/48: I = (d - 2e)/M, Var = sum I^2, df = Var^2/sum I^4, t of SciPy.
mkdir -p met-set
sed "s/two\.csv/met.csv/" two/dataset.yaml >met-set/dataset.yaml
awk 'BEGIN { OFS = ","; print "file,person,gender,skin" >"met.csv"; print "file,A,B" >"ab.csv"
    for (p = 1; p <= 24; p++)
        for (i = 1; i <= 2; i++) {
            a = p == 1 || p == 4 || ((p == 2 || p == 3) && i == 1); b = p == 5 && i == 2
            print p "-" i ".jpg", "p" p, "female", "darker" >"met.csv"
            print p "-" i ".jpg", a ? "male" : "female", b ? "male" : "female" >"ab.csv"
        } }'
run "$MISID" run "$study" --predictions ab.csv --dataset ./met-set/dataset.yaml --out met --quiet
is "$status|$errs|$(awk -F, '$4 == "error_with_misses.excess_paired" && $5 == "all" {
    printf "%s %s %s %.9f %.9f %.9f", $3, $6, $13, $9, $10, $11 }' met/findings.csv)" \
    "0||A backend=B influence 0.104166667 -0.074850155 0.283183488" "two backends, paired by person"
sed '1s/$/,C,D,E,F,G/; 2,$s/$/,male,male,male,male,male/' ab.csv >seven.csv
run "$MISID" run "$study" --predictions seven.csv --dataset ./met-set/dataset.yaml --out seven --quiet
like "$(cat seven/study.json)" '"Face by face": "More than 6 backends: they are not set against' \
    "more than six are not, which is said"
cp met/findings.csv before.csv
run "$MISID" estimate met
is "$status|$(cmp met/findings.csv before.csv && echo same)" "0|same" \
    "... and the stage alone finds them again"
printf 'file,prediction\na.jpg,male\nc.jpg,male\n' >once.csv
run "$MISID" run "$study" --predictions once.csv --dataset ./two/dataset.yaml --out once --quiet
is "$status|$(rate once once error 'gender=female;skin=darker')" "0|1/1" "one image of each is fine"
like "$(cat once/study.json)" '"evidence": "new"' "another data set is new evidence"
like "$(cat my/study.json)" '"evidence": "replication"' "the same kind of data set is a replication"
like "$(cat once/report.html)" "type, country: the data set has no value" "what cannot be counted by is said"
done_testing
