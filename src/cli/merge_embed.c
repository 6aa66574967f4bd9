/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of `misid embed`: rosters, outputs and templates one below the other, and one
 * record of the backend. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/npy.h"
#include "cli/merge.h"
#include "cli/merge_table.h"

#define RECORD_MAX ((size_t)64 << 20)

struct merging {
    struct merge_request *r;
    size_t *rows;              /* of outputs.csv, of each part */
    size_t n_rows;
    struct json_doc *records, *timings;
};

static int load_all(const struct merging *m, const char *file, struct json_doc *docs,
                    struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < m->r->n && !code; i++) {
        char *path = path_join(m->r->parts[i].dir, file);
        code = json_doc_load(&docs[i], path, RECORD_MAX, err);
        free(path);
    }
    return code;
}

/* As json.h writes it, so that a copy of what it wrote is the same text. */
static void add_value(struct json_out *w, const char *key, const struct json_value *v)
{
    const char *s;
    double number;
    int64_t whole;
    bool truth;

    if (json_kind(v) == JSON_KIND_MAP) {
        json_map(w, key);
        for (struct json_members m = json_members(v); json_members_next(&m);)
            add_value(w, m.key, m.value);
        json_end(w);
    } else if (json_kind(v) == JSON_KIND_LIST) {
        json_list(w, key);
        for (size_t i = 0; i < json_list_size(v); i++)
            add_value(w, NULL, json_list_item(v, i));
        json_end(w);
    } else if ((s = json_get_string(v))) {
        json_string(w, key, s);
    } else if (json_get_int(v, &whole)) {
        json_int(w, key, whole);
    } else if (json_get_number(v, &number)) {
        json_number(w, key, number);
    } else if (json_get_bool(v, &truth)) {
        json_bool(w, key, truth);
    } else {
        json_string(w, key, NULL);
    }
}

/* What backend.json says of the backend, which is the same in all parts. */
static bool is_own(const char *key)
{
    return !strcmp(key, "rows") || !strcmp(key, "timing");
}

static void add_backend(struct json_out *w, const struct json_value *record)
{
    for (struct json_members k = json_members(record); json_members_next(&k);)
        if (!is_own(k.key))
            add_value(w, k.key, k.value);
}

static int check_records(const struct merging *m, struct err *err)
{
    struct text first = TEXT_INIT, other = TEXT_INIT;
    int code = 0;

    for (size_t i = 0; i < m->r->n && !code; i++) {
        struct text *to = i ? &other : &first;
        struct json_out w = json_out(to);
        text_reset(to);
        json_map(&w, NULL);
        add_backend(&w, m->records[i].root);
        json_end(&w);
        if (i && strcmp(first.s, other.s))
            code = err_add(err, ERR_INPUT, "merge: the backend.json of %s is of another "
                           "backend than that of %s", m->r->parts[i].dir,
                           m->r->parts[0].dir);
    }
    text_release(&first);
    text_release(&other);
    return code;
}

/* Times of several machines make no percentile together: sums, and each part's own. */
static void add_timing(const struct merging *m, struct json_out *w)
{
    static const char *const summed[] = { "samples", "not_shown", "computed", "warm_up",
                                          "cached" };

    for (size_t k = 0; k < sizeof summed / sizeof *summed; k++) {
        int64_t sum = 0, v;
        for (size_t i = 0; i < m->r->n; i++)
            if (json_get_int(json_member(m->timings[i].root, summed[k]), &v))
                sum += v;
        json_int(w, summed[k], sum);
    }
    json_list(w, "parts");
    for (size_t i = 0; i < m->r->n; i++) {
        json_map(w, NULL);
        for (struct json_members k = json_members(m->timings[i].root);
             json_members_next(&k);)
            if (strcmp(k.key, "format") && strcmp(k.key, "backend") &&
                strcmp(k.key, "fingerprint"))
                add_value(w, k.key, k.value);
        json_end(w);
    }
    json_end(w);
}

static void make_timing(const struct merging *m, struct text *to)
{
    static const char *const head[] = { "format", "backend", "fingerprint" };
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        add_value(&w, head[i], json_member(m->timings[0].root, head[i]));
    add_timing(m, &w);
    json_end(&w);
}

static void make_record(const struct merging *m, struct text *to)
{
    struct json_out w = json_out(to);

    json_map(&w, NULL);
    add_backend(&w, m->records[0].root);
    json_int(&w, "rows", (int64_t)m->n_rows);
    json_map(&w, "timing");
    add_timing(m, &w);
    json_end(&w);
    json_end(&w);
}

static int merge_tables(struct merging *m, struct err *err)
{
    struct merge_request *r = m->r;
    size_t *samples = mem_array(r->n, sizeof *samples);
    const struct merge_table roster = { .file = "roster.csv", .out = r->out, .alike = true,
                                        .rows = samples };
    const struct merge_table outputs = { .file = "outputs.csv", .out = r->out,
                                         .before = "attr.source", .rows = m->rows };
    int code = merge_table(&roster, r->parts, r->n, err);

    for (size_t i = 0; i < r->n && !code; i++) {
        size_t from, to;
        code = shard_range("merge", &r->parts[i].shard, r->parts[i].samples, &from, &to,
                           err);
        if (!code && samples[i] != to - from)
            code = err_add(err, ERR_INPUT, "%s/roster.csv: %zu samples, expected %zu, part "
                           "%zu/%zu of %zu", r->parts[i].dir, samples[i], to - from,
                           r->parts[i].shard.i, r->n, r->parts[i].samples);
    }
    if (!code)
        code = merge_table(&outputs, r->parts, r->n, err);
    for (size_t i = 0; i < r->n; i++)
        m->n_rows += m->rows[i];
    free(samples);
    return code;
}

/* Templates are float32, or opaque bytes where the backend has no dimension. */
static int merge_templates(const struct merging *m, struct err *err)
{
    const struct merge_request *r = m->r;
    int64_t dimension = 0;
    bool opaque = !json_get_int(json_member(m->records[0].root, "dimension"), &dimension) ||
                  dimension <= 0;
    const char *type = opaque ? "'|u1'" : "'<f4'";
    const size_t size = opaque ? 1 : sizeof(float);
    struct npy_records *all = mem_array(r->n, sizeof *all);
    size_t loaded = 0;
    struct npy_out out;
    int code = 0;

    for (; loaded < r->n && !code; loaded += !code) {
        struct npy_records *one = &all[loaded];
        char *path = path_join(r->parts[loaded].dir, "templates.npy");
        code = npy_records_load(one, path, type, size, 2, err);
        if (!code && (one->shape[0] != m->rows[loaded] || one->shape[1] != all[0].shape[1])) {
            code = err_add(err, ERR_INPUT, "%s: %zu × %zu, expected %zu × %zu, a template a "
                           "row of outputs.csv", path, one->shape[0], one->shape[1],
                           m->rows[loaded], all[0].shape[1]);
            npy_records_release(one);
        }
        free(path);
    }
    if (!code) {
        const size_t shape[2] = { m->n_rows, all[0].shape[1] };
        char *path = path_join(r->out, "templates.npy");
        code = npy_begin(&out, path, type, shape, 2, err);
        free(path);
        for (size_t i = 0; i < r->n && !code; i++)
            npy_put_bytes(&out, all[i].data, all[i].n * size);
        if (!code)
            code = npy_commit(&out, err);
    }
    while (loaded)
        npy_records_release(&all[--loaded]);
    free(all);
    return code;
}

static int write_all(struct merging *m, struct err *err)
{
    static const char *const shared[] = { "attributes.csv", "problems.csv", "trials.csv" };
    struct merge_request *r = m->r;
    bool templates = part_has(&r->parts[0], "templates.npy");
    struct text t = TEXT_INIT;
    int code = file_remove(r->out, "backend.json", err);

    for (size_t i = 0; i < sizeof shared / sizeof *shared && !code; i++)
        code = parts_copy(r->parts, r->n, shared[i], r->out, err);
    (void)(code || (code = merge_tables(m, err)) ||
           (code = templates ? merge_templates(m, err)
                             : file_remove(r->out, "templates.npy", err)));
    if (!code) {
        make_timing(m, &t);
        code = file_write_text(r->out, "timing.json", &t, err);
    }
    if (!code) {
        make_record(m, &t);
        if (r->json)
            text_add(&r->words, t.s);
        code = file_write_text(r->out, "backend.json", &t, err);
    }
    text_release(&t);
    return code;
}

int merge_embed(struct merge_request *r, struct err *err)
{
    struct merging m = { .r = r };
    int code;

    m.rows = mem_array(r->n, sizeof *m.rows);
    m.records = mem_array(r->n, sizeof *m.records);
    m.timings = mem_array(r->n, sizeof *m.timings);
    (void)((code = load_all(&m, "backend.json", m.records, err)) ||
           (code = load_all(&m, "timing.json", m.timings, err)) ||
           (code = check_records(&m, err)) || (code = write_all(&m, err)));
    if (!code && !r->json)
        text_addf(&r->words, "%zu parts: %zu samples, %zu rows\nOutputs: %s/outputs.csv\n",
                  r->n, r->parts[0].samples, m.n_rows, r->out);
    for (size_t i = 0; i < r->n; i++) {
        if (m.records[i].root)
            json_doc_release(&m.records[i]);
        if (m.timings[i].root)
            json_doc_release(&m.timings[i]);
    }
    free(m.records);
    free(m.timings);
    free(m.rows);
    return code;
}
