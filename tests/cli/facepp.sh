#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The facepp backend against a stand-in: classes, pairs, facesets in several parts, its
# moving thresholds, face_tokens that end, and what must not stay.
# shellcheck disable=SC2034 # read by tests/servers/vendor.sh
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
. "$SRCDIR/tests/servers/lib.sh"
FACEPP_API_KEY=plantedFaceKey0123456789 FACEPP_API_SECRET=plantedFaceSecret0123456789
export FACEPP_API_KEY FACEPP_API_SECRET
backend=facepp standin_is="facepp --state galleries" planted='plantedFace'
. "$SRCDIR/tests/servers/vendor.sh"

test_classes
is "$(sed 1d live/outputs.csv | cut -d, -f3 | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
    " 4 no-face; 42 ok;" "statuses"
is "$(sed 1d live/outputs.csv | cut -d, -f5 | sort -u | tr '\n' ' ')" " female male " "classes"
like "$(head -n 1 live/outputs.csv)" "attr.quality,attr.age" "attributes"
is "$(grep -c '{"secret":"FACEPP_API_SECRET"}' live/cassette.jsonl)" 40 "keys are there by their names"
test_study ''
standin_is="facepp --free --state galleries"
serve
embed free '' --faces
is "$(sed 1d free/outputs.csv | grep -c ',ok,,,')" 6 "faces that are not analysed have no class"
like "$(grep ',ok,,,' free/outputs.csv)" 'not offered' "… which the rows say"
standin_is="facepp --state galleries"

test_pairs pairs ''
is "$(grep '^native' pairs | tr '\n' ' ')" "native 62.326999999999998 native 69.100999999999999 native 73.974999999999994 " \
    "its thresholds are its points"
is "$(grep -c ' against .*: nan' pairs)" 0 "every pair has a score"
test_pairs parts ',faceset=2'
is "$(grep -v '^[0-9]*:' parts | sha256sum)" "$(grep -v '^[0-9]*:' pairs | sha256sum)" \
    "facesets in parts: the same pairs"
is "$(grep '^[0-9]*:' parts | cut -d' ' -f1-11 | sha256sum)" "$(grep '^[0-9]*:' pairs | cut -d' ' -f1-11 | sha256sum)" \
    "… and the same five best"
test_pairs points '' '[{"operation":"compare","from":3,"to":3,"fault":"points","value":[60,70,80]}]'
like "$(cat all.err)" "thresholds was 62.327;69.101;73.975 and is now 60;70;80" \
    "that the thresholds change is told"
like "$(cat points.jsonl)" '"kind":"note".*thresholds was' "… and kept"
test_pairs given ',points=50;60'
is "$(grep '^native' given | tr '\n' ' ')" "native 50 native 60 " "points of one's own"

test_pairs forgotten '' '[{"operation":"compare","from":9,"to":9,"fault":"forget"},{"operation":"faceset/addface","from":1,"to":1,"fault":"forget"}]'
is "$(sha256sum <forgotten)" "$(sha256sum <pairs)" "face_tokens that have ended are asked for anew"
standin_is="facepp --at-once 2 --state galleries"
test_matching ',faceset=5'
like "$(fact live-search "The matcher's own scores")" 'Its searches do not return everybody: who matches is known beyond a score of [0-9.]* only\.' \
    "five candidates a search: what that leaves unknown is told"
unlike "$(cut -d, -f7 live-search/findings.csv)" '^rank=10$' "… and no rank is told beyond"
disturbed crowded ',in_flight=6' ''
standin_is="facepp --state galleries"
disturbed busy '' '[{"every":3,"to":90,"fault":"busy"}]'
disturbed unwell '' '[{"every":7,"to":120,"fault":"status","value":500},{"every":11,"to":120,"fault":"half"},{"every":13,"to":120,"fault":"reset"}]'

ended denied '' '[{"operation":"search","from":3,"fault":"denied"}]' \
    'Search: it does not serve this account: HTTP status 403: AUTHORIZATION_ERROR:<Insufficient'
ended wordless '' '[{"operation":"faceset/addface","from":2,"fault":"other-json"}]' \
    "no faces were added"
ended unmade '' '[{"operation":"faceset/create","fault":"other-json"}]' \
    "no faceset was made: an answer that the service does not document: 'faceset_token'"
FACEPP_API_SECRET=plantedFaceSecretWrong
ended wrong '' '' 'it does not serve this account: HTTP status 401: AUTHENTICATION_ERROR'
run "$MISID" backend show facepp:faceset=10001
like "$status $errs" '^2 .*faceset' "a faceset that is too large"
test_keys
done_testing
