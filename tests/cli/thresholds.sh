#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid thresholds: every count of it against NumPy over all pairs (tests/oracles/
# thresholds.py), for similarities and distances, full and tail; what it refuses.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
python=/usr/bin/python3
$python -c 'import numpy, scipy' 2>/dev/null || skip_all "no NumPy or SciPy for $python"
cd "$T" || exit 99
$python - <<'END'
import csv
import numpy as np
rng = np.random.default_rng(5)
person = np.sort(rng.integers(0, 90, 300))
person[:40] = 0  # one person has more than half of the images of a group
x = (rng.normal(size=(90, 12))[person] + .9 * rng.normal(size=(300, 12))).astype("<f4")
x[60] = x[61]
x[7] = np.nan
np.save("t.npy", x)
with open("t.csv", "w", newline="") as f:
    w = csv.writer(f)
    w.writerow(["sample", "subject", "sex", "tone", "status"])
    for i in range(300):
        w.writerow([f"{i}.jpg", f"p{person[i]:03}", "fm"[person[i] % 2],
                    "rare" if person[i] % 13 == 0 else ["50% light", "dark", ""][person[i] % 3],
                    "no-face" if i in (6, 15) else "ok"])
END
held() { # held FOLDER AXIS NAME
    got=$($python "$SRCDIR/tests/oracles/thresholds.py" "$1" "$1/curves.csv" "$2" 7 2>&1)
    like "$got" "^[1-9][0-9]* rows held$" "$3"
}
score() { # score OUT OPTION…
    out_dir=$1
    shift
    run "$MISID" score --templates t.npy --roster t.csv --out "$out_dir" --quiet \
        --target-fmr .05,.01,.001 "$@"
    [ "$status" -eq 0 ] || printf '# %s\n' "$errs"
}
score cosine --by sex --thresholds .5
run "$MISID" thresholds cosine
is "$status|$errs" "0|" "a scored folder"
like "$out" "^FMR 0\.01 of all comparisons: threshold +0\.[0-9]+" "says the threshold"
like "$out" "^  sex=f +0\.[0-9]+ \[0\.[0-9]+, 0\.[0-9]+\]" "and what it does to a group"
held cosine sex "every count, threshold and interval of it"
run "$MISID" thresholds cosine --reference sex=m --fmr .02 --out r.csv
like "$out" "^FMR 0\.02 of sex=m: threshold" "a reference group sets the threshold"
is "$(awk -F, '$4 == "fmr" && $5 == "sex=m" && $6 == "" && $7 ~ /fmr=0.02/ { print $8 }' r.csv | uniq | wc -l)" 1 \
    "… which is then its own"
score euclid --by tone --thresholds 3 --similarity euclidean
run "$MISID" thresholds euclid
held euclid tone "a distance"
like "$(grep -c 'tone=dark,tone=rare,fmr=' euclid/curves.csv)" "^3$" "pairs of groups"
score tail --by tone --thresholds .5 --mode tail
run "$MISID" thresholds tail --fmr .01,.5
is "$status" 0 "a folder in tail mode"
like "$out" "FMR 0\.5 of all.*on an edge of the histogram, below the scores kept" "a target below the floor is said to be"
held tail tone "… and counted"
unlike "$(cat tail/curves.csv)" "density.nonmated" "no density of what was not counted"
# A folder as embed makes it: which samples failed is said by outputs.csv alone.
mkdir embedded
$python - <<'END'
import csv
import numpy as np
rows = list(csv.DictReader(open("t.csv")))
t = np.load("t.npy")
np.save("embedded/templates.npy", t)
with open("embedded/outputs.csv", "w") as f:
    f.write("sample,face,status\n")
    for r, x in zip(rows, t):
        f.write(f"{r['sample']},0,{r['status'] if np.isfinite(x).all() else 'no-face'}\n")
END
sed '1!s/,[^,]*$/,ok/' t.csv >embedded/roster.csv
run "$MISID" score embedded --by sex --thresholds .5 --target-fmr .05,.01,.001 --quiet
run "$MISID" thresholds embedded
is "$status|$errs|$(cmp embedded/curves.csv cosine/curves.csv)" "0||" "templates that embed made"
run "$MISID" thresholds cosine --json
like "$out" '"point": "own fmr=0.01"' "JSON"

refused() { # refused PATTERN NAME
    is "$status|$(printf '%s\n' "$errs" | wc -l)" "2|1" "$2"
    like "$errs" "$1" "… says so"
}
run "$MISID" thresholds nowhere
is "$status" 2 "a folder that is not there"
run "$MISID" thresholds cosine --fmr 2
refused "expected rates between 0 and 1" "an FMR above 1"
run "$MISID" thresholds cosine --reference sex=x
refused "expected one of sex=f, sex=m" "a reference that is no group"
run "$MISID" thresholds cosine --confidence 95
refused "between 0 and 1" "a confidence in per cent"
head -n 200 cosine/roster.csv >less && cp less cosine/roster.csv
run "$MISID" thresholds cosine
is "$status" 2 "a roster that is not the one that was scored"
done_testing
