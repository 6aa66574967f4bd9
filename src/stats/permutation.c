/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/permutation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/resample.h"
#include "stats/streams.h"

#define TIE 1e-12 /* a T this much smaller than the observed one counts as equal */
enum { LEAST_EXPECTED = 5 };

/* One group under one assignment of people to groups. */
struct sums {
    double n, n2, n4;  /* Σ images, their squares and fourth powers */
    double x, x2, xm;  /* of its erring dyads */
    double s2;         /* Σ S² */
};

/* Each worker's own. */
struct space {
    uint32_t *group;
    double *x;         /* errors of each person within his group */
    struct sums *sums;
    double *r, *v;     /* ln p̃ and its variance; v is NaN where a group is empty */
    uint32_t *count;   /* of scores so far in each dyad */
};

struct test {
    const struct permutation *what;
    struct strata strata;
    double *images;
    bool *kept;
    const struct dyad *dyads; /* with their m */
    uint32_t *dyad_of;        /* the dyad of each score */
    size_t n_dyads;
    double observed;
    struct space *spaces;
    unsigned char *as_large, *unreached;
};

static double comparisons(const struct sums *g)
{
    return (g->n * g->n - g->n2) / 2;
}

static void count_images(const struct test *t, struct space *w)
{
    const struct permutation *what = t->what;

    memset(w->sums, 0, what->groups * sizeof *w->sums);
    memset(w->x, 0, what->persons * sizeof *w->x);
    for (size_t s = 0; s < what->persons; s++) {
        double n = t->images[s];
        struct sums *g = &w->sums[w->group[s]];
        g->n += n;
        g->n2 += n * n;
        g->n4 += n * n * n * n;
    }
}

static void count_dyads(const struct test *t, struct space *w)
{
    for (size_t i = 0; i < t->n_dyads; i++) {
        const struct dyad *at = &t->dyads[i];
        uint32_t group = w->group[at->s];
        if (group != w->group[at->t])
            continue;
        struct sums *g = &w->sums[group];
        g->x += at->x;
        g->x2 += at->x * at->x;
        g->xm += at->x * at->m;
        w->x[at->s] += at->x;
        w->x[at->t] += at->x;
    }
}

/* How many scores of the list are at or above the threshold that the reference group
 * sets: the lowest step whose false matches stay within the target. */
static size_t find_threshold(const struct test *t, const struct space *w, bool *reached)
{
    const struct permutation *what = t->what;
    const struct scored_dyad *list = what->scores;
    uint32_t group = what->reference;
    double room = what->target * comparisons(&w->sums[group]), passed = 0;
    size_t within = 0; /* scores of whole steps of the reference within bounds */

    for (size_t i = 0, next; i < what->n_scores; i = next) {
        double step = 0;
        for (next = i; next < what->n_scores && list[next].score == list[i].score; next++)
            step += w->group[list[next].s] == group && w->group[list[next].t] == group;
        if (passed + step > room) {
            *reached = true;
            return within;
        }
        passed += step;
        if (step > 0)
            within = next;
    }
    *reached = false;
    return within;
}

static void count_scores(const struct test *t, struct space *w, size_t n)
{
    const struct scored_dyad *list = t->what->scores;

    for (size_t i = 0; i < n; i++) {
        uint32_t group = w->group[list[i].s], dyad = t->dyad_of[i];
        if (group != w->group[list[i].t])
            continue;
        struct sums *g = &w->sums[group];
        g->x++;
        g->x2 += 2. * w->count[dyad]++ + 1;
        g->xm += t->dyads[dyad].m;
        w->x[list[i].s]++;
        w->x[list[i].t]++;
    }
    for (size_t i = 0; i < n; i++)
        w->count[t->dyad_of[i]] = 0;
}

/* r and v of every group from its sums. */
static void studentise(const struct test *t, struct space *w)
{
    const struct permutation *what = t->what;

    for (size_t s = 0; s < what->persons; s++) {
        struct sums *g = &w->sums[w->group[s]];
        double all = comparisons(g);
        if (t->images[s] == 0 || !(all > 0))
            continue;
        double own = t->images[s] * (g->n - t->images[s]);
        double sum = w->x[s] - g->x / all * own;
        g->s2 += sum * sum;
    }
    for (size_t i = 0; i < what->groups; i++) {
        const struct sums *g = &w->sums[i];
        double all = comparisons(g), p = g->x / all, m2 = (g->n2 * g->n2 - g->n4) / 2;
        double r2 = g->x2 - 2 * p * g->xm + p * p * m2;
        double smooth = (g->x + 0.5) / (all + 1), scale = all * smooth;
        w->r[i] = log(smooth);
        w->v[i] = all > 0 ? fmax(fmax(g->s2 - r2, r2), scale) / (scale * scale) : NAN;
    }
}

/* T over the groups that are kept, of the people's present groups. */
static double statistic(const struct test *t, struct space *w, uint32_t *g, uint32_t *h,
                        bool *reached)
{
    const struct permutation *what = t->what;
    double most = 0;

    *reached = true;
    count_images(t, w);
    if (what->scores)
        count_scores(t, w, find_threshold(t, w, reached));
    else
        count_dyads(t, w);
    studentise(t, w);
    for (uint32_t i = 0; i < what->groups; i++)
        for (uint32_t j = i + 1; j < what->groups && t->kept[i]; j++) {
            double at = t->kept[j] ? fabs(w->r[i] - w->r[j]) / sqrt(w->v[i] + w->v[j])
                                   : 0;
            if (at > most) { /* no NaN */
                most = at;
                *g = i;
                *h = j;
            }
        }
    return most;
}

static void permute(void *self, size_t item, size_t worker, gsl_rng *rng)
{
    struct test *t = self;
    const struct permutation *what = t->what;
    struct space *w = &t->spaces[worker];
    uint32_t g, h;
    bool reached;

    stream_begin(rng, what->seed, item);
    memcpy(w->group, what->group, what->persons * sizeof *w->group);
    for (size_t i = 0; i < t->strata.n; i++) { /* Fisher & Yates's shuffle */
        const uint32_t *members = t->strata.members + t->strata.from[i];
        for (size_t n = t->strata.from[i + 1] - t->strata.from[i]; n > 1; n--) {
            uint32_t a = members[n - 1], b = members[stream_below(rng, (uint32_t)n)];
            uint32_t kept = w->group[a];
            w->group[a] = w->group[b];
            w->group[b] = kept;
        }
    }
    t->as_large[item] = statistic(t, w, &g, &h, &reached) >= t->observed - TIE;
    t->unreached[item] = !reached;
}

static void space_init(struct space *w, const struct test *t)
{
    const struct permutation *what = t->what;

    w->group = mem_array(what->persons, sizeof *w->group);
    w->x = mem_array(what->persons, sizeof *w->x);
    w->sums = mem_array(what->groups, sizeof *w->sums);
    w->r = mem_array(what->groups, sizeof *w->r);
    w->v = mem_array(what->groups, sizeof *w->v);
    w->count = mem_array(t->n_dyads, sizeof *w->count);
    memcpy(w->group, what->group, what->persons * sizeof *w->group);
}

static void space_release(struct space *w)
{
    free(w->group);
    free(w->x);
    free(w->sums);
    free(w->r);
    free(w->v);
    free(w->count);
}

/* Groups whose comparisons would hold 5 errors at the rate of all. */
static size_t choose_groups(struct test *t, struct space *w, double errors)
{
    struct sums all = { 0 };
    size_t n = 0;

    count_images(t, w);
    for (size_t i = 0; i < t->what->groups; i++) {
        all.n += w->sums[i].n;
        all.n2 += w->sums[i].n2;
    }
    for (size_t i = 0; i < t->what->groups; i++) {
        double expected = errors * comparisons(&w->sums[i]) / comparisons(&all);
        t->kept[i] = expected >= LEAST_EXPECTED;
        n += t->kept[i];
    }
    return n;
}

static void prepare(struct test *t, const struct dyads *d)
{
    const struct permutation *what = t->what;
    uint32_t *stratum = mem_array(what->persons, sizeof *stratum);
    size_t strata = 1;

    t->images = mem_array(what->persons, sizeof *t->images);
    t->kept = mem_array(what->groups, sizeof *t->kept);
    t->dyads = d->erring;
    t->n_dyads = d->n_erring;
    for (size_t s = 0; s < what->persons; s++) {
        uint32_t at = what->stratum ? what->stratum[s] : 0;
        t->images[s] = what->images[s];
        stratum[s] = what->images[s] > 0 ? at : NO_STRATUM;
        if (stratum[s] != NO_STRATUM && at >= strata)
            strata = (size_t)at + 1;
    }
    strata_init(&t->strata, stratum, strata, what->persons);
    free(stratum);
    t->dyad_of = mem_array(what->n_scores, sizeof *t->dyad_of);
    for (size_t i = 0; i < what->n_scores; i++) {
        const struct scored_dyad *at = &what->scores[i];
        t->dyad_of[i] = (uint32_t)dyads_erring(d, at->s, at->t);
    }
    t->spaces = mem_array(what->threads, sizeof *t->spaces);
    for (size_t i = 0; i < what->threads; i++)
        space_init(&t->spaces[i], t);
    t->as_large = mem_array(what->permutations, 1);
    t->unreached = mem_array(what->permutations, 1);
}

static void test_release(struct test *t)
{
    for (size_t i = 0; i < t->what->threads; i++)
        space_release(&t->spaces[i]);
    free(t->spaces);
    strata_release(&t->strata);
    free(t->images);
    free(t->kept);
    free(t->dyad_of);
    free(t->as_large);
    free(t->unreached);
}

/* The dyads of all pairs of people with their errors, or with all their scores. */
static int collect(const struct permutation *what, struct dyads *d, struct err *err)
{
    dyads_within(d, what->images, what->persons);
    for (size_t i = 0; i < what->n_erring && !what->scores; i++)
        dyads_add(d, what->erring[i].s, what->erring[i].t, what->erring[i].x);
    for (size_t i = 0; i < what->n_scores; i++) {
        const struct scored_dyad *at = &what->scores[i];
        if (isnan(at->score) || (i && at->score > at[-1].score))
            return err_add(err, ERR_INPUT,
                           "score %zu (%g) is no number or out of order", i + 1,
                           (double)at->score);
        dyads_add(d, at->s, at->t, 1);
    }
    for (size_t s = 0; s < what->persons; s++)
        if (what->group[s] >= what->groups)
            return err_add(err, ERR_INPUT, "person %zu is in group %u of %zu", s,
                           (unsigned)what->group[s], what->groups);
    return dyads_close(d, err);
}

/* All false matches at the observed threshold, across groups too. */
static int all_errors(const struct test *t, const struct dyads *d, double *errors,
                      struct err *err)
{
    struct space *w = &t->spaces[0];
    bool reached = true;

    *errors = 0;
    if (!t->what->scores) {
        for (size_t i = 0; i < d->n_erring; i++)
            *errors += d->erring[i].x;
        return 0;
    }
    count_images(t, w);
    *errors = (double)find_threshold(t, w, &reached);
    if (!reached && (double)t->what->n_scores < d->comparisons)
        return err_add(err, ERR_INPUT,
                       "the threshold for an FMR of %g lies below the %zu scores listed",
                       t->what->target, t->what->n_scores);
    return 0;
}

int permutation_test(const struct permutation *what, struct permutation_result *out,
                     bool *kept, struct err *err)
{
    struct test t = { .what = what };
    struct dyads d;
    size_t as_large = 0;
    double errors;
    bool reached;
    int code = collect(what, &d, err);

    if (code < 0) {
        dyads_release(&d);
        return code;
    }
    prepare(&t, &d);
    *out = (struct permutation_result){ .p = NAN, .statistic = NAN };
    if ((code = all_errors(&t, &d, &errors, err)) < 0)
        goto done;
    out->groups = choose_groups(&t, &t.spaces[0], errors);
    if (kept)
        memcpy(kept, t.kept, what->groups * sizeof *kept);
    if (out->groups < 2) {
        code = err_add(err, ERR_INPUT,
                       "%zu of %zu groups would hold %d false matches at the rate of all,"
                       " expected two or more: too few to test their spread",
                       out->groups, what->groups, LEAST_EXPECTED);
        goto done;
    }
    out->statistic = t.observed = statistic(&t, &t.spaces[0], &out->g, &out->h, &reached);
    streams_run(what->permutations, what->threads, permute, &t);
    for (size_t i = 0; i < what->permutations; i++) {
        as_large += t.as_large[i];
        out->unreached += t.unreached[i];
    }
    out->p = (1 + (double)as_large) / ((double)what->permutations + 1);
    code = 0;
done:
    test_release(&t);
    dyads_release(&d);
    return code;
}
