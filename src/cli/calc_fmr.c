/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misid calc fmr, fnmr: rates of comparisons that share people. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/dict.h"
#include "base/mem.h"
#include "cli/calc.h"
#include "stats/clustered.h"
#include "stats/methods.h"

/* More than anybody types, or a small table holds. */
enum { MOST_PEOPLE = 1000000, MOST_IMAGES = 1000000 };

/* Whole numbers with commas between, 0 … most; NULL with a line in err if it is not
 * that. To be free()d. */
static uint32_t *whole_numbers(const char *option, const char *list, size_t len,
                               size_t *n, struct err *err)
{
    uint32_t *out = NULL;
    size_t cap = 0;

    *n = 0;
    for (const char *at = list, *end; at; at = end < list + len ? end + 1 : NULL) {
        int64_t v;
        end = memchr(at, ',', (size_t)(list + len - at));
        end = end ? end : list + len;
        char *item = mem_strndup(at, (size_t)(end - at));
        bool good = num_parse_int64(item, &v) && v >= 0 && v <= MOST_IMAGES;
        if (!good)
            err_add(err, ERR_INPUT, "--%s has '%s', expected whole numbers from 0 to %d"
                    " with commas between", option, item, MOST_IMAGES);
        free(item);
        if (!good) {
            free(out);
            return NULL;
        }
        MEM_ROOM(out, *n, cap);
        out[(*n)++] = (uint32_t)v;
    }
    return out;
}

/* The people of `--images A,B,...` or `A,B,.../C,D,...`. */
static int read_images(const char *list, struct dyads *d, struct err *err)
{
    const char *slash = strchr(list, '/'), *rest = slash ? slash + 1 : NULL;
    size_t len = slash ? (size_t)(slash - list) : strlen(list), n = 0, n_rest = 0;
    uint32_t *first = whole_numbers("images", list, len, &n, err), *second = NULL;

    if (first && rest)
        second = whole_numbers("images", rest, strlen(rest), &n_rest, err);
    if (first && !rest) {
        dyads_within(d, first, n);
    } else if (first && second) {
        uint32_t *a = mem_array(n + n_rest, sizeof *a), *b = mem_array(n + n_rest, sizeof *b);
        memcpy(a, first, n * sizeof *a);
        memcpy(b + n, second, n_rest * sizeof *b);
        dyads_across(d, a, b, n + n_rest);
        free(a);
        free(b);
    }
    free(first);
    free(second);
    return first && (!rest || second) ? 0 : ERR_INPUT;
}

static int read_subjects(const char *text, struct dyads *d, struct err *err)
{
    int64_t n;

    if (!num_parse_int64(text, &n) || n < 2 || n > MOST_PEOPLE)
        return err_add(err, ERR_INPUT, "--subjects is '%s', expected 2 to %d people", text,
                       MOST_PEOPLE);
    uint32_t *images = mem_array((size_t)n, sizeof *images);
    for (size_t i = 0; i < (size_t)n; i++)
        images[i] = 1;
    dyads_within(d, images, (size_t)n);
    free(images);
    return 0;
}

/* "3-7" or "3-7:2", people numbered from 1. */
static bool read_pair(char *item, int64_t *s, int64_t *t, int64_t *x)
{
    char *dash = strchr(item, '-'), *colon = strchr(item, ':');

    if (!dash)
        return false;
    *dash = '\0';
    *x = 1;
    if (colon)
        *colon = '\0';
    return num_parse_int64(item, s) && num_parse_int64(dash + 1, t) &&
           (!colon || num_parse_int64(colon + 1, x));
}

static int read_pairs(const char *list, struct dyads *d, struct err *err)
{
    for (const char *at = list, *end; at; at = *end ? end + 1 : NULL) {
        int64_t s, t, x, n = (int64_t)d->persons;
        end = strchrnul(at, ',');
        char *item = mem_strndup(at, (size_t)(end - at));
        bool good = read_pair(item, &s, &t, &x) && s >= 1 && s <= n && t >= 1 && t <= n &&
                    s != t && x >= 0 && x <= (int64_t)MOST_IMAGES * MOST_IMAGES;
        free(item);
        if (!good)
            return err_add(err, ERR_INPUT, "--pairs has '%.*s', expected two of the people"
                           " 1 to %zu, as 3-7 or, for two false matches, 3-7:2",
                           (int)(end - at), at, d->persons);
        dyads_add(d, (uint32_t)(s - 1), (uint32_t)(t - 1), (double)x);
        if (x > dyads_between(d, (uint32_t)(s - 1), (uint32_t)(t - 1)))
            return err_add(err, ERR_INPUT, "--pairs has %lld false matches of %lld and %lld,"
                           " who have %.0f comparisons", (long long)x, (long long)s,
                           (long long)t, dyads_between(d, (uint32_t)(s - 1),
                                                       (uint32_t)(t - 1)));
    }
    return 0;
}

/* Two counts of a row, n and x. */
static int read_counts(const struct csv_table *t, size_t row, int n_at, int x_at,
                       int64_t *n, int64_t *x, struct err *err)
{
    const char *n_text = csv_table_cell(t, row, (size_t)n_at);
    const char *x_text = csv_table_cell(t, row, (size_t)x_at);

    if (!num_parse_int64(n_text, n) || *n < 0 || *n > COUNT_MAX / MOST_PEOPLE ||
        !num_parse_int64(x_text, x) || *x < 0 || *x > *n)
        return err_add(err, ERR_INPUT, "%s:%zu: n is '%s' and x '%s', expected whole numbers,"
                       " x from 0 to n", t->path, t->lines[row], n_text, x_text);
    return 0;
}

static int read_dyads_table(const char *path, struct dyads *d, struct err *err)
{
    static const char *const names[] = { "first", "second", "n", "x" };
    const struct csv_options options = { 0 };
    struct csv_table t;
    struct dict people = DICT_INIT;
    int at[4], code = csv_table_load(&t, path, &options, err);

    if (code < 0)
        return code;
    struct dyad *list = mem_array(t.rows, sizeof *list);
    size_t n_list = 0;
    code = csv_table_columns(&t, names, 4, at, err);
    for (size_t i = 0; i < t.rows && code >= 0; i++) {
        const char *s = csv_table_cell(&t, i, (size_t)at[0]);
        const char *u = csv_table_cell(&t, i, (size_t)at[1]);
        int64_t n, x;
        if ((code = read_counts(&t, i, at[2], at[3], &n, &x, err)) < 0)
            break;
        if (!strcmp(s, u) || !*s || !*u) {
            code = err_add(err, ERR_INPUT, "%s:%zu: '%s' against '%s', expected two people",
                           t.path, t.lines[i], s, u);
            break;
        }
        uint32_t first = dict_add(&people, s, NULL), second = dict_add(&people, u, NULL);
        if (n > 0)
            list[n_list++] = (struct dyad){ first, second, (double)n, (double)x };
    }
    if (code >= 0 && (code = dyads_listed(d, list, n_list, people.n, err)) >= 0)
        for (size_t i = 0; i < n_list; i++)
            dyads_add(d, list[i].s, list[i].t, list[i].x);
    free(list);
    dict_release(&people);
    csv_table_release(&t);
    return code < 0 ? code : 0;
}

static int read_dyads(const struct request *r, struct dyads *d, struct err *err)
{
    int given = !!r->cells + !!r->subjects + !!r->images, code;

    *d = (struct dyads){ 0 };
    if (given != 1)
        return err_add(err, ERR_INPUT, "fmr needs --subjects, --images or --cells, and only"
                       " one of them");
    if (r->errors)
        return err_add(err, ERR_INPUT, "fmr takes no --errors, expected --pairs");
    if (r->cells && r->pairs)
        return err_add(err, ERR_INPUT, "--pairs are the x of --cells, expected one of both");
    code = r->cells      ? read_dyads_table(r->cells, d, err)
           : r->subjects ? read_subjects(r->subjects, d, err)
                         : read_images(r->images, d, err);
    if (code == 0 && r->pairs)
        code = read_pairs(r->pairs, d, err);
    return code < 0 ? code : dyads_close(d, err);
}

static int how_of(const struct request *r, struct clustered_how *how, struct err *err)
{
    *how = (struct clustered_how)CLUSTERED_DEFAULTS;
    how->confidence = calc_confidence(r);
    if (isnan(r->borrow))
        return 0;
    if (!(r->borrow >= 1 && r->borrow <= 1e12))
        return err_add(err, ERR_INPUT, "--borrow is %g, expected a design effect from 1",
                       r->borrow);
    how->borrowed = r->borrow;
    return 0;
}

static void reply_clustered(struct reply *to, const struct clustered *c,
                            const struct method *m, double confidence)
{
    struct text *t = &to->plain;
    char *what = mem_printf("%.0f/%.0f", c->x, c->n);

    calc_reply_interval(to, what, &c->at, m, confidence, false);
    free(what);
    text_addf(t, "%.0f people", c->clusters);
    if (!isnan(c->n_eff))
        text_addf(t, ", worth %.6g independent comparisons", c->n_eff);
    if (isfinite(c->df))
        text_addf(t, ", %.4g degrees of freedom", c->df);
    if (c->borrowed)
        text_add(t, ", design effect borrowed");
    text_add(t, "\n");
    if (!isnan(c->worst))
        text_addf(t, "if all comparisons of a person were one (%.0f): %s %.4g %%\n",
                  c->independent, c->x > 0 ? "at least" : "up to", 100 * c->worst);
    if (c->too_few)
        text_add(t, "too few to say more than the interval does\n");
    json_number(&to->json, "x", c->x);
    json_number(&to->json, "n", c->n);
    json_number(&to->json, "clusters", c->clusters);
    json_number(&to->json, "n_eff", c->n_eff);
    json_number(&to->json, "df", c->df);
    json_number(&to->json, "worst", c->worst);
    json_bool(&to->json, "too_few", c->too_few);
}

int calc_fmr(const struct calculation *calculation, const struct request *r,
             struct reply *to, struct err *err)
{
    const struct method *m;
    struct clustered_how how;
    struct clustered c;
    struct dyads d;
    int code = calc_method(calculation, r, &m, err);

    if (code < 0 || (code = how_of(r, &how, err)) < 0)
        return code;
    if ((code = read_dyads(r, &d, err)) == 0 && (code = m->dyads(&d, &how, &c, err)) == 0)
        reply_clustered(to, &c, m, how.confidence);
    dyads_release(&d);
    return code;
}

/* Trials and errors of each person. */
struct counts {
    double *m, *x;
    size_t n;
};

static int read_people_table(const char *path, struct counts *to, struct err *err)
{
    static const char *const names[] = { "subject", "n", "x" };
    const struct csv_options options = { 0 };
    struct csv_table t;
    struct dict people = DICT_INIT;
    int at[3], code = csv_table_load(&t, path, &options, err);

    if (code < 0)
        return code;
    to->m = mem_array(t.rows, sizeof *to->m);
    to->x = mem_array(t.rows, sizeof *to->x);
    code = csv_table_columns(&t, names, 3, at, err);
    for (size_t i = 0; i < t.rows && code >= 0; i++) {
        int64_t n, x;
        if ((code = read_counts(&t, i, at[1], at[2], &n, &x, err)) < 0)
            break;
        uint32_t s = dict_add(&people, csv_table_cell(&t, i, (size_t)at[0]), NULL);
        to->m[s] += (double)n;
        to->x[s] += (double)x;
    }
    to->n = people.n;
    dict_release(&people);
    csv_table_release(&t);
    return code < 0 ? code : 0;
}

static int read_people(const struct request *r, struct counts *to, struct err *err)
{
    size_t n = 0, n_errors = 0;
    int code = 0;

    if (r->subjects || r->pairs)
        return err_add(err, ERR_INPUT, "fnmr takes no --subjects or --pairs, expected"
                       " --images and --errors, or --cells");
    if (r->cells && !r->images && !r->errors)
        return read_people_table(r->cells, to, err);
    if (r->cells || !r->images || !r->errors)
        return err_add(err, ERR_INPUT, "fnmr needs --images and --errors, or --cells");
    uint32_t *m = whole_numbers("images", r->images, strlen(r->images), &n, err);
    uint32_t *x = m ? whole_numbers("errors", r->errors, strlen(r->errors), &n_errors, err)
                    : NULL;
    if (!x)
        code = ERR_INPUT;
    else if (n != n_errors)
        code = err_add(err, ERR_INPUT, "--images has %zu people and --errors %zu, expected"
                       " as many", n, n_errors);
    to->m = mem_array(n, sizeof *to->m);
    to->x = mem_array(n, sizeof *to->x);
    to->n = n;
    for (size_t i = 0; i < n && code == 0; i++) {
        to->m[i] = m[i];
        to->x[i] = x[i];
        if (x[i] > m[i])
            code = err_add(err, ERR_INPUT, "person %zu has %u errors in %u trials", i + 1,
                           (unsigned)x[i], (unsigned)m[i]);
    }
    free(m);
    free(x);
    return code;
}

int calc_fnmr(const struct calculation *calculation, const struct request *r,
              struct reply *to, struct err *err)
{
    const struct method *m;
    struct clustered_how how;
    struct clustered c;
    struct counts counts = { 0 };
    int code = calc_method(calculation, r, &m, err);

    if (code < 0 || (code = how_of(r, &how, err)) < 0)
        return code;
    if ((code = read_people(r, &counts, err)) == 0) {
        struct people people = { counts.n, counts.m, counts.x };
        if ((code = m->people(&people, &how, &c, err)) == 0)
            reply_clustered(to, &c, m, how.confidence);
    }
    free(counts.m);
    free(counts.x);
    return code;
}
