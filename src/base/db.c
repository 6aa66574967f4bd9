/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/db.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define BUSY_S 30 /* how long whoever finds the file locked waits */
#define PAUSE_MS 5

struct db_statement {
    struct db *db;
    sqlite3_stmt *s;
    struct db_statement *next;
};

struct db {
    sqlite3 *sqlite;
    char *path;
    int last;                  /* result code of the last failure */
    struct db_statement *statements;
};

static bool means_damage(int code)
{
    return (code & 255) == SQLITE_CORRUPT || (code & 255) == SQLITE_NOTADB ||
           (code & 255) == SQLITE_FORMAT;
}

static int fail(struct db *db, struct err *err)
{
    db->last = sqlite3_extended_errcode(db->sqlite);
    if ((db->last & 255) == SQLITE_NOMEM)
        mem_exhausted();
    return err_add(err, means_damage(db->last) ? ERR_INPUT : ERR_IO, "%s: %s", db->path,
                   sqlite3_errmsg(db->sqlite));
}

/* SQLite does not always wait when the file is locked: where it turns to a WAL while
 * others open it, it says so at once. Such a statement did nothing, and is tried again. */
int db_run(struct db *db, const char *sql, struct err *err)
{
    double until = clock_now() + BUSY_S;
    int code;

    while ((code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL)) != SQLITE_OK) {
        if ((code & 255) != SQLITE_BUSY || clock_now() > until)
            return fail(db, err);
        sqlite3_sleep(PAUSE_MS);
    }
    return 0;
}

struct db_statement *db_prepare(struct db *db, const char *sql, struct err *err)
{
    struct db_statement *s = mem_alloc(sizeof *s);

    s->db = db;
    if (sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->s, NULL) !=
        SQLITE_OK) {
        fail(db, err);
        if ((db->last & 255) == SQLITE_ERROR) /* no such table */
            db->last = SQLITE_CORRUPT;
        free(s);
        return NULL;
    }
    s->next = db->statements;
    db->statements = s;
    return s;
}

/* Binding fails only for want of memory, or past SQLite's limit of a thousand million
 * bytes. */
static void must(int code)
{
    if (code != SQLITE_OK)
        mem_exhausted();
}

void db_bind_int(struct db_statement *s, int at, int64_t v)
{
    must(sqlite3_bind_int64(s->s, at, v));
}

void db_bind_real(struct db_statement *s, int at, double v)
{
    must(isnan(v) ? sqlite3_bind_null(s->s, at) : sqlite3_bind_double(s->s, at, v));
}

void db_bind_text(struct db_statement *s, int at, const char *v)
{
    must(sqlite3_bind_text(s->s, at, v, -1, SQLITE_STATIC));
}

void db_bind_blob(struct db_statement *s, int at, const void *v, size_t len)
{
    must(sqlite3_bind_blob64(s->s, at, v, len, SQLITE_STATIC));
}

int db_step(struct db_statement *s, struct err *err)
{
    int code = sqlite3_step(s->s);

    if (code == SQLITE_ROW)
        return 1;
    return code == SQLITE_DONE ? 0 : fail(s->db, err);
}

void db_reset(struct db_statement *s)
{
    sqlite3_reset(s->s);
    sqlite3_clear_bindings(s->s);
}

int64_t db_int(struct db_statement *s, int column)
{
    return sqlite3_column_int64(s->s, column);
}

double db_real(struct db_statement *s, int column)
{
    return sqlite3_column_type(s->s, column) == SQLITE_NULL
               ? NAN : sqlite3_column_double(s->s, column);
}

const char *db_text(struct db_statement *s, int column)
{
    const unsigned char *t = sqlite3_column_text(s->s, column);

    return t ? (const char *)t : "";
}

const void *db_blob(struct db_statement *s, int column, size_t *len)
{
    const void *b = sqlite3_column_blob(s->s, column);

    *len = b ? (size_t)sqlite3_column_bytes(s->s, column) : 0;
    return b;
}

int64_t db_changes(const struct db *db)
{
    return sqlite3_changes(db->sqlite);
}

const char *db_path(const struct db *db)
{
    return db->path;
}

bool db_is_damaged(const struct db *db)
{
    return means_damage(db->last);
}

/* One number that a statement gives. */
static int ask(struct db *db, const char *sql, int64_t *to, struct err *err)
{
    struct db_statement *s = db_prepare(db, sql, err);
    int code = s ? db_step(s, err) : ERR_IO;

    *to = code > 0 ? db_int(s, 0) : 0;
    if (s)
        db_reset(s);
    return code < 0 ? code : 0;
}

/* Within a transaction: whose it is, and how far it has come. */
static int migrate(struct db *db, const struct db_plan *plan, enum db_state *state,
                   struct err *err)
{
    int64_t application, version, tables;
    char sql[80];
    int code;

    if ((code = ask(db, "PRAGMA application_id", &application, err)) ||
        (code = ask(db, "PRAGMA user_version", &version, err)) ||
        (code = ask(db, "SELECT count(*) FROM sqlite_schema", &tables, err)))
        return code;
    if (tables && application != plan->application) {
        *state = DB_STRANGE;
        return err_add(err, ERR_INPUT, "%s: is a database of another program", db->path);
    }
    if (version > plan->n_migrations) {
        *state = DB_STRANGE;
        return err_add(err, ERR_INPUT, "%s: is of version %lld, expected at most %d: a later "
                       "misid made it", db->path, (long long)version, plan->n_migrations);
    }
    if (version == plan->n_migrations)
        return 0;
    for (int64_t v = version < 0 ? 0 : version; v < plan->n_migrations && !code; v++)
        code = db_run(db, plan->migrations[v], err);
    snprintf(sql, sizeof sql, "PRAGMA application_id = %ld; PRAGMA user_version = %d",
             (long)plan->application, plan->n_migrations);
    return code ? code : db_run(db, sql, err);
}

int db_open(struct db **to, const char *path, const struct db_plan *plan,
            enum db_state *state, struct err *err)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    enum db_state mine = DB_GOOD;
    struct db *db = mem_alloc(sizeof *db);
    int code = 0;

    *to = NULL;
    db->path = mem_strdup(path);
    if (sqlite3_open_v2(path, &db->sqlite, flags, NULL) != SQLITE_OK)
        code = fail(db, err);
    if (!code) {
        sqlite3_extended_result_codes(db->sqlite, 1);
        sqlite3_busy_timeout(db->sqlite, BUSY_S * 1000);
        code = db_run(db, "BEGIN IMMEDIATE", err);
        if (!code) {
            code = migrate(db, plan, &mine, err);
            int end = db_run(db, code ? "ROLLBACK" : "COMMIT", code ? NULL : err);
            code = code ? code : end;
        }
    }
    if (!code)
        code = db_run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", err);
    if (code && mine == DB_GOOD)
        mine = means_damage(db->last) ? DB_DAMAGED : DB_REFUSED;
    if (state)
        *state = mine;
    if (code)
        db_close(db);
    else
        *to = db;
    return code;
}

int db_flush(struct db *db, struct err *err)
{
    int code = sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                                         NULL);

    /* another one at it, or still reading: theirs to finish */
    if ((code & 255) == SQLITE_BUSY || (code & 255) == SQLITE_LOCKED)
        return 0;
    return code == SQLITE_OK ? 0 : fail(db, err);
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (struct db_statement *s = db->statements, *next; s; s = next) {
        next = s->next;
        sqlite3_finalize(s->s);
        free(s);
    }
    sqlite3_close(db->sqlite);
    free(db->path);
    free(db);
}

int db_check(struct db *db, struct err *err)
{
    struct db_statement *s = db_prepare(db, "PRAGMA integrity_check(1)", err);
    int code = s ? db_step(s, err) : ERR_INPUT;

    if (code > 0 && strcmp(db_text(s, 0), "ok")) {
        code = err_add(err, ERR_INPUT, "%s: %s", db->path, db_text(s, 0));
        db->last = SQLITE_CORRUPT;
    }
    if (s)
        db_reset(s);
    return code < 0 ? code : 0;
}
