/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often the permutation test of spread rejects at 5 %, by simulation: where people
 * are exchangeable (it should: 5 %), where the groups' false-match rates are equal but
 * their people are not (asymptotically 5 %), and where one group's rate is three times
 * the others'. Four groups; the scores are those of cohort.h, each group with its own
 * people and thresholds.
 *
 *     bench/perf/exchange [--simulations N] [--json]
 */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "stats/methods.h"
#include "stats/permutation.h"
#include "stats/streams.h"

enum { GROUPS = 4, IMAGES = 3, PERMUTATIONS = 199 };

struct truth {
    const char *name, *about;
    unsigned people[GROUPS], images[GROUPS];
    double rho[GROUPS], rate[GROUPS];
};

static const struct truth truths[] = {
    { "exchangeable", "all alike", { 50, 50, 50, 50 }, { 2, 2, 2, 2 },
      { .1, .1, .1, .1 }, { .01, .01, .01, .01 } },
    { "exchangeable-sizes", "all alike, groups of 25 to 100", { 25, 40, 60, 100 },
      { 2, 2, 2, 2 }, { .2, .2, .2, .2 }, { .01, .01, .01, .01 } },
    { "people-differ", "equal rates, some groups have a few people who match many",
      { 50, 50, 50, 50 }, { 2, 2, 2, 2 }, { 0, 0, .3, .3 }, { .01, .01, .01, .01 } },
    { "images-differ", "equal rates, one to three images a person", { 60, 60, 60, 60 },
      { 1, 1, 3, 3 }, { .1, .1, .1, .1 }, { .01, .01, .01, .01 } },
    { "one-higher", "one group has three times the rate", { 50, 50, 50, 50 },
      { 2, 2, 2, 2 }, { .1, .1, .1, .1 }, { .01, .01, .01, .03 } },
};

struct run {
    const struct truth *truth;
    unsigned char *rejected, *untestable;
};

/* People of all groups, and the dyads that err. */
struct sample {
    size_t persons;
    uint32_t *images, *group;
    double (*effect)[IMAGES];
    struct dyad *erring;
    size_t n, cap;
};

static void draw_people(const struct truth *truth, gsl_rng *rng, struct sample *s)
{
    for (int g = 0; g < GROUPS; g++)
        s->persons += truth->people[g];
    s->images = mem_array(s->persons, sizeof *s->images);
    s->group = mem_array(s->persons, sizeof *s->group);
    s->effect = mem_array(s->persons, sizeof *s->effect);
    size_t at = 0;
    for (uint32_t g = 0; g < GROUPS; g++)
        for (unsigned i = 0; i < truth->people[g]; i++, at++) {
            double a = gsl_ran_gaussian_ziggurat(rng, sqrt(truth->rho[g] / 2));
            s->group[at] = g;
            s->images[at] = truth->images[g];
            for (unsigned k = 0; k < truth->images[g]; k++)
                s->effect[at][k] = a + gsl_ran_gaussian_ziggurat(rng, sqrt(.05));
        }
}

/* Both groups' thresholds lie half in a pair of two: within a group it is its own. */
static void draw_errors(const struct truth *truth, gsl_rng *rng, struct sample *s)
{
    double threshold[GROUPS];

    for (int g = 0; g < GROUPS; g++)
        threshold[g] = gsl_cdf_ugaussian_Qinv(truth->rate[g]);
    for (uint32_t i = 0; i < s->persons; i++)
        for (uint32_t j = i + 1; j < s->persons; j++) {
            uint32_t g = s->group[i], h = s->group[j];
            double rest = 1 - (truth->rho[g] + truth->rho[h]) / 2 - .1;
            double half = sqrt(rest / 2), x = 0;
            double limit = (threshold[g] + threshold[h]) / 2 -
                           gsl_ran_gaussian_ziggurat(rng, half);
            for (unsigned k = 0; k < s->images[i]; k++)
                for (unsigned l = 0; l < s->images[j]; l++)
                    x += s->effect[i][k] + s->effect[j][l] +
                             gsl_ran_gaussian_ziggurat(rng, half) >= limit;
            if (x == 0)
                continue;
            MEM_ROOM(s->erring, s->n, s->cap);
            s->erring[s->n++] = (struct dyad){ i, j, 0, x };
        }
}

static void simulate(void *self, size_t item, size_t worker, gsl_rng *rng)
{
    struct run *r = self;
    struct sample s = { 0 };
    struct permutation_result result;

    (void)worker;
    stream_begin(rng, 20230 + (uint64_t)(r->truth - truths), item);
    draw_people(r->truth, rng, &s);
    draw_errors(r->truth, rng, &s);
    struct permutation what = { .persons = s.persons, .groups = GROUPS,
                                .images = s.images, .group = s.group,
                                .erring = s.erring, .n_erring = s.n,
                                .permutations = PERMUTATIONS, .seed = item, .threads = 1 };
    if (permutation_test(&what, &result, NULL, NULL) < 0)
        r->untestable[item] = 1;
    else
        r->rejected[item] = result.p <= .05;
    free(s.images);
    free(s.group);
    free(s.effect);
    free(s.erring);
}

int main(int argc, char **argv)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    size_t simulations = 4000;
    bool json = false;
    struct text text = TEXT_INIT;
    struct json_out out = json_out(&text);

    for (int i = 1; i < argc; i++) {
        int64_t n;
        if (!strcmp(argv[i], "--json")) {
            json = true;
        } else if (!strcmp(argv[i], "--simulations") && i + 1 < argc &&
                   num_parse_int64(argv[i + 1], &n) && n > 0 && n < 10000000) {
            simulations = (size_t)n;
            i++;
        } else {
            fputs("usage: exchange [--simulations N] [--json]\n", stderr);
            return 2;
        }
    }
    stats_start();
    json_list(&out, NULL);
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        struct run r = { &truths[i], mem_array(simulations, 1), mem_array(simulations, 1) };
        size_t rejected = 0, untestable = 0;
        streams_run(simulations, online > 0 ? (size_t)online : 1, simulate, &r);
        for (size_t k = 0; k < simulations; k++) {
            rejected += r.rejected[k];
            untestable += r.untestable[k];
        }
        double share = (double)rejected / (double)simulations;
        json_map(&out, NULL);
        json_string(&out, "truth", truths[i].name);
        json_string(&out, "about", truths[i].about);
        json_number(&out, "rejected", share);
        json_int(&out, "untestable", (int64_t)untestable);
        json_int(&out, "simulations", (int64_t)simulations);
        json_end(&out);
        if (!json)
            printf("%-20s rejected at 5 %%: %5.2f %% (± %.2f)  %s\n", truths[i].name,
                   100 * share, 200 * sqrt(share * (1 - share) / (double)simulations),
                   truths[i].about);
        free(r.rejected);
        free(r.untestable);
    }
    json_end(&out);
    if (json)
        fputs(text.s, stdout);
    text_release(&text);
    return 0;
}
