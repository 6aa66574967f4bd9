/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/own_cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first row of each sample in the outputs, or SIZE_MAX. */
static size_t *find_rows(const struct outputs *o, size_t samples)
{
    size_t *at = mem_array(samples, sizeof *at);

    for (size_t i = 0; i < samples; i++)
        at[i] = SIZE_MAX;
    for (size_t i = o->n; i-- > 0;)
        at[o->rows[i].row] = i;
    return at;
}

static const char *whom(const struct study *s, const struct roster *r, size_t row)
{
    long name = roster_attribute(r, s->own.cases);
    const char *said = name < 0 ? "" : roster_value(r, row, (size_t)name);

    return *said ? said : roster_subject(r, row);
}

static void add_case(struct cases *to, const struct study *s, const struct roster *r,
                     size_t target, const struct outputs *o, size_t row, size_t at)
{
    const struct output *out = at == SIZE_MAX ? NULL : &o->rows[at];
    const bool answered = out && out->status == STATUS_OK && *out->label;
    struct text id = TEXT_INIT, said = TEXT_INIT, source = TEXT_INIT;

    text_addf(&id, "%zu", to->n + 1);
    if (answered)
        text_add(&said, out->label);
    else
        text_addf(&said, "no answer (%s%s%s)", !out ? "not shown"
                  : out->status == STATUS_OK ? "a face, but no class"
                                             : status_name(out->status),
                  out && *out->reason ? ": " : "", out ? out->reason : "");
    text_add(&source, "image ");
    roster_add_encoded(&source, roster_sample(r, row));
    const char *label = roster_value(r, row, target);
    const struct named_case one = {
        .id = id.s, .person = whom(s, r, row), .backend = o->backend, .said = said.s,
        .wrong = !answered || !*label ? "" : strcmp(out->label, label) ? "yes" : "no",
        .source = source.s, .confidence = answered ? out->confidence : NAN };
    cases_add(to, &one);
    text_release(&id);
    text_release(&said);
    text_release(&source);
}

#define NAMES_MOST 30

/* Whom a backend was wrong about, by name. */
static void conclude(struct study *s, const struct cases *c, const char *backend)
{
    struct text t = TEXT_INIT;
    size_t n = 0;

    text_addf(&t, "%s gave another %s than the list says to: ", backend, s->own.target);
    for (size_t i = 0; i < c->n; i++) {
        const struct named_case *one = &c->cases[i];
        if (strcmp(one->backend, backend) || strcmp(one->wrong, "yes"))
            continue;
        if (n++ >= NAMES_MOST)
            continue;
        text_addf(&t, "%s%s (%s", n > 1 ? ", " : "", one->person, one->said);
        if (!isnan(one->confidence))
            text_addf(&t, ", %.3g %% sure", 100 * one->confidence);
        text_addch(&t, ')');
    }
    if (n > NAMES_MOST)
        text_addf(&t, " and %zu more", n - NAMES_MOST);
    text_add(&t, n ? "." : "nobody.");
    s->conclusions[s->n_conclusions++] = arena_strdup(&s->arena, t.s);
    text_release(&t);
}

int own_cases_make(struct cases *to, struct study *s, const struct roster *r,
                   size_t target, const struct recorded *recorded, struct err *err)
{
    size_t **rows = mem_array(recorded->n, sizeof *rows);

    if (r->n * recorded->n > CASES_MAX) {
        free(rows);
        return err_add(err, ERR_LIMIT, "%s: %zu images and %zu backends make %zu cases, "
                       "expected at most %d: more are a data set, whose rates other studies "
                       "count", s->path, r->n, recorded->n, r->n * recorded->n, CASES_MAX);
    }
    for (size_t b = 0; b < recorded->n; b++)
        rows[b] = find_rows(&recorded->backends[b], r->n);
    for (size_t i = 0; i < r->n; i++)
        for (size_t b = 0; b < recorded->n; b++)
            add_case(to, s, r, target, &recorded->backends[b], i, rows[b][i]);
    STUDY_ROOM(s, s->conclusions, s->n_conclusions, recorded->n);
    for (size_t b = 0; b < recorded->n; b++) {
        conclude(s, to, recorded->backends[b].backend);
        free(rows[b]);
    }
    free(rows);
    return 0;
}
