/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/tally.h"

#include <assert.h>
#include <stdint.h>
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
    *t = (struct tally){ .arena = ARENA_INIT, .axes = *axes };
}

void tally_release(struct tally *t)
{
    free(t->counts);
    free(t->series);
    arena_release(&t->arena);
    *t = (struct tally){ .arena = ARENA_INIT };
}

static struct tally_series *find_series(const struct tally *t, const char *backend,
                                        const char *metric, const char *point)
{
    for (size_t i = 0; i < t->n_series; i++) {
        struct tally_series *s = &t->series[i];
        if (!strcmp(s->backend, backend) && !strcmp(s->metric, metric) &&
            !strcmp(s->point, point))
            return s;
    }
    return NULL;
}

static void add_count(struct tally *t, struct count c)
{
    struct tally_series *s = find_series(t, c.backend, c.metric, c.point);

    if (s) {
        t->counts[s->last].next = t->n;
    } else {
        MEM_ROOM(t->series, t->n_series, t->cap_series);
        s = &t->series[t->n_series++];
        *s = (struct tally_series){ c.backend, c.metric, c.point, t->n, t->n };
    }
    s->last = t->n;
    c.next = TALLY_END;
    c.axes = group_axes(&c.group, t->axes.n);
    MEM_ROOM(t->counts, t->n, t->cap);
    t->counts[t->n++] = c;
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

    metric_add_names(&known);
    int code = err_add(err, ERR_INPUT, "%s:%zu: metric is '%.60s', expected one of %s, "
                       "with an operating point behind '@' if there is one", path,
                       c->line, cell, known.s);
    text_release(&known);
    return code;
}

/* What the counts of a row must obey; cells are the caller's. */
static void check_counts(const struct count *c, struct err *err)
{
    if (c->x > c->n)
        err_add(err, ERR_INPUT, "%s:%zu: x is %lld and n is %lld, expected x at most n",
                c->path, c->line, (long long)c->x, (long long)c->n);
    else if (c->n == 0)
        err_add(err, ERR_INPUT, "%s:%zu: n is 0, expected 1 or more (leave out a group "
                "nobody is in)", c->path, c->line);
    else if (c->n_lo > c->n || c->n_hi < c->n || c->x > c->n_lo || c->n_lo == 0)
        err_add(err, ERR_INPUT, "%s:%zu: x is %lld and n is %lld in the range %lld to "
                "%lld, expected 1 <= n_lo and x <= n_lo <= n <= n_hi", c->path, c->line,
                (long long)c->x, (long long)c->n, (long long)c->n_lo,
                (long long)c->n_hi);
}

/* Whose row it is: a census has no backend, everything else has one. */
static void check_backend(const struct tally *t, const struct count *c,
                          struct err *err)
{
    const struct metric *m = metric_find(c->metric);
    char cut[TEXT_CUT];

    if (strlen(c->backend) > TALLY_MAX_BACKEND)
        err_add(err, ERR_INPUT, "%s:%zu: backend is '%s', expected a name of at most %d "
                "bytes", c->path, c->line, text_cut(cut, c->backend), TALLY_MAX_BACKEND);
    if (m && m->census && *c->backend)
        err_add(err, ERR_INPUT, "%s:%zu: '%s' describes the data set itself, expected an "
                "empty backend, not '%s'", c->path, c->line, c->metric,
                text_cut(cut, c->backend));
    if (m && !m->census && !*c->backend)
        err_add(err, ERR_INPUT, "%s:%zu: '%s' has no backend, expected the name of one",
                c->path, c->line, c->metric);
    if (t->n_series == TALLY_MAX_SERIES &&
        !find_series(t, c->backend, c->metric, c->point))
        err_add(err, ERR_LIMIT, "%s:%zu: one more backend, metric or point, expected at "
                "most %d together", c->path, c->line, TALLY_MAX_SERIES);
}

static void read_row(struct tally *t, const struct csv_table *csv, const char *path,
                     const int *at, size_t row, struct err *err)
{
    struct count c = { .path = path, .line = csv->lines[row] };
    struct text why = TEXT_INIT;
    size_t before = err->count;
    const char *cell[COLUMNS];
    int64_t v[N_HI + 1];

    for (int i = 0; i < COLUMNS; i++)
        cell[i] = csv_table_cell(csv, row, (size_t)at[i]);
    c.backend = arena_strdup(&t->arena, cell[BACKEND]);
    c.source = arena_strdup(&t->arena, cell[SOURCE]);
    if (read_metric(t, &c, cell[METRIC], csv->path, err) == 0)
        check_backend(t, &c, err);
    if (group_parse(&c.group, &t->axes, cell[GROUP], &why) < 0)
        err_add(err, ERR_INPUT, "%s:%zu: %s", csv->path, c.line, why.s);
    text_reset(&why);
    group_add(&why, &t->axes, &c.group);
    c.name = arena_strdup(&t->arena, why.s);
    text_release(&why);

    size_t counts = err->count;
    for (int i = X; i <= N_HI; i++)
        read_count(csv, row, at[i], i == N_LO || i == N_HI ? v[N] : -1, &v[i], err);
    c.x = v[X], c.n = v[N], c.n_lo = v[N_LO], c.n_hi = v[N_HI];
    if (err->count == counts)
        check_counts(&c, err);
    if (!strcmp(cell[DERIVED], "yes"))
        c.derived = true;
    else if (strcmp(cell[DERIVED], "no"))
        err_add(err, ERR_INPUT, "%s:%zu: derived is '%.40s', expected yes or no",
                csv->path, c.line, cell[DERIVED]);
    if (err->count > before)
        return;
    const struct count *twin = tally_find(t, c.backend, c.metric, c.point, &c.group);
    if (twin)
        err_add(err, ERR_INPUT, "%s:%zu: the same backend, metric and group as in line "
                "%zu ('%s', %s, %s), expected each once", csv->path, c.line, twin->line,
                c.backend, cell[METRIC], c.name);
    else
        add_count(t, c);
}

/* All n together must leave room for sums. */
static int check_total(const struct tally *t, const char *path, struct err *err)
{
    int64_t total = 0;

    for (size_t i = 0; i < t->n; i++)
        if (__builtin_add_overflow(total, t->counts[i].n_hi, &total) ||
            total >= (int64_t)1 << 62)
            return err_add(err, ERR_LIMIT, "%s: the trials of all rows sum to 2^62 or "
                           "more, expected less", path);
    return 0;
}

int tally_read_counts(struct tally *t, const char *path, struct err *err)
{
    struct csv_table csv;
    int at[COLUMNS], code;

    code = csv_table_load(&csv, path, &(struct csv_options){ .comments = true }, err);
    if (code)
        return code;
    code = csv_table_columns(&csv, columns, COLUMNS, at, err);
    if (!code && csv.columns > COLUMNS)
        code = err_add(err, ERR_INPUT, "%s:1: %zu columns, expected backend,metric,"
                       "group,x,n,n_lo,n_hi,derived,source", path, csv.columns);
    if (!code && csv.rows > TALLY_MAX_COUNTS - t->n)
        code = err_add(err, ERR_LIMIT, "%s: %zu rows, expected at most %d", path,
                       csv.rows, TALLY_MAX_COUNTS);
    if (!code) {
        const char *kept = arena_strdup(&t->arena, path);
        size_t before = err->count;
        for (size_t r = 0; r < csv.rows; r++)
            read_row(t, &csv, kept, at, r, err); /* every fault is listed */
        code = err->count > before ? ERR_INPUT : check_total(t, path, err);
    }
    csv_table_release(&csv);
    return code;
}

static const double *keep_reals(struct tally *t, const double *v, size_t n)
{
    double *kept = arena_array(&t->arena, n, sizeof *kept);

    memcpy(kept, v, n * sizeof *kept);
    return kept;
}

static const struct tally_people *keep_people(struct tally *t,
                                              const struct tally_people *people)
{
    if (!people)
        return NULL;
    struct tally_people *kept = arena_alloc(&t->arena, sizeof *kept);
    uint32_t *subject = arena_array(&t->arena, people->n, sizeof *subject);
    memcpy(subject, people->subject, people->n * sizeof *subject);
    *kept = (struct tally_people){ people->n, subject,
                                   keep_reals(t, people->trials, people->n),
                                   keep_reals(t, people->hits, people->n) };
    return kept;
}

int tally_add(struct tally *t, const struct count *count, struct err *err)
{
    struct text name = TEXT_INIT;
    struct count c = *count;

    assert(c.x >= 0 && c.x <= c.n_lo && 1 <= c.n_lo && c.n_lo <= c.n && c.n <= c.n_hi);
    assert(metric_find(c.metric) && metric_find(c.metric)->census == !*c.backend);
    assert(!tally_find(t, c.backend, c.metric, c.point, &c.group));
    if (t->n == TALLY_MAX_COUNTS || t->n_series == TALLY_MAX_SERIES)
        return err_add(err, ERR_LIMIT, "more than %d counts, or %d backends, metrics and "
                       "points, expected fewer groups or backends", TALLY_MAX_COUNTS,
                       TALLY_MAX_SERIES - 1);
    group_add(&name, &t->axes, &c.group);
    c.name = arena_strdup(&t->arena, name.s);
    c.backend = arena_strdup(&t->arena, c.backend);
    c.metric = arena_strdup(&t->arena, c.metric);
    c.point = arena_strdup(&t->arena, c.point);
    c.source = arena_strdup(&t->arena, c.source);
    c.path = arena_strdup(&t->arena, c.path ? c.path : "");
    c.people = keep_people(t, c.people);
    add_count(t, c);
    text_release(&name);
    return 0;
}

int tally_adopt_people(struct tally *t, const struct tally *from, struct err *err)
{
    for (size_t i = 0; i < t->n; i++) {
        struct count *c = &t->counts[i];
        const struct count *same = tally_find(from, c->backend, c->metric, c->point,
                                              &c->group);
        if (!*c->backend)
            continue;
        if (!same || same->x != c->x || same->n != c->n)
            return err_add(err, ERR_INPUT, "%s:%zu: '%s' has %lld of %lld, but its outputs "
                           "have %lld of %lld, expected the same", c->path, c->line,
                           c->name, (long long)c->x, (long long)c->n,
                           same ? (long long)same->x : 0LL,
                           same ? (long long)same->n : 0LL);
        c->people = keep_people(t, same->people);
    }
    return 0;
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

void tally_overlay(struct tally *t, const struct tally *base)
{
    size_t own = t->n_series;

    for (size_t i = 0; i < base->n; i++) {
        const struct count *c = &base->counts[i];
        const struct tally_series *s = find_series(t, c->backend, c->metric, c->point);
        if (!s || s >= t->series + own)
            add_count(t, *c);
    }
}

void tally_arrange(struct tally *t, const char *const *backends, size_t n)
{
    struct tally old = *t;

    t->counts = NULL;
    t->series = NULL;
    t->n = t->cap = t->n_series = t->cap_series = 0;
    for (size_t k = 0; k <= n; k++)
        for (size_t i = 0; i < old.n; i++)
            if (!strcmp(old.counts[i].backend, k ? backends[k - 1] : ""))
                add_count(t, old.counts[i]);
    free(old.counts);
    free(old.series);
}

bool tally_has(const struct tally *t, const char *backend, const char *metric,
               const char *point)
{
    return find_series(t, backend, metric, point) != NULL;
}

bool tally_has_metric(const struct tally *t, const char *metric)
{
    for (size_t i = 0; i < t->n_series; i++)
        if (!strcmp(t->series[i].metric, metric))
            return true;
    return false;
}

const struct count *tally_find(const struct tally *t, const char *backend,
                               const char *metric, const char *point,
                               const struct group *g)
{
    const struct tally_series *s = find_series(t, backend, metric, point);
    unsigned set = group_axes(g, t->axes.n);

    for (size_t i = s ? s->first : TALLY_END; i != TALLY_END; i = t->counts[i].next)
        if (t->counts[i].axes == set && group_equal(&t->counts[i].group, g, t->axes.n))
            return &t->counts[i];
    return NULL;
}

/* The sum over the rows that fix exactly one set of axes inside a group. */
struct sum {
    size_t rows;
    bool checked;
    int64_t x, n, n_lo, n_hi;
    bool derived, people;
    const char *source; /* of the first row that says one */
};

/* True if a row lies inside a group that fixes the axes `set`. */
static bool is_inside(const struct tally *t, const struct count *c,
                      const struct group *g, unsigned set)
{
    return (c->axes & set) == set && group_within(&c->group, g, t->axes.n);
}

/* Groups of the axes `set` that lie inside g; SIZE_MAX where that is too many to
 * say. */
static size_t groups_inside(const struct axes *axes, unsigned set, const struct group *g)
{
    size_t n = 1;

    for (size_t i = 0; i < axes->n; i++)
        if (set & 1u << i && g->value[i] == GROUP_OPEN &&
            __builtin_mul_overflow(n, axes->axes[i].n, &n))
            return SIZE_MAX;
    return n;
}

/* Room for a sum of every set of axes, all zero; free() it. */
static struct sum *new_sums(const struct tally *t)
{
    return mem_array((size_t)1 << t->axes.n, sizeof(struct sum));
}

/* Into `sums`, indexed by the bits of a set: those of every set of axes larger
 * than that of g that has rows, in one pass over the series. */
static void sum_inside(const struct tally *t, const struct tally_series *s,
                       const struct group *g, struct sum *sums)
{
    bool census = metric_find(s->metric)->census;
    unsigned own = group_axes(g, t->axes.n);

    for (size_t i = s->first; i != TALLY_END; i = t->counts[i].next) {
        const struct count *c = &t->counts[i];
        if (c->axes == own || !is_inside(t, c, g, own))
            continue;
        struct sum *sum = &sums[c->axes];
        if (census) /* the size of the whole set, in every row */
            sum->n = sum->n_lo = sum->n_hi = 0;
        sum->rows++;
        sum->x += c->x;
        sum->n += c->n;
        sum->n_lo += c->n_lo;
        sum->n_hi += c->n_hi;
        sum->derived |= c->derived;
        sum->people |= c->people != NULL;
        if (!sum->source || !*sum->source)
            sum->source = c->source;
    }
}

/* True if the rows summed are one for every group of the set inside g. */
static bool is_cover(const struct tally *t, const struct sum *sums, unsigned set,
                     const struct group *g)
{
    return sums[set].rows && sums[set].rows == groups_inside(&t->axes, set, g);
}

/* The smallest set of axes with rows for every group inside g; false if there is
 * none. */
static bool best_cover(const struct tally *t, const struct tally_series *s,
                       const struct sum *sums, const struct group *g, unsigned *best)
{
    int best_bits = GROUP_MAX_AXES + 1;

    for (size_t i = s->first; i != TALLY_END; i = t->counts[i].next) {
        unsigned set = t->counts[i].axes;
        int bits = __builtin_popcount(set);
        if ((bits < best_bits || (bits == best_bits && set < *best)) &&
            is_cover(t, sums, set, g))
            *best = set, best_bits = bits;
    }
    return best_bits <= GROUP_MAX_AXES;
}

bool tally_sum(const struct tally *t, const char *backend, const char *metric,
               const char *point, const struct group *g, struct count *out)
{
    const struct count *own = tally_find(t, backend, metric, point, g);
    const struct tally_series *s = find_series(t, backend, metric, point);
    unsigned best = 0;

    if (own) {
        *out = *own;
        return true;
    }
    if (!s || metric_find(metric)->pairs)
        return false;
    struct sum *sums = new_sums(t);
    sum_inside(t, s, g, sums);
    bool any = best_cover(t, s, sums, g, &best) && !sums[best].people;
    if (any)
        *out = (struct count){
            .backend = s->backend, .metric = s->metric, .point = s->point, .group = *g,
            .name = "", .x = sums[best].x, .n = sums[best].n, .n_lo = sums[best].n_lo,
            .n_hi = sums[best].n_hi, .derived = sums[best].derived,
            .source = sums[best].source, .next = TALLY_END
        };
    free(sums);
    return any;
}

size_t tally_parts(const struct tally *t, const char *backend, const char *metric,
                   const char *point, const struct group *g, const struct count **out,
                   size_t max)
{
    const struct count *own = tally_find(t, backend, metric, point, g);
    const struct tally_series *s = find_series(t, backend, metric, point);
    unsigned best = 0;
    size_t n = 0;

    if (own && max) {
        out[0] = own;
        return 1;
    }
    if (!s || metric_find(metric)->pairs)
        return 0;
    struct sum *sums = new_sums(t);
    sum_inside(t, s, g, sums);
    if (best_cover(t, s, sums, g, &best))
        for (size_t i = s->first; i != TALLY_END && n < max; i = t->counts[i].next)
            if (t->counts[i].axes == best && group_within(&t->counts[i].group, g,
                                                          t->axes.n))
                out[n++] = &t->counts[i];
    free(sums);
    return n;
}

/* One row against a row inside it: against the sum of all like it if they are all
 * there, against it alone otherwise. */
static int check_part(const struct tally *t, const struct count *c,
                      const struct count *part, struct sum *sums, struct err *err)
{
    struct sum *sum = &sums[part->axes];

    if (is_cover(t, sums, part->axes, &c->group)) {
        bool same = sum->checked ||
            (sum->x == c->x && sum->n_hi >= c->n_lo && sum->n_lo <= c->n_hi);
        sum->checked = true;
        if (same)
            return 0;
        return err_add(err, ERR_INPUT, "%s:%zu: '%s' has %lld of %lld, but the groups "
                       "inside it sum to %lld of %lld, expected the same", c->path,
                       c->line, c->name, (long long)c->x, (long long)c->n,
                       (long long)sum->x, (long long)sum->n);
    }
    if (part->x <= c->x && part->n <= c->n &&
        (metric_find(c->metric)->census || part->n - part->x <= c->n - c->x))
        return 0;
    return err_add(err, ERR_INPUT, "%s:%zu: '%s' has %lld of %lld, which cannot lie within "
                   "the %lld of %lld of '%s' in line %zu, expected a part of them",
                   part->path, part->line, part->name, (long long)part->x,
                   (long long)part->n, (long long)c->x, (long long)c->n, c->name,
                   c->line);
}

int tally_check_sums(const struct tally *t, struct err *err)
{
    struct sum *sums = new_sums(t);
    int code = 0, one;

    for (size_t k = 0; k < t->n_series; k++) {
        const struct tally_series *s = &t->series[k];
        if (metric_find(s->metric)->pairs)
            continue;
        for (size_t i = s->first; i != TALLY_END; i = t->counts[i].next) {
            const struct count *c = &t->counts[i];
            sum_inside(t, s, &c->group, sums);
            for (size_t p = s->first; p != TALLY_END; p = t->counts[p].next) {
                const struct count *part = &t->counts[p];
                if (part != c && is_inside(t, part, &c->group, c->axes) &&
                    (one = check_part(t, c, part, sums, err)))
                    code = one;
            }
            for (size_t p = s->first; p != TALLY_END; p = t->counts[p].next)
                sums[t->counts[p].axes] = (struct sum){ 0 };
        }
    }
    free(sums);
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
