/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/scored_run.h"

#include <math.h>

#include "cli/scored_cleaning.h"
#include "cli/scored_curves.h"
#include "cli/scored_study.h"
#include "report/report.h"
#include "stats/evidence.h"

static void name_backends(const struct scored_run *r, struct study *s)
{
    s->n_backends = r->n;
    s->backends = arena_array(&s->arena, r->n, sizeof *s->backends);
    for (size_t i = 0; i < r->n; i++)
        s->backends[i].text = r->all[i].backend;
}

/* Each matcher against every later one, in the metrics of the study's key that were
 * counted, at every target FMR. */
static void set_against(const struct scored_run *r, const struct tally *t, struct study *s)
{
    const struct study_compare *c = &s->compare;
    const struct scored *first = &r->all[0];
    const char **names = arena_array(&s->arena, r->n, sizeof *names);

    s->rivals = arena_array(&s->arena, c->n_rivals * first->n_points * r->n,
                            sizeof *s->rivals);
    s->n_rivals = 0;
    for (size_t i = 0; i < r->n; i++)
        names[i] = r->all[i].backend;
    for (size_t m = 0; m < c->n_rivals; m++)
        for (size_t k = 0; k < first->n_points && tally_has_metric(t, c->rivals[m]); k++)
            for (size_t i = 0; i + 1 < r->n && !isnan(first->targets[k]); i++)
                s->rivals[s->n_rivals++] = (struct study_rivals){
                    .metric = c->rivals[m], .point = first->points[k].name,
                    .backends = &names[i], .n_backends = 1,
                    .against = &names[i + 1], .n_against = r->n - i - 1 };
}

int scored_run_count(struct scored_run *r, struct pipeline *p)
{
    struct study *s = &p->study;
    int code = 0;

    for (size_t i = 0; i < r->n && !code; i++)
        code = scored_count(&r->all[i], &s->axes, &r->wish[i], r->names[i], s->by, s->n_by,
                            s->compare.alike, &p->tally, &p->clusters, p->err);
    if (!code)
        code = scored_study_contrasts(s, &p->tally, r->reference, p->err);
    if (code)
        return code;
    name_backends(r, s);
    set_against(r, &p->tally, s);
    r->point = scored_study_point(s, r->all, r->n, &p->tally);
    scored_study_end(s, r->all, r->n, &p->tally, r->point);
    return 0;
}

int scored_run_estimate(struct scored_run *r, struct pipeline *p)
{
    struct study *s = &p->study;
    int code = pipeline_estimate(p);
    const struct evidence e = { .study = s, .tally = &p->tally, .printed = &p->printed,
                                .clusters = &p->clusters };

    for (size_t i = 0; i < r->n && !code; i++)
        (void)((code = scored_findings(&r->all[i], &r->wish[i], &e, &p->findings, p->err)) ||
               (code = scored_cleaning(&r->all[i], &r->wish[i], &e, r->n > 1, s,
                                       &p->findings, p->err)));
    if (code)
        return code;
    scored_study_conclude(s, r->all, r->n, r->point, &p->findings);
    scored_enrolled(s, r->all, r->n);
    for (size_t i = 0; i < r->n && r->curves && !code; i++)
        code = scored_curves(&r->all[i], s, &p->findings, &p->curves, p->err);
    if (!code && r->curves)
        scored_study_curves(s, r->all, r->n, r->point, &p->curves);
    if (!code)
        report_fitting_charts(s, &p->findings, &p->curves);
    return code;
}
