#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The rekognition backend against a stand-in that checks signatures and models: whole
# studies live and from their cassettes, what a bad network does, money, consent, keys,
# kills, and that no collection stays behind.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
. "$SRCDIR/tests/servers/lib.sh"
command -v python3 >/dev/null || skip_all "no python3"
python3 -c 'import botocore' 2>/dev/null || skip_all "no python3-botocore"
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home XDG_STATE_HOME=$T/state HOME=$T/home
export MISID_DATA XDG_CACHE_HOME XDG_STATE_HOME HOME
unset MISID_CACHE MISID_CLOUD_CONSENT http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
AWS_ACCESS_KEY_ID=AKIDPLANTEDPLANTED AWS_SECRET_ACCESS_KEY=plantedSecret+bPxRfiCY/KEY
AWS_SESSION_TOKEN=plantedToken//aBc0123456789==
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
planted='AKIDPLANTED|plantedSecret|plantedToken'
trap 'server_stop; rm -rf "$T"' EXIT
cd "$T" || exit 99
"$MISID" synth --out set --subjects 20 --images 2 --seed 4 --size 128 --quiet || exit 99
: >all.err

embed() { # embed OUT OPTIONS [ARGUMENT]…; OPTIONS of the backend
    folder=$1 options=$2
    shift 2
    run "$MISID" embed --dataset synthetic --root set --out "$folder" \
        --backend "rekognition:endpoint=http://127.0.0.1:$port$options" "$@"
    printf '%s\n' "$out" "$errs" >>all.err
}
serve() { server rekognition --state collections; }
answers() { cut -d, -f1-10,12- "$1/outputs.csv"; } # without the times
same() { # same FOLDER FOLDER NAME
    is "$(answers "$1" | sha256sum) $(sha256sum <"$1/templates.npy")" \
        "$(answers "$2" | sha256sum) $(sha256sum <"$2/templates.npy")" "$3"
}
count() { grep -c -- "$1" "$2" || :; }

# --- a set, live and replayed ---
serve
embed live ''
is "$status" 0 "a set is shown to the service" || echo "# $errs"
like "$errs" "uploads up to 40 pictures of people to http://127.0.0.1:$port \(Amazon\): at most \
40 DetectFaces, \\\$0.04 by the prices assumed" "… after a line of what goes where, and what it costs"
is "$(asked DetectFaces 200)" 40 "… each once, signed as botocore signs"
is "$(sed 1d live/outputs.csv | cut -d, -f3 | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
    " 4 no-face; 36 ok;" "statuses"
like "$(cut -d, -f5 live/outputs.csv | sort -u | tr '\n' ' ')" "female label male" "genders are labels"
like "$(head -n 1 live/outputs.csv)" "attr.gender.confidence.*attr.age.low.*attr.sent" "attributes"
run "$MISID" cassette verify live/cassette.jsonl
is "$status" 0 "its cassette is whole"
like "$out" "41 lines, 40 requests, 40 answers, 0 given up" "… of 40 requests"
last=$(sed -n 's/.*"last_hash": "\(.*\)".*/\1/p' live/backend.json)
run "$MISID" cassette verify live/cassette.jsonl --last "$last"
is "$status" 0 "… and ends where backend.json says"
like "$("$MISID" cassette list live/cassette.jsonl | sed -n 2p)" "DetectFaces +answer +answered +200" \
    "misid cassette list"
cp live/cassette.jsonl first.jsonl
is "$(count '"Bytes\\":\\"",{"image"' live/cassette.jsonl)" 40 "pictures are there by their hash"
unlike "$(cat live/cassette.jsonl)" '/9j/|iVBOR' "… and not themselves"
embed again '' # the same folder's cassette is another
is "$(asked DetectFaces 200)" 80 "another folder is asked for anew"
embed live ''
is "$(asked DetectFaces 200)" 80 "what stands in the cassette is not asked again"
same live again "… and says the same"
server_stop

embed replay ",replay=live/cassette.jsonl"
is "$status" 0 "a replay needs no service and no key" || echo "# $errs"
same live replay "… and gives the same, bit for bit"
is "$(sha256sum <live/outputs.csv)" "$(sha256sum <replay/outputs.csv)" "… times and all"
(unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
    "$MISID" embed --dataset synthetic --root set --out nokey --threads 1 --quiet \
        --backend "rekognition:endpoint=http://127.0.0.1:$port,in_flight=3,replay=live/cassette.jsonl")
same live nokey "… with other threads, in another order"

# --- a cassette that is not what it was ---
woman=$(grep -n 'Female' first.jsonl | sed -n '5s/:.*//p')
sed "${woman}s/Female/Male/" first.jsonl >altered.jsonl
run "$MISID" cassette verify altered.jsonl
is "$status" 1 "an altered line is found"
like "$errs" "altered.jsonl:$woman: this line was altered" "… and named"
embed x ",replay=altered.jsonl"
is "$status:$errs" "2:misid: altered.jsonl:$woman: this line was altered: it is not what its hash says" \
    "… and not replayed"
sed 7d first.jsonl >short.jsonl
run "$MISID" cassette verify short.jsonl
like "$errs" "short.jsonl:7: this line does not follow the line before it" "a line taken out"
sed '$d' first.jsonl >ended.jsonl
run "$MISID" cassette verify ended.jsonl --last "$last"
is "$status" 1 "the last line taken away"
embed x ",replay=ended.jsonl"
is "$status" 2 "a request that is not there"
like "$errs" "replay=ended.jsonl: no answer to this DetectFaces \(request [0-9a-f]{16}…\)" "… is told"
is "$(printf '%s\n' "$errs" | wc -l | tr -d ' ')" 1 "… in one line"
head -c -100 first.jsonl >torn.jsonl
run "$MISID" cassette verify torn.jsonl
is "$status" 1 "a torn line"
like "$errs" "behind line 40: [0-9]+ bytes of a line that is not whole" "… is told"

# --- a study ---
serve
study=$SRCDIR/bench/gender-shades.yaml
spec=rekognition:endpoint=http://127.0.0.1:$port
run "$MISID" run "$study" --backend "$spec" --dataset synthetic --root set --out study
is "$status" 0 "a whole study, live" || echo "# $errs"
is "$(asked DetectFaces)" 40 "… asked once each"
server_stop
cassette=$(find study/backends -name cassette.jsonl)
like "$(cat study/run.json)" "cassette.jsonl" "its cassette is in the record"
run "$MISID" run "$study" --backend "$spec,replay=$cassette" --dataset synthetic --root set \
    --out study2
is "$status" 0 "the study again, from its cassette" || echo "# $errs"
for file in findings.csv claims.csv counts.csv; do
    is "$(sha256sum <study2/$file)" "$(sha256sum <study/$file)" "… the same $file"
done

# --- money, consent, a dry run ---
serve
embed poor ',budget=0.025'
is "$status" 2 "a budget ends the run"
like "$errs" "the budget of \\\$0.025 is used up: [0-9]+ requests were answered for \\\$0.025" "… telling why"
is "$(asked DetectFaces)" 25 "… before it is exceeded"
ok "$(test ! -e poor/backend.json; echo $?)" "… and no folder that looks whole"
embed poor ',budget=1'
is "$status:$(asked DetectFaces)" 0:40 "the same command goes on where it was"
same poor live "… and ends where an undisturbed one does"
embed x ',price=DetectFaces:10,budget=5'
is "$status:$(asked DetectFaces)" 2:40 "prices are the user's"
embed x ',price=Detect:1'
like "$errs" "price=Detect:1, expected OPERATION:USD" "an unknown operation"
embed dry ',dry-run=yes'
is "$status:$(asked DetectFaces)" 0:40 "a dry run sends nothing"
is "$(printf '%s\n' "$errs" | grep -c 'would send DetectFaces POST')" 40 "… and says each request"
like "$errs" "a dry run: 40 requests, \\\$0.04; nothing was sent" "… and what it would cost"
ok "$(test ! -e dry; echo $?)" "… and writes nothing"
run "$MISID" run "$study" --backend "$spec,dry-run=yes" --dataset synthetic --root set --out dry
is "$status$out" 0 "… a study likewise" || echo "# $errs"
ok "$(test ! -e dry/run.json; echo $?)" "… without a run"
run "$MISID" embed --dataset synthetic --root set --out x --backend rekognition
is "$status" 2 "without consent nothing goes to Amazon"
like "$errs" "would upload up to 40 pictures of people to https://rekognition.us-east-1.amazonaws.com \
\(Amazon\): at most 40 DetectFaces, \\\$0.04 .* Expected consent=yes or MISID_CLOUD_CONSENT=yes" "… in a line"
run "$MISID" run "$study" --backend rekognition --dataset synthetic --root set --out unasked
is "$status:$(ls unasked 2>/dev/null)" "2:" "… and no run begins"
for endpoint in http://example.com http://127.0.0.1.example.com http://127.0.0.1@example.com \
    https://u:p@example.com ftp://localhost https://example.com/x; do
    run "$MISID" backend show "rekognition:endpoint=$endpoint"
    is "$status" 2 "no endpoint: $endpoint"
done

# --- keys ---
key_file() { # key_file MODE
    printf '# of the test\nAWS_ACCESS_KEY_ID=%s\nAWS_SECRET_ACCESS_KEY=%s\n' \
        "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >keys
    printf 'AWS_SESSION_TOKEN=%s\n' "$AWS_SESSION_TOKEN" >>keys
    chmod "$1" keys
}
serve
key_file 600
(unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
    "$MISID" embed --dataset synthetic --root set --out keyed --quiet --limit 4 \
        --backend "rekognition:endpoint=http://127.0.0.1:$port,keys=keys" >>all.err 2>&1)
is "$?:$(asked DetectFaces 200)" 0:4 "keys from a file"
for mode in 640 604 666; do
    key_file $mode
    embed x ',keys=keys'
    like "$status $errs" "^2 .*keys=keys: others may read it \(mode $mode\), expected mode 600" \
        "… that is only the owner's: $mode"
done
AWS_SECRET_ACCESS_KEY='' embed x ''
like "$errs" "no key AWS_SECRET_ACCESS_KEY, expected it in the environment or in keys=FILE" "no key"
AWS_SECRET_ACCESS_KEY='a b' embed x ''
like "$errs" "the key AWS_SECRET_ACCESS_KEY has blanks" "no key that could be one"
AWS_SECRET_ACCESS_KEY=plantedSecretThatIsWrong embed x ''
is "$status" 2 "a wrong key stops the run"
like "$errs" "DetectFaces: Amazon says InvalidSignatureException" "… with what the service says"
printf '[{"fault":"echo"}]\n' >scenario.json
serve
embed echo '' # a service that repeats the key in its answer
like "$(cat echo/cassette.jsonl)" 'token \[AWS_SESSION_TOKEN\] key \[AWS_SECRET_ACCESS_KEY\]' \
    "a key in an answer is not written down"
rm -f keys

# --- what networks and services do ---
disturbed() { # disturbed NAME OPTIONS RULES: ends as an undisturbed run
    printf '%s\n' "$3" >scenario.json
    serve
    embed "$1" "$2"
    is "$status" 0 "$1: the run goes on" || echo "# $errs"
    is "$(answers "$1" | sha256sum)" "$(answers live | sha256sum)" "… and ends as if nothing had been"
}
disturbed storm ',in_flight=16' '[{"from":5,"to":40,"fault":"status","value":[429,{"Retry-After":"0.3"},"{}"]}]'
disturbed throttled '' '[{"every":3,"to":30,"fault":"throttle"},{"from":31,"every":2,"to":50,"fault":"throughput"}]'
disturbed five '' '[{"every":4,"to":40,"fault":"status","value":500},{"every":5,"to":40,"fault":"status","value":503}]'
disturbed slow ',timeout=2' '[{"from":7,"to":9,"fault":"slow","value":3}]'
disturbed cut '' '[{"every":5,"to":20,"fault":"half"},{"every":3,"to":20,"fault":"reset"},{"every":7,"to":30,"fault":"close"}]'
ok "$(test "$(grep -c '"as":"try"' cut/cassette.jsonl)" -ge "$(grep -Ec '"fault": "(half|reset)"' log)"; echo $?)" \
    "every try is on the cassette" # after `close`, libcurl itself may ask again

odd() { # odd NAME OPTIONS RULES STATUS REGEXP: one sample's outcome
    printf '%s\n' "$3" >scenario.json
    serve
    embed "$1" "$2"
    is "$status" 0 "$1: the run goes on" || echo "# $errs"
    like "$(grep -E ",0,(error|timeout|refused)," "$1/outputs.csv")" "$5" "… one sample is '$4'"
    is "$(answers "$1" | grep -cvFxf live.answers)" 1 "… and all others as ever"
    embed "$1-replay" "$2,replay=$1/cassette.jsonl"
    same "$1" "$1-replay" "… and a replay says so too"
}
answers live >live.answers
odd garbled '' '[{"from":9,"to":9,"fault":"not-json"}]' error ',0,error,its answer is not as documented: no JSON'
odd other '' '[{"from":9,"to":9,"fault":"other-json"}]' error 'not as documented: no FaceDetails'
odd huge '' '[{"from":9,"to":9,"fault":"huge","value":1073741824}]' error 'the answer has more than 8388608 bytes'
odd redirect '' '[{"from":9,"to":9,"fault":"status","value":[302,{"Location":"http://127.0.0.1:1/"},""]}]' error 'HTTP 302'
odd unwell ',tries=1' '[{"from":9,"to":9,"fault":"status","value":503}]' error 'HTTP 503'
odd late ',tries=1,timeout=3' '[{"from":9,"to":9,"fault":"slow","value":5}]' timeout ',0,timeout,no answer in'
odd refused '' '[{"from":9,"to":9,"fault":"status","value":[400,{},"{\"__type\":\"InvalidImageFormatException\",\"Message\":\"no\"}"]}]' \
    refused ',0,refused,InvalidImageFormatException: no'

printf '[{"from":20,"fault":"expired"}]\n' >scenario.json
serve
embed expired ''
is "$status" 2 "a key that expires stops the run"
like "$errs" "Amazon says ExpiredTokenException: The security token included in the request is expired" \
    "… in a line"
is "$(printf '%s\n' "$errs" | grep -vc uploads)" 1 "… in one"
kept=$(grep '"as":"answer"' expired/cassette.jsonl | grep -c '"status":200')
is "$kept" "$(asked DetectFaces 200)" "… with all on the cassette that was answered before"
ok "$(test "$kept" -ge 10 && test "$kept" -lt 20; echo $?)" "… nearly twenty" || echo "# $kept"
serve
embed expired ''
is "$status:$(asked DetectFaces)" "0:$((40 - kept))" "… and a new one goes on from there"
server_stop
embed gone ',tries=2'
is "$status" 2 "nobody there"
like "$errs" "the service answers nobody any more, the last: Failed to connect" "… is told"

if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.crt -days 2 \
        -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
    server rekognition --tls tls.crt tls.key
    tls=rekognition:endpoint=https://127.0.0.1:$port
    run "$MISID" embed --dataset synthetic --root set --out x --backend "$tls"
    is "$status" 2 "a certificate that nobody vouches for"
    like "$errs" "DetectFaces: no connection that can be trusted: SSL certificate problem" "… is not trusted"
    is "$(asked DetectFaces)" 0 "… and nothing is sent"
    run "$MISID" embed --dataset synthetic --root set --out tls --backend "$tls,ca=tls.crt"
    is "$status:$(asked DetectFaces)" 0:40 "… unless it is named" || echo "# $errs"
    server_stop
else
    skip "no openssl" "TLS"
fi

# --- connections and pace ---
serve
embed pace ',in_flight=4,rate=50' --threads 2
ok "$(test "$(sed 's/.*"connection": \([0-9]*\).*/\1/' log | sort -u | wc -l)" -le 4; echo $?)" \
    "no more connections than requests at once" || sed 's/.*"connection"/#/' log | sort | uniq -c
seconds=$(sed -n 's/^Time: \([0-9.]*\) s.*/\1/p' all.err | tail -n 1)
ok "$(awk -v s="$seconds" 'BEGIN { exit !(s >= 39 / 50) }'; echo $?)" "no faster than the rate" ||
    echo "# 40 requests in $seconds s"

# --- a picture that was changed on purpose ---
serve
embed changed '' --change exposure=-2
is "$(sed 1d changed/outputs.csv | grep ',ok,' | grep -c ',jpeg 95,')" \
    "$(grep -c ',ok,' changed/outputs.csv)" "what was changed is sent, not the file"
ok "$(test "$(grep -c ',ok,' changed/outputs.csv)" -gt 30; echo $?)" "… and answered"

# --- kills ---
killed() { # killed REQUESTS COMMAND…: once so many have been answered more than before
    before=$(asked DetectFaces)
    more=$1
    shift
    "$@" >/dev/null 2>&1 &
    pid=$!
    while kill -0 "$pid" 2>/dev/null && [ $(($(asked DetectFaces) - before)) -lt "$more" ]; do
        sleep .02
    done
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
}
printf '[{"fault":"slow","value":0.1}]\n' >scenario.json
serve
spec=rekognition:endpoint=http://127.0.0.1:$port,in_flight=2
for requests in 5 4 6 3; do
    killed "$requests" "$MISID" embed --dataset synthetic --root set --out killed --backend "$spec"
done
server_idle # those on their way are answered
before=$(asked DetectFaces)
kept=$(grep -c '"as":"answer"' killed/cassette.jsonl)
printf '{"hash":"00' >>killed/cassette.jsonl
embed killed ''
is "$status" 0 "killed four times, and then left alone" || echo "# $errs"
like "$errs" "its last line was torn, as a kill leaves it: 11 bytes are cut off" "… a torn line is cut"
is "$(($(asked DetectFaces) - before))" $((40 - kept)) "… only the rest is asked"
ok "$(test "$kept" -gt 0; echo $?)" "… of which there were some"
same killed live "… the same answers"
run "$MISID" cassette verify killed/cassette.jsonl
is "$status" 0 "… on a whole cassette"
killed 7 "$MISID" run "$study" --backend "$spec" --dataset synthetic --root set --out study3
ok "$(test ! -e study3/run.json; echo $?)" "a study that is killed"
run "$MISID" run "$study" --backend "$spec" --dataset synthetic --root set --out study3
is "$status" 0 "… and goes on" || echo "# $errs"
run "$MISID" run "$study" --backend "$spec" --dataset synthetic --root set --out study4
is "$(sha256sum <study3/findings.csv)" "$(sha256sum <study4/findings.csv)" \
    "… has the findings of one that was not"
embed study3x '' --no-cache
before=$(asked DetectFaces)
embed study3x '' --no-cache
is "$(($(asked DetectFaces) - before))" 40 "--no-cache asks anew"

# --- pairs and galleries ---
check() { # check OPTIONS
    run "$MISID" backend check "rekognition:endpoint=http://127.0.0.1:$port$1" \
        set/images/S0000[0-3]/*
    printf '%s\n' "$out" "$errs" >>all.err
}
serve
check ',cassette=check.jsonl'
is "$status" 0 "pairs and galleries" || printf '%s\n' "$out$errs" | sed 's/^/# /'
is "$(asked CreateCollection 200):$(asked DeleteCollection 200)" 1:1 "the collection is deleted"
ok "$(test "$(asked SearchFacesByImage 200)" -gt 4; echo $?)" "… after searches"
is "$(cat collections)" '[]' "… and none is left"
server_stop
check ',replay=check.jsonl'
is "$status" 0 "pairs and galleries from the cassette" || printf '%s\n' "$out$errs" | sed 's/^/# /'

printf '[{"operation":"IndexFaces","from":3,"fault":"expired"}]\n' >scenario.json
serve
check ''
like "$out$errs" "IndexFaces: Amazon says ExpiredTokenException" "a failure in the middle"
is "$(cat collections)" '[]' "… deletes the collection"
printf '[{"operation":"SearchFacesByImage","from":2,"to":2,"fault":"version","value":"7.0"}]\n' >scenario.json
serve
check ',cassette=model.jsonl'
like "$out$errs" "FaceModelVersion was 6.0 and is now 7.0: the service changed its model" \
    "another model in the middle is told"
like "$(cat model.jsonl)" '"kind":"note".*FaceModelVersion was 6.0' "… and kept"

interrupted() { # interrupted SIGNAL: in the middle of the searches
    printf '[{"operation":"SearchFacesByImage","from":2,"fault":"slow","value":30}]\n' >scenario.json
    serve
    "$MISID" backend check "rekognition:endpoint=http://127.0.0.1:$port" set/images/S0000[0-3]/* \
        >>all.err 2>&1 &
    pid=$!
    waited=0
    while [ "$(asked SearchFacesByImage)" -lt 1 ] && [ "$waited" -lt 600 ]; do
        waited=$((waited + 1))
        sleep .1
    done
    sleep .3
    kill -"$1" "$pid"
    wait "$pid" 2>/dev/null
    status=$?
}
interrupted TERM
is "$status" 143 "a run that is terminated ends by that"
is "$(cat collections)" '[]' "… and deletes its collection first"
is "$("$MISID" cloud list)" "No gallery is at any service." "… so that none is noted"
interrupted KILL
like "$(cat collections)" 'misid-' "one that is killed leaves its collection"
like "$("$MISID" cloud list)" "left .*misid-[0-9a-f]*-0  rekognition:endpoint" "… which is noted"
run "$MISID" cloud sweep "rekognition:endpoint=http://127.0.0.1:$port"
is "$status:$out" "0:1 galleries deleted" "… and misid cloud sweep deletes it" || echo "# $errs"
is "$(cat collections):$("$MISID" cloud list)" "[]:No gallery is at any service." "… for good"
interrupted KILL
cat >scenario.json <<'RULES'
[{"operation":"DeleteCollection","to":1,"fault":"status",
  "value":[400,{},"{\"__type\":\"AccessDeniedException\"}"]}]
RULES
serve
run "$MISID" cloud sweep "rekognition:endpoint=http://127.0.0.1:$port"
is "$status" 2 "one that cannot be deleted"
like "$errs" "the gallery misid-[0-9a-f]*-0 of an earlier run is still at Amazon" "… is named"
check ''
like "$out$errs" "1 galleries that an earlier run had left at Amazon were deleted" "… and the next run does it"
is "$(cat collections)" '[]' "… for good"

# --- no key anywhere ---
is "$(find . -type f ! -name server.err ! -path './home/*' -print0 | xargs -0 grep -lE "$planted" ; \
    find home state -type f -print0 2>/dev/null | xargs -0 grep -lE "$planted")" "" \
    "no file of all this has a key in it"
unlike "$(cat all.err)" "$planted" "… nor was one said"
done_testing
