/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/recording.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/machine.h"
#include "cli/folder.h"

#define JSON_BYTES ((size_t)64 << 20)

/* 2018-02-04T12:00:00Z, and nothing else. */
static int parse_time(const char *s, int64_t *to, const char *path, struct err *err)
{
    struct tm tm = { .tm_isdst = 0 };
    const char *end = strptime(s, "%Y-%m-%dT%H:%M:%SZ", &tm);

    if (!end || *end || strlen(s) != 20)
        return err_add(err, ERR_INPUT, "%s: started '%.40s', expected a time such as "
                       "2018-02-04T12:00:00Z", path, s);
    *to = (int64_t)timegm(&tm);
    return 0;
}

static const char *keep(struct history_run *r, const char *s)
{
    return arena_strdup(&r->arena, s ? s : "");
}

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n >= m && !strcmp(s + n - m, end);
}

/* Of one table its hash, of several that of their names and hashes. */
struct tables {
    struct text lines;
    size_t n;
    const char *last;
};

static void add_table(struct tables *t, const struct run_file *file)
{
    text_addf(&t->lines, "%s %s\n", file->name, file->sha256);
    t->last = file->sha256;
    t->n++;
}

static void add_rosters(struct tables *t, const struct run_file *files, size_t n)
{
    static const char *const names[] = { "roster.csv", "gallery.csv", "probe-roster.csv" };

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (!strcmp(files[i].name, names[k]))
                add_table(t, &files[i]);
}

/* The data: its rosters, or the tables that were published. */
static void hash_dataset(struct history_run *to, const struct run *run)
{
    struct tables t = { .lines = TEXT_INIT };
    char hash[HASH_HEX];

    add_rosters(&t, run->outputs, run->n_outputs);
    if (!t.n)
        add_rosters(&t, run->inputs, run->n_inputs);
    for (size_t i = 0, n = t.n; i < run->n_inputs && !n; i++)
        if (!strncmp(run->inputs[i].name, "datasets/", 9) &&
            ends_in(run->inputs[i].name, ".csv"))
            add_table(&t, &run->inputs[i]);
    if (t.n == 1) {
        to->head.dataset_hash = keep(to, t.last);
    } else {
        hash_bytes(hash, t.lines.s, t.lines.len);
        to->head.dataset_hash = keep(to, hash);
    }
    text_release(&t.lines);
}

static int read_head(struct history_run *to, const struct run *run,
                     const struct study *study, const char *dir, struct err *err)
{
    struct history_head *head = &to->head;
    char *path = path_join(dir, "run.json"), real[PATH_MAX], hash[HASH_HEX];
    int code = parse_time(run->started, &head->at, path, err);

    head->study = keep(to, study->name);
    head->task = study_task_names[study->task];
    head->dataset = keep(to, study->dataset);
    head->version = keep(to, run->version);
    head->started = keep(to, run->started);
    head->command = keep(to, run->command);
    head->folder = keep(to, realpath(dir, real) ? real : dir);
    head->host = keep(to, run->host);
    if (!code && !(code = hash_file(hash, path, err)))
        head->record_hash = keep(to, hash);
    hash_dataset(to, run);
    free(path);
    return code;
}

static double cell_number(const struct csv_table *t, size_t row, int column)
{
    double v;

    return num_parse_double(csv_table_cell(t, row, (size_t)column), &v) ? v : NAN;
}

static int read_claims(struct history_run *to, const char *dir, struct err *err)
{
    static const char *const columns[] = { "claim", "type", "margin", "verdict", "p",
                                           "p_holm" };
    char *path = path_join(dir, "claims.csv");
    struct csv_table t;
    int at[6], code = csv_table_load(&t, path, &(struct csv_options){ 0 }, err);

    if (!code)
        code = csv_table_columns(&t, columns, 6, at, err);
    for (size_t i = 0; !code && i < t.rows; i++) {
        MEM_ROOM(to->claims, to->n_claims, to->cap_claims);
        to->claims[to->n_claims++] = (struct history_claim){
            .id = keep(to, csv_table_cell(&t, i, (size_t)at[0])),
            .type = keep(to, csv_table_cell(&t, i, (size_t)at[1])),
            .verdict = keep(to, csv_table_cell(&t, i, (size_t)at[3])),
            .margin = cell_number(&t, i, at[2]), .p = cell_number(&t, i, at[4]),
            .p_holm = cell_number(&t, i, at[5]) };
    }
    csv_table_release(&t);
    free(path);
    return code;
}

static double number(const struct json_value *map, const char *key)
{
    double v;

    return json_get_number(json_member(map, key), &v) ? v : NAN;
}

static const char *string(struct history_run *to, const struct json_value *map,
                          const char *key)
{
    return keep(to, json_get_string(json_member(map, key)));
}

static void add_stage(struct history_run *to, const char *backend, const char *stage,
                      const char *group, const struct json_value *of)
{
    int64_t n = 0;

    if (!json_get_int(json_member(of, "n"), &n) || n <= 0)
        return;
    MEM_ROOM(to->stages, to->n_stages, to->cap_stages);
    to->stages[to->n_stages++] = (struct history_stage){
        .backend = backend, .stage = keep(to, stage), .group = keep(to, group), .n = n,
        .mean_ms = number(of, "mean_ms"), .p50_ms = number(of, "p50_ms"),
        .p95_ms = number(of, "p95_ms"), .p99_ms = number(of, "p99_ms") };
}

/* Answers from the cache cost the matcher nothing: no rate is one of the matcher then. */
static void read_timing(struct history_run *to, struct history_backend *b,
                        const struct json_value *t)
{
    const struct json_value *yard = json_member(t, "calibration");
    const struct json_value *groups = json_member(t, "groups");

    b->threads = number(t, "threads");
    b->load = number(t, "load");
    if (number(yard, "version") == CALIBRATION_VERSION)
        b->calibration = number(yard, "rounds_per_second");
    if (number(t, "cached") == 0)
        b->images_per_second = number(t, "images_per_second");
    for (struct json_members m = json_members(json_member(t, "stages"));
         json_members_next(&m);)
        add_stage(to, b->name, m.key, "", m.value);
    for (size_t i = 0; i < json_list_size(groups); i++) {
        const struct json_value *g = json_list_item(groups, i);
        const char *name = json_get_string(json_member(g, "group"));
        for (struct json_members m = json_members(g); name && json_members_next(&m);)
            if (json_kind(m.value) == JSON_KIND_MAP)
                add_stage(to, b->name, m.key, name, m.value);
    }
}

/* What it was, and what it took, where it ran. */
static int read_backend(const struct recording *rec, const char *name, struct err *err)
{
    struct history_run *to = rec->to;
    char *record = folder_backend(name, "backend.json");
    char *timing = folder_backend(name, "timing.json");
    struct json_doc doc;
    int code = 0;

    MEM_ROOM(to->backends, to->n_backends, to->cap_backends);
    struct history_backend *b = &to->backends[to->n_backends++];
    *b = (struct history_backend){ keep(to, name), "", "", NAN, NAN, NAN, NAN };
    if (folder_records(rec->run, record)) {
        char *path = path_join(rec->dir, record);
        code = json_doc_load(&doc, path, JSON_BYTES, err);
        if (!code) {
            b->fingerprint = string(to, doc.root, "fingerprint");
            b->version = string(to, doc.root, "version");
            json_doc_release(&doc);
        }
        free(path);
    }
    if (!code && folder_records(rec->run, timing)) {
        char *path = path_join(rec->dir, timing);
        code = json_doc_load(&doc, path, JSON_BYTES, err);
        if (!code) {
            read_timing(to, b, doc.root);
            json_doc_release(&doc);
        }
        free(path);
    }
    free(timing);
    free(record);
    return code;
}

char *recording_scores(const char *dir, const char *backend, const char *scores)
{
    char *inner = folder_backend(backend, "scores.json"), *path = path_join(dir, inner);
    char *found = NULL;

    if (path_is_file(path))
        found = path_dirname(path);
    else if (scores)
        found = mem_strdup(scores);
    free(path);
    free(inner);
    return found;
}

int recording_check_scores(const struct run *run, const char *scores, struct err *err)
{
    int code = 0;
    bool any = false;

    for (size_t i = 0; i < run->n_inputs; i++) {
        char *path = path_join(scores, run->inputs[i].name), hash[HASH_HEX];
        any |= !strcmp(run->inputs[i].name, "scores.json");
        int one = hash_file(hash, path, err);
        if (!one && strcmp(hash, run->inputs[i].sha256))
            one = err_add(err, ERR_INPUT, "%s: is not the file that the run was made of "
                          "(SHA-256 %.16s..., run.json has %.16s...)", path, hash,
                          run->inputs[i].sha256);
        code = code ? code : one;
        free(path);
    }
    if (!any)
        code = err_add(err, ERR_INPUT, "%s: the run was not made of a folder of comparisons, "
                       "expected no --scores", scores);
    return code;
}

/* Where nobody can be counted, what the study says of its set. */
static void groups_of_findings(struct history_run *to)
{
    for (size_t i = 0; i < to->findings.n; i++) {
        const struct finding *f = &to->findings.rows[i];
        if (strcmp(f->metric, "faces"))
            continue;
        MEM_ROOM(to->groups, to->n_groups, to->cap_groups);
        to->groups[to->n_groups++] = (struct history_group){ keep(to, f->group), f->x, -1,
                                                             -1 };
    }
}

static int read_people(const struct recording *rec, struct err *err)
{
    char *path = path_join(rec->dir, "roster.csv"), *scores = NULL;
    char *attributes = path_join(rec->dir, "attributes.csv");
    bool own = folder_records(rec->run, "roster.csv");
    struct roster r;
    int code = 0;

    if (own && !(code = roster_read(&r, path, attributes, err))) {
        code = recording_count_groups(rec, &r, err);
        if (!code && rec->study->task == TASK_CLASSIFY)
            code = recording_outcomes(rec, &r, err);
        roster_release(&r);
    }
    for (size_t i = 0; i < rec->study->n_backends && !code; i++) {
        const char *name = rec->study->backends[i].text;
        scores = recording_scores(rec->dir, name, rec->scores);
        if (scores)
            code = recording_margins(rec, name, scores, err);
        free(scores);
    }
    if (!rec->to->n_groups)
        groups_of_findings(rec->to);
    free(attributes);
    free(path);
    return code;
}

static int read_all(struct recording *rec, struct err *err)
{
    char *path = path_join(rec->dir, "findings.csv");
    int code = read_head(rec->to, rec->run, rec->study, rec->dir, err);

    if (!code)
        code = findings_read_csv(&rec->to->findings, path, err);
    if (!code)
        code = read_claims(rec->to, rec->dir, err);
    for (size_t i = 0; i < rec->study->n_backends && !code; i++)
        code = read_backend(rec, rec->study->backends[i].text, err);
    if (!code)
        code = read_people(rec, err);
    if (!code)
        history_run_identify(rec->to);
    free(path);
    return code;
}

int recording_read(struct history_run *to, const struct history *h, const char *dir,
                   const char *scores, struct err *err)
{
    char *path = path_join(dir, "run.json"), *study_path = path_join(dir, "study.json");
    struct run run;
    struct study study;

    history_run_init(to);
    run_init(&run);
    int code = path_is_file(path) ? run_read(&run, path, err)
                                  : err_add(err, ERR_INPUT, "%s: is no finished run, "
                                            "expected a folder with a run.json", dir);
    if (!code)
        code = folder_check(dir, &run, MADE_BY_CHART, err);
    if (!code && scores)
        code = recording_check_scores(&run, scores, err);
    if (!code && !(code = study_load(&study, study_path, NULL, 0, err))) {
        struct recording rec = { to, h, &run, &study, dir, scores };
        code = read_all(&rec, err);
        study_release(&study);
    }
    run_release(&run);
    free(study_path);
    free(path);
    return code;
}

void recording_close(struct history *h, int code)
{
    struct err err = ERR_INIT;

    if (h && !code && history_flush(h, &err))
        fprintf(stderr, "misid: %s: what was recorded stays in %s-wal\n", err_text(&err),
                history_path(h));
    err_release(&err);
    history_close(h);
}
