/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backends/timing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/dict.h"
#include "base/machine.h"

const char *const timing_stage_names[TIMING_STAGES] = { "decode", "lookup", "matcher" };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Of sorted values; share in (0, 1). */
static double percentile(const double *v, size_t n, double share)
{
    size_t rank = (size_t)ceil(share * (double)n);

    return v[rank ? rank - 1 : 0];
}

/* Sorts the values. */
static struct timing_summary summarise(double *v, size_t n)
{
    double sum = 0;

    if (!n)
        return (struct timing_summary){ 0, NAN, NAN, NAN, NAN, NAN };
    qsort(v, n, sizeof *v, by_value);
    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return (struct timing_summary){ n, sum / (double)n, percentile(v, n, .5),
                                    percentile(v, n, .95), percentile(v, n, .99), v[n - 1] };
}

/* The time a sample took in a stage; false if it did not go through it, or is no
 * sample to time. */
static bool time_of(const struct drive_time *s, enum timing_stage stage, double *v)
{
    switch (stage) {
    case TIMING_DECODE:
        *v = s->decode;
        return s->way != DRIVE_NOT_SHOWN && s->way != DRIVE_WARM_UP;
    case TIMING_LOOKUP:
        *v = s->lookup;
        return s->lookup > 0 && s->way != DRIVE_WARM_UP;
    default:
        *v = s->matcher;
        return s->way == DRIVE_COMPUTED;
    }
}

static void ask_machine(struct timing *t)
{
    struct timespec resolution;
    struct text cpu = TEXT_INIT;

    machine_add_cpu(&cpu);
    t->cpu = arena_strdup(&t->arena, cpu.s);
    text_release(&cpu);
    t->processors = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    if (clock_getres(CLOCK_MONOTONIC, &resolution) == 0)
        t->resolution = (double)resolution.tv_sec + 1e-9 * (double)resolution.tv_nsec;
    if (getloadavg(&t->load, 1) != 1)
        t->load = NAN;
}

static void count_ways(struct timing *t, const struct drive_timing *from)
{
    t->samples = from->n;
    for (size_t i = 0; i < from->n; i++) {
        enum drive_way way = from->samples[i].way;
        t->not_shown += way == DRIVE_NOT_SHOWN;
        t->computed += way == DRIVE_COMPUTED || way == DRIVE_WARM_UP;
        t->warm_up += way == DRIVE_WARM_UP;
        t->cached += way == DRIVE_CACHED;
    }
}

struct grouping {
    const struct drive *d;
    const struct drive_timing *from;
    struct dict names;
    uint32_t *group;           /* of each sample */
};

static void find_groups(struct grouping *g, const long *set)
{
    const struct roster *r = g->d->roster;
    struct text name = TEXT_INIT;

    for (size_t i = 0; i < g->from->n; i++) {
        text_reset(&name);
        bool known = true;
        for (const long *a = set; *a >= 0; a++) {
            const char *value = roster_value(r, g->d->rows[i], (size_t)*a);
            known = known && *value;
            if (name.len)
                text_addch(&name, ';');
            text_add_percent(&name, r->attributes[*a].name);
            text_addch(&name, '=');
            text_add_percent(&name, value);
        }
        g->group[i] = known ? dict_add(&g->names, name.s, NULL) : DICT_NONE;
    }
    text_release(&name);
}

static struct timing_summary of_group(const struct grouping *g, uint32_t group,
                                      enum timing_stage stage, double *scratch)
{
    size_t n = 0;

    for (size_t i = 0; i < g->from->n; i++)
        if (g->group[i] == group && time_of(&g->from->samples[i], stage, &scratch[n]))
            n++;
    return summarise(scratch, n);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct timing_group *)a)->name,
                  ((const struct timing_group *)b)->name);
}

static void take_groups(struct timing *t, const struct drive *d,
                        const struct drive_timing *from, const long *const *sets,
                        size_t n_sets, double *scratch)
{
    struct grouping g = { .d = d, .from = from };
    size_t cap = 0;

    g.group = mem_array(from->n, sizeof *g.group);
    for (size_t s = 0; s < n_sets; s++) {
        find_groups(&g, sets[s]);
        for (uint32_t k = 0; k < g.names.n; k++) {
            MEM_ROOM(t->groups, t->n_groups, cap);
            t->groups[t->n_groups++] = (struct timing_group){
                arena_strdup(&t->arena, dict_at(&g.names, k)),
                of_group(&g, k, TIMING_DECODE, scratch),
                of_group(&g, k, TIMING_MATCHER, scratch) };
        }
        dict_release(&g.names);
        g.names = (struct dict)DICT_INIT;
    }
    free(g.group);
    if (t->n_groups)
        qsort(t->groups, t->n_groups, sizeof *t->groups, by_name);
}

void timing_take(struct timing *t, const struct drive *d, const struct drive_timing *from,
                 const long *const *sets, size_t n_sets)
{
    double *scratch = mem_array(from->n + 1, sizeof *scratch);
    size_t n = 0;

    *t = (struct timing){ .threads = from->threads, .wall = from->wall,
                           .start = from->start, .calibration = NAN };
    ask_machine(t);
    count_ways(t, from);
    double worked = from->wall - from->start;
    t->throughput = worked > 0 ? (double)(t->computed + t->cached) / worked : NAN;
    for (int stage = 0; stage < TIMING_STAGES; stage++) {
        n = 0;
        for (size_t i = 0; i < from->n; i++)
            n += time_of(&from->samples[i], (enum timing_stage)stage, &scratch[n]);
        t->stages[stage] = summarise(scratch, n);
    }
    n = 0;
    for (size_t i = 0; i < from->n; i++)
        if (from->samples[i].way == DRIVE_CACHED)
            scratch[n++] = from->samples[i].matcher;
    t->kept = summarise(scratch, n);
    take_groups(t, d, from, sets, n_sets, scratch);
    free(scratch);
}

void timing_release(struct timing *t)
{
    free(t->groups);
    arena_release(&t->arena);
    *t = (struct timing){ 0 };
}

/* Milliseconds, to the nearest 100 ns. */
static double ms(double s)
{
    return round(s * 1e7) / 1e4;
}

static void add_summary(struct json_out *w, const char *key,
                        const struct timing_summary *s)
{
    json_map(w, key);
    json_int(w, "n", (int64_t)s->n);
    json_number(w, "mean_ms", ms(s->mean));
    json_number(w, "p50_ms", ms(s->p50));
    json_number(w, "p95_ms", ms(s->p95));
    json_number(w, "p99_ms", ms(s->p99));
    json_number(w, "max_ms", ms(s->most));
    json_end(w);
}

void timing_add_json(const struct timing *t, struct json_out *w)
{
    json_string(w, "clock", "CLOCK_MONOTONIC");
    json_number(w, "clock_resolution_s", t->resolution);
    json_string(w, "cpu", t->cpu);
    json_int(w, "processors", t->processors);
    json_number(w, "load", t->load);
    json_int(w, "threads", t->threads);
    json_number(w, "wall_s", t->wall);
    json_number(w, "start_s", t->start);
    json_int(w, "samples", (int64_t)t->samples);
    json_int(w, "not_shown", (int64_t)t->not_shown);
    json_int(w, "computed", (int64_t)t->computed);
    json_int(w, "warm_up", (int64_t)t->warm_up);
    json_int(w, "cached", (int64_t)t->cached);
    json_number(w, "images_per_second", t->throughput);
    json_map(w, "calibration");
    json_int(w, "version", CALIBRATION_VERSION);
    json_number(w, "rounds_per_second", t->calibration);
    json_end(w);
    json_number(w, "frte_median_limit_ms", TIMING_FRTE_LIMIT * 1e3);
    json_map(w, "stages");
    for (int i = 0; i < TIMING_STAGES; i++)
        add_summary(w, timing_stage_names[i], &t->stages[i]);
    add_summary(w, "matcher_when_cached", &t->kept);
    json_end(w);
    json_list(w, "groups");
    for (size_t i = 0; i < t->n_groups; i++) {
        json_map(w, NULL);
        json_string(w, "group", t->groups[i].name);
        add_summary(w, "decode", &t->groups[i].decode);
        add_summary(w, "matcher", &t->groups[i].matcher);
        json_end(w);
    }
    json_end(w);
}

static void add_line(struct text *to, const char *what, const struct timing_summary *s)
{
    if (s->n)
        text_addf(to, "  %-8s median %.3g ms, 95 %% within %.3g ms, 99 %% within %.3g ms "
                  "(%zu images)\n", what, 1e3 * s->p50, 1e3 * s->p95, 1e3 * s->p99, s->n);
}

void timing_add_words(const struct timing *t, struct text *to)
{
    text_addf(to, "Time: %.3g s with %u thread%s, %.2g s of it to start; %.4g images a "
              "second; %zu computed, %zu from the cache\n", t->wall, t->threads,
              t->threads == 1 ? "" : "s", t->start, t->throughput, t->computed, t->cached);
    add_line(to, "decode", &t->stages[TIMING_DECODE]);
    add_line(to, "lookup", &t->stages[TIMING_LOOKUP]);
    add_line(to, "matcher", &t->stages[TIMING_MATCHER]);
    add_line(to, "cached", &t->kept);
    if (t->stages[TIMING_MATCHER].n)
        text_addf(to, "  %zu images of warm-up left out; FRTE allows a median of %.0f ms a "
                  "template\n", t->warm_up, 1e3 * TIMING_FRTE_LIMIT);
}
