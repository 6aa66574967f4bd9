#!/usr/bin/env Rscript
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes tests/data/stats-oracle-r.csv and stats-oracle-adjust.csv: intervals and
# p-values of random tables by R, for test_oracle to hold misid to.
#
#     tests/oracles/stats.R tests/data
#
# The columns are those of stats.py. Where base R has no such interval it is written
# here from its definition, by other means than in misid: the restricted maximum
# likelihood of Miettinen and Nurminen by maximising over the feasible rates, zero
# cells included, and Koopman's chi-squared in his own form.

to <- commandArgs(TRUE)[1]
set.seed(20180209)
out <- file(file.path(to, "stats-oracle-r.csv"), "w")
cat(sprintf("# Made by tests/oracles/stats.R: %s.\n", R.version.string), file = out)
cat("oracle,quantity,method,a,b,c,d,argument,value1,value2,within\n", file = out)

number <- function(v) ifelse(is.nan(v), "nan", ifelse(is.infinite(v), "inf",
                                                      sprintf("%.14g", v)))
row <- function(quantity, method, counts, argument, values, within) {
    counts <- c(sprintf("%.0f", counts), rep("", 4 - length(counts)))
    values <- c(number(values), rep("", 2 - length(values)))
    cat(paste(c("r", quantity, method, counts, sprintf("%.15g", argument), values,
                sprintf("%g", within)), collapse = ","), "\n", sep = "", file = out)
}
trials <- function(most) max(1, round(exp(runif(1, 0, log(most)))))
hits <- function(n) {
    few <- min(n, floor(rexp(1, 0.3)))
    how <- runif(1)
    if (how < 0.3) few else if (how < 0.5) n - few else sample(0:n, 1)
}
confidence <- function() sample(c(0.95, 0.95, 0.9, 0.99, 0.999, 1 - 0.05 / 7, 0.5), 1)
root <- function(f, a, b) {
    # f falls from above 0 to below it; to the last bit, by bisection
    for (i in 1:200) {
        m <- (a + b) / 2
        if (m == a || m == b) break
        if (f(m) > 0) a <- m else b <- m
    }
    (a + b) / 2
}

wilson <- function(x, n, c) prop.test(x, n, conf.level = c, correct = FALSE)$conf.int
newcombe <- function(x1, n1, x2, n2, c) {
    p1 <- x1 / n1; p2 <- x2 / n2
    w1 <- wilson(x1, n1, c); w2 <- wilson(x2, n2, c)
    c(p1 - p2 - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2),
      p1 - p2 + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2))
}

# Greatest likelihood with p1 - p2 = D: the slope falls along the feasible p2.
slope <- function(p2, D, x1, n1, x2, n2) {
    part <- function(count, rate) if (count == 0) 0 else count / rate
    part(x1, p2 + D) - part(n1 - x1, 1 - p2 - D) + part(x2, p2) - part(n2 - x2, 1 - p2)
}
mn_score <- function(D, x1, n1, x2, n2) {
    a <- max(0, -D); b <- min(1, 1 - D)
    p2 <- if (b > a) root(function(p) slope(p, D, x1, n1, x2, n2), a, b) else a
    p1 <- min(max(p2 + D, 0), 1)
    v <- (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)
    gap <- x1 / n1 - x2 / n2 - D
    if (gap == 0) 0 else gap / sqrt(max(v, 0))
}
mn_difference <- function(x1, n1, x2, n2, c) {
    z <- qnorm((1 + c) / 2); d <- x1 / n1 - x2 / n2
    lo <- if (d == -1) -1 else root(function(D) mn_score(D, x1, n1, x2, n2) - z, -1, d)
    hi <- if (d == 1) 1 else root(function(D) mn_score(D, x1, n1, x2, n2) + z, d, 1)
    c(lo, hi)
}

# Koopman's chi-squared, signed, as he writes it.
koopman_score <- function(R, x1, n1, x2, n2) {
    A <- R * (n1 + x2) + x1 + n2
    p1 <- (A - sqrt(A^2 - 4 * R * (x1 + x2) * (n1 + n2))) / (2 * (n1 + n2))
    sign(x1 / n1 - R * x2 / n2) * sqrt((x1 - n1 * p1)^2 / (n1 * p1 * (1 - p1)) *
        (1 + n1 * (R - p1) / (n2 * (1 - p1))))
}
ratio_score <- function(x1, n1, x2, n2, c, factor) {
    z <- qnorm((1 + c) / 2) * sqrt(factor)
    if (x1 == 0 && x2 == 0) return(c(0, Inf))
    r <- (x1 / n1) / (x2 / n2)
    middle <- if (r == 0) -40 else if (is.infinite(r)) 40 else log(r)
    f <- function(shift) function(u) {
        s <- koopman_score(exp(u), x1, n1, x2, n2)
        if (is.nan(s)) shift else s + shift  # 0/0 at the estimate itself
    }
    lo <- if (x1 == 0) 0 else exp(root(f(-z), -40, middle))
    hi <- if (x2 == 0) Inf else exp(root(f(z), middle, 40))
    c(lo, hi)
}

for (i in 1:150) {
    n <- trials(3000); x <- hits(n); c <- confidence()
    exact <- binom.test(x, n, conf.level = c)$conf.int
    row("proportion", "clopper-pearson", c(x, n), c, exact, 1e-9)
    row("proportion", "wilson", c(x, n), c, wilson(x, n, c), 1e-9)
}
for (i in 1:250) {
    n1 <- trials(3000); n2 <- trials(3000); x1 <- hits(n1); x2 <- hits(n2)
    c <- confidence(); counts <- c(x1, n1, x2, n2); N <- n1 + n2
    row("difference", "newcombe", counts, c, newcombe(x1, n1, x2, n2, c), 1e-9)
    row("difference", "miettinen-nurminen", counts, c,
        mn_difference(x1, n1, x2, n2, c), 1e-9)
    # Koopman's own form is 0/0 all along where the first group has no misses
    if (x1 < n1) {
        row("ratio", "koopman", counts, c, ratio_score(x1, n1, x2, n2, c, 1), 1e-7)
        row("ratio", "miettinen-nurminen", counts, c,
            ratio_score(x1, n1, x2, n2, c, N / (N - 1)), 1e-7)
    }
}
for (i in 1:200) {
    t <- floor(rexp(4, 1 / sample(c(3, 30, 300, 20000), 1)))
    if (sum(t) > 0)
        row("test", "fisher", t, 0, fisher.test(matrix(t, 2, byrow = TRUE))$p.value, 1e-7)
}
for (i in 1:200) {
    n <- trials(1e6); p0 <- round(runif(1), 3)
    x <- if (runif(1) < 0.7) qbinom(runif(1), n, p0) else hits(n)
    row("test", "binomial", c(x, n), p0, binom.test(x, n, p0)$p.value, 1e-9)
}
close(out)

# Adjusted p-values: p-values and results with blanks between; NA is "nan".
out <- file(file.path(to, "stats-oracle-adjust.csv"), "w")
cat(sprintf("# Made by tests/oracles/stats.R: p.adjust() of %s.\n", R.version.string),
    file = out)
cat("method,p,p_adj\n", file = out)
for (i in 1:60) {
    p <- round(runif(sample(1:25, 1))^sample(1:4, 1), sample(c(2, 6), 1))
    p[runif(length(p)) < 0.1] <- NA
    list <- function(v) paste(ifelse(is.na(v), "nan", sprintf("%.15g", v)), collapse = " ")
    for (m in c("holm", "BH"))
        cat(paste(tolower(m), list(p), list(p.adjust(p, m)), sep = ","), "\n", sep = "",
            file = out)
}
close(out)
