/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/compared_findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/compared_rows.h"
#include "stats/disparity.h"
#include "stats/estimate.h"
#include "stats/permutation.h"
#include "stats/rows.h"

/* Weight of FMR against FNMR in FDR, IR and GARBE; the papers leave it open. */
#define WEIGHT 0.5

struct adding {
    const struct compared_work *k;
    const struct compared *c;
    const struct evidence *e;
    struct work w;
    struct text name, versus;
};

static struct subject about(const struct adding *a, const char *metric, const char *point)
{
    return (struct subject){ a->k->backend, metric, point };
}

static const char *name_of(struct text *t, const struct axes *axes, const struct group *g)
{
    text_reset(t);
    group_add(t, axes, g);
    return t->s;
}

/* People of g against people of h. */
static int add_cross(struct adding *a, const struct operating_point *point,
                     const struct group *g, const struct group *h)
{
    const struct study *s = a->e->study;
    const struct subject subject = about(a, "fmr", point->name);
    const char *first = name_of(&a->name, a->c->axes, g);
    const char *second = name_of(&a->versus, a->c->axes, h);
    struct clustered got;
    struct dyads d;
    int code = 0;

    if (!a->c->gallery.roster && strcmp(first, second) > 0) {
        const char *swap = first;
        first = second;
        second = swap;
    }
    if (!compared_pairs(a->c, g, h, point->threshold, false, &d))
        return 0;
    struct rate r = { .dyads = &d, .borrowed = compared_deff(a->c, g, h, false) };
    for (size_t i = 0; i < s->methods[QUANTITY_PROPORTION].n && !code; i++) {
        const struct method *m = evidence_method(s, QUANTITY_PROPORTION, i);
        if ((code = rows_check_size(&a->w)) ||
            (code = rate_estimate(m, &r, s->confidence, &got, a->w.err)))
            break;
        struct finding *row = row_add(&a->w, &subject, "", first, second);
        row_set_interval(row, &got.at, m, s->confidence);
        row->x = (int64_t)got.x;
        row->n = row->n_lo = row->n_hi = (int64_t)got.n;
        row->threshold = point->threshold;
        row->flag = got.x == 0 ? FLAG_ZERO : got.x < TOO_FEW ? FLAG_TOO_FEW : FLAG_OK;
        row->note = "people of the one group compared with people of the other";
        row_set_clusters(&a->w, row, &got);
    }
    dyads_release(&d);
    return code;
}

static int add_crosses(struct adding *a, const struct operating_point *point, unsigned set)
{
    struct group g = group_first(a->c->axes, set), h;
    int code = 0;

    if (!set)
        return 0;
    do {
        h = g;
        if (a->c->gallery.roster)
            h = group_first(a->c->axes, set);
        do {
            if (!group_equal(&g, &h, a->c->axes->n))
                code = add_cross(a, point, &g, &h);
        } while (!code && group_next(&h, a->c->axes, set));
    } while (!code && group_next(&g, a->c->axes, set));
    return code;
}

/* Lists for the bootstraps that find a threshold again: non-mated scores of `of` (NULL: of
 * all), mated ones of `g`. */
static void make_lists(const struct adding *a, const struct group *of, const struct group *g,
                       struct scored_dyad *high, size_t *n_high,
                       struct scored_person *mated, size_t *n_mated)
{
    const struct compared *c = a->c;
    const struct scores *s = c->scores;

    *n_high = *n_mated = 0;
    for (size_t i = 0; i < s->n_exceedances; i++) {
        const struct scores_pair *p = &s->exceedances[c->order[i]];
        if (of && !compared_is_pair(c, p->a, p->b, of, NULL))
            continue;
        uint32_t t = c->gallery.roster ? c->gallery.person[p->b] : c->a.person[p->b];
        high[(*n_high)++] = (struct scored_dyad){
            c->a.person[p->a], t, (float)compared_likeness(c, p->score) };
    }
    for (size_t i = 0; i < s->n_mated; i++)
        if (compared_is_pair(c, s->mated[i].a, s->mated[i].b, g, NULL))
            mated[(*n_mated)++] = (struct scored_person){
                c->a.person[s->mated[i].a],
                (float)compared_likeness(c, s->mated[i].score) };
}

static int by_score(const void *a, const void *b)
{
    const struct scored_person *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return (x->s > y->s) - (x->s < y->s);
}

static int64_t count_people(const struct adding *a, const struct scored_person *mated,
                            size_t n)
{
    bool *seen = mem_array(a->c->persons, sizeof *seen);
    int64_t people = 0;

    for (size_t i = 0; i < n; i++) {
        people += !seen[mated[i].s];
        seen[mated[i].s] = true;
    }
    free(seen);
    return people;
}

/* FNMR of a group at the threshold that all non-mated comparisons set for a target. */
static int add_reestimated(struct adding *a, const struct operating_point *point,
                           double target, const struct group *g)
{
    const struct group all = group_all();
    const struct scores *s = a->c->scores;
    struct scored_dyad *high = mem_array(s->n_exceedances, sizeof *high);
    struct scored_person *mated = mem_array(s->n_mated, sizeof *mated);
    uint32_t *stratum = mem_array(a->c->persons, sizeof *stratum);
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct fnmr_at_fmr what = { .exceedances = high, .mated = mated, .target = target,
                                .stratum = stratum, .strata = 1 };
    struct fnmr_at_fmr_result got;
    struct dyads d;

    how.confidence = a->e->study->confidence;
    how.seed = a->k->seed;
    how.replicates = a->k->replicates;
    how.threads = a->k->threads;
    make_lists(a, NULL, g, high, &what.n_exceedances, mated, &what.n_mated);
    qsort(mated, what.n_mated, sizeof *mated, by_score);
    if (what.n_mated && compared_pairs(a->c, &all, NULL, point->threshold, false, &d)) {
        what.nonmated = &d;
        if (bootstrap_fnmr_at_fmr(&what, &how, &got, NULL) == 0) {
            const struct subject subject = about(a, "fnmr", point->name);
            struct finding *row = row_add(&a->w, &subject, "",
                                          name_of(&a->name, a->c->axes, g), "");
            /* at 0 or 1 every replicate may give the same, which is no interval */
            bool none = got.fnmr.lo >= got.fnmr.hi;
            if (none)
                got.fnmr.lo = got.fnmr.hi = NAN;
            row_set_interval(row, &got.fnmr, method_find("vertex-bootstrap"),
                             how.confidence);
            row->n = (int64_t)what.n_mated;
            row->x = llround(got.fnmr.estimate * (double)what.n_mated);
            row->threshold = a->c->distance ? -got.threshold : got.threshold;
            row->clusters = count_people(a, mated, what.n_mated);
            row->flag = got.false_matches < 30 || row->x < TOO_FEW ? FLAG_TOO_FEW : FLAG_OK;
            row->note = arena_printf(
                &a->w.out->arena, "people drawn again %zu times, the threshold found again "
                "in each%s; set by %.0f false matches%s%s", how.replicates,
                none ? ": the same rate each time, which is no interval" : "",
                got.false_matches, got.false_matches < 30 ? ", fewer than 30: too few to say"
                                                          : "",
                got.unreached ? "; some replicates wanted scores below the floor" : "");
        }
        dyads_release(&d);
    }
    free(high);
    free(mated);
    free(stratum);
    return rows_check_size(&a->w);
}

static void set_eer_limits(struct adding *a, const struct group *g, double floor,
                           struct finding *row)
{
    const struct scores *s = a->c->scores;
    struct scored_dyad *high = mem_array(s->n_exceedances, sizeof *high);
    struct scored_person *mated = mem_array(s->n_mated, sizeof *mated);
    struct eer_of what = { .high = high, .mated = mated, .floor = floor };
    struct clustered_how how = { a->e->study->confidence, 0, a->k->seed, a->k->replicates,
                                 a->k->threads };
    struct eer_result got;
    struct dyads d;

    make_lists(a, g, g, high, &what.n_high, mated, &what.n_mated);
    qsort(mated, what.n_mated, sizeof *mated, by_score);
    if (compared_pairs(a->c, g, NULL, row->threshold, false, &d)) {
        what.nonmated = &d;
        if (bootstrap_eer(&what, &how, &got, NULL) == 0) {
            row_set_interval(row, &got.eer, method_find("vertex-bootstrap"), how.confidence);
            row->clusters = (int64_t)d.clusters;
            row->note = arena_printf(&a->w.out->arena, "%s; people drawn again %zu times, the "
                                     "threshold found again in each", row->note,
                                     how.replicates);
            if (got.unreached)
                row->note = arena_printf(&a->w.out->arena, "%s; in %zu of them it lies below "
                                         "the scores that are known one by one, and is taken "
                                         "as 1", row->note, got.unreached);
        }
        dyads_release(&d);
    }
    free(high);
    free(mated);
}

/* With limits where there are five errors of both kinds or more: fewer make the limits of a
 * bootstrap too narrow, none make them [0, 0]. */
static int add_eer(struct adding *a, const struct group *g)
{
    const struct subject subject = about(a, "eer", "");
    struct curve curve;

    compared_curve_whole(a->c, g, &curve);
    struct curve_eer eer = curve_eer(&curve);
    if (!isnan(eer.eer)) {
        struct finding *row = row_add(&a->w, &subject, "",
                                      name_of(&a->name, a->c->axes, g), "");
        const double least = fmin((double)curve.nonmated, (double)curve.n_mated);
        const bool few = eer.eer * least < TOO_FEW, exact = eer.how == CURVE_EXACT;
        row->estimate = eer.eer;
        row->threshold = a->c->distance ? -eer.threshold : eer.threshold;
        row->n = (int64_t)(curve.nonmated + curve.n_mated);
        row->flag = eer.eer == 0 ? FLAG_ZERO : few ? FLAG_TOO_FEW : FLAG_OK;
        row->note = arena_printf(
            &a->w.out->arena, "where the lines between %s cross; n counts mated and non-mated%s",
            exact ? "observed points" : "edges of the histogram",
            few ? "; no interval: fewer than five errors of one kind, of which drawing people "
                  "again cannot tell how far they vary"
            : exact ? "" : "; no interval: the scores there are not known one by one");
        if (exact && !few)
            set_eer_limits(a, g, curve.floor, row);
    }
    compared_curve_release(&curve);
    return rows_check_size(&a->w);
}

/* Rates of the groups of a set in one metric, each at 1 − α/tests; how many have any, and
 * the places of these in the set (NULL: not asked). */
static int make_box(struct adding *a, const char *metric, const char *point, unsigned set,
                    double tests, struct interval *box, size_t *places, size_t *n)
{
    const struct study *s = a->e->study;
    const struct method *m = evidence_method(s, QUANTITY_PROPORTION, 0);
    const struct subject subject = about(a, metric, point);
    struct group g = group_first(a->c->axes, set);
    double confidence = 1 - (1 - s->confidence) / tests;
    struct clustered got;
    struct rate r;
    size_t place = 0;
    int code = 0;

    *n = 0;
    do {
        place++;
        if (!evidence_rate(a->e, a->e->tally, &subject, name_of(&a->name, a->c->axes, &g),
                           N_STATED, &r))
            continue;
        code = rate_estimate(m, &r, confidence, &got, a->w.err);
        if (places && *n < STUDY_MAX_GROUPS)
            places[*n] = place;
        if (*n < STUDY_MAX_GROUPS)
            box[(*n)++] = got.at;
    } while (!code && group_next(&g, a->c->axes, set));
    return code;
}

static void name_set(struct text *t, const struct axes *axes, unsigned set)
{
    text_reset(t);
    for (size_t i = 0; i < axes->n; i++)
        if (set & 1u << i) {
            if (t->len)
                text_addch(t, ';');
            text_add_percent(t, axes->axes[i].name);
        }
}

static void add_measure(struct adding *a, const char *metric, const char *kind,
                        const struct operating_point *point, unsigned set, size_t groups,
                        const struct interval *at, const char *note)
{
    const struct subject subject = about(a, metric, point->name);

    name_set(&a->name, a->c->axes, set);
    struct finding *row = row_add(&a->w, &subject, kind, a->name.s, "");
    row_set_interval(row, at, method_default(FOR_SPREAD), a->e->study->confidence);
    row->n = (int64_t)groups;
    row->threshold = point->threshold;
    row->note = findings_keep(a->w.out, note);
}

static size_t groups_of(const struct axes *axes, unsigned set)
{
    size_t n = 1;

    for (size_t i = 0; i < axes->n; i++)
        n *= set & 1u << i ? axes->axes[i].n : 1;
    return n;
}

static int add_one_metric(struct adding *a, const char *metric,
                          const struct operating_point *point, unsigned set,
                          struct interval *box)
{
    static const struct {
        const char *kind;
        void (*measure)(const struct interval *, size_t, struct interval *);
        const char *note;
    } measures[] = {
        { "max_geomean", disparity_max_geomean_box,
          "the highest rate over the geometric mean of all (NISTIR 8429)" },
        { "gini", disparity_gini_box, "Gini coefficient over groups, 0 is equal" },
    };
    size_t n;
    int code = make_box(a, metric, point->name, set, (double)groups_of(a->c->axes, set),
                        box, NULL, &n);

    for (size_t i = 0; i < 2 && !code && n >= 2; i++) {
        struct interval at;
        measures[i].measure(box, n, &at);
        add_measure(a, metric, measures[i].kind, point, set, n, &at, measures[i].note);
    }
    return code;
}

/* FDR, IR and GARBE, which need both rates of every group. */
static int add_both(struct adding *a, const struct operating_point *point, unsigned set,
                    struct interval *fmr, struct interval *fnmr)
{
    static const struct {
        const char *metric;
        void (*measure)(const struct interval *, const struct interval *, size_t, double,
                        struct interval *);
    } measures[] = {
        { "fdr", disparity_fdr_box }, { "ir", disparity_ir_box },
        { "garbe", disparity_garbe_box },
    };
    double tests = 2 * (double)groups_of(a->c->axes, set);
    size_t n, m, in_fmr[STUDY_MAX_GROUPS], in_fnmr[STUDY_MAX_GROUPS];
    int code = make_box(a, "fmr", point->name, set, tests, fmr, in_fmr, &n);

    if (!code)
        code = make_box(a, "fnmr", point->name, set, tests, fnmr, in_fnmr, &m);
    if (code || n != m || n < 2 || memcmp(in_fmr, in_fnmr, n * sizeof *in_fmr))
        return code;
    double x[STUDY_MAX_GROUPS], y[STUDY_MAX_GROUPS];
    for (size_t i = 0; i < n; i++)
        x[i] = fmr[i].estimate, y[i] = fnmr[i].estimate;
    double parts[][2] = {
        { 1 - disparity_fdr(x, y, n, 1), 1 - disparity_fdr(x, y, n, 0) },
        { disparity_max_min(x, n), disparity_max_min(y, n) },
        { disparity_gini(x, n), disparity_gini(y, n) },
    };
    static const char *const words[] = { "largest differences", "largest ratios",
                                         "Gini coefficients" };
    for (size_t i = 0; i < 3; i++) {
        struct text note = TEXT_INIT;
        struct interval at;
        char one[NUM_MAX], two[NUM_MAX];
        measures[i].measure(fmr, fnmr, n, WEIGHT, &at);
        text_addf(&note, "half weight each; %s: FMR %s, FNMR %s", words[i],
                  num_shortest(one, parts[i][0]), num_shortest(two, parts[i][1]));
        add_measure(a, measures[i].metric, "", point, set, n, &at, note.s);
        text_release(&note);
    }
    return 0;
}

/* Each person's group and stratum on the set; false where somebody's images lie in
 * several. */
static bool place_people(const struct adding *a, unsigned set, uint32_t *images,
                         uint32_t *group, uint32_t *stratum)
{
    const struct compared *c = a->c;
    const struct compared_side *side = &c->a;
    const struct group all = group_all();
    bool *seen = mem_array(c->persons, sizeof *seen), one = true;

    for (size_t i = 0; i < side->roster->n && one; i++) {
        uint32_t p = side->person[i], in = 0, of = 0;
        if (!compared_is_in(c, side, i, &all) ||
            roster_status(side->roster, i) != STATUS_OK)
            continue;
        for (size_t x = 0; x < c->axes->n; x++) {
            uint32_t n = (uint32_t)c->axes->axes[x].n;
            uint32_t v = (uint32_t)side->values[i * c->axes->n + x];
            if (set & 1u << x)
                in = in * n + v;
            else
                of = of * n + v;
        }
        one = !seen[p] || (group[p] == in && stratum[p] == of);
        seen[p] = true;
        group[p] = in;
        stratum[p] = of;
        images[p]++;
    }
    free(seen);
    return one;
}

/* p of fmr.max_min: is the spread more than chance at these sizes? */
static int add_test(struct adding *a, const struct operating_point *point, unsigned set)
{
    const struct group all = group_all();
    const struct compared *c = a->c;
    struct dyads d;

    name_set(&a->name, c->axes, set);
    long row = findings_find(a->w.out, a->k->backend, "fmr.max_min", a->name.s, "",
                             point->name, NULL);
    if (row >= 0 && (c->same || c->gallery.roster || c->scores->listed)) {
        struct finding *f = &a->w.out->rows[row];
        f->note = arena_printf(&a->w.out->arena, "%s; no permutation test: it needs all "
                               "pairs of one roster", f->note);
        return 0;
    }
    if (row < 0 || !compared_pairs(c, &all, NULL, point->threshold, false, &d))
        return 0;
    uint32_t *images = mem_array(c->persons, sizeof *images);
    uint32_t *group = mem_array(c->persons, sizeof *group);
    uint32_t *stratum = mem_array(c->persons, sizeof *stratum);
    struct finding *f = &a->w.out->rows[row];
    if (!place_people(a, set, images, group, stratum)) {
        f->note = arena_printf(&a->w.out->arena, "%s; no permutation test: some people are "
                               "in several groups", f->note);
    } else {
        const struct permutation what = {
            .persons = c->persons, .groups = groups_of(c->axes, set), .images = images,
            .group = group, .stratum = stratum, .erring = d.erring,
            .n_erring = d.n_erring, .permutations = a->k->permutations,
            .seed = a->k->seed, .threads = a->k->threads,
        };
        struct permutation_result got;
        if (permutation_test(&what, &got, NULL, NULL) == 0) {
            f->p = got.p;
            f->note = arena_printf(&a->w.out->arena, "%s; p: studentised permutation test "
                                   "over people, %zu of %zu groups take part", f->note,
                                   got.groups, what.groups);
        } else {
            f->note = arena_printf(&a->w.out->arena, "%s; no permutation test: fewer than "
                                   "two groups would have 5 false matches", f->note);
        }
    }
    free(images);
    free(group);
    free(stratum);
    dyads_release(&d);
    return 0;
}

static int add_spreads(struct adding *a, const struct operating_point *point, unsigned set)
{
    struct interval *one = mem_array(STUDY_MAX_GROUPS, sizeof *one);
    struct interval *two = mem_array(STUDY_MAX_GROUPS, sizeof *two);
    int code;

    (void)((code = add_one_metric(a, "fmr", point, set, one)) ||
           (code = add_one_metric(a, "fnmr", point, set, two)) ||
           (code = add_both(a, point, set, one, two)) || (code = add_test(a, point, set)));
    free(one);
    free(two);
    return code;
}

/* Calls `add` for every group of the study's sets. */
static int for_groups(struct adding *a, const struct operating_point *point, double target)
{
    const struct study *s = a->e->study;
    int code = 0;

    for (size_t i = 0; i < s->n_by && !code; i++) {
        struct group g = group_first(a->c->axes, s->by[i]);
        do {
            code = point ? add_reestimated(a, point, target, &g) : add_eer(a, &g);
        } while (!code && group_next(&g, a->c->axes, s->by[i]));
    }
    return code;
}

int compared_findings(const struct compared_work *work, const struct evidence *e,
                      struct findings *out, struct err *err)
{
    struct adding a = { .k = work, .c = work->compared, .e = e,
                        .w = { .e = e, .study = e->study, .out = out, .err = err },
                        .name = TEXT_INIT, .versus = TEXT_INIT };
    const struct study *s = e->study;
    int code = for_groups(&a, NULL, NAN);

    for (size_t i = 0; i < work->n_points && !code; i++) {
        const struct operating_point *point = &work->points[i];
        for (size_t k = 0; k < s->n_by && !code; k++)
            code = add_crosses(&a, point, s->by[k]);
        for (size_t k = 0; k < s->n_spread && !code; k++)
            code = add_spreads(&a, point, s->spread[k]);
        if (!code && !isnan(work->targets[i]))
            code = for_groups(&a, point, work->targets[i]);
    }
    if (!code)
        estimate_adjust(out);
    text_release(&a.name);
    text_release(&a.versus);
    return code;
}
