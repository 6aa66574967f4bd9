/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/own_study.h"

#include <string.h>

#include "cli/fit_study.h"
#include "model/metric.h"

/* Those of the study, without captions, which speak of the original's numbers; then
 * its own. */
static void begin_charts(struct study *s, unsigned usable)
{
    size_t most = s->n_charts + s->own.n_charts, n = 0;
    struct study_chart *charts = arena_array(&s->arena, most, sizeof *charts);

    for (size_t i = 0; i < most; i++) {
        bool own = i >= s->n_charts;
        struct study_chart c = own ? s->own.charts[i - s->n_charts] : s->charts[i];
        unsigned axes = c.by | fit_axes_of(s, c.group) | fit_axes_of(s, c.versus);
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
    s->n_facts = 0;
    s->title = s->own.title;
    if (s->own.question)
        s->question = s->own.question;
}

int own_study_begin(struct study *s, struct roster *r, const struct dataset *d,
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
    int code = fit_axes(s, r, NULL, err);
    if (code)
        return code;
    unsigned usable = fit_usable(s, r), all = ~0u >> (32 - s->axes.n);
    unsigned *by = arena_array(&s->arena, s->n_by + s->own.n_by, sizeof *by);
    struct text t = TEXT_INIT;

    begin_prose(s, r, d, live);
    fit_say_drawn(s, r);
    s->n_by = fit_sets(s, by, fit_sets(s, by, 0, s->by, s->n_by, usable), s->own.by,
                        s->own.n_by, usable);
    s->by = by;
    s->n_shares = fit_sets(s, s->shares, 0, s->shares, s->n_shares, usable);
    s->n_spread = fit_sets(s, s->spread, 0, s->spread, s->n_spread, usable);
    fit_contrasts(s, usable, false);
    fit_claims(s, usable, false);
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
        study_add_fact(s, "Not counted by", t.s);
    }
    text_release(&t);
    s->own.n_by = s->own.n_charts = s->own.n_caveats = 0; /* they are the study's now */
    return 0;
}

static void add_set(const struct study *s, unsigned *sets, size_t *n, unsigned set)
{
    for (size_t i = 0; i < *n; i++)
        if (sets[i] == set)
            return;
    if (*n < OWN_MAX_SETS && fit_groups(s, set) <= STUDY_MAX_GROUPS)
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
        add_set(s, sets, &n, fit_axes_of(s, s->contrasts[i].group));
        add_set(s, sets, &n, fit_axes_of(s, s->contrasts[i].versus));
    }
    for (size_t i = 0; i < s->n_claims; i++) {
        const struct claim_spec *c = &s->claims[i];
        if (c->type == CLAIM_NOT_TESTABLE)
            continue;
        add_set(s, sets, &n, c->among);
        add_set(s, sets, &n, fit_axes_of(s, c->group));
        add_set(s, sets, &n, fit_axes_of(s, c->versus));
    }
    for (size_t i = 0; i < s->n_charts; i++) {
        add_set(s, sets, &n, s->charts[i].by);
        add_set(s, sets, &n, fit_axes_of(s, s->charts[i].group));
    }
    return n;
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

    if (!fit_is_counted(s, t, c->metric, c->group) || !fit_is_counted(s, t, c->metric, c->versus))
        return false;
    if (!strcmp(c->chart.text, "forest")) {
        for (size_t i = 0; i < s->n_contrasts; i++)
            any |= !strcmp(s->contrasts[i].metric, c->metric);
    } else if (!strcmp(c->chart.text, "rivals")) {
        for (size_t i = 0; i < t->n; i++)
            any |= metric_find(t->counts[i].metric)->rival && t->counts[i].axes == c->by;
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

void own_study_end(struct study *s, const struct tally *t)
{
    size_t n = 0;

    end_metrics(s, t);
    for (size_t i = 0; i < s->n_contrasts; i++)
        if (fit_is_counted(s, t, s->contrasts[i].metric, s->contrasts[i].group) &&
            fit_is_counted(s, t, s->contrasts[i].metric, s->contrasts[i].versus))
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
                fit_cannot_test(c, arena_printf(&s->arena, "It is about %s, of which there are "
                                            "no answers in this run.", c->backends[k]));
                break;
            }
        }
        if (c->type != CLAIM_NOT_TESTABLE && (!fit_is_counted(s, t, c->metric, c->group) ||
                                              !fit_is_counted(s, t, c->metric, c->versus)))
            fit_cannot_test(c, "Nobody of one of its groups was classified.");
    }
    n = 0;
    for (size_t i = 0; i < s->n_charts; i++)
        if (is_drawable(s, t, &s->charts[i]))
            s->charts[n++] = s->charts[i];
    s->n_charts = n;
    fit_answer(s, t);
}
