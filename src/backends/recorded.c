/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/recorded.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/recorded_columns.h"
#include "base/csv.h"
#include "base/file.h"
#include "model/tally.h"

/* Comparisons of names that a file's misspelt ones may cost together. */
#define SUGGESTIONS_MAX ((size_t)2000000)

struct reading {
    struct recorded *to;
    const struct recorded_about *about;
    const struct csv_table *t;
    const char *file;         /* base name */
    struct recorded_columns columns;
    long *at;                 /* a row of the table: the roster's, -1, -2 */
    size_t compared;
};

void recorded_init(struct recorded *r)
{
    *r = (struct recorded){ .arena = ARENA_INIT };
    complaints_init(&r->complaints);
}

void recorded_release(struct recorded *r)
{
    for (size_t i = 0; i < r->n; i++)
        outputs_release(&r->backends[i]);
    free(r->backends);
    free(r->files);
    complaints_release(&r->complaints);
    arena_release(&r->arena);
    recorded_init(r);
}

static void complain(struct reading *s, enum complaint_kind kind, size_t line,
                     const char *backend, const char *sample, const char *detail)
{
    complaints_add(&s->to->complaints, &(struct complaint){
                       kind, s->file, line, backend, sample, detail });
}

/* The file name in the roster that differs least from a misspelt one, where it
 * differs little. */
static void add_suggestion(struct reading *s, const char *name, struct text *to)
{
    const struct roster *r = s->about->roster;
    struct text path = TEXT_INIT, best = TEXT_INIT;
    size_t least = strlen(name) / 4 + 2;

    name = path_basename(name);
    if (s->compared + r->n > SUGGESTIONS_MAX)
        return;
    s->compared += r->n;
    for (size_t row = 0; row < r->n; row++) {
        text_reset(&path);
        roster_add_path(r, row, &path);
        const char *base = path_basename(path.s);
        size_t distance = text_distance(base, name);
        if (distance < least) {
            least = distance;
            text_reset(&best);
            text_add(&best, base);
        }
    }
    if (best.len)
        text_addf(to, "the nearest name is %s", best.s);
    text_release(&path);
    text_release(&best);
}

/* Rows that name nobody, or several; samples that no row names. */
static void complain_of_names(struct reading *s)
{
    const struct roster *r = s->about->roster;
    bool *named = mem_array(r->n, sizeof *named);
    struct text why = TEXT_INIT;

    for (size_t i = 0; i < s->t->rows; i++) {
        const char *name = csv_table_cell(s->t, i, s->columns.names);
        text_reset(&why);
        if (s->at[i] >= 0) {
            named[s->at[i]] = true;
        } else if (s->at[i] == -2) {
            complain(s, COMPLAINT_AMBIGUOUS_NAME, s->t->lines[i], "", name, "");
        } else {
            add_suggestion(s, name, &why);
            complain(s, COMPLAINT_UNKNOWN_NAME, s->t->lines[i], "", name, why.s);
        }
    }
    for (size_t row = 0; row < r->n; row++)
        if (!named[row])
            complain(s, COMPLAINT_NOT_PREDICTED, 0, "", roster_sample(r, row), "");
    text_release(&why);
    free(named);
}

/* What a cell says of the sample: status, reason, label. */
static void judge(struct reading *s, bool verdicts, size_t line, const char *cell,
                  struct outputs *o, struct output *out)
{
    const struct roster *r = s->about->roster;
    long target = roster_attribute(r, s->about->target);
    const char *truth = target < 0 ? "" : roster_value(r, out->row, (size_t)target);
    struct text t = TEXT_INIT;

    enum recorded_answer answer = recorded_answer(s->about, verdicts, cell);
    switch (answer) {
    case ANSWER_NONE:
        out->status = STATUS_NO_FACE;
        out->label = "";
        break;
    case ANSWER_RIGHT:
        out->label = outputs_keep(o, truth);
        break;
    case ANSWER_WRONG:
        text_addf(&t, "not %s", truth);
        out->label = outputs_keep(o, t.s);
        break;
    case ANSWER_LABEL:
        out->label = outputs_keep(o, s->about->label(s->about->arg, cell));
        break;
    case ANSWER_UNKNOWN: {
        char cut[TEXT_CUT];
        out->status = STATUS_ERROR;
        text_add(&t, "unknown label '");
        roster_add_encoded(&t, text_cut(cut, cell));
        text_add(&t, "'");
        out->reason = outputs_keep(o, t.s);
        out->label = "";
        complain(s, COMPLAINT_UNKNOWN_LABEL, line, o->backend,
                 roster_sample(r, out->row), t.s);
        break;
    }
    }
    text_release(&t);
}

static bool same_answer(const struct output *a, const struct output *b)
{
    return a->status == b->status && !strcmp(a->label, b->label) &&
           !strcmp(a->reason, b->reason);
}

static void set_confidence(struct reading *s, const struct recorded_column *c,
                           struct outputs *o, struct output *out)
{
    if (c->confidence < 0)
        return;
    const char *cell = csv_table_cell(s->t, c->row, (size_t)c->confidence);
    if (!recorded_is_blank(cell) &&
        !recorded_confidence(cell, c->percent, s->columns.decimal_comma, &out->confidence)) {
        char cut[TEXT_CUT];
        struct text t = TEXT_INIT;
        text_addf(&t, "'%s', expected a number from 0 to %s", text_cut(cut, cell),
                  c->percent ? "100" : "1");
        complain(s, COMPLAINT_BAD_CONFIDENCE, s->t->lines[c->row], o->backend,
                 roster_sample(s->about->roster, out->row), t.s);
        text_release(&t);
    }
}

/* A further row on a sample that has one already. */
static void repeat(struct reading *s, struct outputs *o, struct output *first,
                   const struct output *again, bool *contradicted, size_t line)
{
    const char *sample = roster_sample(s->about->roster, first->row);
    struct text t = TEXT_INIT;

    if (!*contradicted && same_answer(first, again)) {
        text_addf(&t, "%s says the same", first->source);
        complain(s, COMPLAINT_DUPLICATE, line, o->backend, sample, t.s);
    } else {
        text_addf(&t, "%s says otherwise", first->source);
        complain(s, COMPLAINT_CONTRADICTION, line, o->backend, sample, t.s);
        *contradicted = true;
        first->status = STATUS_ERROR;
        first->label = "";
        first->reason = "rows contradict each other";
        first->confidence = NAN;
    }
    text_release(&t);
}

static void read_backend(struct reading *s, struct recorded_column *c, struct outputs *o)
{
    const struct roster *r = s->about->roster;
    size_t *seen = mem_array(r->n, sizeof *seen); /* output + 1 */
    bool *contradicted = mem_array(r->n, sizeof *contradicted);
    struct text source = TEXT_INIT;

    for (c->row = 0; c->row < s->t->rows; c->row++) {
        if (s->at[c->row] < 0)
            continue;
        size_t row = (size_t)s->at[c->row], line = s->t->lines[c->row];
        struct output *out = outputs_add(o, row);
        judge(s, c->verdicts, line, csv_table_cell(s->t, c->row, c->answers), o, out);
        if (seen[row]) {
            o->n--;
            repeat(s, o, &o->rows[seen[row] - 1], out, &contradicted[row], line);
            continue;
        }
        if (out->status == STATUS_OK)
            set_confidence(s, c, o, out);
        text_reset(&source);
        text_addf(&source, "%s:%zu", s->file, line);
        out->source = outputs_keep(o, source.s);
        seen[row] = o->n;
    }
    text_release(&source);
    free(seen);
    free(contradicted);
}

static int add_backend(struct recorded *r, const char *path, const char *name,
                       struct err *err)
{
    struct text t = TEXT_INIT;
    int code = 0;

    roster_add_encoded(&t, name);
    if (t.len > TALLY_MAX_BACKEND || !t.len)
        code = err_add(err, ERR_INPUT, "%s: a backend is called '%.60s', expected a name of "
                       "1 to %d bytes", path, t.s, TALLY_MAX_BACKEND);
    else if (r->n == RECORDED_MAX_BACKENDS)
        code = err_add(err, ERR_LIMIT, "%s: '%s' is one backend more, expected at most %d",
                       path, t.s, RECORDED_MAX_BACKENDS);
    for (size_t i = 0; i < r->n && !code; i++)
        if (!strcmp(r->backends[i].backend, t.s))
            code = err_add(err, ERR_INPUT, "%s: there are answers of '%s' already, expected "
                           "those of each backend once (a file, or a column, is called "
                           "like its backend)", path, t.s);
    if (!code) {
        MEM_ROOM(r->backends, r->n, r->cap);
        outputs_init(&r->backends[r->n++], t.s);
    }
    text_release(&t);
    return code;
}

/* Where each row stands in the roster; how many stand there. */
static size_t find_rows(struct reading *s)
{
    size_t found = 0;

    s->at = mem_array(s->t->rows, sizeof *s->at);
    for (size_t i = 0; i < s->t->rows; i++) {
        s->at[i] = recorded_find(s->about->index,
                                 csv_table_cell(s->t, i, s->columns.names));
        found += s->at[i] >= 0;
    }
    return found;
}

static int read_columns(struct reading *s, struct err *err)
{
    struct recorded *r = s->to;
    struct text names = TEXT_INIT;
    size_t before = r->n;
    int code = 0;

    for (size_t i = 0; i < s->columns.n && !code; i++) {
        code = add_backend(r, s->t->path, s->columns.items[i].backend, err);
        if (!code)
            text_addf(&names, "%s%s", i ? ", " : "", r->backends[r->n - 1].backend);
    }
    if (!code) {
        complain_of_names(s);
        for (size_t i = 0; i < s->columns.n; i++)
            read_backend(s, &s->columns.items[i], &r->backends[before + i]);
        MEM_ROOM(r->files, r->n_files, r->files_cap);
        struct text heading = TEXT_INIT;
        roster_add_encoded(&heading, s->t->names[s->columns.names]);
        r->files[r->n_files++] = (struct recorded_file){
            .name = arena_strdup(&r->arena, s->file),
            .names = arena_strdup(&r->arena, heading.s),
            .backends = arena_strdup(&r->arena, names.s),
            .n_backends = s->columns.n, .rows = s->t->rows };
        text_release(&heading);
    }
    text_release(&names);
    return code;
}

static int read_table(struct recorded *r, const struct csv_table *t,
                      const struct recorded_about *about, char delimiter, struct err *err)
{
    struct reading s = { .to = r, .about = about, .t = t, .file = path_basename(t->path) };
    int code = recorded_find_columns(&s.columns, t, about, delimiter, err);

    if (!code && !find_rows(&s))
        code = err_add(err, ERR_INPUT, "%s: no row names one face of the data set '%s', "
                       "expected names of files or ids of it in some column", t->path,
                       about->dataset);
    if (!code)
        code = read_columns(&s, err);
    recorded_columns_release(&s.columns);
    free(s.at);
    return code;
}

int recorded_parse(struct recorded *r, const char *data, size_t len, const char *path,
                   const struct recorded_about *about, struct err *err)
{
    struct csv_table t;
    char delimiter = recorded_delimiter(data, len);
    int code = csv_table_parse(&t, data, len, path,
                               &(struct csv_options){ .delimiter = delimiter, .trim = true,
                                                      .foreign = true }, err);

    if (!code)
        code = read_table(r, &t, about, delimiter, err);
    csv_table_release(&t);
    return code;
}

int recorded_read(struct recorded *r, const char *path, const struct recorded_about *about,
                  struct err *err)
{
    char *data;
    size_t len;
    int code = file_read(path, CSV_TABLE_BYTES, &data, &len, err);

    if (!code) {
        code = recorded_parse(r, data, len, path, about, err);
        free(data);
    }
    return code;
}

int recorded_take(struct recorded *r, struct outputs *from,
                  const struct recorded_about *about, struct err *err)
{
    int code = add_backend(r, "run", from->backend, err);

    if (code)
        return code;
    MEM_ROOM(r->files, r->n_files, r->files_cap);
    r->files[r->n_files++] = (struct recorded_file){
        .name = arena_strdup(&r->arena, from->backend), .names = "sample",
        .backends = arena_strdup(&r->arena, from->backend), .n_backends = 1,
        .rows = from->n };
    struct outputs *o = &r->backends[r->n - 1];
    outputs_release(o);
    *o = *from;
    outputs_init(from, o->backend);
    struct reading s = { .to = r, .about = about, .file = "" };
    for (size_t i = 0; i < o->n; i++) {
        struct output *out = &o->rows[i];
        if (out->status == STATUS_OK)
            judge(&s, false, 0, out->label, o, out);
        else if (status_kind(out->status) == STATUS_KIND_MISSING && r->n == 1)
            complain(&s, COMPLAINT_NO_IMAGE, 0, "", /* to no backend, so once for all */
                     roster_sample(about->roster, out->row), status_about(out->status));
    }
    return 0;
}
