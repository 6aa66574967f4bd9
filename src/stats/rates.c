/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates of groups, shares of the whole, spread over groups, the set itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"
#include "stats/disparity.h"
#include "stats/exact.h"
#include "stats/rows.h"

/* A rate by one method; the row's kind and point may name a variant. */
static int add_rate(struct work *w, const struct subject *about, const char *kind,
                    const struct count *c, const char *group,
                    const struct method *method)
{
    struct rate rate = evidence_rate_of(w->e, c, group);
    struct clustered got;
    int code = rate_estimate(method, &rate, w->study->confidence, &got, w->err);

    if (code)
        return code;
    struct finding *row = row_add(w, about, kind, group, "");
    row_set_interval(row, &got.at, method, w->study->confidence);
    row_set_count(row, c);
    row->flag = row_count_flag(c);
    row->note = row_count_note(w, c);
    if (rate_is_clustered(&rate))
        row_set_clusters(w, row, &got);
    return 0;
}

/* Rows about the set itself: shares of a census, no interval. */
void add_census(struct work *w)
{
    const struct tally *t = w->e->tally;

    for (size_t i = 0; i < t->n; i++) {
        const struct count *c = &t->counts[i];
        struct subject about = { "", c->metric, c->point };
        if (*c->backend)
            continue;
        struct finding *row = row_add(w, &about, "", c->name, "");
        row->x = c->x;
        row->n = c->n;
        row->estimate = (double)c->x / (double)c->n;
        row->flag = c->derived ? FLAG_DERIVED : FLAG_OK;
        row->note = findings_keep(w->out, c->source);
    }
}

/* The rate of one group at the ends of its n's range, and under every other
 * set of counts that moves it. */
static int add_sensitivity(struct work *w, const struct subject *about,
                           const struct group *g, const char *group,
                           const struct count *c)
{
    const struct method *m = evidence_method(w->study, QUANTITY_PROPORTION, 0);
    struct text point = TEXT_INIT;
    int code = 0;

    for (int high = 0; high < 2 && !code && c->n_lo < c->n_hi; high++) {
        struct count end = *c;
        end.n = high ? c->n_hi : c->n_lo;
        text_reset(&point);
        text_addf(&point, "%s%sn=%s", about->point, *about->point ? "," : "",
                  high ? "high" : "low");
        struct subject variant = { about->backend, about->metric, point.s };
        code = add_rate(w, &variant, "sensitivity", &end, group, m);
    }
    for (size_t i = 0; i < w->study->n_alternatives && !code; i++) {
        struct count other;
        if (!tally_sum(&w->e->alternatives[i], about->backend, about->metric,
                       about->point, g, &other) ||
            (other.x == c->x && other.n == c->n))
            continue;
        text_reset(&point);
        text_addf(&point, "%s%scounts=%s", about->point, *about->point ? "," : "",
                  w->study->alternatives[i].name);
        struct subject variant = { about->backend, about->metric, point.s };
        code = add_rate(w, &variant, "sensitivity", &other, group, m);
    }
    text_release(&point);
    return code;
}

/* A mean over runs is no count of independent trials: no interval. */
static void add_mean(struct work *w, const struct subject *about, const struct count *c,
                     const char *group)
{
    struct finding *row = row_add(w, about, "", group, "");

    row_set_count(row, c);
    row->clusters = -1;
    row->estimate = (double)c->x / (double)c->n;
    row->flag = c->derived ? FLAG_DERIVED : FLAG_OK;
    row->note = arena_printf(&w->out->arena, "%s; a mean over runs, not a count: no "
                             "interval", c->source);
}

/* Faces of the group that got no answer, which the error leaves out; -1 where that
 * was not counted. */
static int64_t count_failed(const struct work *w, const struct subject *about,
                            const struct group *g)
{
    struct count c;

    return tally_sum(w->e->tally, about->backend, "fta", about->point, g, &c) ? c.x : -1;
}

/* One group by every method. *found says whether it has counts. */
static int add_group(struct work *w, const struct subject *about, const struct group *g,
                     bool *found)
{
    const struct study_methods *methods = &w->study->methods[QUANTITY_PROPORTION];
    struct text name = TEXT_INIT;
    struct count c;
    int code = 0;

    *found = tally_sum(w->e->tally, about->backend, about->metric, about->point, g, &c);
    if (!*found)
        return 0;
    group_add(&name, &w->study->axes, g);
    if (metric_find(about->metric)->mean) {
        add_mean(w, about, &c, name.s);
        text_release(&name);
        return 0;
    }
    for (size_t i = 0; i < methods->n && !code; i++) {
        code = add_rate(w, about, "", &c, name.s,
                        evidence_method(w->study, QUANTITY_PROPORTION, i));
        if (!code && !strcmp(about->metric, "error"))
            w->out->rows[w->out->n - 1].failed = count_failed(w, about, g);
    }
    if (!code)
        code = add_sensitivity(w, about, g, name.s, &c);
    text_release(&name);
    return code;
}

int add_groups(struct work *w, const struct subject *about)
{
    for (size_t i = 0; i < w->study->n_by; i++) {
        struct group g = group_first(&w->study->axes, w->study->by[i]);
        do {
            bool found;
            int code = add_group(w, about, &g, &found);
            if (code)
                return code;
        } while (group_next(&g, &w->study->axes, w->study->by[i]));
    }
    return 0;
}

/* Where people have several trials a share of the hits is no count of independent
 * ones: the shares alone, without limits. */
static void add_clustered_share(struct work *w, const struct subject *about,
                                const char *group, const struct count *part,
                                const struct count *all)
{
    static const char *const kinds[] = { "share", "base_share" };
    const int64_t x[] = { part->x, part->n }, n[] = { all->x, all->n };

    for (int k = 0; k < 2; k++) {
        struct finding *row = row_add(w, about, kinds[k], group, "");
        row->x = x[k];
        row->n = n[k];
        row->estimate = (double)x[k] / (double)n[k];
        row->note = k ? "a share of those counted, not an estimate: no interval"
                      : "hits of the same people are not independent: no interval";
    }
}

/* The share of all hits that falls on a group, the share of all trials that is
 * the group, and their quotient with the limits of the risk ratio RR against
 * everybody else mapped through RR / (b RR + 1 - b), b the base share. */
static int add_share(struct work *w, const struct subject *about, const char *group,
                     const struct count *part, const struct count *all)
{
    const struct method *proportion = evidence_method(w->study, QUANTITY_PROPORTION, 0);
    const struct method *ratio = evidence_method(w->study, QUANTITY_RATIO, 0);
    struct count hits = { .x = part->x, .n = all->x, .n_lo = all->x, .n_hi = all->x,
                          .derived = part->derived || all->derived,
                          .point = about->point, .source = "" };
    double base = (double)part->n / (double)all->n;
    int code;

    if (ratio->quantities & FOR_CONTRAST) /* for rates that share people; these do not */
        ratio = method_default(FOR_RATIO);
    if (all->x == 0)
        return 0; /* there is nothing to have a share of */
    if (all->people) {
        add_clustered_share(w, about, group, part, all);
        return 0;
    }
    if ((code = add_rate(w, about, "share", &hits, group, proportion)))
        return code;
    struct finding *row = &w->out->rows[w->out->n - 1];
    if (part->n < all->n) {
        if ((code = exact_binomial(part->x, all->x, base, &row->p, w->err)))
            return code;
        row->note = "p: exact binomial against the share of the trials";
    }

    row = row_add(w, about, "base_share", group, "");
    row->x = part->n;
    row->n = all->n;
    row->estimate = base;
    row->flag = part->derived || all->derived ? FLAG_DERIVED : FLAG_OK;
    row->note = "a share of those counted, not an estimate: no interval";

    if (part->n == all->n)
        return 0; /* nobody else to compare with */
    struct interval i;
    code = ratio->ratio(part->x, part->n, all->x - part->x, all->n - part->n,
                        w->study->confidence, &i, w->err);
    if (code)
        return code;
    row = row_add(w, about, "share_ratio", group, "");
    i.estimate = (double)part->x / (double)all->x / base;
    i.lo = i.lo / (base * i.lo + 1 - base);
    i.hi = isinf(i.hi) ? 1 / base : i.hi / (base * i.hi + 1 - base);
    row_set_interval(row, &i, ratio, w->study->confidence);
    row->x = part->x;
    row->n = part->n;
    row->flag = row_ratio_flag(part->x, all->x - part->x, hits.derived);
    row->note = "limits of the risk ratio against everyone else, mapped to the share";
    return 0;
}

int add_shares(struct work *w, const struct subject *about)
{
    const struct axes *axes = &w->study->axes;
    struct group everyone = group_all();
    struct text name = TEXT_INIT;
    struct count all, part;
    int code = 0;

    if (!tally_sum(w->e->tally, about->backend, about->metric, about->point, &everyone,
                   &all))
        return 0;
    for (size_t i = 0; i < w->study->n_shares && !code; i++) {
        struct group g = group_first(axes, w->study->shares[i]);
        do {
            if (!tally_sum(w->e->tally, about->backend, about->metric, about->point, &g,
                           &part))
                continue;
            text_reset(&name);
            group_add(&name, axes, &g);
            code = add_share(w, about, name.s, &part, &all);
        } while (!code && group_next(&g, axes, w->study->shares[i]));
    }
    text_release(&name);
    return code;
}

/* Projection of the box of single intervals, each at 1 - alpha/groups. */
static int limits_of_spread(struct work *w, const struct method *method,
                            const struct rate *rates, size_t groups, struct interval *out)
{
    struct interval *box = mem_array(groups, sizeof *box);
    double each = 1 - (1 - w->study->confidence) / (double)groups;
    struct clustered got;
    int code = 0;

    for (size_t i = 0; i < groups && !code; i++) {
        code = rate_estimate(method, &rates[i], each, &got, w->err);
        box[i] = got.at;
    }
    if (!code)
        disparity_max_min_box(box, groups, out);
    free(box);
    return code;
}

/* max/min over the groups of a set of axes. */
static int add_spread_set(struct work *w, const struct subject *about, unsigned set)
{
    const struct axes *axes = &w->study->axes;
    const struct method *method = evidence_method(w->study, QUANTITY_PROPORTION, 0);
    struct text name = TEXT_INIT, worst = TEXT_INIT, best = TEXT_INIT;
    struct group g = group_first(axes, set), high = g, low = g;
    int64_t x[STUDY_MAX_GROUPS], n[STUDY_MAX_GROUPS];
    struct rate *rates = mem_array(STUDY_MAX_GROUPS, sizeof *rates);
    size_t groups = 0, top = 0, bottom = 0;
    bool derived = false;
    struct interval i;
    struct count c;
    int code = 0;

    do {
        if (!tally_sum(w->e->tally, about->backend, about->metric, about->point, &g, &c))
            continue;
        text_reset(&name);
        group_add(&name, axes, &g);
        rates[groups] = evidence_rate_of(w->e, &c, name.s);
        x[groups] = c.x;
        n[groups] = c.n;
        derived |= c.derived;
        if (groups == 0)
            high = low = g;
        if ((double)c.x * (double)n[top] > (double)x[top] * (double)c.n)
            top = groups, high = g;
        if ((double)c.x * (double)n[bottom] < (double)x[bottom] * (double)c.n)
            bottom = groups, low = g;
        groups++;
    } while (group_next(&g, axes, set));
    code = groups < 2 ? 0 : limits_of_spread(w, method, rates, groups, &i);
    free(rates);
    if (!code && groups >= 2) {
        text_reset(&name);
        for (size_t a = 0; a < axes->n; a++)
            if (set & 1u << a) {
                if (name.len)
                    text_addch(&name, ';');
                text_add_percent(&name, axes->axes[a].name);
            }
        group_add(&worst, axes, &high);
        group_add(&best, axes, &low);
        struct finding *row = row_add(w, about, "max_min", name.s, "");
        row_set_interval(row, &i, method_default(FOR_SPREAD), w->study->confidence);
        row->n = (int64_t)groups;
        row->threshold = rows_threshold(w, about);
        row->flag = row_ratio_flag(x[top], x[bottom], derived);
        row->highest = findings_keep(w->out, worst.s);
        row->lowest = findings_keep(w->out, best.s);
        const char *unbounded = x[bottom] == 0 ? "; the lowest rate is 0: unbounded" : "";
        row->note = top == bottom /* nobody's is higher than the first, nor lower */
            ? arena_printf(&w->out->arena, "all rates are the same; n counts the groups%s",
                           unbounded)
            : arena_printf(&w->out->arena, "highest: %s, lowest: %s; n counts the groups%s",
                           row->highest, row->lowest, unbounded);
    }
    text_release(&name);
    text_release(&worst);
    text_release(&best);
    return code;
}

int add_spread(struct work *w, const struct subject *about)
{
    int code = 0;

    for (size_t i = 0; i < w->study->n_spread && !code; i++)
        code = add_spread_set(w, about, w->study->spread[i]);
    return code;
}
