/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How it reads: the bytes are cut into lines, and each line goes to libcsv,
 * which keeps its state from one to the next; so the line on which a row began
 * is known, which libcsv does not tell. A line that is a whole row and plainly
 * right is cut into its cells here: that is nearly every line of a large table,
 * and several times as fast. Cells over several lines, and all that is wrong
 * with quotes, are libcsv's to judge.
 */
#include "base/csv.h"

#include <assert.h>
#include <csv.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

#define CHUNK ((size_t)256 << 10)
#define BOM "\xEF\xBB\xBF"

struct reader {
    const char *path;
    struct csv_options opt;
    csv_row_fn *fn;
    void *arg;
    struct err *err;
    int code;      /* of the first fault */
    bool stop;

    struct csv_parser parser;
    size_t line;      /* of the line in hand, from 1 */
    size_t row_line;  /* on which the row in hand began */
    bool open;        /* a quoted cell goes on past the last line */
    bool ended;       /* libcsv has just said that a row ended */
    bool faulty;      /* the row in hand is not to be handed on */

    size_t columns;   /* 0 until the first row */
    bool withhold;    /* the header was faulty: rows are checked, not handed on */

    /* The row in hand: `n` cells were seen, the first `kept` are in `store`. */
    size_t n, kept;
    char *store;
    size_t stored, store_cap;
    size_t *starts, starts_cap; /* in `store` */
    const char **cells;
    size_t cells_cap;
    char (*numbers)[NUM_MAX]; /* names of columns without one */
    size_t numbers_n;
};

static void fault(struct reader *r, size_t line, int code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Ends the reading; `code` is kept if nothing was wrong before. */
static void give_up(struct reader *r, int code)
{
    if (!r->code)
        r->code = code;
    r->stop = true;
}

static void fault(struct reader *r, size_t line, int code, const char *fmt, ...)
{
    struct text t = TEXT_INIT;
    va_list ap;

    va_start(ap, fmt);
    text_addfv(&t, fmt, ap);
    va_end(ap);
    err_add(r->err, code, "%s:%zu: %s", r->path, line, t.s);
    text_release(&t);
    if (!r->code)
        r->code = code;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* libcsv is to keep blanks: no byte is one. */
static int no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

static void parser_begin(struct reader *r)
{
    if (csv_init(&r->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        mem_exhausted();
    csv_set_delim(&r->parser, (unsigned char)r->opt.delimiter);
    if (!r->opt.trim) /* else libcsv's own: blanks and tabs */
        csv_set_space_func(&r->parser, no_blank);
}

/* After a broken quote: the next line begins a new row. */
static void parser_restart(struct reader *r)
{
    csv_free(&r->parser);
    parser_begin(r);
}

/* Room in the store for `n` more bytes. */
static void store_room(struct reader *r, size_t n)
{
    if (r->store_cap - r->stored >= n)
        return;
    size_t cap = r->store_cap ? r->store_cap : 4096;
    while (cap - r->stored < n)
        cap *= 2;
    r->store = mem_grow(r->store, cap, 1);
    r->store_cap = cap;
}

/* A cell begins at the store's end: false if it is one too many to keep. */
static bool cell_begin(struct reader *r)
{
    size_t most = r->columns ? r->columns : CSV_MAX_COLUMNS;

    r->n++;
    if (r->kept == most)
        return false;
    MEM_ROOM(r->starts, r->kept, r->starts_cap);
    r->starts[r->kept++] = r->stored;
    return true;
}

static void row_begin(struct reader *r)
{
    r->row_line = r->line;
    r->n = r->kept = r->stored = 0;
}

struct named {
    const char *name;
    size_t column;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->name, y->name);

    return order ? order : (x->column > y->column) - (x->column < y->column);
}

/* Adds a line for every name that is empty or was there before. */
static void check_header(struct reader *r)
{
    struct named *names = mem_array(r->n, sizeof *names);
    char cut[TEXT_CUT];

    for (size_t i = 0; i < r->n; i++)
        names[i] = (struct named){ r->cells[i], i };
    qsort(names, r->n, sizeof *names, by_name);
    for (size_t i = 0; i < r->n; i++) {
        if (!*names[i].name && r->opt.foreign)
            continue;
        if (!*names[i].name)
            fault(r, r->row_line, ERR_INPUT,
                  "column %zu has an empty name, expected one in every column",
                  names[i].column + 1);
        else if (i && !strcmp(names[i - 1].name, names[i].name))
            fault(r, r->row_line, ERR_INPUT,
                  "columns %zu and %zu are both named \"%s\", expected each name once",
                  names[i - 1].column + 1, names[i].column + 1,
                  text_cut(cut, names[i].name));
    }
    free(names);
}

/* Columns without a name are called by their number. */
static void number_unnamed(struct reader *r)
{
    for (size_t i = 0; i < r->kept; i++) {
        if (*r->cells[i])
            continue;
        if (r->numbers_n == 0)
            r->numbers = mem_array(r->kept, sizeof *r->numbers);
        r->numbers_n = r->kept;
        snprintf(r->numbers[i], sizeof r->numbers[i], "%zu", i + 1);
        r->cells[i] = r->numbers[i];
    }
}

/* Checks the first row, which says how many columns there are. */
static void first_row(struct reader *r)
{
    int before = r->code;

    r->columns = r->n;
    if (r->n > CSV_MAX_COLUMNS) {
        fault(r, r->row_line, ERR_LIMIT, "%zu columns, expected at most %d", r->n,
              CSV_MAX_COLUMNS);
        r->stop = true;
    } else if (!r->opt.no_header) {
        r->code = 0;
        check_header(r);
        r->withhold = r->code || r->faulty;
        r->code = before ? before : r->code;
        if (r->opt.foreign)
            number_unnamed(r);
    }
}

/* Drops the blanks around the cells in the store. */
static void trim_cells(struct reader *r)
{
    for (size_t i = 0; i < r->kept; i++) {
        char *s = r->store + r->starts[i];
        size_t n = strlen(s);
        while (n && is_blank(s[n - 1]))
            s[--n] = '\0';
        while (is_blank(r->store[r->starts[i]]))
            r->starts[i]++;
    }
}

/* The row in hand is complete. */
static void row_end(struct reader *r)
{
    bool first = r->columns == 0;

    if (r->opt.trim)
        trim_cells(r);
    if (r->kept > r->cells_cap) {
        r->cells_cap = r->kept;
        r->cells = mem_grow(r->cells, r->cells_cap, sizeof *r->cells);
    }
    for (size_t i = 0; i < r->kept; i++)
        r->cells[i] = r->store + r->starts[i];

    if (first) {
        first_row(r);
    } else if (r->n != r->columns) {
        fault(r, r->row_line, ERR_INPUT, "%zu cell%s, expected %zu as in the %s", r->n,
              r->n == 1 ? "" : "s", r->columns,
              r->opt.no_header ? "first row" : "header");
        r->faulty = true;
    }
    if (r->faulty || r->withhold || r->stop)
        return;

    const struct csv_row row = { r->cells, r->n, r->row_line,
                                 first && !r->opt.no_header };
    size_t before = r->err ? r->err->count : 0;
    int code = r->fn(&row, r->arg, r->err);
    if (code < 0)
        give_up(r, code);
    else if (r->err && r->err->count > before && !r->code)
        r->code = r->err->code;
}

/* libcsv's two callbacks. */
static void on_cell(void *s, size_t n, void *arg)
{
    struct reader *r = arg;

    if (!cell_begin(r))
        return;
    store_room(r, n + 1);
    if (n)
        memcpy(r->store + r->stored, s, n);
    r->store[r->stored + n] = '\0';
    r->stored += n + 1;
}

static void on_row(int end, void *arg)
{
    struct reader *r = arg;

    (void)end;
    r->ended = true;
    row_end(r);
}

/* NUL bytes and what is not UTF-8, once a line; they spoil the row, but libcsv
 * sees the line all the same, for its quotes. `n` excludes the line end. */
static void check_bytes(struct reader *r, const char *s, size_t n)
{
    const char *nul = memchr(s, '\0', n);
    size_t at;

    if (nul)
        fault(r, r->line, ERR_INPUT,
              "byte %zu of the line is NUL, expected UTF-8 text", (size_t)(nul - s) + 1);
    else if (!r->opt.foreign && !text_is_utf8(s, n, &at))
        fault(r, r->line, ERR_INPUT,
              "byte %zu of the line, 0x%02x, is not UTF-8, expected UTF-8 text", at + 1,
              (unsigned char)s[at]);
    else
        return;
    r->faulty = true;
}

/*
 * Cuts a line into cells if it is a whole row and plainly right, without a
 * doubled quote; if not, false, and libcsv is to say what it is.
 */
static bool cut_line(struct reader *r, const char *s, size_t n)
{
    const char delimiter = r->opt.delimiter;
    bool quotes = memchr(s, '"', n) != NULL;

    store_room(r, n + 1);
    memcpy(r->store, s, n);
    char *p = r->store, *end = p + n;
    *end = '\0';
    for (;;) {
        bool quoted = *p == '"';
        char *cell = p + quoted;
        r->stored = (size_t)(cell - r->store);
        cell_begin(r);
        if (quoted) {
            char *quote = memchr(cell, '"', (size_t)(end - cell));
            if (!quote || (quote + 1 != end && quote[1] != delimiter))
                return false;
            *quote = '\0';
            p = quote + 1 == end ? NULL : quote + 1;
        } else {
            p = memchr(cell, delimiter, (size_t)(end - cell));
            if (quotes && memchr(cell, '"', (size_t)((p ? p : end) - cell)))
                return false;
        }
        if (!p)
            break;
        *p++ = '\0';
    }
    row_end(r);
    return true;
}

/* One line for libcsv, its end included. */
static void feed_line(struct reader *r, const char *s, size_t n)
{
    size_t grow = csv_get_buffer_size(&r->parser);

    /* twice as much at a time: libcsv grows by a fixed step */
    csv_set_blk_size(&r->parser, grow > 4096 ? grow : 4096);
    r->ended = false;
    if (csv_parse(&r->parser, s, n, on_cell, on_row, r) == n) {
        r->open = !r->ended;
        return;
    }
    if (csv_error(&r->parser) != CSV_EPARSE)
        mem_exhausted();
    if (r->parser.quoted)
        fault(r, r->line, ERR_INPUT,
              "text after the closing quote of cell %zu, expected a delimiter or the "
              "line's end (a quote inside a quoted cell is doubled)", r->n + 1);
    else
        fault(r, r->line, ERR_INPUT,
              "a quote inside cell %zu, which does not begin with one, expected the "
              "whole cell in quotes and those inside doubled", r->n + 1);
    if (!r->columns)
        r->stop = true; /* without a header nothing else can be said */
    parser_restart(r);
    r->open = false;
}

/* One line of n bytes, and `eol` bytes of line end. */
static void take_line(struct reader *r, const char *s, size_t n, size_t eol)
{
    if (!r->open) {
        if (n == 0 || r->line <= r->opt.skip || (r->opt.comments && s[0] == '#')) {
            r->line++;
            return;
        }
        row_begin(r);
        r->faulty = false;
    }
    check_bytes(r, s, n);
    if (r->open || !cut_line(r, s, n)) {
        if (!r->open)
            row_begin(r); /* again */
        feed_line(r, s, n + eol);
    }
    r->line++;
}

/*
 * Takes every whole line of the n bytes at s, and if these are the `last`, what
 * follows without a line end: how many bytes it took. Each byte is looked at
 * for LF once and for CR once, however the lines end.
 */
static size_t take_lines(struct reader *r, const char *s, size_t n, bool last)
{
    const char *p = s, *end = s + n, *lf = NULL, *cr = NULL;

    while (p < end && !r->stop) {
        if (!lf || lf < p)
            lf = memchr(p, '\n', (size_t)(end - p));
        if (!lf)
            lf = end;
        if (!cr || cr < p)
            cr = memchr(p, '\r', (size_t)(end - p));
        if (!cr)
            cr = end;
        const char *eol = lf < cr ? lf : cr;
        if (!last && (eol == end || (eol == cr && eol + 1 == end)))
            break; /* not all of it, or perhaps the CR of a CR LF */
        size_t width = eol == end ? 0 : 1;
        if (eol == cr && lf == cr + 1 && lf < end)
            width = 2;
        take_line(r, p, (size_t)(eol - p), width);
        p = eol + width;
    }
    return (size_t)(p - s);
}

static void reader_init(struct reader *r, const char *path,
                        const struct csv_options *opt, csv_row_fn *fn, void *arg,
                        struct err *err)
{
    *r = (struct reader){ .path = path, .fn = fn, .arg = arg, .err = err, .line = 1 };
    if (opt)
        r->opt = *opt;
    if (!r->opt.delimiter)
        r->opt.delimiter = ',';
    if (!r->opt.max_bytes)
        r->opt.max_bytes = CSV_MAX_BYTES;
    assert(!strchr("\"\r\n", r->opt.delimiter));
    parser_begin(r);
}

/* True if `size` bytes are within bounds. */
static bool check_size(struct reader *r, size_t size)
{
    if (size > r->opt.max_bytes)
        give_up(r, err_add(r->err, ERR_LIMIT, "%s: %zu bytes, more than the %zu allowed",
                           r->path, size, r->opt.max_bytes));
    return !r->stop;
}

/* The bytes that open a file: how many of them are a byte-order mark. */
static size_t take_mark(struct reader *r, const char *s, size_t n)
{
    if (n >= 2 && (!memcmp(s, "\xFF\xFE", 2) || !memcmp(s, "\xFE\xFF", 2))) {
        fault(r, 1, ERR_INPUT, "is UTF-16, expected UTF-8 text");
        r->stop = true;
    }
    return n >= 3 && !memcmp(s, BOM, 3) ? 3 : 0;
}

/* What the end of the file leaves to say. */
static int reader_finish(struct reader *r)
{
    if (!r->stop && r->open) {
        r->ended = false;
        if (csv_fini(&r->parser, on_cell, on_row, r) != 0)
            fault(r, r->row_line, ERR_INPUT,
                  "the quote that opens cell %zu is never closed", r->n + 1);
    }
    if (!r->stop && !r->code && !r->columns)
        fault(r, 1, ERR_INPUT, "is empty, expected %s",
              r->opt.no_header ? "at least a row" : "a header");
    csv_free(&r->parser);
    free(r->store);
    free(r->starts);
    free(r->cells);
    free(r->numbers);
    return r->code;
}

int csv_scan(const char *data, size_t len, const char *path,
             const struct csv_options *opt, csv_row_fn *row, void *arg,
             struct err *err)
{
    struct reader r;

    reader_init(&r, path, opt, row, arg, err);
    if (check_size(&r, len)) {
        size_t mark = take_mark(&r, data, len);
        take_lines(&r, data + mark, len - mark, true);
    }
    return reader_finish(&r);
}

/* Reads up to the buffer's end: true while there is more to come. */
static bool fill(struct reader *r, int fd, char *buf, size_t cap, size_t *n)
{
    while (*n < cap) {
        ssize_t got = read(fd, buf + *n, cap - *n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            give_up(r, err_add_errno(r->err, ERR_IO, errno, "%s: cannot read", r->path));
        if (got <= 0)
            return false;
        *n += (size_t)got;
    }
    return true;
}

/* The whole file, by way of a buffer that holds at least a line. */
static void read_pieces(struct reader *r, int fd)
{
    size_t cap = CHUNK, n = 0, total = 0;
    char *buf = mem_grow(NULL, cap, 1);

    for (bool first = true, more = true; more && !r->stop; first = false) {
        size_t kept = n;
        more = fill(r, fd, buf, cap, &n);
        total += n - kept;
        if (total > r->opt.max_bytes) {
            give_up(r, err_add(r->err, ERR_LIMIT, "%s: grew past the %zu bytes allowed",
                               r->path, r->opt.max_bytes));
            break;
        }
        size_t took = first ? take_mark(r, buf, n) : 0;
        if (!r->stop)
            took += take_lines(r, buf + took, n - took, !more);
        if (took == 0 && more) {
            cap *= 2; /* not even a line */
            buf = mem_grow(buf, cap, 1);
        }
        n -= took;
        memmove(buf, buf + took, n);
    }
    free(buf);
}

int csv_read(const char *path, const struct csv_options *opt, csv_row_fn *row,
             void *arg, struct err *err)
{
    struct reader r;
    size_t size;
    int fd = file_open(path, &size, err);

    if (fd < 0)
        return fd;
    reader_init(&r, path, opt, row, arg, err);
    if (check_size(&r, size))
        read_pieces(&r, fd);
    close(fd);
    return reader_finish(&r);
}
