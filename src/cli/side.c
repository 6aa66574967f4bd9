/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/side.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/recording.h"
#include "cli/scored_study.h"
#include "stats/estimate.h"

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
    if (!s)
        return;
    pipeline_release(&s->p);
    scored_release(&s->scored);
    free(s);
}

void sides_release(struct sides *s)
{
    for (size_t i = 0; i < s->n; i++) {
        history_run_release(&s->list[i].run);
        release_scores(s->list[i].scores);
    }
    if (s->history)
        history_close(s->history);
    *s = (struct sides){ .n = 0 };
}

/* The findings of a folder of comparisons, as `misid estimate` makes them, but for those
 * that take chance. */
static int read_scores(struct side *side, const char *dir, struct err *err)
{
    const struct scored_wish wish = { .threads = 1, .replicates = 100, .permutations = 99,
                                      .seed = 1 };
    struct side_scores *s = mem_alloc(sizeof *s);
    struct pipeline *p = &s->p;
    int code;

    side->scores = s;
    pipeline_init(p, err);
    if ((code = scored_load(&s->scored, dir, err)) ||
        (code = scored_study_begin(&p->study, &s->scored, .95, err)))
        return code;
    tally_init(&p->tally, &p->study.axes);
    if ((code = scored_count(&s->scored, &p->study.axes, &wish, "scores", p->study.by,
                             p->study.n_by, &p->tally, &p->clusters, err)) ||
        (code = scored_study_contrasts(&p->study, &p->tally, NULL, err)))
        return code;
    scored_study_end(&p->study, &s->scored, &p->tally);
    p->study.backends = arena_alloc(&p->study.arena, sizeof *p->study.backends);
    p->study.backends[0].text = s->scored.backend;
    p->study.n_backends = 1;
    if ((code = pipeline_estimate(p)))
        return code;
    struct history_head *head = &side->run.head;
    head->study = p->study.name;
    head->task = "verify";
    head->dataset = head->dataset_hash = head->version = head->host = "";
    head->started = head->command = head->record_hash = "";
    head->folder = dir;
    for (size_t i = 0; i < p->findings.n; i++) {
        struct finding *row = findings_add(&side->run.findings);
        *row = p->findings.rows[i];
    }
    return 0;
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
    if (has_file(which, "run.json"))
        code = recording_read(&side->run, s->history, which, NULL, err);
    else if (has_file(which, "scores.json"))
        code = read_scores(side, which, err);
    else if (path_is_dir(which))
        code = err_add(err, ERR_INPUT, "%.200s: has neither run.json nor scores.json, "
                       "expected the folder of a finished run", which);
    else
        code = read_recorded(s, side, study, which, err);
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
