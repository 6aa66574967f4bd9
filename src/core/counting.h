/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counting: what the files of count share.
 *
 * A place is a sample that can be compared: the places of a side are its rows without
 * failure, sorted by `same`, group and row, so that a segment (one group, one `same`)
 * is a run of them. A block is a rectangle of the places of two segments, or the
 * triangle above the diagonal of one with itself. Other blocks are searches, families
 * (the samples of one person), or listed trials.
 */
#ifndef CORE_COUNTING_H
#define CORE_COUNTING_H

#include <pthread.h>

#include "core/count.h"
#include "core/exceed.h"
#include "core/tail.h"

#define COUNT_STRIPES 64       /* locks of histograms and of candidates */
#define COUNT_SIDE_MIN ((size_t)256) /* places of a block */
#define COUNT_SIDE_MAX ((size_t)4096)
#define COUNT_BUFFER 4096      /* pairs a thread holds back before it hands them in */

struct segment {
    uint32_t same, group;      /* group COUNT_NONE: searched, in no cell */
    size_t from, n;            /* places */
};

struct places {                /* of a side */
    uint32_t *row, *template, *person;
    uint32_t *by_row;          /* places sorted by `same` and row … */
    uint32_t *template_by_row; /* … and their templates; of a searched gallery only */
    size_t n;
    struct segment *segments;
    size_t n_segments;
};

struct block {
    size_t a, na, b, nb;       /* places */
    uint32_t cell;             /* non-mated, or COUNT_NONE */
    bool above;                /* a triangle */
    bool top;                  /* the best of b (in by_row) for each of a, and no more */
    bool mated;                /* na families from the a-th on */
};

struct kin {                   /* a place, sorted by person and `same` */
    uint32_t person, same, place;
};

struct family {                /* samples of one person and one `same` */
    size_t a, na, b, nb;       /* among the kin of either side */
    size_t at;                 /* of the first pair */
};

struct mated {                 /* the mated pairs, in an order of their own */
    struct kin *kin[2];        /* of side a, of side b; without a gallery NULL */
    uint32_t *templates[2];    /* of the kin */
    struct family *families;
    size_t n_families, cap;
    float *scores;
    size_t n;                  /* pairs */
};

/* The best candidates of a place of side a, best first. */
struct hit {
    uint32_t place;            /* of side b */
    float score;
};

struct count {
    struct count_setup setup;
    struct scores *s;
    bool gallery;
    bool tail;                 /* blocks go through tail.h; else through sweep.h */
    bool top_apart;            /* candidates have blocks of their own (tail_top()) */
    struct tail_index *index_a, *index_b;
    struct places a, b;        /* without a gallery the same arrays */
    size_t side;               /* places of a block on each side, at most */
    struct block *blocks;
    size_t n_blocks;
    float *thresholds;         /* larger is more alike, ascending */
    float unknown, known_above; /* as the scorer has them; computed: -INFINITY */
    struct sweep_bins bins;    /* without counts */
    size_t *margin_at;         /* a person's first margin; one more at the end */
    struct exceed exceed;
    struct hit *hits;          /* place of a × top */
    uint32_t *n_hits;
    float *bars;               /* a place of a: a candidate must reach it */
    float *trial_scores;
    struct mated mated;
    uint8_t *done;             /* a block: is in the tallies; 0 or 1 */
    uint32_t *todo;            /* blocks that are ours to do, and were not done */
    size_t n_todo;
    uint64_t pairs;            /* of all blocks */
    uint64_t pairs_mine;       /* of those that are done, and to do */

    pthread_mutex_t lock;      /* of what follows, and of `done` */
    size_t next;               /* of todo */
    uint64_t pairs_done;
    int code;                  /* of the first failure of a thread */
    bool pause;
    pthread_mutex_t stripes[COUNT_STRIPES];
};

/* A thread's own things. */
struct desk {
    struct count *c;
    struct sweep sweep;        /* of mated pairs too */
    bool swept;                /* it was made */
    struct tail tail;
    struct sweep_bins bins;
    const struct block *block;
    uint32_t *levels_a, *levels_b; /* place of the block × threshold: non-mated pairs
                                      that reach this threshold and no stricter one */
    uint32_t *found;           /* places in a row of a tile */
    struct scores_pair *pairs; /* held back for the list of exceedances */
    size_t n_pairs;
};

/* count.c */
void count_begin_exceedances(struct count *c);

/* count_cut.c */
/* Compared pairs of a block; of mated ones 0, for they were compared before. */
uint64_t count_block_pairs(const struct block *block);

/* count_block.c: a block, from scores to tallies. */
int desk_init(struct desk *d, struct count *c, struct err *err);
/* Where tail.h compares, the sweep is made when it is first wanted. */
int desk_sweep(struct desk *d, struct err *err);
void desk_release(struct desk *d);
int desk_work(struct desk *d, const struct block *block);
void desk_hand_in(struct desk *d); /* what is held back */

/* count_people.c: cells' and people's comparisons, which need no templates. */
void count_rolls(struct count *c);
int count_people(struct count *c, struct err *err);
/* The place of (person, cell) in the margins; it must be there. */
size_t count_margin(const struct count *c, uint32_t person, uint32_t cell);

/* count_mated.c: the scores of the mated pairs, one by one, and at the end what they have
 * done to the histograms. Those with a gallery's sample that is in no group join
 * `loose`. */
#define MATED_PAIRS ((size_t)1 << 16) /* of a block */
#define MATED_FAMILIES ((size_t)1 << 12)
int mated_begin(struct count *c, struct err *err);
int mated_work(struct desk *d, const struct block *block);
void mated_finish(struct count *c, struct scores_pair **loose, size_t *n_loose);
void mated_release(struct mated *m);
static inline size_t count_family_pairs(const struct mated *m, size_t family)
{
    return (family + 1 < m->n_families ? m->families[family + 1].at : m->n) -
           m->families[family].at;
}

/* count_list.c: listed trials. */
void list_begin(struct count *c);
void list_work(struct count *c, const struct block *block);
void list_finish(struct count *c);

/* count_search.c: candidates. */
void search_begin(struct count *c); /* or anew */
/* A score that reaches the bar of a place. */
void search_offer(struct count *c, size_t place, uint32_t candidate, float score);
/* The candidates of the places of a block, which are all there will be. */
int search_top(struct count *c, struct tail *tail, const struct block *block);
void search_finish(struct count *c, const struct scores_pair *loose, size_t n);

/* How many thresholds the score reaches. */
static inline size_t count_level(const struct count *c, float score)
{
    size_t from = 0, n = c->s->n_thresholds;

    while (n) {
        size_t half = n / 2;
        if (score >= c->thresholds[from + half]) {
            from += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return from;
}

static inline float search_bar(const struct count *c, size_t place)
{
    float bar;

    __atomic_load(&c->bars[place], &bar, __ATOMIC_RELAXED);
    return bar;
}

static inline float count_as_meant(const struct count *c, float score)
{
    return similarity_is_distance(c->s->similarity) ? 0 - score : score;
}

bool count_failed(const struct count_side *side, size_t row);

#endif
