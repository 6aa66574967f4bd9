/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/metric.h"
#include "stats/adjust.h"
#include "stats/disparity.h"
#include "stats/exact.h"

/* More rows than a reader can use, few enough to search plainly. */
#define MAX_ROWS 50000

/* Below this many hits a rate is "too few to say". */
#define TOO_FEW 5

static const unsigned quantity_bits[QUANTITY_N] = {
    FOR_PROPORTION, FOR_DIFFERENCE, FOR_RATIO
};

int estimate_check(const struct study *study, struct err *err)
{
    int code = 0;

    for (int q = 0; q < QUANTITY_N; q++)
        for (size_t i = 0; i < study->methods[q].n; i++) {
            const struct study_name *name = &study->methods[q].names[i];
            const struct method *m = method_find(name->text), *table;
            struct text offered = TEXT_INIT;
            size_t n;
            if (m && m->quantities & quantity_bits[q])
                continue;
            table = method_table(&n);
            for (size_t k = 0; k < n; k++)
                if (table[k].quantities & quantity_bits[q])
                    text_addf(&offered, "%s%s", offered.len ? ", " : "", table[k].name);
            code = err_add(err, ERR_INPUT, "%s:%zu: estimators.%s: '%.60s' is not a method "
                           "for a %s, expected one of %s", study->path, name->line,
                           study_quantity_names[q], name->text, study_quantity_names[q],
                           offered.s);
            text_release(&offered);
        }
    for (size_t i = 0; i < study->n_contrasts; i++)
        if (!evidence_disjoint(study, study->contrasts[i].group,
                               study->contrasts[i].versus))
            code = err_add(err, ERR_INPUT, "%s:%zu: contrasts[%zu]: '%s' and '%s' may "
                           "share people, expected groups that differ on an axis",
                           study->path, study->contrasts[i].line, i,
                           study->contrasts[i].group, study->contrasts[i].versus);
    for (size_t i = 0; i < study->n_claims; i++) {
        const struct claim_spec *c = &study->claims[i];
        if (c->group && c->versus && c->type != CLAIM_PRINTED &&
            c->type != CLAIM_NOT_TESTABLE &&
            !evidence_disjoint(study, c->group, c->versus))
            code = err_add(err, ERR_INPUT, "%s:%zu: claims[%zu]: '%s' and '%s' may share "
                           "people, expected groups that differ on an axis", study->path,
                           c->line, i, c->group, c->versus);
    }
    return code;
}

struct work {
    const struct evidence *e;
    const struct study *study;
    struct findings *out;
    struct err *err;
    const char *backends[EVIDENCE_MAX];
    size_t n_backends;
};

static struct finding *add_row(struct work *w, const struct subject *about,
                               const char *kind, const char *group, const char *versus)
{
    struct finding *row = findings_add(w->out);

    row->study = w->study->name;
    row->dataset = w->study->dataset;
    row->backend = findings_keep(w->out, about->backend);
    row->metric = arena_printf(&w->out->arena, "%s%s%s", about->metric,
                               *kind ? "." : "", kind);
    row->point = findings_keep(w->out, about->point);
    row->group = findings_keep(w->out, group);
    row->versus = findings_keep(w->out, versus);
    return row;
}

static int check_size(struct work *w)
{
    if (w->out->n <= MAX_ROWS)
        return 0;
    return err_add(w->err, ERR_LIMIT, "%s: more than %d findings, expected fewer groups, "
                   "methods or counts", w->study->path, MAX_ROWS);
}

/* `native=80`, `fmr=1e-3`: the number behind the '=' of a native point is its
 * threshold. */
static double point_threshold(const char *point)
{
    double v;

    if (!strncmp(point, "native=", 7) && num_parse_double(point + 7, &v))
        return v;
    return NAN;
}

static void set_interval(struct finding *row, const struct interval *i,
                         const struct method *method, double confidence)
{
    row->estimate = i->estimate + 0.0; /* no -0, which the file does not keep */
    row->lo = i->lo + 0.0;
    row->hi = i->hi + 0.0;
    row->method = method->name;
    row->confidence = confidence;
}

static void set_count(struct finding *row, const struct count *c)
{
    row->x = c->x;
    row->n = c->n;
    row->n_lo = c->n_lo;
    row->n_hi = c->n_hi;
    row->clusters = c->n; /* one image a person in published counts */
    row->threshold = point_threshold(c->point);
}

static enum finding_flag count_flag(const struct count *c)
{
    if (c->x == 0)
        return FLAG_ZERO;
    if (c->x < TOO_FEW)
        return FLAG_TOO_FEW;
    return c->derived ? FLAG_DERIVED : FLAG_OK;
}

/* Of a ratio, which is as sure as the smaller of its two counts. */
static enum finding_flag rates_flag(int64_t x, int64_t versus, bool derived)
{
    if (x == 0 || versus == 0)
        return FLAG_ZERO;
    if (x < TOO_FEW || versus < TOO_FEW)
        return FLAG_TOO_FEW;
    return derived ? FLAG_DERIVED : FLAG_OK;
}

static const char *count_note(struct work *w, const struct count *c)
{
    if (!c->derived)
        return findings_keep(w->out, c->source);
    return arena_printf(&w->out->arena, "%s%sderived, not published as such",
                        c->source, *c->source ? "; " : "");
}

/* A rate by one method; the row's kind and point may name a variant. */
static int add_rate(struct work *w, const struct subject *about, const char *kind,
                    const struct count *c, const char *group,
                    const struct method *method)
{
    struct interval i;
    int code = method->proportion(c->x, c->n, w->study->confidence, &i, w->err);

    if (code)
        return code;
    struct finding *row = add_row(w, about, kind, group, "");
    set_interval(row, &i, method, w->study->confidence);
    set_count(row, c);
    row->flag = count_flag(c);
    row->note = count_note(w, c);
    return 0;
}

/* Rows about the set itself: shares of a census, no interval. */
static void add_census(struct work *w)
{
    const struct tally *t = w->e->tally;

    for (size_t i = 0; i < t->n; i++) {
        const struct count *c = &t->counts[i];
        struct subject about = { "", c->metric, c->point };
        if (*c->backend)
            continue;
        struct finding *row = add_row(w, &about, "", c->name, "");
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
    for (size_t i = 0; i < methods->n && !code; i++)
        code = add_rate(w, about, "", &c, name.s,
                        evidence_method(w->study, QUANTITY_PROPORTION, i));
    if (!code)
        code = add_sensitivity(w, about, g, name.s, &c);
    text_release(&name);
    return code;
}

static int add_groups(struct work *w, const struct subject *about)
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

    if (all->x == 0)
        return 0; /* there is nothing to have a share of */
    if ((code = add_rate(w, about, "share", &hits, group, proportion)))
        return code;
    struct finding *row = &w->out->rows[w->out->n - 1];
    if (part->n < all->n) {
        if ((code = exact_binomial(part->x, all->x, base, &row->p, w->err)))
            return code;
        row->note = "p: exact binomial against the share of the trials";
    }

    row = add_row(w, about, "base_share", group, "");
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
    row = add_row(w, about, "share_ratio", group, "");
    i.estimate = (double)part->x / (double)all->x / base;
    i.lo = i.lo / (base * i.lo + 1 - base);
    i.hi = isinf(i.hi) ? 1 / base : i.hi / (base * i.hi + 1 - base);
    set_interval(row, &i, ratio, w->study->confidence);
    row->x = part->x;
    row->n = part->n;
    row->flag = rates_flag(part->x, all->x - part->x, hits.derived);
    row->note = "limits of the risk ratio against everyone else, mapped to the share";
    return 0;
}

static int add_shares(struct work *w, const struct subject *about)
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

/* max/min over the groups of a set of axes. */
static int add_spread_set(struct work *w, const struct subject *about, unsigned set)
{
    const struct axes *axes = &w->study->axes;
    const struct method *method = evidence_method(w->study, QUANTITY_PROPORTION, 0);
    struct text name = TEXT_INIT, worst = TEXT_INIT, best = TEXT_INIT;
    struct group g = group_first(axes, set), high = g, low = g;
    int64_t x[STUDY_MAX_GROUPS], n[STUDY_MAX_GROUPS];
    size_t groups = 0, top = 0, bottom = 0;
    bool derived = false;
    struct interval i;
    struct count c;
    int code = 0;

    do {
        if (!tally_sum(w->e->tally, about->backend, about->metric, about->point, &g, &c))
            continue;
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
    if (groups < 2)
        return 0;

    code = spread_max_min(method, x, n, groups, w->study->confidence, &i, w->err);
    if (!code) {
        for (size_t a = 0; a < axes->n; a++)
            if (set & 1u << a) {
                if (name.len)
                    text_addch(&name, ';');
                text_add_percent(&name, axes->axes[a].name);
            }
        group_add(&worst, axes, &high);
        group_add(&best, axes, &low);
        struct finding *row = add_row(w, about, "max_min", name.s, "");
        set_interval(row, &i, method_default(FOR_SPREAD), w->study->confidence);
        row->n = (int64_t)groups;
        row->flag = rates_flag(x[top], x[bottom], derived);
        row->note = arena_printf(&w->out->arena, "highest: %s, lowest: %s; n counts the "
                                 "groups%s", worst.s, best.s, x[bottom] == 0 ?
                                 "; the lowest rate is 0: unbounded" : "");
    }
    text_release(&name);
    text_release(&worst);
    text_release(&best);
    return code;
}

static int add_spread(struct work *w, const struct subject *about)
{
    int code = 0;

    for (size_t i = 0; i < w->study->n_spread && !code; i++)
        code = add_spread_set(w, about, w->study->spread[i]);
    return code;
}

/* One contrast by every method of its quantity, unless it is there already. */
static int add_contrast(struct work *w, const struct subject *about,
                        enum study_quantity quantity, const char *group,
                        const char *versus)
{
    bool ratio = quantity == QUANTITY_RATIO;
    const char *kind = ratio ? "ratio" : "difference";
    struct text metric = TEXT_INIT;
    struct rate a, b;
    double p;
    int code = 0;

    if (!evidence_rate(w->e->tally, about, group, N_STATED, &a) ||
        !evidence_rate(w->e->tally, about, versus, N_STATED, &b))
        return 0;
    text_addf(&metric, "%s.%s", about->metric, kind);
    long there = findings_find(w->out, about->backend, metric.s, group, versus,
                               about->point, NULL);
    text_release(&metric);
    if (there >= 0)
        return 0;
    if ((code = check_size(w)))
        return code;
    if ((code = exact_fisher(a.x, a.n - a.x, b.x, b.n - b.x, &p, w->err)))
        return code;
    for (size_t i = 0; i < w->study->methods[quantity].n && !code; i++) {
        const struct method *m = evidence_method(w->study, quantity, i);
        struct interval iv;
        code = (ratio ? m->ratio : m->difference)(a.x, a.n, b.x, b.n,
                                                  w->study->confidence, &iv, w->err);
        if (code)
            break;
        struct finding *row = add_row(w, about, kind, group, versus);
        set_interval(row, &iv, m, w->study->confidence);
        row->x = a.x;
        row->n = a.n;
        row->p = p;
        row->threshold = point_threshold(about->point);
        row->flag = ratio ? rates_flag(a.x, b.x, a.derived || b.derived)
                          : a.derived || b.derived ? FLAG_DERIVED : FLAG_OK;
        row->note = arena_printf(&w->out->arena, "%lld of %lld against %lld of %lld; p: "
                                 "Fisher's exact test, two-sided", (long long)a.x,
                                 (long long)a.n, (long long)b.x, (long long)b.n);
    }
    return code;
}

/* Those the study asks for, then those its claims rest on. */
static int add_contrasts(struct work *w, const struct subject *about)
{
    const struct study *s = w->study;
    int code = 0;

    for (size_t i = 0; i < s->n_contrasts && !code; i++) {
        const struct study_contrast *c = &s->contrasts[i];
        if (strcmp(c->metric, about->metric) ||
            (c->point && strcmp(c->point, about->point)))
            continue;
        if (c->difference)
            code = add_contrast(w, about, QUANTITY_DIFFERENCE, c->group, c->versus);
        if (c->ratio && !code)
            code = add_contrast(w, about, QUANTITY_RATIO, c->group, c->versus);
    }
    for (size_t i = 0; i < s->n_claims && !code; i++) {
        const struct claim_spec *c = &s->claims[i];
        if (strcmp(c->metric, about->metric) || strcmp(c->point, about->point))
            continue;
        if (c->type == CLAIM_DIFFERENCE)
            code = add_contrast(w, about, QUANTITY_DIFFERENCE, c->group, c->versus);
        if (c->type == CLAIM_RATIO || c->type == CLAIM_OVER)
            code = add_contrast(w, about, QUANTITY_RATIO, c->group, c->versus);
        if (c->type != CLAIM_WORST && c->type != CLAIM_BEST)
            continue;
        struct group g = group_first(&s->axes, c->among);
        do {
            struct text other = TEXT_INIT;
            group_add(&other, &s->axes, &g);
            if (strcmp(other.s, c->group))
                code = add_contrast(w, about, QUANTITY_DIFFERENCE, c->group, other.s);
            text_release(&other);
        } while (!code && group_next(&g, &s->axes, c->among));
    }
    return code;
}

/* True if one row says of two groups what the other says with them exchanged: one
 * hypothesis, which must not count twice. */
static bool is_mirror(const struct finding *a, const struct finding *b)
{
    return !strcmp(a->backend, b->backend) &&
           !strcmp(a->group, b->versus) && !strcmp(a->versus, b->group);
}

static bool same_family(const struct finding *a, const struct finding *b)
{
    return !isnan(a->p) && !isnan(b->p) && !strcmp(a->metric, b->metric) &&
           !strcmp(a->point, b->point) && !strcmp(a->method, b->method);
}

/* Holm over every family of contrasts: the same metric, point and method, all
 * backends together. */
static void adjust(struct findings *f)
{
    double *p = mem_array(f->n, sizeof *p), *adjusted = mem_array(f->n, sizeof *p);
    bool *done = mem_array(f->n, sizeof *done);
    size_t *rows = mem_array(f->n, sizeof *rows), *test = mem_array(f->n, sizeof *test);

    for (size_t i = 0; i < f->n; i++) {
        size_t n = 0, tests = 0;
        if (done[i] || isnan(f->rows[i].p))
            continue;
        for (size_t k = i; k < f->n; k++) {
            if (!same_family(&f->rows[i], &f->rows[k]))
                continue;
            size_t twin = 0;
            if (!*f->rows[k].versus)
                twin = n; /* a share: there is nothing to exchange */
            while (twin < n && !is_mirror(&f->rows[rows[twin]], &f->rows[k]))
                twin++;
            done[k] = true;
            test[n] = twin < n ? test[twin] : tests;
            if (twin == n)
                p[tests++] = f->rows[k].p;
            rows[n++] = k;
        }
        adjust_holm(p, tests, adjusted);
        for (size_t k = 0; k < n; k++)
            f->rows[rows[k]].p_adj = adjusted[test[k]];
    }
    free(p);
    free(adjusted);
    free(done);
    free(rows);
    free(test);
}

/* A `by` group that has counts for no backend at all is a mistake in the
 * study. */
static int check_groups(struct work *w, const char *metric)
{
    const struct study *s = w->study;

    for (size_t i = 0; i < w->out->n; i++)
        if (!strcmp(w->out->rows[i].metric, metric))
            return 0;
    return err_add(w->err, ERR_INPUT, "%s: metrics: no counts of '%s' for any group of "
                   "'by', expected some in the data set '%s'", s->path, metric,
                   s->dataset);
}

int estimate(const struct evidence *e, struct findings *out, struct err *err)
{
    struct work w = { .e = e, .study = e->study, .out = out, .err = err };
    long backends = evidence_backends(e, w.backends, err);
    int code = 0;

    if (backends < 0)
        return (int)backends;
    w.n_backends = (size_t)backends;
    add_census(&w);
    for (size_t m = 0; m < w.study->n_metrics && !code; m++) {
        const char *metric = w.study->metrics[m].text;
        const char *points[EVIDENCE_MAX];
        size_t n = tally_points(e->tally, metric, points, EVIDENCE_MAX);

        if (metric_find(metric)->census)
            continue; /* added whole already */
        for (size_t p = 0; p < n && !code; p++)
            for (size_t b = 0; b < w.n_backends && !code; b++) {
                struct subject about = { w.backends[b], metric, points[p] };
                if (!tally_has(e->tally, w.backends[b], metric, points[p]))
                    continue;
                (void)((code = check_size(&w)) ||
                       (code = add_groups(&w, &about)) ||
                       (code = add_shares(&w, &about)) ||
                       (code = add_spread(&w, &about)) ||
                       (code = add_contrasts(&w, &about)));
            }
        if (!code)
            code = check_groups(&w, metric);
    }
    if (!code)
        adjust(out);
    return code;
}
