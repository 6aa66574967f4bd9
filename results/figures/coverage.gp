# SPDX-License-Identifier: GPL-3.0-or-later
# Draws coverage.png from coverage.csv, which is what `bench/perf/coverage --csv
# --cohorts 2000 --replicates 208` prints:
#
#     cd results/figures && gnuplot coverage.gp
set terminal pngcairo size 1500,1080 font "DejaVu Sans,15" background "#ffffff"
set output "coverage.png"
set datafile separator ","
set multiplot layout 2,1 margins 0.115,0.985,0.075,0.855 spacing 0,0.125
set label 1 "How often a 95 % interval of a false-match rate holds the rate" \
    at screen 0.012,0.965 font ",20"
set label 2 "one dot a kind of cohort, 2000 cohorts each; within a group ●, across two ○; \
lines: rates of 1e-2 (top) to 1e-5; \
the axis widens at 90 %" at screen 0.012,0.925
# Everything below 90 % is narrowed to less than half of the width.
f(x) = x < 90 ? x / 90.0 * 42 : 42 + (x - 90) * 5.8
y(m) = m eq "wilson-t" ? 5 : m eq "wilson-neff" ? 4 : m eq "vertex-bootstrap" ? 3 : \
       m eq "double-or-nothing" ? 2 : m eq "naive-wilson" ? 1 : NaN
at(m, rate) = y(m) + (-2.5 - log10(rate)) * -0.17 + 0.17
keep(v, ok) = ok ? v : NaN
set xrange [f(0) - 1:f(100) + 1]
set yrange [0.45:5.6]
set xtics nomirror out ("0 %%" f(0), "25" f(25), "50" f(50), "75" f(75), "90" f(90), \
    "92" f(92), "95" f(95), "98" f(98), "100" f(100))
set ytics nomirror scale 0 ("{/:Bold Wilson-t}" 5, "effective n,\nas published" 4, \
    "vertex\nbootstrap" 3, "double or\nnothing" 2, "dependence\nignored" 1)
set border 1
unset key
set arrow 1 from f(95),0.45 to f(95),5.6 nohead lw 1.5 lc "#555555" back
set object 1 rectangle from f(93.5),0.45 to f(97.5),5.6 fc "#eeeeee" fs solid noborder behind
do for [cell in "regular stress"] {
    set label 3 (cell eq "regular" ? \
        "50 to 1000 people a group, one person's scores correlated up to .2" : \
        "Stress: 20 people on a side, or correlations of .3 to .5") \
        at graph 0,1.06 font ",16"
    plot for [within in "true false"] "coverage.csv" \
        using (f(100 * $8)):(keep(at(strcol(1), $7), strcol(2) eq cell && \
            strcol(3) eq within)) \
        with points pt (within eq "true" ? 7 : 6) ps 0.9 lw 1.2 lc "#8a8a8a", \
        for [within in "true false"] "coverage.csv" \
        using (f(100 * $8)):(keep(at(strcol(1), $7), strcol(2) eq cell && \
            strcol(3) eq within && strcol(1) eq "wilson-t")) \
        with points pt (within eq "true" ? 7 : 6) ps 0.9 lw 1.2 lc "#2b6ca3"
    unset label 1
    unset label 2
}
unset multiplot
