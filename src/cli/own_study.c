/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/own_study.h"

#include <string.h>

#include "model/metric.h"

#define FACTS_MAX 16

/* The axes that some sample has one of the study's values on. */
static unsigned usable_axes(const struct study *s, const struct roster *r)
{
    unsigned usable = 0;

    for (size_t a = 0; a < s->axes.n; a++) {
        const struct axis *axis = &s->axes.axes[a];
        long at = roster_attribute(r, axis->name);
        for (size_t row = 0; at >= 0 && row < r->n && !(usable & 1u << a); row++)
            if (axis_find(axis, roster_value(r, row, (size_t)at)) >= 0)
                usable |= 1u << a;
    }
    return usable;
}

/* Those of a list of sets that are within `usable`, once each, behind what is in
 * `to` already. */
static size_t keep_sets(unsigned *to, size_t n, const unsigned *sets, size_t n_sets,
                        unsigned usable)
{
    for (size_t i = 0; i < n_sets; i++) {
        size_t k = 0;
        while (k < n && to[k] != sets[i])
            k++;
        if (k == n && !(sets[i] & ~usable))
            to[n++] = sets[i];
    }
    return n;
}

static unsigned axes_of(const struct study *s, const char *group)
{
    struct group g;

    return group && group_parse(&g, &s->axes, group, NULL) == 0
               ? group_axes(&g, s->axes.n) : 0;
}

/* A claim that these predictions say nothing of. */
static void cannot_test(struct claim_spec *c, const char *why)
{
    c->type = CLAIM_NOT_TESTABLE;
    c->why = why;
    c->before = c->after = NULL;
    c->against = NULL;
    c->n_against = 0;
    c->among = 0;
    c->point = "";
    c->n_backends = 0;
}

static void begin_claims(struct study *s, unsigned usable)
{
    for (size_t i = 0; i < s->n_claims; i++) {
        struct claim_spec *c = &s->claims[i];
        unsigned axes = c->among | axes_of(s, c->group) | axes_of(s, c->versus);
        if (c->plain)
            c->says = c->plain;
        if (c->type == CLAIM_PRINTED)
            cannot_test(c, "It is about figures that the original printed of its own "
                        "classifiers; other predictions neither bear it out nor refute it.");
        else if (c->type == CLAIM_NOT_TESTABLE)
            cannot_test(c, "The study states no test of it.");
        else if (c->n_against || c->before || (*c->point && !study_dose_at(s, c->point)))
            cannot_test(c, "It compares backends or operating points of the original, which "
                        "these predictions have none of.");
        else if (axes & ~usable)
            cannot_test(c, "The data set does not say who belongs to its groups.");
    }
}

static void begin_contrasts(struct study *s, unsigned usable)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_contrasts; i++) {
        const struct study_contrast *c = &s->contrasts[i];
        if (!c->point && !((axes_of(s, c->group) | axes_of(s, c->versus)) & ~usable))
            s->contrasts[n++] = *c;
    }
    s->n_contrasts = n;
}

/* Those of the study, without captions, which speak of the original's numbers; then
 * its own. */
static void begin_charts(struct study *s, unsigned usable)
{
    size_t most = s->n_charts + s->own.n_charts, n = 0;
    struct study_chart *charts = arena_array(&s->arena, most, sizeof *charts);

    for (size_t i = 0; i < most; i++) {
        bool own = i >= s->n_charts;
        struct study_chart c = own ? s->own.charts[i - s->n_charts] : s->charts[i];
        unsigned axes = c.by | axes_of(s, c.group) | axes_of(s, c.versus);
        if (!own)
            c.caption = NULL;
        if (!(axes & ~usable) && (!c.point || study_dose_at(s, c.point)))
            charts[n++] = c;
    }
    s->charts = charts;
    s->n_charts = n;
}

static void begin_prose(struct study *s, const struct roster *r, const struct dataset *d,
                        bool live)
{
    static const char not_verified[] =
        "The predictions were supplied by whoever made this run. misid has not verified "
        "that a classifier gave these answers to these images, nor which version did.";
    static const char as_it_was[] =
        "The answers are those of the backends as they were set up for this run; with other "
        "options, models or versions they may be others. backend.json says which these "
        "were.";
    static const char one_each[] =
        "The data set does not say which images show the same person. Each image is taken "
        "for a person of its own; if people have several, the intervals are too narrow.";
    const char **caveats = arena_array(&s->arena, s->own.n_caveats + 2, sizeof *caveats);
    const char **cite = arena_array(&s->arena, s->n_cite + 1, sizeof *cite);

    for (size_t i = 0; i < s->own.n_caveats; i++)
        caveats[i] = s->own.caveats[i];
    s->n_caveats = s->own.n_caveats;
    caveats[s->n_caveats++] = live ? as_it_was : not_verified;
    if (!r->has_subjects)
        caveats[s->n_caveats++] = one_each;
    cite[0] = arena_printf(&s->arena, "Faces and labels: %s", d->source);
    for (size_t i = 0; i < s->n_cite; i++)
        cite[i + 1] = arena_printf(&s->arena, "Claims tested: %s", s->cite[i]);
    s->caveats = caveats;
    s->cite = cite;
    s->n_cite++;
    s->facts = arena_array(&s->arena, FACTS_MAX, sizeof *s->facts);
    s->n_facts = 0;
    s->title = s->own.title;
    if (s->own.question)
        s->question = s->own.question;
}

void own_study_add_fact(struct study *s, const char *name, const char *text)
{
    if (s->n_facts < FACTS_MAX)
        s->facts[s->n_facts++] = (struct study_fact){ arena_strdup(&s->arena, name),
                                                      arena_strdup(&s->arena, text) };
}

int own_study_begin(struct study *s, const struct roster *r, const struct dataset *d,
                    bool live, struct err *err)
{
    if (!s->own.there)
        return err_add(err, ERR_INPUT, "%s: says nothing of predictions of one's own, "
                       "expected a study with the key own", s->path);
    if (s->n_doses && !live)
        return err_add(err, ERR_INPUT, "%s: doses: the study changes the images before they "
                       "are answered to, expected --backend in place of --predictions",
                       s->path);
    if (roster_attribute(r, s->own.target) < 0)
        return err_add(err, ERR_INPUT, "%s: own.target: the data set '%s' has no attribute "
                       "'%s', expected one to hold the answers against", s->path, d->name,
                       s->own.target);
    unsigned usable = usable_axes(s, r), all = ~0u >> (32 - s->axes.n);
    unsigned *by = arena_array(&s->arena, s->n_by + s->own.n_by, sizeof *by);
    struct text t = TEXT_INIT;

    begin_prose(s, r, d, live);
    s->n_by = keep_sets(by, keep_sets(by, 0, s->by, s->n_by, usable), s->own.by,
                        s->own.n_by, usable);
    s->by = by;
    s->n_shares = keep_sets(s->shares, 0, s->shares, s->n_shares, usable);
    s->n_spread = keep_sets(s->spread, 0, s->spread, s->n_spread, usable);
    begin_contrasts(s, usable);
    begin_claims(s, usable);
    begin_charts(s, usable);
    s->n_alternatives = s->n_changes = s->n_rivals = s->n_backends = 0;
    s->evidence = EVIDENCE_NEW;
    for (size_t i = 0; i < s->own.n_same_kind; i++)
        if (!strcmp(s->own.same_kind[i], d->name))
            s->evidence = EVIDENCE_REPLICATION;
    s->dataset = arena_strdup(&s->arena, d->name);
    for (size_t a = 0; a < s->axes.n; a++)
        if ((all & ~usable) & 1u << a)
            text_addf(&t, "%s%s", t.len ? ", " : "", s->axes.axes[a].name);
    if (t.len) {
        text_add(&t, ": the data set has no value of the study's on it.");
        own_study_add_fact(s, "Not counted by", t.s);
    }
    text_release(&t);
    s->own.n_by = s->own.n_charts = s->own.n_caveats = 0; /* they are the study's now */
    return 0;
}

static double groups_of(const struct study *s, unsigned set)
{
    double n = 1;

    for (size_t a = 0; a < s->axes.n; a++)
        n *= set & 1u << a ? (double)s->axes.axes[a].n : 1;
    return n;
}

static void add_set(const struct study *s, unsigned *sets, size_t *n, unsigned set)
{
    for (size_t i = 0; i < *n; i++)
        if (sets[i] == set)
            return;
    if (*n < OWN_MAX_SETS && groups_of(s, set) <= STUDY_MAX_GROUPS)
        sets[(*n)++] = set;
}

size_t own_study_sets(const struct study *s, unsigned *sets)
{
    size_t n = 0;

    add_set(s, sets, &n, 0);
    for (size_t i = 0; i < s->n_by; i++)
        add_set(s, sets, &n, s->by[i]);
    for (size_t i = 0; i < s->n_shares; i++)
        add_set(s, sets, &n, s->shares[i]);
    for (size_t i = 0; i < s->n_spread; i++)
        add_set(s, sets, &n, s->spread[i]);
    for (size_t i = 0; i < s->n_contrasts; i++) {
        add_set(s, sets, &n, axes_of(s, s->contrasts[i].group));
        add_set(s, sets, &n, axes_of(s, s->contrasts[i].versus));
    }
    for (size_t i = 0; i < s->n_claims; i++) {
        const struct claim_spec *c = &s->claims[i];
        if (c->type == CLAIM_NOT_TESTABLE)
            continue;
        add_set(s, sets, &n, c->among);
        add_set(s, sets, &n, axes_of(s, c->group));
        add_set(s, sets, &n, axes_of(s, c->versus));
    }
    for (size_t i = 0; i < s->n_charts; i++) {
        add_set(s, sets, &n, s->charts[i].by);
        add_set(s, sets, &n, axes_of(s, s->charts[i].group));
    }
    return n;
}

/* True if some backend has counts of the group. */
static bool is_counted(const struct study *s, const struct tally *t, const char *metric,
                       const char *group)
{
    struct group g;

    if (!group)
        return true;
    if (group_parse(&g, &s->axes, group, NULL) < 0)
        return false;
    for (size_t i = 0; i < t->n; i++)
        if (!strcmp(t->counts[i].metric, metric) &&
            group_equal(&t->counts[i].group, &g, s->axes.n))
            return true;
    return false;
}

static bool has_metric(const struct tally *t, const char *metric)
{
    for (size_t i = 0; i < t->n_series; i++)
        if (!strcmp(t->series[i].metric, metric))
            return true;
    return false;
}

static void end_metrics(struct study *s, const struct tally *t)
{
    size_t n;
    const struct metric *all = metric_table(&n);

    s->metrics = arena_array(&s->arena, n, sizeof *s->metrics);
    s->n_metrics = 0;
    for (size_t i = 0; i < n; i++)
        if (has_metric(t, all[i].name) && !all[i].rival)
            s->metrics[s->n_metrics++] = (struct study_name){ all[i].name, 0 };
}

/* True if a chart has something to show: contrasts, a share of some errors, or rates
 * of the groups that it is drawn by. */
static bool is_drawable(const struct study *s, const struct tally *t,
                        const struct study_chart *c)
{
    bool any = false;

    if (!is_counted(s, t, c->metric, c->group) || !is_counted(s, t, c->metric, c->versus))
        return false;
    if (!strcmp(c->chart.text, "forest")) {
        for (size_t i = 0; i < s->n_contrasts; i++)
            any |= !strcmp(s->contrasts[i].metric, c->metric);
    } else if (!strcmp(c->chart.text, "composition")) {
        for (size_t i = 0; i < t->n; i++)
            any |= !strcmp(t->counts[i].metric, c->metric) && !t->counts[i].axes &&
                   t->counts[i].x > 0;
    } else {
        for (size_t i = 0; i < t->n; i++)
            any |= !strcmp(t->counts[i].metric, c->metric) && t->counts[i].axes == c->by;
    }
    return any;
}

/* The rate that the answer's claim is about, of every backend that has it, as
 * placeholders; "" where a name would break them. */
static void add_numbers(const struct study *s, const struct tally *t,
                        const struct claim_spec *c, struct text *to)
{
    const char *backends[TALLY_MAX_SERIES];
    size_t n = tally_backends(t, backends, TALLY_MAX_SERIES), start = to->len;
    struct text scratch = TEXT_INIT;
    struct group g;

    if (!c->group || group_parse(&g, &s->axes, c->group, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        if (!tally_find(t, backends[i], c->metric, "", &g))
            continue;
        if (strpbrk(backends[i], "{|}") || i > 8) {
            to->s[to->len = start] = '\0';
            break;
        }
        if (to->len == start)
            text_addf(to, " %s of %s:", metric_find(c->metric)->title,
                      study_label(s, c->group, &scratch));
        text_addf(to, "%s %s {%s|%s|%s|ci}", to->s[to->len - 1] == ':' ? "" : ",",
                  backends[i], c->metric, backends[i], c->group);
    }
    if (to->len > start)
        text_addch(to, '.');
    text_release(&scratch);
}

static void end_answer(struct study *s, const struct tally *t)
{
    struct text numbers = TEXT_INIT;
    const struct claim_spec *c = NULL;

    for (size_t i = 0; s->answer.claim && i < s->n_claims; i++)
        if (!strcmp(s->claims[i].id, s->answer.claim))
            c = &s->claims[i];
    if (!c || s->n_doses) /* what breaks at which dose is answered of the findings */
        return;
    add_numbers(s, t, c, &numbers);
    s->answer.yes = arena_printf(&s->arena, "Yes, these predictions show it. %s%s", c->says,
                                 numbers.s);
    s->answer.no = arena_printf(&s->arena, "No, these predictions show otherwise than the "
                                "claim: %s%s", c->says, numbers.s);
    s->answer.open = arena_printf(&s->arena, "These predictions do not settle the claim: "
                                  "%s%s", c->says, numbers.s);
    text_release(&numbers);
}

void own_study_end(struct study *s, const struct tally *t)
{
    size_t n = 0;

    end_metrics(s, t);
    for (size_t i = 0; i < s->n_contrasts; i++)
        if (is_counted(s, t, s->contrasts[i].metric, s->contrasts[i].group) &&
            is_counted(s, t, s->contrasts[i].metric, s->contrasts[i].versus))
            s->contrasts[n++] = s->contrasts[i];
    s->n_contrasts = n;
    for (size_t i = 0; i < s->n_claims; i++) {
        struct claim_spec *c = &s->claims[i];
        if (c->type == CLAIM_NOT_TESTABLE)
            continue;
        for (size_t k = 0; k < c->n_backends; k++) {
            const char *known[TALLY_MAX_SERIES];
            size_t all = tally_backends(t, known, TALLY_MAX_SERIES), b = 0;
            while (b < all && strcmp(known[b], c->backends[k]))
                b++;
            if (b == all) {
                cannot_test(c, arena_printf(&s->arena, "It is about %s, of which there are "
                                            "no answers in this run.", c->backends[k]));
                break;
            }
        }
        if (c->type != CLAIM_NOT_TESTABLE && (!is_counted(s, t, c->metric, c->group) ||
                                              !is_counted(s, t, c->metric, c->versus)))
            cannot_test(c, "Nobody of one of its groups was classified.");
    }
    n = 0;
    for (size_t i = 0; i < s->n_charts; i++)
        if (is_drawable(s, t, &s->charts[i]))
            s->charts[n++] = s->charts[i];
    s->n_charts = n;
    end_answer(s, t);
}
