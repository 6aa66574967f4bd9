/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/labels.h"

#include <math.h>
#include <stdbool.h>

#include "stats/difference.h"
#include "stats/dist.h"

struct labels_counts labels_move(const struct labels_counts *c, enum labels_part part,
                                 int64_t k)
{
    struct labels_counts moved = *c;

    moved.x1 -= k;
    if (part == LABELS_TRUTH)
        return moved;
    moved.n1 -= k;
    moved.n2 += k;
    if (part == LABELS_GROUP)
        moved.x2 += k;
    return moved;
}

static int check(const struct labels_counts *c, struct err *err)
{
    int code;

    if ((code = check_counts(c->x1, c->n1, err)) || (code = check_counts(c->x2, c->n2, err)))
        return code;
    if (c->n2 > COUNT_MAX - c->n1)
        return err_add(err, ERR_INPUT, "%lld and %lld faces, expected at most 2^53 together",
                       (long long)c->n1, (long long)c->n2);
    return 0;
}

static bool has_gap(const struct labels_counts *c)
{
    return (long double)c->x1 * (long double)c->n2 > (long double)c->x2 * (long double)c->n1;
}

/* Whether the gap is there still, and, with a confidence, is sure: 1, 0 or an error. */
static int holds(const struct labels_counts *c, enum labels_part part, int64_t k,
                 double confidence, struct err *err)
{
    struct labels_counts m = labels_move(c, part, k);
    struct interval i;

    if (m.n1 < 1 || !has_gap(&m))
        return 0;
    if (!(confidence > 0))
        return 1;
    int code = difference_newcombe(m.x1, m.n1, m.x2, m.n2, confidence, &i, err);
    return code < 0 ? code : i.lo > 0;
}

/* The fewest k for which it does not hold, by bisection: as a function of k the gap is
 * concave, so that once it is there it goes once. With x1 moved none is left. */
static int fewest(const struct labels_counts *c, enum labels_part part, double confidence,
                  int64_t *k, struct err *err)
{
    int64_t low = 0, high = c->x1;
    int now = holds(c, part, 0, confidence, err);

    if (now < 0)
        return now;
    *k = 0;
    if (!now)
        return 0;
    while (high - low > 1) {
        int64_t mid = low + (high - low) / 2;
        int yes = holds(c, part, mid, confidence, err);
        if (yes < 0)
            return yes;
        if (yes)
            low = mid;
        else
            high = mid;
    }
    *k = high;
    return 0;
}

int labels_tipping(const struct labels_counts *c, enum labels_part part, double confidence,
                   int64_t *gone, int64_t *unsure, struct err *err)
{
    int code = check(c, err);

    if (code || (code = check_confidence(confidence, err)))
        return code;
    if (!has_gap(c))
        return err_add(err, ERR_INPUT, "%lld/%lld is not above %lld/%lld, expected the group "
                       "with the higher rate first", (long long)c->x1, (long long)c->n1,
                       (long long)c->x2, (long long)c->n2);
    (void)((code = fewest(c, part, 0, gone, err)) ||
           (code = fewest(c, part, confidence, unsure, err)));
    return code;
}

/* The true pair behind a pair as labelled. */
static void undo(const struct labels_wrong *w, double one, double two, double to[2])
{
    double determinant = 1 - w->first - w->second;

    to[0] = ((1 - w->second) * one - w->second * two) / determinant;
    to[1] = ((1 - w->first) * two - w->first * one) / determinant;
}

static int check_wrong(const struct labels_wrong *w, struct err *err)
{
    if (w->first >= 0 && w->second >= 0 && w->first + w->second < 1)
        return 0;
    return err_add(err, ERR_INPUT, "shares of wrong labels of %g and %g, expected two that "
                   "are not negative and sum to less than 1", w->first, w->second);
}

/* Logit limits of errors/(errors + others) from the variance of its logit. */
static struct interval rate_limits(double errors, double others, double variance, double z)
{
    double logit = log(errors / others), reach = z * sqrt(variance);
    struct interval out = { errors / (errors + others), NAN, NAN };

    if (errors > 0 && others > 0) {
        out.lo = 1 / (1 + exp(reach - logit));
        out.hi = 1 / (1 + exp(-reach - logit));
    }
    return out;
}

static void mover(struct labels_corrected *out)
{
    const struct interval *a = &out->rate[0], *b = &out->rate[1];

    out->difference = (struct interval){
        a->estimate - b->estimate,
        a->estimate - b->estimate - hypot(a->estimate - a->lo, b->hi - b->estimate),
        a->estimate - b->estimate + hypot(a->hi - a->estimate, b->estimate - b->lo),
    };
    double ratio = a->estimate / b->estimate;
    out->ratio = (struct interval){
        ratio,
        ratio * exp(-hypot(log(a->estimate / a->lo), log(b->hi / b->estimate))),
        ratio * exp(hypot(log(a->hi / a->estimate), log(b->estimate / b->lo))),
    };
}

int labels_correct(const struct labels_counts *c, const struct labels_wrong *in_error,
                   const struct labels_wrong *others, double confidence,
                   struct labels_corrected *out, struct err *err)
{
    double x[2] = { (double)c->x1, (double)c->x2 };
    double y[2] = { (double)(c->n1 - c->x1), (double)(c->n2 - c->x2) };
    double right[2];
    int code;

    if ((code = check(c, err)) || (code = check_confidence(confidence, err)) ||
        (code = check_wrong(in_error, err)) || (code = check_wrong(others, err)))
        return code;
    undo(in_error, x[0], x[1], out->errors);
    undo(others, y[0], y[1], right);
    for (int g = 0; g < 2; g++) {
        double least = -1e-9 * (x[0] + x[1] + y[0] + y[1]);
        if (out->errors[g] < least || right[g] < least ||
            !(out->errors[g] + right[g] > -least))
            return err_add(err, ERR_INPUT, "%lld/%lld and %lld/%lld cannot come of labels "
                           "wrong at these shares: that leaves %.4g errors and %.4g right "
                           "answers in the %s group, expected smaller shares",
                           (long long)c->x1, (long long)c->n1, (long long)c->x2,
                           (long long)c->n2, out->errors[g], right[g],
                           g ? "second" : "first");
        out->errors[g] = fmax(0, out->errors[g]);
        out->faces[g] = out->errors[g] + fmax(0, right[g]);
    }
    /* The logit is log X − log Y; X and Y are linear in independent Poisson counts. */
    double dx = 1 - in_error->first - in_error->second;
    double dy = 1 - others->first - others->second;
    double z = normal_two_sided(confidence);
    for (int g = 0; g < 2; g++) {
        double ex = g ? in_error->first : in_error->second;
        double ey = g ? others->first : others->second;
        double errors = out->errors[g], rest = out->faces[g] - errors;
        double vx = ((1 - ex) * (1 - ex) * x[g] + ex * ex * x[1 - g]) / (dx * dx);
        double vy = ((1 - ey) * (1 - ey) * y[g] + ey * ey * y[1 - g]) / (dy * dy);
        out->rate[g] = rate_limits(errors, rest,
                                   vx / (errors * errors) + vy / (rest * rest), z);
    }
    mover(out);
    return 0;
}
