/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comparisons let anybody conclude, in words. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/scored_cleaning.h"
#include "cli/scored_study.h"
#include "model/metric.h"
#include "report/format.h"
#include "report/lookup.h"
#include "stats/evidence.h"

/* "0.1 %", with three digits. */
static void add_percent(struct text *to, double rate)
{
    text_addf(to, "%.3g %%", 100 * rate);
}

/* True if a rate rests on enough to be called the highest or the lowest. */
static bool is_founded(const struct finding *row)
{
    return row->flag != FLAG_TOO_FEW && row->flag != FLAG_ZERO &&
           row->flag != FLAG_SUPPRESSED;
}

/* The row of the group `g`, or NULL where there is no rate. */
static const struct finding *find_rate(const struct study *s, const struct findings *f,
                                       const char *backend, const char *metric,
                                       const char *point, const struct group *g)
{
    struct text name = TEXT_INIT;

    group_add(&name, &s->axes, g);
    long at = findings_find(f, backend, metric, name.s, "", point, NULL);
    text_release(&name);
    return at < 0 || isnan(f->rows[at].estimate) ? NULL : &f->rows[at];
}

/* A metric's name on an axis, as a sentence begins. */
static void add_name(struct text *to, const struct metric *m)
{
    size_t at = to->len;

    text_add(to, m->axis);
    if (to->s[at] >= 'a' && to->s[at] <= 'z')
        to->s[at] += 'A' - 'a';
}

/* The groups of a set with the highest and the lowest rate that is not too few to say; the
 * lowest may be one that is, if its whole interval lies below half the highest's. Returns how
 * many groups have a rate; an end that there is not is NULL. */
static size_t find_ends(const struct study *s, const struct findings *f, const char *backend,
                        const char *metric, const char *point, unsigned set,
                        const struct finding *ends[2])
{
    struct group g = group_first(&s->axes, set);
    const struct finding *row;
    size_t n = 0;

    ends[0] = ends[1] = NULL;
    do {
        row = find_rate(s, f, backend, metric, point, &g);
        n += row != NULL;
        if (row && is_founded(row) && (!ends[0] || row->estimate > ends[0]->estimate))
            ends[0] = row;
    } while (group_next(&g, &s->axes, set));
    g = group_first(&s->axes, set);
    do {
        row = ends[0] ? find_rate(s, f, backend, metric, point, &g) : NULL;
        if (row && row != ends[0] && (is_founded(row) || row->hi < ends[0]->lo / 2) &&
            (!ends[1] || row->estimate < ends[1]->estimate))
            ends[1] = row;
    } while (ends[0] && group_next(&g, &s->axes, set));
    return n;
}

static void add_end(const struct study *s, const struct finding *row, struct text *to)
{
    struct text scratch = TEXT_INIT;

    text_addf(to, "%s ", study_label(s, row->group, &scratch));
    add_percent(to, row->estimate);
    text_addf(to, " (%lld of %lld)", (long long)row->x, (long long)row->n);
    text_release(&scratch);
}

/* The ratio of the one rate to the other, where the study sets just these groups against
 * each other; false if it does not. */
static bool add_contrast(const struct findings *f, const char *backend, const char *metric,
                         const char *point, const struct finding *const ends[2],
                         struct text *to)
{
    char *kind = mem_printf("%s.ratio", metric);
    long at = findings_find(f, backend, kind, ends[0]->group, ends[1]->group, point, NULL);
    const bool turned = at < 0;

    if (turned)
        at = findings_find(f, backend, kind, ends[1]->group, ends[0]->group, point, NULL);
    free(kind);
    const struct finding *row = at < 0 ? NULL : &f->rows[at];
    if (!row || !isfinite(row->estimate) || !(row->lo > 0) || !isfinite(row->hi))
        return false;
    double lo = turned ? 1 / row->hi : row->lo, hi = turned ? 1 / row->lo : row->hi;
    text_addf(to, "; %.3g times [%.3g, %.3g]%s",
              turned ? 1 / row->estimate : row->estimate, lo, hi,
              lo <= 1 ? ", or no difference at all" : "");
    return true;
}

/* How many times the one rate is the other: of an axis with two groups their ratio; of one
 * with more the largest over the smallest, if these are the two. */
static void add_ratio(const struct study *s, const struct findings *f, const char *backend,
                      const char *metric, const char *point, size_t axis, size_t n,
                      const struct finding *const ends[2], struct text *to)
{
    struct text name = TEXT_INIT;

    if (n == 2 && add_contrast(f, backend, metric, point, ends, to))
        return;
    char *kind = mem_printf("%s.max_min", metric);

    text_add_percent(&name, s->axes.axes[axis].name);
    long at = findings_find(f, backend, kind, name.s, "", point, NULL);
    const struct finding *row = at < 0 ? NULL : &f->rows[at];
    if (row && !strcmp(row->highest, ends[0]->group) && !strcmp(row->lowest, ends[1]->group)) {
        if (isfinite(row->estimate))
            text_addf(to, "; %.3g times", row->estimate);
        if (isfinite(row->hi))
            text_addf(to, " [%.3g, %.3g]", row->lo, row->hi);
        else if (row->lo > 1)
            text_addf(to, "%s at least %.3g times", isfinite(row->estimate) ? "," : ";",
                      row->lo);
        if (!isfinite(row->p) && row->lo <= 1)
            text_add(to, ", or no difference at all");
    }
    if (row && isfinite(row->p))
        text_addf(to, row->p < .05 ? "; the groups differ by more than chance gives (p = %.2g)"
                                   : "; chance alone may give as much (p = %.2g)", row->p);
    free(kind);
    text_release(&name);
}

/* What the spread of a metric over one axis lets anybody conclude; false if its groups have
 * too few hits to say. */
static bool add_conclusion(const struct study *s, const struct findings *f,
                           const char *backend, const char *metric, const char *point,
                           size_t axis, struct text *to)
{
    const struct finding *ends[2];
    const struct metric *m = metric_find(metric);
    size_t n = find_ends(s, f, backend, metric, point, 1u << axis, ends);

    if (n < 2)
        return true;
    if (!ends[1])
        return false;
    text_addch(to, ' ');
    add_name(to, m);
    text_add(to, " by ");
    study_add_axis(to, &s->axes.axes[axis]);
    text_add(to, ": ");
    bool same = !(ends[0]->estimate > ends[1]->estimate);
    text_add(to, same ? "no higher for " : "highest ");
    add_end(s, ends[0], to);
    text_add(to, same ? " than for " : ", lowest ");
    add_end(s, ends[1], to);
    add_ratio(s, f, backend, metric, point, axis, n, ends, to);
    text_addch(to, '.');
    return true;
}

/* The same over every axis; those of too few hits in one sentence. */
static void add_conclusions(const struct study *s, const struct findings *f,
                            const char *backend, const char *metric, const char *point,
                            struct text *to)
{
    struct text few = TEXT_INIT;

    for (size_t a = 0; a < s->axes.n; a++)
        if (!add_conclusion(s, f, backend, metric, point, a, to)) {
            text_add(&few, few.len ? ", " : "");
            study_add_axis(&few, &s->axes.axes[a]);
        }
    if (few.len)
        text_addf(to, " Too few %s to set groups by %s against each other.",
                  metric_find(metric)->hits, few.s);
    text_release(&few);
}

/* True if the point is the threshold at which everyone's rate of the metric is a given one,
 * so that matchers cannot differ in it. */
static bool is_set_by(const char *metric, const char *point)
{
    return !strcmp(metric, "fmr") && !strncmp(point, "fmr=", strlen("fmr="));
}

/* How one matcher differs from another in a metric, and in which groups by more than
 * chance. */
static void add_difference(const struct study *s, const struct findings *f,
                           const struct scored *a, const struct scored *b,
                           const char *metric, const char *point, struct text *to)
{
    const char *first = a->backend, *second = b->backend;
    struct text versus = TEXT_INIT, worse[2] = { TEXT_INIT, TEXT_INIT }, name = TEXT_INIT;
    struct text where = TEXT_INIT;
    char *kind = mem_printf("%s.excess", metric);
    const char *axis = metric_find(metric)->axis;

    evidence_rival(&versus, second);
    lookup_point_words(&where, point);
    long at = findings_find(f, first, kind, "all", versus.s, point, NULL);
    if (at >= 0 && is_set_by(metric, point)) {
        text_addf(to, "%s %s: everyone's is the same by %s and by %s, as the thresholds "
                  "are set.", axis, where.s, first, second);
    } else if (at >= 0) {
        const struct finding *row = &f->rows[at];
        const bool alone = (row->lo > 0 || row->hi < 0) && !(row->p_adj < .05);
        text_addf(to, "%s of %s minus that of %s %s: %+.3g points [%+.3g, %+.3g], ",
                  axis, first, second, where.s, 100 * row->estimate, 100 * row->lo,
                  100 * row->hi);
        format_p(to, row->p_adj);
        text_addf(to, " (Holm, over all groups)%s.", alone ? ": more than chance gives if this alone was asked, not among all "
                          "that was" : "");
    }
    for (size_t i = 0; at >= 0 && i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        if (strcmp(row->backend, first) || strcmp(row->metric, kind) ||
            strcmp(row->versus, versus.s) || strcmp(row->point, point) ||
            !strcmp(row->group, "all") || !(row->p_adj < .05))
            continue;
        struct text *list = &worse[row->estimate < 0];
        text_addf(list, "%s%s", list->len ? "; " : "", study_label(s, row->group, &name));
    }
    size_t enrolled[] = { scored_gallery_people(a), scored_gallery_people(b) };
    const bool apart = enrolled[0] != enrolled[1];
    for (int i = 0; i < 2; i++)
        if (worse[i].len)
            text_addf(to, apart ? " %s, in its own gallery, errs more often by more than "
                                  "chance on: %s."
                                : " %s errs more often, by more than chance, on: %s.",
                      i ? second : first, worse[i].s);
    if (at >= 0 && !worse[0].len && !worse[1].len)
        text_add(to, " In no single group do they differ by more than chance.");
    if (at >= 0 && apart)
        text_addf(to, " That is not the matchers alone: %s searches %zu people, %s %zu.",
                  first, enrolled[0], second, enrolled[1]);
    text_release(&versus);
    text_release(&where);
    text_release(&name);
    text_release(&worse[0]);
    text_release(&worse[1]);
    free(kind);
}

static void conclude_rivals(struct study *s, const struct scored *all, size_t n,
                            const char *point, const struct findings *f)
{
    const struct study_compare *c = &s->compare;
    struct text t = TEXT_INIT;

    STUDY_ROOM(s, s->conclusions, s->n_conclusions, c->n_rivals * n * n);
    for (size_t m = 0; m < c->n_rivals; m++)
        for (size_t i = 0; i < n; i++)
            for (size_t k = i + 1; k < n; k++) {
                text_reset(&t);
                add_difference(s, f, &all[i], &all[k], c->rivals[m], point, &t);
                if (t.len)
                    s->conclusions[s->n_conclusions++] = arena_strdup(&s->arena, t.s);
            }
    text_release(&t);
}

static bool is_asked(const struct study *s, const char *metric)
{
    for (size_t i = 0; i < s->n_asked; i++)
        if (!strcmp(s->asked[i].text, metric))
            return true;
    return false;
}

void scored_study_conclude(struct study *s, const struct scored *all, size_t n,
                           const char *point, const struct findings *f)
{
    const bool gallery = all[0].scores.gallery;
    const char *const metrics[] = { is_asked(s, "misnamed") ? "misnamed" : "",
                                    gallery ? "fpir" : "fmr", gallery ? "fnir" : "fnmr" };
    const size_t n_metrics = sizeof metrics / sizeof *metrics;
    struct text t = TEXT_INIT;

    if (point)
        conclude_rivals(s, all, n, point, f);
    STUDY_ROOM(s, s->conclusions, s->n_conclusions, n_metrics * n);
    for (size_t b = 0; b < n && point; b++)
        for (size_t m = 0; m < n_metrics; m++) {
            const struct scored *sc = &all[b];
            long at = findings_find(f, sc->backend, metrics[m], "all", "", point, NULL);
            if (at < 0)
                continue;
            text_reset(&t);
            text_addf(&t, "%s%s", n > 1 ? sc->backend : "", n > 1 ? " at " : "At ");
            lookup_point_name(&t, point);
            text_addf(&t, ", %s %.4g: ", sc->compared.distance ? "distance" : "score",
                      f->rows[at].threshold);
            add_name(&t, metric_find(metrics[m]));
            text_add(&t, " of all ");
            add_percent(&t, f->rows[at].estimate);
            text_addf(&t, " [%.3g, %.3g].", 100 * f->rows[at].lo, 100 * f->rows[at].hi);
            add_conclusions(s, f, sc->backend, metrics[m], point, &t);
            s->conclusions[s->n_conclusions++] = arena_strdup(&s->arena, t.s);
        }
    text_release(&t);
}
