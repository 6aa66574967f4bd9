/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * err: what went wrong, told once, where it was known.
 *
 * A function that can fail returns 0 (or a useful non-negative number) when it
 * did what was asked, and a negative `enum err_code` when it did not; then it
 * has added one or more lines to the `struct err` its caller gave it. Each line
 * is a whole sentence for the user: the file, line or sample, what is wrong and
 * what was expected. Nobody prints but src/cli.
 *
 *     struct err err = ERR_INIT;
 *     if (study_load(&study, path, &err) < 0)
 *         ... err_text(&err) holds one line a fault ...
 *     err_release(&err);
 *
 * Invariants: `code` is that of the first line added and never goes back to 0
 * by itself; lines are separated by '\n', without one at the end; control
 * characters and bytes that are not UTF-8 are shown as `\xNN` in what is added,
 * so a hostile file name can forge no second line and drive no terminal.
 *
 * Ownership: the caller owns the struct; err_release() frees it and leaves it
 * as ERR_INIT. Threads: one struct a thread.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

enum err_code {
    ERR_INPUT = -1,   /* a file, option or value the user gave is wrong */
    ERR_IO = -2,      /* the system refused: missing, unreadable, disk full */
    ERR_LIMIT = -3,   /* right in form, but larger than a stated bound */
    ERR_PROGRAM = -4, /* a helper program is missing or failed (gnuplot) */
    ERR_NUMERIC = -5, /* a computation has no answer (no convergence) */
};

struct err {
    int code;     /* 0, or the code of the first line */
    size_t count; /* lines */
    char *text;   /* NULL while there is none */
    size_t len, cap;
    size_t tail;  /* where in `text` the line that counts the rest begins */
};

#define ERR_INIT { 0, 0, NULL, 0, 0, 0 }

/* Lines past this many are counted but not kept, so that a million bad rows
 * do not become a million lines; err_text() then ends with how many more. */
#define ERR_MAX_LINES 50

/* Adds one line and returns `code`, so that `return err_add(err, ERR_INPUT,
 * "...")` reads well. `err` may be NULL: then only the code is returned. */
int err_add(struct err *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int err_addv(struct err *err, int code, const char *fmt, va_list ap);

/* As err_add(), with ": " and the text of `errnum` (an errno) at the end. */
int err_add_errno(struct err *err, int code, int errnum, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* True if a further line would only be counted, so that nobody need take pains
 * over its wording: ERR_MAX_LINES are there, or `err` is NULL. */
bool err_is_full(const struct err *err);

/* All lines, "" if none. Belongs to `err`; valid until it next changes. */
const char *err_text(const struct err *err);

void err_release(struct err *err);

#endif
