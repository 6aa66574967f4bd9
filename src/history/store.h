/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store: what the files of this folder share; nobody else's. */
#ifndef HISTORY_STORE_H
#define HISTORY_STORE_H

#include "base/db.h"
#include "base/text.h"
#include "history/history.h"

#define SECRET_BYTES 32

struct store_statement {
    const char *sql;
    struct db_statement *s;
};

struct store_note {
    int64_t id;
    char *text;
};
#define STORE_NOTES 1024

struct history {
    struct db *db;
    struct store_note notes[STORE_NOTES]; /* lately read, each at its place */
    struct store_statement *statements;
    size_t n_statements, cap_statements;
    unsigned char secret[SECRET_BYTES];
    char secret_hash[HASH_HEX];
};

extern const struct db_plan history_plan;

/* A statement that is prepared once a history; `sql` is a literal, whose address it is
 * found by. Whoever takes one resets it. NULL where it fails. */
struct db_statement *store_prepare(struct history *h, const char *sql, struct err *err);
/* One number that a statement gives, whose parameters are bound; -1 where no row is. */
int store_ask(struct db_statement *s, int64_t *to, struct err *err);
/* Runs a statement that gives no row, and resets it. */
int store_do(struct db_statement *s, struct err *err);
/* A number or text that a whole database would not have. */
int store_damaged(const struct history *h, const char *what, struct err *err);

/* Takes a secret over where there is no run yet; else leaves what is there. */
int store_adopt_secret(struct history *h, const unsigned char secret[SECRET_BYTES],
                       struct err *err);

/* Columns of a head, in the order in which store_head() reads them, from 0. */
#define HEAD_COLUMNS                                                                    \
    "run.number, run.id, run.study, run.task, run.dataset, run.dataset_hash, "          \
    "run.version, run.host, run.started, run.at, run.command, run.folder, "             \
    "run.record_hash"
/* The row's number; texts are the arena's. */
int64_t store_head(struct db_statement *s, struct history_head *to, struct arena *arena);

/* Rows of panels and margins as bytes, and back: numbers as LEB128, seven bits a byte,
 * the least first. */
void pack_number(struct text *to, uint64_t v);
struct packed {
    const unsigned char *at, *end;
    bool bad;                  /* it was read past its end, or a number past 64 bits */
};
uint64_t unpack_number(struct packed *p);

void pack_panel(const struct history_panel *p, struct text *to);
/* False if the bytes are none of such a panel; hash is not looked at. */
bool unpack_panel(struct history_panel *p, const void *bytes, size_t len, size_t n,
                  struct arena *arena);
void pack_margins(const struct history_margins *m, struct text *to);
/* Of n_points points, n_cells cells, n_rows rows, which are set. */
bool unpack_margins(struct history_margins *m, const void *bytes, size_t len,
                    size_t people, struct arena *arena);

/* A list of texts without line ends as one text, a line each, and back. */
void join_lines(struct text *to, const char *const *items, size_t n);
const char **split_lines(const char *text, size_t *n, struct arena *arena);

#endif
