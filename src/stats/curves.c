/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/curves.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/point.h"
#include "stats/clustered.h"
#include "stats/rows.h"

#define MOST_DRAWN 400

struct maker {
    const struct cells *c;
    const struct curves_want *want;
    struct findings *to;
    struct err *err;
    struct curve_point *drawn;
    double *m, *x; /* a person */
};

/* One pair of groups at work: its dyads, if they are known, and what it may borrow. */
struct pair {
    uint32_t a, b;
    struct curve curve;
    bool known;
    struct dyads dyads;
    double borrowed;
};

static const char *group_name(const struct maker *k, uint32_t g)
{
    return g == CELLS_ALL ? "all" : k->c->scores->groups[g];
}

static double reported(const struct maker *k, double likeness)
{
    return similarity_is_distance(k->c->scores->similarity) ? -likeness : likeness;
}

static struct finding *add_row(struct maker *k, const char *metric, const struct pair *p,
                               const char *point, double threshold)
{
    struct finding *row = findings_add(k->to);

    row->study = k->want->study;
    row->dataset = k->want->dataset;
    row->backend = k->want->backend;
    row->metric = metric;
    row->group = findings_keep(k->to, group_name(k, p->a));
    row->versus = p->a == p->b ? "" : findings_keep(k->to, group_name(k, p->b));
    row->point = findings_keep(k->to, point);
    row->threshold = isinf(threshold) ? NAN : reported(k, threshold);
    return row;
}

static void set_interval(struct finding *row, const struct clustered *at, double confidence)
{
    row->lo = at->at.lo;
    row->hi = at->at.hi;
    row->confidence = confidence;
    row->method = "wilson-t";
    row->n_eff = at->n_eff;
    row->df = isfinite(at->df) ? at->df : NAN;
    row->clusters = (int64_t)at->clusters;
    row->flag = at->x == 0 ? FLAG_ZERO : at->too_few ? FLAG_TOO_FEW : FLAG_OK;
}

static const char *how_note(enum curve_how how)
{
    switch (how) {
    case CURVE_EDGE: return "threshold on an edge of the histogram, below the scores kept";
    case CURVE_BEYOND: return "no observed score is strict enough: just above the largest";
    case CURVE_BOUNDED: return "between edges of the histogram: not less than this";
    default: return "";
    }
}

static int open_pair(struct maker *k, uint32_t a, uint32_t b, struct pair *p)
{
    *p = (struct pair){ .a = a, .b = b };
    p->curve = cells_curve(k->c, a, b);
    p->known = cells_has_people(k->c) && p->curve.nonmated > 0;
    if (!p->known)
        return 0;
    int code = cells_dyads(k->c, a, b, &p->dyads, k->err);
    if (!code)
        p->borrowed = cells_borrow(k->c, a, b, &p->dyads);
    return code;
}

static void close_pair(struct pair *p)
{
    if (p->known)
        dyads_release(&p->dyads);
}

static int add_fmr(struct maker *k, struct pair *p, const char *point,
                   const struct curve_point *at)
{
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct clustered out;
    int code;

    if (!p->curve.nonmated || isnan(at->fmr))
        return 0;
    struct finding *row = add_row(k, "fmr", p, point, at->threshold);
    row->estimate = at->fmr;
    row->x = (int64_t)at->false_matches;
    row->n = (int64_t)p->curve.nonmated;
    row->note = how_note(at->how);
    if (!p->known || !(p->dyads.comparisons > 0) || at->threshold < k->c->floor ||
        (p->a == CELLS_ALL && !*point)) /* a long list for each of many points */
        return 0;
    how.confidence = k->want->confidence;
    how.borrowed = p->borrowed;
    if ((code = cells_false_matches(k->c, p->a, p->b, at->threshold, &p->dyads, k->err)) ||
        (code = clustered_wilson_t(&p->dyads, &how, &out, k->err)))
        return code;
    set_interval(row, &out, k->want->confidence);
    return 0;
}

static int add_fnmr(struct maker *k, struct pair *p, const char *point,
                    const struct curve_point *at)
{
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct clustered out;

    if (!p->curve.n_mated || isnan(at->fnmr))
        return 0;
    struct finding *row = add_row(k, "fnmr", p, point, at->threshold);
    row->estimate = at->fnmr;
    row->x = (int64_t)at->false_non_matches;
    row->n = (int64_t)p->curve.n_mated;
    row->note = how_note(at->how);
    if (!cells_has_people(k->c))
        return 0;
    size_t n = cells_misses(k->c, p->a, at->threshold, k->m, k->x);
    const struct people people = { n, k->m, k->x };
    how.confidence = k->want->confidence;
    int code = people_wilson_t(&people, &how, &out, k->err);
    if (!code)
        set_interval(row, &out, k->want->confidence);
    return code;
}

static int add_both(struct maker *k, struct pair *p, const char *point,
                    const struct curve_point *at)
{
    int code = add_fmr(k, p, point, at);

    return code ? code : add_fnmr(k, p, point, at);
}

/* The point's name: "fmr=1e-3", and that of a group's own threshold. */
static void name_point(char *to, size_t size, const char *before, double target)
{
    char name[POINT_MAX];

    snprintf(to, size, "%s%s", before, point_of_fmr(name, target));
}

static struct curve deciding(const struct maker *k)
{
    return k->want->reference < 0 ? k->c->all
        : cells_curve(k->c, (uint32_t)k->want->reference, (uint32_t)k->want->reference);
}

static int add_targets(struct maker *k, struct pair *p)
{
    struct curve of = deciding(k);
    char point[NUM_MAX + 16];
    int code = 0;

    for (size_t i = 0; i < k->want->n_targets && !code; i++) {
        double target = k->want->targets[i];
        struct curve_choice choice;
        curve_choose(&of, &p->curve, 1, target, &choice);
        if (k->want->reference < 0 && p->a == CELLS_ALL)
            choice.common = choice.own;
        name_point(point, sizeof point, "", target);
        code = p->a == p->b ? add_both(k, p, point, &choice.common)
                            : add_fmr(k, p, point, &choice.common);
        name_point(point, sizeof point, "own ", target);
        if (!code && p->a == p->b && p->a != CELLS_ALL && p->curve.nonmated)
            code = add_both(k, p, point, &choice.own);
    }
    return code;
}

static int add_curve(struct maker *k, struct pair *p)
{
    size_t n = curve_drawn(&p->curve, k->want->per_decade, k->drawn, MOST_DRAWN);
    int code = 0;

    for (size_t i = 0; i < n && !code; i++)
        if (isfinite(k->drawn[i].threshold))
            code = add_both(k, p, "", &k->drawn[i]);
    return code;
}

static void add_eer(struct maker *k, const struct pair *p)
{
    struct curve_eer e = curve_eer(&p->curve);

    if (isnan(e.eer))
        return;
    struct finding *row = add_row(k, "eer", p, "", e.threshold);
    row->estimate = e.eer;
    row->n = (int64_t)p->curve.n_mated;
    row->note = e.how == CURVE_EXACT ? "no interval"
                                     : "between edges of the histogram; no interval";
}

/* Scores of one kind in `bins` bins over [low, top]; what lies outside is in the outer
 * ones. */
static void add_density(struct maker *k, const struct pair *p, const char *metric,
                        const uint64_t *count, uint64_t total)
{
    unsigned bins = k->want->density_bins;
    double width = (k->c->top - k->c->low) / bins;

    for (unsigned b = 0; b < bins && total; b++) {
        struct finding *row = add_row(k, metric, p, "", k->c->low + (b + .5) * width);
        row->estimate = (double)count[b] / (double)total / width;
        row->x = (int64_t)count[b];
        row->n = (int64_t)total;
    }
}

/* Of a matcher's own scores, some of which it did not give: these lie on the lower end of
 * the range, where no other is (scorer.h), and count among all but have no place. */
static bool is_unsaid(const struct maker *k, float likeness)
{
    const struct scores *s = k->c->scores;

    return s->tail && similarity_is_own(s->similarity) && (double)likeness <= k->c->low;
}

static void add_densities(struct maker *k, const struct pair *p)
{
    unsigned bins = k->want->density_bins;
    const struct curve *c = &p->curve;
    uint64_t *count = mem_array(bins, sizeof *count);
    double low = k->c->low, width = (k->c->top - low) / bins;

    for (size_t i = 0; i < c->n_mated; i++) {
        double at = floor(((double)c->mated[i] - low) / width);
        if (!is_unsaid(k, c->mated[i]))
            count[at < 0 ? 0 : at >= bins ? bins - 1 : (unsigned)at]++;
    }
    add_density(k, p, "density.mated", count, c->n_mated);
    memset(count, 0, bins * sizeof *count);
    for (size_t b = 0; c->histogram && b < c->bins; b++)
        count[b * bins / c->bins] += c->histogram[b];
    if (c->histogram)
        add_density(k, p, "density.nonmated", count, c->nonmated);
    free(count);
}

static int add_group(struct maker *k, uint32_t g)
{
    struct pair p;
    int code = open_pair(k, g, g, &p);

    (void)(code || (code = add_targets(k, &p)) || (add_eer(k, &p), 0) ||
           (k->want->per_decade && (code = add_curve(k, &p))) ||
           (k->want->density_bins && (add_densities(k, &p), 0)));
    close_pair(&p);
    return code;
}

static int add_across(struct maker *k, uint32_t a, uint32_t b)
{
    struct pair p;
    int code = open_pair(k, a, b, &p);

    if (!code)
        code = add_targets(k, &p);
    close_pair(&p);
    return code;
}

int curves_make(const struct cells *c, const struct curves_want *want,
                struct findings *to, struct err *err)
{
    struct maker k = { .c = c, .want = want, .to = to, .err = err };
    uint32_t groups = (uint32_t)c->scores->n_groups;
    int code;

    k.drawn = mem_array(MOST_DRAWN, sizeof *k.drawn);
    k.m = mem_array(c->people, sizeof *k.m);
    k.x = mem_array(c->people, sizeof *k.x);
    code = want->groups_only ? 0 : add_group(&k, CELLS_ALL);
    for (uint32_t g = 0; g < groups && !code; g++)
        code = add_group(&k, g);
    for (uint32_t a = 0; a < groups && !code; a++)
        for (uint32_t b = a + 1; b < groups && !code; b++)
            code = add_across(&k, a, b);
    free(k.drawn);
    free(k.m);
    free(k.x);
    if (!code && to->n > MAX_ROWS)
        code = err_add(err, ERR_LIMIT, "%zu rows of curves, expected at most %d: fewer "
                       "groups or targets", to->n, MAX_ROWS);
    return code;
}
