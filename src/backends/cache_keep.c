/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cache looked at as a whole, and made smaller. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backends/cache_file.h"

static int need_file(const struct cache *c, struct err *err)
{
    return c->db ? 0 : err_add(err, ERR_INPUT, "%s", cache_note(c));
}

/* How many answers do not have the hash they were put with. */
static int count_damaged(struct cache *c, int64_t *damaged, struct err *err)
{
    struct db_statement *s = db_prepare(c->db, "SELECT key, sum, bytes FROM answer", err);
    char sum[HASH_HEX];
    int step = s ? 1 : ERR_IO;

    while (s && (step = db_step(s, err)) > 0) {
        size_t len;
        const void *bytes = db_blob(s, 2, &len);
        cache_sum(sum, db_text(s, 0), bytes ? bytes : "", len);
        *damaged += strcmp(sum, db_text(s, 1)) != 0;
    }
    if (s)
        db_reset(s);
    return step;
}

static int count_backends(struct cache *c, struct cache_stat *to, struct err *err)
{
    struct db_statement *s = db_prepare(c->db,
        "SELECT b.name, b.fingerprint, count(*), sum(length(a.bytes)), min(a.made), "
        "max(a.made) FROM answer a JOIN backend b ON b.id = a.backend "
        "GROUP BY b.id ORDER BY b.name, b.fingerprint", err);
    size_t cap = 0;
    int step = s ? 1 : ERR_IO;

    while (s && (step = db_step(s, err)) > 0) {
        MEM_ROOM(to->backends, to->n_backends, cap);
        to->backends[to->n_backends++] = (struct cache_backend){
            arena_strdup(&to->arena, db_text(s, 0)), arena_strdup(&to->arena, db_text(s, 1)),
            db_int(s, 2), db_int(s, 3), db_int(s, 4), db_int(s, 5) };
    }
    if (s)
        db_reset(s);
    return step;
}

int cache_stat(struct cache *c, struct cache_stat *to, struct err *err)
{
    struct stat st;
    int code = need_file(c, err);

    *to = (struct cache_stat){ 0 };
    if (code)
        return code;
    pthread_mutex_lock(&c->lock);
    to->path = mem_strdup(c->path);
    to->file_bytes = stat(c->path, &st) == 0 ? (int64_t)st.st_size : 0;
    to->sound = db_check(c->db, NULL) == 0 && count_damaged(c, &to->damaged, NULL) == 0;
    code = count_backends(c, to, err);
    pthread_mutex_unlock(&c->lock);
    return code;
}

void cache_stat_release(struct cache_stat *s)
{
    free(s->path);
    free(s->backends);
    arena_release(&s->arena);
    *s = (struct cache_stat){ 0 };
}

/* One number that a statement on the backend gives. */
static int ask(struct cache *c, const char *sql, const char *backend, int64_t *to,
               struct err *err)
{
    struct db_statement *s = db_prepare(c->db, sql, err);

    if (!s)
        return ERR_IO;
    if (backend)
        db_bind_text(s, 1, backend);
    int step = db_step(s, err);
    *to = step > 0 ? db_int(s, 0) : 0;
    db_reset(s);
    return step < 0 ? step : 0;
}

/* Runs one that deletes; its rows are added to *dropped. */
static int drop(struct cache *c, const char *sql, const char *backend, int64_t number,
                int64_t *dropped, struct err *err)
{
    struct db_statement *s = db_prepare(c->db, sql, err);

    if (!s)
        return ERR_IO;
    db_bind_text(s, 1, backend);
    db_bind_int(s, 2, number);
    int step = db_step(s, err);
    if (step >= 0)
        *dropped += db_changes(c->db);
    db_reset(s);
    return step < 0 ? step : 0;
}

#define OF_BACKEND "(?1 = '' OR backend IN (SELECT id FROM backend WHERE name = ?1 OR " \
                   "fingerprint = ?1))"

/* Drops of the oldest the share that is too much, again and again, as answers differ in
 * size. */
static int shrink(struct cache *c, const char *backend, int64_t max_bytes,
                  int64_t *dropped, struct err *err)
{
    for (;;) {
        int64_t bytes, left;
        int code = ask(c, "SELECT (page_count - freelist_count) * page_size FROM "
                       "pragma_page_count(), pragma_freelist_count(), pragma_page_size()",
                       NULL, &bytes, err);
        if (code || (code = ask(c, "SELECT count(*) FROM answer WHERE " OF_BACKEND, backend,
                                &left, err)))
            return code;
        if (bytes <= max_bytes || !left)
            return 0;
        double share = (double)(bytes - max_bytes) / (double)bytes;
        code = drop(c, "DELETE FROM answer WHERE id IN (SELECT id FROM answer WHERE "
                    OF_BACKEND " ORDER BY id LIMIT ?2)", backend,
                    1 + (int64_t)(share * (double)left), dropped, err);
        if (code)
            return code;
    }
}

int cache_prune(struct cache *c, const struct cache_prune *p, int64_t *dropped,
                struct err *err)
{
    const char *backend = p->backend ? p->backend : "";
    int code = need_file(c, err);

    *dropped = 0;
    if (code)
        return code;
    pthread_mutex_lock(&c->lock);
    if (p->before || p->max_bytes < 0)
        code = drop(c, "DELETE FROM answer WHERE " OF_BACKEND " AND (?2 = 0 OR made < ?2)",
                    backend, p->before, dropped, err);
    if (!code && p->max_bytes >= 0)
        code = shrink(c, backend, p->max_bytes, dropped, err);
    if (!code)
        code = db_run(c->db, "DELETE FROM backend WHERE id NOT IN (SELECT backend FROM "
                      "answer); VACUUM; PRAGMA wal_checkpoint(TRUNCATE)", err);
    pthread_mutex_unlock(&c->lock);
    return code;
}
