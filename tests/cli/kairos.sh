#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The kairos backend against a stand-in: classes with their confidence, pairs by way of
# subjects that are enrolled, galleries, and what must not stay.
# shellcheck disable=SC2034 # read by tests/servers/vendor.sh
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
. "$SRCDIR/tests/servers/lib.sh"
KAIROS_APP_ID=plantedKairosId0123456789 KAIROS_APP_KEY=plantedKairosKey0123456789
export KAIROS_APP_ID KAIROS_APP_KEY
backend=kairos standin_is="kairos --state galleries" planted='plantedKairos'
. "$SRCDIR/tests/servers/vendor.sh"

test_classes
is "$(sed 1d live/outputs.csv | cut -d, -f3 | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
    " 4 no-face; 42 ok;" "statuses"
is "$(sed 1d live/outputs.csv | cut -d, -f5 | sort -u | tr '\n' ' ')" " female male " "classes"
is "$(sed 1d live/outputs.csv | awk -F, '$3 == "ok" && !($6 >= .5 && $6 <= 1)' | wc -l | tr -d ' ')" 0 \
    "… with the confidence of the one that was chosen"
is "$(grep -c '"store_image","false"' live/cassette.jsonl)" 40 "pictures are not to be stored"
test_study ''

test_pairs pairs ''
like "$(grep '^native' pairs)" '^native 0.59999999999999998$' "its own threshold"
like "$(cat all.err)" "[0-9] of [0-9]* faces are not in the gallery: error 5010: too many faces in image" \
    "pictures that it does not enroll are told"
serve
ask once ',cassette=again.jsonl'
serve
ask again ',cassette=again.jsonl'
is "$(asked verify):$(sha256sum <again)" "0:$(sha256sum <pairs)" "pairs in the cassette are not asked again"
left "… and nothing is left"
server_stop
test_pairs forgotten '' '[{"operation":"verify","from":9,"to":9,"fault":"forget","value":"misidv"}]'
is "$(sha256sum <forgotten)" "$(sha256sum <pairs)" "subjects that are gone are enrolled anew"
test_matching ''
disturbed quota '' '[{"every":3,"to":60,"fault":"quota"},{"every":5,"to":60,"fault":"trouble"}]'
disturbed unwell '' '[{"every":7,"to":120,"fault":"status","value":500},{"every":11,"to":120,"fault":"half"},{"every":13,"to":120,"fault":"reset"}]'
ended unenrolled '' '[{"operation":"enroll","from":4,"fault":"other-json"}]' \
    "a subject was not enrolled: an answer that the service does not document: 'images'"
ended lost ',tries=1' '[{"operation":"recognize","from":3,"fault":"trouble"}]' 'a search failed'
KAIROS_APP_KEY=plantedKairosWrong
ended wrong '' '' 'it does not serve this account: error 3003: invalid authentication parameters'
run "$MISID" backend show kairos:selector=ALL
like "$status $errs" '^2 .*selector=ALL, expected FRONTAL, FULL, ROLL or SETPOSE' "a wrong selector"
run "$MISID" backend show kairos:threshold=2
like "$status $errs" '^2 .*threshold=2, expected a number from 0 to 1' "a wrong threshold"
test_keys
done_testing
