/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * db: one SQLite database in one file, written so that a process that dies at any
 * moment leaves a whole one (journal in WAL mode, synchronous NORMAL: a power cut may
 * cost the last transactions, and nothing else). Here is the one place of sqlite3.h.
 *
 * A database says whose it is (PRAGMA application_id, of the caller's choice) and how
 * far it has come (PRAGMA user_version). db_open() brings it to the newest version by
 * the migrations it lacks, all in one transaction; several programs may do so at once.
 * Whoever finds it locked waits, half a minute at least, a minute at most.
 *
 * Statements are prepared once, bound by place from 1, stepped to rows (columns from 0),
 * and reset. SQL is the program's own: one that cannot be prepared is a fault of the
 * file, which lacks a table that it should have.
 *
 * Ownership: db_close() closes the statements as well; texts and blobs of a row are
 * valid until the statement is next stepped or reset. Threads: one database a thread,
 * or one lock around it. Fails when: the system refuses (ERR_IO), or the file is not
 * what it should be (ERR_INPUT).
 */
#ifndef BASE_DB_H
#define BASE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct db_statement;

enum db_state {
    DB_GOOD,
    DB_REFUSED,   /* the system lets nobody read or write it */
    DB_DAMAGED,   /* no database, or one whose pages contradict each other */
    DB_STRANGE    /* a database, but another program's, or of a later version */
};

struct db_plan {
    int32_t application;
    const char *const *migrations; /* SQL from version i to i + 1 */
    int n_migrations;
};

/* *state (may be NULL) says more of a failure. */
int db_open(struct db **db, const char *path, const struct db_plan *plan,
            enum db_state *state, struct err *err);
/* Moves what was committed from the WAL into the file, as far as nobody reads it there;
 * fails where the system refuses, and nothing is lost: the WAL keeps it. db_close() does
 * the same, but tells nobody. */
int db_flush(struct db *db, struct err *err);
void db_close(struct db *db);
const char *db_path(const struct db *db);
/* Of the last call that failed: the file is damaged, not merely full or locked. */
bool db_is_damaged(const struct db *db);

/* Statements without rows to read: PRAGMA, BEGIN IMMEDIATE, VACUUM … */
int db_run(struct db *db, const char *sql, struct err *err);
/* NULL where it fails. */
struct db_statement *db_prepare(struct db *db, const char *sql, struct err *err);
void db_bind_int(struct db_statement *s, int at, int64_t v);
/* NaN is kept as NULL; every other number comes back bit for bit, infinities too. */
void db_bind_real(struct db_statement *s, int at, double v);
/* The bytes must stay until the statement is reset. */
void db_bind_text(struct db_statement *s, int at, const char *v);
void db_bind_blob(struct db_statement *s, int at, const void *v, size_t len);
/* 1: a row is there; 0: no more; negative: it failed. */
int db_step(struct db_statement *s, struct err *err);
void db_reset(struct db_statement *s);
int64_t db_int(struct db_statement *s, int column);
double db_real(struct db_statement *s, int column); /* NaN of NULL */
const char *db_text(struct db_statement *s, int column); /* never NULL */
const void *db_blob(struct db_statement *s, int column, size_t *len);
/* Bytes of the rows that the last step changed, deleted or added: their number. */
int64_t db_changes(const struct db *db);

/* Looks at every page; fails, with the first of its words, where they are not sound. */
int db_check(struct db *db, struct err *err);

#endif
