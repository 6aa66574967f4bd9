/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was recorded, over time. */
#include <stdlib.h>
#include <string.h>

#include "history/rows.h"

int rows_series(struct history *h, int64_t series, struct finding *f, struct err *err)
{
    struct db_statement *s = store_prepare(h, "SELECT study, dataset, backend, metric, grp, "
                                           "versus, point, method FROM series WHERE id = ?1",
                                           err);
    const char **texts[] = { &f->study, &f->dataset, &f->backend, &f->metric, &f->group,
                             &f->versus, &f->point, &f->method };

    if (!s)
        return ERR_INPUT;
    db_reset(s);
    db_bind_int(s, 1, series);
    int step = db_step(s, err);
    if (step <= 0)
        return step ? step : store_damaged(h, "a finding of no series", err);
    for (int i = 0; i < 8; i++)
        *texts[i] = db_text(s, i);
    return 0;
}

/* The text of a note; the same few come again and again, and are kept. */
static const char *note_text(struct history *h, int64_t id, struct err *err)
{
    struct store_note *kept = &h->notes[(uint64_t)id % STORE_NOTES];
    struct db_statement *s;

    if (kept->text && kept->id == id)
        return kept->text;
    s = store_prepare(h, "SELECT text FROM note WHERE id = ?1", err);
    if (!s)
        return NULL;
    db_bind_int(s, 1, id);
    int step = db_step(s, err);
    if (step > 0) {
        free(kept->text);
        *kept = (struct store_note){ id, mem_strdup(db_text(s, 0)) };
    }
    db_reset(s);
    if (step == 0)
        store_damaged(h, "a finding of no note", err);
    return step > 0 ? kept->text : NULL;
}

int rows_finding(struct history *h, struct db_statement *s, int at,
                 struct finding *f, struct err *err)
{
    double *const reals[] = { NULL, &f->threshold, &f->estimate, &f->lo, &f->hi,
                              &f->confidence, NULL, NULL, NULL, NULL, &f->n_eff, &f->df, NULL,
                              NULL, &f->p, &f->p_adj };
    int64_t *const numbers[] = { NULL, NULL, NULL, NULL, NULL, NULL, &f->x, &f->n, &f->n_lo,
                                 &f->n_hi, NULL, NULL, &f->failed, &f->clusters };
    int64_t flag = db_int(s, at + 16);

    for (int i = 0; i < 16; i++) {
        if (reals[i])
            *reals[i] = db_real(s, at + i);
        if (i < 14 && numbers[i])
            *numbers[i] = db_int(s, at + i);
    }
    f->note = note_text(h, db_int(s, at + 17), err);
    if (!f->note)
        return ERR_INPUT;
    if (flag < 0 || flag >= FLAG_N)
        return store_damaged(h, "the flag of a finding", err);
    f->flag = (enum finding_flag)flag;
    return 0;
}

void rows_backend(struct db_statement *s, int at, struct history_backend *b,
                  struct arena *arena)
{
    *b = (struct history_backend){
        .name = arena_strdup(arena, db_text(s, at)),
        .fingerprint = arena_strdup(arena, db_text(s, at + 1)),
        .version = arena_strdup(arena, db_text(s, at + 2)),
        .images_per_second = db_real(s, at + 3), .calibration = db_real(s, at + 4),
        .threads = db_real(s, at + 5), .load = db_real(s, at + 6) };
}

/* Runs by time, in one block: before the first lies the owner of their texts. */
union heads_block {
    struct arena arena;
    struct history_head head;
};
_Static_assert(sizeof(union heads_block) == sizeof(struct history_head), "one stride");

static bool fits(const struct history_filter *f, const struct history_head *head)
{
    return (!f->study || !strcmp(f->study, head->study)) &&
           (!f->dataset || !strcmp(f->dataset, head->dataset)) &&
           (!f->dataset_hash || !strcmp(f->dataset_hash, head->dataset_hash)) &&
           (!f->host || !strcmp(f->host, head->host)) && head->at >= f->since &&
           (!f->until || head->at <= f->until);
}

int history_list(struct history *h, const struct history_filter *f,
                 struct history_head **heads, size_t *n, struct err *err)
{
    struct db_statement *s = store_prepare(h, "SELECT " HEAD_COLUMNS " FROM run ORDER BY "
                                           "at, id", err);
    union heads_block *block = mem_array(1, sizeof *block);
    size_t cap = 1;
    int step = s ? 1 : ERR_INPUT;

    *n = 0;
    while (s && (step = db_step(s, err)) > 0) {
        MEM_ROOM(block, *n + 1, cap);
        store_head(s, &block[*n + 1].head, &block[0].arena);
        *n += fits(f, &block[*n + 1].head);
    }
    if (s)
        db_reset(s);
    *heads = &block[1].head;
    if (step < 0) {
        history_heads_free(*heads);
        *heads = NULL;
        *n = 0;
    }
    return step;
}

void history_heads_free(struct history_head *heads)
{
    if (!heads)
        return;
    union heads_block *block = (union heads_block *)(void *)heads - 1;
    arena_release(&block->arena);
    free(block);
}

/* Runs by their numbers, with what each is asked to be. */
struct known {
    struct arena arena;
    struct history_head *heads; /* by number; id "" where it does not match */
    size_t n;
};

static int know(struct history *h, const struct history_filter *f, struct known *k,
                struct err *err)
{
    struct db_statement *most = store_prepare(h, "SELECT coalesce(max(number), 0) FROM run",
                                              err);
    struct db_statement *s = most ? store_prepare(h, "SELECT " HEAD_COLUMNS " FROM run", err)
                                  : NULL;
    int64_t last = 0;
    int step = s ? store_ask(most, &last, err) : ERR_INPUT;

    *k = (struct known){ .n = (size_t)last + 1 };
    if (step < 0)
        return step;
    if (last < 0 || last > INT32_MAX)
        return store_damaged(h, "the number of a run", err);
    k->heads = mem_array(k->n, sizeof *k->heads);
    while ((step = db_step(s, err)) > 0) {
        struct history_head head;
        int64_t number = store_head(s, &head, &k->arena);
        if (number >= 0 && (size_t)number < k->n && fits(f, &head))
            k->heads[number] = head;
    }
    db_reset(s);
    return step;
}

static void forget(struct known *k)
{
    free(k->heads);
    arena_release(&k->arena);
}

static const struct history_head *known(const struct known *k, int64_t number)
{
    return number >= 0 && (size_t)number < k->n && *k->heads[number].id ? &k->heads[number]
                                                                        : NULL;
}

static int each_of_series(struct history *h, const struct history_filter *f,
                          const struct known *k, int64_t series, history_point_fn *fn,
                          void *arg, struct err *err)
{
    struct db_statement *s = store_prepare(h, "SELECT run, " FINDING_COLUMNS " FROM finding "
                                           "WHERE series = ?1 AND at >= ?2 AND at <= ?3 "
                                           "ORDER BY series, at, run, place", err);
    struct finding finding = { .note = "" };
    struct history_point p = { .finding = &finding, .series = series, .begins = true };
    int step = s ? 1 : ERR_INPUT, code = s ? rows_series(h, series, &finding, err) : ERR_INPUT;

    if (code)
        return code;
    db_bind_int(s, 1, series);
    db_bind_int(s, 2, f->since);
    db_bind_int(s, 3, f->until ? f->until : INT64_MAX);
    while (!code && (step = db_step(s, err)) > 0) {
        p.run = known(k, db_int(s, 0));
        if (!p.run)
            continue;
        p.row = (size_t)db_int(s, 1);
        if (!(code = rows_finding(h, s, 1, &finding, err)))
            code = fn(&p, arg, err);
        p.begins = false;
    }
    db_reset(s);
    return code ? code : step < 0 ? step : 0;
}

/* Every series that the filter does not leave out, in the order of its texts. */
static int find_series(struct history *h, const struct history_filter *f, int64_t **ids,
                       size_t *n, struct err *err)
{
    static const char sql[] =
        "SELECT id FROM series WHERE (?1 IS NULL OR study = ?1) AND (?2 IS NULL OR dataset = "
        "?2) AND (?3 IS NULL OR backend = ?3) AND (?4 IS NULL OR metric = ?4) AND (?5 IS NULL "
        "OR grp = ?5) AND (?6 IS NULL OR versus = ?6) AND (?7 IS NULL OR point = ?7) AND (?8 "
        "IS NULL OR method = ?8) ORDER BY study, dataset, backend, metric, grp, versus, "
        "point, method";
    const char *const wanted[] = { f->study, f->dataset, f->backend, f->metric, f->group,
                                   f->versus, f->point, f->method };
    struct db_statement *s = store_prepare(h, sql, err);
    size_t cap = 0;
    int step = s ? 1 : ERR_INPUT;

    for (int i = 0; s && i < 8; i++)
        if (wanted[i])
            db_bind_text(s, i + 1, wanted[i]);
    while (s && (step = db_step(s, err)) > 0) {
        MEM_ROOM(*ids, *n, cap);
        (*ids)[(*n)++] = db_int(s, 0);
    }
    if (s)
        db_reset(s);
    return step;
}

int history_each(struct history *h, const struct history_filter *f, history_point_fn *fn,
                 void *arg, struct err *err)
{
    struct known k;
    int64_t *ids = NULL;
    size_t n = 0;
    int code = know(h, f, &k, err);

    if (!code)
        code = find_series(h, f, &ids, &n, err);
    for (size_t i = 0; i < n && !code; i++)
        code = each_of_series(h, f, &k, ids[i], fn, arg, err);
    free(ids);
    forget(&k);
    return code;
}

int history_each_speed(struct history *h, const struct history_filter *f,
                       history_speed_fn *fn, void *arg, struct err *err)
{
    struct db_statement *s = store_prepare(h, "SELECT backend.run, " BACKEND_COLUMNS " FROM "
                                           "backend JOIN run ON run.number = backend.run "
                                           "ORDER BY run.study, backend.name, run.at, run.id", err);
    struct known k;
    int step = 1, code = s ? know(h, f, &k, err) : ERR_INPUT;

    if (!s)
        return code;
    while (!code && (step = db_step(s, err)) > 0) {
        struct history_backend b;
        const struct history_head *run = known(&k, db_int(s, 0));
        if (!run || (f->backend && strcmp(f->backend, db_text(s, 1))))
            continue;
        struct arena arena = ARENA_INIT;
        rows_backend(s, 1, &b, &arena);
        code = fn(&(struct history_speed){ run, &b }, arg, err);
        arena_release(&arena);
    }
    db_reset(s);
    forget(&k);
    return code ? code : step < 0 ? step : 0;
}
