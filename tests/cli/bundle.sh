#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid bundle and verify: what is in a bundle and what is not; that it verifies; that one
# which was changed does not, whoever changed it.
. "$(dirname "$0")/../lib.sh"
# What it leaves there is its own.
TMPDIR=$T/tmp
mkdir "$TMPDIR"
export TMPDIR
cd "$T" || exit 99
MISID_DATA=$SRCDIR
export MISID_DATA
study=$SRCDIR/bench/gender-shades.yaml

"$MISID" synth --out set --subjects 40 --images 2 --size 96 --seed 3 --quiet || exit 99
"$MISID" run "$study" --out published --quiet &&
    "$MISID" run "$study" --backend 'null:labels=female;male' --dataset synthetic --root set \
        --out own --quiet &&
    "$MISID" embed --dataset synthetic --root set --backend lbp --no-cache --out emb --quiet &&
    "$MISID" score emb --by gender --thresholds 0.5 --target-fmr 0.01 --out sc --quiet &&
    "$MISID" estimate sc --out compared --replicates 100 --permutations 99 --seed 7 \
        --target-fmr 0.02 --quiet || exit 99

# Whole ones verify.
for r in published own; do
    run "$MISID" bundle $r
    is "$status$errs" 0 "bundle $r"
    run "$MISID" verify $r.tar
    is "$status$errs" 0 "verify $r"
    like "$out" "^$r.tar: verified: [0-9]+ files have their hashes; [0-9]+ findings and 10 verdicts" \
        "verify $r: what was verified"
done
run "$MISID" bundle compared
is "$status" 2 "bundle of comparisons that lie elsewhere: exit 2"
like "$errs" 'expected their folder: --scores DIR' "and what is missing"
run "$MISID" bundle compared --scores sc
is "$status$errs" 0 "bundle of comparisons"
run "$MISID" verify compared.tar
is "$status$errs" 0 "verify of comparisons: seed, replicates and targets are those of the run"
run "$MISID" bundle published --scores sc
is "$status" 2 "scores that the run was not made of: exit 2"
cp -r sc other && cp own/roster.csv other/cells.csv
run "$MISID" bundle compared --scores other --out no.tar
is "$status" 2 "other scores: exit 2"
like "$errs" 'other/cells.csv: is not the file that the run was made of' "and which file"

# The same bytes again; a folder holds the same files; tar and sha256sum read them.
"$MISID" bundle own --out again.tar --quiet
cmp own.tar again.tar
ok $? "the same run gives the same archive"
"$MISID" bundle own --out folder --quiet
mkdir un && (cd un && tar xf ../own.tar)
is "$(diff -r un folder 2>&1)" "" "a folder holds the same files"
(cd un && sha256sum -c --quiet manifest-sha256.txt)
ok $? "sha256sum reads the manifest"
run "$MISID" verify folder
is "$status$errs" 0 "a folder verifies"

# No image, no template, no name.
is "$(tar tf own.tar | grep -E '\.npy$|problems.csv')" "" "no templates"
is "$(grep -rlE 'S0000[0-9]|images/' un)" "" "no name of a sample or person"
like "$(head -n 2 un/roster.csv | tail -n 1)" '^s1,p1,,ok,' "numbers in their place"
tar xOf compared.tar scores/roster.csv | sed 1d | cut -d, -f1-2 >names
is "$(grep -vcE '^s[0-9]+,p[0-9]+$' names)" 0 "nor in a roster of comparisons"
"$MISID" bundle own --with-samples --out named.tar --quiet
like "$(tar xOf named.tar roster.csv)" 'S00000' "--with-samples: the names"
is "$(tar tf named.tar | grep templates)" "" "--with-samples: no templates"
run "$MISID" verify named.tar
is "$status$errs" 0 "--with-samples: verifies"
python3 -c '
import json, urllib.parse, os
d = json.load(open("un/ro-crate-metadata.json"))
g = {e["@id"]: e for e in d["@graph"]}
m = g["ro-crate-metadata.json"]
assert m["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.1" and m["about"]["@id"] == "./"
root = g["./"]
assert root["@type"] == "Dataset" and root["name"] and root["datePublished"]
parts = {p["@id"] for p in root["hasPart"]}
files = set()
for top, _, names in os.walk("un"):
    files |= {os.path.relpath(os.path.join(top, n), "un") for n in names}
files -= {"ro-crate-metadata.json", "manifest-sha256.txt"}
assert {urllib.parse.unquote(p) for p in parts} == files, files ^ parts
for p in parts:
    assert int(g[p]["contentSize"]) == os.path.getsize("un/" + urllib.parse.unquote(p))
' 2>errors
ok $? "the metadata name every file" || sed 's/^/# /' errors

# Changed by somebody careless: the file is named.
# pack FOLDER: as an archive, in the order and form of ours
pack() {
    (cd "$1" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort >../list &&
        tar cf "../$1.tar" --format=ustar --owner=0 --group=0 -T ../list)
}
cp -r un careless && sed -i '20s/,0\.[0-9]*,/,0.25,/' careless/findings.csv && pack careless
run "$MISID" verify careless.tar
is "$status" 1 "a changed finding: exit 1"
like "$errs" '^misid: findings.csv: was changed: its SHA-256 is ' "and which file"
cp -r un lost && rm lost/claims.csv && pack lost
run "$MISID" verify lost.tar
is "$status" 1 "a lost file: exit 1"
like "$errs" '^misid: claims.csv: is not there' "and which"
cp -r un more && echo x >more/extra.csv && pack more
run "$MISID" verify more.tar
is "$status" 1 "a further file: exit 1"
like "$errs" '^misid: extra.csv: is not named in manifest-sha256.txt' "and which"
mkdir links && cp -r un/. links && rm links/report.html && ln -s /etc/passwd links/report.html
(cd links && find . ! -type d | sed 's,^\./,,' | LC_ALL=C sort >../list && tar cf ../links.tar --format=ustar -T ../list)
run "$MISID" verify links.tar
is "$status" 1 "a link: exit 1"
like "$errs" 'report.html: is no regular file' "and which"
run "$MISID" verify links
is "$status" 2 "a link in a folder: exit 2"
tar cf up.tar --format=ustar -P --transform 's,^un/run.json,../run.json,' un/run.json
run "$MISID" verify up.tar
is "$status" 1 "a name that leads out: exit 1"
like "$errs" 'is no safe name of a file' "and why"
head -c 5000 own.tar >short.tar
run "$MISID" verify short.tar
is "$status" 1 "cut short: exit 1"
run "$MISID" verify "$study"
is "$status" 1 "no archive: exit 1"
run "$MISID" verify nothing.tar
is "$status" 2 "no file: exit 2"

# Changed by somebody careful, who made all the hashes again: the row is named.
# careful NAME FILE SED-SCRIPT: a bundle with a file changed and every hash made to match
careful() {
    rm -rf "$1" && cp -r "${4:-un}" "$1" && chmod -R u+w "$1" && sed -i "$3" "$1/$2"
    new=$(sha256sum "$1/$2" | cut -d' ' -f1)
    old=$(sed -n "s,  $2\$,,p" "$1/manifest-sha256.txt")
    sed -i "s/$old/$new/" "$1/run.json" "$1/ro-crate-metadata.json"
    for f in run.json ro-crate-metadata.json "$2"; do
        new=$(sha256sum "$1/$f" | cut -d' ' -f1)
        sed -i "s,^[0-9a-f]*  $f\$,$new  $f," "$1/manifest-sha256.txt"
    done
    (cd "$1" && sha256sum -c --quiet manifest-sha256.txt) || echo "# $1: hashes do not match"
    pack "$1"
    run "$MISID" verify "$1.tar"
}
line=$(grep -n ',error,gender=female,,' un/findings.csv | head -n 1 | cut -d: -f1)
estimate=$(sed -n "${line}p" un/findings.csv | cut -d, -f9)
careful estimate findings.csv "${line}s/,$estimate,/,0.25,/"
is "$status" 1 "a finding changed with its hashes: exit 1"
like "$errs" "^misid: findings.csv:$line: estimate is '0.25', made again '$estimate' \(row $((line - 1)): error, gender=female" \
    "and the row that differs"
careful note findings.csv "${line}s/,ok,.*/,ok,all is well/"
like "$status $errs" "^1 misid: findings.csv:$line: note is 'all is well'" "a changed note"
careful dropped findings.csv "${line}d"
is "$status" 1 "a dropped row: exit 1"
like "$errs" 'findings.csv: has [0-9]+ rows, made again [0-9]+' "and how many"
careful verdict claims.csv '3s/inconclusive/found here too/'
like "$status $errs" "^1 misid: claims.csv:3: verdict is 'found here too', made again 'inconclusive'" \
    "a changed verdict"
counts=$(cd un && echo backends/*/counts.csv)
careful counts "$counts" '/,error,gender=female,/s/,error,gender=female,[0-9]*,/,error,gender=female,1,/'
is "$status" 1 "changed counts: exit 1" || printf '%s\n' "$out" "$errs" | sed 's/^/# /'
outputs=$(cd un && echo backends/*/outputs.csv)
careful outputs "$outputs" '2s/,female,/,male,/; t; 2s/,male,/,female,/'
is "$status" 1 "a changed answer: exit 1"
mkdir cm && (cd cm && tar xf ../compared.tar)
careful cells scores/cells.csv '/non-mated/s/,\([0-9]*\)$/,\11/' cm
is "$status" 1 "changed comparisons: exit 1"
# A number of another machine's last digit is no change; a count that differs is one.
careful digit findings.csv "${line}s/,$estimate,/,$(awk -v v="$estimate" 'BEGIN { printf "%.15g", v * (1 + 1e-11) }'),/"
is "$status$errs" 0 "rounding in the last digits is none"

# Signatures.
if command -v openssl >/dev/null; then
    openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null
    openssl pkey -in key.pem -pubout -out pub.pem
    openssl genpkey -algorithm ed25519 -out key2.pem 2>/dev/null
    openssl pkey -in key2.pem -pubout -out pub2.pem
    run "$MISID" bundle published --sign key.pem
    is "$status$errs" 0 "sign"
    run "$MISID" verify published.tar --key pub.pem
    like "$status $out" '^0 .*the signature is good$' "verify a signature"
    run "$MISID" verify published.tar --key pub2.pem
    is "$status" 1 "by another key: exit 1"
    like "$errs" 'is no signature of this bundle by pub2.pem' "and says so"
    tar xOf published.tar manifest-sha256.txt >manifest
    openssl pkeyutl -verify -rawin -in manifest -sigfile published.tar.sig -pubin \
        -inkey pub.pem >/dev/null 2>&1
    ok $? "openssl says the same"
    run "$MISID" verify own.tar --key pub.pem
    is "$status" 2 "no signature: exit 2"
    run "$MISID" verify own.tar --key pub.pem --signature published.tar.sig
    is "$status" 1 "that of another bundle: exit 1"
else
    skip "no openssl" "signatures"
fi
is "$(find "$TMPDIR" -name 'misid-verify.*' | wc -l | tr -d ' ')" 0 \
    "no folder is left behind"
done_testing
