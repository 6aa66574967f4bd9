/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/lookup.h"

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
    size_t cap = 0;

    for (size_t i = 0; i < f->n; i++)
        if (*f->rows[i].backend && !strcmp(f->rows[i].metric, metric))
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
    if (!strcmp(kind, "difference"))
        return QUANTITY_DIFFERENCE;
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

void lookup_point_words(struct text *to, const char *point)
{
    const char *eq = strchr(point, '=');

    if (!*point)
        return;
    if (eq && !strncmp(point, "native=", 7))
        text_addf(to, "at threshold %s", eq + 1);
    else if (eq && !strncmp(point, "fmr=", 4))
        text_addf(to, "at FMR %s", eq + 1);
    else
        text_addf(to, "at %s", point);
}

void lookup_backend_words(struct text *to, const char *backend, const char *point)
{
    text_add(to, backend);
    if (*point) {
        text_add(to, *backend ? " " : "");
        lookup_point_words(to, point);
    }
}
