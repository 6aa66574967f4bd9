#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misid backend check: each fault of a plug-in or program is told in one line.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
plugins=$BUILDDIR/tests/backends

# check SPEC [ARGUMENT...]: a spec's `$` stands for the folder of the plug-ins
check() {
    spec=$1
    shift
    run "$MISID" backend check "$(printf '%s' "$spec" | sed "s,\\\$,$plugins,g")" "$@"
}
conforms() {
    check "$@"
    is "$status $errs" '0 ' "$1: exit status 0"
    like "$out" ': conforms; 6 of 6 images with a face' "$1: conforms"
}
# faulty SPEC LINE-REGEXP [ARGUMENT...]: just this line, exit status 1
faulty() {
    spec=$1 line=$2
    shift 2
    check "$spec" "$@"
    is "$status $errs" '1 ' "$spec: exit status 1"
    is "$(printf '%s\n' "$out" | grep -c .)" 1 "$spec: one line"
    like "$out" "$line" "$spec: the line"
}

conforms '$/good.so'
conforms '$/good.so:scores=own,faces=2'
conforms '$/hostile.so'
conforms '$/hostile.so:mode=print'
conforms '$/hostile.so:mode=chatter'
conforms 'exec:command=$/talker good'
conforms 'exec:command=$/talker shared png'
conforms lbp

faulty '$/hostile.so:mode=open-crash' 'open: was ended by signal 11'
faulty '$/hostile.so:mode=open-hang,start-deadline=1' 'open: did not answer in time'
faulty '$/hostile.so:mode=open-fail' 'open: there is no such model'
faulty '$/hostile.so:mode=info-size' "open: 'template_bytes' is 32, expected"
faulty '$/hostile.so:mode=crash' 'crashed: the program was ended by signal 11'
faulty '$/hostile.so:mode=exit' 'crashed: the program ended with exit status 0'
faulty '$/hostile.so:mode=hang,deadline=0.1' 'timeout: the program did not answer in time'
faulty '$/hostile.so:mode=slow,deadline=5' 'slow: (0\.[1-9]|[1-9])[0-9.]* s an image' --slow 0.05
faulty '$/hostile.so:mode=short' 'several images in one call: left the image out'
faulty '$/hostile.so:mode=fail' 'error: out of tokens'
faulty '$/hostile.so:mode=fail-batch' 'several images in one call: out of tokens'
faulty '$/hostile.so:mode=nan' 'number 5 of a template is NaN'
faulty '$/hostile.so:mode=size' 'a template of 12 bytes, expected 32'
faulty '$/hostile.so:mode=template-past' 'wrote past the end of a template'
faulty '$/hostile.so:mode=random' 'not deterministic: another template'
faulty '$/hostile.so:mode=faces-more' 'more faces than there was room for'
faulty '$/hostile.so:mode=faces-past' 'wrote faces beyond those there was room for'
faulty '$/hostile.so:mode=label-long' 'the label is longer than its buffer'
faulty '$/hostile.so:mode=utf8' 'the label is not UTF-8'
faulty '$/hostile.so:mode=pixels' 'crashed: the program'
faulty '$/hostile.so:mode=close-crash' 'after close: was ended by signal 11'
HOSTILE=load-abi
export HOSTILE
faulty '$/hostile.so' 'hello: .*: speaks ABI 2, expected 1'
HOSTILE=load-crash
faulty '$/hostile.so' 'hello: was ended by signal 11'
unset HOSTILE

faulty 'exec:command=$/talker hello-garbage' "hello: printed .*'Loading weights"
faulty 'exec:command=$/talker start-end' 'ended with exit status 4; it last said: talker: a'
faulty 'exec:command=$/talker garbage' "broke the protocol: printed .*'W0000 something"
faulty 'exec:command=$/talker extra' 'printed more than one line'
faulty 'exec:command=$/talker short' 'several images in one call: gave answers to 1 images of'
faulty 'exec:command=$/talker silent,deadline=0.1' 'timeout: the program did not'
faulty 'exec:command=/bin/cat' "hello: 'name' is missing|hello: .*"

check '$/hostile.so:mode=no-face'
is "$status" 0 'no face anywhere: conforms'
like "$out" 'note: it found no face in any image' 'no face anywhere: a note'

check '$/hostile.so:mode=nan' --json
is "$status" 1 '--json: exit status'
like "$out" '"conforms": false' '--json: conforms'
like "$out" '"times": 11' '--json: how often'

# What is no fault of a plug-in is trouble.
check '$/nothing.so'
is "$status $out" '2 ' 'no such plug-in: exit status'
like "$errs" '^misid: backend .*/nothing.so: there is no such plug-in$' 'no such plug-in'
check 'exec:command=misid-no-such-program'
is "$status" 2 'no such program'
check '$/good.so:option=1'
like "$status $errs" "^2 misid: .*no option 'option'" 'no such option'
check '$/good.so' "$T/no.jpg"
like "$status $errs" "^2 misid: $T/no.jpg: missing" 'no such image'
run "$MISID" backend check
is "$status" 2 'nothing to check'

# Without MISID_HOST the host is found beside the program.
(unset MISID_HOST && "$MISID" backend check "$plugins/good.so" >/dev/null)
ok $? 'misid-host beside the program'
MISID_PLUGINS=/nowhere:$plugins "$MISID" backend check good >/dev/null
ok $? 'a plug-in by its name'

done_testing
