#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# misnamed: faces whose first candidate is somebody else, counted by hand on seven searches.
. "${SRCDIR:-$(dirname "$0")/../..}/tests/lib.sh"
cd "$T" || exit 99
command -v python3 >/dev/null || skip_all "needs python3"

# Three enrolled people along three axes; probes lean towards one or two of them.
python3 - <<'END' || exit 99
import struct
def npy(path, rows):
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (len(rows), len(rows[0]))
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
        for r in rows:
            f.write(struct.pack("<%df" % len(r), *r))
npy("gallery.npy", [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)])
npy("probes.npy", [
    (9, 1, 0, 1),    # anna: herself
    (1, 9, 0, 1),    # anna: bert, misnamed although enrolled
    (8, 7, 0, 9),    # anna: both above the threshold, herself first
    (0, 1, 1, 9),    # bert: nobody
    (0, 0, 9, 1),    # dora, not enrolled: carl, misnamed
    (1, 1, 1, 9),    # dora: nobody
    (9, 0, 0, 1),    # emil, failed
])
END
printf 'sample,subject,sex\ng1,anna,f\ng2,bert,m\ng3,carl,m\n' >gallery.csv
printf 'sample,subject,status,sex\n' >probes.csv
printf '%s\n' p1,anna,ok,f p2,anna,ok,f p3,anna,ok,f p4,bert,ok,m p5,dora,ok,f p6,dora,ok,f \
    p7,emil,no-face,m >>probes.csv
run "$MISID" score --templates gallery.npy --roster gallery.csv --probes probes.npy \
    --probe-roster probes.csv --by sex --thresholds 0.4 --out scores --quiet
is "$status$errs" 0 "searched" || printf '# %s\n' "$errs"
run "$MISID" estimate scores --quiet
is "$status$errs" 0 "estimated" || printf '# %s\n' "$errs"
row() { # row METRIC GROUP: x of n
    awk -F, -v m="$1" -v g="$2" '$4 == m && $5 == g && $7 ~ /threshold/ && $13 == "wilson-t" {
        print $14 " of " $15; exit }' scores/findings.csv
}
is "$(row misnamed all)" "2 of 6" "everyone: one enrolled, one not; who failed is not searched"
is "$(row misnamed sex=f)" "2 of 5" "women"
is "$(row misnamed sex=m)" "0 of 1" "men"
is "$(row fpir all)" "1 of 2" "FPIR is of those who are not enrolled"
is "$(row fnir all)" "2 of 4" "FNIR of those who are"
done_testing
