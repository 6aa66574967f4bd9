#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each published figure of the audits can be found in a run, with its interval or
# with the reason why it has none. Written down here from the papers once more.
. "$(dirname "$0")/../lib.sh"

for study in gender-shades actionable-auditing aclu-congress aclu-california \
    aclu-massachusetts comparitech watchlist-audits aint-i-a-woman; do
    "$MISID" run "$SRCDIR/bench/$study.yaml" --out "$T/$study" --quiet 2>"$T/errs"
    is "$(cat "$T/errs")" "" "$study: runs"
done
# A point of two parts is quoted for its comma: "native=80,counts=x" as native=80+counts=x
cat "$T"/*/findings.csv | sed 's/,"\([a-z]*=[^",]*\),\([^",]*\)",/,\1+\2,/' >"$T/findings"

# Expected figures, a line each:
#   study|backend|metric|group|versus|point|unit|figure
# where a unit is percent, points, ratio, or counts: x/n, n perhaps a range a-b.
: >"$T/figures"
figure() { (IFS='|' && printf '%s\n' "$*") >>"$T/figures"; }
female=gender=female male=gender=male darker=skin=darker lighter=skin=lighter
groups="all $female $male $darker $lighter $female;$darker $male;$darker $female;$lighter $male;$lighter"
# rates STUDY BACKEND POINT FIGURE...: all, F, M, D, L, DF, DM, LF, LM in percent
rates() {
    study=$1 backend=$2 point=$3
    shift 3
    for group in $groups; do
        figure "$study" "$backend" error "$group" "" "$point" percent "$1"
        shift
    done
}
# counts STUDY BACKEND METRIC POINT X/N...: DF, DM, LF, LM
counts() {
    study=$1 backend=$2 metric=$3 point=$4
    shift 4
    for group in "$female;$darker" "$male;$darker" "$female;$lighter" "$male;$lighter"; do
        figure "$study" "$backend" "$metric" "$group" "" "$point" counts "$1"
        shift
    done
}
# census WHERE X...: all, F, M, D, L, DF, DM, LF, LM of the benchmark's 1270 faces
census() {
    where=$1
    shift
    for group in $groups; do
        [ "$where" ] && group=$(printf '%s\n' "$group;country=$where" | sed 's/^all;//')
        figure gender-shades "" faces "$group" "" "" counts "$1/1270"
        shift
    done
}

# Buolamwini and Gebru 2018: the benchmark, Table 4, shares, gaps; counts derived
census "" 1270 566 704 589 681 271 318 295 386
census "South Africa" 437 181 256 346 91 154 192 27 64
census Senegal 149 64 85 149 0 64 85 0 0
census Rwanda 75 45 30 75 0 45 30 0 0
census Sweden 349 163 186 17 332 7 10 156 176
census Finland 197 83 114 2 195 1 1 82 113
census Iceland 63 30 33 0 63 0 0 30 33
for pair in I:59:54 II:175:264 III:61:68 IV:36:29 V:141:129 VI:94:160; do
    type=${pair%%:*} two=${pair#*:}
    figure gender-shades "" faces "$female;type=$type" "" "" counts "${two%:*}/1270"
    figure gender-shades "" faces "$male;type=$type" "" "" counts "${two#*:}/1270"
done
for at in gender-shades: actionable-auditing:audit=2017; do
    study=${at%%:*} point=${at#*:}
    rates "$study" Microsoft "$point" 6.3 10.7 2.6 12.9 0.7 20.8 6.0 1.7 0.0
    rates "$study" Face++ "$point" 10.0 21.3 0.7 16.5 4.7 34.5 0.7 9.8 0.8
    rates "$study" IBM "$point" 12.1 20.3 5.6 22.4 3.2 34.7 12.0 7.1 0.3
    counts "$study" Microsoft error "$point" 55/264-265 18/299-302 5/294-296 0/378-385
    counts "$study" Face++ error "$point" 89/258 2/292-295 29/295-296 3/378-385
    counts "$study" IBM error "$point" 94/271 38/317 21/296 1/384-385
    figure "$study" Microsoft error all "" "$point" counts 78/1239-1247
    figure "$study" Face++ error all "" "$point" counts 123/1224-1234
    figure "$study" IBM error all "" "$point" counts 154/1268-1269
    figure "$study" Microsoft error.sensitivity "$female;$darker" "" \
        "${point:+$point+}counts=microsoft-54" counts 54/259-260
    figure "$study" Microsoft error.sensitivity all "" "${point:+$point+}counts=microsoft-54" \
        counts 77/1229-1232
done
figure gender-shades IBM error.share "$female;$darker" "" "" percent 61.0
figure gender-shades Face++ error.share "$female;$darker" "" "" percent 72.4
figure gender-shades Microsoft error.share "$male;$lighter" "" "" percent 0.0
figure gender-shades Face++ error.share "$male;$lighter" "" "" percent 2.4
figure gender-shades IBM error.difference "$female;$darker" "$male;$lighter" "" points 34.4
figure gender-shades Microsoft error.difference $female $male "" points 8.1
figure gender-shades Face++ error.difference $female $male "" points 20.6
figure gender-shades Face++ error.difference $darker $lighter "" points 11.8
figure gender-shades IBM error.difference $darker $lighter "" points 19.2

# Raji and Buolamwini 2019
now=audit=2018
rates actionable-auditing Microsoft $now 0.48 0.90 0.15 0.89 0.15 1.52 0.33 0.34 0.00
rates actionable-auditing IBM $now 4.41 9.36 0.43 8.16 1.17 16.97 0.63 2.37 0.26
rates actionable-auditing Face++ $now 1.6 2.5 0.9 2.6 0.7 4.1 1.3 1.0 0.5
rates actionable-auditing Amazon $now 8.66 18.73 0.57 15.11 3.08 31.37 1.26 7.12 0.00
rates actionable-auditing Kairos $now 6.6 14.1 0.6 11.1 2.8 22.5 1.3 6.4 0.0
counts actionable-auditing Microsoft error $now 4/263-264 1/299-302 1/290-295 0/379-386
counts actionable-auditing IBM error $now 46/271 2/317 7/295 1/386
counts actionable-auditing Face++ error $now 11/266-271 4/297-318 3/286-295 2/372-386
counts actionable-auditing Amazon error $now 85/271 4/318 21/295 0/386
counts actionable-auditing Kairos error $now 61/271 4/307-318 19/295 0/375-386
figure actionable-auditing Kairos error all "" $now counts 84/1254-1269
figure actionable-auditing Kairos error.sensitivity "$female;$darker" "" \
    "$now+counts=kairos-60" counts 60/267
counts actionable-auditing IBM error_with_misses $now 46/271 3/318 7/295 1/386
counts actionable-auditing Amazon error_with_misses $now 85/271 4/318 21/295 0/386
figure actionable-auditing IBM error_with_misses all "" $now counts 57/1270
figure actionable-auditing Amazon error_with_misses all "" $now counts 110/1270
figure actionable-auditing IBM error.improvement "$female;$darker" audit=2017 $now points 17.7
figure actionable-auditing Face++ error.improvement "$female;$darker" audit=2017 $now points 30.4

# The watch-list audits
of_color=person_of_color=yes others=person_of_color=no default=native=80
figure aclu-congress Rekognition fpir all "" $default counts 28/535
figure aclu-congress Rekognition fpir $of_color "" $default counts 11/107
figure aclu-congress Rekognition fpir $others "" $default counts 17/428
figure aclu-congress Rekognition fpir.sensitivity $of_color "" "$default+counts=labels-108" \
    counts 11/108
figure aclu-congress Rekognition fpir party=Democrat "" $default counts 15/244
figure aclu-congress Rekognition fpir party=Republican "" $default counts 13/289
figure aclu-congress Rekognition fpir chamber=Senate "" $default counts 3/100
figure aclu-congress Rekognition fpir chamber=House "" $default counts 25/435
figure aclu-congress Rekognition fpir all "" native=99 counts 0/535
figure aclu-congress Rekognition fpir.share $of_color "" $default percent 39
figure aclu-congress "" faces $of_color "" "" percent 20
figure aclu-congress Rekognition fpir.ratio $of_color $others $default ratio 2.588
figure aclu-california Rekognition fpir all "" $default counts 26/120
figure aclu-massachusetts Rekognition fpir all "" native=default counts 27/188
figure comparitech Rekognition mean_false_matches "legislature=US Congress" "" $default counts 32/530
figure comparitech Rekognition mean_false_matches "legislature=UK Parliament" "" $default \
    counts 73/1429
while read -r audit x; do
    figure watchlist-audits Rekognition "${x#*:}" "audit=$(echo "$audit" | tr _ ' ')" "" "" \
        counts "${x%:*}"
done <<'EOF'
ACLU_Congress_2018 28/535:fpir
ACLU_California_2019 26/120:fpir
ACLU_Massachusetts_2019 27/188:fpir
Comparitech_Congress_2020 32/530:mean_false_matches
Comparitech_Parliament_2020 73/1429:mean_false_matches
EOF

faults=$(awk '
    FNR == NR {
        n = split($0, f, ",")
        key = f[1] "|" f[3] "|" f[4] "|" f[5] "|" f[6] "|" f[7]
        if (n < 25 || key in x)
            next # the first method of a figure is the one that is shown
        estimate[key] = f[9]; lo[key] = f[10]; hi[key] = f[11]; x[key] = f[14]; of[key] = f[15]
        note[key] = f[25]
        next
    }
    {
        split($0, f, "|")
        key = f[1] "|" f[2] "|" f[3] "|" f[4] "|" f[5] "|" f[6]
        if (!(key in x)) {
            print $0 ": not found"
            next
        }
        if (f[7] == "counts") {
            split(f[8], c, "/")
            ends = split(c[2], range, "-")
            right = x[key] == c[1] && of[key] >= range[1] && of[key] <= range[ends]
        } else {
            value = estimate[key] * (f[7] == "ratio" ? 1 : 100)
            decimals = index(f[8], ".") ? length(f[8]) - index(f[8], ".") : 0
            off = value - f[8]
            right = (off < 0 ? -off : off) <= .5 * 10 ^ -decimals + 1e-9
        }
        if (!right)
            print $0 ": " x[key] "/" of[key] " = " estimate[key]
        if (f[3] == "faces" || f[3] == "mean_false_matches")
            told = lo[key] == "" && hi[key] == "" && note[key] != ""
        else
            told = lo[key] != "" && hi[key] != "" && lo[key] + 0 <= estimate[key] + 0 &&
                   hi[key] + 0 >= estimate[key] + 0
        if (!told)
            print $0 ": [" lo[key] ", " hi[key] "] " note[key]
        looked++
    }
    END { print looked + 0 " figures looked for" }
    ' "$T/findings" "$T/figures")
is "$faults" "272 figures looked for" "every figure is found, with its interval or a reason"
grep ',mean_false_matches,' "$T/findings" | grep -vq 'a mean over runs, not a count: no interval'
is "$?" 1 "a mean over runs says why it has no interval"
is "$(awk -F, '$4 == "fpir.ratio" && $5 ~ /color/ && $13 == "katz" {
        printf "%.3f [%.3f, %.3f] %.5f\n", $9, $10, $11, $22 }' "$T/aclu-congress/findings.csv")" \
    "2.588 [1.250, 5.361] 0.01418" "the ACLU's risk ratio, Katz's limits and Fisher's p"
is "$(grep -c ',error\(\.[a-z_]*\)*,[^,]*\(type\|country\)=' "$T/findings")" 0 \
    "errors by country and single skin type are absent, and none is made up"

# What is no number of a table stands in the report.
says() {
    tr -s '\n ' '  ' <"$T/$1/report.html" | grep -qF -- "$2"
    ok $? "$1: the report says '$2'"
}
says gender-shades "Errors by country and by single Fitzpatrick type are not in the sources used here"
says gender-shades "no count of errors on them"
says gender-shades "6.0 %"
says aclu-congress "\$12.33"
says aclu-congress "six of the 28 belong to the Congressional Black Caucus"
says aclu-congress "about 850,000 faces"
says aclu-congress "25,000 arrest photos"
says aclu-california "More than half of the 26 are people of color"
says aclu-massachusetts "20,000 arrest photos"
says aclu-massachusetts "Some press reports say 28"
says comparitech "Why no interval"
says watchlist-audits "Why two have no interval"
for study in aclu-congress aclu-california aclu-massachusetts watchlist-audits; do
    says $study "Nothing here speaks of another matcher"
    says $study "demographic"
done

# Named cases: the names, and no number at all.
for name in "Oprah Winfrey" "Michelle Obama" "Serena Williams" "Ida B. Wells" \
    "Shirley Chisholm" "Sojourner Truth" Microsoft Amazon Face++ IBM Google; do
    grep -qF "$name" "$T/aint-i-a-woman/cases.csv"
    ok $? "aint-i-a-woman: $name"
done
is "$(sed 1d "$T/aint-i-a-woman/findings.csv")" "" "aint-i-a-woman: no finding, so no rate"
unlike "$(tr -d '\n' <"$T/aint-i-a-woman/report.html")" '[0-9] % \[' "and no rate on its page"
done_testing
