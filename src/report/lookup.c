/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "model/metric.h"

static void names_add(struct arena *a, struct names *list, size_t *cap, const char *s)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->names[i], s))
            return;
    if (list->n == *cap) {
        const char **old = list->names;
        *cap = *cap ? 2 * *cap : 8;
        list->names = arena_array(a, *cap, sizeof *list->names);
        if (list->n)
            memcpy(list->names, old, list->n * sizeof *old);
    }
    list->names[list->n++] = s;
}

struct names lookup_backends(struct arena *a, const struct findings *f,
                             const char *metric)
{
    struct names list = { NULL, 0 };
    size_t cap = 0;

    for (size_t i = 0; i < f->n; i++)
        if (*f->rows[i].backend && !strcmp(f->rows[i].metric, metric))
            names_add(a, &list, &cap, f->rows[i].backend);
    return list;
}

struct names lookup_points(struct arena *a, const struct findings *f,
                           const char *metric)
{
    struct names list = { NULL, 0 };
    struct dose d;
    size_t cap = 0;

    for (size_t i = 0; i < f->n; i++)
        if (*f->rows[i].backend && !strcmp(f->rows[i].metric, metric) &&
            !dose_of_point(f->rows[i].point, &d))
            names_add(a, &list, &cap, f->rows[i].point);
    return list;
}

struct names lookup_metrics(struct arena *a, const struct study *study,
                            const struct findings *f, const char *metric)
{
    struct names list = { NULL, 0 };
    size_t cap = 0;

    if (metric && *metric) {
        names_add(a, &list, &cap, metric);
        return list;
    }
    for (size_t i = 0; i < study->n_metrics; i++) {
        struct names with = lookup_backends(a, f, study->metrics[i].text);
        if (with.n)
            names_add(a, &list, &cap, study->metrics[i].text);
    }
    return list;
}

struct names lookup_groups(struct arena *a, const struct study *study,
                           const struct findings *f, const char *metric,
                           unsigned by)
{
    struct names list = { NULL, 0 };
    struct text name = TEXT_INIT;
    size_t cap = 0;
    struct group g = group_first(&study->axes, by);

    do {
        text_reset(&name);
        group_add(&name, &study->axes, &g);
        long at = findings_find(f, NULL, metric, name.s, NULL, NULL, NULL);
        if (at >= 0)
            names_add(a, &list, &cap, f->rows[at].group);
    } while (group_next(&g, &study->axes, by));
    text_release(&name);
    return list;
}

/* The quantity a kind of metric is, or QUANTITY_N where methods do not apply. */
static enum study_quantity quantity_of(const char *kind)
{
    if (!strcmp(kind, "difference") || !strcmp(kind, "improvement") ||
        !strcmp(kind, "excess"))
        return QUANTITY_DIFFERENCE;
    if (strstr(kind, "_worst_case") || !strncmp(kind, "rise", strlen("rise")))
        return QUANTITY_N; /* by one method, whatever the study's */
    if (!strcmp(kind, "ratio") || !strcmp(kind, "share_ratio"))
        return QUANTITY_RATIO;
    if (!strcmp(kind, "max_min"))
        return QUANTITY_N;
    return QUANTITY_PROPORTION;
}

static const char *primary_method(const struct study *study, const char *kind)
{
    enum study_quantity q = quantity_of(kind);

    if (q == QUANTITY_N || !study->methods[q].n)
        return NULL;
    return study->methods[q].names[0].text;
}

const struct finding *lookup_row(const struct study *study, const struct findings *f,
                                 const char *backend, const char *metric,
                                 const char *kind, const char *group,
                                 const char *versus, const char *point)
{
    struct text full = TEXT_INIT;

    text_add(&full, metric);
    if (*kind)
        text_addf(&full, ".%s", kind);
    long at = findings_find(f, backend, full.s, group, versus, point,
                            primary_method(study, kind));
    if (at < 0)
        at = findings_find(f, backend, full.s, group, versus, point, NULL);
    text_release(&full);
    return at < 0 ? NULL : &f->rows[at];
}

bool lookup_primary(const struct study *study, const struct finding *row)
{
    const char *method = primary_method(study, metric_kind(row->metric));

    if (!method || !strcmp(row->method, method))
        return true;
    /* a method nobody chose, such as that of an exact share */
    enum study_quantity q = quantity_of(metric_kind(row->metric));
    for (size_t i = 0; i < study->methods[q].n; i++)
        if (!strcmp(row->method, study->methods[q].names[i].text))
            return false;
    return true;
}

const char *lookup_base(struct arena *a, const char *metric)
{
    return arena_strndup(a, metric, strcspn(metric, "."));
}

/* What fixes an operating point. */
enum point_kind {
    POINT_OTHER, POINT_DEFAULT, POINT_NATIVE, POINT_FMR, POINT_AUDIT, POINT_AT_LEAST,
    POINT_CONFIDENCE, POINT_DOSE
};

static const struct {
    const char *begins;
    enum point_kind kind;
} point_kinds[] = {
    { "native=default", POINT_DEFAULT }, { "native=", POINT_NATIVE },
    { "fmr=", POINT_FMR }, { "audit=", POINT_AUDIT },
    { "confidence>=", POINT_AT_LEAST }, { "confidence=", POINT_CONFIDENCE },
};

/* *value is what stands behind its name. */
static enum point_kind point_kind(const char *point, const char **value)
{
    for (size_t i = 0; i < sizeof point_kinds / sizeof *point_kinds; i++) {
        size_t n = strlen(point_kinds[i].begins);
        *value = point + n;
        if (!strncmp(point, point_kinds[i].begins, n) &&
            (point_kinds[i].kind != POINT_DEFAULT || !**value))
            return point_kinds[i].kind;
    }
    *value = point;
    return dose_of_point(point, &(struct dose){ 0 }) ? POINT_DOSE : POINT_OTHER;
}

/* "0.9..1" with `between` for the dots. */
static void add_span(struct text *to, const char *span, const char *between)
{
    const char *dots = strstr(span, "..");

    if (dots) {
        text_addn(to, span, (size_t)(dots - span));
        text_addf(to, "%s%s", between, dots + 2);
    } else {
        text_add(to, span);
    }
}

/* "0.001" of "1e-3"; 1e-6 stays so. */
static void add_rate(struct text *to, const char *value)
{
    char number[NUM_MAX], *end;
    double rate = strtod(value, &end);

    if (end > value && rate >= 1e-4)
        text_addf(to, "%s%s", num_shortest(number, rate), end);
    else
        text_add(to, value);
}

static void add_dose(struct text *to, const char *point)
{
    struct dose d;

    if (dose_of_point(point, &d))
        dose_add_words(to, d);
}

void lookup_point_name(struct text *to, const char *point)
{
    const char *value;

    switch (point_kind(point, &value)) {
    case POINT_DEFAULT: text_add(to, "the default threshold"); break;
    case POINT_NATIVE: text_addf(to, "threshold %s", value); break;
    case POINT_FMR:
        text_add(to, "FMR ");
        add_rate(to, value);
        break;
    case POINT_AT_LEAST: text_addf(to, "a stated confidence of %s or more", value); break;
    case POINT_CONFIDENCE:
        text_add(to, "a stated confidence of ");
        add_span(to, value, " to ");
        break;
    case POINT_DOSE: add_dose(to, point); break;
    case POINT_AUDIT:
    case POINT_OTHER: text_add(to, value); break;
    }
}

void lookup_point_words(struct text *to, const char *point)
{
    const char *value;

    if (point_kind(point, &value) == POINT_DOSE)
        text_add(to, "with images changed: ");
    else if (*point && point_kind(point, &value) != POINT_AUDIT)
        text_add(to, "at ");
    lookup_point_name(to, point);
}

void lookup_point_phrase(struct text *to, const char *point)
{
    const char *value;

    if (point_kind(point, &value) == POINT_FMR) {
        text_add(to, "at the threshold for an FMR of ");
        add_rate(to, value);
        return;
    }
    if (point_kind(point, &value) == POINT_AUDIT)
        text_add(to, strlen(value) == 4 && strspn(value, "0123456789") == 4
                         ? "in " : "in the audit ");
    lookup_point_words(to, point);
}

void lookup_point_short(struct text *to, const char *point)
{
    const char *value;

    switch (point_kind(point, &value)) {
    case POINT_DEFAULT: text_add(to, "at default"); break;
    case POINT_NATIVE: text_addf(to, "at %s", value); break;
    case POINT_AT_LEAST: text_addf(to, "≥ %s", value); break;
    case POINT_CONFIDENCE: add_span(to, value, "–"); break;
    case POINT_FMR:
    case POINT_DOSE:
    case POINT_AUDIT:
    case POINT_OTHER: lookup_point_name(to, point); break;
    }
}

void lookup_rival(struct text *to, const char *versus)
{
    static const char begins[] = "backend=";
    size_t skip = strncmp(versus, begins, strlen(begins)) ? 0 : strlen(begins);
    struct text name = TEXT_INIT;

    text_add_unpercent(&name, versus + skip, strlen(versus + skip));
    text_add(to, name.s);
    text_release(&name);
}

void lookup_backend_words(struct text *to, const char *backend, const char *point)
{
    text_add(to, backend);
    if (*point) {
        text_add(to, *backend ? " " : "");
        lookup_point_words(to, point);
    }
}
