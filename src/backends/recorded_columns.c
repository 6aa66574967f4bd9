/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/recorded_columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"

static bool is_one_of(const char *s, const char *const *words)
{
    while (*words && strcasecmp(s, *words))
        words++;
    return *words != NULL;
}

bool recorded_is_blank(const char *cell)
{
    static const char *const blank[] = { "", "NA", "N/A", "NaN", "null", "none", "no face",
                                         "no_face", "no-face", NULL };
    return is_one_of(cell, blank);
}

enum recorded_answer recorded_answer(const struct recorded_about *about, bool verdicts,
                                     const char *cell)
{
    if (recorded_is_blank(cell))
        return ANSWER_NONE;
    if (verdicts)
        return !strcasecmp(cell, "TRUE") ? ANSWER_RIGHT
               : !strcasecmp(cell, "FALSE") ? ANSWER_WRONG : ANSWER_UNKNOWN;
    return about->label(about->arg, cell) ? ANSWER_LABEL : ANSWER_UNKNOWN;
}

static bool says_percent(const char *cell)
{
    size_t n = strlen(cell);
    return n > 1 && cell[n - 1] == '%';
}

/* "97.5", "97.5%" or, where cells are not parted by commas, "97,5"; as a hundredth of
 * that, the nearest double to 0.975. */
static bool parse_number(const char *cell, bool decimal_comma, bool hundredth, double *v)
{
    struct text t = TEXT_INIT;

    text_add(&t, cell);
    if (says_percent(cell))
        t.s[--t.len] = '\0';
    while (t.len && t.s[t.len - 1] == ' ')
        t.s[--t.len] = '\0';
    char *comma = decimal_comma ? strchr(t.s, ',') : NULL;
    if (comma)
        *comma = '.';
    bool ok = num_parse_double(t.s, v);
    if (ok && hundredth) {
        text_add(&t, "e-2");
        if (!num_parse_double(t.s, v)) /* it has an exponent already */
            *v /= 100;
    }
    text_release(&t);
    return ok;
}

bool recorded_confidence(const char *cell, bool percent, bool decimal_comma, double *v)
{
    double number;

    if (!parse_number(cell, decimal_comma, percent || says_percent(cell), &number) ||
        number < 0 || number > 1)
        return false;
    *v = number;
    return true;
}

long recorded_find(const struct roster_index *index, const char *name)
{
    long row = roster_index_find(index, name);

    if (row != -1)
        return row;
    const char *slash = strrchr(name, '/'), *back = strrchr(name, '\\');
    const char *base = back && (!slash || back > slash) ? back + 1 : slash ? slash + 1 : name;
    if (base != name)
        row = roster_index_find(index, base);
    const char *dot = strrchr(base, '.');
    if (row == -1 && dot && dot != base) {
        char *stem = mem_strndup(base, (size_t)(dot - base));
        row = roster_index_find(index, stem);
        free(stem);
    }
    return row;
}

char recorded_delimiter(const char *data, size_t len)
{
    static const char delimiters[] = { ',', ';', '\t' };
    size_t count[sizeof delimiters] = { 0 }, most = 0;
    bool quoted = false, any = false;

    for (size_t i = 0; i < len; i++) {
        if (data[i] == '"')
            quoted = !quoted;
        if ((data[i] == '\n' || data[i] == '\r') && !quoted) {
            if (any)
                break;
            continue;
        }
        any = true;
        for (size_t k = 0; k < sizeof delimiters && !quoted; k++)
            count[k] += data[i] == delimiters[k];
    }
    for (size_t k = 1; k < sizeof delimiters; k++)
        if (count[k] > count[most])
            most = k;
    return delimiters[most];
}

/* A heading in lower case with '_' for blanks and hyphens, in the arena. */
static const char *plain(struct arena *a, const char *heading)
{
    char *s = arena_strdup(a, heading);

    for (char *p = s; *p; p++) {
        if (*p == ' ' || *p == '-')
            *p = '_';
        else if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
    }
    return s;
}

/* The column of that heading, "%s" in it filled with `name`; or -1. */
static long find_heading(const struct recorded_columns *c, const char *form,
                         const char *name)
{
    const char *hole = strstr(form, "%s");
    struct arena a = ARENA_INIT;

    uint32_t at = dict_find(&c->headings, !hole ? form : plain(&a, arena_printf(
                                &a, "%.*s%s%s", (int)(hole - form), form, name, hole + 2)));
    arena_release(&a);
    return at == DICT_NONE ? -1 : (long)c->column[at];
}

static void read_headings(struct recorded_columns *c, const struct csv_table *t)
{
    c->column = mem_array(t->columns, sizeof *c->column);
    for (size_t i = 0; i < t->columns; i++) {
        bool fresh;
        uint32_t at = dict_add(&c->headings, plain(&c->arena, t->names[i]), &fresh);
        if (fresh)
            c->column[at] = i;
    }
}

/* What a backend is called that has the file to itself. */
static const char *file_stem(struct recorded_columns *c, const char *path)
{
    const char *base = path_basename(path), *dot = strrchr(base, '.');

    return dot && dot != base ? arena_strndup(&c->arena, base, (size_t)(dot - base)) : base;
}

static int find_names(struct recorded_columns *c, const struct csv_table *t,
                      const struct recorded_about *about, struct err *err)
{
    static const char *const headings[] = {
        "filename", "file", "file_name", "image", "image_id", "image_name", "img", "id",
        "name", "path", "photo", "picture", "sample", NULL
    };
    size_t best = 0;
    bool best_known = false;

    for (size_t i = 0; i < t->columns; i++) {
        bool known = is_one_of(plain(&c->arena, t->names[i]), headings);
        size_t found = 0;
        for (size_t r = 0; r < t->rows; r++)
            found += recorded_find(about->index, csv_table_cell(t, r, i)) != -1;
        if (found && ((known && !best_known) || (known == best_known && found > best))) {
            best = found;
            best_known = known;
            c->names = i;
        }
    }
    if (best)
        return 0;
    return err_add(err, ERR_INPUT, "%s: no row names a face of the data set '%s', expected "
                   "names of files or ids of it in some column", t->path, about->dataset);
}

static void add_column(struct recorded_columns *c, const char *backend, size_t answers,
                       bool verdicts, long confidence)
{
    MEM_ROOM(c->items, c->n, c->cap);
    c->items[c->n++] = (struct recorded_column){
        .backend = backend, .answers = answers, .verdicts = verdicts,
        .confidence = confidence == (long)answers ? -1 : confidence
    };
}

/* How many answers there are in a column, and how many of them are labels. */
static void count_answers(const struct csv_table *t, const struct recorded_about *about,
                          size_t column, size_t *answers, size_t *labels, size_t *verdicts)
{
    *answers = *labels = *verdicts = 0;
    for (size_t r = 0; r < t->rows; r++) {
        const char *cell = csv_table_cell(t, r, column);
        if (recorded_is_blank(cell))
            continue;
        ++*answers;
        *labels += recorded_answer(about, false, cell) == ANSWER_LABEL;
        *verdicts += recorded_answer(about, true, cell) != ANSWER_UNKNOWN;
    }
}

static long find_confidence(const struct recorded_columns *c, const char *backend)
{
    static const char *const forms[] = { "%s_confidence", "confidence_%s", "%s_score",
                                         "%s_probability" };
    long at = -1;

    for (size_t i = 0; i < sizeof forms / sizeof *forms && at < 0; i++)
        at = find_heading(c, forms[i], backend);
    return at;
}

/* `Classifier NAME`. */
static void find_classifiers(struct recorded_columns *c, const struct csv_table *t,
                             const struct recorded_about *about)
{
    static const char word[] = "classifier_";

    for (size_t i = 0; i < t->columns; i++) {
        const char *name = t->names[i] + strlen(word);
        size_t answers, labels, verdicts;
        if (strncmp(plain(&c->arena, t->names[i]), word, strlen(word)) || !*name ||
            i == c->names)
            continue;
        count_answers(t, about, i, &answers, &labels, &verdicts);
        add_column(c, name, i, labels <= verdicts, find_confidence(c, name));
    }
}

/* A column for the one backend that the file is called after. */
static void find_prediction(struct recorded_columns *c, const struct csv_table *t,
                            const struct recorded_about *about)
{
    static const char *const forms[] = {
        "predicted_%s", "%s_predicted", "%s_prediction", "prediction_%s", "pred_%s",
        "%s_pred", "prediction", "predicted", "predicted_label", "pred", "answer", "label"
    };
    static const char *const sure[] = { "confidence", "score", "probability", "prob" };
    long at = -1, confidence = -1;

    for (size_t i = 0; i < sizeof forms / sizeof *forms && at < 0; i++)
        at = find_heading(c, forms[i], about->target);
    if (at < 0 || (size_t)at == c->names)
        return;
    confidence = find_confidence(c, t->names[at]);
    for (size_t i = 0; i < sizeof sure / sizeof *sure && confidence < 0; i++)
        confidence = find_heading(c, sure[i], "");
    size_t answers, labels, verdicts;
    count_answers(t, about, (size_t)at, &answers, &labels, &verdicts);
    add_column(c, file_stem(c, t->path), (size_t)at, verdicts > labels, confidence);
}

/* A column of labels a backend, but for those called like the truth. Where there is
 * no other, the first of these has the answers of the one backend. */
static void find_labels(struct recorded_columns *c, const struct csv_table *t,
                        const struct recorded_about *about)
{
    static const char *const forms[] = { "%s", "true_%s", "actual_%s", "%s_true",
                                         "ground_truth", "truth", "actual" };
    enum { FORMS = sizeof forms / sizeof *forms };
    long truth[FORMS], first = -1;

    for (size_t k = 0; k < FORMS; k++)
        truth[k] = find_heading(c, forms[k], about->target);
    for (size_t i = 0; i < t->columns; i++) {
        size_t answers, labels, verdicts;
        bool is_truth = false;
        for (size_t k = 0; k < FORMS; k++)
            is_truth |= truth[k] == (long)i;
        if (i == c->names)
            continue;
        count_answers(t, about, i, &answers, &labels, &verdicts);
        if (2 * labels <= answers)
            continue;
        if (!is_truth)
            add_column(c, t->names[i], i, false, find_confidence(c, t->names[i]));
        else if (first < 0)
            first = (long)i;
    }
    if (!c->n && first >= 0)
        add_column(c, file_stem(c, t->path), (size_t)first, false,
                   find_heading(c, "confidence", ""));
}

/* The scale of a column of confidences. */
static bool is_percent(const struct recorded_columns *c, const struct csv_table *t,
                       size_t column)
{
    size_t numbers = 0, above = 0;

    for (size_t r = 0; r < t->rows; r++) {
        const char *cell = csv_table_cell(t, r, column);
        double v;
        if (!parse_number(cell, c->decimal_comma, false, &v))
            continue;
        numbers++;
        above += v > 1 || says_percent(cell);
    }
    return 2 * above > numbers;
}

int recorded_find_columns(struct recorded_columns *c, const struct csv_table *t,
                          const struct recorded_about *about, char delimiter,
                          struct err *err)
{
    *c = (struct recorded_columns){ .arena = ARENA_INIT, .decimal_comma = delimiter != ',' };
    read_headings(c, t);
    int code = find_names(c, t, about, err);
    if (code)
        return code;
    find_classifiers(c, t, about);
    if (!c->n)
        find_prediction(c, t, about);
    if (!c->n)
        find_labels(c, t, about);
    if (!c->n)
        return err_add(err, ERR_INPUT, "%s: no column holds answers, expected 'prediction', "
                       "'Classifier NAME' with TRUE, FALSE or NA, or columns of values of "
                       "'%s'", t->path, about->target);
    for (size_t i = 0; i < c->n; i++)
        c->items[i].percent = c->items[i].confidence >= 0 &&
                              is_percent(c, t, (size_t)c->items[i].confidence);
    return 0;
}

void recorded_columns_release(struct recorded_columns *c)
{
    free(c->items);
    free(c->column);
    dict_release(&c->headings);
    arena_release(&c->arena);
    *c = (struct recorded_columns){ .arena = ARENA_INIT };
}
