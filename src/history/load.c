/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run out of the store, whole. */
#include <stdio.h>
#include <string.h>

#include "history/rows.h"

/* One part of a run: a statement whose rows, with the run's number bound, each go to
 * `take`. */
struct part {
    const char *sql;
    int (*take)(struct history *h, struct db_statement *s, struct history_run *r,
                struct err *err);
};

static const char *keep(struct history_run *r, struct db_statement *s, int column)
{
    return arena_strdup(&r->arena, db_text(s, column));
}

static int take_finding(struct history *h, struct db_statement *s, struct history_run *r,
                        struct err *err)
{
    struct finding *f = findings_add(&r->findings), read = *f;
    int code = rows_series(h, db_int(s, 0), &read, err);

    if (!code)
        code = rows_finding(h, s, 1, &read, err);
    if (code)
        return code;
    const char **texts[] = { &read.study, &read.dataset, &read.backend, &read.metric,
                             &read.group, &read.versus, &read.point, &read.method,
                             &read.note };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = findings_keep(&r->findings, *texts[i]);
    *f = read;
    return 0;
}

static int take_claim(struct history *h, struct db_statement *s, struct history_run *r,
                      struct err *err)
{
    (void)h;
    (void)err;
    MEM_ROOM(r->claims, r->n_claims, r->cap_claims);
    r->claims[r->n_claims++] = (struct history_claim){
        .id = keep(r, s, 0), .type = keep(r, s, 1), .margin = db_real(s, 2),
        .verdict = keep(r, s, 3), .p = db_real(s, 4), .p_holm = db_real(s, 5) };
    return 0;
}

static int take_group(struct history *h, struct db_statement *s, struct history_run *r,
                      struct err *err)
{
    (void)h;
    (void)err;
    MEM_ROOM(r->groups, r->n_groups, r->cap_groups);
    r->groups[r->n_groups++] = (struct history_group){ keep(r, s, 0), db_int(s, 1),
                                                       db_int(s, 2), db_int(s, 3) };
    return 0;
}

static int take_backend(struct history *h, struct db_statement *s, struct history_run *r,
                        struct err *err)
{
    (void)h;
    (void)err;
    MEM_ROOM(r->backends, r->n_backends, r->cap_backends);
    rows_backend(s, 0, &r->backends[r->n_backends++], &r->arena);
    return 0;
}

static int take_stage(struct history *h, struct db_statement *s, struct history_run *r,
                      struct err *err)
{
    (void)h;
    (void)err;
    MEM_ROOM(r->stages, r->n_stages, r->cap_stages);
    r->stages[r->n_stages++] = (struct history_stage){
        .backend = keep(r, s, 0), .stage = keep(r, s, 1), .group = keep(r, s, 2),
        .n = db_int(s, 3), .mean_ms = db_real(s, 4), .p50_ms = db_real(s, 5),
        .p95_ms = db_real(s, 6), .p99_ms = db_real(s, 7) };
    return 0;
}

/* The panel of the columns from `at` on, once in the run; its index, or negative. */
static long take_panel(struct history *h, struct db_statement *s, int at,
                       struct history_run *r, struct err *err)
{
    struct history_panel p = { .n = 0 };
    char hash[HASH_HEX];
    size_t len;

    snprintf(p.hash, sizeof p.hash, "%s", db_text(s, at));
    snprintf(p.secret, sizeof p.secret, "%s", db_text(s, at + 1));
    for (size_t i = 0; i < r->n_panels; i++)
        if (!strcmp(r->panels[i].hash, p.hash))
            return (long)i;
    p.groups = split_lines(db_text(s, at + 3), &p.n_groups, &r->arena);
    int64_t n = db_int(s, at + 2);
    const void *bytes = db_blob(s, at + 4, &len);
    if (n < 0 || !unpack_panel(&p, bytes, len, (size_t)n, &r->arena))
        return store_damaged(h, "the rows of a panel", err);
    history_panel_hash(&p, hash);
    if (strcmp(hash, p.hash))
        return store_damaged(h, "a panel has another hash", err);
    MEM_ROOM(r->panels, r->n_panels, r->cap_panels);
    r->panels[r->n_panels] = p;
    return (long)r->n_panels++;
}

static int take_outcomes(struct history *h, struct db_statement *s, struct history_run *r,
                         struct err *err)
{
    long panel = take_panel(h, s, 2, r, err);

    if (panel < 0)
        return (int)panel;
    const char *outcomes = keep(r, s, 1);
    if (strlen(outcomes) != r->panels[panel].n || outcomes[strspn(outcomes, "-rwm")])
        return store_damaged(h, "the outcomes of a backend", err);
    MEM_ROOM(r->outcomes, r->n_outcomes, r->cap_outcomes);
    r->outcomes[r->n_outcomes++] = (struct history_outcomes){ keep(r, s, 0), (size_t)panel,
                                                              outcomes };
    return 0;
}

static int take_margins(struct history *h, struct db_statement *s, struct history_run *r,
                        struct err *err)
{
    int64_t points = db_int(s, 2), cells = db_int(s, 3), rows = db_int(s, 4);
    struct history_margins m = { .backend = keep(r, s, 0) };
    size_t lines, len;
    long panel = take_panel(h, s, 6, r, err);

    if (panel < 0)
        return (int)panel;
    const char **texts = split_lines(db_text(s, 1), &lines, &r->arena);
    if (points < 0 || points > 100000 || cells < 0 || rows < 0 ||
        lines != 2 * (size_t)points)
        return store_damaged(h, "the points of margins", err);
    m.panel = (size_t)panel;
    m.n_points = (size_t)points;
    m.n_cells = (size_t)cells;
    m.n_rows = (size_t)rows;
    m.points = arena_array(&r->arena, m.n_points, sizeof *m.points);
    m.thresholds = arena_array(&r->arena, m.n_points, sizeof *m.thresholds);
    for (size_t k = 0; k < m.n_points; k++) {
        m.points[k] = texts[2 * k];
        if (!num_parse_double(texts[2 * k + 1], &m.thresholds[k]))
            return store_damaged(h, "a threshold of margins", err);
    }
    const void *bytes = db_blob(s, 5, &len);
    const struct history_panel *p = &r->panels[panel];
    if (!unpack_margins(&m, bytes, len, p->n, &r->arena))
        return store_damaged(h, "the rows of margins", err);
    for (size_t c = 0; c < m.n_cells; c++)
        if (m.cells[c].a >= p->n_groups || m.cells[c].b >= p->n_groups)
            return store_damaged(h, "the cells of margins", err);
    MEM_ROOM(r->margins, r->n_margins, r->cap_margins);
    r->margins[r->n_margins++] = m;
    return 0;
}

#define PANEL_COLUMNS "panel.hash, panel.secret, panel.n, panel.groups, panel.rows"
static const struct part parts[] = {
    { "SELECT series, " FINDING_COLUMNS " FROM finding WHERE run = ?1 ORDER BY place",
      take_finding },
    { "SELECT id, type, margin, verdict, p, p_holm FROM claim WHERE run = ?1 ORDER BY place",
      take_claim },
    { "SELECT name, samples, people, failed FROM roll WHERE run = ?1 ORDER BY place",
      take_group },
    { "SELECT " BACKEND_COLUMNS " FROM backend WHERE run = ?1 ORDER BY place", take_backend },
    { "SELECT backend, stage, grp, n, mean, p50, p95, p99 FROM stage WHERE run = ?1 ORDER BY "
      "place", take_stage },
    { "SELECT backend, outcomes, " PANEL_COLUMNS " FROM outcome JOIN panel ON panel.id = "
      "outcome.panel WHERE run = ?1 ORDER BY place", take_outcomes },
    { "SELECT backend, points, n_points, n_cells, n_rows, margin.rows, " PANEL_COLUMNS
      " FROM margin JOIN panel ON panel.id = margin.panel WHERE run = ?1 ORDER BY place",
      take_margins },
};

static int load_part(struct history *h, const struct part *part, int64_t number,
                     struct history_run *r, struct err *err)
{
    struct db_statement *s = store_prepare(h, part->sql, err);
    int step = s ? 1 : ERR_INPUT, code = 0;

    if (s)
        db_bind_int(s, 1, number);
    while (s && !code && (step = db_step(s, err)) > 0)
        code = part->take(h, s, r, err);
    if (s)
        db_reset(s);
    return code ? code : step < 0 ? step : 0;
}

int history_load(struct history *h, const char *id, struct history_run *r, struct err *err)
{
    struct db_statement *s = store_prepare(h, "SELECT " HEAD_COLUMNS " FROM run WHERE id = ?1",
                                           err);
    int64_t number = -1;

    history_run_init(r);
    if (!s)
        return ERR_INPUT;
    db_bind_text(s, 1, id);
    int code = db_step(s, err);
    if (code > 0)
        number = store_head(s, &r->head, &r->arena);
    db_reset(s);
    if (code == 0)
        code = err_add(err, ERR_INPUT, "%s: there is no run %.64s", history_path(h), id);
    if (code < 0)
        return code;
    code = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !code; i++)
        code = load_part(h, &parts[i], number, r, err);
    return code;
}
