/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/score_state.h"

#include <errno.h>
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

int score_state_save(const struct count *c, const char *dir, const char key[HASH_HEX],
                     struct err *err)
{
    struct outfile out = OUTFILE_INIT;
    char *path = path_join(dir, NAME);
    int code = outfile_begin(&out, path, err);

    free(path);
    if (code)
        return code;
    fprintf(out.fp, "%s\n", key);
    count_save(c, put, out.fp);
    return outfile_commit(&out, err);
}

enum score_found score_state_load(struct count *c, const char *dir,
                                  const char key[HASH_HEX])
{
    char *path = path_join(dir, NAME), *data = NULL;
    size_t len;
    enum score_found found = SCORE_FRESH;

    if (path_is_file(path)) {
        found = SCORE_DAMAGED;
        if (file_read(path, STATE_MAX, &data, &len, NULL) == 0 && len >= HASH_HEX) {
            if (memcmp(data, key, HASH_HEX - 1))
                found = SCORE_OTHER;
            else if (count_merge(c, data + HASH_HEX, len - HASH_HEX, NULL) == 0)
                found = SCORE_RESUMED;
        }
    }
    free(data);
    free(path);
    return found;
}

int score_state_remove(const char *dir, struct err *err)
{
    return file_remove(dir, NAME, err);
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
