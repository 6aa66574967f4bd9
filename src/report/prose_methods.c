/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interval methods in words, with the papers they come from. */
#include "report/prose.h"

#include <string.h>

static const struct {
    const char *name, *title, *text;
} methods[] = {
    { "wilson", "Wilson score",
      "The set of rates that a score test does not reject (Wilson, Journal of the "
      "American Statistical Association 22, 1927, 209–212). It stays between 0 and "
      "100 %, and is honest at 0 errors." },
    { "clopper-pearson", "Clopper–Pearson",
      "The “exact” interval: two one-sided binomial tests (Clopper and Pearson, "
      "Biometrika 26, 1934, 404–413). It never covers less than it says, and is "
      "therefore wider than it need be." },
    { "mid-p", "mid-P",
      "Clopper–Pearson with half the probability of the count seen (Lancaster, "
      "Journal of the American Statistical Association 56, 1961, 223–234)." },
    { "agresti-coull", "Agresti–Coull",
      "Wilson's midpoint with the simple formula for its width (Agresti and Coull, "
      "The American Statistician 52, 1998, 119–126)." },
    { "jeffreys", "Jeffreys",
      "Equal tails of the posterior under Jeffreys' prior, Beta(½, ½) (Brown, Cai and "
      "DasGupta, Statistical Science 16, 2001, 101–133)." },
    { "newcombe", "Newcombe",
      "For the difference of two independent rates: the Wilson limits of each are "
      "combined by squares (Newcombe, Statistics in Medicine 17, 1998, 873–890, "
      "method 10)." },
    { "miettinen-nurminen", "Miettinen–Nurminen",
      "The set of differences or ratios that a score test does not reject, with the "
      "rates re-estimated under each (Miettinen and Nurminen, Statistics in Medicine "
      "4, 1985, 213–226)." },
    { "koopman", "Koopman",
      "For the ratio of two independent rates: the set of ratios that a score test "
      "does not reject (Koopman, Biometrics 40, 1984, 513–517). It has no upper "
      "limit where the second group has no errors." },
    { "katz", "Katz log",
      "For the ratio of two independent rates: a normal interval for its logarithm "
      "(Katz, Baptista, Azen and Pike, Biometrics 34, 1978, 469–474)." },
    { "projection", "Projection",
      "For the largest rate over the smallest: each of K rates gets an interval at "
      "1 − α/K, and the limits are the extremes over that box. Wide, but honest also "
      "when all groups are equal, where a bootstrap is not." },
};

const char *prose_method(const char *name)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i].name, name))
            return methods[i].title;
    return name;
}

const char *prose_method_text(const char *name)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i].name, name))
            return methods[i].text;
    return NULL;
}
