#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The pixels that matchers get, against OpenCV's: alignment, area filter, JPEG;
# and the measures.
. "$(dirname "$0")/../lib.sh"

for python in python3 /usr/bin/python3; do
    $python -c 'import cv2, numpy' 2>/dev/null && break
    python=
done
[ -n "$python" ] || skip_all "no OpenCV for Python (Debian: python3-opencv)"

mkdir "$T/pictures"
run $python "$SRCDIR/tests/oracles/opencv-images.py" "$MISID" "$T/pictures"
is "$status" 0 "the comparison ran" || printf '%s\n' "$errs" | sed 's/^/# /'
printf '%s\n' "$out" >"$T/lines"
while read -r line; do
    case $line in
        ok*) ok 0 "${line#ok }" ;;
        *) ok 1 "${line#not ok }" ;;
    esac
done <"$T/lines"
is "$(grep -c '^ok' "$T/lines")" 104 "all was compared"
done_testing
