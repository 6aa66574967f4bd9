/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/evidence.h"

#include <string.h>

struct rate evidence_rate_of(const struct evidence *e, const struct count *c,
                             const char *group)
{
    struct rate r = { .x = c->x, .n = c->n, .derived = c->derived, .people = c->people };
    const struct cluster *cluster = !e->clusters ? NULL
        : clusters_find(e->clusters, c->backend, c->metric, c->point, group);

    if (cluster) {
        r.dyads = &cluster->dyads;
        r.borrowed = cluster->borrowed;
    }
    return r;
}

bool evidence_rate(const struct evidence *e, const struct tally *tally,
                   const struct subject *about, const char *group, enum corner corner,
                   struct rate *out)
{
    struct group g;
    struct count c;

    if (group_parse(&g, &tally->axes, group, NULL) < 0 ||
        !tally_sum(tally, about->backend, about->metric, about->point, &g, &c))
        return false;
    *out = evidence_rate_of(e, &c, group);
    out->n = corner == N_LOW ? c.n_lo : corner == N_HIGH ? c.n_hi : c.n;
    return true;
}

/* Names for a message; there may be a thousand. */
static void list_names(struct text *t, const char *const *names, size_t n)
{
    char cut[TEXT_CUT];

    for (size_t i = 0; i < n && i < 20; i++)
        text_addf(t, "%s%s", i ? ", " : "", text_cut(cut, names[i]));
    if (n > 20)
        text_addf(t, " and %zu more", n - 20);
    if (!n)
        text_add(t, "none");
}

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

long evidence_backends(const struct evidence *e, const char **out, struct err *err)
{
    const struct study *s = e->study;
    const char *known[EVIDENCE_MAX];
    size_t n = tally_backends(e->tally, known, EVIDENCE_MAX);
    int code = 0;

    if (!s->n_backends) {
        memcpy(out, known, n * sizeof *out);
        return (long)n;
    }
    if (s->n_backends > EVIDENCE_MAX)
        return err_add(err, ERR_LIMIT, "%s: %zu backends, expected at most %d", s->path,
                       s->n_backends, EVIDENCE_MAX);
    for (size_t i = 0; i < s->n_backends; i++) {
        out[i] = s->backends[i].text;
        if (is_one_of(out[i], known, n))
            continue;
        struct text names = TEXT_INIT;
        list_names(&names, known, n);
        code = study_fault(s, s->backends[i].line, err, "backends: '%.60s' has no counts, "
                           "expected one of %s", s->backends[i].text, names.s);
        text_release(&names);
    }
    return code ? code : (long)s->n_backends;
}

const struct method *evidence_method(const struct study *study,
                                     enum study_quantity quantity, size_t i)
{
    return method_find(study->methods[quantity].names[i].text);
}

void evidence_rival(struct text *to, const char *backend)
{
    text_add(to, "backend=");
    text_add_percent(to, backend);
}

bool evidence_disjoint(const struct study *study, const char *a, const char *b)
{
    struct group x, y;

    if (group_parse(&x, &study->axes, a, NULL) < 0 ||
        group_parse(&y, &study->axes, b, NULL) < 0)
        return false;
    for (size_t i = 0; i < study->axes.n; i++)
        if (x.value[i] != GROUP_OPEN && y.value[i] != GROUP_OPEN &&
            x.value[i] != y.value[i])
            return true;
    return false;
}

/* What evidence_check() looks names up in. */
struct names {
    const struct evidence *e;
    struct err *err;
    const char *backends[EVIDENCE_MAX];
    size_t n_backends;
    int code;
};

/* True if some backend has counts of the group at the point; NULL: at any. */
static bool has_group(const struct names *w, const char *metric, const char *point,
                      const char *group)
{
    const struct tally *t = w->e->tally;
    struct rate r;

    for (size_t i = 0; i < t->n_series; i++) {
        const struct tally_series *s = &t->series[i];
        struct subject about = { s->backend, s->metric, s->point };
        if (!strcmp(s->metric, metric) && (!point || !strcmp(s->point, point)) &&
            evidence_rate(w->e, t, &about, group, N_STATED, &r))
            return true;
    }
    return false;
}

/* A point that the study names must have counts. False, and a fault, if it has
 * none. */
static bool check_point(struct names *w, size_t line, const char *key, size_t item,
                        const char *what, const char *metric, const char *point)
{
    const char *points[EVIDENCE_MAX];
    size_t n = tally_points(w->e->tally, metric, points, EVIDENCE_MAX);
    struct text known = TEXT_INIT;

    if (is_one_of(point, points, n))
        return true;
    list_names(&known, points, n);
    w->code = study_fault(w->e->study, line, w->err, "%s[%zu].%s: '%.60s' has no "
                          "counts of '%s', expected one of '%s'", key, item, what,
                          point, metric, known.s);
    text_release(&known);
    return false;
}

/* A group that the study compares must have counts. */
static void check_group(struct names *w, size_t line, const char *key, size_t item,
                        const char *metric, const char *point, const char *group)
{
    const struct study *s = w->e->study;

    if (group && !has_group(w, metric, point, group))
        w->code = study_fault(s, line, w->err, "%s[%zu]: no counts of '%s' for the "
                              "group '%.60s', expected some in the data set '%s'", key,
                              item, metric, group, s->dataset);
}

/* Backends that the study names must have counts. */
static void check_backends(struct names *w, size_t line, const char *key, size_t item,
                           const char *what, const char **backends, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct text known = TEXT_INIT;
        if (is_one_of(backends[i], w->backends, w->n_backends))
            continue;
        list_names(&known, w->backends, w->n_backends);
        w->code = study_fault(w->e->study, line, w->err, "%s[%zu].%s: '%.60s' has no "
                              "counts in this study, expected one of %s", key, item,
                              what, backends[i], known.s);
        text_release(&known);
    }
}

/* A claim of type printed must have figures. */
static void check_printed(struct names *w, size_t item)
{
    const struct study *s = w->e->study;
    const struct claim_spec *c = &s->claims[item];

    for (size_t i = 0; i < w->e->printed->n; i++)
        if (!strcmp(w->e->printed->figures[i].claim, c->id))
            return;
    w->code = study_fault(s, c->line, w->err, "claims[%zu]: the data set '%s' has no "
                          "printed figures of '%s', expected some", item, s->dataset,
                          c->id);
}

static void check_claim_names(struct names *w, size_t item)
{
    const struct claim_spec *c = &w->e->study->claims[item];

    if (c->type == CLAIM_NOT_TESTABLE)
        return;
    if (c->type == CLAIM_PRINTED) {
        check_printed(w, item);
        return;
    }
    check_backends(w, c->line, "claims", item, "backends", c->backends, c->n_backends);
    check_backends(w, c->line, "claims", item, "against", c->against, c->n_against);
    if (c->type == CLAIM_IMPROVEMENT) {
        if (check_point(w, c->line, "claims", item, "before", c->metric, c->before))
            check_group(w, c->line, "claims", item, c->metric, c->before, c->group);
        if (check_point(w, c->line, "claims", item, "after", c->metric, c->after))
            check_group(w, c->line, "claims", item, c->metric, c->after, c->group);
    } else if (check_point(w, c->line, "claims", item, "point", c->metric, c->point)) {
        check_group(w, c->line, "claims", item, c->metric, c->point, c->group);
        check_group(w, c->line, "claims", item, c->metric, c->point, c->versus);
    }
}

/* What the study compares of its own accord. */
static void check_comparisons(struct names *w)
{
    const struct study *s = w->e->study;

    for (size_t i = 0; i < s->n_contrasts; i++) {
        const struct study_contrast *c = &s->contrasts[i];
        if (c->point &&
            !check_point(w, c->line, "contrasts", i, "point", c->metric, c->point))
            continue;
        check_group(w, c->line, "contrasts", i, c->metric, c->point, c->group);
        check_group(w, c->line, "contrasts", i, c->metric, c->point, c->versus);
    }
    for (size_t i = 0; i < s->n_changes; i++) {
        const struct study_change *c = &s->changes[i];
        check_point(w, c->line, "changes", i, "before", c->metric, c->before);
        check_point(w, c->line, "changes", i, "after", c->metric, c->after);
    }
    for (size_t i = 0; i < s->n_rivals; i++) {
        const struct study_rivals *r = &s->rivals[i];
        check_point(w, r->line, "rivals", i, "point", r->metric, r->point);
        check_backends(w, r->line, "rivals", i, "backends", r->backends, r->n_backends);
        check_backends(w, r->line, "rivals", i, "against", r->against, r->n_against);
    }
}

static void check_figure(struct names *w, const struct figure *f)
{
    const struct study *s = w->e->study;

    if (*f->backend && !is_one_of(f->backend, w->backends, w->n_backends))
        w->code = err_add(w->err, ERR_INPUT, "%s:%zu: backend '%.60s' has no counts, "
                          "expected one that has", w->e->printed->path, f->line,
                          f->backend);
    for (size_t i = 0; i < s->n_claims; i++)
        if (!strcmp(s->claims[i].id, f->claim) && s->claims[i].type != CLAIM_PRINTED)
            w->code = err_add(w->err, ERR_INPUT, "%s:%zu: the claim '%s' is of type %s, "
                              "expected one of type printed", w->e->printed->path,
                              f->line, f->claim, claim_type_names[s->claims[i].type]);
}

int evidence_check(const struct evidence *e, struct err *err)
{
    const struct study *s = e->study;
    struct names w = { .e = e, .err = err };

    w.n_backends = tally_backends(e->tally, w.backends, EVIDENCE_MAX);
    check_comparisons(&w);
    for (size_t i = 0; i < s->n_claims; i++)
        check_claim_names(&w, i);
    for (size_t i = 0; i < s->n_alternatives; i++)
        for (size_t k = 0; k < e->alternatives[i].n_series; k++) {
            const struct tally_series *series = &e->alternatives[i].series[k];
            if (!tally_has(e->tally, series->backend, series->metric, series->point))
                w.code = study_fault(
                    s, s->alternatives[i].line, err, "alternatives[%zu].counts: the counts "
                    "of '%.60s' (%s%s%s) stand in for none, expected a backend, metric and "
                    "point that the data set has", i, series->backend, series->metric,
                    *series->point ? "@" : "", series->point);
        }
    for (size_t i = 0; i < e->printed->n; i++)
        check_figure(&w, &e->printed->figures[i]);
    return w.code;
}
