/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"

enum { TRIAL_PROBE, TRIAL_REFERENCE, TRIAL_MATED, TRIAL_FOLD, TRIAL_SOURCE, TRIAL_COLUMNS };
static const char *const names[TRIAL_COLUMNS] = {
    "probe", "reference", "mated", "fold", "source"
};

void trials_init(struct trials *t)
{
    *t = (struct trials){ 0 };
}

void trials_release(struct trials *t)
{
    free(t->probe);
    free(t->reference);
    free(t->mated);
    free(t->line);
    column_release(&t->fold);
    column_release(&t->file);
    for (size_t i = 0; i < t->n_matchers; i++) {
        free(t->matchers[i]);
        free(t->scores[i]);
    }
    free(t->matchers);
    free(t->scores);
    trials_init(t);
}

size_t trials_add_matcher(struct trials *t, const char *name)
{
    size_t i = t->n_matchers++;

    t->matchers = mem_grow(t->matchers, t->n_matchers, sizeof *t->matchers);
    t->scores = mem_grow(t->scores, t->n_matchers, sizeof *t->scores);
    t->matchers[i] = mem_strdup(name);
    t->scores[i] = t->cap ? mem_array(t->cap, sizeof **t->scores) : NULL;
    for (size_t k = 0; k < t->n; k++)
        t->scores[i][k] = NAN;
    return i;
}

size_t trials_add(struct trials *t, size_t probe, size_t reference, bool mated,
                  const char *fold, const char *file, size_t line)
{
    size_t i = t->n;

    if (i == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 64;
        t->probe = mem_grow(t->probe, t->cap, sizeof *t->probe);
        t->reference = mem_grow(t->reference, t->cap, sizeof *t->reference);
        t->mated = mem_grow(t->mated, t->cap, sizeof *t->mated);
        t->line = mem_grow(t->line, t->cap, sizeof *t->line);
        for (size_t k = 0; k < t->n_matchers; k++)
            t->scores[k] = mem_grow(t->scores[k], t->cap, sizeof **t->scores);
    }
    t->probe[i] = (uint32_t)probe;
    t->reference[i] = (uint32_t)reference;
    t->mated[i] = mated;
    t->line[i] = line < UINT32_MAX ? (uint32_t)line : UINT32_MAX;
    column_set(&t->fold, i, fold);
    column_set(&t->file, i, file);
    for (size_t k = 0; k < t->n_matchers; k++)
        t->scores[k][i] = NAN;
    return t->n++;
}

static void put_sample(struct csv_out *w, struct text *scratch, const struct roster *r,
                       size_t row)
{
    text_reset(scratch);
    roster_add_encoded(scratch, roster_sample(r, row));
    csv_put(w, scratch->s);
}

void trials_choose(struct trials *t, const uint32_t *to)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        uint32_t probe = to[t->probe[i]], reference = to[t->reference[i]];
        if (probe == TRIALS_GONE || reference == TRIALS_GONE)
            continue;
        t->probe[n] = probe;
        t->reference[n] = reference;
        t->mated[n] = t->mated[i];
        t->line[n] = t->line[i];
        column_set_code(&t->fold, n, column_code(&t->fold, i));
        column_set_code(&t->file, n, column_code(&t->file, i));
        for (size_t k = 0; k < t->n_matchers; k++)
            t->scores[k][n] = t->scores[k][i];
        n++;
    }
    t->n = n;
}

int trials_write(const struct trials *t, const struct roster *r, const char *path,
                 struct err *err)
{
    struct outfile out = OUTFILE_INIT;
    struct text text = TEXT_INIT, scratch = TEXT_INIT;
    struct csv_out w = csv_out(&text);
    int code = outfile_begin(&out, path, err);

    if (code)
        return code;
    for (size_t i = 0; i < TRIAL_COLUMNS; i++)
        csv_put(&w, names[i]);
    for (size_t k = 0; k < t->n_matchers; k++)
        csv_put(&w, t->matchers[k]);
    csv_end(&w);
    for (size_t i = 0; i < t->n; i++) {
        put_sample(&w, &scratch, r, t->probe[i]);
        put_sample(&w, &scratch, r, t->reference[i]);
        csv_put(&w, t->mated[i] ? "yes" : "no");
        csv_put(&w, column_value(&t->fold, i));
        text_reset(&scratch);
        roster_add_encoded(&scratch, column_value(&t->file, i));
        if (t->line[i])
            text_addf(&scratch, ":%u", (unsigned)t->line[i]);
        csv_put(&w, scratch.s);
        for (size_t k = 0; k < t->n_matchers; k++)
            csv_put_num(&w, t->scores[k][i]);
        csv_end(&w);
        if (text.len < 65536)
            continue;
        fwrite(text.s, 1, text.len, out.fp);
        text_reset(&text);
    }
    fwrite(text.s, 1, text.len, out.fp);
    text_release(&text);
    text_release(&scratch);
    return outfile_commit(&out, err);
}

struct reading {
    struct trials *t;
    const struct roster *r;
    const char *path;
    size_t columns;     /* before the recorded scores */
    struct text sample;
};

static int read_header(struct reading *s, const struct csv_row *row, struct err *err)
{
    size_t n = 0;

    while (n < TRIAL_COLUMNS && n < row->n && !strcmp(row->cells[n], names[n]))
        n++;
    if (n < TRIAL_MATED || (n < row->n && n < TRIAL_COLUMNS))
        return err_add(err, ERR_INPUT, "%s:%zu: expected the columns probe, reference, "
                       "mated, fold, source, or the first two or more of them", s->path,
                       row->line);
    s->columns = n;
    for (size_t i = n; i < row->n; i++)
        trials_add_matcher(s->t, row->cells[i]);
    return 0;
}

static const char *cell(const struct reading *s, const struct csv_row *row, size_t column)
{
    return column < s->columns ? row->cells[column] : "";
}

/* Mated by the list, or where it does not say, by the people. */
static bool is_mated(const struct reading *s, const struct csv_row *row, size_t probe,
                     size_t reference, struct err *err)
{
    if (s->columns <= TRIAL_MATED) {
        const char *person = roster_subject(s->r, probe);
        return *person && !strcmp(person, roster_subject(s->r, reference));
    }
    const char *mated = row->cells[TRIAL_MATED];
    bool yes = !strcmp(mated, "yes");
    if (!yes && strcmp(mated, "no"))
        err_add(err, ERR_INPUT, "%s:%zu: mated is '%.60s', expected yes or no", s->path,
                row->line, mated);
    return yes;
}

static long find_sample(struct reading *s, const struct csv_row *row, size_t cell,
                        struct err *err)
{
    const char *name = row->cells[cell];
    long at = -1;

    text_reset(&s->sample);
    if (text_add_unpercent(&s->sample, name, strlen(name)) == 0)
        at = roster_find(s->r, s->sample.s);
    if (at < 0)
        err_add(err, ERR_INPUT, "%s:%zu: %s '%.60s' is not in the roster", s->path,
                row->line, names[cell], name);
    return at;
}

static int read_row(const struct csv_row *row, void *arg, struct err *err)
{
    struct reading *s = arg;

    if (row->is_header)
        return read_header(s, row, err);
    long probe = find_sample(s, row, TRIAL_PROBE, err);
    long reference = find_sample(s, row, TRIAL_REFERENCE, err);
    const char *source = cell(s, row, TRIAL_SOURCE);
    if (probe < 0 || reference < 0)
        return 0;
    bool mated = is_mated(s, row, (size_t)probe, (size_t)reference, err);
    const char *colon = strrchr(source, ':');
    int64_t line = 0;
    if (s->columns <= TRIAL_SOURCE) { /* the list itself is */
        trials_add(s->t, (size_t)probe, (size_t)reference, mated,
                   cell(s, row, TRIAL_FOLD), path_basename(s->path), row->line);
        return 0;
    }
    if (!colon || !num_parse_int64(colon + 1, &line) || line < 1) {
        line = 0;
        colon = source + strlen(source);
    }
    text_reset(&s->sample);
    if (text_add_unpercent(&s->sample, source, (size_t)(colon - source))) {
        text_reset(&s->sample); /* of others' making */
        text_addn(&s->sample, source, (size_t)(colon - source));
    }
    size_t i = trials_add(s->t, (size_t)probe, (size_t)reference, mated,
                          cell(s, row, TRIAL_FOLD), s->sample.s, (size_t)line);
    for (size_t k = 0; k < s->t->n_matchers; k++) {
        const char *score = row->cells[s->columns + k];
        if (*score && !num_parse_double(score, &s->t->scores[k][i]))
            err_add(err, ERR_INPUT, "%s:%zu: %.60s is '%.60s', expected a number", s->path,
                    row->line, s->t->matchers[k], score);
    }
    return 0;
}

int trials_read(struct trials *t, const struct roster *r, const char *path,
                struct err *err)
{
    struct reading s = { t, r, path, 0, TEXT_INIT };

    trials_init(t);
    int code = csv_read(path, NULL, read_row, &s, err);
    text_release(&s.sample);
    if (code)
        trials_release(t);
    return code;
}
