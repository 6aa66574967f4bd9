/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/rows.h"

#include <math.h>
#include <string.h>

struct finding *row_add(struct work *w, const struct subject *about,
                               const char *kind, const char *group, const char *versus)
{
    struct finding *row = findings_add(w->out);

    row->study = w->study->name;
    row->dataset = w->study->dataset;
    row->backend = findings_keep(w->out, about->backend);
    row->metric = arena_printf(&w->out->arena, "%s%s%s", about->metric,
                               *kind ? "." : "", kind);
    row->point = findings_keep(w->out, about->point);
    row->group = findings_keep(w->out, group);
    row->versus = findings_keep(w->out, versus);
    return row;
}

int rows_check_size(struct work *w)
{
    if (w->out->n <= MAX_ROWS)
        return 0;
    return err_add(w->err, ERR_LIMIT, "%s: more than %d findings, expected fewer groups, "
                   "methods or counts", w->study->path, MAX_ROWS);
}

double row_threshold(const char *point)
{
    double v;

    if (!strncmp(point, "native=", 7) && num_parse_double(point + 7, &v))
        return v;
    return NAN;
}

double rows_threshold(const struct work *w, const struct subject *about)
{
    const struct tally *t = w->e->tally;

    for (size_t i = 0; i < t->n_series; i++) {
        const struct tally_series *s = &t->series[i];
        const struct count *c = &t->counts[s->first];
        if (c->has_threshold && !strcmp(s->backend, about->backend) &&
            !strcmp(s->metric, about->metric) && !strcmp(s->point, about->point))
            return c->threshold;
    }
    return row_threshold(about->point);
}

void row_set_interval(struct finding *row, const struct interval *i,
                         const struct method *method, double confidence)
{
    row->estimate = i->estimate + 0.0; /* no -0, which the file does not keep */
    row->lo = i->lo + 0.0;
    row->hi = i->hi + 0.0;
    row->method = method->name;
    row->confidence = confidence;
}

void row_set_count(struct finding *row, const struct count *c)
{
    row->x = c->x;
    row->n = c->n;
    row->n_lo = c->n_lo;
    row->n_hi = c->n_hi;
    row->clusters = c->n; /* one image a person in published counts */
    row->threshold = c->has_threshold ? c->threshold : row_threshold(c->point);
}

void row_set_clusters(struct work *w, struct finding *row, const struct clustered *got)
{
    row->n_eff = isfinite(got->n_eff) ? got->n_eff : NAN;
    row->df = isfinite(got->df) ? got->df : NAN;
    row->clusters = (int64_t)got->clusters;
    /* where every trial is a hit there is no spread to have degrees of freedom of */
    if (got->too_few && row->flag != FLAG_ZERO && !(row->x >= TOO_FEW && row->x == row->n))
        row->flag = FLAG_TOO_FEW;
    if (!isnan(got->worst))
        row->note = arena_printf(&w->out->arena, "%s%sif all trials of a person were one, "
                                 "the limit would be %.3g", row->note,
                                 *row->note ? "; " : "", got->worst);
    if (got->borrowed)
        row->note = arena_printf(&w->out->arena, "%s%sthe design effect is borrowed from a "
                                 "lower threshold", row->note, *row->note ? "; " : "");
}

enum finding_flag row_count_flag(const struct count *c)
{
    if (c->x == 0)
        return FLAG_ZERO;
    if (c->x < TOO_FEW)
        return FLAG_TOO_FEW;
    return c->derived ? FLAG_DERIVED : FLAG_OK;
}

enum finding_flag row_ratio_flag(int64_t x, int64_t versus, bool derived)
{
    if (x == 0 || versus == 0)
        return FLAG_ZERO;
    if (x < TOO_FEW || versus < TOO_FEW)
        return FLAG_TOO_FEW;
    return derived ? FLAG_DERIVED : FLAG_OK;
}

const char *row_count_note(struct work *w, const struct count *c)
{
    if (!c->derived)
        return findings_keep(w->out, c->source);
    return arena_printf(&w->out->arena, "%s%sderived, not published as such",
                        c->source, *c->source ? "; " : "");
}

int rows_for_groups(struct work *w,
                    int (*add)(struct work *, const struct subject *, const char *,
                               const void *),
                    const struct subject *about, const void *arg)
{
    const struct study *s = w->study;
    struct text name = TEXT_INIT;
    int code = 0;

    for (size_t i = 0; i < s->n_by && !code; i++) {
        struct group g = group_first(&s->axes, s->by[i]);
        do {
            text_reset(&name);
            group_add(&name, &s->axes, &g);
            code = add(w, about, name.s, arg);
        } while (!code && group_next(&g, &s->axes, s->by[i]));
    }
    text_release(&name);
    return code;
}
