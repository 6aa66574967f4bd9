/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history/store.h"

#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/file.h"

#define APPLICATION 0x6d697364 /* "misd" */
#define DEFAULT_PATH "results/history.sqlite"

/* From version i to i + 1. A migration that was released never changes. */
static const char *const migrations[] = {
    "CREATE TABLE secret (bytes BLOB NOT NULL);"
    "CREATE TABLE run (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    " study TEXT NOT NULL, task TEXT NOT NULL, dataset TEXT NOT NULL,"
    " dataset_hash TEXT NOT NULL, version TEXT NOT NULL, host TEXT NOT NULL,"
    " started TEXT NOT NULL, at INTEGER NOT NULL, command TEXT NOT NULL,"
    " folder TEXT NOT NULL, record_hash TEXT NOT NULL);"
    "CREATE INDEX run_study ON run (study, at);"
    "CREATE TABLE series (id INTEGER PRIMARY KEY, study TEXT NOT NULL,"
    " dataset TEXT NOT NULL, backend TEXT NOT NULL, metric TEXT NOT NULL,"
    " grp TEXT NOT NULL, versus TEXT NOT NULL, point TEXT NOT NULL, method TEXT NOT NULL,"
    " UNIQUE (study, dataset, backend, metric, grp, versus, point, method));"
    "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
    /* lies in the order in which it is read over time */
    "CREATE TABLE finding (series INTEGER NOT NULL REFERENCES series,"
    " at INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES run, place INTEGER NOT NULL,"
    " threshold REAL, estimate REAL, lo REAL, hi REAL, confidence REAL, x INTEGER,"
    " n INTEGER, n_lo INTEGER, n_hi INTEGER, n_eff REAL, df REAL, failed INTEGER,"
    " clusters INTEGER, p REAL, p_adj REAL, flag INTEGER NOT NULL,"
    " note INTEGER NOT NULL REFERENCES note,"
    " PRIMARY KEY (series, at, run, place)) WITHOUT ROWID;"
    "CREATE INDEX finding_run ON finding (run, place);"
    "CREATE TABLE claim (run INTEGER NOT NULL REFERENCES run, place INTEGER NOT NULL,"
    " id TEXT NOT NULL, type TEXT NOT NULL, margin REAL, verdict TEXT NOT NULL, p REAL,"
    " p_holm REAL, PRIMARY KEY (run, place)) WITHOUT ROWID;"
    "CREATE TABLE roll (run INTEGER NOT NULL REFERENCES run, place INTEGER NOT NULL,"
    " name TEXT NOT NULL, samples INTEGER NOT NULL, people INTEGER NOT NULL,"
    " failed INTEGER NOT NULL, PRIMARY KEY (run, place)) WITHOUT ROWID;"
    "CREATE TABLE baseline (study TEXT NOT NULL, name TEXT NOT NULL,"
    " run INTEGER NOT NULL REFERENCES run, PRIMARY KEY (study, name)) WITHOUT ROWID;",

    "CREATE TABLE backend (run INTEGER NOT NULL REFERENCES run, place INTEGER NOT NULL,"
    " name TEXT NOT NULL, fingerprint TEXT NOT NULL, version TEXT NOT NULL,"
    " images_per_second REAL, calibration REAL, threads REAL, load REAL,"
    " PRIMARY KEY (run, place)) WITHOUT ROWID;"
    "CREATE TABLE stage (run INTEGER NOT NULL REFERENCES run, place INTEGER NOT NULL,"
    " backend TEXT NOT NULL, stage TEXT NOT NULL, grp TEXT NOT NULL, n INTEGER NOT NULL,"
    " mean REAL, p50 REAL, p95 REAL, p99 REAL, PRIMARY KEY (run, place)) WITHOUT ROWID;"
    "CREATE TABLE panel (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE,"
    " secret TEXT NOT NULL, n INTEGER NOT NULL, groups TEXT NOT NULL,"
    " rows BLOB NOT NULL);"
    "CREATE TABLE outcome (run INTEGER NOT NULL REFERENCES run, place INTEGER NOT NULL,"
    " backend TEXT NOT NULL, panel INTEGER NOT NULL REFERENCES panel,"
    " outcomes TEXT NOT NULL, PRIMARY KEY (run, place));"
    "CREATE TABLE margin (run INTEGER NOT NULL REFERENCES run, place INTEGER NOT NULL,"
    " backend TEXT NOT NULL, panel INTEGER NOT NULL REFERENCES panel,"
    " points TEXT NOT NULL, n_points INTEGER NOT NULL, n_cells INTEGER NOT NULL,"
    " n_rows INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY (run, place));",
};

const struct db_plan history_plan = {
    APPLICATION, migrations, sizeof migrations / sizeof *migrations
};

struct db_statement *store_prepare(struct history *h, const char *sql, struct err *err)
{
    for (size_t i = 0; i < h->n_statements; i++)
        if (h->statements[i].sql == sql)
            return h->statements[i].s;
    struct db_statement *s = db_prepare(h->db, sql, err);
    if (s) {
        MEM_ROOM(h->statements, h->n_statements, h->cap_statements);
        h->statements[h->n_statements++] = (struct store_statement){ sql, s };
    }
    return s;
}

int store_ask(struct db_statement *s, int64_t *to, struct err *err)
{
    int step = db_step(s, err);

    *to = step > 0 ? db_int(s, 0) : -1;
    db_reset(s);
    return step < 0 ? step : 0;
}

int store_do(struct db_statement *s, struct err *err)
{
    int step = db_step(s, err);

    db_reset(s);
    return step < 0 ? step : 0;
}

int store_damaged(const struct history *h, const char *what, struct err *err)
{
    return err_add(err, ERR_INPUT, "%s: is damaged: %s", history_path(h), what);
}

int64_t store_head(struct db_statement *s, struct history_head *to, struct arena *arena)
{
    const char **texts[] = {
        &to->study, &to->task, &to->dataset, &to->dataset_hash, &to->version, &to->host,
        &to->started, NULL, &to->command, &to->folder, &to->record_hash,
    };

    snprintf(to->id, sizeof to->id, "%s", db_text(s, 1));
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++)
        if (texts[i])
            *texts[i] = arena_strdup(arena, db_text(s, i + 2));
    to->at = db_int(s, 9);
    return db_int(s, 0);
}

/* The secret of the database, made by whoever comes first. */
static int read_secret(struct history *h, struct err *err)
{
    struct db_statement *get = store_prepare(h, "SELECT bytes FROM secret", err);
    struct db_statement *put = get ? store_prepare(h, "INSERT INTO secret SELECT ?1 WHERE "
                                                "NOT EXISTS (SELECT 1 FROM secret)", err)
                                   : NULL;
    unsigned char fresh[SECRET_BYTES];
    const void *bytes;
    size_t len = 0;
    int step;

    if (!put)
        return ERR_INPUT;
    step = db_step(get, err);
    if (step == 0) {
        db_reset(get);
        if (getrandom(fresh, sizeof fresh, 0) != (ssize_t)sizeof fresh)
            return err_add_errno(err, ERR_IO, errno, "%s: no secret can be drawn",
                                 history_path(h));
        db_bind_blob(put, 1, fresh, sizeof fresh);
        step = store_do(put, err);
        if (step == 0)
            step = db_step(get, err);
    }
    if (step > 0) {
        bytes = db_blob(get, 0, &len);
        if (len == sizeof h->secret)
            memcpy(h->secret, bytes, len);
    }
    db_reset(get);
    if (step < 0)
        return step;
    if (len != sizeof h->secret)
        return store_damaged(h, "it has no secret of 32 bytes", err);
    hash_bytes(h->secret_hash, h->secret, sizeof h->secret);
    return 0;
}

int store_adopt_secret(struct history *h, const unsigned char secret[SECRET_BYTES],
                       struct err *err)
{
    struct db_statement *s = store_prepare(h, "UPDATE secret SET bytes = ?1 WHERE NOT EXISTS "
                                           "(SELECT 1 FROM run)", err);
    if (!s)
        return ERR_INPUT;
    db_bind_blob(s, 1, secret, SECRET_BYTES);
    int code = store_do(s, err);
    return code ? code : read_secret(h, err);
}

int history_open(struct history **to, const char *path, enum history_mode mode,
                 struct err *err)
{
    const char *environment = getenv("MISID_HISTORY");
    struct history *h;
    int code = 0;

    *to = NULL;
    if (!path)
        path = environment && *environment ? environment : DEFAULT_PATH;
    if (mode == HISTORY_MAKE) {
        char *dir = path_dirname(path);
        code = path_make_dirs(dir, err);
        free(dir);
    } else if (!path_is_file(path)) {
        code = err_add(err, ERR_INPUT, "%s: there is no history, expected one that `misid "
                       "record` made", path);
    }
    if (code)
        return code;
    h = mem_alloc(sizeof *h);
    code = db_open(&h->db, path, &history_plan, NULL, err);
    /* a run that is said to be recorded stays so, also where the power fails */
    if (!code)
        code = db_run(h->db, "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536", err);
    if (!code)
        code = read_secret(h, err);
    if (code)
        history_close(h);
    else
        *to = h;
    return code;
}

void history_close(struct history *h)
{
    if (!h)
        return;
    db_close(h->db);
    for (size_t i = 0; i < STORE_NOTES; i++)
        free(h->notes[i].text);
    free(h->statements);
    free(h);
}

int history_flush(struct history *h, struct err *err)
{
    return db_flush(h->db, err);
}

const char *history_path(const struct history *h)
{
    return db_path(h->db);
}

void history_key(const struct history *h, const char *name, unsigned char key[HISTORY_KEY])
{
    unsigned char mac[HASH_BYTES];

    hash_keyed(mac, h->secret, sizeof h->secret, name, strlen(name));
    memcpy(key, mac, HISTORY_KEY);
}

const char *history_secret(const struct history *h)
{
    return h->secret_hash;
}

/* Every row that speaks of another finds it. */
int history_check(struct history *h, struct err *err)
{
    static const char *const orphans[][2] = {
        { "finding", "SELECT count(*) FROM finding LEFT JOIN run ON run.number = finding.run "
          "LEFT JOIN series ON series.id = finding.series LEFT JOIN note ON note.id = "
          "finding.note WHERE run.number IS NULL OR series.id IS NULL OR note.id IS NULL OR "
          "run.at <> finding.at" },
        { "baseline", "SELECT count(*) FROM baseline LEFT JOIN run ON run.number = "
          "baseline.run WHERE run.number IS NULL OR run.study <> baseline.study" },
        { "outcome", "SELECT count(*) FROM outcome LEFT JOIN panel ON panel.id = "
          "outcome.panel WHERE panel.id IS NULL OR panel.n <> length(outcome.outcomes)" },
        { "margin", "SELECT count(*) FROM margin LEFT JOIN panel ON panel.id = "
          "margin.panel WHERE panel.id IS NULL" },
    };
    int code = db_check(h->db, err);

    for (size_t i = 0; i < sizeof orphans / sizeof *orphans && !code; i++) {
        struct db_statement *s = store_prepare(h, orphans[i][1], err);
        int64_t n = 0;
        code = s ? store_ask(s, &n, err) : ERR_INPUT;
        if (!code && n)
            code = err_add(err, ERR_INPUT, "%s: is damaged: %lld rows of %s speak of what is "
                           "not there", history_path(h), (long long)n, orphans[i][0]);
    }
    return code;
}
