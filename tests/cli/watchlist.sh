#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Searches in a gallery: every number is counted again in Python from all pairs of
# templates; who is the same person under two names; equal pictures; a part of a set.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home HOME=$T/home
export MISID_DATA XDG_CACHE_HOME HOME
unset MISID_CACHE
cd "$T" || exit 99

python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import numpy' 2>/dev/null && python=$p && break
done
[ -n "$python" ] || skip_all "no NumPy"

# 40 probes, 5 of whom the gallery has; 90 samples of 70 people. Towns of probes alone.
cat >make.py <<'PY'
import numpy as np
rng = np.random.default_rng(3)
def face(g):
    return rng.normal(size=16) + (1.2 if g == 'f' else 0) * np.eye(16)[0]
people = {f'g{i}': face('fm'[i % 2]) for i in range(70)}
P, G, pr, gr = [], [], [], []
for i in range(90):
    who = f'g{i % 70}'
    G.append(people[who] + .5 * rng.normal(size=16))
    gr.append((f's{i}', who, 'fm'[i % 70 % 2]))
for i in range(40):
    who = f'g{i}' if i < 5 else f'p{i}'
    g = 'fm'[i % 2]
    P.append((people[who] if i < 5 else face(g)) + .5 * rng.normal(size=16))
    pr.append((f'q{i}', who, g, 'xyz'[i % 3]))
G = np.array(G, 'f4'); P = np.array(P, 'f4')
P[9] = np.nan; G[11] = np.nan
np.save('p.npy', P); np.save('g.npy', G)
open('p.csv', 'w').write('sample,subject,gender,town\n' + ''.join(','.join(r) + '\n' for r in pr))
open('g.csv', 'w').write('sample,subject,gender\n' + ''.join(','.join(r) + '\n' for r in gr))
PY
"$python" make.py
score() {
    run "$MISID" score --templates g.npy --roster g.csv --probes p.npy --probe-roster p.csv \
        --by gender,town --thresholds 0.5,0.65 --target-fmr 0.01 --floor 0.3 --quiet "$@"
}
score --out sc
is "$status|$errs" "0|" "searches"
run "$MISID" estimate sc --out run --quiet --replicates 100 --permutations 99 --searches 200
is "$status|$errs" "0|" "... and their findings, where the gallery has not all axes"

cat >count.py <<'PY'
import csv, sys
import numpy as np
from fractions import Fraction
from math import comb
folder, joined = sys.argv[1], [a.split('=') for a in sys.argv[2:]]
P, G = np.load('p.npy').astype(float), np.load('g.npy').astype(float)
pr, gr = list(csv.DictReader(open('p.csv'))), list(csv.DictReader(open('g.csv')))
okp, okg = np.isfinite(P).all(1), np.isfinite(G).all(1)
P[~okp] = 1; G[~okg] = 1
S = (P / np.linalg.norm(P, axis=1)[:, None]) @ (G / np.linalg.norm(G, axis=1)[:, None]).T
S = S.astype('f4').astype(float)
def subjects(joins):
    p, g = [r['subject'] for r in pr], [r['subject'] for r in gr]
    for a, b in joins:
        old, new = g[[r['sample'] for r in gr].index(b)], p[[r['sample'] for r in pr].index(a)]
        p = [new if x == old else x for x in p]; g = [new if x == old else x for x in g]
    return p, g
def inside(name, r):
    want = dict(x.split('=') for x in name.split(';')) if name not in ('all', '') else {}
    return all(r[k] == v for k, v in want.items() if k in r)
faults, seen = [], {}
def expect(where, got, want):
    seen[where.split()[0]] = seen.get(where.split()[0], 0) + 1
    if abs(float(got) - want) > 1e-9 * max(1, abs(want)):
        faults.append(f'{where}: {got}, expected {want}')
def count(ps, gs, t, group, versus, what):
    here = [i for i, r in enumerate(pr) if inside(group, r) and okp[i] and ps[i] not in gs]
    people = {gs[j] for j, r in enumerate(gr) if okg[j] and inside(versus, r)}
    n = x = 0
    for i in here:
        best = {}
        for j in np.flatnonzero(okg & (S[i] >= t)):
            best[gs[j]] = max(best.get(gs[j], -9), S[i, j])
        first = max(best, key=best.get) if best else None
        n += 1
        x += {'hit': bool(best), 'many': len(set(best) & people), 'first': first in people}[what]
    return x, n, len(people)
rows = list(csv.DictReader(open(folder + '/findings.csv')))
now, before = subjects(joined), subjects([])
for f in rows:
    m, g, v = f['metric'], f['group'], f['versus']
    where = f"{m} {g} {v} {f['point']}"
    t = float(f['threshold'] or 0) - (1e-6 if f['point'].startswith('fmr=') else 0)
    if m in ('fpir', 'fpir.uncleaned'):
        x, n, _ = count(*(now if m == 'fpir' else before), t, g, '', 'hit')
        expect(where, f['x'], x); expect(where, f['n'], n)
    elif m == 'selectivity':
        x, n, _ = count(*now, t, g, v, 'many')
        expect(where, f['x'], x); expect(where, f['estimate'], x / n)
    elif m == 'first_candidate':
        x, n, _ = count(*now, t, g, v, 'first')
        expect(where, f['x'], x); expect(where, f['n'], n)
    elif m == 'false_leads':
        x, n, _ = count(*now, t, g, '', 'hit')
        expect(where, f['estimate'], 200 * x / n)
    elif m == 'returned':
        ps, gs = now
        people = {gs[j] for j, r in enumerate(gr) if okg[j] and inside(g, r)}
        hit = {gs[j] for i in range(40) for j in range(90)
               if okp[i] and okg[j] and ps[i] not in gs and S[i, j] >= t}
        expect(where, f['x'], len(people & hit)); expect(where, f['n'], len(people))
    elif m in ('fmr', 'fmr.uncleaned') and not v:
        ps, gs = now if m == 'fmr' else before
        pairs = [(i, j) for i in range(40) for j in range(90)
                 if okp[i] and okg[j] and ps[i] != gs[j] and inside(g, pr[i]) and inside(g, gr[j])]
        expect(where, f['x'], sum(S[i, j] >= t for i, j in pairs)); expect(where, f['n'], len(pairs))
try:
    curves = list(csv.DictReader(open(folder + '/curves.csv')))
except OSError:
    curves = []
for f in curves:
    if f['metric'] not in ('fpir.gallery', 'selectivity.gallery'):
        continue
    size = int(f['point'].split(',gallery=')[1])
    ps, gs = now
    t = float(f['threshold']) - (1e-6 if f['point'].startswith('fmr=') else 0)
    N = len({gs[j] for j in range(90) if okg[j]})
    c = [len({gs[j] for j in np.flatnonzero(okg & (S[i] >= t))}) for i, r in enumerate(pr)
         if okp[i] and ps[i] not in gs and inside(f['group'], r)]
    q = [1 - Fraction(comb(N - k, size), comb(N, size)) if f['metric'] == 'fpir.gallery'
         else Fraction(k * size, N) for k in c]
    expect(f"{f['metric']} {f['group']} {f['point']}", f['estimate'], float(sum(q) / len(q)))
    assert size <= N and float(f['lo']) <= float(f['estimate']) <= float(f['hi']), f
for x in faults[:20]:
    print(x)
print(' '.join(f'{k}:{v}' for k, v in sorted(seen.items())), 'faults', len(faults))
PY
found=$("$python" count.py run 2>&1)
like "$found" 'first_candidate:[1-9].*fpir:[1-9].*fpir.gallery:[1-9].*returned:[1-9].*selectivity:[1-9].*faults 0$' \
    "FPIR, candidates, whose comes first, whom they return, leads and galleries of every size"
like "$(cat run/report.html)" 'expected with a false lead of 200 searches' "the report has them"
like "$(ls run/charts)" 'gallery-size-fpir' "... and the chart of galleries"
like "$(ls run/charts)" 'fpir-threshold-fpir' "... and that of thresholds"
is "$(grep -o 'gallery=[0-9]*' run/curves.csv | cut -d= -f2 | sort -n | tail -n 1)" 70 "nothing past the gallery there was"
like "$(grep ',fpir.share_ratio,' run/findings.csv | head -n 1)" "koopman.*Fisher's exact test" \
    "over-representation by Koopman, tested by Fisher"
like "$(grep ',returned.share_ratio,gender' run/findings.csv | head -n 1)" koopman \
    "... of the gallery's people too"
run "$MISID" estimate sc --searches 0 --quiet
is "$status" 2 "no searches are refused"

# suspicious pairs: mated comparisons are few here, so a threshold is given
like "$(cat run/report.html)" 'to be looked at; none was taken out' "without a rule nothing is taken out"
is "$(sed 1d sc/suspects.csv | wc -l | tr -d ' ')" 20 "... but the highest are listed"
unlike "$(cat run/report.html run/findings.csv)" 'q[0-9]+,|"q[0-9]' "... and named nowhere else"
top=$(sed -n 2p sc/suspects.csv | cut -d, -f1,2)
second=$(sed -n 3p sc/suspects.csv | cut -d, -f1,2)
printf 'probe,reference,verdict\n%s,same\n%s,different\n' "$top" "$second" >seen.csv
score --out joined --same-person seen.csv
is "$status|$errs" "0|" "somebody has looked at two pairs"
run "$MISID" estimate joined --out jrun --quiet --replicates 100 --permutations 99 \
    --suspicious-above 0.6 --searches 200
is "$status|$errs" "0|" "... and their findings"
found=$("$python" count.py jrun "${top%,*}=${top#*,}" 2>&1)
like "$found" 'fmr.uncleaned:[1-9].*fpir.uncleaned:[1-9].*faults 0$' \
    "people are joined in every count, and the counts before that stand beside"
like "$(sed 1d joined/suspects.csv | head -n 1)" "^$second,.*,different\$" \
    "what was found to be two people is marked"
like "$(cat jrun/report.html)" 'that somebody has found to be two people' "the report tells both"
like "$(grep ',fpir.without_suspects,all' jrun/findings.csv)" 'were one person' \
    "and rates without the suspicious"
cat >less.py <<'PY'
import csv
rows = {(r['metric'], r['group'], r['point']): r for r in csv.DictReader(open('jrun/findings.csv'))}
bad = 0
for (m, g, p), r in rows.items():
    if m == 'fpir.without_suspects':
        bad += int(r['x']) > int(rows['fpir', g, p]['x']) or int(r['n']) > int(rows['fpir', g, p]['n'])
        if p == 'threshold=0.65' and g == 'all':
            bad += int(r['x']) != 0 and not any(1 for s in csv.DictReader(open('joined/suspects.csv'))
                                                if s['verdict'] == 'different')
print('bad', bad)
PY
is "$("$python" less.py)" "bad 0" "... are never higher"
for line in 'nobody,s1,same' "${top},maybe" "${top},same
${top},different"; do
    printf 'probe,reference,verdict\n%s\n' "$line" >wrong.csv
    score --out wrong --same-person wrong.csv
    is "$status" 2 "refused: $(printf %s "$line" | tr '\n' ' ')"
    like "$errs" '^misid: wrong.csv:[0-9]+: ' "... with its line"
done

# all pairs of one set
run "$MISID" score --templates g.npy --roster g.csv --by gender --thresholds 0.5 --out all --quiet
run "$MISID" estimate all --quiet --replicates 100 --permutations 99
pair=$(sed -n 2p all/suspects.csv | cut -d, -f1,2)
printf 'probe,reference,verdict\n%s,same\n' "$pair" >seen.csv
run "$MISID" score --templates g.npy --roster g.csv --by gender --thresholds 0.5 --out all2 --quiet \
    --same-person seen.csv
run "$MISID" estimate all2 --quiet --replicates 100 --permutations 99
is "$status|$errs" "0|" "people of one set are joined"
is "$(grep -E '^[^,]*,[^,]*,[^,]*,fmr,all,,threshold=0.5,' all/findings.csv | cut -d, -f8-9,14-15)" \
    "$(grep ',fmr.uncleaned,all,,threshold=0.5,' all2/findings.csv | cut -d, -f8-9,14-15)" \
    "before that the counts were what they are without the list"

# equal pictures under two names, and one saved smaller; part of a set
"$MISID" synth --out set --subjects 20 --images 1 --seed 4 --size 96 --format png --quiet || exit 99
mkdir -p two/images
i=0
echo 'path,subject,colour' >two/metadata.csv
find set -name '*.png' | sort | head -n 8 | while read -r file; do
    i=$((i + 1))
    cp "$file" "two/images/$i.png"
    echo "$i.png,person$i,$([ $((i % 2)) = 0 ] && echo red || echo blue)"
done >>two/metadata.csv
cp two/images/1.png two/images/copy.png
echo 'copy.png,somebody,red' >>two/metadata.csv
run "$MISID" embed --dataset generic --root two --backend lbp --out twice --covariates --quiet
is "$status|$errs" "0|" "a set with one picture twice"
run "$MISID" score twice --by colour --thresholds 5 --out twice-scores
like "$out" '^1 pairs of equal pictures and 0 that look alike' "it is found"
is "$(sed 1d twice-scores/duplicates.csv)" "1.png,copy.png,all,identical,joined" "... and listed"
like "$out" '^35 non-mated and 1 mated comparisons of 8 people' "... and is one person's"
is "$(sed 1d twice-scores/joined.csv | sort)" "$(printf '%s\n' 1.png,copy.png | tr , '\n' |
    sed 's/1.png/all,1.png,person1,identical-image/; s/copy.png/all,copy.png,somebody,identical-image/')" \
    "... whose names were"
run "$MISID" estimate twice-scores --quiet --replicates 100 --permutations 99
like "$(grep ',fmr.uncleaned,all' twice-scores/findings.csv)" ',36,36,36,' "the rates before that"
printf 'probe,reference,verdict\n1.png,copy.png,different\n' >apart.csv
run "$MISID" score twice --by colour --thresholds 5 --out twice-apart --same-person apart.csv
like "$out" '^36 non-mated and 0 mated' "somebody may say that they are two"
run "$MISID" score twice --by colour --thresholds 5
like "$errs" 'expected --out with another folder' "the roster that was embedded stays as it is"

# the study, on two drawn sets: half of the probes are in the gallery, by name
"$MISID" synth --out gallery --subjects 20 --images 1 --seed 9 --size 96 --quiet || exit 99
sed 's/,S0001/,T0001/' gallery/labels.csv >renamed && mv renamed gallery/labels.csv
watch() { # watch OPTION…
    run "$MISID" run "$SRCDIR/bench/watchlist.yaml" --dataset synthetic --root set \
        --gallery synthetic --gallery-root gallery --backend lbp --replicates 100 \
        --permutations 99 --quiet "$@"
}
watch --out watched --searches 50
is "$status|$errs" "0|" "the study runs"
counts() { grep -m 1 ",$1,all,,fmr=0.01," "watched/findings.csv" | cut -d, -f15; }
is "$(counts fpir) $(counts fnir)" "10 10" "non-mated and mated searches, a rate of each"
like "$(cat watched/report.html)" 'Of 20 probes the gallery names the person of 10' "the report says how many"
like "$(cat watched/report.html)" 'not testable' "what the labels cannot tell is not tested"
watch --out watched --set gallery.where.gender=female
is "$status|$errs" "0|" "... and again, in a part of the gallery"
like "$(cat watched/report.html)" 'gender female' "... which the report says"

run "$MISID" embed --dataset generic --root two --set 'dataset.where.colour=red' --backend lbp \
    --out red --quiet
is "$status|$(sed 1d red/roster.csv | wc -l | tr -d ' ')" "0|5" "a part of a set"
like "$(cat red/problems.csv)" 'left-out,note,"?4 left out; kept: 5 of 9 samples: colour red' "... said"
run "$MISID" embed --dataset generic --root two --set 'dataset.where.colour=[red,green]' \
    --backend lbp --out red
is "$status" 2 "a value that nobody has is refused"
like "$errs" "no sample has the colour 'green', expected some of" "... with those there are"
done_testing
