#!/usr/bin/env Rscript
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Base R beside tests/oracles/logit.py, on its tables: glm() for the coefficients, the
# likelihood-ratio test of the last column, and the clustered sandwich written out.
#
#     tests/oracles/logit.R tests/data/logit-oracle.csv tests/data/logit-oracle-r.csv

file <- commandArgs(TRUE)
lines <- strsplit(readLines(file[1]), ",")
lines <- lines[sapply(lines, function(l) l[1] == "data")]
out <- file(file[2], "w")
cat(sprintf("# Made by tests/oracles/logit.R: %s.\n", R.version.string), file = out)
for (case in unique(sapply(lines, `[`, 2))) {
    rows <- t(sapply(Filter(function(l) l[2] == case, lines),
                     function(l) as.numeric(l[-(1:2)])))
    y <- rows[, 1]; who <- rows[, 2]; x <- cbind(1, rows[, -(1:2), drop = FALSE])
    k <- ncol(x); n <- nrow(x); g <- length(unique(who))
    control <- glm.control(epsilon = 1e-15, maxit = 100)
    fit <- glm.fit(x, y, family = binomial(), control = control)
    less <- glm.fit(x[, -k, drop = FALSE], y, family = binomial(), control = control)
    p <- fit$fitted.values
    bread <- solve(t(x) %*% (x * p * (1 - p)))
    scores <- rowsum(x * (y - p), who)
    v <- g / (g - 1) * (n - 1) / (n - k) * bread %*% t(scores) %*% scores %*% bread
    for (j in 1:k)
        cat(sprintf("fit,%s,%d,%.14g,%.14g,%.14g\n", case, j - 1, fit$coefficients[j],
                    sqrt(v[j, j]), sqrt(bread[j, j])), file = out)
    lr <- less$deviance - fit$deviance
    cat(sprintf("lr,%s,%d,%.14g,%.14g\n", case, k - 1, lr,
                pchisq(lr, 1, lower.tail = FALSE)), file = out)
}
close(out)
