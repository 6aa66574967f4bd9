/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorded: answers that others recorded, behind the same functions as those of a
 * matcher that runs. `file` is an outputs.csv, by sample: the rows of misid embed, or a
 * table of its columns that anyone wrote. `templates` is a NumPy matrix, a row for each
 * row of the file, or without a file for each row of the roster. It looks at no image.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/kinds.h"
#include "base/npy.h"
#include "model/outputs.h"

struct state {
    const char *file, *path;   /* "" : none; of the templates */
    struct npy templates;
    struct outputs outputs;    /* of the file */
    size_t *first;             /* a row of the roster: 1 + its first output, or 0 */
    size_t rows;               /* of the roster */
};

static const struct backend_option options[] = {
    { "file", "", "answers by sample, in the columns of outputs.csv" },
    { "similarity", "cosine", "of the templates: cosine, inner, euclidean, chi-square" },
    { "templates", "", "their templates, NAME.npy, a row a row" },
    { NULL, NULL, NULL }
};

static int meet(struct backend *b, const struct roster *r, struct err *err)
{
    struct state *s = b->state;
    size_t want = r->n;

    s->rows = r->n;
    free(s->first);
    s->first = mem_array(r->n, sizeof *s->first);
    if (*s->file) {
        outputs_release(&s->outputs);
        outputs_init(&s->outputs, b->asked);
        int code = outputs_read(&s->outputs, r, s->file, err);
        if (code)
            return code;
        for (size_t i = s->outputs.n; i-- > 0;)
            s->first[s->outputs.rows[i].row] = i + 1;
        want = s->outputs.n;
    }
    if (*s->path && s->templates.rows != want)
        return err_add(err, ERR_INPUT, "%s: %zu rows for %zu %s, expected one each, in their "
                       "order", s->path, s->templates.rows, want,
                       *s->file ? "recorded answers" : "samples");
    return 0;
}

/* The template of a row of the matrix; false if it is none. */
static bool take_template(const struct backend *b, struct answer *a, struct face_answer *f,
                          size_t row)
{
    const struct state *s = b->state;
    const float *from = s->templates.values + row * s->templates.columns;

    for (size_t i = 0; i < s->templates.columns; i++)
        if (!isfinite(from[i]))
            return false;
    float *t = arena_array(&a->arena, b->dimension, sizeof *t);
    memcpy(t, from, b->dimension * sizeof *t);
    f->template = t;
    f->template_len = b->dimension * sizeof *t;
    return true;
}

/* What the file says of row i of it. */
static void take_face(const struct backend *b, unsigned want, struct answer *a,
                      struct face_answer *f, size_t i)
{
    const struct state *s = b->state;
    const struct outputs *o = &s->outputs;
    const struct output *from = &o->rows[i];

    f->status = from->status;
    f->box = from->box;
    f->label = arena_strdup(&a->arena, from->label);
    f->confidence = from->confidence;
    f->attributes = arena_array(&a->arena, o->n_attributes, sizeof *f->attributes);
    for (size_t k = 0; k < o->n_attributes; k++) {
        const char *name = o->attributes[k].name, *value = outputs_get(o, i, name);
        if (*value)
            f->attributes[f->n_attributes++] = (struct setting){
                arena_strdup(&a->arena, name), arena_strdup(&a->arena, value) };
    }
    if (want & MISID_TEMPLATE && f->status == STATUS_OK && !take_template(b, a, f, i))
        f->status = STATUS_ERROR;
}

static void answer_from_file(const struct backend *b, unsigned want, size_t row,
                             struct answer *a)
{
    const struct state *s = b->state;
    const struct outputs *o = &s->outputs;
    size_t first = s->first[row], n = 0;

    if (!first) {
        answer_fail(a, STATUS_ERROR, "no answer was recorded");
        return;
    }
    first--;
    while (first + n < o->n && o->rows[first + n].row == row)
        n++;
    struct face_answer *faces = answer_faces(a, n);
    for (size_t k = 0; k < n; k++)
        take_face(b, want, a, &faces[k], first + k);
    a->reason = arena_strdup(&a->arena, o->rows[first].reason);
    if (!isnan(o->rows[first].latency_ms))
        a->latency = o->rows[first].latency_ms / 1e3;
}

static int process(struct session *session, unsigned want, const struct view *views,
                   size_t n, struct answer *answers, struct err *err)
{
    const struct backend *b = session->backend;
    const struct state *s = b->state;

    (void)err;
    for (size_t i = 0; i < n; i++) {
        if (*s->file) {
            answer_from_file(b, want, views[i].row, &answers[i]);
        } else if (views[i].row >= s->rows ||
                   !take_template(b, &answers[i], answer_faces(&answers[i], 1),
                                  views[i].row)) {
            answer_fail(&answers[i], STATUS_ERROR, "no template was recorded");
        }
    }
    return 0;
}

static int find_similarity(struct backend *b, struct err *err)
{
    const char *value = backend_setting(b, "similarity");

    for (int i = 0; i < SIMILARITIES_OF_TEMPLATES; i++)
        if (!strcmp(similarity_names[i], value)) {
            b->similarity = (enum similarity)i;
            return 0;
        }
    return err_add(err, ERR_INPUT, "backend %s: similarity=%.60s, expected cosine, inner, "
                   "euclidean or chi-square", b->asked, value);
}

static int read_templates(struct backend *b, struct state *s, struct err *err)
{
    int code = npy_load(&s->templates, s->path, err);

    if (code || (code = backend_add_file(b, s->path, err)))
        return code;
    if (s->templates.columns < 1 || s->templates.columns > UINT32_MAX / sizeof(float))
        return err_add(err, ERR_INPUT, "%s: rows of %zu numbers, expected templates",
                       s->path, s->templates.columns);
    b->dimension = (uint32_t)s->templates.columns;
    b->capabilities |= MISID_TEMPLATE;
    return 0;
}

static void close_recorded(struct backend *b)
{
    struct state *s = b->state;

    npy_release(&s->templates);
    outputs_release(&s->outputs);
    free(s->first);
}

static int open_recorded(struct backend *b, const struct setting *settings, size_t n,
                         struct err *err)
{
    struct state *s = b->state = arena_alloc(&b->arena, sizeof *s);
    int code = find_similarity(b, err);

    (void)settings;
    (void)n;
    b->close = close_recorded;
    s->file = backend_setting(b, "file");
    s->path = backend_setting(b, "templates");
    if (!code && !*s->file && !*s->path)
        code = err_add(err, ERR_INPUT, "backend %s: nothing was recorded, expected "
                       "file=OUTPUTS.csv, templates=FILE.npy or both", b->asked);
    if (!code && *s->file && !(code = backend_add_file(b, s->file, err)))
        b->capabilities |= MISID_CLASS | MISID_FACES | MISID_QUALITY;
    if (!code && *s->path)
        code = read_templates(b, s, err);
    b->version = "1";
    b->cached = false;
    b->blind = true;
    b->meet = meet;
    b->session = session_plain;
    b->end = session_plain_end;
    b->process = process;
    return code;
}

const struct backend_kind backend_recorded = {
    .name = "recorded", .about = "answers and templates that others recorded",
    .options = options, .open = open_recorded,
};
