# SPDX-License-Identifier: GPL-3.0-or-later
# Stand-ins of services, for scripts that have sourced tests/lib.sh.
# shellcheck shell=sh disable=SC2034 # what is set here is used by those who source it
server=
server_is=

# server NAME OPTION…: tests/servers/NAME.py runs, doing wrong as $T/scenario.json says,
# which is used up (none: it does right); its log $T/log and its counts begin anew. Sets
# $port and $server. One that runs already with these options goes on.
server() {
    again=
    if [ "$server_is" = "$*" ] && kill -0 "$server" 2>/dev/null; then
        server_idle || exit 99 # what it did for others is in the log that ends here
        again=yes
    fi
    if [ -e "$T/scenario.json" ]; then
        mv "$T/scenario.json" "$T/rules.json"
    else
        printf '[]\n' >"$T/rules.new" && mv "$T/rules.new" "$T/rules.json"
    fi
    : >"$T/log"
    [ -z "$again" ] || return 0
    server_stop
    server_is=$*
    standin=$1
    shift
    rm -f "$T/port"
    python3 "$SRCDIR/tests/servers/$standin.py" --port-file "$T/port" --log "$T/log" \
        --scenario "$T/rules.json" "$@" 2>"$T/server.err" &
    server=$!
    waited=0
    while [ ! -e "$T/port" ]; do
        waited=$((waited + 1))
        if [ "$waited" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
            sed 's/^/# /' "$T/server.err"
            exit 99
        fi
        sleep .1
    done
    read -r port <"$T/port"
}
server_stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null
    [ -z "$server" ] || wait "$server" 2>/dev/null
    server=
    server_is=
}
# server_idle: waits until nobody is connected to it any more, so that all it was asked by
# who was killed is in its log
server_idle() {
    python3 -IS - "$port" <<'PY'
import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
s.sendall(b"GET /standin/idle HTTP/1.0\r\n\r\n")
sys.exit(not s.recv(1))
PY
}
# asked OPERATION [STATUS]: how many such requests it has had
asked() {
    grep -c "\"operation\": \"$1\", \"status\": ${2-}" "$T/log" 2>/dev/null || :
}
# small_studies: pairs.yaml compares all with all, search.yaml searches probes in a gallery;
# they are quick, for they draw no charts.
small_studies() {
    cat >pairs.yaml <<'YAML'
study: pairs
title: Pairs
question: Who is taken for whom?
task: verify
evidence: new
dataset: any
axes:
  - {name: gender, from: [sex], values: [female, male]}
compare: {fmr: [0.01, 0.001], by: [gender]}
by: [[], [gender]]
metrics: [fmr, fnmr]
estimators: {proportion: [wilson-t], difference: [mover], ratio: [mover]}
YAML
    sed 's/pairs/search/; s/verify/identify/
        s/^metrics: .*/metrics: [fmr, fpir, fnir, rank_miss, misnamed, returned]/' pairs.yaml >search.yaml
}
# fact FOLDER NAME: what a study says under that name
fact() {
    sed -n "s/^ *\"$2\": \"\(.*\)\",\{0,1\}\$/\1/p" "$1/study.json"
}
