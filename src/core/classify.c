/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/classify.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is counted of each output; the one list. */
static const struct measure {
    const char *metric, *point;
    double lo, hi; /* of the confidence, where there is a point */
} measures[] = {
    { "error", "", 0, 0 },
    { "error_with_misses", "", 0, 0 },
    { "fta", "", 0, 0 },
    { "calibration", "confidence=0..0.5", 0, .5 },
    { "calibration", "confidence=0.5..0.6", .5, .6 },
    { "calibration", "confidence=0.6..0.7", .6, .7 },
    { "calibration", "confidence=0.7..0.8", .7, .8 },
    { "calibration", "confidence=0.8..0.9", .8, .9 },
    { "calibration", "confidence=0.9..1", .9, INFINITY },
    { "sure_when_wrong", "confidence>=0.9", .9, INFINITY },
};
enum { MEASURES = sizeof measures / sizeof *measures };

struct cell {
    int64_t x, n;
};

static int find_value(const struct axis *axis, const char *value)
{
    return *value ? axis_find(axis, value) : -1;
}

static void leave_out(struct classify *c, size_t sample, const char *attribute,
                      const char *value, struct complaints *complaints)
{
    struct text t = TEXT_INIT;

    c->counted[sample] = false;
    if (!complaints)
        return;
    if (*value)
        text_addf(&t, "%s is '%s', which the study does not count by", attribute, value);
    else
        text_addf(&t, "%s is not known", attribute);
    complaints_add(complaints, &(struct complaint){
                       .kind = COMPLAINT_UNKNOWN_GROUP, .detail = t.s,
                       .sample = roster_sample(c->roster, sample) });
    text_release(&t);
}

void classify_init(struct classify *c, const struct roster *roster, const struct axes *axes,
                   const unsigned *sets, size_t n_sets, size_t target,
                   struct complaints *complaints)
{
    long attribute[GROUP_MAX_AXES];
    unsigned all = 0;

    *c = (struct classify){ .roster = roster, .axes = axes, .target = target, .sets = sets,
                            .n_sets = n_sets };
    c->values = mem_array(roster->n * axes->n, sizeof *c->values);
    c->counted = mem_array(roster->n, sizeof *c->counted);
    for (size_t i = 0; i < n_sets; i++)
        all |= sets[i];
    for (size_t a = 0; a < axes->n; a++) {
        attribute[a] = roster_attribute(roster, axes->axes[a].name);
        assert(!(all & 1u << a) || attribute[a] >= 0);
    }
    for (size_t s = 0; s < roster->n; s++) {
        c->counted[s] = true;
        if (!*roster_value(roster, s, target))
            leave_out(c, s, roster->attributes[target].name, "", complaints);
        for (size_t a = 0; a < axes->n; a++) {
            int *value = &c->values[s * axes->n + a];
            *value = GROUP_OPEN;
            if (!(all & 1u << a))
                continue;
            const char *text = roster_value(roster, s, (size_t)attribute[a]);
            *value = find_value(&axes->axes[a], text);
            if (*value < 0 && c->counted[s])
                leave_out(c, s, axes->axes[a].name, text, complaints);
        }
    }
}

void classify_release(struct classify *c)
{
    free(c->values);
    free(c->counted);
    *c = (struct classify){ 0 };
}

bool classify_is_in(const struct classify *c, size_t sample, const struct group *g)
{
    if (!c->counted[sample])
        return false;
    for (size_t a = 0; a < c->axes->n; a++)
        if (g->value[a] != GROUP_OPEN && c->values[sample * c->axes->n + a] != g->value[a])
            return false;
    return true;
}

static enum classify_part part(const struct classify *c, const struct output *out,
                               const struct measure *m)
{
    bool classified = out->status == STATUS_OK;
    bool wrong = classified && strcmp(out->label, roster_value(c->roster, out->row,
                                                               c->target));
    bool in_range = out->confidence >= m->lo && out->confidence < m->hi; /* NaN: not */

    if (status_kind(out->status) == STATUS_KIND_MISSING)
        return PART_NONE; /* nobody was shown it */
    if (!strcmp(m->metric, "error"))
        return !classified ? PART_NONE : wrong ? PART_HIT : PART_TRIAL;
    if (!strcmp(m->metric, "error_with_misses"))
        return wrong || !classified ? PART_HIT : PART_TRIAL;
    if (!strcmp(m->metric, "fta"))
        return classified ? PART_TRIAL : PART_HIT;
    if (!strcmp(m->metric, "calibration"))
        return !classified || !in_range ? PART_NONE : wrong ? PART_HIT : PART_TRIAL;
    return !wrong || isnan(out->confidence) ? PART_NONE : in_range ? PART_HIT : PART_TRIAL;
}

enum classify_part classify_part(const struct classify *c, const struct output *out,
                                 const char *metric, const char *point)
{
    for (size_t i = 0; i < MEASURES; i++)
        if (!strcmp(measures[i].metric, metric) && !strcmp(measures[i].point, point))
            return part(c, out, &measures[i]);
    return PART_NONE;
}

/* Number of the groups of a set of axes. */
static size_t groups_of(const struct axes *axes, unsigned set)
{
    size_t n = 1;

    for (size_t a = 0; a < axes->n; a++)
        n *= set & 1u << a ? axes->axes[a].n : 1;
    assert(n <= (size_t)1 << 20);
    return n;
}

/* Place of a sample's group in the order of group_next(). */
static size_t group_of(const struct classify *c, size_t sample, unsigned set)
{
    size_t at = 0;

    for (size_t a = 0; a < c->axes->n; a++)
        if (set & 1u << a)
            at = at * c->axes->axes[a].n + (size_t)c->values[sample * c->axes->n + a];
    return at;
}

/* Whose the trials of one group are: of a person at most `room` of them. */
struct owners {
    size_t n, room;
    uint32_t *subject;
    double *trials, *hits;
};

static void owners_init(struct owners *w, size_t room)
{
    *w = (struct owners){ .room = room };
    w->subject = mem_array(room, sizeof *w->subject);
    w->trials = mem_array(room, sizeof *w->trials);
    w->hits = mem_array(room, sizeof *w->hits);
}

static void owners_release(struct owners *w)
{
    free(w->subject);
    free(w->trials);
    free(w->hits);
}

/* One trial of a sample: in which group, whose, and whether it is a hit. */
struct trial {
    size_t group;
    uint32_t subject;
    bool hit;
};

static int compare_trials(const void *a, const void *b)
{
    const struct trial *x = a, *y = b;

    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return (x->subject > y->subject) - (x->subject < y->subject);
}

/* The trials of a group, from trials[*at] on, by person. */
static void gather(struct owners *w, const struct trial *trials, size_t n, size_t group,
                   size_t *at)
{
    w->n = 0;
    for (; *at < n && trials[*at].group == group; ++*at) {
        if (!w->n || w->subject[w->n - 1] != trials[*at].subject) {
            w->subject[w->n] = trials[*at].subject;
            w->trials[w->n] = w->hits[w->n] = 0;
            w->n++;
        }
        w->trials[w->n - 1]++;
        w->hits[w->n - 1] += trials[*at].hit;
    }
}

/* A person's number; a sample of nobody known is a person of its own. */
static uint32_t subject_of(const struct classify *c, size_t row)
{
    uint32_t code = column_code(&c->roster->subject, row);

    return code ? code : (uint32_t)(c->roster->subject.values.n + row);
}

/* A count a group that has trials; `total` >= 0 is the n of all. With `trials`, by
 * group and person, its people too. */
static int add_cells(const struct classify *c, unsigned set, const struct cell *cells,
                     const struct count *like, int64_t total, const struct trial *trials,
                     size_t n_trials, struct tally *to, struct err *err)
{
    struct group g = group_first(c->axes, set);
    struct owners owners = { 0 };
    size_t group = 0, at = 0;
    int code = 0;

    if (trials)
        owners_init(&owners, n_trials);
    do {
        int64_t n = total >= 0 ? total : cells[group].n;
        struct count count = *like;
        struct tally_people people;
        if (trials) {
            gather(&owners, trials, n_trials, group, &at);
            people = (struct tally_people){ owners.n, owners.subject, owners.trials,
                                            owners.hits };
            count.people = &people;
        }
        count.group = g;
        count.x = cells[group].x;
        count.n = count.n_lo = count.n_hi = n;
        if (cells[group].n)
            code = tally_add(to, &count, err);
        group++;
    } while (!code && group_next(&g, c->axes, set));
    owners_release(&owners);
    return code;
}

static int count_measure(const struct classify *c, const struct outputs *o,
                         const struct measure *m, bool several, const char *source,
                         struct tally *to, struct err *err)
{
    struct count like = { .backend = o->backend, .metric = m->metric, .point = m->point,
                          .source = source };
    struct trial *trials = several ? mem_array(o->n, sizeof *trials) : NULL;
    int code = 0;

    for (size_t i = 0; i < c->n_sets && !code; i++) {
        struct cell *cells = mem_array(groups_of(c->axes, c->sets[i]), sizeof *cells);
        size_t n = 0;
        for (size_t k = 0; k < o->n; k++) {
            size_t row = o->rows[k].row;
            enum classify_part p = part(c, &o->rows[k], m);
            if (!c->counted[row] || p == PART_NONE)
                continue;
            size_t group = group_of(c, row, c->sets[i]);
            cells[group].n++;
            cells[group].x += p == PART_HIT;
            if (several)
                trials[n++] = (struct trial){ group, subject_of(c, row), p == PART_HIT };
        }
        if (several)
            qsort(trials, n, sizeof *trials, compare_trials);
        code = add_cells(c, c->sets[i], cells, &like, -1, trials, n, to, err);
        free(cells);
    }
    free(trials);
    return code;
}

/* True if some person has several outputs. */
static bool has_several(const struct classify *c, const struct outputs *o)
{
    struct dict people = DICT_INIT;
    bool several = false;

    for (size_t i = 0; c->roster->has_subjects && i < o->n && !several; i++) {
        const char *subject = roster_subject(c->roster, o->rows[i].row);
        bool fresh = true;
        if (*subject && c->counted[o->rows[i].row] &&
            status_kind(o->rows[i].status) != STATUS_KIND_MISSING)
            dict_add(&people, subject, &fresh);
        several = !fresh;
    }
    dict_release(&people);
    return several;
}

int classify_count_dose(const struct classify *c, const struct outputs *o,
                        const char *point, const char *source, struct tally *to,
                        struct err *err)
{
    bool several = has_several(c, o);
    int code = 0;

    for (size_t i = 0; i < MEASURES && !code; i++) {
        struct measure at = measures[i];
        if (*at.point)
            continue; /* of confidences, which are looked into on images as they are */
        at.point = point;
        code = count_measure(c, o, &at, several, source, to, err);
    }
    return code;
}

int classify_count(const struct classify *c, const struct outputs *o, const char *source,
                   struct tally *to, struct err *err)
{
    bool several = has_several(c, o);
    int code = 0;

    for (size_t i = 0; i < MEASURES && !code; i++)
        code = count_measure(c, o, &measures[i], several, source, to, err);
    return code;
}

/* The outputs of the samples, the first face of each, or NULL where there is none. */
static const struct output **by_row(const struct classify *c, const struct outputs *o)
{
    const struct output **of = mem_array(c->roster->n, sizeof *of);

    for (size_t i = o->n; i-- > 0;)
        of[o->rows[i].row] = &o->rows[i];
    return of;
}

enum { ONLY_ONE, ONLY_OTHER, BOTH, OUTCOMES };

/* The faces that both outputs have, by what they are to `measure` in each: a count an
 * outcome and group, with its people where some person has several. */
static int compare_by(const struct classify *c, const struct outputs *one,
                      const struct outputs *other, const char *measure,
                      const struct count likes[OUTCOMES], bool several, struct tally *to,
                      struct err *err)
{
    const struct output **a = by_row(c, one), **b = by_row(c, other);
    const size_t rows = c->roster->n;
    struct trial *trials[OUTCOMES] = { NULL };
    int code = 0;

    for (int k = 0; several && k < OUTCOMES; k++)
        trials[k] = mem_array(rows, sizeof **trials);
    for (size_t i = 0; i < c->n_sets && !code; i++) {
        size_t groups = groups_of(c->axes, c->sets[i]), n = 0;
        struct cell *cells = mem_array(OUTCOMES * groups, sizeof *cells);
        for (size_t row = 0; row < rows; row++) {
            if (!c->counted[row] || !a[row] || !b[row])
                continue;
            enum classify_part p = classify_part(c, a[row], measure, "");
            enum classify_part q = classify_part(c, b[row], measure, "");
            if (p == PART_NONE || q == PART_NONE)
                continue;
            size_t group = group_of(c, row, c->sets[i]);
            const bool hit[OUTCOMES] = { p == PART_HIT && q == PART_TRIAL,
                                         q == PART_HIT && p == PART_TRIAL,
                                         p == PART_HIT && q == PART_HIT };
            for (size_t k = 0; k < OUTCOMES; k++) {
                cells[k * groups + group].n++;
                cells[k * groups + group].x += hit[k];
                if (several)
                    trials[k][n] = (struct trial){ group, subject_of(c, row), hit[k] };
            }
            n++;
        }
        for (size_t k = 0; k < OUTCOMES && !code; k++) {
            if (several)
                qsort(trials[k], n, sizeof **trials, compare_trials);
            code = add_cells(c, c->sets[i], cells + k * groups, &likes[k], -1, trials[k], n,
                             to, err);
        }
        free(cells);
    }
    for (int k = 0; k < OUTCOMES; k++)
        free(trials[k]);
    free(a);
    free(b);
    return code;
}

int classify_compare(const struct classify *c, const struct outputs *one,
                     const struct outputs *other, const char *source, struct tally *to,
                     struct err *err)
{
    static const struct {
        const char *measure, *only, *both;
    } ways[] = {
        { "error_with_misses", "only_wrong_with_misses", "both_wrong_with_misses" },
        { "error", "only_wrong", "both_wrong" },
    };
    bool several = has_several(c, one) || has_several(c, other);
    struct text rival = TEXT_INIT, self = TEXT_INIT;
    int code = 0;

    text_add(&rival, "backend=");
    text_add_percent(&rival, other->backend);
    text_add(&self, "backend=");
    text_add_percent(&self, one->backend);
    for (size_t i = 0; i < sizeof ways / sizeof *ways && !code; i++) {
        const struct count likes[OUTCOMES] = {
            [ONLY_ONE] = { .backend = one->backend, .metric = ways[i].only,
                           .point = rival.s, .source = source },
            [ONLY_OTHER] = { .backend = other->backend, .metric = ways[i].only,
                             .point = self.s, .source = source },
            [BOTH] = { .backend = one->backend, .metric = ways[i].both,
                       .point = rival.s, .source = source },
        };
        code = compare_by(c, one, other, ways[i].measure, likes, several, to, err);
    }
    text_release(&rival);
    text_release(&self);
    return code;
}

int classify_compare_dose(const struct classify *c, const struct outputs *clean,
                          const struct outputs *changed, const char *point,
                          const char *source, struct tally *to, struct err *err)
{
    static const struct {
        const char *measure, *metrics[OUTCOMES];
    } ways[] = {
        { "error_with_misses", { "wrong_changed_with_misses", "wrong_clean_with_misses",
                                 "wrong_always_with_misses" } },
        { "error", { "wrong_changed", "wrong_clean", "wrong_always" } },
        { "fta", { "lost_changed", "lost_clean", "lost_always" } },
    };
    bool several = has_several(c, clean) || has_several(c, changed);
    int code = 0;

    for (size_t i = 0; i < sizeof ways / sizeof *ways && !code; i++) {
        struct count likes[OUTCOMES];
        for (int k = 0; k < OUTCOMES; k++)
            likes[k] = (struct count){ .backend = clean->backend,
                                       .metric = ways[i].metrics[k], .point = point,
                                       .source = source };
        code = compare_by(c, changed, clean, ways[i].measure, likes, several, to, err);
    }
    return code;
}

int classify_census(const struct classify *c, const char *source, struct tally *to,
                    struct err *err)
{
    struct count like = { .backend = "", .metric = "faces", .point = "",
                          .source = source };
    int64_t total = 0;
    int code = 0;

    for (size_t s = 0; s < c->roster->n; s++)
        total += c->counted[s];
    for (size_t i = 0; i < c->n_sets && !code; i++) {
        struct cell *cells = mem_array(groups_of(c->axes, c->sets[i]), sizeof *cells);
        for (size_t s = 0; s < c->roster->n; s++)
            if (c->counted[s]) {
                struct cell *cell = &cells[group_of(c, s, c->sets[i])];
                cell->x++;
                cell->n++;
            }
        code = add_cells(c, c->sets[i], cells, &like, total, NULL, 0, to, err);
        free(cells);
    }
    return code;
}
