/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backends/cache_file.h"
#include "base/file.h"

#define FILE_NAME "answers.db"
#define APPLICATION 0x6d697369 /* "misi" */

static const char *const migrations[] = {
    "CREATE TABLE backend (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL);"
    "CREATE TABLE answer (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
    " backend INTEGER NOT NULL REFERENCES backend, made INTEGER NOT NULL,"
    " sum TEXT NOT NULL, bytes BLOB NOT NULL);",
};
static const struct db_plan plan = {
    APPLICATION, migrations, sizeof migrations / sizeof *migrations
};

char *cache_default_dir(void)
{
    const char *own = getenv("MISID_CACHE"), *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");

    if (own && *own)
        return mem_strdup(own);
    if (xdg && *xdg == '/')
        return path_join(xdg, "misid");
    return home && *home == '/' ? path_join(home, ".cache/misid") : NULL;
}

/* The first thing that is wrong is what is told. */
static void note(struct cache *c, const char *what, const struct err *err)
{
    size_t len = strcspn(err_text(err), "\n");

    if (!c->note)
        c->note = mem_printf("the cache %s: %.*s", what, (int)len, err_text(err));
}

/* Its own file for its owner alone: templates are data of people's bodies. */
static int make_file(const char *path, struct err *err)
{
    char *dir = path_dirname(path);
    int code = path_make_dirs(dir, err);

    free(dir);
    if (code)
        return code;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot open", path);
    close(fd);
    fd = file_open(path, NULL, err); /* a regular file */
    if (fd < 0)
        return fd;
    close(fd);
    return 0;
}

static int prepare(struct cache *c, struct err *err)
{
    static const struct {
        size_t at;
        const char *sql;
    } statements[] = {
        { offsetof(struct cache, get), "SELECT sum, bytes FROM answer WHERE key = ?1" },
        { offsetof(struct cache, put), "INSERT OR REPLACE INTO answer (key, backend, made, "
          "sum, bytes) VALUES (?1, ?2, ?3, ?4, ?5)" },
        { offsetof(struct cache, add_backend), "INSERT OR IGNORE INTO backend (fingerprint, "
          "name) VALUES (?1, ?2)" },
        { offsetof(struct cache, find_backend), "SELECT id FROM backend WHERE "
          "fingerprint = ?1" },
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        struct db_statement *s = db_prepare(c->db, statements[i].sql, err);
        if (!s)
            return ERR_INPUT;
        memcpy((char *)c + statements[i].at, &s, sizeof s);
    }
    return 0;
}

static enum db_state open_file(struct cache *c, struct err *err)
{
    enum db_state state = DB_REFUSED;

    if (make_file(c->path, err) < 0 || db_open(&c->db, c->path, &plan, &state, err) < 0)
        return state;
    if (prepare(c, err) == 0)
        return DB_GOOD;
    state = db_is_damaged(c->db) ? DB_DAMAGED : DB_REFUSED;
    db_close(c->db);
    c->db = NULL;
    return state;
}

/* Out of the way of a new one. */
static bool set_aside(const struct cache *c)
{
    static const char *const parts[] = { "-wal", "-shm" };
    char *aside = mem_printf("%s.damaged", c->path);
    bool done = rename(c->path, aside) == 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts && done; i++) {
        char *part = mem_printf("%s%s", c->path, parts[i]);
        unlink(part);
        free(part);
    }
    free(aside);
    return done;
}

struct cache *cache_open(const char *dir)
{
    struct cache *c = mem_alloc(sizeof *c);
    char *usual = dir ? NULL : cache_default_dir();
    struct err err = ERR_INIT;

    pthread_mutex_init(&c->lock, NULL);
    if (!dir)
        dir = usual;
    if (!dir) {
        err_add(&err, ERR_INPUT, "no folder for it, expected HOME, XDG_CACHE_HOME or "
                "MISID_CACHE in the environment");
        note(c, "is not used", &err);
    } else {
        c->path = path_join(dir, FILE_NAME);
        enum db_state state = open_file(c, &err);
        if (state == DB_DAMAGED && set_aside(c)) {
            note(c, "was damaged, is now " FILE_NAME ".damaged, and begun anew", &err);
            err_release(&err);
            state = open_file(c, &err);
        }
        if (state != DB_GOOD)
            note(c, "is not used", &err);
    }
    err_release(&err);
    free(usual);
    return c;
}

void cache_close(struct cache *c)
{
    if (!c)
        return;
    db_close(c->db);
    pthread_mutex_destroy(&c->lock);
    free(c->path);
    free(c->note);
    free(c);
}

const char *cache_note(const struct cache *c)
{
    return c->note ? c->note : "";
}

/* The file cannot be relied on any more; the rest goes without it. */
static void give_up(struct cache *c, struct err *err)
{
    bool damaged = db_is_damaged(c->db);

    db_close(c->db);
    c->db = NULL;
    if (damaged && set_aside(c))
        note(c, "was damaged, is now " FILE_NAME ".damaged, and is not used any more", err);
    else
        note(c, "is not used any more", err);
    err_release(err);
}

void cache_key(char key[HASH_HEX], const char *file_sha256, const char *fingerprint,
               const char *how)
{
    struct text t = TEXT_INIT;

    text_addf(&t, "%s\n%s\n%s", file_sha256, fingerprint, how);
    hash_bytes(key, t.s, t.len);
    text_release(&t);
}

void cache_sum(char sum[HASH_HEX], const char *key, const void *bytes, size_t len)
{
    struct text t = TEXT_INIT;

    text_addf(&t, "%s\n", key);
    text_addn(&t, bytes, len);
    hash_bytes(sum, t.s, t.len);
    text_release(&t);
}

/* One answer, as it was put. */
static bool take(struct cache *c, const char *key, struct text *to)
{
    char sum[HASH_HEX];
    size_t len;
    const void *bytes = db_blob(c->get, 1, &len);

    cache_sum(sum, key, bytes ? bytes : "", len);
    if (strcmp(sum, db_text(c->get, 0))) {
        struct err err = ERR_INIT;
        err_add(&err, ERR_INPUT, "%s: an answer does not have the hash it was put with",
                c->path);
        note(c, "held damaged answers, which were computed anew", &err);
        err_release(&err);
        c->damaged++;
        return false;
    }
    text_reset(to);
    if (len)
        text_addn(to, bytes, len);
    return true;
}

bool cache_get(struct cache *c, const char *key, struct text *to)
{
    struct err err = ERR_INIT;
    bool found = false;

    pthread_mutex_lock(&c->lock);
    if (c->db) {
        db_bind_text(c->get, 1, key);
        int step = db_step(c->get, &err);
        found = step > 0 && take(c, key, to);
        db_reset(c->get);
        if (step < 0)
            give_up(c, &err);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

/* Within a transaction: the number of the backend, or negative. */
static int64_t number_of(struct cache *c, const struct backend *b, struct err *err)
{
    int64_t number = -1;

    db_bind_text(c->add_backend, 1, b->fingerprint);
    db_bind_text(c->add_backend, 2, b->name);
    int step = db_step(c->add_backend, err);
    db_reset(c->add_backend);
    if (step < 0)
        return -1;
    db_bind_text(c->find_backend, 1, b->fingerprint);
    if (db_step(c->find_backend, err) > 0)
        number = db_int(c->find_backend, 0);
    db_reset(c->find_backend);
    return number;
}

static int put_all(struct cache *c, const struct backend *b, const struct cache_item *items,
                   size_t n, struct err *err)
{
    int64_t backend = number_of(c, b, err), made = (int64_t)time(NULL);
    char sum[HASH_HEX];

    if (backend < 0)
        return ERR_IO;
    for (size_t i = 0; i < n; i++) {
        cache_sum(sum, items[i].key, items[i].bytes.s, items[i].bytes.len);
        db_bind_text(c->put, 1, items[i].key);
        db_bind_int(c->put, 2, backend);
        db_bind_int(c->put, 3, made);
        db_bind_text(c->put, 4, sum);
        db_bind_blob(c->put, 5, items[i].bytes.s, items[i].bytes.len);
        int step = db_step(c->put, err);
        db_reset(c->put);
        if (step < 0)
            return step;
    }
    return 0;
}

void cache_put(struct cache *c, const struct backend *b, const struct cache_item *items,
               size_t n)
{
    struct err err = ERR_INIT;

    pthread_mutex_lock(&c->lock);
    if (c->db) {
        int code = db_run(c->db, "BEGIN IMMEDIATE", &err);
        if (!code && (code = put_all(c, b, items, n, &err)))
            db_run(c->db, "ROLLBACK", NULL);
        else if (!code)
            code = db_run(c->db, "COMMIT", &err);
        if (code)
            give_up(c, &err);
    }
    pthread_mutex_unlock(&c->lock);
}
