/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/interest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"

#define RECENT ((int64_t)30 * 86400)

const char interest_words[] =
    "Ordered by what the gate last said of a series (fail, undecided, pass, not watched); "
    "then series with a step in the last 30 days, the latest first; then rates, spreads and "
    "gaps, of each metric the worst newest value first. Charts take the worst of every metric "
    "before the second.";

/* --- what the gate says --- */

/* The matcher of the run in "OLD→NEW". */
static const char *of_run(const char *backend)
{
    static const char arrow[] = "→";
    const char *at = strstr(backend, arrow);

    return at ? at + strlen(arrow) : backend;
}

static bool is_about(const struct interest_check *c, const struct trends_series *s)
{
    const bool same = !strcmp(c->group, s->group) && !strcmp(c->versus, s->versus);
    const bool turned = *s->versus && !strcmp(c->group, s->versus) &&
                        !strcmp(c->versus, s->group);

    return (same || turned) && !strcmp(of_run(c->backend), s->backend) &&
           !strcmp(c->metric, s->metric) && !strcmp(c->point, s->point);
}

static int rank_of(bool watched, enum gate_status status)
{
    static const int ranks[GATE_STATUSES] = { [GATE_FAIL] = 0, [GATE_OPEN] = 1,
                                              [GATE_PASS] = 2 };

    return watched ? ranks[status] : 3;
}

static void look_up(struct interest *i, const struct interest_check *checks, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (!is_about(&checks[k], i->series))
            continue;
        if (!i->watched || rank_of(true, checks[k].status) < rank_of(true, i->gate))
            i->gate = checks[k].status;
        i->watched = true;
    }
}

/* --- order --- */

static int kind_of(const struct trends_series *s)
{
    return strchr(s->metric, '.') ? strstr(s->metric, "max_min") ? 1 : 2 : 0;
}

/* The place of the metric in the one list; speeds come last. */
static size_t metric_of(const struct trends_series *s)
{
    const struct metric *m = metric_find(s->metric);
    size_t n;
    const struct metric *all = metric_table(&n);

    return m ? (size_t)(m - all) : n;
}

/* How bad the newest value is: among those of one metric, larger is worse. */
static double badness(const struct trends_series *s)
{
    const double v = s->nights[s->n - 1].value;
    const char *kind = metric_kind(s->metric);

    if (!metric_find(s->metric))
        return -v; /* a speed */
    if (!strcmp(kind, "ratio"))
        return fabs(log(v));
    return fabs(v);
}

static int ascending(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* What comes before all numbers: the gate's word, what there is, what is new. */
static int by_class(const struct interest *x, const struct interest *y)
{
    int order = rank_of(x->watched, x->gate) - rank_of(y->watched, y->gate);

    order = order ? order : x->ended - y->ended;
    return order ? order : y->stepped - x->stepped;
}

static int by_metric(const struct trends_series *x, const struct trends_series *y)
{
    int order = kind_of(x) - kind_of(y);

    order = order ? order : ascending((int64_t)metric_of(x), (int64_t)metric_of(y));
    return order ? order : strcmp(x->metric, y->metric);
}

static int by_interest(const void *a, const void *b)
{
    const struct interest *x = a, *y = b;
    const double bad = badness(x->series), other = badness(y->series);
    int order = by_class(x, y);

    order = order ? order : ascending(y->step, x->step);
    order = order ? order : by_metric(x->series, y->series);
    order = order ? order : (bad < other) - (bad > other);
    return order ? order : strcmp(x->series->what, y->series->what);
}

/* --- what is told once --- */

static bool is_mirror(const struct trends_series *o, const struct trends_series *s)
{
    return *s->versus && !strcmp(o->metric, s->metric) && !strcmp(o->group, s->versus) &&
           !strcmp(o->versus, s->group);
}

/* Of the two ways to tell a gap the one that says how much worse. */
static bool is_upward(const struct trends_series *s)
{
    return s->nights[s->n - 1].value >= (strcmp(metric_kind(s->metric), "ratio") ? 0 : 1);
}

/* Failures that never happened make one rate of two. */
static bool is_copy(const struct trends_series *o, const struct trends_series *s)
{
    if (strcmp(o->group, s->group) || strcmp(o->versus, s->versus) ||
        strcmp(metric_kind(o->metric), metric_kind(s->metric)))
        return false;
    for (size_t k = 0; k < s->n; k++)
        if (o->nights[k].value != s->nights[k].value)
            return false;
    return true;
}

/* True if one of the `n` kept says night by night what `s` says; of a gap the better way to
 * tell it stays. */
static bool is_told(struct interest *kept, size_t n, const struct trends_series *s)
{
    for (size_t i = 0; i < n; i++) {
        const struct trends_series *o = kept[i].series;
        if (o->n != s->n || strcmp(o->backend, s->backend) || strcmp(o->point, s->point) ||
            (!is_mirror(o, s) && !is_copy(o, s)))
            continue;
        if (is_mirror(o, s) && is_upward(s))
            kept[i].series = s;
        return true;
    }
    return false;
}

size_t interest_order(const struct trends *t, const struct interest_check *checks,
                      size_t n_checks, int64_t last, struct interest *order)
{
    size_t kept = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct trends_series *s = &t->series[i];
        order[i] = (struct interest){ .series = s, .gate = GATE_PASS,
                                      .ended = s->nights[s->n - 1].at < last };
        if (s->n_steps && s->nights[s->steps[s->n_steps - 1].at].at >= last - RECENT) {
            order[i].stepped = true;
            order[i].step = s->nights[s->steps[s->n_steps - 1].at].at;
        }
        look_up(&order[i], checks, n_checks);
    }
    if (t->n)
        qsort(order, t->n, sizeof *order, by_interest);
    for (size_t i = 0; i < t->n; i++)
        if (!is_told(order, kept, order[i].series))
            order[kept++] = order[i];
    for (size_t i = 0; i < kept; i++)
        for (size_t k = 0; k < i; k++)
            order[i].nth += !by_class(&order[k], &order[i]) &&
                            !strcmp(order[k].series->metric, order[i].series->metric);
    return kept;
}

void interest_charts(const struct interest *order, size_t n, size_t *charts)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = i;
        for (; k > 0; k--) {
            const struct interest *before = &order[charts[k - 1]];
            if (by_class(before, &order[i]) || before->nth <= order[i].nth)
                break;
            charts[k] = charts[k - 1];
        }
        charts[k] = i;
    }
}
