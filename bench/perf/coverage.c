/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often the intervals of a false-match rate hold the rate they are about, and how
 * wide they are: cohorts of cohort.h, whose rate is known, over a grid of regular cells
 * (which have a goal) and stress cells (which have none; nothing known reaches what it
 * says there). All cohorts count, also those without any error. Across groups of 20
 * people the other group has 200.
 *
 *     bench/perf/coverage [--quick] [--json | --csv] [--cohorts N] [--replicates N]
 *                         [--threads N] [--seed N] [--part I/N] [--check]
 *
 * --quick: 2000 cohorts a cell and 208 replicates a bootstrap, without the twelve cells
 * of 1000 people with several images at 1e-2, which take longer than all others (seven
 * minutes on two cores); else 4000 and 512, with them. --part 1/4 does every fourth cell,
 * from the first. A regular cell of wilson-t fails where
 * coverage + 2 Monte-Carlo standard errors < 93.5 %; it is `wide` where the median
 * degrees of freedom are 30 or more and coverage − 2 standard errors > 97.5 %. With
 * --check a cell that fails makes the exit status 1.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "cohort.h"
#include "stats/bootstrap.h"
#include "stats/clustered.h"
#include "stats/methods.h"
#include "stats/resample.h"
#include "stats/streams.h"

enum { METHODS = 5, FORMULAS = 3, BATCH = 20, LANES = RESAMPLE_LANES, TO_REACH = 100 };

static const char *const method_names[METHODS] = {
    "naive-wilson", "wilson-neff", "wilson-t", "vertex-bootstrap", "double-or-nothing"
};

struct options {
    bool json, csv, quick, check;
    size_t cohorts, replicates, threads, part, parts;
    uint64_t seed;
};

struct cell {
    bool stress;
    struct cohort_design design;
};

struct sums { /* of one method over some cohorts */
    double covered, width;
};

struct measured {
    struct sums of[METHODS];
    double median_df[METHODS];
};

/* A cell in the making: one item of work is a batch of cohorts, which share the
 * bootstraps' draws of people (they are independent of the cohorts). */
struct run {
    const struct cell *cell;
    const struct options *options;
    size_t number;           /* of the cell */
    struct sums *sums;       /* batches × METHODS */
    double *df;              /* of wilson-t, a cohort each */
};

/* What a batch needs. */
struct batch {
    struct cohort cohort;
    struct dyads dyads;
    bool same_images;        /* in all cohorts: dyads and totals stay */
    uint16_t *w[2];          /* of each kind of bootstrap, block after block */
    double *total[2];
    double *rate;
    size_t blocks;
};

static void make_dyads(struct batch *b)
{
    const struct cohort *c = &b->cohort;
    size_t n = c->design.subjects;

    if (c->design.within) {
        dyads_within(&b->dyads, c->images, n);
        return;
    }
    uint32_t *first = mem_array(c->persons, sizeof *first);
    uint32_t *second = mem_array(c->persons, sizeof *second);
    memcpy(first, c->images, n * sizeof *first);
    memcpy(second + n, c->images + n, (c->persons - n) * sizeof *second);
    dyads_across(&b->dyads, first, second, c->persons);
    free(first);
    free(second);
}

static int descending(const void *a, const void *b)
{
    const struct scored_dyad *p = a, *q = b;

    return (p->score < q->score) - (p->score > q->score);
}

static double borrow(const struct batch *b)
{
    const struct cohort *c = &b->cohort;
    struct scored_dyad *list = mem_array(c->n_scores, sizeof *list);

    for (size_t i = 0; i < c->n_scores; i++)
        list[i] = (struct scored_dyad){ c->scores[i].s, c->scores[i].t,
                                        (float)c->scores[i].score };
    if (c->n_scores)
        qsort(list, c->n_scores, sizeof *list, descending);
    double deff = clustered_borrow(&b->dyads, list, c->n_scores);
    free(list);
    return deff;
}

static void count(const struct run *r, struct sums *sums, const struct interval *at)
{
    double rate = r->cell->design.rate;

    sums->covered += at->lo <= rate && rate <= at->hi;
    sums->width += at->hi - at->lo;
}

static void bootstrap(const struct run *r, struct batch *b, int kind,
                      const struct resample_plan *plan, double estimate, struct sums *sums)
{
    struct interval at = { estimate, 0, 0 };
    size_t stride = b->cohort.persons * LANES;

    for (size_t i = 0; i < b->blocks; i++) {
        const uint16_t *w = b->w[kind] + i * stride;
        double *rate = b->rate + i * LANES, *total = b->total[kind] + i * LANES;
        if (!b->same_images)
            resample_totals(plan, w, total);
        resample_errors(plan, w, rate);
        for (size_t k = 0; k < LANES; k++)
            rate[k] = total[k] > 0 ? rate[k] / total[k] : NAN;
    }
    bootstrap_percentiles(b->rate, b->blocks * LANES, .95, &at);
    interval_clip(&at, 0, 1); /* as bootstrap.c does */
    count(r, sums, &at);
}

/* All methods on the cohort that was drawn. */
static void measure(const struct run *r, struct batch *b, struct sums *sums, double *df)
{
    static int (*const formulas[FORMULAS])(const struct dyads *,
                                           const struct clustered_how *,
                                           struct clustered *, struct err *) = {
        clustered_naive, clustered_wilson_neff, clustered_wilson_t
    };
    struct clustered_how how = CLUSTERED_DEFAULTS;
    struct clustered at = { 0 };
    const struct cohort *c = &b->cohort;

    for (size_t i = 0; i < c->n_scores; i++)
        if (c->scores[i].score >= c->threshold)
            dyads_add(&b->dyads, c->scores[i].s, c->scores[i].t, 1);
    if (dyads_close(&b->dyads, NULL) < 0)
        abort();
    if (b->dyads.n_erring < DYADS_TO_BORROW)
        how.borrowed = borrow(b);
    for (int m = 0; m < FORMULAS; m++) {
        if (formulas[m](&b->dyads, &how, &at, NULL) < 0)
            abort();
        count(r, &sums[m], &at.at);
    }
    *df = at.df;
    struct resample_plan plan;
    resample_plan_dyads(&plan, &b->dyads);
    for (int kind = 0; kind < 2; kind++) {
        if (b->dyads.n_erring)
            bootstrap(r, b, kind, &plan, at.at.estimate, &sums[FORMULAS + kind]);
        else
            count(r, &sums[FORMULAS + kind], &(struct interval){ 0, 0, 0 });
    }
    resample_plan_release(&plan);
    dyads_clear(&b->dyads);
}

/* The bootstraps' people. */
static void draw_weights(const struct run *r, struct batch *b, size_t item, gsl_rng *rng)
{
    static const enum resampling kinds[] = { RESAMPLE_PEOPLE, RESAMPLE_DOUBLING };
    size_t stride = b->cohort.persons * LANES;
    struct resample_plan plan;
    struct strata strata;

    strata_of_dyads(&strata, &b->dyads);
    resample_plan_dyads(&plan, &b->dyads);
    for (int kind = 0; kind < 2; kind++) {
        b->w[kind] = mem_array(b->blocks * stride, sizeof *b->w[kind]);
        b->total[kind] = mem_array(b->blocks * LANES, sizeof *b->total[kind]);
        for (size_t i = 0; i < b->blocks; i++) {
            uint64_t first = (uint64_t)item * b->blocks * LANES + i * LANES;
            resample_draw(&strata, kinds[kind], r->options->seed + r->number + 1000, first,
                          rng, b->w[kind] + i * stride);
            resample_totals(&plan, b->w[kind] + i * stride, b->total[kind] + i * LANES);
        }
    }
    resample_plan_release(&plan);
    strata_release(&strata);
}

static void run_batch(void *self, size_t item, size_t worker, gsl_rng *rng)
{
    struct run *r = self;
    struct batch b = { .blocks = (r->options->replicates + LANES - 1) / LANES,
                       .same_images = r->cell->design.images != IMAGES_RANDOM };

    (void)worker;
    cohort_init(&b.cohort, &r->cell->design);
    b.rate = mem_array(b.blocks * LANES, sizeof *b.rate);
    for (size_t i = 0; i < BATCH; i++) {
        size_t number = item * BATCH + i;
        if (number >= r->options->cohorts)
            break;
        bool fresh = i == 0 || !b.same_images;
        gsl_rng *cohorts = gsl_rng_alloc(gsl_rng_mt19937);
        if (!cohorts)
            mem_exhausted();
        stream_begin(cohorts, r->options->seed + r->number, number);
        cohort_draw_people(&b.cohort, cohorts);
        cohort_draw_scores(&b.cohort, cohorts);
        gsl_rng_free(cohorts);
        if (fresh)
            make_dyads(&b);
        if (i == 0)
            draw_weights(r, &b, item, rng);
        measure(r, &b, r->sums + item * METHODS, &r->df[number]);
        if (!b.same_images)
            dyads_release(&b.dyads);
    }
    dyads_release(&b.dyads);
    cohort_release(&b.cohort);
    free(b.rate);
    for (int kind = 0; kind < 2; kind++) {
        free(b.w[kind]);
        free(b.total[kind]);
    }
}

static int by_value(const void *a, const void *b)
{
    double p = *(const double *)a, q = *(const double *)b;

    return (p > q) - (p < q);
}

/* Of those that have one; NaN if none has. */
static double median(double *v, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (!isnan(v[i]))
            v[kept++] = v[i];
    if (!kept)
        return NAN;
    qsort(v, kept, sizeof *v, by_value);
    return kept % 2 ? v[kept / 2] : (v[kept / 2 - 1] + v[kept / 2]) / 2;
}

static void run_cell(const struct cell *cell, size_t number, const struct options *o,
                     struct measured *out)
{
    size_t batches = (o->cohorts + BATCH - 1) / BATCH;
    struct run r = { .cell = cell, .options = o, .number = number };

    r.sums = mem_array(batches * METHODS, sizeof *r.sums);
    r.df = mem_array(o->cohorts, sizeof *r.df);
    streams_run(batches, o->threads, run_batch, &r);
    *out = (struct measured){ 0 };
    for (size_t i = 0; i < batches; i++)
        for (int m = 0; m < METHODS; m++) {
            out->of[m].covered += r.sums[i * METHODS + (size_t)m].covered;
            out->of[m].width += r.sums[i * METHODS + (size_t)m].width;
        }
    for (int m = 0; m < METHODS; m++) {
        out->of[m].covered /= (double)o->cohorts;
        out->of[m].width /= (double)o->cohorts;
        out->median_df[m] = NAN;
    }
    out->median_df[2] = median(r.df, o->cohorts);
    free(r.sums);
    free(r.df);
}

static void add_cell(struct cell **cells, size_t *n, size_t *cap, bool stress, bool within,
                     size_t subjects, unsigned images, double rho, double rate)
{
    size_t others = subjects == 20 ? 200 : subjects; /* a side of 20, across */
    double people = (double)subjects;
    double pairs = within ? people * (people - 1) / 2 : people * (double)others;

    MEM_ROOM(*cells, *n, *cap);
    (*cells)[(*n)++] = (struct cell){
        stress, { within, subjects, images, rho, rate,
                  fmax(rate, fmin(.25, TO_REACH / pairs)), others }
    };
}

/* The grid, and how many cells it has. */
static struct cell *make_grid(bool quick, size_t *n)
{
    static const double regular[] = { 0, .1, .2 }, strong[] = { .3, .4, .5 };
    static const double rates[] = { 1e-2, 1e-3, 1e-4, 1e-5 };
    static const size_t subjects[] = { 50, 200, 1000 };
    static const unsigned images[] = { 1, 3, IMAGES_RANDOM };
    struct cell *cells = NULL;
    size_t cap = 0;

    *n = 0;
    for (int within = 1; within >= 0; within--)
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < 3; k++) {
                for (int s = 0; s < 3; s++)
                    for (int q = quick && s == 2 && k > 0; q < 4; q++)
                        add_cell(&cells, n, &cap, false, within, subjects[s], images[k],
                                 regular[i], rates[q]);
                for (int q = 0; q < 2; q++) {
                    add_cell(&cells, n, &cap, true, within, 20, images[k], regular[i],
                             rates[q]);
                    for (int s = 0; s < 2; s++)
                        add_cell(&cells, n, &cap, true, within, s ? 200 : 20, images[k],
                                 strong[i], rates[q]);
                }
            }
    return cells;
}

static const char *images_name(unsigned images)
{
    return images == 1 ? "1" : images == 3 ? "3" : "geometric";
}

static const char *verdict(const struct cell *c, const struct measured *m,
                           const struct options *o)
{
    double covered = m->of[2].covered;
    double error = sqrt(covered * (1 - covered) / (double)o->cohorts);

    if (c->stress)
        return "";
    if (covered + 2 * error < .935)
        return "FAILS";
    return m->median_df[2] >= 30 && covered - 2 * error > .975 ? "wide" : "";
}

static void print_json(struct json_out *w, const struct cell *c, const struct measured *m,
                       const struct options *o)
{
    for (int i = 0; i < METHODS; i++) {
        json_map(w, NULL);
        json_string(w, "method", method_names[i]);
        json_string(w, "cell", c->stress ? "stress" : "regular");
        json_bool(w, "within", c->design.within);
        json_int(w, "subjects", (int64_t)c->design.subjects);
        if (c->design.images == IMAGES_RANDOM)
            json_string(w, "images", "geometric");
        else
            json_int(w, "images", c->design.images);
        json_number(w, "rho", c->design.rho);
        json_number(w, "rate", c->design.rate);
        json_number(w, "coverage", m->of[i].covered);
        json_number(w, "mean_width", m->of[i].width);
        json_number(w, "median_df", m->median_df[i]);
        json_int(w, "replicates", (int64_t)o->cohorts);
        json_end(w);
    }
}

static void print_csv(const struct cell *c, const struct measured *m,
                      const struct options *o)
{
    for (int i = 0; i < METHODS; i++)
        printf("%s,%s,%s,%zu,%s,%g,%g,%.5f,%.4g,%.4g,%zu\n", method_names[i],
               c->stress ? "stress" : "regular", c->design.within ? "true" : "false",
               c->design.subjects, images_name(c->design.images), c->design.rho,
               c->design.rate, m->of[i].covered, m->of[i].width, m->median_df[i],
               o->cohorts);
}

static void print_plain(const struct cell *c, const struct measured *m,
                        const struct options *o)
{
    printf("%-8s %-6s %5zu %-9s %.1f %6g ", c->stress ? "stress" : "regular",
           c->design.within ? "within" : "across", c->design.subjects,
           images_name(c->design.images), c->design.rho, c->design.rate);
    for (int i = 0; i < METHODS; i++)
        printf(" %5.1f", 100 * m->of[i].covered);
    printf("  %9.3g %7.1f  %s\n", m->of[2].width, m->median_df[2], verdict(c, m, o));
}

static int usage(void)
{
    fputs("usage: coverage [--quick] [--json | --csv] [--cohorts N] [--replicates N]\n"
          "                [--threads N] [--seed N] [--part I/N] [--check]\n", stderr);
    return 2;
}

/* A whole number from 1; false if it is none. */
static bool read_size(const char *s, size_t *to)
{
    int64_t v;

    if (!s || !num_parse_int64(s, &v) || v < 1 || v > 100000000)
        return false;
    *to = (size_t)v;
    return true;
}

static bool read_options(int argc, char **argv, struct options *o)
{
    size_t seed = 0;

    for (int i = 1; i < argc; i++) {
        const char *s = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        char *slash = value ? strchr(value, '/') : NULL;
        bool good = true, flag = true;
        if (!strcmp(s, "--json"))
            o->json = true;
        else if (!strcmp(s, "--csv"))
            o->csv = true;
        else if (!strcmp(s, "--quick"))
            o->quick = true;
        else if (!strcmp(s, "--check"))
            o->check = true;
        else
            flag = false;
        if (flag)
            continue;
        i++;
        if (!strcmp(s, "--cohorts"))
            good = read_size(value, &o->cohorts);
        else if (!strcmp(s, "--replicates"))
            good = read_size(value, &o->replicates);
        else if (!strcmp(s, "--threads"))
            good = read_size(value, &o->threads);
        else if (!strcmp(s, "--seed"))
            good = read_size(value, &seed);
        else if (!strcmp(s, "--part") && slash) {
            *slash = '\0';
            good = read_size(value, &o->part) && read_size(slash + 1, &o->parts) &&
                   o->part <= o->parts;
        } else
            good = false;
        if (!good)
            return false;
    }
    if (seed)
        o->seed = seed;
    if (!o->cohorts)
        o->cohorts = o->quick ? 2000 : 4000;
    if (!o->replicates)
        o->replicates = o->quick ? 208 : 512;
    return true;
}

int main(int argc, char **argv)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    struct options o = { .threads = online > 0 ? (size_t)online : 1, .part = 1,
                         .parts = 1, .seed = 19795 };
    size_t n, failed = 0, done = 0;
    struct text text = TEXT_INIT;
    struct json_out out = json_out(&text);

    stats_start();
    if (!read_options(argc, argv, &o))
        return usage();
    struct cell *cells = make_grid(o.quick, &n);
    if (o.json)
        json_list(&out, NULL);
    else if (o.csv)
        puts("method,cell,within,subjects,images,rho,rate,coverage,mean_width,median_df,"
             "replicates");
    else
        printf("coverage in %%, %zu cohorts a cell; width and median df of wilson-t\n"
               "%-8s %-6s %5s %-9s %-3s %6s  naive  neff  w-t  vertx  d-o-n  %9s %7s\n",
               o.cohorts, "", "", "people", "images", "rho", "rate", "width", "df");
    for (size_t i = o.part - 1; i < n; i += o.parts) {
        struct measured m;
        run_cell(&cells[i], 10000 * i, &o, &m);
        if (o.json)
            print_json(&out, &cells[i], &m, &o);
        else
            (o.csv ? print_csv : print_plain)(&cells[i], &m, &o);
        fflush(stdout);
        failed += !strcmp(verdict(&cells[i], &m, &o), "FAILS");
        done++;
    }
    if (o.json) {
        json_end(&out);
        fputs(text.s, stdout);
    } else if (!o.csv)
        printf("%zu cells, %zu of them fail\n", done, failed);
    text_release(&text);
    free(cells);
    return o.check && failed ? 1 : 0;
}
