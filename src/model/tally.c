/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "model/metric.h"

static const char *const columns[] = {
    "backend", "metric", "group", "x", "n", "n_lo", "n_hi", "derived", "source"
};
enum { BACKEND, METRIC, GROUP, X, N, N_LO, N_HI, DERIVED, SOURCE, COLUMNS };

void tally_init(struct tally *t, const struct axes *axes)
{
    *t = (struct tally){ ARENA_INIT, *axes, NULL, 0, 0 };
}

void tally_release(struct tally *t)
{
    free(t->counts);
    arena_release(&t->arena);
    *t = (struct tally){ ARENA_INIT, { NULL, 0 }, NULL, 0, 0 };
}

/* A count in a cell, or `otherwise` where the cell is empty. */
static int read_count(const struct csv_table *csv, size_t row, int column,
                      int64_t otherwise, int64_t *out, struct err *err)
{
    const char *cell = csv_table_cell(csv, row, (size_t)column);

    *out = otherwise;
    if (!*cell && otherwise >= 0)
        return 0;
    if (num_parse_int64(cell, out) && *out >= 0 && *out <= (int64_t)1 << 53)
        return 0;
    *out = 0;
    return err_add(err, ERR_INPUT, "%s:%zu: %s is '%.40s', expected a whole number "
                   "from 0 to 2^53", csv->path, csv->lines[row], columns[column], cell);
}

/* Splits `fpir@native=80` into metric and point. */
static int read_metric(struct tally *t, struct count *c, const char *cell,
                       const char *path, struct err *err)
{
    const char *at = strchrnul(cell, '@');

    c->metric = arena_strndup(&t->arena, cell, (size_t)(at - cell));
    c->point = *at ? arena_strdup(&t->arena, at + 1) : "";
    const struct metric *m = metric_find(c->metric);
    if (m && !*metric_kind(c->metric) && (!*at || at[1]))
        return 0;

    struct text known = TEXT_INIT;
    size_t n;
    const struct metric *table = metric_table(&n);
    for (size_t i = 0; i < n; i++)
        text_addf(&known, "%s%s", i ? ", " : "", table[i].name);
    int code = err_add(err, ERR_INPUT, "%s:%zu: metric is '%.60s', expected one of %s, "
                       "with an operating point behind '@' if there is one", path,
                       c->line, cell, known.s);
    text_release(&known);
    return code;
}

static int read_row(struct tally *t, const struct csv_table *csv, const int *at,
                    size_t row, struct err *err)
{
    struct count c = { .line = csv->lines[row] };
    struct text why = TEXT_INIT;
    size_t before = err->count;
    const char *cell[COLUMNS];
    int64_t v[N_HI + 1];

    for (int i = 0; i < COLUMNS; i++)
        cell[i] = csv_table_cell(csv, row, (size_t)at[i]);
    c.backend = arena_strdup(&t->arena, cell[BACKEND]);
    c.source = arena_strdup(&t->arena, cell[SOURCE]);
    read_metric(t, &c, cell[METRIC], csv->path, err);
    if (group_parse(&c.group, &t->axes, cell[GROUP], &why) < 0)
        err_add(err, ERR_INPUT, "%s:%zu: %s", csv->path, c.line, why.s);
    text_reset(&why);
    group_add(&why, &t->axes, &c.group);
    c.name = arena_strdup(&t->arena, why.s);
    text_release(&why);

    for (int i = X; i <= N_HI; i++)
        read_count(csv, row, at[i], i == N_LO || i == N_HI ? v[N] : -1, &v[i], err);
    c.x = v[X], c.n = v[N], c.n_lo = v[N_LO], c.n_hi = v[N_HI];
    if (!strcmp(cell[DERIVED], "yes"))
        c.derived = true;
    else if (strcmp(cell[DERIVED], "no"))
        err_add(err, ERR_INPUT, "%s:%zu: derived is '%.40s', expected yes or no",
                csv->path, c.line, cell[DERIVED]);
    if (err->count == before) {
        if (c.x > c.n)
            err_add(err, ERR_INPUT, "%s:%zu: x is %lld and n is %lld, expected x at "
                    "most n", csv->path, c.line, (long long)c.x, (long long)c.n);
        else if (c.n_lo > c.n || c.n_hi < c.n || c.x > c.n_lo)
            err_add(err, ERR_INPUT, "%s:%zu: n is %lld in the range %lld to %lld, "
                    "expected x <= n_lo <= n <= n_hi", csv->path, c.line,
                    (long long)c.n, (long long)c.n_lo, (long long)c.n_hi);
        else if (c.n == 0)
            err_add(err, ERR_INPUT, "%s:%zu: n is 0, expected 1 or more (leave out a "
                    "group nobody is in)", csv->path, c.line);
        const struct count *twin = tally_find(t, c.backend, c.metric, c.point, &c.group);
        if (twin)
            err_add(err, ERR_INPUT, "%s:%zu: the same backend, metric and group as in "
                    "line %zu ('%s', %s, %s), expected each once", csv->path, c.line,
                    twin->line, c.backend, cell[METRIC], c.name);
    }
    MEM_ROOM(t->counts, t->n, t->cap);
    t->counts[t->n++] = c;
    return err->count == before ? 0 : ERR_INPUT;
}

int tally_read_counts(struct tally *t, const char *path, struct err *err)
{
    struct csv_table csv;
    int at[COLUMNS], code;

    code = csv_table_load(&csv, path, &(struct csv_options){ .comments = true }, err);
    if (code)
        return code;
    for (int i = 0; i < COLUMNS; i++) {
        at[i] = (int)csv_table_column(&csv, columns[i]);
        if (at[i] < 0)
            code = err_add(err, ERR_INPUT, "%s:1: no column '%s', expected backend,"
                           "metric,group,x,n,n_lo,n_hi,derived,source", path,
                           columns[i]);
    }
    if (!code && csv.columns > COLUMNS)
        code = err_add(err, ERR_INPUT, "%s:1: %zu columns, expected backend,metric,"
                       "group,x,n,n_lo,n_hi,derived,source", path, csv.columns);
    if (!code && csv.rows > TALLY_MAX_COUNTS - t->n)
        code = err_add(err, ERR_LIMIT, "%s: %zu rows, expected at most %d", path,
                       csv.rows, TALLY_MAX_COUNTS);
    if (!code)
        for (size_t r = 0; r < csv.rows; r++)
            if (read_row(t, &csv, at, r, err) < 0)
                code = ERR_INPUT; /* and go on: every fault is listed */
    csv_table_release(&csv);
    return code;
}

void tally_write_counts(const struct tally *t, const char *backend, struct text *to)
{
    struct csv_out w = csv_out(to);
    struct text metric = TEXT_INIT;

    for (int i = 0; i < COLUMNS; i++)
        csv_put(&w, columns[i]);
    csv_end(&w);
    for (size_t i = 0; i < t->n; i++) {
        const struct count *c = &t->counts[i];
        if (backend && strcmp(c->backend, backend))
            continue;
        text_reset(&metric);
        text_add(&metric, c->metric);
        if (*c->point)
            text_addf(&metric, "@%s", c->point);
        csv_put(&w, c->backend);
        csv_put(&w, metric.s);
        csv_put(&w, c->name);
        csv_put_int(&w, c->x);
        csv_put_int(&w, c->n);
        csv_put_int(&w, c->n_lo);
        csv_put_int(&w, c->n_hi);
        csv_put(&w, c->derived ? "yes" : "no");
        csv_put(&w, c->source);
        csv_end(&w);
    }
    text_release(&metric);
}

static bool is_about(const struct count *c, const char *backend, const char *metric,
                     const char *point)
{
    return !strcmp(c->backend, backend) && !strcmp(c->metric, metric) &&
           !strcmp(c->point, point);
}

void tally_overlay(struct tally *t, const struct tally *base)
{
    size_t own = t->n;

    for (size_t i = 0; i < base->n; i++) {
        const struct count *c = &base->counts[i];
        bool replaced = false;
        for (size_t k = 0; k < own && !replaced; k++)
            replaced = is_about(&t->counts[k], c->backend, c->metric, c->point);
        if (replaced)
            continue;
        MEM_ROOM(t->counts, t->n, t->cap);
        t->counts[t->n++] = *c;
    }
}

const struct count *tally_find(const struct tally *t, const char *backend,
                               const char *metric, const char *point,
                               const struct group *g)
{
    for (size_t i = 0; i < t->n; i++)
        if (is_about(&t->counts[i], backend, metric, point) &&
            group_equal(&t->counts[i].group, g, t->axes.n))
            return &t->counts[i];
    return NULL;
}

/* Groups of the axes `set` that lie inside g. */
static size_t groups_inside(const struct axes *axes, unsigned set, const struct group *g)
{
    size_t n = 1;

    for (size_t i = 0; i < axes->n; i++)
        if (set & 1u << i && g->value[i] == GROUP_OPEN)
            n *= axes->axes[i].n;
    return n;
}

/* Sums the rows that fix exactly the axes `set` inside g; false unless every
 * group of that set has its row. */
static bool sum_set(const struct tally *t, const char *backend, const char *metric,
                    const char *point, const struct group *g, unsigned set,
                    struct count *out)
{
    size_t found = 0;

    *out = (struct count){ .group = *g, .source = "" };
    for (size_t i = 0; i < t->n; i++) {
        const struct count *c = &t->counts[i];
        if (!is_about(c, backend, metric, point) ||
            group_axes(&c->group, t->axes.n) != set ||
            !group_within(&c->group, g, t->axes.n))
            continue;
        found++;
        out->backend = c->backend;
        out->metric = c->metric;
        out->point = c->point;
        out->x += c->x;
        if (metric_find(metric)->census) {
            out->n = c->n; /* the size of the whole set, in every row */
            out->n_lo = c->n_lo;
            out->n_hi = c->n_hi;
        } else {
            out->n += c->n;
            out->n_lo += c->n_lo;
            out->n_hi += c->n_hi;
        }
        out->derived |= c->derived;
        if (!*out->source)
            out->source = c->source;
    }
    return found > 0 && found == groups_inside(&t->axes, set, g);
}

/* The next set of axes after `*set`, larger than and containing `own`, by
 * number of axes; false when there is none. */
static bool next_superset(unsigned own, size_t axes, unsigned *set)
{
    unsigned best = 0;
    int best_bits = 99;

    for (unsigned s = own; s < 1u << axes; s = (s + 1) | own) {
        int bits = __builtin_popcount(s), last = __builtin_popcount(*set);
        bool after = bits > last || (bits == last && s > *set);
        if (after && (bits < best_bits || (bits == best_bits && s < best)))
            best = s, best_bits = bits;
    }
    *set = best;
    return best_bits != 99;
}

bool tally_sum(const struct tally *t, const char *backend, const char *metric,
               const char *point, const struct group *g, struct count *out)
{
    const struct count *own = tally_find(t, backend, metric, point, g);

    if (own) {
        *out = *own;
        return true;
    }
    unsigned axes = group_axes(g, t->axes.n), set = axes;
    while (next_superset(axes, t->axes.n, &set))
        if (sum_set(t, backend, metric, point, g, set, out))
            return true;
    return false;
}

int tally_check_sums(const struct tally *t, const char *path, struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct count *c = &t->counts[i];
        unsigned axes = group_axes(&c->group, t->axes.n), set = axes;
        struct count sum;

        while (next_superset(axes, t->axes.n, &set)) {
            if (!sum_set(t, c->backend, c->metric, c->point, &c->group, set, &sum))
                continue;
            if (sum.x != c->x || sum.n_hi < c->n_lo || sum.n_lo > c->n_hi)
                code = err_add(err, ERR_INPUT, "%s:%zu: '%s' has %lld of %lld, but the "
                               "groups inside it sum to %lld of %lld, expected the "
                               "same", path, c->line, c->name, (long long)c->x,
                               (long long)c->n, (long long)sum.x, (long long)sum.n);
        }
    }
    return code;
}

static bool put_distinct(const char **out, size_t *n, size_t max, const char *s)
{
    for (size_t i = 0; i < *n; i++)
        if (!strcmp(out[i], s))
            return true;
    if (*n == max)
        return false;
    out[(*n)++] = s;
    return true;
}

size_t tally_backends(const struct tally *t, const char **out, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++)
        if (*t->counts[i].backend && !put_distinct(out, &n, max, t->counts[i].backend))
            break;
    return n;
}

size_t tally_points(const struct tally *t, const char *metric, const char **out,
                    size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++)
        if (!strcmp(t->counts[i].metric, metric) &&
            !put_distinct(out, &n, max, t->counts[i].point))
            break;
    return n;
}
