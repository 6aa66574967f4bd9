/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From two runs to the table of what changed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/runpair.h"
#include "model/metric.h"
#include "stats/adjust.h"

#define TOO_FEW_HITS 5

static bool wanted(const struct runpair_filter *f, const struct runpair_backend *pair,
                   const struct finding *row)
{
    const char *dot = strchr(row->metric, '.');
    size_t base = dot ? (size_t)(dot - row->metric) : strlen(row->metric);

    if (f->metric && strcmp(f->metric, row->metric) &&
        (strlen(f->metric) != base || strncmp(f->metric, row->metric, base)))
        return false;
    if (f->group && strcmp(f->group, row->group) && strcmp(f->group, row->versus))
        return false;
    return (!f->point || !strcmp(f->point, row->point)) &&
           (!f->backend || !strcmp(f->backend, pair->before) ||
            !strcmp(f->backend, pair->after));
}

static struct change *begin(const struct runpair *c, const struct runpair_backend *pair,
                            const struct finding *row, struct changes *to)
{
    struct change *change = changes_add(to);

    change->before = arena_strdup(&to->arena, c->side[0]->name);
    change->after = arena_strdup(&to->arena, c->side[1]->name);
    change->backend = arena_strdup(&to->arena, pair->name);
    change->metric = arena_strdup(&to->arena, row->metric);
    change->group = arena_strdup(&to->arena, row->group);
    change->versus = arena_strdup(&to->arena, row->versus);
    change->point = arena_strdup(&to->arena, row->point);
    return change;
}

static const char *bond_note(const struct versus *v, struct arena *arena)
{
    const struct versus_group *g = &v->groups[0];

    switch (versus_bond(v)) {
    case VERSUS_PAIRED:
        if (v->kind != VERSUS_RATE)
            return "the same samples";
        return arena_printf(arena, "wrong before only: %lld, after only: %lld, both times: "
                            "%lld, of %lld; p: McNemar's exact test",
                            (long long)g->only_before, (long long)g->only_after,
                            (long long)g->both,
                            (long long)(g->both + g->only_before + g->only_after + g->neither));
    case VERSUS_SHARED:
        return "people in common: what they share cancels";
    default:
        return "unpaired: as if nobody were in both runs";
    }
}

static bool too_few(const struct versus *v)
{
    bool few = false;

    for (size_t i = 0; i < v->n; i++)
        few |= v->groups[i].before.rate.x < TOO_FEW_HITS &&
               v->groups[i].after.rate.x < TOO_FEW_HITS;
    return few;
}

static int fill(const struct runpair_backend *pair, const struct versus *v,
                const struct finding *before, const struct finding *after,
                double confidence, struct change *change, struct changes *to,
                struct err *err)
{
    static const enum change_samples samples[] = {
        [VERSUS_UNPAIRED] = CHANGE_UNPAIRED, [VERSUS_SHARED] = CHANGE_SHARED,
        [VERSUS_PAIRED] = CHANGE_PAIRED,
    };
    struct pairing_overlap overlap;
    struct interval at;
    int code = versus_change(v, confidence, &at, err);

    if (code)
        return code;
    change->value_before = before->estimate;
    change->value_after = after->estimate;
    change->ratio = versus_is_ratio(v);
    change->change = at.estimate;
    change->lo = at.lo;
    change->hi = at.hi;
    change->confidence = confidence;
    change->method = versus_method(v);
    change->samples = samples[versus_bond(v)];
    change->note = bond_note(v, &to->arena);
    if (v->kind != VERSUS_SPREAD) {
        change->x_before = v->groups[0].before.rate.x;
        change->n_before = v->groups[0].before.rate.n;
        change->x_after = v->groups[0].after.rate.x;
        change->n_after = v->groups[0].after.rate.n;
    }
    if (pair->paired && v->kind != VERSUS_SPREAD && pair->pairing.kind == PAIRING_OUTCOMES) {
        pairing_overlap(&pair->pairing, after->group, &overlap);
        change->common = overlap.both;
    }
    change->flag = too_few(v) ? CHANGE_TOO_FEW : CHANGE_OK;
    if (isnan(at.estimate)) {
        change->flag = CHANGE_UNDEFINED;
        return 0;
    }
    return versus_test(v, &change->p, err);
}

static int add_change(struct runpair *c, const struct runpair_backend *pair,
                      const struct finding *row, double confidence, struct changes *to,
                      struct err *err)
{
    const struct finding *before = runpair_before(c, pair, row);
    struct change *change = begin(c, pair, row, to);
    struct versus v;
    int code;

    change->confidence = confidence;
    if (!before) {
        change->flag = CHANGE_NEW;
        change->value_after = row->estimate;
        return 0;
    }
    if (before->flag == FLAG_SUPPRESSED || row->flag == FLAG_SUPPRESSED) {
        change->flag = CHANGE_SUPPRESSED;
        return 0;
    }
    if (!(code = runpair_versus(c, pair, row, &v, err)))
        code = fill(pair, &v, before, row, confidence, change, to, err);
    versus_release(&v);
    if (code == 1) { /* a group of it is not to be printed, or has no trials */
        change->flag = CHANGE_SUPPRESSED;
        change->note = "a rate of it has no counts that may be used";
        code = 0;
    }
    return code;
}

/* Rows of the run before that the run after lacks. */
static void add_gone(struct runpair *c, const struct runpair_backend *pair,
                     const struct runpair_filter *f, struct changes *to)
{
    const struct findings *all = &c->side[0]->run.findings;

    for (size_t i = 0; i < all->n; i++) {
        const struct finding *row = &all->rows[i];
        if (strcmp(row->backend, pair->before) || !runpair_is_compared(c, 0, row) ||
            !wanted(f, pair, row) || runpair_is_mirror(c, 0, row) ||
            runpair_find(c, 1, pair->after, row->metric, row->group, row->versus, row->point))
            continue;
        struct change *change = begin(c, pair, row, to);
        change->flag = CHANGE_GONE;
        change->value_before = row->estimate;
        change->confidence = f->confidence;
    }
}

/* How the samples of every group match. */
static void add_overlaps(struct runpair *c, const struct runpair_backend *pair,
                         struct changes *to)
{
    const struct findings *all = &c->side[0]->run.findings;
    struct dict seen = DICT_INIT;

    for (size_t i = 0; i < all->n && pair->paired; i++) {
        const struct finding *row = &all->rows[i];
        struct pairing_overlap o;
        bool fresh;
        if (strcmp(row->backend, pair->before) || strchr(row->metric, '.') || *row->versus)
            continue;
        dict_add(&seen, row->group, &fresh);
        if (!fresh)
            continue;
        pairing_overlap(&pair->pairing, row->group, &o);
        *changes_add_overlap(to) = (struct change_overlap){
            .before = arena_strdup(&to->arena, c->side[0]->name),
            .after = arena_strdup(&to->arena, c->side[1]->name),
            .backend = arena_strdup(&to->arena, pair->name),
            .group = arena_strdup(&to->arena, row->group), .n_before = o.before,
            .n_after = o.after, .both = o.both, .relabelled = o.moved,
        };
    }
    dict_release(&seen);
}

static void remark_pair(const struct runpair *c, const struct runpair_backend *pair,
                        struct changes *to)
{
    const char *before = c->side[0]->name, *after = c->side[1]->name;
    const struct history_backend *one = history_backend(&c->side[0]->run, pair->before);
    const struct history_backend *other = history_backend(&c->side[1]->run, pair->after);
    struct pairing_overlap o;

    if (one && other && *one->fingerprint && *other->fingerprint &&
        strcmp(one->fingerprint, other->fingerprint))
        changes_remark(to, "%s: %s and %s have other fingerprints: the matcher, its models or "
                       "its options changed", pair->name, before, after);
    if (pair->persons) {
        changes_remark(to, "%s: the comparisons of both runs are at hand, with %zu people in "
                       "all, matched by name", pair->name, pair->persons);
        return;
    }
    if (!pair->paired) {
        changes_remark(to, "%s: %s and %s do not both say what became of each sample: "
                       "unpaired", pair->name, before, after);
        return;
    }
    pairing_overlap(&pair->pairing, "all", &o);
    const char *what = pair->pairing.kind == PAIRING_OUTCOMES ? "samples" : "people";
    if (!o.both)
        changes_remark(to, "%s: %s and %s have no %s in common: unpaired", pair->name, before,
                       after, what);
    else if (o.both < o.before || o.both < o.after)
        changes_remark(to, "%s: %s and %s share %lld of %lld and %lld %s: partly paired",
                       pair->name, before, after, (long long)o.both, (long long)o.before,
                       (long long)o.after, what);
    else
        changes_remark(to, "%s: %s and %s have the same %lld %s: paired, matched by name",
                       pair->name, before, after, (long long)o.both, what);
}

static void remark(const struct runpair *c, struct changes *to)
{
    const struct history_head *one = &c->side[0]->run.head, *other = &c->side[1]->run.head;
    const char *before = c->side[0]->name, *after = c->side[1]->name;

    if (strcmp(one->study, other->study))
        changes_remark(to, "%s is of the study %s, %s of %s", before, one->study, after,
                       other->study);
    if (*one->dataset_hash && *other->dataset_hash &&
        strcmp(one->dataset_hash, other->dataset_hash))
        changes_remark(to, "%s and %s are not of the same data: the data set changed, or "
                       "another sample of it was drawn", before, after);
    for (size_t i = 0; i < c->n_pairs; i++)
        remark_pair(c, &c->pairs[i], to);
}

int runpair_all(struct runpair *c, const struct runpair_filter *f,
                  struct changes *to, struct err *err)
{
    const struct findings *all = &c->side[1]->run.findings;
    int code = 0;

    remark(c, to);
    for (size_t p = 0; p < c->n_pairs && !code; p++) {
        const struct runpair_backend *pair = &c->pairs[p];
        for (size_t i = 0; i < all->n && !code; i++)
            if (!strcmp(all->rows[i].backend, pair->after) &&
                runpair_is_compared(c, 1, &all->rows[i]) &&
                wanted(f, pair, &all->rows[i]) && !runpair_is_mirror(c, 1, &all->rows[i]))
                code = add_change(c, pair, &all->rows[i], f->confidence, to, err);
        add_gone(c, pair, f, to);
        add_overlaps(c, pair, to);
    }
    return code;
}

static bool same_family(const struct change *a, const struct change *b)
{
    return !strcmp(a->metric, b->metric) && !strcmp(a->point, b->point);
}

void runpair_adjust(struct changes *c)
{
    double *p = mem_array(c->n, sizeof *p);
    size_t *rows = mem_array(c->n, sizeof *rows);
    bool *done = mem_array(c->n, sizeof *done);

    for (size_t i = 0; i < c->n; i++) {
        size_t n = 0;
        if (done[i] || isnan(c->rows[i].p))
            continue;
        for (size_t k = i; k < c->n; k++)
            if (!isnan(c->rows[k].p) && same_family(&c->rows[i], &c->rows[k])) {
                done[k] = true;
                p[n] = c->rows[k].p;
                rows[n++] = k;
            }
        adjust_holm(p, n, p);
        const char *family = arena_printf(&c->arena, "%s%s%s: %zu %s", c->rows[i].metric,
                                          *c->rows[i].point ? " at " : "", c->rows[i].point,
                                          n, n == 1 ? "test" : "tests");
        for (size_t k = 0; k < n; k++) {
            c->rows[rows[k]].p_adj = p[k];
            c->rows[rows[k]].family = family;
        }
    }
    free(p);
    free(rows);
    free(done);
}
