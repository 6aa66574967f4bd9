#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The azure-face backend against a stand-in: faces without classes, pairs, both kinds of
# gallery, faceIds that end, accounts that are not approved, and what must not stay.
# shellcheck disable=SC2034 # read by tests/servers/vendor.sh
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
. "$SRCDIR/tests/servers/lib.sh"
AZURE_FACE_KEY=plantedAzureKey0123456789
export AZURE_FACE_KEY
unset AZURE_FACE_TOKEN
backend=azure-face standin_is="azure --state galleries" planted='plantedAzure'
. "$SRCDIR/tests/servers/vendor.sh"

# --- faces: no class is to be had ---
test_classes
is "$(sed 1d live/outputs.csv | cut -d, -f3,5 | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
    " 4 no-face,; 42 ok,;" "faces, and no class"
like "$(head -n 2 live/outputs.csv | tr '\n' ' ')" "attr.class.*not offered" "… which the rows say"
serve
run "$MISID" run "$SRCDIR/bench/gender-shades.yaml" --backend "$(spec)" --dataset synthetic \
    --root set --out x
is "$status" 2 "a study that counts classes"
like "$errs" "gives no classes, which this study counts: Microsoft no longer offers the attribute \
gender, retired in 2022" "… is told why there are none"
embed x ',detection=detection_01,gender=ask'
is "$status" 2 "gender, asked for all the same"
like "$errs" "Detect: it does not serve this account: .*UnsupportedFeature" "… is refused in its words"
standin_is="azure --gender --state galleries"
test_study ',detection=detection_01,gender=ask'
standin_is="azure --state galleries"
serve '[{"operation":"detect","from":3,"to":5,"fault":"other-json"}]'
embed odd ''
like "$(grep -c 'an answer that is no list' odd/outputs.csv)" 3 "what is no answer is the sample's error"
serve '[{"operation":"detect","from":3,"to":3,"fault":"status","value":[400,{},"{\"error\":{\"code\":\"InvalidImageSize\",\"message\":\"Image size is too small.\"}}"]}]'
embed small ''
like "$(grep -c ',refused,InvalidImageSize: Image size is too small.,' small/outputs.csv)" 1 \
    "a picture that it refuses is refused"

# --- pairs and galleries ---
test_pairs pairs ''
n=$(grep -c '^[0-9]* ok' pairs)
is "$(grep -c 'against' pairs):$(grep -c ' against .*: nan' pairs)" "$((n * (n + 1) / 2)):0" \
    "every pair has a score"
like "$(grep '^native' pairs)" '^native 0.5$' "its own threshold"
test_pairs list ',gallery=list'
is "$(grep -v '^native' list | sha256sum)" "$(grep -v '^native' pairs | sha256sum)" \
    "a face list finds what a person group does"
standin_is="azure --state galleries --polls 4"
test_matching ''
disturbed polls '' ''
standin_is="azure --state galleries"
disturbed storm ',in_flight=16' '[{"from":5,"to":60,"every":2,"fault":"throttle","value":1}]'
disturbed unwell '' '[{"every":7,"to":120,"fault":"status","value":500},{"every":11,"to":120,"fault":"half"},{"every":13,"to":120,"fault":"reset"}]'
# every faceId ends three times; those of the pictures, of some pairs, and of a probe
test_pairs forgotten '' '[{"operation":"verify","from":9,"to":9,"fault":"forget"},{"operation":"identify","from":2,"to":2,"fault":"forget"}]'
is "$(sha256sum <forgotten)" "$(sha256sum <pairs)" "faceIds that have ended are asked for anew"

ended expired '' '[{"operation":"verify","from":9,"fault":"status","value":[401,{},"{\"error\":{\"code\":\"401\",\"message\":\"Access denied due to invalid subscription key or wrong API endpoint.\"}}"]}]' \
    'Verify: it does not serve this account: HTTP status 401: 401: Access denied'
ended failing '' '[{"operation":"POST persistedfaces","from":3,"fault":"status","value":[403,{},"{\"error\":{\"code\":\"QuotaExceeded\",\"message\":\"Out of call volume quota.\"}}"]}]' \
    'AddFace: it does not serve this account: .*Out of call volume quota'
ended untrained ',training=1' '[{"operation":"GET training","fault":"status","value":[200,{},"{\"status\":\"running\"}"]}]' \
    'the training of the gallery has not ended after 1 seconds'
ended unpersoned '' '[{"operation":"POST persons","from":2,"fault":"other-json"}]' \
    "no person was made: an answer that the service does not document: 'personId'"
standin_is="azure --limited --state galleries"
ended limited '' '' 'Detect: it does not serve this account: .*missing approval .*Identification,Verification'
serve
embed unapproved ',identity=no'
is "$status:$(sed 1d unapproved/outputs.csv | grep -c ',ok,')" 0:36 "without faceIds it serves everyone"
ok "$(test ! -e unapproved/templates.npy; echo $?)" "… and there is no template"
standin_is="azure --state galleries"

# --- options and keys ---
wrong() { # wrong SPEC REGEXP
    run "$MISID" backend show "$1"
    is "$status" 2 "$1"
    like "$errs" "$2" "… in a line"
}
wrong azure-face 'expected one of region=NAME and endpoint='
wrong azure-face:region=x,endpoint=https://y 'expected one of region=NAME and endpoint='
wrong azure-face:region=a/b 'region=a/b, expected one as westeurope'
wrong azure-face:region=westeurope,detection=none 'detection=none, expected one of detection_01, '
wrong azure-face:region=westeurope,gender=ask 'expected detection=detection_01 beside it'
run "$MISID" backend show azure-face:region=westeurope
is "$status" 0 "a region is an address" || echo "# $errs"
serve
unset AZURE_FACE_KEY
ask nokey ''
like "$errs" "no key, expected just one of AZURE_FACE_KEY or AZURE_FACE_TOKEN" "no key"
AZURE_FACE_TOKEN=plantedAzureToken0123456789
export AZURE_FACE_TOKEN
server_stop
disturbed bearer '' ''
test_keys
done_testing
