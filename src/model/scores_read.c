/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of scores, read back: scores.json, cells.csv and identification.csv. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json_read.h"
#include "model/scores_files.h"

#define JSON_MAX ((size_t)256 << 20)

struct reading {
    struct scores *s;
    const char *path;
    struct text text;
    struct err *err;
    int code;
};

/* The first fault; after it nothing more is looked at. */
static void fault(struct reading *r, const char *key, const char *expected)
{
    if (!r->code)
        r->code = err_add(r->err, ERR_INPUT, "%s: %s: expected %s", r->path, key, expected);
}

/* A scalar's text, "" with a fault if it is none; NULL of JSON is "null". */
static const char *scalar(struct reading *r, const struct json_value *map, const char *key)
{
    const struct json_value *v = r->code ? NULL : json_member(map, key);

    text_reset(&r->text);
    if (v && json_kind(v) == JSON_KIND_NULL)
        text_add(&r->text, "null");
    else if (v && json_kind(v) == JSON_KIND_SCALAR)
        json_add_text(v, &r->text);
    else
        fault(r, key, "a value");
    return r->text.s;
}

static uint64_t whole(struct reading *r, const struct json_value *map, const char *key,
                      uint64_t most)
{
    int64_t v = 0;

    if (!num_parse_int64(scalar(r, map, key), &v) || v < 0 || (uint64_t)v > most)
        fault(r, key, "a whole number, and none too large");
    return r->code ? 0 : (uint64_t)v;
}

static double number(struct reading *r, const struct json_value *map, const char *key,
                     double if_null)
{
    const char *text = scalar(r, map, key);
    double v = 0;

    if (!strcmp(text, "null") && !isnan(if_null))
        return if_null;
    if (!num_parse_double(text, &v))
        fault(r, key, "a number");
    return v;
}

static bool yes(struct reading *r, const struct json_value *map, const char *key)
{
    const char *text = scalar(r, map, key);
    bool is = !strcmp(text, "true");

    if (!is && strcmp(text, "false"))
        fault(r, key, "true or false");
    return is;
}

/* Which of the names, ends with NULL. */
static size_t choice(struct reading *r, const struct json_value *map, const char *key,
                     const char *const *names)
{
    const char *text = scalar(r, map, key);

    for (size_t i = 0; names[i]; i++)
        if (!strcmp(names[i], text))
            return i;
    struct text known = TEXT_INIT;
    for (size_t i = 0; names[i]; i++)
        text_addf(&known, "%s%s", i ? ", " : "one of ", names[i]);
    fault(r, key, known.s);
    text_release(&known);
    return 0;
}

static const struct json_value *part(struct reading *r, const struct json_value *map,
                                     const char *key, enum json_kind kind)
{
    const struct json_value *v = r->code ? NULL : json_member(map, key);

    if (v && json_kind(v) == kind)
        return v;
    fault(r, key, kind == JSON_KIND_LIST ? "a list" : "a map");
    return NULL;
}

/* A list of at most `most` items; 0 and a fault otherwise. */
static size_t list_of(struct reading *r, const struct json_value *map, const char *key,
                      size_t most, const struct json_value **list)
{
    *list = part(r, map, key, JSON_KIND_LIST);
    if (!*list)
        return 0;
    if (json_list_size(*list) > most)
        fault(r, key, "fewer items");
    return r->code ? 0 : json_list_size(*list);
}

static char **texts(struct reading *r, const struct json_value *map, const char *key,
                    size_t most, size_t *n)
{
    const struct json_value *list;

    *n = list_of(r, map, key, most, &list);
    char **to = arena_array(&r->s->arena, *n, sizeof *to);
    for (size_t i = 0; i < *n; i++) {
        const struct json_value *item = json_list_item(list, i);
        text_reset(&r->text);
        if (json_kind(item) == JSON_KIND_SCALAR)
            json_add_text(item, &r->text);
        else
            fault(r, key, "names");
        to[i] = arena_strdup(&r->s->arena, r->text.s);
    }
    return to;
}

static double *numbers(struct reading *r, const struct json_value *map, const char *key,
                       size_t *n)
{
    char **items = texts(r, map, key, SCORES_MAX_THRESHOLDS, n);
    double *to = arena_array(&r->s->arena, *n, sizeof *to);

    for (size_t i = 0; i < *n; i++)
        if (!num_parse_double(items[i], &to[i]))
            fault(r, key, "numbers");
    return to;
}

static struct scores_roll roll(struct reading *r, const struct json_value *map,
                               const char *key)
{
    const struct json_value *v = part(r, map, key, JSON_KIND_MAP);
    struct scores_roll to = { whole(r, v, "samples", UINT32_MAX), 0 };

    to.failed = whole(r, v, "failed", to.samples);
    return to;
}

static void read_groups(struct reading *r, const struct json_value *root)
{
    struct scores *s = r->s;
    const char *first = s->gallery ? "probes" : "roster";
    const struct json_value *list;

    s->n_groups = list_of(r, root, "groups", SCORES_MAX_GROUPS, &list);
    s->groups = arena_array(&s->arena, s->n_groups, sizeof *s->groups);
    s->rolls = arena_array(&s->arena, s->n_groups, sizeof *s->rolls);
    if (s->gallery)
        s->gallery_rolls = arena_array(&s->arena, s->n_groups, sizeof *s->gallery_rolls);
    for (size_t i = 0; i < s->n_groups && !r->code; i++) {
        const struct json_value *g = json_list_item(list, i);
        s->groups[i] = arena_strdup(&s->arena, scalar(r, g, "group"));
        s->rolls[i] = roll(r, g, first);
        if (s->gallery)
            s->gallery_rolls[i] = roll(r, g, "gallery");
        if (i && strcmp(s->groups[i - 1], s->groups[i]) >= 0)
            fault(r, "groups", "names in their order, each once");
    }
    const struct json_value *without = part(r, root, "without_group", JSON_KIND_MAP);
    s->ungrouped = roll(r, without, first);
    if (s->gallery)
        s->gallery_ungrouped = roll(r, without, "gallery");
}

static void check_thresholds(struct reading *r)
{
    const struct scores *s = r->s;
    bool distance = similarity_is_distance(s->similarity);

    for (size_t i = 1; i < s->n_thresholds; i++)
        if (distance ? !(s->thresholds[i] < s->thresholds[i - 1])
                     : !(s->thresholds[i] > s->thresholds[i - 1]))
            fault(r, "thresholds", "each to be stricter than the one before");
    if (!s->n_thresholds)
        fault(r, "thresholds", "one or more");
    if (!s->bins || s->bins & (s->bins - 1) || !(s->low < s->high) || s->high > 0x1p126 ||
        frexp(s->high, &(int){ 0 }) != .5 ||
        s->low != (similarity_is_from_0(s->similarity) ? 0 : -s->high))
        fault(r, "histogram", "a power of two of bins, and of the range");
}

static void read_exceedances(struct reading *r, const struct json_value *root)
{
    struct scores *s = r->s;
    const struct json_value *v = part(r, root, "exceedances", JSON_KIND_MAP);
    double sign = similarity_is_distance(s->similarity) ? -1 : 1;

    s->floor_asked = number(r, v, "floor_asked", -sign * INFINITY);
    s->floor = number(r, v, "floor", sign * INFINITY);
    s->floor_raised = yes(r, v, "raised");
    s->cap = whole(r, v, "cap", UINT32_MAX);
    s->targets = numbers(r, v, "target_fmr", &s->n_targets);
    s->n_exceedances = (size_t)whole(r, v, "kept", s->cap);
    v = part(r, root, "histogram", JSON_KIND_MAP);
    s->low = number(r, v, "low", NAN);
    s->high = number(r, v, "high", NAN);
    s->bins = (size_t)whole(r, v, "bins", SCORES_MAX_BINS);
}

static void read_inputs(struct reading *r, const struct json_value *root)
{
    struct scores *s = r->s;
    const struct json_value *list;

    s->n_inputs = list_of(r, root, "inputs", 16, &list);
    s->inputs = arena_array(&s->arena, s->n_inputs, sizeof *s->inputs);
    for (size_t i = 0; i < s->n_inputs && !r->code; i++) {
        const struct json_value *v = json_list_item(list, i);
        s->inputs[i].role = arena_strdup(&s->arena, scalar(r, v, "role"));
        const char *hash = scalar(r, v, "sha256");
        if (strlen(hash) != sizeof s->inputs[i].sha256 - 1)
            fault(r, "sha256", "64 digits");
        else
            strcpy(s->inputs[i].sha256, hash);
    }
}

static void read_cells(struct reading *r, const struct json_value *root)
{
    static const char *const kinds[] = { "non-mated", "mated", NULL };
    struct scores *s = r->s;
    const struct json_value *list;

    if (r->code || (r->code = scores_make_cells(s, r->err)))
        return;
    if (list_of(r, root, "cells", s->n_cells, &list) != s->n_cells)
        fault(r, "cells", "a row for every pair of groups, mated and not");
    for (size_t i = 0; i < s->n_cells && !r->code; i++) {
        const struct json_value *v = json_list_item(list, i);
        struct scores_cell *c = &s->cells[i];
        if (strcmp(scalar(r, v, "group_a"), s->groups[c->a]) ||
            strcmp(scalar(r, v, "group_b"), s->groups[c->b]) ||
            choice(r, v, "kind", kinds) != c->mated)
            fault(r, "cells", "all pairs of groups in their order");
        c->comparisons = whole(r, v, "comparisons", INT64_MAX);
        c->lost = whole(r, v, "lost", INT64_MAX);
        c->dyads = whole(r, v, "dyads", c->comparisons);
        c->sum_m2 = number(r, v, "sum_m2", NAN);
    }
}

static void read_json(struct reading *r, const struct json_value *root)
{
    static const char *const modes[] = { "full", "tail", NULL };
    static const char *const trials[] = { "all", "listed", "probes-gallery", NULL };
    static const char *const failures[] = { "exclude", "non-match", NULL };
    static const char *const ways[] = { "none", "max", NULL };
    struct scores *s = r->s;

    if (whole(r, root, "format", UINT32_MAX) != SCORES_FORMAT)
        fault(r, "format", "1");
    s->version = arena_strdup(&s->arena, scalar(r, root, "misid"));
    s->similarity = (enum similarity)choice(r, root, "similarity", similarity_names);
    s->tail = choice(r, root, "mode", modes) == 1;
    size_t which = choice(r, root, "trials", trials);
    s->listed = which == 1;
    s->gallery = which == 2;
    s->lost_are_trials = choice(r, root, "failures", failures) == 1;
    s->axes = texts(r, root, "axes", GROUP_MAX_AXES, &s->n_axes);
    s->same = texts(r, root, "same", GROUP_MAX_AXES, &s->n_same);
    s->thresholds = numbers(r, root, "thresholds", &s->n_thresholds);
    s->n_subjects = (size_t)whole(r, root, "people", UINT32_MAX);
    if (s->gallery) {
        s->top = (size_t)whole(r, root, "top", 10000);
        s->consolidated = choice(r, root, "consolidate", ways) == 1;
    }
    read_exceedances(r, root);
    check_thresholds(r);
    read_groups(r, root);
    read_inputs(r, root);
    read_cells(r, root);
}

/* A whole number of a table, below 2^63. */
static bool cell_whole(const char *text, uint64_t *to)
{
    int64_t v;

    if (!num_parse_int64(text, &v) || v < 0)
        return false;
    *to = (uint64_t)v;
    return true;
}

static int wrong_row(const struct csv_table *t, size_t row, struct err *err)
{
    return err_add(err, ERR_INPUT, "%s:%zu: contradicts scores.json, or is out of order",
                   t->path, row < t->rows ? t->lines[row] : 1);
}

static bool has_header(const struct csv_table *t, const char *header)
{
    struct text text = TEXT_INIT;

    for (size_t i = 0; i < t->columns; i++)
        text_addf(&text, "%s%s", i ? "," : "", t->names[i]);
    bool same = !strcmp(text.s, header);
    text_release(&text);
    return same;
}

static int read_table(struct csv_table *t, const char *dir, const char *name,
                      const char *header, struct err *err)
{
    char *path = path_join(dir, name);
    int code = csv_table_load(t, path, &(struct csv_options){ .max_bytes = CSV_MAX_BYTES },
                              err);

    if (!code && !has_header(t, header)) {
        code = err_add(err, ERR_INPUT, "%s:1: expected the columns %s", path, header);
        csv_table_release(t);
    }
    free(path);
    return code;
}

static int read_cells_csv(struct scores *s, const char *dir, struct err *err)
{
    struct csv_table t;
    int code = read_table(&t, dir, SCORES_CELLS, SCORES_CELLS_HEADER, err);

    if (code)
        return code;
    if (t.rows != s->n_cells * s->n_thresholds)
        code = wrong_row(&t, t.rows, err);
    for (size_t i = 0; i < t.rows && !code; i++) {
        const struct scores_cell *c = &s->cells[i / s->n_thresholds];
        size_t k = i % s->n_thresholds;
        uint64_t comparisons, trials = c->comparisons + (s->lost_are_trials ? c->lost : 0);
        double threshold;
        if (strcmp(csv_table_cell(&t, i, 0), s->groups[c->a]) ||
            strcmp(csv_table_cell(&t, i, 1), s->groups[c->b]) ||
            strcmp(csv_table_cell(&t, i, 2), c->mated ? "mated" : "non-mated") ||
            !num_parse_double(csv_table_cell(&t, i, 3), &threshold) ||
            threshold != s->thresholds[k] ||
            !cell_whole(csv_table_cell(&t, i, 4), &comparisons) || comparisons != trials ||
            !cell_whole(csv_table_cell(&t, i, 5), &c->matches[k]) ||
            c->matches[k] > (k ? c->matches[k - 1] : c->comparisons))
            code = wrong_row(&t, i, err);
    }
    csv_table_release(&t);
    return code;
}

/* One row: of a threshold, or (mated only) of a rank. */
static bool read_search(const struct scores *s, struct scores_search *q, size_t k,
                        const struct csv_table *t, size_t row)
{
    bool by_rank = k >= s->n_thresholds;
    uint64_t *to = by_rank ? &q->ranks[k - s->n_thresholds] : &q->hits[k];
    uint64_t rank, searches, lost;
    double threshold;

    if (strcmp(csv_table_cell(t, row, 0), s->groups[q->group]) ||
        strcmp(csv_table_cell(t, row, 1), q->mated ? "mated" : "non-mated") ||
        !cell_whole(csv_table_cell(t, row, 4), &searches) ||
        !cell_whole(csv_table_cell(t, row, 5), to) || *to > searches ||
        !cell_whole(csv_table_cell(t, row, 6), &lost))
        return false;
    if (by_rank && (!cell_whole(csv_table_cell(t, row, 3), &rank) ||
                    rank != k - s->n_thresholds + 1 || *csv_table_cell(t, row, 2)))
        return false;
    if (!by_rank && (!num_parse_double(csv_table_cell(t, row, 2), &threshold) ||
                     threshold != s->thresholds[k] || *csv_table_cell(t, row, 3)))
        return false;
    if (k && (searches != q->searches || lost != q->lost))
        return false;
    q->searches = searches;
    q->lost = lost;
    return true;
}

static int read_searches(struct scores *s, const char *dir, struct err *err)
{
    struct csv_table t;
    int code = read_table(&t, dir, SCORES_SEARCHES, SCORES_SEARCHES_HEADER, err);
    size_t row = 0;

    if (code)
        return code;
    for (size_t i = 0; i < s->n_searches && !code; i++) {
        struct scores_search *q = &s->searches[i];
        for (size_t k = 0; k < s->n_thresholds + (q->mated ? s->top : 0) && !code; k++, row++)
            if (row >= t.rows || !read_search(s, q, k, &t, row))
                code = wrong_row(&t, row, err);
    }
    if (!code && row != t.rows)
        code = wrong_row(&t, row, err);
    csv_table_release(&t);
    return code;
}

int scores_read(struct scores *s, const char *dir, struct err *err)
{
    struct reading r = { .s = s, .text = TEXT_INIT, .err = err };
    struct json_doc doc;
    char *path = path_join(dir, SCORES_JSON);

    scores_init(s);
    r.path = path;
    r.code = json_doc_load(&doc, path, JSON_MAX, err);
    if (!r.code) {
        if (json_kind(doc.root) == JSON_KIND_MAP)
            read_json(&r, doc.root);
        else
            fault(&r, "top", "a map");
        json_doc_release(&doc);
    }
    (void)(r.code || (r.code = read_cells_csv(s, dir, err)) ||
           (s->gallery && (r.code = read_searches(s, dir, err))) ||
           (r.code = scores_read_arrays(s, dir, err)));
    text_release(&r.text);
    free(path);
    if (r.code)
        scores_release(s);
    return r.code;
}
