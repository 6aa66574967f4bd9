# SPDX-License-Identifier: GPL-3.0-or-later
# Takes the examples out of a page: of Markdown the ```console blocks, of mdoc
# the `.Bd -literal` displays and `.Dl` lines. A line `$ COMMAND` begins one,
# a \ at its end goes on, what follows is its whole output. Writes, in the
# folder `dir`, NNN.cmd, NNN.out (if there is output) and NNN.line.
function begin(command) {
    finish()
    n++
    stem = sprintf("%s/%03d", dir, n)
    print FNR > (stem ".line")
    take(command)
}
function take(command) {
    more = sub(/\\$/, "", command)
    cmd = cmd command
    if (!more)
        print cmd > (stem ".cmd")
}
function finish() {
    if (stem) {
        close(stem ".line"); close(stem ".cmd"); close(stem ".out")
    }
    stem = cmd = ""
    more = 0
}
# Text of mdoc as it is seen.
function plain(s) {
    gsub(/\\&/, "", s)
    gsub(/\\-/, "-", s)
    gsub(/\\\(aq/, "'", s)
    gsub(/\\\(dq/, "\"", s)
    gsub(/\\\(en/, "–", s)
    gsub(/\\e/, "\\", s)
    return s
}
FILENAME ~ /\.md$/ && /^```/ { finish(); inside = !inside && /^```console *$/; next }
FILENAME ~ /\.[1-9]$/ && /^\.Bd / { finish(); inside = /-literal/; next }
FILENAME ~ /\.[1-9]$/ && /^\.Ed/ { finish(); inside = 0; next }
FILENAME ~ /\.[1-9]$/ && /^\.Dl \$ / { begin(plain(substr($0, 7))); finish(); next }
!inside { next }
{ line = FILENAME ~ /\.[1-9]$/ ? plain($0) : $0 }
more { take(line); next }
line ~ /^\$ / { begin(substr(line, 3)); next }
stem { print line > (stem ".out") }
END { finish() }
