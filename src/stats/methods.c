/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/methods.h"

#include <assert.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_version.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "stats/bootstrap.h"
#include "stats/clustered.h"
#include "stats/difference.h"
#include "stats/influence.h"
#include "stats/proportion.h"
#include "stats/ratio.h"

static int ratio_mover(int64_t x1, int64_t n1, int64_t x2, int64_t n2, double confidence,
                       struct interval *out, struct err *err)
{
    struct interval first, second;
    int code = proportion_wilson(x1, n1, confidence, &first, err);

    if (!code)
        code = proportion_wilson(x2, n2, confidence, &second, err);
    if (!code)
        mover_ratio(&first, &second, out);
    return code;
}

/* In the order of preference: the first that serves a quantity is its default. */
static const struct method methods[] = {
    {
        .name = "wilson",
        .title = "Wilson",
        .quantities = FOR_PROPORTION,
        .summary = "score interval: right on average at any n and x, 0 and n too",
        .source = "Wilson 1927, JASA 22:209-212: |x/n - p| = z sqrt(p(1-p)/n)"
                  " solved for p",
        .proportion = proportion_wilson,
    },
    {
        .name = "clopper-pearson",
        .title = "Clopper–Pearson",
        .quantities = FOR_PROPORTION,
        .summary = "exact: never covers less than it says, so it is wide",
        .source = "Clopper & Pearson 1934, Biometrika 26:404-413:"
                  " P(X >= x; lo) = P(X <= x; hi) = alpha/2",
        .proportion = proportion_clopper_pearson,
    },
    {
        .name = "mid-p",
        .title = "mid-p",
        .quantities = FOR_PROPORTION,
        .summary = "exact with half the observed probability: close to what it"
                   " says on average",
        .source = "Lancaster 1961, JASA 56:223-234; Berry & Armitage 1995,"
                  " The Statistician 44:417-423: P(X > x; lo) + P(X = x; lo)/2"
                  " = alpha/2",
        .proportion = proportion_mid_p,
    },
    {
        .name = "agresti-coull",
        .title = "Agresti–Coull",
        .quantities = FOR_PROPORTION,
        .summary = "by hand: add z^2/2 to both outcomes; a little wider than"
                   " Wilson",
        .source = "Agresti & Coull 1998, Am. Stat. 52:119-126; Brown, Cai &"
                  " DasGupta 2001, Stat. Sci. 16:101-133, section 3.1.2 (z^2, not 4)",
        .proportion = proportion_agresti_coull,
    },
    {
        .name = "jeffreys",
        .title = "Jeffreys",
        .quantities = FOR_PROPORTION,
        .summary = "Bayesian, equal tails of Beta(x + 1/2, n - x + 1/2); 0 at"
                   " x = 0, 1 at x = n",
        .source = "Brown, Cai & DasGupta 2001, Stat. Sci. 16:101-133, section"
                  " 3.1.3 (without the further changes of its section 4.1.2)",
        .proportion = proportion_jeffreys,
    },
    {
        .name = "newcombe",
        .title = "Newcombe",
        .quantities = FOR_DIFFERENCE,
        .summary = "hybrid score: from the two Wilson intervals; good at any n,"
                   " never leaves [-1, 1]",
        .source = "Newcombe 1998, Stat. Med. 17:873-890, method 10:"
                  " d - sqrt((p1-l1)^2 + (u2-p2)^2), d + sqrt((u1-p1)^2 + (p2-l2)^2)",
        .difference = difference_newcombe,
    },
    {
        .name = "koopman",
        .title = "Koopman",
        .quantities = FOR_RATIO,
        .summary = "score interval: right on average at any n, with zero counts"
                   " too",
        .source = "Koopman 1984, Biometrics 40:513-517: Pearson's chi-squared at"
                  " the restricted maximum likelihood = z^2",
        .ratio = ratio_koopman,
    },
    {
        .name = "miettinen-nurminen",
        .title = "Miettinen–Nurminen",
        .quantities = FOR_DIFFERENCE | FOR_RATIO,
        .summary = "score interval with variance times N/(N-1): a little wider,"
                   " safer at small n",
        .source = "Miettinen & Nurminen 1985, Stat. Med. 4:213-226:"
                  " (d - D)^2 = z^2 V(D) N/(N-1), V at the restricted maximum"
                  " likelihood; ratio likewise",
        .difference = difference_miettinen_nurminen,
        .ratio = ratio_miettinen_nurminen,
    },
    {
        .name = "katz",
        .title = "Katz log",
        .quantities = FOR_RATIO,
        .summary = "textbook log interval, to check papers that use it; says"
                   " nothing (0 to infinity) at a zero count",
        .source = "Katz, Baptista, Azen & Pike 1978, Biometrics 34:469-474:"
                  " log r -+ z sqrt(1/x1 - 1/n1 + 1/x2 - 1/n2)",
        .ratio = ratio_katz,
    },
    {
        .name = "projection",
        .title = "projection",
        .quantities = FOR_SPREAD,
        .summary = "max/min over all rates inside the box of single intervals at"
                   " 1 - alpha/K: conservative",
        .source = "Bonferroni box (Dunn 1961, JASA 56:52-64), projected:"
                  " [max(1, max L / min U), max U / min L]",
    },
    {
        .name = "wilson-t",
        .title = "Wilson-t",
        .quantities = FOR_PROPORTION | FOR_DYADS | FOR_PEOPLE,
        .summary = "Wilson with an effective n that knows who is in several"
                   " comparisons, and Student's t",
        .source = "variance: Fafchamps & Gubert 2007, J. Dev. Econ. 83:326-350,"
                  " Aronow, Samii & Assenova 2015, Polit. Anal. 23:564-577; Wilson with"
                  " n*: Fogliato, Patil & Perona 2024, arXiv 2306.01198, Korn & Graubard"
                  " 1998, Surv. Methodol. 24:193-201; leverage and the degrees of freedom"
                  " are misid's own",
        .proportion = proportion_wilson,
        .dyads = clustered_wilson_t,
        .people = people_wilson_t,
    },
    {
        .name = "wilson-neff",
        .title = "Wilson, effective n",
        .quantities = FOR_PROPORTION | FOR_DYADS | FOR_PEOPLE,
        .summary = "as published: no correction for leverage, normal quantile; short"
                   " with few people",
        .source = "Fogliato, Patil & Perona 2024, IJCV, arXiv 2306.01198:"
                  " Var = (sum R^2 + max(0, sum S^2 - 2 sum R^2))/M^2",
        .proportion = proportion_wilson,
        .dyads = clustered_wilson_neff,
        .people = people_wilson_neff,
    },
    {
        .name = "vertex-bootstrap",
        .title = "vertex bootstrap",
        .quantities = FOR_DYADS | FOR_PEOPLE,
        .summary = "people drawn again with replacement, percentiles; too wide for"
                   " dyads, nothing at 0 errors",
        .source = "Snijders & Borgatti 1999, Connections 22:161-170: a dyad weighs"
                  " w_s w_t, nobody with himself",
        .dyads = clustered_vertex,
        .people = people_bootstrap,
    },
    {
        .name = "double-or-nothing",
        .title = "double or nothing",
        .quantities = FOR_DYADS | FOR_PEOPLE,
        .summary = "each person counts twice or not at all, percentiles; too wide for"
                   " dyads, nothing at 0 errors",
        .source = "Owen & Eckles 2012, Ann. Appl. Stat. 6:895-927, with weights 0 and 2",
        .dyads = clustered_doubling,
        .people = people_doubling,
    },
    {
        .name = "naive-wilson",
        .title = "Wilson, dependence ignored",
        .quantities = FOR_PROPORTION | FOR_DYADS | FOR_PEOPLE,
        .summary = "a million comparisons of 500 people as a million coin tosses: far"
                   " too short; for comparison only",
        .source = "Wilson 1927, JASA 22:209-212, with n = all comparisons",
        .proportion = proportion_wilson,
        .dyads = clustered_naive,
        .people = people_naive,
    },
    {
        .name = "mover",
        .title = "MOVER",
        .quantities = FOR_DIFFERENCE | FOR_RATIO | FOR_CONTRAST,
        .summary = "two clustered rates that share nobody: Newcombe's formula with the"
                   " limits of each; ratios on the log scale",
        .source = "Zou & Donner 2008, Stat. Med. 27:1693-1702:"
                  " d -+ sqrt((p1-l1)^2 + (u2-p2)^2)",
        .difference = difference_newcombe,
        .ratio = ratio_mover,
    },
    {
        .name = "influence",
        .title = "influence function",
        .quantities = FOR_CONTRAST,
        .summary = "two clustered rates that share people: what they have in common"
                   " cancels",
        .source = "delta method on the dyadic-robust variance (see wilson-t):"
                  " I_d = sum_k df/dp_k R_d/M_k, Var = sum_s (sum_d I_d)^2 - sum I_d^2",
    },
    {
        .name = "permutation",
        .title = "studentised permutation test",
        .quantities = FOR_SPREAD_TEST,
        .summary = "is the spread over groups more than chance at these sizes? People"
                   " exchange their groups",
        .source = "Chung & Romano 2013, Ann. Stat. 41:484-507:"
                  " max |ln p_g - ln p_h|/sqrt(v_g + v_h)",
    },
};

#define N_METHODS (sizeof methods / sizeof *methods)

const struct method *method_table(size_t *n)
{
    *n = N_METHODS;
    return methods;
}

const struct method *method_find(const char *name)
{
    for (size_t i = 0; i < N_METHODS; i++)
        if (!strcmp(methods[i].name, name))
            return &methods[i];
    return NULL;
}

const struct method *method_default(unsigned quantity)
{
    for (size_t i = 0; i < N_METHODS; i++)
        if (methods[i].quantities & quantity)
            return &methods[i];
    return NULL;
}

/* Whether the interval at 1 - alpha leaves the margin out: 0, 1 or an error. */
static int leaves_out(int (*limits)(const void *, double, struct interval *, struct err *),
                      const void *about, double margin, double alpha, struct interval *at,
                      struct err *err)
{
    int code = limits(about, 1 - alpha, at, err);

    if (code < 0)
        return code;
    return margin < at->lo || margin > at->hi;
}

int interval_p(int (*limits)(const void *about, double confidence, struct interval *out,
                             struct err *err),
               const void *about, bool ratio, double margin, double *p, struct err *err)
{
    struct interval at;
    double in = log(CONTRAST_P_FLOOR), out = log1p(-1e-10);

    if (ratio ? !(margin > 0 && isfinite(margin)) : !(margin >= -1 && margin <= 1))
        return err_add(err, ERR_INPUT, "a margin of %g, expected %s", margin,
                       ratio ? "a ratio above 0" : "a difference from -1 to 1");
    int code = leaves_out(limits, about, margin, exp(out), &at, err);
    if (code < 0)
        return code;
    if (!code || at.estimate == margin || isnan(at.estimate)) {
        *p = 1;
        return 0;
    }
    code = leaves_out(limits, about, margin, CONTRAST_P_FLOOR, &at, err);
    if (code < 0)
        return code;
    if (code) {
        *p = CONTRAST_P_FLOOR;
        return 0;
    }
    while (out - in > 1e-11) {
        double mid = in + (out - in) / 2;
        code = leaves_out(limits, about, margin, exp(mid), &at, err);
        if (code < 0)
            return code;
        if (code)
            out = mid;
        else
            in = mid;
    }
    *p = exp(out);
    return 0;
}

struct contrast {
    int (*interval)(int64_t x1, int64_t n1, int64_t x2, int64_t n2,
                    double confidence, struct interval *out, struct err *err);
    int64_t x1, n1, x2, n2;
};

static int contrast_limits(const void *about, double confidence, struct interval *out,
                           struct err *err)
{
    const struct contrast *c = about;

    return c->interval(c->x1, c->n1, c->x2, c->n2, confidence, out, err);
}

int contrast_p(const struct method *m, unsigned quantity, int64_t x1, int64_t n1,
               int64_t x2, int64_t n2, double margin, double *p, struct err *err)
{
    bool ratio = quantity == FOR_RATIO;
    const struct contrast c = { ratio ? m->ratio : m->difference, x1, n1, x2, n2 };

    assert((ratio || quantity == FOR_DIFFERENCE) && m->quantities & quantity);
    return interval_p(contrast_limits, &c, ratio, margin, p, err);
}

const char *stats_library(void)
{
    return "GSL " GSL_VERSION;
}

void stats_start(void)
{
    gsl_set_error_handler_off();
}
