/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether `misid plan` keeps its word: for cells of rate, ratio, images a person and
 * dependence, the subjects it asks for, and in how many of so many simulated cohorts of
 * that size the interval of the difference then lies above 0 (Wilson-t, MOVER).
 *
 *     bench/perf/power [--quick] [--json]
 *
 * The cohorts are those of power.h's latent scores. A rate with fewer than
 * ten errors borrows the design effect of a threshold with about fifteen.
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "stats/clustered.h"
#include "stats/methods.h"
#include "stats/power.h"
#include "stats/streams.h"

struct cell {
    enum power_trials trials;
    double rate, ratio, images, person;
};

static const struct cell cells[] = {
    { POWER_DYADS, 1e-2, 3, 1, 0 },    { POWER_DYADS, 1e-2, 3, 1, .1 },
    { POWER_DYADS, 1e-2, 3, 2, .1 },   { POWER_DYADS, 1e-3, 5, 1, .1 },
    { POWER_DYADS, 1e-3, 5, 2, .1 },   { POWER_DYADS, 1e-3, 2, 2, 0 },
    { POWER_DYADS, 1e-4, 5, 2, .1 },   { POWER_DYADS, 1e-3, 5, 2, .2 },
    { POWER_PEOPLE, .05, 2, 1, .3 },   { POWER_PEOPLE, .02, 3, 4, .3 },
};

struct work {
    const struct cell *cell;
    struct power_plan plan;
    bool *shown; /* a cohort */
};

/* The errors of one group at a threshold, and at a more lenient one. */
static void draw_dyads(const struct power_plan *plan, double p, gsl_rng *rng,
                       struct dyads *strict, struct dyads *lenient)
{
    size_t people = (size_t)plan->subjects, images = (size_t)plan->images;
    const struct power_dependence *d = &plan->dependence;
    double *a = mem_array(people, sizeof *a), *b = mem_array(people * images, sizeof *b);
    double pair = images > 1 ? sqrt(d->pair) : 0;
    double rest = sqrt(1 - d->person - d->image - pair * pair);
    double high = gsl_cdf_ugaussian_Qinv(p), low = gsl_cdf_ugaussian_Qinv(
               fmin(.5, fmax(p, 15 / power_comparisons(plan))));

    for (size_t i = 0; i < people; i++)
        a[i] = sqrt(d->person / 2) * gsl_ran_ugaussian(rng);
    for (size_t i = 0; i < people * images; i++)
        b[i] = a[i / images] + sqrt(d->image / 2) * gsl_ran_ugaussian(rng);
    for (size_t i = 0; i < people; i++)
        for (size_t j = i + 1; j < people; j++) {
            double shared = pair > 0 ? pair * gsl_ran_gaussian_ziggurat(rng, 1) : 0;
            double strict_hits = 0, lenient_hits = 0;
            for (size_t k = i * images; k < (i + 1) * images; k++)
                for (size_t l = j * images; l < (j + 1) * images; l++) {
                    double s = b[k] + b[l] + shared +
                               rest * gsl_ran_gaussian_ziggurat(rng, 1);
                    strict_hits += s >= high;
                    lenient_hits += s >= low;
                }
            if (strict_hits > 0)
                dyads_add(strict, (uint32_t)i, (uint32_t)j, strict_hits);
            if (lenient_hits > 0)
                dyads_add(lenient, (uint32_t)i, (uint32_t)j, lenient_hits);
        }
    free(a);
    free(b);
}

static struct interval rate_of_dyads(const struct power_plan *plan, double p, gsl_rng *rng)
{
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct clustered out, more;
    struct dyads strict, lenient;
    uint32_t *images = mem_array((size_t)plan->subjects, sizeof *images);

    for (size_t i = 0; i < (size_t)plan->subjects; i++)
        images[i] = (uint32_t)plan->images;
    dyads_within(&strict, images, (size_t)plan->subjects);
    dyads_within(&lenient, images, (size_t)plan->subjects);
    draw_dyads(plan, p, rng, &strict, &lenient);
    if (dyads_close(&strict, NULL) < 0 || dyads_close(&lenient, NULL) < 0)
        abort();
    if (lenient.n_erring >= DYADS_TO_BORROW &&
        !clustered_wilson_t(&lenient, &how, &more, NULL))
        how.borrowed = more.deff;
    if (clustered_wilson_t(&strict, &how, &out, NULL) < 0)
        abort();
    dyads_release(&strict);
    dyads_release(&lenient);
    free(images);
    return out.at;
}

static struct interval rate_of_people(const struct power_plan *plan, double p, gsl_rng *rng)
{
    size_t people = (size_t)plan->subjects;
    double *m = mem_array(people, sizeof *m), *x = mem_array(people, sizeof *x);
    double high = gsl_cdf_ugaussian_Qinv(p), own = sqrt(plan->dependence.person);
    double rest = sqrt(1 - plan->dependence.person);
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct clustered out;

    for (size_t i = 0; i < people; i++) {
        double a = own * gsl_ran_ugaussian(rng);
        m[i] = plan->images;
        for (size_t k = 0; k < (size_t)plan->images; k++)
            x[i] += a + rest * gsl_ran_ugaussian(rng) >= high;
    }
    const struct people c = { people, m, x };
    if (people_wilson_t(&c, &how, &out, NULL) < 0)
        abort();
    free(m);
    free(x);
    return out.at;
}

static void cohort(void *self, size_t item, size_t worker, gsl_rng *rng)
{
    struct work *w = self;
    struct interval (*rate)(const struct power_plan *, double, gsl_rng *) =
        w->cell->trials == POWER_DYADS ? rate_of_dyads : rate_of_people;

    (void)worker;
    stream_begin(rng, 20180209, item);
    struct interval a = rate(&w->plan, w->cell->rate, rng);
    struct interval b = rate(&w->plan, w->cell->rate * w->cell->ratio, rng);
    w->shown[item] = b.estimate - a.estimate >
                     hypot(b.estimate - b.lo, a.hi - a.estimate);
}

static void report(const struct work *w, size_t cohorts, double simulated,
                   struct json_out *json)
{
    double planned = power_of(&w->plan, w->cell->rate, w->cell->rate * w->cell->ratio);
    bool dyads = w->cell->trials == POWER_DYADS;

    if (!json) {
        printf("%-7s rate %-6g ratio %g, %g image%s a person, rho %g: %5g subjects, planned "
               "%.3f, simulated %.3f\n", dyads ? "dyads" : "people", w->cell->rate,
               w->cell->ratio, w->cell->images, w->cell->images > 1 ? "s" : " ",
               w->cell->person, w->plan.subjects, planned, simulated);
        return;
    }
    json_map(json, NULL);
    json_string(json, "trials", dyads ? "dyads" : "people");
    json_number(json, "rate", w->cell->rate);
    json_number(json, "ratio", w->cell->ratio);
    json_number(json, "images", w->cell->images);
    json_number(json, "rho", w->cell->person);
    json_number(json, "subjects", w->plan.subjects);
    json_number(json, "planned", planned);
    json_number(json, "simulated", simulated);
    json_int(json, "cohorts", (int64_t)cohorts);
    json_end(json);
}

int main(int argc, char **argv)
{
    bool quick = false, as_json = false;
    struct text text = TEXT_INIT;
    struct json_out json = json_out(&text);

    for (int i = 1; i < argc; i++) {
        quick |= !strcmp(argv[i], "--quick");
        as_json |= !strcmp(argv[i], "--json");
        if (strcmp(argv[i], "--quick") && strcmp(argv[i], "--json")) {
            fprintf(stderr, "usage: power [--quick] [--json]\n");
            return 2;
        }
    }
    stats_start();
    size_t cohorts = quick ? 400 : 4000;
    json_list(&json, NULL);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        const struct cell *c = &cells[i];
        struct work w = { .cell = c };
        struct err err = ERR_INIT;
        size_t shown = 0;
        w.plan = (struct power_plan){ c->trials, power_assume(c->person), 0, c->images, .95 };
        if (power_subjects(&w.plan, c->rate, c->rate * c->ratio, .8, &w.plan.subjects,
                           &err) < 0) {
            fprintf(stderr, "power: %s\n", err_text(&err));
            return 2;
        }
        w.shown = mem_array(cohorts, sizeof *w.shown);
        streams_run(cohorts, 2, cohort, &w);
        for (size_t k = 0; k < cohorts; k++)
            shown += w.shown[k];
        free(w.shown);
        report(&w, cohorts, (double)shown / (double)cohorts, as_json ? &json : NULL);
        fflush(stdout);
    }
    json_end(&json);
    if (as_json)
        fputs(text.s, stdout);
    text_release(&text);
    return 0;
}
