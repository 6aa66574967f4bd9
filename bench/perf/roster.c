/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast a table of a million people becomes a roster, and how much memory it
 * takes: rows a second and bytes a row, beside reading the same table and doing
 * nothing with it in the same run. The table has a path, a person (ten images
 * each), four labels of a few values and an age.
 *
 *     bench/perf/roster [--rows N] [--json]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "datasets/census.h"
#include "datasets/dataset.h"

static const char description[] =
    "name: bench\ntitle: bench\nabout: bench\nsource: bench\n"
    "sources:\n  - {name: metadata, layout: table, file: table.csv, path: path, "
    "subject: person}\n"
    "attributes:\n"
    "  gender: {from: gender, fixed: true, provenance: annotator, map: {F: female, M: male}}\n"
    "  race: {from: race, fixed: true, provenance: annotator}\n"
    "  type: {from: type, fixed: true, provenance: annotator, "
    "map: {1: I, 2: II, 3: III, 4: IV, 5: V, 6: VI}}\n"
    "  skin: {of: type, provenance: annotator, "
    "map: {I: lighter, II: lighter, III: lighter, IV: darker, V: darker, VI: darker}}\n"
    "  age_group: {from: age, provenance: annotator, bins: {cuts: [18, 30, 45, 60]}}\n"
    "  light: {from: light, provenance: annotator}\n";

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int write_table(const char *path, size_t rows, struct err *err)
{
    static const char *const races[] = { "black", "white", "east asian", "indian" };
    struct outfile out = OUTFILE_INIT;
    int code = outfile_begin(&out, path, err);

    if (code)
        return code;
    fputs("path,person,gender,race,type,age,light\n", out.fp);
    for (size_t i = 0; i < rows; i++) {
        size_t person = i / 10;
        fprintf(out.fp, "train/%07zu/%zu.jpg,n%07zu,%s,%s,%zu,%zu,%s\n", person, i % 10,
                person, person % 2 ? "F" : "M", races[person % 4], person % 6 + 1,
                18 + person % 50 + i % 3, i % 5 ? "bright" : "dim");
    }
    return outfile_commit(&out, err);
}

static int pass_over(const struct csv_row *row, void *arg, struct err *err)
{
    (void)err;
    *(size_t *)arg += row->n;
    return 0;
}

struct result {
    size_t rows, groups, people, bytes;
    double read, load, count;
};

static int measure(const char *dir, struct result *m, struct err *err)
{
    char *yaml = path_join(dir, "dataset.yaml"), *table = path_join(dir, "table.csv");
    struct dataset d = { .arena = ARENA_INIT };
    struct roster r = { 0 };
    struct census census = { 0 };
    size_t cells = 0;
    int code = file_write(yaml, description, strlen(description), err);

    (void)(code || (code = write_table(table, m->rows, err)) ||
           (code = dataset_load(&d, yaml, NULL, err)));
    double start = now();
    if (!code)
        code = csv_read(table, NULL, pass_over, &cells, err);
    m->read = now() - start;
    start = now();
    char *cwd = getcwd(NULL, 0);
    if (!code && chdir(dir) == 0)
        code = dataset_roster(&d, NULL, NULL, &r, err); /* no root: no images asked for */
    m->load = now() - start;
    start = now();
    if (!code)
        code = census_take(&census, &r, NULL, 0, err);
    m->count = now() - start;
    m->groups = census.n;
    m->people = census.people;
    m->bytes = roster_bytes(&r);
    if (cwd && chdir(cwd) < 0 && !code)
        code = err_add(err, ERR_IO, "%s: cannot go back there", cwd);
    free(cwd);
    unlink(yaml);
    unlink(table);
    census_release(&census);
    roster_release(&r);
    dataset_release(&d);
    free(yaml);
    free(table);
    return code;
}

static void print(const struct result *m, bool json)
{
    double rows = (double)m->rows;

    if (json) {
        struct text t = TEXT_INIT;
        struct json_out w = json_out(&t);
        json_map(&w, NULL);
        json_int(&w, "rows", (int64_t)m->rows);
        json_number(&w, "rows_per_second", rows / m->load);
        json_number(&w, "bytes_per_row", (double)m->bytes / rows);
        json_number(&w, "seconds", m->load);
        json_number(&w, "table_only_seconds", m->read);
        json_number(&w, "ratio_to_table_only", m->load / m->read);
        json_number(&w, "census_seconds", m->count);
        json_end(&w);
        puts(t.s);
        text_release(&t);
        return;
    }
    printf("%zu rows, %zu people: %.2f s, %.0f rows/s, %.1f bytes/row\n", m->rows, m->people,
           m->load, rows / m->load, (double)m->bytes / rows);
    printf("reading the table alone: %.2f s (ratio %.1f); counting %zu groups: %.2f s\n",
           m->read, m->load / m->read, m->groups, m->count);
}

int main(int argc, char **argv)
{
    struct result m = { .rows = 1000000 };
    struct err err = ERR_INIT;
    bool json = false;
    int64_t rows;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json")) {
            json = true;
        } else if (!strcmp(argv[i], "--rows") && i + 1 < argc &&
                   num_parse_int64(argv[++i], &rows) && rows > 0 && rows <= 100000000) {
            m.rows = (size_t)rows;
        } else {
            fputs("usage: roster [--rows N] [--json]\n", stderr);
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
        fprintf(stderr, "roster: %s\n", err_text(&err));
    else
        print(&m, json);
    err_release(&err);
    return code ? 2 : 0;
}
