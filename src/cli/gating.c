/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/gating.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/speed.h"
#include "stats/decide.h"

/* One quantity that a rule limits. */
struct test {
    size_t check;              /* its place among the checks */
    struct versus versus;
    struct decide_times times;
    bool alone, speed;
    bool few;
};

struct testing {
    const struct gating *g;
    struct arena arena;        /* of the tests, which decide() points at */
    struct test **tests;
    struct decide *decide;
    size_t n, cap, cap_decide;
};

static bool is_alone(const struct policy_rule *r)
{
    return r->kind == POLICY_AT_MOST || r->kind == POLICY_AT_LEAST;
}

static bool is_least(const struct policy_rule *r)
{
    return r->kind == POLICY_AT_LEAST || r->kind == POLICY_TIMES_AT_LEAST;
}

static int level_limits(const void *about, double confidence, struct interval *out,
                        struct err *err)
{
    const struct test *t = about;

    return versus_level(&t->versus, VERSUS_AFTER, confidence, out, err);
}

static int change_limits(const void *about, double confidence, struct interval *out,
                         struct err *err)
{
    const struct test *t = about;

    return versus_change(&t->versus, confidence, out, err);
}

static int speed_limits(const void *about, double confidence, struct interval *out,
                        struct err *err)
{
    const struct test *t = about;

    return decide_times_limits(&t->times, confidence, out, err);
}

static bool fits(const struct policy_rule *r, const struct runpair_backend *pair,
                 const char *backend, const struct finding *row)
{
    return !strcmp(row->metric, r->metric) && !strcmp(row->backend, backend) &&
           (policy_names(&r->backends, pair->after) ||
            policy_names(&r->backends, pair->name)) &&
           policy_names(&r->points, row->point) && policy_names(&r->groups, row->group) &&
           policy_names(&r->versus, row->versus);
}

static bool is_gap(const struct policy_rule *r)
{
    return strstr(r->metric, ".difference") || strstr(r->metric, ".ratio");
}

/* A gap that is held against the baseline's is told once, whichever of the two rows that
 * say it comes first, unless the rule names its groups. */
static bool is_told(const struct runpair *c, const struct policy_rule *r,
                    const struct finding *row)
{
    return !is_alone(r) && is_gap(r) && !r->groups.n && !r->versus.n &&
           runpair_is_mirror(c, 1, row);
}

/* The gap as the baseline has it: the group with the higher rate first, so that a rise is
 * a gap that grew. */
static void turn(struct versus *v, struct gate_check *c)
{
    struct versus_group g = v->groups[0];
    const char *group = c->group;

    v->groups[0] = v->groups[1];
    v->groups[1] = g;
    c->group = c->versus;
    c->versus = group;
    c->before = v->kind == VERSUS_RATIO ? 1 / c->before : -c->before;
    c->after = v->kind == VERSUS_RATIO ? 1 / c->after : -c->after;
}

static struct gate_check *add_check(const struct gating *g, const struct policy_rule *r,
                                    const struct runpair_backend *pair,
                                    const struct finding *row)
{
    struct gate_check *c = gated_add(g->to);
    struct arena *a = &g->to->arena;

    c->rule = r;
    c->backend = arena_strdup(a, pair->name);
    c->metric = arena_strdup(a, r->metric);
    if (row) {
        c->group = arena_strdup(a, row->group);
        c->versus = arena_strdup(a, row->versus);
        c->point = arena_strdup(a, row->point);
    }
    c->name = arena_printf(a, "%s|%s%s%s%s%s%s%s", c->metric, c->backend,
                           *c->group ? "|" : "", c->group, *c->versus ? "|" : "", c->versus,
                           *c->point ? "@" : "", c->point);
    return c;
}

static struct test *add_test(struct testing *t, const struct policy_rule *r)
{
    struct test *test = arena_alloc(&t->arena, sizeof *test);

    MEM_ROOM(t->tests, t->n, t->cap);
    MEM_ROOM(t->decide, t->n, t->cap_decide);
    test->check = t->g->to->n - 1;
    t->decide[t->n] = (struct decide){ .about = test, .least = is_least(r),
                                       .margin = r->margin, .bound = r->bound };
    t->tests[t->n++] = test;
    return test;
}

static bool is_few(const struct versus *v, bool alone)
{
    bool few = false;

    for (size_t i = 0; i < v->n; i++)
        few |= v->groups[i].after.rate.x < TOO_FEW_ERRORS &&
               (alone || v->groups[i].before.rate.x < TOO_FEW_ERRORS);
    return few;
}

static enum change_samples samples_of(const struct versus *v)
{
    switch (versus_bond(v)) {
    case VERSUS_PAIRED: return CHANGE_PAIRED;
    case VERSUS_SHARED: return CHANGE_SHARED;
    default: return CHANGE_UNPAIRED;
    }
}

/* A finding that a rule speaks of becomes a test, or says why it cannot. */
static int add_finding(struct testing *t, const struct policy_rule *r,
                       const struct runpair_backend *pair, const struct finding *row,
                       struct err *err)
{
    const struct gating *g = t->g;
    bool alone = is_alone(r);
    struct runpair *c = alone ? g->alone : g->against;
    const struct runpair_backend *p = pair;
    const struct finding *before = runpair_before(g->against, pair, row);
    struct gate_check *check = add_check(g, r, pair, row);
    struct versus v;
    int code;

    check->before = before ? before->estimate : NAN;
    check->after = row->estimate;
    if (row->flag == FLAG_SUPPRESSED || (before && before->flag == FLAG_SUPPRESSED)) {
        check->before = check->after = NAN;
        check->says = "its counts are suppressed: it cannot be judged";
        return 0;
    }
    if (!alone && !before) {
        check->says = "the baseline has no such finding to hold it against";
        return 0;
    }
    for (size_t i = 0; alone && i < c->n_pairs; i++)
        if (!strcmp(c->pairs[i].after, pair->after))
            p = &c->pairs[i];
    code = runpair_versus(c, p, row, &v, err);
    if (code == 1) {
        versus_release(&v);
        check->says = "it has no trials to judge it by";
        return 0;
    }
    if (code)
        return code;
    if (!alone && is_gap(r) && check->before < (v.kind == VERSUS_RATIO ? 1 : 0))
        turn(&v, check);
    v.relative = v.kind == VERSUS_RATE &&
                 (r->kind == POLICY_TIMES_AT_MOST || r->kind == POLICY_TIMES_AT_LEAST);
    struct test *test = add_test(t, r);
    test->versus = v;
    test->alone = alone;
    test->few = is_few(&v, alone);
    check->samples = alone ? CHANGE_UNPAIRED : samples_of(&v);
    t->decide[t->n - 1].limits = alone ? level_limits : change_limits;
    t->decide[t->n - 1].ratio = alone ? v.kind == VERSUS_RATIO || v.kind == VERSUS_SPREAD
                                      : versus_is_ratio(&v);
    return 0;
}

static int add_speed(struct testing *t, const struct policy_rule *r,
                     const struct runpair_backend *pair, struct err *err)
{
    const struct gating *g = t->g;
    struct gate_check *check;
    struct speed speed;
    int code = speed_compare(g->history, &g->against->side[0]->run, pair->before,
                             &g->against->side[1]->run, pair->after, g->policy->speed_noise,
                             &speed, err);

    if (code)
        return code;
    check = add_check(g, r, pair, NULL);
    check->before = speed.before;
    check->after = speed.after;
    check->says = arena_strdup(&g->to->arena, speed.why);
    if (!speed.judged)
        return 0;
    struct test *test = add_test(t, r);
    test->speed = true;
    test->times = speed.times;
    t->decide[t->n - 1].limits = speed_limits;
    t->decide[t->n - 1].ratio = true;
    return 0;
}

static int add_rule(struct testing *t, const struct policy_rule *r, struct err *err)
{
    const struct gating *g = t->g;
    const struct findings *after = &g->against->side[1]->run.findings;
    const struct findings *before = &g->against->side[0]->run.findings;
    size_t checks = g->to->n;
    int code = 0;

    for (size_t p = 0; p < g->against->n_pairs && !code; p++) {
        const struct runpair_backend *pair = &g->against->pairs[p];
        if (!strcmp(r->metric, "throughput")) {
            if (policy_names(&r->backends, pair->after))
                code = add_speed(t, r, pair, err);
            continue;
        }
        for (size_t i = 0; i < after->n && !code; i++)
            if (fits(r, pair, pair->after, &after->rows[i]) &&
                runpair_is_compared(g->against, 1, &after->rows[i]) &&
                !is_told(g->against, r, &after->rows[i]))
                code = add_finding(t, r, pair, &after->rows[i], err);
        for (size_t i = 0; i < before->n && !code; i++) {
            const struct finding *row = &before->rows[i];
            if (!fits(r, pair, pair->before, row) ||
                !runpair_is_compared(g->against, 0, row) ||
                runpair_find(g->against, 1, pair->after, row->metric, row->group,
                               row->versus, row->point))
                continue;
            struct gate_check *check = add_check(g, r, pair, row);
            check->status = GATE_FAIL;
            check->before = row->estimate;
            check->says = "the baseline has it, the run does not";
        }
    }
    if (!code && g->to->n == checks) {
        struct gate_check *check = gated_add(g->to);
        struct text words = TEXT_INIT;
        policy_rule_words(r, &words);
        check->rule = r;
        check->metric = arena_strdup(&g->to->arena, r->metric);
        check->name = arena_printf(&g->to->arena, "rule|%s", words.s);
        check->says = "nothing that the rule speaks of was measured";
        text_release(&words);
    }
    return code;
}

static void answer(const struct testing *t)
{
    static const enum gate_status status[] = {
        [DECISION_PASS] = GATE_PASS, [DECISION_FAIL] = GATE_FAIL,
        [DECISION_OPEN] = GATE_OPEN,
    };

    for (size_t i = 0; i < t->n; i++) {
        struct gate_check *c = &t->g->to->checks[t->tests[i]->check];
        const struct decide *d = &t->decide[i];
        c->tested = true;
        c->status = status[d->decision];
        c->ratio = d->ratio;
        c->estimate = d->at.estimate;
        c->lo = d->at.lo;
        c->hi = d->at.hi;
        c->near = d->near;
        c->p = d->p;
        c->p_adj = d->p_adj;
        if (t->tests[i]->few)
            c->says = "too few errors to say much";
        else if (isnan(d->at.estimate))
            c->says = "a rate of it is 0: no quotient";
    }
}

int gating_rules(const struct gating *g, struct err *err)
{
    struct testing t = { .g = g };
    int code = 0;

    for (size_t i = 0; i < g->policy->n_rules && !code; i++)
        code = add_rule(&t, &g->policy->rules[i], err);
    if (!code)
        code = decide(t.decide, t.n, g->policy->confidence, err);
    if (!code)
        answer(&t);
    g->to->tests = t.n;
    for (size_t i = 0; i < t.n; i++)
        versus_release(&t.tests[i]->versus);
    free(t.tests);
    free(t.decide);
    arena_release(&t.arena);
    return code;
}
