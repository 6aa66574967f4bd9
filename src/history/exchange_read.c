/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history/exchange.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json_read.h"

#define MAX_FILE ((size_t)1 << 30)
#define MAX_GROUPS 100000

/* A file of an export while it is read: its path is for the faults. */
struct reading {
    struct history *h;
    const char *dir, *path;
    struct history_run *to;
    struct err *err;
    int code;
};

static int wrong(struct reading *r, const char *what)
{
    if (!r->code)
        r->code = err_add(r->err, ERR_INPUT, "%s: is no record of a run that misid exported: "
                          "%s", r->path, what);
    return r->code;
}

bool exchange_read_hex(const char *hex, unsigned char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    if (strlen(hex) != 2 * n || hex[strspn(hex, digits)])
        return false;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)((strchr(digits, hex[2 * i]) - digits) * 16 +
                                   (strchr(digits, hex[2 * i + 1]) - digits));
    return true;
}

static const char *text_of(struct reading *r, const struct json_value *map, const char *key)
{
    const char *s = json_get_string(json_member(map, key));

    if (!s)
        wrong(r, key);
    return arena_strdup(&r->to->arena, s ? s : "");
}

static double number_of(const struct json_value *map, const char *key)
{
    double v;

    return json_get_number(json_member(map, key), &v) ? v : NAN;
}

static int64_t int_of(struct reading *r, const struct json_value *map, const char *key)
{
    int64_t v = -1;

    if (!json_get_int(json_member(map, key), &v) || v < -1)
        wrong(r, key);
    return v;
}

/* So many whole numbers with single blanks between them, and no more. */
static bool read_numbers(const char *s, uint64_t *to, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t v = 0;
        if ((i && *s++ != ' ') || *s < '0' || *s > '9')
            return false;
        for (; *s >= '0' && *s <= '9'; s++)
            if (__builtin_mul_overflow(v, 10, &v) ||
                __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
                return false;
        to[i] = v;
    }
    return !*s;
}

static void read_tables(struct reading *r, const struct json_value *root)
{
    const struct json_value *claims = json_member(root, "claims");
    const struct json_value *groups = json_member(root, "groups");
    const struct json_value *backends = json_member(root, "backends");
    const struct json_value *stages = json_member(root, "stages");
    struct history_run *to = r->to;

    for (size_t i = 0; i < json_list_size(claims); i++) {
        const struct json_value *c = json_list_item(claims, i);
        MEM_ROOM(to->claims, to->n_claims, to->cap_claims);
        to->claims[to->n_claims++] = (struct history_claim){
            text_of(r, c, "claim"), text_of(r, c, "type"), text_of(r, c, "verdict"),
            number_of(c, "margin"), number_of(c, "p"), number_of(c, "p_holm") };
    }
    for (size_t i = 0; i < json_list_size(groups); i++) {
        const struct json_value *g = json_list_item(groups, i);
        MEM_ROOM(to->groups, to->n_groups, to->cap_groups);
        to->groups[to->n_groups++] = (struct history_group){
            text_of(r, g, "group"), int_of(r, g, "samples"), int_of(r, g, "people"),
            int_of(r, g, "failed") };
    }
    for (size_t i = 0; i < json_list_size(backends); i++) {
        const struct json_value *b = json_list_item(backends, i);
        MEM_ROOM(to->backends, to->n_backends, to->cap_backends);
        to->backends[to->n_backends++] = (struct history_backend){
            text_of(r, b, "backend"), text_of(r, b, "fingerprint"), text_of(r, b, "version"),
            number_of(b, "images_per_second"), number_of(b, "calibration"),
            number_of(b, "threads"), number_of(b, "load") };
    }
    for (size_t i = 0; i < json_list_size(stages); i++) {
        const struct json_value *s = json_list_item(stages, i);
        MEM_ROOM(to->stages, to->n_stages, to->cap_stages);
        to->stages[to->n_stages++] = (struct history_stage){
            text_of(r, s, "backend"), text_of(r, s, "stage"), text_of(r, s, "group"),
            int_of(r, s, "n"), number_of(s, "mean_ms"), number_of(s, "p50_ms"),
            number_of(s, "p95_ms"), number_of(s, "p99_ms") };
    }
}

static bool read_panel_row(const char *s, struct history_panel *p, size_t n, size_t i)
{
    unsigned char *key = (unsigned char *)p->keys + i * HISTORY_KEY;
    uint32_t *group = (uint32_t *)p->group, *person = (uint32_t *)p->person;
    char hex[2 * HISTORY_KEY + 1];
    uint64_t v[2];

    if (strlen(s) < sizeof hex || s[2 * HISTORY_KEY] != ' ')
        return false;
    memcpy(hex, s, sizeof hex - 1);
    hex[sizeof hex - 1] = '\0';
    s += sizeof hex;
    if (!exchange_read_hex(hex, key, HISTORY_KEY) ||
        (i && memcmp(key - HISTORY_KEY, key, HISTORY_KEY) >= 0))
        return false;
    bool none = s[0] == '-' && s[1] == ' ';
    if (none ? !read_numbers(s + 2, &v[1], 1) : !read_numbers(s, v, 2))
        return false;
    if ((!none && v[0] >= p->n_groups) || v[1] >= n)
        return false;
    group[i] = none ? HISTORY_NO_GROUP : (uint32_t)v[0];
    person[i] = (uint32_t)v[1];
    return true;
}

static void fill_panel(struct reading *r, const struct json_value *root,
                       struct history_panel *p)
{
    const struct json_value *groups = json_member(root, "groups");
    const struct json_value *rows = json_member(root, "rows");
    struct arena *arena = &r->to->arena;

    snprintf(p->secret, sizeof p->secret, "%s", text_of(r, root, "secret"));
    p->n = json_list_size(rows);
    p->n_groups = json_list_size(groups);
    p->groups = arena_array(arena, p->n_groups, sizeof *p->groups);
    for (size_t g = 0; g < p->n_groups; g++) {
        const char *name = json_get_string(json_list_item(groups, g));
        if (!name || strchr(name, '\n') || p->n_groups > MAX_GROUPS)
            wrong(r, "groups");
        p->groups[g] = arena_strdup(arena, name ? name : "");
    }
    p->keys = arena_array(arena, p->n, HISTORY_KEY);
    p->group = arena_array(arena, p->n, sizeof *p->group);
    p->person = arena_array(arena, p->n, sizeof *p->person);
    for (size_t i = 0; i < p->n && !r->code; i++) {
        const char *s = json_get_string(json_list_item(rows, i));
        if (!s || !read_panel_row(s, p, p->n, i))
            wrong(r, "rows");
    }
}

/* The panel of a hash, read once; its index in the run. */
static size_t need_panel(struct reading *r, const struct json_value *map)
{
    const char *hash = text_of(r, map, "panel"), *before = r->path;
    struct history_panel p = { .n = 0 };
    unsigned char bytes[HASH_BYTES];
    struct json_doc doc;

    for (size_t i = 0; i < r->to->n_panels; i++)
        if (!strcmp(r->to->panels[i].hash, hash))
            return i;
    if (r->code || !exchange_read_hex(hash, bytes, sizeof bytes)) {
        wrong(r, "panel");
        return 0;
    }
    char *name = mem_printf("panels/%s.json", hash), *path = path_join(r->dir, name);
    r->path = path;
    int code = json_doc_load(&doc, path, MAX_FILE, r->err);
    if (!code) {
        fill_panel(r, doc.root, &p);
        history_panel_hash(&p, p.hash);
        if (strcmp(p.hash, hash))
            wrong(r, "its hash is not that of its name");
        json_doc_release(&doc);
    }
    r->code = r->code ? r->code : code;
    r->path = before;
    free(path);
    free(name);
    MEM_ROOM(r->to->panels, r->to->n_panels, r->to->cap_panels);
    r->to->panels[r->to->n_panels] = p;
    return r->to->n_panels++;
}

static void read_outcomes(struct reading *r, const struct json_value *list)
{
    for (size_t i = 0; i < json_list_size(list) && !r->code; i++) {
        const struct json_value *o = json_list_item(list, i);
        struct history_outcomes out = { text_of(r, o, "backend"), need_panel(r, o),
                                        text_of(r, o, "outcomes") };
        if (r->code)
            return;
        if (strlen(out.outcomes) != r->to->panels[out.panel].n ||
            out.outcomes[strspn(out.outcomes, "-rwm")])
            wrong(r, "outcomes");
        MEM_ROOM(r->to->outcomes, r->to->n_outcomes, r->to->cap_outcomes);
        r->to->outcomes[r->to->n_outcomes++] = out;
    }
}

static void read_margins(struct reading *r, const struct json_value *map)
{
    const struct json_value *points = json_member(map, "points");
    const struct json_value *cells = json_member(map, "cells");
    const struct json_value *rows = json_member(map, "rows");
    struct arena *arena = &r->to->arena;
    struct history_margins m = { .backend = text_of(r, map, "backend") };

    m.panel = need_panel(r, map);
    m.n_points = json_list_size(points);
    m.n_cells = json_list_size(cells);
    m.n_rows = json_list_size(rows);
    if (r->code || m.n_points > 100000) {
        wrong(r, "points");
        return;
    }
    const struct history_panel *p = &r->to->panels[m.panel];
    m.points = arena_array(arena, m.n_points, sizeof *m.points);
    m.thresholds = arena_array(arena, m.n_points, sizeof *m.thresholds);
    for (size_t k = 0; k < m.n_points; k++) {
        const struct json_value *at = json_list_item(points, k);
        m.points[k] = text_of(r, at, "point");
        m.thresholds[k] = number_of(at, "threshold");
        if (!isfinite(m.thresholds[k]) || strchr(m.points[k], '\n'))
            wrong(r, "points");
    }
    m.cells = arena_array(arena, m.n_cells, sizeof *m.cells);
    for (size_t c = 0; c < m.n_cells; c++) {
        const char *s = json_get_string(json_list_item(cells, c));
        uint64_t v[3];
        if (!s || !read_numbers(s, v, 3) || v[0] >= p->n_groups || v[1] >= p->n_groups ||
            v[2] > 1) {
            wrong(r, "cells");
            return;
        }
        m.cells[c] = (struct history_cell){ (uint32_t)v[0], (uint32_t)v[1], v[2] == 1 };
    }
    m.rows = arena_array(arena, m.n_rows, sizeof *m.rows);
    uint64_t *v = mem_array(m.n_points + 4, sizeof *v);
    for (size_t i = 0; i < m.n_rows && !r->code; i++) {
        const char *s = json_get_string(json_list_item(rows, i));
        struct history_margin *row = &m.rows[i];
        if (!s || !read_numbers(s, v, m.n_points + 4) || v[0] >= p->n ||
            v[1] >= m.n_cells || (i && (row[-1].person > v[0] ||
                                        (row[-1].person == v[0] && row[-1].cell >= v[1])))) {
            wrong(r, "rows");
            break;
        }
        uint64_t *matches = arena_array(arena, m.n_points, sizeof *matches);
        for (size_t k = 0; k < m.n_points; k++)
            if ((matches[k] = v[k + 4]) > v[2])
                wrong(r, "rows");
        *row = (struct history_margin){ (uint32_t)v[0], (uint32_t)v[1], v[2], v[3], matches };
    }
    free(v);
    MEM_ROOM(r->to->margins, r->to->n_margins, r->to->cap_margins);
    r->to->margins[r->to->n_margins++] = m;
}

/* Part of the path of its files when it is exported again. */
static bool is_plain(const char *name)
{
    return *name && *name != '.' && strlen(name) < 200 &&
           !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789._-")] && strcmp(name, "panels");
}

static void read_head(struct reading *r, const struct json_value *root)
{
    struct history_head *head = &r->to->head;
    struct tm tm = { .tm_isdst = 0 };
    const char *end;

    if (int_of(r, root, "format") != EXCHANGE_FORMAT)
        wrong(r, "its format is of another misid");
    head->study = text_of(r, root, "study");
    head->task = text_of(r, root, "task");
    head->dataset = text_of(r, root, "dataset");
    head->dataset_hash = text_of(r, root, "dataset_hash");
    head->version = text_of(r, root, "misid");
    head->started = text_of(r, root, "started");
    head->command = text_of(r, root, "command");
    head->host = text_of(r, root, "host");
    head->record_hash = text_of(r, root, "record");
    end = strptime(head->started, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (!end || *end || strlen(head->started) != 20)
        wrong(r, "started");
    head->at = (int64_t)timegm(&tm);
    if (!is_plain(head->study))
        wrong(r, "study");
}

static void read_findings(struct reading *r, const struct json_value *root)
{
    char *csv = mem_strdup(r->path), hash[HASH_HEX];
    const char *expected = text_of(r, root, "findings");

    memcpy(csv + strlen(csv) - 5, ".csv", 5); /* of .json */
    int code = hash_file(hash, csv, r->err);
    if (!code && strcmp(hash, expected))
        code = err_add(r->err, ERR_INPUT, "%s: is not the file that the record beside it "
                       "names (SHA-256 %.16s...)", csv, hash);
    if (!code)
        code = findings_read_csv(&r->to->findings, csv, r->err);
    r->code = r->code ? r->code : code;
    free(csv);
}

static int import_run(struct history *h, const char *dir, const char *path, bool *fresh,
                      struct err *err)
{
    struct history_run run;
    struct reading r = { .h = h, .dir = dir, .path = path, .to = &run, .err = err };
    struct json_doc doc;
    char sum[HASH_HEX];
    int code = json_doc_load(&doc, path, MAX_FILE, err);

    *fresh = false;
    if (code)
        return code;
    history_run_init(&run);
    read_head(&r, doc.root);
    read_tables(&r, doc.root);
    if (!r.code)
        read_findings(&r, doc.root);
    read_outcomes(&r, json_member(doc.root, "outcomes"));
    const struct json_value *margins = json_member(doc.root, "margins");
    for (size_t i = 0; i < json_list_size(margins) && !r.code; i++)
        read_margins(&r, json_list_item(margins, i));
    if (!r.code) {
        history_run_identify(&run);
        if (strcmp(run.head.id, text_of(&r, doc.root, "id")))
            wrong(&r, "its content has another id");
        exchange_sum(&run, sum);
        if (strcmp(sum, text_of(&r, doc.root, "sum")))
            wrong(&r, "its content has another sum");
    }
    if (!r.code)
        r.code = history_record(h, &run, fresh, err);
    history_run_release(&run);
    json_doc_release(&doc);
    return r.code;
}

static int no_dots(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static bool is_record(const char *name)
{
    size_t n = strlen(name);

    return n > 5 && !strcmp(name + n - 5, ".json");
}

/* The runs of one study's folder. */
static int import_folder(struct history *h, const char *dir, const char *study,
                         struct history_exchanged *done, struct err *err)
{
    char *folder = path_join(dir, study);
    struct dirent **entries = NULL;
    int n = path_is_dir(folder) ? scandir(folder, &entries, no_dots, alphasort) : 0, code = 0;

    if (n < 0)
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot read", folder);
    for (int i = 0; i < n; i++) {
        char *path = path_join(folder, entries[i]->d_name);
        if (is_record(entries[i]->d_name)) {
            bool fresh;
            int one = import_run(h, dir, path, &fresh, err);
            done->runs += !one;
            done->fresh += fresh;
            code = code ? code : one;
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
    free(folder);
    return code;
}

static int import_baselines(struct history *h, const char *dir, struct err *err)
{
    static const char *const columns[] = { "study", "name", "run" };
    char *path = path_join(dir, "baselines.csv");
    struct csv_table t;
    int at[3], code = 0;

    if (path_is_file(path)) {
        code = csv_table_load(&t, path, &(struct csv_options){ 0 }, err);
        if (!code)
            code = csv_table_columns(&t, columns, 3, at, err);
        for (size_t i = 0; !code && i < t.rows; i++)
            code = history_baseline_set(h, csv_table_cell(&t, i, (size_t)at[1]),
                                        csv_table_cell(&t, i, (size_t)at[2]), err);
        csv_table_release(&t);
    }
    free(path);
    return code;
}

/* A history without runs goes on with the secret of the one that was exported. */
static int import_secret(struct history *h, const char *dir, struct err *err)
{
    char *path = path_join(dir, "secret"), *data = NULL;
    unsigned char secret[SECRET_BYTES];
    size_t len;
    int code = 0;

    if (path_is_file(path) && !(code = file_read(path, 2 * SECRET_BYTES + 1, &data, &len,
                                                 err))) {
        data[strcspn(data, "\n")] = '\0';
        code = exchange_read_hex(data, secret, sizeof secret)
                   ? store_adopt_secret(h, secret, err)
                   : err_add(err, ERR_INPUT, "%s: expected %d hexadecimal digits", path,
                             2 * SECRET_BYTES);
    }
    free(data);
    free(path);
    return code;
}

int history_import(struct history *h, const char *dir, struct history_exchanged *done,
                   struct err *err)
{
    struct dirent **entries = NULL;
    char *path = path_join(dir, "history.json");
    int n = 0, code = 0;

    *done = (struct history_exchanged){ 0 };
    if (!path_is_file(path))
        code = err_add(err, ERR_INPUT, "%s: is no export of a history, expected a folder with "
                       "a history.json", dir);
    free(path);
    if (!code)
        code = import_secret(h, dir, err);
    if (code)
        return code;
    n = scandir(dir, &entries, no_dots, alphasort);
    if (n < 0)
        code = err_add_errno(err, ERR_IO, errno, "%s: cannot read", dir);
    for (int i = 0; i < n; i++) {
        int one = strcmp(entries[i]->d_name, "panels")
                      ? import_folder(h, dir, entries[i]->d_name, done, err) : 0;
        code = code ? code : one;
        free(entries[i]);
    }
    free(entries);
    return code ? code : import_baselines(h, dir, err);
}
