/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/comparing_doses.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/folder.h"
#include "cli/scoring.h"

struct dosing {
    struct comparing *c;
    struct pipeline *p;
    struct embedding *says;
    const struct scored *clean;
    double threshold;
    char *dir;                 /* backends/NAME */
};

static char *folder_of(const struct pipeline *p, const char *backend)
{
    char *name = folder_backend(backend, "backend.json"), *folder = path_dirname(name);
    char *dir = path_join(p->dir, folder);

    free(folder);
    free(name);
    return dir;
}

/* The threshold of the clean point; false where the scores did not tell it. */
static bool find_threshold(struct dosing *d)
{
    for (size_t k = 0; k < d->clean->n_points; k++)
        if (!strcmp(d->clean->points[k].name, d->p->study.clean)) {
            d->threshold = d->clean->points[k].threshold;
            return true;
        }
    return false;
}

/* What the matcher says of the changed images, in `dir`. They are measured only if somebody
 * asked for it: what the cache has of them is then found without a picture being decoded. */
static int embed(struct dosing *d, const struct study_dose *dose, const char *dir)
{
    const struct comparing_set *set = &d->c->set;
    struct embedding *e = d->says;
    struct err *err = d->p->err;
    int code;

    e->request = d->c->request;
    e->change = dose->change;
    code = embedding_make(e, &set->roster, set->rows, set->roster.n, set->request->root,
                          NULL, 0, err);
    if (!code)
        code = embedding_write_folder(e, &set->roster, set->rows, set->roster.n, dir, err);
    outputs_release(&e->outputs); /* they are in the folder now */
    outputs_init(&e->outputs, e->backend->name);
    e->change.n = 0;
    e->request = &d->c->asking;
    return code;
}

/* The changed samples, in `probes`, against those as they are. */
static int compare(struct dosing *d, const char *probes, const char *out)
{
    struct score_request r = SCORE_REQUEST_INIT;
    char threshold[NUM_MAX];

    r.run = d->dir;
    r.probes = probes;
    r.by = comparing_axes(&d->p->study, d->p->study.compare.by);
    r.thresholds = num_shortest(threshold, d->threshold);
    r.out = out;
    r.bins = NAN;
    r.top = 1;
    r.threads = d->c->request->threads > 0 ? d->c->request->threads : NAN;
    r.silent = true;
    r.quiet = d->c->request->quiet;
    return scoring_run(&r, d->p->err);
}

static int count(struct dosing *d, const struct study_dose *dose, const char *dir)
{
    struct pipeline *p = d->p;
    const struct operating_point point = { dose->point, d->threshold };
    struct text source = TEXT_INIT;
    struct scored sc;
    int code = scored_load(&sc, dir, p->err);

    text_addf(&source, "images changed: %s, against the others as they are", dose->point);
    if (!code)
        code = compared_init(&sc.compared, &sc.scores, &p->study.axes, &sc.roster,
                             &sc.gallery, p->err);
    if (!code) {
        compared_copies(&sc.compared);
        sc.compared.apart = true;
        code = compared_count_dose(&sc.compared, d->clean->backend, &point, p->study.by,
                                   p->study.n_by, source.s, &p->tally, &p->clusters, p->err);
    }
    scored_release(&sc);
    text_release(&source);
    return code;
}

int comparing_doses(struct comparing *c, struct pipeline *p, size_t i)
{
    const struct study *s = &p->study;
    struct dosing d = { .c = c, .p = p, .says = &c->says[i], .clean = &c->scored[i] };
    struct embedding *e = d.says;
    struct timing kept = e->timing;
    int code = 0;

    if (!s->n_doses)
        return 0;
    if (!find_threshold(&d))
        return err_add(p->err, ERR_INPUT, "%s: doses: %s has no threshold at %s, expected one",
                       s->path, c->names[i], s->clean);
    d.dir = folder_of(p, c->names[i]);
    for (size_t k = 0; k < s->n_doses && !code; k++) {
        char *out = mem_printf("%s/doses/%s", d.dir, s->doses[k].point);
        char *probes = path_join(out, "probes");
        char *part = mem_printf("%zu of %zu", k + 1, s->n_doses);
        e->part = part;
        (void)((code = embed(&d, &s->doses[k], probes)) ||
               (code = compare(&d, probes, out)) || (code = count(&d, &s->doses[k], out)));
        e->computed += e->timing.computed + e->timing.warm_up;
        e->cached += e->timing.cached;
        timing_release(&e->timing);
        e->part = NULL;
        free(part);
        free(probes);
        free(out);
    }
    e->timing = kept;
    free(d.dir);
    return code;
}

int comparing_doses_record(const struct comparing *c, struct pipeline *p, size_t i)
{
    static const char *const files[] = {
        "probes/backend.json", "probes/roster.csv", "probes/outputs.csv",
        "probes/templates.npy", "roster.csv", "probe-roster.csv", "scores.json", "cells.csv",
        "margins.npy", "mated.npy", "exceedances.npy",
    };
    const struct study *s = &p->study;
    int code = 0;

    for (size_t k = 0; k < s->n_doses; k++)
        for (size_t f = 0; f < sizeof files / sizeof *files && !code; f++) {
            char *file = mem_printf("doses/%s/%s", s->doses[k].point, files[f]);
            char *name = folder_backend(c->names[i], file);
            code = pipeline_record_output(p, name);
            free(name);
            free(file);
        }
    return code;
}
