/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/decide.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/adjust.h"
#include "stats/dist.h"
#include "stats/methods.h"

static bool is_beyond(const struct decide *t, double v)
{
    return t->least ? v < t->margin : v > t->margin;
}

static bool is_within(const struct decide *t)
{
    double far = t->least ? t->at.lo : t->at.hi;
    double bound = isnan(t->bound) ? t->margin : t->bound;

    if (isnan(t->at.estimate) || is_beyond(t, t->at.estimate))
        return false;
    return t->least ? far >= bound : far <= bound;
}

static int look(struct decide *t, double confidence, struct err *err)
{
    int code = t->limits(t->about, confidence, &t->at, err);

    t->p = 1;
    if (!code && is_beyond(t, t->at.estimate))
        code = interval_p(t->limits, t->about, t->ratio, t->margin, &t->p, err);
    return code;
}

/* The limit at the level Holm's procedure tests it at: of m tests the j-th smallest p at
 * α/(m − j + 1). */
static int adjusted_limit(struct decide *t, size_t rank, size_t n, double alpha,
                          struct err *err)
{
    struct interval at;
    int code = t->limits(t->about, 1 - alpha / (double)(n - rank), &at, err);

    t->near = t->least ? at.hi : at.lo;
    return code;
}

int decide(struct decide *tests, size_t n, double confidence, struct err *err)
{
    double *p = mem_array(n, sizeof *p), alpha = 1 - confidence;
    int code = check_confidence(confidence, err);

    for (size_t i = 0; i < n && !code; i++) {
        code = look(&tests[i], confidence, err);
        p[i] = tests[i].p;
    }
    if (!code)
        adjust_holm(p, n, p);
    for (size_t i = 0; i < n && !code; i++) {
        struct decide *t = &tests[i];
        size_t rank = 0;
        t->p_adj = p[i];
        for (size_t k = 0; k < n; k++)
            rank += tests[k].p < t->p || (tests[k].p == t->p && k < i);
        t->decision = t->p_adj < alpha ? DECISION_FAIL
                      : is_within(t)   ? DECISION_PASS : DECISION_OPEN;
        code = adjusted_limit(t, rank, n, alpha, err);
    }
    free(p);
    return code;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double decide_noise(double *apart, size_t n)
{
    qsort(apart, n, sizeof *apart, by_value);
    double middle = n % 2 ? apart[n / 2] : (apart[n / 2 - 1] + apart[n / 2]) / 2;
    return middle / .6745 / sqrt(2);
}

int decide_times_limits(const void *about, double confidence, struct interval *out,
                        struct err *err)
{
    const struct decide_times *t = about;
    double reach;
    int code = check_confidence(confidence, err);

    if (code)
        return code;
    reach = t->se * (isfinite(t->df) ? student_two_sided(confidence, t->df)
                                     : normal_two_sided(confidence));
    *out = (struct interval){ exp(t->log_ratio), exp(t->log_ratio - reach),
                              exp(t->log_ratio + reach) };
    return 0;
}
