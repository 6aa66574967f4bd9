/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/comparing_own.h"

#include <math.h>

#include "cli/own_scores.h"

static size_t gallery_size(const struct comparing *c)
{
    return c->gallery.request ? c->gallery.roster.n : 0;
}

int comparing_own_check(const struct comparing *c, const struct backend *b, bool changes,
                        struct err *err)
{
    const bool gallery = c->gallery.request != NULL;

    if (!(b->capabilities & MISID_TEMPLATE))
        return err_add(err, ERR_INPUT, "run: the backend %s gives no templates, expected one "
                       "that does", b->name);
    if (!b->own_scores)
        return 0;
    if (!b->compare && !own_scores_searches(b, gallery))
        return err_add(err, ERR_INPUT, "run: the backend %s gives templates that only it can "
                       "compare, and %s, expected one that compares two", b->name,
                       gallery ? "neither searches nor compares two"
                               : "it searches galleries only");
    if (changes)
        return err_add(err, ERR_INPUT, "run: the backend %s gives templates that only it can "
                       "compare, and this study changes images, expected one whose "
                       "templates can be compared outside of it", b->name);
    return own_scores_fit(b, c->set.roster.n, gallery_size(c), err);
}

struct backend_plan comparing_own_plan(const struct comparing *c, const struct backend *b)
{
    const size_t n = c->set.roster.n, gallery = gallery_size(c);

    return b->own_scores ? own_scores_plan(b, n, gallery)
                         : (struct backend_plan){ .images = n + gallery };
}

static void add_fact(struct study *s, const struct backend *b, const struct own_scores *own,
                     const char *unseen)
{
    struct text t = TEXT_INIT;
    char number[NUM_MAX];

    text_addf(&t, "%s formed them, of %llu pairs.", b->name, (unsigned long long)own->pairs);
    if (own->none)
        text_addf(&t, " %llu pairs got no score and count as non-matches.",
                  (unsigned long long)own->none);
    if (own->below)
        text_addf(&t, " %llu were not among what a search returned and count as less alike "
                  "than all that were.", (unsigned long long)own->below);
    if (!isnan(own->known))
        text_addf(&t, " Its searches do not return everybody: who matches is known beyond a "
                  "score of %s only.", num_shortest(number, own->known));
    if (unseen)
        text_addf(&t, " So its own threshold %s is left out.", unseen);
    study_add_fact(s, "The matcher's own scores", t.s);
    text_release(&t);
}

/* The matcher's own thresholds: those at which it is known who matches, and the others. */
static void split_native(struct arena *arena, const struct backend *b,
                         const struct own_scores *own, const char **seen,
                         const char **unseen)
{
    double *numbers = arena_array(arena, 2 * b->n_native, sizeof *numbers);
    double *others = numbers + b->n_native;
    size_t n = 0, n_others = 0;

    for (size_t i = 0; i < b->n_native; i++) {
        const double t = b->native[i];
        if (isnan(own->known) || (b->score_is_distance ? t < own->known : t > own->known))
            numbers[n++] = t;
        else
            others[n_others++] = t;
    }
    *seen = comparing_numbers(arena, numbers, n);
    *unseen = comparing_numbers(arena, others, n_others);
}

int comparing_own_ask(struct comparing *c, struct study *s, size_t i,
                      struct score_request *r, struct err *err)
{
    struct backend *b = c->says[i].backend;
    struct scored_wish *wish = &c->wishes[i];
    const struct own_scores_request request = {
        .backend = b, .a = &c->says[i].outputs,
        .b = c->gallery.request ? &c->gallery_says[i].outputs : NULL,
        .dir = r->out, .threads = comparing_threads(c), .quiet = c->request->quiet,
    };
    struct own_scores own;
    const char *unseen = NULL;
    int code = own_scores_make(&request, &own, err);

    if (code)
        return code;
    r->own = arena_printf(&s->arena, "%s/own.npy", r->out);
    r->own_gaps = own.none || own.below;
    r->own_known = own.known;
    r->similarity = similarity_names[b->score_is_distance ? SIMILARITY_OWN_DISTANCE
                                                          : SIMILARITY_OWN];
    if (own.listed && (double)own.listed < r->top)
        r->top = (double)own.listed;
    if (wish->points_called) /* a service may tell them only as it answers */
        split_native(&s->arena, b, &own, &r->thresholds, &unseen);
    if (!r->thresholds) { /* only target FMRs matter: one that no two reach by chance */
        wish->points_called = NULL;
        r->thresholds = comparing_numbers(&s->arena, &own.best, 1);
    }
    add_fact(s, b, &own, unseen);
    return 0;
}

void comparing_own_tell(const struct comparing *c, struct study *s)
{
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < c->n; i++)
        if (c->scored[i].left_out)
            text_addf(&t, "%s%s at %s: the scores that it gave do not reach so far down.",
                      t.len ? " " : "", c->names[i], c->scored[i].left_out);
    if (t.len)
        study_add_fact(s, "Left out", t.s);
    text_release(&t);
}
