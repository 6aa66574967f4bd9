/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/live.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/folder.h"
#include "cli/own_study.h"

bool live_is_on(const struct live *l)
{
    return l->specs && l->specs->n > 0;
}

int live_open(struct live *l, bool changes, struct err *err)
{
    l->embeddings = mem_array(l->specs->n, sizeof *l->embeddings);
    for (size_t i = 0; i < l->specs->n; i++) {
        struct embedding *e = &l->embeddings[i];
        int code = embedding_open(e, l->specs->items[i], l->request, err);
        l->n++;
        if (code)
            return code;
        if (!(e->backend->capabilities & MISID_CLASS))
            return err_add(err, ERR_INPUT, "run: the backend %s gives no classes, which this "
                           "study counts%s%s, expected one that does", e->backend->name,
                           e->backend->classless ? ": " : "",
                           e->backend->classless ? e->backend->classless : "");
        if (changes && (code = embedding_changeable(e, err)))
            return code;
    }
    return 0;
}

static bool keeps_anything(const struct live *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->embeddings[i].backend->keep && !l->embeddings[i].backend->dry)
            return true;
    return false;
}

/* The run folder is made, and known again if this is interrupted: by the study as its
 * file has it, for the pipeline's is half-way to one of own answers. */
static int make_folder(const struct live *l, struct pipeline *p)
{
    struct text t = TEXT_INIT;
    struct study plain;
    int code = pipeline_folder(p, l->out);

    if (!code)
        code = folder_unfinish(p->dir, p->err);
    if (!code && !(code = study_load(&plain, p->study.path, NULL, 0, p->err))) {
        study_to_json(&plain, &t);
        code = file_write_text(p->dir, "study.json", &t, p->err);
        study_release(&plain);
    }
    text_release(&t);
    return code;
}

int live_prepare(struct live *l, struct pipeline *p, size_t images)
{
    const struct backend_plan plan = { .images = images };
    int code = 0;

    for (size_t i = 0; i < l->n && !code; i++)
        code = embedding_prepare(&l->embeddings[i], NULL, &plan, p->err);
    if (code || !keeps_anything(l))
        return code;
    code = make_folder(l, p);
    for (size_t i = 0; i < l->n && !code; i++) {
        struct embedding *e = &l->embeddings[i];
        char *name = folder_backend(e->backend->name, "");
        char *dir = path_join(p->dir, name);
        code = embedding_prepare(e, dir, NULL, p->err);
        free(dir);
        free(name);
    }
    return code;
}

bool live_is_dry(const struct live *l)
{
    bool any = false;

    for (size_t i = 0; i < l->n; i++)
        any |= embedding_is_dry(&l->embeddings[i]);
    return any;
}

int live_ask(struct live *l, const struct recorded_about *about, const char *root,
             const struct axes *axes, struct recorded *to, struct err *err)
{
    const struct roster *r = about->roster;
    size_t *rows = mem_array(r->n, sizeof *rows), n_sets = 0;
    long *numbers = mem_array(2 * axes->n + 1, sizeof *numbers);
    const long **sets = mem_array(axes->n + 1, sizeof *sets);
    int code = 0;

    for (size_t i = 0; i < r->n; i++)
        rows[i] = i;
    for (size_t a = 0; a < axes->n; a++) {
        numbers[2 * a] = roster_attribute(r, axes->axes[a].name);
        numbers[2 * a + 1] = -1;
        if (numbers[2 * a] >= 0)
            sets[n_sets++] = &numbers[2 * a];
    }
    for (size_t i = 0; i < l->n && !code; i++) {
        struct embedding *e = &l->embeddings[i];
        code = embedding_make(e, r, rows, r->n, root, sets, n_sets, err);
        if (!code)
            code = recorded_take(to, &e->outputs, about, err);
    }
    free(rows);
    free(numbers);
    free(sets);
    return code;
}

int live_ask_doses(struct live *l, const struct recorded_about *about, const char *root,
                   const struct study *s, struct recorded *doses, struct err *err)
{
    const struct roster *r = about->roster;
    size_t *rows = mem_array(r->n, sizeof *rows);
    struct text part = TEXT_INIT;
    struct outputs o;
    int code = 0;

    for (size_t i = 0; i < r->n; i++)
        rows[i] = i;
    for (size_t i = 0; i < l->n && !code; i++)
        for (size_t d = 0; d < s->n_doses && !code; d++) {
            struct embedding *e = &l->embeddings[i];
            text_reset(&part);
            text_addf(&part, "%zu of %zu", d + 1, s->n_doses);
            const struct embedding_dose dose = { &s->doses[d].change, true, part.s };
            outputs_init(&o, e->backend->name);
            code = embedding_make_dose(e, &dose, r, rows, r->n, root, &o, err);
            if (!code)
                code = recorded_take(&doses[d], &o, about, err);
            outputs_release(&o);
        }
    text_release(&part);
    free(rows);
    return code;
}

int live_write(const struct live *l, struct pipeline *p)
{
    struct text t = TEXT_INIT;
    int code = 0;

    for (size_t i = 0; i < l->n && !code; i++) {
        const struct embedding *e = &l->embeddings[i];
        char *timing = folder_backend(e->backend->name, "timing.json");
        char *record = folder_backend(e->backend->name, "backend.json");
        embedding_add_timing(e, &t);
        code = pipeline_write_text(p, timing, &t);
        if (!code) {
            embedding_add_record(e, &t);
            code = pipeline_write_text(p, record, &t);
        }
        if (!code && e->backend->keep) {
            char *cassette = folder_backend(e->backend->name, "cassette.jsonl");
            code = pipeline_record_output(p, cassette);
            free(cassette);
        }
        free(timing);
        free(record);
    }
    text_release(&t);
    return code;
}

void live_add_facts(const struct live *l, struct study *s)
{
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < l->n; i++)
        embedding_add_words(&l->embeddings[i], &t);
    study_add_fact(s, "Backends", t.s);
    text_release(&t);
}

void live_add_command(const struct live *l, struct text *to)
{
    for (size_t i = 0; i < l->n; i++)
        embedding_add_command(&l->embeddings[i], to);
}

void live_release(struct live *l)
{
    for (size_t i = 0; i < l->n; i++)
        embedding_release(&l->embeddings[i]);
    free(l->embeddings);
    *l = (struct live){ .specs = l->specs, .request = l->request };
}
