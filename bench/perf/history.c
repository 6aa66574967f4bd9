/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a history of many nights is written and asked: runs of 200 findings on 1270 samples
 * are recorded one by one, each made safe on the disk; then the runs are listed, one finding
 * is followed through all nights, and all findings of all nights are read.
 *
 *     bench/perf/history [--nights N] [--json]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "history/history.h"

#define FINDINGS 200
#define SAMPLES 1270

struct result {
    size_t nights, points, all;
    double record, last, list, follow, whole, load, check; /* seconds */
    double bytes;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_key(const void *a, const void *b)
{
    return memcmp(a, b, HISTORY_KEY);
}

static void add_panel(struct history_run *r, const struct history *h)
{
    unsigned char *keys = arena_array(&r->arena, SAMPLES, HISTORY_KEY);
    uint32_t *group = arena_array(&r->arena, SAMPLES, sizeof *group);
    uint32_t *person = arena_array(&r->arena, SAMPLES, sizeof *person);
    static const char *groups[] = { "gender=female", "gender=male" };
    char name[40];

    for (uint32_t i = 0; i < SAMPLES; i++) {
        snprintf(name, sizeof name, "%04u.jpg", i);
        history_key(h, name, keys + i * HISTORY_KEY);
        group[i] = i % 2;
        person[i] = i;
    }
    qsort(keys, SAMPLES, HISTORY_KEY, by_key);
    MEM_ROOM(r->panels, r->n_panels, r->cap_panels);
    struct history_panel *p = &r->panels[r->n_panels++];
    *p = (struct history_panel){ .n = SAMPLES, .keys = keys, .group = group,
                                 .person = person, .groups = groups, .n_groups = 2 };
    snprintf(p->secret, sizeof p->secret, "%s", history_secret(h));
    history_panel_hash(p, p->hash);
}

/* The same every night, but for the figures. */
static void make_night(struct history_run *r, const struct history *h)
{
    char *outcomes = arena_alloc(&r->arena, SAMPLES + 1);

    r->head = (struct history_head){
        .study = "nightly", .task = "classify", .dataset = "faces", .dataset_hash = "d",
        .version = "1", .host = "a machine", .started = "", .command = "misid run",
        .folder = "", .record_hash = "" };
    for (int i = 0; i < FINDINGS; i++) {
        struct finding *f = findings_add(&r->findings);
        f->study = "nightly";
        f->dataset = "faces";
        f->backend = i % 2 ? "one" : "other";
        f->metric = i % 4 < 2 ? "error" : "error.difference";
        f->group = findings_keep(&r->findings, arena_printf(&r->arena, "group=%d", i));
        f->confidence = .95;
        f->method = "wilson";
        f->n = f->n_lo = f->n_hi = SAMPLES;
        f->note = "a note that is the same every night";
    }
    MEM_ROOM(r->backends, r->n_backends, r->cap_backends);
    r->backends[r->n_backends++] = (struct history_backend){ "one", "f", "1", 100, 1e4, 2,
                                                             0 };
    add_panel(r, h);
    memset(outcomes, OUTCOME_RIGHT, SAMPLES);
    MEM_ROOM(r->outcomes, r->n_outcomes, r->cap_outcomes);
    r->outcomes[r->n_outcomes++] = (struct history_outcomes){ "one", 0, outcomes };
}

static int record(struct history *h, struct result *m, struct err *err)
{
    struct history_run r;
    uint32_t v = 1;
    int code = 0;
    bool fresh;

    history_run_init(&r);
    make_night(&r, h);
    double start = now(), before = start;
    for (size_t night = 0; night < m->nights && !code; night++) {
        before = now();
        for (size_t i = 0; i < r.findings.n; i++) {
            struct finding *f = &r.findings.rows[i];
            v = v * 1664525 + 1013904223;
            f->x = v % SAMPLES;
            f->estimate = (double)f->x / SAMPLES;
            f->lo = f->estimate * .9;
            f->hi = f->estimate * 1.1;
        }
        r.head.at = 1500000000 + 86400 * (int64_t)night;
        snprintf(r.head.id, sizeof r.head.id, "%064zx", night * 2654435761u);
        code = history_record(h, &r, &fresh, err);
    }
    m->record = now() - start;
    m->last = now() - before;
    history_run_release(&r);
    return code;
}

static int count(const struct history_point *p, void *arg, struct err *err)
{
    (void)err;
    *(size_t *)arg += p->finding->x >= 0;
    return 0;
}

static int ask(struct history *h, struct result *m, struct err *err)
{
    struct history_filter one = { .study = "nightly", .metric = "error", .group = "group=4" };
    struct history_filter all = { .study = "nightly" };
    struct history_head *heads;
    struct history_run r;
    size_t n;
    double start = now();
    int code = history_list(h, &all, &heads, &n, err);

    m->list = now() - start;
    start = now();
    if (!code)
        code = history_load(h, heads[n / 2].id, &r, err);
    m->load = now() - start;
    history_run_release(&r);
    history_heads_free(heads);
    start = now();
    if (!code)
        code = history_each(h, &one, count, &m->points, err);
    m->follow = now() - start;
    start = now();
    if (!code)
        code = history_each(h, &all, count, &m->all, err);
    m->whole = now() - start;
    start = now();
    if (!code)
        code = history_check(h, err);
    m->check = now() - start;
    return code;
}

static int measure(const char *dir, struct result *m, struct err *err)
{
    char *path = path_join(dir, "history.sqlite");
    struct history *h;
    struct stat st;
    int code = history_open(&h, path, HISTORY_MAKE, err);

    if (!code)
        code = record(h, m, err);
    if (!code)
        code = ask(h, m, err);
    history_close(h);
    m->bytes = stat(path, &st) == 0 ? (double)st.st_size : NAN;
    unlink(path);
    free(path);
    return code;
}

static void print(const struct result *m, bool json)
{
    double n = (double)m->nights;

    if (json) {
        struct text t = TEXT_INIT;
        struct json_out w = json_out(&t);
        json_map(&w, NULL);
        json_int(&w, "nights", (int64_t)m->nights);
        json_int(&w, "findings", (int64_t)m->all);
        json_number(&w, "record_ms", 1e3 * m->record / n);
        json_number(&w, "last_record_ms", 1e3 * m->last);
        json_number(&w, "list_seconds", m->list);
        json_number(&w, "load_ms", 1e3 * m->load);
        json_number(&w, "one_series_seconds", m->follow);
        json_number(&w, "all_findings_seconds", m->whole);
        json_number(&w, "check_seconds", m->check);
        json_number(&w, "bytes_per_night", m->bytes / n);
        json_end(&w);
        puts(t.s);
        text_release(&t);
        return;
    }
    printf("%zu nights of %d findings: %.2f ms a night to record (the last %.2f ms), %.0f "
           "bytes each\n", m->nights, FINDINGS, 1e3 * m->record / n, 1e3 * m->last,
           m->bytes / n);
    printf("list the runs %.3f s; load one %.2f ms; one finding over time (%zu points) %.3f "
           "s; all findings (%zu) %.2f s; check %.2f s\n", m->list, 1e3 * m->load, m->points,
           m->follow, m->all, m->whole, m->check);
}

int main(int argc, char **argv)
{
    struct result m = { .nights = 10000 };
    struct err err = ERR_INIT;
    bool json = false;
    int64_t nights;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json")) {
            json = true;
        } else if (!strcmp(argv[i], "--nights") && i + 1 < argc &&
                   num_parse_int64(argv[++i], &nights) && nights > 0 && nights <= 1000000) {
            m.nights = (size_t)nights;
        } else {
            fputs("usage: history [--nights N] [--json]\n", stderr);
            return 2;
        }
    }
    const char *tmp = getenv("TMPDIR");
    char *dir = mem_printf("%s/misid-bench.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(dir)) {
        perror(dir);
        return 2;
    }
    int code = measure(dir, &m, &err);
    rmdir(dir);
    free(dir);
    if (code)
        fprintf(stderr, "history: %s\n", err_text(&err));
    else
        print(&m, json);
    err_release(&err);
    return code ? 2 : 0;
}
