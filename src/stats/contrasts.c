/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One rate against another: groups, points, backends. */
#include <string.h>

#include "stats/exact.h"
#include "stats/paired.h"
#include "stats/rows.h"

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

    if (!evidence_rate(w->e, w->e->tally, about, group, N_STATED, &a) ||
        !evidence_rate(w->e, w->e->tally, about, versus, N_STATED, &b))
        return 0;
    text_addf(&metric, "%s.%s", about->metric, kind);
    long there = findings_find(w->out, about->backend, metric.s, group, versus,
                               about->point, NULL);
    text_release(&metric);
    if (there >= 0)
        return 0;
    if ((code = rows_check_size(w)))
        return code;
    bool clustered = rate_is_clustered(&a) || rate_is_clustered(&b);
    if (!clustered && (code = exact_fisher(a.x, a.n - a.x, b.x, b.n - b.x, &p, w->err)))
        return code;
    for (size_t i = 0; i < w->study->methods[quantity].n && !code; i++) {
        const struct method *m = evidence_method(w->study, quantity, i);
        unsigned what = ratio ? FOR_RATIO : FOR_DIFFERENCE;
        struct interval iv;
        if ((code = rate_contrast(m, what, &a, &b, w->study->confidence, &iv, w->err)) ||
            (clustered &&
             (code = rate_contrast_p(m, what, &a, &b, ratio, &p, w->err))))
            break;
        struct finding *row = row_add(w, about, kind, group, versus);
        row_set_interval(row, &iv, rate_contrast_method(m, &a, &b), w->study->confidence);
        row->x = a.x;
        row->n = a.n;
        row->p = p;
        row->threshold = rows_threshold(w, about);
        row->flag = ratio ? row_ratio_flag(a.x, b.x, a.derived || b.derived)
                          : a.derived || b.derived ? FLAG_DERIVED : FLAG_OK;
        row->note = arena_printf(&w->out->arena, "%lld of %lld against %lld of %lld; p: %s",
                                 (long long)a.x, (long long)a.n, (long long)b.x,
                                 (long long)b.n, !clustered
                                 ? "Fisher's exact test, two-sided"
                                 : rates_share(&a, &b)
                                 ? "from the interval; the two share people"
                                 : "from the interval");
    }
    return code;
}

/* Those the study asks for, then those its claims rest on. */
int add_contrasts(struct work *w, const struct subject *about)
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

/* Two measurements of the same group whose trials share people: paired by person. */
static int add_clustered_pair(struct work *w, const char *kind, const struct subject *about,
                              const struct rate *a, const struct rate *b,
                              const char *group, const char *versus)
{
    const struct study_methods *methods = &w->study->methods[QUANTITY_DIFFERENCE];
    int code = 0;

    for (size_t i = 0; i < methods->n && !code; i++) {
        const struct method *m = evidence_method(w->study, QUANTITY_DIFFERENCE, i);
        struct interval at;
        double p;
        if ((code = rate_contrast(m, FOR_DIFFERENCE, a, b, w->study->confidence, &at,
                                  w->err)) ||
            (code = rate_contrast_p(m, FOR_DIFFERENCE, a, b, 0, &p, w->err)))
            break;
        struct finding *row = row_add(w, about, kind, group, versus);
        row_set_interval(row, &at, rate_contrast_method(m, a, b), w->study->confidence);
        row->x = a->x;
        row->n = a->n;
        row->p = p;
        row->threshold = rows_threshold(w, about);
        row->note = arena_printf(&w->out->arena, "%lld of %lld against %lld of %lld, the "
                                 "same people; p: from the interval", (long long)a->x,
                                 (long long)a->n, (long long)b->x, (long long)b->n);
    }
    return code;
}

/* Two measurements of the same group on the same faces: `kind` as if they were
 * independent, by every method for differences, and `kind`_worst_case with the
 * pairing that leaves the difference least certain. */
static int add_pair(struct work *w, const char *kind, const struct subject *about,
                    const struct subject *one, const struct subject *other,
                    const char *group, const char *versus)
{
    const struct study_methods *methods = &w->study->methods[QUANTITY_DIFFERENCE];
    double confidence = w->study->confidence, p;
    struct text name = TEXT_INIT;
    struct interval i;
    struct rate a, b;
    int code = 0;

    text_addf(&name, "%s.%s", about->metric, kind);
    bool there = findings_find(w->out, about->backend, name.s, group, versus,
                               about->point, NULL) >= 0;
    text_release(&name);
    if (there || !evidence_rate(w->e, w->e->tally, one, group, N_STATED, &a) ||
        !evidence_rate(w->e, w->e->tally, other, group, N_STATED, &b))
        return 0;
    if ((code = rows_check_size(w)))
        return code;
    if (rate_is_clustered(&a) || rate_is_clustered(&b))
        return add_clustered_pair(w, kind, about, &a, &b, group, versus);
    if ((code = exact_fisher(a.x, a.n - a.x, b.x, b.n - b.x, &p, w->err)))
        return code;
    for (size_t m = 0; m <= methods->n && !code; m++) {
        bool worst = m == methods->n;
        const struct method *method = worst ? method_find("newcombe")
            : evidence_method(w->study, QUANTITY_DIFFERENCE, m);
        code = worst ? paired_worst_case(a.x, a.n, b.x, b.n, confidence, &i, &p, w->err)
                     : method->difference(a.x, a.n, b.x, b.n, confidence, &i, w->err);
        if (code)
            break;
        name = (struct text)TEXT_INIT;
        text_addf(&name, "%s%s", kind, worst ? "_worst_case" : "");
        struct finding *row = row_add(w, about, name.s, group, versus);
        text_release(&name);
        row_set_interval(row, &i, method, confidence);
        row->x = a.x;
        row->n = a.n;
        row->p = p;
        row->flag = a.derived || b.derived ? FLAG_DERIVED : FLAG_OK;
        row->note = arena_printf(
            &w->out->arena, "%lld of %lld against %lld of %lld, the same faces, %s",
            (long long)a.x, (long long)a.n, (long long)b.x, (long long)b.n, worst
            ? "paired at worst: as many changed as the counts allow; p: McNemar's exact "
              "test on that pairing"
            : "which face erred in which not published: as if independent; p: Fisher's "
              "exact test, two-sided");
    }
    return code;
}

/* The fall of a rate from one point (arg) to the point at hand. */
static int add_change(struct work *w, const struct subject *about, const char *group,
                      const void *arg)
{
    struct subject before = { about->backend, about->metric, arg };
    return add_pair(w, "improvement", about, &before, about, group, arg);
}

int add_changes(struct work *w, const struct subject *about)
{
    const struct study *s = w->study;
    int code = 0;

    for (size_t i = 0; i < s->n_changes && !code; i++)
        if (!strcmp(s->changes[i].metric, about->metric) &&
            !strcmp(s->changes[i].after, about->point))
            code = rows_for_groups(w, add_change, about, s->changes[i].before);
    for (size_t i = 0; i < s->n_claims && !code; i++)
        if (s->claims[i].type == CLAIM_IMPROVEMENT &&
            !strcmp(s->claims[i].metric, about->metric) &&
            !strcmp(s->claims[i].after, about->point))
            code = add_change(w, about, s->claims[i].group, s->claims[i].before);
    return code;
}

/* How much higher the rate of the backend at hand is than that of another. */
static int add_excess(struct work *w, const struct subject *about, const char *group,
                      const void *arg)
{
    struct subject other = { arg, about->metric, about->point };
    struct text versus = TEXT_INIT;

    evidence_rival(&versus, arg);
    int code = add_pair(w, "excess", about, about, &other, group, versus.s);
    text_release(&versus);
    return code;
}

static bool is_among(const char *name, const char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

int add_rivals(struct work *w, const struct subject *about)
{
    const struct study *s = w->study;
    int code = 0;

    for (size_t i = 0; i < s->n_rivals; i++) {
        const struct study_rivals *r = &s->rivals[i];
        if (strcmp(r->metric, about->metric) || strcmp(r->point, about->point) ||
            !is_among(about->backend, r->backends, r->n_backends))
            continue;
        for (size_t k = 0; k < r->n_against && !code; k++)
            code = rows_for_groups(w, add_excess, about, r->against[k]);
    }
    for (size_t i = 0; i < s->n_claims; i++) {
        const struct claim_spec *c = &s->claims[i];
        if (c->type != CLAIM_EXCESS || strcmp(c->metric, about->metric) ||
            strcmp(c->point, about->point) ||
            !is_among(about->backend, c->backends, c->n_backends))
            continue;
        for (size_t k = 0; k < c->n_against && !code; k++)
            code = add_excess(w, about, c->group, c->against[k]);
    }
    return code;
}

/* How often two backends that saw the same faces were both wrong, and each alone, by
 * one of the two ways to count a face that was not classified. */
static const struct policy {
    const char *metric, *only, *both, *words;
} policies[] = {
    { "error_with_misses", "only_wrong_with_misses", "both_wrong_with_misses",
      "primary: a face not classified is an error" },
    { "error", "only_wrong", "both_wrong", "secondary: faces both classified" },
};

struct meeting {
    const struct policy *policy;
    const char *other;
};

static int add_meeting(struct work *w, const struct subject *about, const char *group,
                       const void *arg)
{
    const struct meeting *m = arg;
    struct text rival = TEXT_INIT, self = TEXT_INIT;
    struct rate alone, both, beaten;
    struct interval i;
    double p;
    int code = 0;

    evidence_rival(&rival, m->other);
    evidence_rival(&self, about->backend);
    struct subject first = { about->backend, m->policy->only, rival.s };
    struct subject shared = { about->backend, m->policy->both, rival.s };
    struct subject second = { m->other, m->policy->only, self.s };
    if (evidence_rate(w->e, w->e->tally, &first, group, N_STATED, &alone) &&
        evidence_rate(w->e, w->e->tally, &shared, group, N_STATED, &both) &&
        evidence_rate(w->e, w->e->tally, &second, group, N_STATED, &beaten) &&
        !(code = rows_check_size(w)) &&
        !(code = paired_rates(&alone, &beaten, &both, w->study->confidence, &i, &p,
                              w->err))) {
        struct finding *row = row_add(w, about, "excess_paired", group, rival.s);
        row_set_interval(row, &i, paired_method(&alone, &beaten), w->study->confidence);
        row->x = alone.x;
        row->n = alone.n;
        row->p = p;
        row->note = arena_printf(&w->out->arena, "only the one wrong: %lld, only the other: "
                                 "%lld, both: %lld, of %lld faces; p: %s; %s", (long long)alone.x, (long long)beaten.x,
                                 (long long)both.x, (long long)alone.n,
                                 paired_is_clustered(&alone, &beaten)
                                 ? "from the interval, paired by person"
                                 : "McNemar's exact test", m->policy->words);
    }
    text_release(&rival);
    text_release(&self);
    return code;
}

int add_paired(struct work *w, const struct subject *about)
{
    struct meeting m = { .policy = NULL };
    int code = 0;
    bool after = false;

    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        if (!*about->point && !strcmp(policies[i].metric, about->metric))
            m.policy = &policies[i];
    for (size_t b = 0; b < w->n_backends && m.policy && !code; b++) {
        m.other = w->backends[b];
        if (after)
            code = rows_for_groups(w, add_meeting, about, &m);
        after |= !strcmp(w->backends[b], about->backend);
    }
    return code;
}
