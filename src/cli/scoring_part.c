/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A part of `misid score`: rosters, trials and a state of the count; and the whole that
 * all of them make, for which no template is wanted any more. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/merge.h"
#include "cli/score_state.h"
#include "cli/scoring_own.h"

#define STATE "score.part"
#define STATE_MAX ((size_t)1 << 40)

static const char *const part_files[] = {
    STATE, "roster.csv", "probe-roster.csv", "trials.csv", "duplicates.csv", "joined.csv",
    "same-person.csv", NULL
};

/* --- what a part says it is of --- */

static void add_numbers(struct json_out *w, const char *key, const double *v, size_t n)
{
    json_list(w, key);
    for (size_t i = 0; i < n; i++)
        json_number(w, NULL, v[i]);
    json_end(w);
}

static void add_work(void *self, struct json_out *w)
{
    const struct scoring *g = self;
    const struct scores *s = &g->scores;

    json_map(w, "work");
    json_string(w, "misid", s->version);
    json_string(w, "similarity", similarity_names[s->similarity]);
    json_bool(w, "tail", s->tail);
    json_bool(w, "listed", s->listed);
    json_bool(w, "gallery", s->gallery);
    json_bool(w, "lost_are_trials", s->lost_are_trials);
    json_bool(w, "consolidated", s->consolidated);
    json_string(w, "by", g->r->by);
    json_string(w, "same", g->r->same);
    add_numbers(w, "thresholds", s->thresholds, s->n_thresholds);
    add_numbers(w, "targets", s->targets, s->n_targets);
    json_number(w, "floor", g->r->floor);
    json_number(w, "low", s->low);
    json_number(w, "high", s->high);
    json_int(w, "bins", (int64_t)s->bins);
    json_int(w, "cap", (int64_t)s->cap);
    json_int(w, "top", (int64_t)s->top);
    json_list(w, "inputs");
    for (size_t i = 0; i < s->n_inputs; i++) {
        json_map(w, NULL);
        json_string(w, "role", s->inputs[i].role);
        json_string(w, "sha256", s->inputs[i].sha256);
        json_end(w);
    }
    json_end(w);
    json_end(w);
}

/* All of the work, but for which part. */
static void make_key(struct scoring *g, char key[HASH_HEX])
{
    struct text t = TEXT_INIT;
    struct json_out w = json_out(&t);

    json_map(&w, NULL);
    add_work(g, &w);
    json_int(&w, "of", (int64_t)g->shard.n);
    json_end(&w);
    hash_bytes(key, t.s, t.len);
    text_release(&t);
}

static void put(void *self, const void *bytes, size_t n)
{
    fwrite(bytes, 1, n, self); /* a fault is found at commit */
}

static int write_state(const struct scoring *g, struct err *err)
{
    struct outfile out = OUTFILE_INIT;
    char *path = path_join(g->r->out, STATE);
    int code = outfile_begin(&out, path, err);

    free(path);
    if (code)
        return code;
    count_save(g->count, put, out.fp);
    return outfile_commit(&out, err);
}

static int write_list(const struct scoring *g, struct err *err)
{
    char *path = path_join(g->r->out, "trials.csv");
    int code = g->r->trials ? trials_write(&g->trials, &g->a.roster, path, err)
                            : file_remove(g->r->out, "trials.csv", err);

    free(path);
    return code;
}

int scoring_write_part(struct scoring *g, struct err *err)
{
    struct shard_record record = { .stage = "score", .shard = g->shard,
                                   .samples = g->a.roster.n + g->gallery.roster.n,
                                   .files = part_files, .add = add_work, .self = g };
    int code;

    make_key(g, record.key);
    (void)((code = write_state(g, err)) || (code = write_list(g, err)) ||
           (code = scoring_write_rosters(g, err)) ||
           (code = shard_write(&record, g->r->out, err)) ||
           (code = score_state_remove(g->r->out, err)));
    return code;
}

/* --- and back --- */

struct merging {
    struct scoring g;
    struct score_request request;
    struct merge_request *m;
    const struct json_value *work;
    bool bad;                  /* something of it was not there */
};

static const struct json_value *member(struct merging *m, const char *key)
{
    const struct json_value *v = json_member(m->work, key);

    m->bad = m->bad || !v;
    return v;
}

static bool get_bool(struct merging *m, const char *key)
{
    bool v = false;

    m->bad = !json_get_bool(member(m, key), &v) || m->bad;
    return v;
}

static size_t get_size(struct merging *m, const char *key, size_t most)
{
    int64_t v = 0;

    m->bad = !json_get_int(member(m, key), &v) || v < 0 || (uint64_t)v > most || m->bad;
    return m->bad ? 0 : (size_t)v;
}

/* NaN where it was not said. */
static double get_number(struct merging *m, const char *key)
{
    const struct json_value *v = member(m, key);
    double number = NAN;

    m->bad = (json_kind(v) != JSON_KIND_NULL && !json_get_number(v, &number)) || m->bad;
    return number;
}

static double *get_numbers(struct merging *m, const char *key, size_t *n)
{
    const struct json_value *list = member(m, key);
    struct arena *arena = &m->g.scores.arena;

    *n = json_kind(list) == JSON_KIND_LIST ? json_list_size(list) : 0;
    m->bad = m->bad || *n > SCORES_MAX_THRESHOLDS;
    double *numbers = arena_array(arena, m->bad ? 1 : *n, sizeof *numbers);
    for (size_t i = 0; i < *n && !m->bad; i++)
        m->bad = !json_get_number(json_list_item(list, i), &numbers[i]);
    return numbers;
}

static void get_inputs(struct merging *m)
{
    const struct json_value *list = member(m, "inputs");
    struct scores *s = &m->g.scores;

    s->n_inputs = json_list_size(list);
    s->inputs = arena_array(&s->arena, s->n_inputs + 1, sizeof *s->inputs);
    for (size_t i = 0; i < s->n_inputs; i++) {
        const struct json_value *one = json_list_item(list, i);
        const char *role = json_get_string(json_member(one, "role"));
        const char *hex = json_get_string(json_member(one, "sha256"));
        m->bad = m->bad || !role || !hex || strlen(hex) != HASH_HEX - 1;
        if (m->bad)
            return;
        s->inputs[i].role = arena_strdup(&s->arena, role);
        memcpy(s->inputs[i].sha256, hex, HASH_HEX);
    }
}

/* Bounds as choose_range() makes them, and all that scores_make_cells() trusts. */
static bool is_sound(const struct scores *s)
{
    bool sorted = true;

    for (size_t i = 1; i < s->n_thresholds; i++)
        sorted = sorted && (similarity_is_distance(s->similarity)
                                ? s->thresholds[i] < s->thresholds[i - 1]
                                : s->thresholds[i] > s->thresholds[i - 1]);
    return sorted && s->n_thresholds && s->bins >= 2 && !(s->bins & (s->bins - 1)) &&
           s->high > 0 && isfinite(s->high) && ldexp(1, ilogb(s->high)) == s->high &&
           s->low == (similarity_is_from_0(s->similarity) ? 0 : -s->high) &&
           !s->gallery == !s->top && !(s->gallery && s->listed);
}

static int read_work(struct merging *m, struct err *err)
{
    struct scores *s = &m->g.scores;
    const struct part *first = &m->m->parts[0];
    size_t similarity = 0;

    m->work = json_member(first->doc.root, "work");
    const char *version = json_get_string(member(m, "misid"));
    const char *name = json_get_string(member(m, "similarity"));
    if (version && strcmp(version, PACKAGE_VERSION))
        return err_add(err, ERR_INPUT, "%s: is of misid %.20s, expected that the same "
                       "version merges (%s)", first->dir, version, PACKAGE_VERSION);
    while (name && similarity_names[similarity] && strcmp(similarity_names[similarity], name))
        similarity++;
    m->bad = m->bad || !version || !name || !similarity_names[similarity];
    s->version = PACKAGE_VERSION;
    s->similarity = m->bad ? SIMILARITY_COSINE : (enum similarity)similarity;
    s->tail = get_bool(m, "tail");
    s->listed = get_bool(m, "listed");
    s->gallery = get_bool(m, "gallery");
    s->lost_are_trials = get_bool(m, "lost_are_trials");
    s->consolidated = get_bool(m, "consolidated");
    s->thresholds = get_numbers(m, "thresholds", &s->n_thresholds);
    s->targets = get_numbers(m, "targets", &s->n_targets);
    s->low = get_number(m, "low");
    s->high = get_number(m, "high");
    s->bins = get_size(m, "bins", SCORES_MAX_BINS);
    s->cap = get_size(m, "cap", 1000000000);
    s->top = get_size(m, "top", 10000);
    get_inputs(m);
    m->request.floor = get_number(m, "floor");
    m->request.by = json_get_string(json_member(m->work, "by"));
    m->request.same = json_get_string(json_member(m->work, "same"));
    if (m->bad || !is_sound(s))
        return err_add(err, ERR_INPUT, "%s/" SHARD_JSON ": 'work' is not what misid score "
                       "writes", first->dir);
    return 0;
}

/* Who is who; a sample that failed says so in the roster. */
static int read_side(const struct merging *m, struct score_side *side, const char *file,
                     struct err *err)
{
    char *path = path_join(m->m->parts[0].dir, file);
    int code = roster_read_plain(&side->roster, path, err);

    free(path);
    if (code)
        return code;
    const size_t n = side->roster.n;
    side->template = mem_array(n, sizeof *side->template);
    for (size_t i = 0; i < n; i++)
        side->template[i] = roster_status(&side->roster, i) == STATUS_OK ? (uint32_t)i
                                                                        : COUNT_NONE;
    side->scorer = (struct scorer){ .similarity = m->g.scores.similarity, .n = n, .dim = 1 };
    side->scorer.faults = mem_array(n, sizeof *side->scorer.faults);
    return 0;
}

static int read_text(const struct merging *m, const char *file, struct text *to,
                     struct err *err)
{
    char *path = path_join(m->m->parts[0].dir, file), *data = NULL;
    size_t len = 0;
    int code = part_has(&m->m->parts[0], file) ? file_read(path, STATE_MAX, &data, &len, err)
                                               : 0;

    text_addn(to, data ? data : "", len);
    free(data);
    free(path);
    return code;
}

static int read_list(struct merging *m, struct err *err)
{
    char *path = path_join(m->m->parts[0].dir, "trials.csv");
    int code = trials_read(&m->g.trials, &m->g.a.roster, path, err);

    free(path);
    return code;
}

static int read_inputs(struct merging *m, struct err *err)
{
    struct scoring *g = &m->g;
    struct score_side *main_side = g->scores.gallery ? &g->gallery : &g->a;
    int code = 0;

    for (size_t i = 1; part_files[i] && !code; i++)
        code = parts_agree(m->m->parts, m->m->n, part_files[i], err);
    (void)(code || (code = read_side(m, main_side, "roster.csv", err)) ||
           (g->scores.gallery && (code = read_side(m, &g->a, "probe-roster.csv", err))) ||
           (g->scores.listed && (code = read_list(m, err))) ||
           (code = score_group(&g->scores, &g->a, g->scores.gallery ? &g->gallery : NULL,
                               m->request.by, m->request.same, err)) ||
           (code = read_text(m, "duplicates.csv", &g->same.duplicates, err)) ||
           (code = read_text(m, "joined.csv", &g->same.joined, err)) ||
           (code = read_text(m, "same-person.csv", &g->same.list, err)));
    if (!code && g->scores.listed)
        scoring_list_trials(g);
    return code;
}

static int add_states(struct merging *m, struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < m->m->n && !code; i++) {
        char *path = path_join(m->m->parts[i].dir, STATE), *data = NULL;
        size_t len;
        struct err why = ERR_INIT;
        code = file_read(path, STATE_MAX, &data, &len, err);
        if (!code && (code = count_merge(m->g.count, data, len, &why)))
            err_add(err, code, "%s: %s", path, err_text(&why));
        err_release(&why);
        free(data);
        free(path);
    }
    if (!code && !count_is_whole(m->g.count))
        code = err_add(err, ERR_INPUT, "merge: the parts have not all comparisons");
    return code;
}

int merge_score(struct merge_request *r, struct err *err)
{
    struct merging m = { .m = r, .request = SCORE_REQUEST_INIT };
    struct scoring *g = &m.g;
    int code;

    scoring_init(g, &m.request);
    text_init(&g->same.duplicates);
    text_init(&g->same.joined);
    text_init(&g->same.list);
    m.request.out = r->out;
    m.request.json = r->json;
    m.request.threads = 1;
    code = read_work(&m, err);
    m.request.probes = g->scores.gallery ? "probes" : NULL;
    m.request.trials = g->scores.listed ? "trials" : NULL;
    (void)(code || (code = read_inputs(&m, err)) ||
           (code = scoring_make_count(g, true, err)) || (code = add_states(&m, err)));
    if (!code) {
        count_finish(g->count);
        (void)((code = file_remove(r->out, "scores.json", err)) ||
               (code = scoring_write(g, err)));
    }
    if (!code)
        scoring_tell(g, &r->words);
    scoring_release(g);
    return code;
}
