#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The frte backend from the command, with libraries built against stand-ins for NIST's
# headers, and against NIST's own where configure was given them.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
. "$SRCDIR/tests/servers/lib.sh"

own=$BUILDDIR/tests/frte
[ -e "$own/frte.so" ] || skip_all "there is no C++ compiler"
MISID_PLUGINS=$own
MISID_DATA=$SRCDIR
export MISID_PLUGINS MISID_DATA

mode() { # mode WORD [NUMBER]: the folder of configuration says so
    mkdir -p "$T/config"
    echo "$*" >"$T/config/mode"
}
conforms() { # conforms SPEC
    run "$MISID" backend check "$1"
    is "$status $errs" '0 ' "${1##*/}: exit status 0"
    like "$out" '^frte 1: conforms; 6 of 6 images with a face' "${1##*/}: conforms"
}
faulty() { # faulty WORD SPEC LINE-REGEXP
    mode "$1"
    run "$MISID" backend check "$2,config=$T/config"
    is "$status $errs" '1 ' "$1: exit status 1"
    like "$out" "$3" "$1: the line"
}

for name in 11-4.0-1.0 11-4.0-1.0-old 11-5.0-1.0 11-6.0-3.0 1N-1.0-1.0 1N-3.0-3.0; do
    conforms "frte:library=$own/vendor/$name.so"
done
conforms "frte:library=$own/vendor/11-6.0-3.0.so,several=yes,depth=8,description=mugshot"
conforms "frte:library=$own/vendor/1N-3.0-3.0.so,several=yes"

v6=frte:library=$own/vendor/11-6.0-3.0.so
n3=frte:library=$own/vendor/1N-3.0-3.0.so
faulty crash "$v6" 'crashed: the program was ended by signal 11'
faulty throw "$v6" 'error: the library threw an exception: out of tokens'
faulty match-throw "$v6" 'compare: no score for two of its own templates'
faulty 'slow 5000' "$n3,deadline=0.1" 'timeout: the program did not answer in time'
faulty crash "$n3" 'the process that makes enrolment templates was ended by signal 11'
faulty finalize-crash "$n3" 'enroll: .*the process that finalises a gallery was ended'
faulty stranger "$n3" "identifyTemplate\(\): candidate 't99999999' with score 1"

# What is to be loaded says which version it is.
run "$MISID" backend show "frte:library=$own/vendor/liar.so"
is "$status" 2 "another version: exit 2"
like "$errs" 'is of 1:1 API 9\.3, structs 1\.0, but misid was built with the headers of 1:1 API 4\.0' \
    "another version: both are named"
is "$(printf '%s\n' "$errs" | grep -c .)" 1 "another version: one line"
mkdir "$T/bare"
ln -s "$BUILDDIR/src/host/plugins/frte.so" "$T/bare/frte.so"
run env MISID_PLUGINS="$T/bare" "$MISID" backend show "$v6"
like "$errs" 'is of 1:1 API 6\.0, structs 3\.0, but misid was built without NIST.s headers \(configure --with-frte=DIR\)' \
    "no adapters: how to have them"

run "$MISID" backend list
like "$out" "^frte +the plug-in $own/frte\.so\$" "it is listed, with its file"
run "$MISID" backend list --json
like "$out" "\"name\": *\"frte\"" "in JSON too"

# What its answers rest on.
mode good
run "$MISID" backend show "$v6,config=$T/config"
like "$out" '^program +frte 1: 11-6\.0-3\.0\.so, 1:1 API 6\.0, structs 3\.0$' "the version is shown"
like "$out" '[0-9a-f]{64} mode$' "the configuration is among its files"
like "$out" '[0-9a-f]{64} 11-6\.0-3\.0\.so$' "the library is"
before=$(printf '%s\n' "$out" | grep ^fingerprint)
mode good 2
run "$MISID" backend show "$v6,config=$T/config"
[ "$(printf '%s\n' "$out" | grep ^fingerprint)" != "$before" ]
ok $? "another configuration is another backend"
mkdir -p "$T/package/lib" "$T/package/config"
cp "$own/vendor/1N-3.0-3.0.so" "$T/package/lib/libfrvt_1N_ours_001.so"
echo 'code 3' >"$T/package/config/mode"
"$MISID" synth --subjects 5 --images 2 --size 120 --seed 3 --out "$T/drawn" --quiet || exit 99
embed() { # embed OUT SPEC OPTION…
    folder=$T/$1 spec=$2
    shift 2
    run "$MISID" embed --dataset synthetic --root "$T/drawn" --backend "$spec" \
        --out "$folder" --no-cache --quiet "$@"
}
column() { # column NAME FILE
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        { print $c }' "$2"
}
embed package "frte:library=$T/package/lib/libfrvt_1N_ours_001.so"
is "$status" 0 "a package as for NIST is embedded" || printf '%s\n' "$errs" | sed 's/^/# /'
is "$(column status "$T/package/outputs.csv" | sort | uniq -c | tr -s ' ')" ' 10 refused' \
    "the config beside its lib is found, and what it refuses counted"

# Samples and their outcomes, on one worker and on three.
mode dark
embed one "$n3,config=$T/config" --threads 1
embed three "$n3,config=$T/config" --threads 3
is "$status" 0 "drawn faces are embedded" || printf '%s\n' "$errs" | sed 's/^/# /'
is "$(column status "$T/one/outputs.csv" | grep -cE '^(ok|no-face)$')" 10 "a row a sample"
like "$(head -n 1 "$T/one/outputs.csv")" 'attr\.left_eye' "the eyes are kept"
is "$(column status "$T/one/outputs.csv")" "$(column status "$T/three/outputs.csv")" \
    "three workers say the same"
cmp -s "$T/one/templates.npy" "$T/three/templates.npy"
ok $? "and give the same templates"

# Whole studies, of which the library forms the scores.
mode good
(cd "$T" && small_studies)
study() { # study NAME SPEC OPTION…
    name=$1 spec=$2
    shift 2
    run "$MISID" run "$T/$name.yaml" --dataset synthetic --root "$T/drawn" --backend "v=$spec" \
        --out "$T/study-$name" --replicates 100 --permutations 99 --quiet "$@"
}
study pairs "$v6,config=$T/config"
is "$status" 0 "1:1: a whole study of pairs" || printf '%s\n' "$errs" | sed 's/^/# /'
is "$(fact "$T/study-pairs" "The matcher's own scores")" "v formed them, of 45 pairs." \
    "1:1: each pair is matched"
study search "$n3,config=$T/config" --gallery synthetic --gallery-root "$T/drawn"
is "$status" 0 "1:N: a whole study of searches" || printf '%s\n' "$errs" | sed 's/^/# /'
is "$(fact "$T/study-search" "The matcher's own scores")" "v formed them, of 100 pairs." \
    "1:N: each probe is identified in the whole gallery"

# Killed in whatever way, it leaves no process.
mkdir "$T/plug"
ln -s "$BUILDDIR/src/host/plugins/frte.so" "$T/plug/frte.so"
ln -s "$own/frte" "$T/plug/frte"
mode slow 20000
mkdir "$T/tmp"
TMPDIR=$T/tmp MISID_PLUGINS=$T/plug "$MISID" embed --dataset synthetic --root "$T/drawn" --no-cache \
    --backend "$n3,config=$T/config" --out "$T/killed" --quiet 2>/dev/null &
pid=$!
count() { # processes of the plug-in of this test
    grep -ls "$T/plug/[f]rte\.so" /proc/[0-9]*/cmdline 2>/dev/null | wc -l
}
tries=0
while [ "$(count)" -lt 3 ] && [ $tries -lt 600 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
[ "$(count)" -ge 3 ]
ok $? "1:N: a process for each role"
kill -9 $pid
wait $pid 2>/dev/null
tries=0
while [ "$(count)" -gt 0 ] && [ $tries -lt 600 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
is "$(count)" 0 "killed: no process is left"

# The folder that it had is removed by a later start, once it is old enough.
left=$(ls "$T/tmp")
like "$left" '^misid-scratch-......$' "killed: folders are left"
TMPDIR=$T/tmp "$MISID" backend show "$v6" >"$T/shown"
is "$(ls "$T/tmp")" "$left" "those that are young are let alone"
touch -d '2 minutes ago' "$T"/tmp/*
mkdir "$T/tmp/misid-scratch-held00" "$T/tmp/misid-other"
ln -s "$T/drawn" "$T/tmp/misid-scratch-linked"
touch -d '2 minutes ago' "$T/tmp/misid-scratch-held00" "$T/tmp/misid-other"
if command -v flock >/dev/null; then
    TMPDIR=$T/tmp flock "$T/tmp/misid-scratch-held00" "$MISID" backend show "$v6" >"$T/shown"
    is "$(ls "$T/tmp" | tr '\n' ' ')" 'misid-other misid-scratch-held00 misid-scratch-linked ' \
        "old ones go, but none that is locked, nor what is no such folder"
    [ -d "$T/drawn" ]
    ok $? "and no link is followed"
else
    skip "no flock(1)" "folders that are left"
fi

unset MISID_PLUGINS
set -- "$own"/nist/*.so
[ -e "$1" ] || skip "configured without NIST's headers (--with-frte=DIR)" "NIST's headers"
[ -e "$1" ] || shift
for library; do
    conforms "frte:library=$library"
done
done_testing
