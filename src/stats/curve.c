/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const curve_how_names[] = { "exact", "edge", "beyond", "all", "bounded",
                                        "unknown" };

#define DIGIT 11
#define DIGITS 3
#define RADIX ((size_t)1 << DIGIT)

/* Bits in the order of the numbers: negative ones turned round, sign first. */
static uint32_t key_of(float score)
{
    uint32_t bits;

    memcpy(&bits, &score, sizeof bits);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static float score_of(uint32_t key)
{
    uint32_t bits = key & 0x80000000u ? key & 0x7fffffffu : ~key;
    float score;

    memcpy(&score, &bits, sizeof score);
    return score;
}

void curve_sort(float *scores, size_t n)
{
    size_t (*count)[RADIX] = mem_array(DIGITS, sizeof *count);
    uint32_t *from = mem_array(n, sizeof *from), *to = mem_array(n, sizeof *to);

    for (size_t i = 0; i < n; i++) {
        from[i] = key_of(scores[i]);
        for (int d = 0; d < DIGITS; d++)
            count[d][from[i] >> (d * DIGIT) & (RADIX - 1)]++;
    }
    for (int d = 0; d < DIGITS; d++) {
        size_t at = 0, here;
        for (size_t b = 0; b < RADIX; b++) {
            here = count[d][b];
            count[d][b] = at;
            at += here;
        }
        for (size_t i = 0; i < n; i++)
            to[count[d][from[i] >> (d * DIGIT) & (RADIX - 1)]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < n; i++)
        scores[i] = score_of(from[i]);
    free(from);
    free(to);
    free(count);
}

void curve_mirror(uint64_t *histogram, size_t bins, double *low, double *top)
{
    double was = *low;

    for (size_t i = 0; i < bins / 2; i++) {
        uint64_t swap = histogram[i];
        histogram[i] = histogram[bins - 1 - i];
        histogram[bins - 1 - i] = swap;
    }
    *low = -*top;
    *top = -was;
}

/* How many of the sorted scores are below the threshold. */
static size_t below(const float *scores, size_t n, double threshold)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if ((double)scores[mid] < threshold)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static double edge(const struct curve *c, size_t bin)
{
    return c->low + (c->top - c->low) * (double)bin / (double)c->bins;
}

static double share(uint64_t x, uint64_t n)
{
    return n ? (double)x / (double)n : NAN;
}

static struct curve_point point(const struct curve *c, double threshold, uint64_t matches,
                                enum curve_how how)
{
    struct curve_point p = { .threshold = threshold, .false_matches = matches, .how = how };

    p.fmr = p.fmr_most = share(matches, c->nonmated);
    p.false_non_matches = below(c->mated, c->n_mated, threshold);
    p.fnmr = share(p.false_non_matches, c->n_mated);
    return p;
}

struct curve_point curve_at(const struct curve *c, double threshold)
{
    if (threshold >= c->floor)
        return point(c, threshold, c->n_high - below(c->high, c->n_high, threshold),
                     CURVE_EXACT);
    if (isinf(threshold))
        return point(c, threshold, c->nonmated, CURVE_ALL);
    if (!c->histogram) {
        struct curve_point p = point(c, threshold, c->n_high, CURVE_UNKNOWN);
        p.fmr = p.fmr_most = NAN;
        return p;
    }
    /* all bins from the first edge that is not below it, and the one it cuts; the
     * outer bins hold what lies outside as well */
    uint64_t matches = 0;
    size_t bin = c->bins;
    while (bin > 1 && edge(c, bin - 1) >= threshold)
        matches += c->histogram[--bin];
    bool on_edge = bin < c->bins && edge(c, bin) == threshold;
    struct curve_point p = point(c, threshold, matches, on_edge ? CURVE_EDGE
                                                                : CURVE_BOUNDED);
    if (!on_edge)
        p.fmr_most = share(matches + c->histogram[bin - 1], c->nonmated);
    return p;
}

/* The most false matches whose share does not exceed the target. */
static uint64_t allowed(uint64_t n, double target)
{
    uint64_t k = target >= 1 ? n : (uint64_t)(target * (double)n);

    while (k < n && (double)(k + 1) / (double)n <= target)
        k++;
    while (k > 0 && (double)k / (double)n > target)
        k--;
    return k;
}

struct curve_point curve_threshold(const struct curve *c, double target)
{
    uint64_t most = allowed(c->nonmated, target);

    if (most >= c->nonmated)
        return point(c, -INFINITY, c->nonmated, CURVE_ALL);
    if (most > c->n_high) {
        uint64_t matches = 0;
        size_t bin = c->bins;
        while (c->histogram && bin > 0 && matches + c->histogram[bin - 1] <= most)
            matches += c->histogram[--bin];
        if (c->histogram && bin > 0 && bin < c->bins && edge(c, bin) < c->floor)
            return point(c, edge(c, bin), matches, CURVE_EDGE);
        return point(c, c->floor, c->n_high, CURVE_EDGE);
    }
    /* scores that tie match together or not at all */
    size_t from = c->n_high - (most < c->n_high ? (size_t)most : c->n_high);
    while (from > 0 && from < c->n_high && c->high[from] == c->high[from - 1])
        from++;
    if (from < c->n_high)
        return point(c, (double)c->high[from], c->n_high - from, CURVE_EXACT);
    double largest = c->n_high ? (double)c->high[c->n_high - 1] : c->floor;
    if (!c->n_high && !isfinite(largest))
        return point(c, INFINITY, 0, CURVE_BEYOND);
    return point(c, (double)nextafterf((float)largest, INFINITY), 0, CURVE_BEYOND);
}

/* The next score downwards that is known one by one: the first i of `high` and j of
 * `mated` are below it. */
static bool next_score(const struct curve *c, size_t *i, size_t *j, float *score)
{
    if (*i == 0 && *j == 0)
        return false;
    *score = *i > 0 && (*j == 0 || c->high[*i - 1] >= c->mated[*j - 1])
                 ? c->high[*i - 1] : c->mated[*j - 1];
    if ((double)*score < c->floor)
        return false;
    while (*i > 0 && c->high[*i - 1] == *score)
        --*i;
    while (*j > 0 && c->mated[*j - 1] == *score)
        --*j;
    return true;
}

size_t curve_points(const struct curve *c, struct curve_points *to)
{
    size_t i = c->n_high, j = c->n_mated, n = 0;
    float score;

    while (next_score(c, &i, &j, &score)) {
        to->threshold[n] = (double)score;
        to->false_matches[n] = c->n_high - i;
        to->matches[n++] = c->n_mated - j;
    }
    return n;
}

/* Walks down the curve until false matches are as frequent as false non-matches. */
struct walk {
    struct curve_eer out;
    double fmr, fnmr, threshold;
    bool exact;
};

static bool step(struct walk *w, double threshold, double fmr, double fnmr, bool exact)
{
    double before = w->fnmr - w->fmr, after = fnmr - fmr;

    if (after <= 0) {
        double part = before / (before - after);
        w->out.eer = w->fmr + part * (fmr - w->fmr);
        w->out.threshold = part < 1 ? w->threshold : threshold;
        w->out.how = exact && w->exact ? CURVE_EXACT : CURVE_EDGE;
        return true;
    }
    w->fmr = fmr;
    w->fnmr = fnmr;
    w->threshold = threshold;
    w->exact = exact;
    return false;
}

struct curve_eer curve_eer(const struct curve *c)
{
    struct walk w = { .out = { NAN, NAN, CURVE_UNKNOWN }, .fmr = 0, .fnmr = 1,
                      .threshold = INFINITY, .exact = true };
    size_t i = c->n_high, j = c->n_mated;
    float score;

    if (!c->nonmated || !c->n_mated)
        return w.out;
    while (next_score(c, &i, &j, &score))
        if (step(&w, (double)score, share(c->n_high - i, c->nonmated),
                 share(j, c->n_mated), true))
            return w.out;
    uint64_t matches = 0;
    for (size_t bin = c->histogram ? c->bins : 0; bin-- > 0;) {
        matches += c->histogram[bin];
        double at = bin ? edge(c, bin) : -INFINITY;
        if (at < c->floor &&
            step(&w, at, share(matches, c->nonmated),
                 share(below(c->mated, c->n_mated, at), c->n_mated), false))
            return w.out;
    }
    return w.out;
}

size_t curve_drawn(const struct curve *c, unsigned per_decade, struct curve_point *to,
                   size_t most)
{
    size_t n = 0;

    for (unsigned i = 0; c->nonmated && n < most; i++) {
        double target = pow(10, -(double)i / per_decade);
        if (target * (double)c->nonmated < 1)
            break;
        struct curve_point p = curve_threshold(c, target);
        if (n == 0 || p.threshold != to[n - 1].threshold)
            to[n++] = p;
    }
    return n;
}

void curve_choose(const struct curve *of, const struct curve *groups, size_t n,
                  double target, struct curve_choice *to)
{
    double common = curve_threshold(of, target).threshold;

    for (size_t g = 0; g < n; g++)
        to[g] = (struct curve_choice){ curve_at(&groups[g], common),
                                       curve_threshold(&groups[g], target) };
}
