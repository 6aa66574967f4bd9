#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid estimate on a folder of comparisons: every count is made again in NumPy from all
# pairs, the closed sums of Wilson-t too.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 99

python=
for p in /usr/bin/python3 python3; do
    "$p" -c 'import numpy' 2>/dev/null && python=$p && break
done
[ -n "$python" ] || skip_all "no NumPy"

cat >make.py <<'PY'
import numpy as np
rng = np.random.default_rng(7)
rows, t = [], []
for s in range(60):
    g = 'female' if s % 2 else 'male'
    e = 'abc'[s % 3]
    c = rng.normal(size=24) + (1.5 if g == 'female' else 0) * np.eye(24)[0]
    for k in range(1 + s % 4):
        t.append(c + 0.8 * rng.normal(size=24))
        rows.append((f's{s}_{k}', f'p{s}', g, e))
t = np.array(t, dtype=np.float32)
t[5] = np.nan
np.save('t.npy', t)
open('r.csv', 'w').write('sample,subject,gender,origin\n' +
                         ''.join(','.join(r) + '\n' for r in rows))
PY
"$python" make.py
run "$MISID" score --templates t.npy --roster r.csv --by gender,origin --thresholds 0.3,0.45 \
    --target-fmr 0.01 --out sc --quiet
is "$status" 0 "comparisons"
run "$MISID" estimate sc --quiet --permutations 499 --replicates 200
is "$status|$out|$errs" "0||" "findings"

cat >check.py <<'PY'
import csv, numpy as np
from math import sqrt
rows = list(csv.DictReader(open('r.csv')))
t = np.load('t.npy').astype(np.float64)
ok = np.isfinite(t).all(axis=1)
t[~ok] = 1
t /= np.linalg.norm(t, axis=1, keepdims=True)
s = t @ t.T
n = len(rows)
person = np.array([r['subject'] for r in rows])
people = sorted(set(person))
def inside(name):
    want = dict(x.split('=') for x in name.split(';')) if name != 'all' else {}
    return np.array([all(r[k] == v for k, v in want.items()) for r in rows])
i, j = np.triu_indices(n, 1)
mated = person[i] == person[j]
done = ok[i] & ok[j]
faults, seen = [], 0
def expect(what, got, want, tolerance=0):
    if abs(float(got) - want) > tolerance * abs(want):
        faults.append(f'{what}: {got}, expected {want}')
for f in csv.DictReader(open('sc/findings.csv')):
    metric, where = f['metric'], f"{f['metric']} {f['group']} {f['versus']} {f['point']}"
    if f['method'] == 'vertex-bootstrap' or '.' in metric or metric in ('eer', 'fdr', 'ir', 'garbe'):
        continue
    g = inside(f['group'])
    h = inside(f['versus']) if f['versus'] else g
    pair = (g[i] & h[j]) | (h[i] & g[j])
    if metric == 'no_template':
        expect(where, f['x'], (g & ~ok).sum()); expect(where, f['n'], g.sum())
        seen += 1
        continue
    match = s[i, j] >= float(f['threshold'])
    if f['point'].startswith('fmr='):   # the threshold is an observed score: within rounding
        match = s[i, j] >= float(f['threshold']) - 1e-6
    if metric == 'fmr':
        in_it = pair & ~mated & done; hit = match
    elif metric == 'gfar':
        in_it = pair & ~mated; hit = match & done
    elif metric == 'fnmr':
        in_it = pair & mated & done; hit = ~match
    else:
        in_it = pair & mated; hit = ~match | ~done
    expect(where + ' x', f['x'], (in_it & hit).sum()); expect(where + ' n', f['n'], in_it.sum())
    seen += 1
    if metric not in ('fmr', 'gfar') or (in_it & hit).sum() == 0:
        continue
    # degrees of freedom of Wilson-t from all pairs, by the formula
    M, x = in_it.sum(), (in_it & hit).sum()
    p = x / M
    S, m = dict.fromkeys(people, 0.0), dict.fromkeys(people, 0.0)
    R = {}
    for a, b, e in zip(person[i][in_it], person[j][in_it], hit[in_it]):
        k = (min(a, b), max(a, b))
        q = R.setdefault(k, [0, 0]); q[0] += 1; q[1] += e
    R2 = 0
    for (a, b), (c, e) in R.items():
        r = e - p * c
        R2 += r * r
        for z in (a, b):
            S[z] += r; m[z] += c
    W = np.array([S[z] / (1 - m[z] / M) for z in people if m[z]])
    expect(where + ' df', f['df'] or 'inf', max(2, (W**2).sum()**2 / (W**4).sum()), 1e-9)
    erring = sum(1 for c, e in R.values() if e)
    if erring >= 10:
        var = max((W**2).sum() - R2, R2, p * (1 - p) * M) / M**2
        expect(where + ' n_eff', f['n_eff'], p * (1 - p) / var, 1e-9)
    expect(where + ' clusters', f['clusters'], sum(1 for z in people if m[z]))
    seen += 1
for x in faults[:20]:
    print(x)
print('seen', seen, 'faults', len(faults))
PY
like "$("$python" check.py 2>&1)" '^seen [2-9][0-9][0-9] faults 0$' \
    "counts, clusters, effective n and degrees of freedom are those of all pairs"

finding() { # METRIC GROUP VERSUS POINT -> row
    grep ",scores,$1,$2,$3,$4," sc/findings.csv | head -n 1
}
like "$(finding fmr.max_min gender '' 'fmr=0.01')" 'studentised permutation test' \
    "the spread is tested"
like "$(finding fmr gender=female gender=male 'fmr=0.01')" 'people of the other' \
    "pairs of groups have rows"
like "$(grep ',scores,fmr.ratio,gender=' sc/findings.csv | head -n 1)" ',mover,' "ratios by MOVER"
like "$(grep 'vertex-bootstrap' sc/findings.csv | head -n 1)" 'threshold found again' \
    "FNMR with the threshold found again"
like "$(finding eer all '' '')" ',0\.0363[0-9]*,0\.0[12][0-9]*,0\.0[45][0-9]*,0.95,vertex-bootstrap,.*,ok,.*people drawn again 200 times' \
    "an EER has an interval"
like "$(finding eer gender=male '' '')" ',,,,,1711,.*,too-few,.*no interval: fewer than five errors of one kind' \
    "... or says why it has none"
cp sc/findings.csv one.csv
run "$MISID" estimate sc --quiet --permutations 499 --replicates 200 --threads 1
is "$(cmp one.csv sc/findings.csv && echo same)" same "the threads make no difference"
run "$MISID" estimate sc --quiet --permutations 499 --replicates 200 --seed 2
is "$(cmp -s one.csv sc/findings.csv || echo other)" other "the seed does"

run "$MISID" estimate sc --quiet --permutations 499 --replicates 200 --out run \
    --title "Templates <made> for this test"
is "$status" 0 "a run folder"
is "$(cd run && ls study.json counts.csv findings.csv report.html run.json | wc -l)" 5 \
    "... with its report"
like "$(cat run/report.html)" 'FMR by gender: highest female .*, lowest male .*; [0-9.]+ times' "... that says what may be concluded"
like "$(cat run/report.html)" 'An EER without an interval has none: fewer than five' "... and on a DET curve which EER has no interval"
like "$(cat run/report.html)" '<h1>Templates &lt;made&gt; for this test' "... and its title"
run "$MISID" estimate sc --quiet --title ""
is "$status" 2 "an empty title is refused"
# The table of pairs of groups shows rows of the findings, each cell above and below the
# diagonal.
cells=$(ls run/charts/cross-fmr-*.tsv)
is "$(awk -F '\t' 'NF == 15 && $1 != "x0" && $7 != ""' "$cells" | wc -l)" 36 "a table of pairs of groups"
awk -F '\t' 'NF == 15 && $1 != "x0" && $15 != "" { print $14 "," $15 "," $10 "," $11 }' "$cells" |
    sort -u >shown
awk -F , '$4 == "fmr" && $6 != "" && $7 == "fmr=0.01" && $5 ~ /;/ { print $5 "," $6 "," $14 "," $15 }' \
    sc/findings.csv | sort -u >found
is "$(cmp shown found && wc -l <shown)" 15 "... of the findings"
is "$(ls run/charts/caterpillar-fmr-*.png | wc -l)" 1 "all groups, sorted"

"$python" - >gap.out <<'PY'
import csv, json
rows = list(csv.DictReader(open('run/curves.csv')))
print('all', len({(r['metric'], r['point'], r['threshold']) for r in rows if r['group'] == 'all'}) ==
      sum(r['group'] == 'all' for r in rows))
# where both files have a rate at the operating point they say the same of it
found = {(r['metric'], r['group'], r['versus']): r for r in csv.DictReader(open('run/findings.csv'))
         if r['point'] == 'fmr=0.01' and r['method'] == 'wilson-t'}
both = [(r, found[k]) for r in rows if r['point'] == 'fmr=0.01' and r['lo']
        and (k := (r['metric'], r['group'], r['versus'])) in found]
print('marginal', any(r['group'] == 'gender=female' for r, f in both))
print('same', all((r['x'], r['n'], r['clusters']) == (f['x'], f['n'], f['clusters']) and
                  all(abs(float(r[c]) - float(f[c])) < 1e-9 for c in ('estimate', 'lo', 'hi'))
                  for r, f in both))
print('recorded', 'curves.csv' in json.dumps(json.load(open('run/run.json'))))
PY
is "$(cat gap.out)" "all True
marginal True
same True
recorded True" "the curves of joined groups agree with the findings"
for chart in fmr-threshold det densities equalise; do
    is "$(ls run/charts/$chart-*.tsv | wc -l)" 2 "$chart is drawn for the first axis and for all"
done
cp run/charts/det-*.tsv . && cp run/curves.csv before.csv
run "$MISID" chart run
is "$status|$(cmp run/curves.csv before.csv && for f in det-*.tsv; do cmp "$f" run/charts/$f; done)" "0|" \
    "charts are drawn again from the curves that the folder keeps"
run "$MISID" estimate run
is "$status" 2 "its counts alone are refused"
like "$errs" 'share people, expected the folder of the scores' "... since they share people"
run "$MISID" chart run
is "$status" 0 "charts can be drawn again"

run "$MISID" estimate sc --target-fmr 0.9 --quiet
is "$status" 2 "a target below the floor"
like "$errs" '^misid: the scores are kept one by one only down to' "... is told"
run "$MISID" estimate sc --reference gender=none --quiet
is "$status" 2 "a reference that is no group"
sed 's/,female,/,male,/' sc/roster.csv >other.csv
mkdir broken && cp sc/* broken/ && sed '2d' sc/roster.csv >broken/roster.csv
run "$MISID" estimate broken --quiet
is "$status" 2 "scores of another roster"
like "$errs" '^misid: the scores have [0-9]+ non-mated comparisons, but the roster' "... are told"

# a gallery: the ranks are those that the searches counted
cat >probes.py <<'PY'
import numpy as np
rng = np.random.default_rng(3)
t = np.load('t.npy')
names = [line.split(',') for line in open('r.csv').read().split()[1:]]
q, rows = [], []
for s in range(80):
    own = [i for i, r in enumerate(names) if r[1] == f'p{s}']
    for k in range(1 + s % 2):
        base = t[own[-1]] if own else rng.normal(size=24)
        q.append(base + 2 * rng.normal(size=24))
        rows.append(f"q{s}_{k},p{s},{'female' if s % 2 else 'male'},{'abc'[s % 3]}")
q[7][0] = np.nan
np.save('q.npy', np.array(q, dtype=np.float32))
open('q.csv', 'w').write('sample,subject,gender,origin\n' + '\n'.join(rows) + '\n')
PY
"$python" probes.py
run "$MISID" score --templates t.npy --roster r.csv --probes q.npy --probe-roster q.csv \
    --by gender --thresholds 0.45 --top 5 --out id --quiet
is "$status" 0 "searches"
run "$MISID" estimate id --quiet
is "$status|$errs" "0|" "... and their findings"
cat >ranks.py <<'PY'
import csv
want, got = {}, {}
for r in csv.DictReader(open('id/identification.csv')):
    if r['kind'] == 'mated' and r['rank'] in ('1', '5'):
        n = int(r['searches']) + int(r['lost'])
        want[r['group'], 'rank=' + r['rank']] = (n - int(r['hits']), n)
for f in csv.DictReader(open('id/findings.csv')):
    if f['metric'] == 'rank_miss' and f['group'] != 'all':
        got[f['group'], f['point']] = (int(f['x']), int(f['n']))
        assert f['lo'] and f['hi'] and f['clusters'] and f['method'] == 'wilson-t', f
print(want == got and len(got) == 4 and max(x for x, n in got.values()) > 0, want, got)
PY
like "$("$python" ranks.py 2>&1)" '^True' "rank-k misses are those of identification.csv"

# only people of one gender compared: groups of any gender have counts too
run "$MISID" score --templates t.npy --roster r.csv --by gender,origin --same gender \
    --thresholds 0.45 --target-fmr 0.01 --out same --quiet
run "$MISID" estimate same --quiet --permutations 99 --replicates 100 --out same-run
is "$status|$errs" "0|" "comparisons within genders"
cat >same.py <<'PY'
import csv
cells = {}
for r in csv.DictReader(open('same/cells.csv')):
    if r['kind'] == 'non-mated' and r['threshold'] == '0.45':
        cells[r['group_a'], r['group_b']] = (int(r['matches']), int(r['comparisons']))
bad = seen = 0
for f in csv.DictReader(open('same-run/findings.csv')):
    if f['metric'] != 'fmr' or f['versus']:
        continue
    if f['point'] == 'fmr=0.01' and f['group'] == 'all':
        bad += float(f['estimate']) > .01
        seen += 1
    if f['point'] != 'threshold=0.45':
        continue
    inside = set() if f['group'] == 'all' else set(f['group'].split(';'))
    here = [v for k, v in cells.items() if all(inside <= set(g.split(';')) for g in k)]
    bad += (int(f['x']), int(f['n'])) != tuple(map(sum, zip(*here)))
    seen += 1
print('seen', seen, 'bad', bad)
PY
is "$("$python" same.py 2>&1)" "seen 13 bad 0" \
    "every group has the counts of its cells, and a target is not exceeded"

# a group of one person, who has several images, one of them without a template
awk -F , 'BEGIN { OFS = "," } NR > 1 && $2 == "p7" { $4 = "z" } { print }' r.csv >solo.csv
cat >solo.py <<'PY'
import numpy as np
t = np.load('t.npy')
first = [i for i, l in enumerate(open('solo.csv').read().split()[1:]) if ',p7,' in l]
t[first[0]] = np.nan
np.save('solo.npy', t)
PY
"$python" solo.py
run "$MISID" score --templates solo.npy --roster solo.csv --by origin --thresholds 0.45 \
    --target-fmr 0.01 --out solo --quiet
run "$MISID" estimate solo --quiet --permutations 99 --replicates 100 --out solo-run
is "$status|$errs" "0|" "a group of one person"
cat >solo-check.py <<'PY'
import csv
found = {(f['group'], f['versus']): f for f in csv.DictReader(open('solo-run/findings.csv'))
         if f['metric'] == 'fmr' and f['point'] == 'fmr=0.01' and f['method'] == 'wilson-t'}
at = [c for c in csv.DictReader(open('solo-run/curves.csv'))
      if c['metric'] == 'fmr' and c['point'] == 'fmr=0.01' and 'origin=z' in (c['group'], c['versus'])]
ok = at and all(c['lo'] and (c['x'], c['n'], c['clusters'], c['lo'], c['hi']) ==
                tuple(found[c['group'], c['versus']][k] for k in ('x', 'n', 'clusters', 'lo', 'hi'))
                for c in at)
print(len(at), ok)
PY
is "$("$python" solo-check.py 2>&1)" "3 True" "... has intervals against the others, the same in both files"

# the equal error rate lies below the scores that were kept: a histogram has it
cat >eer.py <<'PY'
import csv, sys, numpy as np
rows = list(csv.DictReader(open('r.csv')))
t = np.load('t.npy').astype(np.float64)
ok = np.isfinite(t).all(axis=1)
t[~ok] = 1
t /= np.linalg.norm(t, axis=1, keepdims=True)
i, j = np.triu_indices(len(rows), 1)
person = np.array([r['subject'] for r in rows])
held = 0
for f in csv.DictReader(open(sys.argv[1])):
    if f['metric'] != 'eer':
        continue
    want = dict(x.split('=') for x in f['group'].split(';')) if f['group'] != 'all' else {}
    g = ok & np.array([all(r[k] == v for k, v in want.items()) for r in rows])
    pair = g[i] & g[j]
    s, mated = (t @ t.T)[i, j][pair], (person[i] == person[j])[pair]
    steps = np.unique(s)[::-1]
    fmr = np.r_[0, [np.mean(s[~mated] >= x) for x in steps]]
    fnmr = np.r_[1, [np.mean(s[mated] < x) for x in steps]]
    k = np.argmax(fnmr <= fmr)
    part = (fnmr[k - 1] - fmr[k - 1]) / (fnmr[k - 1] - fmr[k - 1] + fmr[k] - fnmr[k])
    eer = fmr[k - 1] + part * (fmr[k] - fmr[k - 1])
    # two scores in one bin make one step of two
    held += abs(float(f['estimate']) - eer) < 1 / min(mated.sum(), (~mated).sum())
print(held)
PY
is "$("$python" eer.py sc/findings.csv 2>&1)" 12 "the equal error rate of every group"

# everyone's rates have the interval that they have here in misid thresholds, of listed
# trials too
cat >everyone.py <<'PY'
import csv, sys
def rows(path):
    return {(r['metric'], r['point']): r for r in csv.DictReader(open(path))
            if r['group'] == 'all' and r['metric'] in ('fmr', 'fnmr') and r['point'] and
            r['method'] in ('', 'wilson-t')}
found, at = rows(sys.argv[1] + '/findings.csv'), rows(sys.argv[2])
same = lambda a, b: a == b or abs(float(a) - float(b)) <= 1e-12 * abs(float(b))
print(len(at), all(r['lo'] and all(same(r[k], found[k2][k]) for k in
                                   ('x', 'n', 'lo', 'hi', 'n_eff', 'df', 'clusters'))
                   for k2, r in at.items()))
PY
run "$MISID" estimate sc --quiet --permutations 99 --replicates 100 --out sc-run
run "$MISID" thresholds sc --out sc-curves.csv
is "$("$python" everyone.py sc-run sc-curves.csv 2>&1)" "2 True" "thresholds: everyone's intervals"
"$python" - <<'PY'
rows = [r.split(',') for r in open('r.csv').read().split()[1:]]
with open('some.csv', 'w') as f:
    f.write('probe,reference,mated\n')
    for i, a in enumerate(rows):
        for b in rows[i + 1::3]:
            f.write(f"{a[0]},{b[0]},{'yes' if a[1] == b[1] else 'no'}\n")
PY
run "$MISID" score --templates t.npy --roster r.csv --by gender --trials some.csv \
    --thresholds 0.3 --target-fmr 0.01 --out listed --quiet
run "$MISID" estimate listed --quiet --permutations 99 --replicates 100 --out listed-run
run "$MISID" thresholds listed --out listed-curves.csv
is "$status|$("$python" everyone.py listed-run listed-curves.csv 2>&1)" "0|2 True" \
    "... of listed trials too"

# charts that a set cannot fill are left out, and the report says which
sed '2!s/\(female\|male\)/female/; 2s/\(female\|male\)/male/' r.csv >loner.csv
run "$MISID" score --templates t.npy --roster loner.csv --by gender --thresholds 0.3 \
    --out loner --quiet
run "$MISID" estimate loner --quiet --permutations 99 --replicates 100 --out loner-run
is "$status|$errs" "0|" "only one group has pairs of two people"
like "$(cat loner-run/study.json)" '"Not drawn": "False match rate \(FMR\) between groups of gender' \
    "... and the charts that need two are named as not drawn"
run "$MISID" chart loner-run
is "$status|$errs" "0|" "... the run can be drawn again"

# every number at a point has its threshold; what is equal has no highest and lowest
is "$(awk -F, '$7 != "" && $8 == "" { print $4 }' sc-run/findings.csv | sort -u)" "" \
    "no row at a point is without its threshold"
is "$(grep -cE '"highest: ([^,"]*), lowest: \1;' sc-run/findings.csv)" 0 \
    "no group is both the highest and the lowest"
run "$MISID" score --templates t.npy --roster r.csv --by gender --thresholds 0.9999 \
    --out missed --quiet
run "$MISID" estimate missed --permutations 99 --replicates 100 --out missed-run
like "$(cat missed-run/findings.csv)" ',fnmr.max_min,.*,all rates are the same; n counts the groups$' \
    "all are missed"
like "$(printf '%s\n' "$out" | tr -s '\n ' '  ')" 'FNMR by gender: no higher for [a-z]+ 100 % \([0-9]+ of [0-9]+\) than for [a-z]+ 100 %' \
    "... in no group more than in the other"

# measures of FMR and FNMR need both of the same groups: here a has no mated comparison, b
# no non-mated one
"$python" - <<'PY'
import numpy as np
rows = [('a1', 'a1', 'a'), ('a2', 'a2', 'a')] + [(f'b{k}', 'b', 'b') for k in range(3)]
rows += [(f'c{s}{k}', f'c{s}', 'c') for s in range(10) for k in range(2)]
np.save('half.npy', np.random.default_rng(1).normal(size=(len(rows), 8)).astype('<f4'))
open('half.csv', 'w').write('sample,subject,g\n' + ''.join(','.join(r) + '\n' for r in rows))
PY
run "$MISID" score --templates half.npy --roster half.csv --by g --thresholds 0.3 --out half --quiet
run "$MISID" estimate half --quiet --permutations 99 --out half-run
is "$status|$(cut -d, -f4 half-run/findings.csv | grep -cE '^(fdr|ir|garbe)$')" "0|0" \
    "no FDR, IR or GARBE of FMRs of some groups and FNMRs of others"

# nobody has two images: no FNMR, and the run can be drawn again
cut -d, -f1,3,4 r.csv >nobody.csv
run "$MISID" score --templates t.npy --roster nobody.csv --by gender --thresholds 0.3 \
    --out once --quiet
run "$MISID" estimate once --quiet --permutations 99 --out once-run
is "$status|$errs|$(grep -c ',fnmr,' once-run/findings.csv)" "0||0" "no mated comparisons"
run "$MISID" chart once-run
is "$status|$errs" "0|" "... the run can be drawn again"

# a rate of 1 in every replicate has no bootstrap interval
sed '2,$s/^\([^,]*\),p[0-9]*,/\1,x\1,/' r.csv >apart.csv
"$python" - <<'PY'
lines = open('apart.csv').read().split('\n')
for i in (20, 30, 40): # three people of two images that are nothing alike
    lines[i] = ','.join([lines[i].split(',')[0], f'both{i}'] + lines[i].split(',')[2:])
    lines[i + 60] = ','.join([lines[i + 60].split(',')[0], f'both{i}'] + lines[i + 60].split(',')[2:])
open('apart.csv', 'w').write('\n'.join(lines))
PY
run "$MISID" score --templates t.npy --roster apart.csv --by gender --thresholds 0.9 \
    --target-fmr 0.001 --out apart --quiet
run "$MISID" estimate apart --quiet --permutations 99 --replicates 100 --out apart-run
is "$status|$(grep -c ',fnmr,all,,fmr=1e-3,[^,]*,1,,,0.95,vertex-bootstrap,3,3,.*the same rate each time' \
    apart-run/findings.csv)" "0|1" "all are missed in every replicate: no interval, which is said"

# samples that had to agree on what is none of the groups' axes
for by in gender gender,origin; do
    run "$MISID" score --templates t.npy --roster r.csv --by "$by" --same origin \
        --thresholds 0.3 --out "same-$by" --quiet
    run "$MISID" estimate "same-$by" --quiet --permutations 99 --out "same-$by-run"
    is "$status|$errs" "0|" "only comparisons within an origin, by $by"
done
is "$(cksum <same-gender-run/findings.csv)" "$(cksum <same-gender,origin-run/findings.csv)" \
    "... have the same findings either way"

# a floor that was raised past a threshold
run "$MISID" score --templates t.npy --roster r.csv --by gender --thresholds 0,0.6 \
    --max-exceedances 60 --out cap --quiet
run "$MISID" estimate cap --quiet --permutations 99 --out cap-run
is "$status|$errs" "0|" "a raised floor"
is "$(grep -cE ',scores,(fmr|gfar)[^,]*,[^,]*,[^,]*,threshold=0,' cap-run/findings.csv)" 0 \
    "no FMR below it"
like "$(cat cap-run/findings.csv)" ',scores,fnmr,all,,threshold=0,' "... but FNMR"
like "$(cat cap-run/report.html)" 'No FMR is given at threshold=0: too few scores were kept' \
    "... and the report says so"
like "$(cat run/report.html)" 'that of a contrast whose trials share people is where' \
    "the report says where the p-values come from"
unlike() { printf '%s\n' "$1" | grep -qE "$2" && set -- 1 "$3" || set -- 0 "$3"; ok "$1" "$2"; }
unlike "$(cat cap-run/report.html)" 'p of a contrast is Fisher' "... and nothing else"
done_testing
