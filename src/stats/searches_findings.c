/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/searches_findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/compared_rows.h"
#include "stats/estimate.h"
#include "stats/exact.h"
#include "stats/rows.h"
#include "stats/searches.h"

#define THRESHOLDS 60  /* of a curve */
#define PER_DECADE 4   /* sizes of a gallery */
#define SIZES_MAX 64

struct adding {
    const struct compared_work *k;
    const struct compared *c;
    struct searches searches;
    const struct evidence *e;
    struct work w;
    double leads, confidence;
    struct text name, versus;
};

static const char *name_of(struct text *t, const struct axes *axes, const struct group *g)
{
    text_reset(t);
    group_add(t, axes, g);
    return t->s;
}

static struct finding *add_row(struct adding *a, const char *metric, const char *kind,
                               const struct operating_point *point, const char *group,
                               const char *versus)
{
    const struct subject about = { a->k->backend, metric, point->name };
    struct finding *row = row_add(&a->w, &about, kind, group, versus);

    row->threshold = point->threshold;
    return row;
}

static enum finding_flag flag_of(double x)
{
    return x == 0 ? FLAG_ZERO : x < TOO_FEW ? FLAG_TOO_FEW : FLAG_OK;
}

static int add_selectivity(struct adding *a, const struct operating_point *point,
                           const struct group *g, const struct group *from)
{
    struct clustered got;

    if (!searches_selectivity(&a->searches, point->threshold, g, from, a->confidence, &got))
        return 0;
    struct finding *row = add_row(a, "selectivity", "", point,
                                  name_of(&a->name, a->c->axes, g),
                                  from ? name_of(&a->versus, a->c->axes, from) : "");
    row_set_interval(row, &got.at, method_find("wilson-t"), a->confidence);
    row->x = llround(got.x);
    row->n = row->n_lo = row->n_hi = llround(got.n);
    row->flag = flag_of(got.x);
    row->note = from ? "candidates are people of the second group"
                     : "gallery people times their FMR";
    row_set_clusters(&a->w, row, &got);
    return rows_check_size(&a->w);
}

/* Trials of each probe's person and its hits, as a rate. */
static int rate_of_probes(const struct adding *a, const struct group *g, const uint32_t *hit,
                          struct clustered *out, struct err *err)
{
    const struct compared_side *side = &a->c->a;
    struct clustered_how how = CLUSTERED_DEFAULTS;
    double *m = mem_array(a->c->persons, sizeof *m), *x = mem_array(a->c->persons, sizeof *x);
    const struct people people = { a->c->persons, m, x };

    how.confidence = a->confidence;
    for (size_t i = 0; i < side->roster->n; i++)
        if (a->searches.searched[i] && compared_is_in(a->c, side, i, g)) {
            m[side->person[i]]++;
            x[side->person[i]] += hit[i] > 0;
        }
    int code = people_wilson_t(&people, &how, out, err);
    free(m);
    free(x);
    return code;
}

static int add_first(struct adding *a, const struct operating_point *point,
                     const struct group *g, const struct group *from)
{
    uint32_t *hit = mem_array(a->c->a.roster->n, sizeof *hit);
    struct clustered got;
    int code = 0;

    if (searches_count(&a->searches, point->threshold, g, from, true, hit) &&
        !(code = rate_of_probes(a, g, hit, &got, a->w.err))) {
        struct finding *row = add_row(a, "first_candidate", "", point,
                                      name_of(&a->name, a->c->axes, g),
                                      name_of(&a->versus, a->c->axes, from));
        row_set_interval(row, &got.at, method_find("wilson-t"), a->confidence);
        row->x = llround(got.x);
        row->n = row->n_lo = row->n_hi = llround(got.n);
        row->clusters = llround(got.clusters);
        row->flag = flag_of(got.x);
        row->note = "the candidate of the highest score is one of the second group";
    }
    free(hit);
    return code ? code : rows_check_size(&a->w);
}

/* S·FPIR from the row of the FPIR, so that the two always agree. */
static void add_leads(struct adding *a, const struct operating_point *point,
                      const struct group *g)
{
    const char *group = name_of(&a->name, a->c->axes, g);
    long at = findings_find(a->w.out, a->k->backend, "fpir", group, "", point->name, NULL);
    char number[NUM_MAX];

    if (at < 0)
        return;
    struct finding *row = add_row(a, "false_leads", "", point, group, "");
    const struct finding *f = &a->w.out->rows[at];
    row->estimate = a->leads * f->estimate;
    row->lo = a->leads * f->lo;
    row->hi = a->leads * f->hi;
    row->confidence = f->confidence;
    row->method = f->method;
    row->n = row->n_lo = row->n_hi = (int64_t)a->leads;
    row->flag = f->flag;
    row->note = arena_printf(&a->w.out->arena, "of %s searches of people like these who are "
                             "not in the gallery, in this gallery of %zu people",
                             num_shortest(number, a->leads),
                             searches_enrolled(&a->searches, NULL));
}

/* By groups of the gallery's people, where its roster tells them apart. */
static int add_crossed(struct adding *a, const struct operating_point *point, unsigned set,
                       const struct group *g)
{
    struct group from = group_first(a->c->axes, set);
    int code = 0;

    if (!set || set & a->c->gallery.lacks)
        return 0;
    do {
        if (searches_enrolled(&a->searches, &from))
            (void)((code = add_selectivity(a, point, g, &from)) ||
                   (code = add_first(a, point, g, &from)));
    } while (!code && group_next(&from, a->c->axes, set));
    return code;
}

static int add_set(struct adding *a, const struct operating_point *point, unsigned set)
{
    struct group g = group_first(a->c->axes, set);
    int code = 0;

    do {
        add_leads(a, point, &g);
        (void)((code = add_selectivity(a, point, &g, NULL)) ||
               (code = add_crossed(a, point, set, &g)));
    } while (!code && group_next(&g, a->c->axes, set));
    /* everyone's candidates, by whom they are */
    const struct group all = group_all();
    return code || !set ? code : add_crossed(a, point, set, &all);
}

/* Fisher's exact test on a row of over-representation. */
static int test_share(struct findings *f, struct finding *row, const char *metric,
                      struct err *err)
{
    long all = findings_find(f, row->backend, metric, "all", "", row->point, NULL);

    if (all < 0 || !isnan(row->p))
        return 0;
    const struct finding *whole = &f->rows[all];
    int code = exact_fisher(row->x, row->n - row->x, whole->x - row->x,
                            whole->n - row->n - whole->x + row->x, &row->p, err);
    row->note = arena_printf(&f->arena, "%s; p: Fisher's exact test", row->note);
    return code;
}

static int test_shares(struct findings *f, struct err *err)
{
    static const char *const metrics[][2] = {
        { "fpir", "fpir.share_ratio" }, { "returned", "returned.share_ratio" },
    };
    int code = 0;

    for (size_t i = 0; i < f->n && !code; i++)
        for (int k = 0; k < 2 && !code; k++)
            if (!strcmp(f->rows[i].metric, metrics[k][1]))
                code = test_share(f, &f->rows[i], metrics[k][0], err);
    return code;
}

static void begin(struct adding *a, const struct compared_work *work,
                  const struct study *study, struct findings *out, struct err *err)
{
    *a = (struct adding){ .k = work, .c = work->compared, .confidence = study->confidence,
                          .w = { .study = study, .out = out, .err = err },
                          .name = TEXT_INIT, .versus = TEXT_INIT };
    searches_init(&a->searches, work->compared);
}

static void end(struct adding *a)
{
    searches_release(&a->searches);
    text_release(&a->name);
    text_release(&a->versus);
}

int searches_findings(const struct compared_work *work, double leads,
                      const struct evidence *e, struct findings *out, struct err *err)
{
    struct adding a;
    int code = 0;

    if (!work->compared->gallery.roster)
        return 0;
    begin(&a, work, e->study, out, err);
    a.e = a.w.e = e;
    a.leads = leads;
    for (size_t i = 0; i < work->n_points && !code; i++)
        for (size_t k = 0; k < e->study->n_by && !code &&
                           compared_reaches(a.c, work->points[i].threshold); k++)
            code = add_set(&a, &work->points[i], e->study->by[k]);
    if (!code)
        code = test_shares(out, err);
    if (!code)
        estimate_adjust(out);
    end(&a);
    return code;
}

static int by_value(const void *a, const void *b)
{
    const float *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Thresholds by rank among the best false candidates of the searches, evenly on a
 * logarithmic scale: every step of the FPIR of all is there where they are few. */
static size_t choose_thresholds(const struct adding *a, double to[THRESHOLDS])
{
    const struct searches *s = &a->searches;
    bool *seen = mem_array(a->c->a.roster->n, sizeof *seen);
    float *best = mem_array(s->n_hits, sizeof *best);
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < s->n_hits; i++)
        if (!seen[s->hits[i].probe]) {
            seen[s->hits[i].probe] = true;
            best[n++] = s->hits[i].likeness;
        }
    qsort(best, n, sizeof *best, by_value);
    for (size_t i = THRESHOLDS; i-- > 0 && n;) {
        double rank = pow((double)n, (double)i / (THRESHOLDS - 1));
        double at = best[n - (size_t)fmin(floor(rank), (double)n)];
        if (!kept || at != to[kept - 1])
            to[kept++] = at;
    }
    free(seen);
    free(best);
    return kept;
}

static int add_sweep(struct adding *a, const double *likeness, size_t n,
                     const struct group *g)
{
    uint32_t *hit = mem_array(a->c->a.roster->n, sizeof *hit);
    int code = 0;

    for (size_t i = 0; i < n && !code; i++) {
        const struct operating_point at = { "", a->c->distance ? -likeness[i]
                                                               : likeness[i] };
        struct clustered got;
        if (!searches_count(&a->searches, at.threshold, g, NULL, false, hit) ||
            (code = rate_of_probes(a, g, hit, &got, a->w.err)))
            break;
        struct finding *row = add_row(a, "fpir", "", &at,
                                      name_of(&a->name, a->c->axes, g), "");
        row_set_interval(row, &got.at, method_find("wilson-t"), a->confidence);
        row->x = llround(got.x);
        row->n = row->n_lo = row->n_hi = llround(got.n);
        row->clusters = llround(got.clusters);
        row->flag = flag_of(got.x);
    }
    free(hit);
    return code;
}

/* Sizes up to the whole gallery, evenly on a logarithmic scale. */
static size_t choose_sizes(size_t gallery, size_t to[SIZES_MAX])
{
    size_t n = 0;

    if (!gallery)
        return 0;
    for (int i = 4; n + 1 < SIZES_MAX; i++) { /* from 10 on */
        size_t size = (size_t)llround(pow(10, (double)i / PER_DECADE));
        if (size >= gallery)
            break;
        to[n++] = size;
    }
    to[n++] = gallery;
    return n;
}

static int add_size(struct adding *a, const struct operating_point *point,
                    const struct group *g, size_t size, size_t gallery)
{
    struct clustered got, all;
    struct operating_point at = { NULL, point->threshold };
    int code = searches_subgallery(&a->searches, point->threshold, g, size, a->confidence,
                                   &got, a->w.err);

    if (code)
        return code;
    at.name = arena_printf(&a->w.out->arena, "%s,gallery=%zu", point->name, size);
    const char *name = name_of(&a->name, a->c->axes, g);
    struct finding *row = add_row(a, "fpir", "gallery", &at, name, "");
    row_set_interval(row, &got.at, method_find("wilson-neff"), a->confidence);
    row->n = row->n_lo = row->n_hi = llround(got.n);
    row->clusters = llround(got.clusters);
    row->flag = got.x == 0 ? FLAG_ZERO : FLAG_OK;
    row->note = "mean over all galleries of so many people drawn from this one";
    if (size == gallery) {
        row->method = "wilson-t";
        row->x = llround(got.x);
        row->flag = flag_of(got.x);
    }
    if (!searches_selectivity(&a->searches, point->threshold, g, NULL, a->confidence, &all))
        return 0;
    double part = (double)size / (double)gallery;
    row = add_row(a, "selectivity", "gallery", &at, name, "");
    all.at.estimate *= part;
    all.at.lo *= part;
    all.at.hi *= part;
    row_set_interval(row, &all.at, method_find("wilson-t"), a->confidence);
    row->n = row->n_lo = row->n_hi = llround(all.n);
    row->flag = flag_of(all.x);
    row->note = "as many people times the FMR: the FPIR is at most this";
    return 0;
}

static int add_group_curves(struct adding *a, const double *likeness, size_t n,
                            const size_t *sizes, size_t n_sizes, const struct group *g)
{
    size_t gallery = searches_enrolled(&a->searches, NULL);
    int code = 0;

    if (!searches_count(&a->searches, INFINITY, g, NULL, false, NULL))
        return 0;
    code = add_sweep(a, likeness, n, g);
    for (size_t i = 0; i < a->k->n_points && !code; i++)
        for (size_t k = 0; k < n_sizes && !code &&
                           compared_reaches(a->c, a->k->points[i].threshold); k++)
            code = add_size(a, &a->k->points[i], g, sizes[k], gallery);
    return code;
}

int searches_curves(const struct compared_work *work, const struct study *study,
                    const unsigned *sets, size_t n_sets, struct findings *to,
                    struct err *err)
{
    const struct group all = group_all();
    struct adding a;
    double likeness[THRESHOLDS];
    size_t sizes[SIZES_MAX];

    if (!work->compared->gallery.roster)
        return 0;
    begin(&a, work, study, to, err);
    size_t n = choose_thresholds(&a, likeness);
    size_t n_sizes = choose_sizes(searches_enrolled(&a.searches, NULL), sizes);
    int code = add_group_curves(&a, likeness, n, sizes, n_sizes, &all);
    for (size_t i = 0; i < n_sets && !code; i++) {
        struct group g = group_first(a.c->axes, sets[i]);
        do
            code = add_group_curves(&a, likeness, n, sizes, n_sizes, &g);
        while (!code && group_next(&g, a.c->axes, sets[i]));
    }
    end(&a);
    return code;
}
