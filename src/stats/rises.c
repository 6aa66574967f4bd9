/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a controlled change of the images does to a group: the rise of a rate from the
 * images as they are to those changed, on the same faces, and whether one group's is
 * larger than another's.
 */
#include <math.h>
#include <string.h>

#include "stats/paired.h"
#include "stats/rises.h"
#include "stats/rows.h"

/* Metrics of which it is counted what the same face was both times (core/classify.h). */
static const struct way {
    const char *metric, *changed, *clean, *always;
} ways[] = {
    { "error", "wrong_changed", "wrong_clean", "wrong_always" },
    { "error_with_misses", "wrong_changed_with_misses", "wrong_clean_with_misses",
      "wrong_always_with_misses" },
    { "fta", "lost_changed", "lost_clean", "lost_always" },
};

/* One group's rise. `faces`: the rates are of faces that were hits only when changed,
 * only as they are, and both times; else those of all trials, changed and as they are. */
struct rise {
    bool faces;
    struct rate changed, clean, always;
};

static bool find_rise(const struct evidence *e, const struct subject *about,
                      const char *group, struct rise *r)
{
    struct subject one = *about, other = *about, both = *about;

    *r = (struct rise){ .faces = false };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (!strcmp(ways[i].metric, about->metric)) {
            one.metric = ways[i].changed;
            other.metric = ways[i].clean;
            both.metric = ways[i].always;
            r->faces = true;
        }
    if (!r->faces)
        other.point = e->study->clean;
    return evidence_rate(e, e->tally, &one, group, N_STATED, &r->changed) &&
           evidence_rate(e, e->tally, &other, group, N_STATED, &r->clean) &&
           (!r->faces || evidence_rate(e, e->tally, &both, group, N_STATED, &r->always));
}

static bool is_clustered(const struct rise *r)
{
    return paired_is_clustered(&r->changed, &r->clean);
}

/* Limits of the rise; of pairs that are independent McNemar's p too (NULL: not asked). */
static int rise_limits(const struct rise *r, double confidence, struct interval *out,
                       double *p, struct err *err)
{
    double ignored;

    if (r->faces)
        return paired_rates(&r->changed, &r->clean, &r->always, confidence, out,
                            p ? p : &ignored, err);
    int code = rate_contrast(method_find(is_clustered(r) ? "mover" : "newcombe"),
                             FOR_DIFFERENCE, &r->changed, &r->clean, confidence, out, err);
    if (!code && p)
        code = rate_contrast_p(method_find(is_clustered(r) ? "mover" : "newcombe"),
                               FOR_DIFFERENCE, &r->changed, &r->clean, 0, p, err);
    return code;
}

/* Which tests Holm's correction is over. */
static void add_family(const struct subject *about, struct text *to)
{
    struct dose d;

    if (dose_of_point(about->point, &d))
        text_addf(to, "; Holm over all doses of %s, groups and backends",
                  dose_kinds[d.kind].name);
}

static bool is_there(const struct work *w, const struct subject *about, const char *kind,
                     const char *group, const char *versus)
{
    struct text metric = TEXT_INIT;

    text_addf(&metric, "%s.%s", about->metric, kind);
    long at = findings_find(w->out, about->backend, metric.s, group, versus, about->point,
                            NULL);
    text_release(&metric);
    return at >= 0;
}

static int add_rise(struct work *w, const struct subject *about, const char *group,
                    const void *arg)
{
    struct text note = TEXT_INIT;
    struct interval at;
    struct rise r;
    double p;

    (void)arg;
    if (is_there(w, about, "rise", group, "clean") || !find_rise(w->e, about, group, &r))
        return 0;
    int code = rows_check_size(w);
    if (!code)
        code = rise_limits(&r, w->study->confidence, &at, &p, w->err);
    if (code)
        return code;
    struct finding *row = row_add(w, about, "rise", group, "clean");
    row_set_interval(row, &at, paired_method(&r.changed, &r.clean), w->study->confidence);
    row->x = r.changed.x;
    row->n = r.changed.n;
    row->p = p;
    row->flag = r.changed.x + r.clean.x < TOO_FEW ? FLAG_TOO_FEW : FLAG_OK;
    if (r.faces)
        text_addf(&note, "only when changed: %lld, only as it is: %lld, both: %lld, of %lld "
                  "faces; p: %s", (long long)r.changed.x, (long long)r.clean.x,
                  (long long)r.always.x, (long long)r.changed.n,
                  is_clustered(&r) ? "from the interval, paired by person"
                                   : "McNemar's exact test");
    else
        text_addf(&note, "%lld of %lld against %lld of %lld as it is; p: from the interval%s",
                  (long long)r.changed.x, (long long)r.changed.n, (long long)r.clean.x,
                  (long long)r.clean.n,
                  rates_share(&r.changed, &r.clean) ? ", the same people" : "");
    add_family(about, &note);
    row->note = findings_keep(w->out, note.s);
    text_release(&note);
    return 0;
}

/* How much more one group's rate rises than another's, who share nobody: each rise with
 * its own limits, put together by MOVER (Zou & Donner 2008), within [−2, 2]. */
struct gap {
    const struct rise *first, *second; /* NULL: the first alone */
};

static int gap_limits(const void *about, double confidence, struct interval *out,
                      struct err *err)
{
    const struct gap *g = about;
    struct interval a, b;
    int code = rise_limits(g->first, confidence, &a, NULL, err);

    *out = a;
    if (code || !g->second)
        return code;
    if ((code = rise_limits(g->second, confidence, &b, NULL, err)))
        return code;
    out->estimate = a.estimate - b.estimate;
    out->lo = out->estimate - hypot(a.estimate - a.lo, b.hi - b.estimate);
    out->hi = out->estimate + hypot(a.hi - a.estimate, b.estimate - b.lo);
    interval_clip(out, -2, 2);
    return 0;
}

static int add_gap(struct work *w, const struct subject *about, const char *group,
                   const char *versus)
{
    struct text note = TEXT_INIT;
    struct interval at;
    struct rise a, b;
    double p;

    if (is_there(w, about, "rise_difference", group, versus) ||
        !find_rise(w->e, about, group, &a) || !find_rise(w->e, about, versus, &b) ||
        rates_share(&a.changed, &b.changed) || rates_share(&a.clean, &b.clean))
        return 0;
    const struct gap g = { &a, &b };
    int code = rows_check_size(w);
    if (!code)
        code = gap_limits(&g, w->study->confidence, &at, w->err);
    if (!code)
        code = interval_p(gap_limits, &g, false, 0, &p, w->err);
    if (code)
        return code;
    struct finding *row = row_add(w, about, "rise_difference", group, versus);
    row_set_interval(row, &at, method_find("mover"), w->study->confidence);
    row->x = a.changed.x;
    row->n = a.changed.n;
    row->p = p;
    row->flag = fmin((double)(a.changed.x + a.clean.x), (double)(b.changed.x + b.clean.x)) <
                        TOO_FEW ? FLAG_TOO_FEW : FLAG_OK;
    text_addf(&note, "each rise by %s, put together by MOVER; p: from the interval",
              is_clustered(&a) || is_clustered(&b) ? "person" : "Newcombe's method 10");
    add_family(about, &note);
    row->note = findings_keep(w->out, note.s);
    text_release(&note);
    return 0;
}

int add_rises(struct work *w, const struct subject *about)
{
    const struct study *s = w->study;
    int code = rows_for_groups(w, add_rise, about, NULL);

    for (size_t i = 0; i < s->n_contrasts && !code; i++)
        if (!strcmp(s->contrasts[i].metric, about->metric) && !s->contrasts[i].point)
            code = add_gap(w, about, s->contrasts[i].group, s->contrasts[i].versus);
    for (size_t i = 0; i < s->n_claims && !code; i++) {
        const struct claim_spec *c = &s->claims[i];
        if (strcmp(c->metric, about->metric) || strcmp(c->point, about->point))
            continue;
        if (c->type == CLAIM_RISE)
            code = add_rise(w, about, c->group, NULL);
        if (c->type == CLAIM_RISE_DIFFERENCE)
            code = add_gap(w, about, c->group, c->versus);
    }
    return code;
}

int rise_limits_of(const struct evidence *e, const struct subject *about,
                   const char *group, const char *versus, double confidence, double margin,
                   struct interval *out, double *p, struct err *err)
{
    struct rise a, b;
    const struct gap g = { &a, versus ? &b : NULL };

    if (!find_rise(e, about, group, &a) || (versus && !find_rise(e, about, versus, &b)))
        return 1;
    int code = gap_limits(&g, confidence, out, err);
    return code ? code : interval_p(gap_limits, &g, false, margin, p, err);
}
