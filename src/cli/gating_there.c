/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must be there: the same data, samples, groups, trials and matcher. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/gating.h"
#include "model/metric.h"

static struct gate_check *add(const struct gating *g, enum gate_status status,
                              const char *kind, const char *backend, const char *group)
{
    struct gate_check *c = gated_add(g->to);
    struct arena *a = &g->to->arena;

    c->status = status;
    c->name = arena_printf(a, "%s%s%s%s%s", kind, *backend ? "|" : "", backend,
                           *group ? "|" : "", group);
    c->backend = arena_strdup(a, backend);
    c->group = arena_strdup(a, group);
    return c;
}

static const struct history_run *run_of(const struct gating *g, int side)
{
    return &g->against->side[side]->run;
}

static void look_at_data(const struct gating *g)
{
    const struct history_head *before = &run_of(g, 0)->head, *after = &run_of(g, 1)->head;
    bool known = *before->dataset_hash && *after->dataset_hash;
    bool same = known && !strcmp(before->dataset_hash, after->dataset_hash);

    if (known)
        add(g, same || g->policy->allow.dataset ? GATE_PASS : GATE_FAIL, "dataset", "", "")
            ->says = same ? "the same data set, sample for sample"
                          : "the data set is not that of the baseline";
    if (strcmp(before->version, after->version) && *before->version && *after->version)
        add(g, g->policy->allow.version ? GATE_PASS : GATE_FAIL, "version", "", "")->says =
            arena_printf(&g->to->arena, "misid %s, the baseline was made by %s",
                         after->version, before->version);
}

static void look_at_fingerprint(const struct gating *g, const struct runpair_backend *pair)
{
    const struct history_backend *before = history_backend(run_of(g, 0), pair->before);
    const struct history_backend *after = history_backend(run_of(g, 1), pair->after);
    const char *one = before ? before->fingerprint : "", *other = after ? after->fingerprint : "";
    bool same = !strcmp(one, other);

    if (!*one && !*other)
        return; /* somebody else's answers */
    add(g, same || g->policy->allow.fingerprint ? GATE_PASS : GATE_FAIL, "fingerprint",
        pair->name, "")->says =
        same ? arena_printf(&g->to->arena, "the same matcher, fingerprint %.12s", one)
             : arena_printf(&g->to->arena, "the fingerprint changed from %.12s to %.12s: the "
                            "matcher, its models or its options are others",
                            *one ? one : "none", *other ? other : "none");
}

/* What became of the samples of a group. */
struct loss {
    const char *group;
    int64_t before, after, lost, moved;
    bool people;               /* and not samples */
};

/* Counts from the roll calls where samples cannot be told apart. */
static bool count_rolls(const struct gating *g, const char *group, struct loss *l)
{
    const struct history_group *before = history_group(run_of(g, 0), group);
    const struct history_group *after = history_group(run_of(g, 1), group);

    if (!before || before->samples < 0 || (after && after->samples < 0))
        return false;
    l->before = before->samples;
    l->after = after ? after->samples : 0;
    l->lost = l->before > l->after ? l->before - l->after : 0;
    l->moved = 0;
    return l->before > 0;
}

static bool count_samples(const struct gating *g, const struct runpair_backend *pair,
                          const char *group, struct loss *l)
{
    struct pairing_overlap o;

    *l = (struct loss){ .group = group };
    if (!pair->paired)
        return count_rolls(g, group, l);
    pairing_overlap(&pair->pairing, group, &o);
    l->before = o.before;
    l->after = o.after;
    l->moved = o.moved;
    /* other samples on purpose: only how many counts */
    l->lost = g->policy->allow.dataset ? (o.before > o.after ? o.before - o.after : 0)
                                       : o.before - o.both - o.moved;
    if (l->lost < 0)
        l->lost = 0;
    l->people = pair->pairing.kind == PAIRING_MARGINS;
    struct loss samples = { .group = group };
    if (l->people && !l->lost && !l->moved && count_rolls(g, group, &samples))
        *l = samples; /* everybody is there, but perhaps with fewer images */
    return l->before > 0;
}

/* Lost or moved samples of a group. */
static int64_t hit(const struct loss *l, bool moved)
{
    return moved ? l->moved : l->lost;
}

/* One line about all groups that were hit beyond what is allowed: it names the smallest
 * of those that were hit hardest, which has them all where the fault is of one group. */
static void tell_losses(const struct gating *g, const struct runpair_backend *pair,
                        const struct loss *list, size_t n, bool moved)
{
    double allowed = moved ? g->policy->allow.moved_samples : g->policy->allow.lost_samples;
    const struct loss *worst = NULL;
    struct text t = TEXT_INIT;
    size_t others = 0;

    for (size_t i = 0; i < n; i++) {
        const struct loss *l = &list[i];
        if ((double)hit(l, moved) <= allowed * (double)l->before || !hit(l, moved))
            continue;
        if (!worst || hit(l, moved) > hit(worst, moved) ||
            (hit(l, moved) == hit(worst, moved) && l->before < worst->before))
            worst = l;
        others++;
    }
    if (!worst)
        return;
    text_addf(&t, moved ? "%lld %s came into %s or went out of it: their labels changed"
                        : "%lld %s of %s are gone", (long long)hit(worst, moved),
              worst->people ? "people" : "samples", worst->group);
    text_addf(&t, " (%.2g %% of %lld)", 100 * (double)hit(worst, moved) / (double)worst->before,
              (long long)worst->before);
    if (others > 1)
        text_addf(&t, "; %zu other groups that overlap it are hit", others - 1);
    add(g, GATE_FAIL, moved ? "labels" : "samples", pair->name, worst->group)->says =
        arena_strdup(&g->to->arena, t.s);
    text_release(&t);
}

/* Every group that rates of the baseline speak of. */
static void look_at_samples(const struct gating *g, const struct runpair_backend *pair)
{
    const struct findings *f = &run_of(g, 0)->findings;
    struct loss *list = mem_array(f->n, sizeof *list);
    struct dict seen = DICT_INIT;
    size_t n = 0, checks = g->to->n, most = 0;

    for (size_t i = 0; i < f->n; i++) {
        const struct finding *row = &f->rows[i];
        bool fresh;
        if (strcmp(row->backend, pair->before) || strchr(row->metric, '.') || *row->versus)
            continue;
        dict_add(&seen, row->group, &fresh);
        if (fresh && count_samples(g, pair, row->group, &list[n])) {
            most = list[n].before > list[most].before ? n : most;
            n++;
        }
    }
    tell_losses(g, pair, list, n, false);
    tell_losses(g, pair, list, n, true);
    if (n && g->to->n == checks)
        add(g, GATE_PASS, "samples", pair->name, "")->says =
            arena_printf(&g->to->arena, "no group lost %s: %lld before, %lld now",
                         list[most].people ? "people" : "samples",
                         (long long)list[most].before, (long long)list[most].after);
    dict_release(&seen);
    free(list);
}

/* True if the run after has any row of the group. */
static bool has_group(const struct gating *g, const struct runpair_backend *pair,
                      const char *group)
{
    const struct findings *f = &run_of(g, 1)->findings;

    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->rows[i].backend, pair->after) && !strcmp(f->rows[i].group, group))
            return true;
    return false;
}

/* Trials that a rate lost, beyond those whose samples are gone or were moved. */
static int64_t fewer_trials(const struct gating *g, const struct runpair_backend *pair,
                            const struct finding *before, const struct finding *after)
{
    struct loss l;
    int64_t fewer = before->n > 0 && after->n >= 0 ? before->n - after->n : 0;

    if (fewer <= 0 || (double)fewer <= g->policy->allow.fewer_trials * (double)before->n)
        return 0;
    if (count_samples(g, pair, before->group, &l) && l.lost + l.moved > 0)
        return metric_find(before->metric)->pairs || fewer <= l.lost + l.moved ? 0 : fewer;
    return fewer;
}

/* Groups that are gone, and rates with fewer trials. */
static void look_at_groups(const struct gating *g, const struct runpair_backend *pair)
{
    const struct findings *f = &run_of(g, 0)->findings;
    const struct policy *p = g->policy;
    struct arena *a = &g->to->arena;
    struct dict gone = DICT_INIT;

    for (size_t i = 0; i < f->n; i++) {
        const struct finding *before = &f->rows[i], *after;
        bool fresh;
        if (strcmp(before->backend, pair->before) || strchr(before->metric, '.') ||
            !runpair_is_compared(g->against, 0, before))
            continue;
        after = runpair_find(g->against, 1, pair->after, before->metric, before->group,
                               before->versus, before->point);
        if (!after && !has_group(g, pair, before->group)) {
            dict_add(&gone, before->group, &fresh);
            bool allowed = p->allow.missing_groups.n &&
                           policy_names(&p->allow.missing_groups, before->group);
            if (fresh)
                add(g, allowed ? GATE_PASS : GATE_FAIL, "group", pair->name, before->group)
                    ->says = arena_printf(a, "the group %s is gone", before->group);
        } else if (!after) {
            add(g, GATE_FAIL, before->metric, pair->name, before->group)->says =
                arena_printf(a, "%s of %s%s%s is no longer measured", before->metric,
                             before->group, *before->point ? " at " : "", before->point);
        } else if (fewer_trials(g, pair, before, after)) {
            add(g, GATE_FAIL, "trials", pair->name, before->group)->says =
                arena_printf(a, "%s of %s%s%s rests on %lld trials, %lld in the baseline",
                             before->metric, before->group, *before->point ? " at " : "",
                             before->point, (long long)after->n, (long long)before->n);
        }
    }
    dict_release(&gone);
}

/* Backends of the baseline that the run lacks. */
static void look_at_backends(const struct gating *g)
{
    const struct findings *f = &run_of(g, 0)->findings;
    struct dict seen = DICT_INIT;

    for (size_t i = 0; i < f->n; i++) {
        const char *name = f->rows[i].backend;
        bool fresh, paired = !*name;
        dict_add(&seen, name, &fresh);
        for (size_t k = 0; k < g->against->n_pairs; k++)
            paired |= !strcmp(g->against->pairs[k].before, name);
        if (fresh && !paired)
            add(g, GATE_FAIL, "backend", name, "")->says =
                arena_printf(&g->to->arena, "the backend %s is gone", name);
    }
    dict_release(&seen);
}

void gating_there(const struct gating *g)
{
    look_at_data(g);
    look_at_backends(g);
    for (size_t i = 0; i < g->against->n_pairs; i++) {
        const struct runpair_backend *pair = &g->against->pairs[i];
        look_at_fingerprint(g, pair);
        look_at_samples(g, pair);
        look_at_groups(g, pair);
    }
}
