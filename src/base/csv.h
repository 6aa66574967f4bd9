/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv: tables of foreign bytes in, our own tables out.
 *
 * Reading is by libcsv (RFC 4180 quoting) behind checks it does not make:
 * a UTF-8 byte-order mark is dropped; line ends may be LF, CR LF or CR alone;
 * blanks are kept; NUL bytes, ill-formed UTF-8, a quote left open, an empty
 * file, a header with an empty or repeated name, and a row with more or fewer
 * cells than the header are errors, all of them listed (up to ERR_MAX_LINES),
 * each as `path:line: what is wrong, expected what`. Blank lines and, where
 * asked for, lines that begin with `#` are passed over.
 *
 * Line numbers are those an editor shows: the line on which a row begins, also
 * after quoted cells that hold line ends.
 *
 * Ownership: a csv_table owns its text until csv_table_release(). Threads: any,
 * one table a thread.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

struct csv_options {
    char delimiter;      /* 0 means ',' */
    bool comments;       /* lines that begin with '#' are passed over */
    bool no_header;      /* the first row is data; columns are named "1", "2", … */
    bool trim;           /* blanks around cells are dropped, and those inside and
                            around their quotes */
    bool foreign;        /* others' tables: cells may hold any bytes but NUL, and a
                            column without a name is called by its number */
    size_t skip;         /* lines before the table */
    size_t max_bytes;    /* 0 means CSV_MAX_BYTES, CSV_TABLE_BYTES for a table */
};
#define CSV_MAX_BYTES ((size_t)1 << 30)
#define CSV_TABLE_BYTES ((size_t)64 << 20)
#define CSV_MAX_COLUMNS 65536

/*
 * Streaming: `row` is called for the header (line of the header, `is_header`)
 * and then a row at a time, cells 0-terminated UTF-8, valid during the call.
 * It returns 0 to go on, also after adding a line of its own to `err` (the
 * reading then fails at its end), or a negative code to stop there. Faulty rows
 * are reported and not handed on; after a faulty header no row is.
 * csv_scan() reads from memory and names `path` in its lines; csv_read() reads
 * a regular file in pieces, so that only its longest row is held in memory.
 * Returns 0, or the code of the first fault.
 */
struct csv_row {
    const char *const *cells;
    size_t n;
    size_t line;
    bool is_header;
};
typedef int csv_row_fn(const struct csv_row *row, void *arg, struct err *err);

int csv_scan(const char *data, size_t len, const char *path,
             const struct csv_options *opt, csv_row_fn *row, void *arg,
             struct err *err);
int csv_read(const char *path, const struct csv_options *opt, csv_row_fn *row,
             void *arg, struct err *err);

/* A whole small table. cell(r, c) = cells[r * columns + c], never NULL. After a
 * failure it is empty, and may be released. */
struct csv_table {
    char *path;
    size_t columns, rows;
    char **names;    /* columns */
    char **cells;    /* rows × columns */
    size_t *lines;   /* rows */
    struct arena store; /* the text of all of the above */
};
int csv_table_load(struct csv_table *t, const char *path,
                   const struct csv_options *opt, struct err *err);
int csv_table_parse(struct csv_table *t, const char *data, size_t len,
                    const char *path, const struct csv_options *opt,
                    struct err *err);
void csv_table_release(struct csv_table *t);
/* Index of a column, or -1. */
long csv_table_column(const struct csv_table *t, const char *name);
/* The index of each of `n` names into `at`; those that are missing are faults
 * that list them all. Further columns are no fault. */
int csv_table_columns(const struct csv_table *t, const char *const *names, size_t n,
                      int *at, struct err *err);
const char *csv_table_cell(const struct csv_table *t, size_t row, size_t column);

/*
 * Writing: cells are quoted only where they must be (delimiter, quote, CR, LF,
 * leading or trailing blank, a first cell that begins with '#' or a byte-order
 * mark, a row of one empty cell); rows end with LF.
 *     struct csv_out w = csv_out(&text);
 *     csv_put(&w, "a"); csv_put_num(&w, .5); csv_end(&w);
 */
struct csv_out {
    struct text *to;
    size_t cell; /* cells so far in this row */
};
struct csv_out csv_out(struct text *to);
void csv_put(struct csv_out *w, const char *s);       /* NULL is an empty cell */
void csv_put_num(struct csv_out *w, double v);        /* NaN is an empty cell */
void csv_put_int(struct csv_out *w, long long v);
void csv_end(struct csv_out *w);

#endif
