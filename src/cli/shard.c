/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/shard.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "core/count.h"

#define FORMAT 1
#define RECORD_MAX ((size_t)64 << 20)
#define COPIED_MAX ((size_t)1 << 40)

int shard_parse(const char *command, const char *text, struct shard *s, struct err *err)
{
    int64_t i = 0, n = 0;
    const char *slash = text ? strchr(text, '/') : NULL;

    *s = (struct shard){ 0, 0 };
    if (!text)
        return 0;
    char *first = mem_strndup(text, slash ? (size_t)(slash - text) : 0);
    bool good = slash && num_parse_int64(first, &i) && num_parse_int64(slash + 1, &n) &&
                i >= 1 && i <= n && n <= COUNT_MAX_PARTS;
    free(first);
    if (!good)
        return err_add(err, ERR_INPUT, "%s: --shard '%.40s', expected I/N, the I-th of N "
                       "parts, 1 ≤ I ≤ N ≤ %d", command, text, COUNT_MAX_PARTS);
    *s = (struct shard){ (size_t)i, (size_t)n };
    return 0;
}

int shard_range(const char *command, const struct shard *s, size_t n, size_t *from,
                size_t *to, struct err *err)
{
    *from = 0;
    *to = n;
    if (!s->n)
        return 0;
    if (n < s->n)
        return err_add(err, ERR_INPUT, "%s: --shard %zu/%zu of %zu samples, expected no more "
                       "parts than samples", command, s->i, s->n, n);
    *from = (size_t)((unsigned __int128)n * (s->i - 1) / s->n);
    *to = (size_t)((unsigned __int128)n * s->i / s->n);
    return 0;
}

void shard_key(char key[HASH_HEX], const char *asked, const struct roster *r, size_t n)
{
    size_t *rows = mem_array(n, sizeof *rows);
    struct text t = TEXT_INIT;

    for (size_t i = 0; i < n; i++)
        rows[i] = i;
    text_addf(&t, "%s\n%s\n", PACKAGE_VERSION, asked);
    roster_add_rows(r, rows, n, &t);
    hash_bytes(key, t.s, t.len);
    text_release(&t);
    free(rows);
}

int shard_unfinish(const char *dir, struct err *err)
{
    return file_remove(dir, SHARD_JSON, err);
}

int shard_refuse(const char *dir, struct err *err)
{
    char *path = path_join(dir, SHARD_JSON);
    int code = path_is_file(path)
                   ? err_add(err, ERR_INPUT, "%s: is a part of a whole (%s), expected what "
                             "misid merge makes of all parts", dir, SHARD_JSON)
                   : 0;

    free(path);
    return code;
}

static int add_files(const struct shard_record *r, const char *dir, struct json_out *w,
                     struct err *err)
{
    int code = 0;

    json_map(w, "files");
    for (size_t i = 0; r->files[i] && !code; i++) {
        char *path = path_join(dir, r->files[i]), hex[HASH_HEX];
        if (path_is_file(path) && !(code = hash_file(hex, path, err)))
            json_string(w, r->files[i], hex);
        free(path);
    }
    json_end(w);
    return code;
}

int shard_write(const struct shard_record *r, const char *dir, struct err *err)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_map(&w, NULL);
    json_int(&w, "format", FORMAT);
    json_string(&w, "stage", r->stage);
    json_int(&w, "shard", (int64_t)r->shard.i);
    json_int(&w, "of", (int64_t)r->shard.n);
    json_string(&w, "key", r->key);
    json_int(&w, "samples", (int64_t)r->samples);
    if (r->add)
        r->add(r->self, &w);
    int code = add_files(r, dir, &w, err);
    json_end(&w);
    if (!code)
        code = file_write_text(dir, SHARD_JSON, &t, err);
    text_release(&t);
    return code;
}

static bool get_whole(const struct json_value *map, const char *key, size_t *to)
{
    int64_t v;
    bool good = json_get_int(json_member(map, key), &v) && v >= 0;

    *to = good ? (size_t)v : 0;
    return good;
}

static int read_record(struct part *p, const char *path, struct err *err)
{
    const struct json_value *root;
    size_t format;
    int code = json_doc_load(&p->doc, path, RECORD_MAX, err);

    if (code)
        return code;
    root = p->doc.root;
    p->stage = json_get_string(json_member(root, "stage"));
    p->key = json_get_string(json_member(root, "key"));
    if (!get_whole(root, "format", &format) || format != FORMAT || !p->stage || !p->key ||
        !get_whole(root, "shard", &p->shard.i) || !get_whole(root, "of", &p->shard.n) ||
        !get_whole(root, "samples", &p->samples) || p->shard.i < 1 ||
        p->shard.i > p->shard.n || p->shard.n > COUNT_MAX_PARTS ||
        json_kind(json_member(root, "files")) != JSON_KIND_MAP)
        return err_add(err, ERR_INPUT, "%s: expected the record of a part, format %d", path,
                       FORMAT);
    return 0;
}

/* Its files are there, and are those that were hashed. */
static int check_files(const struct part *p, struct err *err)
{
    struct json_members m = json_members(json_member(p->doc.root, "files"));
    int code = 0;

    while (!code && json_members_next(&m)) {
        const char *said = json_get_string(m.value);
        char hex[HASH_HEX], *path = path_join(p->dir, m.key);
        if (!said || strchr(m.key, '/'))
            code = err_add(err, ERR_INPUT, "%s/" SHARD_JSON ": 'files' names '%.60s', "
                           "expected files of the folder and their SHA-256", p->dir, m.key);
        else if (!(code = hash_file(hex, path, err)) && strcmp(hex, said))
            code = err_add(err, ERR_INPUT, "%s: is not the file that " SHARD_JSON
                           " records, expected it unchanged", path);
        free(path);
    }
    return code;
}

static int load(struct part *p, const char *dir, struct err *err)
{
    char *path = path_join(dir, SHARD_JSON);
    int code;

    *p = (struct part){ .dir = dir };
    if (!path_is_file(path))
        code = err_add(err, ERR_INPUT, "%s: is no part, or not a whole one: expected a "
                       "folder that --shard made, with its " SHARD_JSON, dir);
    else
        code = read_record(p, path, err);
    free(path);
    return code;
}

static int by_number(const void *a, const void *b)
{
    const struct part *x = a, *y = b;

    return (x->shard.i > y->shard.i) - (x->shard.i < y->shard.i);
}

/* Sorted parts. */
static int check_whole(const struct part *parts, size_t n, struct err *err)
{
    const size_t of = parts[0].shard.n;
    struct text missing = TEXT_INIT;
    size_t k = 0, lack = 0;

    for (size_t i = 1; i < n; i++)
        if (parts[i].shard.i == parts[i - 1].shard.i)
            return err_add(err, ERR_INPUT, "merge: %s and %s are both part %zu of %zu, "
                           "expected each once", parts[i - 1].dir, parts[i].dir,
                           parts[i].shard.i, of);
    for (size_t i = 1; i <= of; i++) {
        if (k < n && parts[k].shard.i == i) {
            k++;
            continue;
        }
        if (++lack <= 10)
            text_addf(&missing, "%s%zu", missing.len ? ", " : "", i);
    }
    if (lack > 10)
        text_addf(&missing, " and %zu more", lack - 10);
    int code = lack ? err_add(err, ERR_INPUT, "merge: of %zu parts %s %s missing", of,
                              missing.s, lack == 1 ? "is" : "are") : 0;
    text_release(&missing);
    return code;
}

int parts_load(struct part **to, const char *const *dirs, size_t n, struct err *err)
{
    struct part *parts = mem_array(n, sizeof *parts);
    int code = 0;

    *to = parts;
    for (size_t i = 0; i < n && !code; i++)
        code = load(&parts[i], dirs[i], err);
    for (size_t i = 1; i < n && !code; i++)
        if (strcmp(parts[i].stage, parts[0].stage) || strcmp(parts[i].key, parts[0].key) ||
            parts[i].shard.n != parts[0].shard.n || parts[i].samples != parts[0].samples)
            code = err_add(err, ERR_INPUT, "merge: %s is not of the same work as %s: "
                           "expected parts of one --shard I/%zu, of the same inputs, "
                           "options and version", parts[i].dir, parts[0].dir,
                           parts[0].shard.n);
    if (code)
        return code;
    qsort(parts, n, sizeof *parts, by_number);
    code = check_whole(parts, n, err);
    for (size_t i = 0; i < n && !code; i++)
        code = check_files(&parts[i], err);
    return code;
}

void parts_release(struct part *parts, size_t n)
{
    for (size_t i = 0; parts && i < n; i++)
        if (parts[i].doc.root)
            json_doc_release(&parts[i].doc);
    free(parts);
}

const char *part_sha256(const struct part *p, const char *file)
{
    return json_get_string(json_member(json_member(p->doc.root, "files"), file));
}

bool part_has(const struct part *p, const char *file)
{
    return part_sha256(p, file);
}

int parts_agree(const struct part *parts, size_t n, const char *file, struct err *err)
{
    const char *first = part_sha256(&parts[0], file);

    for (size_t i = 1; i < n; i++) {
        const char *hex = part_sha256(&parts[i], file);
        if (!first != !hex || (first && strcmp(first, hex)))
            return err_add(err, ERR_INPUT, "merge: the %s of %s is not that of %s, expected "
                           "parts of one work", file, parts[i].dir, parts[0].dir);
    }
    return 0;
}

int parts_copy(const struct part *parts, size_t n, const char *file, const char *out,
               struct err *err)
{
    char *from = path_join(parts[0].dir, file), *to = path_join(out, file), *data = NULL;
    size_t len;
    int code = parts_agree(parts, n, file, err);

    if (!code && !part_has(&parts[0], file))
        code = file_remove(out, file, err);
    else if (!code && !(code = file_read(from, COPIED_MAX, &data, &len, err)))
        code = file_write(to, data, len, err);
    free(data);
    free(from);
    free(to);
    return code;
}
