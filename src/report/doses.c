/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/doses.h"

#include <math.h>
#include <string.h>

#include "model/metric.h"
#include "report/format.h"
#include "report/lookup.h"

static double distance(const struct study_dose *d)
{
    return dose_distance(d->change.steps[0]);
}

size_t doses_ways(struct arena *a, const struct study *study, struct dose_way **out)
{
    struct dose_way *ways = arena_array(a, 2 * study->n_doses + 1, sizeof *ways);
    size_t n = 0;

    for (size_t i = 0; i < study->n_doses; i++) {
        const struct study_dose *d = &study->doses[i];
        const struct dose_about *about = &dose_kinds[d->change.steps[0].kind];
        const char *words = distance(d) < 0 ? about->below : about->above;
        size_t w = 0;
        if (!words) /* as JPEG of quality 100: the mild end of the other way */
            words = about->below ? about->below : about->above;
        while (w < n && strcmp(ways[w].words, words))
            w++;
        if (w == n)
            ways[n++] = (struct dose_way){ d->change.steps[0].kind, words,
                                           arena_array(a, study->n_doses,
                                                       sizeof *ways->doses), 0 };
        size_t at = ways[w].n++;
        for (; at && fabs(distance(ways[w].doses[at - 1])) > fabs(distance(d)); at--)
            ways[w].doses[at] = ways[w].doses[at - 1];
        ways[w].doses[at] = d;
    }
    *out = ways;
    return n;
}

bool doses_shown(const struct study *study, const struct finding *rise)
{
    return rise->lo > 0 && rise->p_adj < 1 - study->confidence;
}

static const struct finding *find(const struct findings *f, const char *backend,
                                  const char *metric, const char *kind, const char *group,
                                  const char *versus, const char *point)
{
    struct text name = TEXT_INIT;

    text_addf(&name, "%s.%s", metric, kind);
    long at = findings_find(f, backend, name.s, group, versus, point, NULL);
    text_release(&name);
    return at < 0 ? NULL : &f->rows[at];
}

const struct finding *doses_rise(const struct findings *f, const char *backend,
                                 const char *metric, const char *group, const char *point)
{
    return find(f, backend, metric, "rise", group, "clean", point);
}

const struct finding *doses_break(const struct study *study, const struct findings *f,
                                  const struct dose_way *way, const char *backend,
                                  const char *metric, const char *group)
{
    for (size_t i = 0; i < way->n; i++) {
        const struct finding *r = doses_rise(f, backend, metric, group,
                                             way->doses[i]->point);
        if (r && doses_shown(study, r))
            return r;
    }
    return NULL;
}

static bool has_rises(const struct study *study, const struct findings *f,
                      const char *metric)
{
    for (size_t i = 0; i < study->n_doses; i++)
        if (find(f, NULL, metric, "rise", NULL, "clean", study->doses[i].point))
            return true;
    return false;
}

const char *doses_metric(const struct study *study, const struct findings *f)
{
    static const char *const whole[] = { "error_with_misses", "gfrr" };

    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (has_rises(study, f, whole[i]))
            return whole[i];
    for (size_t m = 0; m < study->n_metrics; m++)
        if (has_rises(study, f, study->metrics[m].text))
            return study->metrics[m].text;
    return NULL;
}

/* Groups that break at the dose where the first does, those who lose most before the
 * others; everyone together only where no group does. */
#define NAMED_MOST 3

struct first {
    const char *point;
    const struct finding *most[NAMED_MOST + 1];
    size_t n, broken;
};

static void put_first(struct first *b, const struct finding *r)
{
    size_t at = b->n < NAMED_MOST ? b->n++ : NAMED_MOST;

    b->broken++;
    for (; at && b->most[at - 1]->estimate < r->estimate; at--)
        b->most[at] = b->most[at - 1];
    b->most[at] = r;
}

static struct first find_first(const struct study *s, const struct findings *f,
                               const struct dose_way *way, const char *backend,
                               const char *metric)
{
    struct first b = { .n = 0 };
    const struct finding *everyone = NULL;

    for (size_t i = 0; i < way->n && !b.point; i++) {
        const char *point = way->doses[i]->point;
        for (size_t k = 0; k < f->n; k++) {
            const struct finding *r = &f->rows[k];
            if (strcmp(r->point, point) || strcmp(r->backend, backend) ||
                r != doses_rise(f, backend, metric, r->group, point) || !doses_shown(s, r))
                continue;
            b.point = point;
            if (strcmp(r->group, "all"))
                put_first(&b, r);
            else
                everyone = r;
        }
    }
    if (b.point && !b.broken && everyone)
        put_first(&b, everyone);
    return b;
}

static void add_first(struct text *to, const struct study *s, const struct findings *f,
                      const struct dose_way *way, const char *backend, const char *metric,
                      bool *any)
{
    const struct first b = find_first(s, f, way, backend, metric);
    struct text scratch = TEXT_INIT;
    struct dose d;

    if (!b.point || !dose_of_point(b.point, &d))
        return;
    text_add(to, *any ? "; " : " errors rise from ");
    *any = true;
    dose_add_words(to, d);
    text_add(to, " (");
    for (size_t i = 0; i < b.n; i++)
        text_addf(to, "%s%s", i ? ", " : "", study_label(s, b.most[i]->group, &scratch));
    if (b.broken > b.n)
        text_addf(to, " and %zu more", b.broken - b.n);
    text_addch(to, ')');
    text_release(&scratch);
}

/* The pair of groups whose rises differ most, among those shown to differ. */
static void add_gap(struct text *to, const struct study *s, const struct findings *f,
                    const char *backend, const char *metric)
{
    struct text name = TEXT_INIT, a = TEXT_INIT, b = TEXT_INIT;
    const struct finding *most = NULL;
    size_t shown = 0, asked = 0;
    struct dose d;

    text_addf(&name, "%s.rise_difference", metric);
    for (size_t i = 0; i < f->n; i++) {
        const struct finding *r = &f->rows[i];
        if (strcmp(r->metric, name.s) || strcmp(r->backend, backend) || isnan(r->p))
            continue;
        asked++;
        if (!((r->lo > 0 || r->hi < 0) && r->p_adj < 1 - s->confidence))
            continue;
        shown++;
        if (!most || fabs(r->estimate) > fabs(most->estimate))
            most = r;
    }
    if (most && dose_of_point(most->point, &d)) {
        bool more = most->estimate > 0;
        const char *group = study_label(s, most->group, &a);
        const char *versus = study_label(s, most->versus, &b);
        text_addf(to, " The change is not alike for all: it costs %s ", more ? group : versus);
        format_value(to, UNIT_POINTS, fabs(most->estimate), FORMAT_OWN);
        text_add(to, " ");
        format_interval(to, UNIT_POINTS, more ? most->lo : -most->hi,
                        more ? most->hi : -most->lo,
                        format_decimals(UNIT_POINTS, most->estimate));
        text_addf(to, " more than %s with images changed: ", more ? versus : group);
        dose_add_words(to, d);
        text_addf(to, " (the largest of %zu such differences shown, of %zu asked for).",
                  shown, asked);
    } else if (asked) {
        text_addf(to, " That the change costs one group more than another is not shown in "
                  "any of %zu comparisons.", asked);
    }
    text_release(&name);
    text_release(&a);
    text_release(&b);
}

void doses_answer(const struct study *study, const struct findings *f, struct text *to)
{
    const char *metric = doses_metric(study, f);
    struct arena arena = ARENA_INIT;
    struct dose_way *ways;
    size_t n = doses_ways(&arena, study, &ways);

    if (metric) {
        struct names backends = lookup_backends(&arena, f, metric);
        for (size_t b = 0; b < backends.n; b++) {
            bool any = false;
            text_addf(to, "%s%s:", b ? " " : "", backends.names[b]);
            for (size_t w = 0; w < n; w++)
                add_first(to, study, f, &ways[w], backends.names[b], metric, &any);
            text_add(to, any ? " on." : " no group is shown to err more at any dose.");
            add_gap(to, study, f, backends.names[b], metric);
        }
    }
    arena_release(&arena);
}
