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
      "when all groups are equal, where a bootstrap is not. Such a limit has no degrees of "
      "freedom of its own: those of the rates are in the intervals it is made of." },
    { "wilson-t", "Wilson-t",
      "For comparisons that share people: two that have a person in common are not two "
      "independent trials. The variance is the dyadic-robust one (Fafchamps and Gubert, "
      "Journal of Development Economics 83, 2007, 326–350; Aronow, Samii and Assenova, "
      "Political Analysis 23, 2015, 564–577), corrected for the weight of single people; "
      "Wilson's interval is taken at the number of coin tosses that would say as much "
      "(Fogliato, Patil and Perona, International Journal of Computer Vision, 2024) with "
      "Student's t, whose degrees of freedom are a heuristic of misid's. With several "
      "images a person the same is done by person; with one it is Wilson's interval." },
    { "wilson-neff", "Wilson with effective n",
      "Wilson's interval at an effective number of comparisons, as published (Fogliato, "
      "Patil and Perona, International Journal of Computer Vision, 2024; arXiv "
      "2306.01198). Too short where people are few." },
    { "naive-wilson", "Wilson, dependence ignored",
      "Wilson's interval as if no two comparisons had a person in common. Far too short; "
      "shown for comparison only." },
    { "vertex-bootstrap", "Vertex bootstrap",
      "People are drawn again with replacement, and a comparison counts as often as both "
      "its people were drawn (Snijders and Borgatti, Connections 22, 1999, 161–170); "
      "the limits are percentiles. It overstates the variance of comparisons that are "
      "nearly independent, and says nothing at 0 errors." },
    { "double-or-nothing", "Double-or-nothing bootstrap",
      "Every person counts twice or not at all, by a coin (Owen and Eckles, Annals of "
      "Applied Statistics 6, 2012, 895–927); the limits are percentiles. It overstates "
      "the variance as the vertex bootstrap does." },
    { "mover", "MOVER",
      "For two rates of different people: the limits of each are combined by squares, "
      "those of ratios as logarithms (Zou and Donner, Statistics in Medicine 27, 2008, "
      "1693–1702)." },
    { "influence", "Influence function",
      "For two rates that share people, as of two matchers on the same faces: the "
      "influence of every pair of people on the contrast, so that what the rates have in "
      "common cancels (delta method on the dyadic-robust variance)." },
    { "permutation", "Studentised permutation test",
      "Whether the spread over groups is more than chance at these sizes: people, with "
      "all their images, exchange their groups, and the largest studentised difference "
      "of the logarithms of the rates is held against those (Chung and Romano, Annals of "
      "Statistics 41, 2013, 484–507)." },
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
