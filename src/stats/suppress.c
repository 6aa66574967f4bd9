/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/suppress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"

struct hiding {
    const struct study *study;
    struct findings *f;
    int64_t limit;
    bool *hidden;          /* a row */
    bool *base;            /* a row: a rate of a group */
    struct group *group;   /* of a base row */
    unsigned *axes;
    bool changed;
};

static void hide(struct hiding *h, size_t row)
{
    h->changed |= !h->hidden[row];
    h->hidden[row] = true;
}

static bool is_small(const struct hiding *h, const struct finding *r)
{
    return (r->x >= 0 && r->x < h->limit) || (r->n >= 0 && r->n < h->limit);
}

/* The rates of groups, and those of them that are small themselves. */
static void find_rates(struct hiding *h)
{
    for (size_t i = 0; i < h->f->n; i++) {
        const struct finding *r = &h->f->rows[i];
        h->base[i] = !*metric_kind(r->metric) && !*r->versus &&
                     group_parse(&h->group[i], &h->study->axes, r->group, NULL) == 0;
        if (!h->base[i])
            continue;
        h->axes[i] = group_axes(&h->group[i], h->study->axes.n);
        if (is_small(h, r))
            hide(h, i);
    }
}

static bool same_series(const struct finding *a, const struct finding *b)
{
    return !strcmp(a->backend, b->backend) && !strcmp(a->metric, b->metric) &&
           !strcmp(a->point, b->point) && !strcmp(a->method, b->method);
}

/* Of numbers that add up, one alone must not be missing: hides the smallest of those
 * that are there, of the whole only if there is nothing else. */
struct sum {
    size_t missing, parts;
    long smallest;
    int64_t x;
};

static void add_part(const struct hiding *h, struct sum *s, size_t row)
{
    s->parts++;
    s->x += h->f->rows[row].x;
    if (h->hidden[row])
        s->missing++;
    else if (s->smallest < 0 || h->f->rows[row].x < h->f->rows[s->smallest].x)
        s->smallest = (long)row;
}

static void settle(struct hiding *h, const struct sum *s, size_t whole)
{
    /* parts that leave somebody out give nothing away by their sum */
    if (s->parts && s->x == h->f->rows[whole].x && s->missing + h->hidden[whole] == 1)
        hide(h, s->smallest >= 0 ? (size_t)s->smallest : whole);
}

/* A group and those that make it up by one more set of axes. */
static void settle_groups(struct hiding *h, size_t whole)
{
    const struct finding *r = &h->f->rows[whole];

    for (size_t k = 0; k < h->f->n; k++) {
        unsigned set = h->axes[k];
        struct sum s = { 0, 0, -1, 0 };
        if (!h->base[k] || set == h->axes[whole] || (set & h->axes[whole]) != h->axes[whole] ||
            !same_series(r, &h->f->rows[k]))
            continue;
        for (size_t i = k; i < h->f->n; i++)
            if (h->base[i] && h->axes[i] == set && same_series(r, &h->f->rows[i]) &&
                group_within(&h->group[i], &h->group[whole], h->study->axes.n))
                add_part(h, &s, i);
        settle(h, &s, whole);
        /* rows of a set stand together: the next set begins where this one ends */
        while (k + 1 < h->f->n && h->base[k + 1] && h->axes[k + 1] == set)
            k++;
    }
}

/* The row of another metric of the same group. */
static long sibling(const struct hiding *h, size_t row, const char *metric)
{
    const struct finding *r = &h->f->rows[row];

    return findings_find(h->f, r->backend, metric, r->group, "", r->point,
                         r->method);
}

/* Errors with misses are errors and failures; errors are those of every confidence. */
static void settle_metrics(struct hiding *h, size_t row)
{
    const struct finding *r = &h->f->rows[row];

    if (!strcmp(r->metric, "error_with_misses")) {
        long error = sibling(h, row, "error"), fta = sibling(h, row, "fta");
        struct sum s = { 0, 0, -1, 0 };
        if (error < 0 || fta < 0)
            return;
        add_part(h, &s, (size_t)error);
        add_part(h, &s, (size_t)fta);
        settle(h, &s, row);
        if (h->hidden[fta])
            hide(h, (size_t)error);
    } else if (!strcmp(r->metric, "error") && !*r->point) {
        struct sum s = { 0, 0, -1, 0 };
        for (size_t i = 0; i < h->f->n; i++) {
            const struct finding *o = &h->f->rows[i];
            if (!h->base[i] || strcmp(o->backend, r->backend) || strcmp(o->group, r->group) ||
                strcmp(o->method, r->method))
                continue;
            if (!strcmp(o->metric, "calibration"))
                add_part(h, &s, i);
            if (!strcmp(o->metric, "sure_when_wrong") && h->hidden[row])
                hide(h, i);
        }
        settle(h, &s, row);
    }
}

/* Whether a rate of that backend and group is hidden; the point may have a variant
 * behind a comma. */
static bool rests_on(const struct hiding *h, const char *backend, const char *metric,
                     const char *group, const char *point)
{
    size_t base = strcspn(metric, "."), at = strcspn(point, ",");

    for (size_t i = 0; i < h->f->n; i++) {
        const struct finding *r = &h->f->rows[i];
        if (h->base[i] && h->hidden[i] && !strcmp(r->backend, backend) &&
            strlen(r->metric) == base && !memcmp(r->metric, metric, base) &&
            !strcmp(r->group, group) && strlen(r->point) == at &&
            !memcmp(r->point, point, at))
            return true;
    }
    return false;
}

/* The groups of a set of axes, named as `gender;skin`. */
static bool spread_rests(const struct hiding *h, const struct finding *r)
{
    size_t base = strcspn(r->metric, ".");
    unsigned set = 0;

    for (size_t a = 0; a < h->study->axes.n; a++) {
        const char *name = h->study->axes.axes[a].name, *at = strstr(r->group, name);
        set |= at ? 1u << a : 0;
    }
    for (size_t i = 0; i < h->f->n; i++)
        if (h->base[i] && h->hidden[i] && h->axes[i] == set &&
            !strcmp(h->f->rows[i].backend, r->backend) &&
            strlen(h->f->rows[i].metric) == base &&
            !memcmp(h->f->rows[i].metric, r->metric, base) &&
            !strcmp(h->f->rows[i].point, r->point))
            return true;
    return false;
}

static bool rival_rests(const struct hiding *h, const struct finding *r)
{
    struct text name = TEXT_INIT;
    const char *at = strchr(r->versus, '=');
    bool rests = at && text_add_unpercent(&name, at + 1, strlen(at + 1)) == 0 &&
                 rests_on(h, name.s, r->metric, r->group, r->point);

    /* of a pair, the faces that only the other got wrong */
    if (strstr(r->metric, "_paired") && r->n > 0)
        rests |= r->x - llround(r->estimate * (double)r->n) < h->limit;
    text_release(&name);
    return rests;
}

/* A rise tells of the images as they are too, and how many faces were wrong in one of
 * the two only; the difference of two rises tells of both groups'. */
static bool rise_rests(const struct hiding *h, const struct finding *r)
{
    bool rests = rests_on(h, r->backend, r->metric, r->group, h->study->clean);

    if (!strcmp(metric_kind(r->metric), "rise"))
        return rests || (r->n > 0 &&
                         r->x - llround(r->estimate * (double)r->n) < h->limit);
    rests |= rests_on(h, r->backend, r->metric, r->versus, h->study->clean);
    for (size_t i = 0; i < h->f->n && !rests; i++) {
        const struct finding *f = &h->f->rows[i];
        rests = h->hidden[i] && !strcmp(metric_kind(f->metric), "rise") &&
                !strcmp(f->backend, r->backend) && !strcmp(f->point, r->point) &&
                !strncmp(f->metric, r->metric, strcspn(r->metric, ".") + 1) &&
                (!strcmp(f->group, r->group) || !strcmp(f->group, r->versus));
    }
    return rests;
}

static void find_contrasts(struct hiding *h)
{
    for (size_t i = 0; i < h->f->n; i++) {
        const struct finding *r = &h->f->rows[i];
        const char *kind = metric_kind(r->metric);
        struct group g;
        if (h->base[i])
            continue;
        bool rests = is_small(h, r) ||
                     rests_on(h, r->backend, r->metric, r->group, r->point) ||
                     rests_on(h, r->backend, r->metric, r->versus, r->point);
        if (!strncmp(kind, "share", 5) || !strcmp(kind, "base_share"))
            rests |= rests_on(h, r->backend, r->metric, "all", r->point);
        if (!strncmp(kind, "improvement", 11))
            rests |= rests_on(h, r->backend, r->metric, r->group, r->versus);
        if (!strncmp(kind, "rise", 4))
            rests |= rise_rests(h, r);
        if (!strncmp(kind, "excess", 6))
            rests |= rival_rests(h, r);
        if (*kind && group_parse(&g, &h->study->axes, r->group, NULL) < 0)
            rests |= spread_rests(h, r);
        if (rests)
            hide(h, i);
    }
}

static void blank(struct finding *r)
{
    r->estimate = r->lo = r->hi = r->n_eff = r->df = r->p = r->p_adj = NAN;
    r->x = r->n = r->n_lo = r->n_hi = r->failed = r->clusters = -1;
    r->flag = FLAG_SUPPRESSED;
    r->note = "suppressed: a count is below the limit, or would give one away";
}

/* The failures of a group stand beside its errors too. */
static void blank_failed(struct hiding *h)
{
    for (size_t i = 0; i < h->f->n; i++)
        if (h->base[i] && !h->hidden[i] && h->f->rows[i].failed >= 0 &&
            (h->f->rows[i].failed < h->limit ||
             rests_on(h, h->f->rows[i].backend, "fta", h->f->rows[i].group,
                      h->f->rows[i].point)))
            h->f->rows[i].failed = -1;
}

static void blank_claims(const struct hiding *h, struct claims *claims)
{
    for (size_t i = 0; i < claims->n; i++)
        for (size_t k = 0; k < claims->claims[i].n_parts; k++) {
            struct claim_part *part = &claims->claims[i].parts[k];
            bool rests = false;
            for (size_t r = 0; r < part->n_rows; r++)
                rests |= part->rows[r] >= 1 && part->rows[r] <= h->f->n &&
                         h->hidden[part->rows[r] - 1];
            if (rests)
                part->p = claims->claims[i].p = claims->claims[i].p_holm = NAN;
        }
}

size_t suppress(const struct study *study, struct findings *f, struct claims *claims)
{
    struct hiding h = { .study = study, .f = f, .limit = study->suppress };
    size_t rows = 0;

    if (!study->suppress)
        return 0;
    h.hidden = mem_array(f->n, sizeof *h.hidden);
    h.base = mem_array(f->n, sizeof *h.base);
    h.group = mem_array(f->n, sizeof *h.group);
    h.axes = mem_array(f->n, sizeof *h.axes);
    find_rates(&h);
    do {
        h.changed = false;
        for (size_t i = 0; i < f->n; i++)
            if (h.base[i]) {
                settle_groups(&h, i);
                settle_metrics(&h, i);
            }
    } while (h.changed);
    find_contrasts(&h);
    blank_failed(&h);
    blank_claims(&h, claims);
    for (size_t i = 0; i < f->n; i++)
        if (h.hidden[i]) {
            blank(&f->rows[i]);
            rows++;
        }
    free(h.hidden);
    free(h.base);
    free(h.group);
    free(h.axes);
    return rows;
}
