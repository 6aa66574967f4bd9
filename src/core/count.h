/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * count: from templates to scores (model/scores.h): every comparison of all pairs of a
 * roster, of probes with a gallery, or of a list, on several threads.
 *
 *     struct count *c;
 *     count_new(&c, &setup, &scores, &err);         scores: what was asked for
 *     count_merge(c, bytes, n, &err)                of an earlier, broken-off work
 *     count_deal(c, part, parts, NULL)              only our part of it
 *     while ((code = count_work(c, &hooks, &err)) > 0)
 *         ... save: count_save(c, put, self) ...
 *     if (code == 0) count_merge(c, bytes, n, &err) what others did
 *     if (count_is_whole(c)) count_finish(c);       now `scores` are whole
 *     count_free(c);
 *
 * The work is cut into blocks of pairs that lie in one cell; threads take them in
 * order. Inside a block all pairs are taken for non-mated where scores are binned, and
 * what the mated ones added there is taken out at the end; their scores are formed one by
 * one, in blocks of their own. So no test stands in the way of a pair that matches
 * nothing.
 *
 * One partition serves threads, shards and ranks alike: a block is done once, by
 * whomever it was dealt to; a state says which blocks are in it, and states of disjoint
 * blocks add up.
 *
 * The same bits for every number of threads, parts, size of block, kernel and mode, and
 * however often the work was broken off: counts are sums, the list of exceedances is
 * cut at an edge that depends on the whole of it (exceed.h), candidates are the first
 * of a total order (score, then row).
 *
 * Memory: templates, O(threads × tile), the tallies, and 16 bytes a sample. Refused:
 * more mated pairs than COUNT_MAX_MATED.
 *
 * Ownership: the setup and all it points at, and the scores, are the caller's and
 * outlive the count. Threads: one caller; hooks are called from it alone, but
 * `is_stopped`, which any thread calls. Does no input or output.
 */
#ifndef CORE_COUNT_H
#define CORE_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/sweep.h"
#include "model/scores.h"

#define COUNT_NONE UINT32_MAX
#define COUNT_MAX_MATED ((size_t)1 << 27)
#define COUNT_MAX_THREADS 1024
#define COUNT_MAX_PARTS 65536
#define COUNT_PART_THREADS 16  /* that each of several parts is cut for, whatever it has:
                                  all must cut alike */

struct count_side {            /* the samples of a roster, a row each */
    const struct scorer *scorer;
    size_t n;
    const uint32_t *template;  /* of a row, a row of the scorer; COUNT_NONE: failed */
    const uint32_t *person;
    const uint32_t *group;     /* COUNT_NONE: in no cell */
    const uint32_t *same;      /* only rows of equal number are compared; NULL: all */
};

struct count_trial {
    uint32_t a, b;             /* rows, as listed */
    bool mated;
};

struct count_setup {
    struct count_side a, b;    /* b.scorer is NULL unless b is a gallery */
    const struct count_trial *trials; /* or NULL: all pairs */
    size_t n_trials;
    const struct kernel *kernel;
    size_t threads;
    size_t parts;              /* how many share the work; 0: it is not shared */
    bool merges;               /* only adds up what others did: `templates` of the scorers
                                  are not looked at, low and high of the scores are set */
    double asked;              /* floor of the exceedances as the matcher means it; NaN:
                                  the least strict threshold */
};

struct count_hooks {
    void *self;
    bool (*is_stopped)(void *self);   /* or NULL */
    /* Now and then, with what is done; or NULL. */
    void (*progress)(void *self, uint64_t pairs, uint64_t of);
    double save_every;         /* seconds; 0: after every block a thread */
};

struct count;

/* Of the scores must be set: similarity, tail, listed, gallery, axes, groups,
 * thresholds, targets, bins, cap, top, consolidated, n_subjects. Chooses the range of
 * the histograms, fills rolls and makes the cells. */
int count_new(struct count **c, const struct count_setup *setup, struct scores *scores,
              struct err *err);
void count_free(struct count *c);

enum { COUNT_DONE, COUNT_TIME_TO_SAVE, COUNT_STOPPED };
/* Works until all is done, it is time to save or it was stopped; one of those, or a
 * negative code. */
int count_work(struct count *c, const struct count_hooks *hooks, struct err *err);
/* To be compared: our part and what is in the tallies already; and how many of them are. */
uint64_t count_pairs(const struct count *c);
uint64_t count_pairs_done(const struct count *c);

/*
 * From now on only blocks of this part of `parts`, from 0, are worked on. Blocks go to
 * whoever has least so far, in their order, so that parts differ by one block at most,
 * and the same cut is dealt alike everywhere. `left`, a byte a block, says which are
 * dealt to nobody, for they were done; NULL: none.
 */
void count_deal(struct count *c, size_t part, size_t parts, const uint8_t *left);
/* How the work is cut, and which blocks are in the tallies, a byte each. */
struct count_plan {
    size_t side;               /* places of a block on each side, at most */
    size_t n_blocks;
    const uint8_t *done;       /* the count's own */
};
struct count_plan count_plan_of(const struct count *c);
/* Cuts the work of a new count anew, into blocks of at most `side` places a side (0: as
 * suits it): none is done, and all are ours. */
void count_cut(struct count *c, size_t side);
/* All blocks are in the tallies. */
bool count_is_whole(const struct count *c);

/* Only once it is whole. */
void count_finish(struct count *c);

/* Of listed trials, the scores in the order of the list, as the matcher means them;
 * NaN where a sample failed. */
const float *count_trial_scores(const struct count *c);

/* The state between two calls of count_work(), some bytes at a time. */
typedef void (*count_put)(void *self, const void *bytes, size_t n);
void count_save(const struct count *c, count_put put, void *self);
/* Adds what is in a state of a count of equal setup (but for threads, parts and kernel):
 * other blocks of the same cut. A count that has done nothing takes over the state's cut.
 * Whatever is not done yet is ours then. Fails, and leaves the count as it was, with
 * ERR_LIMIT where it has some of the blocks already, with ERR_INPUT where the bytes cannot
 * be such a state. */
int count_merge(struct count *c, const void *bytes, size_t n, struct err *err);

#endif
