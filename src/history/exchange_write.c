/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"

void exchange_add_hex(struct text *to, const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        text_addf(to, "%02x", bytes[i]);
}

static void put_claims(const struct history_run *r, struct json_out *w)
{
    json_list(w, "claims");
    for (size_t i = 0; i < r->n_claims; i++) {
        const struct history_claim *c = &r->claims[i];
        json_map(w, NULL);
        json_string(w, "claim", c->id);
        json_string(w, "type", c->type);
        json_number(w, "margin", c->margin);
        json_string(w, "verdict", c->verdict);
        json_number(w, "p", c->p);
        json_number(w, "p_holm", c->p_holm);
        json_end(w);
    }
    json_end(w);
}

static void put_groups(const struct history_run *r, struct json_out *w)
{
    json_list(w, "groups");
    for (size_t i = 0; i < r->n_groups; i++) {
        const struct history_group *g = &r->groups[i];
        json_map(w, NULL);
        json_string(w, "group", g->name);
        json_int(w, "samples", g->samples);
        json_int(w, "people", g->people);
        json_int(w, "failed", g->failed);
        json_end(w);
    }
    json_end(w);
}

static void put_timing(const struct history_run *r, struct json_out *w)
{
    json_list(w, "backends");
    for (size_t i = 0; i < r->n_backends; i++) {
        const struct history_backend *b = &r->backends[i];
        json_map(w, NULL);
        json_string(w, "backend", b->name);
        json_string(w, "fingerprint", b->fingerprint);
        json_string(w, "version", b->version);
        json_number(w, "images_per_second", b->images_per_second);
        json_number(w, "calibration", b->calibration);
        json_number(w, "threads", b->threads);
        json_number(w, "load", b->load);
        json_end(w);
    }
    json_end(w);
    json_list(w, "stages");
    for (size_t i = 0; i < r->n_stages; i++) {
        const struct history_stage *s = &r->stages[i];
        json_map(w, NULL);
        json_string(w, "backend", s->backend);
        json_string(w, "stage", s->stage);
        json_string(w, "group", s->group);
        json_int(w, "n", s->n);
        json_number(w, "mean_ms", s->mean_ms);
        json_number(w, "p50_ms", s->p50_ms);
        json_number(w, "p95_ms", s->p95_ms);
        json_number(w, "p99_ms", s->p99_ms);
        json_end(w);
    }
    json_end(w);
}

static void put_outcomes(const struct history_run *r, struct json_out *w)
{
    json_list(w, "outcomes");
    for (size_t i = 0; i < r->n_outcomes; i++) {
        const struct history_outcomes *o = &r->outcomes[i];
        json_map(w, NULL);
        json_string(w, "backend", o->backend);
        json_string(w, "panel", r->panels[o->panel].hash);
        json_string(w, "outcomes", o->outcomes);
        json_end(w);
    }
    json_end(w);
}

static void put_margins(const struct history_run *r, const struct history_margins *m,
                        struct json_out *w)
{
    struct text line = TEXT_INIT;

    json_map(w, NULL);
    json_string(w, "backend", m->backend);
    json_string(w, "panel", r->panels[m->panel].hash);
    json_list(w, "points");
    for (size_t k = 0; k < m->n_points; k++) {
        json_map(w, NULL);
        json_string(w, "point", m->points[k]);
        json_number(w, "threshold", m->thresholds[k]);
        json_end(w);
    }
    json_end(w);
    json_list(w, "cells");
    for (size_t c = 0; c < m->n_cells; c++) {
        text_reset(&line);
        text_addf(&line, "%u %u %d", m->cells[c].a, m->cells[c].b, m->cells[c].mated);
        json_string(w, NULL, line.s);
    }
    json_end(w);
    json_list(w, "rows");
    for (size_t i = 0; i < m->n_rows; i++) {
        const struct history_margin *row = &m->rows[i];
        text_reset(&line);
        text_addf(&line, "%u %u %llu %llu", row->person, row->cell,
                  (unsigned long long)row->comparisons, (unsigned long long)row->lost);
        for (size_t k = 0; k < m->n_points; k++)
            text_addf(&line, " %llu", (unsigned long long)row->matches[k]);
        json_string(w, NULL, line.s);
    }
    json_end(w);
    json_end(w);
    text_release(&line);
}

static void add_run(const struct history_run *r, bool all, const char *sum, struct text *to)
{
    const struct history_head *head = &r->head;
    struct json_out w = json_out(to);
    struct text csv = TEXT_INIT;
    char hash[HASH_HEX];

    findings_write_csv(&r->findings, &csv);
    hash_bytes(hash, csv.s, csv.len);
    text_release(&csv);
    json_map(&w, NULL);
    json_int(&w, "format", EXCHANGE_FORMAT);
    if (all)
        json_string(&w, "id", head->id);
    json_string(&w, "study", head->study);
    json_string(&w, "task", head->task);
    json_string(&w, "dataset", head->dataset);
    json_string(&w, "dataset_hash", head->dataset_hash);
    json_string(&w, "misid", head->version);
    json_string(&w, "started", head->started);
    json_string(&w, "command", head->command);
    if (all) {
        json_string(&w, "host", head->host);
        json_string(&w, "record", head->record_hash);
    }
    json_string(&w, "findings", hash);
    put_claims(r, &w);
    put_timing(r, &w);
    if (all) {
        put_groups(r, &w);
        put_outcomes(r, &w);
        json_list(&w, "margins");
        for (size_t i = 0; i < r->n_margins; i++)
            put_margins(r, &r->margins[i], &w);
        json_end(&w);
    }
    if (sum)
        json_string(&w, "sum", sum);
    json_end(&w);
    text_addch(to, '\n');
}

void exchange_sum(const struct history_run *r, char sum[HASH_HEX])
{
    struct text t = TEXT_INIT;

    add_run(r, true, NULL, &t);
    hash_bytes(sum, t.s, t.len);
    text_release(&t);
}

void exchange_add_run(const struct history_run *r, struct text *to)
{
    char sum[HASH_HEX];

    exchange_sum(r, sum);
    add_run(r, true, sum, to);
}

void history_run_identify(struct history_run *r)
{
    struct text t = TEXT_INIT;

    add_run(r, false, NULL, &t);
    hash_bytes(r->head.id, t.s, t.len);
    text_release(&t);
}

void exchange_add_panel(const struct history_panel *p, struct text *to)
{
    struct json_out w = json_out(to);
    struct text line = TEXT_INIT;

    json_map(&w, NULL);
    json_int(&w, "format", EXCHANGE_FORMAT);
    json_string(&w, "secret", p->secret);
    json_list(&w, "groups");
    for (size_t g = 0; g < p->n_groups; g++)
        json_string(&w, NULL, p->groups[g]);
    json_end(&w);
    json_list(&w, "rows");
    for (size_t i = 0; i < p->n; i++) {
        text_reset(&line);
        exchange_add_hex(&line, p->keys + i * HISTORY_KEY, HISTORY_KEY);
        if (p->group[i] == HISTORY_NO_GROUP)
            text_add(&line, " -");
        else
            text_addf(&line, " %u", p->group[i]);
        text_addf(&line, " %u", p->person[i]);
        json_string(&w, NULL, line.s);
    }
    json_end(&w);
    json_end(&w);
    text_addch(to, '\n');
    text_release(&line);
}

/* Leaves a file that is there and the same. */
static int put_file(const char *dir, const char *name, struct text *t, struct err *err)
{
    char *path = path_join(dir, name), *data = NULL;
    size_t len;
    bool same = path_is_file(path) && !file_read(path, t->len, &data, &len, NULL) &&
                len == t->len && !memcmp(data, t->s, len);
    int code = same ? 0 : file_write(path, t->s, t->len, err);

    free(data);
    free(path);
    text_reset(t);
    return code;
}

/* Its folder and the beginning of its files' names: STUDY/2018-02-04T120000Z-0123456789ab */
static char *name_of(const struct history_head *head)
{
    char stamp[24];
    size_t n = 0;

    for (const char *p = head->started; *p && n + 1 < sizeof stamp; p++)
        if (*p != ':')
            stamp[n++] = *p;
    stamp[n] = '\0';
    return mem_printf("%s/%s-%.12s", head->study, stamp, head->id);
}

static int export_run(struct history *h, const struct history_head *head, const char *dir,
                      struct err *err)
{
    struct history_run r;
    struct text t = TEXT_INIT;
    char *study = path_join(dir, head->study), *panels = path_join(dir, "panels");
    char *name = name_of(head), *json = mem_printf("%s.json", name);
    char *csv = mem_printf("%s.csv", name);
    int code = history_load(h, head->id, &r, err);

    (void)(code || (code = path_make_dirs(study, err)) ||
           (code = path_make_dirs(panels, err)));
    for (size_t i = 0; i < r.n_panels && !code; i++) {
        char *file = mem_printf("%s.json", r.panels[i].hash);
        exchange_add_panel(&r.panels[i], &t);
        code = put_file(panels, file, &t, err);
        free(file);
    }
    if (!code) {
        findings_write_csv(&r.findings, &t);
        code = put_file(dir, csv, &t, err);
    }
    if (!code) {
        exchange_add_run(&r, &t);
        code = put_file(dir, json, &t, err);
    }
    history_run_release(&r);
    text_release(&t);
    free(csv);
    free(json);
    free(name);
    free(panels);
    free(study);
    return code;
}

static int export_baselines(struct history *h, const char *dir, struct err *err)
{
    struct history_baseline *list = NULL;
    struct text t = TEXT_INIT;
    struct csv_out w = csv_out(&t);
    size_t n;
    int code = history_baselines(h, &list, &n, err);

    csv_put(&w, "study");
    csv_put(&w, "name");
    csv_put(&w, "run");
    csv_end(&w);
    for (size_t i = 0; i < n; i++) {
        csv_put(&w, list[i].study);
        csv_put(&w, list[i].name);
        csv_put(&w, list[i].id);
        csv_end(&w);
    }
    if (!code)
        code = put_file(dir, "baselines.csv", &t, err);
    history_baselines_free(list);
    text_release(&t);
    return code;
}

static int export_end(struct history *h, const char *dir, bool with_secret, struct err *err)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);
    int code = 0;

    if (with_secret) {
        exchange_add_hex(&t, h->secret, sizeof h->secret);
        text_addch(&t, '\n');
        code = put_file(dir, "secret", &t, err);
    }
    json_map(&w, NULL);
    json_int(&w, "format", EXCHANGE_FORMAT);
    json_end(&w);
    text_addch(&t, '\n');
    if (!code)
        code = put_file(dir, "history.json", &t, err);
    text_release(&t);
    return code;
}

int history_export(struct history *h, const char *dir, bool with_secret,
                   struct history_exchanged *done, struct err *err)
{
    struct history_head *heads;
    size_t n;
    int code = history_list(h, &(struct history_filter){ 0 }, &heads, &n, err);

    *done = (struct history_exchanged){ 0 };
    if (!code)
        code = path_make_dirs(dir, err);
    for (size_t i = 0; i < n && !code; i++) {
        code = export_run(h, &heads[i], dir, err);
        done->runs += !code;
    }
    (void)(code || (code = export_baselines(h, dir, err)) ||
           (code = export_end(h, dir, with_secret, err)));
    history_heads_free(heads);
    return code;
}
