/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/searches.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stats/compared_rows.h"
#include "stats/dist.h"
#include "stats/proportion.h"

static int by_pair(const void *a, const void *b)
{
    const struct search_hit *x = a, *y = b;

    if (x->probe != y->probe)
        return x->probe < y->probe ? -1 : 1;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return (x->likeness < y->likeness) - (x->likeness > y->likeness);
}

/* Equal scores by row, so that the order is the same everywhere. */
static int by_likeness(const void *a, const void *b)
{
    const struct search_hit *x = a, *y = b;

    if (x->likeness != y->likeness)
        return x->likeness > y->likeness ? -1 : 1;
    if (x->probe != y->probe)
        return x->probe < y->probe ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

static void find_searched(struct searches *s)
{
    const struct compared *c = s->c;
    const struct roster *probes = c->a.roster, *gallery = c->gallery.roster;
    bool *present = mem_array(c->persons, sizeof *present);

    s->searched = mem_array(probes->n, sizeof *s->searched);
    s->images = mem_array(c->persons, sizeof *s->images);
    for (size_t i = 0; i < gallery->n; i++) {
        present[c->gallery.person[i]] = true;
        s->images[c->gallery.person[i]] += roster_status(gallery, i) == STATUS_OK;
    }
    for (size_t i = 0; i < probes->n; i++)
        s->searched[i] = roster_status(probes, i) == STATUS_OK &&
                         !present[c->a.person[i]];
    free(present);
}

void searches_init(struct searches *s, const struct compared *c)
{
    const struct scores *scores = c->scores;
    size_t n = 0;

    assert(c->gallery.roster);
    *s = (struct searches){ .c = c };
    find_searched(s);
    s->hits = mem_array(scores->n_exceedances, sizeof *s->hits);
    for (size_t i = 0; i < scores->n_exceedances; i++) {
        const struct scores_pair *p = &scores->exceedances[i];
        if (s->searched[p->a])
            s->hits[s->n_hits++] = (struct search_hit){
                p->a, c->gallery.person[p->b], (float)compared_likeness(c, p->score) };
    }
    qsort(s->hits, s->n_hits, sizeof *s->hits, by_pair);
    for (size_t i = 0; i < s->n_hits; i++)
        if (!i || s->hits[i].probe != s->hits[i - 1].probe ||
            s->hits[i].person != s->hits[i - 1].person)
            s->hits[n++] = s->hits[i];
    s->n_hits = n;
    qsort(s->hits, s->n_hits, sizeof *s->hits, by_likeness);
}

void searches_release(struct searches *s)
{
    free(s->hits);
    free(s->searched);
    free(s->images);
    *s = (struct searches){ .c = NULL };
}

/* Marks the people of the gallery that have a sample with a template in the group. */
static bool *mark(const struct searches *s, const struct group *from)
{
    const struct compared_side *side = &s->c->gallery;
    const struct group all = group_all();
    bool *in = mem_array(s->c->persons, sizeof *in);

    for (size_t i = 0; i < side->roster->n; i++)
        if (roster_status(side->roster, i) == STATUS_OK &&
            compared_is_in(s->c, side, i, from ? from : &all))
            in[side->person[i]] = true;
    return in;
}

size_t searches_enrolled(const struct searches *s, const struct group *from)
{
    bool *in = mark(s, from);
    size_t n = 0;

    for (size_t i = 0; i < s->c->persons; i++)
        n += in[i];
    free(in);
    return n;
}

size_t searches_count(const struct searches *s, double threshold, const struct group *g,
                      const struct group *from, bool first, uint32_t *c)
{
    const struct compared_side *side = &s->c->a;
    double least = compared_likeness(s->c, threshold);
    size_t probes = 0;

    for (size_t i = 0; i < side->roster->n; i++)
        probes += s->searched[i] && compared_is_in(s->c, side, i, g);
    if (!c)
        return probes;
    bool *in = mark(s, from);
    bool *seen = mem_array(side->roster->n, sizeof *seen);
    memset(c, 0, side->roster->n * sizeof *c);
    for (size_t i = 0; i < s->n_hits && s->hits[i].likeness >= least; i++) {
        uint32_t probe = s->hits[i].probe;
        bool counts = in[s->hits[i].person] && !(first && seen[probe]);
        seen[probe] = true;
        if (counts && compared_is_in(s->c, side, probe, g))
            c[probe]++;
    }
    free(in);
    free(seen);
    return probes;
}

double searches_chance(uint64_t c, uint64_t gallery, uint64_t n)
{
    uint64_t few = c < n ? c : n, many = c < n ? n : c;
    double none = 0; /* log of the chance that none of the c is drawn */

    assert(c <= gallery && n <= gallery);
    if (!few)
        return 0;
    if (c + n > gallery)
        return 1;
    for (uint64_t i = 0; i < few; i++)
        none += log1p(-(double)many / (double)(gallery - i));
    return -expm1(none);
}

/* Trials and hits of the people whose probes are searched; counts of `c` are turned to
 * chances with n of N drawn. Returns how many people. */
static size_t sum_people(const struct searches *s, const struct group *g,
                         const uint32_t *c, size_t gallery, size_t n, double *m, double *x)
{
    const struct compared_side *side = &s->c->a;
    double *trials = mem_array(s->c->persons, sizeof *trials);
    double *hits = mem_array(s->c->persons, sizeof *hits);
    size_t people = 0;

    for (size_t i = 0; i < side->roster->n; i++)
        if (s->searched[i] && compared_is_in(s->c, side, i, g)) {
            trials[side->person[i]]++;
            hits[side->person[i]] += searches_chance(c[i], gallery, n);
        }
    for (size_t i = 0; i < s->c->persons; i++)
        if (trials[i] > 0) {
            m[people] = trials[i];
            x[people++] = hits[i];
        }
    free(trials);
    free(hits);
    return people;
}

/* Wilson's limits with Var = Σ S_s²/M²; false where people do not differ, and so nothing
 * tells how much others would. */
static bool limit_means(const struct people *p, double confidence, struct clustered *out)
{
    double squares = 0, rate = out->at.estimate;

    for (size_t i = 0; i < p->n; i++) {
        double sum = p->x[i] - rate * p->m[i];
        squares += sum * sum;
    }
    if (!(squares > 1e-12 * out->n && rate > 0 && rate < 1))
        return false;
    out->variance = squares / (out->n * out->n);
    out->n_eff = rate * (1 - rate) / out->variance;
    out->deff = out->n / out->n_eff;
    out->df = INFINITY;
    wilson_limits(rate * out->n_eff, out->n_eff, normal_two_sided(confidence), &out->at);
    out->at.estimate = rate;
    interval_clip(&out->at, 0, 1);
    return true;
}

int searches_subgallery(const struct searches *s, double threshold, const struct group *g,
                        size_t n, double confidence, struct clustered *out, struct err *err)
{
    struct clustered_how how = CLUSTERED_DEFAULTS;
    size_t gallery = searches_enrolled(s, NULL);
    uint32_t *c = mem_array(s->c->a.roster->n, sizeof *c);
    double *m = mem_array(s->c->persons, sizeof *m), *x = mem_array(s->c->persons, sizeof *x);

    assert(n <= gallery);
    how.confidence = confidence;
    searches_count(s, threshold, g, NULL, false, c);
    struct people all = { sum_people(s, g, c, gallery, n, m, x), m, x };
    int code = all.n ? people_wilson_t(&all, &how, out, err)
                     : err_add(err, ERR_INPUT, "no search, expected one or more");
    if (!code && n < gallery)
        limit_means(&all, confidence, out);
    free(c);
    free(m);
    free(x);
    return code;
}

static struct dyads make_dyads(const struct searches *s, const struct group *g,
                               const bool *in)
{
    const struct compared_side *side = &s->c->a;
    uint32_t *probes = mem_array(s->c->persons, sizeof *probes);
    uint32_t *people = mem_array(s->c->persons, sizeof *people);
    struct dyads d;

    for (size_t i = 0; i < side->roster->n; i++)
        if (s->searched[i] && compared_is_in(s->c, side, i, g))
            probes[side->person[i]]++;
    for (size_t i = 0; i < s->c->persons; i++)
        people[i] = in[i];
    dyads_across(&d, probes, people, s->c->persons);
    free(probes);
    free(people);
    return d;
}

bool searches_selectivity(const struct searches *s, double threshold,
                          const struct group *g, const struct group *from,
                          double confidence, struct clustered *out)
{
    const struct compared_side *side = &s->c->a;
    double least = compared_likeness(s->c, threshold);
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct scored_dyad *list = mem_array(s->n_hits, sizeof *list);
    bool *in = mark(s, from);
    struct dyads d = make_dyads(s, g, in);
    size_t n = 0, enrolled = 0;

    for (size_t i = 0; i < s->c->persons; i++)
        enrolled += in[i];
    for (size_t i = 0; i < s->n_hits; i++) {
        const struct search_hit *h = &s->hits[i];
        uint32_t person = side->person[h->probe];
        if (!in[h->person] || !compared_is_in(s->c, side, h->probe, g))
            continue;
        list[n++] = (struct scored_dyad){ person, h->person, h->likeness };
        if (h->likeness >= least)
            dyads_add(&d, person, h->person, 1);
    }
    how.confidence = confidence;
    bool made = d.comparisons > 0 && dyads_close(&d, NULL) == 0;
    if (made) {
        how.borrowed = clustered_borrow(&d, list, n);
        made = clustered_wilson_t(&d, &how, out, NULL) == 0;
    }
    if (made) {
        out->n /= (double)enrolled; /* searches */
        out->at.estimate *= (double)enrolled;
        out->at.lo *= (double)enrolled;
        out->at.hi *= (double)enrolled;
    }
    dyads_release(&d);
    free(list);
    free(in);
    return made;
}
