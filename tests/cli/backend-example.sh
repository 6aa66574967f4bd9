#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The examples of scripts/backends/example: the plug-in is built against what `make
# install` puts there and nothing else, as anyone would.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
example=$SRCDIR/scripts/backends/example

(cd "$BUILDDIR" && $MAKE -s install-includeHEADERS install-pkgconfigDATA \
    DESTDIR="$T/root" >"$T/log" 2>&1)
ok $? 'the header and the .pc file are installed' || cat "$T/log"
pc=$(find "$T/root" -name misid-backend.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
PKG_CONFIG_SYSROOT_DIR=$T/root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
flags=$(${PKG_CONFIG:-pkg-config} --cflags misid-backend)
like "$flags" "-I$T/root" 'pkg-config knows the installed header'
like "$(${PKG_CONFIG:-pkg-config} --variable=plugindir misid-backend)" '/misid$' \
    'and the folder of plug-ins'

mkdir "$T/out"
cp "$example/cells.c" "$T/out"
# shellcheck disable=SC2086 # flags are several words
(cd "$T/out" && ${CC:-cc} -std=c11 -Wall -Wextra -Werror -shared -fPIC $flags -o cells.so \
    cells.c) >"$T/log" 2>&1
ok $? 'the plug-in compiles, without a warning' || cat "$T/log"
run "$MISID" backend check "$T/out/cells.so:side=5"
is "$status" 0 'the plug-in: exit status'
like "$out" '^cells 1.0: conforms; 6 of 6 images with a face' 'the plug-in conforms'
run "$MISID" backend check "$T/out/cells.so:side=99"
like "$status $out" '^1 .*open: side is 99, expected 1 to 32' 'the plug-in: a wrong option'

if command -v c++ >/dev/null; then
    # shellcheck disable=SC2086
    printf '#include <misid-backend.h>\nint main() { return sizeof(misid_face) == 0; }\n' |
        c++ -std=c++11 -Wall -Wextra -Werror -x c++ $flags -o "$T/plus" - && "$T/plus"
    ok $? 'the header is C++ too'
else
    skip 'no C++ compiler' 'the header is C++ too'
fi

if command -v python3 >/dev/null; then
    run "$MISID" backend check "exec:command=python3 $example/brightness.py"
    is "$status" 0 'the program: exit status'
    like "$out" '^brightness 1.0: conforms; 6 of 6 images with a face' 'the program conforms'
    run "$MISID" backend check "exec:command=python3 $example/brightness.py,threshold=x"
    like "$status $out" '^1 .*open: ValueError: threshold: expected a number' \
        'the program: a wrong option'
else
    skip 'no python3' 'the program'
fi

done_testing
