#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may include whom, by tests/include-rules; and only src/cli prints.
. "$(dirname "$0")/../lib.sh"

check() { # check TREE: the includes that break the rules
    (cd "$1" && find src -name '*.[ch]' | LC_ALL=C sort |
        xargs awk -f "$SRCDIR/tests/includes.awk" "$SRCDIR/tests/include-rules")
}
is "$(check "$SRCDIR")" "" "every include is allowed"
is "$(cd "$SRCDIR" && find src -name '*.c' ! -path 'src/cli/*' ! -path 'src/host/*' -exec grep -nE \
    '(^|[^A-Za-z_])((v?printf|puts|putchar|perror) *\(|stdout|stderr)' {} + |
    grep -v 'out of memory')" "" "only src/cli prints"

# The check finds what it is for.
wrong() { # wrong FILE INCLUDE EXPECTED NAME
    rm -rf "$T/tree"
    mkdir -p "$T/tree/$(dirname "$1")"
    printf '#include %s\n' "$2" >"$T/tree/$1"
    like "$(check "$T/tree")" "$3" "$4"
}
wrong src/stats/a.c '"report/report.h"' 'src/stats may not include src/report' "a stage knows no other stage"
wrong src/base/a.h '"model/study.h"' 'src/base may not include src/model' "base knows nobody"
wrong src/model/a.c '<gsl/gsl_cdf.h>' 'only src/stats may include it' "GSL outside src/stats"
wrong src/cli/a.c '<yaml.h>' 'only src/base may include it' "libyaml outside src/base"
wrong src/model/a.c '<curl/curl.h>' 'not in tests/include-rules' "a header nobody knows"
wrong src/new/a.c '"base/err.h"' 'no rule for src/new' "a folder nobody knows"
wrong src/report/a.c '"cli/cli.h"' 'src/report may not include src/cli' "nobody includes cli"
done_testing
