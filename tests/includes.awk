# SPDX-License-Identifier: GPL-3.0-or-later
# awk -f includes.awk include-rules FILE...: prints every #include that the
# rules do not allow. Files are named from the source tree: src/FOLDER/x.c.
FILENAME != last {
    last = FILENAME
    n = split(FILENAME, part, "/")
    here = n > 2 ? part[2] : "."
}
NR == FNR {
    if ($1 == "folder") {
        sub(/:/, "", $2)
        known[$2] = 1
        for (i = 3; i <= NF; i++) may[$2, $i] = 1
    } else if ($1 == "only") {
        sub(/:/, "", $2)
        for (i = 3; i <= NF; i++) owner[$i] = $2
    } else if ($1 == "system") {
        for (i = 2; i <= NF; i++) system_header[$i] = 1
    }
    next
}
function wrong(why) {
    printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why
}
/^[ \t]*#[ \t]*include/ {
    name = $0
    sub(/^[^<"]*[<"]/, "", name)
    sub(/[>"].*$/, "", name)
    folder = name
    if (!sub(/\/[^\/]*$/, "", folder)) folder = "."
    if (/</) {
        family = folder "/*"
        where = name in owner ? owner[name] : family in owner ? owner[family] : ""
        if (where != "" && where != here)
            wrong("only src/" where " may include it")
        else if (where == "" && !(name in system_header))
            wrong("not in tests/include-rules")
    } else if (name == "config.h") {
        next
    } else if (!(here in known)) {
        wrong("no rule for src/" here)
    } else if (folder != here && !((here, folder) in may)) {
        wrong("src/" here " may not include src/" folder)
    }
}
