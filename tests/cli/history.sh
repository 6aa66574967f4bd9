#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid record, history, baseline: what goes in comes out, once, whole, and over time.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 99
MISID_DATA=$SRCDIR
export MISID_DATA
study=$SRCDIR/bench/gender-shades.yaml

# Two nights of a classifier that runs, on 40 people with two images each; a study of
# published counts; comparisons.
"$MISID" synth --out set --subjects 40 --images 2 --size 96 --seed 3 --quiet || exit 99
night() { # night SECONDS OUT
    SOURCE_DATE_EPOCH=$1 "$MISID" run "$study" --backend 'null:labels=female;male' \
        --dataset synthetic --root set --out "$2" --quiet
}
night 1600000000 one && night 1600086400 two || exit 99
"$MISID" run "$study" --out published --quiet || exit 99
"$MISID" embed --dataset synthetic --root set --backend lbp --no-cache --out emb --quiet &&
    "$MISID" score emb --by gender --thresholds 0.5 --target-fmr 0.01 --out sc --quiet &&
    "$MISID" estimate sc --out compared --replicates 100 --permutations 99 --quiet || exit 99

# Nothing there yet.
run "$MISID" history
is "$status" 2 "no history: exit 2"
like "$errs" '^misid: results/history.sqlite: there is no history, expected one that `misid record` made$' \
    "no history: where it was looked for"
[ ! -e results ]
ok $? "and nothing was made"
run "$MISID" record
is "$status|$errs" "2|misid: record: no run folder named, expected one or more" "record nothing"
run "$MISID" record set
is "$status" 2 "record what is no run: exit 2"
like "$errs" 'set: is no finished run, expected a folder with a run.json' "and says so"

# Recording.
run "$MISID" record one two published
is "$status$errs" 0 "record three runs"
is "$(printf '%s\n' "$out" | grep -c ': recorded, ')" 3 "all are new"
id=$(printf '%s\n' "$out" | sed -n '1s/ .*//p')
[ -f results/history.sqlite ]
ok $? "the usual place"
run "$MISID" record one
like "$out" "^$id .* is there already" "the same run again is the same run"
run "$MISID" record compared --scores sc --json
is "$status$errs" 0 "record comparisons"
like "$out" '"fresh": true' "as JSON"
cp -r one moved
run "$MISID" record moved
like "$out" "^$id .* is there already" "wherever it lies"
printf 'x' >>moved/findings.csv
run "$MISID" record moved
is "$status" 2 "a run that was changed: exit 2"
like "$errs" 'moved/findings.csv: is not the file that run.json records' "and which file"
is "$("$MISID" history gender-shades | wc -l | tr -d ' ')" 3 "three runs of the study"

# Over time.
is "$("$MISID" history --csv | LC_ALL=C sort)" "$(printf '%s\n' \
    'gender-shades,3,2020-09-13T12:26:40Z,'"$(sed -n 's/^  "started": "\(.*\)",/\1/p' published/run.json)" \
    'score,1,'"$(sed -n 's/^  "started": "\(.*\)",/\1/p' compared/run.json | sed 'p' | paste -sd,)" \
    'study,runs,first,last' | LC_ALL=C sort)" "the studies"
run "$MISID" history gender-shades --metric error --group gender=female --dataset synthetic --csv
is "$status$errs" 0 "a finding over time"
is "$(printf '%s\n' "$out" | sed 1d | cut -d, -f2)" "$(printf '2020-09-13T12:26:40Z\n2020-09-14T12:26:40Z')" \
    "in the order of time"
# Every row of findings.csv comes back, all columns.
"$MISID" history gender-shades --all --until 2020-09-13 --csv | python3 -c '
import csv, sys
got = sorted(csv.DictReader(sys.stdin), key=lambda r: int(r["row"]))
want = list(csv.DictReader(open("one/findings.csv")))
assert len(got) == len(want) > 100, (len(got), len(want))
for g, w in zip(got, want):
    for k in w:
        assert g[k] == w[k], (k, g[k], w[k])
' 2>errors
ok $? "every row, every column, as findings.csv has it" || sed 's/^/# /' errors
is "$("$MISID" history gender-shades --since 2020-09-14 --until 2020-09-14 --json |
    grep -c '"run":')" 1 "of a day"
run "$MISID" history gender-shades --since yesterday
is "$status" 2 "no day: exit 2"
like "$errs" 'expected a day such as 2018-02-04' "and what was expected"
run "$MISID" history gender-shades --metric nonsense
is "$status|$out" "0|No finding of the history is like that." "no such finding"
run "$MISID" history gender-shades --csv --json
is "$status" 2 "CSV and JSON at once: exit 2"
# Speed, as a ratio to the calibration of the same run.
"$MISID" history gender-shades --speed --json >speed.json
python3 -c '
import json
rows = [r for r in json.load(open("speed.json")) if r["fingerprint"]]
assert len(rows) == 2
for r in rows:
    assert r["images_per_second"] > 0 and r["calibration"] > 0
    assert abs(r["ratio"] * r["calibration"] / r["images_per_second"] - 1) < 1e-12
    assert len(r["fingerprint"]) == 64
' 2>errors
ok $? "speed" || sed 's/^/# /' errors
host=$(sed -n 's/^  "host": "\(.*\)",/\1/p' one/run.json)
like "$host" ', [0-9]+ processors?, [a-z0-9]+$' "the class of machine"
unlike "$host" "$(hostname 2>/dev/null || echo no-name-here)" "not its name"

# What pairs two runs: outcomes and margins add up to the findings.
run "$MISID" history export out
is "$status$errs" 0 "export"
cat >check.py <<'PY'
import csv, glob, json
def inside(g, h):
    return h == 'all' or set(h.split(';')) <= set(g.split(';'))
checked = 0
for f in glob.glob('out/*/*.json'):
    if f.startswith('out/panels'):
        continue
    d = json.load(open(f))
    rows = list(csv.DictReader(open(f[:-5] + '.csv')))
    for o in d['outcomes']:
        p = json.load(open(f'out/panels/{o["panel"]}.json'))
        for r in rows:
            if r['backend'] != o['backend'] or r['versus'] or r['metric'] not in (
                    'error', 'fta', 'error_with_misses'):
                continue
            hits, trials = {'error': ('w', 'rw'), 'fta': ('m', 'rwm'),
                            'error_with_misses': ('wm', 'rwm')}[r['metric']]
            x = n = 0
            for row, c in zip(p['rows'], o['outcomes']):
                g = row.split()[1]
                if g != '-' and inside(p['groups'][int(g)], r['group']) and c in trials:
                    n += 1
                    x += c in hits
            assert (x, n) == (int(r['x']), int(r['n'])), (f, r['metric'], r['group'], x, n)
            checked += 1
    for m in d['margins']:
        p = json.load(open(f'out/panels/{m["panel"]}.json'))
        cells = [list(map(int, c.split())) for c in m['cells']]
        names = [pt['point'] for pt in m['points']]
        for r in rows:
            if r['metric'] not in ('fmr', 'fnmr') or r['versus'] or r['point'] not in names:
                continue
            j = names.index(r['point'])
            x = n = 0
            for row in m['rows']:
                v = list(map(int, row.split()))
                a, b, mated = cells[v[1]]
                if mated == (r['metric'] == 'fnmr') and all(
                        inside(p['groups'][g], r['group']) for g in (a, b)):
                    n += v[2]
                    x += v[4 + j] if r['metric'] == 'fmr' else v[2] - v[4 + j]
            if r['metric'] == 'fmr':
                x, n = x // 2, n // 2
            assert (x, n) == (int(r['x']), int(r['n'])), (f, r['metric'], r['group'], x, n)
            checked += 1
    if d['started'] == '2020-09-13T12:26:40Z':
        groups = {g['group']: g for g in d['groups']}
        assert groups['all'] == {'group': 'all', 'samples': 80, 'people': 40, 'failed': 0}
        assert groups['gender=female']['samples'] == 40
assert checked >= 20, checked
PY
python3 check.py 2>errors
ok $? "outcomes and margins add up to the counts of the findings" || sed 's/^/# /' errors
unlike "$(cat results/history.sqlite out/*/*.json | tr -c '[:print:]' '\n')" 'S0000[0-9]' \
    "no name of a sample or person is kept"
run "$MISID" history import out --history other.sqlite
is "$out" "other.sqlite: 4 runs, 4 of them new" "import"
"$MISID" history export again --history other.sqlite >/dev/null
is "$(diff -r out again 2>&1)" "" "out and in and out: the same bytes"
run "$MISID" history import out --history other.sqlite
is "$out" "other.sqlite: 4 runs, 0 of them new" "import again"
run "$MISID" history check
is "$status|$out" "0|results/history.sqlite: is whole" "check"

# Baselines.
run "$MISID" baseline set release-1 one
is "$status$out$errs" 0 "baseline set: by the folder"
run "$MISID" baseline set release-1 "$(printf '%.8s' "$id")"
is "$status$out$errs" 0 "baseline set: by the id"
run "$MISID" baseline list
is "$out" "gender-shades  $id  release-1" "baseline list"
run "$MISID" baseline show release-1
like "$out" '^  started   2020-09-13T12:26:40Z$' "baseline show"
run "$MISID" baseline show release-2
is "$status" 2 "baseline show: none of that name"
run "$MISID" baseline set 'a b' one
is "$status" 2 "baseline set: a name with a blank"
run "$MISID" baseline unset release-1
is "$status$out$errs" 0 "baseline unset"
is "$("$MISID" baseline list)" "" "it is gone"
run "$MISID" baseline unset release-1
is "$status" 2 "baseline unset: there is none"

# Many at once, some of them the same run.
for _ in 1 2 3 4 5 6; do
    "$MISID" record one two published --history crowd.sqlite --quiet 2>>crowd &
done
wait
is "$(cat crowd)" "" "six processes at once: no fault"
is "$("$MISID" history gender-shades --history crowd.sqlite | wc -l | tr -d ' ')" 3 \
    "every run once"
MISID_HISTORY=crowd.sqlite
export MISID_HISTORY
is "$("$MISID" history check)" "crowd.sqlite: is whole" "MISID_HISTORY names it"
unset MISID_HISTORY
done_testing
