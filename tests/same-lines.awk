# SPDX-License-Identifier: GPL-3.0-or-later
# awk -f same-lines.awk EXPECTED GOT: succeeds if GOT is what EXPECTED says,
# where a line `...` stands for any number of lines. Blanks at the end of a
# line do not count.
{ sub(/[ \t\r]+$/, "") }
NR == FNR { want[++w] = $0; next }
{ got[++g] = $0 }
function same(i, j) {
    for (; i <= w; i++) {
        if (want[i] == "...") {
            for (; j <= g + 1; j++)
                if (same(i + 1, j))
                    return 1
            return 0
        }
        if (j > g || want[i] != got[j])
            return 0
        j++
    }
    return j == g + 1
}
END { exit !same(1, 1) }
