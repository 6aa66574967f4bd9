/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparisons themselves: taken up where they were broken off, and kept. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/score_state.h"
#include "cli/score_tell.h"
#include "cli/scoring_own.h"
#include "core/count_ranks.h"

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

static double percent_done(const struct scoring *g)
{
    return 100 * (double)count_pairs_done(g->count) / (double)count_pairs(g->count);
}

static void tell_found(const struct scoring *g, enum score_found found)
{
    static const char *const words[] = {
        [SCORE_OTHER] = "is of other inputs or options: starting afresh",
        [SCORE_DAMAGED] = "is damaged: starting afresh",
    };

    if (g->r->quiet || g->ranks.rank)
        return;
    if (found == SCORE_RESUMED)
        fprintf(stderr, "misid: score: going on from %.1f %%\n", percent_done(g));
    else if (words[found])
        fprintf(stderr, "misid: score: %s/score.state %s\n", g->r->out, words[found]);
}

static int save(const struct scoring *g, struct err *err)
{
    return score_state_save(g->count, g->r->out, g->ranks.rank, g->key, err);
}

static int work(struct scoring *g, struct err *err)
{
    struct score_progress progress;
    const struct count_hooks hooks = {
        .self = &progress, .is_stopped = is_interrupted, .save_every = g->r->every,
        .progress = !g->r->quiet && !g->r->json && !g->ranks.rank && isatty(STDERR_FILENO)
                        ? score_progress_show : NULL,
    };
    double from = clock_now();
    int code;

    score_progress_begin(&progress, count_pairs_done(g->count));
    while ((code = count_work(g->count, &hooks, err)) == COUNT_TIME_TO_SAVE)
        if ((code = save(g, err)))
            break;
    score_progress_end(&progress);
    if (code == COUNT_STOPPED) {
        code = save(g, err);
        g->interrupted = !code;
        if (!code)
            code = err_add(err, ERR_PROGRAM, "score: interrupted at %.1f %%: the same command "
                           "goes on from there", percent_done(g));
    }
    g->seconds = clock_now() - from;
    return code;
}

void scoring_init(struct scoring *g, const struct score_request *r)
{
    *g = (struct scoring){ .r = r, .ranks = r->ranks ? *r->ranks : (struct ranks){ 0, 1, 1 } };
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
    score_given_release(&g->given);
    scores_release(&g->scores);
}

/* Where all ranks stand together: whether any has failed, and if so that each failure is
 * told once. */
static int agree(const struct scoring *g, int code, struct err *err)
{
    size_t failed = ranks_count(&g->ranks, code);

    if (g->ranks.n == 1 || !failed)
        return code;
    if (failed == g->ranks.n && g->ranks.rank) /* as rank 0 did */
        err_release(err);
    return code ? code : ERR_PROGRAM;
}

/* Rank 0 has the folder. */
static int begin(struct scoring *g, struct err *err)
{
    const char *out = g->r->out;
    enum score_found found;
    int code;

    (void)((code = path_make_dirs(out, err)) ||
           (code = score_state_load(g->count, out, g->key, g->r->resume, &found, err)) ||
           /* an older record must not stand beside a state that is under way */
           (code = file_remove(out, "scores.json", err)) ||
           (code = shard_unfinish(out, err)));
    if (code)
        return code;
    if (g->shard.n)
        count_deal(g->count, g->shard.i - 1, g->shard.n, NULL);
    tell_found(g, found);
    return 0;
}

/* The part that this rank was dealt, and then the parts of all to rank 0. */
static int work_together(struct scoring *g, struct err *err)
{
    g->shares = true;
    count_share(g->count, &g->ranks);
    int code = work(g, err);
    if (!code)
        code = save(g, err);
    return code ? code : count_gather(g->count, &g->ranks, err);
}

static int finish(struct scoring *g, struct err *err)
{
    if (g->shard.n)
        return scoring_write_part(g, err);
    count_finish(g->count);
    return scoring_write(g, err);
}

static int score(struct scoring *g, struct err *err)
{
    int code = agree(g, scoring_read(g, err), err);

    if (!code)
        code = agree(g, g->ranks.rank ? 0 : begin(g, err), err);
    if (!code)
        code = g->ranks.n > 1 ? work_together(g, err) : work(g, err);
    if (code)
        return code;
    g->shares = false;
    return agree(g, g->ranks.rank ? 0 : finish(g, err), err);
}

static void tell(const struct scoring *g)
{
    struct text t = TEXT_INIT;

    if (!g->r->silent && !g->ranks.rank && (g->r->json || !g->r->quiet)) {
        scoring_tell(g, &t);
        fputs(t.s, stdout);
    }
    text_release(&t);
}

/* The others are at work and wait for this rank: nobody may. */
static void abandon(const struct scoring *g, struct err *err)
{
    const char *text = err_text(err);
    struct err told = ERR_INIT;

    if (!g->interrupted || !g->ranks.rank) {
        err_add(&told, err->code, "rank %zu of %zu: %.*s", g->ranks.rank, g->ranks.n,
                (int)strcspn(text, "\n"), text);
        cli_fail(&told);
    }
    ranks_abort(EXIT_TROUBLE);
}

int scoring_run(const struct score_request *r, struct err *err)
{
    struct sigaction now = { .sa_handler = note_signal }, before[N_STOPPING];
    struct scoring g;

    for (size_t i = 0; i < N_STOPPING; i++)
        sigaction(stopping[i], &now, &before[i]);
    scoring_init(&g, r);
    int code = score(&g, err);
    if (code && g.shares)
        abandon(&g, err);
    if (!code)
        tell(&g);
    scoring_release(&g);
    for (size_t i = 0; i < N_STOPPING; i++)
        sigaction(stopping[i], &before[i], NULL);
    return code;
}
