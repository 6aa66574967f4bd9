#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Tenants that mean harm: a data set, a plug-in, a program and a service that try to read
# what is none of theirs, fill the disk, fork without end, print without end, answer for
# others or stall. Each is held by a bound and told in one line or as statuses of samples,
# in little memory and time, and nothing that was there is lost.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
. "$SRCDIR/tests/servers/lib.sh"
trap 'server_stop; rm -rf "$T"' EXIT
MISID_DATA=$SRCDIR XDG_CACHE_HOME=$T/home XDG_STATE_HOME=$T/state HOME=$T/home TMPDIR=$T/tmp
export MISID_DATA XDG_CACHE_HOME XDG_STATE_HOME HOME TMPDIR
unset MISID_CACHE
cd "$T" || exit 99
mkdir tmp
command -v python3 >/dev/null || skip_all "no python3"
"$MISID" synth --out set --subjects 6 --images 2 --seed 4 --size 96 --quiet || exit 99
plugins=$BUILDDIR/tests/backends

# bounded SECONDS COMMAND…: like run, in 3 GiB of address space (a sanitizer needs all of
# it) and so many seconds
sanitized=$(nm "$MISID" 2>/dev/null | grep -c '__asan_init\|__tsan_init')
bounded() {
    seconds=$1
    shift
    run sh -c '[ "$1" -gt 0 ] || ulimit -v 3145728; shift; exec "$@"' sh "$sanitized" \
        timeout -k 5 "$seconds" "$@"
}
# told PATTERN NAME: exit status 2 and one such line
told() {
    is "$status:$(printf '%s\n' "$errs" | grep -c .)" "2:1" "$2: one line" ||
        printf '%s\n' "$errs" | cut -c1-200 | sed 's/^/# /'
    like "$(printf '%s' "$errs" | cut -c1-500)" "$1" "$2: it says what" || :
}
embed() { bounded 60 "$MISID" embed --dataset synthetic --root set --out "$@"; }
statuses() { cut -d, -f3 "$1/outputs.csv" | sed 1d | sort | uniq -c | tr -s ' ' | tr '\n' ';'; }

# What is there before: nothing of it may change.
"$MISID" embed --dataset synthetic --root set --out before --backend lbp --cache kept --quiet || exit 99
answers=$("$MISID" cache stat --cache kept --json | grep '"answers"')
before=$(sha256sum before/* | sha256sum)

# --- a data set ---
mkdir -p evil/in secret
cp set/*/*.png secret/ 2>/dev/null || find set -name '*.png' -exec cp {} secret/ \;
picture=$(find secret -name '*.png' | head -n 1)
ln -s "$T/$picture" evil/link.png
ln -s "$T/secret" evil/folder
ln -s /dev/zero evil/zero.png
ln -s "$picture" evil/broken.png
mkfifo evil/fifo.png
cp "$picture" evil/in/good.png
ln -s in/good.png evil/inner.png
python3 - <<'END'
import struct, zlib

def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

def png(name, w, h, data):
    with open(name, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0))
                + data + chunk(b"IEND", b""))

# What claims to be enormous; what is small on disk and large unpacked, or beside the pixels.
png("evil/claims.png", 2**31 - 1, 2**31 - 1, chunk(b"IDAT", zlib.compress(b"")))
png("evil/bomb.png", 100000, 100000, chunk(b"IDAT", zlib.compress(bytes(64 << 20), 1)))
z = zlib.compress(bytes(300 << 20), 1)
png("evil/text.png", 8, 8, chunk(b"zTXt", b"a\0\0" + z)
    + chunk(b"IDAT", zlib.compress(bytes(8 * 25))))
png("evil/icc.png", 8, 8, chunk(b"iCCP", b"a\0\0" + z) + chunk(b"IDAT", zlib.compress(bytes(8 * 25))))
with open("evil/claims.jpg", "wb") as f:
    f.write(b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9")
with open("evil/sparse.png", "wb") as f:
    f.truncate(1 << 40)
names = ["link.png", "folder/%s" % __import__("os").path.basename(__import__("glob").glob("secret/*.png")[0]),
         "../secret/x.png", "/etc/passwd", "zero.png", "fifo.png", "broken.png", "claims.png", "bomb.png", "text.png",
         "icc.png", "claims.jpg", "sparse.png", "in/good.png", "inner.png", "in", "", "a" * 5000]
with open("evil/mine.csv", "w") as f:
    f.write("path,person\n" + "".join(f"{n},p{i}\n" for i, n in enumerate(names)))
with open("evil/rows.csv", "w") as f:
    f.write("path,person\n")
    for i in range(0, 200000, 1000):
        f.write("".join(f"in/good.png#{j},p\n" for j in range(i, i + 1000)))
with open("evil/columns.csv", "w") as f:
    f.write("path," + ",".join(f"c{i}" for i in range(2000000)) + "\n")
with open("evil/line.csv", "w") as f:
    f.write("path,person\n")
    for _ in range(40):
        f.write("x" * (1 << 20))
with open("evil/quote.csv", "w") as f:
    f.write("path,person\n\"")
    for _ in range(40):
        f.write("y\n" * (1 << 19))
with open("evil/huge.csv", "w") as f:
    f.write("path,person\n")
    f.truncate(1 << 42)
END
evil() { # evil OUT TABLE BACKEND
    bounded 120 "$MISID" embed --dataset generic --root evil --set "dataset.metadata=$2" \
        --backend "$3" --out "$1" --no-cache --quiet
}
evil d mine.csv null:labels=a
is "$status" 0 "a data set of traps is read" || echo "# $errs"
said() { awk -F, -v p="$1" 'NR == FNR { s[$1] = $3; next } $3 == p { print s[$1] }' d/outputs.csv d/roster.csv; }
for name in link.png "folder/$(basename "$picture")" ../secret/x.png /etc/passwd zero.png; do
    is "$(said "$name")" refused-path "$(basename "$name"): what leads out of the root is not looked at"
done
is "$(said fifo.png)" not-a-file "a FIFO is no image"
for name in claims.png bomb.png sparse.png; do
    is "$(said $name)" too-large "$name: past the bound"
done
is "$(said claims.jpg)" corrupt "a JPEG past the bound of its format"
is "$(said in/good.png) $(said inner.png)" "ok ok" "what lies in it is read, links within it too"
is "$(said text.png) $(said icc.png)" "ok ok" "what unpacks to much beside the pixels is left alone" ||
    grep 'text\|icc' d/outputs.csv
bounded 60 "$MISID" embed --dataset generic --root evil --set dataset.metadata=mine.csv \
    --set dataset.outside=true --backend null:labels=a --out d2 --no-cache --quiet
is "$(awk -F, 'NR == FNR { s[$1] = $3; next } $3 == "link.png" { print s[$1] }' d2/outputs.csv d2/roster.csv)" \
    ok "links that lead out are followed when asked for"
evil d3 columns.csv null
told 'columns.csv:1: .*columns' "two million columns"
evil d4 line.csv null
told 'line.csv:2: ' "a line without end"
evil d5 quote.csv null
told 'quote.csv:' "a quote without end"
evil d6 huge.csv null
told 'huge.csv: .*more than' "a table of terabytes"
bounded 120 "$MISID" ingest --dataset generic --root evil --set dataset.metadata=rows.csv --out d7 --quiet
case $status in
0 | 2) ok 0 "two hundred thousand rows" ;;
*) is "$status" "0 or 2" "two hundred thousand rows" ;;
esac

# --- a plug-in ---
hostile() { embed "$1" --no-cache --quiet --threads 1 --limit 4 --backend "$plugins/hostile.so:mode=$2"; }
printf 'a secret\n' >secret/key
HOSTILE_FILE=$T/secret/key
export HOSTILE_FILE
hostile p1 pry,confine=yes
case $errs in
*Landlock*) skip "this kernel has no Landlock" "a confined plug-in" ;;
*)
    is "$status" 0 "a plug-in that is confined works" || echo "# $errs"
    is "$(cut -d, -f5 p1/outputs.csv | sed 1d | sort -u)" nothing "… and cannot read what is none of its"
    [ ! -e secret/key.taken ]
    ok $? "… nor write beside it"
    ;;
esac
hostile p2 fill,disk=40,deadline=20
is "$status|$(statuses p2)" "0| 4 error;" "one that fills its folder is ended" || echo "# $errs"
like "$(cut -d, -f4 p2/outputs.csv)" "more into its folder than disk= allows" "… and this is said"
hostile p3 forks,deadline=0.5
like "$status|$(statuses p3)" "0\| 4 (timeout|crashed);" "one that forks" || echo "# $errs"
left() { # their processes
    grep -lsa "HOSTILE_FILE=$T/" /proc/[0-9]*/environ | while IFS= read -r file; do
        { tr '\0' ' ' <"${file%environ}cmdline"; } 2>/dev/null | grep -a hostile
    done
}
tries=0
while [ -n "$(left)" ] && [ $tries -lt 100 ]; do # the system takes a while to end them
    tries=$((tries + 1))
    sleep .1
done
is "$(left)" "" "… leaves no process behind"
hostile p4 gush
is "$status|$(statuses p4)" "0| 4 ok;" "one that prints a gigabyte is not in anybody's way" || echo "# $errs"
hostile p5 hang,deadline=0.1
is "$status|$(statuses p5)" "0| 4 timeout;" "one that stalls"
if [ "$sanitized" -gt 0 ]; then
    skip "a sanitizer needs all of the address space" "one that wants all memory"
else
    hostile p6 memory,memory=200
    is "$status|$(statuses p6)" "0| 4 crashed;" "one that wants all memory"
fi
is "$(ls tmp)" "" "no folder of theirs is left"

# --- a program ---
talker() { embed "$1" --no-cache --quiet --threads 1 --limit 4 --backend "exec:command=$plugins/talker $2,$3"; }
talker e1 id deadline=30
like "$(cut -d, -f3 e1/outputs.csv | sed 1d | sort -u)" "^(error|crashed)$" "a program that answers for others is not believed"
talker e2 flood deadline=30
like "$status|$(statuses e2)" "0\| 4 (error|crashed);" "one that prints without end"
talker e3 silent deadline=0.1
is "$status|$(statuses e3)" "0| 4 timeout;" "one that says nothing"
talker e4 children deadline=0.3
like "$status" "^[02]$" "one that forks"
talker e5 hello-garbage deadline=1
told 'exec' "one that begins with a speech"

# --- a service ---
if python3 -c 'import botocore' 2>/dev/null; then
    AWS_ACCESS_KEY_ID=AKIDPLANTEDPLANTED AWS_SECRET_ACCESS_KEY=plantedSecret+bPxRfiCY/KEY
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
    unset AWS_SESSION_TOKEN MISID_CLOUD_CONSENT http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
    service() { # service OUT FAULT
        printf '[{"operation": "*", %s}]\n' "$2" >scenario.json
        server rekognition --state collections
        embed "$1" --no-cache --quiet --backend \
            "rekognition:endpoint=http://127.0.0.1:$port,timeout=0.5,deadline=2,tries=2"
        errs=$(printf '%s\n' "$errs" | grep -v 'uploads up to')
    }
    for fault in '"fault": "huge", "value": 20000000' '"fault": "silent"' '"fault": "half"' \
        '"fault": "other-json"' '"fault": "drip"' '"fault": "not-json"'; do
        service s1 "$fault"
        n=$(printf '%s' "$errs" | grep -c '')
        case $status:$n in
        2:1) ok 0 "a service: $fault: $(printf '%s' "$errs" | cut -c1-90)" ;;
        0:*) is "$(cut -d, -f3 s1/outputs.csv | sed 1d | grep -Ec '^(error|timeout)$')" 12 "a service: $fault" ;;
        *) is "$status:$n" "2:1" "a service: $fault" || echo "# $errs" ;;
        esac
        rm -rf s1
    done
    server_stop
else
    skip "no python3-botocore" "a service"
fi

is "$("$MISID" cache stat --cache kept --json | grep '"answers"')" "$answers" "the cache has what it had"
is "$(sha256sum before/* | sha256sum)" "$before" "and nothing that was there is another"
done_testing
