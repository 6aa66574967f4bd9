/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history_runs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SAMPLES 6

struct named {
    unsigned char key[HISTORY_KEY];
    uint32_t number;
};

static int by_key(const void *a, const void *b)
{
    return memcmp(a, b, HISTORY_KEY);
}

/* Samples 2i and 2i + 1 show person i; samples 0 to 2 are of the first group. */
static void add_panel(struct history_run *r, const struct history *h, const char *word,
                      size_t n, size_t per_person)
{
    static const char *const names[] = { "gender=female", "gender=male" };
    struct named items[SAMPLES];
    unsigned char *keys = arena_array(&r->arena, n, HISTORY_KEY);
    uint32_t *group = arena_array(&r->arena, n, sizeof *group);
    uint32_t *person = arena_array(&r->arena, n, sizeof *person);
    const char **groups = arena_array(&r->arena, 2, sizeof *groups);

    for (uint32_t i = 0; i < n; i++) {
        char name[20];
        snprintf(name, sizeof name, "%s%u", word, i);
        history_key(h, name, items[i].key);
        items[i].number = i;
    }
    qsort(items, n, sizeof *items, by_key);
    for (size_t i = 0; i < n; i++) {
        memcpy(keys + i * HISTORY_KEY, items[i].key, HISTORY_KEY);
        group[i] = items[i].number < n / 2 ? 0 : 1;
        person[i] = per_person > 1 ? items[i].number / (uint32_t)per_person : (uint32_t)i;
    }
    groups[0] = names[0];
    groups[1] = names[1];
    MEM_ROOM(r->panels, r->n_panels, r->cap_panels);
    struct history_panel *p = &r->panels[r->n_panels++];
    *p = (struct history_panel){ .n = n, .keys = keys, .group = group, .person = person,
                                 .groups = groups, .n_groups = 2 };
    snprintf(p->secret, sizeof p->secret, "%s", history_secret(h));
    history_panel_hash(p, p->hash);
}

static void add_finding(struct history_run *r, const char *group, const char *versus,
                        const char *metric, double estimate)
{
    struct finding *f = findings_add(&r->findings);

    f->study = r->head.study;
    f->dataset = "faces";
    f->backend = "lbp";
    f->metric = metric;
    f->group = group;
    f->versus = versus;
    f->estimate = estimate;
    f->lo = estimate / 3;
    f->hi = INFINITY;
    f->confidence = .95;
    f->method = "wilson";
    f->x = 7;
    f->n = 100;
    f->flag = FLAG_ZERO;
    f->note = "a note, \"quoted\"";
}

static void add_margins(struct history_run *r)
{
    struct history_margins m = { .backend = "lbp", .panel = 1, .n_points = 2, .n_cells = 2,
                                 .n_rows = 4 };

    m.points = arena_array(&r->arena, 2, sizeof *m.points);
    m.thresholds = arena_array(&r->arena, 2, sizeof *m.thresholds);
    m.points[0] = "threshold=0.5";
    m.points[1] = "fmr=1e-3";
    m.thresholds[0] = .5;
    m.thresholds[1] = .1 + .2;
    m.cells = arena_array(&r->arena, 2, sizeof *m.cells);
    m.cells[0] = (struct history_cell){ 0, 1, true };
    m.cells[1] = (struct history_cell){ 1, 1, false };
    m.rows = arena_array(&r->arena, 4, sizeof *m.rows);
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t *matches = arena_array(&r->arena, 2, sizeof *matches);
        matches[0] = i;
        matches[1] = 1000000007u * (uint64_t)i;
        m.rows[i] = (struct history_margin){ i / 2 * 2, i % 2, UINT64_C(1) << 40, i, matches };
    }
    MEM_ROOM(r->margins, r->n_margins, r->cap_margins);
    r->margins[r->n_margins++] = m;
}

void make_run(struct history_run *r, const struct history *h, const char *study,
              int64_t night)
{
    time_t at = 1700000000 + 86400 * (time_t)night;
    char stamp[40];
    struct tm tm;

    history_run_init(r);
    r->head = (struct history_head){
        .study = study, .task = "classify", .dataset = "faces", .dataset_hash = "d1",
        .version = "1.0", .host = "Zen, 2 cores, avx2", .at = at, .folder = "results/x",
        .command = "misid run x", .record_hash = "ab" };
    gmtime_r(&at, &tm);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &tm);
    r->head.started = arena_strdup(&r->arena, stamp);
    char *text = arena_printf(&r->arena, "%s %lld", study, (long long)night);
    hash_bytes(r->head.id, text, strlen(text));
    add_finding(r, "gender=female", "", "error", .1 + 1e-3 * (double)night);
    add_finding(r, "gender=male", "", "error", .05);
    add_finding(r, "gender=female", "gender=male", "error.difference",
                .05 + 1e-3 * (double)night);
    MEM_ROOM(r->claims, r->n_claims, r->cap_claims);
    r->claims[r->n_claims++] = (struct history_claim){ "women-worse", "difference",
                                                       "inconclusive", 0, .25, NAN };
    MEM_ROOM(r->groups, r->n_groups, r->cap_groups);
    r->groups[r->n_groups++] = (struct history_group){ "all", SAMPLES, 3, 0 };
    MEM_ROOM(r->groups, r->n_groups, r->cap_groups);
    r->groups[r->n_groups++] = (struct history_group){ "gender=female", 3, -1, 1 };
    MEM_ROOM(r->backends, r->n_backends, r->cap_backends);
    r->backends[r->n_backends++] = (struct history_backend){
        "lbp", "f00d", "2", 1234.5 + (double)night, 1e9, 2, NAN };
    MEM_ROOM(r->stages, r->n_stages, r->cap_stages);
    r->stages[r->n_stages++] = (struct history_stage){ "lbp", "decode", "", 6, .1, .2, .3,
                                                       NAN };
    add_panel(r, h, "sample", SAMPLES, 2);
    add_panel(r, h, "person", SAMPLES / 2, 1);
    MEM_ROOM(r->outcomes, r->n_outcomes, r->cap_outcomes);
    r->outcomes[r->n_outcomes++] = (struct history_outcomes){ "lbp", 0, "rrw-mr" };
    add_margins(r);
}
