#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid dashboard and misid history --chart: 24 nights in which a rate steps in the 17th.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
study=$SRCDIR/bench/gender-shades.yaml
cd "$T" || exit 99

awk 'BEGIN {
    split("I II III IV V VI", roman, " ")
    split("Sweden,Finland,Iceland,South Africa,Senegal,Rwanda", country, ",")
    print "image_id,filename,gender,fitzpatrick skin type category,bi.fitz,country"
    for (t = 1; t <= 6; t++) for (g = 0; g < 2; g++) for (k = 0; k < 50; k++) {
        n++; c = k % 3 + 1 + (t > 3 ? 3 : 0)
        printf "%d,%05d_%d.jpg,%s,%s,%s,%s\n", n, n, t, (g ? "Male" : "Female"), roman[t],
            (t > 3 ? "darker" : "lighter"), country[c]
    }
}' >meta.csv
# The nights, without gnuplot: nobody looks at their charts.
night=0
while [ $night -lt 24 ]; do
    night=$((night + 1))
    awk -F, -v night=$night 'NR == 1 { print "filename,prediction"; next }
        { k = ($1 - 1) % 50; few = 3 + ($1 % 7 + night * 5 + night % 3) % 3
          if (night >= 17 && $3 == "Female" && $5 == "darker") few += 15
          print $2 "," (k < few ? ($3 == "Male" ? "Female" : "Male") : $3) }' meta.csv >vendor.csv
    SOURCE_DATE_EPOCH=$((1517702400 + 86400 * night)) PATH=$T/none "$MISID" run "$study" \
        --predictions vendor.csv --dataset ppb --set dataset.metadata=meta.csv --out "n$night" \
        --quiet >/dev/null 2>&1
    "$MISID" record "n$night" --history h.sqlite --quiet || echo "night $night was not recorded"
done >nights.out 2>&1
is "$(cat nights.out)" "" "24 nights"

run "$MISID" history gender-shades --metric error --group 'gender=female;skin=darker' \
    --history h.sqlite --chart out.svg
if command -v gnuplot >/dev/null; then
    is "$status|$errs" "0|" "a chart of one series"
    like "$(head -c 300 out.svg)" '<svg' "… is there"
    like "$out" '24 runs, 2018-02-05 to 2018-02-28; .*1 step: 2018-02-21' "… and its step is named"
    like "$out" '2018-02-21: nothing else new' "… with what was new"
    run "$MISID" history gender-shades --metric error --group 'gender=male;skin=darker' \
        --history h.sqlite --chart out.svg
    like "$out" 'no step that is told from noise' "a series without a step"
    run "$MISID" history gender-shades --metric error --group 'gender=female;skin=darker' \
        --history h.sqlite --chart out.svg --json
    like "$out" '"started": "2018-02-21T00:00:00Z"' "as JSON"
fi
run "$MISID" history gender-shades --metric error --history h.sqlite --chart out.svg
is "$status" 2 "several series are too many for a chart"
like "$errs" 'series fit, expected one for --chart' "… and are listed"
run "$MISID" history gender-shades --history h.sqlite --chart 'a;b.svg'
is "$status" 2 "a chart's name becomes part of a script"

printf 'policy: p\nrules:\n  - {metric: error, group: all, rise_at_most: 1 points}\n' >p.yaml
mkdir gates
"$MISID" gate n24 --baseline n1 --policy p.yaml --history h.sqlite --out gates/n24.json --quiet
is $? 1 "the last night fails its gate"
run "$MISID" dashboard --history h.sqlite --gates gates --out dash --charts 2
command -v gnuplot >/dev/null && is "$status|$errs|$out" "0||dash/index.html" "the dashboard"
page=$(cat dash/index.html)
like "$page" 'class="badge no">fail</span>' "says what the gate said"
like "$page" '<time>2018-02-21</time></td><td class="words">error of gender=female;skin=darker' "names the step"
like "$page" '<svg class="spark"' "has sparklines"
unlike "$page" '<script|https?://[^w]|src=' "is one file without scripts or network"
# Order: what the gate fails, then what it watches, then steps, then the worst first.
series() { grep -o '<th scope="row">[a-z_.]* of [^<]*' dash/index.html | sed 's/.*">//'; }
is "$(series | head -n 1)" "error of all, vendor" "what the gate fails comes first"
like "$(series | sed -n 2p)" 'error of gender=female;(skin=darker|type=)' "… then what stepped"
like "$(printf %s "$page" | tr '\n' ' ')" 'Series</h3> <p class="fine">Ordered by what the gate last said' "the page says its order"
worst() { # the newest values of rows that are neither watched nor stepped
    sed -n 's,^<tr><th scope="row">error of .*</svg></td><td class="num">\([0-9.]*\)[^0-9].*<td class="num"></td><td></td></tr>$,\1,p' dash/index.html
}
is "$(worst | wc -l | awk '{ print ($1 > 4) }')" 1 "rows without steps that nobody watches"
is "$(worst)" "$(worst | sort -rn)" "… the worst first"
printf 'policy: p\nrules:\n  - {metric: error, group: "gender=male;skin=lighter", rise_at_most: 90 points}\n  - {metric: error.difference, group: gender=female, versus: gender=male, rise_at_most: 90 points}\n' >p.yaml
"$MISID" gate n24 --baseline n1 --policy p.yaml --history h.sqlite --out gates/n24.json --quiet
is $? 0 "the last night passes another"
run "$MISID" dashboard --history h.sqlite --gates gates --out dash --charts 2
is "$(series | head -n 2 | tr '\n' ';')" \
    "error.difference of gender=female against gender=male, vendor;error of gender=male;skin=lighter, vendor;" \
    "what it passes comes before steps that it does not watch"
is "$(grep -c '</td><td><span class="badge yes">pass</span></td></tr>' dash/index.html)" 2 "and is marked"
like "$(grep -A1 '<div class="charts">' dash/index.html)" 'gender=female against gender=male' "and is charted first"
run "$MISID" dashboard --history h.sqlite --out dash --charts 3
is "$(sed -n '/<div class="charts">/,/<h3>All/s/.*<title[^>]*>\([a-z_.]*\) of .*/\1/p' dash/index.html | sort | uniq -d)" "" \
    "charts take the worst of every metric first"
run "$MISID" dashboard --history nowhere.sqlite --out dash
is "$status" 2 "no history"
run "$MISID" dashboard --history h.sqlite
is "$status" 2 "no folder to write to"
run "$MISID" dashboard --history h.sqlite --out dash --study other
is "$status" 2 "a study that nobody recorded"
echo '{"study": "gender-shades"' >gates/bad.json
run "$MISID" dashboard --history h.sqlite --gates gates --out dash
is "$status" 2 "a gate's file that is none"
done_testing
