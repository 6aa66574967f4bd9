/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run into the store, in one transaction. */
#include <stdlib.h>

#include "history/store.h"

/* The statements of one recording. */
struct writer {
    struct history *h;
    int64_t run;
    struct db_statement *add_series, *find_series, *add_note, *find_note;
};

static struct db_statement *prepare(const struct writer *w, const char *sql, struct err *err)
{
    return store_prepare(w->h, sql, err);
}

/* The number of the row that `add` and `find` speak of; their parameters are bound. */
static int number_of(struct db_statement *add, struct db_statement *find, int64_t *number,
                     struct err *err)
{
    int code = store_ask(find, number, err);

    if (!code && *number < 0 && !(code = store_do(add, err)))
        code = 1; /* to be asked again */
    else
        db_reset(add);
    return code;
}

static int note_of(struct writer *w, const char *text, int64_t *number, struct err *err)
{
    int code = 1;

    for (int i = 0; i < 2 && code == 1; i++) {
        db_bind_text(w->find_note, 1, text);
        db_bind_text(w->add_note, 1, text);
        code = number_of(w->add_note, w->find_note, number, err);
    }
    return code;
}

static void bind_series(struct db_statement *s, const struct finding *f)
{
    const char *const texts[] = { f->study, f->dataset, f->backend, f->metric, f->group,
                                  f->versus, f->point, f->method };

    for (int i = 0; i < 8; i++)
        db_bind_text(s, i + 1, texts[i]);
}

static int series_of(struct writer *w, const struct finding *f, int64_t *number,
                     struct err *err)
{
    int code = 1;

    for (int i = 0; i < 2 && code == 1; i++) {
        bind_series(w->find_series, f);
        bind_series(w->add_series, f);
        code = number_of(w->add_series, w->find_series, number, err);
    }
    return code;
}

static int put_head(struct writer *w, const struct history_head *head, struct err *err)
{
    struct db_statement *s = prepare(w, "INSERT INTO run (id, study, task, dataset, "
                                     "dataset_hash, version, host, started, at, command, "
                                     "folder, record_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                                     "?7, ?8, ?9, ?10, ?11, ?12)", err);
    const char *const texts[] = {
        head->id, head->study, head->task, head->dataset, head->dataset_hash, head->version,
        head->host, head->started, NULL, head->command, head->folder, head->record_hash,
    };

    if (!s)
        return ERR_INPUT;
    for (int i = 0; i < 12; i++)
        if (texts[i])
            db_bind_text(s, i + 1, texts[i]);
    db_bind_int(s, 9, head->at);
    return store_do(s, err);
}

static int find_run(struct writer *w, const char *id, struct err *err)
{
    struct db_statement *s = prepare(w, "SELECT number FROM run WHERE id = ?1", err);

    if (!s)
        return ERR_INPUT;
    db_bind_text(s, 1, id);
    return store_ask(s, &w->run, err);
}

static int put_findings(struct writer *w, const struct history_run *r, struct err *err)
{
    struct db_statement *s = prepare(w, "INSERT INTO finding VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                                     "?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
                                     "?18, ?19, ?20, ?21)", err);
    int code = s ? 0 : ERR_INPUT;

    for (size_t i = 0; i < r->findings.n && !code; i++) {
        const struct finding *f = &r->findings.rows[i];
        int64_t series, note;
        if ((code = series_of(w, f, &series, err)) || (code = note_of(w, f->note, &note, err)))
            break;
        db_bind_int(s, 1, series);
        db_bind_int(s, 2, r->head.at);
        db_bind_int(s, 3, w->run);
        db_bind_int(s, 4, (int64_t)i + 1);
        db_bind_real(s, 5, f->threshold);
        db_bind_real(s, 6, f->estimate);
        db_bind_real(s, 7, f->lo);
        db_bind_real(s, 8, f->hi);
        db_bind_real(s, 9, f->confidence);
        db_bind_int(s, 10, f->x);
        db_bind_int(s, 11, f->n);
        db_bind_int(s, 12, f->n_lo);
        db_bind_int(s, 13, f->n_hi);
        db_bind_real(s, 14, f->n_eff);
        db_bind_real(s, 15, f->df);
        db_bind_int(s, 16, f->failed);
        db_bind_int(s, 17, f->clusters);
        db_bind_real(s, 18, f->p);
        db_bind_real(s, 19, f->p_adj);
        db_bind_int(s, 20, (int64_t)f->flag);
        db_bind_int(s, 21, note);
        code = store_do(s, err);
    }
    return code;
}

static int put_claims(struct writer *w, const struct history_run *r, struct err *err)
{
    struct db_statement *s = prepare(w, "INSERT INTO claim VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                                     "?7, ?8)", err);
    int code = s ? 0 : ERR_INPUT;

    for (size_t i = 0; i < r->n_claims && !code; i++) {
        const struct history_claim *c = &r->claims[i];
        db_bind_int(s, 1, w->run);
        db_bind_int(s, 2, (int64_t)i);
        db_bind_text(s, 3, c->id);
        db_bind_text(s, 4, c->type);
        db_bind_real(s, 5, c->margin);
        db_bind_text(s, 6, c->verdict);
        db_bind_real(s, 7, c->p);
        db_bind_real(s, 8, c->p_holm);
        code = store_do(s, err);
    }
    return code;
}

static int put_groups(struct writer *w, const struct history_run *r, struct err *err)
{
    struct db_statement *s = prepare(w, "INSERT INTO roll VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                                     err);
    int code = s ? 0 : ERR_INPUT;

    for (size_t i = 0; i < r->n_groups && !code; i++) {
        const struct history_group *g = &r->groups[i];
        db_bind_int(s, 1, w->run);
        db_bind_int(s, 2, (int64_t)i);
        db_bind_text(s, 3, g->name);
        db_bind_int(s, 4, g->samples);
        db_bind_int(s, 5, g->people);
        db_bind_int(s, 6, g->failed);
        code = store_do(s, err);
    }
    return code;
}

static int put_backends(struct writer *w, const struct history_run *r, struct err *err)
{
    struct db_statement *s = prepare(w, "INSERT INTO backend VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                                     "?7, ?8, ?9)", err);
    int code = s ? 0 : ERR_INPUT;

    for (size_t i = 0; i < r->n_backends && !code; i++) {
        const struct history_backend *b = &r->backends[i];
        db_bind_int(s, 1, w->run);
        db_bind_int(s, 2, (int64_t)i);
        db_bind_text(s, 3, b->name);
        db_bind_text(s, 4, b->fingerprint);
        db_bind_text(s, 5, b->version);
        db_bind_real(s, 6, b->images_per_second);
        db_bind_real(s, 7, b->calibration);
        db_bind_real(s, 8, b->threads);
        db_bind_real(s, 9, b->load);
        code = store_do(s, err);
    }
    return code;
}

static int put_stages(struct writer *w, const struct history_run *r, struct err *err)
{
    struct db_statement *s = prepare(w, "INSERT INTO stage VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                                     "?7, ?8, ?9, ?10)", err);
    int code = s ? 0 : ERR_INPUT;

    for (size_t i = 0; i < r->n_stages && !code; i++) {
        const struct history_stage *t = &r->stages[i];
        db_bind_int(s, 1, w->run);
        db_bind_int(s, 2, (int64_t)i);
        db_bind_text(s, 3, t->backend);
        db_bind_text(s, 4, t->stage);
        db_bind_text(s, 5, t->group);
        db_bind_int(s, 6, t->n);
        db_bind_real(s, 7, t->mean_ms);
        db_bind_real(s, 8, t->p50_ms);
        db_bind_real(s, 9, t->p95_ms);
        db_bind_real(s, 10, t->p99_ms);
        code = store_do(s, err);
    }
    return code;
}

/* Its number; a panel that is there already is not kept twice. */
static int put_panel(struct writer *w, const struct history_panel *p, int64_t *number,
                     struct err *err)
{
    struct db_statement *find = prepare(w, "SELECT id FROM panel WHERE hash = ?1", err);
    struct db_statement *add = find ? prepare(w, "INSERT INTO panel (hash, secret, n, groups, "
                                              "rows) VALUES (?1, ?2, ?3, ?4, ?5)", err)
                                    : NULL;
    struct text rows = TEXT_INIT, groups = TEXT_INIT;
    int code = add ? 1 : ERR_INPUT;

    pack_panel(p, &rows);
    join_lines(&groups, p->groups, p->n_groups);
    for (int i = 0; i < 2 && code == 1; i++) {
        db_bind_text(find, 1, p->hash);
        db_bind_text(add, 1, p->hash);
        db_bind_text(add, 2, p->secret);
        db_bind_int(add, 3, (int64_t)p->n);
        db_bind_text(add, 4, groups.s);
        db_bind_blob(add, 5, rows.s, rows.len);
        code = number_of(add, find, number, err);
    }
    text_release(&rows);
    text_release(&groups);
    return code;
}

static int put_outcomes(struct writer *w, const struct history_run *r, const int64_t *panels,
                        struct err *err)
{
    struct db_statement *s = prepare(w, "INSERT INTO outcome VALUES (?1, ?2, ?3, ?4, ?5)",
                                     err);
    int code = s ? 0 : ERR_INPUT;

    for (size_t i = 0; i < r->n_outcomes && !code; i++) {
        const struct history_outcomes *o = &r->outcomes[i];
        db_bind_int(s, 1, w->run);
        db_bind_int(s, 2, (int64_t)i);
        db_bind_text(s, 3, o->backend);
        db_bind_int(s, 4, panels[o->panel]);
        db_bind_text(s, 5, o->outcomes);
        code = store_do(s, err);
    }
    return code;
}

static int put_margins(struct writer *w, const struct history_run *r, const int64_t *panels,
                       struct err *err)
{
    struct db_statement *s = prepare(w, "INSERT INTO margin VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                                     "?7, ?8, ?9)", err);
    struct text rows = TEXT_INIT, points = TEXT_INIT;
    int code = s ? 0 : ERR_INPUT;

    for (size_t i = 0; i < r->n_margins && !code; i++) {
        const struct history_margins *m = &r->margins[i];
        char number[NUM_MAX];
        text_reset(&rows);
        text_reset(&points);
        pack_margins(m, &rows);
        for (size_t k = 0; k < m->n_points; k++)
            text_addf(&points, "%s\n%s\n", m->points[k],
                      num_shortest(number, m->thresholds[k]));
        db_bind_int(s, 1, w->run);
        db_bind_int(s, 2, (int64_t)i);
        db_bind_text(s, 3, m->backend);
        db_bind_int(s, 4, panels[m->panel]);
        db_bind_text(s, 5, points.s);
        db_bind_int(s, 6, (int64_t)m->n_points);
        db_bind_int(s, 7, (int64_t)m->n_cells);
        db_bind_int(s, 8, (int64_t)m->n_rows);
        db_bind_blob(s, 9, rows.s, rows.len);
        code = store_do(s, err);
    }
    text_release(&rows);
    text_release(&points);
    return code;
}

static int put_paired(struct writer *w, const struct history_run *r, struct err *err)
{
    int64_t *panels = mem_array(r->n_panels, sizeof *panels);
    int code = 0;

    for (size_t i = 0; i < r->n_panels && !code; i++)
        code = put_panel(w, &r->panels[i], &panels[i], err);
    if (!code)
        code = put_outcomes(w, r, panels, err);
    if (!code)
        code = put_margins(w, r, panels, err);
    free(panels);
    return code;
}

static int put_run(struct writer *w, const struct history_run *r, struct err *err)
{
    int code = put_head(w, &r->head, err);

    if (!code)
        code = find_run(w, r->head.id, err);
    (void)(code || (code = put_findings(w, r, err)) || (code = put_claims(w, r, err)) ||
           (code = put_groups(w, r, err)) || (code = put_backends(w, r, err)) ||
           (code = put_stages(w, r, err)) || (code = put_paired(w, r, err)));
    return code;
}

static int prepare_all(struct writer *w, struct err *err)
{
#define SERIES "study, dataset, backend, metric, grp, versus, point, method"
    w->find_series = prepare(w, "SELECT id FROM series WHERE (" SERIES ") = (?1, ?2, ?3, ?4, "
                             "?5, ?6, ?7, ?8)", err);
    if (w->find_series)
        w->add_series = prepare(w, "INSERT INTO series (" SERIES ") VALUES (?1, ?2, ?3, ?4, "
                                "?5, ?6, ?7, ?8)", err);
    if (w->add_series)
        w->find_note = prepare(w, "SELECT id FROM note WHERE text = ?1", err);
    if (w->find_note)
        w->add_note = prepare(w, "INSERT INTO note (text) VALUES (?1)", err);
    return w->add_note ? 0 : ERR_INPUT;
}

int history_record(struct history *h, const struct history_run *run, bool *fresh,
                   struct err *err)
{
    struct writer w = { .h = h };
    int code = db_run(h->db, "BEGIN IMMEDIATE", err);

    *fresh = false;
    if (code)
        return code;
    code = prepare_all(&w, err);
    if (!code)
        code = find_run(&w, run->head.id, err);
    if (!code && w.run < 0) {
        *fresh = true;
        code = put_run(&w, run, err);
    }
    if (!code)
        code = db_run(h->db, "COMMIT", err);
    if (code) {
        *fresh = false;
        db_run(h->db, "ROLLBACK", NULL);
    }
    return code;
}
