#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid image show: what it prints and writes, and what it does with bad files.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 99

# 4 × 2 pixels: red, green, blue, white above black
printf 'P6 4 2 255\n\377\0\0\0\377\0\0\0\377\377\377\377\0\0\0\0\0\0\0\0\0\0\0\0' >'a picture.ppm'

run "$MISID" image show 'a picture.ppm'
is "$status" 0 "shows a file"
like "$out" '^format +pnm, 8 bits, 3 channels$' "its format"
like "$out" '^size +4 × 2, upright$' "its size"
like "$out" '^luminance +0\.2500$' "its light"
is "$errs" "" "and says nothing else"

run "$MISID" image show 'a picture.ppm' --json --size 2 --out small.png
is "$status" 0 "makes it smaller"
like "$out" '"width": 2,' "JSON has the image's size"
like "$out" '"status": "ok"' "and the status"
like "$out" '"apparent_ita": null' "and null for what cannot be measured"
run "$MISID" image show small.png --json
like "$out" '"format": "png"' "what was written is a PNG"
like "$out" '"colour": "srgb"' "that says sRGB"
like "$out" '"luminance": 0\.055[34]' "with the mean of the encoded values"

run "$MISID" image show 'a picture.ppm' --box 0,0,1,1 --json
like "$out" '"luminance": 0\.212(6|5999)' "cuts to a box: red is .2126 of white"
run "$MISID" image show 'a picture.ppm' --box 1,0,1,1 --margin 1 --json
like "$out" '"height": 2,' "with a margin, as far as there is picture"

# Bad files: status, reason, exit 2, one line.
: >empty.jpg
printf 'GIF89a' >picture.jpg
head -c 20 'a picture.ppm' >cut.ppm
mkfifo fifo
ln -s loop loop
for case in 'empty.jpg: empty: ' 'picture.jpg: unsupported: a GIF' 'cut.ppm: truncated: ' \
    'fifo: not-a-file: is a FIFO' '.: not-a-file: is a folder' 'loop: unreadable: ' \
    'nothing.png: missing: '; do
    run "$MISID" image show "${case%%: *}"
    is "$status" 2 "$case: exit status 2"
    like "$errs" "^misid: $case" "$case: said"
    is "$(printf '%s\n' "$errs" | wc -l | tr -d ' ')" 1 "$case: in one line"
done
run "$MISID" image show cut.ppm --json
is "$status" 2 "exit status 2 with --json"
like "$out" '"status": "truncated"' "and the status in it"
run "$MISID" image show cut.ppm --out never.png
[ ! -e never.png ]
ok $? "nothing is written of a bad file"

# Bad options.
for case in '--size 0.5' '--size -1' '--box 1,2,3' '--box 1,2,3,4,5' '--box a,b,c,d' '--margin -1' \
    '--align 1,2' '--background 12345' '--background 12345g' '--max-pixels 1e12' '--size' \
    '--align 1,1,2,1,1,2,1,3,2,3 --size 9' '--colour'; do
    # shellcheck disable=SC2086 # two words
    run "$MISID" image show 'a picture.ppm' $case
    is "$status" 2 "$case: exit status 2"
    like "$errs" '^misid: image: ' "$case: said"
done
run "$MISID" image
is "$status" 2 "nothing to show"
run "$MISID" image print 'a picture.ppm'
is "$status" 2 "no such word"
run "$MISID" image show 'a picture.ppm' --out /no/such/folder/x.png
is "$status" 2 "an image that cannot be written"
like "$errs" '/no/such/folder/x.png: cannot write' "names the file"
run "$MISID" image show 'a picture.ppm' --max-pixels 7
like "$errs" 'too-large: 4 × 2 pixels, at most 7' "bounds"
run "$MISID" image --help
is "$status" 0 "has help"
done_testing
