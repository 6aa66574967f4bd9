#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The counts that were derived from rounded print can be derived again.
. "$(dirname "$0")/../lib.sh"

derive=$SRCDIR/scripts/derive-counts
command -v python3 >/dev/null 2>&1 || skip_all "no python3"

run python3 "$derive" --check
is "$status" 0 "shipped counts are those the search finds, and give every printed figure"
is "$out" "counts and printed figures agree" "and it says so"

# A copy in which one count is off by one must be found out.
mkdir "$T/scripts" && cp "$derive" "$T/scripts/" && cp -R "$SRCDIR/datasets" "$T/"
chmod -R u+w "$T/datasets"
sed -i 's/^\(IBM,error,gender=female;skin=darker\),94,/\1,95,/' \
    "$T/datasets/gender-shades/counts.csv"
run python3 "$T/scripts/derive-counts" --check
is "$status" 1 "a count off by one is a fault"
like "$out" "not found by the search: IBM,error,gender=female;skin=darker,95," \
    "it names the row"
like "$out" "table-4 IBM error gender=female;skin=darker: printed 34.7" \
    "and the printed figure that does not come out"

run python3 "$derive" --floor 0.9
like "$out" "IBM: 18 joint solutions, total 141/1161-1165" \
    "a lower floor lets another solution in"
run python3 "$derive" --floor 7
is "$status" 2 "a floor that is no share is refused"
done_testing
