/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts of every group at every point, for the tally. */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/compared.h"
#include "stats/compared_rows.h"
#include "stats/searches.h"

/* Trials and hits of each person. */
struct each {
    size_t n;
    double *trials, *hits;
};

static void each_init(struct each *e, size_t persons)
{
    e->n = persons;
    e->trials = mem_array(persons, sizeof *e->trials);
    e->hits = mem_array(persons, sizeof *e->hits);
}

static void each_release(struct each *e)
{
    free(e->trials);
    free(e->hits);
}

struct counting {
    const struct compared *c;
    const char *backend, *source;
    struct tally *tally;
    struct clusters *clusters;
    struct err *err;
    struct group group;
    const char *name;          /* of the group */
    const struct searches *searches; /* NULL without a gallery */
};

static struct count count_of(const struct counting *k, const char *metric,
                             const struct operating_point *point, double x, double n)
{
    return (struct count){
        .backend = k->backend, .metric = metric, .point = point ? point->name : "",
        .group = k->group, .x = (int64_t)x, .n = (int64_t)n, .n_lo = (int64_t)n,
        .n_hi = (int64_t)n, .source = k->source,
        .has_threshold = point && !isnan(point->threshold),
        .threshold = point ? point->threshold : 0,
    };
}

/* The trials of each person; told apart only where some person has several. */
static int add_each(const struct counting *k, const char *metric,
                    const struct operating_point *point, const struct each *e)
{
    uint32_t *subject = mem_array(e->n, sizeof *subject);
    double *trials = mem_array(e->n, sizeof *trials), *hits = mem_array(e->n, sizeof *hits);
    struct tally_people people = { 0, subject, trials, hits };
    double x = 0, n = 0;
    bool several = k->c->apart;
    int code = 0;

    for (size_t s = 0; s < e->n; s++) {
        if (!(e->trials[s] > 0))
            continue;
        subject[people.n] = (uint32_t)s;
        trials[people.n] = e->trials[s];
        hits[people.n++] = e->hits[s];
        n += e->trials[s];
        x += e->hits[s];
        several |= e->trials[s] > 1;
    }
    if (n > 0) {
        struct count count = count_of(k, metric, point, x, n);
        count.people = several ? &people : NULL;
        code = tally_add(k->tally, &count, k->err);
    }
    free(subject);
    free(trials);
    free(hits);
    return code;
}

static int add_pairs(const struct counting *k, const char *metric,
                     const struct operating_point *point, bool lost)
{
    struct dyads d;
    double x = 0;

    if (!compared_pairs(k->c, &k->group, NULL, point->threshold, lost, &d))
        return 0;
    for (size_t i = 0; i < d.n_erring; i++)
        x += d.erring[i].x;
    struct count count = count_of(k, metric, point, x, d.comparisons);
    int code = tally_add(k->tally, &count, k->err);
    if (!code)
        clusters_add(k->clusters, k->backend, metric, point->name, k->name, &d,
                     compared_deff(k->c, &k->group, NULL, lost));
    else
        dyads_release(&d);
    return code;
}

/* Those of people who agree on further axes. */
static int add_alike(const struct counting *k, const struct operating_point *point)
{
    struct counting alike = *k;

    alike.c = k->c->alike;
    return alike.c ? add_pairs(&alike, "fmr_alike", point, false) : 0;
}

/* False non-matches of each person, and what of his comparisons was lost; false where
 * the scores do not tell what was. */
static bool count_mated(const struct counting *k, double threshold, bool lost,
                        struct each *e)
{
    const struct compared *c = k->c;

    for (size_t i = 0; i < c->scores->n_mated; i++) {
        const struct scores_pair *p = &c->scores->mated[i];
        if (!compared_is_pair(c, p->a, p->b, &k->group, NULL))
            continue;
        uint32_t s = c->a.person[p->a];
        e->trials[s]++;
        e->hits[s] += compared_likeness(c, p->score) < compared_likeness(c, threshold);
    }
    if (!lost)
        return true;
    double *all = compared_mated_trials(c, &k->group);
    for (size_t s = 0; all && s < e->n; s++)
        if (all[s] > e->trials[s]) { /* what was lost did not match */
            e->hits[s] += all[s] - e->trials[s];
            e->trials[s] = all[s];
        }
    free(all);
    return all != NULL;
}

static int add_mated(const struct counting *k, const char *metric,
                     const struct operating_point *point, bool lost)
{
    struct each e;
    int code = 0;

    each_init(&e, k->c->persons);
    if (count_mated(k, point->threshold, lost, &e))
        code = add_each(k, metric, point, &e);
    each_release(&e);
    return code;
}

static int add_failures(const struct counting *k)
{
    const struct compared_side *side = &k->c->a;
    struct each e;

    each_init(&e, k->c->persons);
    for (size_t i = 0; i < side->roster->n; i++)
        if (compared_is_in(k->c, side, i, &k->group)) {
            e.trials[side->person[i]]++;
            e.hits[side->person[i]] += roster_status(side->roster, i) != STATUS_OK;
        }
    int code = add_each(k, "no_template", NULL, &e);
    each_release(&e);
    return code;
}

/* A search is a probe: mated if the gallery has the person. `hit`, of each probe, says
 * whether the search found anything. */
static int add_searched(const struct counting *k, const char *metric,
                        const struct operating_point *point, bool mated, const bool *hit)
{
    const struct compared *c = k->c;
    bool *present = mem_array(c->persons, sizeof *present);
    struct each e;

    each_init(&e, c->persons);
    for (size_t i = 0; i < c->gallery.roster->n; i++)
        present[c->gallery.person[i]] = true;
    for (size_t i = 0; i < c->a.roster->n; i++) {
        bool failed = roster_status(c->a.roster, i) != STATUS_OK;
        uint32_t person = c->a.person[i];
        if (present[person] != mated || !compared_is_in(c, &c->a, i, &k->group) ||
            (failed && !mated))
            continue;
        e.trials[person]++;
        e.hits[person] += mated ? !hit[i] : hit[i];
    }
    int code = add_each(k, metric, point, &e);
    each_release(&e);
    free(present);
    return code;
}

static int add_searches(const struct counting *k, const struct operating_point *point,
                        bool mated)
{
    const struct compared *c = k->c;
    const struct scores_pair *list = mated ? c->scores->mated : c->scores->exceedances;
    size_t n = mated ? c->scores->n_mated : c->scores->n_exceedances;
    double least = compared_likeness(c, point->threshold);

    if (!mated && !compared_reaches(c, point->threshold))
        return 0;
    bool *hit = mem_array(c->a.roster->n, sizeof *hit);
    for (size_t i = 0; i < n; i++)
        if (compared_likeness(c, list[i].score) >= least)
            hit[list[i].a] = true;
    int code = add_searched(k, mated ? "fnir" : "fpir", point, mated, hit);
    free(hit);
    return code;
}

/* People of the gallery, a trial each, and who of them was wrongly returned. */
static int add_returned(const struct counting *k, const struct searches *searches,
                        const struct operating_point *point)
{
    const struct compared *c = k->c;
    double least = compared_likeness(c, point->threshold);
    struct each e;

    if (group_axes(&k->group, c->axes->n) & c->gallery.lacks ||
        !compared_reaches(c, point->threshold))
        return 0;
    each_init(&e, c->persons);
    for (size_t i = 0; i < c->gallery.roster->n; i++)
        if (roster_status(c->gallery.roster, i) == STATUS_OK &&
            compared_is_in(c, &c->gallery, i, &k->group))
            e.trials[c->gallery.person[i]] = 1;
    for (size_t i = 0; i < searches->n_hits && searches->hits[i].likeness >= least; i++)
        if (e.trials[searches->hits[i].person] > 0)
            e.hits[searches->hits[i].person] = 1;
    int code = add_each(k, "returned", point, &e);
    each_release(&e);
    return code;
}

/* The best likeness of each probe to somebody else and to the same person, −∞ where none
 * is known. */
static void find_best(const struct compared *c, double *other, double *self)
{
    const struct scores *s = c->scores;

    for (size_t i = 0; i < c->a.roster->n; i++)
        other[i] = self[i] = -INFINITY;
    for (size_t i = 0; i < s->n_exceedances; i++) {
        const struct scores_pair *p = &s->exceedances[i];
        other[p->a] = fmax(other[p->a], compared_likeness(c, p->score));
    }
    for (size_t i = 0; i < s->n_mated; i++) {
        const struct scores_pair *p = &s->mated[i];
        if (!isnan(p->score))
            self[p->a] = fmax(self[p->a], compared_likeness(c, p->score));
    }
}

/* Probes whose first candidate, at or above the threshold, is somebody else: enrolled or
 * not, they are given another's name. */
static int add_misnamed(const struct counting *k, const struct operating_point *point)
{
    const struct compared *c = k->c;
    const size_t n = c->a.roster->n;
    double least = compared_likeness(c, point->threshold);
    struct each e;

    if (!compared_reaches(c, point->threshold))
        return 0;
    double *other = mem_array(n, sizeof *other), *self = mem_array(n, sizeof *self);
    find_best(c, other, self);
    each_init(&e, c->persons);
    for (size_t i = 0; i < n; i++)
        if (roster_status(c->a.roster, i) == STATUS_OK &&
            compared_is_in(c, &c->a, i, &k->group)) {
            e.trials[c->a.person[i]]++;
            e.hits[c->a.person[i]] += other[i] >= least && other[i] > self[i];
        }
    int code = add_each(k, "misnamed", point, &e);
    each_release(&e);
    free(other);
    free(self);
    return code;
}

static int add_ranks(const struct counting *k)
{
    static const struct { const char *name; uint32_t k; } ranks[] = {
        { "rank=1", 1 }, { "rank=5", 5 }, { "rank=10", 10 }, { "rank=20", 20 },
        { "rank=50", 50 }, { "rank=100", 100 },
    };
    const struct compared *c = k->c;
    bool *hit = mem_array(c->a.roster->n, sizeof *hit);
    int code = 0;

    for (size_t i = 0; i < sizeof ranks / sizeof *ranks && !code; i++) {
        const struct operating_point point = { ranks[i].name, NAN };
        if (ranks[i].k > c->scores->top)
            break;
        for (size_t p = 0; p < c->a.roster->n; p++)
            hit[p] = c->rank[p] && c->rank[p] <= ranks[i].k;
        code = add_searched(k, "rank_miss", &point, true, hit);
    }
    free(hit);
    return code;
}

static int count_group(const struct counting *k,
                       const struct operating_point *points, size_t n)
{
    int code = add_failures(k);

    if (!code && k->c->rank)
        code = add_ranks(k);
    for (size_t i = 0; i < n && !code; i++)
        (void)((code = add_pairs(k, "fmr", &points[i], false)) ||
               (code = add_alike(k, &points[i])) ||
               (code = add_pairs(k, "gfar", &points[i], true)) ||
               (code = add_mated(k, "fnmr", &points[i], false)) ||
               (code = add_mated(k, "gfrr", &points[i], true)) ||
               (k->searches &&
                ((code = add_searches(k, &points[i], false)) ||
                 (code = add_returned(k, k->searches, &points[i])) ||
                 (code = add_searches(k, &points[i], true)) ||
                 (code = add_misnamed(k, &points[i])))));
    return code;
}

/* Calls `count` for every group. */
static int for_groups(struct counting *k, const unsigned *sets, size_t n_sets,
                      int (*count)(const struct counting *k,
                                   const struct operating_point *points, size_t n),
                      const struct operating_point *points, size_t n_points)
{
    struct text name = TEXT_INIT;
    int code = 0;

    for (size_t i = 0; i < n_sets && !code; i++) {
        k->group = group_first(k->c->axes, sets[i]);
        do {
            text_reset(&name);
            group_add(&name, k->c->axes, &k->group);
            k->name = name.s;
            code = count(k, points, n_points);
        } while (!code && group_next(&k->group, k->c->axes, sets[i]));
    }
    text_release(&name);
    return code;
}

int compared_count(const struct compared *c, const char *backend,
                   const struct operating_point *points, size_t n_points,
                   const unsigned *sets, size_t n_sets, const char *source,
                   struct tally *to, struct clusters *clusters, struct err *err)
{
    struct counting k = { .c = c, .backend = backend, .source = source, .tally = to,
                          .clusters = clusters, .err = err };
    struct searches searches = { .c = NULL };

    if (c->gallery.roster)
        searches_init(&searches, c);
    k.searches = searches.c ? &searches : NULL;
    int code = for_groups(&k, sets, n_sets, count_group, points, n_points);
    searches_release(&searches);
    return code;
}

static int count_dose(const struct counting *k, const struct operating_point *points,
                      size_t n)
{
    int code = 0;

    for (size_t i = 0; i < n && !code; i++)
        (void)((code = add_pairs(k, "fmr", &points[i], false)) ||
               (code = add_mated(k, "fnmr", &points[i], false)) ||
               (code = add_mated(k, "gfrr", &points[i], true)));
    return code;
}

int compared_count_dose(const struct compared *c, const char *backend,
                        const struct operating_point *point, const unsigned *sets,
                        size_t n_sets, const char *source, struct tally *to,
                        struct clusters *clusters, struct err *err)
{
    struct counting k = { .c = c, .backend = backend, .source = source, .tally = to,
                          .clusters = clusters, .err = err };

    return for_groups(&k, sets, n_sets, count_dose, point, 1);
}
