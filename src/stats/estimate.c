/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"
#include "stats/adjust.h"
#include "stats/rows.h"

static const unsigned quantity_bits[QUANTITY_N] = {
    FOR_PROPORTION | FOR_DYADS | FOR_PEOPLE, FOR_DIFFERENCE, FOR_RATIO
};

int estimate_check(const struct study *study, struct err *err)
{
    int code = 0;

    for (int q = 0; q < QUANTITY_N; q++)
        for (size_t i = 0; i < study->methods[q].n; i++) {
            const struct study_name *name = &study->methods[q].names[i];
            const struct method *m = method_find(name->text), *table;
            struct text offered = TEXT_INIT;
            size_t n;
            if (m && m->quantities & quantity_bits[q])
                continue;
            table = method_table(&n);
            for (size_t k = 0; k < n; k++)
                if (table[k].quantities & quantity_bits[q])
                    text_addf(&offered, "%s%s", offered.len ? ", " : "", table[k].name);
            code = study_fault(study, name->line, err, "estimators.%s: '%.60s' is not "
                               "a method for a %s, expected one of %s",
                               study_quantity_names[q], name->text,
                               study_quantity_names[q], offered.s);
            text_release(&offered);
        }
    for (size_t i = 0; i < study->n_contrasts; i++)
        if (!evidence_disjoint(study, study->contrasts[i].group,
                               study->contrasts[i].versus))
            code = study_fault(study, study->contrasts[i].line, err, "contrasts[%zu]: "
                               "'%s' and '%s' may share people, expected groups that "
                               "differ on an axis", i, study->contrasts[i].group,
                               study->contrasts[i].versus);
    for (size_t i = 0; i < study->n_claims; i++) {
        const struct claim_spec *c = &study->claims[i];
        if (c->group && c->versus && c->type != CLAIM_PRINTED &&
            c->type != CLAIM_NOT_TESTABLE &&
            !evidence_disjoint(study, c->group, c->versus))
            code = study_fault(study, c->line, err, "claims[%zu]: '%s' and '%s' may "
                               "share people, expected groups that differ on an axis",
                               i, c->group, c->versus);
    }
    return code;
}

/* True if one row says of two groups what the other says with them exchanged: one
 * hypothesis, which must not count twice. */
static bool is_mirror(const struct finding *a, const struct finding *b)
{
    return !strcmp(a->backend, b->backend) && !strcmp(a->point, b->point) &&
           !strcmp(a->group, b->versus) && !strcmp(a->versus, b->group);
}

/* Of rises all doses of one change stand together, whatever the method: which of two
 * serves is decided by whether people have several images. */
static bool same_family(const struct finding *a, const struct finding *b)
{
    struct dose d, e;

    if (isnan(a->p) || isnan(b->p) || strcmp(a->metric, b->metric))
        return false;
    if (!strncmp(metric_kind(a->metric), "rise", 4) && dose_of_point(a->point, &d) &&
        dose_of_point(b->point, &e))
        return d.kind == e.kind;
    return !strcmp(a->point, b->point) && !strcmp(a->method, b->method);
}

/* Holm over every family of contrasts: the same metric, point and method, all
 * backends together. */
void estimate_adjust(struct findings *f)
{
    double *p = mem_array(f->n, sizeof *p), *adjusted = mem_array(f->n, sizeof *p);
    bool *done = mem_array(f->n, sizeof *done);
    size_t *rows = mem_array(f->n, sizeof *rows), *test = mem_array(f->n, sizeof *test);

    for (size_t i = 0; i < f->n; i++) {
        size_t n = 0, tests = 0;
        if (done[i] || isnan(f->rows[i].p))
            continue;
        for (size_t k = i; k < f->n; k++) {
            if (!same_family(&f->rows[i], &f->rows[k]))
                continue;
            size_t twin = 0;
            if (!*f->rows[k].versus)
                twin = n; /* a share: there is nothing to exchange */
            while (twin < n && !is_mirror(&f->rows[rows[twin]], &f->rows[k]))
                twin++;
            done[k] = true;
            test[n] = twin < n ? test[twin] : tests;
            if (twin == n)
                p[tests++] = f->rows[k].p;
            rows[n++] = k;
        }
        adjust_holm(p, tests, adjusted);
        for (size_t k = 0; k < n; k++)
            f->rows[rows[k]].p_adj = adjusted[test[k]];
    }
    free(p);
    free(adjusted);
    free(done);
    free(rows);
    free(test);
}

/* A `by` group that has counts for no backend at all is a mistake in the
 * study. */
static int check_groups(struct work *w, const char *metric)
{
    const struct study *s = w->study;

    for (size_t i = 0; i < w->out->n; i++)
        if (!strcmp(w->out->rows[i].metric, metric))
            return 0;
    return err_add(w->err, ERR_INPUT, "%s: metrics: no counts of '%s' for any group of "
                   "'by', expected some in the data set '%s'", s->path, metric,
                   s->dataset);
}

int estimate(const struct evidence *e, struct findings *out, struct err *err)
{
    struct work w = { .e = e, .study = e->study, .out = out, .err = err };
    long backends = evidence_backends(e, w.backends, err);
    int code = 0;

    if (backends < 0)
        return (int)backends;
    w.n_backends = (size_t)backends;
    add_census(&w);
    for (size_t m = 0; m < w.study->n_metrics && !code; m++) {
        const char *metric = w.study->metrics[m].text;
        const char *points[EVIDENCE_MAX];
        size_t n = tally_points(e->tally, metric, points, EVIDENCE_MAX);

        if (metric_find(metric)->census || metric_find(metric)->rival)
            continue; /* added whole already; stands in contrasts only */
        for (size_t p = 0; p < n && !code; p++)
            for (size_t b = 0; b < w.n_backends && !code; b++) {
                struct subject about = { w.backends[b], metric, points[p] };
                if (!tally_has(e->tally, w.backends[b], metric, points[p]))
                    continue;
                if (study_dose_at(w.study, points[p])) {
                    (void)((code = add_groups(&w, &about)) ||
                           (code = add_rises(&w, &about)));
                    continue;
                }
                (void)((code = rows_check_size(&w)) ||
                       (code = add_groups(&w, &about)) ||
                       metric_find(metric)->mean || /* nothing can be tested */
                       (!metric_find(metric)->detail &&
                        ((code = add_shares(&w, &about)) ||
                         (code = add_spread(&w, &about)))) ||
                       (code = add_contrasts(&w, &about)) ||
                       (code = add_changes(&w, &about)) ||
                       (code = add_rivals(&w, &about)) ||
                       (code = add_paired(&w, &about)));
            }
        if (!code)
            code = check_groups(&w, metric);
    }
    if (!code)
        estimate_adjust(out);
    return code;
}
