/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs by what they are called: ids, the beginnings of ids, baselines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/store.h"

#define LEAST_DIGITS 4

int history_find(struct history *h, const char *which, char id[HASH_HEX], struct err *err)
{
    struct db_statement *s = store_prepare(h, "SELECT id FROM run WHERE id >= ?1 AND id < ?1 "
                                           "|| 'g' ORDER BY id LIMIT 2", err);
    size_t digits = strspn(which, "0123456789abcdef"), found = 0;
    int step = 1;

    if (!s)
        return ERR_INPUT;
    if (which[digits] || digits < LEAST_DIGITS || digits >= HASH_HEX)
        return err_add(err, ERR_INPUT, "'%.80s' is no id of a run, expected %d to %d "
                       "hexadecimal digits", which, LEAST_DIGITS, HASH_HEX - 1);
    db_bind_text(s, 1, which);
    while ((step = db_step(s, err)) > 0)
        if (found++ == 0)
            snprintf(id, HASH_HEX, "%s", db_text(s, 0));
    db_reset(s);
    if (step < 0)
        return step;
    if (found != 1)
        return err_add(err, ERR_INPUT, "%s: %s of an id that begins with %s, expected one",
                       history_path(h), found ? "several runs" : "no run", which);
    return 0;
}

static int number_of(struct history *h, const char *id, int64_t *number, struct err *err)
{
    struct db_statement *s = store_prepare(h, "SELECT number FROM run WHERE id = ?1", err);

    if (!s)
        return ERR_INPUT;
    db_bind_text(s, 1, id);
    int code = store_ask(s, number, err);
    if (!code && *number < 0)
        code = err_add(err, ERR_INPUT, "%s: there is no run %.64s", history_path(h), id);
    return code;
}

int history_baseline_set(struct history *h, const char *name, const char *id,
                         struct err *err)
{
    struct db_statement *s = store_prepare(h, "INSERT OR REPLACE INTO baseline (study, name, "
                                           "run) SELECT study, ?1, number FROM run WHERE "
                                           "number = ?2", err);
    int64_t number = -1;
    int code = s ? number_of(h, id, &number, err) : ERR_INPUT;

    if (code)
        return code;
    db_bind_text(s, 1, name);
    db_bind_int(s, 2, number);
    return store_do(s, err);
}

static void add_known(struct history *h, const char *study, struct text *to)
{
    struct history_baseline *list;
    size_t n;

    if (history_baselines(h, &list, &n, NULL))
        return;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].study, study))
            text_addf(to, "%s%s", to->len ? ", " : "", list[i].name);
    history_baselines_free(list);
}

int history_baseline_find(struct history *h, const char *study, const char *name,
                          char id[HASH_HEX], struct err *err)
{
    struct db_statement *s = store_prepare(h, "SELECT run.id FROM baseline JOIN run ON "
                                           "run.number = baseline.run WHERE baseline.study = "
                                           "?1 AND name = ?2", err);
    struct text known = TEXT_INIT;

    if (!s)
        return ERR_INPUT;
    db_bind_text(s, 1, study);
    db_bind_text(s, 2, name);
    int code = db_step(s, err);
    if (code > 0)
        snprintf(id, HASH_HEX, "%s", db_text(s, 0));
    db_reset(s);
    if (code == 0) {
        add_known(h, study, &known);
        code = err_add(err, ERR_INPUT, "%s: the study %s has no baseline '%.60s', expected %s",
                       history_path(h), study, name,
                       known.len ? known.s : "one that `misid baseline set` made");
    }
    text_release(&known);
    return code < 0 ? code : 0;
}

int history_baseline_unset(struct history *h, const char *study, const char *name,
                           bool *gone, struct err *err)
{
    struct db_statement *s = store_prepare(h, "DELETE FROM baseline WHERE name = ?1 AND (?2 "
                                           "IS NULL OR study = ?2)", err);

    *gone = false;
    if (!s)
        return ERR_INPUT;
    db_bind_text(s, 1, name);
    if (study)
        db_bind_text(s, 2, study);
    int code = store_do(s, err);
    *gone = !code && db_changes(h->db) > 0;
    return code;
}

/* The owner of the texts lies before the first. */
union baselines_block {
    struct arena arena;
    struct history_baseline item;
};
_Static_assert(sizeof(union baselines_block) == sizeof(struct history_baseline),
               "one stride");

int history_baselines(struct history *h, struct history_baseline **list, size_t *n,
                      struct err *err)
{
    struct db_statement *s = store_prepare(h, "SELECT baseline.study, name, run.id FROM "
                                           "baseline JOIN run ON run.number = baseline.run "
                                           "ORDER BY baseline.study, name", err);
    union baselines_block *block = mem_array(1, sizeof *block);
    size_t cap = 1;
    int step = s ? 1 : ERR_INPUT;

    *n = 0;
    while (s && (step = db_step(s, err)) > 0) {
        MEM_ROOM(block, *n + 1, cap);
        struct history_baseline *b = &block[*n + 1].item;
        b->study = arena_strdup(&block[0].arena, db_text(s, 0));
        b->name = arena_strdup(&block[0].arena, db_text(s, 1));
        snprintf(b->id, sizeof b->id, "%s", db_text(s, 2));
        ++*n;
    }
    if (s)
        db_reset(s);
    *list = &block[1].item;
    if (step < 0) {
        history_baselines_free(*list);
        *list = NULL;
        *n = 0;
    }
    return step;
}

void history_baselines_free(struct history_baseline *list)
{
    if (!list)
        return;
    union baselines_block *block = (union baselines_block *)(void *)list - 1;
    arena_release(&block->arena);
    free(block);
}
