/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: CSV, tab-separated, and words between runs of blanks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "datasets/source.h"

struct table {
    const struct source_file *f;
    const struct sink *sink;
    const char **names;   /* the fields, once known */
    size_t n;
};

/* The table's first line decides: its own names, after those it leaves out, or
 * the descriptor's. Taken as text of the caller, who keeps it. */
static int begin(struct table *t, const char *const *header, size_t n, size_t line,
                 struct err *err)
{
    const struct source *s = t->f->source;

    t->n = s->n_columns ? s->n_columns : n + s->n_unnamed;
    t->names = mem_array(t->n, sizeof *t->names);
    for (size_t i = 0; i < t->n; i++) {
        const char *name = s->n_columns ? s->columns[i]
                         : i < s->n_unnamed ? s->unnamed[i] : header[i - s->n_unnamed];
        t->names[i] = mem_strdup(name);
    }
    return t->sink->names(t->sink->arg, t->names, t->n, t->f->file, line, err);
}

static void table_release(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        free((char *)t->names[i]);
    free(t->names);
}

static int take(struct table *t, const char *const *values, size_t n, size_t line,
                struct err *err)
{
    if (n != t->n)
        return err_add(err, ERR_INPUT, "%s:%zu: %zu cell%s, expected %zu", t->f->path,
                       line, n, n == 1 ? "" : "s", t->n);
    const struct record record = { values, n, t->f->file, line, 0, NULL };
    return t->sink->row(t->sink->arg, &record, err);
}

static int csv_row(const struct csv_row *row, void *arg, struct err *err)
{
    struct table *t = arg;

    if (row->is_header)
        return begin(t, row->cells, row->n, row->line, err);
    if (!t->names) {
        int code = begin(t, NULL, 0, row->line, err);
        if (code < 0)
            return code;
    }
    return take(t, row->cells, row->n, row->line, err);
}

static bool has_word(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(words[i], word))
            return true;
    return false;
}

static int words_row(const char *const *words, size_t n, size_t line, void *arg,
                     struct err *err)
{
    struct table *t = arg;
    const struct source *s = t->f->source;

    if (line <= s->skip || (s->comments && words[0][0] == '#'))
        return 0;
    if (!t->names && s->header && !has_word(words, n, s->header))
        return 0;
    if (!t->names) {
        if (n > 1 && !strcmp(words[0], "#")) { /* the header may be a comment */
            words++;
            n--;
        }
        int code = begin(t, words, n, line, err);
        if (code < 0 || !s->n_columns)
            return code;
    }
    return take(t, words, n, line, err);
}

/* What stands between cells: by the source's word, else what the first line of
 * the table holds most surely: commas, tabs, semicolons. Negative: an error. */
static int delimiter_of(const struct source_file *f, struct err *err)
{
    const struct source *s = f->source;
    char data[65536];

    if (s->format >= 0)
        return s->format == TABLE_TSV ? '\t' : ',';
    int fd = file_open(f->path, NULL, err);
    if (fd < 0)
        return fd;
    ssize_t n = read(fd, data, sizeof data - 1);
    close(fd);
    if (n < 0)
        return err_add_errno(err, ERR_IO, errno, "%s: cannot read", f->path);
    data[n] = '\0';
    char *line = data;
    for (size_t i = 0; i < s->skip && *line; i++)
        line += strcspn(line, "\n") + (strchr(line, '\n') != NULL);
    size_t width = strcspn(line, "\r\n");
    for (const char *c = ",\t;"; *c; c++)
        if (memchr(line, *c, width))
            return *c;
    return ',';
}

int table_read(const struct source_file *f, const struct sink *sink, struct err *err)
{
    const struct source *s = f->source;
    struct table t = { .f = f, .sink = sink };
    int code;

    if (s->format == TABLE_SPACES || s->format == TABLE_TABS) {
        code = words_read(f->path, s->format == TABLE_TABS ? "\t" : " \t", words_row, &t,
                          err);
        if (code == 0 && !t.names)
            code = err_add(err, ERR_INPUT, "%s:1: no table in it, expected %s%s", f->path,
                           s->header ? "a line with the field " : "one",
                           s->header ? s->header : "");
    } else {
        int delimiter = delimiter_of(f, err);
        if (delimiter < 0)
            return delimiter;
        const struct csv_options opt = {
            .delimiter = (char)delimiter, .comments = s->comments,
            .no_header = s->n_columns > 0, .trim = true, .foreign = true,
            .skip = s->skip,
        };
        code = csv_read(f->path, &opt, csv_row, &t, err);
    }
    table_release(&t);
    return code;
}
