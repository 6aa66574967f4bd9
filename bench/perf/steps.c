/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often step detection sees a step where there is none, and finds one that is there:
 * simulated series of several lengths and kinds of noise.
 *
 *     bench/perf/steps [--quick] [--json]
 *
 * A step of `size` σ is planted at two thirds of the series; it is found if a step lies
 * within two nights of it.
 */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "stats/steps.h"

enum noise { NORMAL, TAILS, COUNTS, PAIRED, NOISES };
static const char *const noises[NOISES] = { "normal", "t at 5 df", "counts", "paired" };

#define TRIALS 400 /* of a night of counts */
#define RATE .02

/* A night; `shift` in units of its standard deviation. */
static struct steps_night draw(gsl_rng *rng, enum noise kind, double shift)
{
    double sd = sqrt(RATE * (1 - RATE) / TRIALS), x;

    switch (kind) {
    case TAILS:
        return (struct steps_night){ gsl_ran_tdist(rng, 5) / sqrt(5. / 3) + shift, 1, 0 };
    case COUNTS:
        x = gsl_ran_binomial(rng, RATE + shift * sd, TRIALS);
        /* half of Wilson's interval over 1.96 */
        return (struct steps_night){ x / TRIALS, sqrt(TRIALS * x / TRIALS * (1 - x / TRIALS) +
                                     .96) / (TRIALS + 3.84), .5 / TRIALS };
    case PAIRED: /* the same faces: nights differ by a tenth of their intervals */
        return (struct steps_night){ gsl_ran_gaussian_ziggurat(rng, .1) + shift / 10, 1, 0 };
    default:
        return (struct steps_night){ gsl_ran_gaussian_ziggurat(rng, 1) + shift, 1, 0 };
    }
}

struct answer {
    double any, found; /* shares of the series */
};

static struct answer try(gsl_rng *rng, enum noise kind, size_t n, double size, size_t series,
                         double extra)
{
    struct steps_night *y = mem_array(n, sizeof *y);
    struct answer a = { 0, 0 };
    size_t at = n * 2 / 3;

    for (size_t r = 0; r < series; r++) {
        struct steps s;
        bool near = false;
        for (size_t i = 0; i < n; i++)
            y[i] = draw(rng, kind, i >= at ? size : 0);
        steps_find_at(y, n, steps_penalty(n) + extra, &s);
        for (size_t i = 0; i < s.n; i++)
            near |= s.steps[i].at + 2 >= at && s.steps[i].at <= at + 2;
        a.any += s.n > 0;
        a.found += near;
        steps_release(&s);
    }
    free(y);
    a.any /= (double)series;
    a.found /= (double)series;
    return a;
}

int main(int argc, char **argv)
{
    static const size_t lengths[] = { 10, 30, 100, 365, 1000, 10000 };
    static const double sizes[] = { 2, 3, 5 };
    bool quick = false, json = false;
    double extra = 0;

    for (int i = 1; i < argc; i++) {
        quick |= !strcmp(argv[i], "--quick");
        json |= !strcmp(argv[i], "--json");
        if (!strncmp(argv[i], "--penalty=", 10))
            extra = atof(argv[i] + 10); /* beside the one in use: for calibration */
    }
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    json_map(&w, NULL);
    json_list(&w, "series");
    if (!json)
        printf("noise        nights  series  no step: false   found: 2 sd    3 sd    5 sd\n");
    for (int kind = 0; kind < NOISES; kind++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            size_t n = lengths[l], series = quick ? (n > 400 ? 20 : 400)
                                                  : n > 5000 ? 300 : n > 500 ? 2000 : 5000;
            struct answer none = try(rng, (enum noise)kind, n, 0, series, extra);
            json_map(&w, NULL);
            json_string(&w, "noise", noises[kind]);
            json_int(&w, "nights", (int64_t)n);
            json_int(&w, "series", (int64_t)series);
            json_number(&w, "false_alarms", none.any);
            if (!json)
                printf("%-11s %7zu %7zu %14.2f %%", noises[kind], n, series, 100 * none.any);
            for (int k = 0; k < 3; k++) {
                char key[32];
                struct answer found = try(rng, (enum noise)kind, n, sizes[k],
                                          n > 5000 ? 20 : 400, extra);
                snprintf(key, sizeof key, "found_%g_sd", sizes[k]);
                json_number(&w, key, found.found);
                if (!json)
                    printf("%7.1f %%", 100 * found.found);
            }
            json_end(&w);
            if (!json)
                puts("");
        }
    json_end(&w);
    json_end(&w);
    if (json)
        puts(t.s);
    text_release(&t);
    gsl_rng_free(rng);
    return 0;
}
