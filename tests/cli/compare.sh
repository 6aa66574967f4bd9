#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid compare: recorded answers whose errors are planted, every number worked out by hand
# or by awk; runs without samples in common; comparisons that share people.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
study=$SRCDIR/bench/gender-shades.yaml
cd "$T" || exit 99

# 1,200 faces, 100 of each gender and type; women of types IV to VI are darker-skinned women.
faces() { # faces FIRST-NUMBER
    awk -v first="$1" 'BEGIN {
        split("I II III IV V VI", roman, " ")
        split("Sweden,Finland,Iceland,South Africa,Senegal,Rwanda", country, ",")
        print "image_id,filename,gender,fitzpatrick skin type category,bi.fitz,country"
        n = first
        for (t = 1; t <= 6; t++) for (g = 0; g < 2; g++) for (k = 0; k < 100; k++) {
            c = k % 3 + 1 + (t > 3 ? 3 : 0)
            printf "%d,%05d_%d.jpg,%s,%s,%s,%s\n", n, n, t, (g ? "Male" : "Female"), roman[t],
                (t > 3 ? "darker" : "lighter"), country[c]
            n++
        }
    }'
}
# answers FILE RULE: wrong where the awk rule about k (0 to 99 within gender and type), g, s holds
answers() {
    awk -F, "NR == 1 { print \"filename,prediction\"; next }
        { k = (NR - 2) % 100; g = \$3; s = \$5
          wrong = ($2)
          print \$2 \",\" (wrong ? (g == \"Male\" ? \"Female\" : \"Male\") : g) }" "$1"
}
run_on() { # run_on OUT META ANSWERS
    cp "$3" vendor.csv
    run "$MISID" run "$study" --predictions vendor.csv --dataset ppb \
        --set dataset.metadata="$2" --out "$1" --quiet
    is "$status|$errs" "0|" "a run: $1"
}
faces 1 >meta.csv
answers meta.csv 'k < 5' >a.csv
# darker-skinned women: 5 errors of 100 stay, 8 more come; darker-skinned men: 2 of 5 go
answers meta.csv 'k < 5 || (s == "darker" && g == "Female" && k < 13)' >b.csv
answers meta.csv 'k < 5 && !(s == "darker" && g == "Male" && k < 2)' >c.csv
run_on a meta.csv a.csv
run_on b meta.csv b.csv
run_on c meta.csv c.csv

run "$MISID" compare a b --csv -
is "$status|$errs" "0|" "compare"
csv=$out
row() { printf '%s\n' "$csv" | awk -F, -v m="$1" -v g="$2" -v v="$3" '$4 == m && $5 == g && $6 == v' | head -n 1; }
field() { printf '%s\n' "$1" | cut -d, -f"$2"; }
r=$(row error 'gender=female;skin=darker' '')
is "$(field "$r" 8)|$(field "$r" 9)|$(field "$r" 16)|$(field "$r" 17)" "0.05|0.13|paired|300" "both rates, paired on 300"
is "$(field "$r" 10)" 0.08 "… and the change"
is "$(field "$r" 18)/$(field "$r" 19) $(field "$r" 20)/$(field "$r" 21)" "15/300 39/300" "… with its counts"
# McNemar: 24 only after, none only before: 2/2^24
like "$(field "$r" 22)" '^1\.19209289550781.*e-07$' "p is McNemar's"
r=$(row error 'gender=male;skin=darker' '')
is "$(field "$r" 10)|$(field "$r" 22)" "0|1" "a group whose answers stayed"
r=$(row error.difference 'gender=female' 'gender=male')
like "$(field "$r" 8)|$(field "$r" 9)|$(field "$r" 15)" '^0\|0\.0(4|39999).*\|mover$' "the gap, by MOVER"
like "$(printf '%s\n' "$csv" | sed -n 2p)" '^a,b,vendor,error' "what changed most stands first"
is "$(printf '%s\n' "$csv" | awk -F, '$4 == "error.difference" { print $5 "|" $6 }' | sort | uniq -d)" "" "no gap twice"
run "$MISID" compare a b
like "$out" 'the same 1200 samples: paired, matched by name' "how the samples match"
like "$out" '5\.0 → 13\.0 %, \+8\.0 points \[' "the change in words"
like "$out" '^For the better: nothing|^Not told apart' "nothing became better"
run "$MISID" compare a c
like "$out" '^For the worse: nothing' "c: nothing became worse"
run "$MISID" compare a a
like "$out" '^For the worse: nothing' "a run against itself"
unlike "$out" 'For the better' "… has not become better either"
run "$MISID" compare a b --json
is "$(printf '%s' "$out" | grep -c '"family": "error: 45 tests"')" 45 "JSON names the family of every p"

# HTML and Markdown; what comes from data is no markup
cp -r a '<b>a'
run "$MISID" compare '<b>a' b --html page.html --markdown page.md
is "$status" 0 "a page and Markdown"
unlike "$(cat page.html page.md)" '<b>a' "names are escaped"
like "$(cat page.html)" 'For the worse' "the page"
like "$(cat page.md)" '^\| error of gender=female;skin=darker, vendor \| 5\.0 → 13\.0 % \|' "Markdown"

# other faces: unpaired, and by Newcombe
faces 50001 >other.csv
answers other.csv 'k < 5 || (s == "darker" && g == "Female" && k < 13)' >d.csv
run_on d other.csv d.csv
run "$MISID" compare a d --metric error --group 'gender=female;skin=darker' --csv -
r=$(printf '%s\n' "$out" | sed -n '/,error,/p')
is "$(field "$r" 15)|$(field "$r" 16)|$(field "$r" 17)" "mover|unpaired|0" "other faces: unpaired"
run "$MISID" calc difference 39 300 15 300 --method newcombe --json
lo=$(printf '%s' "$out" | sed -n 's/.*"lo": *\([-0-9.e]*\).*/\1/p' | head -n 1)
is "$(field "$r" 12)" "$lo" "… by Newcombe"
run "$MISID" compare a d
like "$out" 'no samples in common: unpaired' "… and said so"

# half of the faces are the same
{ sed -n 1p meta.csv; awk -F, 'NR > 1 && NR % 2' meta.csv; awk -F, 'NR > 1 && NR % 2 == 0' other.csv; } >mixed.csv
answers mixed.csv 'k < 5' >e.csv
run_on e mixed.csv e.csv
run "$MISID" compare a e
like "$out" 'share 600 of 1200 and 1200 samples: partly paired' "a partial overlap says so"

# more than two: a matrix
run "$MISID" compare a b c --metric error --group 'gender=female;skin=darker'
is "$status" 0 "three runs"
like "$out" 'a +\+8\*|\+8\.0\*' "the matrix marks what is shown"
like "$out" 'family error: 3 tests' "… and names the family"

# faults
run "$MISID" compare a
is "$status|$errs" "2|misid: compare: 1 runs named, expected two or more" "one run"
run "$MISID" compare a nowhere
is "$status" 2 "no such run"
like "$errs" 'nowhere: no such folder, and no history' "… one line says it"
run "$MISID" compare a b --metric fmr
is "$status" 2 "nothing of that metric"
sed -i 's/,vendor,/,vendor2,/' b/findings.csv
run "$MISID" compare a b
is "$status" 2 "a run that was changed"
done_testing
