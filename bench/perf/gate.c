/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a gate is worth: how often it calls a regression where nothing changed, and how
 * often it finds one of the size that `misid plan` calls detectable with a power of 90 %.
 *
 *     bench/perf/gate [--quick] [--json]
 *
 * Groups of a family are tested together (stats/decide.h); the regression is planted in
 * one of them, at the size that the planner gives for the confidence that Holm's first
 * step asks of it, 1 - .05/groups, then at half of it. Kinds of runs:
 *
 *   fresh people    a classifier on other people every night, one image each
 *   same people     on the same, of whom a tenth answer anew every night
 *   several images  other people every night, four images each that hang together
 *   comparisons     false matches of all pairs of other people every night
 *   speed           a throughput of 0.9 is allowed; 30 nights to learn the noise from
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "stats/decide.h"
#include "stats/dist.h"
#include "stats/methods.h"
#include "stats/power.h"
#include "stats/versus.h"

#define CONFIDENCE .95
enum { GROUPS_MOST = 8, BASE_NIGHTS = 10, NOISE_NIGHTS = 30 };

enum kind { FRESH, SAME, SEVERAL, COMPARISONS, SPEED, KINDS };
static const struct cell {
    const char *name;
    size_t groups, subjects, images;
    double rate, person; /* correlation of a person's errors, latent */
} cells[KINDS] = {
    [FRESH] = { "fresh people", 8, 800, 1, .05, 0 },
    [SAME] = { "same people", 8, 800, 1, .05, 0 },
    [SEVERAL] = { "several images", 4, 300, 4, .05, .3 },
    [COMPARISONS] = { "comparisons", 4, 120, 1, 1e-2, .1 },
    [SPEED] = { "speed", 1, 0, 0, 0, 0 },
};

/* A rate with what it owns. */
struct drawn {
    struct tally_people people;
    uint32_t *subject;
    double *trials, *hits;
    struct dyads dyads;
};

static double latent(gsl_rng *rng)
{
    return gsl_ran_gaussian_ziggurat(rng, 1);
}

/* Persons are numbered from `first`. */
static struct rate draw_people(const struct cell *c, double p, size_t first, gsl_rng *rng,
                               struct drawn *d)
{
    double at = gsl_cdf_ugaussian_Qinv(p), x = 0;

    d->subject = mem_array(c->subjects, sizeof *d->subject);
    d->trials = mem_array(c->subjects, sizeof *d->trials);
    d->hits = mem_array(c->subjects, sizeof *d->hits);
    for (size_t i = 0; i < c->subjects; i++) {
        double own = sqrt(c->person) * latent(rng);
        d->subject[i] = (uint32_t)(first + i);
        d->trials[i] = (double)c->images;
        for (size_t k = 0; k < c->images; k++)
            d->hits[i] += own + sqrt(1 - c->person) * latent(rng) >= at;
        x += d->hits[i];
    }
    d->people = (struct tally_people){ c->subjects, d->subject, d->trials, d->hits };
    return (struct rate){ .x = (int64_t)x, .n = (int64_t)(c->subjects * c->images),
                          .people = &d->people };
}

/* As power.h has it, for one image a person; people from `first` among `persons`. */
static struct rate draw_dyads(const struct cell *c, double p, size_t first, size_t persons,
                              gsl_rng *rng, struct drawn *d)
{
    const struct power_dependence dep = power_assume(c->person);
    double *a = mem_array(c->subjects, sizeof *a), x = 0;
    double rest = sqrt(1 - dep.person - dep.image), at = gsl_cdf_ugaussian_Qinv(p);
    uint32_t *images = mem_array(persons, sizeof *images);

    for (size_t i = 0; i < c->subjects; i++) {
        images[first + i] = 1;
        a[i] = sqrt(dep.person / 2) * latent(rng) + sqrt(dep.image / 2) * latent(rng);
    }
    dyads_within(&d->dyads, images, persons);
    for (size_t i = 0; i < c->subjects; i++)
        for (size_t j = i + 1; j < c->subjects; j++)
            if (a[i] + a[j] + rest * latent(rng) >= at) {
                dyads_add(&d->dyads, (uint32_t)(first + i), (uint32_t)(first + j), 1);
                x++;
            }
    dyads_close(&d->dyads, NULL);
    free(images);
    free(a);
    return (struct rate){ .x = (int64_t)x, .n = (int64_t)d->dyads.comparisons,
                          .dyads = &d->dyads };
}

static void release(struct drawn *d)
{
    free(d->subject);
    free(d->trials);
    free(d->hits);
    dyads_release(&d->dyads);
}

/* The same faces twice: a tenth of the answers are given anew. */
static void draw_table(const struct cell *c, double p1, double p2, gsl_rng *rng,
                       struct versus_group *g)
{
    g->table = true;
    for (size_t i = 0; i < c->subjects; i++) {
        double u = gsl_rng_uniform(rng), v = gsl_rng_uniform(rng) < .1 ? gsl_rng_uniform(rng) : u;
        int one = u < p1, two = v < p2;
        g->both += one && two;
        g->only_before += one && !two;
        g->only_after += !one && two;
        g->neither += !one && !two;
    }
    g->before.rate = (struct rate){ .x = g->both + g->only_before, .n = (int64_t)c->subjects };
    g->after.rate = (struct rate){ .x = g->both + g->only_after, .n = (int64_t)c->subjects };
}

static void draw_group(enum kind kind, double p1, double p2, gsl_rng *rng,
                       struct versus_group *g, struct drawn d[2])
{
    const struct cell *c = &cells[kind];

    switch (kind) {
    case FRESH:
        g->before.rate = (struct rate){ .x = gsl_ran_binomial(rng, p1, (unsigned)c->subjects),
                                        .n = (int64_t)c->subjects };
        g->after.rate = (struct rate){ .x = gsl_ran_binomial(rng, p2, (unsigned)c->subjects),
                                       .n = (int64_t)c->subjects };
        break;
    case SAME:
        draw_table(c, p1, p2, rng, g);
        break;
    case SEVERAL:
        g->before.rate = draw_people(c, p1, 0, rng, &d[0]);
        g->after.rate = draw_people(c, p2, c->subjects, rng, &d[1]);
        break;
    default:
        g->before.rate = draw_dyads(c, p1, 0, 2 * c->subjects, rng, &d[0]);
        g->after.rate = draw_dyads(c, p2, c->subjects, 2 * c->subjects, rng, &d[1]);
    }
}

static int change(const void *about, double confidence, struct interval *out, struct err *err)
{
    return versus_change(about, confidence, out, err);
}

struct outcomes {
    double fail, right, open, pass; /* gates; `right`: the planted group is among the faults */
};

static void add_up(const struct decide *t, size_t n, struct outcomes *to)
{
    bool fail = false, open = false;

    for (size_t i = 0; i < n; i++) {
        fail |= t[i].decision == DECISION_FAIL;
        open |= t[i].decision == DECISION_OPEN;
    }
    to->fail += fail;
    to->right += t[0].decision == DECISION_FAIL;
    to->open += !fail && open;
    to->pass += !fail && !open;
}

/* One night against its baseline. */
static void gate_rates(enum kind kind, double planted, double margin, gsl_rng *rng,
                       struct outcomes *to)
{
    const struct cell *c = &cells[kind];
    struct decide t[GROUPS_MOST];
    struct versus v[GROUPS_MOST];
    struct versus_group g[GROUPS_MOST];
    struct drawn d[GROUPS_MOST][2];

    memset(d, 0, sizeof d);
    memset(g, 0, sizeof g);
    for (size_t i = 0; i < c->groups; i++) {
        draw_group(kind, c->rate, i ? c->rate : planted, rng, &g[i], d[i]);
        v[i] = (struct versus){ .kind = VERSUS_RATE, .groups = &g[i], .n = 1 };
        t[i] = (struct decide){ .limits = change, .about = &v[i], .margin = margin,
                                .bound = NAN };
    }
    if (decide(t, c->groups, CONFIDENCE, NULL) == 0)
        add_up(t, c->groups, to);
    for (size_t i = 0; i < c->groups; i++) {
        release(&d[i][0]);
        release(&d[i][1]);
    }
}

#define NOISE .02
#define ALLOWED .9

/* The slowdown beyond what is allowed that is found with a power of 90 %. */
static double planned_speed(void)
{
    double df = (NOISE_NIGHTS - 1) / 2, se = NOISE * sqrt(1 + 1. / BASE_NIGHTS);

    return ALLOWED * exp(-(student_two_sided(CONFIDENCE, df) + 1.2816) * se);
}

static void gate_speed(double factor, double allowed, gsl_rng *rng, struct outcomes *to)
{
    double apart[NOISE_NIGHTS - 1], last = 0, base = 0, night = 0;

    for (int i = 0; i < NOISE_NIGHTS; i++) {
        night = NOISE * latent(rng);
        if (i)
            apart[i - 1] = fabs(night - last);
        if (i < BASE_NIGHTS)
            base += night / BASE_NIGHTS;
        last = night;
    }
    double noise = decide_noise(apart, NOISE_NIGHTS - 1);
    struct decide_times times = { log(factor) + NOISE * latent(rng) - base,
                                  noise * sqrt(1 + 1. / BASE_NIGHTS),
                                  floor((NOISE_NIGHTS - 1) / 2) };
    struct decide t = { .limits = decide_times_limits, .about = &times, .ratio = true,
                        .least = true, .margin = allowed, .bound = NAN };
    if (decide(&t, 1, CONFIDENCE, NULL) == 0)
        add_up(&t, 1, to);
}

/* The rate that the planner calls detectable from the cell's. */
static double planned_rate(const struct cell *c, enum kind kind)
{
    struct power_plan plan = {
        .trials = kind == COMPARISONS ? POWER_DYADS : POWER_PEOPLE,
        .dependence = power_assume(c->person), .subjects = (double)c->subjects,
        .images = (double)c->images, .confidence = 1 - (1 - CONFIDENCE) / (double)c->groups,
    };
    double ratio;

    if (kind != COMPARISONS)
        plan.dependence = (struct power_dependence){ c->person, 0, 0 };
    return power_ratio(&plan, c->rate, .9, &ratio, NULL) == 0 ? c->rate * ratio : NAN;
}

static void show(struct json_out *w, bool json, const char *name, const char *planted,
                 double size, size_t nights, const struct outcomes *c)
{
    double n = (double)nights;

    json_map(w, NULL);
    json_string(w, "runs", name);
    json_string(w, "planted", planted);
    json_number(w, "size", size);
    json_int(w, "nights", (int64_t)nights);
    json_number(w, "regression", c->fail / n);
    json_number(w, "named", c->right / n);
    json_number(w, "undecided", c->open / n);
    json_number(w, "pass", c->pass / n);
    json_end(w);
    if (!json)
        printf("%-15s %-18s %8.4g %7zu %9.1f %% %7.1f %% %9.1f %% %6.1f %%\n", name, planted,
               size, nights, 100 * c->fail / n, 100 * c->right / n, 100 * c->open / n,
               100 * c->pass / n);
}

int main(int argc, char **argv)
{
    bool quick = false, json = false;

    for (int i = 1; i < argc; i++) {
        quick |= !strcmp(argv[i], "--quick");
        json |= !strcmp(argv[i], "--json");
    }
    stats_start();
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    json_map(&w, NULL);
    json_list(&w, "gates");
    if (!json)
        puts("runs            planted                size  nights  regression   named  undecided"
             "   pass");
    for (int k = 0; k < KINDS; k++) {
        static const char *const names[] = { "nothing", "as planned", "half of it" };
        const struct cell *c = &cells[k];
        size_t nights = quick ? 100 : k == COMPARISONS || k == SEVERAL ? 400 : 2000;
        double planned = k == SPEED ? planned_speed() : planned_rate(c, (enum kind)k);
        double none = k == SPEED ? ALLOWED : c->rate;
        const double sizes[] = { none, planned, (none + planned) / 2, k == SPEED ? 1 : none };
        for (int s = 0; s < 4; s++) {
            struct outcomes got = { 0, 0, 0, 0 };
            double margin = s < 3 ? 0 : k == COMPARISONS ? .01 : .05;
            for (size_t i = 0; i < nights; i++)
                if (k == SPEED)
                    gate_speed(sizes[s], ALLOWED, rng, &got);
                else
                    gate_rates((enum kind)k, sizes[s], margin, rng, &got);
            show(&w, json, c->name, s < 3 ? names[s] : k == SPEED ? "nothing, speed 1"
                 : k == COMPARISONS ? "nothing, margin 1" : "nothing, margin 5", sizes[s],
                 nights, &got);
        }
    }
    json_end(&w);
    json_end(&w);
    if (json)
        puts(t.s);
    text_release(&t);
    gsl_rng_free(rng);
    return 0;
}
