/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/score_state.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

#define NAME "score.state"
#define STATE_MAX ((size_t)1 << 40)

static void put(void *self, const void *bytes, size_t n)
{
    fwrite(bytes, 1, n, self); /* a fault is found at commit */
}

static char *state_name(size_t rank)
{
    return rank ? mem_printf(NAME ".%zu", rank) : mem_strdup(NAME);
}

int score_state_save(const struct count *c, const char *dir, size_t rank,
                     const char key[HASH_HEX], struct err *err)
{
    struct outfile out = OUTFILE_INIT;
    char *name = state_name(rank), *path = path_join(dir, name);
    int code = outfile_begin(&out, path, err);

    free(name);
    free(path);
    if (code)
        return code;
    fprintf(out.fp, "%s\n", key);
    count_save(c, put, out.fp);
    return outfile_commit(&out, err);
}

/* One that has comparisons which are there already was added before. */
static enum score_found load_one(struct count *c, const char *dir, const char *name,
                                 const char key[HASH_HEX])
{
    char *path = path_join(dir, name), *data = NULL;
    size_t len;
    enum score_found found = SCORE_DAMAGED;

    if (!path_is_file(path)) {
        found = SCORE_FRESH;
    } else if (file_read(path, STATE_MAX, &data, &len, NULL) == 0 && len >= HASH_HEX) {
        int code = memcmp(data, key, HASH_HEX - 1) ? 1 : 0;
        if (!code)
            code = count_merge(c, data + HASH_HEX, len - HASH_HEX, NULL);
        found = code == 1                       ? SCORE_OTHER
                : code == 0 || code == ERR_LIMIT ? SCORE_RESUMED
                                                 : SCORE_DAMAGED;
    }
    free(data);
    free(path);
    return found;
}

/* The names of the states of ranks, in any order. */
static size_t find_ranks(const char *dir, char ***names)
{
    DIR *d = opendir(dir);
    size_t n = 0, cap = 0, len = strlen(NAME ".");

    *names = NULL;
    for (struct dirent *e; d && (e = readdir(d));) {
        if (strncmp(e->d_name, NAME ".", len) || !e->d_name[len] ||
            e->d_name[len + strspn(e->d_name + len, "0123456789")])
            continue;
        MEM_ROOM(*names, n, cap);
        (*names)[n++] = mem_strdup(e->d_name);
    }
    if (d)
        closedir(d);
    return n;
}

static int remove_ranks(const char *dir, char **names, size_t n, struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < n && !code; i++)
        code = file_remove(dir, names[i], err);
    return code;
}

static void free_names(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

int score_state_load(struct count *c, const char *dir, const char key[HASH_HEX],
                     bool insist, enum score_found *found, struct err *err)
{
    char **names;
    size_t n = find_ranks(dir, &names);
    int code = 0;

    *found = load_one(c, dir, NAME, key);
    for (size_t i = 0; i < n; i++) {
        enum score_found one = load_one(c, dir, names[i], key);
        if (one == SCORE_RESUMED || *found == SCORE_FRESH)
            *found = one;
    }
    if (insist && (*found == SCORE_OTHER || *found == SCORE_DAMAGED))
        code = err_add(err, ERR_INPUT, "score: --resume: %s/" NAME " is %s, expected the "
                       "state of this command; without --resume it starts afresh", dir,
                       *found == SCORE_OTHER ? "of other inputs or options" : "damaged");
    if (n && *found == SCORE_RESUMED)
        code = score_state_save(c, dir, 0, key, err);
    if (!code)
        code = remove_ranks(dir, names, n, err);
    free_names(names, n);
    return code;
}

int score_state_remove(const char *dir, struct err *err)
{
    char **names;
    size_t n = find_ranks(dir, &names);
    int code = file_remove(dir, NAME, err);

    if (!code)
        code = remove_ranks(dir, names, n, err);
    free_names(names, n);
    return code;
}

static void add_texts(struct json_out *w, char *const *texts, size_t n)
{
    json_list(w, NULL);
    for (size_t i = 0; i < n; i++)
        json_string(w, NULL, texts[i]);
    json_end(w);
}

static void add_numbers(struct json_out *w, const double *numbers, size_t n)
{
    json_list(w, NULL);
    for (size_t i = 0; i < n; i++)
        json_number(w, NULL, numbers[i]);
    json_end(w);
}

void score_state_key(char key[HASH_HEX], const struct scores *s, double floor,
                     const struct shard *shard)
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    w.compact = true;
    json_list(&w, NULL);
    json_string(&w, NULL, s->version);
    json_string(&w, NULL, similarity_names[s->similarity]);
    json_bool(&w, NULL, s->tail);
    json_bool(&w, NULL, s->consolidated);
    json_int(&w, NULL, (int64_t)s->top);
    json_int(&w, NULL, (int64_t)s->bins);
    json_int(&w, NULL, (int64_t)s->cap);
    json_number(&w, NULL, floor);
    add_texts(&w, s->axes, s->n_axes);
    add_texts(&w, s->same, s->n_same);
    add_numbers(&w, s->thresholds, s->n_thresholds);
    add_numbers(&w, s->targets, s->n_targets);
    for (size_t i = 0; i < s->n_inputs; i++) {
        json_string(&w, NULL, s->inputs[i].role);
        json_string(&w, NULL, s->inputs[i].sha256);
    }
    if (shard->n) {
        json_int(&w, NULL, (int64_t)shard->i);
        json_int(&w, NULL, (int64_t)shard->n);
    }
    json_end(&w);
    hash_bytes(key, t.s, t.len);
    text_release(&t);
}
