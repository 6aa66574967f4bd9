/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/side.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/recording.h"
#include "cli/scored_run.h"
#include "cli/scored_study.h"

int sides_init(struct sides *s, const char *path, struct err *err)
{
    const char *set = getenv("MISID_HISTORY");

    *s = (struct sides){ .n = 0 };
    s->kept = path || (set && *set) || path_is_file("results/history.sqlite");
    return history_open(&s->history, s->kept ? path : ":memory:",
                        s->kept ? HISTORY_READ : HISTORY_MAKE, err);
}

static void release_scores(struct side_scores *s)
{
    if (s->p) {
        pipeline_release(s->p);
        free(s->p);
    }
    scored_release(&s->scored);
    arena_release(&s->arena);
    free(s);
}

void sides_release(struct sides *s)
{
    for (size_t i = 0; i < s->n; i++) {
        history_run_release(&s->list[i].run);
        for (size_t k = 0; k < s->list[i].n_scores; k++)
            release_scores(s->list[i].scores[k]);
        free(s->list[i].scores);
    }
    if (s->history)
        history_close(s->history);
    *s = (struct sides){ .n = 0 };
}

const struct side_scores *side_scores(const struct side *s, const char *backend)
{
    for (size_t i = 0; i < s->n_scores; i++)
        if (!strcmp(s->scores[i]->backend, backend))
            return s->scores[i];
    return NULL;
}

static struct side_scores *add_scores(struct side *side, const char *backend)
{
    struct side_scores *s = mem_alloc(sizeof *s);

    MEM_ROOM(side->scores, side->n_scores, side->scores_cap);
    side->scores[side->n_scores++] = s;
    s->backend = arena_strdup(&s->arena, backend);
    return s;
}

/* Comparisons with all that they share. */
static int open_scores(struct side_scores *s, const char *dir, struct err *err)
{
    int code = scored_load(&s->scored, dir, err);

    if (!code)
        code = scored_axes(&s->scored, &s->arena, &s->axes, err);
    if (!code)
        code = compared_init(&s->scored.compared, &s->scored.scores, &s->axes,
                             &s->scored.roster,
                             s->scored.scores.gallery ? &s->scored.gallery : NULL, err);
    return code;
}

/* The findings of a folder of comparisons, as `misid estimate` makes them, but for those
 * that take chance. */
static int estimate_scores(struct side *side, struct side_scores *s, struct err *err)
{
    const struct scored_wish wish = { .points_called = "threshold", .threads = 1,
                                      .replicates = 100, .permutations = 99, .seed = 1 };
    struct scored_run run = { .all = &s->scored, .names = &s->backend, .n = 1,
                              .wish = &wish };
    struct pipeline *p = s->p;
    int code = scored_study_begin(&p->study, &s->scored, .95, err);

    if (code)
        return code;
    compared_release(&s->scored.compared); /* it is made again, over the study's axes */
    tally_init(&p->tally, &p->study.axes);
    if ((code = scored_run_count(&run, p)) || (code = pipeline_estimate(p)))
        return code;
    for (size_t i = 0; i < p->findings.n; i++)
        *findings_add(&side->run.findings) = p->findings.rows[i];
    return 0;
}

static int read_scores(struct side *side, const char *dir, struct err *err)
{
    struct side_scores *s = add_scores(side, "scores");
    struct history_head *head = &side->run.head;
    int code = open_scores(s, dir, err);

    s->p = mem_alloc(sizeof *s->p);
    pipeline_init(s->p, err);
    if (!code)
        code = estimate_scores(side, s, err);
    head->study = code ? "" : s->p->study.name;
    head->task = "verify";
    head->dataset = head->dataset_hash = head->version = head->host = "";
    head->started = head->command = head->record_hash = "";
    head->folder = dir;
    return code;
}

/* The comparisons that lie in a run folder. */
static int read_own_scores(struct side *side, const char *dir, struct err *err)
{
    int code = 0;

    for (size_t i = 0; i < side->run.n_backends && !code; i++) {
        const char *backend = side->run.backends[i].name;
        char *scores = recording_scores(dir, backend, NULL);
        if (scores)
            code = open_scores(add_scores(side, backend), scores, err);
        free(scores);
    }
    return code;
}

static bool has_file(const char *dir, const char *name)
{
    char *path = path_join(dir, name);
    bool is = path_is_file(path);

    free(path);
    return is;
}

/* The only study with a baseline of that name. */
static int find_study(struct sides *s, const char *name, char **study, struct err *err)
{
    struct history_baseline *list;
    size_t n, found = 0;
    int code = history_baselines(s->history, &list, &n, err);

    *study = NULL;
    if (code)
        return code;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].name, name) && !found++)
            *study = mem_strdup(list[i].study);
    history_baselines_free(list);
    if (found < 2)
        return 0;
    free(*study);
    *study = NULL;
    return err_add(err, ERR_INPUT, "several studies have a baseline '%.60s', expected "
                   "STUDY:%.60s", name, name);
}

/* The id that a name stands for: a baseline's, else an id itself. */
static int find_recorded(struct sides *s, const char *study, const char *which,
                         char id[HASH_HEX], struct err *err)
{
    struct err no = ERR_INIT;
    const char *colon = strchr(which, ':');
    char *named = colon ? mem_strndup(which, (size_t)(colon - which))
                        : study ? mem_strdup(study) : NULL;
    const char *name = colon ? colon + 1 : which;
    int code = 0;

    if (!named)
        code = find_study(s, name, &named, err);
    if (!code && !(named && !history_baseline_find(s->history, named, name, id, &no)) &&
        history_find(s->history, which, id, &no) < 0)
        code = err_add(err, ERR_INPUT, "'%.200s' is no folder of a run, no baseline%s%.60s "
                       "and no id of a run in %s", which, named ? " of " : "",
                       named ? named : "", history_path(s->history));
    err_release(&no);
    free(named);
    return code;
}

static int read_recorded(struct sides *s, struct side *side, const char *study,
                         const char *which, struct err *err)
{
    char id[HASH_HEX];
    int code;

    if (!s->kept)
        return err_add(err, ERR_INPUT, "%.200s: no such folder, and no history to look for "
                       "a run of that name, expected a run folder, or --history FILE", which);
    side->recorded = true;
    if ((code = find_recorded(s, study, which, id, err)))
        return code;
    return history_load(s->history, id, &side->run, err);
}

static const struct side *add(struct sides *s, const char *study, const char *which,
                              struct err *err)
{
    struct side *side = &s->list[s->n];
    int code;

    if (s->n == SIDES_MAX) {
        err_add(err, ERR_LIMIT, "more than %d runs", SIDES_MAX);
        return NULL;
    }
    *side = (struct side){ .name = which };
    history_run_init(&side->run);
    s->n++;
    if (has_file(which, "run.json")) {
        code = recording_read(&side->run, s->history, which, NULL, err);
        if (!code)
            code = read_own_scores(side, which, err);
    } else if (has_file(which, "scores.json")) {
        code = read_scores(side, which, err);
    } else if (path_is_dir(which)) {
        code = err_add(err, ERR_INPUT, "%.200s: has neither run.json nor scores.json, "
                       "expected the folder of a finished run", which);
    } else {
        code = read_recorded(s, side, study, which, err);
    }
    return code ? NULL : side;
}

const struct side *sides_add(struct sides *s, const char *which, struct err *err)
{
    return add(s, s->n ? s->list[0].run.head.study : NULL, which, err);
}

const struct side *sides_add_baseline(struct sides *s, const char *study,
                                      const char *which, struct err *err)
{
    return add(s, study, which, err);
}
