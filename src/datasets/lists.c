/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lists of Labeled Faces in the Wild and its kin, which are no tables:
 * their lines have three or four fields by what they say, and some lines only
 * count those that follow. (Huang et al., Labeled Faces in the Wild, University
 * of Massachusetts, Amherst, technical report 07-49, 2007.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "datasets/source.h"

#define WORDS_MAX 4096
/* A line of a few bytes stands for many rows. */
#define PEOPLE_MAX_IMAGES 5000000

int words_read(const char *path, const char *separators, words_fn *take, void *arg,
               struct err *err)
{
    char *data;
    size_t n, line = 0;
    int code = file_read(path, CSV_MAX_BYTES, &data, &n, err);

    if (code)
        return code;
    if (memchr(data, '\0', n))
        code = err_add(err, ERR_INPUT, "%s: holds a NUL byte, expected text", path);
    const char **words = mem_array(WORDS_MAX, sizeof *words);
    char *s = data + (n >= 3 && !memcmp(data, "\xEF\xBB\xBF", 3) ? 3 : 0);
    while (!code && *s) {
        size_t width = strcspn(s, "\r\n"), count = 0;
        char *next = s + width;
        if (*next)
            next += next[0] == '\r' && next[1] == '\n' ? 2 : 1;
        s[width] = '\0';
        line++;
        while (*(s += strspn(s, separators)) && count < WORDS_MAX) {
            words[count++] = s;
            s += strcspn(s, separators);
            if (*s)
                *s++ = '\0';
        }
        if (*s)
            code = err_add(err, ERR_LIMIT, "%s:%zu: more than %d words", path, line,
                           WORDS_MAX);
        else if (count)
            code = take(words, count, line, arg, err);
        s = next;
    }
    free(words);
    free(data);
    return code;
}

struct list {
    const struct source_file *f;
    const struct sink *sink;
    int64_t folds, per_fold;  /* of the header; 0: none */
    int64_t seen;             /* pairs */
    int64_t left;             /* people: lines of the set in hand */
    int64_t images;           /* people: of all of them */
    size_t last;              /* line */
};

static int row(struct list *l, const char *const *values, size_t n, size_t line,
               struct err *err)
{
    const struct record record = { values, n, l->f->file, line, 0, NULL };

    return l->sink->row(l->sink->arg, &record, err);
}

/* "10 300": ten folds of 300 mated and 300 non-mated pairs; "500": as many of
 * each, in one. */
static int pairs_line(const char *const *words, size_t n, size_t line, void *arg,
                      struct err *err)
{
    struct list *l = arg;
    char fold[NUM_MAX];

    l->last = line;
    if (line == 1 && n <= 2) {
        int64_t *const counts[] = { &l->folds, &l->per_fold };
        for (size_t i = 0; i < n; i++)
            if (!num_parse_int64(words[i], counts[i]) || *counts[i] < 1 ||
                *counts[i] > 100000000)
                return err_add(err, ERR_INPUT, "%s:%zu: '%.60s', expected the number of "
                               "folds and of pairs", l->f->path, line, words[i]);
        if (n == 1) {
            l->per_fold = l->folds;
            l->folds = 1;
        }
        return 0;
    }
    if (n != 3 && n != 4)
        return err_add(err, ERR_INPUT, "%s:%zu: %zu words, expected three (name, image, "
                       "image) or four (name, image, name, image)", l->f->path, line, n);
    for (size_t i = 1; i < n; i += n == 3 ? 1 : 2) {
        int64_t number;
        if (!num_parse_int64(words[i], &number) || number < 0)
            return err_add(err, ERR_INPUT, "%s:%zu: '%.60s', expected the number of an "
                           "image", l->f->path, line, words[i]);
    }
    int64_t at = l->per_fold ? l->seen / (2 * l->per_fold) : 0;
    snprintf(fold, sizeof fold, "%lld", (long long)at + 1);
    l->seen++;
    const char *const values[] = {
        words[0], words[1], n == 3 ? words[0] : words[2], n == 3 ? words[2] : words[3],
        n == 3 ? "yes" : "no", fold,
    };
    return row(l, values, sizeof values / sizeof *values, line, err);
}

int pairs_read(const struct source_file *f, const struct sink *sink, struct err *err)
{
    static const char *const names[] = { "name1", "image1", "name2", "image2", "mated",
                                         "fold" };
    struct list l = { .f = f, .sink = sink };
    int code = sink->names(sink->arg, names, sizeof names / sizeof *names, f->file, 1, err);

    if (code >= 0)
        code = words_read(f->path, " \t", pairs_line, &l, err);
    if (code == 0 && l.folds && l.seen != 2 * l.folds * l.per_fold)
        problems_add(sink->problems, PROBLEM_LIST, 1, "%s:%zu: %lld pairs where the first "
                     "line says %lld", f->file, l.last, (long long)l.seen,
                     (long long)(2 * l.folds * l.per_fold));
    return code;
}

/* A line of one number counts the people that follow (before it, perhaps, how
 * many such sets there are); one of two is a person and how many images. */
static int people_line(const char *const *words, size_t n, size_t line, void *arg,
                       struct err *err)
{
    struct list *l = arg;
    int64_t images;
    char number[NUM_MAX];

    l->last = line;
    if (n == 1 && num_parse_int64(words[0], &images) && images >= 0) {
        if (l->left && !(l->left == l->folds && l->seen == 0))
            problems_add(l->sink->problems, PROBLEM_LIST, 1, "%s:%zu: a count where %lld "
                         "more people were to come", l->f->file, line,
                         (long long)l->left);
        l->left = l->folds = images;
        return 0;
    }
    if (n != 2 || !num_parse_int64(words[1], &images) || images < 1 ||
        images > PEOPLE_MAX_IMAGES || (l->images += images) > PEOPLE_MAX_IMAGES)
        return err_add(err, ERR_INPUT, "%s:%zu: expected a name and its number of "
                       "images, %d in all at most", l->f->path, line, PEOPLE_MAX_IMAGES);
    l->seen++;
    if (l->left)
        l->left--;
    for (int64_t i = 1; i <= images; i++) {
        snprintf(number, sizeof number, "%lld", (long long)i);
        const char *const values[] = { words[0], number };
        int code = row(l, values, 2, line, err);
        if (code < 0)
            return code;
    }
    return 0;
}

int people_read(const struct source_file *f, const struct sink *sink, struct err *err)
{
    static const char *const names[] = { "name", "image" };
    struct list l = { .f = f, .sink = sink };
    int code = sink->names(sink->arg, names, 2, f->file, 1, err);

    if (code >= 0)
        code = words_read(f->path, " \t", people_line, &l, err);
    if (code == 0 && l.left)
        problems_add(sink->problems, PROBLEM_LIST, 1, "%s:%zu: %lld people fewer than the "
                     "list says", f->file, l.last, (long long)l.left);
    return code;
}
