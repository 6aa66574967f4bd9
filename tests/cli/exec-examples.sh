#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The external programs in scripts/backends: those in Python on stand-ins of the
# libraries they need; the one for Node where scripts/backends/face-api/install was run.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
backends=$SRCDIR/scripts/backends

python=
for p in python3 /usr/bin/python3; do
    [ -n "$python" ] || ! "$p" -c 'import numpy' 2>/dev/null || python=$p
done

# A red picture and a blue one, which every matcher must see as they are.
picture() { # picture NAME RED BLUE
    "$python" - "$T/$1" "$2" "$3" <<'EOF'
import struct, sys, zlib
def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data +
            struct.pack(">I", zlib.crc32(kind + data)))
rows = b"".join(b"\0" + bytes([int(sys.argv[2]), 20, int(sys.argv[3])]) * 64 for _ in range(64))
open(sys.argv[1], "wb").write(
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", 64, 64, 8, 2, 0, 0, 0)) +
    chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
EOF
}

# example NAME SPEC FILE…: conforms, tells colours apart, and is known by these files.
example() {
    name=$1 spec=$2
    shift 2
    run "$MISID" backend check "$spec"
    is "$status $errs" '0 ' "$name: exit status"
    like "$out" "^$name .*: conforms; 6 of 6 images with a face" "$name conforms"
    run "$MISID" backend probe --backend "$spec" "$T/red.png"
    like "$out" '(^|[^e])male' "$name: red" || printf '# %s\n' "$errs"
    run "$MISID" backend probe --backend "$spec" "$T/blue.png"
    like "$out" 'female' "$name: blue"
    run "$MISID" backend show "$spec"
    for f; do
        like "$out" " $f\$" "$name: its fingerprint is also of $f"
    done
    run "$MISID" backend check "$spec,choose=nobody"
    like "$status $out" '^1 .*open: .*choose is nobody, expected' "$name: a wrong option"
}

if [ -n "$python" ]; then
    PYTHONPATH=$SRCDIR/tests/backends/python
    DEEPFACE_HOME=$T
    export PYTHONPATH DEEPFACE_HOME
    picture red.png 200 20
    picture blue.png 20 200
    mkdir -p "$T/models/buffalo_l" "$T/.deepface/weights"
    for f in det_10g w600k_r50 genderage; do
        echo $f >"$T/models/buffalo_l/$f.onnx"
    done
    example insightface \
        "exec:command=$python $backends/insightface_backend.py,root=$T" \
        insightface_backend.py misid_program.py det_10g.onnx w600k_r50.onnx genderage.onnx
    run "$MISID" backend check \
        "exec:command=$python $backends/insightface_backend.py,root=$T,pack=none"
    like "$status $out" '^1 .*open: .*models/none: no models there' 'insightface: no models'

    spec="exec:command=$python $backends/deepface_backend.py"
    run "$MISID" backend check "$spec"
    like "$status $out" '^1 .*open: .*no facenet512_weights' 'deepface: no weights'
    for f in facenet512_weights.h5 retinaface.h5 gender_model_weights.h5 \
        age_model_weights.h5; do
        echo "$f" >"$T/.deepface/weights/$f"
    done
    example deepface "$spec" deepface_backend.py misid_program.py facenet512_weights.h5 \
        retinaface.h5 gender_model_weights.h5 age_model_weights.h5
    run "$MISID" backend show "$spec"
    like "$out" '^backend +exec:command=python3 deepface_backend.py$' \
        'in records the files of a command stand by their names'
else
    skip 'no python3 with NumPy' 'insightface and deepface'
fi

# The installer is silent and does nothing where its work is done.
node="$backends/face-api"
if command -v node >/dev/null && "$node/install" --there; then
    spec="exec:command=node $node/backend.js"
    run "$node/install"
    is "$status $out$errs" '0 ' 'face-api: install, when it is there'
    run "$MISID" backend check "$spec" --slow 60
    is "$status $errs" '0 ' 'face-api: exit status'
    like "$out" '^face-api 1.7.15: conforms' 'face-api conforms'
    run "$MISID" backend show "$spec"
    for f in backend.js package-lock.json face-api.js ssd_mobilenetv1_model.bin \
        ssd_mobilenetv1_model-weights_manifest.json face_landmark_68_model.bin \
        face_recognition_model.bin age_gender_model.bin tfjs-backend-wasm-simd.wasm; do
        like "$out" " $f\$" "face-api: its fingerprint is also of $f"
    done
    run "$MISID" backend check "$spec,score=2"
    like "$status $out" '^1 .*open: score is 2, expected 0 to 1' 'face-api: a wrong option'
    XDG_DATA_HOME=$T/nowhere "$MISID" backend check "$spec" >"$T/out" 2>&1
    is "$?" 1 'face-api: not installed'
    like "$(cat "$T/out")" 'open: not in .*nowhere.*: run .*/install' 'face-api: and how to'
else
    skip 'scripts/backends/face-api/install was not run' 'face-api'
fi
is "$(grep -c '://' "$node/package-lock.json")" 0 'the lock file names no address'

done_testing
