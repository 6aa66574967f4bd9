/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/adjust.h"
#include "stats/judging.h"
#include "stats/paired.h"
#include "stats/rises.h"

/* Which counts a verdict is drawn from: a tally, and which end of the range of
 * n for the group and for what it is set against. */
struct basis {
    const struct tally *tally;
    enum corner group, versus;
    bool paired; /* the same faces: paired at worst instead of as if independent */
};

/* One contrast against its margin. `sign` 1: the claim is "at least margin";
 * -1: "below" (best of K). */
struct contrast {
    enum study_quantity quantity;
    struct rate a, b;
    double margin;
    int sign;
    bool strict; /* for yes the limit must be beyond the margin, not at it */
    bool closed; /* for no the other limit may be at it */
    bool paired; /* limits and p of paired_worst_case() */
};

/* Yes at the study's confidence (`i`), no by the wider interval, else inconclusive. */
static void decide(const struct contrast *c, const struct interval *i,
                   const struct interval *wide, enum verdict *verdict, double *p)
{
    double near = c->sign > 0 ? i->lo : -i->hi, far = c->sign > 0 ? wide->hi : -wide->lo;
    double margin = c->sign * c->margin;
    if (c->strict ? near > margin : near >= margin)
        *verdict = VERDICT_YES;
    else if (c->closed ? far <= margin : far < margin)
        *verdict = VERDICT_NO;
    else {
        *verdict = VERDICT_INCONCLUSIVE;
        if (!(c->sign * i->estimate > margin))
            *p = 1;
    }
}

/* Yes at the study's confidence, no at 1 - a/tests, else inconclusive; *p is
 * two-sided, and 1 in an inconclusive verdict whose estimate points the other
 * way. */
static int weigh(struct judging *j, const struct contrast *c, double tests,
                 enum verdict *verdict, double *p)
{
    const struct method *m = evidence_method(j->study, c->quantity, 0);
    unsigned quantity = c->quantity == QUANTITY_RATIO ? FOR_RATIO : FOR_DIFFERENCE;
    double alpha = 1 - j->study->confidence;
    struct interval i, wide;
    int code;

    if (c->paired) {
        double ignored;
        if ((code = paired_worst_case(c->a.x, c->a.n, c->b.x, c->b.n, 1 - alpha, &i, p,
                                      j->err)) ||
            (code = paired_worst_case(c->a.x, c->a.n, c->b.x, c->b.n, 1 - alpha / tests,
                                      &wide, &ignored, j->err)))
            return code;
    } else if ((code = rate_contrast(m, quantity, &c->a, &c->b, 1 - alpha, &i, j->err)) ||
               (code = rate_contrast(m, quantity, &c->a, &c->b, 1 - alpha / tests, &wide,
                                     j->err)) ||
               (code = rate_contrast_p(m, quantity, &c->a, &c->b, c->margin, p, j->err)))
        return code;
    decide(c, &i, &wide, verdict, p);
    return 0;
}

/* What the contrasts of one claim say together: all must say yes, one is enough
 * for no. */
struct together {
    size_t asked;     /* how many there should be */
    size_t judged, yes;
    bool unknown;     /* a p is missing */
    double largest;   /* p of what must all hold */
    double refuted;   /* the least p of those that say no; 2: none does */
};

static struct together together(size_t asked)
{
    return (struct together){ .asked = asked, .refuted = 2 };
}

/* One more. `no` says if it still says no where one of `asked` is enough; a no
 * that does not is evidence against the claim all the same. */
static void join(struct together *t, enum verdict v, bool no, double p)
{
    t->judged += v != VERDICT_NOT_TESTABLE;
    t->yes += v == VERDICT_YES;
    t->unknown |= isnan(p);
    if (no)
        t->refuted = fmin(t->refuted, p);
    t->largest = fmax(t->largest, v == VERDICT_NO ? 1 : p);
}

/* Without all that was asked for there is no yes, and no p but that of a no. */
static enum verdict conclude(const struct together *t, double *p)
{
    *p = NAN;
    if (t->judged == 0)
        return VERDICT_NOT_TESTABLE;
    if (t->refuted <= 1) {
        *p = fmin(1, t->refuted * (double)t->asked);
        return VERDICT_NO;
    }
    if (t->judged == t->asked && !t->unknown)
        *p = t->largest;
    return t->yes == t->asked ? VERDICT_YES : VERDICT_INCONCLUSIVE;
}

/* How many groups a set of axes has. */
static size_t count_groups(const struct axes *axes, unsigned set)
{
    size_t n = 1;

    for (size_t i = 0; i < axes->n; i++)
        n *= set & 1u << i ? axes->axes[i].n : 1;
    return n;
}

/* A group against every other of `among`; one backend. */
static int judge_extreme(struct judging *j, const struct basis *basis,
                         const struct claim_spec *spec, const struct subject *about,
                         double tests, enum verdict *verdict, double *p)
{
    const struct axes *axes = &j->study->axes;
    struct contrast c = { .quantity = QUANTITY_DIFFERENCE, .strict = true,
                          .sign = spec->type == CLAIM_WORST ? 1 : -1 };
    struct together all = together(count_groups(axes, spec->among) - 1);
    struct group g = group_first(axes, spec->among);
    struct text other = TEXT_INIT;
    int code = 0;

    if (!evidence_rate(j->e, basis->tally, about, spec->group, basis->group, &c.a))
        return 0;
    do {
        enum verdict v;
        double q;
        text_reset(&other);
        group_add(&other, axes, &g);
        if (!strcmp(other.s, spec->group) ||
            !evidence_rate(j->e, basis->tally, about, other.s, basis->versus, &c.b))
            continue;
        code = weigh(j, &c, tests * (double)all.asked, &v, &q);
        if (!code)
            join(&all, v, v == VERDICT_NO, q);
    } while (!code && group_next(&g, axes, spec->among));
    text_release(&other);
    if (!code)
        *verdict = conclude(&all, p);
    return code;
}

/* A backend against each of some others; one backend. */
static int judge_excess(struct judging *j, const struct basis *basis,
                        const struct claim_spec *spec, const struct subject *about,
                        double tests, enum verdict *verdict, double *p)
{
    struct contrast c = { .quantity = QUANTITY_DIFFERENCE, .sign = 1, .strict = true,
                          .paired = basis->paired };
    struct together all = together(spec->n_against);

    if (!evidence_rate(j->e, basis->tally, about, spec->group, basis->group, &c.a))
        return 0;
    for (size_t i = 0; i < spec->n_against; i++) {
        struct subject other = { spec->against[i], about->metric, about->point };
        enum verdict v;
        double q;
        if (!evidence_rate(j->e, basis->tally, &other, spec->group, basis->versus, &c.b))
            continue;
        int code = weigh(j, &c, tests * (double)all.asked, &v, &q);
        if (code)
            return code;
        join(&all, v, v == VERDICT_NO, q);
    }
    *verdict = conclude(&all, p);
    return 0;
}

/* A rise at a dose, or how much larger it is than another group's; one backend. */
static int judge_rise(struct judging *j, const struct claim_spec *spec,
                      const struct subject *about, double tests, enum verdict *verdict,
                      double *p)
{
    const struct contrast c = { .margin = spec->margin, .sign = 1,
                                .strict = spec->margin == 0 };
    const double alpha = 1 - j->study->confidence;
    struct interval i, wide;
    double q, ignored;
    int code = rise_limits_of(j->e, about, spec->group, spec->versus, 1 - alpha,
                              spec->margin, &i, &q, j->err);

    if (!code)
        code = rise_limits_of(j->e, about, spec->group, spec->versus, 1 - alpha / tests,
                              spec->margin, &wide, &ignored, j->err);
    if (code)
        return code < 0 ? code : 0;
    *p = q;
    decide(&c, &i, &wide, verdict, p);
    return 0;
}

/* One backend. Left as it was (not testable, no p) where there are no counts. */
static int judge_backend(struct judging *j, const struct basis *basis,
                         const struct claim_spec *spec, const char *backend,
                         double tests, enum verdict *verdict, double *p)
{
    struct subject about = { backend, spec->metric, spec->point };
    bool ratio = spec->type == CLAIM_RATIO || spec->type == CLAIM_OVER;
    struct contrast c = {
        .quantity = ratio ? QUANTITY_RATIO : QUANTITY_DIFFERENCE,
        .margin = spec->margin, .sign = 1,
        .strict = spec->margin == (ratio ? 1 : 0),
        .closed = spec->type == CLAIM_OVER || spec->type == CLAIM_IMPROVEMENT,
        .paired = basis->paired && spec->type == CLAIM_IMPROVEMENT,
    };
    struct subject after = about;
    const char *versus = spec->versus;

    if (spec->type == CLAIM_WORST || spec->type == CLAIM_BEST)
        return judge_extreme(j, basis, spec, &about, tests, verdict, p);
    if (spec->type == CLAIM_EXCESS)
        return judge_excess(j, basis, spec, &about, tests, verdict, p);
    if (spec->type == CLAIM_RISE || spec->type == CLAIM_RISE_DIFFERENCE)
        return judge_rise(j, spec, &about, tests, verdict, p);
    if (spec->type == CLAIM_IMPROVEMENT) {
        about.point = spec->before;
        after.point = spec->after;
        versus = spec->group;
    }
    if (!evidence_rate(j->e, basis->tally, &about, spec->group, basis->group, &c.a) ||
        !evidence_rate(j->e, basis->tally, &after, versus, basis->versus, &c.b))
        return 0;
    return weigh(j, &c, tests, verdict, p);
}

/* The backends a claim speaks of, among those of this run. */
static size_t spoken_of(const struct judging *j, const struct claim_spec *spec,
                        const char **out)
{
    size_t n = 0;

    for (size_t i = 0; i < j->n_backends; i++) {
        bool named = spec->n_backends == 0;
        for (size_t k = 0; k < spec->n_backends && !named; k++)
            named = !strcmp(spec->backends[k], j->backends[i]);
        if (named)
            out[n++] = j->backends[i];
    }
    return n;
}

/* All its backends together on one basis; parts may be NULL. */
static int judge_all(struct judging *j, const struct basis *basis,
                     const struct claim_spec *spec, struct claim_part *parts,
                     enum verdict *verdict, double *p)
{
    const char *backends[EVIDENCE_MAX];
    size_t n = spoken_of(j, spec, backends);
    struct together all = together(spec->n_backends ? spec->n_backends : n);

    for (size_t i = 0; i < n; i++) {
        enum verdict v = VERDICT_NOT_TESTABLE, strict = VERDICT_NOT_TESTABLE;
        double q = NAN, ignored;
        int code = judge_backend(j, basis, spec, backends[i], 1, &v, &q);
        if (!code && v == VERDICT_NO)
            code = judge_backend(j, basis, spec, backends[i], (double)all.asked, &strict,
                                 &ignored);
        if (code)
            return code;
        if (parts)
            parts[i] = (struct claim_part){ .backend = backends[i], .verdict = v, .p = q };
        join(&all, v, strict == VERDICT_NO, q);
    }
    *verdict = conclude(&all, p);
    return 0;
}

void judging_add_row(struct judging *j, struct claim_part *part, long row)
{
    if (row < 0)
        return;
    for (size_t i = 0; i < part->n_rows; i++)
        if (part->rows[i] == (size_t)row + 1)
            return;
    size_t *rows = arena_array(&j->claims->arena, part->n_rows + 1, sizeof *rows);
    if (part->n_rows)
        memcpy(rows, part->rows, part->n_rows * sizeof *rows);
    rows[part->n_rows++] = (size_t)row + 1;
    part->rows = rows;
}

static void add_row_of(struct judging *j, struct claim_part *part, const char *backend,
                       const char *metric, const char *kind, const char *group,
                       const char *versus, const char *point)
{
    struct text name = TEXT_INIT;

    text_addf(&name, "%s%s%s", metric, *kind ? "." : "", kind);
    judging_add_row(j, part, findings_find(j->findings, backend, name.s, group,
                                                versus, point, NULL));
    text_release(&name);
}

/* As find_rows(), where the same faces were measured twice. */
static void find_pair_rows(struct judging *j, const struct claim_spec *spec,
                           struct claim_part *part)
{
    if (spec->type == CLAIM_IMPROVEMENT) {
        add_row_of(j, part, part->backend, spec->metric, "", spec->group, "",
                   spec->before);
        add_row_of(j, part, part->backend, spec->metric, "", spec->group, "",
                   spec->after);
        add_row_of(j, part, part->backend, spec->metric, "improvement", spec->group,
                   spec->before, spec->after);
        add_row_of(j, part, part->backend, spec->metric, "improvement_worst_case",
                   spec->group, spec->before, spec->after);
        return;
    }
    add_row_of(j, part, part->backend, spec->metric, "", spec->group, "", spec->point);
    for (size_t i = 0; i < spec->n_against; i++) {
        struct text versus = TEXT_INIT;
        evidence_rival(&versus, spec->against[i]);
        add_row_of(j, part, spec->against[i], spec->metric, "", spec->group, "",
                   spec->point);
        add_row_of(j, part, part->backend, spec->metric, "excess", spec->group,
                   versus.s, spec->point);
        add_row_of(j, part, part->backend, spec->metric, "excess_worst_case",
                   spec->group, versus.s, spec->point);
        text_release(&versus);
    }
}

/* As find_rows(), of what rises at a dose. */
static void find_rise_rows(struct judging *j, const struct claim_spec *spec,
                           struct claim_part *part)
{
    const char *const groups[] = { spec->group, spec->versus };

    for (int i = 0; i < 2 && groups[i]; i++) {
        add_row_of(j, part, part->backend, spec->metric, "", groups[i], "",
                   j->study->clean);
        add_row_of(j, part, part->backend, spec->metric, "", groups[i], "", spec->point);
        add_row_of(j, part, part->backend, spec->metric, "rise", groups[i], "clean",
                   spec->point);
    }
    if (spec->versus)
        add_row_of(j, part, part->backend, spec->metric, "rise_difference", spec->group,
                   spec->versus, spec->point);
}

/* The findings a part rests on: the rates it compares and the contrasts. */
static void find_rows(struct judging *j, const struct claim_spec *spec,
                      struct claim_part *part)
{
    const struct axes *axes = &j->study->axes;
    bool ratio = spec->type == CLAIM_RATIO || spec->type == CLAIM_OVER;
    struct text metric = TEXT_INIT, other = TEXT_INIT;
    const char *method = j->study->methods[ratio ? QUANTITY_RATIO
                                                 : QUANTITY_DIFFERENCE].names[0].text;
    struct group g = group_first(axes, spec->among);

    if (spec->type == CLAIM_IMPROVEMENT || spec->type == CLAIM_EXCESS) {
        find_pair_rows(j, spec, part);
        return;
    }
    if (spec->type == CLAIM_RISE || spec->type == CLAIM_RISE_DIFFERENCE) {
        find_rise_rows(j, spec, part);
        return;
    }
    text_addf(&metric, "%s.%s", spec->metric, ratio ? "ratio" : "difference");
    judging_add_row(j, part, findings_find(j->findings, part->backend, spec->metric,
                                                spec->group, "", spec->point, NULL));
    do {
        const char *versus = spec->versus;
        if (!versus) {
            text_reset(&other);
            group_add(&other, axes, &g);
            versus = other.s;
        }
        if (strcmp(versus, spec->group)) {
            judging_add_row(j, part,
                         findings_find(j->findings, part->backend, spec->metric, versus,
                                       "", spec->point, NULL));
            long row = findings_find(j->findings, part->backend, metric.s, spec->group,
                                     versus, spec->point, method);
            if (row < 0) /* the two share people: by another method */
                row = findings_find(j->findings, part->backend, metric.s, spec->group,
                                    versus, spec->point, NULL);
            judging_add_row(j, part, row);
        }
    } while (!spec->versus && group_next(&g, axes, spec->among));
    if (spec->type == CLAIM_OVER) {
        static const char *const kinds[] = { "share", "base_share", "share_ratio" };
        for (int k = 0; k < 3; k++) {
            text_reset(&metric);
            text_addf(&metric, "%s.%s", spec->metric, kinds[k]);
            judging_add_row(j, part,
                         findings_find(j->findings, part->backend, metric.s,
                                       spec->group, "", spec->point, NULL));
        }
    }
    text_release(&metric);
    text_release(&other);
}

/* True if the tally leaves an n open that the claim may rest on. */
static bool is_ranged(const struct tally *t, const struct claim_spec *spec)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->counts[i].n_lo < t->counts[i].n_hi &&
            !strcmp(t->counts[i].metric, spec->metric) &&
            (!strcmp(t->counts[i].point, spec->point) ||
             (spec->before && !strcmp(t->counts[i].point, spec->before)) ||
             (spec->after && !strcmp(t->counts[i].point, spec->after))))
            return true;
    return false;
}

/* One other basis; `name` is that of an alternative, or NULL. */
static int judge_basis(struct judging *j, const struct claim *claim,
                       const struct basis *basis, const char *name, bool *same,
                       struct text *t)
{
    static const char *const ends[] = { "", "lowest", "highest" };
    enum verdict v;
    double p;
    int code = judge_all(j, basis, claim->spec, NULL, &v, &p);

    *same = v == claim->verdict;
    if (code || *same)
        return code;
    text_addf(t, "%swith ", t->len ? "; " : "");
    if (name)
        text_addf(t, "the counts '%s'%s", name, basis->group ? ", " : "");
    if (basis->paired)
        text_add(t, "the same faces paired at worst");
    if (basis->group)
        text_addf(t, "the %s n of the group and the %s n of the others",
                  ends[basis->group], ends[basis->versus]);
    text_addf(t, ": %s", verdict_word(v, j->study->evidence));
    return 0;
}

/* The four ends of the range of n: limits move one way with either n, so what is
 * between the ends cannot differ from all of them. */
static int judge_ends(struct judging *j, const struct claim *claim,
                      const struct tally *tally, const char *name, struct text *t)
{
    bool same;
    int code = 0;

    for (int a = N_LOW; a <= N_HIGH && !code; a++)
        for (int b = N_LOW; b <= N_HIGH && !code; b++) {
            struct basis basis = { tally, (enum corner)a, (enum corner)b, false };
            code = judge_basis(j, claim, &basis, name, &same, t);
        }
    return code;
}

/* What the verdict would be on every other basis that the print allows. */
static int judge_sensitivity(struct judging *j, struct claim *claim)
{
    struct text t = TEXT_INIT;
    bool ranged = is_ranged(j->e->tally, claim->spec);
    int code = ranged ? judge_ends(j, claim, j->e->tally, NULL, &t) : 0;

    for (size_t i = 0; i < j->study->n_alternatives && !code; i++) {
        const struct tally *other = &j->e->alternatives[i];
        const char *name = j->study->alternatives[i].name;
        struct basis basis = { other, N_STATED, N_STATED, false };
        bool same;
        code = judge_basis(j, claim, &basis, name, &same, &t);
        if (!code && same && is_ranged(other, claim->spec))
            code = judge_ends(j, claim, other, name, &t);
    }
    bool pairs = claim->spec->type == CLAIM_IMPROVEMENT ||
                 claim->spec->type == CLAIM_EXCESS;
    if (!code && pairs) {
        struct basis worst = { j->e->tally, N_STATED, N_STATED, true };
        bool same;
        code = judge_basis(j, claim, &worst, NULL, &same, &t);
    }
    if (!code && (ranged || j->study->n_alternatives || pairs))
        claim->sensitivity = t.len ? arena_strdup(&j->claims->arena, t.s)
            : pairs ? "the same with every n and every set of counts that the print "
                      "allows, and with the same faces paired at worst"
            : "the same with every n and every set of counts that the print allows";
    text_release(&t);
    return code;
}

static int judge_claim(struct judging *j, struct claim *claim)
{
    const struct claim_spec *spec = claim->spec;
    const char *backends[EVIDENCE_MAX];
    struct basis stated = { j->e->tally, N_STATED, N_STATED, false };

    claim->n_parts = spoken_of(j, spec, backends);
    claim->parts = arena_array(&j->claims->arena, claim->n_parts, sizeof *claim->parts);
    int code = judge_all(j, &stated, spec, claim->parts, &claim->verdict, &claim->p);
    for (size_t i = 0; i < claim->n_parts && !code; i++)
        find_rows(j, spec, &claim->parts[i]);
    if (!code)
        code = judge_sensitivity(j, claim);
    return code;
}

/* Holm over the claims that have a p. */
static void adjust_claims(struct judging *j)
{
    size_t n = j->claims->n;
    double *p = mem_array(n, sizeof *p), *holm = mem_array(n, sizeof *holm);

    for (size_t i = 0; i < n; i++)
        p[i] = j->claims->claims[i].p;
    adjust_holm(p, n, holm);
    for (size_t i = 0; i < n; i++) {
        struct claim *c = &j->claims->claims[i];
        c->p_holm = holm[i];
        c->undone = (c->verdict == VERDICT_YES || c->verdict == VERDICT_NO) &&
                    holm[i] > 1 - j->study->confidence;
    }
    free(p);
    free(holm);
}

int judge(const struct evidence *e, struct findings *findings, struct claims *claims,
          struct err *err)
{
    struct judging j = { .e = e, .study = e->study, .findings = findings,
                         .claims = claims, .err = err };
    long n = evidence_backends(e, j.backends, err);
    int code = 0;

    if (n < 0)
        return (int)n;
    j.n_backends = (size_t)n;
    for (size_t i = 0; i < claims->n && !code; i++) {
        struct claim *claim = &claims->claims[i];
        switch (claim->spec->type) {
        case CLAIM_PRINTED: code = judge_printed(&j, claim); break;
        case CLAIM_NOT_TESTABLE: claim->verdict = VERDICT_NOT_TESTABLE; break;
        default: code = judge_claim(&j, claim);
        }
    }
    if (!code)
        adjust_claims(&j);
    return code;
}
