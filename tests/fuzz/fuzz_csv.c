/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tables of any bytes. Whatever they are, rows have as many cells as the first,
 * cells are UTF-8, and lines lie within the file and go up. A table without a
 * fault has the cells that libcsv finds when it is given the file in one piece,
 * and comes back the same when it is written and read again.
 */
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "fuzz.h"

/* Every cell and its 0, one after the other, and how many a row. */
struct cells {
    struct text text;
    size_t rows, columns, line, lines;
};

static int collect(const struct csv_row *row, void *arg, struct err *err)
{
    struct cells *c = arg;

    (void)err;
    assert(row->n > 0 && (c->rows == 0 || row->n == c->columns));
    assert(row->line > c->line && row->line <= c->lines);
    c->line = row->line;
    c->columns = row->n;
    c->rows++;
    for (size_t i = 0; i < row->n; i++) {
        size_t n = strlen(row->cells[i]);
        assert(text_is_utf8(row->cells[i], n, NULL));
        text_addn(&c->text, row->cells[i], n + 1);
    }
    return 0;
}

static void oracle_cell(void *s, size_t n, void *arg)
{
    struct cells *c = arg;

    text_addn(&c->text, s, n);
    text_addch(&c->text, '\0');
}

static void oracle_row(int end, void *arg)
{
    struct cells *c = arg;

    (void)end;
    c->rows++;
}

static int no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

static void assert_same(const struct cells *a, const struct cells *b)
{
    assert(a->rows == b->rows && a->text.len == b->text.len);
    assert(!memcmp(a->text.s, b->text.s, a->text.len));
}

static void compare_with_libcsv(const struct cells *is, const char *data, size_t len,
                                char delimiter)
{
    struct cells c = { .text = TEXT_INIT };
    struct csv_parser p;

    if (len >= 3 && !memcmp(data, "\xEF\xBB\xBF", 3)) {
        data += 3;
        len -= 3;
    }
    assert(csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) == 0);
    csv_set_space_func(&p, no_blank);
    csv_set_delim(&p, (unsigned char)delimiter);
    assert(csv_parse(&p, data, len, oracle_cell, oracle_row, &c) == len);
    assert(csv_fini(&p, oracle_cell, oracle_row, &c) == 0);
    csv_free(&p);
    assert_same(is, &c);
    text_release(&c.text);
}

static void write_and_read(const struct cells *is, struct csv_options opt)
{
    struct text t = TEXT_INIT;
    struct csv_out w = csv_out(&t);
    struct cells c = { .text = TEXT_INIT, .lines = SIZE_MAX };
    const char *cell = is->text.s;

    for (size_t r = 0; r < is->rows; r++) {
        for (size_t i = 0; i < is->columns; i++, cell += strlen(cell) + 1)
            csv_put(&w, cell);
        csv_end(&w);
    }
    opt.delimiter = ',';
    assert(csv_scan(t.s, t.len, "again", &opt, collect, &c, NULL) == 0);
    assert_same(is, &c);
    text_release(&c.text);
    text_release(&t);
}

static void try_options(const char *data, size_t len, struct csv_options opt)
{
    struct cells c = { .text = TEXT_INIT, .lines = fuzz_lines(data, len) };
    struct err err = ERR_INIT;
    int code = csv_scan(data, len, "fuzz", &opt, collect, &c, &err);

    assert((code == 0) == (err.count == 0) && code == err.code);
    if (code == 0) {
        if (!opt.comments)
            compare_with_libcsv(&c, data, len, opt.delimiter ? opt.delimiter : ',');
        write_and_read(&c, opt);
    }
    text_release(&c.text);
    err_release(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *s = (const char *)data;

    try_options(s, len, (struct csv_options){ 0 });
    try_options(s, len, (struct csv_options){ .comments = true });
    try_options(s, len, (struct csv_options){ .no_header = true, .delimiter = ';' });
    return 0;
}
