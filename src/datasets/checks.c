/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with a roster as a whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/file.h"
#include "datasets/build.h"
#include "model/trials.h"

bool check_leaves(const char *path)
{
    size_t depth = 0;

    if (path[0] == '/')
        return true;
    for (const char *s = path; *s; s += *s == '/') {
        size_t n = strcspn(s, "/");
        if (n == 2 && !strncmp(s, "..", 2)) {
            if (depth-- == 0)
                return true;
        } else if (n && !(n == 1 && *s == '.')) {
            depth++;
        }
        s += n;
    }
    return false;
}

/* Where a path ends once its links are followed. */
static bool is_below(const char *root, const char *path)
{
    char *a = realpath(root, NULL), *b = realpath(path, NULL);
    size_t n = a ? strlen(a) : 0;
    const bool below = a && b && !strncmp(a, b, n) &&
                       (b[n] == '/' || !b[n] || (n && a[n - 1] == '/'));

    free(a);
    free(b);
    return below;
}

enum status check_file(const char *root, const char *path, bool outside,
                       const char **reason)
{
    struct stat st;

    if (!outside && check_leaves(path))
        return STATUS_REFUSED_PATH;
    if (!root)
        return STATUS_OK;
    char *full = path_join(root, path);
    int code = stat(full, &st) < 0 ? errno : 0;
    const bool strays = !code && !outside && !is_below(root, full);
    free(full);
    if (strays) {
        *reason = "a link leads out of the data set's root";
        return STATUS_REFUSED_PATH;
    }
    if (code == ENOENT || code == ENOTDIR)
        return STATUS_MISSING;
    if (code) {
        *reason = strerror(code);
        return STATUS_UNREADABLE;
    }
    if (!S_ISREG(st.st_mode))
        return STATUS_NOT_A_FILE;
    return st.st_size ? STATUS_OK : STATUS_EMPTY;
}

/* True for what a spreadsheet makes of 3-9 and 10-19: 03-Sep, Oct-19. */
static bool is_spreadsheet_date(const char *s)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *dash = strchr(s, '-');
    size_t left = dash ? (size_t)(dash - s) : 0;

    if (!dash || strlen(dash + 1) > 3)
        return false;
    const char *word = left == 3 ? s : dash + 1, *number = left == 3 ? dash + 1 : s;
    size_t digits = left == 3 ? strlen(number) : left;
    if (left != 3 && strlen(word) != 3)
        return false;
    if (digits < 1 || digits > 2 || strspn(number, "0123456789") < digits)
        return false;
    for (size_t i = 0; i < 36; i += 3)
        if (!strncasecmp(word, months + i, 3))
            return true;
    return false;
}

/* What the map of an attribute does not know, and what a spreadsheet spoilt. */
static void check_values(struct build *b, const struct values *v)
{
    const struct attribute *a = v->attribute;

    for (uint32_t i = 0; i < v->raw.n; i++) {
        const struct value *item = &v->items[i];
        const char *raw = dict_at(&v->raw, i);
        bool date = is_spreadsheet_date(raw);
        if (item->unrecognised)
            problems_add(b->problems, PROBLEM_LABEL, item->n, "%s: '%.80s' in %zu row%s, "
                         "the first %s:%zu%s", a->name, shown(&b->a, raw), item->n,
                         item->n == 1 ? "" : "s", item->file, item->line,
                         date ? " (a spreadsheet took it for a date)" : "");
        else if (date)
            problems_add(b->problems, PROBLEM_SPREADSHEET, item->n, "%s: '%s' in %zu "
                         "row%s, read as '%s'", a->name, raw, item->n,
                         item->n == 1 ? "" : "s", item->text);
    }
}

/* The same for a column that is taken as it is. */
static void check_plain(struct build *b, const struct roster_attribute *a)
{
    for (uint32_t code = 1; code < a->column.values.n; code++) {
        const char *value = dict_at(&a->column.values, code);
        size_t n = 0;
        if (!is_spreadsheet_date(value))
            continue;
        for (size_t row = 0; row < b->r->n; row++)
            n += column_code(&a->column, row) == code;
        problems_add(b->problems, PROBLEM_LABEL, n, "%s: '%s' in %zu row%s (a spreadsheet "
                     "took it for a date)", a->name, value, n, n == 1 ? "" : "s");
    }
}

void check_labels(struct build *b)
{
    for (size_t i = 0; i < b->x->n_attributes; i++)
        check_values(b, &b->values[i]);
    for (size_t a = 0; a < b->r->n_attributes; a++) {
        bool described = false;
        for (size_t i = 0; i < b->x->n_attributes; i++)
            described = described || b->column[i] == (long)a;
        if (!described && b->r->attributes[a].axis)
            check_plain(b, &b->r->attributes[a]);
    }
    for (size_t i = 0; i < b->x->n_attributes; i++)
        if (b->column[i] < 0)
            problems_add(b->problems, PROBLEM_ABSENT, 1, "attribute %s: no table has its "
                         "field", b->x->attributes[i].name);
}

/* One person, two values of what a person has one of. */
static void check_fixed(struct build *b, size_t attribute)
{
    const struct roster *r = b->r;
    const struct roster_attribute *a = &r->attributes[attribute];
    size_t people = r->subject.values.n;
    uint32_t *first = mem_array(people, sizeof *first); /* row + 1 */
    bool *told = mem_array(people, sizeof *told);

    for (size_t row = 0; row < r->n; row++) {
        uint32_t who = column_code(&r->subject, row), code = column_code(&a->column, row);
        if (!who || !code)
            continue;
        if (!first[who]) {
            first[who] = (uint32_t)row + 1;
        } else if (column_code(&a->column, first[who] - 1) != code && !told[who]) {
            struct text one = TEXT_INIT, two = TEXT_INIT;
            told[who] = true;
            problems_add(b->problems, PROBLEM_CONTRADICTION, 1, "%s: %s is '%.80s' in %s "
                         "and '%.80s' in %s", shown(&b->a, roster_subject(r, row)),
                         a->name, roster_value(r, first[who] - 1, attribute),
                         shown(&one, roster_sample(r, first[who] - 1)),
                         roster_value(r, row, attribute),
                         shown(&two, roster_sample(r, row)));
            text_release(&one);
            text_release(&two);
        }
    }
    free(first);
    free(told);
}

void check_people(struct build *b)
{
    for (size_t a = 0; b->r->has_subjects && a < b->r->n_attributes; a++)
        if (b->r->attributes[a].fixed)
            check_fixed(b, a);
}

/* Statuses, images under two samples, and images that no sample has. */
void check_paths(struct build *b)
{
    const struct roster *r = b->r;
    struct dict paths = DICT_INIT;

    for (size_t row = 0; row < r->n; row++) {
        bool fresh = true;
        text_reset(&b->a);
        roster_add_path(r, row, &b->a);
        if (r->has_paths || b->walk.n)
            dict_add(&paths, b->a.s, &fresh);
        if (!fresh && !b->x->faces)
            problems_add(b->problems, PROBLEM_SHARED_PATH, 1, "%s (%s:%zu)",
                         shown(&b->b, b->a.s), roster_file(r, row), roster_line(r, row));
        enum status status = roster_status(r, row);
        if (status == STATUS_MISSING)
            problems_add(b->problems, PROBLEM_MISSING, 1, "%s (%s:%zu)",
                         shown(&b->b, b->a.s), roster_file(r, row), roster_line(r, row));
        else if (status == STATUS_REFUSED_PATH)
            problems_add(b->problems, PROBLEM_OUTSIDE, 1, "%s (%s:%zu)",
                         shown(&b->b, b->a.s), roster_file(r, row), roster_line(r, row));
    }
    for (size_t i = 0; i < b->walk.n; i++) {
        text_reset(&b->a);
        text_addf(&b->a, "%s%s", r->path_prefix, b->walk.files[i]);
        if (dict_find(&paths, b->a.s) == DICT_NONE)
            problems_add(b->problems, PROBLEM_UNLISTED, 1, "%s", shown(&b->b, b->a.s));
    }
    dict_release(&paths);
}

void check_trials(struct build *b)
{
    const struct trials *t = b->trials;
    const struct roster *r = b->r;

    for (size_t i = 0; t && r->has_subjects && i < t->n; i++) {
        uint32_t one = column_code(&r->subject, t->probe[i]);
        uint32_t two = column_code(&r->subject, t->reference[i]);
        if (!one || !two || (one == two) == t->mated[i])
            continue;
        problems_add(b->problems, PROBLEM_TRIAL, 1, "%s:%u: %s, but the people are %s",
                     column_value(&t->file, i), (unsigned)t->line[i],
                     t->mated[i] ? "mated" : "non-mated", one == two ? "one" : "two");
    }
}
