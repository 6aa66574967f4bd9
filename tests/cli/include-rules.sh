#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may include whom holds in src/, and a breach of it is found.
. "$(dirname "$0")/../lib.sh"

check=$SRCDIR/tests/check-includes
is "$(sh "$check" "$SRCDIR/src" 2>&1)" "" "src/ keeps to tests/include-rules"

# planted FILE LINE FAULT: LINE, as the third of FILE, is a fault
planted() {
    rm -rf "$T/src"
    mkdir -p "$T/src/${1%/*}"
    printf '/* a */\n#include <stdio.h>\n%s\nint x;\n' "$2" >"$T/src/$1"
    run sh "$check" "$T/src"
    is "$status: $out" "1: $T/src/$1:3: $3" "$1: $2"
}
# allowed FILE LINE
allowed() {
    rm -rf "$T/src"
    mkdir -p "$T/src/${1%/*}"
    printf '%s\n' "$2" >"$T/src/$1"
    run sh "$check" "$T/src"
    is "$status: $out" "0: " "$1: $2"
}
planted base/a.c '#include "model/study.h"' 'src/base may not include model/study.h'
planted model/a.h '  #  include   "stats/methods.h"' 'src/model may not include stats/methods.h'
planted report/a.c '#include "stats/methods.h"' 'src/report may not include stats/methods.h'
planted stats/a.c '#include "cli/cli.h"' 'src/stats may not include cli/cli.h'
planted model/a.c '#include <yaml.h>' 'src/model may not include yaml.h'
planted report/a.c '#include <gsl/gsl_cdf.h>' 'src/report may not include gsl/gsl_cdf.h'
planted cli/a.c '#include "sqlite3.h"' 'src/cli may not include sqlite3.h'
planted host/a.cc '#include "base/err.h"' 'src/host may not include base/err.h'
planted host/a.c '#include "host/plugins/onnx/card.h"' \
    'src/host may not include host/plugins/onnx/card.h'
planted host/a.c '#include <onnxruntime_c_api.h>' 'src/host may not include onnxruntime_c_api.h'
planted host/plugins/x/a.c '#include "host/room.h"' 'src/host/plugins may not include host/room.h'
planted base/a.c '#include <ncurses.h>' 'ncurses.h is not in the rules'
planted base/a.c '#include "err.h"' 'err.h is not in the rules'
planted base/a.c '#include "../model/study.h"' '../model/study.h is not in the rules'
planted base/a.c '#include HEADER' 'an include that cannot be read: #include HEADER'
allowed stats/a.c '#include <gsl/gsl_cdf.h>'
allowed stats/sub/a.c '#include "stats/methods.h" /* own */'
allowed host/plugins/a.cc '#include <onnxruntime_c_api.h>'
allowed host/plugins/x/a.c '#include "base/err.h"'
allowed report/a.c '// #include "cli/cli.h"'

rm -rf "$T/src"
mkdir -p "$T/src/new"
echo 'int x;' >"$T/src/new/a.c"
run sh "$check" "$T/src"
is "$status: $out" "1: $T/src/new/a.c:1: the folder new is not in the rules" "a new folder"
echo 'nonsense' >"$T/rules"
run sh "$check" "$SRCDIR/src" "$T/rules"
is "$status: $out" "2: $T/rules: not a rule: nonsense" "a rule that is none"

is "$(cd "$SRCDIR" && find src -name '*.c' ! -path 'src/cli/*' ! -path 'src/host/*' -exec \
    grep -nE '(^|[^A-Za-z_])((v?printf|puts|putchar|perror) *\(|[(, ](stdout|stderr)[,)])' {} + |
    grep -v 'out of memory')" "" "only src/cli prints"
done_testing
