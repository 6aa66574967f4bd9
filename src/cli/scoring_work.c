/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparisons themselves: taken up where they were broken off, and kept. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/score_state.h"
#include "cli/score_tell.h"
#include "cli/scoring_own.h"

static volatile sig_atomic_t interrupted;

static void note_signal(int signal)
{
    (void)signal;
    interrupted = 1;
}

static bool is_interrupted(void *self)
{
    (void)self;
    return interrupted;
}

static const int stopping[] = { SIGINT, SIGTERM, SIGHUP };
#define N_STOPPING (sizeof stopping / sizeof *stopping)

static void tell_found(const struct scoring *g, enum score_found found)
{
    static const char *const words[] = {
        [SCORE_OTHER] = "is of other inputs or options: starting afresh",
        [SCORE_DAMAGED] = "is damaged: starting afresh",
    };

    if (g->r->quiet)
        return;
    if (found == SCORE_RESUMED)
        fprintf(stderr, "misid: score: going on from %.1f %%\n",
                100 * (double)count_pairs_done(g->count) / (double)count_pairs(g->count));
    else if (words[found])
        fprintf(stderr, "misid: score: %s/score.state %s\n", g->r->out, words[found]);
}

static int work(struct scoring *g, struct err *err)
{
    struct score_progress progress;
    const struct count_hooks hooks = {
        .self = &progress, .is_stopped = is_interrupted, .save_every = g->r->every,
        .progress = !g->r->quiet && !g->r->json && isatty(STDERR_FILENO)
                        ? score_progress_show : NULL,
    };
    struct timespec from, to;
    int code;

    clock_gettime(CLOCK_MONOTONIC, &from);
    score_progress_begin(&progress, count_pairs_done(g->count));
    while ((code = count_work(g->count, &hooks, err)) == COUNT_TIME_TO_SAVE)
        if ((code = score_state_save(g->count, g->r->out, g->key, err)))
            break;
    score_progress_end(&progress);
    if (code == COUNT_STOPPED) {
        code = score_state_save(g->count, g->r->out, g->key, err);
        if (!code)
            code = err_add(err, ERR_PROGRAM, "score: interrupted at %.1f %%: the same command "
                           "goes on from there",
                           100 * (double)count_pairs_done(g->count) /
                               (double)count_pairs(g->count));
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    g->seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    return code;
}

void scoring_init(struct scoring *g, const struct score_request *r)
{
    *g = (struct scoring){ .r = r };
    scores_init(&g->scores);
    trials_init(&g->trials);
}

void scoring_release(struct scoring *g)
{
    count_free(g->count);
    free(g->listed);
    trials_release(&g->trials);
    same_person_release(&g->same);
    score_side_release(&g->a);
    score_side_release(&g->gallery);
    scores_release(&g->scores);
}

static int score(struct scoring *g, struct err *err)
{
    const char *out = g->r->out;
    int code;

    (void)((code = scoring_read(g, err)) || (code = path_make_dirs(out, err)) ||
           /* an older record must not stand beside a state that is under way */
           (code = file_remove(out, "scores.json", err)) ||
           (code = shard_unfinish(out, err)));
    if (code)
        return code;
    tell_found(g, score_state_load(g->count, out, g->key));
    if (g->shard.n)
        count_deal(g->count, g->shard.i - 1, g->shard.n, NULL);
    code = work(g, err);
    if (code)
        return code;
    if (g->shard.n)
        return scoring_write_part(g, err);
    count_finish(g->count);
    return scoring_write(g, err);
}

static void tell(const struct scoring *g)
{
    struct text t = TEXT_INIT;

    if (!g->r->silent && (g->r->json || !g->r->quiet)) {
        scoring_tell(g, &t);
        fputs(t.s, stdout);
    }
    text_release(&t);
}

int scoring_run(const struct score_request *r, struct err *err)
{
    struct sigaction now = { .sa_handler = note_signal }, before[N_STOPPING];
    struct scoring g;

    for (size_t i = 0; i < N_STOPPING; i++)
        sigaction(stopping[i], &now, &before[i]);
    scoring_init(&g, r);
    int code = score(&g, err);
    if (!code)
        tell(&g);
    scoring_release(&g);
    for (size_t i = 0; i < N_STOPPING; i++)
        sigaction(stopping[i], &before[i], NULL);
    return code;
}
