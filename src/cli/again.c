/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/again.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_read.h"
#include "cli/folder.h"
#include "cli/recording.h"
#include "cli/scored_cleaning.h"
#include "stats/evidence.h"

#define MAX_TARGETS 16
#define JSON_BYTES ((size_t)64 << 20)

/* The value of a number's option in the command of a run. */
static double option_of(const char *command, const char *option, double otherwise)
{
    const char *at = strstr(command, option);
    char word[NUM_MAX];
    double v;

    if (!at)
        return otherwise;
    at += strlen(option);
    snprintf(word, sizeof word, "%.*s", (int)strcspn(at, " "), at);
    return num_parse_double(word, &v) ? v : otherwise;
}

/* The same of a whole number from 0 to 2^53. */
static size_t count_of(const char *command, const char *option, size_t otherwise)
{
    double v = option_of(command, option, (double)otherwise);

    return v >= 0 && v <= 0x1p53 ? (size_t)v : otherwise;
}

static size_t targets_of(const char *command, double *to)
{
    static const char option[] = " --target-fmr ";
    const char *at = strstr(command, option);
    size_t n = 0;

    if (!at)
        return 0;
    for (at += sizeof option - 1; n < MAX_TARGETS;) {
        size_t len = strcspn(at, " ,");
        char word[NUM_MAX];
        snprintf(word, sizeof word, "%.*s", (int)len, at);
        if (!num_parse_double(word, &to[n]))
            break;
        n++;
        if (at[len] != ',')
            break;
        at += len + 1;
    }
    return n;
}

/* Whether the matcher has operating points of its own. */
static bool has_native(const char *dir, const char *backend)
{
    char *name = folder_backend(backend, "backend.json"), *path = path_join(dir, name);
    struct json_doc doc;
    bool has = false;

    if (path_is_file(path) && !json_doc_load(&doc, path, JSON_BYTES, NULL)) {
        has = json_list_size(json_member(doc.root, "native")) > 0;
        json_doc_release(&doc);
    }
    free(path);
    free(name);
    return has;
}

struct compared_again {
    struct pipeline *p;
    struct scored *all;
    struct scored_wish *wishes;
};

static int count_one(struct compared_again *c, size_t i, const char *dir,
                     const char *scores, const double *targets, size_t n_targets)
{
    struct pipeline *p = c->p;
    const struct study *s = &p->study;
    const char *name = s->backends[i].text;
    char *folder = recording_scores(dir, name, scores);

    if (!folder)
        return err_add(p->err, ERR_INPUT, "%s: the comparisons of %s are not there, expected "
                       "their folder", dir, name);
    int code = scored_load(&c->all[i], folder, p->err);
    bool own = s->compare.there, native = s->compare.native && has_native(dir, name);
    double suspicious = option_of(p->run.command, " --suspicious-above ", NAN);
    c->wishes[i] = (struct scored_wish){
        .points_called = !own ? "threshold" : native ? "native" : NULL,
        .targets = targets, .n_targets = n_targets,
        .threads = (size_t)sysconf(_SC_NPROCESSORS_ONLN),
        .replicates = count_of(p->run.command, " --replicates ", 2000),
        .permutations = count_of(p->run.command, " --permutations ", 9999),
        .seed = count_of(p->run.command, " --seed ", 1),
        .searches = option_of(p->run.command, " --searches ", 0),
        .has_suspicious = !isnan(suspicious), .suspicious = suspicious };
    if (!code)
        code = scored_count(&c->all[i], &s->axes, &c->wishes[i], name, s->by, s->n_by,
                            s->compare.alike, &p->tally, &p->clusters, p->err);
    free(folder);
    return code;
}

static int again_compared(struct pipeline *p, const char *dir, const char *scores)
{
    size_t n = p->study.n_backends;
    struct compared_again c = { p, mem_array(n, sizeof *c.all),
                                mem_array(n, sizeof *c.wishes) };
    const struct evidence e = { .study = &p->study, .tally = &p->tally,
                                .printed = &p->printed, .clusters = &p->clusters };
    double targets[MAX_TARGETS];
    size_t n_targets = targets_of(p->run.command, targets);
    int code = 0;

    for (size_t i = 0; i < n && !code; i++)
        code = count_one(&c, i, dir, scores, targets, n_targets);
    if (!code)
        code = pipeline_estimate(p);
    for (size_t i = 0; i < n && !code; i++)
        (void)((code = scored_findings(&c.all[i], &c.wishes[i], &e, &p->findings, p->err)) ||
               (code = scored_cleaning(&c.all[i], &c.wishes[i], &e, n > 1, &p->study,
                                       &p->findings, p->err)));
    for (size_t i = 0; i < n; i++)
        scored_release(&c.all[i]);
    free(c.all);
    free(c.wishes);
    return code;
}

int again(struct pipeline *p, const char *dir, const char *scores)
{
    char *path = path_join(dir, "study.json"), *run = path_join(dir, "run.json");
    struct study study;
    int code = study_load(&study, path, NULL, 0, p->err);
    bool compares = !code && study.task != TASK_CLASSIFY && study.n_backends;
    char *there = compares ? recording_scores(dir, study.backends[0].text, scores) : NULL;

    if (code) {
        ;
    } else if (!there) { /* published rates of comparisons are counts like others */
        study_release(&study);
        if (!(code = pipeline_open_counts(p, dir)))
            code = pipeline_estimate(p);
    } else if (!(code = run_read(&p->run, run, p->err))) {
        p->study = study;
        tally_init(&p->tally, &p->study.axes);
        code = again_compared(p, dir, scores);
    } else {
        study_release(&study);
    }
    free(there);
    free(run);
    free(path);
    return code;
}
